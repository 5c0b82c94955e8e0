# SPDX-License-Identifier: Apache-2.0
"""`ostiary gate` behind Caddy, HAProxy, Envoy and Traefik, before an application without any login: what reaches it, for
whom, and what a client cannot make it believe. nginx is in tests/integration."""

import base64
import http.client
import socket
import sys
import time

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from fake_provider import CLIENT, SECRET, FakeProvider
from gate_proxies import PROXIES
from gate_site import FIELDS, Application, Gate, values
from navigation import NAVIGATION, navigate
from needs import must_have
from peers import PROJECT, free_port
from web import Browser, bearer

sys.path.insert(0, str(PROJECT / "tests/integration"))
import http_frames as h2  # noqa: E402

RULES = [
    {"prefix": "/public", "public": True},
    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}, "login": True},
    {"prefix": "/api", "methods": ["GET"], "policy": {}},
    {"prefix": "/api", "methods": ["POST"], "policy": {"scopes": ["write"]}},
    {"prefix": "/", "policy": {}, "login": True},
]


@pytest.fixture(scope="module", params=list(PROXIES))
def site(request, provider, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    other = {"origin": f"http://other.example:{port}", "rules": [{"prefix": "/", "public": True}]}
    rules = {"sites": [{"origin": f"http://localhost:{port}", "rules": RULES}, other]}
    gate = Gate(folder / "gate", provider.issuer, rules, request.param, ["--client-id", CLIENT], {"OSTIARY_CLIENT_SECRET": SECRET})
    with Application() as application, gate:
        gate.wait_for_logins()
        proxy = must_have(lambda: PROXIES[request.param](folder / "proxy", port, gate.base, application.base))
        with proxy:
            proxy.application, proxy.name, proxy.gate = application, request.param, gate
            yield proxy


def ask(site, target, token=None, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.putrequest(method, target, skip_host=True)
    sent = {"Host": f"localhost:{site.port}", **(bearer(token) if token else {}), **headers}
    if body is not None:
        sent["Content-Length"] = str(len(body))
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def said(site, *arguments, **more):
    """What the application got."""
    before = len(site.application.seen)
    answer = ask(site, *arguments, **more)
    assert answer.status == 200, answer.body
    assert len(site.application.seen) == before + 1
    return site.application.seen[-1]


def test_rules(site, provider):
    token = provider.access_token()
    assert ask(site, "/public").status == 200
    assert ask(site, "/api").status == 401
    assert ask(site, "/api", token).status == 200
    assert ask(site, "/admin", token).status == 403
    assert ask(site, "/admin", provider.access_token(realm_access={"roles": ["admin"]})).status == 200
    assert ask(site, "/api", token, "POST", b"x").status == 403
    got = said(site, "/api?x=%2F..&y=1", provider.access_token(scope="write"), "POST", b"the body")
    assert (got["method"], got["path"], got["body"]) == ("POST", "/api?x=%2F..&y=1", "the body")


def test_one_challenge(site):
    answer = ask(site, "/api")
    assert answer.status == 401 and len(answer.headers.get_all("WWW-Authenticate")) == 1
    assert answer.getheader("WWW-Authenticate").startswith("Bearer ")


def test_identity(site, provider):
    got = said(site, "/api", provider.access_token(sub="u-1", preferred_username="alice", groups=["/a", "/b,c"]))
    assert values(got, "X-Auth-Request-User") == ["u-1"]
    assert values(got, "X-Auth-Request-Preferred-Username") == ["alice"]
    assert values(got, "X-Auth-Request-Groups") == ["/a,/b%2Cc"]
    assert values(got, "X-Auth-Request-Email") in ([], [""])


@pytest.mark.parametrize("target", ["/public", "/api"])
@pytest.mark.parametrize("name", [*FIELDS[:4], "x-auth-request-roles", "X_Auth_Request_User", "X-Auth_Request-Email"])
def test_attack_43_identity_that_the_client_tells(site, provider, target, name):
    before = len(site.application.seen)
    ask(site, target, provider.access_token(sub="u-1"), **{name: "root"})
    for got in site.application.seen[before:]:
        assert "root" not in str([values(got, field) for field in FIELDS])
    for got in site.application.seen[before:]:
        assert values(got, "X-Auth-Request-User") in ([], [""], ["u-1"])


HOPS = [*FIELDS[:2], "Cookie", "Authorization", "X-Original-URI", "X-Original-Method", "X-Forwarded-Host", "X-Forwarded-Uri", "X-Forwarded-Method", "X-Forwarded-For", "X-Forwarded-Proto"]


@pytest.mark.parametrize("name", HOPS)
def test_attack_43_fields_that_the_client_calls_hop_by_hop(site, provider, name):
    """Connection names what a proxy takes away before it asks or passes on (RFC 9110 §7.6.1)."""
    token = provider.access_token(sub="u-1")
    before = len(site.application.seen)
    for connection in (f"close, {name}", f"keep-alive, {name.lower()}"):
        assert ask(site, "/admin", token, Connection=connection).status in (400, 401, 403, 500, 503)
        assert ask(site, "/api", token, "POST", b"x", Connection=connection).status in (400, 401, 403, 500, 503)
        assert site.application.seen[before:] == []
    ask(site, "/api", token, Connection=f"close, {name}")
    for got in site.application.seen[before:]:
        assert values(got, "X-Auth-Request-User") == ["u-1"]
    ask(site, "/api", token, Connection=f"close, {name}", **{"X-Auth-Request-User": "root"})
    for got in site.application.seen[before:]:
        assert values(got, "X-Auth-Request-User") == ["u-1"]


@pytest.mark.parametrize("name", ["X-Original-URI", "X-Forwarded-Uri", "X-Envoy-Original-Path", "X-Original-URL", "X-Rewrite-URL"])
def test_attack_46_paths_that_the_client_tells(site, provider, name):
    assert ask(site, "/admin", provider.access_token(), **{name: "/public"}).status == 403


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script_Name", "PATH_INFO"])
def test_attack_46_what_cuts_the_path(site, provider, name):
    """Such a field is refused, or does not reach the application."""
    before = len(site.application.seen)
    ask(site, "/public/admin", provider.access_token(), **{name: "/public"})
    for got in site.application.seen[before:]:
        assert values(got, name.replace("_", "-")) == []


@pytest.mark.parametrize("name", ["X-Original-Method", "X-Forwarded-Method", "X-HTTP-Method-Override"])
def test_attack_46_methods_that_the_client_tells(site, provider, name):
    assert ask(site, "/api", provider.access_token(), "POST", b"", **{name: "GET"}).status == 403


def test_hosts_that_the_client_tells(site, provider):
    token = provider.access_token()
    for name in ("X-Forwarded-Host", "Forwarded"):
        value = "evil.example" if name == "X-Forwarded-Host" else "host=evil.example"
        assert ask(site, "/admin", token, **{name: value}).status in (400, 403)
    before = len(site.application.seen)
    ask(site, "/public", Host="evil.example")
    assert len(site.application.seen) == before


TARGETS = [
    "/public/../admin", "/public/%2e%2e/admin", "/public/..%2fadmin", "/public/..%5cadmin", "/public/..\\admin", "//admin", "/public//../admin",
    "/admin%2fx", "/public/..;/admin", "/admin;x", "/public/%252e%252e/admin", "/admin%00", "/admin.", "/ADMIN", "/admin/", "/admin%3Fx",
    "/public/.%2e/admin", "/./admin", "/%61dmin", "/public/%c0%ae%c0%ae/admin",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_attack_45_paths_with_two_readings(site, provider, target):
    """Whatever the proxy makes of it: what reaches the application is not below /admin in any reading."""
    before = len(site.application.seen)
    ask(site, target, provider.access_token())
    reached = [got["path"] for got in site.application.seen[before:]]
    assert reached in ([], ["/public/admin"])  # Envoy resolves dots before it asks


def test_login_and_logout(site, provider):
    browser = Browser()
    page = navigate(browser, f"{site.base}/page?a=b%20c&d=%2Fe")
    assert (page.status, page.url) == (200, f"{site.base}/page?a=b%20c&d=%2Fe")
    assert values(page.json(), "X-Auth-Request-User") == ["alice-id"]
    assert "ostiary" not in str(values(page.json(), "Cookie"))
    more = browser.get(f"{site.base}/page", headers={"Cookie": f"a=b; {browser.cookie_header('localhost', '/')}"})
    assert values(more.json(), "Cookie") == ["a=b"]
    assert browser.get(f"{site.base}/api").status == 401
    assert browser.post(f"{site.base}/page", {}, headers={"Origin": site.base}).status == 200
    assert browser.post(f"{site.base}/page", {}, headers={"Origin": "http://evil.example"}).status == 403
    assert navigate(browser, f"{site.base}/admin", follow=False).status == 403
    answer = browser.get(f"{site.base}/_ostiary/logout", headers=NAVIGATION)
    assert answer.status == 303
    assert browser.get(f"{site.base}/page").status == 401


def test_refresh_on_the_way(site, provider):
    provider.access_claims = {"exp": int(time.time()) - 28}
    browser = Browser()
    assert navigate(browser, f"{site.base}/page").status == 200
    provider.access_claims = {}
    time.sleep(3.1)
    assert navigate(browser, f"{site.base}/page?x=1").json()["path"] == "/page?x=1"
    assert (provider.count("token"), provider.count("auth")) == (2, 1)


def upgrade(site, headers):
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as client:
        head = {"Host": site.base[7:], "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", **headers}
        head["Sec-WebSocket-Key"] = base64.b64encode(b"the sample nonce").decode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        client.sendall(f"GET /socket HTTP/1.1\r\n{lines}\r\n".encode())
        told = b""
        while b"\r\n\r\n" not in told or (b" 101 " in told[:20] and b"\x81\x05hello" not in told):
            piece = client.recv(4096)
            if not piece:
                break
            told += piece
        return int(told.split()[1]), told


def test_websocket(site, provider):
    status, told = upgrade(site, bearer(provider.access_token()))
    assert status == 101 and told.endswith(b"\x81\x05hello")
    assert upgrade(site, {})[0] == 401
    browser = Browser()
    navigate(browser, f"{site.base}/page")
    cookie = {"Cookie": browser.cookie_header("localhost", "/")}
    assert upgrade(site, {**cookie, "Origin": site.base})[0] == 101
    assert upgrade(site, {**cookie, "Origin": "http://evil.example"})[0] == 403


@pytest.mark.parametrize("value", ["h2c", "H2C", "websocket, h2c", "h2c, websocket", "tls/1.0"])
@pytest.mark.parametrize("target", ["/public", "/api"])
def test_attack_46_what_comes_after_an_upgrade(site, provider, target, value):
    """Past the answer 101 the proxy reads no more requests: in HTTP/2 the client would ask for /admin, and nobody for a word."""
    before = len(site.application.seen)
    fields = {"Upgrade": value, "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    for connection in ("Upgrade, HTTP2-Settings", "Upgrade"):
        ask(site, target, provider.access_token(), **fields, Connection=connection)
    assert not [values(got, "Upgrade") for got in site.application.seen[before:] if values(got, "Upgrade")]


def test_fields_of_conditional_requests(site, provider):
    more = {"If-None-Match": "*", "Range": "bytes=0-0"}
    assert ask(site, "/api", provider.access_token(), **more).status == 200
    assert ask(site, "/api", **more).status == 401


def test_a_gate_that_is_away(site, provider, tmp_path):
    """Nobody comes in."""
    port = free_port()
    proxy = PROXIES[site.name](tmp_path / "proxy", port, f"http://127.0.0.1:{free_port()}", site.application.base)
    with proxy:
        proxy.application = site.application
        before = len(site.application.seen)
        for target in ("/public", "/api"):
            assert ask(proxy, target, provider.access_token()).status in (403, 500, 502, 503)
        assert len(site.application.seen) == before


def test_while_keys_are_missing(site, tmp_path):
    """Nobody knows whether the token is good: what is public is there, the rest is asked for again later."""
    issuer, port = "http://localhost:1/realms/none", free_port()
    gate = Gate(tmp_path / "gate", issuer, {"sites": [{"origin": f"http://localhost:{port}", "rules": RULES[:1] + RULES[2:3]}]}, site.name)
    gate.ready_url = f"{gate.base}/health/live"
    proxy = PROXIES[site.name](tmp_path / "proxy", port, gate.base, site.application.base)
    with FakeProvider() as other, gate, proxy:
        answer = ask(proxy, "/api", other.access_token(iss=issuer))
        assert answer.status == 503
        assert site.name == "envoy" or int(answer.getheader("Retry-After")) > 0  # Envoy makes an answer of its own
        assert ask(proxy, "/public").status == 200


def test_attack_45_the_rules_of_another_site(site):
    before = len(site.application.seen)
    for host in (f"other.example:{site.port}", f"OTHER.example:{site.port}", "other.example"):
        ask(site, "/admin", Host=host)
    assert site.application.seen[before:] == []


@pytest.mark.parametrize("target", ["/_ostiary/user", "/api"])
def test_attack_46_an_address_that_the_client_tells(site, target):
    ask(site, target, **{"X-Forwarded-For": "203.0.113.77", "X-Forwarded-Proto": "https", "User-Agent": "told"})
    assert "203.0.113.77" not in site.gate.log.read_text()


# ---- HTTP/2 ----


def h2_ask(site, fields):
    """(status or None, what reached the application) of a request whose head is just these fields."""
    before = len(site.application.seen)
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as client:
        head = h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1, h2.hpack(*fields))
        client.sendall(h2.start() + head)
        received, _ = h2.read_settled(client, head, 60)
    return h2.statuses(received).get(1), site.application.seen[before:]


def pseudo(site, method="GET", path="/public", authority=None):
    return [(":method", method), (":scheme", "http"), (":path", path), (":authority", authority or f"localhost:{site.port}")]


def test_http2(site, provider):
    token = [("authorization", f"Bearer {provider.access_token(sub='u-1')}")]
    assert h2_ask(site, pseudo(site, path="/api")) == (401, [])
    assert h2_ask(site, [*pseudo(site, path="/admin"), *token]) == (403, [])
    status, (got,) = h2_ask(site, [*pseudo(site, path="/api?x=1"), *token])
    assert (status, got["path"], values(got, "X-Auth-Request-User")) == (200, "/api?x=1", ["u-1"])


H2_TWICE = {
    "two paths": lambda it: [*pseudo(it), (":path", "/admin")],
    "two methods": lambda it: [*pseudo(it), (":method", "POST")],
    "two hosts": lambda it: [*pseudo(it), (":authority", "other.example")],
    "another host": lambda it: [*pseudo(it, path="/admin"), ("host", f"other.example:{it.port}")],
    "another authority": lambda it: [*pseudo(it, path="/admin", authority=f"other.example:{it.port}"), ("host", f"localhost:{it.port}")],
    "no path": lambda it: [field for field in pseudo(it) if field[0] != ":path"],
    "no slash": lambda it: pseudo(it, path="public/../admin"),
    "a whole address": lambda it: pseudo(it, path="http://other.example/admin"),
    "a star": lambda it: pseudo(it, path="*"),
    "a path with a blank": lambda it: pseudo(it, path="/public HTTP/1.1"),
    "a path with a line": lambda it: pseudo(it, path="/public HTTP/1.1\r\nX-Auth-Request-User: root"),
    "a method with a line": lambda it: pseudo(it, method="GET /admin HTTP/1.1\r\nx: y"),
    "an authority with a line": lambda it: pseudo(it, authority=f"localhost:{it.port}\r\nX-Auth-Request-User: root"),
    "a value with a line": lambda it: [*pseudo(it), ("x", "y\r\nX-Auth-Request-User: root")],
    "a name with a colon": lambda it: [*pseudo(it), ("x-auth-request-user: root\r\nx", "y")],
    "a name in capitals": lambda it: [*pseudo(it), ("X-Auth-Request-User", "root")],
    "a late path": lambda it: [*pseudo(it), ("x", "y"), (":path", "/admin")],
    "connection": lambda it: [*pseudo(it), ("connection", "x-auth-request-user")],
    "chunks": lambda it: [*pseudo(it, method="POST"), ("transfer-encoding", "chunked")],
    "h2c": lambda it: [*pseudo(it), ("upgrade", "h2c")],
    "a tunnel": lambda it: [(":method", "CONNECT"), (":authority", f"localhost:{it.port}")],
    "a tunnel with a protocol": lambda it: [*pseudo(it, method="CONNECT", path="/admin"), (":protocol", "websocket")],
}


@pytest.mark.parametrize("name", H2_TWICE)
def test_attack_45_pseudo_fields_with_two_readings(site, name):
    _, reached = h2_ask(site, H2_TWICE[name](site))
    assert reached == []
