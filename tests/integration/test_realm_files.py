# SPDX-License-Identifier: Apache-2.0
"""Realm files: what of them counts, what is told, and that nothing in them is dropped in silence."""

import json

import pytest
from realm_imports import ANN, CLIENT, SHOP, exported, importing, realm_of, run, told  # noqa: F401, F811  (fixtures)
from web import Browser


# ---- P6: where a logout may lead ----


@pytest.mark.parametrize("attributes, target, status", [
    ({}, "https://shop.example/cb", 302),  # as "+"
    ({}, "https://evil.example/", 400),
    ({"post.logout.redirect.uris": "+"}, "https://shop.example/cb", 302),
    ({"post.logout.redirect.uris": "https://shop.example/out"}, "https://shop.example/out", 302),
    ({"post.logout.redirect.uris": "https://shop.example/out"}, "https://shop.example/cb", 400),
    ({"post.logout.redirect.uris": "-"}, "https://shop.example/cb", 400),
])
def test_p6_without_logout_targets_the_redirect_uris_are_meant(realm_of, attributes, target, status):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": attributes}])
    browser = Browser()
    _, answer = realm.code_login(CLIENT, "ann", "ann-password", browser=browser)
    form = {"id_token_hint": answer.json()["id_token"], "post_logout_redirect_uri": target}
    done = browser.get(realm.endpoint("logout"), form)
    assert done.status == status
    assert status == 400 or done.location == target


# ---- P7: null is left out ----


def test_p7_null_is_as_if_left_out(tmp_path, importing):
    client = {**SHOP, "id": None, "secret": None, "defaultClientScopes": None, "optionalClientScopes": None,
              "protocolMappers": None, "attributes": {"pkce.code.challenge.method": None}, "webOrigins": None}
    user = {**ANN, "id": None, "email": None, "attributes": {"a": None, "b": ["1", None]}, "groups": None}
    done, _ = importing({"realm": "x", "id": None, "clients": [client], "users": [user], "groups": None,
                         "clientScopes": None, "roles": None, "components": None, "defaultRole": None})
    assert done.returncode == 0, done.stderr
    realm = exported(tmp_path)
    made = next(one for one in realm["clients"] if one["clientId"] == "shop")
    assert realm["id"] and made["id"] and realm["users"][0]["id"]
    assert "profile" in made["defaultClientScopes"] and "address" in made["optionalClientScopes"]
    assert realm["users"][0]["attributes"] == {"b": ["1"]}
    assert "null" not in json.dumps(realm)


# ---- P21: files ----


def test_p21_a_byte_order_mark_is_passed_over(importing):
    done, _ = importing({"realm": "x"}, encoding="utf-8-sig")
    assert done.returncode == 0, done.stderr


def test_p21_an_adapters_file_does_not_take_its_realms_place(tmp_path):
    """keycloak.json names a realm, comes before realm-export.json, and was imported as an empty realm of that name."""
    folder = tmp_path / "realms"
    folder.mkdir()
    adapter = {"realm": "x", "auth-server-url": "http://localhost:8080/", "resource": "shop", "public-client": True}
    (folder / "keycloak.json").write_text(json.dumps(adapter))
    (folder / "realm-export.json").write_text(json.dumps({"realm": "x", "enabled": True}))
    done = run("realm", "import", folder, "--data", tmp_path / "data")
    assert done.returncode == 1 and "this is a client's keycloak.json, and no realm" in done.stderr
    (folder / "keycloak.json").unlink()
    assert run("realm", "import", folder, "--data", tmp_path / "data").returncode == 0


def test_p21_misspelt_members_are_told_and_refused_by_strict(importing):
    file = {"realm": "x", "enabld": True, "clients": [{**SHOP, "redirectUri": ["https://x"]}]}
    done, report = importing(file, "--strict", "--dry-run")
    assert done.returncode == 1 and "enabld" in done.stderr
    done, report = importing(file)
    assert done.returncode == 0
    assert told(report, "unknown") == {"enabld", "clients[0].redirectUri"}


def test_p21_a_role_that_does_not_exist_is_no_role(tmp_path, importing):
    importing({"realm": "x"})
    done = run("user", "add", "bob", "--realm", "x", "--no-password", "--role", "nobody", "--data", tmp_path / "data")
    assert done.returncode == 1 and "Could not find role" in done.stderr


def test_booleans_and_numbers_may_stand_as_strings(tmp_path, importing, monkeypatch):
    monkeypatch.setenv("TTL", "77")
    done, _ = importing(
        '{"realm": "x", "enabled": "true", "accessTokenLifespan": "${TTL:300}", '
        '"attributes": {"a": 1, "b": true}, "clients": [{"clientId": "c", "publicClient": "false"}]}'
    )
    assert done.returncode == 0, done.stderr
    realm = exported(tmp_path)
    assert (realm["enabled"], realm["accessTokenLifespan"]) == (True, 77)
    assert realm["attributes"] == {"a": "1", "b": "true"}


def test_a_file_may_hold_several_realms(tmp_path, importing):
    done, report = importing([{"realm": "x"}, {"realm": "y"}])
    assert done.returncode == 0 and [one["outcome"] for one in report] == ["imported", "imported"]
    assert exported(tmp_path, "y")["realm"] == "y"


def test_what_is_acted_upon_is_not_told_as_idle(importing, tmp_path):
    """Events are stored, and new users join the groups that the realm has for them."""
    realm = {"realm": "x", "eventsEnabled": True, "eventsExpiration": 60, "enabledEventTypes": ["LOGIN"]}
    realm |= {"adminEventsEnabled": True, "adminEventsDetailsEnabled": True}
    realm |= {"groups": [{"name": "all"}], "defaultGroups": ["/all"]}
    done, report = importing(realm, "--strict")
    assert done.returncode == 0, done.stderr
    assert set(realm) & (told(report, "kept without effect") | told(report, "kept")) == set()
    assert run("user", "add", "bob", "--realm", "x", "--data", tmp_path / "data", input="bob-password").returncode == 0
    (bob,) = exported(tmp_path)["users"]
    assert bob["groups"] == ["/all"]


def test_what_is_kept_without_effect_is_told_and_refused_by_strict(importing):
    file = {"realm": "x", "organizationsEnabled": True, "userManagedAccessAllowed": False, "loginTheme": "keycloak"}
    done, report = importing(file, "--dry-run")
    assert done.returncode == 0 and report[0]["outcome"] == "checked"
    assert told(report, "kept without effect") == {"organizationsEnabled"}
    assert "userManagedAccessAllowed" in told(report, "kept")
    done, _ = importing(file, "--strict")
    assert done.returncode == 1 and "organizationsEnabled" in done.stderr


def test_the_export_names_the_version_of_its_layout(tmp_path, importing):
    """P24: without it Keycloak 26 makes tokens that lack "sub"."""
    importing({"realm": "x"})
    assert exported(tmp_path)["keycloakVersion"] == "24.0.5"


# ---- layouts of old files, as Keycloak 24.0.5 reads them ----


def default_role(file):
    (role,) = [role for role in file["roles"]["realm"] if role["name"] == "default-roles-x"]
    composites = role["composites"]
    return sorted(composites.get("realm", [])), {name: sorted(roles) for name, roles in composites.get("client", {}).items() if roles}


OWN_DEFAULT = {"name": "default-roles-x", "composite": True, "composites": {"realm": ["offline_access"], "client": {"shop": ["buyer"]}}}


@pytest.mark.parametrize("members, realm_roles, client_roles", [
    ({}, ["offline_access", "uma_authorization"], {"account": ["manage-account", "view-profile"]}),
    ({"defaultRoles": []}, ["offline_access", "uma_authorization"], {"account": ["manage-account", "view-profile"]}),
    ({"defaultRoles": ["plain", "undeclared", "offline_access"], "roles": {"realm": [{"name": "plain"}]}},
     ["offline_access", "plain", "uma_authorization", "undeclared"], {"account": ["manage-account", "view-profile"]}),
    ({"defaultRoles": ["user"], "roles": {"realm": [{"name": "offline_access"}, {"name": "uma_authorization"}, {"name": "user"}]}},
     ["offline_access", "user"], {"account": ["manage-account", "view-profile"]}),
    ({"clients": [{"clientId": "account"}]}, ["offline_access", "uma_authorization"], {}),
    ({"clients": [{"clientId": "account", "defaultRoles": ["view-profile"]}]}, ["offline_access", "uma_authorization"], {"account": ["view-profile"]}),
    ({"clients": [{**SHOP, "defaultRoles": ["buyer"]}]},
     ["offline_access", "uma_authorization"], {"account": ["manage-account", "view-profile"], "shop": ["buyer"]}),
    ({"defaultRoles": ["plain"], "clients": [{**SHOP, "defaultRoles": ["guest"]}], "roles": {"realm": [OWN_DEFAULT], "client": {"shop": [{"name": "buyer"}]}}},
     ["offline_access", "plain"], {"shop": ["buyer", "guest"]}),
    ({"defaultRole": {"name": "default-roles-x"}, "defaultRoles": ["plain"], "clients": [{**SHOP, "defaultRoles": ["guest"]}],
      "roles": {"realm": [OWN_DEFAULT, {"name": "plain"}], "client": {"shop": [{"name": "buyer"}]}}},
     ["offline_access"], {"shop": ["buyer"]}),
])
def test_old_default_roles_are_put_into_the_default_role(tmp_path, importing, members, realm_roles, client_roles):
    file = {"realm": "x", "clients": [SHOP], "users": [ANN], **members}
    done, _ = importing(file)
    assert done.returncode == 0, done.stderr
    made = exported(tmp_path)
    assert default_role(made) == (realm_roles, client_roles)
    declared = {role["name"] for role in made["roles"]["realm"]}
    assert set(realm_roles) <= declared
    for client, names in client_roles.items():
        assert set(names) <= {role["name"] for role in made["roles"]["client"][client]}
    done, _ = importing(file, "--replace")
    assert done.returncode == 0 and exported(tmp_path) == made, done.stderr


@pytest.mark.parametrize("required, code", [(["password"], 0), ([], 0), (["password", "totp"], 1), (["cert"], 1)])
def test_old_required_credentials_are_the_password_or_refused(importing, required, code):
    done, _ = importing({"realm": "x", "requiredCredentials": required})
    assert done.returncode == code and ("requiredCredentials" in done.stderr) == bool(code)
