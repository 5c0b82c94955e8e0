# SPDX-License-Identifier: Apache-2.0
"""Initial access tokens: an administrator makes them, and who has one may register so many clients."""

import concurrent.futures
import json

import pytest
from oidc import Client
from programs import Provider
from web import Browser, bearer

METADATA = {"redirect_uris": ["https://anywhere.example/cb"], "client_name": "Early"}


def realm_of(name):
    users = [
        {
            "username": user,
            "enabled": True,
            "credentials": [{"type": "password", "value": f"{user}-password"}],
            "clientRoles": {"realm-management": [role]},
        }
        for user, role in (("keeper", "manage-clients"), ("viewer", "view-clients"), ("maker", "create-client"))
    ]
    return {"realm": name, "enabled": True, "users": users}


@pytest.fixture(scope="module")
def server(work):
    files = []
    for name in ("one", "two"):
        files.append(work / f"{name}-realm.json")
        files[-1].write_text(json.dumps(realm_of(name)))
    with Provider(files, work / "initial") as provider:
        yield provider


@pytest.fixture(scope="module")
def ask(server):
    tokens = {
        user: server.realm("one").password(Client("admin-cli"), user, f"{user}-password").json()["access_token"]
        for user in ("keeper", "viewer", "maker")
    }

    def send(method, path="", body=None, user="keeper"):
        data = json.dumps(body).encode() if body is not None else None
        headers = {**bearer(tokens[user]), "Content-Type": "application/json"}
        address = path if path.startswith("/realms") else f"/realms/one/clients-initial-access{path}"
        return Browser().request(method, f"{server.base}/admin{address}", data, headers)

    return send


@pytest.fixture
def register(server):
    def send(token, realm="one", **changes):
        headers = {"Content-Type": "application/json", **(bearer(token) if token else {})}
        address = f"{server.realm(realm).issuer}/clients-registrations/openid-connect"
        return Browser().request("POST", address, json.dumps({**METADATA, **changes}).encode(), headers)

    return send


def refused(answer, why):
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token"), answer.text
    assert answer.json()["error_description"] == why


def test_it_lets_so_many_clients_register(server, ask, register):
    made = ask("POST", body={"expiration": 3600, "count": 2})
    assert made.status == 200
    token = made.json()
    assert made.header("Location") == f"{server.base}/admin/realms/one/clients-initial-access/{token['id']}"
    assert (token["expiration"], token["count"], token["remainingCount"]) == (3600, 2, 2)
    assert register(None).status == 403, "without one, nobody"
    client = register(token["token"])
    assert client.status == 201 and client.json()["client_name"] == "Early"
    management = bearer(client.json()["registration_access_token"])
    assert Browser().get(client.json()["registration_client_uri"], headers=management).status == 200
    assert register(token["token"]).status == 201
    refused(register(token["token"]), "No remaining count on initial access token")
    listed = next(one for one in ask("GET", user="viewer").json() if one["id"] == token["id"])
    assert listed["remainingCount"] == 0 and "token" not in listed


def test_a_registration_that_fails_costs_nothing(ask, register):
    token = ask("POST", body={}).json()
    assert (token["count"], token["expiration"]) == (1, 0)
    assert register(token["token"], redirect_uris=["javascript:alert(1)"]).status == 400
    assert register(token["token"], scope="nothing-there").status == 403
    assert register(token["token"]).status == 201


def test_those_who_come_at_once_get_no_more(ask, register):
    token = ask("POST", body={"count": 3}).json()["token"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [answer.status for answer in pool.map(lambda _: register(token), range(8))]
    assert sorted(answers) == [201] * 3 + [401] * 5


def test_it_is_of_one_realm_and_for_one_thing(server, ask, register):
    token = ask("POST", body={"count": 5}).json()["token"]
    refused(register(token, "two"), "Failed decode token")
    assert server.realm("one").userinfo(token).status == 401
    client = register(token).json()
    refused(register(client["registration_access_token"]), "Failed decode token")
    refused(register(token[:-2] + "AA"), "Failed decode token")


def test_it_ends_when_it_is_deleted(ask, register):
    token = ask("POST", body={"count": 5}).json()
    assert ask("DELETE", f"/{token['id']}", user="viewer").status == 403
    assert ask("DELETE", f"/{token['id']}").status == 204
    assert ask("DELETE", f"/{token['id']}").status == 204
    refused(register(token["token"]), "Initial Access Token not found")


def test_it_survives_a_restart(server, ask, register):
    token = ask("POST", body={"count": 2}).json()["token"]
    server.stop()
    server.start()
    assert register(token).status == 201


@pytest.mark.parametrize(
    "body", [{"count": -1}, {"count": "x"}, {"count": 1.5}, {"count": 10**7}, {"expiration": -1}, {"expiration": 10**12}, []]
)
def test_what_cannot_be(ask, body):
    assert ask("POST", body=body).status == 400


def test_who_may(ask):
    for user in ("viewer", "maker"):
        assert ask("POST", body={}, user=user).status == 403
    assert ask("GET", user="maker").status == 403


def renewed(ask, client_id, user="keeper"):
    listed = ask("GET", f"/realms/one/clients?clientId={client_id}").json()[0]
    return ask("POST", f"/realms/one/clients/{listed['id']}/registration-access-token", user=user)


def manage(server, client_id, token, method="GET", body=None):
    address = f"{server.realm('one').issuer}/clients-registrations/openid-connect/{client_id}"
    data = json.dumps(body).encode() if body is not None else None
    return Browser().request(method, address, data, {**bearer(token), "Content-Type": "application/json"})


def test_an_administrator_renews_the_token_of_a_registered_client(server, ask, register):
    client = register(ask("POST", body={}).json()["token"]).json()
    answer = renewed(ask, client["client_id"])
    assert answer.status == 200 and answer.json()["clientId"] == client["client_id"]
    token = answer.json()["registrationAccessToken"]
    assert manage(server, client["client_id"], client["registration_access_token"]).status == 401, "the one before is void"
    assert manage(server, client["client_id"], token).json()["client_name"] == "Early"
    assert renewed(ask, client["client_id"], "viewer").status == 403
    assert renewed(ask, client["client_id"], "maker").status == 403


def test_a_client_that_never_registered_is_given_to_its_owner(server, ask):
    address = "/realms/one/clients"
    web = {"clientId": "web", "redirectUris": ["https://web.example/cb"], "attributes": {"logoUri": "https://web.example/logo"}}
    assert ask("POST", address, web).status == 201
    token = renewed(ask, "web").json()["registrationAccessToken"]
    metadata = manage(server, "web", token).json()
    assert metadata["redirect_uris"] == web["redirectUris"]
    changed = manage(server, "web", token, "PUT", {**METADATA, "client_id": "web"})
    assert changed.status == 200, "the policies for strangers do not count"
    assert manage(server, "account", token).status == 401, "it is of one client"
    assert manage(server, "web", changed.json()["registration_access_token"], "DELETE").status == 204
    nobody = "00000000-0000-0000-0000-000000000000"
    assert ask("POST", f"{address}/{nobody}/registration-access-token").status == 404
