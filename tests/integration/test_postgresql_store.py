# SPDX-License-Identifier: Apache-2.0
"""The unit tests of the store, with PostgreSQL in place of SQLite."""
import os
import subprocess

import pytest
from postgresql import Cluster
from programs import built


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster(fsync="off").start()
    yield cluster
    cluster.close()


def run(cluster, path):
    done = subprocess.run(
        [str(built(path))],
        env={**os.environ, "OSTIARY_TEST_POSTGRESQL": cluster.url()},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert cluster.sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'unit%'") != "0"


@pytest.mark.parametrize("name", ["consent", "cuts", "device", "endings", "initial_access", "later", "logins", "logout", "places", "realms", "room", "rows", "search", "texts", "transaction", "within", "writers"])
def test_unit_tests_of_the_store(cluster, name):
    run(cluster, f"tests/unit/store/unit-store-{name}")


def test_failed_logins(cluster):
    run(cluster, "tests/unit/provider/unit-provider-brute_force")
