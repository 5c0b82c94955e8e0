# SPDX-License-Identifier: Apache-2.0
"""The login form: cookies, mistakes, other users, stale and repeated submissions, each response mode."""

import time

from observe import MYAPI, WEB
from oidc import Client
from web import query_of

RIGHT = {"username": "alice", "password": "alice-password"}


def opened(r, client=MYAPI, realm="myrealm", **changes):
    """(realm, browser, login form)"""
    target = r.realm(realm)
    browser = target.browser()
    page = target.authorize(browser, client, **changes)
    return target, browser, page.page.form("kc-form-login")


def probe_right(r):
    realm = r.realm()
    browser = realm.browser()
    page = r.take("page", realm.authorize(browser, MYAPI))
    r.take("submission", browser.submit(page.page.form("kc-form-login"), **RIGHT))


def probe_remember_me_and_extra_fields(r):
    _, browser, form = opened(r)
    r.take("submission", browser.submit(form, rememberMe="on", login="Sign In", **RIGHT))


def probe_wrong(r):
    _, browser, form = opened(r)
    page = r.take("wrong password", browser.submit(form, username="alice", password="wrong"))
    page = r.take("unknown user", browser.submit(page.page.form("kc-form-login"), username="<b>nobody", password="x"))
    page = r.take("empty user name", browser.submit(page.page.form("kc-form-login"), username="", password="x"))
    page = r.take("empty password", browser.submit(page.page.form("kc-form-login"), username="alice", password=""))
    page = r.take("both empty", browser.submit(page.page.form("kc-form-login"), username="", password=""))
    r.take("right at last", browser.submit(page.page.form("kc-form-login"), **RIGHT))


def probe_other_users(r):
    _, browser, form = opened(r, WEB, "probe")
    page = r.take("disabled user", browser.submit(form, username="dan", password="dan-password"))
    page = r.take("disabled user, wrong password", browser.submit(
        page.page.form("kc-form-login"), username="dan", password="wrong"))
    answer = r.take("must change the password", browser.submit(
        page.page.form("kc-form-login"), username="erin", password="erin-password"))
    page = r.take("the action's page", browser.get(answer.location))
    form = page.page.forms[0]
    page = r.take("passwords differ", browser.submit(
        form, **{"password-new": "erin-second", "password-confirm": "erin-third"}))


def probe_user_without_email(r):
    _, browser, form = opened(r, WEB, "probe")
    answer = r.take("submission", browser.submit(form, username="ines", password="ines-password"))
    if answer.location:
        r.take("next page", browser.get(answer.location))


def probe_consent(r):
    client = Client("asking", "asking-secret", WEB.redirect_uri)
    _, browser, form = opened(r, client, "probe")
    answer = r.take("submission", browser.submit(form, username="carol", password="carol-password"))
    page = r.take("consent page", browser.get(answer.location))
    r.take("refused", browser.submit(page.page.forms[0], cancel="No"))


def probe_without_cookies(r):
    realm, browser, form = opened(r)
    r.take("submission", realm.browser().submit(form, **RIGHT))


def probe_cookies_of_another_login(r):
    realm, _, form = opened(r)
    other = realm.browser()
    realm.authorize(other, MYAPI)
    r.take("submission", other.submit(form, **RIGHT))


def probe_tampered_action(r):
    _, browser, form = opened(r)
    address, _ = form.action.split("?")
    query = query_of(form.action)
    for name in ("session_code", "execution", "client_id", "tab_id"):
        changed = {**query, name: "00000000-0000-4000-8000-000000000000"}
        r.take(f"other {name}", browser.post(f"{address}?{_query(changed)}", RIGHT))
    r.take("no query", browser.post(address, RIGHT))
    r.take("GET of the action", browser.get(form.action))


def probe_twice(r):
    realm, browser, form = opened(r)
    r.take("submission", browser.submit(form, **RIGHT))
    r.take("the same again", browser.submit(form, **RIGHT))
    r.take("page again", realm.authorize(browser, MYAPI))


def probe_two_tabs(r):
    realm, browser, first = opened(r)
    second = realm.authorize(browser, MYAPI, state="state-2").page.form("kc-form-login")
    r.take("second tab", browser.submit(second, **RIGHT))
    r.take("first tab afterwards", browser.submit(first, **RIGHT))


def probe_stale_page(r):
    """accessCodeLifespanLogin 5: the page was left open too long."""
    _, browser, form = opened(r, WEB, "brief")
    time.sleep(7)
    page = r.take("submission", browser.submit(form, username="carol", password="carol-password"))
    if page.status == 200 and page.page.forms:
        r.take("once more", browser.submit(page.page.forms[0], username="carol", password="carol-password"))


def probe_response_modes(r):
    for kind in ("code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"):
        _, browser, form = opened(r, response_type=kind)
        r.take(kind, browser.submit(form, **RIGHT))
    for mode in ("query", "fragment", "form_post"):
        _, browser, form = opened(r, response_mode=mode)
        r.take(f"response_mode={mode}", browser.submit(form, **RIGHT))
    _, browser, form = opened(r, response_type="none")
    r.take("none", browser.submit(form, **RIGHT))
    _, browser, form = opened(r, state="a b&c=<\u00e4>")
    r.take("state with marks", browser.submit(form, **RIGHT))


def probe_response_modes_in_a_jwt(r):
    for mode in ("jwt", "query.jwt"):
        _, browser, form = opened(r, response_mode=mode)
        r.take(f"response_mode={mode}", browser.submit(form, **RIGHT))


def probe_redirect_uri_with_query(r):
    _, browser, form = opened(r, WEB, "probe", redirect_uri="http://localhost:8000/wild/a?x=1&y=%2F")
    r.take("submission", browser.submit(form, username="carol", password="carol-password"))


def probe_restart(r):
    realm, browser, form = opened(r)
    client = query_of(form.action)
    r.take("restart", browser.get(
        f"{realm.issuer}/login-actions/restart", {"client_id": client["client_id"], "tab_id": client["tab_id"]}))
    r.take("authenticate without a code", browser.get(
        f"{realm.issuer}/login-actions/authenticate",
        {"client_id": client["client_id"], "tab_id": client["tab_id"]}))


def probe_single_sign_on(r):
    realm, browser, form = opened(r)
    browser.submit(form, **RIGHT)
    time.sleep(2)
    r.take("again", realm.authorize(browser, MYAPI))
    r.take("prompt=none", realm.authorize(browser, MYAPI, prompt="none"))
    r.take("prompt=none, implicit", realm.authorize(
        browser, MYAPI, prompt="none", response_type="id_token token"))
    r.take("max_age passed", realm.authorize(browser, MYAPI, max_age="1"))
    r.take("max_age passed, prompt=none", realm.authorize(browser, MYAPI, max_age="1", prompt="none"))
    r.take("max_age far off", realm.authorize(browser, MYAPI, max_age="3600"))
    page = r.take("prompt=login", realm.authorize(browser, MYAPI, prompt="login"))
    r.take("wrong password", browser.submit(page.page.form("kc-form-login"), username="alice", password="x"))
    page = realm.authorize(browser, MYAPI, prompt="login")
    r.take("another user", browser.submit(
        page.page.form("kc-form-login"), username="bob", password="bob-password"))
    page = realm.authorize(browser, MYAPI, prompt="login")
    r.take("the same user", browser.submit(page.page.form("kc-form-login"), **RIGHT))
    r.take("prompt=consent", realm.authorize(browser, MYAPI, prompt="consent"))
    r.take("prompt=create", realm.authorize(browser, MYAPI, prompt="create"))


def _query(parameters):
    return "&".join(f"{name}={value}" for name, value in parameters.items())
