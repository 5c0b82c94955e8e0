# SPDX-License-Identifier: Apache-2.0
"""Browsers before `ostiary gate`, with real nginx between: login and the way back, refresh, logout, other sites' pages."""

import re
import socket
import time
import urllib.parse

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from fake_provider import CLIENT, SECRET
from gate_site import FIELDS, Application, Gate, Nginx, nginx_identity, values
from navigation import NAVIGATION, navigate
from peers import free_port
from waiting import until
from web import Browser, bearer, parse_set_cookie, query_of

SCRIPT = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin", "Accept": "*/*"}


RESOURCE = "https://app.example/api?v=1"


def rules_for(base):
    return [
        {"prefix": "/public", "public": True},
        {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}, "login": True},
        {"prefix": "/api", "policy": {}},
        {"prefix": "/strong", "policy": {"acr_values": ["gold"]}, "login": True},
        {"prefix": "/token", "policy": {}, "login": True, "token": True},
        {"prefix": "/", "policy": {}, "login": True},
    ]


@pytest.fixture(scope="module")
def application():
    with Application() as running:
        yield running


class Site:
    """nginx, the gate and the application."""

    def __init__(self, folder, provider, application, arguments=(), identity=None):
        port, other = free_port(), free_port()
        base = f"http://localhost:{port}"
        rules = {"sites": [{"origin": base, "rules": rules_for(base)}, {"origin": f"http://localhost:{other}", "rules": []}]}
        signs_in = ["--client-id", CLIENT, *arguments]
        secret = {"OSTIARY_CLIENT_SECRET": SECRET}
        self.gate = Gate(folder / "gate", provider.issuer, rules, "nginx", signs_in, secret)
        self.nginx = Nginx(folder / "nginx", port, self.gate.base, application.base, identity)
        self.base = base
        self.cookie = f"ostiary-p{port}"

    def __enter__(self):
        self.gate.start()
        self.gate.wait_for_logins()
        self.nginx.__enter__()
        return self

    def __exit__(self, *_):
        self.nginx.__exit__()
        self.gate.stop()


@pytest.fixture(scope="module")
def site(provider, application, tmp_path_factory):
    with Site(tmp_path_factory.mktemp("site"), provider, application) as running:
        yield running


@pytest.fixture(scope="module")
def passing(provider, application, tmp_path_factory):
    """A site whose proxy hands the check's cookies on."""
    identity = nginx_identity([*FIELDS, "Authorization"], cookies=7)
    arguments = ["--passes-cookies", "--login-resource", RESOURCE]
    with Site(tmp_path_factory.mktemp("passing"), provider, application, arguments, identity) as running:
        yield running


def log_in(site, wanted="/"):
    browser = Browser()
    return browser, navigate(browser, site.base + wanted)


# ---- there and back ----


@pytest.mark.parametrize("wanted", [
    "/", "/page?a=b%20c&d=%2Fe", "/%C3%A9/x", "/a?rd=/x&error=y", "/find?q=tea,milk", "/find?q=tea;milk", "/find?q=$5", "/find?q=" + "a" * 300,
    "/find?back=https://a.example/b", "/find?back=https%3A%2F%2Fa.example%2Fb",
])
def test_login(site, provider, wanted):
    provider.access_claims = {"preferred_username": "alice", "groups": ["/staff"]}
    browser, page = log_in(site, wanted)
    assert (page.status, page.url) == (200, site.base + wanted)
    said = page.json()
    assert said["path"] == wanted
    assert values(said, "X-Auth-Request-User") == ["alice-id"]
    assert values(said, "X-Auth-Request-Preferred-Username") == ["alice"]
    assert values(said, "X-Auth-Request-Groups") == ["/staff"]
    assert navigate(browser, site.base + wanted, follow=False).status == 200
    assert provider.count("token") == 1


def test_each_step(site):
    browser = Browser()
    first = navigate(browser, f"{site.base}/page?x=1", follow=False)
    assert first.status == 302
    assert first.location == f"{site.base}/_ostiary/login?rd=%2Fpage%3Fx%3D1"
    second = navigate(browser, first.location, follow=False)
    assert second.status == 302 and query_of(second.location)["redirect_uri"] == f"{site.base}/_ostiary/callback"
    for line in second.all("Set-Cookie"):
        cookie = parse_set_cookie(line)
        assert "HttpOnly" in cookie["flags"] and cookie["attributes"]["samesite"] == "Lax"


def test_programs_get_401(site):
    for headers in ({}, {"Accept": "application/json"}, SCRIPT, {**NAVIGATION, "Sec-Fetch-Dest": "iframe"}, {"X-Requested-With": "x"}):
        answer = Browser().get(f"{site.base}/page", headers=headers)
        assert answer.status == 401
        assert len(answer.all("WWW-Authenticate")) == 1
    assert Browser().post(f"{site.base}/page", {}, headers=NAVIGATION).status == 401
    assert navigate(Browser(), f"{site.base}/api", follow=False).status == 401
    answer = Browser().get(f"{site.base}/page", headers={**NAVIGATION, **bearer("x")})
    assert answer.status == 401 and answer.header("Location") is None


def test_a_session_is_for_rules_with_login(site):
    browser, _ = log_in(site)
    assert browser.get(f"{site.base}/page").status == 200
    assert browser.get(f"{site.base}/api").status == 401


def test_authorization_comes_before_the_session(site, provider):
    browser, _ = log_in(site)
    assert browser.get(f"{site.base}/page", headers=bearer("x")).status == 401
    said = browser.get(f"{site.base}/page", headers=bearer(provider.access_token(sub="bob"))).json()
    assert values(said, "X-Auth-Request-User") == ["bob"]


BACK = [
    "//evil.example/", "/\\evil.example/", "https://evil.example/", "http:evil.example", "\\evil", "javascript:alert(1)", "", "page",
    "/\t/evil.example", "/\r\nSet-Cookie: a=b", " /page", "/%0d%0aX:y/../..//evil", "https://localhost@evil.example/", "///evil.example",
]  # fmt: skip


@pytest.mark.parametrize("wanted", BACK)
def test_attack_47_the_way_back_stays_at_the_site(site, wanted):
    browser, _ = log_in(site)
    address = f"{site.base}/_ostiary/login?rd={urllib.parse.quote(wanted, safe='')}"
    for who in (browser, Browser()):
        answer = navigate(who, address, follow=False)
        while answer.status in (302, 303) and "/realms/" in answer.location or "/_ostiary/" in (answer.location or ""):
            answer = navigate(who, answer.location, follow=False)
        assert answer.status in (302, 303)
        assert answer.location.startswith(f"{site.base}/"), answer.location
        assert "Set-Cookie: a" not in str(answer.headers)


def test_attack_47_login_of_another_host(site):
    """A host that no site has gets no login, and no cookie."""
    address = site.gate.base + "/_ostiary/login?rd=/"
    for headers in ({}, {"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-Host": "127.0.0.1"}):
        answer = Browser().get(address, headers={**NAVIGATION, **headers})
        assert answer.status == 401 and not answer.all("Set-Cookie")


def test_attack_48_callback_that_another_browser_began(site):
    browser = Browser()
    first = navigate(browser, f"{site.base}/_ostiary/login", follow=False)
    back = navigate(browser, first.location, follow=False)
    answer = navigate(Browser(), back.location, follow=False)
    assert answer.status == 400 and not any(line.startswith(f"{site.cookie}=") for line in answer.all("Set-Cookie"))


def test_roles_that_are_missing(site, provider):
    browser, _ = log_in(site)
    assert navigate(browser, f"{site.base}/admin", follow=False).status == 403
    provider.access_claims = {"realm_access": {"roles": ["admin"]}}
    browser, page = log_in(site, "/admin")
    assert page.status == 200


def test_a_login_that_is_not_accepted_does_not_loop(site, provider):
    provider.audience = "another"
    browser = Browser()
    answer = navigate(browser, f"{site.base}/page")
    assert answer.status in (400, 401, 403, 500, 502)
    assert provider.count("auth") == 1


def test_step_up(site, provider):
    browser, _ = log_in(site)
    first = navigate(browser, f"{site.base}/strong", follow=False)
    assert first.status == 302
    second = navigate(browser, first.location, follow=False)
    assert query_of(second.location)["acr_values"] == "gold"
    provider.access_claims = {"acr": "gold"}
    assert navigate(browser, second.location).json()["path"] == "/strong"


# ---- other sites' pages ----


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_attack_48_requests_of_other_sites(site, method):
    browser, _ = log_in(site)
    for headers, status in (
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": site.base}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ):
        assert browser.request(method, f"{site.base}/page", headers=headers).status == status, headers


def test_a_token_needs_no_page(site, provider):
    assert Browser().post(f"{site.base}/page", {}, headers=bearer(provider.access_token())).status == 200


def upgrade(site, headers):
    with socket.create_connection(("127.0.0.1", site.nginx.port), timeout=60) as client:
        head = {"Host": site.base[7:], "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", **headers}
        head["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        client.sendall(f"GET /socket HTTP/1.1\r\n{lines}\r\n".encode())
        said = b""
        while b"\x81\x05hello" not in said and b" 101 " in (said or b" 101 "):
            piece = client.recv(4096)
            if not piece:
                break
            said += piece
        return int(said.split()[1]), said


def test_websocket(site, provider):
    status, said = upgrade(site, bearer(provider.access_token()))
    assert status == 101 and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in said and said.endswith(b"\x81\x05hello")
    assert upgrade(site, {})[0] == 401
    browser, _ = log_in(site)
    cookie = {"Cookie": browser.cookie_header("localhost", "/")}
    assert upgrade(site, {**cookie, "Origin": site.base})[0] == 101
    assert upgrade(site, {**cookie, "Origin": "http://evil.example"})[0] == 403
    assert upgrade(site, cookie)[0] == 403


# ---- logout ----


def test_logout(site, provider):
    browser, _ = log_in(site)
    answer = navigate(browser, f"{site.base}/_ostiary/logout", follow=False)
    assert answer.status == 303 and query_of(answer.location)["post_logout_redirect_uri"] == f"{site.base}/"
    assert browser.get(f"{site.base}/page").status == 401


def test_attack_48_logout_by_another_site(site):
    browser, _ = log_in(site)
    link = {**NAVIGATION, "Sec-Fetch-Site": "cross-site"}
    asked = browser.get(f"{site.base}/_ostiary/logout", headers=link)
    assert asked.status == 200
    form = asked.page.form()
    assert form.action.endswith("/_ostiary/logout")
    for headers in (link, {}, {"Origin": "http://evil.example"}):
        assert browser.post(f"{site.base}/_ostiary/logout", {}, headers=headers).status == 403
    assert browser.get(f"{site.base}/page").status == 200
    own = {**NAVIGATION, "Sec-Fetch-Site": "same-origin", "Origin": site.base}
    assert browser.post(f"{site.base}/_ostiary/logout", {}, headers=own).status == 303
    assert browser.get(f"{site.base}/page").status == 401


def test_backchannel_logout(site, provider):
    provider.id_claims = {"sid": "session-1"}
    browser, _ = log_in(site)
    other = Browser()
    provider.id_claims = {"sid": "session-2"}
    navigate(other, f"{site.base}/")
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": CLIENT, "sub": "alice-id", "sid": "session-1", "iat": now, "exp": now + 60, "jti": "1"}
    claims["events"] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    token = provider.key.sign(claims, typ="logout+jwt")
    assert Browser().post(f"{site.base}/_ostiary/backchannel-logout", {"logout_token": token + "x"}).status == 400
    assert browser.get(f"{site.base}/page").status == 200
    assert Browser().post(f"{site.base}/_ostiary/backchannel-logout", {"logout_token": token}).status == 200
    assert browser.get(f"{site.base}/page").status == 401
    assert other.get(f"{site.base}/page").status == 200


# ---- what the session becomes ----


def test_refresh_on_the_way(site, provider):
    provider.access_claims = {"exp": int(time.time()) - 27}  # with thirty seconds of leeway
    browser, page = log_in(site)
    assert page.status == 200
    provider.access_claims = {}
    wait_until_refused(browser, site)
    assert browser.get(f"{site.base}/page", headers=SCRIPT).status == 401
    assert provider.count("token") == 1
    page = navigate(browser, f"{site.base}/page?x=1")
    assert (page.status, page.json()["path"]) == (200, "/page?x=1")
    assert (provider.count("token"), provider.count("auth")) == (2, 1)
    assert browser.get(f"{site.base}/page", headers=SCRIPT).status == 200


def wait_until_refused(browser, site):
    until(lambda: browser.get(f"{site.base}/page", headers=SCRIPT).status != 200, step=0.5)


def test_who_is_signed_in(site, provider):
    assert Browser().get(f"{site.base}/_ostiary/user", headers=SCRIPT).status == 401
    provider.access_claims = {"preferred_username": "alice"}
    browser, _ = log_in(site)
    said = browser.get(f"{site.base}/_ostiary/user", headers=SCRIPT).json()
    assert (said["subject"], said["username"]) == ("alice-id", "alice") and said["expires"] > time.time()


def test_refresh_in_the_check(passing, provider):
    provider.pad, provider.lifetime = 9000, 2
    browser, page = log_in(passing, "/token")
    said = page.json()
    assert re.fullmatch(r"Bearer [\w.-]+", values(said, "Authorization")[0])
    provider.lifetime = 300
    time.sleep(2)
    before = browser.cookie(passing.cookie)
    answer = browser.get(f"{passing.base}/page", headers=SCRIPT)
    assert answer.status == 200 and provider.count("token") == 2
    assert len(answer.all("Set-Cookie")) >= 3
    assert browser.cookie(passing.cookie) != before
    # Named wherever tokens are asked for (RFC 8707).
    assert [call[2]["resource"] for call in provider.calls if call[1] in ("auth", "token")] == [RESOURCE] * 3
    assert browser.get(f"{passing.base}/page", headers=SCRIPT).status == 200
    assert provider.count("token") == 2


def test_the_application_does_not_see_the_session(site):
    browser, _ = log_in(site)
    sent = browser.cookie_header("localhost", "/")
    assert f"{site.cookie}=" in sent
    for cookies, left in ((sent, []), (f"a=b; {sent};c=d", ["a=b; c=d"]), (f"{sent}; x__Host-ostiary=1", ["x__Host-ostiary=1"])):
        said = Browser().get(f"{site.base}/page", headers={"Cookie": cookies}).json()
        assert values(said, "Cookie") == left
    said = Browser().get(f"{site.base}/public", headers={"Cookie": f"{sent}; a=b"}).json()
    assert values(said, "Cookie") == ["a=b"]


def test_the_application_gets_no_token_unasked(passing):
    _, page = log_in(passing, "/page")
    assert values(page.json(), "Authorization") in ([], [""])
