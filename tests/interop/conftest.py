"""Fixtures of the tests against other people's programs."""

import pathlib
import shutil

import pytest

from keycloak import Keycloak, distribution
from needs import must_have
from peers import npm_packages, virtual_environment
from programs import FastApi

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="session")
def keycloak(realm_file, results):
    """Real Keycloak with the example realm."""
    must_have(distribution)
    with Keycloak([realm_file], log=results / "keycloak.log") as server:
        yield server


@pytest.fixture(scope="session", params=["keycloak", "ostiary"])
def any_provider(request):
    """Each provider in turn: what a test says of one must be true of the other."""
    return request.getfixturevalue({"keycloak": "keycloak", "ostiary": "provider"}[request.param])


@pytest.fixture(scope="session")
def fastapi(any_provider, work):
    home = must_have(lambda: virtual_environment("fastapi", HERE / "fastapi_app" / "requirements.txt"))
    folder = work / f"fastapi-{any_provider.port}"
    with FastApi(home, f"{any_provider.base}/realms/myrealm", folder) as program:
        yield program


@pytest.fixture(scope="session")
def npm_home():
    return must_have(lambda: npm_packages(HERE / "npm"))


@pytest.fixture(scope="session")
def node(npm_home):
    return shutil.which("node")
