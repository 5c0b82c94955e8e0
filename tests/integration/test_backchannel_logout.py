# SPDX-License-Identifier: Apache-2.0
"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0): what ends at the provider is over at the API."""

import http.server
import json
import pathlib
import threading
import time
import urllib.parse

import pytest
from navigation import is_login_page, log_in, navigate
from oidc import Client
from programs import EXAMPLE_REALM, ItemsApi, Provider
from test_admin_api import Admin
from waiting import PATIENCE, until
from web import Browser, unverified_token

SESSION_REQUIRED = "backchannel.logout.session.required"
REVOKE_OFFLINE = "backchannel.logout.revoke.offline.tokens"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def realm_telling(url, folder, api_base, **attributes):
    """The example realm, whose client myapi is told of logouts at this address."""
    realm = json.loads(EXAMPLE_REALM.read_text().replace("http://localhost:8000", api_base))
    client = next(client for client in realm["clients"] if client["clientId"] == "myapi")
    client["attributes"] |= {"backchannel.logout.url": url, SESSION_REQUIRED: "true", **attributes}
    file = folder / "myrealm-realm.json"
    file.write_text(json.dumps(realm))
    return file


@pytest.fixture(scope="module")
def site(api_port, tmp_path_factory):
    """(provider, items API), which know each other."""
    folder = tmp_path_factory.mktemp("logout")
    base = f"http://localhost:{api_port}"
    with Provider([realm_telling(f"{base}/backchannel-logout", folder, base)], folder) as provider:
        with ItemsApi(provider.realm().issuer, folder, api_port) as api:
            yield provider, api


def call(api, token):
    return Browser().get(f"{api.base}/items/", headers={"Authorization": f"Bearer {token}"}).status


def refused_soon(api, token):
    """Long before it expires; bench/backchannel_logout.py tells how soon."""
    until(lambda: call(api, token) == 401, api.log_tail, step=0.01)


def metric(program, name):
    text = Browser().get(f"{program.base}/metrics").text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def tokens_of(provider, myapi, **extra):
    answer = provider.realm().password(myapi, "alice", "alice-password", **extra)
    assert answer.status == 200, answer.text
    return answer.json()


def log_out(provider, myapi, tokens):
    form = {"refresh_token": tokens["refresh_token"], **myapi.form}
    return Browser().post(provider.realm().endpoint("logout"), form)


def test_a_logout_reaches_the_api(site, myapi):
    provider, api = site
    ended, other = tokens_of(provider, myapi), tokens_of(provider, myapi)
    assert call(api, ended["access_token"]) == call(api, other["access_token"]) == 200
    sent = metric(provider, 'ostiary_provider_logout_tokens_total{outcome="sent"}')
    assert log_out(provider, myapi, ended).status == 204
    refused_soon(api, ended["access_token"])
    assert call(api, other["access_token"]) == 200  # another session of the same user
    until(lambda: metric(provider, 'ostiary_provider_logout_tokens_total{outcome="sent"}') == sent + 1, step=0.02)
    assert metric(api, 'ostiary_guard_logout_tokens_total{outcome="taken"}') >= 1


# Libraries that the command has functions of its own before: one that it lacks would bring the library with the start.
LOADED_LATE = ("libcurl", "libp11-kit", "libpq")


@pytest.mark.sqlite("libpq brings some of it")
def test_what_fetches_is_loaded_with_the_first_token(new_provider, receiver, myapi, tmp_path):
    provider = new_provider([realm_telling(receiver.url, tmp_path, "http://localhost:8000")])
    maps = pathlib.Path(f"/proc/{provider.pid}/maps")
    tokens = tokens_of(provider, myapi)
    assert not [name for name in LOADED_LATE if name in maps.read_text()]
    assert log_out(provider, myapi, tokens).status == 204
    receiver.wait_for(1)
    assert "libcurl" in maps.read_text()


def test_a_browsers_session_is_over(site):
    provider, api = site
    browser, page = log_in(api.base)
    assert page.status == 200, page.text
    elsewhere, page = log_in(api.base)
    # The user ends the session at the provider, from another window, and the API's cookie stays as it is.
    form = Browser().get(provider.realm().endpoint("logout"))
    assert form.status == 200
    question = browser.get(provider.realm().endpoint("logout"))
    done = browser.submit(question.page.forms[0])
    assert done.status == 200, done.text
    until(lambda: is_login_page(navigate(browser, f"{api.base}/items/")), api.log_tail, step=0.01)
    assert navigate(elsewhere, f"{api.base}/items/").status == 200


class Receiver:
    """A client that takes logout tokens, or not: `answer` is the status of its answers, None for none at all."""

    def __init__(self, port=0):
        self.answer, self.tokens, self.ended, outer = 200, [], threading.Event(), self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.tokens.append(urllib.parse.parse_qs(body)["logout_token"][0])
                if outer.answer is None:
                    outer.ended.wait(2 * PATIENCE)
                self.send_response(outer.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://localhost:{self.server.server_port}/back"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count, seconds=PATIENCE):
        until(lambda: len(self.tokens) >= count, lambda: f"{len(self.tokens)} of {count}", seconds=seconds, step=0.02)
        return [unverified_token(token) for token in self.tokens]

    def close(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def test_the_token(receiver, new_provider, myapi, tmp_path):
    file = realm_telling(receiver.url, tmp_path, "http://localhost:1", **{REVOKE_OFFLINE: "true"})
    provider = new_provider([file])
    tokens = tokens_of(provider, myapi)
    assert log_out(provider, myapi, tokens).status == 204
    ((header, claims),) = receiver.wait_for(1)
    _, id_token = unverified_token(tokens["id_token"])
    assert (header["typ"], header["alg"]) == ("logout+jwt", "RS256")
    assert list(claims) == ["exp", "iat", "jti", "iss", "aud", "sub", "typ", "sid", "events"]
    assert claims["events"] == {EVENT: {}, "revoke_offline_access": True}
    assert claims["exp"] == claims["iat"] + 120
    assert [claims[name] for name in ("iss", "aud", "sub", "sid")] == [
        id_token[name] for name in ("iss", "aud", "sub", "sid")
    ]


def test_it_is_tried_again_and_survives_a_restart(receiver, new_provider, myapi, tmp_path):
    provider = new_provider([realm_telling(receiver.url, tmp_path, "http://localhost:1")])
    receiver.answer = 503
    for _ in range(5):
        log_out(provider, myapi, tokens_of(provider, myapi))
    receiver.wait_for(2)
    until(lambda: metric(provider, "ostiary_provider_logout_tokens_total{outcome=\"failed\"}") >= 1, provider.log_tail)
    time.sleep(0.5)  # what has failed waits in the store again
    provider.kill()
    receiver.answer = 200
    before = len(receiver.tokens)
    provider.start()
    # What was lent out when it was killed comes back after two minutes; what waited for its turn at once.
    receiver.wait_for(before + 1)
    sids = {claims["sid"] for _, claims in map(unverified_token, receiver.tokens[before:])}
    assert sids and len({unverified_token(token)[1]["jti"] for token in receiver.tokens}) == len(receiver.tokens)
    log = provider.log.read_text()
    assert log.count("back-channel logout of client myapi of realm myrealm") == 1, log


def test_a_client_that_hangs_holds_nobody_up(receiver, new_provider, myapi, tmp_path):
    provider = new_provider([realm_telling(receiver.url, tmp_path, "http://localhost:1")])
    receiver.answer = None
    begin = time.monotonic()
    for _ in range(20):
        assert log_out(provider, myapi, tokens_of(provider, myapi)).status == 204
    assert time.monotonic() - begin < PATIENCE  # if each waited until its client is given up, it would be more
    receiver.wait_for(1)
    assert len(receiver.tokens) <= 8  # at a time, to one client
    assert provider.stop() == 0


def test_a_client_that_registers_itself_names_no_private_address(receiver, new_provider, tmp_path, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    provider = new_provider([realm_telling(receiver.url, tmp_path, "http://localhost:1")])
    root = Admin(provider, "master", "root", "root-password")
    ticket = root("POST", "/realms/myrealm/clients-initial-access", {"count": 9, "expiration": 600}).json()["token"]
    address = f"{provider.realm().issuer}/clients-registrations/openid-connect"

    def register(**metadata):
        body = json.dumps({"redirect_uris": ["https://app.example/cb"], **metadata}).encode()
        headers = {"Authorization": f"Bearer {ticket}", "Content-Type": "application/json"}
        return Browser().post(address, body, headers)

    for bad in ("http://app.example/back", "https://app.example/back#a", "ftp://app.example/", 7):
        answer = register(backchannel_logout_uri=bad)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_client_metadata"), bad
    made = register(
        backchannel_logout_uri=receiver.url.replace("http:", "https:"), backchannel_logout_session_required=True
    ).json()
    assert made["backchannel_logout_uri"].startswith("https://localhost:")
    assert made["backchannel_logout_session_required"] is True
    # An administrator lets it log users in by their passwords, and then one of them is logged out.
    client = root("GET", f"/realms/myrealm/clients?clientId={made['client_id']}").json()[0]
    root("PUT", f"/realms/myrealm/clients/{client['id']}", {**client, "directAccessGrantsEnabled": True})
    stranger = Client(made["client_id"], made["client_secret"])
    log_out(provider, stranger, tokens_of(provider, stranger))
    until(lambda: metric(provider, "ostiary_provider_logout_tokens_total{outcome=\"failed\"}") != 0)
    assert receiver.tokens == []


def test_discovery_says_so(site):
    document = site[0].realm().discovery().json()
    assert document["backchannel_logout_supported"] is True
    assert document["backchannel_logout_session_supported"] is True
