# SPDX-License-Identifier: Apache-2.0
"""The login of a browser: there and back, and everything that can go wrong on the way."""

import re

import pytest
from browser_login import (  # noqa: F401, F811  (fixtures)
    api,
    api_names,
    good_again,
    log_in,
    logged,
    provider,
    wait_until_ready,
)
from fake_provider import Key
from navigation import NAVIGATION, navigate
from web import Browser, parse_set_cookie, query_of


# ---- there and back ----


def test_login(api, provider):
    browser, page = log_in(api, "/items/?a=b%20c&d=%2Fe")
    assert page.status == 200
    assert page.url == f"{api.base}/items/?a=b%20c&d=%2Fe"
    assert page.json()["message"] == "Hello user alice-id! This is a protected resource!"
    asked = next(call[2] for call in provider.calls if call[1] == "auth")
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == f"{api.base}/auth"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert navigate(browser, f"{api.base}/items/", follow=False).status == 200
    assert provider.count("token") == 1


@pytest.mark.parametrize("query", [
    "q=tea,milk", "q=tea;milk", "q=$5", "q=caf%C3%A9", "q=" + "a" * 300, "back=https://a.example/b", "back=https%3A%2F%2Fa.example%2Fb",
])
def test_back_to_the_page_whatever_its_query(api, query):
    _, page = log_in(api, f"/items/?{query}")
    assert (page.status, page.url) == (200, f"{api.base}/items/?{query}")


def test_cookies(api):
    browser = Browser()
    first = navigate(browser, f"{api.base}/items/", follow=False)
    assert first.status == 302
    assert first.header("Cache-Control") == "no-store"
    back = navigate(browser, first.location, follow=False)
    last = navigate(browser, back.location, follow=False)
    assert last.status == 302
    assert last.header("Location") == "/items/"
    lines = first.all("Set-Cookie") + last.all("Set-Cookie")
    assert lines
    for line in lines:
        cookie = parse_set_cookie(line)
        assert {"HttpOnly", "SameSite"} <= set(cookie["flags"])
        assert cookie["attributes"]["samesite"] == "Lax"
        assert cookie["attributes"]["path"] == "/"
        assert len(line) <= 4096
    assert parse_set_cookie(first.all("Set-Cookie")[0])["attributes"]["max-age"] == "600"
    assert api_names(browser) == ["ostiary", "ostiary-back"]


def test_keycloak_sized_session_fits_one_cookie(api, provider):
    provider.pad = 500
    browser, page = log_in(api)
    assert page.status == 200
    assert api_names(browser) == ["ostiary", "ostiary-back"]


def test_large_session_is_split(api, provider):
    provider.pad = 9000
    browser, page = log_in(api)
    assert page.status == 200
    pieces = [name for name in api_names(browser) if re.fullmatch(r"ostiary(-\d)?", name)]
    assert len(pieces) >= 3
    # A shorter session takes their place; what is left over is deleted.
    provider.pad = 0
    provider.lifetime = 300
    for key in list(browser.cookies):
        if key[2] == "ostiary-1":
            browser.cookies[key] = "A" * 3000
    _, page = log_in(api, browser=browser)
    assert page.status == 400, "a broken session just after a login: no loop"
    del browser.cookies[next(key for key in browser.cookies if key[2] == "ostiary-back")]
    _, page = log_in(api, browser=browser)
    assert page.status == 200
    assert api_names(browser) == ["ostiary", "ostiary-back"]


def test_too_large_a_session_is_told(api, provider):
    provider.pad = 40000
    _, page = log_in(api)
    assert page.status in (401, 500, 502)
    assert "text/html" in page.header("Content-Type")


def test_tabs(api):
    browser = Browser()
    first = navigate(browser, f"{api.base}/items/?tab=1", follow=False)
    second = navigate(browser, f"{api.base}/items/?tab=2", follow=False)
    assert navigate(browser, second.location).url.endswith("tab=2")
    assert navigate(browser, first.location).url.endswith("tab=1")


def test_many_unfinished_logins(api):
    browser = Browser()
    for _ in range(40):
        assert navigate(browser, f"{api.base}/items/", follow=False).status == 302
    assert len(api_names(browser)) <= 8
    assert log_in(api, browser=browser)[1].status == 200


def test_any_node_finishes_a_login(new_items_api, provider, tmp_path):
    secret = {"OSTIARY_COOKIE_SECRET": "0123456789abcdef0123456789abcdef"}
    nodes = []
    for _ in range(2):
        node = new_items_api(provider.issuer, ["--base-url", "http://localhost:12345"], start=False)
        node.environment.update(secret)
        node.start()
        wait_until_ready(node)
        nodes.append(node)
    browser = Browser()
    first = navigate(browser, f"{nodes[0].base}/items/", follow=False)
    back = navigate(browser, first.location, follow=False)
    callback = back.location.replace("http://localhost:12345", nodes[1].base)
    assert navigate(browser, callback, follow=False).status == 302
    for node in nodes:
        assert navigate(browser, f"{node.base}/items/", follow=False).status == 200


# ---- who is sent to sign in ----


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/json"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Accept": "text/html", "X-Requested-With": "XMLHttpRequest"},
        {"Accept": "application/xhtml+xml;q=1, text/htmlx"},
        {**NAVIGATION, "Authorization": "Bearer x"},
    ],
)
def test_programs_are_not(api, headers):
    answer = Browser().get(f"{api.base}/items/", headers=headers)
    assert answer.status == 401
    assert answer.header("Content-Type") == "application/json"
    assert answer.header("Set-Cookie") is None


def test_old_browsers_are(api):
    answer = Browser().get(f"{api.base}/items/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status == 302


def test_head_and_post_are_not(api):
    assert Browser().request("HEAD", f"{api.base}/items/", headers=NAVIGATION).status == 401


def test_host_is_not_believed(api):
    answer = Browser().get(f"{api.base}/items/", headers={**NAVIGATION, "Host": "evil.example"})
    assert answer.status == 401
    assert "evil.example" not in str(answer.headers) + answer.text
    assert "--base-url" in answer.text


def test_loopback_names_are_believed(api, provider):
    for host in (f"127.0.0.1:{api.port}", f"[::1]:{api.port}", f"LOCALHOST:{api.port}"):
        answer = Browser().get(f"{api.base}/items/", headers={**NAVIGATION, "Host": host})
        assert query_of(answer.location)["redirect_uri"] == f"http://{host.lower()}/auth"


def test_base_url(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--base-url", "https://api.example.org"])
    wait_until_ready(program)
    answer = Browser().get(f"{program.base}/items/", headers={**NAVIGATION, "Host": "evil.example"})
    assert query_of(answer.location)["redirect_uri"] == "https://api.example.org/auth"
    line = answer.all("Set-Cookie")[0]
    assert line.startswith("__Host-ostiary-login-")
    assert "; Secure" in line and "; Path=/" in line and "Domain" not in line
    assert answer.header("Strict-Transport-Security")


# ---- what comes back ----


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=a",
        "state=b",
        "code=a&state=b",
        "code=a&state=b&state=c",
        "error=access_denied&state=made-up",
        "code=%00&state=b",
        "error=%3Cscript%3Ealert(1)%3C%2Fscript%3E&state=b",
        "code=" + "a" * 5000 + "&state=b",
    ],
)
def test_callbacks_out_of_nowhere(api, query):
    answer = navigate(Browser(), f"{api.base}/auth?{query}", follow=False)
    assert answer.status == 400
    assert "text/html" in answer.header("Content-Type")
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.header("Content-Security-Policy")
    assert answer.header("Set-Cookie") is None


def test_login_of_another_browser(api):
    """Login CSRF: the callback of an attacker's login, opened in the victim's browser."""
    first = navigate(Browser(), f"{api.base}/items/", follow=False)
    back = navigate(Browser(), first.location, follow=False)
    victim = Browser()
    navigate(victim, f"{api.base}/items/", follow=False)
    answer = navigate(victim, back.location, follow=False)
    assert answer.status == 400
    assert "ostiary" not in api_names(victim)


def test_code_is_used_once(api, provider):
    browser = Browser()
    first = navigate(browser, f"{api.base}/items/", follow=False)
    back = navigate(browser, first.location, follow=False)
    assert navigate(browser, back.location, follow=False).status == 302
    assert provider.count("token") == 1
    session = browser.cookie("ostiary")
    # The back button leads here again: who is signed in stays so (N3).
    again = navigate(browser, back.location, follow=False)
    assert (again.status, again.location) == (302, f"{api.base}/")
    assert provider.count("token") == 1
    assert browser.cookie("ostiary") == session and again.header("Set-Cookie") is None
    browser.cookies.clear()
    assert navigate(browser, back.location, follow=False).status == 400
    assert provider.count("token") == 1


def test_callback_of_an_attacker_leaves_a_session_alone(api, provider):
    """Login CSRF against somebody who is signed in: the attacker's code is not even looked at."""
    first = navigate(Browser(), f"{api.base}/items/", follow=False)
    back = navigate(Browser(), first.location, follow=False)
    victim, _ = log_in(api)
    before = (victim.cookie("ostiary"), provider.count("token"))
    answer = navigate(victim, back.location, follow=False)
    assert (answer.status, answer.location) == (302, f"{api.base}/")
    assert (victim.cookie("ostiary"), provider.count("token")) == before


def test_the_start_tells_who_is_signed_in(api):
    browser = Browser()
    page = navigate(browser, f"{api.base}/")
    assert page.status == 200 and page.page.text_by_id["kc-page-title"] == "You are not signed in"
    assert page.page.links == [f"{api.base}/docs"]
    log_in(api, browser=browser)
    page = navigate(browser, f"{api.base}/")
    assert page.page.text_by_id["kc-page-title"] == "You are signed in"
    assert page.page.form().action == f"{api.base}/logout"
    ended = browser.submit(page.page.form(), headers={"Origin": api.base})
    assert ended.status == 303 and browser.cookie("ostiary") is None


@pytest.mark.parametrize("code", ["access_denied", "login_required", "temporarily_unavailable", "what.is-this"])
def test_provider_says_no(api, provider, code):
    provider.error = code
    browser, page = log_in(api)
    assert page.status == 403
    assert page.page.title == "You could not be signed in"
    assert code not in page.page.text, "codes are for the log"
    assert f"login failed: OST_E_REMOTE: {code}" in logged(api, page)
    assert provider.count("token") == 0
    assert "ostiary" not in api_names(browser)


def test_state_is_changed(api, provider):
    provider.error_state = "another"
    assert log_in(api)[1].status == 400
    assert provider.count("token") == 0


def test_mix_up(api, provider):
    """RFC 9207: the answer of another provider."""
    provider.issuer_in_callback = "https://evil.example"
    assert log_in(api)[1].status == 400
    assert provider.count("token") == 0
    provider.issuer_in_callback = provider.issuer
    assert log_in(api)[1].status == 200


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "replayed"}, {"aud": "other"}, {"iss": "https://evil.example"}, {"azp": "other"}, {"exp": 1}],
)
def test_bad_id_tokens(api, provider, claims):
    provider.id_claims = claims
    browser, page = log_in(api)
    assert page.status in (400, 403, 502)
    assert "ostiary" not in api_names(browser)


def test_g12_login_of_many_tenants(new_items_api, provider):
    """As with Microsoft Entra ID: the discovery document has {tenantid}, each token its own tenant."""
    one, two = "72f988bf-86f1-41af-91ab-2d7cd011db47", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"
    provider.named = f"{provider.base}/{{tenantid}}/v2.0"
    document = f"{provider.issuer}/.well-known/openid-configuration"
    api = new_items_api(provider.named, ("--discovery-url", document, "--tenant", one))
    wait_until_ready(api)

    def log_in_of(issuer_of, tid):
        provider.id_claims = provider.access_claims = {"iss": f"{provider.base}/{issuer_of}/v2.0", "tid": tid}
        return log_in(api)[1].status

    assert log_in_of(one, one) == 200
    assert log_in_of(two, two) == 400  # a tenant that may not come in
    assert log_in_of(two, one) == log_in_of(one, two) == log_in_of("{tenantid}", one) == 400
    docs = Browser().get(f"{api.base}/openapi.json")
    assert docs.status == 200 and "{tenantid}" not in docs.body.decode()


def test_forged_id_token(api, provider):
    provider.id_token_key = Key("first")
    browser, page = log_in(api)
    assert page.status == 502
    assert "ostiary" not in api_names(browser)


def test_wrong_audience_is_told_and_no_loop(api, provider):
    provider.audience = "account"
    browser, page = log_in(api)
    assert page.status == 403
    assert page.page.title == "Your login does not include this API"
    assert provider.count("auth") == 1
    assert "ostiary" not in api_names(browser)


@pytest.mark.parametrize(
    "answer",
    [(400, {"error": "invalid_grant"}), (401, {"error": "invalid_client"}), (500, b"<html>"), (200, b"{}"), (302, b"")],
)
def test_token_endpoint_fails(api, provider, answer):
    provider.token_answer = answer
    browser, page = log_in(api)
    assert page.status in (400, 502)
    assert "text/html" in page.header("Content-Type")
    assert "ostiary" not in api_names(browser)


def test_new_signing_key_during_login(new_items_api, provider):
    program = new_items_api(provider.issuer)
    wait_until_ready(program)
    provider.key = Key("third")
    provider.published.append(provider.key)
    assert log_in(program)[1].status == 200


def test_browser_without_cookies(api, provider):
    browser = Browser()
    _, page = log_in(api, browser=browser)
    assert page.status == 200
    # The session is lost, the mark that it was there is not.
    del browser.cookies[next(key for key in browser.cookies if key[2] == "ostiary")]
    page = navigate(browser, f"{api.base}/items/", follow=False)
    assert page.status == 400
    assert "cookies" in page.page.text


# ---- where to go afterwards ----


@pytest.mark.parametrize("path", ["//evil.example", "/%5Cevil.example", "/.//evil.example", "/%09/evil.example"])
def test_wanted_stays_here(api, path):
    """Whatever the path, nothing but a guarded route begins a login, and it ends on this host."""
    answer = Browser().get(api.base + path, headers=NAVIGATION)
    assert answer.status in (400, 404)
    assert answer.location is None
