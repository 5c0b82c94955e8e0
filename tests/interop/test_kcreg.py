# SPDX-License-Identifier: Apache-2.0
"""kcreg.sh of Keycloak's distribution registers clients at our provider by Keycloak's own representation, as its guide
tells it: by an initial access token, by the client's own token, and by a user who may."""

import json
import subprocess

import pytest
from needs import kept_running
from oidc import Client
from programs import Provider
from test_admin_same_as_keycloak import Admin
from test_kcadm import SECONDS, Kcadm

from keycloak import ADMIN

MANAGER = ("manager", "manager-password")
REALM = {
    "realm": "kcreg",
    "enabled": True,
    "users": [
        {"username": MANAGER[0], "enabled": True, "email": "manager@example.org", "firstName": "M", "lastName": "R",
         "credentials": [{"type": "password", "value": MANAGER[1]}],
         "clientRoles": {"realm-management": ["manage-clients"]}}
    ],
}  # fmt: skip


class Kcreg(Kcadm):
    def __init__(self, folder):
        super().__init__(folder)
        self.program = self.program.with_name("kcreg.sh")
        self.config = folder / "kcreg.config"


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "kcreg", administrator=ADMIN), results)


@pytest.fixture(scope="module")
def kcreg(ours, tmp_path_factory):
    admin = Admin(ours)
    assert admin("POST", "/realms", json.dumps(REALM).encode()).status == 201
    token = admin("POST", "/realms/kcreg/clients-initial-access", b'{"count": 2}').json()["token"]
    program = Kcreg(tmp_path_factory.mktemp("kcreg"))
    program("config", "initial-token", token, "--server", ours.base, "--realm", "kcreg")
    return program


@pytest.fixture
def at(ours):
    return ("--server", ours.base, "--realm", "kcreg")


def test_a_client_from_its_registration_to_its_end(kcreg, ours, at):
    made = json.loads(kcreg("create", *at, "-s", "clientId=worker", "-s", "serviceAccountsEnabled=true", "-s", "fullScopeAllowed=false",
                            "-s", 'redirectUris=["http://localhost:8000/*"]', "-o"))  # fmt: skip
    assert (made["clientId"], made["serviceAccountsEnabled"], made["fullScopeAllowed"]) == ("worker", True, False)
    assert ours.realm("kcreg").client_credentials(Client("worker", made["secret"])).status == 200

    kcreg("update", "worker", *at, "-s", "name=Worker", "-s", "directAccessGrantsEnabled=true", "-s", "attributes.x=y")
    seen = json.loads(kcreg("get", "worker", *at))
    assert (seen["name"], seen["directAccessGrantsEnabled"], seen["attributes"]["x"]) == ("Worker", True, "y")
    assert seen["secret"] == made["secret"]
    assert "Full Scope Disabled" in kcreg("update", "worker", *at, "-s", "fullScopeAllowed=true", fails=True)
    kcreg("delete", "worker", *at)
    assert ours.realm("kcreg").client_credentials(Client("worker", made["secret"])).status == 401


def test_a_token_made_anew_by_an_administrator(kcreg, ours, at):
    kcreg("create", *at, "-s", "clientId=renewed")
    kcreg("config", "credentials", "--server", ours.base, "--realm", "kcreg", "--user", MANAGER[0],
          "--password", MANAGER[1])  # fmt: skip
    kcreg("update-token", "renewed", *at)
    kcreg("update", "renewed", *at, "-s", "description=again")
    assert json.loads(kcreg("get", "renewed", *at))["description"] == "again"


def test_what_adapters_read(kcreg, at):
    assert json.loads(kcreg("get", "renewed", *at, "-e", "install"))["resource"] == "renewed"


def test_it_tells_the_names_of_members(kcreg):
    told = subprocess.run([kcreg.program, "attrs"], capture_output=True, text=True, env=kcreg.environment, timeout=SECONDS, check=True)
    assert "serviceAccountsEnabled" in told.stdout
