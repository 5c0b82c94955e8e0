# SPDX-License-Identifier: Apache-2.0
"""Individual claims (OpenID Connect Core §5.5): signed requests, logins that begin again, and what no request may say."""

import json
import time

import pytest
from forgery import hmac_token
from oidc import Client, callback_of
from programs import Provider
from web import Browser, unverified_token

CALLBACK = "http://localhost:8000/auth"
SECRET = "a secret of thirty-two bytes, so that HS256 signs"
ASKING = Client("asking", SECRET, CALLBACK)
ESSENTIAL = {"essential": True}


def mapper(kind, **config):
    return {"name": f"{kind} {config}", "protocol": "openid-connect", "protocolMapper": f"oidc-claims-param-{kind}-mapper",
            "config": {"id.token.claim": "true", "userinfo.token.claim": "true", **config}}


REALM = {
    "realm": "claims",
    "enabled": True,
    "clients": [
        {
            "clientId": "asking",
            "secret": SECRET,
            "redirectUris": [CALLBACK],
            "defaultClientScopes": [],
            "attributes": {"request.object.signature.alg": "HS256"},
            "protocolMappers": [
                mapper("token"),
                *(mapper("value-idtoken", **{"claim.name": name}) for name in ("intent", "aud", "acr", "nonce.x")),
            ],
        }
    ],
    "users": [
        {"username": "mono", "enabled": True, "firstName": "Mono",
         "credentials": [{"type": "password", "value": "mono-password"}]}
    ],
}


@pytest.fixture(scope="module")
def realm(work):
    file = work / "claims-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "claims") as provider:
        yield provider.realm("claims")


def log_in(realm, browser, page):
    answer = browser.submit(page.page.form("kc-form-login"), username="mono", password="mono-password")
    tokens = realm.code(ASKING, callback_of(answer)["code"])
    assert tokens.status == 200, tokens.text
    return tokens.json()


def said(tokens):
    return unverified_token(tokens["id_token"])[1]


def test_what_is_essential_and_missing_is_no_error(realm):
    claims = {"id_token": {"family_name": ESSENTIAL, "email": ESSENTIAL, "given_name": ESSENTIAL}}
    browser = Browser()
    tokens = log_in(realm, browser, realm.authorize(browser, ASKING, claims=json.dumps(claims)))
    assert said(tokens)["given_name"] == "Mono"
    assert not {"family_name", "email"} & said(tokens).keys()


def test_a_signed_request_asks_too(realm):
    """Whether `claims` is an object of the request object, as it should be, or a text."""
    claims = {"id_token": {"intent": {"essential": True, "value": "urn:intent:1"}}, "userinfo": {"name": ESSENTIAL}}
    for form in (claims, json.dumps(claims)):
        request = {**realm.auth_params(ASKING), "claims": form, "iss": "asking", "aud": realm.issuer, "exp": int(time.time()) + 60}
        signed = hmac_token({"alg": "HS256", "typ": "JWT"}, request, SECRET.encode())
        browser = Browser()
        # What stands beside the object asks for nothing.
        query = {"client_id": "asking", "request": signed, "claims": '{"id_token":{"given_name":{"essential":true}}}'}
        tokens = log_in(realm, browser, browser.get(realm.endpoint("auth"), query))
        assert said(tokens)["intent"] == "urn:intent:1" and "given_name" not in said(tokens)
        assert realm.userinfo(tokens["access_token"]).json()["name"] == "Mono"


def test_nobody_chooses_what_the_provider_says(realm):
    value = {"essential": True, "value": "chosen"}
    browser = Browser()
    claims = json.dumps({"id_token": {"aud": value, "nonce.x": value, "intent": value}})
    token = said(log_in(realm, browser, realm.authorize(browser, ASKING, claims=claims)))
    assert (token["aud"], token["nonce"], token["intent"]) == ("asking", "nonce-1", "chosen")


def test_a_login_that_begins_again_asks_for_the_same(realm):
    """A form that another browser sends."""
    claims = {"id_token": {"intent": {"essential": True, "value": 'urn:"intent"&'}}, "userinfo": {"given_name": ESSENTIAL}}
    page = realm.authorize(Browser(), ASKING, claims=json.dumps(claims))
    other = Browser()
    answer = other.submit(page.page.form("kc-form-login"), username="mono", password="mono-password")
    [link] = [word for word in answer.text.split('"') if "/protocol/openid-connect/auth?" in word]
    tokens = log_in(realm, other, other.get(link.replace("&amp;", "&")))
    assert said(tokens)["intent"] == 'urn:"intent"&'
    assert realm.userinfo(tokens["access_token"]).json()["given_name"] == "Mono"


def test_more_than_is_kept_is_refused(realm):
    claims = json.dumps({"id_token": {"intent": {"essential": True, "value": "x" * 5000}}})
    answer = callback_of(realm.authorize(Browser(), ASKING, claims=claims))
    assert (answer["error"], answer["error_description"]) == ("invalid_request", "Invalid parameter: claims")


def test_userinfo_returns_the_name_of_the_interaction(realm):
    """FAPI 1.0 Baseline §6.2.1; nothing but a UUID comes back."""
    browser = Browser()
    token = log_in(realm, browser, realm.authorize(browser, ASKING))["access_token"]
    name, uuid = "x-fapi-interaction-id", "C770AEF3-6784-41f7-8e0e-ff5f97bddb3a"
    for sent, back in ((uuid, uuid), (uuid[:-1], None), (uuid + "0", None), (uuid.replace("-", "_"), None), ("<script>", None), (None, None)):
        for bearer, status in ((token, 200), ("x", 401)):
            headers = {"Authorization": f"Bearer {bearer}", **({name: sent} if sent else {})}
            answer = Browser().get(realm.endpoint("userinfo"), headers=headers)
            assert (answer.status, answer.header(name)) == (status, back)
