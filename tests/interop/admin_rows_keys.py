# SPDX-License-Identifier: Apache-2.0
"""Keys and the components that they come from; rows as in admin_rows.py."""

from admin_rows import delete, find, get, member, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
KEY = "org.keycloak.keys.KeyProvider"


def provider(name, kind, **config):
    settings = {"priority": ["100"], "enabled": ["true"], "active": ["true"], **{key: [value] for key, value in config.items()}}
    return {"name": name, "providerId": kind, "providerType": KEY, "parentId": "{realm}", "config": settings}


def by_kind(kind):
    return find("providerId", kind)


ROWS = [
    get("", realm=member("id")),
    get("/keys"),
    get("/components"),
    get(f"/components?type={KEY}", rsa=by_kind("rsa-generated"), hmac=by_kind("hmac-generated"), aes=by_kind("aes-generated")),
    get(f"/components?type={KEY}&name=rsa-generated"),
    get(f"/components?type={KEY}&parent={{realm}}"),
    get(f"/components?parent={NOBODY}"),
    get("/components?name=none"),
    get("/components/{rsa}"),
    get("/components/{hmac}"),
    get("/components/{aes}"),
    get(f"/components/{NOBODY}"),
    post("/components", provider("rsa-new", "rsa-generated", keySize="2048", algorithm="RS256", priority="200"), "new"),
    get("/components/{new}"),
    get("/keys"),
    post("/components", provider("ecdsa", "ecdsa-generated", ecdsaEllipticCurveKey="P-256"), "ecdsa"),
    get("/components/{ecdsa}"),
    post("/components", provider("eddsa", "eddsa-generated", eddsaEllipticCurveKey="Ed25519"), "eddsa"),
    get("/components/{eddsa}"),
    post("/components", provider("hmac", "hmac-generated", secretSize="64", algorithm="HS512"), "hmac2"),
    get("/components/{hmac2}"),
    post("/components", provider("aes", "aes-generated", secretSize="16"), "aes2"),
    post("/components", provider("enc", "rsa-enc-generated", keySize="2048", algorithm="RSA-OAEP"), "enc"),
    get("/keys"),
    put("/components/{new}", {**provider("rsa-new", "rsa-generated", priority="200", active="false"), "id": "{new}"}),
    get("/components/{new}"),
    get("/keys"),
    put("/components/{new}", {**provider("rsa-new", "rsa-generated", priority="200", enabled="false"), "id": "{new}"}),
    get("/keys"),
    put("/components/{new}", {**provider("renamed", "rsa-generated", priority="300"), "id": "{new}"}),
    get("/components?name=renamed"),
    put(f"/components/{NOBODY}", provider("none", "rsa-generated")),
    # what cannot be
    post("/components", provider("x", "rsa-generated", priority="high")),
    post("/components", provider("x", "rsa-generated", keySize="1000")),
    post("/components", provider("x", "rsa-generated", algorithm="HS256")),
    post("/components", provider("x", "rsa-generated", enabled="maybe")),
    post("/components", provider("x", "ecdsa-generated", ecdsaEllipticCurveKey="P-1")),
    post("/components", provider("x", "eddsa-generated", eddsaEllipticCurveKey="Ed1")),
    post("/components", provider("x", "hmac-generated", secretSize="63")),
    post("/components", provider("x", "hmac-generated", algorithm="RS256")),
    post("/components", provider("x", "aes-generated", secretSize="17")),
    post("/components", provider("x", "rsa", privateKey="no key")),
    post("/components", provider("x", "rsa")),
    post("/components", provider("x", "no-such-kind")),
    post("/components", {"name": "x", "providerType": KEY}),
    post("/components", {"name": "x", "providerId": "rsa-generated"}),
    post("/components", {"name": "x", "providerId": "rsa-generated", "providerType": "none"}),
    post("/components", {"nonsense": 1}),
    post("/components", []),
    post("/components"),
    post("/components", {"providerId": "rsa-generated", "providerType": KEY}, "unnamed"),
    put("/components/{new}", {**provider("renamed", "rsa-generated", priority="high"), "id": "{new}"}),
    put("/components/{new}", []),
    delete("/components/{unnamed}"),
    delete("/components/{new}"),
    delete("/components/{new}"),
    delete("/components/{ecdsa}"),
    delete(f"/components/{NOBODY}"),
    get(f"/components/{NOBODY}/sub-component-types?type=none"),
    get("/keys"),
]
