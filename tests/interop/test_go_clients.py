# SPDX-License-Identifier: Apache-2.0
"""Go's OpenID Connect libraries (go_clients/), each a test of one test program."""

import os
import pathlib
import subprocess

import pytest
from client_realm import Site

from needs import must_have
from peers import go_program

FOLDER = pathlib.Path(__file__).parent / "go_clients"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with must_have(lambda: Site(tmp_path_factory.mktemp("go-clients"))) as site:
        yield site


@pytest.mark.parametrize("name", ["TestGoOIDC", "TestZitadel"])
def test_go_client(name, site):
    program = must_have(lambda: go_program(FOLDER, "go-clients", ["test", "-c"]))
    done = subprocess.run(
        [program, "-test.run", f"^{name}$", "-test.v"],
        env={**os.environ, **site.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and f"--- PASS: {name}" in done.stdout, done.stdout + site.provider.log_tail(10)
