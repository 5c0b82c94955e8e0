# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests against other people's programs."""

import pathlib
import shutil

import pytest

from both_providers import api_port, provider, provider_kind, realm  # noqa: F401  (fixtures)
from needs import must_have
from peers import npm_packages, virtual_environment
from programs import FastApi
from site_fixtures import api_base, items_api, items_docs, myapi, realm_file  # noqa: F401  (fixtures)

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="session")
def fastapi(provider, work):  # noqa: F811
    home = must_have(lambda: virtual_environment("fastapi", HERE / "fastapi_app" / "requirements.txt"))
    folder = work / f"fastapi-{provider.port}"
    with FastApi(home, f"{provider.base}/realms/myrealm", folder) as program:
        yield program


@pytest.fixture(scope="session")
def npm_home():
    return must_have(lambda: npm_packages(HERE / "npm"))


@pytest.fixture(scope="session")
def node(npm_home):
    return shutil.which("node")
