# SPDX-License-Identifier: Apache-2.0
"""The programs of docs/usage/from-python-jose.md run as they stand there; those of "before" are in tests/python."""

import pathlib
import re
import time

import pytest
from jose import jwk, jwt
from jose.exceptions import JOSEError
from ostiary.jwk import Key

GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "usage" / "from-python-jose.md"
PAIR = Key.generate("RS256", kid="first")
ISSUER = "https://id.example.org/realms/shop"


def programs(kind):
    return re.findall(rf"```python {kind}\n(.*?)```", GUIDE.read_text(), re.S)


def names():
    private = PAIR.to_pem(private=True)
    claims = {"sub": "alice", "aud": "items-api", "iss": ISSUER, "exp": int(time.time()) + 60}
    return {
        "private_key": private,
        "public_key": PAIR.to_pem(),
        "jwks": {"keys": [Key.generate("ES256", kid="other").public().to_jwk(), PAIR.public().to_jwk()]},
        "issuer": ISSUER,
        "token": jwt.encode(claims, jwk.RSAKey(private, "RS256"), algorithm="RS256", headers={"kid": "first"}),
    }


@pytest.mark.parametrize("program", programs("after"))
def test_after(program):
    known = names()
    exec(compile(program, str(GUIDE), "exec"), known)
    assert known.get("content") == b"content" or known["claims"]["sub"] == "alice"


def test_before_is_refused_where_the_guide_says_so():
    refused = 0
    for program in programs("before"):
        try:
            exec(compile(program, str(GUIDE), "exec"), names())
        except JOSEError:
            refused += 1
    assert (len(programs("before")), refused) == (4, 3)
