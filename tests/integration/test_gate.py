# SPDX-License-Identifier: Apache-2.0
"""What `ostiary gate` answers to a proxy, asked as each proxy asks: rules, paths with two readings, what a client sends
that is not its to send, identity fields, and configurations that do not start."""

import http.client
import json
import socket
import subprocess
import threading

import pytest
from fake_fixtures import provider  # noqa: F401  (fixture)
from fake_provider import CLIENT, FakeProvider
from gate_site import FIELDS, Gate
from programs import built
from waiting import until
from web import bearer

ORIGIN, HOST = "https://app.example.org", "app.example.org"
RULES = [
    {"prefix": "/public", "public": True},
    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}},
    {"path": "/closed", "deny": True},
    {"prefix": "/api", "methods": ["GET"], "policy": {}},
    {"prefix": "/api", "methods": ["POST", "PROPFIND"], "policy": {"scopes": ["write"]}},
    {"prefix": "/token", "policy": {}, "token": True},
    {"prefix": "/straße", "policy": {}},
]
SITES = [
    {"origin": ORIGIN, "rules": RULES},
    {"origin": "https://open.example.org", "rules": [{"prefix": "/", "policy": {}}]},
    {"origin": "http://port.example.org:8080", "rules": [{"prefix": "/", "public": True}]},
    {"origin": "https://empty.example.org", "rules": []},
    {"origin": "https://rest.example.org", "rules": [*RULES[1:2], {"prefix": "/", "policy": {}}]},
]


@pytest.fixture(scope="module", params=["nginx", "haproxy", "caddy", "traefik", "envoy"])
def gate(request, provider, tmp_path_factory):
    """One of each dialect."""
    with Gate(tmp_path_factory.mktemp("gate"), provider.issuer, {"sites": SITES}, request.param) as running:
        running.dialect = request.param
        yield running


@pytest.fixture(scope="module")
def nginx_gate(provider, tmp_path_factory):
    with Gate(tmp_path_factory.mktemp("gate"), provider.issuer, {"sites": SITES}, "nginx") as running:
        running.dialect = "nginx"
        yield running


def question(dialect, method, target, host):
    """(method, target, fields) of the request that such a proxy sends."""
    forwarded = {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    if dialect == "envoy":
        return method, "/check" + target, {"Host": host}
    names = ("X-Original-Method", "X-Original-URI")
    if dialect in ("caddy", "traefik"):
        names = ("X-Forwarded-Method", "X-Forwarded-Uri")
    return "GET", "/check", {"Host": "gate", **forwarded, names[0]: method, names[1]: target}


class Connection(http.client.HTTPConnection):
    def _encode_request(self, request):
        return request.encode("latin-1")  # also what no client of good will sends


def send(gate, method, target, fields):
    connection = Connection("127.0.0.1", gate.port, timeout=60)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in fields if isinstance(fields, list) else fields.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def ask(gate, target, token=None, method="GET", host=HOST, **more):
    sent, path, fields = question(gate.dialect, method, target, host)
    fields.update(bearer(token) if token else {})
    fields.update({name.replace("_", "-"): value for name, value in more.items()})
    return send(gate, sent, path, fields)


def logged(gate, words):
    """That the log has these words, soon."""
    return until(lambda: words in gate.log.read_text(), gate.log_tail, step=0.02)


# ---- rules ----


def test_rules(gate, provider):
    token, admin = provider.access_token(), provider.access_token(realm_access={"roles": ["admin"]})
    writer = provider.access_token(scope="write")
    expected = [
        ("GET", "/public", None, 200),
        ("POST", "/public/a/b?c=/../d", None, 200),
        ("GET", "/publicly", token, 403),
        ("GET", "/admin", admin, 200),
        ("GET", "/admin/users?a=%2F..", admin, 200),
        ("GET", "/admin", token, 403),
        ("GET", "/admin", None, 401),
        ("GET", "/closed", admin, 403),
        ("GET", "/api/a", token, 200),
        ("HEAD", "/api/a", token, 200),
        ("POST", "/api/a", token, 403),
        ("POST", "/api/a", writer, 200),
        ("PROPFIND", "/api/a", writer, 200),
        ("DELETE", "/api/a", writer, 403),
        ("GET", "/stra%C3%9Fe/1", token, 200),
        ("GET", "/", admin, 403),
        ("GET", "/elsewhere", None, 403),
    ]
    for method, target, given, status in expected:
        answer = ask(gate, target, given, method)
        assert (method, target, answer.status) == (method, target, status)
        assert answer.body == b""
        assert answer.getheader("Cache-Control") == "no-store"


def test_sites(gate, provider):
    token = provider.access_token()
    assert ask(gate, "/a//b;c/%2e%41?d" if gate.dialect != "envoy" else "/a;c/?d", token, host="open.example.org").status == 200
    assert ask(gate, "/x", host="port.example.org:8080").status == 200
    assert ask(gate, "/public", host="app.example.org:443").status == 200
    assert ask(gate, "/public", host="APP.example.org").status == 200
    for host in ("port.example.org", "app.example.org:8443", "app.example.org.", "empty.example.org", "other.example.org", "localhost",
                 "app.example.org:080"):
        assert ask(gate, "/x", token, host=host).status in (400, 403), host
        assert ask(gate, "/public", token, host=host).status in (400, 403), host


def test_one_challenge(gate, provider):
    for token, status, error in ((None, 401, None), ("x", 401, "invalid_token"), (provider.access_token(), 403, "insufficient_scope")):
        answer = ask(gate, "/admin", token)
        assert answer.status == status
        challenges = answer.headers.get_all("WWW-Authenticate")
        assert len(challenges) == 1 and challenges[0].startswith("Bearer ")
        assert error is None or f'error="{error}"' in challenges[0]
    twice = question(gate.dialect, "GET", "/admin", HOST)
    token = provider.access_token(realm_access={"roles": ["admin"]})
    answer = send(gate, *twice[:2], [*twice[2].items(), *[("Authorization", f"Bearer {token}")] * 2])
    assert answer.status == 401 and answer.body == b""


# ---- attacks ----

TWO_READINGS = [
    "/public/../admin", "/public/%2e%2e/admin", "/public/.%2E/admin", "/public/./../admin", "/public/..%2fadmin", "/public/..%5cadmin",
    "/public/..\\admin", "/public\\..\\admin", "//admin", "/public//../admin", "/public/%2f../admin", "/admin%2fusers", "/%61dmin/%2e",
    "/public/..;/admin", "/public;/../admin", "/admin;x=1", "/admin%3b", "/public/%252e%252e/admin", "/public/%25%32%65/admin",
    "/public/%u002e%u002e/admin", "/public/%00", "/admin%00", "/admin%0a", "/admin%7f", "/public/%c0%ae%c0%ae/admin",
    "/public/%e0%80%af", "/public/%zz", "/public/%", "/public/%4", "/public/\xe4", "/admin.", "/admin./", "/admin%20", "/admin%20/x",
    "/public/...", "/public/x/..", "/public/.", "/public#/../admin", "/public/a|b", "/public/\"", "public", "", "?x", "*",
    "http://app.example.org/public", "https://app.example.org/public", "HTTP://app.example.org/public", "app.example.org/public",
]  # fmt: skip


@pytest.mark.parametrize("target", TWO_READINGS)
def test_attack_45_paths_with_two_readings(nginx_gate, provider, target):
    token = provider.access_token(realm_access={"roles": ["admin"]})
    assert ask(nginx_gate, target, token).status == 403, target
    assert ask(nginx_gate, target, token, host="rest.example.org").status == 403, target


@pytest.mark.parametrize("target", [t for t in TWO_READINGS if t.startswith("/")])
def test_attack_45_paths_with_two_readings_by_the_request_itself(provider, tmp_path_factory, target):
    gate = _envoy(provider, tmp_path_factory)
    token = provider.access_token(realm_access={"roles": ["admin"]})
    assert ask(gate, target, token).status in (400, 403), target


_running = {}


def _envoy(provider, tmp_path_factory):
    if "envoy" not in _running:
        gate = Gate(tmp_path_factory.mktemp("gate"), provider.issuer, {"sites": SITES}, "envoy")
        gate.dialect = "envoy"
        _running["envoy"] = gate.start()
    return _running["envoy"]


@pytest.fixture(scope="module", autouse=True)
def envoy_ends():
    yield
    if "envoy" in _running:
        _running.pop("envoy").stop()


@pytest.mark.parametrize("target", ["/ADMIN", "/Admin/users", "/admin/", "/Admin/", "/admin%3Fx", "/admin%23x", "/\u212aa".encode().decode(), "/%EF%BD%81dmin", "/admin%EF%BC%8Fx", "/adm%C4%B1n", "/ADM%C4%B0N", "/admin%C2%A0", "/admin%E3%80%80/x"])
def test_attack_45_another_rule_for_the_forgiving(nginx_gate, provider, target):
    """Here "/" is for any token, and "/admin" is not: a path that some applications take for it is nobody's."""
    token = provider.access_token()
    status = ask(nginx_gate, target.encode().decode("latin-1"), token, host="rest.example.org").status
    assert status == 403, target
    assert ask(nginx_gate, "/administration", token, host="rest.example.org").status == 200


def test_attack_46_methods_with_two_readings(nginx_gate, provider):
    token = provider.access_token()
    for method in ("get", "Get", "pOST", "G,ET", "", "GET\tPOST"):
        assert ask(nginx_gate, "/api", token, method).status in (400, 403), method
    for name in ("X_HTTP_Method_Override", "X_HTTP_Method", "X_Method_Override"):
        assert ask(nginx_gate, "/api", token, **{name: "POST"}).status == 403
        assert ask(nginx_gate, "/api", token, **{name: "GET"}).status == 200
    for name in ("X_Original_URL", "X_Rewrite_URL"):
        assert ask(nginx_gate, "/api", token, **{name: "/admin"}).status == 403


@pytest.mark.parametrize("value", ["h2c", "H2C", "websocket, h2c", "h2c, websocket", "TLS/1.0", ""])
def test_attack_46_upgrades_to_what_nobody_asks_about(gate, value):
    """Past 101 the proxy reads no more requests: in HTTP/2 the client could ask for /admin."""
    method, target, fields = question(gate.dialect, "GET", "/public/x", HOST)
    assert send(gate, method, target, {**fields, "Upgrade": "WebSocket"}).status == 200
    assert send(gate, method, target, {**fields, "Upgrade": value}).status == 403
    assert send(gate, method, target, [*fields.items(), ("Upgrade", "websocket"), ("Upgrade", value)]).status == 403


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO", "X-Script-Name", "X-Sendfile-Type", "X_Accel_Mapping"])
def test_attack_46_fields_that_cut_the_path(gate, name):
    """What an application cuts off is not what the rules looked at."""
    method, target, fields = question(gate.dialect, "GET", "/public/admin", HOST)
    assert send(gate, method, target, fields).status == 200
    assert send(gate, method, target, {**fields, name: "/public"}).status == 403
    method, target, fields = question(gate.dialect, "GET", "/x", "port.example.org:8080")  # whose rules are about no path
    assert send(gate, method, target, {**fields, "X-Forwarded-Proto": "http", name: "/x"}).status == 200


def test_attack_43_identity_fields_of_the_client(gate, provider):
    token = provider.access_token()
    method, target, fields = question(gate.dialect, "GET", "/api", HOST)
    for name in [*FIELDS, "x-auth-request-user", "X_Auth_Request_User", "X-Auth_Request-Email", "x_auth-request_groups", "X.Auth.Request.User", "X~Auth-Request-Email"]:
        for given in ({}, bearer(token)):
            answer = send(gate, method, target, {**fields, **given, name: "root"})
            assert answer.status == 403, name
            assert "root" not in str(answer.headers)


def test_attack_46_what_other_dialects_say(gate, provider):
    """A client's fields that another proxy would have written change nothing."""
    token = provider.access_token()
    method, target, fields = question(gate.dialect, "GET", "/admin", HOST)
    other = ("X-Forwarded-Uri", "X-Forwarded-Method") if gate.dialect in ("nginx", "haproxy") else ("X-Original-URI", "X-Original-Method")
    claims = {other[0]: "/public", other[1]: "OPTIONS", "X-Envoy-Original-Path": "/public"}
    assert send(gate, method, target, {**fields, **claims, **bearer(token)}).status == 403
    assert send(gate, method, target, {**fields, **claims}).status == 401


def test_questions_that_are_none(gate, provider):
    token = provider.access_token()
    method, target, fields = question(gate.dialect, "GET", "/api", HOST)
    fields.update(bearer(token))
    assert send(gate, method, target, fields).status == 200
    for name in fields:
        if name in ("Host", "Authorization", "X-Forwarded-For", "X-Forwarded-Proto"):
            continue
        without = {key: value for key, value in fields.items() if key != name}
        assert send(gate, method, target, without).status == 403, name
        assert send(gate, method, target, [*fields.items(), (name, fields[name])]).status == 403, name
    if gate.dialect == "envoy":
        assert send(gate, method, "/api", fields).status == 404
        assert send(gate, method, "/checkapi", fields).status == 404
        assert send(gate, method, target, {**fields, "X-Forwarded-Host": "open.example.org"}).status == 403
        assert send(gate, method, target, {**fields, "Forwarded": "host=open.example.org"}).status == 403


def test_from_others_than_the_proxy(provider, tmp_path):
    gate = Gate(tmp_path, provider.issuer, {"sites": SITES}, "nginx")
    gate.command[gate.command.index("127.0.0.1")] = "192.0.2.1"
    gate.dialect = "nginx"
    with gate:
        assert ask(gate, "/public").status == 403
        assert ask(gate, "/api", provider.access_token()).status == 403
        assert logged(gate, "trusted proxy")


def test_a_question_with_the_length_of_a_body(nginx_gate, provider):
    """nginx without `proxy_set_header Content-Length ""`: the body never comes, and nothing waits for it."""
    method, target, fields = question("nginx", "POST", "/public", HOST)
    answer = send(nginx_gate, method, target, {**fields, "Content-Length": "1000"})
    assert answer.status == 413


# ---- what the application is told ----


def told(gate, token, target="/api"):
    answer = ask(gate, target, token)
    assert answer.status == 200
    return {name: answer.headers.get_all(name) for name in [*FIELDS, "Authorization"]}


def test_identity_fields(gate, provider):
    said = {
        **{"sub": "u-1", "preferred_username": "alice", "email": "alice@example.org", "email_verified": True},
        **{"groups": ["/staff", "/a,b", "/ c "], "realm_access": {"roles": ["buyer", "x:y"]}},
        **{"resource_access": {"web:1": {"roles": ["read"]}, "web": {"roles": ["1:read", "a%2Cb"]}}},
        **{"scope": "openid a,b", "exp": 4102444800},
    }
    fields = told(gate, provider.access_token(**said))
    assert fields["X-Auth-Request-User"] == ["u-1"]
    assert fields["X-Auth-Request-Preferred-Username"] == ["alice"]
    assert fields["X-Auth-Request-Email"] == ["alice@example.org"]
    assert fields["X-Auth-Request-Groups"] == ["/staff,/a%2Cb,/%20c%20"]
    assert fields["X-Auth-Request-Roles"] == ["buyer,x%3Ay,web%3A1:read,web:1%3Aread,web:a%252Cb"]
    assert fields["X-Auth-Request-Scopes"] == ["openid a%2Cb"]
    assert fields["X-Auth-Request-Expires"] == ["4102444800"]
    assert fields["Authorization"] == [""]


def test_empty_fields_are_sent(gate, provider):
    said = told(gate, provider.access_token(email="a@b.example", email_verified=False, scope=None))
    assert said["X-Auth-Request-Email"] == said["X-Auth-Request-Groups"] == said["X-Auth-Request-Preferred-Username"] == [""]
    answer = ask(gate, "/public", provider.access_token())
    assert all(answer.headers.get_all(name) == [""] for name in FIELDS)
    for status, target in ((401, "/api"), (403, "/elsewhere")):
        answer = ask(gate, target)
        assert answer.status == status
        assert all(answer.headers.get_all(name) == [""] for name in FIELDS)


@pytest.mark.parametrize(
    "value", ["a\r\nX-Auth-Request-Roles: admin", "a\x7f", "a\tb", " alice", "alice ", "alice,root", "x" * 5000, "\x01"]
)
@pytest.mark.parametrize("claim", ["preferred_username", "email"])
def test_values_that_would_be_read_as_another(nginx_gate, provider, claim, value):
    answer = ask(nginx_gate, "/api", provider.access_token(**{claim: value, "email_verified": True}))
    assert answer.status == 403
    assert all(answer.headers.get_all(name) == [""] for name in FIELDS)


def test_groups_with_control_characters(nginx_gate, provider):
    fields = told(nginx_gate, provider.access_token(groups=["a\r\nX: y", "b\x01", 'c"\\', 1, None, {"d": 1}, "", "é"]))
    value = fields["X-Auth-Request-Groups"][0].encode("latin-1").decode()
    assert value == "a%0D%0AX:%20y,b%01,c%22%5C,é"


def test_too_many_groups(nginx_gate, provider):
    assert ask(nginx_gate, "/api", provider.access_token(groups=[f"group-{n:04}" for n in range(600)])).status == 403
    assert logged(nginx_gate, "take more than")


def test_the_token(nginx_gate, provider):
    token = provider.access_token()
    assert told(nginx_gate, token, "/token")["Authorization"] == [f"Bearer {token}"]


def test_fields_of_the_operators(provider, tmp_path):
    headers = [
        {"name": "Remote-User", "value": "username"},
        {"name": "Remote-Name", "value": "name", "encoded": True},
        {"name": "X-Department", "claim": "department"},
        {"name": "X-Numbers", "claim": "numbers"},
        {"name": "X-Mail", "value": "email_unverified"},
        {"name": "X-Client", "value": "client"},
        {"name": "X-Issuer", "value": "issuer"},
    ]
    with Gate(tmp_path, provider.issuer, {"sites": SITES, "headers": headers}, "nginx") as gate:
        gate.dialect = "nginx"
        said = {"preferred_username": "alice", "name": "Doe, Jané", "department": 7, "numbers": ["1", "2,3"], "email": "a@b"}
        answer = ask(gate, "/api", provider.access_token(**said))
        got = [answer.getheader(header["name"]) for header in headers]
        assert got == ["alice", "Doe%2C%20Jan%C3%A9", "7", "1,2%2C3", "a@b", CLIENT, provider.issuer]
        assert answer.getheader("X-Auth-Request-User") is None
        assert ask(gate, "/api", provider.access_token(department={"a": 1})).getheader("X-Department") == ""
        assert ask(gate, "/api", provider.access_token(), Remote_User="root").status == 403


# ---- configurations ----


def start(folder, rules, *arguments, gateway="nginx", issuer="http://localhost:1/realms/x"):
    path = folder / "rules.json"
    if rules is not None:
        path.write_text(rules if isinstance(rules, str) else json.dumps(rules))
    command = [built("src/cli/ostiary"), "gate", "--rules", path, "--audience", "myapi", "--port", "0"]
    command += ["--gateway", gateway] if gateway else []
    command += ["--issuer", issuer] if issuer else []
    done = subprocess.run([*map(str, command), *arguments], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stderr


def site(*rules):
    return {"sites": [{"origin": ORIGIN, "rules": list(rules)}]}


BAD_RULES = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ('{"sites": [{"rules": [{"prefix": "/",}]}]}', "(column 38, in sites[0].rules[0])"),
    ("sites:\n  - origin: x\n", "this looks like YAML"),
    ("[]", "must be an object"),
    ({}, "sites must be"),
    ({"sites": [], "site": []}, "site is unknown"),
    ('{"sites": [], "sites": []}', "not JSON"),
    ({"sites": [{"origin": ORIGIN}]}, "sites[0].rules must be"),
    ({"sites": [{"origin": ORIGIN + "/", "rules": []}]}, "sites[0].origin must be"),
    ({"sites": [{"origin": "app.example.org", "rules": []}]}, "sites[0].origin must be"),
    ({"sites": [{"rules": []}]}, "sites[0].origin must be"),
    ({"sites": [{"origin": ORIGIN, "rules": [], "x": 1}]}, "sites[0].x is unknown"),
    ({"sites": [{"origin": ORIGIN, "rules": []}, {"origin": "http://app.example.org:443", "rules": []}]}, "sites[1].origin: there is"),
    ({"sites": [{"origin": "http://app.example.org:443", "rules": []}, {"origin": ORIGIN, "rules": []}]}, "sites[1].origin: there is"),
    ({"sites": [{"origin": ORIGIN, "rules": []}] * 2}, "sites[1].origin: there is a site"),
    (site({"prefix": "/"}), 'sites[0].rules[0] needs one of "policy"'),
    (site({"prefix": "/", "public": False}), 'sites[0].rules[0] needs one of "policy"'),
    (site({"prefix": "/", "public": "yes"}), "sites[0].rules[0].public must be true or false"),
    (site({"prefix": "/", "public": True, "policy": {}}), "needs one of"),
    (site({"prefix": "/", "public": True, "login": True}), 'has "login" or "token" and no "policy"'),
    (site({"prefix": "/", "policy": {}}, {"prefix": "/x", "policy": {}}), "sites[0].rules[1] is never reached: rules[0]"),
    (site({"prefix": "/", "policy": {"open": True}}), "policy is open"),
    (site({"prefix": "/", "policy": {"scope": ["a"]}}), "sites[0].rules[0].policy: "),
    (site({"prefix": "/", "policy": []}), "sites[0].rules[0].policy must be an object"),
    (site({"prefix": "/", "polcy": {}}), "sites[0].rules[0].polcy is unknown"),
    (site({"public": True}), 'needs one of "path" and "prefix"'),
    (site({"path": "/", "prefix": "/", "public": True}), 'needs one of "path" and "prefix"'),
    (site({"prefix": "admin", "public": True}), "sites[0].rules[0].prefix is not accepted"),
    (site({"prefix": "/a/../b", "public": True}), "dot segment"),
    (site({"prefix": "/a%2fb", "public": True}), "encoded twice"),
    (site({"prefix": "/a?b", "public": True}), "without query"),
    (site({"prefix": "/a/", "public": True}), "ends with a slash"),
    (site({"prefix": "/", "methods": [], "public": True}), "methods must be a list"),
    (site({"prefix": "/", "methods": ["get"], "public": True}), "no method in capital letters"),
    (site({"prefix": "/", "methods": ["GET", "HEAD"], "public": True}, {"path": "/x", "methods": ["HEAD"], "deny": True}), "never reached"),
    ({"sites": [], "headers": [{"name": "X_User", "value": "subject"}]}, "headers[0].name must be made of"),
    ({"sites": [], "headers": [{"name": "Set-Cookie", "value": "subject"}]}, "headers[0].name is a field with a meaning"),
    ({"sites": [], "headers": [{"name": "X-A", "value": "subject"}, {"name": "x-a", "value": "name"}]}, "headers[1].name is there already"),
    ({"sites": [], "headers": [{"name": "X-A", "value": "subjct"}]}, "headers[0].value must be"),
    ({"sites": [], "headers": [{"name": "X-A"}]}, 'headers[0] needs one of "value" and "claim"'),
    ({"sites": [], "headers": [{"name": "X-A", "value": "name", "when": 1}]}, "headers[0].when is unknown"),
]  # fmt: skip


@pytest.mark.parametrize("rules,sentence", BAD_RULES, ids=range(len(BAD_RULES)))
def test_rules_that_do_not_start(tmp_path, rules, sentence):
    status, said = start(tmp_path, rules, "--trusted-proxy", "127.0.0.1")
    assert status == 2 and sentence in said, said
    assert "rules.json" in said


def test_settings_that_do_not_start(tmp_path):
    trusted = ("--trusted-proxy", "127.0.0.1")
    rules = site({"prefix": "/", "policy": {}, "login": True})
    for arguments, options, sentence in [
        ((), {}, "--trusted-proxy is missing"),
        (trusted, {"gateway": None}, "--gateway is missing"),
        (trusted, {"gateway": "apache"}, "--gateway is nginx, caddy"),
        (trusted, {"issuer": None}, "--issuer is missing"),
        (trusted, {}, "--client-id is missing"),
        (("--trusted-proxy", "everyone"), {"issuer": "http://localhost:1/x"}, ""),
    ]:
        status, said = start(tmp_path, rules, *arguments, **options)
        assert status == 2 and sentence in said, said
    (tmp_path / "rules.json").unlink()
    status, said = start(tmp_path, None, *trusted)
    assert status == 1 and "cannot open" in said


def test_nothing_is_configured(provider, tmp_path):
    """A zeroed configuration refuses everything."""
    with Gate(tmp_path, provider.issuer, {"sites": []}, "nginx") as gate:
        gate.dialect = "nginx"
        for target in ("/", "/public", "/api"):
            assert ask(gate, target, provider.access_token()).status == 403


# ---- life ----


def test_while_keys_are_missing(tmp_path):
    gate = Gate(tmp_path, "http://localhost:1/realms/none", {"sites": SITES}, "caddy")
    gate.ready_url = f"{gate.base}/health/live"
    gate.dialect = "caddy"
    with FakeProvider() as other, gate:
        answer = ask(gate, "/api", other.access_token(iss="http://localhost:1/realms/none"))
        assert answer.status == 503 and answer.body == b""
        assert int(answer.getheader("Retry-After")) > 0
        assert answer.getheader("WWW-Authenticate") is None
        assert ask(gate, "/public").status == 200
        assert send(gate, "GET", "/health/ready", {"Host": "x"}).status == 503


def test_by_a_unix_socket(provider, tmp_path):
    gate = Gate(tmp_path, provider.issuer, {"sites": SITES}, "nginx", arguments=["--trusted-proxy", "unix"])
    path = tmp_path / "gate.sock"
    gate.command[gate.command.index("--port") : gate.command.index("--port") + 2] = ["--address", f"unix:{path}"]
    gate.start(wait=False)
    try:
        method, target, fields = question("nginx", "GET", "/api", HOST)
        head = "".join(f"{name}: {value}\r\n" for name, value in {**fields, **bearer(provider.access_token())}.items())
        until(path.exists, gate.log_tail, step=0.02)

        def status():
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
                client.sendall(f"{method} {target} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
                return client.recv(64)

        until(lambda: b" 200 " in status(), gate.log_tail)
    finally:
        assert gate.stop() == 0


def test_metrics_and_the_log(nginx_gate, provider):
    assert ask(nginx_gate, "/api?secret=1", provider.access_token(sub="subject-of-the-log")).status == 200
    assert logged(nginx_gate, "subject-of-the-log")
    assert "secret=1" not in nginx_gate.log.read_text()
    assert "ostiary_" in send(nginx_gate, "GET", "/metrics", {"Host": "x"}).body.decode()


def test_answers_are_never_of_other_kinds(nginx_gate, provider):
    """Caddy sends these along: an answer of 101, 206 or 304 would be taken for something else."""
    token = provider.access_token()
    more = {"If-None-Match": "*", "Range": "bytes=0-0", "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}
    more |= {"Expect": "100-continue", "Upgrade": "websocket", "Connection": "Upgrade"}
    method, target, fields = question("nginx", "GET", "/api", HOST)
    assert send(nginx_gate, method, target, {**fields, **more, **bearer(token)}).status == 200
    assert send(nginx_gate, method, target, {**fields, **more}).status == 401


def test_many_at_once(nginx_gate, provider):
    token, results = provider.access_token(), []

    def work():
        results.extend(ask(nginx_gate, "/api", token).status for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 160
