# SPDX-License-Identifier: Apache-2.0
"""The code of docs/usage/python-migrating.md, before and after: both let a good token in, and ours follows the issuer."""

import asyncio
import pathlib
import re
import sys

import httpx
import pytest

from ostiary import testing

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "usage" / "python-migrating.md"


def pieces():
    """(heading, before, after) of each section."""
    for section in PAGE.read_text().split("\n## ")[1:]:
        code = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        assert len(code) == 2, section
        yield section.partition("\n")[0], *code


@pytest.fixture
def issuer():
    with testing.Issuer("items-api") as made:
        yield made


def run(code, issuer):
    """What the piece of code defines: a function, or an application."""
    defined = {"ISSUER": issuer.url, "__name__": "guide"}
    exec(compile(code, str(PAGE), "exec", dont_inherit=True), defined)
    return defined


def user_by(defined, token):
    """Who the program says it is; None when it refuses."""
    if "user_of" in defined:
        try:
            return defined["user_of"](token)
        except Exception:
            return None
    app, fields = defined["app"], {"Authorization": f"Bearer {token}"}
    if hasattr(app, "wsgi_app"):
        answer = app.test_client().get("/items/", headers=fields)
        return answer.json["user"] if answer.status_code == 200 else refused(answer.status_code)

    async def main():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://items") as client:
            return await client.get("/items/", headers=fields)

    answer = asyncio.run(main())
    return answer.json()["user"] if answer.status_code == 200 else refused(answer.status_code)


def refused(status):
    assert status == 401
    return None


def close(defined):
    """Closes what the piece of code opened: programs leave that to their end."""
    opened = [defined.get("verifier"), getattr(defined.get("oidc"), "verifier", None)]
    opened.append(getattr(getattr(defined.get("app"), "wsgi_app", None), "_verifier", None))
    for verifier in opened:
        if verifier is not None:
            verifier.close()


@pytest.mark.parametrize("piece", list(pieces()), ids=lambda piece: piece[0])
def test_before_and_after(issuer, piece):
    name, before, after = piece
    if name == "From Authlib" and sys.version_info < (3, 10):
        pytest.skip("the last Authlib for Python 3.9 takes no keys of joserfc's")
    for code in (before, after):
        defined = run(code, issuer)
        assert user_by(defined, issuer.token("bob")) == "bob"
        assert user_by(defined, issuer.token(lifetime=-900)) is None
        assert user_by(defined, issuer.token()[:-4] + "AAAA") is None
        close(defined)


@pytest.mark.parametrize("piece", list(pieces()), ids=lambda piece: piece[0])
def test_after_it_starts_without_the_issuer_and_follows_it(issuer, piece):
    issuer.down = True
    defined = run(piece[2], issuer)
    issuer.down = False
    deadline = 200
    while user_or_none(defined, issuer.token("bob")) != "bob" and deadline > 0:
        deadline -= 1
        asyncio.run(asyncio.sleep(0.1))
    assert deadline > 0
    issuer.rotate()
    assert user_by(defined, issuer.token("bob")) == "bob"
    assert user_by(defined, issuer.token(audience="other")) is None
    close(defined)


def user_or_none(defined, token):
    """The same where 503 may be the answer as well."""
    try:
        return user_by(defined, token)
    except AssertionError:
        return None
