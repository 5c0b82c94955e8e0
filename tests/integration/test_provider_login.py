# SPDX-License-Identifier: Apache-2.0
"""The provider's login pages under attack: forged, crossed, replayed, injected."""

import socket
import urllib.parse

import pytest
from oidc import Pkce
from web import Browser, allowed_scripts, digest_within, query_of

INJECTION = "\"><script>alert(1)</script>'&<"


@pytest.fixture
def realm(provider):
    return provider.realm()


def login_page(realm, client, browser=None, **changes):
    browser = browser or Browser()
    return browser, realm.authorize(browser, client, Pkce(), **changes)


def test_unknown_client_is_an_error_page_and_no_redirect(realm, myapi):
    answer = Browser().get(
        realm.endpoint("auth"),
        {"client_id": "nobody", "redirect_uri": "https://evil.example/", "response_type": "code"},
    )
    assert answer.status == 400
    assert answer.header("location") is None
    assert "Client not found" in answer.text


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/",
        "{registered}/../evil",
        "{registered}/%2e%2e/evil",
        "{registered}#fragment",
        "{registered}?added=1",
        "{registered}%0d%0aLocation:%20https://evil.example/",
        "http://localhost:8000@evil.example/auth",
        "http://localhost:8000.evil.example/auth",
        "//evil.example/auth",
        "javascript:alert(1)",
        "",
    ],
)
def test_unregistered_redirect_uri_is_an_error_page_and_no_redirect(realm, myapi, uri):
    answer = Browser().get(
        realm.endpoint("auth"),
        {
            "client_id": "myapi",
            "redirect_uri": uri.replace("{registered}", myapi.redirect_uri),
            "response_type": "code",
        },
    )
    assert answer.status == 400
    assert answer.header("location") is None
    assert "redirect_uri" in answer.text


@pytest.mark.parametrize("name", ["login_hint", "state", "nonce", "scope", "prompt", "client_id", "ui_locales"])
def test_nothing_that_is_sent_becomes_markup(realm, myapi, name):
    browser = Browser()
    answer = realm.authorize(browser, myapi, None, **{name: INJECTION})
    assert "<script>alert" not in answer.text
    if answer.status == 200:
        assert allowed_scripts(answer) == [digest_within(answer.text, "script")]


def test_wrong_password_keeps_the_name_and_says_so(realm, myapi):
    browser, answer = login_page(realm, myapi)
    answer = browser.submit(answer.page.form("kc-form-login"), username="alice<b>", password="wrong")
    assert answer.status == 200
    assert 'value="alice&lt;b&gt;"' in answer.text
    assert "Invalid username or password." in answer.text
    assert 'role="alert"' in answer.text
    assert "aria-invalid" in answer.text
    assert "wrong" not in answer.text.replace("Invalid", "")


def test_login_form_of_another_browser_is_refused(realm, myapi):
    """Login CSRF: a form that the attacker began cannot log the victim in as the attacker."""
    _, answer = login_page(realm, myapi)
    form = answer.page.form("kc-form-login")
    victim, _ = login_page(realm, myapi)
    answer = victim.submit(form, username="alice", password="alice-password")
    assert answer.status == 400
    assert "Cookie not found" in answer.text
    assert victim.cookie("KEYCLOAK_IDENTITY") is None


def test_tampered_login_state_is_refused(realm, myapi):
    browser, answer = login_page(realm, myapi)
    form = answer.page.form("kc-form-login")
    form.action = form.action.replace("session_code=eyJ", "session_code=eyK")
    answer = browser.submit(form, username="alice", password="alice-password")
    assert answer.status == 400
    assert answer.header("location") is None


def test_state_comes_back_as_it_was_sent(realm, myapi):
    state = "a b+c&d=e%20\"'<>é"
    browser = Browser()
    answer = realm.log_in(browser, myapi, "alice", "alice-password", Pkce(), state=state)
    assert query_of(answer.location)["state"] == state


def test_single_sign_on_and_prompt(realm, myapi):
    browser = Browser()
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    again = realm.authorize(browser, myapi, Pkce())
    assert again.status == 302 and "code" in query_of(again.location)
    asked = realm.authorize(browser, myapi, Pkce(), prompt="login")
    assert asked.status == 200 and asked.page.form("kc-form-login")
    silent = realm.authorize(Browser(), myapi, Pkce(), prompt="none")
    assert query_of(silent.location)["error"] == "login_required"


def test_logout_asks_unless_the_client_proves_itself(realm, myapi):
    browser = Browser()
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    question = browser.get(realm.endpoint("logout"))
    assert question.status == 200 and "Do you want to sign out?" in question.text
    # Somebody else's question does not log this browser out.
    other = Browser()
    realm.log_in(other, myapi, "bob", "bob-password", Pkce())
    foreign = other.get(realm.endpoint("logout")).page.form()
    assert browser.submit(foreign).status == 400
    assert realm.authorize(browser, myapi, Pkce()).status == 302
    done = browser.submit(question.page.form(), confirmLogout="Logout")
    assert done.status == 200 and "You are signed out" in done.text
    assert realm.authorize(browser, myapi, Pkce()).status == 200


def test_a_hint_of_somebody_else_logs_nobody_out_unasked(realm, myapi):
    """A page may send any browser to the logout endpoint, with the ID token of whoever made it."""
    hint = realm.code_login(myapi, "bob", "bob-password", Pkce())[1].json()["id_token"]
    browser = Browser()
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    question = browser.get(realm.endpoint("logout"), {"id_token_hint": hint})
    assert question.status == 200 and "Do you want to sign out?" in question.text
    assert not any(cookie.startswith("KEYCLOAK_IDENTITY=") for cookie in question.all("Set-Cookie"))
    assert realm.authorize(browser, myapi, Pkce()).status == 302
    browser.submit(question.page.form(), confirmLogout="Logout")
    assert realm.authorize(browser, myapi, Pkce()).status == 200
    # One's own, of another browser, needs no question.
    hint = realm.code_login(myapi, "alice", "alice-password", Pkce())[1].json()["id_token"]
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    assert "You are signed out" in browser.get(realm.endpoint("logout"), {"id_token_hint": hint}).text
    assert realm.authorize(browser, myapi, Pkce()).status == 200


def test_pages_have_a_strict_policy(realm, myapi):
    _, answer = login_page(realm, myapi)
    policy = answer.header("content-security-policy")
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("cache-control").startswith("no-store")
    assert answer.header("referrer-policy") == "no-referrer"
    for line in answer.all("set-cookie"):
        assert "HttpOnly" in line and "SameSite=Lax" in line


def test_no_issuer_is_made_of_no_host(provider, realm):
    """HTTP/1.0 needs no Host (RFC 9112 §3.2); a provider that takes its name from there does."""
    for path in ("/.well-known/openid-configuration", "/protocol/openid-connect/certs"):
        with socket.create_connection(("localhost", provider.port), timeout=60) as connection:
            connection.sendall(f"GET /realms/{realm.name}{path} HTTP/1.0\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_unknown_realm_and_path(provider):
    answer = Browser().get(f"{provider.base}/realms/nowhere/protocol/openid-connect/certs")
    assert answer.status == 404 and answer.json()["error"] == "Realm does not exist"
    answer = Browser().get(f"{provider.base}/nothing", headers={"Accept": "text/html"})
    assert answer.status == 404 and "Page not found" in answer.text
    quoted = urllib.parse.quote(INJECTION)
    assert "<script>" not in Browser().get(f"{provider.base}/realms/{quoted}").text


def test_the_console_without_an_administrator_tells_how_to_make_one(provider):
    for path in ("/admin", "/admin/", "/admin/master/console", "/admin/master/console/"):
        answer = Browser().get(provider.base + path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.status == 404 and "KC_BOOTSTRAP_ADMIN_USERNAME" in answer.page.text, path
    for path in ("/admin/nowhere/console/", "/realms/master/account/"):
        answer = Browser().get(provider.base + path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.status == 404 and "KC_BOOTSTRAP" not in answer.text, path
    assert Browser().get(f"{provider.base}/admin/").json()["error"] == "Realm does not exist"


# P26: keycloak-js


def test_p26_frames_for_pages(realm, myapi, api_base):
    browser = realm.browser()
    for path in ("3p-cookies/step1.html", "3p-cookies/step2.html", "login-status-iframe.html"):
        frame = browser.get(realm.endpoint(path))
        policy = frame.header("content-security-policy")
        assert frame.status == 200
        assert frame.header("x-frame-options") is None and "frame-ancestors" not in policy
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
    init = realm.endpoint("login-status-iframe.html/init")
    for origin, client, status in (
        (api_base, myapi.client_id, 204),
        (realm.base, myapi.client_id, 204),
        ("https://evil.example", myapi.client_id, 403),
        (api_base, "nobody", 403),
        (None, None, 403),
    ):
        asked = {"origin": origin, "client_id": client} if origin else {}
        assert browser.get(init, asked).status == status
