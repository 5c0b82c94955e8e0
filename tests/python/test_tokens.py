# SPDX-License-Identifier: Apache-2.0
"""Tokens, signatures, encryption and keys with keys of one's own."""

import time

import pytest

from ostiary import errors, jwe, jwk, jws, jwt

ISSUER = "https://me.example"


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA", "ES256K"])
def test_a_token_of_every_family(algorithm):
    key = jwk.Key.generate(algorithm)
    token = jwt.sign({"iss": ISSUER, "aud": "api", "sub": "me"}, key, algorithm, lifetime=60)
    asked = {"issuer": ISSUER, "audience": "api", "algorithms": [algorithm]}
    assert jwt.verify(token, key.public(), **asked)["sub"] == "me"
    assert jwt.verify(token, jwk.KeySet([key.public()]), **asked)["sub"] == "me"


def test_a_shared_secret_must_be_named():
    key = jwk.Key.from_secret(b"s" * 32, "HS256")
    token = jwt.sign({"iss": ISSUER, "aud": "api"}, key, "HS256", lifetime=60)
    with pytest.raises(errors.MalformedTokenError):
        jwt.verify(token, key, issuer=ISSUER, audience="api")
    assert jwt.verify(token, key, issuer=ISSUER, audience="api", algorithms=["HS256"])
    with pytest.raises(TypeError, match="algorithms: must be a list"):
        jwt.verify(token, key, issuer=ISSUER, audience="api", algorithms="HS256")


def test_times_are_looked_at():
    key = jwk.Key.generate("ES256")
    now = int(time.time())
    token = jwt.sign({"iss": ISSUER, "aud": "api", "exp": now - 10}, key, "ES256")
    assert jwt.verify(token, key, issuer=ISSUER, audience="api")
    with pytest.raises(errors.ExpiredError):
        jwt.verify(token, key, issuer=ISSUER, audience="api", leeway=0)
    with pytest.raises(ValueError, match="lifetime"):
        jwt.sign({"iss": ISSUER}, key, "ES256")


def test_nested_tokens():
    signing, sealing = jwk.Key.generate("ES256"), jwk.Key.generate("ECDH-ES+A128KW")
    token = jwt.sign({"iss": ISSUER, "aud": "api"}, signing, "ES256", lifetime=60)
    sealed = jwe.encrypt(token, sealing.public(), "ECDH-ES+A128KW", cty="JWT")
    assert jwt.verify(sealed, signing, issuer=ISSUER, audience="api", decryption_keys=sealing).issuer == ISSUER


def test_signatures_in_every_form():
    key = jwk.Key.generate("ES256", kid="one")
    verified = jws.verify(jws.sign(b"payload", key, "ES256", typ="note"), key)
    assert verified.payload == b"payload" and verified.header == {"alg": "ES256", "kid": "one", "typ": "note"}
    detached = jws.sign(b"far away", key, "ES256", detached=True, unencoded=True)
    assert jws.verify(detached, key, payload=b"far away", unencoded=True).payload == b"far away"
    general = jws.sign_json(b"both", [(key, "ES256"), (jwk.Key.generate("EdDSA"), "EdDSA", {"note": 1})])
    assert jws.verify_json(general, key).payload == b"both"
    assert jws.verify_json(jws.sign_json(b"one", key, "ES256"), key).algorithm == "ES256"


def test_encryption_in_every_form():
    key = jwk.Key.generate("RSA-OAEP-256")
    opened = jwe.decrypt(jwe.encrypt(b"content", key.public(), "RSA-OAEP-256"), key)
    assert opened.content == b"content" and opened.encryption == "A256GCM"
    other = jwk.Key.generate("A256KW", kid="two")
    text = jwe.encrypt_json(b"for two", [(key.public(), "RSA-OAEP-256"), (other, "A256KW")], aad=b"seen by all")
    assert jwe.decrypt_json(text, other).aad == b"seen by all"
    with pytest.raises(errors.DecryptionError):
        jwe.decrypt(jwe.encrypt(b"x", jwk.Key.generate("A256KW", kid="two"), "A256KW"), other)


def test_keys_are_read_and_written():
    key = jwk.Key.generate("RS256", kid="one")
    for again in (
        jwk.Key.from_jwk(key.to_jwk(private=True)),
        jwk.Key.from_pem(key.to_pem(private=True)),
        jwk.Key.from_der(key.to_der(private=True)),
    ):
        assert again.is_private and again.thumbprint() == key.thumbprint()
    public = jwk.Key.from_pem(key.to_pem(), algorithm="RS256", kid="x")
    assert not public.is_private and public.kid == "x" and public.algorithms == ("RS256",)
    with pytest.raises(errors.KeyUseError):
        public.to_jwk(private=True)
    with pytest.raises(errors.WeakKeyError):
        jwk.Key.from_secret(b"short", "HS256")
    with pytest.raises(errors.KeyFormatError):
        jwk.Key.from_pem("no PEM")
    found = jwk.KeySet.from_jwks({"keys": [key.to_jwk()]})
    assert len(found) == 1 and found.find("RS256", kid="one").thumbprint() == key.thumbprint()
    with pytest.raises(errors.UnknownKeyError):
        found.find("RS256", kid="two")
