# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens: rotated, reused, of another client, and what their session allows."""

import base64
import concurrent.futures
import json
import time

import pytest
from oidc import Pkce, callback_of
from token_probe import (  # noqa: F401, F811  (fixtures)
    CALLBACK,
    CAROL,
    OTHER,
    REALMS,
    WEB,
    assert_refused,
    probe,
    server,
)
from web import Browser, unverified_token


# ---- refresh tokens ----


def test_refresh_tokens_stay_good_unless_the_realm_rotates(probe):
    first = probe.password(WEB, *CAROL).json()
    second = probe.refresh(WEB, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert probe.refresh(WEB, first["refresh_token"]).status == 200
    assert probe.refresh(WEB, second["refresh_token"]).status == 200


def test_a_rotated_refresh_token_works_once_however_many_try(server):
    realm = server.realm("rotating")
    first = realm.password(WEB, *CAROL).json()["refresh_token"]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: realm.refresh(WEB, first), range(16)))
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) == 1
    told = {a.json()["error_description"] for a in answers if a.status != 200}
    assert told <= {"Maximum allowed refresh token reuse exceeded", "Session doesn't have required client"}
    # The newest goes down with it: nobody knows who is the thief.
    assert realm.refresh(WEB, good[0].json()["refresh_token"]).status == 400


def test_two_tabs_rotate_side_by_side(server):
    realm, browser = server.realm("rotating"), Browser()
    pkce, other = Pkce(), Pkce()
    tab = realm.code(WEB, callback_of(realm.log_in(browser, WEB, *CAROL, pkce))["code"], pkce).json()
    second = realm.code(WEB, callback_of(realm.authorize(browser, WEB, other))["code"], other).json()
    callback_of(realm.authorize(browser, WEB, Pkce(), prompt="none"))  # a silent check, never exchanged
    for _ in range(3):
        tab = realm.refresh(WEB, tab["refresh_token"]).json()
        second = realm.refresh(WEB, second["refresh_token"]).json()
        assert "access_token" in tab and "access_token" in second


def test_reuse_may_be_allowed(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["refreshTokenMaxReuse"] = 1
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    first = realm.password(WEB, *CAROL).json()["refresh_token"]
    lost = realm.refresh(WEB, first)
    again = realm.refresh(WEB, first)
    assert (lost.status, again.status) == (200, 200)
    assert realm.refresh(WEB, again.json()["refresh_token"]).status == 200
    assert realm.refresh(WEB, first).status == 400


def test_two_tabs_may_share_a_token_for_a_moment(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["attributes"] = {**document.get("attributes", {}), "refresh.token.grace": "30"}
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    first = realm.password(WEB, *CAROL).json()["refresh_token"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        tabs = list(pool.map(lambda _: realm.refresh(WEB, first), range(4)))
    assert [tab.status for tab in tabs] == [200] * 4
    one, other = (tab.json()["refresh_token"] for tab in tabs[:2])
    assert realm.refresh(WEB, one).status == 200  # from now on who brings the first one has stolen it
    assert realm.refresh(WEB, first).status == 400
    assert realm.refresh(WEB, other).status == 400  # all that the client has in the session is over


@pytest.mark.parametrize("kind", ["access_token", "id_token"])
def test_other_tokens_are_no_refresh_tokens(probe, kind):
    token = probe.password(WEB, *CAROL).json()[kind]
    assert_refused(probe.refresh(WEB, token), 400, "invalid_grant", "Invalid refresh token")


def test_forged_refresh_tokens(probe):
    token = probe.password(WEB, *CAROL).json()["refresh_token"]
    head, payload, signature = token.split(".")
    header, claims = unverified_token(token)

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    forged = [
        f"{part({'alg': 'none'})}.{payload}.",
        f"{part({**header, 'alg': 'HS256'})}.{payload}.{signature}",
        f"{head}.{part({**claims, 'exp': claims['exp'] + 1})}.{signature}",
        f"{head}.{payload}.{signature[:-2]}",
        f"{part({**header, 'kid': 'other'})}.{payload}.{signature}",
        f"{part({**header, 'kid': '../../x'})}.{payload}.{signature}",
    ]
    for each in forged:
        assert_refused(probe.refresh(WEB, each), 400, "invalid_grant", "Invalid refresh token")


def test_refresh_token_of_another_client(probe):
    token = probe.password(WEB, *CAROL).json()["refresh_token"]
    description = "Invalid refresh token. Token client and authorized client don't match"
    assert_refused(probe.refresh(OTHER, token), 400, "invalid_grant", description)


def test_realm_of_the_refresh_token_must_fit(server, probe):
    token = probe.password(WEB, *CAROL).json()["refresh_token"]
    assert_refused(server.realm("rotating").refresh(WEB, token), 400, "invalid_grant", "Invalid refresh token")


def test_no_token_outlives_its_session(new_provider, tmp_path):
    document = json.loads((REALMS / "brief-realm.json").read_text())
    document.update(accessTokenLifespan=300, ssoSessionMaxLifespan=4)
    file = tmp_path / "brief-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("brief")
    answer = realm.password(WEB, *CAROL).json()
    _, access = unverified_token(answer["access_token"])
    _, refresh = unverified_token(answer["refresh_token"])
    assert answer["refresh_expires_in"] <= 4 and refresh["exp"] - refresh["iat"] <= 4
    assert access["exp"] <= refresh["exp"]


# ---- what the realm may declare void ----


def test_tokens_of_before_are_void_when_the_realm_says_so(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["notBefore"] = 2**31 - 1
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    tokens = realm.password(WEB, *CAROL).json()
    assert tokens["not-before-policy"] == 2**31 - 1
    assert realm.userinfo(tokens["access_token"]).status == 401
    assert_refused(realm.refresh(WEB, tokens["refresh_token"]), 400, "invalid_grant", "Stale token")
    checked = realm.token({"token": tokens["access_token"]}, WEB)
    assert checked.status == 400  # the token endpoint is not introspection
    checked = Browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, WEB.auth)
    assert checked.json() == {"active": False}


# What users met


def test_c3_the_65th_silent_login_ends_no_other_tab(server):
    """The realm rotates: a tab whose token made room for newer ones has to ask again, and nobody is logged out."""
    realm = server.realm("rotating")
    browser = realm.browser()
    _, tokens = realm.code_login(WEB, *CAROL, browser=browser)
    oldest = tokens.json()["refresh_token"]
    time.sleep(1.1)  # which of one second's tokens makes room is nobody's to say
    for _ in range(70):
        code = callback_of(realm.authorize(browser, WEB, prompt="none"))["code"]
        newest = realm.code(WEB, code).json()["refresh_token"]
    assert_refused(realm.refresh(WEB, oldest), 400, "invalid_grant", "Stale token")
    assert realm.refresh(WEB, newest).status == 200
    assert_refused(realm.refresh(WEB, newest), 400, "invalid_grant", "Maximum allowed refresh token reuse exceeded")


def test_p16_offline_access_is_granted_where_it_is_said_to_be(probe):
    assert "offline_access" in probe.discovery().json()["scopes_supported"]
    tokens = probe.password(WEB, *CAROL, scope="openid offline_access").json()
    for scope in (tokens["scope"], unverified_token(tokens["access_token"])[1]["scope"]):
        assert {"openid", "offline_access"} <= set(scope.split())
    assert unverified_token(tokens["refresh_token"])[1]["typ"] == "Offline"


def test_p19_each_tab_keeps_its_own_auth_time(probe):
    browser = probe.browser()
    _, first = probe.code_login(WEB, *CAROL, browser=browser)
    before = unverified_token(first.json()["id_token"])[1]["auth_time"]
    time.sleep(1.1)
    page = probe.authorize(browser, WEB, prompt="login").page
    code = callback_of(browser.submit(page.form("kc-form-login"), password=CAROL[1]))["code"]
    second = probe.code(WEB, code).json()
    assert unverified_token(second["id_token"])[1]["auth_time"] > before
    refreshed = probe.refresh(WEB, first.json()["refresh_token"]).json()
    for kind in ("id_token", "access_token"):
        assert unverified_token(refreshed[kind])[1]["auth_time"] == before
    again = probe.refresh(WEB, refreshed["refresh_token"]).json()
    assert unverified_token(again["id_token"])[1]["auth_time"] == before


def test_p19_a_scope_that_tokens_do_not_show_is_refreshed_too(new_provider, tmp_path):
    mapper = {
        "name": "hidden",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-hardcoded-claim-mapper",
        "config": {"claim.name": "hidden", "claim.value": "yes", "access.token.claim": "true", "jsonType.label": "String"},
    }
    scope = {
        "name": "quiet",
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "false"},
        "protocolMappers": [mapper],
    }
    client = {
        "clientId": "web",
        "secret": "web-secret",
        "redirectUris": [CALLBACK],
        "directAccessGrantsEnabled": True,
        "optionalClientScopes": ["quiet", "loud"],
    }
    user = {"username": CAROL[0], "enabled": True, "credentials": [{"type": "password", "value": CAROL[1]}]}
    loud = {"name": "loud", "protocol": "openid-connect"}
    document = {"realm": "x", "enabled": True, "clients": [client], "clientScopes": [scope, loud], "users": [user]}
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("x")
    tokens = realm.password(WEB, *CAROL, scope="openid quiet loud").json()
    for _ in range(2):
        assert "quiet" not in tokens["scope"] and "loud" in tokens["scope"]
        assert unverified_token(tokens["access_token"])[1]["hidden"] == "yes"
        tokens = realm.refresh(WEB, tokens["refresh_token"]).json()
    # A refresh may ask for less, and later for all again (RFC 6749 §6).
    less = realm.refresh(WEB, tokens["refresh_token"], scope="loud").json()
    assert less["scope"] == "loud" and "id_token" not in less
    assert "hidden" not in unverified_token(less["access_token"])[1]
    assert realm.refresh(WEB, less["refresh_token"]).json()["scope"].split() == ["openid", "loud"]
    assert_refused(realm.refresh(WEB, less["refresh_token"], scope="nonsense"), 400, "invalid_scope", "Invalid scopes: nonsense")
