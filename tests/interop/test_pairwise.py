# SPDX-License-Identifier: Apache-2.0
"""Pairwise subjects of real Keycloak and of ours: of one realm file, the same."""

import http.server
import json
import threading

import pytest
from oidc import Client
from programs import Provider
from web import Browser, unverified_token

ALICE = "0d0f4f6e-1c1b-4f57-8b3e-000000000001"
CALLBACK = "http://app.example/cb"
SECTOR = [CALLBACK, "http://b.example/cb"]


def client(name, redirects, **config):
    mapper = {
        "name": "pairwise",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-sha256-pairwise-sub-mapper",
        "config": {"pairwiseSubAlgorithmSalt": "a sält", **config},
    }
    return {
        "clientId": name,
        "secret": f"{name}-secret",
        "rootUrl": "http://root.example:81/deep",
        "redirectUris": redirects,
        "directAccessGrantsEnabled": True,
        "serviceAccountsEnabled": True,
        "protocolMappers": [mapper],
    }


REALM = {
    "realm": "pairs",
    "enabled": True,
    "clients": [
        client("plain", [CALLBACK]),
        client("port", ["http://app.example:8080/*"]),
        client("case", ["http://App.Example/cb"]),
        client("relative", ["/cb"]),
        client("sector", SECTOR),
    ],
    "users": [
        {
            "id": ALICE,
            "username": "alice",
            "enabled": True,
            "email": "alice@example.com",
            "emailVerified": True,
            "firstName": "Alice",
            "lastName": "Tester",
            "credentials": [{"type": "password", "value": "alice-password"}],
        }
    ],
}


class SectorDocument(http.server.BaseHTTPRequestHandler):
    """Keycloak fetches it when it imports the realm, and makes none without."""

    def do_GET(self):
        body = json.dumps(SECTOR).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def sector():
    with http.server.HTTPServer(("127.0.0.1", 0), SectorDocument) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/uris.json"
        server.shutdown()


@pytest.fixture(scope="module")
def file(tmp_path_factory, sector):
    REALM["clients"][-1]["protocolMappers"][0]["config"]["sectorIdentifierUri"] = sector
    file = tmp_path_factory.mktemp("pairs") / "pairs-realm.json"
    file.write_text(json.dumps(REALM))
    return file


@pytest.fixture(scope="module")
def keycloak(file, keycloak_beside):
    keycloak_beside.create_realm(file)
    return keycloak_beside.realm("pairs")


@pytest.fixture(scope="module")
def ours(file, work):
    with Provider([file], work / "pairs") as provider:
        yield provider.realm("pairs")


def seen(realm, name):
    named = Client(name, f"{name}-secret", CALLBACK)
    answer = realm.password(named, "alice", "alice-password")
    if answer.status != 200:
        return {"status": answer.status}
    tokens = answer.json()
    subjects = {kind: unverified_token(tokens[kind])[1]["sub"] for kind in ("access_token", "id_token", "refresh_token")}
    subjects["userinfo"] = realm.userinfo(tokens["access_token"]).json()["sub"]
    form = {"token": tokens["access_token"]}
    subjects["introspection"] = Browser().post(realm.endpoint("token/introspect"), form, named.auth).json()["sub"]
    fresh = realm.refresh(named, tokens["refresh_token"]).json()
    subjects["refreshed"] = unverified_token(fresh["id_token"])[1]["sub"]
    return subjects


def test_the_same_subjects(keycloak, ours):
    both = {each["clientId"]: [seen(realm, each["clientId"]) for realm in (keycloak, ours)] for each in REALM["clients"]}
    for name, (theirs, own) in both.items():
        assert theirs == own, name
        assert "status" not in own and ALICE not in own.values()
    assert len({own["id_token"] for _, own in both.values()}) == 4
