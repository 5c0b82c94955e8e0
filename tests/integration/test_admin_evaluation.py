# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's example tokens: what they say is what a login gets, and who may ask."""

import pytest
from oidc import Client
from test_admin_api import APP, Admin, provider, root, shop_admin, user  # noqa: F401  (fixtures)
from web import unverified_token

REALM = "/realms/shop"
OF_ONE_TOKEN = {"exp", "iat", "jti", "sid", "session_state", "at_hash"}
AUDIENCES = [
    {
        "name": name,
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {"included.custom.audience": name, "access.token.claim": "true"},
    }
    for name in ("prices-api", "costs-api")
]


@pytest.fixture
def app(root):  # noqa: F811
    made = root("POST", REALM + "/clients", {**APP, "secret": "app-secret", "protocolMappers": AUDIENCES})
    assert made.status == 201
    return made.header("Location").removeprefix(root.base) + "/evaluate-scopes"


@pytest.fixture
def viewer(root):  # noqa: F811
    """May have offline tokens."""
    path = f"{REALM}/users/{root('GET', REALM + '/users?username=viewer').json()[0]['id']}"
    assert root("POST", path + "/role-mappings/realm", [root("GET", REALM + "/roles/offline_access").json()]).status == 204
    return path.rsplit("/", 1)[1]


def lasting(claims):
    return {name: value for name, value in claims.items() if name not in OF_ONE_TOKEN}


@pytest.mark.parametrize("scope", ["openid", "openid phone offline_access", "openid address microprofile-jwt"])
def test_an_example_says_what_a_login_gets(provider, root, app, viewer, scope):  # noqa: F811
    answer = provider.realm("shop").password(Client("app", "app-secret"), "viewer", "viewer-password", scope=scope).json()
    query = f"?userId={viewer}&scope={scope.replace(' ', '%20')}"
    for kind, token in (("access", "access_token"), ("id", "id_token")):
        example = root("GET", f"{app}/generate-example-{kind}-token{query}")
        assert example.status == 200, example.text
        assert lasting(example.json()) == lasting(unverified_token(answer[token])[1])
    userinfo = provider.realm("shop").userinfo(answer["access_token"]).json()
    assert root("GET", f"{app}/generate-example-userinfo{query}").json() == userinfo


def test_an_audience_narrows_the_example(root, app, viewer):  # noqa: F811
    path = f"{app}/generate-example-access-token?userId={viewer}"
    assert {"prices-api", "costs-api"} <= set(root("GET", path).json()["aud"])
    assert root("GET", f"{path}&audience=costs-api").json()["aud"] == "costs-api"
    assert root("GET", f"{path}&audience=none").status == 400


def test_who_may_not_see_users_sees_none_of_their_claims(provider, root, app, viewer):  # noqa: F811
    path = f"{app}/generate-example-access-token?userId={viewer}"
    assert root("POST", REALM + "/users", {"username": "clerk", "enabled": True, "credentials": user("clerk")["credentials"]}).status == 201
    clerk = next(one["id"] for one in root("GET", REALM + "/users?username=clerk").json())
    management = root("GET", REALM + "/clients?clientId=realm-management").json()[0]["id"]
    roles = {one["name"]: one for one in root("GET", f"{REALM}/clients/{management}/roles").json()}
    assert root("POST", f"{REALM}/users/{clerk}/role-mappings/clients/{management}", [roles["view-clients"]]).status == 204
    seen = shop_admin(provider, "clerk")
    assert seen("GET", path).status == 403 and seen("GET", app + "/protocol-mappers").status == 200
    assert shop_admin(provider, "viewer")("GET", path).status == 200
    assert shop_admin(provider, "keeper")("GET", path).status == 403
    assert shop_admin(provider, "keeper")("GET", app + "/protocol-mappers").status == 403


def test_an_administrator_of_another_realm_is_refused(provider, root, app, viewer):  # noqa: F811
    other = {"realm": "other", "enabled": True, "users": [user("boss", "realm-admin")]}
    assert root("POST", "/realms", other).status == 201
    boss = Admin(provider, "other", "boss", "boss-password")
    for path in ("/generate-example-access-token", "/protocol-mappers", "/scope-mappings/shop/granted"):
        assert boss("GET", f"{app}{path}?userId={viewer}").status == 403
        foreign = app.replace(REALM, "/realms/other")
        assert boss("GET", f"{foreign}{path}?userId={viewer}").status == 404


def test_a_scope_that_is_too_long_is_refused(root, app):  # noqa: F811
    assert root("GET", f"{app}/protocol-mappers?scope={'phone%20' * 700}").status == 400
    assert root("GET", f"{app}/protocol-mappers?scope={'none%20' * 700}").status == 200
