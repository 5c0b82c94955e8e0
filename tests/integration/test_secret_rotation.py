# SPDX-License-Identifier: Apache-2.0
"""Secrets of clients that end, and the one before that still counts for a time: the executor secret-rotation, as Keycloak
26.7.3 has it (its feature client-secret-rotation is off by default)."""

import json
import time

import pytest
from oidc import Client
from programs import Provider
from web import Browser, bearer

DAY = 86400
BEFORE = "client.secret.rotated"
ENDS = "client.secret.expiration.time"


def attributes(ends):
    return {BEFORE: "older-secret", f"{BEFORE}.creation.time": "1000", f"{BEFORE}.expiration.time": str(ends)}


def policed(name, configuration=None, **changes):
    executor = {"executor": "secret-rotation", "configuration": configuration or {}}
    policy = {"name": "p", "enabled": True, "conditions": [{"condition": "client-access-type", "configuration": {"type": ["confidential"]}}],
              "profiles": ["own"]}
    rules = {"clientProfiles": {"profiles": [{"name": "own", "executors": [executor]}]}, "clientPolicies": {"policies": [policy]}}
    batch = {"clientId": "batch", "secret": "first-secret", "serviceAccountsEnabled": True}
    now = int(time.time())
    return {
        "realm": name, "enabled": True, **rules,
        "clients": [batch, {**batch, "clientId": "kept", "attributes": attributes(now + DAY)},
                    {**batch, "clientId": "past", "attributes": attributes(now - 1)},
                    {**batch, "clientId": "endless", "attributes": {BEFORE: "older-secret"}}],
        "users": [{"username": "keeper", "enabled": True, "credentials": [{"type": "password", "value": "keeper-password"}],
                   "clientRoles": {"realm-management": ["realm-admin"]}}],
        **changes,
    }  # fmt: skip


REALMS = (
    policed("rotating"),
    policed("brief", {"expiration-period": 100, "rotated-expiration-period": 50, "remaining-rotation-period": 10}),
    policed("none", {"rotated-expiration-period": 0}),
    policed("free", clientPolicies={"policies": []}),
)


@pytest.fixture(scope="module")
def server(work):
    files = []
    for realm in REALMS:
        files.append(work / f"{realm['realm']}-secrets-realm.json")
        files[-1].write_text(json.dumps(realm))
    with Provider(files, work / "secrets") as provider:
        yield provider


class Keeper:
    def __init__(self, server, realm):
        self.realm = server.realm(realm)
        token = self.realm.password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]
        self.headers, self.base = bearer(token), f"{server.base}/admin/realms/{realm}/clients"

    def client(self, name):
        return Browser().get(f"{self.base}?clientId={name}", None, self.headers).json()[0]

    def call(self, method, name, path, body=None):
        headers = {**self.headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return Browser().request(method, f"{self.base}/{self.client(name)['id']}{path}", data, headers)

    def renew(self, name="batch"):
        return self.call("POST", name, "/client-secret").json()["value"]

    def takes(self, secret, name="batch"):
        return self.realm.client_credentials(Client(name, secret)).status == 200


@pytest.fixture
def keeper(server):
    return lambda realm: Keeper(server, realm)


def test_the_secret_before_counts_on_for_a_time(keeper):
    k = keeper("rotating")
    assert k.call("GET", "batch", "/client-secret/rotated").status == 404
    begun, second = int(time.time()), k.renew()
    assert second != "first-secret" and k.takes("first-secret") and k.takes(second) and not k.takes("third")
    assert k.call("GET", "batch", "/client-secret/rotated").json() == {"type": "secret", "value": "first-secret"}
    told = k.client("batch")["attributes"]
    assert 0 <= int(told[f"{BEFORE}.expiration.time"]) - begun - 2 * DAY <= 60
    assert 0 <= int(told[ENDS]) - begun - 29 * DAY <= 60
    third = k.renew()
    assert [k.takes(secret) for secret in ("first-secret", second, third)] == [False, True, True]
    assert k.call("DELETE", "batch", "/client-secret/rotated").status == 204
    assert [k.takes(secret) for secret in ("first-secret", second, third)] == [False, False, True]
    assert k.call("GET", "batch", "/client-secret/rotated").status == 404
    assert k.call("DELETE", "batch", "/client-secret/rotated").status == 204


def test_what_a_profile_says_of_the_times(keeper):
    k, begun = keeper("brief"), int(time.time())
    k.renew()
    told = k.client("batch")["attributes"]
    assert 0 <= int(told[ENDS]) - begun - 100 <= 60
    assert int(told[ENDS]) - int(told[f"{BEFORE}.expiration.time"]) == 50
    k = keeper("none")
    second = k.renew()
    assert (k.takes("first-secret"), k.takes(second)) == (False, True)
    assert BEFORE not in k.client("batch")["attributes"]


def test_a_client_that_is_made_or_changed_gets_an_end(keeper):
    k, begun = keeper("rotating"), int(time.time())
    body = {"clientId": "made", "secret": "made-secret", "serviceAccountsEnabled": True}
    made = Browser().request("POST", k.base, json.dumps(body).encode(), {**k.headers, "Content-Type": "application/json"})
    assert made.status == 201
    end = k.client("made")["attributes"][ENDS]
    assert 0 <= int(end) - begun - 29 * DAY <= 60
    assert k.call("PUT", "made", "", {"name": "Made"}).status == 204
    assert k.client("made")["attributes"][ENDS] == end
    assert k.call("PUT", "kept", "", {"publicClient": True}).status == 204
    assert ENDS not in k.client("kept").get("attributes", {})
    assert k.call("PUT", "kept", "", {"publicClient": False}).status == 204


def test_what_a_realm_file_brings(keeper):
    k = keeper("rotating")
    assert [k.takes("older-secret", name) for name in ("kept", "past", "endless")] == [True, False, False]
    assert k.takes("first-secret", "past")


def test_attack_without_the_policy_no_secret_before_counts(keeper):
    k = keeper("free")
    assert not k.takes("older-secret", "kept") and k.call("GET", "kept", "/client-secret/rotated").status == 404
    second = k.renew("kept")
    assert [k.takes(secret, "kept") for secret in ("older-secret", "first-secret", second)] == [False, False, True]


def test_attack_a_secret_before_outlives_no_policy(keeper):
    """Once the policy is off, what it let count is over at once."""
    k = keeper("brief")
    k.renew("kept")
    assert k.takes("first-secret", "kept")
    path = k.base.replace("/clients", "/client-policies/policies")
    done = Browser().request("PUT", path, b'{"policies": []}', {**k.headers, "Content-Type": "application/json"})
    assert done.status == 204 and not k.takes("first-secret", "kept")
