# SPDX-License-Identifier: Apache-2.0
"""Nodes of a provider that share nothing but a PostgreSQL database. A test file imports the fixtures that it uses."""

import contextlib
import subprocess

import pytest
from oidc import Realm
from peers import free_port
from postgresql import Cluster
from programs import Program, provider_program
from web import Browser


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster(max_connections="60", fsync="off").start()
    yield cluster
    cluster.close()


def reason(node):
    """What readiness says is wrong; None: nothing."""
    answer = Browser().get(f"{node.base}/health/ready")
    return None if answer.status == 200 else answer.json()["checks"][0]["data"]["reason"]


class Node(Program):
    def __init__(self, url, realm_file, folder, hostname=None, **variables):
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        command = [
            *(provider_program(), "provider", "start-dev", "--http-port", self.port, "--import-realm", realm_file),
            *("--hostname", hostname or self.base, "--data", folder / "none", "--db-pool-max-size", 8),
        ]
        super().__init__(command, f"{self.base}/health/ready", folder / f"node-{self.port}.log",
                         {"KC_DB_URL": url, **variables})

    def realm(self, name="myrealm"):
        return Realm(self.base, name)


@contextlib.contextmanager
def two_nodes(url, realm_file, tmp_path):
    """Of one issuer, started at once on an empty database."""
    first = Node(url, realm_file, tmp_path)
    second = Node(url, realm_file, tmp_path, first.base)
    for node in (first, second):
        node.start(wait=False)
    try:
        for node in (first, second):
            node.wait_until_ready()
        yield first, second
    finally:
        for node in (first, second):
            if node.pid:
                node.stop()


@pytest.fixture
def nodes(cluster, realm_file, tmp_path):
    with two_nodes(cluster.database(tmp_path.name), realm_file, tmp_path) as started:
        yield started


def run(*arguments, **environment):
    return subprocess.run([str(provider_program()), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", **environment})
