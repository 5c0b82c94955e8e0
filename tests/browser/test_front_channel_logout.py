# SPDX-License-Identifier: Apache-2.0
"""Front-channel logout in Chromium: a logout reaches the clients' pages in frames, and goes on, whatever these do."""

import http.server
import json
import threading
import time
import urllib.parse

import pytest
from login_page import LoginPage

from programs import Provider
from waiting import PATIENCE

PAGES = {
    "/cb": b"Back at the application",
    "/bye": b"Good bye",
    "/out": b"<script>fetch('/heard' + location.search, {method: 'POST', credentials: 'include'})</script>",
    "/steal": b"<script>top.location = '/stolen'</script>",
    "/stolen": b"Stolen",
}


class Applications:
    """All of the clients in one, at a port of its own; it remembers what it was asked."""

    def __init__(self):
        self.asked, self.released, outer = [], threading.Event(), self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                outer.asked.append((self.command, self.path))
                path = self.path.split("?")[0]
                if path == "/hang":
                    outer.released.wait(2 * PATIENCE)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(PAGES.get(path, b""))

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def heard(self, path):
        return [urllib.parse.parse_qs(p.partition("?")[2]) for _, p in self.asked if p.split("?")[0] == path]


@pytest.fixture
def applications():
    made = Applications()
    yield made
    made.server.shutdown()


@pytest.fixture
def realm(applications, tmp_path):
    def client(name):
        attributes = {"frontchannel.logout.url": f"{applications.base}/{name}", "post.logout.redirect.uris": "+"}
        return {
            **{"clientId": name, "publicClient": True, "frontchannelLogout": True, "attributes": attributes},
            **{"redirectUris": [f"{applications.base}/*"]},
        }

    user = {
        **{"username": "alice", "enabled": True, "email": "alice@example.org", "firstName": "A", "lastName": "B"},
        **{"credentials": [{"type": "password", "value": "alice-password"}]},
    }
    clients = [client(name) for name in ("out", "steal", "hang")]
    document = {"realm": "front", "enabled": True, "clients": clients, "users": [user]}
    (tmp_path / "front-realm.json").write_text(json.dumps(document))
    with Provider([tmp_path / "front-realm.json"], tmp_path) as program:
        yield program.realm("front")


def visit(page, realm, applications, *names):
    for name in names:
        query = {"client_id": name, "redirect_uri": f"{applications.base}/cb", "response_type": "code", "scope": "openid"}
        page.goto(f"{realm.endpoint('auth')}?{urllib.parse.urlencode(query)}")
        if name == names[0]:
            LoginPage(page).wait().log_in()
        page.get_by_text("Back at the application").wait_for()


def log_out(page, realm, **query):
    page.goto(f"{realm.endpoint('logout')}?{urllib.parse.urlencode(query)}")
    page.locator("#kc-logout").click()


def test_a_logout_reaches_the_clients_and_goes_on(page, realm, applications):
    visit(page, realm, applications, "out", "steal")
    log_out(page, realm, client_id="out", post_logout_redirect_uri=f"{applications.base}/bye", state="s")
    page.get_by_text("Good bye").wait_for()
    assert page.url == f"{applications.base}/bye?state=s"
    told = applications.heard("/out")
    assert len(told) == 1 and told[0]["iss"] == [realm.issuer] and len(told[0]["sid"][0]) == 36
    assert applications.heard("/heard") == told  # its script has run, and spoken to its server
    assert len(applications.heard("/steal")) == 1 and applications.heard("/stolen") == []


def test_a_client_that_hangs_holds_nobody_up_for_long(page, realm, applications):
    visit(page, realm, applications, "out", "hang")
    begin = time.monotonic()
    log_out(page, realm, client_id="out", post_logout_redirect_uri=f"{applications.base}/bye")
    page.get_by_text("Good bye").wait_for()
    assert time.monotonic() - begin < PATIENCE
    assert len(applications.heard("/heard")) == 1


def test_the_page_that_stays(page, realm, applications):
    visit(page, realm, applications, "out")
    log_out(page, realm)
    page.get_by_role("heading", name="You are signed out").wait_for()
    deadline = time.monotonic() + PATIENCE
    while not applications.heard("/heard"):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
