# SPDX-License-Identifier: Apache-2.0
"""Fixtures that run a test twice: against real Keycloak, and against our provider.

A conftest.py that imports them overrides the plain ones of tests/conftest.py: there, `provider`,
`items_api`, `myapi` and the rest belong to the provider in turn. A test that is only about one of
them says so with @only_keycloak or @only_ours.
"""

import pytest

from keycloak import CHOSEN, Keycloak, distribution
from needs import kept_running, must_have
from peers import free_port
from programs import Provider

only_keycloak = pytest.mark.parametrize("provider_kind", ["keycloak"], indirect=True, scope="session")
only_ours = pytest.mark.parametrize("provider_kind", ["ostiary"], indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Marks the tests that share this Keycloak: run in one process, they start it once."""
    for item in items:
        if "provider_kind" in item.fixturenames:
            item.add_marker(pytest.mark.both_providers)


@pytest.fixture(scope="session", params=["keycloak", "ostiary"])
def provider_kind(request):
    return request.param


@pytest.fixture(scope="session")
def api_port(provider_kind):
    """A port for each provider's API: the realm files name it."""
    return free_port()


@pytest.fixture(scope="session")
def provider(provider_kind, realm_file, api_port, work, results):
    if provider_kind == "keycloak":
        must_have(lambda: distribution(CHOSEN))
        with Keycloak([realm_file], log=results / "keycloak.log", version=CHOSEN) as server:
            yield server
    else:
        yield from kept_running(lambda: Provider([realm_file], work / f"provider-{api_port}"), results)


@pytest.fixture(scope="session")
def realm(provider):
    return provider.realm()
