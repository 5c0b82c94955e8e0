#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long it takes to tell 50 clients of 10,000 sessions that end at once, and what logins take beside it.

    bench/backchannel_logout.py [--sessions 10000] [--clients 50] [--build build/release]

The sessions are written into the store of a provider that is stopped; it then ends all of them by
logout-all. Clients are one server on this machine. Prints the seconds until the last logout token has
come, and the median and 99th percentile of password logins that run one after another meanwhile.
"""

import argparse
import asyncio
import json
import os
import pathlib
import sqlite3
import sys
import tempfile
import threading
import time
import uuid

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests/support"), str(PROJECT / "tests/integration")]

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Clients(asyncio.Protocol):
    """Takes whatever is posted; counts."""

    count, last = 0, 0.0

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
            Clients.count += 1
            Clients.last = time.monotonic()
            self.transport.write(ANSWER)


def serve():
    loop, ready = asyncio.new_event_loop(), threading.Event()

    def run():
        asyncio.set_event_loop(loop)
        made = loop.run_until_complete(loop.create_server(Clients, "127.0.0.1", 0))
        serve.port = made.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()

    threading.Thread(target=run, daemon=True).start()
    ready.wait()
    return serve.port


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
            root, times = Admin(provider, "master", "root", "root-password"), []
            begin = time.monotonic()
            assert root("POST", "/realms/bench/logout-all").status == 200
            while Clients.count < options.sessions and time.monotonic() - begin < 120:
                before = time.monotonic()
                assert realm.password(quiet, "alice", "alice-password").status == 200
                times.append(time.monotonic() - before)
            took = Clients.last - begin
    times.sort()
    median, worst = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
    print(f"{Clients.count} of {options.sessions} logout tokens in {took:.2f} s ({Clients.count / took:.0f}/s)")
    print(f"{len(times)} logins beside it: median {median:.1f} ms, 99th percentile {worst:.1f} ms")


if __name__ == "__main__":
    main()
