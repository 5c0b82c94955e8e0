# SPDX-License-Identifier: Apache-2.0
"""Spring Security (spring/): login, refresh, logout at the provider, logout tokens, and its resource server."""

import pathlib

import pytest
from client_realm import Site

from needs import kept_running, must_have
from peers import maven_program, require_program
from programs import Program
from waiting import until
from web import Browser, bearer, unverified_token

FOLDER = pathlib.Path(__file__).parent / "spring"
MAPPER = {
    "name": "this application",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.client.audience": "web", "access.token.claim": "true"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Tokens that are always within their last minute, in which Spring refreshes them."""
    with must_have(lambda: told_of_logouts(tmp_path_factory.mktemp("spring"))) as site:
        yield site


def told_of_logouts(folder):
    def client(origin):
        attributes = {
            "post.logout.redirect.uris": "+",
            "backchannel.logout.url": f"{origin}/logout/connect/back-channel/ostiary",
            "backchannel.logout.session.required": "true",
        }
        return {"attributes": attributes, "protocolMappers": [MAPPER]}

    return Site(folder, client=client, realm={"accessTokenLifespan": 30})


@pytest.fixture(scope="module")
def application(site, work, results):
    program = must_have(lambda: maven_program(FOLDER, "spring-client"))
    command = [require_program("java", "default-jre-headless"), "-XX:TieredStopAtLevel=1", "-jar", program]
    log = work / "spring.log"
    yield from kept_running(lambda: Program(command, f"{site.origin}/left", log, site.environment), results)


def is_logged_in(site, browser):
    return browser.get(f"{site.origin}/me").status == 200


def test_login_refresh_logout(site, application):
    browser = Browser()
    assert not is_logged_in(site, browser)
    me = site.log_in(browser, f"{site.origin}/me").json()
    assert me["email"] == "alice@example.com"

    tokens = [browser.get(f"{site.origin}/token").text for _ in range(2)]
    assert tokens[0] != tokens[1]
    claims = [unverified_token(token)[1] for token in tokens]
    assert claims[0]["sid"] == claims[1]["sid"] and claims[1]["sub"] == me["sub"]

    form = browser.get(f"{site.origin}/logout").page.forms[0]
    answer = browser.submit(form, follow=True)
    assert (answer.url, answer.text) == (f"{site.origin}/left", "left")
    assert not is_logged_in(site, browser)
    assert site.asks_again(browser)


def test_a_logout_token_ends_the_session(site, application):
    browser, other = Browser(), Browser()
    for one in (browser, other):
        site.log_in(one, f"{site.origin}/me")
    confirm = browser.get(site.realm.endpoint("logout"))
    browser.submit(confirm.page.forms[0], follow=True)
    until(lambda: not is_logged_in(site, browser), lambda: application.log_tail() + site.provider.log_tail(10), step=0.1)
    assert is_logged_in(site, other)


def test_resource_server(site, application):
    browser = Browser()
    site.log_in(browser, f"{site.origin}/me")
    token = browser.get(f"{site.origin}/token").text
    assert browser.get(f"{site.origin}/api/mail", headers=bearer(token)).json() == {"email": "alice@example.com"}
    assert browser.get(f"{site.origin}/api/other", headers=bearer(token)).status == 403
    head, claims, signature = token.split(".")
    browser = Browser()  # without the session
    for wrong in (f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims}.", "x.y.z"):
        assert browser.get(f"{site.origin}/api/mail", headers=bearer(wrong)).status == 401
    assert Browser().get(f"{site.origin}/api/mail").status == 401
