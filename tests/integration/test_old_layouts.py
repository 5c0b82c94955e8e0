# SPDX-License-Identifier: Apache-2.0
"""Realm files of before Keycloak 2 and 4: what Keycloak 24 still makes of them, as today's layout."""

import json
import subprocess

import pytest
from oidc import Client
from programs import provider_program
from web import unverified_token

ANN = {"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}
MAPPER = {
    "name": "nick",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {"claim.name": "nick", "claim.value": "of the template", "access.token.claim": "true"},
}
OLD = {
    "realm": "x",
    "enabled": True,
    "applications": [
        {"name": "shop", "publicClient": True, "directGrantsOnly": True, "defaultRoles": ["guest"], "claims": {"username": True}},
        {"name": "till", "publicClient": True, "fullScopeAllowed": False, "redirectUris": ["https://till.example/*"]},
    ],
    "oauthClients": [{"name": "third", "secret": "third-secret", "fullScopeAllowed": True, "redirectUris": ["https://third.example/*"]}],
    "roles": {
        "realm": [{"name": "staff", "composite": True, "composites": {"application": {"shop": ["buyer"]}}}],
        "application": {
            "shop": [{"name": "buyer"}, {"name": "seller"}, {"name": "all", "composite": True, "composites": {"application": {"shop": ["buyer", "seller"]}}}]
        },
    },
    "applicationScopeMappings": {"shop": [{"client": "till", "roles": ["buyer"]}]},
    "users": [
        {**ANN, "realmRoles": ["staff"], "applicationRoles": {"shop": ["seller"]}, "socialLinks": [{"socialProvider": "google", "socialUserId": "7", "socialUsername": "a@g"}]}
    ],
    "social": True,
    "socialProviders": {"google.key": "google-id", "google.secret": "google-secret"},
}
TEMPLATES = {
    "realm": "x",
    "enabled": True,
    "clientTemplates": [{"name": "my template", "protocol": "openid-connect", "fullScopeAllowed": False, "protocolMappers": [MAPPER]}],
    "clients": [{"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True, "fullScopeAllowed": False, "clientTemplate": "my template"}],
    "roles": {"realm": [{"name": "staff"}]},
    "scopeMappings": [{"clientTemplate": "my template", "roles": ["staff"]}],
    "users": [{**ANN, "realmRoles": ["staff"]}],
}


@pytest.fixture
def site(tmp_path):
    class Site:
        data = tmp_path / "data"

        def run(self, *words):
            return subprocess.run([str(provider_program()), *map(str, words), "--data", str(self.data)], capture_output=True, text=True, timeout=120)

        def take(self, file, *options):
            path = tmp_path / "x-realm.json"
            path.write_text(json.dumps(file))
            done = self.run("realm", "import", path, "--json", *options)
            return done, json.loads(done.stdout)[0] if done.stdout.startswith("[") else None

        def realm(self):
            done = self.run("realm", "export", "x")
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

    return Site()


def named(list_, name, by="name"):
    (found,) = [one for one in list_ if one[by] == name]
    return found


def told(report, fate):
    return {f"{one['path']}.{item['member']}".strip(".") for one in report["objects"] for item in one.get(fate, []) if isinstance(item, dict)}


def test_applications_and_what_they_hold_become_clients(site):
    done, report = site.take(OLD)
    assert done.returncode == 0, done.stderr
    assert told(report, "kept without effect") == {"socialProviders"} and report["counts"]["unknown"] == 0
    made = site.realm()
    shop, till, third = (named(made["clients"], name, "clientId") for name in ("shop", "till", "third"))
    assert (shop["standardFlowEnabled"], shop["directAccessGrantsEnabled"]) == (False, True)
    assert not {"name", "claims", "directGrantsOnly", "defaultRoles"} & {*shop, *till, *third}
    assert (third["secret"], third["consentRequired"], third["fullScopeAllowed"]) == ("third-secret", True, False)
    assert {role["name"] for role in made["roles"]["client"]["shop"]} == {"buyer", "seller", "all", "guest"}
    assert named(made["roles"]["client"]["shop"], "all")["composites"] == {"client": {"shop": ["buyer", "seller"]}}
    assert named(made["roles"]["realm"], "staff")["composites"] == {"client": {"shop": ["buyer"]}}
    assert named(made["roles"]["realm"], "default-roles-x")["composites"]["client"]["shop"] == ["guest"]
    assert made["clientScopeMappings"]["shop"] == [{"client": "till", "roles": ["buyer"]}]
    (ann,) = [user for user in made["users"] if user["username"] == "ann"]
    assert ann["clientRoles"] == {"shop": ["seller"]}
    assert ann["federatedIdentities"] == [{"identityProvider": "google", "userId": "7", "userName": "a@g"}]
    assert made["identityProviders"] == [
        {"alias": "google", "providerId": "google", "enabled": True, "config": {"clientId": "google-id", "clientSecret": "google-secret"}}
    ]
    assert not {"applications", "oauthClients", "applicationScopeMappings", "socialProviders"} & {*made} and "application" not in made["roles"]
    done, _ = site.take(OLD, "--replace")
    assert done.returncode == 0 and site.realm() == made, done.stderr
    done, _ = site.take({**OLD, "applications": [{"name": "shop", "baseUrl": "/new"}]}, "--merge")
    shop["baseUrl"] = "/new"
    assert done.returncode == 0 and named(site.realm()["clients"], "shop", "clientId") == shop, done.stderr


def test_their_roles_are_in_tokens(tmp_path, new_provider):
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(OLD))
    answer = new_provider([file]).realm("x").password(Client("shop"), "ann", "ann-password").json()
    claims = unverified_token(answer["access_token"])[1]
    assert sorted(claims["resource_access"]["shop"]["roles"]) == ["buyer", "seller"] and "staff" in claims["realm_access"]["roles"]


def test_client_templates_become_client_scopes_beside_the_built_in_ones(site, tmp_path, new_provider):
    done, report = site.take(TEMPLATES)
    assert done.returncode == 0 and report["counts"]["unknown"] == 0, done.stderr
    made = site.realm()
    scopes = {scope["name"] for scope in made["clientScopes"]}
    assert {"my_template", "profile", "email", "offline_access", "roles"} <= scopes and "clientTemplates" not in made
    shop = named(made["clients"], "shop", "clientId")
    assert sorted(shop["defaultClientScopes"]) == ["acr", "email", "my_template", "profile", "roles", "web-origins"] and "clientTemplate" not in shop
    assert {"clientScope": "my_template", "roles": ["staff"]} in made["scopeMappings"]
    for way in ("--replace", "--merge"):
        done, _ = site.take(TEMPLATES, way)
        assert done.returncode == 0 and site.realm() == made, done.stderr
    file = tmp_path / "x-realm.json"
    answer = new_provider([file]).realm("x").password(Client("shop"), "ann", "ann-password").json()
    claims = unverified_token(answer["access_token"])[1]
    assert claims["nick"] == "of the template" and claims["realm_access"]["roles"] == ["staff"]


@pytest.mark.parametrize("client", [
    {"clientTemplate": "NONE"},
    {"clientTemplate": "of saml"},
    {"clientTemplate": "my template", "defaultClientScopes": ["profile"]},
])
def test_a_template_that_is_not_for_the_client(site, client):
    templates = [*TEMPLATES["clientTemplates"], {"name": "of saml", "protocol": "saml"}]
    done, _ = site.take({**TEMPLATES, "clientTemplates": templates, "clients": [{**TEMPLATES["clients"][0], "clientTemplate": None, **client}]})
    assert done.returncode == 0, done.stderr
    scopes = named(site.realm()["clients"], "shop", "clientId")["defaultClientScopes"]
    assert sorted(scopes) == client.get("defaultClientScopes", ["acr", "email", "profile", "roles", "web-origins"])


def test_client_scopes_beside_templates_stay(site):
    done, _ = site.take({**TEMPLATES, "clientScopes": [{"name": "mine", "protocol": "openid-connect"}]})
    assert done.returncode == 0, done.stderr
    assert {scope["name"] for scope in site.realm()["clientScopes"]} == {"mine", "my_template", "offline_access"}


def test_beside_its_successor_an_old_member_is_kept_and_told(site):
    links = [{"socialProvider": "google", "socialUserId": "7"}]
    roles = {"application": {"shop": [{"name": "old"}]}, "client": {"shop": [{"name": "new"}]}}
    file = {
        "realm": "x",
        "clients": [{"clientId": "shop"}],
        "roles": roles,
        "users": [{**ANN, "applicationRoles": {"shop": ["old"]}, "clientRoles": {"shop": ["new"]}, "socialLinks": links, "federatedIdentities": []}],
    }
    done, report = site.take(file)
    assert done.returncode == 0, done.stderr
    assert {"roles.application", "users[0].applicationRoles", "users[0].socialLinks"} <= told(report, "kept without effect")
    made = site.realm()
    assert [role["name"] for role in made["roles"]["client"]["shop"]] == ["new"]
    (ann,) = [user for user in made["users"] if user["username"] == "ann"]
    assert ann["clientRoles"] == {"shop": ["new"]} and ann["socialLinks"] == links
    assert site.take({**file, "realm": "y"}, "--strict")[0].returncode == 1


@pytest.mark.parametrize("members", [{}, {"social": False}, {"social": True, "identityProviders": []}])
def test_social_providers_that_keycloak_passes_over(site, members):
    done, report = site.take({"realm": "x", "socialProviders": {"google.key": "id"}, **members})
    assert done.returncode == 0 and told(report, "kept without effect") == {"socialProviders"}, done.stderr
    assert not site.realm().get("identityProviders")


@pytest.mark.parametrize("client, granted", [
    ({}, ["profile", "offline_access"]),
    ({"optionalClientScopes": []}, ["profile"]),
])
def test_consent_to_offline_access_was_one_to_a_role(site, client, granted):
    consent = {"clientId": "shop", "grantedRealmRoles": ["offline_access", "user"], "grantedClientScopes": ["profile"], "grantedClientRoles": {"a": ["b"]}}
    done, report = site.take({"realm": "x", "clients": [{"clientId": "shop", **client}], "users": [{**ANN, "clientConsents": [consent]}]})
    assert done.returncode == 0 and report["counts"]["unknown"] == 0, done.stderr
    assert site.realm()["users"][0]["clientConsents"][0]["grantedClientScopes"] == granted


def test_what_is_wrong_in_an_application_is_told_with_its_path(site):
    done, _ = site.take({"realm": "x", "applications": [{"name": "a"}, {"name": "b", "redirectUris": "https://b.example"}]})
    assert done.returncode == 1 and "applications[1].redirectUris: not an array" in done.stderr
    done, report = site.take({"realm": "x", "applications": [{"name": "a", "redirectUri": []}]}, "--dry-run")
    assert told(report, "unknown") == {"applications[0].redirectUri"}
    done, _ = site.take({"realm": "x", "applications": [{"name": "a"}], "clients": [{"clientId": "a"}]})
    assert done.returncode == 1 and "another client has the same id" in done.stderr
