# SPDX-License-Identifier: Apache-2.0
"""Requests for one user: claims with a value for sub (OpenID Connect Core §3.1.2.1). Nobody else is answered for."""

import json

import pytest
from oidc import Client, callback_of
from programs import Provider
from web import Browser, unverified_token

CALLBACK, SECRET = "http://localhost:8000/cb", "subject-secret"
PAIRWISE = {
    "name": "pairwise",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-sha256-pairwise-sub-mapper",
    "config": {"pairwiseSubAlgorithmSalt": "salt"},
}
PLAIN, PAIRED = (Client(name, SECRET, CALLBACK) for name in ("plain", "paired"))


@pytest.fixture(scope="module")
def realm(work):
    clients = [
        {"clientId": "plain", "secret": SECRET, "redirectUris": [CALLBACK]},
        {"clientId": "paired", "secret": SECRET, "redirectUris": [CALLBACK], "protocolMappers": [PAIRWISE]},
    ]
    users = [
        {"username": name, "enabled": True, "credentials": [{"type": "password", "value": f"{name}-password"}]}
        for name in ("ann", "bob")
    ]
    document = {"realm": "subject", "enabled": True, "clients": clients, "users": users}
    file = work / "subject-realm.json"
    file.write_text(json.dumps(document))
    with Provider([file], work / "subject") as provider:
        yield provider.realm("subject")


def subject_of(realm, client, answer):
    tokens = realm.code(client, callback_of(answer)["code"])
    assert tokens.status == 200, tokens.text
    return unverified_token(tokens.json()["id_token"])[1]["sub"]


def log_in(realm, client, name, browser=None, **changes):
    return realm.log_in(browser or Browser(), client, name, f"{name}-password", **changes)


def only(subject, place="id_token", **more):
    return {"claims": json.dumps({place: {"sub": {"value": subject, **more}}})}


@pytest.fixture(scope="module", params=[PLAIN, PAIRED], ids=["public", "pairwise"])
def client(request):
    return request.param


@pytest.fixture(scope="module")
def ann(realm, client):
    """As the client knows her."""
    return subject_of(realm, client, log_in(realm, client, "ann"))


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
def test_the_one_who_is_asked_for_logs_in_or_comes_with_a_session(realm, client, ann, place):
    browser = Browser()
    assert subject_of(realm, client, log_in(realm, client, "ann", browser, **only(ann, place))) == ann
    answer = realm.authorize(browser, client, prompt="none", **only(ann, place, essential=True))
    assert subject_of(realm, client, answer) == ann


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
def test_the_session_of_another_does_not_answer(realm, client, ann, place):
    browser = Browser()
    log_in(realm, client, "bob", browser)
    answer = realm.authorize(browser, client, prompt="none", **only(ann, place))
    assert callback_of(answer)["error"] == "login_required"
    page = realm.authorize(browser, client, **only(ann, place))
    assert page.status == 200
    answer = browser.submit(page.page.form("kc-form-login"), username="ann", password="ann-password")
    assert subject_of(realm, client, answer) == ann


def test_the_login_of_another_is_shown_the_form_again(realm, client, ann):
    browser = Browser()
    answer = log_in(realm, client, "bob", browser, **only(ann))
    assert answer.status == 200 and "The application asks for another user." in answer.text
    # Nothing has come of it: there is no session of theirs.
    assert callback_of(realm.authorize(browser, client, prompt="none"))["error"] == "login_required"
    answer = browser.submit(answer.page.form("kc-form-login"), username="ann", password="ann-password")
    assert subject_of(realm, client, answer) == ann


def test_a_login_that_is_begun_again_is_for_the_same_user(realm, client, ann):
    """A form that another browser sends."""
    page = realm.authorize(Browser(), client, **only(ann))
    other = Browser()
    answer = other.submit(page.page.form("kc-form-login"), username="bob", password="bob-password")
    assert answer.status == 400
    [link] = [word for word in answer.text.split('"') if "/protocol/openid-connect/auth?" in word]
    again = other.get(link.replace("&amp;", "&"))
    answer = other.submit(again.page.form("kc-form-login"), username="bob", password="bob-password")
    assert "The application asks for another user." in answer.text


def test_a_subject_that_nobody_has_is_answered_for_nobody(realm, client):
    for value in ("nobody", "11111111-2222-3333-4444-555555555555"):
        assert log_in(realm, client, "ann", **only(value)).status == 200


def test_a_pushed_request_is_for_one_user_too(realm, client, ann):
    form = {**realm.auth_params(client), **only(ann), **client.form}
    pushed = Browser().post(realm.endpoint("ext/par/request"), form)
    assert pushed.status == 201, pushed.text
    query = {"client_id": client.client_id, "request_uri": pushed.json()["request_uri"]}
    browser = Browser()
    page = browser.get(realm.endpoint("auth"), query)
    answer = browser.submit(page.page.form("kc-form-login"), username="bob", password="bob-password")
    assert answer.status == 200 and "another user" in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"id_token": {"sub": {"value": 7}}},
        {"id_token": {"sub": {"value": ""}}},
        {"userinfo": {"sub": {"value": None}}},
        {"id_token": {"sub": {"value": "x" * 256}}},
        {"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}},
        {"id_token": {"sub": {"value": "a"}, "long": {"value": "x" * 9000}}},
        {"id_token": {"sub": {"value": "a"}, "many": {"values": [1] * 600}}},
        {"id_token": {"sub": {"value": "a"}, "deep": {"value": [[[[[[[[[]]]]]]]]]}}},
    ],
)
def test_values_that_no_subject_has(realm, claims):
    answer = realm.authorize(Browser(), PLAIN, claims=json.dumps(claims))
    assert callback_of(answer)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "claims", ["{", "[]", "7", '{"id_token":3}', '{"id_token":{"sub":null}}', '{"id_token":{"sub":{"essential":true}}}']
)
def test_claims_that_ask_for_nobody(realm, claims):
    assert "code" in callback_of(log_in(realm, PLAIN, "bob", claims=claims))
