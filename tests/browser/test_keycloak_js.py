# SPDX-License-Identifier: Apache-2.0
"""Keycloak's own library for pages, keycloak-js, with its defaults: P26. The page stands in the test."""

import http.server
import re
import threading

import pytest
from login_page import LoginPage

from needs import must_have
from peers import PROJECT, npm_packages

PAGE = """<!doctype html><title>waiting</title><script type="module">
import Keycloak from "/keycloak.js";
const keycloak = new Keycloak({ url: "%(url)s", realm: "myrealm", clientId: "items-docs" });
keycloak.onAuthLogout = () => { document.title = "logged out"; };
window.keycloak = keycloak;
const authenticated = await keycloak.init({ onLoad: "check-sso", checkLoginIframeInterval: 1 });
document.title = authenticated ? keycloak.tokenParsed.preferred_username : "nobody";
</script>"""


@pytest.fixture
def application(api_base, api_port, provider, items_api):
    """An application of the client items-docs, at its redirect URI and so in the API's place: from a server, as
    browsers let pages of this machine alone frame others of it."""
    home = must_have(lambda: npm_packages(PROJECT / "tests" / "interop" / "npm"))
    library = (home / "node_modules" / "keycloak-js" / "lib" / "keycloak.js").read_bytes()
    page = (PAGE % {"url": provider.base}).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            script = self.path == "/keycloak.js"
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if script else "text/html")
            self.end_headers()
            self.wfile.write(library if script else page)

        def log_message(self, *_):
            pass

    items_api.stop()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", api_port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{api_base}/docs/oauth2-redirect"
    server.shutdown()
    server.server_close()
    items_api.start()


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
    # Elsewhere somebody logs out, and the frame notices.
    page.context.clear_cookies(name=re.compile("KEYCLOAK_SESSION"))
    page.wait_for_function("document.title === 'logged out'")
