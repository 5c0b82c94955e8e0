# SPDX-License-Identifier: Apache-2.0
"""Logout, in its forms, and what is left of a session afterwards."""

from observe import ITEMS_DOCS, MYAPI, OTHER, WEB
from oidc import Pkce, callback_of

BACK = "http://localhost:8000/"


def logged_in(r, client=MYAPI, realm="myrealm", user="alice", password="alice-password"):
    target = r.realm(realm)
    browser = target.browser()
    _, tokens = target.code_login(client, user, password, browser=browser)
    return target, browser, tokens.json()


def probe_with_hint(r):
    realm, browser, tokens = logged_in(r)
    r.take("logout", browser.get(realm.endpoint("logout"), {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK, "state": "state-2"}))
    r.take("refresh", realm.refresh(MYAPI, tokens["refresh_token"]))
    r.take("userinfo", realm.userinfo(tokens["access_token"]))
    r.take("introspection", realm.browser().post(
        realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, MYAPI.auth))
    r.take("login page again", realm.authorize(browser, MYAPI))
    r.take("prompt=none", realm.authorize(browser, MYAPI, prompt="none"))
    r.take("logout again", browser.get(realm.endpoint("logout"), {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}))


def probe_with_hint_only(r):
    realm, browser, tokens = logged_in(r)
    r.take("logout", browser.get(realm.endpoint("logout"), {"id_token_hint": tokens["id_token"]}))


def probe_with_hint_and_no_cookies(r):
    realm, browser, tokens = logged_in(r)
    r.take("logout", realm.browser().get(realm.endpoint("logout"), {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}))
    r.take("refresh", realm.refresh(MYAPI, tokens["refresh_token"]))
    r.take("browser that was logged in", realm.authorize(browser, MYAPI))


def probe_post_with_hint(r):
    realm, browser, tokens = logged_in(r)
    r.take("logout", browser.post(realm.endpoint("logout"), {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK, "state": "state-2"}))


def probe_asks(r):
    realm, browser, tokens = logged_in(r)
    page = r.take("page", browser.get(realm.endpoint("logout"), {
        "client_id": "myapi", "post_logout_redirect_uri": BACK, "state": "state-2"}))
    r.take("confirmed", browser.submit(page.page.forms[0], confirmLogout="Logout"))
    r.take("refresh", realm.refresh(MYAPI, tokens["refresh_token"]))
    r.take("prompt=none", realm.authorize(browser, MYAPI, prompt="none"))


def probe_asks_without_a_target(r):
    realm, browser, tokens = logged_in(r)
    page = r.take("page", browser.get(realm.endpoint("logout")))
    r.take("confirmed", browser.submit(page.page.forms[0], confirmLogout="Logout"))
    r.take("refresh", realm.refresh(MYAPI, tokens["refresh_token"]))


def probe_asks_and_is_not_answered(r):
    realm, browser, _ = logged_in(r)
    page = r.take("page", browser.get(realm.endpoint("logout"), {"client_id": "myapi"}))
    r.take("still logged in", realm.authorize(browser, MYAPI, prompt="none"))
    r.take("confirmed after another login in between", browser.submit(page.page.forms[0], confirmLogout="Logout"))


def probe_confirmation_forged(r):
    realm, browser, _ = logged_in(r)
    page = r.take("page", browser.get(realm.endpoint("logout"), {"client_id": "myapi"}))
    r.take("other session_code", browser.submit(page.page.forms[0], session_code="x", confirmLogout="Logout"))
    r.take("without cookies", realm.browser().submit(page.page.forms[0], confirmLogout="Logout"))
    r.take("still logged in", realm.authorize(browser, MYAPI, prompt="none"))


def probe_asks_without_a_session(r):
    realm = r.realm()
    r.take("no parameters", realm.browser().get(realm.endpoint("logout")))
    r.take("client_id", realm.browser().get(realm.endpoint("logout"), {"client_id": "myapi"}))
    r.take("client_id and target", realm.browser().get(realm.endpoint("logout"), {
        "client_id": "myapi", "post_logout_redirect_uri": BACK}))


def probe_refused(r):
    realm, browser, tokens = logged_in(r)
    head, claims, signature = tokens["id_token"].split(".")
    tampered = ".".join((head, claims, ("A" if signature[0] != "A" else "B") + signature[1:]))
    logout = realm.endpoint("logout")
    r.take("target alone", browser.get(logout, {"post_logout_redirect_uri": BACK}))
    r.take("unregistered target with a hint", browser.get(logout, {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://elsewhere.example/"}))
    r.take("unregistered target with a client_id", browser.get(logout, {
        "client_id": "myapi", "post_logout_redirect_uri": "http://elsewhere.example/"}))
    r.take("unknown client", browser.get(logout, {"client_id": "nobody", "post_logout_redirect_uri": BACK}))
    r.take("hint of another client", browser.get(logout, {
        "client_id": "items-docs", "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}))
    r.take("tampered hint", browser.get(logout, {"id_token_hint": tampered, "post_logout_redirect_uri": BACK}))
    r.take("garbage hint", browser.get(logout, {"id_token_hint": "x", "post_logout_redirect_uri": BACK}))
    r.take("access token as hint", browser.get(logout, {
        "id_token_hint": tokens["access_token"], "post_logout_redirect_uri": BACK}))
    r.take("redirect_uri of old", browser.get(logout, {"redirect_uri": BACK}))
    r.take("still logged in", realm.authorize(browser, MYAPI, prompt="none"))


def probe_by_refresh_token(r):
    realm, browser, tokens = logged_in(r)
    logout = realm.endpoint("logout")
    r.take("wrong secret", realm.browser().post(
        logout, {"client_id": "myapi", "client_secret": "x", "refresh_token": tokens["refresh_token"]}))
    r.take("no client", realm.browser().post(logout, {"refresh_token": tokens["refresh_token"]}))
    r.take("garbage", realm.browser().post(logout, {"refresh_token": "x"}, MYAPI.auth))
    r.take("no token", realm.browser().post(logout, {}, MYAPI.auth))
    r.take("other client", realm.browser().post(
        logout, {"refresh_token": tokens["refresh_token"], **ITEMS_DOCS.form}))
    r.take("logout", realm.browser().post(logout, {"refresh_token": tokens["refresh_token"]}, MYAPI.auth))
    r.take("again", realm.browser().post(logout, {"refresh_token": tokens["refresh_token"]}, MYAPI.auth))
    r.take("refresh", realm.refresh(MYAPI, tokens["refresh_token"]))
    r.take("browser", realm.authorize(browser, MYAPI, prompt="none"))


def probe_two_clients(r):
    realm, browser, tokens = logged_in(r)
    pkce = Pkce()
    code = callback_of(realm.authorize(browser, ITEMS_DOCS, pkce))["code"]
    docs = realm.code(ITEMS_DOCS, code, pkce).json()
    browser.get(realm.endpoint("logout"), {"id_token_hint": tokens["id_token"]})
    r.take("refresh token of the other client", realm.refresh(ITEMS_DOCS, docs["refresh_token"]))


def probe_password_sessions(r):
    """Each password grant is a session of its own."""
    realm = r.realm()
    first = realm.password(MYAPI, "bob", "bob-password").json()
    second = realm.password(MYAPI, "bob", "bob-password").json()
    realm.browser().post(realm.endpoint("logout"), {"refresh_token": first["refresh_token"]}, MYAPI.auth)
    r.take("refresh of the ended one", realm.refresh(MYAPI, first["refresh_token"]))
    r.take("refresh of the other", realm.refresh(MYAPI, second["refresh_token"]))


def probe_target_of_plus(r):
    """post.logout.redirect.uris "+": the redirect URIs serve."""
    realm, browser, tokens = logged_in(r, WEB, "probe", "carol", "carol-password")
    r.take("not among them", browser.get(realm.endpoint("logout"), {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}))
    r.take("among them", browser.get(realm.endpoint("logout"), {
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": OTHER.redirect_uri}))
