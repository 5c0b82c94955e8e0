# SPDX-License-Identifier: Apache-2.0
"""org.keycloak:keycloak-admin-client (Maven), of Keycloak 24 and of 26, does what its interfaces offer: with Keycloak, which
shows that the program is right, and with ours."""

import os
import pathlib
import subprocess

import pytest
from needs import kept_running, must_have
from peers import maven_program
from programs import Provider

from keycloak import ADMIN, Keycloak, distribution, java_home

FOLDER = pathlib.Path(__file__).parent / "admin_client"
OPTIONS = {"24": ["-P24"], "26": []}
# Answered with 501; docs/usage/admin-api.md has the list.
ABSENT = {
    "a description of a client is read",
    "kinds of registration policies",
    "a client's certificate",
    "kinds of identity providers",
    "required actions are ordered",
    "required actions that are not registered",
    "flows are made",
    "kinds of steps",
}


@pytest.fixture(scope="module", params=["ostiary", "keycloak"])
def server(request, work, results):
    """The server, and what it is without."""
    if request.param == "keycloak":
        must_have(distribution)
        with Keycloak([], log=results / "keycloak-administered.log") as keycloak:
            yield keycloak, set()
        return
    for provider in kept_running(lambda: Provider([], work / "administered", administrator=ADMIN), results):
        yield provider, ABSENT


@pytest.mark.parametrize("version", OPTIONS)
def test_admin_client(server, version, results):
    provider, absent = server
    java = must_have(java_home)
    program = must_have(lambda: maven_program(FOLDER, f"admin-client-{version}", *OPTIONS[version]))
    done = subprocess.run(
        [f"{java}/bin/java", "-XX:TieredStopAtLevel=1", "-jar", program],
        env={**os.environ, "BASE": provider.base, "ADMIN_USERNAME": ADMIN[0], "ADMIN_PASSWORD": ADMIN[1]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,  # that it ends; how fast a machine is that has others to serve is not asked
    )
    (results / f"admin-client-{version}.log").write_text(done.stdout)
    assert done.returncode == 0, done.stdout
    told = done.stdout.splitlines()
    assert {line.removeprefix("absent ") for line in told if line.startswith("absent ")} == absent
    assert sum(line.startswith("ok ") for line in told) >= 61, done.stdout
