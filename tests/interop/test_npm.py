# SPDX-License-Identifier: Apache-2.0
"""The npm clients, each as its own test file in npm/, against each provider."""

import os
import subprocess

import pytest

from peers import PROJECT

SUITES = sorted(path.name for path in (PROJECT / "tests" / "interop" / "npm").glob("*.test.mjs"))
# Where Web Crypto is not yet global (Node 18, Debian 12's), this makes it so; later versions know the flag.
NODE_FLAGS = ["--experimental-global-webcrypto"]


@pytest.mark.parametrize("suite", SUITES)
def test_npm_client(suite, provider, npm_home, node, myapi):
    environment = {
        **os.environ,
        "ISSUER": f"{provider.base}/realms/myrealm",
        "CALLBACK": myapi.redirect_uri,
    }
    done = subprocess.run(
        [node, *NODE_FLAGS, "--test", suite],
        cwd=npm_home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout
