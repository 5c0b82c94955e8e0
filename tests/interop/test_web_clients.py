# SPDX-License-Identifier: Apache-2.0
"""npm libraries that log browsers in at a web application (npm-web/), each from login to logout."""

import pathlib

import pytest
from client_realm import Site

from needs import kept_running, must_have
from peers import npm_packages, require_program
from programs import Program
from web import Browser

FOLDER = pathlib.Path(__file__).parent / "npm-web"
REFRESHING = ["better-auth", "express-openid-connect", "hono"]
LEAVING_THE_PROVIDER = ["better-auth", "express-openid-connect", "hono"]  # hono by a revocation
ALL = ["auth-js", "better-auth", "express-openid-connect", "hono", "passport"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with must_have(lambda: Site(tmp_path_factory.mktemp("web-clients"))) as site:
        yield site


@pytest.fixture(scope="module")
def applications(site, work, results):
    home = must_have(lambda: npm_packages(FOLDER, "npm-web"))
    command = [require_program("node", "nodejs"), home / "applications.mjs"]
    log = work / "web-clients.log"
    yield from kept_running(lambda: Program(command, f"{site.origin}/", log, site.environment), results)


@pytest.mark.parametrize("name", ALL)
def test_login_refresh_logout(name, site, applications):
    browser, base = Browser(), f"{site.origin}/{name}"
    assert browser.get(f"{base}/me").status == 401
    page = site.log_in(browser, f"{base}/login")
    assert page.url == f"{base}/me", page.url
    me = page.json()
    assert me["email"] == "alice@example.com"
    assert site.realm.userinfo(me["access_token"]).json()["sub"] == me["sub"]

    if name in REFRESHING:
        fresh = browser.get(f"{base}/refresh", follow=True).json()
        assert fresh["sub"] == me["sub"] and fresh["access_token"] != me["access_token"]

    answer = browser.get(f"{base}/logout", follow=True)
    if answer.page.forms:
        answer = browser.submit(answer.page.forms[0], follow=True)
    assert answer.url.startswith(site.origin), answer.url
    assert browser.get(f"{base}/me").status == 401
    assert site.asks_again(browser) == (name in LEAVING_THE_PROVIDER)


@pytest.mark.parametrize("name", ALL)
def test_a_refused_login_logs_nobody_in(name, site, applications):
    """The answer error=login_required at each callback, with the state that the application sent."""
    browser, base = Browser(), f"{site.origin}/{name}"
    request = site.authorization_request(browser, f"{base}/login")
    refused = browser.get(f"{request}&prompt=none")
    assert "error=login_required" in refused.location, refused.location
    browser.get(refused.location, follow=True)
    assert browser.get(f"{base}/me").status == 401
