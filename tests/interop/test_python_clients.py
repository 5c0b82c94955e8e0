# SPDX-License-Identifier: Apache-2.0
"""Clients of PyPI (python_clients/), each a program that ends well when all that it did was right."""

import os
import pathlib
import subprocess

import pytest
from client_realm import Site

from needs import must_have
from peers import PROJECT, virtual_environment

FOLDER = pathlib.Path(__file__).parent / "python_clients"
CLIENTS = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem != "user")
EXCHANGING = {"attributes": {"post.logout.redirect.uris": "+", "standard.token.exchange.enabled": "true"}}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with must_have(lambda: Site(tmp_path_factory.mktemp("python-clients"), client=EXCHANGING)) as site:
        yield site


@pytest.mark.parametrize("client", CLIENTS)
def test_python_client(client, site):
    home = must_have(lambda: virtual_environment("clients", FOLDER / "requirements.txt"))
    done = subprocess.run(
        [home / "bin" / "python", FOLDER / f"{client}.py"],
        env={**os.environ, **site.environment, "PYTHONPATH": str(PROJECT / "tests" / "support"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + site.provider.log_tail(10)
