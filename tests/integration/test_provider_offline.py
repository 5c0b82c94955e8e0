# SPDX-License-Identifier: Apache-2.0
"""Offline tokens (OpenID Connect Core §11): they outlive the login, and end by revocation, idleness and age."""

import json

import pytest
import stores
from clock import Clock
from oidc import Client, callback_of
from programs import Provider
from web import Browser, unverified_token

CALLBACK = "http://localhost:8000/auth"
WEB, OTHER, NARROW, UNREFRESHED = (
    Client(name, f"{name}-secret", CALLBACK) for name in ("web", "other", "narrow", "unrefreshed")
)
CAROL, BOB = ("carol", "carol-password"), ("bob", "bob-password")
SCOPE = "openid offline_access"


def client(of, **more):
    return {
        "clientId": of.client_id,
        "secret": of.secret,
        "redirectUris": [CALLBACK],
        "directAccessGrantsEnabled": True,
        "serviceAccountsEnabled": True,
        **more,
    }


def user(name, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.com",
        "firstName": name,
        "lastName": "Cook",
        "emailVerified": True,
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


def realm_named(name, **more):
    return {
        "realm": name,
        "enabled": True,
        "roles": {"realm": [{"name": "offline_access"}, {"name": "default-roles-" + name}]},
        "clients": [
            client(WEB),
            client(OTHER),
            client(NARROW, fullScopeAllowed=False),
            client(UNREFRESHED, attributes={"use.refresh.tokens": "false"}),
        ],
        "users": [user("carol", realmRoles=["offline_access"]), user("bob")],
        **more,
    }


@pytest.fixture(scope="module")
def clock(work):
    with Clock(work) as set_by_tests:
        yield set_by_tests


@pytest.fixture(scope="module")
def provider(work, clock):
    files = []
    for name, more in {
        "shop": {},
        "rotating": {"revokeRefreshToken": True},
        "idle": {"offlineSessionIdleTimeout": 20, "ssoSessionIdleTimeout": 1},
        "aged": {"offlineSessionMaxLifespanEnabled": True, "offlineSessionMaxLifespan": 2},
    }.items():
        files.append(work / f"{name}-realm.json")
        files[-1].write_text(json.dumps(realm_named(name, **more)))
    with clock.below(Provider(files, work / "offline")) as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


def claims_of(token):
    return unverified_token(token)[1]


def offline(realm, client=WEB):
    answer = realm.password(client, *CAROL, scope=SCOPE)
    assert answer.status == 200, answer.text
    assert claims_of(answer.json()["refresh_token"])["typ"] == "Offline"
    return answer.json()


def assert_refused(answer, description, error="invalid_grant"):
    assert (answer.status, answer.json()["error"]) == (400, error), answer.text
    assert description in answer.json()["error_description"]


GONE = "Offline user session not found"


def test_it_outlives_the_login(realm):
    browser = Browser()
    _, answer = realm.code_login(WEB, *CAROL, browser=browser, scope=SCOPE)
    tokens = answer.json()
    assert (tokens["refresh_expires_in"], tokens["scope"].split()[0]) == (0, "openid")
    assert "offline_access" in tokens["scope"].split()
    login = claims_of(tokens["id_token"])["sid"]
    assert tokens["session_state"] == login
    out = browser.get(realm.endpoint("logout"), {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": CALLBACK})
    assert out.status == 302, out.text[:300]
    assert realm.authorize(browser, WEB).status == 200  # the form: nobody is logged in
    again = realm.refresh(WEB, tokens["refresh_token"])
    assert again.status == 200, again.text
    assert realm.userinfo(again.json()["access_token"]).json()["preferred_username"] == "carol"
    after = claims_of(again.json()["id_token"])
    assert (after["sid"], after["sub"], after["auth_time"]) == (
        login,
        claims_of(tokens["id_token"])["sub"],
        claims_of(tokens["id_token"])["auth_time"],
    )


def test_a_login_without_it_ends_as_ever(realm):
    browser = Browser()
    _, answer = realm.code_login(OTHER, *CAROL, browser=browser)
    offline(realm)
    browser.get(realm.endpoint("logout"), {"id_token_hint": answer.json()["id_token"], "post_logout_redirect_uri": CALLBACK})
    assert_refused(realm.refresh(OTHER, answer.json()["refresh_token"]), "Session not active")


@pytest.mark.parametrize("how", ["revoke", "logout"])
def test_it_ends_when_it_is_revoked(realm, how):
    tokens, kept = offline(realm), offline(realm)
    name = "token" if how == "revoke" else "refresh_token"
    answer = realm.browser().post(realm.endpoint(how), {name: tokens["refresh_token"], **WEB.form})
    assert answer.status in (200, 204), answer.text
    assert_refused(realm.refresh(WEB, tokens["refresh_token"]), GONE)
    assert realm.userinfo(tokens["access_token"]).status == 401
    assert realm.refresh(WEB, kept["refresh_token"]).status == 200


def test_it_is_its_clients_alone(realm, provider):
    token = offline(realm)["refresh_token"]
    assert_refused(realm.refresh(OTHER, token), "Token client and authorized client don't match")
    assert_refused(provider.realm("rotating").refresh(WEB, token), "Invalid refresh token")
    answer = realm.browser().post(realm.endpoint("revoke"), {"token": token, **OTHER.form})
    assert answer.status == 400, answer.text
    assert realm.refresh(WEB, token).status == 200


def test_it_survives_a_restart(work):
    with Provider([work / "shop-realm.json"], work / "offline-restart") as provider:
        token = offline(provider.realm("shop"))["refresh_token"]
        provider.kill()
        provider.start()
        assert provider.realm("shop").refresh(WEB, token).status == 200


def test_a_code_that_is_used_again_ends_it(realm):
    code = callback_of(realm.log_in(Browser(), WEB, *CAROL, scope=SCOPE))["code"]
    tokens = realm.code(WEB, code).json()
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 200
    assert_refused(realm.code(OTHER, code), "Code not valid")  # another's try ends nothing
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 200
    assert_refused(realm.code(WEB, code), "Code not valid")
    assert_refused(realm.refresh(WEB, tokens["refresh_token"]), GONE)


def test_who_lacks_the_role_gets_none(realm, provider, work):
    file = work / "roleless-realm.json"
    unmapped = [{"clientScope": "offline_access", "roles": []}]  # in place of the built-in mapping
    roleless = realm_named("roleless", defaultRole={"name": "default-roles-roleless"}, scopeMappings=unmapped)
    file.write_text(json.dumps(roleless))
    with Provider([file], work / "offline-roleless") as other:
        here = other.realm("roleless")
        refused = "Offline tokens not allowed for the user or client"
        assert_refused(here.password(WEB, *BOB, scope=SCOPE), refused, "not_allowed")
        assert here.password(WEB, *CAROL, scope=SCOPE).status == 200
        code = callback_of(here.log_in(Browser(), WEB, *BOB, scope=SCOPE))["code"]
        assert_refused(here.code(WEB, code), refused, "not_allowed")
        assert_refused(here.password(NARROW, *CAROL, scope=SCOPE), refused, "not_allowed")
        assert here.password(WEB, *BOB).status == 200


def test_the_scope_shows_its_role_to_a_client_without_full_scope(realm):
    assert realm.refresh(NARROW, offline(realm, NARROW)["refresh_token"]).status == 200


def test_narrowing_leaves_the_offline_token_whole(realm):
    tokens = offline(realm)
    narrowed = realm.refresh(WEB, tokens["refresh_token"], scope="openid").json()
    assert "offline_access" not in narrowed["scope"].split()
    assert claims_of(narrowed["refresh_token"])["typ"] == "Offline"
    assert "offline_access" in realm.refresh(WEB, narrowed["refresh_token"]).json()["scope"].split()


def test_a_client_without_refresh_tokens_gets_none(realm):
    answer = realm.password(UNREFRESHED, *CAROL, scope=SCOPE)
    assert answer.status == 200 and "refresh_token" not in answer.json(), answer.text
    answer = realm.client_credentials(WEB, scope=SCOPE)
    assert answer.status == 200 and "refresh_token" not in answer.json(), answer.text
    assert "offline_access" not in answer.json()["scope"].split()


def test_rotation_and_replay_are_as_for_others(provider):
    realm = provider.realm("rotating")
    first = offline(realm)["refresh_token"]
    second = realm.refresh(WEB, first).json()["refresh_token"]
    assert_refused(realm.refresh(WEB, first), "reuse exceeded")
    assert realm.refresh(WEB, second).status == 400  # the client's part has ended


def test_it_ends_when_it_is_not_used(provider, clock):
    realm = provider.realm("idle")
    used, unused = offline(realm)["refresh_token"], offline(realm)["refresh_token"]
    for _ in range(3):
        clock.forward(8)
        answer = realm.refresh(WEB, used)
        assert answer.status == 200, answer.text
    assert_refused(realm.refresh(WEB, unused), GONE)


def test_it_ends_with_its_age(provider, clock):
    realm = provider.realm("aged")
    tokens = offline(realm)
    assert tokens["refresh_expires_in"] in (1, 2)
    clock.forward(3)
    assert_refused(realm.refresh(WEB, tokens["refresh_token"]), "Token is not active")


def test_a_token_of_a_login_serves_no_offline_session(realm, provider):
    """The typ and the session belong together, and introspection knows both."""
    tokens = offline(realm)
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": tokens["refresh_token"]}, WEB.auth).json()
    assert (told["active"], told["typ"]) == (True, "Offline")
    sid = claims_of(tokens["refresh_token"])["sid"]
    [(notes,)] = stores.rows(provider.data, f"SELECT notes FROM session WHERE id = '{sid}'")
    assert json.loads(notes) == {"offline": ""}
