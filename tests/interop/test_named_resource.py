# SPDX-License-Identifier: Apache-2.0
"""A provider that gives JWTs for a named resource alone: node-oidc-provider. Without one nobody gets in; with one a browser
signs in, and its session is refreshed."""

import html
import re
import time
import urllib.parse

import pytest
from fake_provider import SECRET
from gate_site import FIELDS, Application, Gate, Nginx, nginx_identity, values
from navigation import navigate
from needs import must_have
from peers import PROJECT, free_port, npm_packages, require_program
from programs import Program
from waiting import until
from web import Browser

RESOURCE = "https://api.example/v1?a=b%20c"


def sign_in(browser, page):
    """Through the provider's pages for development: a name and a password, then consent."""
    for _ in range(3):
        form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        if not form:
            break
        said = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        said.update({"login": "alice", "password": "x"} if 'name="login"' in page.text else {})
        page = browser.post(urllib.parse.urljoin(page.url, html.unescape(form[1])), said, follow=True)
    return page


@pytest.mark.parametrize("resource", [None, RESOURCE])
def test_login_for_a_resource(tmp_path, resource):
    home = must_have(lambda: npm_packages(PROJECT / "bench" / "peers", "npm-bench"))
    port, at = free_port(), free_port()
    base, issuer = f"http://localhost:{port}", f"http://localhost:{at}"
    script = PROJECT / "tests" / "interop" / "named_resource.mjs"
    command = [require_program("node", "nodejs"), script, home, at, f"{base}/_ostiary/callback"]
    rules = {"sites": [{"origin": base, "rules": [{"prefix": "/", "policy": {}, "login": True, "token": True}]}]}
    named = ["--login-resource", resource] if resource else []
    arguments = ["--client-id", "myapi", "--passes-cookies", "--audience", resource or issuer, *named]
    gate = Gate(tmp_path / "gate", issuer, rules, "nginx", arguments, {"OSTIARY_CLIENT_SECRET": SECRET})
    identity = nginx_identity([*FIELDS, "Authorization"], cookies=7)
    with Program(command, f"{issuer}/.well-known/openid-configuration", tmp_path / "provider.log") as provider, Application() as application:
        with gate, Nginx(tmp_path / "nginx", port, gate.base, application.base, identity):
            deadline = time.monotonic() + 60
            while Browser().get(f"{gate.base}/health").json().get("login") is not True:
                assert time.monotonic() < deadline, gate.log_tail()
                time.sleep(0.1)
            browser = Browser()
            page = sign_in(browser, navigate(browser, f"{base}/page"))
            if not resource:
                assert page.status == 502
                until(lambda: "OST_E_TOKEN_FORMAT" in gate.log_tail(), "the reason in the log")
                return
            assert page.status == 200, gate.log_tail()
            assert values(page.json(), "X-Auth-Request-User") == ["alice"]
            first = values(page.json(), "Authorization")
            deadline = time.monotonic() + 60
            while (page := navigate(browser, f"{base}/page")).status != 200 or values(page.json(), "Authorization") == first:
                assert time.monotonic() < deadline, gate.log_tail()
                time.sleep(0.5)
            said = provider.log_tail()
            assert f"authorization_code {resource}" in said and f"refresh_token {resource}" in said
