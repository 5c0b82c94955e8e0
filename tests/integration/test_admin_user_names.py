# SPDX-License-Identifier: Apache-2.0
"""What users are called, and what a new one is given, as the admin REST API of Keycloak 24.0.5 and 26.7.3 has it."""

import pytest
from administrator import Admin
from oidc import Client
from programs import Provider, realm_files
from web import unverified_token

ADMIN = ("admin", "admin-password")
APP = {"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}
BATCH = {"clientId": "batch", "secret": "secret", "serviceAccountsEnabled": True}
GROUPS = {
    "clientId": "late",
    "secret": "secret",
    "protocolMappers": [
        {
            **{"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper"},
            "config": {"claim.name": "groups", "full.path": "true", "access.token.claim": "true"},
        }
    ],
}
IMPORTED = {
    **{"username": "Imported", "email": "Im.Ported@Example.ORG", "enabled": True, "firstName": "Im", "lastName": "Ported"},
    "credentials": [{"type": "password", "value": "imported"}],
}
BASE = {"enabled": True, "groups": [{"name": "all"}], "defaultGroups": ["/all"], "clients": [APP, BATCH, GROUPS], "users": [IMPORTED]}
REALMS = [
    {"realm": "fixed", **BASE},
    {"realm": "free", "editUsernameAllowed": True, **BASE},
    {"realm": "mail", "registrationEmailAsUsername": True, **BASE},
]


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "names-realms"), work / "names", administrator=ADMIN) as provider:
        yield provider


@pytest.fixture
def admin(server):
    return lambda realm: Admin(server, "master", *ADMIN, within=f"/realms/{realm}")


def made(ask, **members):
    answer = ask("POST", "/users", {"enabled": True, **members})
    assert answer.status == 201, answer.text
    return "/users/" + answer.header("Location").rsplit("/", 1)[1]


def seen(ask, user):
    shown = ask("GET", user).json()
    return tuple(shown.get(name) for name in ("username", "email", "firstName", "lastName", "attributes"))


def test_addresses_are_kept_in_lower_case(server, admin):
    ask = admin("fixed")
    token = server.realm("fixed").password(Client("app"), "imported", "imported", scope="openid").json()["access_token"]
    assert unverified_token(token)[1]["email"] == "im.ported@example.org"
    user = made(ask, username="Ann", email="Ann@Example.ORG")
    assert seen(ask, user)[:2] == ("ann", "ann@example.org")
    assert ask("PUT", user, {"email": "Ann.Cook@Example.ORG"}).status == 204
    assert seen(ask, user)[1] == "ann.cook@example.org"


def test_a_name_in_another_case_is_the_same_name(admin):
    ask = admin("fixed")
    user = made(ask, username="carol")
    assert ask("PUT", user, {"username": "CAROL", "firstName": "Carol"}).status == 204
    assert seen(ask, user)[:3] == ("carol", None, "Carol")
    refused = ask("PUT", user, {"username": "other", "firstName": "Nobody"})
    assert (refused.status, refused.json()["errorMessage"]) == (400, "error-user-attribute-read-only")
    assert seen(ask, user)[2] == "Carol"


def test_names_change_where_the_realm_lets_them(server, admin):
    ask = admin("free")
    user = made(ask, username="dave", credentials=[{"type": "password", "value": "dave-password"}], email="d@example.org",
                firstName="D", lastName="C")  # fmt: skip
    made(ask, username="taken")
    assert ask("PUT", user, {"username": "David"}).status == 204
    assert seen(ask, user)[0] == "david"
    realm = server.realm("free")
    assert realm.password(Client("app"), "david", "dave-password").status == 200
    assert realm.password(Client("app"), "dave", "dave-password").status == 401
    assert ask("GET", "/users?username=david&exact=true").json()[0]["id"] == user.rsplit("/", 1)[1]
    for name, status, message in (("taken", 409, "User exists with same username"), ("", 400, "User name is missing"),
                                  ("ab", 400, "error-invalid-length")):  # fmt: skip
        refused = ask("PUT", user, {"username": name})
        assert (refused.status, refused.json()["errorMessage"]) == (status, message)
    assert seen(ask, user)[0] == "david"


def test_the_account_of_a_client_keeps_its_name(server, admin):
    ask = admin("free")
    account = ask("GET", "/users?username=service-account-batch&exact=true").json()[0]
    assert ask("PUT", f"/users/{account['id']}", {"username": "somebody"}).status == 400
    batch = Client("batch", "secret")
    assert server.realm("free").token({"grant_type": "client_credentials"}, batch).status == 200


def test_the_address_is_the_name_where_the_realm_says_so(admin):
    ask = admin("mail")
    user = made(ask, username="ignored", email="By.Address@example.org")
    assert seen(ask, user)[:2] == ("by.address@example.org",) * 2
    assert seen(ask, made(ask, email="alone@example.org"))[:2] == ("alone@example.org",) * 2
    assert ask("PUT", user, {"username": "x", "email": "new@example.org"}).status == 204
    assert seen(ask, user)[:2] == ("new@example.org",) * 2
    assert ask("PUT", user, {"email": "alone@example.org"}).status == 409
    refused = ask("POST", "/users", {"username": "nobody", "enabled": True})
    assert (refused.status, refused.json()["field"]) == (400, "email")


def test_what_is_blank_is_not_kept(admin):
    ask = admin("fixed")
    profile = ask("GET", "/users/profile").json()
    assert ask("PUT", "/users/profile", {**profile, "unmanagedAttributePolicy": "ENABLED"}).status == 200
    user = made(ask, username="blank", firstName=" ", lastName="Cook", attributes={"none": ["", " "], "one": ["", "x"], "text": ""})
    assert seen(ask, user)[2:] == (None, "Cook", {"one": ["x"]})
    assert ask("PUT", user, {"attributes": {"one": [""], "firstName": ["Blanka"], "email": ["not@example.org"]}}).status == 204
    assert seen(ask, user)[1:] == (None, "Blanka", "Cook", None)
    refused = ask("PUT", user, {"email": " ", "lastName": "Else"})
    assert (refused.status, refused.json()["errorMessage"]) == (400, "error-invalid-email")
    assert seen(ask, user)[3] == "Cook"


def test_null_takes_away_where_the_body_is_a_whole_user(admin):
    ask = admin("fixed")
    user = made(ask, username="whole", email="whole@example.org", firstName="W", lastName="H")
    assert ask("PUT", user, {"email": None, "firstName": None}).status == 204
    assert seen(ask, user)[1:4] == ("whole@example.org", "W", "H")
    shown = ask("GET", user).json()
    assert ask("PUT", user, {**shown, "email": None, "firstName": None, "attributes": {}}).status == 204
    assert seen(ask, user)[1:4] == (None, None, "H")


@pytest.mark.parametrize("way", ["imported", "made", "enabled"])
def test_service_accounts_are_in_the_default_groups(server, admin, way):
    """With what these groups grant; nobody logs in with them, so that no action waits for them."""
    ask = admin("fixed")
    name = {"imported": "batch", "made": "new", "enabled": "late"}[way]
    if way == "made":
        assert ask("POST", "/clients", {**BATCH, "clientId": "new"}).status == 201
    client = ask("GET", f"/clients?clientId={name}").json()[0]
    if way == "enabled":
        assert ask("PUT", f"/clients/{client['id']}", {**client, "serviceAccountsEnabled": True}).status == 204
    account = ask("GET", f"/clients/{client['id']}/service-account-user").json()
    assert [group["path"] for group in ask("GET", f"/users/{account['id']}/groups").json()] == ["/all"]
    token = server.realm("fixed").token({"grant_type": "client_credentials"}, Client(name, "secret"))
    assert token.status == 200, token.text
    if way == "enabled":
        assert unverified_token(token.json()["access_token"])[1]["groups"] == ["/all"]
    assert not account.get("requiredActions")
