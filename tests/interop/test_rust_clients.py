# SPDX-License-Identifier: Apache-2.0
"""Rust's openidconnect crate (rust_clients/): login, userinfo, refresh, logout."""

import os
import pathlib
import subprocess
from urllib.parse import urlsplit

import pytest
from client_realm import Site

from needs import must_have
from peers import rust_program
from web import Browser

FOLDER = pathlib.Path(__file__).parent / "rust_clients"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with must_have(lambda: Site(tmp_path_factory.mktemp("rust-clients"))) as site:
        yield site


def come_back(site, browser, url):
    """Where the provider sends this browser in the end; nobody listens at the client's address."""
    answer = browser.get(url)
    if answer.page.forms:
        answer = browser.submit(answer.page.form("kc-form-login"), username="alice", password="alice-password")
    assert (answer.location or "").startswith(site.origin), f"{answer.status} {answer.text[:600]}"
    return answer.location


def test_openidconnect(site):
    program = must_have(lambda: rust_program(FOLDER, "rust-clients"))
    browser, visited = Browser(), []
    with subprocess.Popen(
        [program],
        env={**os.environ, **site.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as client:
        for url in client.stdout:
            visited.append(urlsplit(url).path.rsplit("/", 1)[1])
            client.stdin.write(come_back(site, browser, url.strip()) + "\n")
            client.stdin.flush()
        said = client.stderr.read()
    assert client.returncode == 0, said + site.provider.log_tail(10)
    assert visited == ["auth", "logout"]
    assert site.asks_again(browser)
