# SPDX-License-Identifier: Apache-2.0
"""Fixtures of files whose identity provider is a FakeProvider: one for the whole file, and good again after each test."""

import pytest
from fake_provider import FakeProvider


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(autouse=True)
def good_again(provider):
    yield
    provider.reset()
