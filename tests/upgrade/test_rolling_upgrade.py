# SPDX-License-Identifier: Apache-2.0
"""Two nodes of an older program on one database are replaced by today's, one after the other, under load. OSTIARY_OLDER
names programs of older schemas (script/test --only upgrade builds them)."""

import json
import os
import random
import subprocess
import time

import pytest
from ledger import REALM, Ledger
from nodes import Node, cluster  # noqa: F401  (fixture)
from programs import provider_program
from waiting import until

OLDER = os.environ["OSTIARY_OLDER"].split(":")
VERSION = "SELECT version FROM ostiary_schema"


@pytest.fixture(params=OLDER)
def older_nodes(request, cluster, tmp_path):  # noqa: F811
    realm_file = tmp_path / "myrealm-realm.json"
    realm_file.write_text(json.dumps(REALM))
    name = f"older-{OLDER.index(request.param)}"
    url = cluster.database(name)
    first = Node(url, realm_file, tmp_path)
    second = Node(url, realm_file, tmp_path, first.base)
    nodes = (first, second)
    try:
        for node in nodes:
            node.database = name
            node.command[0] = request.param
            node.start()
        yield nodes
    finally:
        for node in nodes:
            if node.pid:
                node.stop()


def works_on(ledger):
    """It confirms things of every kind."""
    kinds = (ledger.users, ledger.sessions, ledger.codes, ledger.revoked, ledger.consents)
    before = [len(kind) for kind in kinds]
    until(lambda: all(len(kind) > count for kind, count in zip(kinds[:3], before)), "work")


def replace(node):
    node.stop()
    node.command[0] = str(provider_program())
    node.start()


def refused(program, url):
    done = subprocess.run([program, "user", "list", "--realm", "myrealm"], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "KC_DB_URL": url})
    return done.returncode != 0 and "a newer program wrote it" in done.stderr


def test_two_nodes_are_replaced_under_load(older_nodes, cluster, capsys):  # noqa: F811
    first, second = older_nodes
    older, url = first.command[0], cluster.url(first.database)
    schema = cluster.sql(VERSION, first.database)
    seed = random.SystemRandom().randrange(10**6)
    with Ledger(older_nodes, seed) as ledger:
        works_on(ledger)
        replace(first)
        newer = cluster.sql(VERSION, first.database)
        works_on(ledger)  # the older one beside the newer one
        time.sleep(2)
        assert refused(older, url)
        replace(second)
        works_on(ledger)
    lost = list(ledger.kept())
    with capsys.disabled():
        print(f"\nschema {schema} to {newer} (seed {seed}); confirmed: {ledger.told()}; {ledger.unconfirmed} not confirmed")
    assert int(schema) < int(newer)
    assert (ledger.wrong, lost) == ([], []), f"seed {seed}"
