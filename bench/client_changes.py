#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a change of a client costs in a realm with many: milliseconds of the server's processor, and by the clock.

    client_changes.py [--build build/bench] [--clients 10000] [--realms 0] [--rounds 20] [--json]

Changes are made over the admin API, one after the other: a client is changed, made, registers itself (RFC 7591) and is
removed, a role is made, and a realm beside `--realms` others.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from admin_users import Api
from command_line import read_options

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "interop")]
TICK = os.sysconf("SC_CLK_TCK")


def client(number):
    return {"clientId": f"client{number:05}", "redirectUris": [f"https://c{number}.example/*"], "secret": "s"}


def files(folder, options):
    yield "many", {"realm": "many", "enabled": True, "sslRequired": "none", "clients": [client(i) for i in range(options.clients)]}
    for number in range(options.realms):
        yield f"r{number}", {"realm": f"r{number}", "enabled": True, "sslRequired": "none"}


def used(server):
    """Milliseconds of the processor, kernel's included."""
    fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICK


def resident(server):
    for line in pathlib.Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("no RssAnon")


def measure(server, change, rounds):
    """Median by the clock, mean of the processor."""
    took = []
    change(0)
    before = used(server)
    for number in range(1, rounds + 1):
        begin = time.perf_counter()
        change(number)
        took.append((time.perf_counter() - begin) * 1000)
    return {"cpu": round((used(server) - before) / rounds, 1), "wall": round(sorted(took)[rounds // 2], 1)}


def run(server, options):
    api = Api(server, ("root", "root-password"))
    one = api("GET", "/clients?clientId=client00007")[1][0] if options.clients > 7 else api("GET", "/clients?clientId=account")[1][0]
    token = api("POST", "/clients-initial-access", {"count": 10 * options.rounds + 10, "expiration": 600})[1]["token"]

    def changed(number):
        api("PUT", f"/clients/{one['id']}", {**one, "description": f"change {number}"})

    def made(number):
        api("POST", "/clients", {"clientId": f"made{number}"})

    def registered(number):
        body = json.dumps({"redirect_uris": [f"https://r{number}.example/cb"]})
        api.connection.request("POST", "/realms/many/clients-registrations/openid-connect", body,
                               {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = api.connection.getresponse()
        text = answer.read()
        assert answer.status == 201, (answer.status, text)

    def removed(number):
        api("DELETE", f"/clients/{clients[number]}")

    def of_roles(number):
        api("POST", "/roles", {"name": f"role{number}"})

    def of_realms(number):
        api("POST", "", {"realm": f"new{number}", "enabled": True}, "/admin/realms")

    yield "idle", {"resident MiB": resident(server)}
    yield "client changed", measure(server, changed, options.rounds)
    yield "client made", measure(server, made, options.rounds)
    yield "client registered", measure(server, registered, options.rounds)
    clients = [client["id"] for client in api("GET", "/clients?clientId=made&search=true")[1]]
    yield "client removed", measure(server, removed, options.rounds)
    yield "role made", measure(server, of_roles, options.rounds)
    if options.realms:
        yield "realm made", measure(server, of_realms, options.rounds)
    time.sleep(2)
    yield "after", {"resident MiB": resident(server)}


def main():
    options = read_options(__doc__, clients=10000, realms=0, rounds=20)
    from programs import Provider, provider_program

    os.environ.update(KC_BOOTSTRAP_ADMIN_USERNAME="root", KC_BOOTSTRAP_ADMIN_PASSWORD="root-password")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = folder / "realms.json"
        file.write_text(json.dumps([realm for _, realm in files(folder, options)]))
        subprocess.run([provider_program(), "realm", "import", file, "--data", folder / "p" / "data"], check=True, capture_output=True)
        with Provider([], folder / "p", arguments=("--log-format", "off")) as server:
            for row, figures in run(server, options):
                print(json.dumps({"name": f"clients: {row}", **figures}) if options.json else f"{row}: {figures}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
