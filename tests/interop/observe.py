#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a provider the questions of probes_*.py and writes down what it answers.

    observe.py --base http://localhost:8080 --out tests/interop/observed

Run against real Keycloak it makes the captures that are kept in observed/; run against ours, the
same files to compare with them. What differs from run to run (ids, times, signatures) is replaced
by its kind, so that two captures of one server are equal.
"""

import argparse
import importlib
import json
import pathlib
import re
import sys
import time
import traceback
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "support")]

from authentication_channel import AuthenticationChannel  # noqa: E402
from oidc import Client, Realm  # noqa: E402
from web import JWT, Answer, parse_set_cookie, unverified_token  # noqa: E402

GROUPS = ("metadata", "token", "code", "refresh", "auth", "login", "session", "resources", "device", "exchange", "ciba", "claims", "references", "factors", "levels", "flows", "conditions", "rules", "limits")
CALLBACK = "http://localhost:8000/auth"
DOCS_CALLBACK = "http://localhost:8000/docs/oauth2-redirect"

MYAPI = Client("myapi", "myapi-secret", CALLBACK)
ITEMS_DOCS = Client("items-docs", None, DOCS_CALLBACK)
WEB = Client("web", "web-secret", CALLBACK)
OTHER = Client("other", "other-secret", CALLBACK)
SPA = Client("spa", None, CALLBACK)
OPEN = Client("open", None, CALLBACK)
MAPPED = Client("mapped", "mapped-secret", CALLBACK)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Three parts when signed, five when encrypted.
EMBEDDED_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){2,4}")
RANDOM_PARAMETERS = (
    "session_code", "tab_id", "execution", "session_state", "sid", "code", "code_challenge", "code_verifier",
    "device_code", "user_code", "device_user_code", "otp", "totp", "totpSecret", "selectedCredentialId",
    "generatedRecoveryAuthnCodes", "generatedAt", "authenticationExecution",
)
RANDOM_MEMBERS = ("kid", "n", "x5t", "x5t#S256", "at_hash", "c_hash", "s_hash", "public_key", "state_checker")
# Sets, whose order is nowhere promised and in Keycloak differs from one import to the next.
UNORDERED = ("aud", "roles", "groups")
# What is left of a lifetime when the answer is read: a second or two less.
LIFETIMES = (0, 2, 12, 60, 300, 900, 1800, 36000, 2592000)
# Neither the date nor what the length says is a property of the protocol.
UNTOLD_HEADERS = ("date", "content-length", "connection", "keep-alive", "transfer-encoding", "server")


class Recorder:
    """Given to each probe: realms to ask, the authentication channel that the provider knows, and take() for the answers
    worth keeping."""

    def __init__(self, base, channel=None):
        self.base = base
        self.channel = channel
        self.taken = []

    def realm(self, name="myrealm"):
        return Realm(self.base, name)

    def take(self, label, answer):
        self.taken.append((label, answer, time.time()))
        return answer

    def take_asked(self, label, asked):
        """What the provider has asked somebody else."""
        body = json.dumps({"token": asked.token, "body": asked.json}).encode()
        headers = [(k, v) for k, v in asked.headers.items() if k in ("Content-Type", "Accept")]
        self.take(label, Answer(self.base + asked.path, 0, headers, body, "POST"))


def normalised(recorder):
    return [{"step": label, **exchange(answer, now, recorder.base)} for label, answer, now in recorder.taken]


def exchange(answer, now, base):
    parts = urllib.parse.urlsplit(answer.url)
    request = {"method": answer.method, "path": parts.path}
    if parts.query:
        request["query"] = _parameters(parts.query, now, base)
    sent = {k: v for k, v in answer.sent_headers.items() if k not in ("Accept", "Content-Type", "Cookie")}
    if sent:
        request["headers"] = {k: _text(v, now, base) for k, v in sent.items()}
    if answer.sent_body:
        request["form"] = _parameters(answer.sent_body.decode("utf-8", "replace"), now, base)
    if "Cookie" in answer.sent_headers:
        request["cookies"] = [pair.split("=")[0] for pair in answer.sent_headers["Cookie"].split("; ")]
    response = {"status": answer.status, "headers": _headers(answer, now, base)}
    cookies = [_cookie(line, now, base) for line in answer.all("Set-Cookie")]
    if cookies:
        response["cookies"] = cookies
    response.update(_body(answer, now, base))
    return {"request": request, "response": response}


def _headers(answer, now, base):
    told = {}
    for name, value in answer.headers:
        lower = name.lower()
        if lower in UNTOLD_HEADERS or lower == "set-cookie":
            continue
        told[lower] = _url(value, now, base) if lower == "location" else _text(value, now, base)
    return told


def _cookie(line, now, base):
    cookie = parse_set_cookie(line)
    attributes = dict(cookie["attributes"])
    if "expires" in attributes:
        attributes["expires"] = "<date>"
    return {"name": cookie["name"], "value": _value("", cookie["value"], now, base), "attributes": attributes}


def _body(answer, now, base):
    if not answer.body:
        return {}
    kind = (answer.header("Content-Type") or "").split(";")[0]
    if kind.endswith("json"):
        return {"json": _value("", answer.json(), now, base)}
    if kind == "text/html":
        return {"page": _page(answer.page, now, base)}
    return {"text": _text(answer.text, now, base)[:2000]}


def _page(page, now, base):
    forms = []
    for form in page.forms:
        fields = [_field(f, now, base) for f in form.fields]
        attributes = {k: v for k, v in form.attributes.items() if k != "action"}
        forms.append({**attributes, "action": _url(form.action, now, base), "fields": fields})
    return {
        "title": page.title,
        "text": [_text(line, now, base) for line in page.lines],
        "ids": {k: v for k, v in page.ids.items()},
        "forms": forms,
        "links": [_url(link, now, base) for link in page.links],
    }


def _field(attributes, now, base):
    told = {name: _text(value or "", now, base) for name, value in attributes.items()}
    if "value" in told:
        told["value"] = _value(told.get("name", ""), told["value"], now, base)
    return told


def _url(url, now, base):
    """A URL as base and parameters; relative ones stay relative."""
    parts = urllib.parse.urlsplit(url)
    told = {"to": _text(urllib.parse.urlunsplit(parts._replace(query="", fragment="")), now, base)}
    if parts.query:
        told["query"] = _parameters(parts.query, now, base)
    if parts.fragment:
        told["fragment"] = _parameters(parts.fragment, now, base)
    return told


def _parameters(text, now, base):
    """A list of name and value, in order: repeats and order are facts too."""
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
    if not pairs:
        return text
    return [[name, _value(name, value, now, base)] for name, value in pairs]


def _value(name, value, now, base):
    if isinstance(value, dict):
        value = _times_of_a_token(value)
        return {k: _value(k, v, now, base) for k, v in value.items()}
    if isinstance(value, list):
        if name == "x5c":
            return ["<certificate>"] * len(value)
        told = [_value(name, v, now, base) for v in value]
        if name == "keys":
            return sorted(told, key=lambda key: str(key.get("alg")))
        return sorted(told) if name in UNORDERED or name.endswith("_supported") else told
    if isinstance(value, int) and not isinstance(value, bool):
        return _near_lifetime(value) if name.endswith("expires_in") else _moment(value, now)
    if not isinstance(value, str):
        return value
    if name == "scope":
        return " ".join(sorted(value.split()))
    if name == "auth_req_id" and len(value) > 20:
        return "<random>"
    if name in RANDOM_MEMBERS or (name in RANDOM_PARAMETERS and not UUID.search(value)):
        return f"<random {len(value)}>"
    if JWT.match(value) and value.startswith("eyJ"):
        header, claims = _token(value)
        return {"jwt": {"header": _value("", header, now, base), "claims": _value("", claims, now, base)}}
    return _text(value, now, base)


def _token(value):
    try:
        return unverified_token(value)
    except ValueError:
        return {"encrypted or broken": True}, {}


def _moment(value, now):
    """Times relative to this moment; a second or two of it is the machine's."""
    distance = round(value - now)
    if not -100000 < distance < 3000000:
        return value
    return "now" if abs(distance) <= 3 else f"now{_near_lifetime(distance):+d}"


def _times_of_a_token(members):
    """exp and auth_time as their distance from iat, which no slowness of the machine changes."""
    issued = members.get("iat")
    if not isinstance(issued, int):
        return members
    told = {**members, "iat": "now"}
    if isinstance(members.get("exp"), int) and members["exp"]:
        told["exp"] = f"iat{members['exp'] - issued:+d}"
    if members.get("auth_time"):
        told["auth_time"] = "now" if issued - members["auth_time"] <= 3 else "earlier"
    return told


def _near_lifetime(seconds):
    for lifetime in LIFETIMES:
        if lifetime - 3 < seconds <= lifetime and (seconds > lifetime - 2 or lifetime >= 60):
            return lifetime
    return seconds


def _text(text, now, base):
    text = text.replace(base, "{base}")
    text = text.replace(urllib.parse.quote(base, safe=""), "{base}")
    text = EMBEDDED_JWT.sub("<jwt>", text)
    text = UUID.sub("<uuid>", text)
    text = re.sub(r"^<uuid>-\d+(?=\.<uuid>\.<uuid>$)", "<uuid>", text)  # a code of ours, with the level of its login
    text = re.sub(r"(\?user_code=)[A-Z]{4}-[A-Z]{4}$", r"\1<code>", text)
    text = re.sub(r"(remainingTabs%22%3A%5B).*?(%5D)", r"\1<tabs>\2", text)
    text = re.sub(r"<uuid>\.[A-Za-z0-9_-]+$", "<uuid>.<node>", text)
    text = re.sub(r"/resources/[a-z0-9]{5}/", "/resources/<version>/", text)
    return text


def probes_of(group):
    """The functions of probes_<group>.py named probe_*, in the order of the file."""
    module = importlib.import_module(f"probes_{group}")
    return [(n.removeprefix("probe_"), f) for n, f in vars(module).items() if n.startswith("probe_")]


def observe(base, group, only=None, channel=None):
    """All answers of one group: {probe: [exchange, …]}; a probe that cannot go on says why."""
    found = {}
    for name, probe in probes_of(group):
        if only and only not in name:
            continue
        recorder = Recorder(base, channel)
        try:
            probe(recorder)
            failure = None
        except Exception as error:  # a provider that answers quite otherwise must not stop the others
            failure = f"{type(error).__name__}: {error}"
            if only:
                traceback.print_exc()
        found[name] = normalised(recorder)
        if failure:
            found[name].append({"step": "stopped", "reason": _text(failure, time.time(), base)[:500]})
    return found


def as_text(found):
    """JSON with one step a line, so that a difference shows as a line."""
    probes = []
    for name, steps in found.items():
        lines = ",\n".join("  " + json.dumps(step, ensure_ascii=False) for step in steps)
        probes.append(f" {json.dumps(name)}: [\n{lines}\n ]")
    return "{\n" + ",\n".join(probes) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True, help="the provider, without /realms")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder of the captures")
    parser.add_argument("--channel-port", type=int, help="where the provider asks for authentications, for ciba")
    parser.add_argument("--only", help="only probes whose name contains this; printed, not written")
    parser.add_argument("groups", nargs="*", default=GROUPS)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    channel = AuthenticationChannel(options.channel_port) if options.channel_port else None
    for group in options.groups:
        found = observe(options.base.rstrip("/"), group, options.only, channel)
        text = as_text(found)
        if options.only:
            print(text if found else "", end="")
        else:
            (options.out / f"{group}.json").write_text(text)
            stopped = [n for n, steps in found.items() if steps and steps[-1]["step"] == "stopped"]
            print(f"{group}: {len(found)} probes" + (f", stopped: {', '.join(stopped)}" if stopped else ""))


if __name__ == "__main__":
    main()
