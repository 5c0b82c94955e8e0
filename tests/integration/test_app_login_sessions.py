# SPDX-License-Identifier: Apache-2.0
"""The session of a browser that has signed in: kept, renewed, ended, and nobody else's."""

import re
import threading
import time
import urllib.parse

import pytest
from browser_login import (  # noqa: F401, F811  (fixtures)
    SAME_ORIGIN,
    api,
    api_names,
    good_again,
    log_in,
    provider,
    wait_until_ready,
)
from navigation import NAVIGATION, navigate
from peers import free_port
from programs import ItemsApi
from waiting import until
from web import Browser, query_of


# ---- sessions ----


def forge(value, at):
    return value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]


def test_tampered_sessions(api):
    browser, _ = log_in(api)
    key = next(key for key in browser.cookies if key[2] == "ostiary")
    good = browser.cookies[key]
    for at in (2, 10, 40, len(good) // 2, len(good) - 1):
        answer = Browser().get(f"{api.base}/items/", headers={"Cookie": f"ostiary={forge(good, at)}"})
        assert answer.status == 401
        assert answer.json() == {"detail": "Not authenticated"}
    for value in ("", "1.", "9." + good[2:], good[2:], "x", "1." + "A" * 5000):
        assert Browser().get(f"{api.base}/items/", headers={"Cookie": f"ostiary={value}"}).status == 401
    assert Browser().get(f"{api.base}/items/", headers={"Cookie": f"ostiary={good}"}).status == 200


def test_transaction_is_no_session(api):
    browser = Browser()
    navigate(browser, f"{api.base}/items/", follow=False)
    value = next(iter(browser.cookies.values()))
    for cookie in (f"ostiary={value}", f"ostiary=1.{value}"):
        assert Browser().get(f"{api.base}/items/", headers={"Cookie": cookie}).status == 401


def test_sessions_of_another_secret(new_items_api, provider, api):
    browser, _ = log_in(api)
    other = new_items_api(provider.issuer)
    wait_until_ready(other)
    cookie = f"ostiary={browser.cookie('ostiary')}"
    assert Browser().get(f"{other.base}/items/", headers={"Cookie": cookie}).status == 401


def test_authorization_comes_first(api, provider):
    browser, _ = log_in(api)
    answer = browser.get(f"{api.base}/items/", headers={"Authorization": "Bearer bad"})
    assert answer.status == 401
    answer = browser.get(
        f"{api.base}/items/", headers={"Authorization": f"Bearer {provider.access_token(sub='bob')}"}
    )
    assert "bob" in answer.text


def test_refresh(api, provider):
    provider.lifetime = 2  # a token of one second may be over before the login is
    browser, page = log_in(api)
    assert page.status == 200
    before = browser.cookie("ostiary")
    time.sleep(2.2)
    provider.lifetime = 300
    provider.subject = "alice-id"
    answer = browser.get(f"{api.base}/items/")
    assert answer.status == 200
    assert browser.cookie("ostiary") != before
    assert [call[2]["grant_type"] for call in provider.calls if call[1] == "token"] == [
        "authorization_code",
        "refresh_token",
    ]
    assert browser.get(f"{api.base}/items/").status == 200
    assert provider.count("token") == 2


def test_a_resource_is_named_wherever_tokens_are_asked_for(new_items_api, provider):
    """RFC 8707; a session that has none of it is over when it is refreshed, and the next login has."""
    resource = "https://api.example/v1?a=b%20c"
    program = new_items_api(provider.issuer, ["--login-resource", resource])
    wait_until_ready(program)
    provider.lifetime = 2
    browser, page = log_in(program)
    assert page.status == 200
    time.sleep(2.2)
    assert navigate(browser, f"{program.base}/items/").status == 200
    named = [(call[1], call[2].get("resource")) for call in provider.calls if call[1] in ("auth", "token")]
    assert named == [("auth", resource), ("token", resource), ("token", resource)]
    provider.token_answer = (400, {"error": "invalid_target"})
    time.sleep(2.2)
    assert navigate(browser, f"{program.base}/items/", follow=False).location.startswith(f"{provider.issuer}/protocol/auth?")


def test_refresh_of_many_requests_at_once(api, provider):
    provider.lifetime = 2  # a token of one second may be over before the login is
    browser, _ = log_in(api)
    time.sleep(2.2)
    provider.lifetime = 300
    provider.token_delay = 0.3
    cookie = {"Cookie": f"ostiary={browser.cookie('ostiary')}"}
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(Browser().get(f"{api.base}/items/", headers=cookie)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 8
    # One more, late, with the old cookie: the refresh token has been spent, its outcome is known.
    assert Browser().get(f"{api.base}/items/", headers=cookie).status == 200
    assert sum(1 for call in provider.calls if call[2].get("grant_type") == "refresh_token") == 1


def test_session_that_the_provider_has_ended(api, provider):
    provider.lifetime = 1
    browser, _ = log_in(api)
    time.sleep(1.2)
    provider.lifetime = 300
    provider.refresh_tokens.clear()
    # 30 s of leeway: the token itself is still accepted, so the session's end shows by its refresh.
    answer = browser.get(f"{api.base}/items/")
    assert answer.status == 401
    assert browser.cookie("ostiary") is None
    assert navigate(browser, f"{api.base}/items/", follow=False).status in (302, 400)


def test_the_operator_is_told_why_nobody_can_log_in(tmp_path):
    port = free_port()
    with ItemsApi(f"http://localhost:{port}/realms/none", tmp_path) as program:
        page = navigate(Browser(), f"{program.base}/items/")
        assert page.status == 503
        until(lambda: "connect" in Browser().get(f"{program.base}/health").json()["login_error"], program.log_tail, step=0.02)
        page = navigate(Browser(), f"{program.base}/items/")
        assert page.status == 503
    told = re.search(r"no login was begun: discovery: (\S+): Failed to connect", program.log.read_text())
    assert told and told[1] == f"http://localhost:{port}/realms/none/.well-known/openid-configuration"


def test_provider_is_down_for_a_moment(api, provider):
    provider.lifetime = 1
    browser, _ = log_in(api)
    time.sleep(1.2)
    provider.token_answer = (503, b"")
    answer = browser.get(f"{api.base}/items/")
    assert answer.status == 200, "within the leeway the token serves"
    assert browser.cookie("ostiary"), "the session is kept"
    provider.token_answer = None
    assert browser.get(f"{api.base}/items/").status == 200


def test_expired_and_provider_is_down(api, provider):
    provider.access_claims = {"exp": int(time.time()) + 4 - 30}
    provider.lifetime = 1
    browser = Browser()
    first = navigate(browser, f"{api.base}/items/", follow=False)
    back = navigate(browser, first.location, follow=False)
    assert navigate(browser, back.location, follow=False).status == 302
    time.sleep(5.2)
    provider.token_answer = (503, b"")
    page = navigate(browser, f"{api.base}/items/", follow=False)
    assert page.status == 503
    assert page.page.title == "Login is not possible right now"
    assert browser.get(f"{api.base}/items/").status == 401
    assert browser.cookie("ostiary")


# ---- ending while a login is under way ----


def test_stop_while_the_provider_is_slow(new_items_api, provider):
    program = new_items_api(provider.issuer)
    wait_until_ready(program)
    browser = Browser()
    first = navigate(browser, f"{program.base}/items/", follow=False)
    back = navigate(browser, first.location, follow=False)
    provider.token_delay = 2
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(navigate(browser, back.location, follow=False)))
    waiting.start()
    time.sleep(0.5)
    assert program.stop() == 0
    waiting.join()
    assert [answer.status for answer in answers] == [302], "what was begun is finished"


def test_stop_while_the_provider_is_silent(new_items_api, provider):
    program = new_items_api(provider.issuer)
    wait_until_ready(program)
    browser = Browser()
    first = navigate(browser, f"{program.base}/items/", follow=False)
    back = navigate(browser, first.location, follow=False)
    provider.token_delay = 20
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(navigate(browser, back.location, follow=False)))
    waiting.start()
    time.sleep(0.5)
    assert program.stop() == 0
    waiting.join()
    assert [answer.status for answer in answers] == [503]


# ---- other sites ----


def test_logout(api, provider):
    browser, _ = log_in(api)
    answer = browser.get(f"{api.base}/logout", headers=SAME_ORIGIN)
    assert answer.status == 303
    asked = query_of(answer.location)
    assert asked["post_logout_redirect_uri"] == f"{api.base}/"
    assert asked["client_id"] == "myapi"
    assert asked["id_token_hint"].count(".") == 2
    assert api_names(browser) == []


def test_logout_from_the_address_bar(api):
    browser, _ = log_in(api)
    assert navigate(browser, f"{api.base}/logout", follow=False).status == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_other_sites_cannot_log_out(api, site):
    browser, _ = log_in(api)
    headers = {k: v for k, v in NAVIGATION.items() if k != "Sec-Fetch-Site"}
    if site:
        headers["Sec-Fetch-Site"] = site
    page = browser.get(f"{api.base}/logout", headers=headers)
    assert page.status == 200
    assert page.page.title == "Sign out?"
    assert browser.cookie("ostiary")
    forged = browser.post(f"{api.base}/logout", {}, headers={**headers, "Origin": "https://evil.example"})
    assert forged.status == 403
    assert browser.cookie("ostiary")
    # The button of the page itself, also in a browser that only sends Origin.
    ended = browser.submit(page.page.form(), headers={"Origin": api.base})
    assert ended.status == 303
    assert browser.cookie("ostiary") is None


def test_logout_without_a_session(api):
    answer = Browser().get(f"{api.base}/logout", headers={**NAVIGATION, "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 302
    assert answer.location == f"{api.base}/"


def test_error_page_is_inert(api, provider):
    provider.error = "access_denied"
    _, page = log_in(api)
    policy = page.header("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert page.header("Cache-Control") == "no-store"
    assert page.header("X-Content-Type-Options") == "nosniff"
    assert "<script" not in page.text
    assert urllib.parse.urlsplit(page.page.links[0]).path == "/"
