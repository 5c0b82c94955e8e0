# SPDX-License-Identifier: Apache-2.0
"""What tests of browser logins begin with: an API of ours and a provider that misbehaves when it is told to."""

import re
import time

import pytest
from fake_provider import FakeProvider
from navigation import NAVIGATION, navigate
from programs import ItemsApi
from web import Browser

SAME_ORIGIN = {**NAVIGATION, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    program = ItemsApi(provider.issuer, tmp_path_factory.mktemp("api"))
    with program:
        wait_until_ready(program)
        yield program


@pytest.fixture(autouse=True)
def good_again(provider):
    yield
    provider.reset()


def wait_until_ready(program):
    deadline = time.monotonic() + 10
    while Browser().get(f"{program.base}/health").json().get("login") is not True or not program.ready:
        assert time.monotonic() < deadline, program.log_tail()
        time.sleep(0.02)


def log_in(api, wanted="/items/", browser=None):
    browser = browser or Browser()
    return browser, navigate(browser, api.base + wanted)


def api_names(browser):
    return sorted(name for _, _, name in browser.cookies)


def logged(api, page):
    """The log's line of the request whose number the page shows."""
    number = page.page.text_by_id["request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = [line for line in api.log.read_text().splitlines() if f'request="{number}"' in line]
        if lines:
            return lines[0]
        time.sleep(0.02)
    raise AssertionError(f"request {number} is not in the log")
