# SPDX-License-Identifier: Apache-2.0
"""Realm files with many users: read in pieces, stored as a whole, in little memory."""

import json
import subprocess
import sys

import pytest
from nodes import cluster  # noqa: F401  (a fixture)
from programs import provider_program, sanitized

MEMORY = 64 * 1024  # KiB
HASH = {
    "type": "password",
    "secretData": '{"value":"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=","salt":"c2FsdHNhbHRzYWx0c2FsdA=="}',
    "credentialData": '{"hashIterations":210000,"algorithm":"pbkdf2-sha512","additionalParameters":{}}',
}


# A process counts the memory of the one that started it: a small one starts it.
MEASURE = """
import os, sys
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(process, 0)
print(used.ru_maxrss, flush=True)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def user(number, **members):
    return {"username": f"user{number}", "email": f"user{number}@example.com", "enabled": True, "credentials": [HASH], **members}


def run(*arguments):
    return subprocess.run([str(provider_program()), *map(str, arguments)], capture_output=True, text=True, timeout=400)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def importing(tmp_path, store):
    def make(text, *arguments):
        file = tmp_path / "x-realm.json"
        file.write_bytes(text if isinstance(text, bytes) else json.dumps(text).encode())
        return run("realm", "import", file, "--data", store, *arguments)

    return make


def users_of(store, *arguments):
    done = run("user", "list", "--realm", "x", "--json", "--data", store, *arguments)
    return json.loads(done.stdout) if done.returncode == 0 else None


@pytest.fixture(scope="module")
def large_file(tmp_path_factory):
    """70 MB, more than is ever held of a realm."""
    file = tmp_path_factory.mktemp("large") / "x-realm.json"
    padding = "a" * 14000
    users = ",\n".join(json.dumps(user(n, attributes={"padding": [padding]})) for n in range(5000))
    file.write_text('{"realm": "x", "enabled": true, "users": [' + users + "]}")
    return file


def test_a_file_of_any_length_comes_in_through_little_memory(large_file, store):
    measured = [sys.executable, "-c", MEASURE, provider_program(), "realm", "import", large_file, "--data", store]
    done = subprocess.run([str(part) for part in measured], capture_output=True, text=True, timeout=400)
    assert done.returncode == 0 and "imported, 5000 users" in done.stdout, done.stderr
    used = int(done.stdout.splitlines()[-1])
    assert used < MEMORY or sanitized(), used

    again = run("realm", "import", large_file, "--data", store)
    assert again.returncode == 0 and "skipped because it exists" in again.stdout

    replaced = subprocess.run([*map(str, measured), "--replace"], capture_output=True, text=True, timeout=400)
    assert replaced.returncode == 0 and "unchanged, 5000 users" in replaced.stdout, replaced.stderr
    assert int(replaced.stdout.splitlines()[-1]) < MEMORY or sanitized()


WRONG = {
    "object": (b'{"realm":"x","users":{}}', "users: not an array"),
    "string": (b'{"realm":"x","users":"ann"}', "users: not an array"),
    "twice": (b'{"realm":"x","users":[],"users":[]}', 'byte 24: an object has two members of the same name, "users" (column 25)'),
    "escaped": (b'{"realm":"x","users":[{"username":"ann"}],"us\\u0065rs":[]}', 'two members of the same name, "users"'),
    "number": (b'{"realm":"x","users":[{"username":"ann"},7]}', "users[1]: not an object"),
    "type": (b'{"realm":"x","users":[{"username":"ann"},{"username":"bob","enabled":[3]}]}', "users[1].enabled: neither"),
    "truncated": (b'{"realm":"x","users":[{"username":"ann"}', "line 1, byte 40: the document ends too early"),
    "nul": (b'{"realm":"x",\n"users":[{"username":"ann"},\n{"username":"b\0b"}]}', "line 3, byte 57: the string has U+0000"),
    "more": (b'{"realm":"x","users":[{"username":"ann"}]} x', "something follows the document"),
    "deep": (b'{"realm":"x","users":[{"username":"ann","attributes":' + b"[" * 100 + b"]" * 100 + b"}]}", "nested too deeply"),
    "long": (b'{"realm":"x","users":[{"username":"' + b"a" * 5000000 + b'"}]}', "a user of more than 4 MiB"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_the_text_is_told_with_its_place(importing, store, case):
    text, told = WRONG[case]
    done = importing(text)
    assert done.returncode == 1 and told in done.stderr, done.stderr
    assert users_of(store) is None


def test_a_placeholder_cannot_stand_for_users(importing, store, monkeypatch):
    monkeypatch.setenv("USERS", "[{}]")
    done = importing(b'{"realm":"x","users":${USERS}}')
    assert done.returncode == 1 and "users: a placeholder cannot stand for them" in done.stderr
    monkeypatch.setenv("USERS", "[]")
    assert importing(b'{"realm":"x","users":${USERS}}').returncode == 0


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ({"username": "User0"}, "a user of the name, id or address of user0 exists already"),
        ({"email": "USER1@example.com"}, "a user of the name, id or address of user1999 exists already"),
        ({"groups": ["/none"]}, "users[1999].groups[0]: no group /none"),
        ({"clientRoles": {"none": ["a"]}}, "users[1999].clientRoles: no client none"),
        ({"clientConsents": [{"clientId": "none"}]}, "users[1999].clientConsents[0]"),
    ],
)
def test_all_users_are_stored_or_none(importing, store, last, told):
    done = importing({"realm": "x", "users": [*map(user, range(1999)), user(1999, **last)]})
    assert done.returncode == 1 and told in done.stderr, done.stderr
    assert users_of(store) is None


def test_so_are_those_of_a_postgresql_store(cluster, tmp_path):
    url = cluster.database("stream")
    file = tmp_path / "x-realm.json"
    for last, told in (({"groups": ["/none"]}, "no group /none"), ({"username": "user3"}, "of user3 exists already"), ({}, None)):
        file.write_text(json.dumps({"realm": "x", "users": [*map(user, range(1200)), user(1200, **last)]}))
        done = run("realm", "import", file, "--db-url", url)
        assert (done.returncode == 1 and told in done.stderr) if told else "1201 users" in done.stdout, done.stderr
        count = cluster.sql('SELECT (SELECT count(*) FROM realm), (SELECT count(*) FROM "user")', "stream")
        assert count == ("0|0" if told else "1|1201")


def test_what_the_last_user_needs_is_there_from_the_first_on(importing, store):
    """Roles that users name are made before any of them is stored, and an account of the file is not made twice."""
    client = {"clientId": "robot", "serviceAccountsEnabled": True, "secret": "s"}
    users = [*map(user, range(1500)), user(1500, realmRoles=["late"]), None]
    account = {"username": "Service-Account-Robot", "enabled": True, "serviceAccountClientId": "robot"}
    done = importing({"realm": "x", "clients": [client], "users": [*users, account]})
    assert done.returncode == 0 and "1502 users" in done.stdout, done.stderr
    realm = json.loads(run("realm", "export", "x", "--data", store).stdout)
    assert "late" in [role["name"] for role in realm["roles"]["realm"]]
    assert [one["username"] for one in realm["users"]].count("service-account-robot") == 1


def test_a_dry_run_makes_every_row(importing, store):
    done = importing({"realm": "x", "users": [*map(user, range(600)), user(600, groups=["/none"])]}, "--dry-run")
    assert done.returncode == 1 and "users[600].groups[0]" in done.stderr
    done = importing({"realm": "x", "users": [*map(user, range(600))]}, "--dry-run")
    assert done.returncode == 0 and "checked, 600 users" in done.stdout and users_of(store) is None


def test_plain_passwords_and_hashes_come_mixed(importing, store):
    plain = {"type": "password", "value": "open sesame"}
    users = [user(n, credentials=[plain] if n % 300 == 7 else [HASH]) for n in range(1000)]
    done = importing({"realm": "x", "passwordPolicy": "hashAlgorithm(pbkdf2-sha512) and hashIterations(1000)", "users": users})
    assert done.returncode == 0, done.stderr
    stored = {one["username"]: one for one in json.loads(run("realm", "export", "x", "--data", store).stdout)["users"]}
    for number in (6, 7, 307, 999):
        credential = stored[f"user{number}"]["credentials"][0]
        assert (credential["secretData"] == HASH["secretData"]) is (number % 300 != 7)
        assert "value" not in credential


def test_a_directory_export_is_read_file_by_file(tmp_path, store):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "x-realm.json").write_text(json.dumps({"realm": "x", "enabled": True, "users": [user(5000)]}))
    for part in range(60):
        users = [user(n) for n in range(part * 50, part * 50 + 50)]
        (folder / f"x-users-{part}.json").write_text(json.dumps({"realm": "x", "users": users}))
    done = run("realm", "import", folder, "--data", store)
    assert done.returncode == 0 and "3001 users" in done.stdout, done.stderr

    (folder / "x-users-60.json").write_text(json.dumps({"realm": "x", "users": [{**user(1), "oddity": 1}]}))
    done = run("realm", "import", folder, "--strict", "--data", tmp_path / "other")
    assert done.returncode == 1 and "x-users-60.json.users[0].oddity" in done.stderr


@pytest.mark.parametrize("way", [(), ("--replace",), ("--merge",)])
def test_the_report_is_whole_when_the_realm_and_users_are_refused(importing, store, way):
    if way:
        assert importing({"realm": "x"}).returncode == 0
    users = [user(0), user(1, oddity=1), user(2), user(3, oddity=1)]
    done = importing({"realm": "x", "users": users}, "--strict", "--json", *way)
    (report,) = json.loads(done.stdout)
    assert done.returncode == 1 and "users[1].oddity" in done.stderr and report["counts"]["unknown"] == 2
    done = importing({"realm": "x", "oddity": 1, "users": users}, "--strict", "--json", *way)
    (report,) = json.loads(done.stdout)
    assert done.returncode == 1 and ": oddity" in done.stderr and report["counts"]["unknown"] == 3


def test_the_report_is_whole_when_a_user_is_refused(importing):
    done = importing({"realm": "x", "users": [{**user(n), "oddity": 1} for n in range(300)]}, "--strict", "--json")
    (report,) = json.loads(done.stdout)
    assert done.returncode == 1 and "users[0].oddity" in done.stderr
    assert report["outcome"] == "refused" and report["counts"]["unknown"] == 300 and len(report["objects"]) >= 300
    done = importing({"realm": "x", "users": [{**user(n), "oddity": 1} for n in range(300)]})
    assert done.returncode == 0 and "… and 280 more like these" in done.stdout and done.stdout.count("oddity") == 20 + 1
