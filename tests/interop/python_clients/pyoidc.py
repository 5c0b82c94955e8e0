# SPDX-License-Identifier: Apache-2.0
"""pyoidc (package oic): discovery, the code flow with its checks of the ID token, userinfo, refresh, logout."""

from oic import rndstr
from oic.oauth2.message import ErrorResponse
from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD
from user import CALLBACK, CLIENT_ID, CLIENT_SECRET, ISSUER, ORIGIN, asks_again, logged_in, new_browser

client = Client(client_authn_method=CLIENT_AUTHN_METHOD)
client.provider_config(ISSUER)
registered = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [CALLBACK]}
client.store_registration_info(RegistrationResponse(**registered))
state, nonce, browser = rndstr(), rndstr(), new_browser()
pkce, verifier = client.add_code_challenge()
client.redirect_uris = [CALLBACK]
request = client.construct_AuthorizationRequest(
    request_args={
        "response_type": "code",
        "scope": ["openid", "email"],
        "state": state,
        "nonce": nonce,
        "redirect_uri": CALLBACK,
        **pkce,
    }
)
url = request.request(client.authorization_endpoint)
back = logged_in(browser, url)
answer = client.parse_response(AuthorizationResponse, info=back.partition("?")[2], sformat="urlencoded")
assert answer["state"] == state


def tokens_for(**more):
    return client.do_access_token_request(
        state=state, authn_method="client_secret_basic", request_args={"redirect_uri": CALLBACK, **more}
    )


tokens = tokens_for(code=answer["code"], code_verifier=verifier)
assert not isinstance(tokens, ErrorResponse), tokens
assert tokens["id_token"]["nonce"] == nonce
info = client.do_user_info_request(state=state)
assert info["email"] == "alice@example.com", info
fresh = client.do_access_token_refresh(state=state, authn_method="client_secret_basic")
assert fresh["access_token"] != tokens["access_token"], fresh

leaving = client.construct_EndSessionRequest(
    state=state, request_args={"post_logout_redirect_uri": f"{ORIGIN}/bye", "state": "bye"}
)
gone = browser.get(leaving.request(client.end_session_endpoint))
assert gone.location == f"{ORIGIN}/bye?state=bye", f"{gone.status} {gone.location}"
assert asks_again(browser, url)
