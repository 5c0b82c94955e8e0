# SPDX-License-Identifier: Apache-2.0
"""Attributes of clients that Keycloak acts upon, each acted upon or told (P9): those of secrets."""

import json
import subprocess

import pytest
from administrator import Admin
from oidc import Client
from programs import provider_program

ROOT = {
    "username": "root",
    "enabled": True,
    "credentials": [{"type": "password", "value": "root-password"}],
    "clientRoles": {"realm-management": ["realm-admin"]},
}
PAST, SOON = "1000000000", "99999999999"
CLIENTS = {
    "ended": {"client.secret.expiration.time": PAST},
    "ending": {"client.secret.expiration.time": SOON, "client.secret.rotated": "before"},
    "post": {"client.secret.authentication.allowed.method": "client_secret_post"},
    "basic": {"client.secret.authentication.allowed.method": "client_secret_basic"},
}
SCOPE = {
    "name": "hidden",
    "protocol": "openid-connect",
    "attributes": {"include.in.openid.provider.metadata": "false", "is.parameterized.scope": "true"},
}


@pytest.fixture(scope="module")
def realm_file(tmp_path_factory):
    clients = [
        {"clientId": name, "secret": "s", "serviceAccountsEnabled": True, "attributes": attributes}
        for name, attributes in CLIENTS.items()
    ]
    file = tmp_path_factory.mktemp("attributes") / "x-realm.json"
    realm = {"realm": "x", "enabled": True, "clients": clients, "users": [ROOT], "clientScopes": [SCOPE]}
    file.write_text(json.dumps(realm))
    return file


@pytest.fixture
def site(new_provider, realm_file):
    return new_provider([realm_file])


def ask(site, name, secret="s", by_form=False):
    form = {"grant_type": "client_credentials"}
    if by_form:
        return site.realm("x").token({**form, "client_id": name, "client_secret": secret})
    return site.realm("x").token(form, Client(name, secret))


def test_p9_an_expired_secret_is_refused_until_it_is_renewed(site):
    assert ask(site, "ending").status == 200
    assert ask(site, "ending", "before").status == 401  # as Keycloak 26 without rotation of secrets
    assert ask(site, "ended").status == ask(site, "ended", by_form=True).status == 401
    admin = Admin(site, "x", "root", "root-password")
    client = admin("GET", "/realms/x/clients?clientId=ended").json()[0]
    renewed = admin("POST", f"/realms/x/clients/{client['id']}/client-secret")
    assert renewed.status == 200
    assert ask(site, "ended", renewed.json()["value"]).status == 200
    attributes = admin("GET", f"/realms/x/clients/{client['id']}").json()["attributes"]
    assert "client.secret.expiration.time" not in attributes


def test_p9_a_secret_comes_by_the_allowed_way(site):
    assert ask(site, "post", by_form=True).status == ask(site, "basic").status == 200
    for answer in (ask(site, "post"), ask(site, "basic", by_form=True)):
        assert (answer.status, answer.json()["error"]) == (401, "unauthorized_client")


def test_p9_a_scope_may_stay_out_of_the_metadata(site):
    assert "hidden" not in site.realm("x").discovery().json()["scopes_supported"]


def test_p9_what_is_left_of_rotation_and_parameters_is_told(tmp_path, realm_file):
    done = subprocess.run(
        [str(provider_program()), "realm", "import", str(realm_file), "--json", "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = {
        f"{entry['path']}.{item['member']}"
        for entry in json.loads(done.stdout)[0]["objects"]
        for item in entry.get("kept without effect", [])
    }
    assert {"clients[1].attributes.client.secret.rotated", "clientScopes[0].attributes.is.parameterized.scope"} <= told
