# SPDX-License-Identifier: Apache-2.0
"""A store that moves from its file into a PostgreSQL database: whole, or not at all."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import pytest
import stores
from nodes import Node, cluster, run  # noqa: F401  (fixtures)
from oidc import Client
from peers import PROJECT
from postgresql import Cluster  # noqa: F401
from programs import Program, provider_program
from waiting import until

WEB = Client("web", "a secret")
REALM = {
    "realm": "myrealm",
    "enabled": True,
    "displayName": "A\tname\\N \n of\rmany \b\f\v kinds ☂ ' \" \\.",
    "clients": [{"clientId": "web", "secret": "a secret", "directAccessGrantsEnabled": True}],
    "users": [
        {"username": f"user{number}", "enabled": True, "attributes": {"a": ["x\\y", "\\N"], "b": ["𝄞"]},
         "credentials": [{"type": "password", "value": f"password{number}"}]}
        for number in range(3)
    ],
}  # fmt: skip
MASTER = {"OSTIARY_MASTER_KEY": bytes(range(32)).hex()}

NEWEST = int(re.search(r"^#define SCHEMA (\d+)", (PROJECT / "src/store/schema.h").read_text(), re.M)[1])


@pytest.fixture
def data(tmp_path):
    """A store with a realm in it."""
    path = tmp_path / "myrealm-realm.json"
    path.write_text(json.dumps(REALM))
    folder = tmp_path / "data"
    folder.mkdir()
    done = run("realm", "import", path, "--data", folder)
    assert done.returncode == 0, done.stderr
    return folder


def execute(data, sql, rows=()):
    with sqlite3.connect(data / "ostiary.db") as database:
        database.executemany(sql, rows) if rows else database.execute(sql)
    database.close()


def move(data, url):
    return run("migrate-store", "--data", data, KC_DB_URL=url)


def provider(data, folder, port):
    base = f"http://localhost:{port}"
    command = [provider_program(), "provider", "start-dev", "--http-port", port, "--data", data]
    return Program(command, f"{base}/health/ready", folder / "provider.log", {})


def test_what_was_in_the_file_is_in_the_database(cluster, data, tmp_path):  # noqa: F811
    url = cluster.database(tmp_path.name)
    node = Node(url, tmp_path / "myrealm-realm.json", tmp_path)
    with provider(data, tmp_path, node.port):
        tokens = node.realm().password(WEB, "user1", "password1").json()
        keys = node.realm().certs().json()
        busy = move(data, url)
        assert busy.returncode != 0 and "stop its provider first" in busy.stderr
    execute(data, "INSERT INTO event VALUES (?, 'myrealm', 0, 1, 0, 'X', '', '', '', '', '', ?)",
            [(7, "{}"), (9, b"a\0b\xff\x10".decode("latin-1")), (12, memoryview(b"\xff\x00\\."))])  # fmt: skip
    done = move(data, url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("moved and checked: 1 realms, 3 users, 1 sessions")
    with node:
        realm = node.realm()
        assert realm.certs().json() == keys
        assert realm.refresh(WEB, tokens["refresh_token"]).status == 200
        assert realm.userinfo(tokens["access_token"]).status == 200
        assert [realm.password(WEB, f"user{n}", f"password{n}").status for n in range(3)] == [200] * 3
    assert cluster.sql("SELECT min(id) > 12 FROM event WHERE type <> 'X'", tmp_path.name) in ("t", "")
    assert cluster.sql("SELECT nextval(pg_get_serial_sequence('event', 'id')) > 12", tmp_path.name) == "t"
    again = move(data, url)
    assert again.returncode != 0 and "not empty" in again.stderr


def test_what_is_sealed_stays_sealed(cluster, data, tmp_path):  # noqa: F811
    assert run("key", "reencrypt", "--data", data, **MASTER).returncode == 0
    url = cluster.database(tmp_path.name)
    assert move(data, url).returncode == 0  # without the master key
    assert cluster.sql("SELECT count(*) FROM key WHERE jwk LIKE '%\"kty\"%'", tmp_path.name) == "0"
    assert run("user", "list", "--realm", "myrealm", KC_DB_URL=url).returncode != 0
    listed = run("user", "list", "--realm", "myrealm", KC_DB_URL=url, **MASTER)
    assert listed.returncode == 0 and "user2" in listed.stdout


def test_other_schemas_are_refused_and_left_alone(cluster, data, tmp_path):  # noqa: F811
    url = cluster.database(tmp_path.name)
    execute(data, "PRAGMA user_version = 19")
    done = move(data, url)
    assert done.returncode != 0 and "schema 19" in done.stderr
    execute(data, f"PRAGMA user_version = {NEWEST}")
    cluster.sql("CREATE TABLE ostiary_schema AS SELECT 17 AS version", tmp_path.name)
    done = move(data, url)
    assert done.returncode != 0 and "schema 17" in done.stderr
    assert cluster.sql("SELECT version FROM ostiary_schema", tmp_path.name) == "17"
    missing = move(tmp_path / "nowhere", url)
    assert missing.returncode != 0 and "No such file" in missing.stderr


def test_migrations_are_told_and_not_run(cluster, data, tmp_path):  # noqa: F811
    url = cluster.database(tmp_path.name)
    told = run("schema", "upgrade", "--dry-run", KC_DB_URL=url)
    assert told.returncode == 0 and told.stdout.startswith("there is no store yet") and "  15: " in told.stdout
    assert cluster.sql("SELECT count(*) FROM pg_class WHERE relname = 'ostiary_schema'", tmp_path.name) == "0"
    assert "done" in run("schema", "upgrade", KC_DB_URL=url).stdout
    execute(data, "DROP TABLE failure")
    for trigger in ("user_came", "user_went", "user_left", "user_joined", "realm_uncounted", "user_unsigned_came", "user_unsigned_changed", "user_unsigned_went"):
        execute(data, f"DROP TRIGGER {trigger}")
    for table in ("user_block", "user_delta", "user_signature", "user_unsigned"):
        execute(data, f"DROP TABLE {table}")
    execute(data, "ALTER TABLE code DROP COLUMN details")
    execute(data, "ALTER TABLE device DROP COLUMN details")
    for statement in stores.WITHOUT_28.split(";"):
        execute(data, statement)
    execute(data, "PRAGMA user_version = 19")
    before = (data / "ostiary.db").read_bytes()
    told = run("schema", "upgrade", "--dry-run", "--data", data)
    lines = told.stdout.splitlines()
    assert lines[0] == f"the store has schema 19, this program's is {NEWEST}"
    assert lines[1] == "  20: failed logins, for several nodes"
    assert [int(line.split(":")[0]) for line in lines[1:]] == list(range(20, NEWEST + 1))
    assert (data / "ostiary.db").read_bytes() == before
    assert run("schema", "upgrade", "--data", data).stdout.endswith("done\n")
    assert len(run("schema", "upgrade", "--data", data).stdout.splitlines()) == 1
    execute(data, "PRAGMA user_version = 999")
    newer = run("schema", "upgrade", "--dry-run", "--data", data)
    assert newer.returncode != 0 and "a newer program wrote it" in newer.stderr


def test_a_row_that_belongs_to_nothing_moves_nothing(cluster, data, tmp_path):  # noqa: F811
    url = cluster.database(tmp_path.name)
    execute(data, "INSERT INTO consent VALUES ('myrealm', 'nobody', 'x', 'y', 1, 1)")
    done = move(data, url)
    assert done.returncode != 0 and "foreign key" in done.stderr
    assert cluster.sql('SELECT count(*) FROM realm', tmp_path.name) == "0"
    execute(data, "DELETE FROM consent")
    assert move(data, url).returncode == 0


def test_a_kill_in_the_middle_leaves_the_database_empty(cluster, data, tmp_path):  # noqa: F811
    execute(data, "INSERT INTO used VALUES (?, 1)", [(f"{number:040}",) for number in range(300_000)])
    url = cluster.database(tmp_path.name)
    program = subprocess.Popen([str(provider_program()), "migrate-store", "--data", str(data)], stderr=subprocess.PIPE,
                               env={"PATH": "/usr/bin:/bin", "KC_DB_URL": url})  # fmt: skip
    copies = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{tmp_path.name}' AND query LIKE 'COPY \"used\"%'"
    until(lambda: program.poll() is not None or cluster.sql(copies) == "1", "the rows to be copied")
    os.kill(program.pid, signal.SIGKILL)
    assert program.wait(30) == -signal.SIGKILL
    program.stderr.close()
    assert cluster.sql("SELECT count(*) FROM realm", tmp_path.name) == "0"
    began = time.monotonic()
    done = move(data, url)
    print(f"300,000 rows moved and checked in {time.monotonic() - began:.1f} s")
    assert done.returncode == 0, done.stderr
    assert cluster.sql("SELECT count(*) FROM used", tmp_path.name) == "300000"
