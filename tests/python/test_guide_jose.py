# SPDX-License-Identifier: Apache-2.0
"""The programs of docs/usage/from-python-jose.md before the change, with python-jose; tests/python-jose has those after."""

import pathlib
import re
import time

import pytest

from ostiary.jwk import Key

jose = pytest.importorskip("jose")
GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "usage" / "from-python-jose.md"
ISSUER = "https://id.example.org/realms/shop"


@pytest.mark.parametrize("program", re.findall(r"```python before\n(.*?)```", GUIDE.read_text(), re.S))
def test_before(program):
    from jose import jwt

    pair = Key.generate("RS256", kid="first")
    claims = {"sub": "alice", "aud": "items-api", "iss": ISSUER, "exp": int(time.time()) + 60}
    known = {
        "private_key": pair.to_pem(private=True),
        "public_key": pair.to_pem(),
        "jwks": {"keys": [pair.public().to_jwk()]},
        "issuer": ISSUER,
        "token": jwt.encode(claims, pair.to_pem(private=True), algorithm="RS256"),
    }
    exec(compile(program, str(GUIDE), "exec"), known)
    assert known.get("content") == b"content" or known["claims"]["sub"] == "alice"
