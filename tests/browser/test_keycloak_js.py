# SPDX-License-Identifier: Apache-2.0
"""Keycloak's own library for pages, keycloak-js, with its defaults: P26. The page stands in the test."""

import re

import pytest
from application import served_in_place_of
from login_page import LoginPage

from needs import must_have
from peers import PROJECT, npm_packages

PAGE = """<!doctype html><title>waiting</title><script type="module">
import Keycloak from "/keycloak.js";
const keycloak = new Keycloak({ url: "%(url)s", realm: "myrealm", clientId: "items-docs" });
keycloak.onAuthLogout = () => { document.title = "signed out"; };
window.keycloak = keycloak;
const authenticated = await keycloak.init({ onLoad: "check-sso", checkLoginIframeInterval: 1 });
document.title = authenticated ? keycloak.tokenParsed.preferred_username : "nobody";
</script>"""


@pytest.fixture
def application(provider, items_api):
    home = must_have(lambda: npm_packages(PROJECT / "tests" / "interop" / "npm"))
    library = (home / "node_modules" / "keycloak-js" / "lib" / "keycloak.js").read_bytes()
    with served_in_place_of(items_api, PAGE % {"url": provider.base}, {"/keycloak.js": library}) as url:
        yield url


def test_p26_keycloak_js_with_its_defaults(page, application):
    page.goto(application)
    page.wait_for_function("document.title === 'nobody'")
    page.evaluate("void keycloak.login()")
    LoginPage(page).wait().log_in()
    page.wait_for_function("document.title === 'alice'")
    page.reload()  # the session answers
    page.wait_for_function("document.title === 'alice'")
    page.wait_for_timeout(2500)  # the frame has been asked twice
    assert page.title() == "alice"
    # Elsewhere somebody signs out, and the frame notices.
    page.context.clear_cookies(name=re.compile("KEYCLOAK_SESSION"))
    page.wait_for_function("document.title === 'signed out'")
