# SPDX-License-Identifier: Apache-2.0
"""kcadm.sh of Keycloak's distribution administers our provider: the story from an empty folder to a token, as its guide
tells it."""

import json
import os
import subprocess

import pytest
from needs import kept_running, must_have
from oidc import Client
from programs import Provider

from keycloak import ADMIN, distribution, java_home

SECONDS = 120


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "kcadm", administrator=ADMIN), results)


class Kcadm:
    """The program with a configuration of its own."""

    def __init__(self, folder):
        self.program = must_have(distribution) / "bin" / "kcadm.sh"
        self.config = folder / "kcadm.config"
        self.environment = {**os.environ, "JAVA_HOME": java_home(), "KC_OPTS": "-XX:TieredStopAtLevel=1 -Xshare:auto"}

    def __call__(self, *words, fails=False):
        done = subprocess.run(
            [self.program, *words, "--config", self.config],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=SECONDS,
            check=False,
        )
        assert (done.returncode != 0) == fails, f"kcadm.sh {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stderr if fails else done.stdout

    def json(self, *words):
        return json.loads(self(*words))


@pytest.fixture
def kcadm(ours, tmp_path):
    program = Kcadm(tmp_path)
    program("config", "credentials", "--server", ours.base, "--realm", "master", "--user", ADMIN[0], "--password", ADMIN[1])
    return program


def test_the_story(kcadm, ours):
    kcadm("create", "realms", "-s", "realm=story", "-s", "enabled=true")
    client = kcadm("create", "clients", "-r", "story", "-s", "clientId=app", "-s", "implicitFlowEnabled=true",
                   "-s", "directAccessGrantsEnabled=true", "-s", 'redirectUris=["https://app.example/*"]', "-i").strip()  # fmt: skip
    assert kcadm.json("get", f"clients/{client}", "-r", "story")["implicitFlowEnabled"] is True
    secret = kcadm.json("get", f"clients/{client}/client-secret", "-r", "story")["value"]
    kcadm("create", "users", "-r", "story", "-s", "username=ann", "-s", "enabled=true", "-s", "email=ann@example.org",
          "-s", "firstName=Ann", "-s", "lastName=Tester")  # fmt: skip
    kcadm("set-password", "-r", "story", "--username", "ann", "--new-password", "ann-password")
    assert ours.realm("story").password(Client("app", secret), "ann", "ann-password").status == 200

    kcadm("create", "roles", "-r", "story", "-s", "name=seller", "-s", "description=sells")
    kcadm("create", "roles", "-r", "story", "-s", "name=buyer")
    kcadm("create", f"clients/{client}/roles", "-r", "story", "-s", "name=use")
    kcadm("add-roles", "-r", "story", "--rname", "seller", "--rolename", "buyer")
    kcadm("add-roles", "-r", "story", "--uusername", "ann", "--rolename", "seller")
    kcadm("add-roles", "-r", "story", "--uusername", "ann", "--cclientid", "app", "--rolename", "use")
    assert {one["name"] for one in kcadm.json("get-roles", "-r", "story", "--uusername", "ann")} == {"default-roles-story", "seller"}
    effective = kcadm.json("get-roles", "-r", "story", "--uusername", "ann", "--effective")
    assert {one["name"] for one in effective} >= {"default-roles-story", "seller", "buyer", "offline_access"}
    assert [one["name"] for one in kcadm.json("get-roles", "-r", "story", "--uusername", "ann", "--cclientid", "app")] == ["use"]
    assert "use" not in kcadm("get-roles", "-r", "story", "--uusername", "ann", "--cclientid", "app", "--available")
    kcadm("remove-roles", "-r", "story", "--uusername", "ann", "--cclientid", "app", "--rolename", "use")
    assert kcadm.json("get-roles", "-r", "story", "--uusername", "ann", "--cclientid", "app") == []
    kcadm("remove-roles", "-r", "story", "--rname", "seller", "--rolename", "buyer")
    assert kcadm.json("get-roles", "-r", "story", "--rname", "seller") == []
    kcadm("update", "roles/seller", "-r", "story", "-s", "description=sold")
    assert kcadm.json("get-roles", "-r", "story", "--rolename", "seller")["description"] == "sold"

    group = kcadm("create", "groups", "-r", "story", "-s", "name=staff", "-i").strip()
    kcadm("create", f"groups/{group}/children", "-r", "story", "-s", "name=north")
    kcadm("add-roles", "-r", "story", "--gname", "staff", "--rolename", "buyer")
    assert [one["name"] for one in kcadm.json("get-roles", "-r", "story", "--gname", "staff")] == ["buyer"]
    ann = kcadm.json("get", "users", "-r", "story", "-q", "username=ann")[0]["id"]
    kcadm("update", f"users/{ann}/groups/{group}", "-r", "story", "-s", "realm=story", "-s", f"userId={ann}", "-s", f"groupId={group}", "-n")
    assert [one["path"] for one in kcadm.json("get", f"users/{ann}/groups", "-r", "story")] == ["/staff"]
    assert "Resource not found" in kcadm("get", "groups/none", "-r", "story", fails=True)
    kcadm("delete", f"groups/{group}", "-r", "story")
    kcadm("delete", f"users/{ann}", "-r", "story")
    kcadm("delete", "roles/seller", "-r", "story")
    kcadm("delete", f"clients/{client}", "-r", "story")
    kcadm("delete", "realms/story")
    assert [realm["realm"] for realm in kcadm.json("get", "realms", "--fields", "realm")] == ["master"]
