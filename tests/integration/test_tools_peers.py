# SPDX-License-Identifier: Apache-2.0
"""The tools against `jose` of latchset, crosswise: the keys of each sign, verify, encrypt and decrypt with
both. What the two mean by a key of an algorithm is the same, and so is what they put into a message."""

import json
import shutil
import subprocess

import pytest
from needs import must_have
from peers import Unavailable
from programs import provider_program

SIGNATURES = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 HS256 HS384 HS512".split()
KEYS = "ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW A128KW A192KW A256KW A128GCMKW A192GCMKW A256GCMKW".split()
CONTENTS = "A128GCM A192GCM A256GCM A128CBC-HS256 A192CBC-HS384 A256CBC-HS512".split()
PLAIN = b"any bytes: \x00\xff\n"


@pytest.fixture(scope="module")
def jose_program():
    def find():
        found = shutil.which("jose")
        if found is None:
            raise Unavailable("jose is not installed (script/bootstrap test)")
        return found

    return must_have(find)


def run(*arguments, feed=b""):
    done = subprocess.run([*map(str, arguments)], input=feed, capture_output=True, timeout=60)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


@pytest.fixture
def jose(jose_program):
    return lambda *arguments, feed=b"": run(jose_program, *arguments, feed=feed)


def ostiary(*arguments, feed=b""):
    return run(provider_program(), *arguments, feed=feed)


@pytest.fixture
def pair(jose, tmp_path):
    """A key of either program: the files of its private and its public half, as that program writes them."""

    def make(whose, alg):
        private, public = tmp_path / f"{whose}.{alg}.jwk", tmp_path / f"{whose}.{alg}.public.jwk"
        if whose == "jose":
            private.write_bytes(jose("jwk", "gen", "-i", json.dumps({"alg": alg})))
            shared = json.loads(private.read_text())["kty"] == "oct"
            public.write_bytes(b"" if shared else jose("jwk", "pub", "-i", private))
        else:
            ostiary("jwk", "generate", "--alg", alg, "--output", private)
            shared = json.loads(private.read_text())["kty"] == "oct"
            public.write_bytes(b"" if shared else ostiary("jwk", "public", private))
        return private, private if shared else public

    return make


@pytest.mark.parametrize("whose", ("jose", "ostiary"))
@pytest.mark.parametrize("alg", SIGNATURES)
def test_signatures(jose, pair, whose, alg):
    private, public = pair(whose, alg)
    for form in ((), ("-c",)):
        message = jose("jws", "sig", "-I", "-", "-k", private, *form, feed=PLAIN)
        assert ostiary("jws", "verify", "--key", public, feed=message) == PLAIN
    for form in ((), ("--json",), ("--general",)):
        message = ostiary("jws", "sign", "--key", private, *form, feed=PLAIN)
        # What jose reads as compact has no line feed behind it.
        assert jose("jws", "ver", "-i", "-", "-k", public, "-O", "-", feed=message.strip()) == PLAIN


@pytest.mark.parametrize("alg", ("RS256", "ES384", "HS256"))
def test_thumbprints_and_public_halves(jose, pair, alg):
    for whose in ("jose", "ostiary"):
        private, public = pair(whose, alg)
        told = ostiary("jwk", "thumbprint", private).strip()
        assert told == ostiary("jwk", "thumbprint", public).strip() == jose("jwk", "thp", "-i", private).strip()


@pytest.mark.parametrize("whose", ("jose", "ostiary"))
@pytest.mark.parametrize("alg", KEYS)
def test_encryption(jose, pair, whose, alg):
    private, public = pair(whose, alg)
    for form in ((), ("-c",)):
        message = jose("jwe", "enc", "-I", "-", "-k", public, *form, feed=PLAIN)
        assert ostiary("jwe", "decrypt", "--key", private, feed=message) == PLAIN
    for content in CONTENTS:
        for form in ((), ("--json",)):
            message = ostiary("jwe", "encrypt", "--key", public, "--enc", content, *form, feed=PLAIN)
            assert jose("jwe", "dec", "-i", "-", "-k", private, feed=message.strip()) == PLAIN


@pytest.mark.parametrize("content", CONTENTS)
def test_keys_that_encrypt_the_content_themselves(jose, pair, content):
    """jose calls such a key by the content encryption that it is for, and so tells which."""
    private, _ = pair("jose", content)
    message = jose("jwe", "enc", "-I", "-", "-k", private, "-c", feed=PLAIN)
    assert ostiary("jwe", "decrypt", "--key", private, feed=message) == PLAIN
    message = ostiary("jwe", "encrypt", "--key", private, feed=PLAIN)
    assert content in ostiary("jwe", "inspect", feed=message).decode()
    assert jose("jwe", "dec", "-i", "-", "-k", private, feed=message.strip()) == PLAIN


def test_compressed(jose, pair):
    """The other way round jose 11 says "zip" and does not compress."""
    private, public = pair("jose", "A256KW")
    message = ostiary("jwe", "encrypt", "--key", public, "--deflate", feed=PLAIN * 100)
    assert jose("jwe", "dec", "-i", "-", "-k", private, feed=message.strip()) == PLAIN * 100


def test_for_several_by_several(jose, pair, tmp_path):
    (one, one_public), (two, two_public) = pair("jose", "ES256"), pair("ostiary", "RS256")
    message = ostiary("jws", "sign", "--key", one, "--key", two, feed=PLAIN)
    assert jose("jws", "ver", "-a", "-i", "-", "-k", one_public, "-k", two_public, "-O", "-", feed=message) == PLAIN
    message = jose("jws", "sig", "-I", "-", "-k", one, "-k", two, feed=PLAIN)
    for public in (one_public, two_public):
        assert ostiary("jws", "verify", "--key", public, feed=message) == PLAIN
    (one, one_public), (two, two_public) = pair("jose", "ECDH-ES+A128KW"), pair("ostiary", "A256KW")
    message = jose("jwe", "enc", "-I", "-", "-k", one_public, "-k", two_public, feed=PLAIN)
    for private in (one, two):
        assert ostiary("jwe", "decrypt", "--key", private, feed=message) == PLAIN
    message = ostiary("jwe", "encrypt", "--key", one_public, "--key", two_public, feed=PLAIN)
    for private in (one, two):
        assert jose("jwe", "dec", "-i", "-", "-k", private, feed=message) == PLAIN


def test_forms(jose, pair):
    """What the two make of a message in another form is the same, and stays good."""
    private, public = pair("jose", "ES256")
    flat = jose("jws", "sig", "-I", "-", "-k", private, feed=PLAIN)
    compact = ostiary("jws", "format", "--to", "compact", feed=flat)
    assert compact.strip() == jose("jws", "fmt", "-c", "-i", "-", feed=flat).strip()
    assert json.loads(ostiary("jws", "format", "--to", "json", feed=compact)) == json.loads(flat)
    general = ostiary("jws", "format", "--to", "general", feed=compact)
    assert jose("jws", "ver", "-i", "-", "-k", public, "-O", "-", feed=general) == PLAIN
    assert ostiary("jws", "format", "--to", "compact", feed=general) == compact
    private, public = pair("jose", "A256KW")
    compact = jose("jwe", "enc", "-I", "-", "-k", public, "-c", feed=PLAIN)
    flat = ostiary("jwe", "format", "--to", "json", feed=compact)
    assert ostiary("jwe", "format", "--to", "compact", feed=flat).strip() == compact.strip()
    for message in (flat, ostiary("jwe", "format", "--to", "general", feed=flat)):
        assert jose("jwe", "dec", "-i", "-", "-k", private, feed=message) == PLAIN
        assert ostiary("jwe", "decrypt", "--key", private, feed=message) == PLAIN


def test_a_set(jose, pair, tmp_path):
    files = [pair(whose, "ES256")[1] for whose in ("jose", "ostiary")]
    whole = tmp_path / "set"
    whole.write_bytes(ostiary("jwk", "set", *files))
    assert json.loads(jose("jwk", "pub", "-s", "-i", whole))["keys"]
    for whose in ("jose", "ostiary"):
        message = jose("jws", "sig", "-I", "-", "-k", tmp_path / f"{whose}.ES256.jwk", "-c", feed=PLAIN)
        assert jose("jws", "ver", "-i", "-", "-k", whole, "-O", "-", feed=message) == PLAIN
    message = ostiary("jws", "sign", "--key", tmp_path / "ostiary.ES256.jwk", feed=PLAIN)
    assert ostiary("jws", "verify", "--key", whole, feed=message) == PLAIN


def test_base64url(jose):
    for length in range(40):
        data = bytes(range(200, 200 + length))
        encoded = jose("b64", "enc", "-I", "-", feed=data)
        assert ostiary("base64url", "encode", feed=data).strip() == encoded.strip()
        assert ostiary("base64url", "decode", feed=encoded) == data


def test_every_algorithm_of_the_peer_is_known(jose):
    """But for those that are no use: RSA1_5 (behind a switch), SHA-1 and raw key agreement."""
    here = {line.split()[1] for line in ostiary("jwk", "algorithms").decode().splitlines()}
    there = set(jose("alg").decode().split())
    assert there - here == {"RSA1_5", "DEF", "ECDH", "ECMR", "S1", "S224", "S256", "S384", "S512"}
