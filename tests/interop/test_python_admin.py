# SPDX-License-Identifier: Apache-2.0
"""python-keycloak's KeycloakAdmin (PyPI) does what its documentation shows, with Keycloak and with ours."""

import os
import pathlib
import subprocess

from needs import must_have
from peers import virtual_environment

from keycloak import ADMIN
from test_admin_client import administered  # noqa: F401  (fixture)

HERE = pathlib.Path(__file__).parent


def test_keycloak_admin(administered):  # noqa: F811
    home = must_have(lambda: virtual_environment("clients", HERE / "python_clients" / "requirements.txt"))
    done = subprocess.run(
        [home / "bin" / "python", HERE / "python_admin" / "keycloak_admin.py"],
        env={**os.environ, "BASE": administered.base, "ADMIN_USERNAME": ADMIN[0], "ADMIN_PASSWORD": ADMIN[1]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
