# SPDX-License-Identifier: Apache-2.0
"""Partial import and export of a realm; rows as in admin_rows.py."""

from admin_rows import delete, get, member, post

USER = {"username": "zoe", "enabled": True, "email": "zoe@example.org", "credentials": [{"type": "password", "value": "zoe-password"}]}
APP = {"clientId": "imported", "enabled": True, "redirectUris": ["https://imported.example/*"]}
ROLES = {"realm": [{"name": "buyer", "description": "May buy"}], "client": {"imported": [{"name": "pay"}]}}
GROUP = {"name": "staff", "path": "/staff", "realmRoles": ["buyer"], "subGroups": [{"name": "north", "path": "/staff/north"}]}
COMPOSITE = {"name": "both", "composite": True, "composites": {"realm": ["buyer"], "client": {"imported": ["pay"]}}}
BROKER = {"alias": "other", "providerId": "oidc", "config": {"clientId": "a", "tokenUrl": "https://o.example/t"}}


def bring(policy, **parts):
    return post("/partialImport", {"ifResourceExists": policy, **parts})


EMPTY = [
    bring("FAIL"),
    post("/partialImport", {}),
    post("/partialImport", []),
    post("/partialImport", "{broken"),
    post("/partialImport"),
    bring("MAYBE"),
    bring("FAIL", users="x"),
    bring("FAIL", nonsense=1),
    get("/partialImport"),
    get("/partial-export"),
]

NEW = [
    bring("FAIL", users=[USER]),
    bring("FAIL", users=[{"username": "wim"}]),
    bring("FAIL", clients=[APP]),
    bring("FAIL", roles=ROLES),
    bring("FAIL", roles={"realm": [COMPOSITE]}),
    bring("FAIL", groups=[GROUP]),
    bring("FAIL", users=[{"username": "grouped", "groups": ["/staff/north"], "realmRoles": ["buyer"]}]),
    bring("FAIL", users=[{"username": "roled", "realmRoles": ["made"]}]),
    get("/roles/made"),
    get("/users?username=zoe"),
    get("/clients?clientId=imported"),
    get("/groups?search=staff"),
    bring("FAIL", identityProviders=[BROKER]),
]

EXISTING = [
    bring("FAIL", users=[USER]),
    bring("FAIL", clients=[APP]),
    bring("FAIL", roles=ROLES),
    bring("FAIL", groups=[GROUP]),
    post("/partialImport", {"users": [USER]}),
    post("/partialImport", {"policy": "SKIP", "users": [USER]}),
    bring("SKIP", users=[USER, {"username": "yan", "enabled": True}]),
    bring("SKIP", clients=[APP, {**APP, "clientId": "second"}]),
    bring("SKIP", roles=ROLES),
    bring("SKIP", groups=[GROUP]),
    bring("SKIP", users=[{"username": "other", "email": "zoe@example.org"}]),
    bring("OVERWRITE", users=[USER]),
    bring("OVERWRITE", clients=[{**APP, "name": "New"}]),
    bring("OVERWRITE", roles={"realm": [{"name": "buyer"}]}),
    bring("OVERWRITE", groups=[GROUP]),
]

WRONG = [
    bring("FAIL", users=[{"firstName": "none"}]),
    bring("FAIL", clients=[{"name": "none"}]),
    bring("FAIL", users=[{"username": "lost", "groups": ["/none"]}]),
    bring("FAIL", roles={"client": {"missing": [{"name": "pay"}]}}),
]

# Of before Keycloak 2 and 4; Keycloak wants `roles` beside `applications`.
OLD = {
    "realm": "compared-old",
    "applications": [{"name": "shop", "directGrantsOnly": True, "defaultRoles": ["guest"], "clientTemplate": "my template"}],
    "oauthClients": [{"name": "third", "fullScopeAllowed": True}],
    "clientTemplates": [{"name": "my template", "protocol": "openid-connect", "fullScopeAllowed": False}],
    "roles": {
        "realm": [{"name": "staff", "composite": True, "composites": {"application": {"shop": ["buyer"]}}}],
        "application": {"shop": [{"name": "buyer"}]},
    },
    "applicationScopeMappings": {"shop": [{"client": "third", "roles": ["buyer", "fresh"]}]},
    "scopeMappings": [{"clientTemplate": "my template", "roles": ["staff", "made"]}],
    "social": True,
    "socialProviders": {"google.key": "id", "google.secret": "secret"},
    "users": [{**USER, "applicationRoles": {"shop": ["buyer"]}, "socialLinks": [{"socialProvider": "google", "socialUserId": "7", "socialUsername": "zoe"}],
               "clientConsents": [{"clientId": "third", "grantedRealmRoles": ["offline_access"]}]}],
}
IN_OLD = "//realms/compared-old"

OLD_LAYOUT = [
    post("//realms", OLD),
    get(f"{IN_OLD}/clients?clientId=shop", old_shop=member(0, "id")),
    get(f"{IN_OLD}/clients?clientId=third", old_third=member(0, "id")),
    get(f"{IN_OLD}/clients/{{old_shop}}/roles"),
    get(f"{IN_OLD}/clients/{{old_shop}}/default-client-scopes"),
    get(f"{IN_OLD}/clients/{{old_third}}/scope-mappings"),
    get(f"{IN_OLD}/client-scopes"),
    get(f"{IN_OLD}/roles"),
    get(f"{IN_OLD}/roles/staff/composites"),
    get(f"{IN_OLD}/roles/default-roles-compared-old/composites"),
    get(f"{IN_OLD}/identity-provider/instances"),
    get(f"{IN_OLD}/users", old_zoe=member(0, "id")),
    get(f"{IN_OLD}/users/{{old_zoe}}/role-mappings"),
    get(f"{IN_OLD}/users/{{old_zoe}}/federated-identity"),
    get(f"{IN_OLD}/users/{{old_zoe}}/consents"),
    delete(IN_OLD),
]

EXPORTS = [
    post("/partial-export"),
    post("/partial-export?exportClients=true"),
    post("/partial-export?exportGroupsAndRoles=true"),
    post("/partial-export?exportClients=true&exportGroupsAndRoles=true"),
    post("/partial-export?exportClients=maybe"),
    post("/partial-export?exportClients=True&exportGroupsAndRoles=TRUE"),
]

ROWS = [*EMPTY, *NEW, *EXISTING, *WRONG, *OLD_LAYOUT, *EXPORTS]
