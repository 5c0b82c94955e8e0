# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests against other people's programs."""

import pathlib
import shutil

import pytest

from both_providers import (  # noqa: F401  (fixtures and a hook)
    api_port,
    provider,
    provider_kind,
    pytest_collection_modifyitems,
    realm,
)
from keycloak import Keycloak, distribution
from needs import must_have
from peers import npm_packages, package_environment, virtual_environment
from programs import FastApi, FastApiItems
from site_fixtures import api_base, items_api, items_docs, myapi, realm_file  # noqa: F401  (fixtures)

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="session", params=["python-jose", "ostiary"])
def fastapi(request, provider, work):  # noqa: F811
    """The well-known program as tutorials write it, and as examples/fastapi-items has it."""
    issuer, folder = f"{provider.base}/realms/myrealm", work / f"fastapi-{provider.port}"
    if request.param == "ostiary":
        home = must_have(package_environment)
        program = FastApiItems(home, issuer, folder)
    else:
        home = must_have(lambda: virtual_environment("fastapi", HERE / "fastapi_app" / "requirements.txt"))
        program = FastApi(home, issuer, folder)
    with program:
        yield program


@pytest.fixture(scope="session")
def keycloak_beside(results):
    """One for the tests that bring a realm of their own, and compare nothing of the others'."""
    must_have(distribution)
    with Keycloak([], log=results / "keycloak-beside.log", features=["dpop"]) as server:
        yield server


@pytest.fixture(scope="session")
def npm_home():
    return must_have(lambda: npm_packages(HERE / "npm"))


@pytest.fixture(scope="session")
def node(npm_home):
    return shutil.which("node")
