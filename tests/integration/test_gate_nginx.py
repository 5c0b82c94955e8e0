# SPDX-License-Identifier: Apache-2.0
"""`ostiary gate` behind real nginx: an application without any login, protected by our rules. The configuration is that
of docs/usage/gateway.md."""

import http.client
import json

import pytest
from fake_provider import FakeProvider
from gate_site import FIELDS, NGINX, Application, Gate, Nginx, values
from peers import free_port
from web import bearer


def rules_for(base):
    return {
        "sites": [
            {
                "origin": base,
                "rules": [
                    {"prefix": "/public", "public": True},
                    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}},
                    {"path": "/closed", "deny": True},
                    {"prefix": "/api", "methods": ["GET"], "policy": {}},
                    {"prefix": "/api", "methods": ["POST"], "policy": {"scopes": ["write"]}},
                ],
            },
            {"origin": base.replace("localhost", "other.example"), "rules": [{"prefix": "/", "public": True}]},
        ]
    }


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def application():
    with Application() as running:
        yield running


@pytest.fixture(scope="module")
def site(provider, application, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("gate"), free_port()
    rules = rules_for(f"http://localhost:{port}")
    with Gate(folder / "gate", provider.issuer, rules, "nginx") as gate:
        with Nginx(folder / "nginx", port, gate.base, application.base) as nginx:
            nginx.gate = gate
            yield nginx


def ask(site, path, token=None, method="GET", **headers):
    """The path goes out as it is written here."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    sent = {"Host": f"localhost:{site.port}", **(bearer(token) if token else {})}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    connection.putrequest(method, path, skip_host=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    response.text = response.read().decode()
    connection.close()
    return response


def test_rules(site, provider):
    token = provider.access_token()
    assert ask(site, "/public/x").status == 200
    assert ask(site, "/api/x").status == 401
    assert ask(site, "/api/x", token).status == 200
    assert ask(site, "/api/x", token, "POST").status == 403
    assert ask(site, "/api/x", provider.access_token(scope="write"), "POST").status == 200
    assert ask(site, "/admin/x", token).status == 403
    assert ask(site, "/admin/x", provider.access_token(realm_access={"roles": ["admin"]})).status == 200
    assert ask(site, "/closed", token).status == 403
    assert ask(site, "/elsewhere", token).status == 403


def test_one_challenge_and_no_body_of_ours(site):
    answer = ask(site, "/api/x")
    assert answer.getheader("WWW-Authenticate", "").startswith("Bearer ")
    assert len(answer.headers.get_all("WWW-Authenticate")) == 1


# ---- what reaches the application ----

TARGETS = [
    "/public/../admin", "/public/%2e%2e/admin", "/public/..%2fadmin", "/public/..%5cadmin", "/public/..\\admin", "//admin", "/public//../admin",
    "/admin%2fx", "/public/..;/admin", "/admin;x", "/public/%252e%252e/admin", "/admin%00", "/admin.", "/ADMIN", "/admin/", "/admin%3Fx",
    "/public/.%2e/admin", "/./admin", "/%61dmin", "/public/%c0%ae%c0%ae/admin", "http://localhost/public/../admin", "/_ostiary/../admin",
    "/_ostiary_check", "/_ostiary/../check", "/admin?x=/../public",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_attack_45_paths_with_two_readings(site, application, provider, target):
    before = len(application.seen)
    assert ask(site, target, provider.access_token()).status != 200
    assert application.seen[before:] == []


def test_attack_45_a_host_in_the_target(site, application, provider):
    """nginx takes the host of an absolute target for its own, whatever Host says."""
    assert ask(site, f"http://localhost:{site.port}/public", Host="evil.example").status == 200
    before = len(application.seen)
    assert ask(site, "http://evil.example/public", provider.access_token()).status == 403
    assert ask(site, "/public", Host="evil.example").status == 403
    assert application.seen[before:] == []


def test_attack_45_the_rules_of_another_site(site, application, provider):
    """nginx asks its first server for hosts that none of them has: it must not answer for them."""
    before = len(application.seen)
    for host in ("other.example", f"other.example:{site.port}", f"OTHER.example:{site.port}", f"other.example.:{site.port}"):
        assert ask(site, "/admin", Host=host).status == 403
    assert ask(site, f"http://other.example:{site.port}/admin").status == 403
    assert application.seen[before:] == []


@pytest.mark.parametrize("target", ["/public", "/api"])
@pytest.mark.parametrize("name", [*FIELDS, "X_Auth_Request_User", "X-Auth_Request-Groups"])
def test_attack_43_identity_that_the_client_tells(site, application, provider, target, name):
    before = len(application.seen)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", target, headers={"Host": f"localhost:{site.port}", name: "root", **bearer(provider.access_token())})
    connection.getresponse().read()
    connection.close()
    for said in application.seen[before:]:
        assert not any("root" in values(said, field) for field in FIELDS)
        assert values(said, "X-Auth-Request-User") in ([], ["alice-id"])


@pytest.mark.parametrize("name", ["X_Original_URI", "X_Original_Method", "X_Forwarded_Host", "X_Forwarded_Uri", "X_Original_URL"])
def test_attack_46_what_the_client_tells_of_its_request(site, application, provider, name):
    before = len(application.seen)
    for value in ("/public", "GET", "localhost"):
        assert ask(site, "/admin", provider.access_token(), **{name: value}).status == 403
    assert application.seen[before:] == []


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "X-Script-Name", "X-Sendfile-Type"])
def test_attack_46_what_cuts_the_path(site, application, provider, name):
    """nginx drops what has underscores; the rest the gate refuses."""
    before = len(application.seen)
    ask(site, "/public/admin", provider.access_token(), **{name: "/public"})
    for got in application.seen[before:]:
        assert values(got, name.replace("_", "-")) == []


@pytest.mark.parametrize("value", ["h2c", "websocket, h2c", "h2c, websocket"])
def test_attack_46_what_comes_after_an_upgrade(site, application, provider, value):
    before = len(application.seen)
    assert ask(site, "/api", provider.access_token(), Upgrade=value, Connection="Upgrade").status == 200
    assert [values(got, "Upgrade") for got in application.seen[before:]] == [[]]


def test_bodies_reach_the_application(site, application, provider):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    headers = {"Host": f"localhost:{site.port}", **bearer(provider.access_token(scope="write"))}
    for size in (0, 5, 100_000):
        connection.request("POST", "/api/x", body=b"x" * size, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200 and len(json.loads(answer.read())["body"]) == size
    connection.close()


def test_a_gate_that_is_away(provider, application, tmp_path):
    """Nobody comes in."""
    port = free_port()
    with Nginx(tmp_path, port, f"http://127.0.0.1:{free_port()}", application.base) as nginx:
        before = len(application.seen)
        for target in ("/public", "/api"):
            assert ask(nginx, target, provider.access_token()).status == 500
        assert application.seen[before:] == []


HOPS = [*FIELDS[:2], "Cookie", "Authorization", "X-Original-URI", "X-Original-Method", "X-Forwarded-Host", "X-Forwarded-For"]


@pytest.mark.parametrize("name", HOPS)
def test_attack_43_fields_that_the_client_calls_hop_by_hop(site, application, provider, name):
    """Connection names what a proxy takes away before it asks or passes on (RFC 9110 §7.6.1)."""
    token = provider.access_token(sub="u-1")
    before = len(application.seen)
    for connection in (f"close, {name}", f"keep-alive, {name.lower()}"):
        assert ask(site, "/admin", token, Connection=connection).status == 403
        assert ask(site, "/api", token, "POST", Connection=connection).status == 403
    assert application.seen[before:] == []
    assert ask(site, "/api", token, Connection=f"close, {name}").status == 200
    assert values(application.seen[-1], "X-Auth-Request-User") == ["u-1"]


def test_several_names(provider, application, tmp_path):
    """The lines of the document for a server of several names: each has the rules of its own site."""
    port = free_port()
    rules = {
        "sites": [
            {"origin": f"http://app.example:{port}", "rules": [{"prefix": "/", "policy": {}}]},
            {"origin": f"http://wiki.example:{port}", "rules": [{"prefix": "/", "public": True}]},
            {"origin": f"http://other.example:{port}", "rules": [{"prefix": "/", "public": True}]},
        ]
    }
    config = NGINX.replace("server_name localhost;", "server_name app.example wiki.example;")
    config = config.replace("if ($host != $server_name)", "if ($is_ours = 0)")
    config = config.replace("    server {{", "    map $host $is_ours {{ default 0; app.example 1; wiki.example 1; }}\n    server {{", 1)
    with Gate(tmp_path / "gate", provider.issuer, rules, "nginx") as gate:
        with Nginx(tmp_path / "nginx", port, gate.base, application.base, config=config) as nginx:
            token = provider.access_token()
            assert ask(nginx, "/x", Host=f"app.example:{port}").status == 401
            assert ask(nginx, "/x", token, Host=f"APP.example:{port}").status == 200
            assert ask(nginx, "/x", Host=f"wiki.example:{port}").status == 200
            for host in (f"other.example:{port}", f"app.example.evil:{port}", "localhost", ""):
                assert ask(nginx, "/x", token, Host=host).status in (400, 403), host
