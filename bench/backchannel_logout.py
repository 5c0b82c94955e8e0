#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long it takes to tell 50 clients of 10,000 sessions that end at once, and what logins take beside it.

    bench/backchannel_logout.py [--sessions 10000] [--clients 50] [--build build/release]

The sessions are written into the store of a provider that is stopped; it then ends all of them by
logout-all. Clients are one server on this machine, a process of its own: beside the logins it would be their
time that it took. Prints the seconds until the last logout token has
come, and the median and 99th percentile of password logins that run one after another, before and meanwhile.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import pathlib
import socket
import sqlite3
import sys
import tempfile
import time
import uuid

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests/support"), str(PROJECT / "tests/integration")]

ALONE = 200  # logins before anything ends, to compare with
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Clients(asyncio.Protocol):
    """Takes whatever is posted; counts, in what it shares with the process that waits."""

    count, last = multiprocessing.Value("q", 0), multiprocessing.Value("d", 0.0)

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            Clients.count.value += 1
            Clients.last.value = time.monotonic()
            self.transport.write(ANSWER)


def serve():
    """Starts the clients' process; its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    async def run():
        await (await asyncio.get_running_loop().create_server(Clients, sock=listening)).serve_forever()

    multiprocessing.get_context("fork").Process(target=lambda: asyncio.run(run()), daemon=True).start()
    return listening.getsockname()[1]


def realm_of(port, clients):
    def client(n):
        told = {
            "backchannel.logout.url": f"http://127.0.0.1:{port}/{n}",
            "backchannel.logout.session.required": "true",
        }
        return {"clientId": f"client-{n}", "secret": "s", "directAccessGrantsEnabled": True, "attributes": told}

    user = {
        "username": "alice",
        "enabled": True,
        "email": "a@example.org",
        "emailVerified": True,
        "firstName": "A",
        "lastName": "B",
        "credentials": [{"type": "password", "value": "alice-password"}],
    }
    return {
        "realm": "bench",
        "enabled": True,
        "passwordPolicy": "hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)",
        "clients": [client(n) for n in range(clients)] + [{**client(0), "clientId": "quiet", "attributes": {}}],
        "users": [user],
    }


def fill(data, sessions, clients, issuer):
    now = int(time.time())
    with sqlite3.connect(data / "ostiary.db") as db:
        (user,) = db.execute("SELECT id FROM user WHERE realm = 'bench' AND username = 'alice'").fetchone()
        ids = [str(uuid.uuid4()) for _ in range(sessions)]
        db.executemany(
            "INSERT INTO session (id, realm, user_id, auth_time, started, last_access, ends, idle_ends, remembered,"
            " notes) VALUES (?, 'bench', ?, ?, ?, ?, ?, ?, 0, '{}')",
            [(one, user, now, now, now, now + 36000, now + 36000) for one in ids],
        )
        db.executemany(
            "INSERT INTO client_session (session_id, client_id, scope, nonce, redirect_uri, started, last_access,"
            " notes, issuer) VALUES (?, ?, 'openid', '', '', ?, ?, '{}', ?)",
            [(one, f"client-{n % clients}", now, now, issuer) for n, one in enumerate(ids)],
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=10000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--build", default=str(PROJECT / "build" / "release"))
    options = parser.parse_args()
    os.environ["OSTIARY_BUILD"] = options.build
    os.environ |= {"KC_BOOTSTRAP_ADMIN_USERNAME": "root", "KC_BOOTSTRAP_ADMIN_PASSWORD": "root-password"}
    from oidc import Client
    from programs import Provider
    from test_admin_api import Admin

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        file = folder / "bench-realm.json"
        file.write_text(json.dumps(realm_of(serve(), options.clients)))
        with Provider([file], folder) as provider:
            realm, quiet = provider.realm("bench"), Client("quiet", "s")
            provider.stop()
            fill(provider.data, options.sessions, options.clients, realm.issuer)
            provider.start()
            root = Admin(provider, "master", "root", "root-password")

            def log_in():
                before = time.monotonic()
                assert realm.password(quiet, "alice", "alice-password").status == 200
                return time.monotonic() - before

            alone, times = [log_in() for _ in range(ALONE)], []
            begin = time.monotonic()
            assert root("POST", "/realms/bench/logout-all").status == 200
            while Clients.count.value < options.sessions and time.monotonic() - begin < 120:
                times.append(log_in())
            took = Clients.last.value - begin
    print(f"{Clients.count.value} of {options.sessions} logout tokens in {took:.2f} s ({Clients.count.value / took:.0f}/s)")
    for what, values in (("alone", alone), ("beside it", times)):
        values.sort()
        median, worst = values[len(values) // 2] * 1000, values[len(values) * 99 // 100] * 1000
        print(f"{len(values)} logins {what}: median {median:.1f} ms, 99th percentile {worst:.1f} ms")


if __name__ == "__main__":
    main()
