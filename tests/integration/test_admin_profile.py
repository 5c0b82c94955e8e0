# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's rules for users, and who an administrator is told to be."""

import pytest
from test_admin_api import provider, root, shop_admin  # noqa: F401  (fixtures)

REALM = "/realms/shop"
ZOE = {"username": "zoe", "email": "zoe@example.org", "firstName": "Zoe", "requiredActions": ["UPDATE_PASSWORD", "NONE"]}


@pytest.fixture
def zoe(root):  # noqa: F811
    made = root("POST", REALM + "/users", ZOE)
    assert made.status == 201, made.text
    return made.header("Location").removeprefix(root.base)


def test_what_is_wrong_names_its_field_and_changes_nothing(root, zoe):  # noqa: F811
    before = root("GET", zoe).json()
    for member, value, error in (
        ("email", "zoe", "error-invalid-email"),
        ("firstName", "<script>", "error-person-name-invalid-character"),
        ("lastName", "x" * 256, "error-invalid-length-too-long"),
    ):
        answer = root("PUT", zoe, {member: value, "enabled": True})
        assert (answer.status, answer.json()["field"], answer.json()["errorMessage"]) == (400, member, error)
    several = root("POST", REALM + "/users", {"username": "a b", "email": "none", "lastName": "<"}).json()["errors"]
    assert [one["field"] for one in several] == ["username", "email", "lastName"]
    assert root("GET", zoe).json() == before and before["requiredActions"] == ["UPDATE_PASSWORD"]


def test_an_empty_text_takes_a_member_out(root, zoe):  # noqa: F811
    assert root("PUT", zoe, {"email": "", "firstName": "", "attributes": {}}).status == 204
    assert not {"email", "firstName", "attributes"} & set(root("GET", zoe).json())
    assert root("POST", REALM + "/users", {"username": "yan", "email": "zoe@example.org"}).status == 201


def test_the_rules_are_told_and_may_come_back(provider, root):  # noqa: F811
    told = root("GET", REALM + "/users/profile").json()
    assert [one["name"] for one in told["attributes"]] == ["username", "email", "firstName", "lastName"]
    assert told["attributes"][0]["validations"]["length"] == {"min": 3, "max": 255}
    assert root("PUT", REALM + "/users/profile", told).json() == told
    assert root("GET", REALM + "/users/profile").json() == told
    assert root("PUT", REALM + "/users/profile").json() == told, "the usual ones again"
    assert shop_admin(provider, "guest")("GET", REALM + "/users/profile").status == 403


def test_names_and_addresses_without_permissions_are_changed_by_administrators(root, zoe):  # noqa: F811
    """As in Keycloak; where permissions are told, they count."""
    rules = {"attributes": [{"name": "username"}, {"name": "email"}, {"name": "firstName"}]}
    assert root("PUT", REALM + "/users/profile", rules).status == 200
    assert root("PUT", zoe, {"email": "zoe@shop.example"}).status == 204
    assert root("GET", zoe).json()["email"] == "zoe@shop.example"
    refused = {"name": "email", "permissions": {"view": ["admin"], "edit": []}}
    assert root("PUT", REALM + "/users/profile", {"attributes": [{"name": "username"}, refused]}).status == 200
    assert root("PUT", zoe, {"email": "zoe@other.example"}).status == 400


def test_administrators_are_told_what_they_may(provider, root):  # noqa: F811
    whole = root("GET", "/master/console/whoami").json()
    assert (whole["displayName"], whole["realm"], whole["createRealm"]) == ("root", "master", True)
    assert "manage-realm" in root("GET", "/master/console/whoami?currentRealm=shop").json()["realm_access"]["shop"]
    viewer = shop_admin(provider, "viewer")
    told = viewer("GET", "/shop/console/whoami").json()
    assert told["realm_access"] == {"shop": ["query-clients", "query-groups", "query-users", "view-clients", "view-users"]}
    assert not told["createRealm"] and viewer("GET", "/shop/console/whoami?currentRealm=master").json()["realm_access"] == {}
    assert viewer("GET", "/master/console/whoami").status == 403 and root("GET", "/shop/console/whoami").status == 401
