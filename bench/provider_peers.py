#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Code exchanges and refreshes beside other providers, all in one run and each with two signatures (access token and ID token, RS256).

provider-code-NAME, provider-refresh-NAME: how many our provider does in a second of its processor, and the peer in one of its own:
oidc-provider (npm, in memory, one process of node), Keycloak 24.0.5 and 26.7.3 (start-dev). Rounds by turns, over eight
connections; medians. What a server's threads used is counted, whoever else is on the machine."""

import concurrent.futures
import http.client
import http.cookies
import json
import os
import pathlib
import statistics
import sys
import tempfile
import urllib.parse

from command_line import read_options

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "support"), str(PROJECT / "tests" / "interop"), str(PROJECT / "bench")]

from grants import APP, CALLBACK, CAROL, REALM, form  # noqa: E402
from keycloak import NEWEST, VERSION, Keycloak  # noqa: E402
from peers import free_port, npm_packages  # noqa: E402
from programs import Program, Provider  # noqa: E402
from provider import report  # noqa: E402
from web import Browser  # noqa: E402

SCOPE = "openid email"
CONNECTIONS, CODES = 8, 64  # of a round: oidc-provider's memory forgets beyond a thousand things
WARM_ROUNDS = 4  # of peers that compile while they run


def processor_seconds(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


class OidcProvider(Program):
    def __init__(self, folder):
        home, port = npm_packages(PROJECT / "bench" / "peers", "npm-bench"), free_port()
        self.base = f"http://localhost:{port}"
        command = ["node", home / "oidc_provider.mjs", port]
        environment = {"NODE_ENV": "production"}
        super().__init__(command, f"{self.base}/.well-known/openid-configuration", folder / "oidc-provider.log", environment)

    def endpoint(self, name):
        return f"{self.base}/{name}"


class Site:
    """A provider with a user who is logged in: endpoint(name) and a process."""

    def __init__(self, name, endpoint, pid):
        self.name, self.endpoint, self.pid = name, endpoint, pid
        self.query = form(client_id="app", redirect_uri=CALLBACK, response_type="code", scope=SCOPE, state="s", nonce="n")
        self.host = urllib.parse.urlsplit(endpoint("token")).netloc
        self.path = urllib.parse.urlsplit(endpoint("token")).path
        self.cookies = None
        self.rates = {"code": [], "refresh": []}

    def log_in(self, realm):
        """By the page of ours and Keycloak's."""
        browser = Browser()
        realm.log_in(browser, APP, *CAROL, scope=SCOPE)
        self.cookies = browser.cookie_header("localhost", urllib.parse.urlsplit(self.endpoint("auth")).path)

    def walk_in(self):
        """By redirects alone."""
        connection, jar = http.client.HTTPConnection(self.host), http.cookies.SimpleCookie()
        target = f"{self.endpoint('auth')}?{self.query}"
        for _ in range(8):
            if target.startswith(CALLBACK):
                break
            parts = urllib.parse.urlsplit(urllib.parse.urljoin(self.endpoint("auth"), target))
            sent = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items() if morsel.value)
            connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": sent})
            answer = connection.getresponse()
            answer.read()
            for line in answer.headers.get_all("Set-Cookie", []):
                jar.load(line)
            target = answer.headers["Location"]
        else:
            sys.exit(f"{self.name} leads nowhere: {target}")
        self.cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items() if morsel.value)

    def codes(self):
        connection, found = http.client.HTTPConnection(self.host), []
        path = urllib.parse.urlsplit(self.endpoint("auth")).path
        while len(found) < CODES:
            connection.request("GET", f"{path}?{self.query}", headers={"Cookie": self.cookies})
            answer = connection.getresponse()
            answer.read()
            location = urllib.parse.urlsplit(answer.headers["Location"])
            found.append(urllib.parse.parse_qs(location.query)["code"][0])
        return found

    def post(self, bodies):
        """The last answer of all."""
        connection, headers = http.client.HTTPConnection(self.host), {"Content-Type": "application/x-www-form-urlencoded"}
        for body in bodies:
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                sys.exit(f"{self.name}: {answer.status} {text.decode()}")
        return json.loads(text)

    def measure(self, bodies):
        parts = [bodies[i::CONNECTIONS] for i in range(CONNECTIONS)]
        before = processor_seconds(self.pid)
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            tokens = list(pool.map(self.post, parts))[0]
        return len(bodies) / (processor_seconds(self.pid) - before), tokens

    def round(self, counts):
        bodies = [form(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **APP.form) for code in self.codes()]
        rate, tokens = self.measure(bodies)
        if not {"access_token", "id_token", "refresh_token"} <= tokens.keys() or tokens["access_token"].count(".") != 2:
            sys.exit(f"{self.name}: {tokens.keys()}")
        refresh = form(grant_type="refresh_token", refresh_token=tokens["refresh_token"], **APP.form)
        refreshed, tokens = self.measure([refresh] * CODES)
        if "id_token" not in tokens:
            sys.exit(f"{self.name}: a refresh without an ID token")
        if counts:
            self.rates["code"].append(rate)
            self.rates["refresh"].append(refreshed)


def java_of(program):
    """The server itself: what was started may be a script that waits for it."""
    group = os.getpgid(program._process.pid)
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text() == "java\n" and os.getpgid(int(folder.name)) == group:
                return int(folder.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    sys.exit("Keycloak has no process of Java's")


def compare(ours, peer, rounds):
    for number in range(WARM_ROUNDS):
        peer.round(False)
        if number == 0:
            ours.round(False)
    ours.rates = {"code": [], "refresh": []}
    for _ in range(rounds):
        ours.round(True)
        peer.round(True)
    return {kind: (statistics.median(ours.rates[kind]), statistics.median(peer.rates[kind])) for kind in ours.rates}


def main():
    arguments = read_options(__doc__, rounds=5)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = folder / "bench-realm.json"
        file.write_text(json.dumps(REALM))
        with Provider([file], folder / "provider", arguments=["--log-format", "off"]) as provider:
            realm = provider.realm("bench")
            ours = Site("ours", realm.endpoint, provider.pid)
            ours.log_in(realm)

            def run(peer):
                for kind, (own, other) in compare(ours, peer, arguments.rounds).items():
                    report(arguments.json, f"provider-{kind}-{peer.name}", own, other, "grants/s")

            with OidcProvider(folder) as program:
                peer = Site("oidc-provider", program.endpoint, program.pid)
                peer.walk_in()
                run(peer)
            for version in (VERSION, NEWEST):
                with Keycloak([file], version=version) as program:
                    there = program.realm("bench")
                    peer = Site(f"keycloak-{version.split('.')[0]}", there.endpoint, java_of(program))
                    peer.log_in(there)
                    run(peer)


if __name__ == "__main__":
    main()
