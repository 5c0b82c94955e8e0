# SPDX-License-Identifier: Apache-2.0
"""python-keycloak's KeycloakOpenID: login, refresh, userinfo, introspection, its own check of tokens, logout."""

import urllib.parse

from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakPostError
from user import CALLBACK, CLIENT_ID, CLIENT_SECRET, ISSUER, logged_in, new_browser

server, _, realm = ISSUER.partition("/realms/")
openid = KeycloakOpenID(server, realm, CLIENT_ID, CLIENT_SECRET, pool_maxsize=1)
url = openid.auth_url(CALLBACK, scope="openid email", state="state-1")
back = urllib.parse.urlsplit(logged_in(new_browser(), url))
code = urllib.parse.parse_qs(back.query)["code"][0]
tokens = openid.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
assert openid.decode_token(tokens["access_token"])["azp"] == CLIENT_ID
assert openid.userinfo(tokens["access_token"])["email"] == "alice@example.com"
fresh = openid.refresh_token(tokens["refresh_token"])
assert fresh["access_token"] != tokens["access_token"]
assert openid.introspect(fresh["access_token"])["active"]
assert "BEGIN" not in openid.public_key()
openid.logout(fresh["refresh_token"])
assert not openid.introspect(fresh["access_token"])["active"]
try:
    openid.refresh_token(fresh["refresh_token"])
    raise AssertionError("the session is over")
except KeycloakPostError as refused:
    assert b"invalid_grant" in refused.response_body, refused

tokens = openid.token("alice", "alice-password")
access = "urn:ietf:params:oauth:token-type:access_token"
exchanged = openid.exchange_token(tokens["access_token"], subject_token_type=access, requested_token_type=access)
assert openid.introspect(exchanged["access_token"])["active"]
