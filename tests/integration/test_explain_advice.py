# SPDX-License-Identifier: Apache-2.0
"""What `ostiary token explain` advises: the mistakes that people make, each with the words that mend it
and without those that lead astray."""

import base64
import json
import subprocess

import forgery
import pytest
from explained import CLAIMS, ISSUER, NOW, check_of, explain, failed, keys, part, run, signed  # noqa: F401
from programs import provider_program
from trap import Trap

MAPPER = "Included Client Audience"

# What is given in the place of a token, made of a good one; what is seen, and a word of the advice.
GIVEN = {
    "scheme": (lambda t: f"Bearer {t}", "scheme", "twice"),
    "scheme in small letters": (lambda t: f"bearer {t}", "scheme", "twice"),
    "DPoP": (lambda t: f"DPoP {t}", "scheme", "twice"),
    "header field": (lambda t: f"Authorization: Bearer {t}", "header field", "by itself"),
    "password": (lambda t: "Basic YWxpY2U6c2VjcmV0", "password", "access token"),
    "answer": (lambda t: json.dumps({"access_token": t, "token_type": "Bearer"}), "answer", "jq -r .access_token"),
    "error": (lambda t: '{"error":"invalid_grant"}', "error", "error_description"),
    "JSON": (lambda t: json.dumps({"payload": "e30", "signatures": []}), "JSON", "compact"),
    "error page": (lambda t: "<html><body>502 Bad Gateway", "HTML", "token endpoint"),
    "undefined": (lambda t: "undefined", "no value", "access_token"),
    "null": (lambda t: "null", "no value", "access_token"),
    "object": (lambda t: "[object Object]", "no value", "access_token"),
    "shell variable": (lambda t: "$TOKEN", "placeholder", "variable"),
    "Postman variable": (lambda t: "{{token}}", "placeholder", "variable"),
    "double quotes": (lambda t: f'"{t}"', "quotes", "jq -r"),
    "single quotes": (lambda t: f"'{t}'", "quotes", "jq -r"),
    "quote at the end": (lambda t: f"{t}'", "quotes", "jq -r"),
    "typographic quotes": (lambda t: f"\u201c{t}\u201d", "ASCII", "typographic"),
    "byte order mark": (lambda t: f"\ufeff{t}", "ASCII", "byte order mark"),
    "line breaks": (lambda t: "\n".join(t[i : i + 64] for i in range(0, len(t), 64)), "white space", "tr -d"),
    "blank": (lambda t: t.replace(".", " .", 1), "white space", "tr -d"),
    "percent": (lambda t: t.replace(".", "%2E"), "percent", "Decode"),
    "shortened by a log": (lambda t: t[:60] + "...", "shortened", "whole"),
    "ellipsis": (lambda t: t[:60] + "\u2026", "shortened", "whole"),
    "base64 of it": (lambda t: base64.b64encode(t.encode()).decode(), "base64 once more", "base64 -d"),
    "first part": (lambda t: t.split(".")[0], "beginning", "cut off"),
    "two parts": (lambda t: t.rsplit(".", 1)[0], "beginning", "cut off"),
    "no signature": (lambda t: t.rsplit(".", 1)[0] + ".", "without a signature", "Anybody"),
    "plain base64 of the signature": (lambda t: t[:-1] + "=", "base64 in the place", "RFC 7515"),
    "line break in the signature": (lambda t: t[:-20] + "\n  " + t[-20:], "white space", "tr -d"),
    "padding": (lambda t: t.replace(".", "==.", 1), "base64 in the place", "RFC 7515"),
    "encrypted": (lambda t: "e30.AA.AA.AA.AA", "five parts", "decryption_keys"),
    "opaque": (lambda t: "2YotnFZFEjr1zCsicMWpAA", "opaque", "introspection"),
}


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_given_in_the_place_of_a_token(keys, name):
    make, seen, advice = GIVEN[name]
    told = explain(keys, make(signed(keys, CLAIMS)))
    (check,) = (check for check in told["checks"] if check.get("deciding"))
    assert check["check"] in ("form", "signature") and set(failed(told)) <= {"form", "signature"}
    assert not told["allowed"]
    assert seen in check["seen"] and advice in check["advice"], check


# Claims that are changed; the options; the check that decides; words of its advice, words that are not there.
OTHERS = {
    "no mapper": ({"aud": "account"}, (), "audience", [MAPPER, '"web"', '"api"', "account console"], []),
    "no audience": ({"aud": None}, (), "audience", [MAPPER], ["account console"]),
    "audience in capitals": ({"aud": "API"}, (), "audience", ["upper and lower"], [MAPPER]),
    "ID token": ({"aud": "web", "typ": "ID"}, (), "audience", ["ID token", "access_token"], [MAPPER]),
    "ID token of others": ({"aud": "web", "typ": None, "at_hash": "x"}, (), "audience", ["ID token"], [MAPPER]),
    "refresh token": ({"aud": ISSUER, "typ": "Refresh"}, (), "audience", ["refresh token", "leaked"], [MAPPER]),
    "offline token": ({"aud": ISSUER, "typ": "Offline"}, (), "audience", ["refresh token"], [MAPPER]),
    "logout token": ({"aud": "web", "typ": "Logout"}, (), "audience", ["logout token"], [MAPPER]),
    "nonce of Keycloak": ({"aud": "account", "nonce": "n"}, (), "audience", [MAPPER], ["ID token"]),
    "another realm": ({"iss": ISSUER[:-1] + "b"}, (), "issuer", ["another realm"], ["KC_HOSTNAME"]),
    "master": ({"iss": ISSUER[:-1] + "master"}, (), "issuer", ["realm master"], ["KC_HOSTNAME"]),
    "slash": ({"iss": ISSUER + "/"}, (), "issuer", ["slash at the end"], []),
    "http": ({"iss": ISSUER.replace("https", "http")}, (), "issuer", ["KC_PROXY_HEADERS"], []),
    "capitals": ({"iss": ISSUER.upper()}, (), "issuer", ["upper and lower"], []),
    "port": ({"iss": ISSUER.replace(".org", ".org:443")}, (), "issuer", ["port"], ["KC_HOSTNAME"]),
    "old Keycloak": ({"iss": ISSUER.replace("/realms", "/auth/realms")}, (), "issuer", ["/auth"], ["another realm"]),
    "Docker": ({"iss": "http://keycloak:8080/realms/a"}, (), "issuer", ["KC_HOSTNAME", "container"], []),
    "Docker, old": ({"iss": "http://kc:8080/auth/realms/a"}, (), "issuer", ["KC_HOSTNAME"], []),
    "other provider": ({"iss": "https://accounts.example"}, (), "issuer", ["not trusted"], ["KC_HOSTNAME"]),
    "client assertion": ({"iss": "web", "sub": "web"}, (), "issuer", ["client assertion"], ["KC_HOSTNAME"]),
    "nobody": ({"iss": None}, (), "issuer", ["does not say who"], []),
    "expired": ({"exp": NOW - 60}, (), "time", ["refresh", "Access Token Lifespan"], []),
    "clock": ({"iat": NOW + 90}, (), "time", ["clock", "ntp"], ["milliseconds"]),
    "milliseconds": ({"iat": NOW * 1000}, (), "time", ["milliseconds"], ["ntp"]),
    "time as text": ({"exp": str(NOW)}, (), "time", ["numbers"], []),
    "role": ({}, ("--realm-role", "admin"), "policy", ["Role mapping", "next token"], []),
    "no roles": (
        {"realm_access": None, "resource_access": None},
        ("--realm-role", "admin"),
        "policy",
        ["no roles at all", "Client scopes"],
        ["Role mapping"],
    ),
    "role of a client": ({}, ("--realm-role", "reader"), "policy", ["--client-role api:reader"], ["Role mapping"]),
    "role of the realm": ({}, ("--client-role", "api:user"), "policy", ["--realm-role user"], ["Role mapping"]),
    "role of another": ({}, ("--client-role", "web:reader"), "policy", ["--client-role api:reader"], []),
    "second role": ({}, ("--realm-role", "user", "--realm-role", "reader"), "policy", ["api:reader"], []),
    "scope": ({}, ("--scope", "write"), "policy", ["scope=", "Include in token scope"], []),
    "scp": ({"scope": None, "scp": ["read"]}, ("--scope", "write"), "policy", ["scope="], ["array"]),
    "scp beside scope": ({"scope": "read", "scp": ["write"]}, ("--scope", "write"), "policy", ["scope="], ["array"]),
    "scope as an array": ({"scope": ["read"]}, ("--scope", "write"), "policy", ["scope="], ["array"]),
    "client": ({}, ("--client", "mobile"), "client", ["another client"], []),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_wrong_with_what_it_says(keys, name):
    changes, options, check, words, others = OTHERS[name]
    claims = {key: value for key, value in {**CLAIMS, **changes}.items() if value is not None}
    told = explain(keys, signed(keys, claims), *options)
    found = check_of(told, check)
    assert found.get("deciding") and not told["allowed"], told
    assert [word for word in words if word not in found["advice"]] == [], found
    assert [word for word in others if word in found["advice"]] == [], found


HEADERS = {
    "shared secret": ({"alg": "HS256"}, {}, "algorithm", "Access token signature algorithm"),
    "Keycloak's refresh token": ({"alg": "HS512"}, {"typ": "Refresh"}, "algorithm", "refresh token"),
    "proof": ({"alg": "ES256", "kid": "k1", "typ": "dpop+jwt"}, {}, "header", "--proof"),
    "logout token": ({"alg": "ES256", "kid": "k1", "typ": "logout+jwt"}, {"typ": "Logout"}, "header", "logout token"),
    "extension": ({"alg": "ES256", "kid": "k1", "crit": ["exp"]}, {}, "header", "extension"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_what_is_wrong_with_the_header(keys, name):
    header, changes, check, word = HEADERS[name]
    found = check_of(explain(keys, signed(keys, {**CLAIMS, **changes}, header=header)), check)
    assert found["deciding"] and word in found["advice"], found


def test_the_header_of_the_profile(keys):
    found = check_of(explain(keys, signed(keys, CLAIMS), "--access-token-profile"), "header")
    assert found["deciding"] and "Use at+jwt as access token header type" in found["advice"]


def test_a_key_that_was_rotated_is_told_beside_those_that_are_there(keys):
    token = signed(keys, CLAIMS, header={"alg": "ES256", "kid": "of-yesterday"})
    found = check_of(explain(keys, token), "key")
    assert found["seen"] == "of-yesterday" and found["expected"].endswith(": k1") and "rotation" in found["advice"]


def test_a_token_without_an_id_where_several_keys_fit(keys, tmp_path):
    other, several = tmp_path / "other.jwk", tmp_path / "several.jwks"
    assert run("jwk", "generate", "--alg", "ES256", "--output", other).returncode == 0
    assert run("jwk", "set", keys / "own.jwk", other, "--output", several).returncode == 0
    token = signed(keys, CLAIMS, header={"alg": "ES256"})
    found = check_of(explain(keys, token, "--jwks", several), "key")
    assert found["reason"] == "OST_E_KEY_AMBIGUOUS" and "must name one" in found["advice"]


def test_a_signature_that_was_cut_off(keys):
    token = signed(keys, CLAIMS)
    found = check_of(explain(keys, token[:-6]), "signature")
    assert "80 characters long, rather than 86" in found["seen"] and "cut off" in found["advice"]
    found = check_of(explain(keys, signed(keys, CLAIMS, "foreign")), "signature")
    assert "characters" not in found["seen"] and "cut off" not in found["advice"]


def rsa_keys(folder):
    key, jwks = folder / "rsa.jwk", folder / "rsa.jwks"
    assert run("jwk", "generate", "--alg", "RS256", "--kid", "k1", "--output", key).returncode == 0
    assert run("jwk", "set", key, "--output", jwks).returncode == 0
    return key, jwks


def test_every_attack_on_a_token_is_told_as_what_decides(keys, tmp_path):
    """The forgeries of attacks 1 to 37: one check is to blame, it has the guard's reason, and there is
    advice. What is an attacker's is told as such: nobody is advised to accept it."""
    key, jwks = rsa_keys(tmp_path)
    good = run("jws", "sign", "--key", key, "--type", "JWT", feed=json.dumps(CLAIMS)).stdout.strip()
    assert explain(keys, good, "--jwks", jwks)["allowed"]
    jwk = json.loads(jwks.read_text())["keys"][0]
    with Trap() as trap:
        forged = [*forgery.without_the_key(jwk, CLAIMS, trap.base), *forgery.of_a_good_token(good)]
        assert len(forged) > 70
        for number, name, token in forged:
            told = explain(keys, token, "--jwks", jwks)
            (check,) = (check for check in told["checks"] if check.get("deciding"))
            assert check["reason"] == told["reason"] and check["advice"], (number, name, told)
            if number in (1, 2):
                assert "Nobody has signed" in check["advice"] or "no provider wrote" in check["advice"], (number, name)
        assert trap.untouched


@pytest.mark.parametrize("exp", ["1e300", "-1", "1e999", '"1"', "null", "[]", "NaN", "true"])
@pytest.mark.parametrize("name", ["own", "foreign"])
def test_attack_22_times_that_are_none(keys, exp, name):
    """By the issuer's own hand the claims decide, by another's the signature."""
    text = json.dumps(CLAIMS).replace(f'"exp": {NOW + 300}', f'"exp": {exp}')
    token = run("jws", "sign", "--key", keys / f"{name}.jwk", "--type", "JWT", feed=text).stdout.strip()
    told = explain(keys, token)
    (check,) = (check for check in told["checks"] if check.get("deciding"))
    assert not told["allowed"] and check["reason"] == told["reason"], told
    assert check["check"] == (("form" if exp in ("NaN", "1e999") else "time") if name == "own" else "signature")


# ---- what a person reads ----


def read(keys, token, *more):
    asked = ("token", "explain", "--issuer", ISSUER, "--audience", "api", "--now", NOW, "--jwks", keys / "keys.jwks")
    return run(*asked, *more, feed=token).stdout


def test_checks_that_were_not_made_take_a_line_or_two(keys):
    lines = read(keys, "Bearer " + signed(keys, CLAIMS)).splitlines()
    assert len(lines) <= 12 and "   - algorithm, header, key" in "\n".join(lines)
    assert lines[-1].startswith("The guard answers 401") and max(map(len, lines)) <= 80


STEERING = "\x1b]0;pwned\x07\x1b[2J\u009b31m\u0085\u202e\u2066\u200f\u061c\u2028\x7f\r\b"
DANGEROUS = {*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0x61C, 0x200E, 0x200F}


def dangerous(raw):
    return {hex(ord(c)) for c in raw.decode() if ord(c) in DANGEROUS} - {"0xa"}


def hostile_messages():
    """Steering characters everywhere that a claim, a header or a name can have them."""
    head, claims = {"alg": "ES256", "kid": "k1"}, {**CLAIMS, "aud": "x"}
    for name in ("iss", "aud", "azp", "typ", "scope", "exp", "cnf", STEERING):
        for value in (STEERING, [STEERING], {STEERING: STEERING}):
            yield head, {**claims, name: value}
    for name in ("alg", "kid", "typ", STEERING):
        yield {**head, name: STEERING}, claims
    yield {**head, "crit": [STEERING]}, claims
    yield head, {**CLAIMS, "resource_access": {STEERING: {"roles": ["admin"]}}}


def raw_part(value):
    """Not escaped: JSON may have all but U+0000 to U+001F as they are."""
    return part(json.dumps(value, ensure_ascii=False).encode())


def test_no_token_steers_a_terminal(keys):
    asked = ("--issuer", ISSUER, "--audience", "api", "--now", NOW, "--jwks", keys / "keys.jwks", "--realm-role", "admin")
    commands = [("token", "explain", *asked), ("token", "explain", "--json", *asked), ("token", "inspect"), ("jws", "inspect")]
    commands += [("jwt", "verify", "--key", keys / "keys.jwks", "--issuer", ISSUER, "--audience", "api")]
    count = 0
    for head, claims in hostile_messages():
        token = f"{raw_part(head)}.{raw_part(claims)}.{'A' * 86}"
        for command in commands:
            done = subprocess.run(
                [str(provider_program()), *map(str, command)], input=token.encode(), capture_output=True, timeout=60
            )
            assert dangerous(done.stdout) == set() and dangerous(done.stderr) == set(), (command, head, claims)
            assert done.returncode in (0, 1)
            count += 1
    assert count == 30 * len(commands)


def test_what_is_shown_says_the_same(keys):
    """Escaped, not lost: JSON it stays."""
    claims = {**CLAIMS, STEERING: STEERING, 'a"b\\c': [], "d": {}, "e": [{}, [1, "x"]]}
    shown = run("token", "inspect", feed=f"{raw_part({'alg': 'ES256'})}.{raw_part(claims)}.AA").stdout
    assert json.loads(shown.split("claims  ")[1].split("\n\n")[0]) == claims


# ---- what programs read ----


def test_the_object_for_programs_is_complete(keys):
    """Its members and their order, as docs/usage/tools.md lists them."""
    told = explain(keys, signed(keys, {**CLAIMS, "aud": "account"}))
    assert list(told) == ["allowed", "status", "reason", "verified", "checks"]
    assert [check["check"] for check in told["checks"]] == (
        "size form algorithm header key signature issuer audience time type client sender policy".split()
    )
    for check in told["checks"]:
        expected = ["check", "outcome", "expected", "seen"]
        if check["check"] == "audience":
            expected = ["check", "outcome", "reason", "deciding", "expected", "seen", "advice"]
        assert list(check) == expected
    told = explain(keys, signed(keys, CLAIMS))
    assert list(told) == ["allowed", "status", "verified", "checks"]
    told = explain(keys, "")
    assert [list(check) for check in told["checks"][2:]] == [["check", "outcome"]] * 11
    told = explain(keys, signed(keys, {**CLAIMS, "cnf": {"jkt": "A" * 43}}))
    assert list(told) == ["allowed", "status", "reason", "proof_missing", "verified", "checks"]
