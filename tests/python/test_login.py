# SPDX-License-Identifier: Apache-2.0
"""The login of a browser at FastAPI: the tests of the C framework's own, and that each of the two
understands the sessions of the other."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

import ostiary
from ostiary import errors
from ostiary._sessions import Sessions
from ostiary.fastapi import OIDC

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(PROJECT / "tests/support"), str(PROJECT / "tests/integration")]
pytest.register_assert_rewrite("browser_login", "test_app_login", "test_app_login_sessions")

import browser_login as framework  # noqa: E402
import test_app_login  # noqa: E402
import test_app_login_sessions  # noqa: E402
from fake_provider import FakeProvider  # noqa: E402
from navigation import NAVIGATION, navigate  # noqa: E402
from navigation import log_in as log_in_by_form  # noqa: E402
from peers import Unavailable, free_port  # noqa: E402
from programs import ItemsApi, Program, Provider, answers, realm_for  # noqa: E402
from waiting import until
from web import Browser, query_of  # noqa: E402

SECRET = "0123456789abcdef0123456789abcdef"
SAME_ORIGIN = framework.SAME_ORIGIN


class FastApi(Program):
    """login_app.py under uvicorn, with the arguments that the items API of C takes."""

    def __init__(self, issuer, folder, port=None, audience="myapi", arguments=(), secret=None):
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        given = dict(zip(arguments[::2], arguments[1::2]))
        environment = {"ISSUER": issuer, "AUDIENCE": audience, "CLIENT_SECRET": "myapi-secret"}
        environment["COOKIE_SECRET"] = secret or os.urandom(32).hex()
        for name in ("--base-url", "--discovery-url", "--tenant", "--login-resource"):
            if name in given:
                environment[name[2:].upper().replace("-", "_")] = given.pop(name)
        assert not given, given
        command = [sys.executable, "-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning:uvicorn"]
        command += ["-m", "uvicorn", "login_app:app", "--app-dir", str(pathlib.Path(__file__).parent)]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--log-config", str(log_config(folder))]
        super().__init__(command, f"{self.base}/health/live", pathlib.Path(folder) / f"api-{self.port}.log", environment)

    @property
    def ready(self):
        return answers(f"{self.base}/health/ready")

    def start(self, wait=True):
        if "OSTIARY_COOKIE_SECRET" in self.environment:
            self.environment["COOKIE_SECRET"] = self.environment["OSTIARY_COOKIE_SECRET"]
        return super().start(wait)

    def stop(self, **more):
        """uvicorn ends by the signal that it was sent."""
        status = super().stop(**more)
        return 0 if status == -15 else status


def log_config(folder):
    path = pathlib.Path(folder) / "logging.json"
    path.write_text(
        '{"version": 1, "handlers": {"all": {"class": "logging.StreamHandler"}},'
        ' "root": {"level": "INFO", "handlers": ["all"]}}'
    )
    return path


# ---- what the C framework does, FastAPI does ----

# What these look at is not the login's.
NOT_HERE = {
    "test_the_start_tells_who_is_signed_in": "the start page is the program's own",
    "test_stop_while_the_provider_is_silent": "uvicorn decides how long it waits for requests at its end",
    "test_host_is_not_believed": "names the option of the command; below",
    "test_base_url": "TLS and Strict-Transport-Security are uvicorn's; below",
}
_tests = {}
for module in (test_app_login, test_app_login_sessions):
    module.logged = lambda api, page: api.log.read_text()
    module.ItemsApi = FastApi
    _tests |= {name: test for name, test in vars(module).items() if name.startswith("test_")}
assert set(NOT_HERE) <= set(_tests)
globals().update({name: test for name, test in _tests.items() if name not in NOT_HERE})
good_again = framework.good_again


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    with FastApi(provider.issuer, tmp_path_factory.mktemp("api"), secret=SECRET) as program:
        framework.wait_until_ready(program)
        yield program


@pytest.fixture
def new_items_api(tmp_path):
    made = []

    def make(issuer, arguments=(), port=None, start=True):
        program = FastApi(issuer, tmp_path, port, arguments=arguments)
        made.append(program)
        return program.start() if start else program

    yield make
    for program in made:
        program.stop()


# ---- what is particular to it ----


def test_host_is_believed_when_it_is_this_machine(api):
    answer = Browser().get(f"{api.base}/items/", headers={**NAVIGATION, "Host": "evil.example"})
    assert answer.status == 401
    assert "evil.example" not in str(answer.headers) + answer.text
    assert "base_url" in answer.text
    assert answer.header("WWW-Authenticate") == 'Bearer realm="ostiary"'


def test_base_url_is_the_address_of_the_login(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--base-url", "https://api.example.org"])
    framework.wait_until_ready(program)
    answer = Browser().get(f"{program.base}/items/", headers={**NAVIGATION, "Host": "evil.example"})
    assert query_of(answer.location)["redirect_uri"] == "https://api.example.org/auth"
    line = answer.all("Set-Cookie")[0]
    assert line.startswith("__Host-ostiary-login-")
    assert "; Secure" in line and "; Path=/" in line and "Domain" not in line


@pytest.mark.parametrize("path, status", [("/own-answer/", 200), ("/gone/", 410), ("/who/", 200)])
def test_refreshed_cookies_come_with_any_answer(api, provider, path, status):
    provider.lifetime = 2  # a token of one second may be over before the login is
    browser, _ = framework.log_in(api)
    before = browser.cookie("ostiary")
    time.sleep(2.2)
    provider.lifetime = 300
    assert browser.get(api.base + path).status == status
    assert browser.cookie("ostiary") != before
    assert browser.get(f"{api.base}/items/").status == 200
    assert provider.count("token") == 2


def test_other_sites_cannot_act_by_the_session(api):
    browser, _ = framework.log_in(api)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "none"}):
        answer = browser.request("POST", f"{api.base}/items/", headers=headers)
        assert (answer.status, answer.json()) == (403, {"detail": "Cross-site request refused"})
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": api.base}):
        assert browser.request("POST", f"{api.base}/items/", headers=headers).json() == {"added": "alice-id"}


def test_people_are_told_what_they_may_not_see(api):
    browser, _ = framework.log_in(api)
    page = navigate(browser, f"{api.base}/admin/", follow=False)
    assert (page.status, page.page.title) == (403, "You may not see this")
    assert page.header("WWW-Authenticate").startswith('Bearer realm="ostiary", error="insufficient_scope"')
    assert page.page.form().action == f"{api.base}/logout"
    answer = browser.get(f"{api.base}/admin/")
    assert (answer.status, answer.header("Content-Type")) == (403, "application/json")


def test_a_stronger_login_is_asked_for(api, provider):
    browser, _ = framework.log_in(api)
    asked = navigate(browser, f"{api.base}/strong/", follow=False)
    assert (asked.status, query_of(asked.location)["acr_values"]) == (302, "gold")
    back = navigate(browser, asked.location, follow=False)
    navigate(browser, back.location, follow=False)
    page = navigate(browser, f"{api.base}/strong/", follow=False)
    assert (page.status, page.page.title) == (401, "Your login is not accepted")


def test_optional_identity(api, provider):
    assert Browser().get(f"{api.base}/who/").json() == {"who": None}
    browser, _ = framework.log_in(api)
    assert browser.get(f"{api.base}/who/").json() == {"who": "alice-id"}
    assert Browser().get(f"{api.base}/who/", headers={"Cookie": "ostiary=1.AAAA"}).json() == {"who": None}


# ---- one session, two programs, our provider ----


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Our provider, the items API of C and FastAPI, with one secret."""
    folder = tmp_path_factory.mktemp("both")
    ports = free_port(), free_port()
    realm = realm_for(f"http://localhost:{ports[0]}", folder / "realm")
    content = json.loads(realm.read_text())
    for client in content["clients"]:
        for uri in list(client.get("redirectUris", ())):
            client["redirectUris"].append(uri.replace(str(ports[0]), str(ports[1])))
        homes = "##".join(f"http://localhost:{port}/*" for port in ports)
        client.setdefault("attributes", {})["post.logout.redirect.uris"] = homes
    realm.write_text(json.dumps(content))
    (folder / "secret").write_text(SECRET + "\n")
    (folder / "secret").chmod(0o600)
    try:
        provider = Provider([realm], folder / "provider")
        with provider:
            issuer = provider.realm().issuer
            c = ItemsApi(issuer, folder, ports[0], arguments=["--cookie-secret-file", folder / "secret"])
            with c, FastApi(issuer, folder, ports[1], secret=SECRET) as python:
                for program in (c, python):
                    framework.wait_until_ready(program)
                yield c, python
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("first, second", [(0, 1), (1, 0)], ids=["c-then-python", "python-then-c"])
def test_a_session_begun_at_one_is_understood_by_the_other(both, first, second):
    browser, page = log_in_by_form(both[first].base)
    assert page.status == 200 and "Hello user" in page.text
    other = browser.get(f"{both[second].base}/items/")
    assert (other.status, other.json()["message"]) == (200, page.json()["message"])
    # And ended there, it is ended here.
    ended = browser.get(f"{both[second].base}/logout", headers=SAME_ORIGIN)
    assert ended.status == 303
    page = navigate(browser, ended.location, follow=False)
    assert page.location == f"{both[second].base}/", page.text
    assert browser.get(f"{both[first].base}/items/").status == 401


@pytest.mark.parametrize("first, second", [(0, 1), (1, 0)], ids=["c-then-python", "python-then-c"])
def test_a_login_begun_at_one_is_finished_at_the_other_address_not(both, first, second):
    """A transaction is bound to the origin that it was begun at."""
    browser = Browser()
    begun = navigate(browser, f"{both[first].base}/items/", follow=False)
    state = query_of(begun.location)["state"]
    answer = navigate(browser, f"{both[second].base}/auth?code=x&state={state}", follow=False)
    assert answer.status == 400


# ---- bad input, and the end ----


@pytest.mark.parametrize(
    "given, named",
    [
        ({"cookie_secret": "short"}, "cookie_secret"),
        ({"cookie_secret": SECRET + " short"}, "cookie_secret"),
        ({"cookie_secret": 7}, "cookie_secret"),
        ({"cookie_secret": SECRET, "cookie_name": "a b"}, "cookie name"),
        ({"cookie_secret": SECRET, "redirect_path": "auth"}, "redirect path"),
        ({"cookie_secret": SECRET, "logout_path": "/auth"}, "logout_path"),
        ({"cookie_secret": SECRET, "resource": "api"}, "resource"),
        ({"cookie_secret": SECRET, "resource": "https://api.example/#a"}, "resource"),
        ({"cookie_secret": SECRET, "client_secret": 1}, "client_secret"),
    ],
)
def test_what_is_wrong_with_a_login_is_named(given, named):
    with pytest.raises((errors.ConfigurationError, TypeError)) as refused:
        OIDC("http://localhost:1/realms/x", "api", login=ostiary.Login("web", **given))
    assert named in str(refused.value) and SECRET not in str(refused.value)
    with pytest.raises(TypeError, match="login"):
        OIDC("http://localhost:1/realms/x", "api", login="web")


def test_a_missing_middleware_is_told():
    oidc = OIDC("http://localhost:1/realms/x", "api", login=ostiary.Login("web", cookie_secret=SECRET))
    app = FastAPI()
    app.get("/", dependencies=[Depends(oidc)])(lambda: {})
    with pytest.raises(errors.ConfigurationError, match="oidc.middleware"), TestClient(app) as client:
        client.get("/")
    oidc.close()


def test_hostile_cookies_and_queries():
    """Whatever comes: an answer that is none of the server's mistakes."""
    oidc = OIDC("http://localhost:1/realms/x", "api", login=ostiary.Login("web", cookie_secret=SECRET))
    app = FastAPI(middleware=oidc.middleware)
    app.get("/", dependencies=[Depends(oidc)])(lambda: {})
    client = TestClient(app, base_url="http://localhost")
    for cookie in (b"ostiary=" + b"A" * 60000, b"=;;;=", b"ostiary", b"\xff\xfe=\x00", b"; ".join([b"a=b"] * 5000)):
        assert client.get("/", headers=[(b"cookie", cookie)]).status_code == 401
        assert client.get("/auth?code=a&state=b", headers=[(b"cookie", cookie)]).status_code in (400, 503)
        assert client.get("/logout", headers=[(b"cookie", cookie)], follow_redirects=False).status_code == 302
    oidc.close()
    oidc.close()
    assert client.get("/", headers={"Cookie": "ostiary=1.AAAA"}).status_code == 503
    assert client.get("/", headers={"Authorization": "Bearer x.y.z"}).status_code == 503


AFTER_A_FORK = """
import os, sys, ostiary
from ostiary.fastapi import OIDC
oidc = OIDC({issuer!r}, "myapi", login=ostiary.Login("web", cookie_secret="0" * 32))
def wait():
    import time
    for _ in range(500):
        if oidc._sessions.ready:
            return True
        time.sleep(0.02)
assert wait()
child = os.fork()
assert oidc._sessions._login.open(b"http://localhost", b"ostiary=1.A") is None and wait()
if child:
    assert os.waitpid(child, 0)[1] == 0
print("good")
"""


def test_after_a_fork_each_process_has_a_login_of_its_own(provider):
    script = AFTER_A_FORK.format(issuer=provider.issuer)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["good", "good"], "")


def test_a_call_that_nobody_waits_for_ends_by_itself(provider):
    """Its task is cancelled, or its loop ends, before the provider has answered."""
    with ostiary.Verifier(provider.issuer, "myapi") as verifier:
        sessions = Sessions(verifier, ostiary.Login("myapi", "myapi-secret", cookie_secret=SECRET), None)
        until(lambda: sessions.ready, step=0.02)
        base = b"http://localhost:1"
        location, cookies = sessions._login.begin(base, b"/", b"")
        state = query_of(location)["state"].encode()
        cookie = cookies[0].partition(";")[0].encode()
        provider.token_delay = 0.5
        begun = time.monotonic()
        call = sessions._login.finish(base, b"code=x&state=" + state, cookie)
        with pytest.raises(ValueError):
            call.end()
        del call
        sessions.close()
        assert time.monotonic() - begun < 60
        with pytest.raises(errors.ClosedError):
            sessions._login.open(base, b"")
