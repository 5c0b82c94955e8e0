# SPDX-License-Identifier: Apache-2.0
"""The items API and a provider that misbehaves when it is told to."""

import time

import pytest
from fake_provider import FakeProvider
from programs import ItemsApi
from web import Browser


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
