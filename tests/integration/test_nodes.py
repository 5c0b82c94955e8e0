# SPDX-License-Identifier: Apache-2.0
"""What may be used once works once, also at two nodes at the same time; and what they count together."""

import concurrent.futures
import hashlib
import hmac
import json
import time
import uuid

import pytest
from administrator import Admin
from dpop import DpopClient, b64
from nodes import cluster, nodes  # noqa: F401  (fixtures)
from oidc import Client
from one_time_codes import KEY, credential, hotp, totp

ROUNDS = 15
SECRET = "a secret that is long enough for HS256"
WEB = Client("web", SECRET)
REALM = {
    "realm": "myrealm",
    "enabled": True,
    "clients": [
        {"clientId": "web", "secret": SECRET, "serviceAccountsEnabled": True, "directAccessGrantsEnabled": True},
        {
            "clientId": "jwt",
            "secret": SECRET,
            "serviceAccountsEnabled": True,
            "clientAuthenticatorType": "client-secret-jwt",
        },
    ],
    "users": [
        {"username": "carol", "enabled": True, "credentials": [{"type": "password", "value": "carol-password"}]},
        *(
            {"username": name, "enabled": True, "credentials": [{"type": "password", "value": f"{name}-password"}, device]}
            for name, device in (("tim", credential()), ("cora", credential(kind="hotp", counter=5)))
        ),
        {
            "username": "keeper",
            "enabled": True,
            "credentials": [{"type": "password", "value": "keeper-password"}],
            "clientRoles": {"realm-management": ["manage-users", "view-users", "manage-clients"]},
        },
    ],
    "bruteForceProtected": True,
    "failureFactor": 6,
    "quickLoginCheckMilliSeconds": 0,
}


@pytest.fixture
def realm_file(tmp_path):
    path = tmp_path / "myrealm-realm.json"
    path.write_text(json.dumps(REALM))
    return path


@pytest.fixture
def realms(nodes):  # noqa: F811
    return [node.realm() for node in nodes]


def at_both(realms, ask):
    """The answers of both, each asked twice at once."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return [done.result() for done in [pool.submit(ask, realm) for realm in (*realms, *realms)]]


def works_once(answers, error):
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]
    assert {answer.json()["error"] for answer in answers if answer.status == 400} == {error}


def assertion(realm):
    now = int(time.time())
    claims = {"iss": "jwt", "sub": "jwt", "aud": realm.issuer, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
    return text + "." + b64(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256))


def asserted(realm):
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(realm),
    }


def test_a_clients_assertion_works_once(realms):
    for _ in range(ROUNDS):
        form = asserted(realms[0])
        works_once(at_both(realms, lambda realm: realm.token(form)), "unauthorized_client")  # noqa: B023


def test_a_proof_works_once_at_the_token_endpoint(realms):
    key = DpopClient()
    for _ in range(ROUNDS):
        shown = {"DPoP": key.proof(realms[0].endpoint("token"), "", "POST", ath=None)}
        form = {"grant_type": "client_credentials"}
        works_once(at_both(realms, lambda realm: realm.token(form, WEB, shown)), "invalid_dpop_proof")  # noqa: B023


def test_a_proof_works_once_at_userinfo(realms):
    key = DpopClient()
    form = {"grant_type": "password", "username": "carol", "password": "carol-password", "scope": "openid"}
    shown = {"DPoP": key.proof(realms[0].endpoint("token"), "", "POST", ath=None)}
    token = realms[0].token(form, WEB, shown).json()["access_token"]
    for _ in range(ROUNDS):
        fields = {"Authorization": f"DPoP {token}", "DPoP": key.proof(realms[0].endpoint("userinfo"), token)}
        answers = at_both(realms, lambda realm: realm.browser().get(realm.endpoint("userinfo"), headers=fields))  # noqa: B023
        assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]


@pytest.mark.parametrize("name", ["tim", "cora"])
def test_a_one_time_code_works_once(realms, name):
    code = totp() if name == "tim" else hotp(KEY, 5)
    form = {"grant_type": "password", "username": name, "password": f"{name}-password", "totp": code}
    statuses = sorted(answer.status for answer in at_both(realms, lambda realm: realm.token(form, WEB)))
    assert statuses[0] == 200 and set(statuses[1:]) <= {401, 503}, statuses  # 503: the counter went on meanwhile
    assert [realm.token(form, WEB).status for realm in realms] == [401, 401]


def test_what_was_used_stays_used_when_a_node_starts_anew(nodes, realms):  # noqa: F811
    used, fresh = asserted(realms[0]), asserted(realms[0])
    assert realms[0].token(used).status == 200
    time.sleep(1.1)  # both are older than the process that judges them now
    nodes[0].kill()
    nodes[0].start()
    assert realms[0].token(used).json()["error"] == "unauthorized_client"
    assert realms[0].token(fresh).status == 200


def test_what_cannot_be_remembered_is_not_accepted(realms, cluster):  # noqa: F811
    form = asserted(realms[0])
    cluster.stop()
    try:
        answer = realms[0].token(form)
        assert (answer.status, answer.json()["error"]) == (503, "temporarily_unavailable")
        assert int(answer.header("Retry-After")) > 0
    finally:
        cluster.start()


def carol(realm, password="carol-password"):
    return realm.password(WEB, "carol", password)


def test_failed_logins_are_counted_together(nodes, realms):  # noqa: F811
    here, there = (Admin(node, "myrealm", "keeper", "keeper-password") for node in nodes)
    name = here("GET", "/realms/myrealm/users?username=carol").json()[0]["id"]
    status = f"/realms/myrealm/attack-detection/brute-force/users/{name}"
    answers = at_both(realms, lambda realm: carol(realm, "wrong"))
    assert [answer.status for answer in answers] == [401] * 4
    told = there("GET", status).json()
    assert (told["numFailures"], told["disabled"], told["lastIPFailure"]) == (4, False, "127.0.0.1")
    assert [carol(realm, "wrong").status for realm in realms] == [401, 401]
    for realm in realms:
        assert (carol(realm).status, carol(realm).json()["error"]) == (401, "invalid_grant")
    assert [admin("GET", status).json()["disabled"] for admin in (here, there)] == [True, True]
    nodes[0].kill()
    nodes[0].start()
    assert carol(realms[0]).status == 401
    assert there("DELETE", status).status == 204
    assert [carol(realm).status for realm in realms] == [200, 200]


def test_what_cannot_be_counted_does_not_let_in(realms, cluster, tmp_path):  # noqa: F811
    assert carol(realms[0]).status == 200
    cluster.sql("ALTER TABLE failure RENAME TO away", tmp_path.name)
    try:
        for password in ("carol-password", "wrong"):
            answer = carol(realms[0], password)
            assert (answer.status, answer.json()["error"]) == (503, "temporarily_unavailable")
    finally:
        cluster.sql("ALTER TABLE away RENAME TO failure", tmp_path.name)
    assert carol(realms[0]).status == 200


def test_what_changes_at_both_nodes_at_once_is_kept(nodes):  # noqa: F811
    """Clients of one realm, each by somebody else, and one client by all: each node shares what it has read with what it stores."""
    admins = [Admin(node, "myrealm", "keeper", "keeper-password") for node in nodes]
    [web] = admins[0]("GET", "/realms/myrealm/clients?clientId=web").json()

    def work(which):
        admin = admins[which % 2]
        made = admin("POST", "/realms/myrealm/clients", {"clientId": f"c{which}"})
        path = f"/realms/myrealm/clients/{made.header('Location').rsplit('/', 1)[1]}"
        for step in range(4):
            assert admin("PUT", path, {"attributes": {f"own{step}": "1"}}).status == 204
            assert admin("PUT", f"/realms/myrealm/clients/{web['id']}", {"attributes": {f"of{which}.{step}": "1"}}).status == 204

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    for admin in admins:
        clients = {client["clientId"]: client["attributes"] for client in admin("GET", "/realms/myrealm/clients").json()}
        assert {f"of{which}.{step}" for which in range(4) for step in range(4)} <= clients["web"].keys()
        for which in range(4):
            assert {f"own{step}" for step in range(4)} <= clients[f"c{which}"].keys()
