# SPDX-License-Identifier: Apache-2.0
"""Identity providers, their mappers, and whom they know; rows as in admin_rows.py."""

from admin_rows import delete, find, get, member, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
INSTANCES = "/identity-provider/instances"
CONFIG = {"clientId": "ours", "clientSecret": "known", "authorizationUrl": "https://a.example/auth", "tokenUrl": "https://a.example/token"}
PARTNER = {"alias": "partner", "providerId": "oidc", "displayName": "Partner", "enabled": True, "trustEmail": True, "config": CONFIG}
MAPPER = {
    "name": "team",
    "identityProviderAlias": "partner",
    "identityProviderMapper": "oidc-user-attribute-idp-mapper",
    "config": {"claim": "team", "user.attribute": "team", "syncMode": "INHERIT"},
}
LINK = {"identityProvider": "partner", "userId": "7", "userName": "seven"}

PROVIDERS = [
    get(INSTANCES),
    post(INSTANCES, PARTNER),
    get(INSTANCES),
    get(f"{INSTANCES}/partner", internal=member("internalId")),
    post(INSTANCES, {"alias": "google", "providerId": "google", "config": {"clientId": "x", "clientSecret": "y"}}),
    get(INSTANCES),
    get(f"{INSTANCES}?search=part"),
    get(f"{INSTANCES}?search=artner"),
    get(f"{INSTANCES}?search=*artner*"),
    get(f"{INSTANCES}?search=%22partner%22"),
    get(f"{INSTANCES}?search=%22part%22"),
    get(f"{INSTANCES}?first=1&max=1"),
    get(f"{INSTANCES}?first=x"),
    put(f"{INSTANCES}/partner", {**PARTNER, "internalId": "{internal}", "displayName": "Other", "config": {**CONFIG, "clientSecret": "**********"}}),
    get(f"{INSTANCES}/partner"),
    put(f"{INSTANCES}/partner", {"alias": "partner", "providerId": "oidc", "internalId": "{internal}"}),
    get(f"{INSTANCES}/partner"),
    put(f"{INSTANCES}/partner", {**PARTNER, "internalId": "{internal}"}),
    put(f"{INSTANCES}/none", {**PARTNER, "alias": "none"}),
    get(f"{INSTANCES}/none"),
    post(INSTANCES, PARTNER),
    post(INSTANCES, {"alias": "x", "providerId": "none"}),
    post(INSTANCES, {"alias": "x"}),
    post(INSTANCES, {"providerId": "oidc"}),
    post(INSTANCES, {"alias": "a b", "providerId": "google"}),
    post(INSTANCES, {"alias": "x", "providerId": "oidc", "config": "x"}),
    post(INSTANCES, []),
    post(INSTANCES, "{broken"),
]

MAPPERS = [
    get(f"{INSTANCES}/partner/mappers"),
    post(f"{INSTANCES}/partner/mappers", MAPPER, "team"),
    get(f"{INSTANCES}/partner/mappers"),
    get(f"{INSTANCES}/partner/mappers/{{team}}"),
    put(f"{INSTANCES}/partner/mappers/{{team}}", {**MAPPER, "id": "{team}", "config": {"claim": "squad", "syncMode": "FORCE"}}),
    get(f"{INSTANCES}/partner/mappers/{{team}}"),
    post(f"{INSTANCES}/partner/mappers", MAPPER),
    post(f"{INSTANCES}/partner/mappers", {"name": "x"}),
    post(f"{INSTANCES}/partner/mappers", []),
    get(f"{INSTANCES}/partner/mappers/{NOBODY}"),
    put(f"{INSTANCES}/partner/mappers/{NOBODY}", {**MAPPER, "id": NOBODY}),
    get(f"{INSTANCES}/none/mappers"),
    post(f"{INSTANCES}/none/mappers", MAPPER),
    delete(f"{INSTANCES}/partner/mappers/{{team}}"),
    delete(f"{INSTANCES}/partner/mappers/{{team}}"),
]

LINKS = [
    get("/users?username=ann", ann=find("username", "ann")),
    get("/users/{ann}/federated-identity"),
    post("/users/{ann}/federated-identity/partner", LINK),
    get("/users/{ann}/federated-identity"),
    post("/users/{ann}/federated-identity/partner", LINK),
    post("/users/{ann}/federated-identity/none", {**LINK, "identityProvider": "none"}),
    get("/users/{ann}/federated-identity"),
    delete("/users/{ann}/federated-identity/partner"),
    delete("/users/{ann}/federated-identity/partner"),
    get("/users/{ann}/federated-identity"),
    get(f"/users/{NOBODY}/federated-identity"),
    post(f"/users/{NOBODY}/federated-identity/partner", LINK),
    post(f"{INSTANCES}/partner/mappers", MAPPER),
    delete(f"{INSTANCES}/partner"),
    delete(f"{INSTANCES}/partner"),
    get(f"{INSTANCES}/partner/mappers"),
    post(INSTANCES, PARTNER),
    get(f"{INSTANCES}/partner/mappers"),
]

ROWS = [*PROVIDERS, *MAPPERS, *LINKS]
