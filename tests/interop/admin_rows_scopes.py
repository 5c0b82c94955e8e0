# SPDX-License-Identifier: Apache-2.0
"""Client scopes, mappers, and what a client may see; rows as in admin_rows.py."""

from admin_rows import delete, find, get, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
AUDIENCE = {
    "name": "audience",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.client.audience": "shop", "access.token.claim": "true"},
}


def mapper(name, **members):
    return {**AUDIENCE, "name": name, **members}


SCOPES = [
    get("/client-scopes", profile=find("name", "profile"), email=find("name", "email"), phone=find("name", "phone")),
    post("/client-scopes", {"name": "prices", "protocol": "openid-connect", "attributes": {"include.in.token.scope": "true"}}, "scope"),
    get("/client-scopes/{scope}"),
    get("/client-scopes/{profile}"),
    post("/client-scopes", {"name": "prices", "protocol": "openid-connect"}),
    post("/client-scopes", {"name": "bare"}, "bare"),
    post("/client-scopes", {"protocol": "openid-connect"}),
    post("/client-scopes", {"name": "", "protocol": "openid-connect"}),
    post("/client-scopes", {"name": "two words", "protocol": "openid-connect"}),
    post("/client-scopes", {"name": "other", "protocol": "none"}),
    post("/client-scopes", {"name": "unknown", "protocol": "openid-connect", "nonsense": 1}),
    post("/client-scopes", {"name": 7, "protocol": "openid-connect"}),
    post("/client-scopes", "[]"),
    post("/client-scopes", "{broken"),
    post("/client-scopes"),
    post("/client-scopes", {"name": "full", "protocol": "openid-connect", "description": "all", "protocolMappers": [AUDIENCE]}, "full"),
    get("/client-scopes/{full}"),
    get(f"/client-scopes/{NOBODY}"),
    put("/client-scopes/{scope}", {"name": "prices", "description": "Prices", "protocol": "openid-connect", "attributes": {"gui.order": "3"}}),
    get("/client-scopes/{scope}"),
    put("/client-scopes/{scope}", {"description": "only"}),
    put("/client-scopes/{scope}", {"name": "full"}),
    put("/client-scopes/{scope}", {"name": "two words"}),
    put(f"/client-scopes/{NOBODY}", {"name": "none"}),
    put("/client-scopes/{scope}", {"name": "costs"}),
    get("/client-scopes/{scope}"),
    get("/client-templates"),
    delete(f"/client-scopes/{NOBODY}"),
    delete("/client-scopes/{bare}"),
    get("/client-scopes/{bare}"),
]

REALM_DEFAULTS = [
    get("/default-default-client-scopes"),
    get("/default-optional-client-scopes"),
    put("/default-default-client-scopes/{scope}"),
    put("/default-default-client-scopes/{scope}"),
    get("/default-default-client-scopes"),
    put(f"/default-default-client-scopes/{NOBODY}"),
    put("/default-optional-client-scopes/{scope}"),
    get("/default-optional-client-scopes"),
    get("/default-default-client-scopes"),
    delete("/default-default-client-scopes/{scope}"),
    delete("/default-default-client-scopes/{scope}"),
    delete(f"/default-default-client-scopes/{NOBODY}"),
    delete("/default-optional-client-scopes/{scope}"),
    get("/default-optional-client-scopes"),
]


def mappers_of(owner):
    return [
        get(f"{owner}/protocol-mappers/models"),
        post(f"{owner}/protocol-mappers/models", mapper("one"), "mapper"),
        get(f"{owner}/protocol-mappers/models/{{mapper}}"),
        get(f"{owner}/protocol-mappers/models"),
        post(f"{owner}/protocol-mappers/models", mapper("one")),
        post(f"{owner}/protocol-mappers/models", {"name": "x"}),
        post(f"{owner}/protocol-mappers/models", {"name": "x", "protocol": "openid-connect"}),
        post(f"{owner}/protocol-mappers/models", mapper("x", protocolMapper="no-such-mapper")),
        post(f"{owner}/protocol-mappers/models", mapper("x", nonsense=True)),
        post(f"{owner}/protocol-mappers/models", mapper("x", config={"a": 7})),
        post(f"{owner}/protocol-mappers/models", "[]"),
        post(f"{owner}/protocol-mappers/models"),
        post(f"{owner}/protocol-mappers/add-models", [mapper("two"), mapper("three")]),
        post(f"{owner}/protocol-mappers/add-models", [mapper("four"), mapper("two")]),
        post(f"{owner}/protocol-mappers/add-models", {}),
        get(f"{owner}/protocol-mappers/models", two=find("name", "two")),
        get(f"{owner}/protocol-mappers/protocol/openid-connect"),
        get(f"{owner}/protocol-mappers/protocol/saml"),
        get(f"{owner}/protocol-mappers/protocol/none"),
        put(f"{owner}/protocol-mappers/models/{{mapper}}", mapper("one", id="{mapper}", config={"included.custom.audience": "x"})),
        get(f"{owner}/protocol-mappers/models/{{mapper}}"),
        put(f"{owner}/protocol-mappers/models/{{mapper}}", mapper("two", id="{mapper}")),
        put(f"{owner}/protocol-mappers/models/{NOBODY}", mapper("one")),
        get(f"{owner}/protocol-mappers/models/{NOBODY}"),
        delete(f"{owner}/protocol-mappers/models/{NOBODY}"),
        delete(f"{owner}/protocol-mappers/models/{{two}}"),
        delete(f"{owner}/protocol-mappers/models/{{two}}"),
    ]


MAPPERS = [
    post("/clients", {"clientId": "mapped", "enabled": True}, "client"),
    *mappers_of("/client-scopes/{scope}"),
    *mappers_of("/clients/{client}"),
    get(f"/clients/{NOBODY}/protocol-mappers/models"),
    get(f"/client-scopes/{NOBODY}/protocol-mappers/models"),
]

CLIENT_SCOPES = [
    get("/clients/{client}/default-client-scopes"),
    get("/clients/{client}/optional-client-scopes"),
    put("/clients/{client}/default-client-scopes/{scope}"),
    put("/clients/{client}/default-client-scopes/{scope}"),
    get("/clients/{client}/default-client-scopes"),
    put("/clients/{client}/optional-client-scopes/{scope}"),
    get("/clients/{client}/optional-client-scopes"),
    delete("/clients/{client}/default-client-scopes/{scope}"),
    delete("/clients/{client}/default-client-scopes/{scope}"),
    put("/clients/{client}/optional-client-scopes/{scope}"),
    put(f"/clients/{{client}}/optional-client-scopes/{NOBODY}"),
    delete(f"/clients/{{client}}/optional-client-scopes/{NOBODY}"),
    delete("/clients/{client}/optional-client-scopes/{scope}"),
    put(f"/clients/{NOBODY}/default-client-scopes/{{scope}}"),
    get(f"/clients/{NOBODY}/default-client-scopes"),
]


def mappings_of(owner):
    return [
        get(f"{owner}/scope-mappings"),
        get(f"{owner}/scope-mappings/realm"),
        get(f"{owner}/scope-mappings/realm/available", offline=find("name", "offline_access")),
        get(f"{owner}/scope-mappings/realm/composite"),
        post(f"{owner}/scope-mappings/realm", [{"id": "{offline}", "name": "offline_access"}]),
        post(f"{owner}/scope-mappings/realm", [{"id": "{offline}", "name": "offline_access"}]),
        get(f"{owner}/scope-mappings/realm"),
        get(f"{owner}/scope-mappings/realm/available"),
        get(f"{owner}/scope-mappings/realm/composite"),
        get(f"{owner}/scope-mappings/realm/composite?briefRepresentation=false"),
        post(f"{owner}/scope-mappings/realm", [{"id": NOBODY, "name": "none"}]),
        post(f"{owner}/scope-mappings/realm", [{"name": "offline_access"}]),
        post(f"{owner}/scope-mappings/realm", []),
        post(f"{owner}/scope-mappings/realm", {}),
        post(f"{owner}/scope-mappings/realm"),
        get(f"{owner}/scope-mappings/clients/{{account}}"),
        get(f"{owner}/scope-mappings/clients/{{account}}/available", manage=find("name", "manage-account")),
        post(f"{owner}/scope-mappings/clients/{{account}}", [{"id": "{manage}", "name": "manage-account"}]),
        get(f"{owner}/scope-mappings/clients/{{account}}"),
        get(f"{owner}/scope-mappings/clients/{{account}}/composite"),
        get(f"{owner}/scope-mappings/clients/{{account}}/available"),
        post(f"{owner}/scope-mappings/clients/{{account}}", [{"id": NOBODY, "name": "none"}]),
        get(f"{owner}/scope-mappings"),
        get(f"{owner}/scope-mappings/clients/{NOBODY}"),
        delete(f"{owner}/scope-mappings/clients/{{account}}", [{"id": "{manage}", "name": "manage-account"}]),
        delete(f"{owner}/scope-mappings/realm", [{"id": NOBODY, "name": "none"}]),
        delete(f"{owner}/scope-mappings/realm", [{"id": "{offline}", "name": "offline_access"}]),
        delete(f"{owner}/scope-mappings/realm", [{"id": "{offline}", "name": "offline_access"}]),
        post(f"{owner}/scope-mappings/realm", [{"id": "{offline}", "name": "offline_access"}]),
        delete(f"{owner}/scope-mappings/realm"),
        get(f"{owner}/scope-mappings/realm"),
    ]


MAPPINGS = [
    get("/clients?clientId=account", account=find("clientId", "account")),
    *mappings_of("/clients/{client}"),
    *mappings_of("/client-scopes/{scope}"),
    get(f"/client-scopes/{NOBODY}/scope-mappings"),
    put("/clients/{client}/default-client-scopes/{scope}"),
    delete("/client-scopes/{scope}"),
]

ROWS = [*SCOPES, *REALM_DEFAULTS, *MAPPERS, *CLIENT_SCOPES, *MAPPINGS]
