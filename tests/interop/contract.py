# SPDX-License-Identifier: Apache-2.0
"""What clients rely on in an answer, so that two providers can be compared.

    contract.py EXPECTED-FOLDER SEEN-FOLDER     prints each difference as a row of a table

Statuses, JSON bodies, redirects, challenges and CORS are compared to the letter. Of pages only
their kind, where their forms go and which fields these must have; of cookies only that the login
sets an identity and the logout ends it; of caching only that what must not be stored is not. Their
looks, and the sentences of the framework's own errors, are each provider's own.
"""

import argparse
import json
import pathlib
import re
import sys

HEADERS = ("location", "www-authenticate", "access-control-allow-origin", "access-control-allow-credentials")
# What only Keycloak's own scripts and buttons use.
OWN_FIELDS = ("credentialId", "login", "continue", "", None)
# How Keycloak's framework words what is not there, or not by this method.
FRAMEWORK_ERRORS = ("HTTP 404", "HTTP 405", "Unable to find matching target", "Protocol not found")
FRAMEWORK_HINT = "For more on this error"


def contract(step):
    """The comparable part of one step."""
    if "response" not in step:
        return {"stopped": step.get("reason")}
    response = step["response"]
    headers = response["headers"]
    told = {"status": response["status"]}
    told.update({name: headers[name] for name in HEADERS if name in headers})
    if response["status"] >= 400 or "json" not in response:
        told["error"] = _error(response)
    else:
        told["json"] = response["json"]
    if "no-store" in headers.get("cache-control", "") and "json" in response:
        told["not stored"] = True
    if "page" in response:
        told["forms"] = [_form(form) for form in response["page"]["forms"]]
    told["identity"] = _identity(step)
    return told


def _error(response):
    body = response.get("json")
    if not isinstance(body, dict):
        return None
    if str(body.get("error")).startswith(FRAMEWORK_ERRORS):
        return "of the framework"
    if str(body.get("error_description", "")).startswith(FRAMEWORK_HINT):
        return {"error": body["error"]}
    return body


def _identity(step):
    """What happens to the cookie that is the browser's session: set by a login, ended by a logout."""
    for cookie in step["response"].get("cookies", []):
        if cookie["name"] == "KEYCLOAK_IDENTITY":
            if cookie["attributes"].get("max-age") == "0":
                return "ended"
            if step["request"]["method"] == "POST":
                return "set"
    return None


def _form(form):
    fields = [field.get("name") for field in form["fields"] if field.get("name") not in OWN_FIELDS]
    return {"to": form["action"]["to"], "fields": sorted(set(fields))}


SESSION_NAMES = ("sid", "session_state")
TOKEN_NAME = re.compile(r"[a-z]{6}:(<uuid>)")


def without_names(value, name=None):
    """What is named by chance, by its kind alone: sessions and codes, and token ids without what Keycloak 26 writes before them."""
    if isinstance(value, dict):
        return {key: without_names(of, key) for key, of in value.items()}
    if isinstance(value, list):
        if len(value) == 2 and value[0] in (*SESSION_NAMES, "code"):
            return [value[0], without_names(value[1], value[0])]
        return [without_names(of, name) for of in value]
    if not isinstance(value, str):
        return value
    if name in SESSION_NAMES:
        return "<session>"
    if name == "code" and "<" in value:
        return "<code>"
    return TOKEN_NAME.sub(r"\1", value)


def differences(expected, seen):
    """(path, expected, seen) of each place where two contracts differ; stricter caching is no difference."""
    if expected.get("status") != seen.get("status"):
        return [("", _summary(expected), _summary(seen))]
    found = []
    if expected.get("not stored") and not seen.get("not stored"):
        found.append(("cache-control", "no-store", "none"))
    # Ending a session's cookie once more than needed does no harm.
    if expected["identity"] and expected["identity"] != seen["identity"]:
        found.append(("cookie KEYCLOAK_IDENTITY", expected["identity"], seen["identity"]))
    for name in ("error", "json", "forms", *HEADERS):
        found += _walk(name, expected.get(name), seen.get(name))
    return found


def _summary(told):
    parts = [str(told.get("status") or told.get("stopped"))]
    for name in ("error", "location"):
        if told.get(name):
            parts.append(json.dumps(told[name], ensure_ascii=False))
    return " ".join(parts)


def _walk(path, expected, seen):
    if isinstance(expected, dict) and isinstance(seen, dict):
        found = []
        for key in [*expected, *(key for key in seen if key not in expected)]:
            found += _walk(f"{path}.{key}", expected.get(key), seen.get(key))
        return found
    return [] if expected == seen else [(path, expected, seen)]


def compare_probe(expected, seen):
    """(step, path, expected, seen) of each difference in one probe."""
    found = []
    seen_steps = {step["step"]: step for step in seen}
    for step in expected:
        name = step["step"]
        if name not in seen_steps:
            stopped = seen_steps.get("stopped", {}).get("reason", "not reached")
            found.append((name, "", "an answer", stopped))
            continue
        for path, wanted, got in differences(contract(step), contract(seen_steps[name])):
            found.append((name, path, wanted, got))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("expected", type=pathlib.Path)
    parser.add_argument("seen", type=pathlib.Path)
    options = parser.parse_args()
    total = 0
    for file in sorted(options.expected.glob("*.json")):
        if not (options.seen / file.name).exists():
            continue
        expected = json.loads(file.read_text())
        seen = json.loads((options.seen / file.name).read_text())
        for probe, steps in expected.items():
            for step, path, wanted, got in compare_probe(steps, seen.get(probe, [])):
                total += 1
                print(f"| {file.stem}/{probe} | {step} | {path} | {_cell(wanted)} | {_cell(got)} |")
    print(f"\n{total} differences")
    return 1 if total else 0


def _cell(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("|", "\\|")[:400]


if __name__ == "__main__":
    sys.exit(main())
