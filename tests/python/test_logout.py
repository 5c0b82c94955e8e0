# SPDX-License-Identifier: Apache-2.0
"""Logout tokens (OpenID Connect Back-Channel Logout 1.0) in Python: the verifier, FastAPI, ASGI and WSGI."""

import pathlib
import secrets
import sys
import time
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI

import ostiary
import ostiary.asgi
import ostiary.wsgi
from ostiary.fastapi import OIDC

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(PROJECT / "tests/support"), str(PROJECT / "tests/integration")]

from fake_provider import FakeProvider, Key  # noqa: E402

EVENT = "http://schemas.openid.net/event/backchannel-logout"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture
def verifier(provider):
    with ostiary.Verifier(provider.issuer, "myapi") as made:
        assert made.wait_ready(60)
        yield made


def logout_token(provider, key=None, **changes):
    now = int(time.time())
    claims = {
        **{"iss": provider.issuer, "aud": "web", "iat": now, "exp": now + 120, "jti": secrets.token_hex(8)},
        **{"events": {EVENT: {}}, "sid": "session", **changes},
    }
    return (key or provider.key).sign(claims, typ="logout+jwt")


def is_good(verifier, provider, **claims):
    try:
        verifier.verify(provider.access_token(**claims))
    except ostiary.errors.RevokedError:
        return False
    return True


def test_the_verifier(verifier, provider):
    assert is_good(verifier, provider, sid="a")
    token = logout_token(provider, sid="a")
    verifier.receive_logout(token, "web")
    assert not is_good(verifier, provider, sid="a")
    assert is_good(verifier, provider, sid="b")
    for bad, clients in ((token, "web"), (logout_token(provider), "other"), (logout_token(provider, nonce="n"), ["web"])):
        with pytest.raises(ostiary.TokenError) as refused:
            verifier.receive_logout(bad, clients)
        assert refused.value.status == 400 and refused.value.message
    for nobody in ((), [""], [7]):
        with pytest.raises(ValueError, match="clients"):
            verifier.receive_logout(token, nobody)
    # A key that is not known yet is fetched.
    key = Key("later")
    provider.published.append(key)
    verifier.receive_logout(logout_token(provider, key, sid="c"), ["web"])
    assert not is_good(verifier, provider, sid="c")


def test_a_file_outlasts_the_process(provider, tmp_path):
    file = str(tmp_path / "revocations")
    for good in (True, False):
        with ostiary.Verifier(provider.issuer, "myapi", revocation_file=file) as made:
            assert made.wait_ready(60)
            assert is_good(made, provider, sid="kept") is good
            if good:
                made.receive_logout(logout_token(provider, sid="kept"), "web")


def application(kind, provider, verifier):
    """An application in a test client, and whether it takes a token."""
    if kind == "fastapi":
        oidc = OIDC(verifier=verifier, logout_clients="web")
        app = FastAPI()
        app.include_router(oidc.router)

        @app.get("/items")
        async def items(claims: Annotated[ostiary.Claims, Depends(oidc)]):
            return claims["sub"]

        return app
    if kind == "asgi":

        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return ostiary.asgi.Middleware(app, verifier, logout_clients=["web"])

    def plain(environ, start_response):
        start_response("200 OK", [])
        return [b""]

    return ostiary.wsgi.Middleware(plain, verifier, logout_clients="web")


@pytest.mark.parametrize("kind", ["fastapi", "asgi", "wsgi"])
def test_the_route(kind, provider, verifier):
    import anyio

    app = application(kind, provider, verifier)
    if kind == "wsgi":
        with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://api") as client:
            story(lambda *a, **k: client.request(*a, **k), provider)
        return

    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://api") as client:
            await anyio.to_thread.run_sync(story, lambda *a, **k: anyio.from_thread.run(ask(client, a, k)), provider)

    anyio.run(run)


def ask(client, arguments, named):
    async def asking():
        return await client.request(*arguments, **named)

    return asking


def story(request, provider):
    access = {"Authorization": f"Bearer {provider.access_token(sid='s')}"}

    def post(**how):
        return request("POST", "/backchannel-logout", **how)

    assert request("GET", "/items", headers=access).status_code == 200
    for bad in ({}, {"logout_token": "a"}, {"token": "a"}, {"logout_token": ["a", "b"]}):
        answer = post(data=bad)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert answer.headers["cache-control"] == "no-store"
    token = logout_token(provider, sid="s")
    assert post(json={"logout_token": token}).status_code == 400
    assert post(content=b"logout_token=" + b"a" * 40000, headers=FORM).status_code == 400
    assert post(data={"logout_token": logout_token(provider, sid="s", aud="other")}).status_code == 400
    assert request("GET", "/items", headers=access).status_code == 200
    answer = post(data={"logout_token": token})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert request("GET", "/items", headers=access).status_code == 401
    assert post(data={"logout_token": token}).status_code == 400
