#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of a provider after many changes of its realms, against that of a fresh start with the same store.

    realm_changes.py [--build build/bench] [--realms 200] [--changes 1000] [--json]

The changes are made over the admin API, one after the other, spread over all realms. What may be kept is 1.2 of a
fresh start, two seconds after the last change.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from command_line import read_options

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))


def resident_kib(pid):
    """What belongs to the process alone: pages of shared files come and go."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    raise RuntimeError("no RssAnon")


def admin_token(provider):
    form = {"grant_type": "password", "client_id": "admin-cli", "username": "root", "password": "root-password"}
    url = f"{provider.base}/realms/master/protocol/openid-connect/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        return json.load(answer)["access_token"]


def change(provider, number, count):
    """`count` changes; the tokens of administrators live a minute."""
    token = ""
    for i in range(count):
        if i % 100 == 0:
            token = admin_token(provider)
        body = json.dumps({"displayName": f"change {i}"}).encode()
        request = urllib.request.Request(
            f"{provider.base}/admin/realms/r{i % number}",
            body,
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 204


def warm(provider, number):
    """Every realm is asked once, so that both have done what comes with the first request."""
    for i in range(number):
        with urllib.request.urlopen(f"{provider.base}/realms/r{i}/protocol/openid-connect/certs", timeout=30) as answer:
            answer.read()
    admin_token(provider)


def main():
    options = read_options(__doc__, realms=200, changes=1000)
    from programs import Provider, provider_program

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        realms = [{"realm": f"r{i}", "enabled": True, "sslRequired": "none"} for i in range(options.realms)]
        file = folder / "all-realm.json"
        file.write_text(json.dumps(realms))
        data = folder / "provider" / "data"
        subprocess.run([provider_program(), "realm", "import", file, "--data", data], check=True, capture_output=True)
        provider = Provider([], folder / "provider", arguments=("--log-format", "off"))
        provider.environment.update(KEYCLOAK_ADMIN="root", KEYCLOAK_ADMIN_PASSWORD="root-password")
        provider.start()
        provider.stop()
        provider.start()
        warm(provider, options.realms)
        fresh = resident_kib(provider.pid)
        change(provider, options.realms, options.changes)
        time.sleep(2)  # the housekeeping thread gives back once a second
        after = resident_kib(provider.pid)
        provider.stop()
    row = {"name": "provider-memory-after-changes", "ours": after, "peer": fresh, "ratio": round(after / fresh, 3)}
    if options.json:
        print(json.dumps(row))
    else:
        print(f"{options.realms} realms, fresh: {fresh} KiB; after {options.changes} changes: {after} KiB, "
              f"{row['ratio']:.2f} of it (at most 1.2)")
    return 0 if row["ratio"] <= 1.2 else 1


if __name__ == "__main__":
    sys.exit(main())
