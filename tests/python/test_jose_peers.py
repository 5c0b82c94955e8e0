# SPDX-License-Identifier: Apache-2.0
"""ostiary.jose and python-jose read what the other writes, and give back the same types."""

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ostiary.jose.jwe
import ostiary.jose.jws
import ostiary.jose.jwt
from ostiary.jwk import Key

theirs = pytest.importorskip("jose")
from jose import jwe, jws, jwt  # noqa: E402

OURS = ostiary.jose
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefé", max_size=5), inner, max_size=3),
    max_leaves=6,
)
# Names that neither side knows, so that nothing but the signature and the text is judged.
CLAIMS = st.dictionaries(st.text("xyzäß_", min_size=1, max_size=6), VALUES, max_size=4)
ALGORITHMS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
WRAPPING = ["dir", "RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW"]
CONTENT = {"A128GCM": 16, "A192GCM": 24, "A256GCM": 32, "A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64}
quick = settings(max_examples=60, deadline=None)


@functools.lru_cache(maxsize=None)
def pair(kind):
    """The private and the public key as PEM, or the secret twice."""
    if kind.startswith("HS"):
        return ("a secret of every length " * 4,) * 2
    key = Key.generate("RS256" if kind.startswith("RS") else kind)
    return key.to_pem(private=True), key.to_pem()


@functools.lru_cache(maxsize=None)
def keys(algorithm):
    return pair("RS") if algorithm.startswith("RS") else pair(algorithm)


@quick
@given(CLAIMS, st.sampled_from(ALGORITHMS), st.dictionaries(st.text("xyz", min_size=1), st.text("abc"), max_size=2))
def test_tokens_in_both_directions(claims, algorithm, headers):
    private, public = keys(algorithm)
    for write, read in ((OURS.jwt, jwt), (jwt, OURS.jwt)):
        token = write.encode(claims, private, algorithm=algorithm, headers=headers)
        assert type(token) is str
        assert read.decode(token, public, algorithms=[algorithm]) == claims
        assert read.get_unverified_header(token) == write.get_unverified_header(token)
        assert read.get_unverified_claims(token) == write.get_unverified_claims(token)
    if not algorithm.startswith("ES"):
        assert OURS.jwt.encode(claims, private, algorithm, headers) == jwt.encode(claims, private, algorithm, headers)


@quick
@given(st.binary(max_size=300), st.sampled_from(ALGORITHMS), st.integers(0, 10_000))
def test_a_changed_token_is_refused_by_both(payload, algorithm, at):
    private, public = keys(algorithm)
    token = jws.sign(payload, private, algorithm=algorithm)
    assert OURS.jws.verify(token, public, algorithm) == jws.verify(token, public, algorithm) == payload
    body = token.rindex(".")
    at %= body
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    for side, error in ((OURS.jws, OURS.JOSEError), (jws, theirs.JOSEError)):
        with pytest.raises(error):
            side.verify(changed, public, algorithm)


@quick
@given(st.binary(max_size=2000), st.sampled_from(WRAPPING), st.sampled_from(sorted(CONTENT)))
def test_encrypted_tokens_in_both_directions(content, algorithm, encryption):
    if algorithm.startswith("RSA"):
        private, public = pair("RS")
    else:
        size = CONTENT[encryption] if algorithm == "dir" else int(algorithm[1:4]) // 8
        private = public = bytes(range(1, size + 1))
    for write, read in ((OURS.jwe, jwe), (jwe, OURS.jwe)):
        token = write.encrypt(content, public, encryption, algorithm, cty="text", kid="one")
        assert type(token) is bytes
        assert read.decrypt(token, private) == content
        assert read.get_unverified_header(token) == write.get_unverified_header(token)


def test_compression_is_that_of_the_rfc():
    """RFC 7516 §4.1.3 has DEFLATE (RFC 1951); python-jose 3.5 writes it within zlib's frame (RFC 1950)."""
    secret = bytes(range(32))
    assert OURS.jwe.decrypt(OURS.jwe.encrypt(b"content" * 9, secret, zip="DEF"), secret) == b"content" * 9
    with pytest.raises(OURS.exceptions.JWEError):
        OURS.jwe.decrypt(jwe.encrypt(b"content" * 9, secret, zip="DEF"), secret)
