# SPDX-License-Identifier: Apache-2.0
"""Answers to authorization requests that travel in a JWT (JARM): in each mode, signed, encrypted, and no good elsewhere."""

import json

import pytest
from decrypted import decrypted
from oidc import Client, Pkce, callback_of
from programs import Provider
from signer import RsaSigner
from web import Browser, fragment_of, query_of, unverified_token

CALLBACK, SECRET = "http://localhost:8000/cb", "jarm-secret"
HIDDEN = RsaSigner("hidden")
KEYS = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [HIDDEN.jwk(use="enc")]})}
ENCRYPTED = {"authorization.encrypted.response.alg": "RSA-OAEP"}


def client(name, **attributes):
    return {
        "clientId": name,
        "secret": SECRET,
        "redirectUris": [CALLBACK],
        "implicitFlowEnabled": True,
        "attributes": attributes,
    }


@pytest.fixture(scope="module")
def realm(work):
    clients = [
        client("plain"),
        client("es", **{"authorization.signed.response.alg": "ES256"}),
        client("hidden", **KEYS, **ENCRYPTED, **{"authorization.encrypted.response.enc": "A256GCM"}),
        client("keyless", **ENCRYPTED),
        client("unsigned", **{"authorization.signed.response.alg": "none"}),
        {**client("asking"), "consentRequired": True},
        client("silent", **{"exclude.issuer.from.auth.response": "true"}),
    ]
    user = {"username": "ann", "enabled": True, "email": "ann@example.org"}
    user["credentials"] = [{"type": "password", "value": "ann-password"}]
    file = work / "jarm-realm.json"
    file.write_text(json.dumps({"realm": "jarm", "enabled": True, "clients": clients, "users": [user]}))
    with Provider([file], work / "jarm") as provider:
        yield provider.realm("jarm")


def of(name):
    return Client(name, SECRET, CALLBACK)


def log_in(realm, name="plain", browser=None, **changes):
    return realm.log_in(browser or Browser(), of(name), "ann", "ann-password", **changes)


def claims_of(realm, name, token):
    header, claims = unverified_token(token)
    assert any(key["kid"] == header["kid"] for key in realm.certs().json()["keys"])
    assert (claims["iss"], claims["aud"]) == (realm.issuer, name) and header["typ"] == "JWT"
    return claims


@pytest.mark.parametrize("mode, parameters", [("jwt", query_of), ("query.jwt", query_of), ("fragment.jwt", fragment_of)])
def test_a_code_comes_in_a_jwt(realm, mode, parameters):
    answer = log_in(realm, response_mode=mode)
    assert list(parameters(answer.location)) == ["response"]
    claims = claims_of(realm, "plain", parameters(answer.location)["response"])
    assert sorted(claims) == ["aud", "code", "exp", "iss", "session_state", "state"]
    assert claims["state"] == "state-1" and realm.code(of("plain"), claims["code"]).status == 200
    answer, pkce = log_in(realm, pkce=Pkce(), response_mode=mode), Pkce()
    code = claims_of(realm, "plain", parameters(answer.location)["response"])["code"]
    assert realm.code(of("plain"), code, pkce).status == 400  # of another request


def test_a_form_carries_it_as_well(realm):
    form = log_in(realm, response_mode="form_post.jwt").page.forms[0]
    (field,) = [one for one in form.fields if one.get("type") == "hidden"]
    assert form.action == CALLBACK and field["name"] == "response"
    assert claims_of(realm, "plain", field["value"])["code"]


@pytest.mark.parametrize("type, members", [
    ("none", ["aud", "exp", "iss", "session_state", "state"]),
    ("id_token", ["aud", "exp", "id_token", "iss", "session_state", "state"]),
    ("code id_token token", ["access_token", "aud", "code", "exp", "expires_in", "id_token", "iss", "session_state",
                             "state", "token_type"]),
])
def test_what_each_response_type_brings(realm, type, members):
    answer = log_in(realm, response_mode="jwt", response_type=type)
    parameters = query_of(answer.location) if type == "none" else fragment_of(answer.location)
    claims = claims_of(realm, "plain", parameters["response"])
    assert sorted(claims) == members
    assert all(isinstance(claims[name], str) for name in members if name != "exp")


def test_errors_come_in_one_too(realm):
    answer = realm.authorize(Browser(), of("plain"), response_mode="jwt", prompt="none")
    claims = claims_of(realm, "plain", callback_of(answer)["response"])
    assert {name: claims[name] for name in ("error", "state")} == {"error": "login_required", "state": "state-1"}
    answer = realm.authorize(Browser(), of("plain"), response_mode="fragment.jwt", response_type="magic")
    assert claims_of(realm, "plain", fragment_of(answer.location)["response"])["error"] == "unsupported_response_type"


def test_the_issuer_is_in_it_whatever_the_client_says(realm):
    assert claims_of(realm, "silent", callback_of(log_in(realm, "silent", response_mode="jwt"))["response"])["code"]


def test_the_client_chooses_the_algorithm(realm):
    token = callback_of(log_in(realm, "es", response_mode="jwt"))["response"]
    assert unverified_token(token)[0]["alg"] == "ES256" and claims_of(realm, "es", token)
    assert "error=unauthorized_client" in realm.authorize(Browser(), of("unsigned")).location


def test_a_session_and_consent_answer_in_one(realm):
    browser = Browser()
    log_in(realm, browser=browser)
    again = realm.authorize(browser, of("plain"), response_mode="jwt")
    assert claims_of(realm, "plain", callback_of(again)["response"])["code"]
    asked = realm.authorize(browser, of("asking"), response_mode="jwt")
    question = browser.get(asked.location)
    answer = browser.submit(question.page.forms[0], accept="Yes")
    assert claims_of(realm, "asking", callback_of(answer)["response"])["code"]


def test_encrypted_for_the_client(realm):
    token = callback_of(log_in(realm, "hidden", response_mode="jwt"))["response"]
    header, content = decrypted(token, HIDDEN.private)
    assert header == {"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT", "kid": "hidden"}
    assert claims_of(realm, "hidden", content.decode())["code"]


def test_tokens_travel_in_a_query_only_when_nobody_can_read_them(realm):
    changes = {"response_mode": "query.jwt", "response_type": "code id_token"}
    answer = realm.authorize(Browser(), of("plain"), **changes)
    refused = claims_of(realm, "plain", query_of(answer.location)["response"])
    assert refused["error"] == "invalid_request" and "encrypted" in refused["error_description"]
    answer = log_in(realm, "hidden", **changes)
    claims = claims_of(realm, "hidden", decrypted(query_of(answer.location)["response"], HIDDEN.private)[1].decode())
    assert claims["id_token"]


def test_what_cannot_be_hidden_goes_nowhere(realm):
    for answer in (
        log_in(realm, "keyless", response_mode="jwt"),
        realm.authorize(Browser(), of("keyless"), response_mode="jwt", prompt="none"),
    ):
        assert answer.status == 400 and not answer.location, answer.location
        assert "no key to encrypt" in answer.page.text


def test_an_answer_is_no_token(realm):
    """Mix-up: what the realm has signed for one thing is not taken for another."""
    response = callback_of(log_in(realm, response_mode="jwt"))["response"]
    browser = Browser()
    log_in(realm, browser=browser)
    hinted = realm.authorize(browser, of("plain"), prompt="none", id_token_hint=response)
    assert "error=login_required" in hinted.location
    assert realm.userinfo(response).status == 401
    assert realm.refresh(of("plain"), response).status == 400
    introspected = Browser().post(realm.endpoint("token/introspect"), {"token": response}, of("plain").auth)
    assert introspected.json() == {"active": False}
    requested = realm.authorize(Browser(), of("plain"), request=response)
    assert requested.status == 400 and not requested.location


def test_a_pushed_request_has_its_mode(realm):
    params = realm.auth_params(of("plain"), response_mode="jwt")
    pushed = Browser().post(realm.endpoint("ext/par/request"), params, of("plain").auth)
    assert pushed.status == 201, pushed.text
    browser = Browser()
    page = browser.get(
        realm.endpoint("auth"), {"client_id": "plain", "request_uri": pushed.json()["request_uri"]}
    )
    answer = browser.submit(page.page.form("kc-form-login"), username="ann", password="ann-password")
    assert claims_of(realm, "plain", callback_of(answer)["response"])["code"]
