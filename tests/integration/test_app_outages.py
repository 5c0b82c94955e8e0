# SPDX-License-Identifier: Apache-2.0
"""G11: what an API depends on elsewhere is told once when it begins to fail, and once when it works again."""

import json
import re
import time

import pytest
from fake_provider import FakeProvider
from programs import ItemsApi
from waiting import until
from web import Browser, bearer

SECONDS = 30


class Flaky(FakeProvider):
    """Endpoints whose names are in `down` are out of order."""

    def __init__(self):
        super().__init__()
        self.down = set()

    def _unless_down(self, name, answer):
        return (503, {"Content-Type": "text/plain"}, b"") if name in self.down else answer

    def discovery(self, query):
        status, headers, body = super().discovery(query)
        endpoint = {"introspection_endpoint": f"{self.issuer}/protocol/introspect"}
        return self._unless_down("discovery", (status, headers, json.dumps({**json.loads(body), **endpoint}).encode()))

    def certs(self, query):
        return self._unless_down("certs", super().certs(query))

    def introspect(self, form):
        answer = {"active": True, "aud": "myapi", "sub": "alice", "exp": int(time.time()) + 60, "token": form["token"]}
        headers = {"Content-Type": "application/json"}
        return self._unless_down("introspect", (200, headers, json.dumps(answer).encode()))


@pytest.fixture
def issuer():
    with Flaky() as provider:
        yield provider


@pytest.fixture
def new_api(issuer, tmp_path):
    made = []

    def start(*arguments):
        secret = tmp_path / "secret"
        secret.write_text("secret\n")
        api = ItemsApi(issuer.issuer, tmp_path, arguments=arguments)
        made.append(api)
        return api.start()

    yield start
    for api in made:
        api.stop()


def said(api):
    lines = api.log.read_text(errors="replace").splitlines()
    return [line for line in lines if re.match(r"items-api: .*( fails: | works again)", line)]


def wait_for_lines(api, *patterns):
    """Exactly these, and no more a while later."""
    until(lambda: len(said(api)) >= len(patterns), api.log_tail, seconds=SECONDS)
    time.sleep(1.5)
    lines = said(api)
    assert len(lines) == len(patterns), lines
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(f"items-api: {pattern}", line), (line, pattern)


@pytest.mark.parametrize(("endpoint", "why"), [("discovery", ".*503.*"), ("certs", ".*503.*")])
def test_g11_an_issuer_that_is_out_of_order(issuer, new_api, endpoint, why):
    name = re.escape(issuer.issuer)
    issuer.down = {endpoint}
    api = new_api()
    wait_for_lines(api, f"issuer {name} fails: {why}")
    issuer.down = set()
    wait_for_lines(api, f"issuer {name} fails: {why}", rf"issuer {name} works again, after \d+ s")
    assert api.ready


def test_g11_a_mistyped_issuer_and_one_that_is_not_there(tmp_path):
    with ItemsApi("http://localhost:1/realms/none", tmp_path) as api:
        wait_for_lines(api, r"issuer http://localhost:1/realms/none fails: .*connect.*")
        assert api.stop() == 0
        assert len(said(api)) == 1


def test_g11_introspection_that_is_out_of_order(issuer, new_api, tmp_path):
    name = re.escape(issuer.issuer)
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    api = new_api(
        *("--introspect", "every", "--introspection-client", "myapi", "--introspection-secret-file", secret),
        *("--introspection-lifetime", 1),
    )
    token = issuer.access_token()

    def ask(status):
        until(lambda: Browser().get(f"{api.base}/items/", headers=bearer(token)).status == status, api.log_tail, seconds=SECONDS, step=0.1)

    ask(200)
    issuer.down = {"introspect"}
    ask(503)
    begin = rf"introspection at issuer {name} fails: .*503.*"
    wait_for_lines(api, begin)
    issuer.down = set()
    ask(200)
    wait_for_lines(api, begin, rf"introspection at issuer {name} works again, after \d+ s")
