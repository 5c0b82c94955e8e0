# SPDX-License-Identifier: Apache-2.0
"""Realm files: what of them counts, what is told, and that nothing in them is dropped in silence."""

import base64
import datetime
import hashlib
import json
import re
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from oidc import Client
from programs import provider_program
from web import Browser, query_of, unverified_token

SHOP = {"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True, "redirectUris": ["https://shop.example/cb"]}
ANN = {"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}
OTP = {
    "id": "7b5b1e6f-6b0f-4f5f-8f58-3f3b2f7d9a11",
    "type": "otp",
    "userLabel": "phone",
    "createdDate": 1700000000000,
    "secretData": '{"value":"aaaaaaaaaaaaaaaaaaaa"}',
    "credentialData": '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}',
}
CLIENT = Client("shop", None, "https://shop.example/cb")


def run(*arguments, **options):
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], capture_output=True, text=True, timeout=120, **options
    )


@pytest.fixture
def realm_of(tmp_path, new_provider):
    """Starts a provider with one realm: the members given, beside a client and a user."""

    def make(**members):
        file = tmp_path / "x-realm.json"
        file.write_text(json.dumps({"realm": "x", "enabled": True, "clients": [SHOP], "users": [ANN], **members}))
        made = new_provider([file])
        return made.realm("x"), made

    return make


@pytest.fixture
def importing(tmp_path):
    """Imports text as a realm file; (result of the command, its report or None)."""

    def make(text, *arguments, encoding="utf-8"):
        file = tmp_path / "x-realm.json"
        file.write_text(text if isinstance(text, str) else json.dumps(text), encoding=encoding)
        done = run("realm", "import", file, "--json", "--data", tmp_path / "data", *arguments)
        return done, json.loads(done.stdout) if done.stdout.startswith("[") else None

    return make


def exported(tmp_path, realm="x"):
    done = run("realm", "export", realm, "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(report, fate):
    """path.member of everything of one fate."""
    return {
        ".".join(filter(None, (entry["path"], item["member"] if isinstance(item, dict) else item)))
        for entry in report[0]["objects"]
        for item in entry.get(fate, [])
    }


def log_in(realm):
    return realm.password(CLIENT, "ann", "ann-password")


# ---- P1: a file's safety is not dropped in silence ----


def test_p1_a_second_factor_keeps_the_password_alone_out_and_is_exported(tmp_path, importing, realm_of):
    user = {**ANN, "totp": True, "credentials": [*ANN["credentials"], OTP]}
    realm, _ = realm_of(users=[user])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")
    old, _ = realm_of(users=[user], authenticationFlows=FLOWS, browserFlow="old browser", directGrantFlow="old direct")
    assert log_in(old).json()["error_description"] == "Account is not fully set up"
    done, report = importing({"realm": "x", "users": [user]})
    assert done.returncode == 0, done.stderr
    assert "users[0].credentials[1].type" in told(report, "refused in use")
    credentials = exported(tmp_path)["users"][0]["credentials"]
    assert [one["type"] for one in credentials] == ["password", "otp"]
    assert credentials[1] == OTP


def test_p1_a_temporary_password_has_to_be_changed(realm_of):
    realm, _ = realm_of(users=[{**ANN, "credentials": [{"type": "password", "value": "ann-password", "temporary": True}]}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error_description"]) == (400, "Account is not fully set up")


@pytest.mark.parametrize(
    "actions, verified, status",
    [
        (None, False, 400),
        (None, True, 200),
        ([{"alias": "VERIFY_EMAIL", "enabled": True}], False, 400),
        ([{"alias": "VERIFY_EMAIL", "enabled": False}], False, 200),
    ],
)
def test_p1_verify_email(realm_of, actions, verified, status):
    realm, _ = realm_of(
        verifyEmail=True, requiredActions=actions, users=[{**ANN, "email": "ann@x.example", "emailVerified": verified}]
    )
    assert log_in(realm).status == status


def test_p1_consent_required(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "consentRequired": True}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_client")
    assert answer.json()["error_description"] == "Client requires user consent"
    browser = Browser()
    answer = realm.log_in(browser, CLIENT, "ann", "ann-password")
    assert "/login-actions/consent?" in answer.location
    assert "code" in query_of(browser.submit(browser.get(answer.location).page.form(), accept="Yes").location)


@pytest.mark.parametrize(
    "attributes, error",
    [
        ({"require.pushed.authorization.requests": "true"}, "invalid_request"),
        ({"request.object.encryption.alg": "RSA-OAEP"}, "unauthorized_client"),
    ],
)
def test_p1_authorization_requests_that_have_to_be_safer_are_refused(realm_of, attributes, error):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": attributes}])
    assert query_of(realm.authorize(Browser(), CLIENT).location)["error"] == error
    assert log_in(realm).status == 200


def test_p1_a_client_that_has_to_sign_its_requests_does(realm_of):
    for how in ("request only", "request or request_uri", "request_uri only"):
        realm, _ = realm_of(clients=[{**SHOP, "attributes": {"request.object.required": how}}])
        answer = realm.authorize(Browser(), CLIENT)
        assert (answer.status, answer.location) == (400, None) and "is not signed" in answer.text
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"request.object.signature.alg": "ES256"}}])
    assert realm.authorize(Browser(), CLIENT).status == 200


def test_p1_tokens_that_have_to_be_bound_to_a_key_are(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"dpop.bound.access.tokens": "true"}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_p1_tokens_that_have_to_be_bound_to_a_certificate_are(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"tls.client.certificate.bound.access.tokens": "true"}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert "Client Certification missing" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "attribute, value",
    [
        ("id.token.encrypted.response.alg", "RSA1_5"),
        ("user.info.response.signature.alg", "none"),
    ],
)
def test_p1_tokens_that_have_to_be_safer_are_refused(realm_of, attribute, value):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {attribute: value}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "unauthorized_client")
    assert attribute in answer.json()["error_description"]


def test_p1_tokens_that_cannot_be_encrypted_are_refused(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"id.token.encrypted.response.alg": "RSA-OAEP"}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "unauthorized_client")
    assert "no key" in answer.json()["error_description"]


def test_p1_a_client_of_another_protocol_gets_no_tokens(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "protocol": "saml"}])
    assert log_in(realm).json()["error_description"] == "Wrong client protocol."
    assert realm.authorize(Browser(), CLIENT).status == 400


FLOWS = [
    {
        "id": "11111111-1111-1111-1111-111111111111",
        "alias": "strict browser",
        "authenticationExecutions": [
            {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
            {"authenticator": "auth-otp-form", "requirement": "REQUIRED"},
        ],
    },
    {
        "id": "22222222-2222-2222-2222-222222222222",
        "alias": "strict direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-otp", "requirement": "REQUIRED"},
        ],
    },
    {
        "id": "33333333-3333-3333-3333-333333333333",
        "alias": "plain browser",
        "authenticationExecutions": [
            {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"},
            {"flowAlias": "plain forms", "requirement": "ALTERNATIVE", "authenticatorFlow": True},
        ],
    },
    {
        "alias": "old browser",
        "authenticationExecutions": [
            {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"},
            {"flowAlias": "old forms", "requirement": "ALTERNATIVE", "autheticatorFlow": True},
        ],
    },
    {
        "alias": "old forms",
        "authenticationExecutions": [
            {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
            {"authenticator": "auth-otp-form", "requirement": "OPTIONAL"},
        ],
    },
    {
        "alias": "old direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-otp", "requirement": "OPTIONAL"},
        ],
    },
    {
        "alias": "careless direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "OPTIONAL"},
        ],
    },
    {
        "alias": "plain forms",
        "authenticationExecutions": [
            {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
            {"authenticator": "auth-otp-form", "requirement": "DISABLED"},
        ],
    },
]


@pytest.mark.parametrize("members, browser, direct", [
    ({"browserFlow": "strict browser"}, False, True),
    ({"directGrantFlow": "strict direct"}, True, False),
    ({"browserFlow": "plain browser"}, True, True),
    ({"browserFlow": "nowhere"}, False, True),
    ({"browserFlow": "old browser", "directGrantFlow": "old direct"}, True, True),
    ({"directGrantFlow": "careless direct"}, True, False),
    ({"clients": [{**SHOP, "authenticationFlowBindingOverrides": {"browser": FLOWS[0]["id"]}}]}, False, True),
    ({"clients": [{**SHOP, "authenticationFlowBindingOverrides": {"direct_grant": FLOWS[1]["id"]}}]}, True, False),
    (
        {"browserFlow": "strict browser",
         "clients": [{**SHOP, "authenticationFlowBindingOverrides": {"browser": FLOWS[2]["id"]}}]},
        True, True,
    ),
])
def test_p1_logins_by_a_flow_that_is_not_there_are_refused(realm_of, members, browser, direct):
    realm, _ = realm_of(authenticationFlows=FLOWS, **members)
    page = realm.authorize(Browser(), CLIENT)
    assert (page.status == 200) == browser
    if not browser:
        assert query_of(page.location)["error"] == "unauthorized_client"
    assert (log_in(realm).status == 200) == direct


def test_p1_use_refresh_tokens_false(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"use.refresh.tokens": "false"}}])
    answer = log_in(realm).json()
    assert "refresh_token" not in answer and answer["refresh_expires_in"] == 0


@pytest.mark.parametrize("members", [
    {"clients": [{**SHOP, "attributes": {"client.session.max.lifespan": "120"}}]},
    {"clients": [{**SHOP, "attributes": {"client.session.idle.timeout": "120"}}]},
    {"clientSessionMaxLifespan": 120},
    {"clientSessionIdleTimeout": 120},
])
def test_p1_the_clients_part_of_a_session_ends_before_the_session(realm_of, members):
    realm, _ = realm_of(**members)
    answer = log_in(realm).json()
    assert 118 <= answer["refresh_expires_in"] <= 120
    idle = "Idle" in str(members) or "idle" in str(members)
    assert (answer["expires_in"] <= 120) != idle
    claims = unverified_token(answer["refresh_token"])[1]
    again = realm.refresh(CLIENT, answer["refresh_token"]).json()
    if not idle:
        assert unverified_token(again["refresh_token"])[1]["exp"] <= claims["exp"] + 1


def test_p1_client_policies_that_nothing_enforces_are_refused(importing):
    policy = {"name": "strict", "enabled": True, "conditions": [], "profiles": ["saml-security-profile"]}
    done, report = importing({"realm": "x", "clientPolicies": {"policies": [policy]}})
    assert done.returncode == 1 and re.search("saml-[a-z-]+ is not enforced", done.stderr)
    done, _ = importing({"realm": "x", "clientPolicies": {"policies": [{**policy, "enabled": "true"}]}})
    assert done.returncode == 1 and "clientPolicies" in done.stderr
    for name, policies in (("x", []), ("y", [{**policy, "enabled": False}]), ("z", [{**policy, "profiles": ["fapi-2-security-profile"]}])):
        done, _ = importing({"realm": name, "clientPolicies": {"policies": policies}})
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("members, sentence", [
    ({"clientProfiles": {"profiles": [{"executors": []}]}}, "clientProfiles: client profile without its name"),
    ({"clientProfiles": {"profiles": [{"name": "fapi-ciba"}]}}, "name of some global profile"),
    ({"clientProfiles": {"profiles": [{"name": "a"}] * 201}}, "clientProfiles: not the representation"),
    ({"clientPolicies": {"policies": [{"name": "p", "profiles": ["a"]}]}}, "clientPolicies: referring not existing"),
    ({"clientPolicies": {"policies": [{"name": "p", "conditions": [{"condition": "x"}]}]}}, "clientPolicies: the proposed"),
])
def test_p1_client_profiles_and_policies_are_well_formed(importing, members, sentence):
    done, _ = importing({"realm": "x", **members})
    assert done.returncode == 1 and sentence in done.stderr


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


CUSTOM = {"alias": "ours", "id": "f1", "topLevel": True, "authenticationExecutions": [{"authenticator": "our-step", "requirement": "REQUIRED", "priority": 1}]}


@pytest.mark.parametrize("members, paths", [
    ({}, []),
    ({"authenticationFlows": [CUSTOM]}, []),
    ({"authenticationFlows": [CUSTOM], "browserFlow": "ours"}, ["browserFlow"]),
    ({"authenticationFlows": [CUSTOM], "directGrantFlow": "ours"}, ["directGrantFlow"]),
    ({"authenticationFlows": [CUSTOM], "clients": [{**SHOP, "authenticationFlowBindingOverrides": {"browser": "f1"}}]},
     ["clients[0].authenticationFlowBindingOverrides"]),
])
def test_p1_a_flow_that_refuses_logins_is_warned_of(importing, members, paths):
    done, report = importing({"realm": "x", "clients": [SHOP], **members})
    assert done.returncode == 0, done.stderr
    assert sorted(warning["path"] for warning in report[0]["warnings"]) == paths


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


def test_a_password_may_stand_as_a_number(realm_of):
    numbered = {**ANN, "credentials": [{"type": "password", "value": 1234}], "attributes": {"floor": [7, True]}}
    realm, _ = realm_of(users=[numbered])
    assert realm.password(CLIENT, "ann", "1234").status == 200


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


# ---- P8: attributes of groups ----


def test_p8_attributes_of_groups_are_inherited_the_nearest_first(realm_of):
    def mapper(name):
        return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
                "config": {"user.attribute": name, "claim.name": name, "access.token.claim": "true"}}

    realm, _ = realm_of(
        clients=[{**SHOP, "protocolMappers": [mapper(name) for name in ("own", "near", "far", "none")]}],
        groups=[{"name": "g", "attributes": {"own": ["g"], "near": ["g"], "far": ["g"]},
                 "subGroups": [{"name": "h", "attributes": {"own": ["h"], "near": ["h"]}}]}],
        users=[{**ANN, "attributes": {"own": ["ann"]}, "groups": ["/g/h"]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert [claims.get(name) for name in ("own", "near", "far", "none")] == ["ann", "h", "g", None]


def test_p8_an_empty_list_is_none_and_what_all_have_is_gathered_where_that_is_asked_for(realm_of):
    def mapper(name, **settings):
        config = {"user.attribute": "a", "claim.name": name, "access.token.claim": "true", **settings}
        return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper", "config": config}

    gathered = {"aggregate.attrs": "true", "multivalued": "true"}
    realm, _ = realm_of(
        clients=[{**SHOP, "protocolMappers": [mapper("first"), mapper("list", multivalued="true"), mapper("all", **gathered)]}],
        groups=[{"name": "g", "attributes": {"a": ["g", "both"]}, "subGroups": [{"name": "h", "attributes": {"a": ["h"]}}]},
                {"name": "other", "attributes": {"a": ["both", "o"]}}, {"name": "plain"}],
        users=[{**ANN, "attributes": {"a": []}, "groups": ["/plain", "/g/h", "/other"]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert (claims["first"], claims["list"], claims["all"]) == ("h", ["h"], ["h", "g", "both", "o"])


# ---- P10: the layout before Keycloak 8 ----


@pytest.mark.parametrize("algorithm, digest", [("pbkdf2-sha256", "sha256"), ("pbkdf2-sha512", "sha512"), (None, "sha1")])
def test_p10_passwords_of_before_keycloak_8(realm_of, algorithm, digest):
    salt = b"0123456789abcdef"
    old = {
        "type": "password",
        "hashedSaltedValue": base64.b64encode(hashlib.pbkdf2_hmac(digest, b"ann-password", salt, 1000, 64)).decode(),
        "salt": base64.b64encode(salt).decode(),
        "hashIterations": 1000,
        **({"algorithm": algorithm} if algorithm else {}),
    }
    realm, _ = realm_of(users=[{**ANN, "credentials": [old]}])
    assert log_in(realm).status == 200
    assert realm.password(CLIENT, "ann", "wrong").status == 401


@pytest.mark.parametrize("factor, status", [
    ({"type": "totp", "hashedSaltedValue": "aaaaaaaaaaaaaaaaaaaa", "digits": 6, "period": 30, "algorithm": "HmacSHA1"}, 400),
    ({"type": "hotp", "hashedSaltedValue": "aaaaaaaaaaaaaaaaaaaa", "digits": 6, "counter": 3, "algorithm": "HmacSHA1"}, 400),
    ({"type": "password-history", "hashedSaltedValue": "AAAA", "salt": "AAAA", "hashIterations": 1}, 200),
])
def test_p10_second_factors_of_before_keycloak_8(realm_of, factor, status):
    salt = b"0123456789abcdef"
    short = base64.b64encode(hashlib.pbkdf2_hmac("sha256", b"ann-password", salt, 1000, 32)).decode()  # as bcrypt's converters write
    password = {"type": "password", "hashedSaltedValue": short, "salt": base64.b64encode(salt).decode(),
                "hashIterations": "1000", "algorithm": "pbkdf2-sha256", "counter": 0, "digits": 0, "period": 0}
    realm, _ = realm_of(users=[{**ANN, "credentials": [password, factor]}])
    assert log_in(realm).status == status


WEBAUTHN = {
    "type": "webauthn",
    "secretData": "{}",
    "credentialData": '{"credentialId":"AAAA","counter":1,"credentialPublicKey":"AAAA","attestationStatementFormat":"none"}',
}
CODES = {
    "type": "recovery-authn-codes",
    "secretData": '{"codes":[{"number":1,"encodedHashedValue":"AAAA"}]}',
    "credentialData": '{"algorithm":"SHA-512","totalCodes":1,"remainingCodes":1}',
}


@pytest.mark.parametrize("factor", [WEBAUTHN, {**WEBAUTHN, "type": "webauthn-passwordless"}, CODES], ids=lambda one: one["type"])
def test_p1_factors_that_the_usual_flows_do_not_ask_for(tmp_path, importing, realm_of, factor):
    """As in Keycloak: whose password is good is let in, who has nothing else is not; where a flow asks, nobody is."""
    user = {**ANN, "credentials": [*ANN["credentials"], factor]}
    realm, _ = realm_of(users=[user, {**ANN, "username": "bare", "credentials": [factor]}])
    assert log_in(realm).status == 200
    assert "code" in query_of(realm.log_in(Browser(), CLIENT, "ann", "ann-password").location)
    page = realm.log_in(Browser(), CLIENT, "bare", "anything").page
    assert "Invalid username or password." in page.text
    done, report = importing({"realm": "x", "users": [user]})
    assert done.returncode == 0 and "users[0].credentials[1].type" in told(report, "refused in use"), done.stderr
    assert exported(tmp_path)["users"][0]["credentials"][1].items() >= factor.items()
    asking = {"alias": "browser", "authenticationExecutions": [
        {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
        {"authenticator": "webauthn-authenticator", "requirement": "ALTERNATIVE"},
    ]}
    realm, _ = realm_of(users=[user], authenticationFlows=[asking], browserFlow="browser")
    assert query_of(realm.authorize(Browser(), CLIENT).location)["error"] == "unauthorized_client"


# ---- P13: letters of every script have a case ----


@pytest.mark.parametrize("stored, typed", [
    ("Änne", "ÄNNE"), ("änne", "Änne"), ("Γιώργος", "ΓΙΏΡΓΟΣ"), ("Женя", "женя"), ("\u212aarl", "karl"), ("ann", "ANN"),
    ("straße", "STRAẞE"), ("οδος", "ΟΔΟΣ"), ("ｆｕｌｌ", "ＦＵＬＬ"), ("ǆem", "ǅem"),
])
def test_p13_names_and_addresses_are_one_whatever_their_case(realm_of, stored, typed):
    realm, made = realm_of(users=[{**ANN, "username": stored, "email": f"{stored}@x.example"}])
    for name in (stored, typed, f"{typed}@X.example"):
        answer = realm.password(CLIENT, name, "ann-password")
        assert answer.status == 200, name
    claims = unverified_token(answer.json()["access_token"])[1]
    assert claims["preferred_username"] == stored.lower()
    done = run("user", "add", typed, "--realm", "x", "--no-password", "--data", made.data)
    assert done.returncode == 1 and "exists" in done.stderr


def test_p13_two_of_a_file_who_differ_by_case_alone_are_refused(importing):
    for one, other in (({"username": "Änne"}, {"username": "änne"}), ({"username": "a", "email": "Ö@x.example"}, {"username": "b", "email": "ö@X.example"})):
        done, _ = importing({"realm": "x", "users": [one, other]})
        assert done.returncode == 1 and "exists already" in done.stderr


# ---- P25: keys that not everybody can read ----


def pkcs8(name):
    """A new private key, by the means of its own curve."""
    algorithm = ["-algorithm", name] if name[:2] in ("Ed", "RS") else ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{name}"]
    return base64.b64encode(subprocess.run(["openssl", "genpkey", *algorithm, "-outform", "DER"], capture_output=True, check=True).stdout).decode()


def test_p25_a_key_that_spoils_the_set_for_some_is_told(importing):
    def component(name, curve):
        return {"name": name, "providerId": "eddsa-generated",
                "config": {"eddsaPrivateKey": [pkcs8(curve)], "eddsaEllipticCurveKey": [curve], "algorithm": ["EdDSA"]}}

    keys = [component("good", "Ed25519"), component("rare", "Ed448")]
    file = {"realm": "x", "components": {"org.keycloak.keys.KeyProvider": keys}}
    done, report = importing(file, "--dry-run", "--strict")
    assert done.returncode == 0, done.stderr
    assert [one["path"] for one in report[0]["warnings"]] == ["components.org.keycloak.keys.KeyProvider[1]"]
    assert "key set" in report[0]["warnings"][0]["warning"]
    done, report = importing({**file, "components": {"org.keycloak.keys.KeyProvider": keys[:1]}})
    assert done.returncode == 0 and report[0]["warnings"] == []


# ---- groups with a slash in their name ----


@pytest.mark.parametrize("path", ["/staff/night/shift", "/staff/night~/shift"])
def test_a_group_whose_name_has_a_slash(realm_of, path):
    def mapper(name, full):
        return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper",
                "config": {"claim.name": name, "full.path": full, "access.token.claim": "true"}}

    realm, _ = realm_of(
        clients=[{**SHOP, "protocolMappers": [mapper("paths", "true"), mapper("names", "false")]}],
        groups=[{"name": "staff", "subGroups": [{"name": "night"}, {"name": "night/shift", "realmRoles": ["awake"]}]}],
        users=[{**ANN, "groups": [path]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert (claims["paths"], claims["names"]) == (["/staff/night/shift"], ["night/shift"])
    assert "awake" in claims["realm_access"]["roles"]


# ---- P21: files ----


def test_p21_a_byte_order_mark_is_passed_over(importing):
    done, _ = importing({"realm": "x"}, encoding="utf-8-sig")
    assert done.returncode == 0, done.stderr


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
    file = {"realm": "x", "registrationAllowed": True, "resetPasswordAllowed": False, "loginTheme": "keycloak"}
    done, report = importing(file, "--dry-run")
    assert done.returncode == 0 and report[0]["outcome"] == "checked"
    assert told(report, "kept without effect") == {"registrationAllowed"}
    assert "resetPasswordAllowed" in told(report, "kept")
    done, _ = importing(file, "--strict")
    assert done.returncode == 1 and "registrationAllowed" in done.stderr


def test_the_export_names_the_version_of_its_layout(tmp_path, importing):
    """P24: without it Keycloak 26 makes tokens that lack "sub"."""
    importing({"realm": "x"})
    assert exported(tmp_path)["keycloakVersion"] == "24.0.5"


# ---- P3: keys of a file ----


def kids(realm):
    return {key["kid"]: key["alg"] for key in realm.certs().json()["keys"]}


def test_p3_keys_move_with_the_realm(tmp_path, importing, new_provider):
    done, _ = importing({"realm": "x", "enabled": True, "clients": [SHOP], "users": [ANN]})
    assert done.returncode == 0, done.stderr
    assert run("key", "rotate", "--realm", "x", "--alg", "ES256", "--delay", "0", "--data", tmp_path / "data").returncode == 0
    (tmp_path / "moved").mkdir()
    file = tmp_path / "moved" / "x-realm.json"
    file.write_text(json.dumps(exported(tmp_path)))
    components = json.loads(file.read_text())["components"]["org.keycloak.keys.KeyProvider"]
    assert sorted(one["providerId"] for one in components) == ["ecdsa-generated", "hmac-generated", "rsa", "rsa-enc"]
    first = new_provider([], ["--data", tmp_path / "data"])
    second = new_provider([file])
    assert kids(first.realm("x")) == kids(second.realm("x"))
    assert {"RS256", "ES256", "RSA-OAEP"} == set(kids(second.realm("x")).values())
    token = log_in(first.realm("x")).json()["refresh_token"]
    assert log_in(second.realm("x")).status == 200
    assert unverified_token(token)[0]["kid"] == unverified_token(log_in(second.realm("x")).json()["refresh_token"])[0]["kid"]


@pytest.mark.parametrize("members, access, identity", [
    ({"defaultSignatureAlgorithm": "ES256"}, "ES256", "ES256"),
    ({"clients": [{**SHOP, "attributes": {"access.token.signed.response.alg": "PS256"}}]}, "PS256", "RS256"),
    ({"clients": [{**SHOP, "attributes": {"id.token.signed.response.alg": "EdDSA"}}]}, "RS256", "EdDSA"),
])
def test_p3_tokens_are_signed_by_the_algorithm_that_the_file_names(realm_of, members, access, identity):
    realm, _ = realm_of(**members)
    answer = log_in(realm).json()
    for token, alg in ((answer["access_token"], access), (answer["id_token"], identity)):
        header = unverified_token(token)[0]
        assert header["alg"] == alg and kids(realm)[header["kid"]] == alg
    assert realm.userinfo(answer["access_token"]).status == 200
    assert {access, identity} <= set(realm.discovery().json()["id_token_signing_alg_values_supported"])


def test_p3_an_algorithm_that_nobody_can_verify(importing, realm_of):
    done, _ = importing({"realm": "x", "defaultSignatureAlgorithm": "HS256"})
    assert done.returncode == 1 and "defaultSignatureAlgorithm" in done.stderr
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"id.token.signed.response.alg": "HS256"}}])
    assert log_in(realm).status == 400


def test_p3_a_key_that_cannot_be_used_is_told_with_its_path(importing):
    broken = {"name": "r", "providerId": "rsa", "config": {"privateKey": ["AAAA"]}}
    done, _ = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [broken]}})
    assert done.returncode == 1 and "KeyProvider[0]" in done.stderr
    masked = {"name": "r", "providerId": "rsa-generated", "config": {"privateKey": ["**********"]}}
    done, _ = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [masked]}})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("form", ["lines", "one line", "bare lines", "old label"])
def test_p3_a_key_stands_as_it_was_typed(realm_of, form):
    """Keycloak exports what an administrator has pasted: PEM, whole or in one line, or its middle with line breaks."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    since = datetime.datetime(2015, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, since, since + datetime.timedelta(3650)).sign(key, hashes.SHA256())
    layout = serialization.PrivateFormat.TraditionalOpenSSL if form == "old label" else serialization.PrivateFormat.PKCS8
    texts = [
        key.private_bytes(serialization.Encoding.PEM, layout, serialization.NoEncryption()).decode(),
        made.public_bytes(serialization.Encoding.PEM).decode(),
    ]
    if form == "one line":
        texts = [text.replace("\n", "") for text in texts]
    if form == "bare lines":
        texts = ["\r\n".join(text.splitlines()[1:-1]) for text in texts]
    config = {"privateKey": [texts[0]], "certificate": [texts[1]], "priority": ["200"], "algorithm": ["RS256"]}
    component = {"name": "own", "providerId": "rsa", "config": config}
    realm, _ = realm_of(components={"org.keycloak.keys.KeyProvider": [component]})
    (published,) = [one for one in realm.certs().json()["keys"] if one["alg"] == "RS256"]
    assert int.from_bytes(base64.urlsafe_b64decode(published["n"] + "=="), "big") == key.public_key().public_numbers().n
    der = made.public_bytes(serialization.Encoding.DER)
    assert published["x5c"] == [base64.b64encode(der).decode()]
    assert unverified_token(log_in(realm).json()["access_token"])[0]["kid"] == published["kid"]


@pytest.mark.parametrize("component, words", [
    ({"name": "e", "providerId": "ecdh-generated", "config": {"ecdhEllipticCurveKey": ["P-256"]}}, "no keys of such a provider"),
    ({"name": "s", "providerId": "java-keystore", "config": {"keystore": ["/k.jks"]}}, "no keys of such a provider"),
    ({"name": "m", "providerId": "hmac-generated", "config": {"secret": ["**********"]}}, "masked"),
])
def test_p3_what_makes_no_key_is_told_and_kept(tmp_path, importing, component, words):
    done, report = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [component]}})
    assert done.returncode == 0, done.stderr
    (warning,) = report[0]["warnings"]
    assert warning["path"] == "components.org.keycloak.keys.KeyProvider[0]" and words in warning["warning"]
    kept = [one["providerId"] for one in exported(tmp_path)["components"]["org.keycloak.keys.KeyProvider"]]
    assert component["providerId"] in kept


# What Keycloak 24.0.5 and 26.7.3 make of components that bring no key: algorithm, use, size or curve, what they say.
GENERATED = [
    ("rsa-generated", {}, ("RS256", 2048)),
    ("rsa-generated", {"algorithm": "PS256", "keySize": "4096", "priority": "-7", "active": "false"}, ("PS256", 4096)),
    ("rsa-enc-generated", {}, ("RSA-OAEP", 2048)),
    ("rsa-enc-generated", {"algorithm": "RSA-OAEP-256", "enabled": "false"}, ("RSA-OAEP-256", 2048)),
    ("ecdsa-generated", {}, ("ES256", "secp256r1")),
    ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-384"}, ("ES384", "secp384r1")),
    ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-521"}, ("ES512", "secp521r1")),
    ("eddsa-generated", {}, ("EdDSA", 32)),
    ("eddsa-generated", {"eddsaEllipticCurveKey": "Ed448", "priority": "300"}, ("EdDSA", 57)),
    ("hmac-generated", {}, ("HS256", 64)),
    ("hmac-generated", {"algorithm": "HS384", "secretSize": "128"}, ("HS384", 128)),
    ("hmac-generated", {"algorithm": "HS512", "secretSize": "512"}, ("HS512", 512)),
    ("aes-generated", {}, ("AES", 16)),
    ("aes-generated", {"secretSize": "32"}, ("AES", 32)),
]


def measure(config):
    """The size of an exported key, or its curve."""
    (material,) = next(value for name, value in config.items() if name.endswith("rivateKey") or name == "secret")
    if "secret" in config:
        return len(base64.urlsafe_b64decode(material + "=="))
    key = serialization.load_der_private_key(base64.b64decode(material), None)
    if hasattr(key, "curve"):
        return key.curve.name
    if hasattr(key, "key_size"):
        return key.key_size
    return len(key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def generated_file():
    components = [
        {"name": f"key-{number}", "providerId": kind, "subComponents": {}, "config": {name: [value] for name, value in config.items()}}
        for number, (kind, config, _) in enumerate(GENERATED)
    ]
    return {"realm": "x", "enabled": True, "components": {"org.keycloak.keys.KeyProvider": components}}


def test_p3_a_component_without_a_key_makes_one_as_its_settings_say(tmp_path, importing):
    done, _ = importing(generated_file())
    assert done.returncode == 0, done.stderr
    made = {one["name"]: one for one in exported(tmp_path)["components"]["org.keycloak.keys.KeyProvider"]}
    assert len(made) == len(GENERATED)
    for number, (kind, config, (algorithm, size)) in enumerate(GENERATED):
        one = made[f"key-{number}"]
        assert (one["providerId"], measure(one["config"])) == (kind, size)
        assert config.items() <= {name: value[0] for name, value in one["config"].items()}.items()
    listed = json.loads(run("key", "list", "--realm", "x", "--json", "--data", tmp_path / "data").stdout)
    assert sorted(key["algorithm"] for key in listed) == sorted(algorithm for *_, (algorithm, _) in GENERATED)
    # The same file again: what it has made is there.
    before = exported(tmp_path)
    done, _ = importing(generated_file(), "--replace")
    assert done.returncode == 0, done.stderr
    assert exported(tmp_path)["components"] == before["components"]


def test_p3_keys_that_a_file_does_not_name_stand_behind_its_own(tmp_path, importing):
    resting = {"name": "resting", "providerId": "rsa-generated", "config": {"active": ["false"], "priority": ["5"]}}
    done, _ = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [resting]}})
    assert done.returncode == 0, done.stderr
    made = {one["name"]: one["config"].get("priority") for one in exported(tmp_path)["components"]["org.keycloak.keys.KeyProvider"]}
    assert made == {"resting": ["5"], "fallback-RS256": ["-100"], "fallback-RSA-OAEP": ["-100"], "fallback-HS512": ["-100"]}


@pytest.mark.parametrize("kind, config, why", [
    ("eddsa-generated", {"eddsaEllipticCurveKey": ["Ed1"]}, "'Elliptic Curve' should be"),
    ("rsa-generated", {"keySize": ["1024"]}, "'Key size' should be 2048"),
    ("hmac-generated", {"secretSize": ["17"]}, "'Secret size' should be"),
    ("rsa-enc-generated", {"algorithm": ["RS256"]}, "'Algorithm' should be"),
    ("ecdsa-generated", {"priority": ["high"]}, "'Priority' should be a number"),
    ("rsa", {}, "'Private RSA Key' is required"),
])
def test_p3_settings_that_make_no_key_are_refused_with_their_path(importing, kind, config, why):
    good = {"name": "good", "providerId": "aes-generated", "config": {}}
    file = {"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [good, {"name": "k", "providerId": kind, "config": config}]}}
    done, _ = importing(file)
    assert done.returncode == 1 and "KeyProvider[1]" in done.stderr and why in done.stderr


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


def test_an_old_realms_own_key_signs(realm_of, tmp_path):
    def pair():
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
        now = datetime.datetime(2015, 1, 1)
        made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + datetime.timedelta(3650)).sign(key, hashes.SHA256())
        der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        return key, base64.b64encode(der).decode(), base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()

    key, private, certificate = pair()
    realm, _ = realm_of(privateKey=private, certificate=certificate, publicKey="ignored", codeSecret="ignored")
    answer = log_in(realm).json()
    (published,) = [one for one in realm.certs().json()["keys"] if one["alg"] == "RS256"]
    assert unverified_token(answer["access_token"])[0]["kid"] == published["kid"]
    assert int.from_bytes(base64.urlsafe_b64decode(published["n"] + "=="), "big") == key.public_key().public_numbers().n
    assert published["x5c"] == [certificate]


def test_an_old_realms_own_key_counts_without_keys_in_components_alone(tmp_path, importing):
    component = {"name": "own", "providerId": "ecdsa-generated", "config": {}}
    file = {"realm": "x", "privateKey": pkcs8("RSA"), "components": {"org.keycloak.keys.KeyProvider": [component]}}
    assert importing(file)[0].returncode == 0
    made = exported(tmp_path)
    names = {one["name"] for one in made["components"]["org.keycloak.keys.KeyProvider"]}
    assert names == {"own", "fallback-RS256", "fallback-RSA-OAEP", "fallback-HS512"} and "privateKey" not in made
    done, _ = importing({"realm": "y", "privateKey": "AAAA"})
    assert done.returncode == 1 and "the key cannot be used" in done.stderr


def test_an_old_realms_own_key_that_is_too_weak_is_left_out(tmp_path, importing):
    weak = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    done, report = importing({"realm": "x", "privateKey": base64.b64encode(weak).decode()})
    assert done.returncode == 0, done.stderr
    assert [(warning["path"], "too weak" in warning["warning"]) for warning in report[0]["warnings"]] == [("privateKey", True)]
    made = exported(tmp_path)
    keys = {one["name"]: one["config"] for one in made["components"]["org.keycloak.keys.KeyProvider"]}
    assert "rsa" not in keys and "privateKey" not in made and len(keys) == 3


@pytest.mark.parametrize("required, code", [(["password"], 0), ([], 0), (["password", "totp"], 1), (["cert"], 1)])
def test_old_required_credentials_are_the_password_or_refused(importing, required, code):
    done, _ = importing({"realm": "x", "requiredCredentials": required})
    assert done.returncode == code and ("requiredCredentials" in done.stderr) == bool(code)


def test_many_users_are_hashed_by_several_threads_and_the_first_error_is_told(importing, tmp_path):
    users = [{"username": f"u{n}", "enabled": True, "credentials": [{"type": "password", "value": f"p{n}"}]} for n in range(90)]
    done, report = importing({"realm": "x", "users": users})
    assert done.returncode == 0 and report[0]["users"] == 90, done.stderr
    stored = {user["username"]: user["credentials"][0]["secretData"] for user in exported(tmp_path)["users"]}
    assert len(stored) == len(set(stored.values())) == 90
    users[70]["username"] = ""
    done, _ = importing([{"realm": "y", "users": users}])
    assert done.returncode == 1 and "users[70].username" in done.stderr


def test_a_password_policy_judges_what_is_set_and_what_a_file_has_in_plain(tmp_path, importing):
    policy = "length(8) and digits(1) and notUsername"
    realm = {"realm": "x", "enabled": True, "passwordPolicy": policy}
    done, _ = importing({**realm, "users": [ANN]})
    assert done.returncode == 1
    assert "users[0].credentials: Invalid password: must contain at least 1 numerical digits." in done.stderr
    done, report = importing({**realm, "users": [{"username": "ann", "enabled": True}]})
    assert done.returncode == 0
    assert "passwordPolicy" not in told(report, "kept without effect")
    data = tmp_path / "data"
    for password, sentence in (("short1", "minimum length 8"), ("long-password", "1 numerical digits")):
        for command in (("user", "set-password", "ann"), ("user", "add", "bob")):
            done = run(*command, "--realm", "x", "--data", data, input=password)
            assert done.returncode == 1 and sentence in done.stderr
    assert run("user", "set-password", "ann", "--realm", "x", "--data", data, input="long-password-1").returncode == 0
