# SPDX-License-Identifier: Apache-2.0
"""Where the providers of the tests keep what must survive: in a SQLite file of their folder, or, with
OSTIARY_TEST_STORE=postgresql, in a database of their own in the one PostgreSQL of this worker, with the rest unchanged:
a program is told a folder by --data, and a wrapper around it puts the folder's database in the file's place."""

import contextlib
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import sqlite3
import struct

from postgresql import USER, Cluster

ON_POSTGRESQL = os.environ.get("OSTIARY_TEST_STORE") == "postgresql"

# A database is made when its folder is first named; who comes second finds that it exists.
WRAPPER = """#!/bin/sh
data= previous=
for word; do
    case $word in
    --data=*) data=${word#--data=} ;;
    --db-url*) KC_DB_URL=given ;;
    esac
    [ "$previous" != --data ] || data=$word
    previous=$word
done
if [ -n "$data" ] && [ -z "${KC_DB_URL:-}" ]; then
    name=$(realpath -ms -- "$data" | tr -d '\\n' | md5sum | cut -c 1-32)
    if [ ! -e @made@/$name ]; then
        @psql@ -X -q -h @folder@ -U postgres -d postgres -c "CREATE DATABASE \\"$name\\"" </dev/null >@made@/said-$$ 2>&1 ||
            grep -q 'exists\\|duplicate key' @made@/said-$$ || { cat @made@/said-$$ >&2; exit 70; }
        : >@made@/$name
    fi
    export KC_DB_URL="postgresql:///$name?host=@folder@&user=postgres"
fi
exec @program@ "$@"
"""


def name_of(data):
    return hashlib.md5(os.path.abspath(data).encode()).hexdigest()


class Databases:
    """The PostgreSQL of this worker, and the program that is told to use it."""

    def __init__(self, program):
        self.cluster = Cluster(max_connections="300", fsync="off", full_page_writes="off", shared_buffers="64MB")
        # Its own copy, which the user that it runs as may read.
        layer = pathlib.Path(shutil.copy(program.parents[2] / "tests/integration/libfault-layer.so", self.cluster.folder))
        self.control = self.cluster.folder / "control"
        self.set_clock(0)
        for path in (layer, self.control):
            path.chmod(0o644)
        self.cluster.environment = {"LD_PRELOAD": str(layer), "FAULT_CONTROL": str(self.control)}
        self.cluster.start()
        self.made = self.cluster.folder / "made"
        self.made.mkdir()
        for path in (self.cluster.folder, self.made):
            path.chmod(0o755)
        values = {"program": program, "folder": self.cluster.folder, "made": self.made, "psql": self.cluster.bin / "psql"}
        text = WRAPPER
        for name, value in values.items():
            text = text.replace(f"@{name}@", shlex.quote(str(value)))
        self.program = self.cluster.folder / "ostiary"
        self.program.write_text(text)
        self.program.chmod(0o755)

    def set_clock(self, seconds):
        """By so many the database's clock is wrong (tests/integration/fault_layer.c)."""
        with open(self.control, "r+b" if self.control.exists() else "w+b") as file:
            file.write(struct.pack("5i", 0, 0, 0, seconds, 0))

    def drop_unused(self):
        """Those that no program is connected to any more; a folder's next program begins anew."""
        used = set(self.cluster.sql("SELECT DISTINCT datname FROM pg_stat_activity WHERE datname IS NOT NULL").split())
        for path in self.made.iterdir():
            if path.name not in used:
                path.unlink()
                if not path.name.startswith("said-"):
                    self.cluster.sql(f'DROP DATABASE IF EXISTS "{path.name}"')


_databases = []  # none, or the worker's


def program_of(program):
    """The program itself, or the wrapper around it."""
    if not ON_POSTGRESQL:
        return program
    if not _databases:
        _databases.append(Databases(program))
    return _databases[0].program


def drop_unused():
    for one in _databases:
        one.drop_unused()


def close():
    while _databases:
        _databases.pop().cluster.close()


def set_clock(seconds):
    """Of the databases: what counts for the providers that share one, whatever the machine's says."""
    _databases[0].set_clock(seconds)


def rows(data, query):
    """What the provider of that folder has stored, asked beside it in words that both engines know."""
    if not ON_POSTGRESQL:
        with contextlib.closing(sqlite3.connect(f"file:{data}/ostiary.db?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(query).fetchall()
    told = _databases[0].cluster.sql(f"SELECT row_to_json(one) FROM ({query}) AS one", name_of(data))
    return [tuple(json.loads(line).values()) for line in told.splitlines()]


def quoted(value):
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


# Undoes migrations 30 to 28, so that they can be made again; of both engines.
WITHOUT_28 = "DROP INDEX IF EXISTS realm_by_name; " + "".join(
    f"DROP INDEX {table}_by_client; ALTER TABLE {table} DROP COLUMN network; CREATE INDEX {table}_by_client ON {table} (realm, client_id); "
    for table in ("pushed", "device")
)
WITHOUT_28 += "DROP TABLE kept_token; DROP INDEX session_by_session_there; DROP INDEX session_by_user_there" + "".join(
    f"; ALTER TABLE session DROP COLUMN {name}" for name in ("provider_there", "session_there", "user_there")
)


def change(data, statements):
    """Several, as one text, in one transaction; a value in it is quoted()."""
    if ON_POSTGRESQL:
        _databases[0].cluster.sql(f"BEGIN; {statements}; COMMIT", name_of(data))
        return
    with contextlib.closing(sqlite3.connect(f"{data}/ostiary.db", timeout=30)) as database:
        database.executescript(f"BEGIN IMMEDIATE; {statements}; COMMIT")


def copies(data, table, which, count, changed):
    """So many more of the row that `which` names; `changed`: by column, the expression that makes each, in which number
    counts up."""
    if ON_POSTGRESQL:
        known = f"SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
    else:
        known = f"SELECT name FROM pragma_table_info('{table}')"
    names = [name for (name,) in rows(data, known)]
    values = ", ".join(changed.get(name, name) for name in names)
    counted = f"WITH RECURSIVE counted(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM counted WHERE number < {count})"
    change(data, f"{counted} INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, counted WHERE {which}")


def content(data):
    """All that is stored, as one reads it who has the file, or a dump of the database."""
    if not ON_POSTGRESQL:
        return b"".join(path.read_bytes() for path in sorted(pathlib.Path(data).glob("ostiary.db*")))
    cluster = _databases[0].cluster
    return cluster.run("pg_dump", "-h", str(cluster.folder), "-U", USER, "--data-only", name_of(data)).stdout.encode()


@contextlib.contextmanager
def held(data):
    """Nobody else reads or writes what is stored meanwhile."""
    if ON_POSTGRESQL:
        _databases[0].cluster.freeze()
        try:
            yield
        finally:
            _databases[0].cluster.thaw()
        return
    with contextlib.closing(sqlite3.connect(f"{data}/ostiary.db", isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")
