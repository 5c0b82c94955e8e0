# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's partial import and export: what comes, what stays, and that nobody rises by it."""

import json

import pytest
from oidc import Client
from test_admin_api import APP, MANAGEMENT, Admin, provider, root, shop_admin, user  # noqa: F401  (fixtures)
from web import unverified_token

REALM = "/realms/shop"
IMPORT, EXPORT = REALM + "/partialImport", REALM + "/partial-export"
ALL = "?exportClients=true&exportGroupsAndRoles=true"
ZOE = {"username": "zoe", "enabled": True, "credentials": [{"type": "password", "value": "zoe-password"}]}


def import_into(admin, policy="FAIL", **parts):
    return admin("POST", IMPORT, {"ifResourceExists": policy, **parts})


def id_of(admin, username):
    return admin("GET", f"{REALM}/users?username={username}&exact=true").json()[0]["id"]


@pytest.fixture
def clerk(provider, root):  # noqa: F811
    """May manage the realm, its users and its clients, and is no realm-admin."""
    assert import_into(root, users=[user("clerk", "manage-realm", "manage-users", "manage-clients")]).status == 200
    return shop_admin(provider, "clerk")


def test_everything_comes_at_once(provider, root):  # noqa: F811
    roles = {"realm": [{"name": "buyer"}], "client": {"app": [{"name": "pay"}]}}
    groups = [{"name": "staff", "realmRoles": ["buyer"], "subGroups": [{"name": "north", "clientRoles": {"app": ["pay"]}}]}]
    zoe = {**ZOE, "groups": ["/staff/north"]}
    made = import_into(root, users=[zoe], groups=groups, roles=roles, clients=[{**APP, "secret": "app-secret"}]).json()
    assert (made["added"], made["skipped"], made["overwritten"]) == (5, 0, 0)
    assert [one["resourceName"] for one in made["results"]] == ["app", "app-->pay", "buyer", "staff", "zoe"]
    assert made["results"][4]["id"] == id_of(root, "zoe")
    answer = provider.realm("shop").password(Client("app", "app-secret"), "zoe", "zoe-password")
    seen = unverified_token(answer.json()["access_token"])[1]
    assert "buyer" in seen["realm_access"]["roles"] and seen["resource_access"]["app"]["roles"] == ["pay"]


def test_what_exists_fails_stays_or_is_replaced(provider, root):  # noqa: F811
    assert import_into(root, users=[ZOE], clients=[{**APP, "secret": "app-secret", "name": "App"}]).status == 200
    zoe, yan = id_of(root, "zoe"), {"username": "yan", "enabled": True}
    failed = import_into(root, users=[yan, {**ZOE, "firstName": "Zoe"}])
    assert (failed.status, failed.json()) == (409, {"errorMessage": "USER zoe already exists"})
    assert root("GET", f"{REALM}/users?username=yan").json() == []
    skipped = import_into(root, "SKIP", users=[yan, {**ZOE, "firstName": "Zoe"}], clients=[{**APP, "name": "Other"}]).json()
    assert (skipped["added"], skipped["skipped"]) == (1, 2)
    assert "firstName" not in root("GET", f"{REALM}/users/{zoe}").json()
    replaced = import_into(root, "OVERWRITE", users=[{"username": "zoe", "enabled": True, "firstName": "Zoe"}], clients=[APP]).json()
    assert replaced["overwritten"] == 2 and replaced["results"][1]["id"] == zoe
    app = root("GET", REALM + "/clients?clientId=app").json()[0]
    assert "name" not in app and root("GET", f"{REALM}/users/{zoe}").json()["firstName"] == "Zoe"
    assert provider.realm("shop").password(Client("app", "app-secret"), "zoe", "zoe-password").status == 200


def test_nothing_is_half_imported(root):  # noqa: F811
    before = root("POST", EXPORT + ALL).json()
    users = [ZOE]
    for parts in (
        {"users": [*users, {"username": "lost", "groups": ["/none"]}]},
        {"users": [*users, {"firstName": "nameless"}]},
        {"users": [*users, ZOE]},
        {"users": users, "clients": [{**APP, "redirectUris": 7}]},
        {"users": users, "clients": [APP, APP]},
        {"users": users, "roles": {"client": {"none": [{"name": "pay"}]}}},
        {"users": users, "groups": "staff"},
    ):
        answer = import_into(root, **parts)
        assert answer.status in (400, 409), answer.text
    assert root("POST", EXPORT + ALL).json() == before
    assert root("GET", REALM + "/users?username=zoe").json() == []


def test_nobody_is_taken_for_another(root):  # noqa: F811
    boss = id_of(root, "boss")
    for policy in ("FAIL", "SKIP", "OVERWRITE"):
        assert import_into(root, policy, users=[{**ZOE, "id": boss}]).status == 409
        taken = root("GET", REALM + "/clients?clientId=account").json()[0]["id"]
        assert import_into(root, policy, clients=[{**APP, "id": taken}]).status == 409
    renamed = {"clientId": "security-admin-console", "redirectUris": ["https://evil.example/*"]}
    assert import_into(root, "OVERWRITE", clients=[renamed], realm="other", id="other", displayName="Other").json()["results"] == []
    assert "evil" not in root("GET", REALM + "/clients?clientId=security-admin-console").text
    assert "displayName" not in root("GET", REALM).json()


def test_nobody_rises_by_an_import(root, clerk):  # noqa: F811
    admin, own = {MANAGEMENT: ["realm-admin"]}, id_of(root, "clerk")
    keeper = {"username": "kim", "enabled": True, "clientRoles": {MANAGEMENT: ["manage-users"]}}
    assert import_into(clerk, users=[keeper]).status == 200
    for policy in ("SKIP", "OVERWRITE"):
        for parts in (
            {"users": [{**ZOE, "clientRoles": admin}]},
            {"groups": [{"name": "top", "clientRoles": admin}], "users": [{**ZOE, "groups": ["/top"]}]},
            {"groups": [{"name": "top", "subGroups": [{"name": "deep", "clientRoles": admin}]}]},
            {"roles": {"realm": [{"name": "sly", "composite": True, "composites": {"client": admin}}]}},
            {"roles": {"client": {"account": [{"name": "sly", "composite": True, "composites": {"client": admin}}]}}},
        ):
            assert import_into(clerk, policy, **parts).status == 403, (policy, parts)
    default = {"name": "default-roles-shop", "composite": True, "composites": {"client": admin}}
    for parts in ({"users": [{"username": "clerk", "clientRoles": admin}]}, {"roles": {"realm": [default]}}):
        assert import_into(clerk, "OVERWRITE", **parts).status == 403
    held = root("GET", f"{REALM}/users/{own}/role-mappings/clients/{management(root)}").json()
    assert {one["name"] for one in held} == {"manage-realm", "manage-users", "manage-clients"}
    assert import_into(root, users=[{**ZOE, "clientRoles": admin}]).status == 200


def management(admin):
    return admin("GET", f"{REALM}/clients?clientId={MANAGEMENT}").json()[0]["id"]


def test_who_may(provider, root):  # noqa: F811
    other = {"realm": "other", "enabled": True, "users": [user("boss", "realm-admin")]}
    assert root("POST", "/realms", other).status == 201
    assert import_into(root, users=[user("ruler", "manage-realm")]).status == 200
    boss, ruler = Admin(provider, "other", "boss", "boss-password"), shop_admin(provider, "ruler")
    assert import_into(boss, users=[ZOE]).status == 403 and boss("POST", EXPORT).status == 403
    assert import_into(ruler, roles={"realm": [{"name": "buyer"}]}).status == 200
    for parts in ({"users": [ZOE]}, {"clients": [APP]}, {"groups": [{"name": "g"}]}, {"identityProviders": [{"alias": "x"}]}):
        assert import_into(ruler, **parts).status == 403
    assert ruler("POST", EXPORT).status == 200 and ruler("POST", EXPORT + "?exportClients=true").status == 403
    keeper = shop_admin(provider, "keeper")
    assert import_into(keeper, users=[ZOE]).status == 403 and keeper("POST", EXPORT).status == 403


def test_an_export_tells_no_secret_and_changes_nothing_when_it_comes_back(provider, root):  # noqa: F811
    app = {**APP, "secret": "app-secret", "serviceAccountsEnabled": True, "directAccessGrantsEnabled": True}
    assert import_into(root, users=[ZOE], clients=[app]).status == 200
    text = root("POST", EXPORT + ALL).text
    for secret in ("app-secret", "smtp-secret", "privateKey", "secretData", "zoe"):
        assert secret not in text
    exported = json.loads(text)
    assert [one["username"] for one in exported["users"]] == ["service-account-app"]
    assert root("POST", IMPORT, {**exported, "ifResourceExists": "OVERWRITE"}).status == 200
    assert root("POST", EXPORT + ALL).json() == exported
    assert provider.realm("shop").password(Client("app", "app-secret"), "zoe", "zoe-password").status == 200
    bare = root("POST", EXPORT).json()
    assert not {"users", "clients", "groups"} & set(bare) and "roles" not in bare
