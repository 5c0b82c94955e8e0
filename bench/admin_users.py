#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Users over the admin API: how long a search and a page take in a large realm, and how fast users with given hashes
are made. With a Keycloak beside it, whose realm may be smaller.

    admin_users.py [--build build/bench] [--users 100000] [--clients 0] [--keycloak-users 0] [--rounds 100] [--json]

`--users 1000000` needs 0.7 GB for the file and 3 GB for the store, below TMPDIR.
"""

import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from command_line import read_options
from realm_import import hashed, realm_file

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "interop")]
WANTED = 20  # milliseconds
BATCH = 500  # users of one partial import
MADE = 5000
TOKEN_SECONDS = 30


class Api:
    """Requests of the administrator over one connection."""

    def __init__(self, server, who):
        from oidc import Client

        self.server, self.who, self.cli, self.renewed = server, who, Client("admin-cli"), -TOKEN_SECONDS
        self.connection = http.client.HTTPConnection("localhost", server.port)

    def __call__(self, method, path, body=None, below="/admin/realms/many"):
        """Milliseconds, and the answer."""
        if time.monotonic() - self.renewed > TOKEN_SECONDS:
            self.token = self.server.realm("master").password(self.cli, *self.who).json()["access_token"]
            self.renewed = time.monotonic()
        data = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        begin = time.perf_counter()
        self.connection.request(method, f"{below}{path}", data, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        took = (time.perf_counter() - begin) * 1000
        assert answer.status < 300, (answer.status, path, text[:200])
        return took, json.loads(text) if text else None


def person(prefix, number):
    return {"username": f"{prefix}{number:07}", "email": f"{prefix}{number}@example.com", "enabled": True, "credentials": [hashed(number)]}


def make(api, prefix, count):
    """Users a second."""
    begin = time.perf_counter()
    for first in range(0, count, BATCH):
        users = [person(prefix, number) for number in range(first, min(first + BATCH, count))]
        api("POST", "/partialImport", {"ifResourceExists": "FAIL", "users": users})
    return count / (time.perf_counter() - begin)


def questions(count, deterministic):
    """What people ask a console for: its first page, some page, a name as it is typed, whom one knows exactly."""
    number = deterministic.randrange(count)
    yield "first page", "/users?first=0&max=20&briefRepresentation=true"
    yield "any page", f"/users?first={number}&max=20&briefRepresentation=true"
    yield "last page", f"/users?first={count - 20}&max=20&briefRepresentation=true"
    yield "search", f"/users?search=user{number:07}&first=0&max=20"
    yield "search of a beginning", f"/users?search=user{number // 100:05}&first=0&max=20"
    yield "search that finds nothing", f"/users?search=nobody{number}&first=0&max=20"
    yield "text within a name", f"/users?username=r{number // 100:05}&first=0&max=20"
    yield "exact name", f"/users?username=user{number:07}&exact=true"
    yield "exact address", f"/users?email=user{number}%40example.com&exact=true"
    yield "count", "/users/count"


def ask(api, count, rounds):
    deterministic, times = random.Random(1), {}
    for _ in range(rounds):
        for name, path in questions(count, deterministic):
            times.setdefault(name, []).append(api("GET", path)[0])
    return {name: sorted(each) for name, each in times.items()}


def at(times, share):
    return times[min(len(times) - 1, int(len(times) * share))]


def add_clients(file, count):
    clients = [{"clientId": f"client{number:05}", "redirectUris": [f"https://c{number}.example/*"], "secret": "s"} for number in range(count)]
    file.write_text(file.read_text().replace('"users": [', f'"clients": {json.dumps(clients)}, "users": [', 1))


def lists(count):
    yield "first clients", "/clients?first=0&max=20"
    yield "last clients", f"/clients?first={count - 20}&max=20"
    yield "clients of a name", "/clients?search=true&clientId=client009&first=0&max=20"
    for path in ("/roles", "/groups", "/client-scopes", "/client-session-stats", "/keys", "/events", "/admin-events"):
        yield path[1:], path


def ours(options, folder):
    from programs import Provider, provider_program

    os.environ.update(KC_BOOTSTRAP_ADMIN_USERNAME="root", KC_BOOTSTRAP_ADMIN_PASSWORD="root-password")
    file = realm_file(folder, hashed, options.users)
    if options.clients:
        add_clients(file, options.clients)
    subprocess.run([provider_program(), "realm", "import", file, "--data", folder / "ours" / "data"], check=True, capture_output=True)
    file.unlink()
    with Provider([], folder / "ours") as server:
        api = Api(server, ("root", "root-password"))
        asked = ask(api, options.users, options.rounds)
        if options.clients:
            asked.update((name, sorted(api("GET", path)[0] for _ in range(options.rounds))) for name, path in lists(options.clients))
        return asked, make(api, "new", MADE)


def keycloaks(options, folder):
    from keycloak import ADMIN, Keycloak

    with Keycloak([realm_file(folder, hashed, 0)], log=folder / "keycloak.log") as server:
        api = Api(server, ADMIN)
        rate = make(api, "user", options.keycloak_users)
        return ask(api, options.keycloak_users, options.rounds), rate


def main():
    options = read_options(__doc__, users=100000, clients=0, keycloak_users=0, rounds=100)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        asked, rate = ours(options, folder)
        peer, peers_rate = keycloaks(options, folder) if options.keycloak_users else ({}, 0)
    for kind, times in asked.items():
        row = {"name": f"users: {kind}", "median": at(times, 0.5), "p99": at(times, 0.99), "wanted": WANTED}
        if kind in peer:
            row.update(peer=at(peer[kind], 0.5), ratio=at(peer[kind], 0.5) / row["median"])
        print(json.dumps(row) if options.json else "  ".join(f"{key} {value:.2f}" if isinstance(value, float) else f"{value}" for key, value in row.items()))
    row = {"name": "users made, a second", "ours": rate, "peer": peers_rate, "ratio": rate / peers_rate if peers_rate else 0.0}
    print(json.dumps(row) if options.json else "  ".join(f"{key} {value:.2f}" if isinstance(value, float) else f"{value}" for key, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
