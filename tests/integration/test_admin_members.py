# SPDX-License-Identifier: Apache-2.0
"""Bodies of the admin REST API that name what nobody knows: members in no table, kinds, clients and hash algorithms that are not there. As
Keycloak 24.0.5 and 26.7.3 do: refused by name, but for what they pass over; and how they hash passwords."""

import json

from oidc import Client
from test_admin_api import provider, root  # noqa: F401  (fixtures)
from test_admin_values import COMPONENT, MAPPER, PROVIDER, SHOP, app_id

Z = {"zzz": 1}
ROLES = [{"name": "a", "composites": {"realm": [], **Z}}, {"name": "b", **Z}]
USERS = [
    {"username": "zoe", **Z},
    {"username": "zoe", "credentials": [{"type": "password", "value": "p", **Z}]},
    {"username": "zoe", "federatedIdentities": [{"identityProvider": "i", "userId": "1", "userName": "z", **Z}]},
]
REPRESENTATION = 'Invalid json representation for %s. Unrecognized field "zzz".'


def bodies(app, ann, role, group, scope):
    """Method, path, body, and whose member is not known."""
    yield "PUT", "", Z, "RealmRepresentation"
    yield "PUT", "", {"zzz": None}, "RealmRepresentation"
    yield "PUT", "", {"clients": [{"clientId": "x", **Z}]}, "ClientRepresentation"
    yield "POST", "/clients", {"clientId": "x", **Z}, "ClientRepresentation"
    yield "POST", "/clients", {"clientId": "x", "protocolMappers": [{"name": "m", **Z}]}, "ProtocolMapperRepresentation"
    yield "PUT", f"/clients/{app}", {"clientId": "app", **Z}, "ClientRepresentation"
    yield "POST", "/client-scopes", {"name": "s", "protocol": "openid-connect", "protocolMappers": [Z]}, "ProtocolMapperRepresentation"
    yield "POST", f"/clients/{app}/protocol-mappers/models", {"name": "m", **MAPPER, **Z}, "ProtocolMapperRepresentation"
    yield "POST", f"/client-scopes/{scope}/protocol-mappers/add-models", [{"name": "m", **MAPPER}, {"name": "n", **Z}], "ProtocolMapperRepresentation"
    for body, whose in zip(USERS, ("UserRepresentation", "CredentialRepresentation", "FederatedIdentityRepresentation")):
        yield "POST", "/users", body, whose
        yield "PUT", f"/users/{ann}", body, whose
    yield "PUT", f"/users/{ann}/reset-password", {"type": "password", "value": "p", **Z}, "CredentialRepresentation"
    yield "POST", f"/users/{ann}/federated-identity/i", {"userId": "1", "userName": "a", **Z}, "FederatedIdentityRepresentation"
    for path in ("/roles", f"/clients/{app}/roles"):
        yield "POST", path, ROLES[0], "Composites"
        yield "POST", path, ROLES[1], "RoleRepresentation"
    for path in (f"/users/{ann}/role-mappings/realm", f"/groups/{group}/role-mappings/realm", f"/clients/{app}/scope-mappings/realm", "/roles/buyer/composites"):
        for method in ("POST", "DELETE"):
            yield method, path, [{**role, **Z}], "RoleRepresentation"
    yield "PUT", f"/roles-by-id/{role['id']}", {**role, **Z}, "RoleRepresentation"
    yield "POST", "/groups", {"name": "x", "subGroups": [{"name": "y", **Z}]}, "GroupRepresentation"
    yield "POST", f"/groups/{group}/children", {"name": "x", **Z}, "GroupRepresentation"
    yield "POST", "/components", {"name": "k", **COMPONENT, **Z}, "ComponentRepresentation"
    yield "POST", "/identity-provider/instances", {**PROVIDER, "alias": "x", **Z}, "IdentityProviderRepresentation"
    mapper = {"name": "m", "identityProviderAlias": "i", "identityProviderMapper": "oidc-user-attribute-idp-mapper", "config": {}}
    yield "POST", "/identity-provider/instances/i/mappers", {**mapper, **Z}, "IdentityProviderMapperRepresentation"
    yield "PUT", "/authentication/required-actions/UPDATE_PASSWORD", {"alias": "UPDATE_PASSWORD", **Z}, "RequiredActionProviderRepresentation"
    yield "PUT", "/events/config", {"eventsEnabled": True, **Z}, "RealmEventsConfigRepresentation"
    yield "POST", "/clients-initial-access", {"count": 1, **Z}, "ClientInitialAccessCreatePresentation"
    yield "PUT", "/client-policies/policies", {"policies": [], **Z}, "ClientPoliciesRepresentation"
    yield "PUT", "/client-policies/policies", {"policies": [{"name": "x", **Z}]}, "ClientPolicyRepresentation"
    yield "PUT", "/client-policies/profiles", {"profiles": [{"name": "x", **Z}]}, "ClientProfileRepresentation"
    yield "PUT", "/users/profile", {"attributes": [{"name": "username", **Z}]}, "UPAttribute"


DOMAIN = {"name": "a.example"}
SCOPE = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
AUTHORIZATION = (
    ({**Z}, "ResourceServerRepresentation"),
    ({"authorizationSchema": Z}, "AuthorizationSchema"),
    ({"resources": [{"name": "r"}, {"name": "s", **Z}]}, "ResourceRepresentation"),
    ({"resources": [{"name": "r", "owner": {"id": "x", **Z}}]}, "ResourceOwnerRepresentation"),
    ({"resources": [{"name": "r", "scopes": [{"name": "s", **Z}]}]}, "ScopeRepresentation"),
    ({"scopes": [{"name": "s", "policies": [Z]}]}, "PolicyRepresentation"),
    ({"policies": [{"name": "p", "type": "role", "resourcesData": [Z]}]}, "ResourceRepresentation"),
)
METADATA = (
    (Z, "UserProfileMetadata"),
    ({"attributes": [{"name": "x", **Z}]}, "UserProfileAttributeMetadata"),
    ({"groups": [{"name": "x", **Z}]}, "UserProfileAttributeGroupMetadata"),
)
ORGANIZATIONS = (
    (Z, "OrganizationRepresentation"),
    ({"domains": [DOMAIN, {**DOMAIN, **Z}]}, "OrganizationDomainRepresentation"),
    ({"members": [{"username": "u", "membershipType": "MANAGED", **Z}]}, "MemberRepresentation"),
    ({"identityProviders": [{"alias": "i", **Z}]}, "IdentityProviderRepresentation"),
    ({"groups": [{"name": "g", **Z}]}, "GroupRepresentation"),
)
POLICIES = (
    ({"clientPolicies": Z}, "ClientPoliciesRepresentation"),
    ({"clientPolicies": {"policies": [{"name": "p", **Z}]}}, "ClientPolicyRepresentation"),
    ({"clientPolicies": {"policies": [{"name": "p", "conditions": [{"condition": "any-client", **Z}]}]}}, "ClientPolicyConditionRepresentation"),
    ({"clientProfiles": Z}, "ClientProfilesRepresentation"),
    ({"clientProfiles": {"profiles": [{"name": "p", **Z}]}}, "ClientProfileRepresentation"),
    ({"clientProfiles": {"profiles": [{"name": "p", "executors": [Z]}]}}, "ClientPolicyExecutorRepresentation"),
)


def component(**members):
    return {"components": {SCOPE: [{"name": "a", "providerId": "scope", "subType": "anonymous", "config": {}, **members}]}}


def kept_bodies():
    """Of what is kept unread within a realm that is made: client policies also, of which Keycloak would drop all in silence."""
    for settings, whose in AUTHORIZATION:
        yield {"clients": [{"clientId": "c", "authorizationSettings": settings}]}, whose
    for metadata, whose in METADATA:
        yield {"users": [{"username": "u123", "userProfileMetadata": metadata}]}, whose
    for organization, whose in ORGANIZATIONS:
        yield {"organizations": [{"name": "o", "domains": [DOMAIN]}, organization]}, whose
    for below in ({"zzz": 1}, {"name": "b", "subComponents": {"y": [Z]}}):
        yield component(subComponents={"x": [below]}), "ComponentExportRepresentation"
    yield {"userFederationProviders": [Z]}, "UserFederationProviderRepresentation"
    yield {"userFederationMappers": [{"name": "m", **Z}]}, "UserFederationMapperRepresentation"
    yield from POLICIES


KNOWN = (
    component(subComponents={"x": [{"name": "b", "subComponents": None}]}),
    {"users": [{"username": "u123", "userProfileMetadata": {"attributes": [{"name": "x", "annotations": Z, "validators": {"length": Z}}], "groups": []}}]},
    {"organizations": [{"name": "o", "alias": "o", "attributes": {"zzz": ["1"]}, "domains": [DOMAIN], "members": [], "identityProviders": None}]},
    {"userFederationProviders": [{"displayName": "l", "providerName": "ldap", "config": {"zzz": "1"}, "lastSync": 1}]},
    {"clients": [{"clientId": "c", "authorizationSettings": {
        "policyEnforcementMode": "ENFORCING", "authorizationSchema": {"resourceTypes": {}},
        "resources": [{"name": "r", "_id": "1", "uri": "/x", "icon_uri": "i", "owner": {"id": "c"}, "attributes": {"zzz": ["1"]}, "scopes": [{"name": "s"}]}],
        "policies": [{"name": "p", "type": "role", "config": {"zzz": "[]"}}], "scopes": [{"name": "s", "iconUri": "i"}],
    }}]},
    {"clientPolicies": {"policies": [], "globalPolicies": []}, "clientProfiles": {"profiles": [{"name": "p", "executors": []}], "globalProfiles": []}},
)
UNFIT = (
    ({"organizations": "x"}, "organizations: not an array"),
    ({"clients": [{"clientId": "c", "authorizationSettings": "x"}]}, "authorizationSettings: not an object"),
    (component(subComponents=[]), "subComponents: not an object"),
    (component(subComponents={"x": "y"}), "subComponents: not an array"),
    ({"clientProfiles": "x"}, "clientProfiles: not an object"),
)


def test_what_is_kept_unread_has_no_unknown_members(root):  # noqa: F811
    for body, whose in kept_bodies():
        answer = root("POST", "/realms", {"realm": "other", **body})
        assert (answer.status, answer.json()["errorMessage"]) == (400, REPRESENTATION % whose), body
    for body, why in UNFIT:
        answer = root("POST", "/realms", {"realm": "other", **body})
        assert (answer.status, answer.json()["errorMessage"]) == (400, why)
    user, client = ({"username": "zoe", "userProfileMetadata": Z}, {"clientId": "x", "authorizationSettings": Z})
    for path, body, whose in (("/users", user, "UserProfileMetadata"), ("/clients", client, "ResourceServerRepresentation")):
        answer = root("POST", SHOP + path, body)
        assert (answer.status, answer.json()["error"]) == (400, REPRESENTATION % whose)
    for body in KNOWN:
        assert root("POST", "/realms", {"realm": "other", **body}).status == 201, body
        assert root("DELETE", "/realms/other").status == 204


def settings_of(**members):
    return {"clients": [{"clientId": "c", "authorizationSettings": members}]}


CHOICES = (
    (lambda value: settings_of(policyEnforcementMode=value), "ENFORCING|PERMISSIVE|DISABLED"),
    (lambda value: settings_of(decisionStrategy=value), "AFFIRMATIVE|UNANIMOUS|CONSENSUS"),
    (lambda value: settings_of(policies=[{"name": "p", "type": "role", "decisionStrategy": value}]), "AFFIRMATIVE|UNANIMOUS|CONSENSUS"),
    (lambda value: settings_of(scopes=[{"name": "s", "policies": [{"name": "p", "logic": value}]}]), "POSITIVE|NEGATIVE"),
    (lambda value: {"organizations": [{"name": "o", "members": [{"username": "u", "membershipType": value}]}]}, "UNMANAGED|MANAGED"),
)


def test_texts_of_enumerated_types_are_one_of_theirs(root, work):  # noqa: F811
    """Keycloak 24.0.5 and 26.7.3 read neither another text nor "", and take the number of one."""
    for body, values in CHOICES:
        known = values.split("|")
        for value in ("x", "", known[0].lower(), known[0] + "x", len(known), -1, 1.5, True, [], {}, [known[0]], str(len(known))):
            answer = root("POST", "/realms", {"realm": "other", **body(value)})
            assert answer.status == 400 and f"not one of {values}" in answer.json()["errorMessage"], (value, answer.text)
        for value in (*known, f" {known[0]} ", 0, str(len(known) - 1), None):
            assert root("POST", "/realms", {"realm": "other", **body(value)}).status == 201, value
            assert root("DELETE", "/realms/other").status == 204
    wrong = {"clientId": "wrong", "authorizationSettings": {"policyEnforcementMode": "x"}}
    assert root("POST", SHOP + "/clients", wrong).status == 400
    assert root("POST", SHOP + "/clients", {"clientId": "wrong"}).status == 201
    path = SHOP + "/clients/" + root("GET", SHOP + "/clients?clientId=wrong").json()[0]["id"]
    assert root("PUT", path, wrong).status == 400 and root("PUT", path, {"authorizationSettings": {"policyEnforcementMode": "PERMISSIVE"}}).status == 204
    for parts in ({"clients": [{**wrong, "clientId": "imported"}]}, {"ifResourceExists": ""}, {"ifResourceExists": None, "policy": "fail"}):
        assert root("POST", SHOP + "/partialImport", {"ifResourceExists": "SKIP", **parts}).status == 400, parts
    for member, values in (("sslRequired", ("", "x")), ("bruteForceStrategy", ("", "x", "linear"))):
        for value in values:
            assert root("PUT", SHOP, {member: value}).status == 400, (member, value)
    flow = {"alias": "f", "providerId": "basic-flow", "topLevel": True, "builtIn": False}
    for value in ("", "x", "required"):
        flows = [{**flow, "authenticationExecutions": [{"authenticator": "auth-cookie", "requirement": value, "priority": 1}]}]
        assert root("POST", "/realms", {"realm": "other", "authenticationFlows": flows}).status == 400, value
    assert root("PUT", SHOP, {"sslRequired": "External"}).status == 204 and root("GET", SHOP).json()["sslRequired"] == "external"
    for value in ("x", "", "OPENID-CONNECT", 0):
        assert root("PUT", path, {"protocol": value}).status == 400, value
    assert root("PUT", path, {"protocol": "saml"}).status == root("PUT", path, {"protocol": None}).status == 204


def names(root, path, name):  # noqa: F811
    return [one[name] for one in root("GET", SHOP + path).json()]


def test_members_that_nobody_knows_are_named(root):  # noqa: F811
    for path, body in (("/clients", {"clientId": "app"}), ("/users", {"username": "ann"}), ("/roles", {"name": "buyer"}), ("/groups", {"name": "g"})):
        assert root("POST", SHOP + path, body).status == 201
    assert root("POST", SHOP + "/identity-provider/instances", {**PROVIDER, "alias": "i"}).status == 201
    ann, group = (root("GET", SHOP + path).json()[0]["id"] for path in ("/users?username=ann", "/groups"))
    scope = root("GET", SHOP + "/client-scopes").json()[0]["id"]
    role = root("GET", SHOP + "/roles/buyer").json()
    lists = (("/clients", "clientId"), ("/users", "username"), ("/roles", "name"), ("/groups", "name"), ("/identity-provider/instances", "alias"))
    before = [names(root, *one) for one in lists]
    for method, path, body, whose in bodies(app_id(root), ann, role, group, scope):
        answer = root(method, SHOP + path, body)
        assert answer.status == 400 and answer.json()["error"] == REPRESENTATION % whose, (method, path, body, answer.body)
    assert [names(root, *one) for one in lists] == before
    for body in ({"zzz": 1}, {"users": [{"username": "x", **Z}]}, {"groups": [{"name": "x", "subGroups": [Z]}]}, {"roles": Z}):
        answer = root("POST", "/realms", {"realm": "other", **body})
        assert answer.status == 400 and 'Unrecognized field "zzz"' in answer.json()["errorMessage"], answer.body
    assert root("GET", "/realms/other").status == 404


def test_what_keycloak_passes_over_is_passed_over(root):  # noqa: F811
    assert root("POST", SHOP + "/client-scopes", {"name": "s", "protocol": "openid-connect", **Z}).status == 201
    for body in ({"clientId": "a", "attributes": Z}, {"clientId": "b", "access": Z}):
        assert root("POST", SHOP + "/clients", body).status == 201
    assert root("PUT", SHOP, {"attributes": Z, "browserSecurityHeaders": {"zzz": "1"}}).status == 204
    assert root("POST", SHOP + "/components", {"name": "k", **COMPONENT, "config": {"zzz": ["1"]}}).status == 201
    assert root("POST", SHOP + "/partialImport", {"ifResourceExists": "SKIP", "zzz": 1, "clientScopes": [Z]}).json()["added"] == 0


def test_names_of_members_do_no_harm(root):  # noqa: F811
    for name in ("", "z" * 5000, "é" * 5000, "a\"<b>\n\\", "__proto__", "a\u202eb", "%s%n", "realm ", "Realm", "x" * 99 + "😀"):
        answer = root("PUT", SHOP, {name: 1})
        assert answer.status == 400 and len(answer.body) < 500
        told = answer.json()["error"].split('Unrecognized field "')[1].removesuffix('".')
        assert name.startswith(told) and len(told.encode()) >= min(97, len(name.encode()))
    deep = {"name": "g"}
    for _ in range(25):
        deep = {"name": "g", "subGroups": [deep]}
    assert root("POST", SHOP + "/groups", deep).status in (201, 400)


IDP = {"clientId": "x", "tokenUrl": "https://h.example/t", "authorizationUrl": "https://h.example/a"}
BROKEN = [
    ({"identityProviders": [{"alias": "n", "providerId": "nope", "config": IDP}]}, "Invalid identity provider id [nope]"),
    ({"identityProviders": [{"alias": "n", "config": IDP}]}, "Invalid identity provider id [null]"),
    ({"identityProviders": [{"alias": "m", "providerId": "oidc", "config": IDP}, {"alias": "n", "providerId": "", "config": IDP}]}, "id [null]"),
    ({"identityProviders": [{"alias": "n", "providerId": "oidc", "config": {**IDP, "tokenUrl": "nonsense"}}]}, "The url [token_url] is malformed"),
    ({"identityProviders": [{"alias": "n", "providerId": "oidc", "config": {**IDP, "authorizationUrl": "javascript://x"}}]}, "[authorization_url]"),
    ({"clients": [{"clientId": "c", "protocolMappers": [{**MAPPER, "config": {}}]}]}, "without a name: client c"),
    ({"roles": {"realm": [{"name": "r", "composites": {"client": {"nope": ["x"]}}}]}}, "composite role: nope"),
    ({"groups": [{"name": "g", "subGroups": [{"name": "s", "clientRoles": {"nope": ["x"]}}]}]}, "role mappings for client: nope"),
    ({"groups": [{"name": "g", "subGroups": [{"name": "s"}, {"name": "s"}]}]}, "GROUP s is there twice"),
    ({"users": [{"username": "u", "credentials": [{"type": "password", "secretData": "x", "credentialData": "{}"}]}]}, "cannot be read: user u"),
]


def test_a_partial_import_takes_nothing_that_is_broken(root):  # noqa: F811
    lists = (("/clients", "clientId"), ("/users", "username"), ("/roles", "name"), ("/groups", "name"), ("/identity-provider/instances", "alias"))
    before = [names(root, *one) for one in lists]
    for parts, words in BROKEN:
        answer = root("POST", SHOP + "/partialImport", {"ifResourceExists": "SKIP", "users": [{"username": "fine"}], **parts})
        assert answer.status == 400 and words in answer.json()["errorMessage"], (parts, answer.body)
    assert [names(root, *one) for one in lists] == before
    answer = root("POST", SHOP + "/identity-provider/instances", {"alias": "n", "providerId": "oidc", "config": {**IDP, "jwksUrl": "x"}})
    assert (answer.status, answer.json()) == (400, {"errorMessage": "The url [jwks_url] is malformed"})
    good = {"clients": [{"clientId": "late"}], "roles": {"realm": [{"name": "r", "composites": {"client": {"late": ["x"]}}}]}}
    assert root("POST", SHOP + "/partialImport", {**good, "groups": [{"name": "g", "clientRoles": {"late": ["x"]}}]}).status == 200


# Of a new password, and of one that was first hashed by the first of them, after a login.
FORMS = [
    ("hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)", ("pbkdf2-sha256", 1000), ("pbkdf2-sha256", 1000)),
    ("hashAlgorithm(pbkdf2-sha256) and hashIterations(500)", ("pbkdf2-sha256", 500), ("pbkdf2-sha256", 1000)),
    ("hashIterations(7) and hashAlgorithm(pbkdf2-sha512)", ("pbkdf2-sha512", 7), ("pbkdf2-sha256", 1000)),
    ("hashAlgorithm(pbkdf2-sha512)", ("pbkdf2-sha512", 210000), ("pbkdf2-sha512", 210000)),
    ("hashIterations(700)", ("argon2", 5), ("argon2", 5)),
    ("hashAlgorithm(argon2) and hashIterations(2)", ("argon2", 2), ("argon2", 5)),
    ("hashAlgorithm(pbkdf2) and hashIterations(9)", ("pbkdf2", 9), ("argon2", 5)),
    ("", ("argon2", 5), ("argon2", 5)),
]


def test_passwords_are_hashed_as_the_policy_says_and_again_at_a_login(provider, root):  # noqa: F811
    """What is strong stays so: a policy that asks for little weakens no hash that is there."""
    password = {"type": "password", "value": "pa55word!"}
    realm = provider.realm("shop")

    def user(name):
        assert root("POST", SHOP + "/users", {"username": name, "enabled": True, "credentials": [password]}).status == 201
        return root("GET", f"{SHOP}/users?username={name}&exact=true").json()[0]["id"]

    def form(who):
        data = json.loads(root("GET", f"{SHOP}/users/{who}/credentials").json()[0]["credentialData"])
        return data["algorithm"], data["hashIterations"]

    strong, mover, before = user("strong"), None, ("argon2", 5)
    for number, (policy, new, renewed) in enumerate(FORMS):
        assert root("PUT", SHOP, {"passwordPolicy": policy}).status == 204
        mover = mover or user("mover")
        assert form(user(f"new{number}")) == new, policy
        assert realm.password(Client("admin-cli"), "mover", "wrong").status == 401
        for name in ("mover", "strong"):
            assert realm.password(Client("admin-cli"), name, "pa55word!").status == 200
        assert form(mover) == renewed, policy
        before = new if new[1] in (5, 210000) else before  # as advised, or as it was
        assert form(strong) == before, policy
    for policy in ("hashAlgorithm(bcrypt)", "hashAlgorithm(PBKDF2-SHA256)"):
        answer = root("PUT", SHOP, {"passwordPolicy": policy})
        assert answer.json() == {"errorMessage": "Invalid config for hashAlgorithm: Password hashing provider not found"}
