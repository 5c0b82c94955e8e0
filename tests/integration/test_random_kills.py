# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load: of a provider with its file, of one of two nodes, of a process of their
PostgreSQL, and of its first process. Nothing that was confirmed is lost, no code is used twice, nothing that was revoked
is alive. OSTIARY_TEST_KILLS says how many there are (script/test --only kills: 200)."""

import json
import os
import random
import time

import pytest
import stores
from ledger import REALM, Ledger
from nodes import Node, cluster, nodes, reason  # noqa: F401  (fixtures)
from waiting import until

KILLS = int(os.environ.get("OSTIARY_TEST_KILLS", "8"))


@pytest.fixture
def realm_file(tmp_path):
    path = tmp_path / "myrealm-realm.json"
    path.write_text(json.dumps(REALM))
    return path


def starts(node):
    """As a service manager does it, again and again: the database may be recovering."""
    try:
        return node.start()
    except RuntimeError as error:
        assert "connection to server" in str(error), error
        return None


def kill_node(node):
    node.kill()
    until(lambda: starts(node), "a node that starts")


def kill_backend(cluster, dice):  # noqa: F811
    """PostgreSQL ends all others then, for what they share may be damaged, and recovers."""
    found = []
    until(lambda: found.append(list(cluster.backends())) or found[-1], "a connection")
    cluster.kill_one(dice.choice(found[-1]))


def kill_database(cluster, alone):  # noqa: F811
    cluster.kill(alone)
    cluster.start()


def seconds_until_well(these):
    began = time.monotonic()
    for node in these:
        until(lambda: reason(node) is None, "a node that is well again")  # noqa: B023
    return time.monotonic() - began


def killed(these, ways, capsys):
    """Kills at random moments, by ways that are chosen at random."""
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    slowest, began = 0, time.monotonic()
    with Ledger(these, seed) as ledger:
        until(lambda: len(ledger.sessions) > 5 and len(ledger.users) > 3 and ledger.codes and ledger.revoked, "work")
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.02, 0.4))
            dice.choice(ways)(dice)
            slowest = max(slowest, seconds_until_well(these))
    seconds = time.monotonic() - began
    lost = list(ledger.kept())
    with capsys.disabled():
        print(f"\n{KILLS} kills in {seconds:.0f} s (seed {seed}), well again within {slowest:.1f} s; confirmed:"
              f" {ledger.told()}; {ledger.unconfirmed} not confirmed")
    assert (ledger.wrong, lost) == ([], []), f"seed {seed}"


@pytest.mark.skipif(stores.ON_POSTGRESQL, reason="a provider with its file")
def test_a_provider_with_its_file(new_provider, realm_file, capsys):
    provider = new_provider([realm_file])
    killed([provider], [lambda dice: kill_node(provider)], capsys)


def test_one_of_two_nodes_and_their_database(nodes, cluster, capsys):  # noqa: F811
    ways = [
        lambda dice: kill_node(dice.choice(nodes)),
        lambda dice: kill_node(dice.choice(nodes)),
        lambda dice: kill_backend(cluster, dice),
        lambda dice: kill_database(cluster, dice.choice((True, False))),
    ]
    killed(nodes, ways, capsys)
