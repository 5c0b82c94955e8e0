# SPDX-License-Identifier: Apache-2.0
"""`ostiary gate` behind Traefik, in what Traefik has beside the other proxies (test_gateways.py): HTTP/2 and TLS in front, its
own options of forwardAuth, and who is believed of X-Forwarded-*."""

import http.client
import json
import re
import socket
import ssl

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from fake_provider import CLIENT, SECRET
from gate_person import Person
from gate_site import FIELDS, Application, Gate, values
from navigation import NAVIGATION, navigate
from needs import must_have
from peers import free_port, require_program, run
from traefik import Traefik, dynamic_config, traefik_program
from waiting import until
from web import Browser, bearer

RULES = [
    {"prefix": "/public", "public": True},
    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}, "login": True},
    {"prefix": "/api", "methods": ["GET"], "policy": {}},
    {"prefix": "/api", "methods": ["POST"], "policy": {"scopes": ["write"]}},
    {"prefix": "/", "policy": {}, "login": True},
]


@pytest.fixture(scope="module")
def home(provider, tmp_path_factory):
    """A gate that knows every site of this file, and an application; Traefiks are made by the tests."""
    must_have(traefik_program)
    folder = tmp_path_factory.mktemp("traefik")
    ports, secure = [free_port() for _ in range(20)], [free_port()]
    places = [("http", port) for port in ports] + [("https", port) for port in secure]
    origins = [f"{scheme}://{host}:{port}" for scheme, port in places for host in ("localhost", "other.localhost")]
    rules = {"sites": [{"origin": origin, "rules": RULES} for origin in origins]}
    gate = Gate(folder / "gate", provider.issuer, rules, "traefik", ["--client-id", CLIENT], {"OSTIARY_CLIENT_SECRET": SECRET})
    with Application() as application, gate:
        gate.wait_for_logins()
        yield Home(folder, ports, secure, gate, application)


class Home:
    def __init__(self, folder, ports, secure, gate, application):
        self.folder, self.ports, self.secure, self.gate, self.application = folder, ports, secure, gate, application

    def traefik(self, **more):
        port = self.ports.pop()
        return Traefik(self.folder / str(port), port, self.gate.base, self.application.base, **more)


@pytest.fixture(scope="module")
def plain(home):
    """As documented, and with TLS at another port."""
    secure = home.secure.pop()
    with home.traefik(secure_port=secure) as proxy:
        proxy.secure = secure
        yield proxy


def ask(port, target, token=None, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": f"localhost:{port}", **(bearer(token) if token else {}), **headers}
    if body is not None and "Transfer-Encoding" not in sent:
        sent["Content-Length"] = str(len(body))
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def said(home, port, *arguments, **more):
    """What the application got."""
    before = len(home.application.seen)
    answer = ask(port, *arguments, **more)
    assert answer.status == 200, (answer.status, answer.body)
    assert len(home.application.seen) == before + 1
    return home.application.seen[-1]


def raw(port, data):
    """The statuses of all answers. The last request ends the connection: Traefik takes one that is shut halfway for gone (499)."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(data)
        told = b""
        while piece := client.recv(65536):
            told += piece
    return [int(status) for status in re.findall(rb"(?:^|\n|\})HTTP/1\.. (\d+)", told)]


# ---- two ways to say a thing ----

FIRST = b"HTTP/1.1\r\nHost: localhost:PORT\r\n"
HEAD = FIRST + b"Connection: close\r\n"
SAID_TWICE = {
    "two hosts": (b"GET /public HTTP/1.1\r\nHost: localhost:PORT\r\nHost: other.localhost:PORT\r\n\r\n", [400], []),
    "no host": (b"GET /public HTTP/1.1\r\n\r\n", [400], []),
    "no host, HTTP/1.0": (b"GET /public HTTP/1.0\r\n\r\n", [404], []),
    "a host in the target": (b"GET http://other.localhost:PORT/admin " + HEAD + b"\r\n", [404], []),
    "ours in the target": (b"GET http://localhost:PORT/admin HTTP/1.1\r\nHost: other.localhost:PORT\r\nConnection: close\r\n\r\n", [401], []),
    "a user in the host": (b"GET /public HTTP/1.1\r\nHost: x@localhost:PORT\r\n\r\n", [400], []),
    "a host with a dot": (b"GET /admin HTTP/1.1\r\nConnection: close\r\nHost: localhost.:PORT\r\n\r\n", [403], []),
    "a host in capitals": (b"GET /public HTTP/1.1\r\nConnection: close\r\nHost: LOCALHOST:PORT\r\n\r\n", [200], ["/public"]),
    "a tunnel": (b"CONNECT localhost:PORT " + HEAD + b"\r\n", [501], []),
    "a tunnel with a path": (b"CONNECT /public " + HEAD + b"\r\n", [501], []),
    "no path": (b"GET ?x " + HEAD + b"\r\n", [400], []),
    "a fragment": (b"GET /admin#/../public " + HEAD + b"\r\n", [400], []),
    "a blank before the colon": (b"GET /public " + HEAD + b"X-Auth-Request-User : root\r\n\r\n", [400], []),
    "a line that goes on": (b"GET /public " + HEAD + b"X-A: b\r\n X-Auth-Request-User: root\r\n\r\n", [200], ["/public"]),
    "dots for hyphens": (b"GET /public " + HEAD + b"X.Auth.Request.User: root\r\n\r\n", [403], []),
    "tildes for hyphens": (b"GET /public " + HEAD + b"X~Auth~Request~User: root\r\n\r\n", [403], []),
    "what comes after the body": (
        b"POST /public " + HEAD + b"Transfer-Encoding: chunked\r\nTrailer: X-Auth-Request-User\r\n\r\n0\r\nX-Auth-Request-User: root\r\n\r\n",
        [200],
        ["/public"],
    ),
    "two lengths": (b"POST /public " + HEAD + b"Content-Length: 5\r\nContent-Length: 0\r\n\r\n", [400], []),
    "a coding of one's own": (b"POST /public " + HEAD + b"Transfer-Encoding: xchunked\r\n\r\n", [501], []),
    "a length and chunks": (
        b"POST /public " + FIRST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin " + HEAD + b"\r\n",
        [200, 401],
        ["/public"],
    ),
    "one after the other": (b"GET /public " + FIRST + b"\r\nGET /admin " + HEAD + b"\r\n", [200, 401], ["/public"]),
}


@pytest.mark.parametrize("name", SAID_TWICE)
def test_attack_45_requests_with_two_readings(home, plain, name):
    data, statuses, reached = SAID_TWICE[name]
    before = len(home.application.seen)
    seen = raw(plain.port, data.replace(b"PORT", str(plain.port).encode()))
    got = home.application.seen[before:]
    assert (seen, [one["path"] for one in got]) == (statuses, reached)
    assert "root" not in str([values(one, field) for one in got for field in FIELDS])


def test_queries(home, plain):
    """What Traefik does with a semicolon it does before it asks; all else arrives as it was sent."""
    assert said(home, plain.port, "/public?a=%2F..&b=%zz&c=/../d&&e")["path"] == "/public?a=%2F..&b=%zz&c=/../d&&e"
    assert said(home, plain.port, "/public?a=1;b=2")["path"] == "/public?a=1&b=2"


def test_large_tokens_and_bodies(home, plain, provider):
    token = provider.access_token(roles=["r" * 10] * 700)
    assert len(token) > 12000
    got = said(home, plain.port, "/api", provider.access_token(scope="write", roles=["r" * 10] * 700), "POST", b"x" * 1000000)
    assert got["body"] == "x" * 1000000
    assert ask(plain.port, "/api", token, "POST", b"x" * 1000000).status == 403
    assert ask(plain.port, "/api", "x" * 200000).status in (400, 401, 403, 431)


# ---- HTTP/2, as browsers have it ----


def curl(plain, path, *fields):
    """The version and the status of the answer."""
    command = [require_program("curl", "curl"), "-sk", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}"]
    told = run([*command, *(f"-H{field}" for field in fields), f"https://localhost:{plain.secure}{path}"], "curl", timeout=60)
    return told.strip()


def test_http2(home, plain, provider):
    token = f"Authorization: Bearer {provider.access_token()}"
    before = len(home.application.seen)
    assert curl(plain, "/api") == "2 401"
    assert curl(plain, "/admin", token) == "2 403"
    assert home.application.seen[before:] == []
    assert curl(plain, "/api?x=1", token) == "2 200"
    assert home.application.seen[-1]["path"] == "/api?x=1"


# ---- who is believed of X-Forwarded-* ----

FORGED = {"X-Forwarded-Uri": "/public", "X-Forwarded-Method": "GET", "X-Forwarded-Host": "other.localhost", "X-Forwarded-For": "203.0.113.77"}
BALANCER = {"forwardedHeaders": {"trustedIPs": ["127.0.0.1"]}}
UNTOLD = {"untold": {"headers": {"customRequestHeaders": {"X-Forwarded-Uri": "", "X-Forwarded-Method": "", "X-Forwarded-Host": ""}}}}


@pytest.mark.parametrize("trust", [False, True])
def test_attack_46_what_the_client_tells_of_its_request(home, provider, trust):
    """Traefik takes it away where it comes in, whatever the middleware would believe."""
    with home.traefik(trustForwardHeader=trust) as proxy:
        before = len(home.application.seen)
        assert ask(proxy.port, "/admin", **FORGED).status == 401
        assert ask(proxy.port, "/api", provider.access_token(), "POST", b"", **FORGED).status == 403
        assert home.application.seen[before:] == []
        got = said(home, proxy.port, "/public", **FORGED)
        assert "203.0.113.77" not in str(got["headers"]) and not values(got, "X-Forwarded-Uri")


def test_attack_46_behind_a_balancer_that_hands_on_what_the_client_tells(home, provider):
    """Where what comes in is believed, the balancer's word is that of whoever asks it; what names the request is taken
    away before Traefik asks."""
    with home.traefik(entry_point=BALANCER, trustForwardHeader=True, before=UNTOLD) as proxy:
        before = len(home.application.seen)
        assert ask(proxy.port, "/admin", **FORGED).status == 401
        assert ask(proxy.port, "/api", provider.access_token(), "POST", b"", **FORGED).status == 403
        assert home.application.seen[before:] == []
        got = said(home, proxy.port, "/public", **FORGED, **{"X-Forwarded-Proto": "https"})
        assert (got["path"], values(got, "X-Forwarded-Proto")) == ("/public", ["https"])


def test_a_balancer_without_those_lines_lets_the_client_choose(home):
    """What docs/usage/gateway.md warns of: if this fails, it need not warn any more."""
    with home.traefik(entry_point=BALANCER, trustForwardHeader=True) as proxy:
        assert ask(proxy.port, "/admin", **{"X-Forwarded-Uri": "/public"}).status == 200


@pytest.mark.parametrize("trust", [False, True])
def test_websockets(home, plain, provider, trust):
    """Traefik calls them ws and wss in X-Forwarded-Proto, which the middleware hands on if it trusts."""
    with home.traefik(trustForwardHeader=trust) as proxy:
        fields = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        assert upgrade(proxy.port, {**fields, **bearer(provider.access_token())}) == 101
        assert upgrade(proxy.port, fields) == 401
        browser = Browser()
        assert navigate(browser, f"{proxy.base}/page").status == 200
        fields["Cookie"] = browser.cookie_header("localhost", "/")
        assert upgrade(proxy.port, {**fields, "Origin": proxy.base}) == 101
        assert upgrade(proxy.port, {**fields, "Origin": "http://evil.example"}) == 403
        assert upgrade(proxy.port, fields) == 403


def upgrade(port, fields):
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": f"localhost:{port}", **fields}.items())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(f"GET /socket HTTP/1.1\r\n{lines}\r\n".encode())
        return int(client.recv(4096).split()[1])


# ---- its own options ----


def test_fields_by_a_pattern(home, provider):
    """As Go spells names: in small letters it is about no field at all."""
    with home.traefik(authResponseHeaders=[], authResponseHeadersRegex="^(Cookie|X-Auth-Request-.*)$") as proxy:
        got = said(home, proxy.port, "/api", provider.access_token(sub="u-1"), Cookie="a=b; ostiary=c")
        assert (values(got, "X-Auth-Request-User"), values(got, "Cookie")) == (["u-1"], ["a=b"])
        assert ask(proxy.port, "/api", provider.access_token(), **{"X-Auth-Request-User": "root"}).status == 403
    with home.traefik(authResponseHeaders=[], authResponseHeadersRegex="^(cookie|x-auth-request-.*)$") as proxy:
        got = said(home, proxy.port, "/api", provider.access_token(sub="u-1"))
        assert values(got, "X-Auth-Request-User") == []


def test_bodies_and_methods_of_the_question(home, provider):
    """With either the gate is asked by another request, and answers the same."""
    token = provider.access_token(scope="write")
    with home.traefik(forwardBody=True, maxBodySize=2000000, preserveRequestMethod=True) as proxy:
        assert said(home, proxy.port, "/api", token, "POST", b"x" * 1000000)["body"] == "x" * 1000000
        assert ask(proxy.port, "/api", provider.access_token(), "POST", b"x" * 1000000).status == 403
        assert ask(proxy.port, "/api", token, "POST", b"x" * 2000001).status == 401  # Traefik's own
        assert ask(proxy.port, "/api", None, "DELETE").status == 401
        assert ask(proxy.port, "/api", token, "GET").status == 200


def test_long_answers(home):
    """Traefik makes 401 of an answer that is longer than it may be: the gate's 400 has a line of text, all else is empty."""
    with home.traefik(maxResponseBodySize=0) as proxy:
        assert ask(proxy.port, "/public").status == 200
        assert ask(proxy.port, "/admin", Forwarded="host=evil.example").status == 401


@pytest.mark.parametrize("name", ["X_Auth_Request_User", "X.Auth.Request.User", "X~Auth~Request~User"])
def test_names_that_are_another_name(home, provider, name):
    with home.traefik(entry_point={"http": {"aliasHeadersStrategy": "reject"}}) as proxy:
        assert ask(proxy.port, "/public").status == 200
        assert ask(proxy.port, "/public", **{name: "root"}).status == 400


def insecure():
    """Traefik makes itself a certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_cookies_of_the_check_reach_the_browser(home, provider):
    """With --passes-cookies, where Traefik is told their names; those of the application stay."""
    port = home.ports.pop()
    folder = home.folder / "passing"
    rules = {"sites": [{"origin": f"http://localhost:{port}", "rules": RULES}]}
    arguments = ["--client-id", CLIENT, "--passes-cookies"]
    gate = Gate(folder / "gate", provider.issuer, rules, "traefik", arguments, {"OSTIARY_CLIENT_SECRET": SECRET})
    name = f"ostiary-p{port}"
    names = [name, *(f"{name}-{number}" for number in range(1, 6))]
    proxy = Traefik(folder / "traefik", port, gate.base, home.application.base, addAuthCookiesToResponse=names)
    with gate, proxy:
        gate.wait_for_logins()
        provider.pad, provider.lifetime = 9000, 2
        browser = Browser()
        assert navigate(browser, f"{proxy.base}/page").status == 200
        before = dict(browser.cookies)
        provider.lifetime = 300
        until(lambda: navigate(browser, f"{proxy.base}/page", follow=False).status == 200 and provider.count("token") == 2)
        changed = [key for key, value in browser.cookies.items() if before.get(key) != value]
        assert len(changed) >= 3
        assert navigate(browser, f"{proxy.base}/page", follow=False).status == 200
        assert provider.count("token") == 2


class PersonByTraefik(Person):
    """Whose proxy is Traefik, at its port of TLS."""

    def ask(self, host, path, method="GET", cookies=None, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.gate.secure, timeout=60, context=insecure())
        fields = {**NAVIGATION, "Host": host, **headers}
        cookies = self.sent(host) if cookies is None else cookies
        if cookies:
            fields["Cookie"] = cookies
        connection.request(method, path, headers=fields)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.take(host, line)
        return answer


def test_one_session_for_several_hosts(home, provider):
    """cookie_domain, which needs https; the rule of the router names each host."""
    hosts = ["x.shop.example", "y.shop.example", "alone.shop.example"]
    sites = [{"origin": f"https://{host}", "rules": RULES, **({} if host == hosts[2] else {"cookie_domain": "shop.example"})} for host in hosts]
    folder = home.folder / "shop"
    gate = Gate(folder / "gate", provider.issuer, {"sites": sites}, "traefik", ["--client-id", CLIENT], {"OSTIARY_CLIENT_SECRET": SECRET})
    proxy = Traefik(folder / "traefik", free_port(), gate.base, home.application.base, hosts=hosts, secure_port=free_port())
    with gate, proxy:
        gate.wait_for_logins()
        person = PersonByTraefik(proxy)
        person.log_in(hosts[0])
        answer = person.ask(hosts[1], "/page")
        assert answer.status == 200 and values(json.loads(answer.text), "X-Auth-Request-User") == ["alice-id"]
        assert values(json.loads(answer.text), "Cookie") in ([], [""])
        assert person.ask(hosts[2], "/page").status == 302
        assert person.ask(hosts[0], "/admin").status == 403
        assert person.ask(hosts[1], "/page", "POST", Origin=f"https://{hosts[0]}").status == 403
        assert person.ask(hosts[1], "/page", "POST", Origin=f"https://{hosts[1]}", **{"Sec-Fetch-Site": "same-origin"}).status == 200
        person.ask(hosts[1], "/_ostiary/logout")
        assert person.ask(hosts[0], "/page").status == 302
