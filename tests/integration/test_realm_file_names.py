# SPDX-License-Identifier: Apache-2.0
"""P2: what realm files name is there, is made, or is told."""

import pytest
from realm_imports import ANN, SHOP, exported, importing, log_in, realm_of, told  # noqa: F401, F811  (fixtures)
from web import unverified_token


# ---- P2: what users name ----


def test_p2_roles_that_users_and_groups_name_are_made(realm_of):
    realm, _ = realm_of(
        groups=[{"name": "g", "clientRoles": {"shop": ["buyer"]}}],
        users=[{**ANN, "realmRoles": ["ghost"], "groups": ["/g"]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert claims["realm_access"]["roles"] == ["ghost"]
    assert claims["resource_access"]["shop"]["roles"] == ["buyer"]


def test_p2_roles_that_scope_mappings_name_are_made(tmp_path, importing):
    file = {
        "realm": "x",
        "clients": [SHOP, {"clientId": "till", "fullScopeAllowed": False}],
        "scopeMappings": [{"client": "till", "roles": ["fresh"]}],
        "clientScopeMappings": {"shop": [{"client": "till", "roles": ["buyer"]}]},
    }
    done, _ = importing(file)
    assert done.returncode == 0, done.stderr
    roles = exported(tmp_path)["roles"]
    assert "fresh" in {role["name"] for role in roles["realm"]} and [role["name"] for role in roles["client"]["shop"]] == ["buyer"]


@pytest.mark.parametrize("composites, told", [
    ({"realm": ["nothing"]}, "composites of all: no role nothing"),
    ({"client": {"shop": ["nothing"]}}, "composites of all: no role nothing of the client shop"),
    ({"client": {"nobody": ["nothing"]}}, "composites of all: no role nothing of the client nobody"),
    ({"realm": ["offline_access"], "client": {"account": ["view-profile"]}}, None),
])
def test_p2_composites_name_roles_that_are_there(importing, composites, told):
    done, _ = importing({"realm": "x", "clients": [SHOP], "roles": {"realm": [{"name": "all", "composite": True, "composites": composites}]}})
    assert (done.returncode, told is None or told in done.stderr) == (0 if told is None else 1, True), done.stderr


REFERENCES = [
    ({"groups": [{"name": "g", "clientRoles": {"nobody": ["x"]}}]}, "groups: clientRoles of g: no client nobody"),
    ({"scopeMappings": [{"client": "nobody", "roles": ["r"]}]}, "scopeMappings: no client nobody"),
    ({"scopeMappings": [{"clientScope": "nothing", "roles": ["r"]}]}, "scopeMappings: no client scope nothing"),
    ({"scopeMappings": [{"roles": ["r"]}]}, "scopeMappings: neither client nor clientScope"),
    ({"clientScopeMappings": {"nobody": [{"client": "shop", "roles": ["r"]}]}}, "clientScopeMappings: no client nobody"),
    ({"clientScopeMappings": {"shop": [{"client": "nobody", "roles": ["r"]}]}}, "clientScopeMappings: no client nobody"),
    ({"groups": [{"name": "g"}], "defaultGroups": ["/none"]}, "defaultGroups: no group /none"),
    ({"users": [{"username": "service-account-none", "serviceAccountClientId": "none"}]}, "users[0].serviceAccountClientId: no client none"),
    ({"roles": {"realm": [{"name": "r"}, {"name": "r"}]}}, "roles.realm: two of the name r"),
    ({"roles": {"client": {"shop": [{"name": "r"}, {"name": "r"}]}}}, "roles.client: two of the name r"),
    ({"clientScopes": [{"name": "s"}, {"name": "s"}]}, "clientScopes: two of the name s"),
    ({"groups": [{"name": "g", "subGroups": [{"name": "h"}, {"name": "h"}]}]}, "groups: two of the name h"),
]


@pytest.mark.parametrize("members, told", REFERENCES, ids=[told for _, told in REFERENCES])
def test_p2_what_a_file_names_is_there_once(importing, members, told):
    done, _ = importing({"realm": "x", "clients": [SHOP], **members})
    assert done.returncode == 1 and told in done.stderr


def test_a_client_scope_that_is_not_there_is_warned_of(importing):
    done, report = importing({"realm": "x", "clients": [{**SHOP, "defaultClientScopes": ["profile", "profil"]}]})
    assert done.returncode == 0, done.stderr
    assert [warning["path"] for warning in report[0]["warnings"]] == ["clients[0].defaultClientScopes: profil"]


OWN = [{"name": "mine", "protocol": "openid-connect"}]


@pytest.mark.parametrize("members, optional", [
    ({}, ["offline_access"]),
    ({"defaultDefaultClientScopes": ["mine"], "defaultOptionalClientScopes": []}, ["offline_access"]),
    ({"clients": [{**SHOP, "optionalClientScopes": []}]}, []),
    ({"clientScopes": [*OWN, {"name": "offline_access", "protocol": "openid-connect"}]}, ["offline_access"]),
])
def test_offline_access_is_there_beside_client_scopes_of_the_file(tmp_path, importing, members, optional):
    mapping = {"clientScope": "offline_access", "roles": ["offline_access"]}
    file = {"realm": "x", "clients": [SHOP], "clientScopes": OWN, "scopeMappings": [mapping], **members}
    done, _ = importing(file)
    assert done.returncode == 0, done.stderr
    made = exported(tmp_path)
    assert sorted(scope["name"] for scope in made["clientScopes"]) == ["mine", "offline_access"]
    assert made["scopeMappings"] == [mapping]
    (shop,) = [client for client in made["clients"] if client["clientId"] == "shop"]
    assert shop["optionalClientScopes"] == optional
    done, report = importing(file, "--replace")
    assert done.returncode == 0 and exported(tmp_path) == made, done.stderr
    assert importing(made, "--replace")[1][0]["outcome"] == "unchanged"


def test_offline_access_is_made_with_what_shows_its_role(tmp_path, importing):
    assert importing({"realm": "x", "clientScopes": OWN})[0].returncode == 0
    assert exported(tmp_path)["scopeMappings"] == [{"clientScope": "offline_access", "roles": ["offline_access"]}]


@pytest.mark.parametrize("mapper, fate", [
    ("oidc-usermodel-attribute-mapper", None),
    ("oidc-organization-membership-mapper", None),
    ("saml-role-list-mapper", None),
    ("oidc-amr-mapper", "kept without effect"),
    ("script-of-ours.js", "kept without effect"),
])
def test_a_mapper_that_is_not_there_is_told(importing, mapper, fate):
    mappers = [{"name": "m", "protocol": "openid-connect", "protocolMapper": mapper, "config": {}}]
    done, report = importing({"realm": "x", "clients": [{**SHOP, "protocolMappers": mappers}]})
    assert done.returncode == 0, done.stderr
    assert told(report, "kept without effect") == ({"clients[0].protocolMappers[0].protocolMapper"} if fate else set())


@pytest.mark.parametrize("kind, fate", [
    ("org.keycloak.storage.UserStorageProvider", "kept without effect"),
    ("org.example.OurProvider", "unknown"),
    ("org.keycloak.userprofile.UserProfileProvider", "acted upon"),
])
def test_components_that_are_not_there_are_told(tmp_path, importing, kind, fate):
    component = {"id": "c", "name": "ldap", "providerId": "ldap", "subComponents": {}, "config": {"connectionUrl": ["ldap://ldap.example"]}}
    file = {"realm": "x", "components": {kind: [component]}}
    done, report = importing(file)
    assert done.returncode == 0, done.stderr
    assert told(report, fate) >= {f"components.{kind}"}
    assert exported(tmp_path)["components"][kind] == [component]
    done, report = importing(file, "--replace")
    assert report[0]["outcome"] == "unchanged", done.stderr


@pytest.mark.parametrize("user, path", [
    ({"groups": ["/nowhere"]}, "users[0].groups[0]"),
    ({"clientRoles": {"nobody": ["r"]}}, "users[0].clientRoles"),
])
def test_p2_groups_and_clients_that_are_not_there_are_refused(importing, user, path):
    done, _ = importing({"realm": "x", "users": [{**ANN, **user}]})
    assert done.returncode == 1 and path in done.stderr


def test_p2_names_of_roles_have_no_blanks_around_them_where_they_are_used(tmp_path, importing):
    """As Keycloak: a role is declared by its name as it stands there, and given by one without blanks."""
    file = {
        "realm": "x",
        "clients": [SHOP, {"clientId": "till", "fullScopeAllowed": False}],
        "roles": {"realm": [{"name": " stays "}]},
        "groups": [{"name": "g", "realmRoles": ["worker\t"], "clientRoles": {"shop": [" buyer"]}}],
        "users": [{**ANN, "realmRoles": [" admin ", "worker"], "clientRoles": {"shop": ["buyer ", " seller"]}}],
        "scopeMappings": [{"client": "till", "roles": [" admin"]}],
    }
    done, _ = importing(file)
    assert done.returncode == 0, done.stderr
    made = exported(tmp_path)
    names = {role["name"] for role in made["roles"]["realm"]}
    assert {"admin", "worker", " stays "} <= names and not names & {" admin ", " admin", "worker\t"}
    assert {role["name"] for role in made["roles"]["client"]["shop"]} == {"buyer", "seller"}
    assert {"admin", "worker"} <= set(made["users"][0]["realmRoles"]) and made["groups"][0]["realmRoles"] == ["worker"]


def test_p2_a_client_without_a_client_id_has_its_id(tmp_path, importing):
    """As Keycloak; its bare id is told."""
    own = "0d6c2c3e-9a3f-4a0d-8a53-0d6c2c3e9a3f"
    done, report = importing({"realm": "x", "clients": [{"name": "nameless"}, {"id": own, "publicClient": True}, SHOP]})
    assert done.returncode == 0, done.stderr
    assert sorted(warning["path"] for warning in report[0]["warnings"]) == ["clients[0]", "clients[1]"]
    clients = exported(tmp_path)["clients"][:3]
    assert all(client["clientId"] == client["id"] for client in clients[:2]) and clients[1]["id"] == own
    assert len(clients[0]["id"]) == 36 and clients[2]["clientId"] == "shop"
