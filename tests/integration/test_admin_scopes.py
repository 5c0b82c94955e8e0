# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's client scopes, mappers and scope mappings: what they change in tokens, and what is refused."""

import pytest
from oidc import Client
from test_admin_api import APP, provider, root, shop_admin  # noqa: F401  (fixtures)
from web import unverified_token

NOBODY = "00000000-0000-0000-0000-000000000000"
REALM = "/realms/shop"
AUDIENCE = {
    "name": "audience",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.custom.audience": "prices-api", "access.token.claim": "true"},
}


def path_of(admin, answer):
    assert answer.status == 201, answer.text
    return answer.header("Location").removeprefix(admin.base)


@pytest.fixture
def app(root):  # noqa: F811
    return path_of(root, root("POST", REALM + "/clients", {**APP, "secret": "app-secret", "fullScopeAllowed": False}))


@pytest.fixture(autouse=True)
def nina(root):  # noqa: F811
    user = {"username": "nina", "enabled": True, "credentials": [{"type": "password", "value": "nina-password"}]}
    assert root("POST", REALM + "/users", user).status == 201


def claims(provider, scope="openid"):  # noqa: F811
    answer = provider.realm("shop").password(Client("app", "app-secret"), "nina", "nina-password", scope=scope)
    assert answer.status == 200, answer.text
    return unverified_token(answer.json()["access_token"])[1]


def test_a_scope_with_a_mapper_reaches_tokens(provider, root, app):  # noqa: F811
    scope = path_of(root, root("POST", REALM + "/client-scopes", {"name": "prices", "protocol": "openid-connect"}))
    ids = scope.rsplit("/", 1)[1]
    mapper = path_of(root, root("POST", scope + "/protocol-mappers/models", AUDIENCE))
    assert "prices" not in claims(provider)["scope"]
    assert root("PUT", f"{app}/optional-client-scopes/{ids}").status == 204
    assert "prices" not in claims(provider)["scope"]
    asked = claims(provider, "openid prices")
    assert "prices" in asked["scope"].split() and "prices-api" in asked["aud"]
    changed = {**AUDIENCE, "config": {**AUDIENCE["config"], "included.custom.audience": "costs-api"}}
    assert root("PUT", mapper, changed).status == 204
    assert "costs-api" in claims(provider, "openid prices")["aud"]
    assert root("PUT", scope, {"name": "costs"}).status == 204
    assert "costs" in claims(provider, "openid costs")["scope"].split()
    assert [one["name"] for one in root("GET", app + "/optional-client-scopes").json()][-1] == "costs"
    assert root("DELETE", mapper).status == 204
    assert "aud" not in claims(provider, "openid costs")
    assert root("DELETE", scope).status == 204
    assert "costs" not in root("GET", app).json()["optionalClientScopes"]


def test_a_mapper_of_a_client_reaches_tokens(provider, root, app):  # noqa: F811
    path_of(root, root("POST", app + "/protocol-mappers/models", AUDIENCE))
    assert "prices-api" in claims(provider)["aud"]
    assert root("GET", app).json()["protocolMappers"][0]["name"] == "audience"


def test_scope_mappings_show_roles(provider, root, app):  # noqa: F811
    assert "realm_access" not in claims(provider)
    roles = {one["name"]: one for one in root("GET", app + "/scope-mappings/realm/available").json()}
    assert root("POST", app + "/scope-mappings/realm", [roles["default-roles-shop"]]).status == 204
    assert set(claims(provider)["realm_access"]["roles"]) >= {"default-roles-shop", "offline_access"}
    seen = {one["name"] for one in root("GET", app + "/scope-mappings/realm/composite").json()}
    assert seen == {"default-roles-shop", "offline_access", "uma_authorization"}
    assert root("DELETE", app + "/scope-mappings/realm", [roles["default-roles-shop"]]).status == 204
    assert "realm_access" not in claims(provider)


def test_mappers_of_the_realm_file_have_ids_that_stay(root):  # noqa: F811
    profile = next(one for one in root("GET", REALM + "/client-scopes").json() if one["name"] == "profile")
    path = f"{REALM}/client-scopes/{profile['id']}/protocol-mappers/models"
    for mapper in profile["protocolMappers"]:
        assert root("GET", f"{path}/{mapper['id']}").json() == mapper
    first = profile["protocolMappers"][0]
    assert root("PUT", f"{path}/{first['id']}", first).status == 204
    assert root("GET", f"{path}/{first['id']}").json() == first
    assert root("DELETE", f"{path}/{first['id']}").status == 204
    assert len(root("GET", path).json()) == len(profile["protocolMappers"]) - 1


def test_new_clients_get_the_realms_scopes(root):  # noqa: F811
    scope = path_of(root, root("POST", REALM + "/client-scopes", {"name": "prices", "protocol": "openid-connect"}))
    ids = scope.rsplit("/", 1)[1]
    assert root("PUT", f"{REALM}/default-default-client-scopes/{ids}").status == 204
    client = path_of(root, root("POST", REALM + "/clients", APP))
    names = root("GET", client).json()["defaultClientScopes"]
    assert "prices" in names and "role_list" not in names
    assert root("DELETE", f"{REALM}/default-default-client-scopes/{ids}").status == 204
    assert "prices" not in [one["name"] for one in root("GET", REALM + "/default-default-client-scopes").json()]


BODIES = ["", "[]", "{}", "7", '"x"', "null", "[7]", "[[]]", "[null]", '[{"id":7}]', '{"name":[7]}', '{"name":null}', "{bad", '{"name":"a b"}']
PLACES = [
    ("POST", "/client-scopes"),
    ("PUT", "/client-scopes/{scope}"),
    ("POST", "/client-scopes/{scope}/protocol-mappers/models"),
    ("POST", "/client-scopes/{scope}/protocol-mappers/add-models"),
    ("POST", "/clients/{client}/protocol-mappers/models"),
    ("PUT", f"/clients/{{client}}/protocol-mappers/models/{NOBODY}"),
    ("POST", "/clients/{client}/scope-mappings/realm"),
    ("DELETE", "/clients/{client}/scope-mappings/realm"),
    ("POST", "/clients/{client}/scope-mappings/clients/{client}"),
]


def test_whatever_a_body_holds(root, app):  # noqa: F811
    """A body that is no use is the client's fault, and changes nothing."""
    scope = path_of(root, root("POST", REALM + "/client-scopes", {"name": "prices", "protocol": "openid-connect"}))
    names = {"scope": scope.rsplit("/", 1)[1], "client": app.rsplit("/", 1)[1]}
    before = root("GET", REALM + "/client-scopes").json(), root("GET", app).json()
    refused = 0
    for method, path in PLACES:
        for body in BODIES:
            answer = root(method, REALM + path.format(**names), raw=body.encode())
            assert answer.status < 500, (method, path, body, answer.text)
            refused += answer.status >= 400
    assert (root("GET", REALM + "/client-scopes").json(), root("GET", app).json()) == before
    assert refused > len(PLACES) * len(BODIES) // 2


def test_who_may(provider, root, app):  # noqa: F811
    scope = root("GET", REALM + "/client-scopes").json()[0]["id"]
    viewer, keeper = shop_admin(provider, "viewer"), shop_admin(provider, "keeper")
    for method, path in (("GET", "/client-scopes"), ("GET", f"/client-scopes/{scope}"), ("GET", "/default-default-client-scopes")):
        assert viewer(method, REALM + path).status == 200, path
        assert keeper(method, REALM + path).status == 403, path
    assert viewer("GET", app + "/scope-mappings").status == 200
    for method, path in (
        ("POST", "/client-scopes"),
        ("DELETE", f"/client-scopes/{scope}"),
        ("PUT", f"/default-default-client-scopes/{scope}"),
        ("POST", f"/client-scopes/{scope}/protocol-mappers/models"),
        ("POST", f"/client-scopes/{scope}/scope-mappings/realm"),
    ):
        assert viewer(method, REALM + path, {}).status == 403, path
    assert len(root("GET", REALM + "/client-scopes").json()) > 5
