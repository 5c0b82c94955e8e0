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
from certificates import Authority, make_certificate
from keycloak import Keycloak, distribution
from needs import must_have
from peers import free_port, npm_packages, package_environment, virtual_environment
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
def authority(tmp_path_factory):
    """Of the certificates that clients show."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def keycloak_beside(authority, tmp_path_factory, results):
    """One for the tests that bring a realm of their own, and compare nothing of the others'. It has a TLS port too, where
    clients may show certificates of the authority."""
    must_have(distribution)
    store = must_have(authority.java_store)
    _, chain, key = make_certificate(tmp_path_factory.mktemp("beside"), "localhost")
    tls_port = free_port()
    arguments = (
        *(f"--https-port={tls_port}", f"--https-certificate-file={chain}", f"--https-certificate-key-file={key}"),
        *("--https-client-auth=request", f"--https-trust-store-file={store}", "--https-trust-store-password=changeit"),
    )
    with Keycloak([], log=results / "keycloak-beside.log", features=["dpop"], arguments=arguments) as server:
        server.tls_port = tls_port
        yield server


@pytest.fixture(scope="session")
def npm_home():
    return must_have(lambda: npm_packages(HERE / "npm"))


@pytest.fixture(scope="session")
def node(npm_home):
    return shutil.which("node")
