# SPDX-License-Identifier: Apache-2.0
"""What tokens of a client would be; rows as in admin_rows.py."""

from admin_rows import REALM, find, get, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
EVALUATE = "/clients/{client}/evaluate-scopes"
SMALL = "/clients/{small}/evaluate-scopes"
AUDIENCE = {
    "name": "audience",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.client.audience": "account", "access.token.claim": "true", "id.token.claim": "false"},
}

WORLD = [
    post("/clients", {"clientId": "shop", "secret": "secret", "redirectUris": ["https://shop.example/*"]}, "client"),
    post("/clients", {"clientId": "small", "fullScopeAllowed": False, "publicClient": True}, "small"),
    post("/clients/{client}/protocol-mappers/models", AUDIENCE),
    get("/users?username=ann", user=find("username", "ann")),
    get("/clients?clientId=account", account=find("clientId", "account")),
    get("/roles", offline=find("name", "offline_access")),
    post("/users", {"username": "zoe", "enabled": True, "email": "zoe@example.org"}, "zoe"),
]

MAPPERS = [
    get(f"{EVALUATE}/protocol-mappers"),
    get(f"{EVALUATE}/protocol-mappers?scope=openid%20phone"),
    get(f"{EVALUATE}/protocol-mappers?scope=nonsense"),
    get(f"/clients/{NOBODY}/evaluate-scopes/protocol-mappers"),
    post(f"{EVALUATE}/protocol-mappers"),
]

ROLES = [
    get(f"{EVALUATE}/scope-mappings/{REALM}/granted"),
    get(f"{EVALUATE}/scope-mappings/{REALM}/not-granted"),
    get(f"{EVALUATE}/scope-mappings/{{account}}/granted?scope=phone"),
    get(f"{EVALUATE}/scope-mappings/{NOBODY}/granted"),
    get(f"{SMALL}/scope-mappings/{REALM}/granted"),
    get(f"{SMALL}/scope-mappings/{REALM}/granted?scope=offline_access"),
    get(f"{SMALL}/scope-mappings/{REALM}/not-granted"),
    get(f"{SMALL}/scope-mappings/{{account}}/not-granted"),
    post("/clients/{small}/scope-mappings/realm", [{"id": "{offline}", "name": "offline_access"}]),
    get(f"{SMALL}/scope-mappings/{REALM}/granted"),
    get(f"{SMALL}/scope-mappings/{REALM}/unknown"),
]

TOKENS = [
    get(f"{EVALUATE}/generate-example-access-token"),
    get(f"{EVALUATE}/generate-example-access-token?userId={NOBODY}"),
    get(f"{EVALUATE}/generate-example-access-token?userId={{user}}"),
    get(f"{EVALUATE}/generate-example-access-token?userId={{user}}&scope=openid%20phone%20offline_access"),
    get(f"{EVALUATE}/generate-example-access-token?userId={{user}}&scope=nonsense%20profile"),
    get(f"{EVALUATE}/generate-example-access-token?userId={{zoe}}&scope=openid%20offline_access"),
    get(f"{SMALL}/generate-example-access-token?userId={{zoe}}"),
    get(f"{EVALUATE}/generate-example-id-token"),
    get(f"{EVALUATE}/generate-example-id-token?userId={{user}}&scope=openid"),
    get(f"{EVALUATE}/generate-example-id-token?userId={{zoe}}"),
    get(f"{EVALUATE}/generate-example-userinfo"),
    get(f"{EVALUATE}/generate-example-userinfo?userId={{user}}"),
    get(f"{EVALUATE}/generate-example-userinfo?userId={{zoe}}&scope=openid%20address"),
    get(f"{EVALUATE}/generate-example-none?userId={{user}}"),
    get(EVALUATE),
    put(f"{EVALUATE}/generate-example-userinfo", {}),
    get(f"/clients/{NOBODY}/evaluate-scopes/generate-example-userinfo?userId={{user}}"),
]

ROWS = [*WORLD, *MAPPERS, *ROLES, *TOKENS]
