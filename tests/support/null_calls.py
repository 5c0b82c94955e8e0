# SPDX-License-Identifier: Apache-2.0
"""Calls of every public function, made from the headers: once with all that it asks for, and once for
each argument without it."""

import pathlib
import re

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PROTOTYPE = re.compile(r"^OST_PUBLIC (?!extern)([^;]*);", re.MULTILINE)
FRAMEWORK = "app.h"  # its functions are for handlers of a running program

# What null_calls.c has to offer: by function and parameter, by parameter, by type.
GIVEN = {
    "ost_error_set code": "OST_E_CONFIG",
    "ost_json_read text": "payload",
    "ost_json_text value": 'ost_json_get(json, "sub")',
    "ost_json_integer value": 'ost_json_get(json, "exp")',
    "ost_json_number value": 'ost_json_get(json, "exp")',
    "ost_json_boolean value": 'ost_json_get(json, "ok")',
    "ost_jwe_read_unverified token": "encrypted",
    "ost_jwe_decrypt token": "encrypted",
    "ost_jwe_decrypt keys": "wrappers",
    "ost_jwe_json_decrypt json": "encrypted_json",
    "ost_jwe_json_decrypt keys": "wrappers",
    "ost_jwe_encrypt key": "wrapper",
    "ost_jwe_encrypt alg": "OST_ECDH_ES_A128KW",
    "ost_jws_json_verify json": "signed_json",
    "ost_jwt_verify_nested token": "encrypted",
    "ost_jwt_verify_nested private_keys": "wrappers",
    "ost_key_generate_curve curve": '"P-256"',
    "ost_key_import_json jwk": "ost_json_first(ost_json_get(published, \"keys\"))",
    "ost_key_import_secret alg": "OST_HS256",
    "ost_bytes_verify signature": "signature",
    "ost_secret_wrap key": "secret_key",
    "ost_secret_wrap alg": "OST_A256KW",
    "ost_secret_unwrap key": "secret_key",
    "ost_secret_unwrap alg": "OST_A256KW",
    "ost_secret_unwrap wrapped": "wrapped",
    "ost_policy_read json": 'OST_TEXT("{}")',
    "ost_json_writer_finish writer": "written",
    "ost_guard_counts_put place": "counts",
    "ost_guard_counts_end place": "counts",
    "ost_guard_counts_keep into": "counts",
    "ost_guard_counts_keep from": "no_counts",
    "ost_guard_counts_keep size": "sizeof counts",
    "ost_guard_metrics_of places": "places",
    "ost_replay_table_size proofs": "1000",
    "ost_replay_table_make memory": "replays",
    "ost_replay_table_make size": "sizeof replays",
    "ost_replay_table_open memory": "opened",
    "ost_replay_table_open size": "sizeof opened",
    "ost_replay_table_note table": "table",
    "ost_replay_table_note id": "token",
    "until": "ost_now(NULL) + 60",
    "ost_keyset_find kid": "ost_key_kid(key)",
    "ost_login_jar_read fields": '&OST_TEXT("a=b")',
    "base": 'OST_TEXT("https://api.example")',
    "done": "call_ended",
    "ost_login *": "login",
    "const ost_login *": "login",
    "ost_login_call *": "NULL",
    "token": "token",
    "payload": "payload",
    "verified_payload": "payload",
    "jwk": "jwk",
    "jwks": "jwks",
    "pem": "pem",
    "der": "der",
    "secret": 'OST_TEXT("0123456789abcdef0123456789abcdef")',
    "count": "1",
    "bits": "0",
    "max_keys": "0",
    "ceiling": "65536",
    "index": "0",
    "hash_bits": "256",
    "ost_key *": "ost_key_ref(key)",
    "ost_key *const *": "&key",
    "ost_keyset *": "ost_keyset_ref(keys)",
    "ost_arena *": "arena",
    "ost_guard *": "guard",
    "ost_json_writer *": "writer",
    "const ost_json *": "json",
    "const ost_claims *": "claims",
    "const ost_identity *": "identity",
    "const ost_key *": "key",
    "const ost_keyset *": "keys",
    "const ost_guard *": "guard",
    "const ost_arena *": "arena",
    "ost_error *": "&error",
    "ost_text": 'OST_TEXT("text")',
    "const char *": '"x"',
    "void *": "NULL",
    "ost_alg": "OST_ES256",
    "ost_enc": "OST_A128GCM",
    "ost_algs": "0",
    "ost_key_form": "OST_KEY_DER",
    "ost_json_type": "OST_JSON_OBJECT",
    "ost_result": "OST_OK",
    "size_t": "16",
    "unsigned": "0",
    "int64_t": "ost_now(NULL)",
    "double": "1.5",
    "bool": "true",
}
# Whose result says something about the argument that was given, even when it is the right one.
NOT_OK = {
    "ost_error_set": "OST_E_CONFIG",
    "ost_guard_wait": "OST_E_ARGUMENT",
    # The text that is given names no issuer of the guard.
    "ost_guard_check_session": "OST_E_ISSUER",
    # Its issuer cannot be reached.
    "ost_login_describe": "OST_E_STATE",
    "ost_login_begin": "OST_E_STATE",
    "ost_login_open": "OST_E_NOT_FOUND",
    "ost_login_finish": "OST_E_STATE",
    "ost_login_refresh": "OST_E_STATE",
    "ost_login_call_end": "OST_E_ARGUMENT",
}


def parameters_of(text):
    """The parameters of a prototype, whose parentheses may hold commas of their own."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip() not in ("void", "...")]


def prototypes(headers):
    for path in sorted(pathlib.Path(headers).glob("*.h")):
        if path.name == FRAMEWORK:
            continue
        for declaration in PROTOTYPE.findall(COMMENT.sub("", path.read_text())):
            plain = re.sub(r"OST_MUST_CHECK | ?OST_PRINTF\(\d, \d\)", "", " ".join(declaration.split()))
            returned, name, parameters = re.fullmatch(r"(.*?)\b(ost_\w+)\((.*)\)", plain).groups()
            yield returned.strip(), name, parameters_of(parameters)


def split(parameter):
    """Type and name."""
    if "(*" in parameter:
        return "function", re.search(r"\(\*(\w+)\)", parameter)[1]
    kind, name, array = re.fullmatch(r"(.*?)(\w+)(\[\d+\])?", parameter).groups()
    return (kind.strip() + " *" if array else kind.strip()), name


def given(function, parameter):
    kind, name = split(parameter)
    if kind == "function":
        return "called"
    if re.fullmatch(r"ret(_\w+)?", name) and kind != "ost_error *":
        return f"({kind})room"
    for key in (f"{function} {name}", kind if kind.endswith("*") else name, kind):
        if key in GIVEN:
            return GIVEN[key]
    struct = re.fullmatch(r"const (ost_\w+) \*", kind)
    if struct:
        return f"&{struct[1][4:]}"
    raise AssertionError(f"null_calls.py knows no value for {parameter} of {function}")


def missing(parameter):
    kind, _ = split(parameter)
    if kind.endswith("*") or kind == "function":
        return ["NULL"]
    if kind == "ost_text":
        return ["((ost_text){NULL, 0})"]
    if kind in ("size_t", "unsigned"):
        return ["0", f"({kind})-1"]
    if kind == "int64_t":
        return ["0", "INT64_MIN", "INT64_MAX"]
    if kind in ("bool", "double", "ost_algs"):
        return ["0"]
    return [f"({kind})0", f"({kind})9999"]


def body_of(returned, name, arguments, whole):
    call = f"{name}({', '.join(arguments)})"
    if returned == "void":
        return f"{call};"
    if returned != "ost_result":
        return f"(void)!sizeof({call}); {returned} returned = {call}; (void)returned;"
    expected = NOT_OK.get(name, "OST_OK") if whole else "-1"
    tells = "true" if "&error" in arguments and name != "ost_error_set" else "false"
    return f"judge({call}, {expected}, {tells});"


def cases(headers):
    """(what, body in C) of every call."""
    for returned, name, parameters in prototypes(headers):
        arguments = [given(name, parameter) for parameter in parameters]
        yield f"{name}()", body_of(returned, name, arguments, True)
        for index, parameter in enumerate(parameters):
            for value in missing(parameter):
                without = arguments[:index] + [value] + arguments[index + 1 :]
                yield f"{name}({parameter}: {value})", body_of(returned, name, without, False)


def source(headers):
    made = list(cases(headers))
    lines = [f"static void case_{i}(void) {{ {body} }}" for i, (_, body) in enumerate(made)]
    rows = [f'    {{"{what}", case_{i}}},' for i, (what, _) in enumerate(made)]
    table = "static const struct {\n    const char *what;\n    void (*run)(void);\n} cases[] = {"
    return "\n".join([*lines, table, *rows, "};\n"])
