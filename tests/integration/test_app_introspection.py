# SPDX-License-Identifier: Apache-2.0
"""An API that asks the provider about tokens: ours, through its introspection endpoint."""

import http.server
import json
import socket
import threading
import time

import pytest
from browser_login import log_in
from fake_provider import FakeProvider
from guarded_api import wait_until_ready as wait_until_logins
from needs import kept_running
from oidc import Client
from peers import free_port
from programs import ItemsApi, Provider, realm_for
from waiting import until
from web import Browser, bearer

MYAPI = Client("myapi", "myapi-secret", None)
LIFETIME = 2


@pytest.fixture(scope="module")
def server(work, results):
    port = free_port()
    realm = realm_for(f"http://localhost:{port}", work / "introspection")
    yield from kept_running(lambda: Provider([realm], work / "introspection"), results)


@pytest.fixture(scope="module")
def realm(server):
    return server.realm()


def api_of(issuer, work, which, secret="myapi-secret"):
    file = work / f"introspection-{which}-{secret}"
    file.write_text(secret + "\n")
    return ItemsApi(
        issuer,
        work,
        arguments=(
            *("--introspect", which, "--introspection-client", "myapi", "--introspection-secret-file", file),
            *("--introspection-lifetime", LIFETIME),
        ),
    )


def wait_until_ready(api):
    until(lambda: api.ready, api.log_tail, step=0.02)


def items(api, token):
    return Browser().get(f"{api.base}/items/", headers=bearer(token))


def metric(api, start):
    for line in Browser().get(f"{api.base}/metrics").text.splitlines():
        if line.startswith(start):
            return float(line.rsplit(" ", 1)[1])
    return None


def questions(api, outcome):
    return metric(api, f'ostiary_issuer_introspections_total{{outcome="{outcome}"')


@pytest.fixture(scope="module")
def api(realm, work):
    with api_of(realm.issuer, work, "every") as program:
        wait_until_ready(program)
        yield program


def test_every_token_is_asked_about_once(api, realm):
    token = realm.password(MYAPI, "alice", "alice-password").json()["access_token"]
    before = questions(api, "active")
    for _ in range(5):
        answer = items(api, token)
        assert answer.status == 200, answer.text
    assert questions(api, "active") == before + 1


def test_a_logout_counts_at_once_after_the_lifetime(api, realm):
    tokens = realm.password(MYAPI, "alice", "alice-password").json()
    assert items(api, tokens["access_token"]).status == 200
    form = {"client_id": "myapi", "client_secret": "myapi-secret", "refresh_token": tokens["refresh_token"]}
    assert Browser().post(realm.endpoint("logout"), form).status == 204
    time.sleep(LIFETIME + 1)
    answer = items(api, tokens["access_token"])
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_opaque_tokens_are_asked_about(api, realm):
    before = questions(api, "inactive")
    for _ in range(3):
        assert items(api, "no-such-token").status == 401
    assert questions(api, "inactive") == before + 1


def test_forged_tokens_are_not_asked_about(api, realm):
    token = realm.password(MYAPI, "alice", "alice-password").json()["access_token"]
    header, claims, signature = token.split(".")
    before = questions(api, "inactive"), questions(api, "active")
    forged = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert items(api, f"{header}.{claims}.{forged}").status == 401
    assert (questions(api, "inactive"), questions(api, "active")) == before


def test_a_refresh_token_is_no_access_token(api, realm):
    tokens = realm.password(MYAPI, "alice", "alice-password").json()
    assert items(api, tokens["refresh_token"]).status == 401


def test_many_tokens_at_once_are_all_answered(api, realm):
    tokens = [realm.client_credentials(MYAPI).json()["access_token"] for _ in range(20)]
    assert [items(api, token).status for token in tokens] == [200] * 20


def test_opaque_only_leaves_jwts_alone(realm, work):
    with api_of(realm.issuer, work, "opaque") as program:
        wait_until_ready(program)
        token = realm.password(MYAPI, "alice", "alice-password").json()["access_token"]
        assert items(program, token).status == 200
        assert questions(program, "active") == 0
        assert items(program, "opaque").status == 401
        assert questions(program, "inactive") == 1


def test_a_wrong_secret_lets_nobody_in(realm, work):
    with api_of(realm.issuer, work, "every", secret="wrong") as program:
        wait_until_ready(program)
        token = realm.password(MYAPI, "alice", "alice-password").json()["access_token"]
        answer = items(program, token)
        assert answer.status == 503
        assert int(answer.header("Retry-After")) > 0
        assert questions(program, "failed") == 1


def test_a_provider_that_is_down_is_503(work, results):
    port = free_port()
    folder = work / "introspection-down"
    with Provider([realm_for(f"http://localhost:{port}", folder)], folder) as provider:
        realm = provider.realm()
        with api_of(realm.issuer, work, "every") as program:
            wait_until_ready(program)
            known, other = (realm.client_credentials(MYAPI).json()["access_token"] for _ in range(2))
            assert items(program, known).status == 200
            provider.kill()
            assert items(program, known).status == 200
            answer = items(program, other)
            assert answer.status == 503
            assert int(answer.header("Retry-After")) > 0
            time.sleep(LIFETIME + 1)
            assert items(program, known).status == 503
            provider.start()
            until(lambda: items(program, other).status == 200, program.log_tail, step=0.2)


class PatientServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def handle_error(self, request, client_address):
        """Whoever has hung up meanwhile."""


class SlowIssuer(http.server.BaseHTTPRequestHandler):
    """Thinks about every token for almost as long as it is waited for."""

    def log_message(self, *_):
        pass

    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        base = f"http://127.0.0.1:{self.server.server_port}"
        key = {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        found = {"issuer": base, "jwks_uri": f"{base}/keys", "introspection_endpoint": f"{base}/ask"}
        self.answer({"keys": [key]} if self.path == "/keys" else found)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(4.5)
        self.answer({"active": False})


def test_browsers_log_in_with_opaque_tokens(work):
    """At the login the issuer is asked, before the browser is sent on: nobody is sent round in circles."""
    with FakeProvider() as provider, api_of(provider.issuer, work, "opaque") as api:
        wait_until_logins(api)
        provider.opaque = True
        browser, page = log_in(api)
        assert (page.status, page.url) == (200, f"{api.base}/items/") and provider.count("introspect") == 1
        assert browser.get(f"{api.base}/items/").status == 200
        provider.access_claims = {"active": False}
        browser, page = log_in(api)
        assert page.status == 502 and provider.count("auth") == 2, (page.status, page.text[:300])


def test_requests_that_wait_longer_than_the_program_lives(work):
    """They are told of its end, and then look at the guard once more."""
    server = PatientServer(("127.0.0.1", 0), SlowIssuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with api_of(f"http://127.0.0.1:{server.server_port}", work, "opaque") as program:
        wait_until_ready(program)
        connections = []
        for number in range(150):
            connection = socket.create_connection(("localhost", program.port))
            request = f"GET /items/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token-{number}\r\n\r\n"
            connection.sendall(request.encode())
            connections.append(connection)
        time.sleep(1)
        assert program.stop(seconds=40) == 0, program.log_tail()
        assert "the guard has been stopped" in program.log.read_text()
    for connection in connections:
        connection.close()
    server.shutdown()
    server.server_close()
