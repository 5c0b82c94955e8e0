"""What clients rely on in an answer, so that two providers can be compared.

    contract.py EXPECTED-FOLDER SEEN-FOLDER     prints each difference as a row of a table

Statuses, JSON bodies, redirects, challenges, CORS and caching are compared to the letter; of pages
only their kind and their forms, of cookies only their names: their looks are each provider's own.
"""

import argparse
import json
import pathlib
import sys

HEADERS = (
    "location",
    "www-authenticate",
    "cache-control",
    "pragma",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-max-age",
)
# What the form fields of Keycloak's own scripts are called is nobody's contract.
OWN_FIELDS = ("credentialId", "login", "", None)


def contract(step):
    """The comparable part of one step."""
    if "response" not in step:
        return {"stopped": step.get("reason")}
    response = step["response"]
    told = {"status": response["status"]}
    headers = response["headers"]
    for name in HEADERS:
        if name in headers and not (name == "cache-control" and "page" in response):
            told[name] = headers[name]
    if "json" in response:
        told["json"] = response["json"]
    if "page" in response:
        told["forms"] = [_form(form) for form in response["page"]["forms"]]
    if "cookies" in response:
        names = {_cookie(cookie) for cookie in response["cookies"]}
        told["cookies"] = sorted(name for name in names if name)
    return told


def _form(form):
    fields = [field.get("name") for field in form["fields"] if field.get("name") not in OWN_FIELDS]
    return {"to": form["action"]["to"], "parameters": _names(form["action"]), "fields": sorted(set(fields))}


def _names(url):
    return sorted(name for name, _ in url.get("query", []))


def _cookie(cookie):
    """Keycloak's twins for browsers of 2019 and its note between tabs are left aside."""
    name = cookie["name"]
    if name.endswith("_LEGACY") or name in ("KC_AUTH_STATE", "KC_RESTART"):
        return None
    ended = cookie["attributes"].get("max-age") == "0"
    return f"{name} ended" if ended else name


def differences(expected, seen, path=""):
    """(path, expected, seen) of each place where two contracts differ."""
    if isinstance(expected, dict) and isinstance(seen, dict):
        found = []
        for key in [*expected, *(key for key in seen if key not in expected)]:
            inner = f"{path}.{key}" if path else key
            found += differences(expected.get(key), seen.get(key), inner)
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
