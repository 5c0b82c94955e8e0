"""The attacks of docs/development/attacks.md against the provider's own endpoints that take tokens."""

import base64
import json

import forgery
import pytest
from oidc import Pkce
from web import Browser, bearer, unverified_token


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm()


@pytest.fixture(scope="module")
def tokens(realm, myapi):
    answer = realm.password(myapi, "alice", "alice-password")
    assert answer.status == 200
    return answer.json()


@pytest.fixture(scope="module")
def forged(realm, tokens):
    """Everything that can be made of what is public and of tokens that somebody was given."""
    jwk = realm.certs().json()["keys"][0]
    claims = {**unverified_token(tokens["access_token"])[1], "preferred_username": "mallory"}
    return [
        *forgery.without_the_key(jwk, claims),
        *forgery.of_a_good_token(tokens["access_token"]),
        *((number, f"refresh: {name}", token) for number, name, token in forgery.of_a_good_token(tokens["refresh_token"])),
        *((number, f"id: {name}", token) for number, name, token in forgery.of_a_good_token(tokens["id_token"])),
    ]


def test_attacks_at_userinfo(realm, tokens, forged):
    for number, name, token in forged:
        answer = realm.userinfo(token)
        assert answer.status in (400, 401), (number, name, answer.text)
        assert "mallory" not in answer.text
    for kind in ("id_token", "refresh_token"):  # 26, 27
        assert realm.userinfo(tokens[kind]).status == 401
    assert realm.userinfo(tokens["access_token"]).status == 200


def test_attacks_at_introspection(realm, tokens, forged, myapi):
    browser = Browser()
    for number, name, token in forged:
        answer = browser.post(realm.endpoint("token/introspect"), {"token": token}, myapi.auth)
        assert answer.status == 200 and answer.json() == {"active": False}, (number, name, answer.text)
    answer = browser.post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, myapi.auth)
    assert answer.json()["active"] is True


def test_attacks_at_the_refresh_grant(realm, tokens, forged, myapi):
    for number, name, token in forged:
        answer = realm.refresh(myapi, token)
        assert answer.status == 400 and answer.json()["error"] == "invalid_grant", (number, name, answer.text)
    for kind in ("access_token", "id_token"):
        assert realm.refresh(myapi, tokens[kind]).status == 400
    assert realm.refresh(myapi, tokens["refresh_token"]).status == 200


def test_attacks_at_revocation(realm, tokens, forged, myapi):
    """A forged token revokes nothing (RFC 7009 §2.2: the answer tells nothing either)."""
    browser = Browser()
    for number, name, token in forged:
        answer = browser.post(realm.endpoint("revoke"), {"token": token}, myapi.auth)
        assert answer.status in (200, 400), (number, name, answer.text)
    assert realm.userinfo(tokens["access_token"]).status == 200


def test_attacks_at_logout(realm, forged, myapi):
    """A forged hint ends nobody's session and leads nowhere."""
    browser = Browser()
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    for number, name, token in forged[::3]:
        answer = browser.get(
            realm.endpoint("logout"), {"id_token_hint": token, "post_logout_redirect_uri": "https://evil.example/"}
        )
        assert "evil.example" not in (answer.header("Location") or ""), (number, name)
    assert realm.authorize(browser, myapi, Pkce()).status == 302  # still logged in


def test_attack_31_to_33_do_not_apply_because_nothing_is_fetched(realm, forged):
    """No token makes the provider open a connection: what they name would not be answered anyhow."""
    for name in ("jku", "x5u"):
        token = next(token for number, what, token in forged if number == 14 and what == name)
        assert realm.userinfo(token).status == 401


def test_attack_34_a_large_token(realm, myapi):
    token = "eyJ." + "A" * 60000 + ".AA"
    assert realm.refresh(myapi, token).status in (400, 413)
    assert Browser().get(realm.endpoint("userinfo"), headers=bearer("A" * 200000)).status in (400, 401, 431)


def test_attack_39_two_tokens_in_one_request(realm, tokens):
    """In the field and in the body: RFC 6750 §2."""
    answer = Browser().post(
        realm.endpoint("userinfo"), {"access_token": tokens["access_token"]}, headers=bearer(tokens["access_token"])
    )
    assert answer.status in (400, 401)


def test_attack_40_token_in_the_address(realm, tokens):
    answer = Browser().get(realm.endpoint("userinfo"), {"access_token": tokens["access_token"]})
    assert answer.status in (400, 401)


def test_internal_tokens_are_not_signed_with_public_keys(tokens):
    """A refresh token is the provider's own affair: HS512 by a secret that no set shows."""
    header = json.loads(base64.urlsafe_b64decode(tokens["refresh_token"].split(".")[0] + "=="))
    assert header["alg"] == "HS512"
