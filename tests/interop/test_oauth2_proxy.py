# SPDX-License-Identifier: Apache-2.0
"""oauth2-proxy with its keycloak-oidc provider: login, roles, refresh, logout at the provider."""

import pathlib
import time

import pytest
from client_realm import SECRET, USER, Site

from needs import kept_running, must_have
from peers import go_program
from programs import Program
from web import Browser, unverified_token

FOLDER = pathlib.Path(__file__).parent / "oauth2_proxy"
PACKAGE = "github.com/oauth2-proxy/oauth2-proxy/v7"
REFRESH_SECONDS = 1
UNTIL_REFRESH = REFRESH_SECONDS + 1.1  # it counts an age from the last whole second
MAPPERS = [
    {
        "name": "this application",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {"included.client.audience": "web", "access.token.claim": "true"},
    },
    {
        "name": "groups",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-group-membership-mapper",
        "config": {"claim.name": "groups", "full.path": "true", "id.token.claim": "true", "access.token.claim": "true"},
    },
]
REALM = {
    "roles": {"realm": [{"name": "buyer"}], "client": {"web": [{"name": "reader"}]}},
    "groups": [{"name": "staff"}],
    "users": [
        {**USER, "realmRoles": ["buyer"], "clientRoles": {"web": ["reader"]}, "groups": ["/staff"]},
        {**USER, "username": "bob", "email": "bob@example.com", "realmRoles": []},
    ],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    changes = {"client": {"protocolMappers": MAPPERS}, "realm": REALM}
    with must_have(lambda: Site(tmp_path_factory.mktemp("oauth2-proxy"), **changes)) as site:
        yield site


@pytest.fixture(scope="module")
def proxy(site, work, results):
    logout = f"{site.realm.endpoint('logout')}?id_token_hint={{id_token}}"
    options = {
        "provider": "keycloak-oidc",
        "oidc-issuer-url": site.realm.issuer,
        "client-id": "web",
        "client-secret": SECRET,
        "code-challenge-method": "S256",
        "insecure-oidc-skip-nonce": "false",
        "allowed-role": "buyer",
        "email-domain": "*",
        "http-address": f"127.0.0.1:{site.port}",
        "redirect-url": f"{site.origin}/oauth2/callback",
        "upstream": "static://200",
        "cookie-secret": "0123456789abcdef0123456789abcdef",
        "cookie-secure": "false",
        "cookie-refresh": f"{REFRESH_SECONDS}s",
        "set-xauthrequest": "true",
        "pass-access-token": "true",
        "backend-logout-url": logout,
    }
    program = must_have(lambda: go_program(FOLDER, "oauth2-proxy", ["build"], [PACKAGE]))
    command = [program, *(f"--{name}={value}" for name, value in options.items())]
    yield from kept_running(lambda: Program(command, f"{site.origin}/ping", work / "oauth2-proxy.log"), results)


def access_token(site, browser):
    """What the proxy tells a server behind it, as nginx asks it."""
    answer = browser.get(f"{site.origin}/oauth2/auth")
    assert answer.status == 202, answer.text
    assert answer.header("X-Auth-Request-Email") == "alice@example.com"
    return answer.header("X-Auth-Request-Access-Token")


def log_in(site, browser, name):
    page = browser.get(site.authorization_request(browser, f"{site.origin}/oauth2/start?rd=/page"), follow=True).page
    form = page.form("kc-form-login")
    return browser.submit(form, follow=True, username=name, password="alice-password")


def test_login_roles_refresh_logout(site, proxy):
    browser = Browser()
    assert browser.get(f"{site.origin}/page").status == 403  # with a page that offers to sign in
    answer = log_in(site, browser, "alice")
    assert (answer.url, answer.status) == (f"{site.origin}/page", 200), answer.text[:600]

    token = access_token(site, browser)
    known = browser.get(f"{site.origin}/oauth2/userinfo").json()
    assert known["email"] == "alice@example.com" and known["preferredUsername"] == "alice"
    assert {"/staff", "role:buyer", "role:web:reader"} <= set(known["groups"]), known

    time.sleep(UNTIL_REFRESH)
    fresh = access_token(site, browser)
    assert fresh != token
    assert unverified_token(fresh)[1]["sid"] == unverified_token(token)[1]["sid"]
    assert site.realm.userinfo(fresh).status == 200

    browser.get(f"{site.origin}/oauth2/sign_out?rd=/signed-out")
    assert browser.get(f"{site.origin}/oauth2/auth").status == 401
    assert site.asks_again(browser)
    assert site.realm.userinfo(fresh).status == 401


def test_without_the_role_nobody_comes_in(site, proxy):
    browser = Browser()
    answer = log_in(site, browser, "bob")
    assert answer.status == 403, answer.text[:600]
    assert browser.get(f"{site.origin}/oauth2/auth").status == 401


def test_a_session_that_ended_at_the_provider_is_not_refreshed(site, proxy):
    browser = Browser()
    assert log_in(site, browser, "alice").status == 200
    token = access_token(site, browser)
    confirm = browser.get(site.realm.endpoint("logout"))
    browser.submit(confirm.page.forms[0], follow=True)
    time.sleep(UNTIL_REFRESH)
    assert browser.get(f"{site.origin}/oauth2/auth").status == 401
    assert site.realm.userinfo(token).status == 401
