# SPDX-License-Identifier: Apache-2.0
"""Secrets of clients that end, and the one before that still counts for a time: the executor secret-rotation, as Keycloak
26.7.3 has it (its feature client-secret-rotation is off by default)."""

import hmac
import json
import time
import uuid

import pytest
from jwt_bearer import b64, signing_input
from oidc import Client
from programs import Provider, realm_files
from web import Browser, bearer, query_of

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
    with Provider(realm_files(REALMS, work / "secrets-realms"), work / "secrets") as provider:
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


def end_of(k, name, seconds):
    """Its secret's end is so many seconds from now."""
    client = k.client(name)
    client["attributes"] = {**client.get("attributes", {}), ENDS: str(int(time.time()) + seconds)}
    assert k.call("PUT", name, "", {"attributes": client["attributes"]}).status == 204


def made(k, name, **more):
    body = {"clientId": name, "secret": f"{name}-secret", "serviceAccountsEnabled": True, **more}
    headers = {**k.headers, "Content-Type": "application/json"}
    assert Browser().request("POST", k.base, json.dumps(body).encode(), headers).status == 201


def secret_of(k, name):
    return k.call("GET", name, "/client-secret").json()["value"]


def test_a_client_that_is_changed_after_its_end_gets_a_new_secret(keeper):
    k = keeper("rotating")
    made(k, "ended")
    end_of(k, "ended", -5)
    assert k.call("PUT", "ended", "", {"name": "Ended"}).status == 204
    second = secret_of(k, "ended")
    assert second != "ended-secret" and len(second) == 32
    assert k.takes(second, "ended") and k.takes("ended-secret", "ended")
    assert int(k.client("ended")["attributes"][ENDS]) > time.time() + 28 * DAY
    assert k.call("PUT", "ended", "", {"name": "Still"}).status == 204 and secret_of(k, "ended") == second


def test_a_client_that_changes_itself_gets_one_before_its_end(keeper):
    k = keeper("rotating")
    first = Browser().request("POST", k.base.replace("/clients", "/clients-initial-access"), b'{"count":1,"expiration":60}',
                              {**k.headers, "Content-Type": "application/json"}).json()["token"]
    url, json_type = f"{k.realm.issuer}/clients-registrations/openid-connect", {"Content-Type": "application/json"}
    body = {"redirect_uris": ["https://a.example/cb"], "grant_types": ["client_credentials"]}
    client = Browser().request("POST", url, json.dumps(body).encode(), {**bearer(first), **json_type}).json()

    def change():
        sent = json.dumps({**body, "client_id": client["client_id"]}).encode()
        answer = Browser().request("PUT", client["registration_client_uri"], sent, {**bearer(client["registration_access_token"]), **json_type})
        assert answer.status == 200, answer.text
        before, told = client["client_secret"], answer.json()
        client.update(told)
        return before != told["client_secret"]

    assert client["client_secret_expires_at"] > time.time() + 28 * DAY and not change()
    assert client["client_secret_expires_at"] > time.time() + 28 * DAY
    end_of(k, client["client_id"], 11 * DAY)
    assert not change()
    end_of(k, client["client_id"], 9 * DAY)
    assert k.call("PUT", client["client_id"], "", {"name": "x"}).status == 204
    assert secret_of(k, client["client_id"]) == client["client_secret"]  # an administrator sees to it in time
    assert change()
    named = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    assert Browser().post(k.realm.endpoint("token/introspect"), {**named, "token": "x"}).json() == {"active": False}


def test_assertions_may_be_signed_with_the_secret_before(keeper):
    k = keeper("rotating")
    first = "a-secret-that-is-long-enough-to-sign-with"
    made(k, "signer", clientAuthenticatorType="client-secret-jwt")
    assert k.call("PUT", "signer", "", {"secret": first}).status == 204
    second = k.renew("signer")

    def signed(secret):
        now = int(time.time())
        claims = {"iss": "signer", "sub": "signer", "aud": k.realm.issuer, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 60}
        text = signing_input({"alg": "HS256", "typ": "JWT"}, claims)
        token = f"{text}.{b64(hmac.digest(secret.encode(), text.encode(), 'sha256'))}"
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return k.realm.token({"grant_type": "client_credentials", "client_id": "signer", "client_assertion_type": kind, "client_assertion": token}).status

    assert [signed(secret) for secret in (first, second, "x" * 40)] == [200, 200, 400]
    assert k.call("DELETE", "signer", "/client-secret/rotated").status == 204
    assert [signed(secret) for secret in (first, second)] == [400, 200]


CALLBACK = "http://localhost:8000/auth"


def test_a_client_that_only_asks_gets_an_end(work):
    """By an authorization request or a code that is good, and by nothing else, as Keycloak 24.0.5 and 26.7.3 do."""
    app = {"secret": "app-secret", "redirectUris": [CALLBACK], "serviceAccountsEnabled": True, "directAccessGrantsEnabled": True}
    document = policed("asking", {"expiration-period": 1000, "rotated-expiration-period": 100, "remaining-rotation-period": 10})
    rules = document["clientPolicies"]
    document["clientPolicies"] = {"policies": []}
    names = ("silent", "shown", "coded", "pushed", "grants", "wrong")
    document["clients"] = [{**app, "clientId": name} for name in names] + [{**app, "clientId": "open", "publicClient": True, "secret": None}]
    file = work / "asking-realm.json"
    file.write_text(json.dumps(document))
    with Provider([file], work / "asking") as provider:
        k = Keeper(provider, "asking")
        clients = {name: Client(name, None if name == "open" else "app-secret", CALLBACK) for name in (*names, "open")}
        done = k.realm.log_in(Browser(), clients["coded"], "keeper", "keeper-password")
        code = query_of(done.location)["code"]
        path = k.base.replace("/clients", "/client-policies/policies")
        assert Browser().request("PUT", path, json.dumps(rules).encode(), {**k.headers, "Content-Type": "application/json"}).status == 204
        begun = int(time.time())

        def end_of(name):
            return int((k.client(name).get("attributes") or {}).get(ENDS, 0))

        grants = clients["grants"]
        tokens = k.realm.password(grants, "keeper", "keeper-password").json()
        assert k.realm.client_credentials(grants).status == k.realm.refresh(grants, tokens["refresh_token"]).status == 200
        pushed = k.realm.browser().post(k.realm.endpoint("ext/par/request"), k.realm.auth_params(clients["pushed"]), clients["pushed"].auth)
        assert pushed.status == 201
        assert k.realm.authorize(Browser(), clients["wrong"], scope="openid nothing").status == 302
        assert k.realm.code(clients["wrong"], "nonsense").status == 400
        assert k.realm.authorize(Browser(), clients["open"]).status == 200
        assert [end_of(name) for name in ("grants", "pushed", "wrong", "open", "coded", "shown")] == [0] * 6
        assert k.realm.authorize(Browser(), clients["shown"]).status == 200
        assert k.realm.authorize(Browser(), clients["silent"], prompt="none").status == 302
        assert k.realm.code(clients["coded"], code).status == 200
        ends = [end_of(name) for name in ("shown", "silent", "coded")]
        assert all(begun + 1000 <= end <= time.time() + 1000 for end in ends), (begun, ends)
        assert k.realm.authorize(Browser(), clients["shown"]).status == 200 and end_of("shown") == ends[0]
        page = Browser().get(k.realm.endpoint("auth"), {"client_id": "pushed", "request_uri": pushed.json()["request_uri"]})
        assert page.status == 200 and end_of("pushed") > 0
        assert k.realm.client_credentials(clients["shown"]).status == 200
