#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The provider's grants and questions on one core: what a login, an API and a client that proves itself by a key cost.

provider-refresh, provider-code: refreshes and code exchanges without an ID token, one signature each, against bare RS256 signing
on the same core. provider-refresh-openid, provider-code-openid: with one, two signatures each, against half of it.
provider-client-jwt: client credentials of a client that proves itself by private_key_jwt (ES256), against bare signing.
provider-introspection, provider-userinfo: requests per second; ratio to 20,000.
Each round has both sides by turns, over 16 connections; ratios are medians of the rounds'."""

import http.client
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

from command_line import read_options, two_parts

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "support"), str(PROJECT / "bench")]

from oidc import Client  # noqa: E402
from programs import Provider  # noqa: E402
from provider import bare_signing, report  # noqa: E402
from signer import EcSigner  # noqa: E402
from web import Browser  # noqa: E402

CALLBACK = "http://localhost:9/cb"
APP, CAROL = Client("app", "app-secret", CALLBACK), ("carol", "carol-password")
KEY = EcSigner("ec")
ONCE = 6000  # codes and assertions of a round, which lasts a second: more than a core can sign
KEYS = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [KEY.jwk(use="sig", alg="ES256")]})}
REALM = {
    "realm": "bench",
    "enabled": True,
    "accessCodeLifespan": 600,
    "clients": [
        {"clientId": "app", "secret": "app-secret", "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
        {"clientId": "keyed", "clientAuthenticatorType": "client-jwt", "serviceAccountsEnabled": True, "attributes": KEYS},
    ],
    "users": [
        {
            **{"username": "carol", "enabled": True, "email": "carol@example.org", "firstName": "C", "lastName": "C"},
            "credentials": [{"type": "password", "value": CAROL[1]}],
        }
    ],
}  # fmt: skip
# Bodies are used in turn; those that are good once are more than can be used.
SCRIPT = """
local bodies, n = {{}}, 0
for line in io.lines("{file}") do bodies[#bodies + 1] = line end
wrk.method = "{method}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
{headers}
request = function()
    n = n + 1
    return wrk.format(nil, nil, nil, bodies[(n - 1) % #bodies + 1])
end
done = function(summary, latency, requests)
    io.write(string.format("RATE %d %d %d\\n", summary.requests, summary.duration, summary.errors.status))
end
"""


class Load:
    """wrk with one script."""

    def __init__(self, folder, url, bodies, cores, seconds, once=False, method="POST", token=None):
        folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        file = folder / "bodies"
        file.write_text("\n".join(bodies) + "\n")
        headers = f'wrk.headers["Authorization"] = "Bearer {token}"' if token else ""
        script = folder / "load.lua"
        script.write_text(SCRIPT.format(file=file, method=method, headers=headers))
        self.once, seconds = once, 1 if once else seconds
        self.command = ["taskset", "-c", cores, "wrk", "-t1", "-c16", f"-d{seconds}s", "-s", script, url]

    def rate(self):
        output = subprocess.run(self.command, capture_output=True, text=True, check=True).stdout
        requests, microseconds, errors = map(int, re.search(r"RATE (\d+) (\d+) (\d+)", output).groups())
        if errors > 0 or requests == 0 or (self.once and requests >= ONCE):
            sys.exit(output)
        return requests * 1e6 / microseconds


def form(**parameters):
    return urllib.parse.urlencode(parameters)


def codes(realm, scope):
    """By a session, over one connection."""
    browser = Browser()
    realm.log_in(browser, APP, *CAROL, scope=scope)
    path = urllib.parse.urlsplit(realm.endpoint("auth")).path
    query = form(**realm.auth_params(APP, scope=scope))
    cookies = browser.cookie_header("localhost", path)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(realm.base).netloc)
    found = []
    while len(found) < ONCE:
        connection.request("GET", f"{path}?{query}", headers={"Cookie": cookies})
        answer = connection.getresponse()
        answer.read()
        found.append(urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["code"][0])
    return found


def code_bodies(realm, scope):
    return [form(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **APP.form) for code in codes(realm, scope)]


def assertion_bodies(realm):
    now, made = int(time.time()), []
    for _ in range(ONCE):
        claims = {"iss": "keyed", "sub": "keyed", "aud": realm.issuer, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 55}
        token = KEY.token({"alg": "ES256", "kid": KEY.kid, "typ": "JWT"}, claims)
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        made.append(form(grant_type="client_credentials", client_assertion_type=kind, client_assertion=token))
    return made


def refresh_bodies(realm, scope):
    token = realm.password(APP, *CAROL, scope=scope).json()["refresh_token"]
    return [form(grant_type="refresh_token", refresh_token=token, **APP.form)]


def main():
    arguments = read_options(__doc__, rounds=5, seconds=2)
    core, cores = two_parts()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = folder / "bench-realm.json"
        file.write_text(json.dumps(REALM))
        provider = Provider([file], folder / "provider", arguments=["--log-format", "off", "--loops", "1"])
        provider.command = ["taskset", "-c", core, *provider.command]
        with provider:
            measure(provider.realm("bench"), arguments, folder, core, cores)


def measure(realm, arguments, folder, core, cores):
    def limited(name, load, signatures=1):
        rates, limits = [], []
        for _ in range(arguments.rounds):
            rates.append(load())
            limits.append(bare_signing(arguments.build, core, arguments.seconds) / signatures)
        ratio = statistics.median(rate / limit for rate, limit in zip(rates, limits))
        report(arguments.json, name, statistics.median(rates), statistics.median(limits), "grants/s", ratio=ratio)

    def load(path, bodies, **more):
        return Load(folder, realm.endpoint(path), bodies, cores, arguments.seconds, **more).rate

    limited("provider-refresh", load("token", refresh_bodies(realm, "email")))
    limited("provider-refresh-openid", load("token", refresh_bodies(realm, "openid")), 2)
    limited("provider-code", lambda: load("token", code_bodies(realm, "email"), once=True)())
    limited("provider-code-openid", lambda: load("token", code_bodies(realm, "openid"), once=True)(), 2)
    limited("provider-client-jwt", lambda: load("token", assertion_bodies(realm), once=True)())
    token = realm.password(APP, *CAROL).json()["access_token"]
    for name, ask in (
        ("provider-introspection", load("token/introspect", [form(token=token, **APP.form)])),
        ("provider-userinfo", load("userinfo", [""], method="GET", token=token)),
    ):
        rates = [ask() for _ in range(arguments.rounds)]
        report(arguments.json, name, statistics.median(rates), 20000, "requests/s")


if __name__ == "__main__":
    main()
