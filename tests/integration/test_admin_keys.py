# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's keys: administrators add, prefer, retire, disable and delete them while tokens are in use."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from oidc import Client
from rsa_keys import rsa_key
from test_admin_api import APP, provider, root, shop_admin  # noqa: F401  (fixtures)
from web import unverified_token

REALM = "/realms/shop"
KEY = "org.keycloak.keys.KeyProvider"
WEB = Client("app", "app-secret")


@pytest.fixture(autouse=True)
def app(root):  # noqa: F811
    assert root("POST", REALM + "/clients", {**APP, "secret": "app-secret"}).status == 201


def add(root, kind, name="added", **config):  # noqa: F811
    settings = {key: [value] for key, value in config.items()}
    answer = root("POST", REALM + "/components", {"name": name, "providerId": kind, "providerType": KEY, "config": settings})
    assert answer.status == 201, answer.text
    return answer.header("Location").removeprefix(root.base)


def change(root, path, **config):  # noqa: F811
    assert root("PUT", path, {"config": {key: [value] for key, value in config.items()}}).status == 204


def login(provider):  # noqa: F811
    answer = provider.realm("shop").password(WEB, "guest", "guest-password")
    assert answer.status == 200, answer.text
    return answer.json()


def kid(tokens, name="access_token"):
    return unverified_token(tokens[name])[0]["kid"]


def published(provider):  # noqa: F811
    return {key["kid"]: key for key in provider.realm("shop").certs().json()["keys"]}


def userinfo(provider, tokens):  # noqa: F811
    return provider.realm("shop").userinfo(tokens["access_token"]).status


def test_a_key_is_rotated(provider, root):  # noqa: F811
    before = login(provider)
    path = add(root, "rsa-generated", priority="200", keySize="2048")
    after = login(provider)
    assert kid(after) != kid(before) and {kid(after), kid(before)} <= set(published(provider))
    keys = root("GET", REALM + "/keys").json()
    assert keys["active"]["RS256"] == kid(after)
    assert {key["status"] for key in keys["keys"] if key["algorithm"] == "RS256"} == {"ACTIVE"}
    assert userinfo(provider, before) == 200
    change(root, path, active="false")
    assert kid(login(provider)) == kid(before) and kid(after) in published(provider)
    assert userinfo(provider, after) == 200
    change(root, path, enabled="false")
    assert kid(after) not in published(provider)
    assert userinfo(provider, after) == 401
    change(root, path, enabled="true", active="true", priority="50")
    assert kid(login(provider)) == kid(before) and userinfo(provider, after) == 200
    assert root("DELETE", path).status == 204
    assert kid(after) not in published(provider)


def test_of_keys_of_one_priority_the_lower_id_signs(provider, root):  # noqa: F811
    """As in Keycloak, whatever the order of the realm file; a new name for another key's provider changes nothing of that."""

    def provider_of(digit):
        config = {"priority": ["100"], "keySize": ["2048"]}
        return {"id": f"{digit * 8}-aaaa-4aaa-8aaa-{digit * 12}", "name": f"key-{digit}", "providerId": "rsa-generated", "config": config}

    def signer(realm):
        keys = root("GET", f"/realms/{realm}/keys").json()
        [owner] = [key["providerId"] for key in keys["keys"] if key["kid"] == keys["active"]["RS256"]]
        return root("GET", f"/realms/{realm}/components/{owner}").json()["name"]

    for digits in ("159", "951", "597"):
        file = {"realm": f"of-{digits}", "enabled": True, "components": {KEY: [provider_of(digit) for digit in digits]}}
        assert root("POST", "/realms", file).status == 201
        lowest, highest = min(digits), max(digits)
        assert signer(f"of-{digits}") == f"key-{lowest}"
        path = f"/realms/of-{digits}/components/{provider_of(highest)['id']}"
        assert root("PUT", path, {"name": "renamed"}).status == 204
        assert signer(f"of-{digits}") == f"key-{lowest}"
    for name in ("first", "second"):
        body = {"name": name, "providerId": "rsa-generated", "providerType": KEY, "config": {"priority": ["100"]}}
        assert root("POST", "/realms/of-159/components", body).status == 201
        assert signer("of-159") == name


def test_a_realm_is_never_without_keys(provider, root):  # noqa: F811
    """Whatever is deleted, the next token is signed: by a key behind all that an administrator adds."""
    old = login(provider)
    for component in root("GET", f"{REALM}/components?type={KEY}").json():
        assert root("DELETE", f"{REALM}/components/{component['id']}").status == 204
    names = sorted(one["name"] for one in root("GET", f"{REALM}/components?type={KEY}").json())
    assert names == ["fallback-HS512", "fallback-RS256", "fallback-RSA-OAEP"]
    new = login(provider)
    assert kid(new) != kid(old) and userinfo(provider, old) == 401 and userinfo(provider, new) == 200
    assert provider.realm("shop").refresh(WEB, old["refresh_token"]).status == 400
    assert provider.realm("shop").refresh(WEB, new["refresh_token"]).status == 200


def test_the_secret_of_refresh_tokens_is_rotated(provider, root):  # noqa: F811
    old = login(provider)
    add(root, "hmac-generated", priority="200", algorithm="HS512")
    new = login(provider)
    assert kid(old, "refresh_token") != kid(new, "refresh_token")
    assert provider.realm("shop").refresh(WEB, old["refresh_token"]).status == 200
    add(root, "hmac-generated", priority="300", algorithm="HS256")
    add(root, "aes-generated", priority="300", secretSize="32")
    assert kid(login(provider), "refresh_token") == kid(new, "refresh_token")
    assert not any(key["kty"] == "oct" for key in published(provider).values())


@pytest.mark.parametrize(
    "kind, config, algorithm",
    [
        ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-384"}, "ES384"),
        ("eddsa-generated", {"eddsaEllipticCurveKey": "Ed448"}, "EdDSA"),
        ("rsa-generated", {"algorithm": "PS256", "keySize": "3072"}, "PS256"),
    ],
)
def test_tokens_are_signed_with_what_was_added(provider, root, kind, config, algorithm):  # noqa: F811
    add(root, kind, **config)
    assert root("PUT", REALM, {"defaultSignatureAlgorithm": algorithm}).status == 204
    tokens = login(provider)
    assert unverified_token(tokens["access_token"])[0]["alg"] == algorithm
    assert userinfo(provider, tokens) == 200


@pytest.mark.parametrize("name", ["access.token.signed.response.alg", "id.token.signed.response.alg"])
def test_a_client_that_asks_for_another_algorithm_gets_a_key_of_it(provider, root, name):  # noqa: F811
    (client,) = root("GET", REALM + "/clients?clientId=app").json()
    client["attributes"] = {**client.get("attributes", {}), name: "PS512"}
    assert root("PUT", f"{REALM}/clients/{client['id']}", client).status == 204
    tokens = provider.realm("shop").password(WEB, "guest", "guest-password", scope="openid").json()
    header = unverified_token(tokens["access_token" if name.startswith("access") else "id_token"])[0]
    assert header["alg"] == "PS512" and published(provider)[header["kid"]]["alg"] == "PS512"
    assert len([key for key in published(provider).values() if key["alg"] == "RS256"]) == 1


def test_a_realm_with_another_algorithm_gets_a_key_of_it(provider, root):  # noqa: F811
    assert root("PUT", REALM, {"defaultSignatureAlgorithm": "ES384"}).status == 204
    tokens = login(provider)
    assert unverified_token(tokens["access_token"])[0]["alg"] == "ES384" and userinfo(provider, tokens) == 200


def test_a_key_that_is_brought(provider, root):  # noqa: F811
    key = rsa_key()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    path = add(root, "rsa", priority="200", privateKey=pem)
    number = published(provider)[kid(login(provider))]["n"]
    assert int.from_bytes(base64.urlsafe_b64decode(number + "=="), "big") == key.public_key().public_numbers().n
    assert "PRIVATE" not in root("GET", path).text and pem[40:80] not in root("GET", REALM + "/keys").text
    body = {"providerId": "rsa", "providerType": KEY, "config": {"privateKey": [pem]}}
    assert root("POST", REALM + "/components", body).json() == {"errorMessage": "The realm has this key"}


def test_changes_stay(provider, root):  # noqa: F811
    path = add(root, "rsa-generated", name="mine", priority="200")
    signer = kid(login(provider))
    provider.stop()
    provider.start()
    assert kid(login(provider)) == signer
    assert root("GET", path).json()["config"]["priority"] == ["200"]


BODIES = [
    *("", "[]", "{}", "7", "null", '{"providerId":7}', '{"config":[]}', '{"config":{"priority":"7"}}', '{"config":{"priority":[{}]}}'),
    *('{"config":{"priority":[[]]}}', '{"name":7}', '{"config":{"priority":["99999999999999"]}}', '{"config":{"active":["no"]}}'),
]


def test_whatever_a_body_holds(provider, root):  # noqa: F811
    path = add(root, "rsa-generated", priority="1")
    before = root("GET", REALM + "/keys").json()
    for body in BODIES:
        whole = body.replace("{", '{"providerId":"rsa-generated","providerType":"%s",' % KEY, 1).replace(",}", "}")
        for method, where, text in (("POST", "/components", body), ("PUT", path.removeprefix(REALM), body), ("PUT", path.removeprefix(REALM), whole)):
            answer = root(method, REALM + where, raw=text.encode())
            assert answer.status < 500, (method, text, answer.text)
    assert root("GET", REALM + "/keys").json() == before
    other = {"providerId": "ldap", "providerType": "org.keycloak.storage.UserStorageProvider"}
    assert root("POST", REALM + "/components", other).status == 501


def test_there_is_an_end_to_keys(provider, root):  # noqa: F811
    statuses = set()
    for _ in range(100):
        body = {"providerId": "hmac-generated", "providerType": KEY, "config": {"algorithm": ["HS256"]}}
        statuses.add(root("POST", REALM + "/components", body).status)
    assert statuses == {201, 400}
    assert userinfo(provider, login(provider)) == 200


def test_who_may(provider, root):  # noqa: F811
    boss, viewer = shop_admin(provider, "boss"), shop_admin(provider, "viewer")
    assert boss("GET", REALM + "/keys").status == 200
    for method, path in (("GET", "/keys"), ("GET", "/components"), ("POST", "/components"), ("DELETE", "/components/x")):
        assert viewer(method, REALM + path, {}).status == 403, path
