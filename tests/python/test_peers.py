# SPDX-License-Identifier: Apache-2.0
"""Random tokens in both directions with PyJWT and joserfc: what one signs the other accepts and reads alike,
and what is changed by one character nobody accepts."""

import functools
import json

import joserfc.errors
import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwe as joserfc_jwe
from joserfc import jwk as joserfc_jwk
from joserfc import jws as joserfc_jws

from ostiary import errors, jwe, jwk, jws, jwt

ALGORITHMS = ["RS256", "PS384", "ES256", "ES512", "EdDSA", "HS512"]
KEYS = {
    alg: jwk.Key.generate(alg) if alg != "HS512" else jwk.Key.from_secret(b"k" * 64, alg, kid="secret")
    for alg in ALGORITHMS
}
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
RESERVED = {"iss", "aud", "exp", "nbf", "iat", "sub", "jti"}
claims_sets = st.dictionaries(texts.filter(lambda name: name not in RESERVED), values, max_size=5)
BOUND = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@functools.lru_cache(maxsize=None)
def _sealing(alg):
    return jwk.Key.generate(alg)


def whole(claims):
    return {**claims, "iss": "https://me.example", "aud": "api", "exp": 4102444800}


def pyjwt_key(alg, private):
    key = KEYS[alg]
    if alg == "HS512":
        return b"k" * 64
    read = load_pem_private_key if private else load_pem_public_key
    pem = key.to_pem(private=private).encode()
    return read(pem, None) if private else read(pem)


def ours(token, alg):
    key = KEYS[alg] if alg == "HS512" else KEYS[alg].public()
    return jwt.verify(token, key, issuer="https://me.example", audience="api", algorithms=[alg])


@pytest.mark.parametrize("alg", ALGORITHMS)
@BOUND
@given(claims=claims_sets)
def test_pyjwt_reads_what_we_sign(alg, claims):
    token = jwt.sign(whole(claims), KEYS[alg], alg)
    read = pyjwt.decode(token, pyjwt_key(alg, False), algorithms=[alg], audience="api", issuer="https://me.example")
    assert read == whole(claims)


@pytest.mark.parametrize("alg", ALGORITHMS)
@BOUND
@given(claims=claims_sets)
def test_we_read_what_pyjwt_signs(alg, claims):
    token = pyjwt.encode(whole(claims), pyjwt_key(alg, True), algorithm=alg)
    assert ours(token, alg).to_dict() == json.loads(json.dumps(whole(claims)))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
@BOUND
@given(payload=st.binary(max_size=300))
def test_joserfc_and_we_read_each_other(alg, payload):
    theirs = joserfc_jwk.import_key(KEYS[alg].to_jwk(private=True))
    registry = joserfc_jws.JWSRegistry(algorithms=[alg])
    assert joserfc_jws.deserialize_compact(jws.sign(payload, KEYS[alg], alg), theirs, registry=registry).payload == payload
    token = joserfc_jws.serialize_compact({"alg": alg}, payload, theirs, registry=registry)
    assert jws.verify(token, KEYS[alg]).payload == payload


@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "ECDH-ES+A128KW", "A256KW"])
@pytest.mark.parametrize("enc", ["A128CBC-HS256", "A256GCM"])
@settings(BOUND, max_examples=15)
@given(content=st.binary(max_size=300))
def test_joserfc_and_we_decrypt_each_other(alg, enc, content):
    key = _sealing(alg)
    theirs = joserfc_jwk.import_key(key.to_jwk(private=True))
    registry = joserfc_jwe.JWERegistry(algorithms=[alg, enc])
    sealed = jwe.encrypt(content, key, alg, enc)
    assert joserfc_jwe.decrypt_compact(sealed, theirs, registry=registry).plaintext == content
    sealed = joserfc_jwe.encrypt_compact({"alg": alg, "enc": enc}, content, theirs, registry=registry)
    assert jwe.decrypt(sealed, key).content == content


@pytest.mark.parametrize("alg", ALGORITHMS)
@BOUND
@given(data=st.data())
def test_one_changed_character_is_refused_by_both(alg, data):
    token = jwt.sign(whole({"sub": "alice"}), KEYS[alg], alg)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCXYZabcxyz0189-_."))
    if token[at] == other or at == len(token) - 1:  # the last one may hold bits that count for nothing
        return
    changed = token[:at] + other + token[at + 1 :]
    with pytest.raises((errors.OstiaryError, ValueError)):
        ours(changed, alg)
    with pytest.raises((pyjwt.PyJWTError, joserfc.errors.JoseError, ValueError)):
        pyjwt.decode(changed, pyjwt_key(alg, False), algorithms=[alg], audience="api", issuer="https://me.example")


@BOUND
@given(token=st.text(max_size=200) | st.binary(max_size=200))
def test_no_text_is_a_token(token):
    for alg in ALGORITHMS:
        with pytest.raises(errors.OstiaryError):
            ours(token, alg)
