#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of a provider after many changes of its realms, against that of a fresh start with the same store.

    realm_changes.py [--build build/bench] [--realms 200] [--changes 1000] [--json]

The changes are made over the admin API, one after the other, spread over all realms: clients, realms, roles, mappers
and users. What may be kept is 1.2 of a fresh start, ten seconds after the last change.
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


def ask(provider, token, method, path, body=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{provider.base}/admin/realms/{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def client(i, **members):
    return {"clientId": f"c{i}", "secret": f"secret-of-{i}", "redirectUris": [f"https://c{i}.example/*"], **members}


def add_client(ask_realm, i):
    ask_realm("POST", "/clients", client(i))


def put_client(ask_realm, i):
    found = ask_realm("GET", "/clients?clientId=account")[0]
    ask_realm("PUT", f"/clients/{found['id']}", {**found, "description": f"change {i}"})


def delete_client(ask_realm, i):
    found = next((c for c in ask_realm("GET", "/clients") if c["clientId"].startswith("c") and "secret" in c), None)
    if found:
        ask_realm("DELETE", f"/clients/{found['id']}")


def add_role(ask_realm, i):
    ask_realm("POST", "/roles", {"name": f"role{i}"})


def put_realm(ask_realm, i):
    ask_realm("PUT", "", {"displayName": f"change {i}"})


def add_user(ask_realm, i):
    ask_realm("POST", "/users", {"username": f"user{i}", "enabled": True, "email": f"user{i}@example.com"})


def add_mapper(ask_realm, i):
    found = ask_realm("GET", "/clients?clientId=account")[0]
    mapper = {"name": f"mapper{i}", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
              "config": {"claim.name": f"claim{i}", "claim.value": "value", "access.token.claim": "true"}}
    ask_realm("POST", f"/clients/{found['id']}/protocol-mappers/models", mapper)


KINDS = [add_client, put_client, put_realm, add_role, add_mapper, add_user, put_client, delete_client]


def change(provider, number, count):
    """`count` changes, those of one realm of all kinds; the tokens of administrators live a minute."""
    token, got = "", 0.0
    for i in range(count):
        if time.monotonic() > got + 30:
            token, got = admin_token(provider), time.monotonic()
        turn = i // number + i
        KINDS[turn % len(KINDS)](lambda method, path, body=None: ask(provider, token, method, f"r{i % number}{path}", body), i)


def key_file(folder, number):
    """A private key: what is measured is not how keys are made."""
    path = folder / f"{number}.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, "2048"], check=True, capture_output=True)
    return path.read_text()


def keys(signing, encryption):
    given = [("rsa", "RS256", signing), ("rsa-enc", "RSA-OAEP", encryption)]
    return {"org.keycloak.keys.KeyProvider": [
        {"name": provider, "providerId": provider,
         "config": {"privateKey": [key], "algorithm": [algorithm], "priority": ["100"]}}
        for provider, algorithm, key in given]}


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
        components = keys(key_file(folder, 1), key_file(folder, 2))
        realms = [{"realm": f"r{i}", "enabled": True, "sslRequired": "none", "components": components} for i in range(options.realms)]
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
        time.sleep(10)  # realms that are left alone for five are settled
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
