# SPDX-License-Identifier: Apache-2.0
"""FastAPI's /docs: the Authorize button signs in by PKCE without a client secret, and "Try it out" succeeds."""

import json
import pathlib
import urllib.parse

import pytest
from test_docs import authorize, try_items

from needs import kept_running, must_have
from peers import PROJECT, free_port, npm_packages, package_environment
from programs import FastApiItems, Provider, realm_for

CDN = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@"


@pytest.fixture(scope="module")
def fastapi(tmp_path_factory, results):
    """examples/fastapi-items in front of our provider."""
    home = must_have(package_environment)
    folder, port = tmp_path_factory.mktemp("fastapi-docs"), free_port()
    realm = realm_for(f"http://localhost:{port}", folder / "realm")
    for provider in kept_running(lambda: Provider([realm], folder / "provider"), results):
        with FastApiItems(home, provider.realm().issuer, folder, port=port) as program:
            yield program


@pytest.fixture
def docs(page, fastapi):
    """The page, with the assets that it takes from a public CDN at hand, and what it asks the provider for."""
    dist = must_have(lambda: npm_packages(PROJECT / "tests" / "interop" / "npm")) / "node_modules" / "swagger-ui-dist"
    page.route(f"{CDN}**", lambda route: route.fulfill(path=dist / pathlib.PurePosixPath(route.request.url).name))
    page.asked = []
    page.context.on("request", lambda request: page.asked.append(request))
    page.goto(f"{fastapi.base}/docs")
    page.get_by_role("button", name="Authorize").first.wait_for()
    return page


def test_without_authorization(docs):
    assert try_items(docs) == "401"


def test_authorize_and_try_it_out(docs):
    authorize(docs)
    assert try_items(docs) == "200"
    sent = next(r for r in docs.asked if r.method == "POST" and r.url.endswith("/openid-connect/token"))
    form = urllib.parse.parse_qs(sent.post_data)
    assert len(form["code_verifier"][0]) >= 43, "PKCE (RFC 7636)"
    assert "client_secret" not in form
    assert not sent.headers.get("authorization"), "no secret in the header either"
    began = next(r for r in docs.asked if "/openid-connect/auth?" in r.url)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(began.url).query)
    assert query["code_challenge_method"] == ["S256"] and query["client_id"] == ["items-docs"]


def test_page_holds_no_secret(docs, fastapi):
    assert "myapi-secret" not in docs.content()
    described = docs.request.get(f"{fastapi.base}/openapi.json").json()
    assert "secret" not in json.dumps(described).lower()
