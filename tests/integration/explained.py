# SPDX-License-Identifier: Apache-2.0
"""A token, keys, and what `ostiary token explain` says of it."""

import base64
import json
import subprocess

import pytest
from programs import provider_program, unless_given

NOW = 1_700_000_000
ISSUER = "https://id.example.org/realms/a"
CLAIMS = {
    "iss": ISSUER,
    "aud": ["api", "account"],
    "sub": "alice",
    "azp": "web",
    "typ": "Bearer",
    "scope": "openid read",
    "realm_access": {"roles": ["user"]},
    "resource_access": {"api": {"roles": ["reader"]}},
    "exp": NOW + 300,
    "iat": NOW - 10,
}


def run(*arguments, feed=""):
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], input=feed, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name, alg in (("own", "ES256"), ("foreign", "ES256")):
        kid = ("--kid", "k1")
        assert run("jwk", "generate", "--alg", alg, *kid, "--output", folder / f"{name}.jwk").returncode == 0
    assert run("jwk", "set", folder / "own.jwk", "--output", folder / "keys.jwks").returncode == 0
    return folder


def part(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(keys, claims, name="own", header=None, typ="JWT"):
    """A token of these claims; a header of one's own makes the signature wrong."""
    done = run("jws", "sign", "--key", keys / f"{name}.jwk", "--type", typ, feed=json.dumps(claims))
    token = done.stdout.strip()
    return token if header is None else part(header) + token[token.index(".") :]


def explain(keys, token, *more, audience="api"):
    usual = unless_given({"--jwks": keys / "keys.jwks"}, more)
    done = run("token", "explain", "--json", "--issuer", ISSUER, "--audience", audience, "--now", NOW, *usual, *more, feed=token)
    assert done.stderr == "", done.stderr
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["allowed"] else 1)
    if len(token) > 40:
        assert token not in done.stdout
    return told


def failed(told):
    return [check["check"] for check in told["checks"] if check["outcome"] == "failed"]


def without(name):
    return {key: value for key, value in CLAIMS.items() if key != name}


def check_of(told, name):
    return next(check for check in told["checks"] if check["check"] == name)
