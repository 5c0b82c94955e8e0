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
from nodes import cluster, nodes, reason, two_nodes  # noqa: F401  (fixtures)
from postgresql import Cluster
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


def quit_database(cluster):  # noqa: F811
    cluster.quit()
    cluster.start()


def seconds_until_well(these):
    began = time.monotonic()
    for node in these:
        until(lambda: reason(node) is None, "a node that is well again")  # noqa: B023
    return time.monotonic() - began


def killed(these, ways, capsys, kills=KILLS):
    """Kills at random moments, by ways that are chosen at random."""
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    slowest, began = 0, time.monotonic()
    with Ledger(these, seed) as ledger:
        until(lambda: len(ledger.sessions) > 5 and len(ledger.users) > 3 and ledger.codes and ledger.revoked, "work")
        for _ in range(kills):
            time.sleep(dice.uniform(0.02, 0.4))
            dice.choice(ways)(dice)
            slowest = max(slowest, seconds_until_well(these))
    seconds = time.monotonic() - began
    lost = list(ledger.kept())
    with capsys.disabled():
        print(f"\n{kills} kills in {seconds:.0f} s (seed {seed}), well again within {slowest:.1f} s; confirmed:"
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
        lambda dice: quit_database(cluster),
    ]
    killed(nodes, ways, capsys)


class Pair:
    """A primary, and the standby that has to have written what the primary confirms; in turns."""

    def __init__(self):
        self.primary = Cluster(max_connections="60", fsync="off").start()
        self.standby = Cluster(follows=self.primary, max_connections="60", fsync="off").start()
        self.url = f"postgresql:///postgres?host={self.primary.folder},{self.standby.folder}&user=postgres"
        self.wait_for_standby()

    def wait_for_standby(self):
        """Of the standby, which becomes one without, it is a copy: so its standby comes after that."""
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        state = "SELECT state || ' ' || sync_state FROM pg_stat_replication"
        until(lambda: self.primary.sql(state) == "streaming sync", "replication")
        self.primary.sql("CREATE TABLE IF NOT EXISTS waited (); DROP TABLE waited")  # all before it is there, too

    def fail_over(self):
        self.primary.kill()
        self.standby.promote()
        folder, self.primary = self.primary.folder, self.standby
        self.standby = Cluster(follows=self.primary, folder=folder, max_connections="60", fsync="off").start()
        self.wait_for_standby()

    def close(self):
        self.standby.close()
        self.primary.close()


@pytest.fixture
def pair():
    pair = Pair()
    yield pair
    pair.close()


if KILLS >= 100:  # script/test --only kills: a new standby each time takes long

    def test_two_nodes_whose_database_fails_over(pair, realm_file, tmp_path, capsys):
        with two_nodes(pair.url, realm_file, tmp_path) as these:
            ways = [lambda dice: pair.fail_over(), lambda dice: kill_node(dice.choice(these))]
            killed(these, ways, capsys, KILLS // 10)
