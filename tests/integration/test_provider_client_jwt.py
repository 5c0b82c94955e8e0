# SPDX-License-Identifier: Apache-2.0
"""Clients that prove themselves by a signed JWT (RFC 7523 §2.2): what lets in, and what Keycloak's words are when not."""

import hmac
import json
import time
import uuid

import pytest
from cryptography.hazmat.primitives import serialization
from oidc import Client, Realm
from programs import Provider
from signer import EcSigner, RsaSigner, b64, signing_input
from web import unverified_token

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECRET = "a secret of forty-eight bytes, so that HS384 too"
EC, P384, RSA, LONE, STRANGER = (
    EcSigner("ec"),
    EcSigner("p384", "P-384"),
    RsaSigner("rsa"),
    EcSigner("lone"),
    EcSigner("ec"),
)
KEYS = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [EC.jwk(), P384.jwk(), RSA.jwk()]})}


def public_block(signer):
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = signer.private.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()
    return "".join(pem.splitlines()[1:-1])


def client(client_id, kind="client-jwt", **attributes):
    names = {"alg": "token.endpoint.auth.signing.alg", "exp": "token.endpoint.auth.signing.max.exp"}
    return {
        "clientId": client_id,
        "secret": SECRET,
        "serviceAccountsEnabled": True,
        "clientAuthenticatorType": kind,
        "attributes": {names.get(name, name): value for name, value in attributes.items()},
    }


REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        client("web", "client-secret"),
        client("jwt", **KEYS),
        client("one-alg", **KEYS, alg="ES384"),
        client("slow", **KEYS, exp="600"),
        client("issuer-only", **KEYS, **{"token.endpoint.auth.signing.aud": "issuer"}),
        client("mac-issuer-only", "client-secret-jwt", **{"token.endpoint.auth.signing.aud": "issuer"}),
        client("block", **{"jwt.credential.public.key": public_block(LONE), "jwt.credential.kid": "its-name"}),
        client("keyless"),
        client("broken", **{"use.jwks.string": "true", "jwks.string": "{"}),
        client("secret-alg", **KEYS, alg="HS256"),
        client("mac", "client-secret-jwt"),
        client("mac-384", "client-secret-jwt", alg="HS384"),
        client("x509", "client-x509"),
        client("ended", "client-secret", **{"client.secret.expiration.time": "1700000000"}),
        client("mac-ended", "client-secret-jwt", **{"client.secret.expiration.time": "1700000000"}),
    ],
}


@pytest.fixture(scope="module")
def realm(work):
    for name in ("shop", "other"):
        (work / f"{name}-realm.json").write_text(json.dumps({**REALM, "realm": name}))
    with Provider([work / "shop-realm.json", work / "other-realm.json"], work / "client-jwt") as provider:
        yield provider.realm("shop")


def claims_of(realm, client_id, **changes):
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": realm.issuer,
        "iat": now,
        "exp": now + 60,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def assertion_of(realm, client_id="jwt", signer=EC, header=None, **changes):
    return signer.token({**signer.header, **(header or {})}, claims_of(realm, client_id, **changes))


def mac_of(realm, client_id, alg="HS256", secret=SECRET, **changes):
    text = signing_input({"alg": alg, "typ": "JWT"}, claims_of(realm, client_id, **changes))
    return f"{text}.{b64(hmac.new(secret.encode(), text.encode(), f'sha{alg[2:]}').digest())}"


def ask(realm, assertion, path="token", **form):
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **form}
    if assertion is not None:
        form["client_assertion"] = assertion
    return realm.browser().post(
        realm.endpoint(path), {name: value for name, value in form.items() if value is not None}
    )


def assert_in(answer, client_id):
    assert answer.status == 200, answer.text
    assert unverified_token(answer.json()["access_token"])[1]["azp"] == client_id


def assert_out(answer, description, error="invalid_client", status=400):
    assert (answer.status, answer.json()["error"]) == (status, error), answer.text
    assert description in answer.json()["error_description"]


@pytest.mark.parametrize(
    "client_id, signer, header",
    [
        ("jwt", EC, {}),
        ("jwt", P384, {}),
        ("jwt", RSA, {}),
        ("jwt", RSA, {"kid": None}),
        ("jwt", EC, {"typ": "client-authentication+jwt"}),
        ("jwt", EC, {"typ": None}),
        ("one-alg", P384, {}),
        ("block", LONE, {}),
        ("block", LONE, {"kid": "whatever"}),
    ],
)
def test_a_key_of_the_client_lets_it_in(realm, client_id, signer, header):
    header = {name: value for name, value in {**signer.header, **header}.items() if value is not None}
    assert_in(ask(realm, signer.token(header, claims_of(realm, client_id))), client_id)


def test_a_secret_signs_too(realm):
    assert_in(ask(realm, mac_of(realm, "mac")), "mac")
    assert_in(ask(realm, mac_of(realm, "mac", "HS384")), "mac")
    assert_in(ask(realm, mac_of(realm, "mac-384", "HS384")), "mac-384")
    failed = "Client authentication with client secret signed JWT failed: "
    assert_out(ask(realm, mac_of(realm, "mac-384")), "invalid signature algorithm")
    wrong = mac_of(realm, "mac", secret="another secret of forty-eight bytes, as long as it is")
    assert_out(ask(realm, wrong), failed + "Signature", "unauthorized_client")
    assert_out(ask(realm, mac_of(realm, "mac", "HS512")), failed + "the secret is too short", "unauthorized_client")
    assert_out(ask(realm, assertion_of(realm, "mac")), "invalid signature algorithm")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["{issuer}"]},
        {"aud": "{token}"},
        {"aud": "{par}"},
        {"aud": "{ciba}"},
        {"aud": ["{token}", "{issuer}"]},
        {"iat": None},
        {"exp": +86400},
        {"exp": -5},
        {"iat": +5},
        {"nbf": 0},
    ],
)
def test_what_an_assertion_may_say(realm, changes):
    assert_in(ask(realm, assertion_of(realm, **expand(realm, changes))), "jwt")


def expand(realm, changes):
    """Addresses written out, and times counted from now."""
    places = {"{issuer}": realm.issuer, "{token}": realm.endpoint("token"), "{par}": realm.endpoint("ext/par/request")}
    places["{ciba}"] = realm.endpoint("ext/ciba/auth")
    places["{other}"] = realm.issuer.replace("/shop", "/other")

    def place(value):
        return [place(one) for one in value] if isinstance(value, list) else places.get(value, value)

    moved = {}
    for name, value in changes.items():
        is_time = name in ("iat", "exp", "nbf") and isinstance(value, int)
        moved[name] = int(time.time()) + value if is_time else place(value)
    return moved


INACTIVE, AUDIENCE, MALFORMED = "Token is not active", "Token audience doesn't match", "The claims are malformed"


@pytest.mark.parametrize(
    "changes, description",
    [
        ({"aud": "{other}"}, AUDIENCE),
        ({"aud": ["{issuer}", "{other}"]}, AUDIENCE),
        ({"aud": ["{other}", "{issuer}"]}, AUDIENCE),
        ({"aud": []}, AUDIENCE),
        ({"aud": None}, AUDIENCE),
        ({"aud": ["{issuer}", 1]}, MALFORMED),
        ({"exp": None}, MALFORMED),
        ({"exp": "soon"}, MALFORMED),
        ({"exp": -20}, INACTIVE),
        ({"iat": +30}, INACTIVE),
        ({"nbf": +30}, INACTIVE),
        ({"iat": -80}, "Token was issued too far in the past"),
        ({"iat": None, "exp": +90}, "Token expiration is too far in the future"),
        ({"jti": None}, "Missing ID on the token"),
        ({"jti": ""}, "Missing ID on the token"),
        ({"jti": "x" * 257}, "Missing ID on the token"),
        ({"jti": 1}, MALFORMED),
    ],
)
def test_what_an_assertion_may_not_say(realm, changes, description):
    refused = "Client authentication with signed JWT failed: " + description
    assert_out(ask(realm, assertion_of(realm, **expand(realm, changes))), refused)


@pytest.mark.parametrize("make, client_id", [("ec", "issuer-only"), ("mac", "mac-issuer-only")])
def test_an_assertion_may_have_to_be_for_the_issuer_alone(realm, make, client_id):
    """FAPI 2.0 Security Profile §5.3.2.1: as a string, and no endpoint's address."""
    signed = assertion_of if make == "ec" else mac_of
    assert_in(ask(realm, signed(realm, client_id)), client_id)
    for audience in (["{issuer}"], "{token}", "{par}", "{ciba}", ["{issuer}", "{token}"], ["{token}"], "{other}", [], None):
        answer = ask(realm, signed(realm, client_id, **expand(realm, {"aud": audience})))
        assert answer.status == 400 and "Expected audience is" in answer.json()["error_description"], answer.text


def test_an_assertion_is_used_once(realm):
    first, again = assertion_of(realm), "Token reuse detected"
    assert_in(ask(realm, first), "jwt")
    assert_out(ask(realm, first), again)
    assert_in(ask(realm, assertion_of(realm, jti="one")), "jwt")
    assert_out(ask(realm, assertion_of(realm, jti="one")), again)
    assert_in(ask(realm, assertion_of(realm, "slow", jti="one")), "slow")  # another client's
    other = Realm(realm.base, "other")
    assert_in(ask(other, assertion_of(other, jti="one")), "jwt")
    wrong = assertion_of(realm, signer=STRANGER, jti="two")  # what is refused uses nothing up
    assert_out(ask(realm, wrong), "Signature on JWT token failed validation")
    assert_in(ask(realm, assertion_of(realm, jti="two")), "jwt")


@pytest.mark.parametrize(
    "client_id, signer, header, status, description",
    [
        ("jwt", STRANGER, {}, 400, "Signature on JWT token failed validation"),
        ("jwt", EC, {"kid": "unknown"}, 400, "Unable to load public key"),
        ("jwt", RSA, {"kid": "ec"}, 400, "Unable to load public key"),
        ("jwt", EC, {"typ": "dpop+jwt"}, 400, "Token is of another type"),
        ("jwt", EC, {"typ": "oauth-authz-req+jwt"}, 400, "Token is of another type"),
        ("jwt", EC, {"typ": "at+jwt"}, 400, "Token is of another type"),
        ("one-alg", EC, {}, 400, "invalid signature algorithm"),
        ("secret-alg", EC, {}, 400, "invalid signature algorithm"),
        ("keyless", EC, {}, 400, "Unable to load public key"),
        ("broken", EC, {}, 400, "Unable to load public key"),
        ("block", EC, {}, 400, "Signature on JWT token failed validation"),
        ("web", EC, {}, 400, "Missing client_id parameter"),
        ("x509", EC, {}, 400, "Missing client_id parameter"),
        ("nobody", EC, {}, 401, "Invalid client"),
    ],
)
def test_another_key_stays_out(realm, client_id, signer, header, status, description):
    assert_out(ask(realm, assertion_of(realm, client_id, signer, header)), description, status=status)


def test_nobody_speaks_for_another_client(realm):
    invalid = "Invalid client or Invalid client credentials"
    for changes in ({"iss": "web"}, {"sub": "slow"}, {"iss": None}, {"sub": None}, {"iss": realm.issuer}):
        answer = ask(realm, assertion_of(realm, "jwt", **changes))
        assert answer.status in (400, 401) and answer.json()["error"] == "invalid_client", answer.text
    assert_out(ask(realm, assertion_of(realm), client_id="web"), invalid, "unauthorized_client", 401)
    assert_out(ask(realm, assertion_of(realm), client_id="slow"), invalid, status=401)
    assert_in(ask(realm, assertion_of(realm), client_id="jwt"), "jwt")


def test_an_hmac_by_the_public_key_or_the_secret_is_no_proof(realm):
    for secret in (SECRET, json.dumps(EC.jwk()), public_block(EC)):
        assert_out(ask(realm, mac_of(realm, "jwt", secret=secret)), "invalid signature algorithm")
    unsigned = signing_input({"alg": "none"}, claims_of(realm, "jwt")) + "."
    assert_out(ask(realm, unsigned, client_id="jwt"), "", status=401)


def test_the_secret_is_no_substitute(realm):
    missing = "Parameter client_assertion_type is missing"
    for name in ("jwt", "mac"):
        assert_out(realm.client_credentials(Client(name, SECRET)), missing)
        assert_out(ask(realm, None, client_assertion_type=None, client_id=name, client_secret=SECRET), missing)
    assert_out(ask(realm, None, client_id="jwt"), "client_assertion parameter missing")
    assert_out(ask(realm, "x", client_id="jwt", client_assertion_type="urn:x"), "has value 'urn:x' but expected is")
    for text in ("x", "..", "a.b.c", assertion_of(realm) + "."):
        assert_out(ask(realm, text), "Invalid client", status=401)


@pytest.mark.sqlite("what a process did not see (test_nodes.py has what databases remember)")
def test_an_assertion_of_before_the_start_may_have_been_used(realm, work):
    file = work / "shop-realm.json"
    with Provider([file], work / "restarted") as provider:
        here = provider.realm("shop")
        assertion = assertion_of(here)
        assert_in(ask(here, assertion), "jwt")
        provider.stop()
        time.sleep(1.1)
        provider.start()
        assert_out(ask(here, assertion), "Token was made before the server started")
        assert_in(ask(here, assertion_of(here)), "jwt")


def test_every_endpoint_takes_assertions(realm):
    token = ask(realm, assertion_of(realm)).json()["access_token"]
    answer = ask(realm, assertion_of(realm), "token/introspect", token=token)
    assert (answer.status, answer.json()["active"]) == (200, True), answer.text
    answer = ask(realm, assertion_of(realm, aud=realm.endpoint("token/introspect")), "token/introspect", token=token)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client"), answer.text
    assert ask(realm, assertion_of(realm), "revoke", token=token).status == 200


@pytest.mark.parametrize("client_id, good", [("web", True), ("mac", True), ("ended", False), ("mac-ended", False)])
def test_a_secret_that_has_ended_signs_no_request(realm, client_id, good):
    more = {"client_id": client_id, "response_type": "code", "redirect_uri": "https://a.example/b"}
    text = signing_input({"alg": "HS256"}, {**claims_of(realm, client_id, sub=None), **more})
    request = f"{text}.{b64(hmac.new(SECRET.encode(), text.encode(), 'sha256').digest())}"
    answer = realm.browser().get(realm.endpoint("auth"), {"client_id": client_id, "request": request})
    assert answer.status == 400
    # What is signed is read, and has an address that is not the client's.
    assert ("redirect_uri" in answer.text) == good, answer.text


def test_discovery_tells_it(realm):
    document = realm.discovery().json()
    for name in ("token", "introspection", "revocation"):
        methods = document[f"{name}_endpoint_auth_methods_supported"]
        assert {"private_key_jwt", "client_secret_jwt", "client_secret_basic", "client_secret_post"} == set(methods)
        assert {"ES256", "RS256", "HS256"} <= set(document[f"{name}_endpoint_auth_signing_alg_values_supported"])
