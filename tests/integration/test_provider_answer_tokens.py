# SPDX-License-Identifier: Apache-2.0
"""Answers that are signed or encrypted for the client: ID tokens, userinfo, introspection."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from decrypted import decrypted
from document_server import DocumentServer
from dpop import DpopClient
from oidc import Client, callback_of
from programs import Provider
from signer import EcSigner, RsaSigner, b64
from web import Browser, bearer, unverified_token

CALLBACK, SECRET = "http://localhost:8000/cb", "a secret of thirty-two bytes and more"
HIDDEN, SIGNING = RsaSigner("hidden"), EcSigner("signing")
SET = {"keys": [SIGNING.jwk(use="sig"), HIDDEN.jwk(use="enc")]}
KEYS = {"use.jwks.string": "true", "jwks.string": json.dumps(SET)}
KEYS_TO_SIGN = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [SIGNING.jwk(use="sig")]})}
SIGNED = {"user.info.response.signature.alg": "ES256"}


def hidden(prefix, alg="RSA-OAEP", enc=None):
    return {f"{prefix}.encrypted.response.alg": alg, **({f"{prefix}.encrypted.response.enc": enc} if enc else {})}


def client(name, **attributes):
    return {
        "clientId": name,
        "secret": SECRET,
        "redirectUris": [CALLBACK],
        "directAccessGrantsEnabled": True,
        "implicitFlowEnabled": True,
        "attributes": attributes,
    }


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("keys"))
    for path in ("/jwks", "/late"):
        made.put(path, raw=json.dumps(SET).encode())
    yield made
    made.close()


@pytest.fixture(scope="module")
def realm(work, keys):
    published = {"use.jwks.url": "true", "jwks.url": keys.url("/jwks")}
    late = {"use.jwks.url": "true", "jwks.url": keys.url("/late")}
    clients = [
        client("plain"),
        client("signed", **SIGNED),
        client("hidden", **KEYS, **hidden("user.info", enc="A256GCM")),
        client("both", **KEYS, **SIGNED, **hidden("user.info", "RSA-OAEP-256")),
        client("id", **KEYS, **hidden("id.token")),
        client("id-gcm", **KEYS, **hidden("id.token", "RSA-OAEP-256", "A128GCM")),
        client("enc-alone", **KEYS, **{"id.token.encrypted.response.enc": "A256GCM"}),
        client("published", **published, **hidden("id.token"), **hidden("user.info")),
        client("published-late", **late, **hidden("user.info")),
        client("keyless", **hidden("id.token")),
        client("keyless-userinfo", **hidden("user.info")),
        client("signing-key-alone", **KEYS_TO_SIGN, **hidden("id.token", "ECDH-ES")),
        client("unknown-alg", **KEYS, **hidden("id.token", "RSA1_5")),
        client("unknown-enc", **KEYS, **hidden("user.info", enc="A512GCM")),
        client("detached", **{"id.token.as.detached.signature": "true"}),
        client("unsigned", **{"user.info.response.signature.alg": "none"}),
    ]
    user = {"username": "ann", "enabled": True, "email": "ann@example.org", "emailVerified": True}
    user["credentials"] = [{"type": "password", "value": "ann-password"}]
    file = work / "answers-realm.json"
    file.write_text(json.dumps({"realm": "answers", "enabled": True, "clients": clients, "users": [user]}))
    with Provider([file], work / "answer-tokens", arguments=("--ca-file", keys.ca)) as provider:
        made = provider.realm("answers")
        made.provider = provider
        yield made


def log_in(realm, name):
    return realm.password(Client(name, SECRET, CALLBACK), "ann", "ann-password")


def userinfo(realm, name):
    answer = log_in(realm, name)
    assert answer.status == 200, answer.text
    return realm.userinfo(answer.json()["access_token"])


def type_of(answer):
    return dict(answer.headers)["Content-Type"]


def verified(realm, token):
    """Header and claims, once the realm's own key set has it."""
    header, claims = unverified_token(token)
    assert any(key["kid"] == header["kid"] and key.get("alg") == header["alg"] for key in realm.certs().json()["keys"])
    return header, claims


def test_userinfo_is_plain_unless_somebody_asks(realm):
    answer = userinfo(realm, "plain")
    assert type_of(answer) == "application/json" and "iss" not in answer.json()


def test_an_id_token_that_signs_the_answer_says_nothing_else(realm):
    """FAPI 1.0 Advanced §5.1.1: what travels through the browser has no personal data."""
    detached = Client("detached", SECRET, CALLBACK)
    log_in = {"response_type": "code id_token", "scope": "openid email"}
    callback = callback_of(realm.log_in(realm.browser(), detached, "ann", "ann-password", **log_in))
    through_browser = verified(realm, callback["id_token"])[1]
    claims = verified(realm, realm.code(detached, callback["code"]).json()["id_token"])[1]
    assert {"sub", "nonce", "c_hash", "s_hash", "sid"} <= set(through_browser)
    assert not {"email", "preferred_username", "email_verified", "at_hash"} & set(through_browser)
    assert (claims["sub"], claims["email"]) == (through_browser["sub"], "ann@example.org")
    with_token = realm.log_in(realm.browser(), detached, "ann", "ann-password", **{**log_in, "response_type": "code id_token token"})
    assert "at_hash" in unverified_token(callback_of(with_token)["id_token"])[1]


def test_signed_userinfo(realm):
    answer = userinfo(realm, "signed")
    header, claims = verified(realm, answer.text)
    assert type_of(answer) == "application/jwt" and (header["alg"], header["typ"]) == ("ES256", "JWT")
    assert (claims["iss"], claims["aud"], claims["email"]) == (realm.issuer, "signed", "ann@example.org")
    assert claims["sub"] and "exp" not in claims


def test_encrypted_userinfo(realm):
    answer = userinfo(realm, "hidden")
    header, content = decrypted(answer.text, HIDDEN.private)
    assert header == {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "hidden"} and type_of(answer) == "application/jwt"
    assert json.loads(content)["email"] == "ann@example.org"


def test_userinfo_that_is_signed_and_encrypted(realm):
    header, content = decrypted(userinfo(realm, "both").text, HIDDEN.private)
    assert header == {"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256", "cty": "JWT", "kid": "hidden"}
    assert verified(realm, content.decode())[1]["aud"] == "both"


@pytest.mark.parametrize("name, alg, enc", [("id", "RSA-OAEP", "A128CBC-HS256"), ("id-gcm", "RSA-OAEP-256", "A128GCM")])
def test_encrypted_id_tokens(realm, name, alg, enc):
    tokens = log_in(realm, name).json()
    for answer in (tokens, realm.refresh(Client(name, SECRET), tokens["refresh_token"]).json()):
        header, content = decrypted(answer["id_token"], HIDDEN.private)
        assert header == {"alg": alg, "enc": enc, "cty": "JWT", "kid": "hidden"}
        _, claims = verified(realm, content.decode())
        assert (claims["typ"], claims["aud"]) == ("ID", name)
        assert unverified_token(answer["access_token"])[1]["azp"] == name


def test_an_id_token_through_the_browser_is_encrypted_too(realm):
    answer = realm.log_in(Browser(), Client("id", SECRET, CALLBACK), "ann", "ann-password", response_type="id_token")
    token = answer.location.split("id_token=")[1].split("&")[0]
    assert unverified_token(decrypted(token, HIDDEN.private)[1].decode())[1]["nonce"] == "nonce-1"


def test_a_content_encryption_alone_asks_for_nothing(realm):
    assert unverified_token(log_in(realm, "enc-alone").json()["id_token"])[1]["typ"] == "ID"


def test_published_keys_are_fetched_to_encrypt_with(realm, keys):
    answer = log_in(realm, "published")
    decrypted(answer.json()["id_token"], HIDDEN.private)
    decrypted(realm.userinfo(answer.json()["access_token"]).text, HIDDEN.private)
    assert keys.asked("/jwks") == 1


def test_keys_that_userinfo_waits_for_do_not_use_a_proof_up(realm, keys):
    """The answer is made once they are there; the proof of the token's key is good for one request, which this is."""
    key, late = DpopClient(), Client("published-late", SECRET, CALLBACK)
    form = {"grant_type": "password", "username": "ann", "password": "ann-password", "scope": "openid"}
    shown = {"DPoP": key.proof(realm.endpoint("token"), "", "POST", ath=None)}
    token = realm.token(form, late, shown).json()["access_token"]
    realm.provider.stop()
    realm.provider.start()  # knows no keys of clients
    before = keys.asked("/late")
    for _ in range(2):
        headers = {"Authorization": f"DPoP {token}", "DPoP": key.proof(realm.endpoint("userinfo"), token)}
        answer = Browser().get(realm.endpoint("userinfo"), headers=headers)
        assert answer.status == 200, answer.text
        assert json.loads(decrypted(answer.text, HIDDEN.private)[1])["sub"]
    assert keys.asked("/late") == before + 1


@pytest.mark.parametrize("name", ["keyless", "signing-key-alone", "unknown-alg", "unknown-enc", "unsigned"])
def test_what_cannot_be_hidden_is_not_given(realm, name):
    answer = log_in(realm, name)
    assert answer.status == 400 and answer.json()["error"] == "unauthorized_client", answer.text


def test_userinfo_that_cannot_be_hidden_is_not_given(realm):
    answer = userinfo(realm, "keyless-userinfo")
    assert answer.status == 400 and answer.json()["error"] == "unauthorized_client"


# Introspection (RFC 9701)


def introspect(realm, token, accept, name="plain"):
    return Browser().post(
        realm.endpoint("token/introspect"), {"token": token}, {**Client(name, SECRET).auth, "Accept": accept}
    )


@pytest.mark.parametrize(
    "accept",
    ["application/token-introspection+jwt", "application/json;q=0.5, Application/Token-Introspection+JWT;q=0.9"],
)
def test_signed_introspection(realm, accept):
    token = log_in(realm, "plain").json()["access_token"]
    answer = introspect(realm, token, accept)
    assert type_of(answer) == "application/token-introspection+jwt" and dict(answer.headers)["Cache-Control"]
    header, claims = verified(realm, answer.text)
    assert header["typ"] == "token-introspection+jwt"
    assert sorted(claims) == ["aud", "iat", "iss", "token_introspection"]
    assert (claims["iss"], claims["aud"]) == (realm.issuer, "plain")
    assert claims["token_introspection"] == introspect(realm, token, "application/json").json()
    inactive = verified(realm, introspect(realm, "none", accept).text)[1]
    assert inactive["token_introspection"] == {"active": False}


def test_who_is_refused_hears_it_in_json(realm):
    form = {"token": "none"}
    answer = Browser().post(
        realm.endpoint("token/introspect"), form, {"Accept": "application/token-introspection+jwt"}
    )
    assert answer.status == 401 and answer.json()["error"] == "invalid_client"


# None of them is a token


def test_a_signed_answer_opens_nothing(realm):
    tokens = log_in(realm, "plain").json()
    signed = introspect(realm, tokens["access_token"], "application/token-introspection+jwt").text
    for answer in (userinfo(realm, "signed").text, signed):
        assert realm.userinfo(answer).status == 401
        assert introspect(realm, answer, "application/json").json() == {"active": False}
        assert realm.refresh(Client("plain", SECRET), answer).status == 400
        admin = Browser().get(f"{realm.base}/admin/realms/answers", headers=bearer(answer))
        assert admin.status == 401
        hinted = realm.authorize(Browser(), Client("plain", SECRET, CALLBACK), prompt="none", id_token_hint=answer)
        assert "error=login_required" in hinted.location


def test_an_id_token_made_into_an_encrypted_one_is_no_hint(realm):
    """Anybody can encrypt; nothing that is encrypted is taken for what the realm has signed."""
    token = log_in(realm, "id").json()["id_token"]
    for made in (token, f"{b64(json.dumps({'alg': 'none'}))}.{b64('{}')}."):
        browser = Browser()
        realm.log_in(browser, Client("plain", SECRET, CALLBACK), "ann", "ann-password")
        hinted = realm.authorize(browser, Client("plain", SECRET, CALLBACK), prompt="none", id_token_hint=made)
        assert "error=login_required" in hinted.location, hinted.location


@pytest.mark.parametrize(("curve", "taken"), [("Ed25519", "sha512"), ("Ed448", "shake_256")])
def test_at_hash_of_edwards_curves(new_provider, tmp_path, curve, taken):
    """The hash that goes with EdDSA is that of the key's curve."""
    pair = {"Ed25519": ed25519.Ed25519PrivateKey, "Ed448": ed448.Ed448PrivateKey}[curve].generate()
    private = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = pair.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    config = {"eddsaPrivateKey": private, "eddsaPublicKey": public}
    config = {name: [base64.b64encode(value).decode()] for name, value in config.items()}
    key = {"name": "eddsa", "providerId": "eddsa-generated", "config": {"eddsaEllipticCurveKey": [curve], **config}}
    realm = {"realm": "shop", "enabled": True, "components": {"org.keycloak.keys.KeyProvider": [key]}}
    realm["clients"] = [client("eddsa", **{"id.token.signed.response.alg": "EdDSA"})]
    realm["users"] = [{"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}]
    path = tmp_path / "shop-realm.json"
    path.write_text(json.dumps(realm))
    answer = new_provider([path]).realm("shop").password(Client("eddsa", SECRET), "ann", "ann-password", "openid").json()
    header, claims = unverified_token(answer["id_token"])
    hashed = hashlib.new(taken, answer["access_token"].encode())
    digest = hashed.digest(114) if taken == "shake_256" else hashed.digest()
    assert (header["alg"], claims["at_hash"]) == ("EdDSA", b64(digest[: len(digest) // 2]))
