# SPDX-License-Identifier: Apache-2.0
"""The nginx module in a real nginx: who is let in, what is answered, what is known of them, and how requests wait."""

import http.server
import json
import socket
import threading
import time

import pytest
from fake_fixtures import provider  # noqa: F401  (fixture)
from fake_provider import FakeProvider, Key
from nginx import Nginx, field
from waiting import until


class Upstream:
    """Says what it was asked: the header fields, as JSON."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = json.dumps([[key, value] for key, value in self.headers.items()]).encode()
                self.send_response(401 if self.path.endswith("/refuses") else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def upstream():
    with Upstream() as running:
        yield running


SERVER = """
    ostiary on;
    ostiary_issuer {issuer} audience=myapi;
    ostiary_realm "Items API";
    location / {{ }}
    location /open {{ ostiary off; try_files /index.html =404; }}
    location /scoped {{ ostiary_scopes openid admin; try_files /index.html =404; }}
    location /named {{ ostiary_any_scopes profile other; try_files /index.html =404; }}
    location /roles {{ ostiary_policy '{{"realm_roles":["boss"]}}'; try_files /index.html =404; }}
    location /any {{ satisfy any; allow 127.0.0.1; deny all; try_files /index.html =404; }}
    location /none {{ satisfy any; deny all; try_files /index.html =404; }}
    location /both {{ auth_basic x; auth_basic_user_file {folder}/users; satisfy any; try_files /index.html =404; }}
    location /up/ {{
        proxy_pass {upstream}/;
        proxy_set_header Authorization "";
        proxy_set_header X-Subject $ostiary_subject;
        proxy_set_header X-Scope $ostiary_scope;
        proxy_set_header X-Issuer $ostiary_issuer;
        proxy_set_header X-Client $ostiary_client_id;
        proxy_set_header X-Expires $ostiary_expires;
        proxy_set_header X-Roles $roles;
        proxy_set_header X-Json $access;
        proxy_set_header X-Claim $ostiary_claim_x;
    }}
    location /refuses {{ satisfy any; allow 127.0.0.1; deny all; proxy_pass {upstream}; }}
    location /sub {{ ostiary off; auth_request /check; try_files /index.html =404; }}
    location = /check {{ internal; ostiary_scopes openid; try_files /index.html =404; }}
    location /limited {{ limit_req zone=who; try_files /index.html =404; }}
    location /fallback {{ error_page 401 = @login; try_files /index.html =404; }}
    location @login {{ ostiary off; return 302 /login; }}
    location /ready {{ ostiary off; ostiary_ready; }}
    location /metrics {{ ostiary off; ostiary_metrics; }}
"""
HTTP = """
    ostiary_claim $roles realm_access.roles;
    ostiary_claim $access /realm_access json;
    limit_req_zone $ostiary_subject zone=who:1m rate=1r/m;
    log_format who '$uri [$ostiary_subject] [$ostiary_reason]';
    access_log {folder}/who.log who;
"""


@pytest.fixture(scope="module")
def nginx(provider, upstream, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "users").write_text("bob:{PLAIN}secret\n")
    server = SERVER.format(issuer=provider.issuer, folder=folder, upstream=upstream.url)
    with Nginx(folder, server, HTTP.format(folder=folder)) as running:
        until_ready(running)
        yield running


def minimal(provider, more=""):
    """The two lines of an operator, and a place to see whether it is ready."""
    return f"ostiary_issuer {provider.issuer} audience=myapi; ostiary on; {more}" \
           "location /ready { ostiary off; ostiary_ready; }"


def until_ready(nginx, path="/ready"):
    until(lambda: nginx.status(path) == 200, nginx.log_tail, step=0.02)


def test_a_good_token_and_none(nginx, provider):
    status, _, body = nginx.ask("/", provider.access_token())
    assert (status, body) == (200, b"hello\n")
    answer = nginx.ask("/")
    assert answer[0] == 401
    [challenge] = field(answer, "WWW-Authenticate")
    assert challenge == 'Bearer realm="Items API"'
    assert field(answer, "Cache-Control") == ["no-store"]
    answer = nginx.ask("/", "x.y.z")
    assert answer[0] == 401 and 'error="invalid_token"' in field(answer, "WWW-Authenticate")[0]
    assert nginx.status("/open") == 200
    answer = nginx.ask("/", method="HEAD")
    assert answer[0] == 401 and answer[2] == b"" and field(answer, "WWW-Authenticate")


def test_what_a_location_asks_for(nginx, provider):
    answer = nginx.ask("/scoped", provider.access_token())
    assert answer[0] == 403
    assert 'error="insufficient_scope"' in field(answer, "WWW-Authenticate")[0]
    assert nginx.status("/scoped", provider.access_token(scope="openid admin")) == 200
    assert nginx.status("/named", provider.access_token()) == 200
    assert nginx.status("/roles", provider.access_token()) == 403
    assert nginx.status("/roles", provider.access_token(realm_access={"roles": ["boss"]})) == 200


def upstream_fields(nginx, path, token, *headers):
    status, _, body = nginx.ask(path, token, headers=headers)
    assert status == 200, nginx.log_tail()
    return {key.lower(): value for key, value in json.loads(body)}


def test_what_the_upstream_is_told(nginx, provider):
    token = provider.access_token(realm_access={"roles": ["a", "b c"]}, x=7)
    told = upstream_fields(nginx, "/up/", token, ("X-Subject", "mallory"), ("X-Claim", "mallory"))
    assert "authorization" not in told
    assert told["x-subject"] == "alice-id" and told["x-scope"] == "openid profile"
    assert told["x-issuer"] == provider.issuer and told["x-client"] == "myapi"
    assert abs(int(told["x-expires"]) - time.time() - 300) < 20
    assert told["x-roles"] == "a,b c" and told["x-claim"] == "7"
    assert json.loads(told["x-json"]) == {"roles": ["a", "b c"]}


@pytest.mark.parametrize(
    "claim, shown",
    [
        ("text", "text"), (True, "true"), (1.5, "1.5"), (["a", 1, False], "a,1,false"), ({"b": [1]}, '{"b": [1]}'),
        (None, None), ("", None), ([], None), ("two\r\nX-Admin: yes", None), ("a\tb", None), (" admin", None), ("admin ", None),
        (["a,b"], None), (["a", ["b"]], None), (["a\nb"], None), ([""], None), ("\x7f", None), ("é", "é"),
    ],
)
def test_claims_that_a_field_can_carry(nginx, provider, claim, shown):
    told = upstream_fields(nginx, "/up/", provider.access_token(x=claim), ("X-Claim", "mallory"))
    seen = told.get("x-claim")
    assert (seen.encode("latin-1").decode() if seen else seen) == shown
    assert "x-admin" not in told


def test_satisfy_any(nginx, provider):
    answer = nginx.ask("/any")
    assert answer[0] == 200 and not field(answer, "WWW-Authenticate") and not field(answer, "Cache-Control")
    assert nginx.status("/none") == 401
    assert nginx.status("/none", provider.access_token()) == 200
    answer = nginx.ask("/both")
    assert answer[0] == 401 and len(field(answer, "WWW-Authenticate")) == 2
    answer = nginx.ask("/both", headers=[("Authorization", "Basic Ym9iOnNlY3JldA==")])
    assert answer[0] == 200 and not field(answer, "WWW-Authenticate")
    answer = nginx.ask("/both", provider.access_token())
    assert answer[0] == 200 and not field(answer, "WWW-Authenticate")
    # Let in by the address, and refused by the upstream: its word alone.
    answer = nginx.ask("/refuses")
    assert answer[0] == 401 and not field(answer, "WWW-Authenticate")


def test_subrequests_are_checked(nginx, provider):
    assert nginx.status("/sub") == 401
    assert nginx.status("/sub", provider.access_token()) == 200
    assert nginx.status("/sub", provider.access_token(scope="other")) == 403
    assert field(nginx.ask("/sub"), "WWW-Authenticate")


def test_requests_are_counted_by_subject(nginx, provider):
    one, other = provider.access_token(sub="one"), provider.access_token(sub="other")
    assert nginx.status("/limited", one) == 200
    assert nginx.status("/limited", other) == 200
    assert nginx.status("/limited", one) == 503
    assert nginx.status("/limited", other) == 503
    assert nginx.status("/limited") == nginx.status("/limited") == 401


def test_error_page_and_logs(nginx, provider):
    answer = nginx.ask("/fallback")
    assert answer[0] == 302
    token = provider.access_token(exp=int(time.time()) - 100)
    assert nginx.status("/logged", token) == 401
    assert nginx.status("/logged", provider.access_token()) == 404
    log = nginx.folder / "who.log"  # written when the answer has gone
    for line in ("/logged [-] [OST_E_EXPIRED]", "/logged [alice-id] [OST_OK]"):
        until(lambda line=line: line in log.read_text(), log.read_text)


def test_several_fields_and_cookies_are_no_way_in(nginx, provider):
    token = provider.access_token()
    for other in ("Bearer x", "Basic eDp5", f"Bearer {token}"):
        for order in (1, -1):
            fields = [("Authorization", f"Bearer {token}"), ("Authorization", other)][::order]
            assert nginx.status("/", headers=fields) == 400
    assert nginx.status("/", headers=[("Cookie", f"access_token={token}")]) == 401
    assert nginx.status(f"/?access_token={token}") == 401


def test_issuer_down_at_start_then_well(tmp_path):
    with FakeProvider() as provider:
        certs = provider.certs
        provider.certs = lambda _: (500, {}, b"")
        with Nginx(tmp_path, minimal(provider)) as nginx:
            answer = nginx.ask("/", provider.access_token())
            assert answer[0] == 503 and int(field(answer, "Retry-After")[0]) > 0
            assert field(answer, "WWW-Authenticate") == [] and nginx.status("/ready") == 503
            provider.certs = certs
            until_ready(nginx)
            assert nginx.status("/", provider.access_token()) == 200


@pytest.mark.parametrize("known, status, fetches", [(True, b"200", 1), (False, b"401", 2)])
def test_a_thousand_requests_wait_for_a_fetch(tmp_path, known, status, fetches):
    """A kid that is new, and one that is made up (of which those who came during the fetch cause one more): suspended all,
    answered all, some gone meanwhile; and others are served."""
    with FakeProvider() as provider:
        with Nginx(tmp_path, minimal(provider), connections=4096) as nginx:
            until_ready(nginx)
            before, certs, let_go = provider.count("certs"), provider.certs, threading.Event()

            def slow(query):
                let_go.wait(4)
                return certs(query)

            provider.certs = slow
            old, new = provider.access_token(), Key("second")
            if known:
                provider.published.append(new)
            token = new.sign({"iss": provider.issuer, "aud": "myapi", "sub": "x", "exp": int(time.time()) + 300})
            request = f"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            waiting = [socket.create_connection(("127.0.0.1", nginx.port), timeout=30) for _ in range(1000)]
            for each in waiting:
                each.sendall(request)
            for each in waiting[900:]:
                each.close()
            assert nginx.status("/", old) == 200 and not let_go.is_set()
            let_go.set()
            for each in waiting[:900]:
                said = each.recv(65536)
                assert said.startswith(b"HTTP/1.1 " + status), said
                each.close()
            assert provider.count("certs") - before == fetches


GOOD = "ostiary_issuer https://id.example/ audience=myapi;"


@pytest.mark.parametrize(
    "server, words",
    [
        ("ostiary on;", '"ostiary" is on without an "ostiary_issuer" in '),
        ("ostiary on; ostiary_issuer https://id.example/;", "audience"),
        ("ostiary_issuer http://id.example/ audience=x;", "http"),
        ("ostiary_issuer https://id.example/ audience=x leeway=0;", 'invalid value of parameter "leeway=0"'),
        ("ostiary_issuer https://id.example/ audience=x leeway=1h;", "leeway"),
        ("ostiary_issuer https://id.example/ audience=x colour=red;", 'invalid parameter "colour=red"'),
        ("ostiary_issuer https://id.example/ audience=x algorithms=RS256,none;", 'invalid value of parameter "algorithms'),
        ("ostiary_issuer https://id.example/ audience=;", 'invalid value of parameter "audience="'),
        ("ostiary_issuer https://id.example/ audience=x insecure_http=off;", "invalid value"),
        ("ostiary_issuer https://id.example/ audience=x introspection_client=c introspection_secret_file=/nowhere;", "cannot open"),
        ("ostiary_issuer https://id.example/ audience=x introspection_client=c;", "secret"),
        (GOOD + GOOD + "ostiary on;", "given twice"),
        (GOOD + "ostiary_policy '{\"scope\":[\"x\"]}';", "scope"),
        (GOOD + "ostiary_policy /nowhere.json;", "cannot open"),
        (GOOD + "ostiary on; ostiary_scopes a; location /x { ostiary_policy '{\"scopes\":[\"b\"]}'; }", "both ask for the same"),
        (GOOD + "ostiary_scopes a; location /x { ostiary_policy '{\"open\":true}'; }", "both ask for the same"),
        (GOOD + 'ostiary_scopes "";', "ostiary: "),
        (GOOD + "ostiary_sender tls;", 'invalid value "tls"'),
        (GOOD + "ostiary_dpop lifetime=1h; ostiary on;", "ostiary: "),
        (GOOD + "ostiary maybe;", "invalid value"),
        (GOOD + "ostiary_cache many;", "ostiary_cache"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path, server, words):
    code, said = Nginx(tmp_path, server).test()
    assert code != 0 and words in said and "nginx.conf:" in said, said


def test_a_good_configuration_is_tested_without_asking_anybody(tmp_path):
    with FakeProvider() as provider:
        (tmp_path / "secret").write_text("hush\n")
        issuer = f"ostiary_issuer {provider.issuer} audience=a audience=b client=web leeway=10s algorithms=RS256,PS256 key_lifetime=5m" \
                 f" introspection_client=api introspection_secret_file={tmp_path}/secret status_origin=https://status.example;"
        more = "ostiary_dpop lifetime=30s require_nonce; ostiary_cache 100 1m; ostiary_max_token_size 8k; ostiary_cookie token;" \
               "ostiary_acr_values gold; ostiary_max_age 60; ostiary_sender bound; location /x { limit_except GET { ostiary_scopes w; } }"
        assert Nginx(tmp_path, f"ostiary on; {issuer} {more} ostiary_revocation_file {tmp_path}/revoked;").test()[0] == 0
        assert provider.calls == [] and not (tmp_path / "revoked").exists()
