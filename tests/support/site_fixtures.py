# SPDX-License-Identifier: Apache-2.0
"""Fixtures that follow from `provider` and `api_port`: the API, its realm file and its clients.

A conftest.py that has a provider of its own imports them, so that they belong to that one.
"""

import pytest

from needs import kept_running
from oidc import Client
from programs import ItemsApi, realm_for


@pytest.fixture(scope="session")
def api_base(api_port):
    return f"http://localhost:{api_port}"


@pytest.fixture(scope="session")
def realm_file(api_base, api_port, work):
    return realm_for(api_base, work / f"realms-{api_port}")


@pytest.fixture(scope="session")
def myapi(api_base):
    """The confidential client of the realm file."""
    return Client("myapi", "myapi-secret", f"{api_base}/auth")


@pytest.fixture(scope="session")
def items_docs(api_base):
    """The public client of the docs page."""
    return Client("items-docs", None, f"{api_base}/docs/oauth2-redirect")


@pytest.fixture(scope="session")
def items_api(provider, api_port, work, results):
    """Our items API, trusting the provider, once it knows where to sign in: the first answer of Keycloak may take long."""
    yield from kept_running(lambda: ItemsApi(f"{provider.base}/realms/myrealm", work, api_port), results, ItemsApi.wait_for_logins)
