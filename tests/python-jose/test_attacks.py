# SPDX-License-Identifier: Apache-2.0
"""What is refused, by the interface of python-jose."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from jose import jwe, jwk, jws, jwt
from jose.exceptions import JOSEError, JWEError, JWKError, JWSError, JWTClaimsError, JWTError
from ostiary.jwk import Key

SECRET = b"a secret that is as long as its hash"
PAIR = Key.generate("RS256", kid="first")
PRIVATE, PUBLIC = PAIR.to_pem(private=True), PAIR.to_pem()
CURVE = Key.generate("ES256")
CLAIMS = {"sub": "alice", "aud": "items-api", "exp": int(time.time()) + 600}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header, claims=CLAIMS, secret=b""):
    """A token of this header, signed with HMAC whatever the header says."""
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{text}.{b64(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def with_header(more, key=None):
    """A good signature of ours over a header of the attacker's."""
    text = f"{b64(json.dumps({'alg': 'HS256', **more}).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    return f"{text}.{b64(jwk.construct(key or SECRET, 'HS256').sign(text.encode()))}"


def refused(token, key, algorithms=("HS256", "RS256"), **options):
    with pytest.raises(JOSEError) as caught:
        jwt.decode(token, key, algorithms=list(algorithms), audience="items-api", **options)
    assert str(token)[:40] not in str(caught.value)
    return caught.value


def test_what_is_good_is_accepted():
    assert jwt.decode(with_header({}), SECRET, algorithms=["HS256"], audience="items-api") == CLAIMS
    token = jwt.encode(CLAIMS, PRIVATE, algorithm="RS256", headers={"kid": "first"})
    assert type(token) is str
    assert jwt.decode(token, PUBLIC, algorithms=["RS256"], audience="items-api") == CLAIMS
    assert type(jws.verify(token, PUBLIC, "RS256")) is bytes


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 0, ["HS256"], {}])
@pytest.mark.parametrize("signature", ["", "AA"])
def test_no_signature(alg, signature):
    token = forged({"alg": alg, "kid": "first"}).rsplit(".", 1)[0] + f".{signature}"
    for key in (SECRET, PUBLIC, "", None):
        refused(token, key)
        refused(token, key, ["none", "HS256"])
        refused(token, key, ["HS256"], insecure_any_algorithm=True)
    with pytest.raises(JOSEError):
        jwt.decode(token, SECRET, insecure_any_algorithm=True, audience="items-api")


def test_none_is_never_registered():
    with pytest.raises(JWKError):
        jwk.register_key("none", jwk.HMACKey)


def test_a_stripped_signature():
    refused(with_header({}).rsplit(".", 1)[0] + ".", SECRET)
    refused(with_header({}).rsplit(".", 1)[0], SECRET)


PUBLIC_FORMS = {
    "pem": PUBLIC.encode(),
    "pem without its last line break": PUBLIC.strip().encode(),
    "pem after other text": b"\n key:\n" + PUBLIC.encode(),
    "der": PAIR.to_der(),
    "jwk": json.dumps(PAIR.public().to_jwk()).encode(),
    "ec pem": CURVE.to_pem().encode(),
    "ec der": CURVE.to_der(),
    "ssh rsa": b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB",
    "ssh ecdsa": b"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB",
}


@pytest.mark.parametrize("form", PUBLIC_FORMS)
def test_a_public_key_is_no_secret(form):
    """RS256 turned into HS256 (CVE-2015-9235, CVE-2024-33663)."""
    key = PUBLIC_FORMS[form]
    token = forged({"alg": "HS256"}, secret=key)
    for algorithms in (["HS256"], ["HS256", "RS256"], ["RS256"]):
        refused(token, key, algorithms)
    with pytest.raises(JOSEError):
        jwt.decode(token, key, insecure_any_algorithm=True, insecure_short_secret=True, audience="items-api")
    with pytest.raises(JWKError):
        jwk.HMACKey(key, "HS256", insecure_short_secret=True)
    with pytest.raises(JWSError):
        jws.sign(b"x", key, algorithm="HS256")


def test_algorithms_are_asked_for():
    token = with_header({})
    with pytest.raises(JWTError, match="insecure_any_algorithm=True"):
        jwt.decode(token, SECRET, audience="items-api")
    with pytest.raises(JWSError, match="insecure_any_algorithm=True"):
        jws.verify(token, SECRET, None)
    refused(token, SECRET, [])
    refused(token, SECRET, ["RS256"])
    assert jwt.decode(token, SECRET, audience="items-api", insecure_any_algorithm=True) == CLAIMS


def test_algorithms_as_text_are_one_name():
    for algorithms in ("RS256,HS256", "XHS256X", "HS2567", "HS"):
        with pytest.raises(JWTError):
            jwt.decode(with_header({}), SECRET, algorithms=algorithms, audience="items-api")


@pytest.mark.parametrize("secret", ["", b"", "key", "secret", b"31 bytes are one byte too few.."])
def test_weak_secrets(secret):
    error = refused(forged({"alg": "HS256"}, secret=secret if isinstance(secret, bytes) else secret.encode()), secret)
    assert isinstance(error, JWKError)
    with pytest.raises(JWSError):
        jwt.encode(CLAIMS, secret)
    if secret:
        token = jwt.encode(CLAIMS, secret, insecure_short_secret=True)
        options = {"audience": "items-api", "insecure_short_secret": True}
        assert jwt.decode(token, secret, algorithms=["HS256"], **options) == CLAIMS
        assert jws.verify(token, secret, "HS256", insecure_short_secret=True) == json.dumps(
            CLAIMS, separators=(",", ":")
        ).encode()
    else:
        with pytest.raises(JWKError):
            jwk.HMACKey(secret, "HS256", insecure_short_secret=True)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("length", [1, 31, 32, 63, 64, 65, 127, 128, 129, 1024, 1025, 5000])
def test_hmac_of_every_length_is_that_of_the_standard_library(algorithm, length):
    secret = bytes(range(1, 250)) * 21
    key = jwk.HMACKey(secret[:length], algorithm, insecure_short_secret=True)
    expected = hmac.digest(secret[:length], b"message", "sha" + algorithm[2:])
    assert key.sign(b"message") == expected
    assert key.verify(b"message", expected)
    assert not key.verify(b"message", expected[:-1])


@pytest.mark.parametrize(
    "more",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"zip": "DEF"},
        {"enc": "A128GCM"},
        {"kid": 1},
        {"kid": ["first"]},
    ],
)
def test_headers_that_are_not_understood(more):
    refused(with_header(more), SECRET)


@pytest.mark.parametrize("name", ["jwk", "jku", "x5c", "x5u"])
def test_a_key_in_the_token_is_not_looked_at(name):
    own = Key.generate("ES256")
    value = {"jwk": own.public().to_jwk(), "x5c": [b64(own.to_der())]}.get(name, "http://127.0.0.1:1/keys")
    text = f"{b64(json.dumps({'alg': 'ES256', name: value}).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    token = f"{text}.{b64(jwk.ECKey(own.to_pem(private=True), 'ES256').sign(text.encode()))}"
    refused(token, CURVE.to_pem(), ["ES256"])
    refused(token, PUBLIC, ["ES256", "RS256"])


def test_a_kid_of_another_key():
    jwks = {"keys": [{"kty": "oct", "kid": "a", "k": b64(SECRET)}, {"kty": "oct", "kid": "b", "k": b64(SECRET[::-1])}]}
    assert jwt.decode(with_header({"kid": "a"}), jwks, "HS256", audience="items-api") == CLAIMS
    refused(with_header({"kid": "b"}), jwks)
    refused(with_header({"kid": "../../a' OR 1=1\0"}), jwks)
    refused(with_header({"kid": "a" * 65536}), jwks)


@pytest.mark.parametrize("more", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"alg": "HS512"}, {"kty": "RSA"}])
def test_a_key_that_is_for_something_else(more):
    refused(with_header({}), {"kty": "oct", "k": b64(SECRET), **more})


def test_a_jwk_as_text_is_a_jwk():
    text = json.dumps({"kty": "oct", "k": b64(SECRET)})
    assert jws.verify(jws.sign(b"x", text, algorithm="HS256"), SECRET, "HS256") == b"x"


@pytest.mark.parametrize("keys", [1, None, "text", [], [1], [None], [[]], {}, [{"kty": "oct"}], [{"kty": "oct", "k": 1}]])
def test_a_set_of_anything(keys):
    refused(with_header({"kid": "a"}), {"keys": keys})


def test_a_key_of_the_caller_for_another_algorithm():
    key = jwk.construct(SECRET * 2, "HS512")
    token = jws.sign(b"{}", key, algorithm="HS512")
    assert jws.verify(token, key, "HS512") == b"{}"
    with pytest.raises(JWSError):
        jws.sign(b"{}", key, algorithm="HS256")
    with pytest.raises(JWSError):
        jws.verify(with_header({}, SECRET * 2), key, ["HS256", "HS512"])


def test_signatures_of_another_form():
    key = jwk.ECKey(CURVE.to_pem(private=True), "ES256")
    raw = key.sign(b"input")
    assert key.public_key().verify(b"input", raw)
    for other in (key._raw_to_der(raw), raw + b"\0", raw[:-1], b"", bytes(64), b"\0" * 31 + b"\1" + b"\0" * 31 + b"\1"):
        assert not key.public_key().verify(b"input", other)


def test_a_curve_of_another_algorithm():
    other = Key.generate("ES512")
    with pytest.raises(JWSError):
        jws.sign(b"x", other.to_pem(private=True), algorithm="ES256")
    with pytest.raises(JOSEError):
        jws.verify(jws.sign(b"x", other.to_pem(private=True), algorithm="ES512"), other.to_pem(), "ES256")


@pytest.mark.parametrize("change", ["{} ", " {}", "{}=", "{}==", "{}\n", "{}.", ".{}", "{}.x", "{}\u00e9", "{}\0"])
def test_tokens_of_another_form(change):
    refused(change.format(with_header({})), SECRET)


def test_a_last_character_that_says_the_same():
    """43 characters hold two bits more than 32 bytes."""
    token = with_header({})
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    refused(token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1], SECRET)


@pytest.mark.parametrize("text", ['{"alg":"HS256","alg":"none"}', '{"alg":"none","alg":"HS256"}', "[]", '"HS256"', "{", ""])
def test_headers_of_another_form(text):
    signed = f"{b64(text.encode())}.{b64(json.dumps(CLAIMS).encode())}"
    refused(f"{signed}.{b64(hmac.digest(SECRET, signed.encode(), hashlib.sha256))}", SECRET)


def signed_text(claims):
    return jws.sign(claims.encode(), SECRET, algorithm="HS256")


@pytest.mark.parametrize(
    "claims",
    [
        '{"aud":"items-api","aud":"other"}',
        '{"aud":"items-api","exp":"99999999999"}',
        '{"aud":"items-api","exp":true}',
        '{"aud":"items-api","exp":null}',
        '{"aud":"items-api","exp":NaN}',
        '{"aud":"items-api","exp":Infinity}',
        '{"aud":"items-api","exp":1e999}',
        '{"aud":"items-api","exp":[99999999999]}',
        '{"aud":"items-api","exp":0}',
        '{"aud":"items-api","exp":-1}',
        '{"aud":"items-api","nbf":99999999999}',
        '{"aud":"items-api","nbf":"0"}',
        '{"aud":"items-api","iat":{}}',
        '{"aud":"other"}',
        '{"aud":["other"]}',
        '{"aud":{"items-api":1}}',
        '{"aud":["items-api",1]}',
        '{"aud":null}',
        '{"aud":"items-api","sub":1}',
        '{"aud":"items-api","jti":1}',
        "{}",
        "[]",
        "1",
        "",
        "[" * 100000,
    ],
)
def test_claims_of_another_form(claims):
    refused(signed_text(claims), SECRET)


def test_now_is_too_late(monkeypatch):
    """On or after exp is too late (RFC 7519 §4.1.4)."""
    monkeypatch.setattr("ostiary.jose.jwt.time", lambda: 1000.0)
    for exp, good in ((999, False), (1000, False), (1001, True)):
        token = signed_text(json.dumps({"exp": exp}))
        if good:
            assert jwt.decode(token, SECRET, "HS256") == {"exp": exp}
        else:
            with pytest.raises(JWTError):
                jwt.decode(token, SECRET, "HS256")


def test_an_audience_that_is_missing():
    token = signed_text('{"sub":"alice"}')
    with pytest.raises(JWTClaimsError):
        jwt.decode(token, SECRET, "HS256", audience="items-api")
    assert jwt.decode(token, SECRET, "HS256", audience="items-api", insecure_missing_audience=True)
    assert jwt.decode(token, SECRET, "HS256")
    with pytest.raises(JWTClaimsError):
        jwt.decode(token, SECRET, "HS256", subject="bob")
    with pytest.raises(JWTClaimsError):
        jwt.decode(token, SECRET, "HS256", issuer="https://id.example.org")


def test_weak_rsa_keys():
    cryptography = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    key = cryptography.generate_private_key(65537, 1024)
    with pytest.raises(JWKError):
        jwk.RSAKey(key, "RS256")


@pytest.mark.parametrize("thing", [None, 1, [], {}, object(), "", b"", "\udcff", "x" * 2_000_000, b"\0", "a.b.c", True])
def test_anything_anywhere(thing):
    for call in (
        lambda: jwt.decode(thing, SECRET, algorithms=["HS256"]),
        lambda: jws.verify(with_header({}), thing, ["HS256"]),
        lambda: jwe.decrypt(thing, SECRET[:32]),
        lambda: jwe.get_unverified_header(thing),
        lambda: jwt.get_unverified_header(thing),
        lambda: jwt.get_unverified_claims(thing),
        lambda: jwk.construct(thing, "RS256"),
        lambda: jwk.construct(thing, "ES256"),
        lambda: jwe.encrypt(b"x", thing),
    ):
        with pytest.raises(JOSEError) as caught:
            call()
        assert len(str(caught.value)) < 400


def test_rsa1_5_is_refused():
    header = b64(b'{"alg":"RSA1_5","enc":"A128GCM"}')
    with pytest.raises(JWEError, match="RSA1_5"):
        jwe.decrypt(f"{header}.AA.AA.AA.AA", PRIVATE)
    with pytest.raises(JWEError, match="RSA1_5"):
        jwe.encrypt(b"x", PUBLIC, "A128GCM", "RSA1_5")


def test_an_encrypted_token_that_was_changed():
    token = jwe.encrypt(b"content", SECRET[:32], "A256GCM", "dir")
    assert type(token) is bytes and jwe.decrypt(token, SECRET[:32]) == b"content"
    for at in range(0, len(token), 5):
        with pytest.raises(JWEError):
            jwe.decrypt(token[:at] + (b"A" if token[at : at + 1] != b"A" else b"B") + token[at + 1 :], SECRET[:32])


def test_an_encrypted_token_of_python_joses_size():
    """Beyond the 64 KiB of a compact token of the library."""
    content = bytes(range(256)) * 600
    assert jwe.decrypt(jwe.encrypt(content, PUBLIC, "A256GCM", "RSA-OAEP"), PRIVATE) == content
    with pytest.raises(JWEError):
        jwe.decrypt(jwe.encrypt(bytes(300 * 1024), SECRET[:32], zip="DEF"), SECRET[:32])
