# SPDX-License-Identifier: Apache-2.0
"""@keycloak/keycloak-admin-client (npm) does what its documentation shows, with Keycloak and with ours."""

import os
import subprocess

import pytest
from needs import kept_running
from programs import Provider

from keycloak import ADMIN, Keycloak
from test_npm import NODE_FLAGS


@pytest.fixture(scope="module")
def administered(provider, work, results):
    """The provider in turn, with an administrator: ours is another one, for the first one has none."""
    if isinstance(provider, Keycloak):
        yield provider
        return
    yield from kept_running(lambda: Provider([], work / "administered", administrator=ADMIN), results)


def test_admin_client(administered, npm_home, node):
    done = subprocess.run(
        [node, *NODE_FLAGS, "--test", "admin-client.mjs"],
        cwd=npm_home,
        env={**os.environ, "BASE": administered.base, "ADMIN_USERNAME": ADMIN[0], "ADMIN_PASSWORD": ADMIN[1]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
