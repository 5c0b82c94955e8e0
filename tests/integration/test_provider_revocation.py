# SPDX-License-Identifier: Apache-2.0
"""Revocation (RFC 7009) in a login that several clients share."""

import json

import pytest
from oidc import Client, Realm, callback_of
from programs import Provider
from web import Browser

from needs import kept_running

CALLBACK = "http://localhost:8000/cb"
ONE, TWO = (Client(name, None, CALLBACK) for name in ("one", "two"))
MACHINE = Client("machine", "machine-secret")
REALM = {
    "realm": "shared",
    "enabled": True,
    "clients": [
        *({"clientId": client.client_id, "publicClient": True, "redirectUris": [CALLBACK]} for client in (ONE, TWO)),
        {"clientId": "machine", "secret": MACHINE.secret, "serviceAccountsEnabled": True},
    ],
    "users": [
        {
            "username": "ann",
            "enabled": True,
            "email": "ann@example.org",
            "firstName": "Ann",
            "lastName": "Cook",
            "credentials": [{"type": "password", "value": "ann-password"}],
        }
    ],
}


@pytest.fixture(scope="module")
def realm(tmp_path_factory, work, results):
    file = tmp_path_factory.mktemp("revocation") / "shared-realm.json"
    file.write_text(json.dumps(REALM))
    for provider in kept_running(lambda: Provider([file], work / "revocation"), results):
        yield provider.realm("shared")


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def tokens(realm, browser):
    """Of both clients, in one login."""
    _, one = realm.code_login(ONE, "ann", "ann-password", browser=browser)
    two = realm.code(TWO, callback_of(realm.authorize(browser, TWO, prompt="none"))["code"])
    return {ONE: one.json(), TWO: two.json()}


def revoke(realm, client, token):
    answer = realm.browser().post(realm.endpoint("revoke"), {"token": token, **client.form})
    assert answer.status == 200, answer.text


def test_the_other_client_and_the_login_stay(realm, browser, tokens):
    revoke(realm, ONE, tokens[ONE]["refresh_token"])
    assert realm.refresh(ONE, tokens[ONE]["refresh_token"]).status == 400
    assert realm.userinfo(tokens[ONE]["access_token"]).status == 401
    assert realm.userinfo(tokens[TWO]["access_token"]).status == 200
    assert realm.refresh(TWO, tokens[TWO]["refresh_token"]).status == 200
    assert "code" in callback_of(realm.authorize(browser, ONE, prompt="none"))


@pytest.mark.parametrize("first", ["access_token", "refresh_token"])
def test_the_login_ends_with_the_last_client(realm, browser, tokens, first):
    """Also of a client that revokes its access token before, as oidc-client-ts does."""
    revoke(realm, ONE, tokens[ONE]["refresh_token"])
    for name in dict.fromkeys([first, "refresh_token"]):
        revoke(realm, TWO, tokens[TWO][name])
    refused = callback_of(realm.authorize(browser, ONE, prompt="none"))
    assert refused["error"] == "login_required"


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_of_another_address_of_the_realm_ends_too(realm, tokens, name):
    """It is signed by the realm's own key: who hears 200 trusts that it has ended."""
    there = Realm(realm.base.replace("localhost", "127.0.0.1"), realm.name)
    revoke(there, ONE, tokens[ONE][name])
    assert realm.refresh(ONE, tokens[ONE]["refresh_token"]).status == 400
    assert realm.userinfo(tokens[ONE]["access_token"]).status == 401
    assert realm.refresh(TWO, tokens[TWO]["refresh_token"]).status == 200


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_what_was_revoked_stays_dead_when_the_client_begins_again_at_once(realm, browser, tokens, name):
    for _ in range(3):  # of which two are within one second
        before = tokens[ONE]
        revoke(realm, ONE, before[name])
        code = callback_of(realm.authorize(browser, ONE, prompt="none"))["code"]
        tokens[ONE] = realm.code(ONE, code).json()
        assert realm.refresh(ONE, before["refresh_token"]).status == 400
        assert realm.userinfo(before["access_token"]).status == 401
        assert realm.userinfo(tokens[ONE]["access_token"]).status == 200
        assert realm.refresh(ONE, tokens[ONE]["refresh_token"]).status == 200


def is_active(realm, token):
    return realm.browser().post(realm.endpoint("token/introspect"), {"token": token, **MACHINE.form}).json()["active"]


def test_a_token_of_client_credentials_is_revoked_by_itself(realm):
    """It has no session that could end."""
    token, other = (realm.client_credentials(MACHINE, "openid").json()["access_token"] for _ in range(2))
    assert is_active(realm, token)
    assert realm.userinfo(token).status == 200
    for _ in range(2):  # once more is no error
        revoke(realm, MACHINE, token)
    assert not is_active(realm, token)
    assert realm.userinfo(token).status == 401
    assert is_active(realm, other)


def test_what_is_revoked_stays_so_after_a_restart(new_provider, tmp_path):
    file = tmp_path / "shared-realm.json"
    file.write_text(json.dumps(REALM))
    program = new_provider([file])
    realm = program.realm("shared")
    token, other = (realm.client_credentials(MACHINE).json()["access_token"] for _ in range(2))
    revoke(realm, MACHINE, token)
    program.stop()
    program.start()
    assert not is_active(realm, token)
    assert is_active(realm, other)


def test_another_client_does_not_revoke_it(realm):
    token = realm.client_credentials(MACHINE).json()["access_token"]
    answer = realm.browser().post(realm.endpoint("revoke"), {"token": token, **ONE.form})
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert is_active(realm, token)
