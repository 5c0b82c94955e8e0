# SPDX-License-Identifier: Apache-2.0
"""What programs build on the framework: policies on routes, requests and replies, start-up checks."""

import http.client
import json
import re
import subprocess
import time

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from navigation import NAVIGATION, navigate
from peers import free_port
from programs import Program, built
from web import Browser, bearer, query_of


class Probe(Program):
    def __init__(self, issuer, folder, *arguments, **environment):
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        command = [
            *(built("tests/integration/app-probe"), "--port", self.port, "--issuer", issuer, "--audience", "myapi"),
            *("--client-id", "myapi", "--client-secret", "myapi-secret", *arguments),
        ]
        super().__init__(command, f"{self.base}/health/ready", folder / f"probe-{self.port}.log", environment)


@pytest.fixture(scope="module")
def probe(provider, tmp_path_factory):
    with Probe(provider.issuer, tmp_path_factory.mktemp("probe"), "--loops=1") as program:
        program.wait_for_logins("/health/ready")
        yield program


def get(probe, path, token=None, **headers):
    return Browser().get(probe.base + path, headers={**(bearer(token) if token else {}), **headers})


# ---- policies ----


def test_scope(probe, provider):
    answer = get(probe, "/write", provider.access_token())
    assert answer.status == 403
    challenge = answer.header("WWW-Authenticate")
    assert 'error="insufficient_scope"' in challenge and 'scope="items:write"' in challenge
    assert list(answer.json()) == ["detail"]
    assert get(probe, "/write", provider.access_token(scope="openid items:write")).status == 200
    assert get(probe, "/write", provider.access_token(scope="items:writer items")).status == 403


def test_role(probe, provider):
    assert get(probe, "/admin", provider.access_token()).status == 403
    roles = {"realm_access": {"roles": ["user", "admin"]}}
    assert get(probe, "/admin", provider.access_token(**roles)).status == 200


def test_step_up(probe, provider):
    answer = get(probe, "/gold", provider.access_token(acr="1", auth_time=int(time.time())))
    assert answer.status == 401
    challenge = answer.header("WWW-Authenticate")
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="gold"' in challenge
    good = provider.access_token(acr="gold", auth_time=int(time.time()))
    assert get(probe, "/gold", good).status == 200


def test_attack_44_remembered_token_on_another_route(probe, provider):
    token = provider.access_token()
    for _ in range(3):
        assert get(probe, "/me", token).status == 200
        assert get(probe, "/write", token).status == 403
        assert get(probe, "/other-audience", token).status == 401
        assert get(probe, "/other-algorithm", token).status == 401
        assert get(probe, "/gold", token).status == 401


# ---- policies and browsers ----


def log_in(probe, wanted="/me"):
    browser = Browser()
    return browser, navigate(browser, probe.base + wanted)


def test_missing_right_is_a_page(probe, provider):
    browser, page = log_in(probe, "/write")
    assert page.status == 403
    assert page.page.title == "You may not see this"
    assert 'scope="items:write"' in page.header("WWW-Authenticate")
    assert provider.count("auth") == 1, "no loop"


def test_step_up_sends_to_a_stronger_login(probe, provider):
    provider.access_claims = {"acr": "1", "auth_time": int(time.time())}
    browser, page = log_in(probe)
    assert page.status == 200
    first = navigate(browser, f"{probe.base}/gold", follow=False)
    assert first.status == 302
    asked = query_of(first.location)
    assert asked["acr_values"] == "gold"
    assert asked["max_age"] == "600"
    # A provider that does not comply: told, and no loop.
    page = navigate(browser, first.location)
    assert page.status == 401
    assert page.page.title == "Your login is not accepted"
    provider.access_claims = {"acr": "gold", "auth_time": int(time.time())}
    browser, page = log_in(probe, "/gold")
    assert page.status == 200


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "BASE"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "BASE"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({}, 403),
    ],
)
def test_cross_site_requests_are_refused(probe, headers, status):
    browser, _ = log_in(probe)
    sent = {name: value.replace("BASE", probe.base) for name, value in headers.items()}
    answer = browser.post(f"{probe.base}/me", {}, headers=sent)
    assert answer.status == status
    if status == 403:
        assert answer.json() == {"detail": "Cross-site request refused"}


def test_bearer_tokens_need_no_origin(probe, provider):
    headers = {**bearer(provider.access_token()), "Origin": "https://elsewhere.example"}
    assert Browser().post(f"{probe.base}/me", {}, headers=headers).status == 200


# ---- requests and replies ----


def test_what_came(probe, provider):
    answer = get(probe, "/items/a%20b%C3%A9?q=1%2B1&q=2", **{"x-field": "value"})
    expected = {"method": "GET", "path": "/items/a bé", "id": "a bé", "q": "1+1", "field": "value"}
    assert answer.json() == {**expected, "other": False, "identity": False}
    token = provider.access_token(scope="items:write")
    answer = Browser().request("DELETE", f"{probe.base}/items/7?other", headers=bearer(token))
    assert answer.json()["identity"] is True
    assert answer.json()["other"] is True


def post_json(probe, body, kind="application/json"):
    return Browser().post(f"{probe.base}/json", body, headers={"Content-Type": kind})


def test_json_bodies(probe):
    assert post_json(probe, b'{"a": [1, 2]}').status == 201
    assert post_json(probe, b"{}", "application/problem+json; charset=utf-8").status == 201
    for body in (b"", b"{", b'{"a":1,"a":2}', b'"\xff"', b"{} {}"):
        answer = post_json(probe, body)
        assert answer.status == 400, body
        assert answer.json()["detail"].startswith("The body is not JSON")
    assert post_json(probe, b"{}", "text/plain").status == 415
    assert post_json(probe, b" " * 101).status == 413


def test_replies(probe):
    answer = get(probe, "/teapot")
    assert answer.status == 418
    assert answer.json() == {"detail": 'I am a "teapot"'}
    assert answer.header("X-Reason") == "taste"
    assert get(probe, "/nothing").status == 500
    answer = get(probe, "/split")
    assert answer.status == 500
    assert answer.header("Set-Cookie") is None


def test_own_route_replaces_a_page_of_the_framework(probe):
    assert get(probe, "/health").status == 500, "the program's own, which says nothing"
    assert get(probe, "/health/live").status == 200


def test_title_is_escaped(probe, provider):
    page = get(probe, "/docs")
    assert "<title>Probe &quot;&lt;&amp;&gt;&quot;</title>" in page.text
    assert get(probe, "/openapi.json").json()["info"] == {"title": 'Probe "<&>"', "version": "1.2.3"}
    challenge = get(probe, "/me").header("WWW-Authenticate")
    quoted = r'"(\\.|[^"\\])*"'
    assert re.fullmatch(rf"Bearer realm={quoted}, DPoP realm={quoted}, algs={quoted}", challenge), challenge


def allocations(probe, headers):
    """What the loop's thread has allocated in all, after each of 60 requests of one connection."""
    connection = http.client.HTTPConnection("localhost", probe.port)
    counts = []
    for _ in range(60):
        connection.request("GET", "/allocations", headers=headers)
        counts.append(int(json.loads(connection.getresponse().read())["message"]))
    connection.close()
    return counts


def test_guarded_requests_allocate_nothing(probe, provider):
    counts = allocations(probe, bearer(provider.access_token()))
    assert counts[-1] == counts[10]
    session, _ = log_in(probe)
    counts = allocations(probe, {"Cookie": f"ostiary={session.cookie('ostiary')}"})
    assert counts[-1] == counts[10], "with a session too"


# ---- start-up ----


@pytest.mark.parametrize(
    "probe_name, status, said",
    [
        ("forgotten", 2, "GET /items/ has no guard: say OST_OPEN or give it a policy"),
        ("twice", 2, "/items/{name}"),
        ("relative", 2, "items/"),
        ("taken", 2, "/auth is needed for browsers to sign in"),
        ("none", 2, "the program has no routes"),
    ],
)
def test_wrong_routes(provider, tmp_path, probe_name, status, said):
    program = Probe(provider.issuer, tmp_path)
    ended = subprocess.run(
        program.command, capture_output=True, text=True, timeout=10, env={"APP_PROBE": probe_name}
    )
    assert ended.returncode == status
    assert said in ended.stderr


def test_open_programs_need_no_issuer(tmp_path):
    port = free_port()
    program = Program(
        [built("tests/integration/app-probe"), "--port", port, "--no-monitoring"],
        f"http://localhost:{port}/",
        tmp_path / "open.log",
        {"APP_PROBE": "open"},
    )
    with program:
        answer = Browser().get(f"http://localhost:{port}/", headers=NAVIGATION)
        assert answer.json()["path"] == "/"
        assert Browser().get(f"http://localhost:{port}/health/live").status == 404
        assert "components" not in Browser().get(f"http://localhost:{port}/openapi.json").json()
