# SPDX-License-Identifier: Apache-2.0
"""Authlib in a Starlette application, and its OAuth 2.0 client for httpx."""

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from user import CALLBACK, CLIENT_ID, CLIENT_SECRET, DISCOVERY, ORIGIN, PROTOCOL, asks_again, logged_in, new_browser

oauth = OAuth()
oauth.register(
    "provider",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    server_metadata_url=DISCOVERY,
    client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
)


async def login(request):
    return await oauth.provider.authorize_redirect(request, CALLBACK, max_age=900)


async def callback(request):
    return JSONResponse(await oauth.provider.authorize_access_token(request))


async def logout(request):
    token = request.query_params["id_token"]
    return await oauth.provider.logout_redirect(request, f"{ORIGIN}/bye", id_token_hint=token)


async def bye(request):
    await oauth.provider.validate_logout_response(request)
    return JSONResponse("bye")


routes = [Route("/login", login), Route("/callback", callback), Route("/logout", logout), Route("/bye", bye)]
session = Middleware(SessionMiddleware, secret_key="a secret of the session")
application = TestClient(Starlette(routes=routes, middleware=[session]), base_url=ORIGIN, follow_redirects=False)
browser = new_browser()

to_provider = application.get("/login").headers["location"]
back = logged_in(browser, to_provider)
tokens = application.get(back).json()
assert tokens["userinfo"]["email"] == "alice@example.com", tokens

with OAuth2Client(CLIENT_ID, CLIENT_SECRET, token=tokens, token_endpoint=f"{PROTOCOL}/token") as client:
    assert client.get(f"{PROTOCOL}/userinfo").json()["sub"] == tokens["userinfo"]["sub"]
    fresh = client.refresh_token(f"{PROTOCOL}/token", refresh_token=tokens["refresh_token"])
    assert fresh["access_token"] != tokens["access_token"]
    assert client.get(f"{PROTOCOL}/userinfo").status_code == 200
    seen = client.introspect_token(f"{PROTOCOL}/token/introspect", token=fresh["access_token"]).json()
    assert seen["active"] and seen["client_id"] == CLIENT_ID, seen

    leave = application.get("/logout", params={"id_token": fresh["id_token"]}).headers["location"]
    answer = browser.get(leave)
    assert answer.location.startswith(f"{ORIGIN}/bye?state="), answer.location
    assert application.get(answer.location).json() == "bye"
    assert asks_again(browser, to_provider)
    try:
        client.refresh_token(f"{PROTOCOL}/token", refresh_token=fresh["refresh_token"])
        raise AssertionError("the session is over")
    except OAuthError as refused:
        assert refused.error == "invalid_grant", refused

    again = client.fetch_token(grant_type="client_credentials")
    client.revoke_token(f"{PROTOCOL}/revoke", token=again["access_token"], token_type_hint="access_token")
