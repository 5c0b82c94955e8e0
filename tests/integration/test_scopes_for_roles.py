# SPDX-License-Identifier: Apache-2.0
"""Client scopes that roles are mapped to are for users who have one of these roles, through composites and groups, as in Keycloak
24.0.5 and 26.7.3; whoever has none gets the token without them, and hears of no error."""

import pytest
from administrator import Admin
from oidc import Client
from programs import Provider, realm_files
from web import unverified_token

CALLBACK = "http://localhost:8000/cb"
API = Client("api", "secret", CALLBACK)
ASKED = "openid bosses readers free"
SHOWN = {"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true"}


def scope(name):
    mapper = {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
    config = {"claim.name": f"for_{name}", "claim.value": "yes", "jsonType.label": "String", **SHOWN}
    return {"name": name, "protocol": "openid-connect", "protocolMappers": [{**mapper, "config": config}]}


def user(name, **more):
    person = {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": name, "lastName": "Cook"}
    return {**person, "credentials": [{"type": "password", "value": name}], **more}


REALM = {
    "realm": "scopes",
    "enabled": True,
    "roles": {
        "realm": [{"name": "boss", "composite": True, "composites": {"realm": ["clerk"]}}, {"name": "clerk"}],
        "client": {"api": [{"name": "reader"}]},
    },
    "groups": [{"name": "board", "realmRoles": ["boss"]}],
    "clientScopes": [scope(name) for name in ("always", "bosses", "readers", "free")],
    "scopeMappings": [{"clientScope": name, "roles": ["boss"]} for name in ("always", "bosses")],
    "clientScopeMappings": {"api": [{"clientScope": "readers", "roles": ["reader"]}]},
    "clients": [
        {
            **{"clientId": "api", "secret": "secret", "redirectUris": [CALLBACK], "serviceAccountsEnabled": True},
            "directAccessGrantsEnabled": True,
            **{"defaultClientScopes": ["always"], "optionalClientScopes": ["bosses", "readers", "free"]},
        }
    ],
    "users": [
        user("nobody"),
        user("boss", realmRoles=["boss"]),
        user("clerk", realmRoles=["clerk"]),
        user("member", groups=["/board"]),
        user("reader", clientRoles={"api": ["reader"]}),
        user("keeper", clientRoles={"realm-management": ["realm-admin"]}),
    ],
}


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files([REALM], work / "scopes-realms"), work / "scopes") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("scopes")


def granted(answer):
    """The scopes of an answer, which its tokens and their mappers have as well."""
    assert answer.status == 200, answer.text
    told = sorted(set(answer.json()["scope"].split()) - {"openid"})
    claims = unverified_token(answer.json()["access_token"])[1]
    assert sorted(name.removeprefix("for_") for name in claims if name.startswith("for_")) == told
    assert sorted(set(claims["scope"].split()) - {"openid"}) == told
    return told


WHO = {
    "nobody": ["free"],
    "boss": ["always", "bosses", "free"],
    "clerk": ["always", "bosses", "free"],  # the role of the scope contains theirs
    "member": ["always", "bosses", "free"],
    "reader": ["free", "readers"],
}


@pytest.mark.parametrize("name", WHO)
def test_by_password_refresh_and_userinfo(realm, name):
    first = realm.password(API, name, name, scope=ASKED)
    assert granted(first) == WHO[name]
    assert granted(realm.refresh(API, first.json()["refresh_token"])) == WHO[name]
    told = realm.userinfo(first.json()["access_token"]).json()
    assert sorted(claim.removeprefix("for_") for claim in told if claim.startswith("for_")) == WHO[name]


@pytest.mark.parametrize("name", WHO)
def test_by_code(realm, name):
    _, tokens = realm.code_login(API, name, name, scope=ASKED)
    assert granted(tokens) == WHO[name]


def test_of_a_service_account(realm):
    asked = {"grant_type": "client_credentials", "scope": "bosses free"}
    assert granted(realm.token(asked, API)) == ["free"]


def test_a_role_that_comes_later_counts_at_the_next_login_and_one_that_goes_at_once(server, realm):
    ask = Admin(server, "scopes", "keeper", "keeper", within="/realms/scopes")
    held = realm.password(API, "nobody", "nobody", scope=ASKED).json()["refresh_token"]
    found = ask("GET", "/users?username=nobody&exact=true").json()[0]["id"]
    role = ask("GET", "/roles/clerk").json()
    assert ask("POST", f"/users/{found}/role-mappings/realm", [role]).status == 204
    later = realm.refresh(API, held)
    assert granted(later) == ["always", "free"]  # what the client has always is looked at each time
    renewed = realm.password(API, "nobody", "nobody", scope=ASKED)
    assert granted(renewed) == WHO["clerk"]
    assert ask("DELETE", f"/users/{found}/role-mappings/realm", [role]).status == 204
    assert granted(realm.refresh(API, renewed.json()["refresh_token"])) == ["free"]
