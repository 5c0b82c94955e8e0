# SPDX-License-Identifier: Apache-2.0
"""requests-oauthlib: PKCE, and the refresh that it does by itself when a token is over."""

import os

from requests_oauthlib import OAuth2Session
from user import CALLBACK, CLIENT_ID, CLIENT_SECRET, PROTOCOL, logged_in, new_browser

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http on the loopback
TOKEN = f"{PROTOCOL}/token"
saved = []
session = OAuth2Session(
    CLIENT_ID,
    redirect_uri=CALLBACK,
    scope=["openid", "email"],
    pkce="S256",
    auto_refresh_url=TOKEN,
    auto_refresh_kwargs={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
    token_updater=saved.append,
)
url, state = session.authorization_url(f"{PROTOCOL}/auth", nonce="nonce-1")
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # the profile scope is a default one: more than was asked for
first = session.fetch_token(TOKEN, authorization_response=logged_in(new_browser(), url), client_secret=CLIENT_SECRET)
assert session.get(f"{PROTOCOL}/userinfo").json()["email"] == "alice@example.com"
session.token = {**first, "expires_in": -1, "expires_at": 1}
assert session.get(f"{PROTOCOL}/userinfo").json()["email"] == "alice@example.com"
assert saved and saved[0]["access_token"] != first["access_token"], saved
