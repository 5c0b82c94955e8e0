# SPDX-License-Identifier: Apache-2.0
"""What clients that register by Keycloak's representation may not have by asking: somebody else's account or name, claims that
APIs believe, what an administrator has taken from them."""

import concurrent.futures
import json

import pytest
from oidc import Client
from programs import Provider
from web import Browser, bearer

REALM = "represented"
POLICY = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
TRUSTED = {"name": "hosts", "providerId": "trusted-hosts", "subType": "anonymous", "config": {"trusted-hosts": ["localhost"]}}


def user(name, *roles):
    return {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": "F", "lastName": "L",
            "credentials": [{"type": "password", "value": "pw"}], "clientRoles": {"realm-management": list(roles)}}  # fmt: skip


DOCUMENT = {
    "realm": REALM,
    "enabled": True,
    "clients": [
        {"clientId": "Payroll", "secret": "s", "serviceAccountsEnabled": True},
        {"clientId": "narrow", "secret": "s", "fullScopeAllowed": False, "consentRequired": True},
    ],
    "users": [
        user("keeper", "manage-clients", "manage-users", "view-users"),
        user("maker", "create-client"),
        user("service-account-orphan", "realm-admin"),
        {"username": "service-account-payroll", "enabled": True, "serviceAccountClientId": "Payroll",
         "clientRoles": {"realm-management": ["realm-admin"]}},
    ],
    "components": {POLICY: [TRUSTED]},
}  # fmt: skip


@pytest.fixture(scope="module")
def server(work):
    file = work / f"{REALM}-realm.json"
    file.write_text(json.dumps(DOCUMENT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "keeper")
        patch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "pw")
        with Provider([file], work / "represented") as provider:
            yield provider


@pytest.fixture(scope="module")
def keeper(server):
    """Asks the admin API; `keeper.token` is its bearer."""

    class Keeper:
        def __init__(self, realm, name="keeper"):
            answer = server.realm(realm).password(Client("admin-cli"), name, "pw")
            self.token = bearer(answer.json()["access_token"])

        def __call__(self, method, path, body=None):
            sent = None if body is None else json.dumps(body).encode()
            headers = {**self.token, "Content-Type": "application/json"}
            return Browser().request(method, f"{server.base}/admin/realms/{path}", sent, headers)

    return Keeper


@pytest.fixture(scope="module")
def admin(keeper):
    return keeper(REALM)


@pytest.fixture(scope="module")
def initial(admin):
    return bearer(admin("POST", f"{REALM}/clients-initial-access", {"count": 1000}).json()["token"])


@pytest.fixture
def ask(server):
    def send(method, who, body=None, client="", realm=REALM):
        url = f"{server.realm(realm).issuer}/clients-registrations/default" + (f"/{client}" if client else "")
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return Browser().request(method, url, sent, {**who, "Content-Type": "application/json"})

    return send


def own(answer):
    assert answer.status in (200, 201), answer.text
    return bearer(answer.json()["registrationAccessToken"])


def refused(answer, status, why):
    assert (answer.status, why in answer.json()["error_description"]) == (status, True), answer.text


@pytest.mark.parametrize("name", ["payroll", "PAYROLL", "Payroll", "orphan", "admin-cli", "security-admin-console", "broker"])
def test_a_name_brings_nobodys_account_or_rights(ask, initial, name):
    """Accounts of clients are called after them, in small letters."""
    refused(ask("POST", initial, {"clientId": name, "serviceAccountsEnabled": True}), 400, "Client Identifier in use")
    refused(ask("POST", initial, {"clientId": name}), 400, "Client Identifier in use")


@pytest.mark.parametrize("name", ["payroll", "orphan"])
def test_nor_does_one_that_is_made_by_the_admin_api(keeper, admin, name):
    """By somebody who may create clients, and has no right else."""
    made = keeper(REALM, "maker")("POST", f"{REALM}/clients", {"clientId": name, "serviceAccountsEnabled": True, "secret": "s"})
    assert made.status == 409 and "account" in made.json()["errorMessage"], made.text
    assert admin("GET", f"{REALM}/clients?clientId={name}").json() == []


def test_a_name_in_master_is_no_right_over_a_realm_to_come(ask, keeper):
    asker = keeper("master")
    refused(ask("POST", asker.token, {"clientId": "later-realm", "bearerOnly": True}, realm="master"), 400, "Client Identifier in use")
    assert asker("GET", "master/clients?clientId=later-realm").json() == []


@pytest.mark.parametrize("name", ["", "x" * 256, "a\nb", "a\u0000b", [5], ["a"], {"a": 1}])
def test_a_name_that_is_none(ask, initial, name):
    assert ask("POST", initial, {"clientId": name}).status == 400


def test_a_number_is_its_text(ask, initial):
    """As Keycloak reads JSON."""
    made = ask("POST", initial, {"clientId": 5, "redirectUris": ["http://localhost:8000/cb"], "enabled": "true"})
    assert made.status == 201 and made.json()["clientId"] == "5" and made.json()["enabled"] is True


@pytest.mark.parametrize("name", ["https://api.example.org", "a b", "a/../b", "ü"])
def test_a_strangers_name_is_plain(ask, name):
    refused(ask("POST", {}, {"clientId": name, "redirectUris": ["http://localhost/cb"]}), 400, "clientId")


def test_the_end_of_a_client_is_the_end_of_its_account_and_roles(ask, admin, initial):
    made = ask("POST", initial, {"clientId": "passing", "serviceAccountsEnabled": True})
    client = f"{REALM}/clients/{made.json()['id']}"
    account = admin("GET", f"{client}/service-account-user").json()
    assert admin("POST", f"{client}/roles", {"name": "use"}).status == 201
    mapped = f"{REALM}/users/{account['id']}/role-mappings/clients/{made.json()['id']}"
    assert admin("POST", mapped, [admin("GET", f"{client}/roles/use").json()]).status == 204
    assert ask("DELETE", own(made), client="passing").status == 204
    assert admin("GET", f"{REALM}/users/{account['id']}").status == 404
    again = ask("POST", initial, {"clientId": "passing", "serviceAccountsEnabled": True})
    assert again.status == 201 and again.json()["id"] != made.json()["id"]
    account = admin("GET", f"{REALM}/clients/{again.json()['id']}/service-account-user").json()
    assert "passing" not in admin("GET", f"{REALM}/users/{account['id']}/role-mappings").json().get("clientMappings", {})


CLAIMS = ["sub", "iss", "aud", "azp", "scope", "realm_access", "realm_access.roles", "resource_access.x", "groups", "email", " sub"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_mapper_says_who_somebody_is(ask, initial, claim):
    mapper = {"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
              "config": {"user.attribute": "own", "claim.name": claim, "access.token.claim": "true"}}  # fmt: skip
    refused(ask("POST", initial, {"clientId": "claims", "protocolMappers": [mapper]}), 403, "Protocol Mapper")


def test_what_is_there_stays_and_is_not_changed(ask, admin, initial):
    """A mapper that an administrator has given it goes on; sent with other settings, it does not."""
    token = own(ask("POST", initial, {"clientId": "mapped"}))
    (client,) = admin("GET", f"{REALM}/clients?clientId=mapped").json()
    mapper = {"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
              "config": {"claim.name": "tier", "claim.value": "free", "access.token.claim": "true"}}  # fmt: skip
    assert admin("POST", f"{REALM}/clients/{client['id']}/protocol-mappers/models", mapper).status == 201
    seen = ask("GET", token, client="mapped").json()
    token = own(ask("PUT", token, {**seen, "name": "N"}, "mapped"))
    seen["protocolMappers"][0]["config"]["claim.value"] = "gold"
    refused(ask("PUT", token, seen, "mapped"), 403, "Protocol Mapper")
    (kept,) = admin("GET", f"{REALM}/clients?clientId=mapped").json()
    assert kept["name"] == "N" and kept["protocolMappers"][0]["config"]["claim.value"] == "free"


def test_what_an_administrator_has_narrowed_stays_narrow(ask, admin):
    (client,) = admin("GET", f"{REALM}/clients?clientId=narrow").json()
    token = bearer(admin("POST", f"{REALM}/clients/{client['id']}/registration-access-token").json()["registrationAccessToken"])
    refused(ask("PUT", token, {"clientId": "narrow", "fullScopeAllowed": True}, "narrow"), 403, "fullScopeAllowed")
    refused(ask("PUT", token, {"clientId": "narrow", "consentRequired": False}, "narrow"), 403, "consentRequired")
    assert ask("PUT", admin.token, {"clientId": "narrow", "fullScopeAllowed": True}, "narrow").status == 200
    assert ask("GET", token, client="narrow").json()["fullScopeAllowed"] is True, "who manages clients leaves its token alone"


def test_a_client_that_is_disabled_has_no_say(ask, admin, initial):
    token = own(ask("POST", initial, {"clientId": "disabled"}))
    assert ask("PUT", admin.token, {"clientId": "disabled", "enabled": False}, "disabled").status == 200
    for method, body in (("GET", None), ("PUT", {"clientId": "disabled", "enabled": True}), ("DELETE", None)):
        assert ask(method, token, body, "disabled").status == 401


def test_attributes_of_the_server(ask, initial, admin):
    """The token of another client, and secrets of before, are not had by writing them."""
    sent = {"registration.access.token.id": "x", "registration.anonymous": "false", "client.secret.rotated": "y", "mine": "1"}
    made = ask("POST", initial, {"clientId": "attributed", "attributes": sent})
    assert made.json()["attributes"] == {"mine": "1"}
    (client,) = admin("GET", f"{REALM}/clients?clientId=attributed").json()
    assert client["attributes"]["registration.access.token.id"] != "x" and "client.secret.rotated" not in client["attributes"]


def test_a_stranger_gets_no_grants(ask, admin):
    sent = {name: "true" for name in ("oauth2.device.authorization.grant.enabled", "oidc.ciba.grant.enabled",
                                      "oauth2.jwt.authorization.grant.enabled", "standard.token.exchange.enabled")}  # fmt: skip
    made = ask("POST", {}, {"clientId": "stranger", "publicClient": True, "redirectUris": ["http://localhost/cb"],
                            "attributes": sent, "serviceAccountsEnabled": True, "secret": "chosen"})  # fmt: skip
    assert made.status == 201, made.text
    seen = made.json()
    assert seen["attributes"] == {"pkce.code.challenge.method": "S256"} and seen.get("secret") != "chosen"
    assert (seen["fullScopeAllowed"], seen["serviceAccountsEnabled"]) == (False, False)


def test_a_registration_that_fails_costs_nothing(ask, admin):
    token = bearer(admin("POST", f"{REALM}/clients-initial-access", {"count": 1}).json()["token"])
    assert ask("POST", token, {"clientId": "Payroll"}).status == 400
    assert ask("POST", token, {"clientId": "good", "defaultClientScopes": ["absent"]}).status == 403
    assert ask("POST", token, {"clientId": "good"}).status == 201
    assert ask("POST", token, {"clientId": "better"}).status == 401


def test_one_name_is_given_once(ask, initial):
    body = {"clientId": "raced", "serviceAccountsEnabled": True}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask("POST", initial, body).status, range(8)))
    assert sorted(answers) == [201] + [400] * 7


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b'{"clientId":[1]}', b'{"attributes":[]}', b'{"redirectUris":[[1]]}',
                                  b'{"protocolMappers":{}}', b'{"protocolMappers":[1]}', b'{"attributes":{"a":{"b":1}}}',
                                  json.dumps({"redirectUris": [f"http://h{n}/" for n in range(200)]}).encode(),
                                  json.dumps({"attributes": {f"a{n}": "b" for n in range(3000)}}).encode()])  # fmt: skip
def test_what_is_no_representation(ask, initial, body):
    answer = ask("POST", initial, body)
    assert answer.status == 400 and set(answer.json()) == {"error", "error_description"}, answer.text
