# SPDX-License-Identifier: Apache-2.0
"""`ostiary backup` and `restore`: a copy made while the provider works is a whole store at one moment, and becomes a store
with the same keys, users and sessions, or with none of the latter. What goes wrong leaves nothing behind."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import threading

import pytest
from fault_layer import small_disk
from oidc import Client
from programs import Provider, provider_program, realm_files

WEB = Client("web", "web-secret", "http://localhost:8000/auth")
REALM = {
    "realm": "shop",
    "enabled": True,
    "revokeRefreshToken": True,
    "roles": {"realm": [{"name": "offline_access"}]},
    "clients": [
        {
            "clientId": "web",
            "secret": "web-secret",
            "redirectUris": [WEB.redirect_uri],
            "directAccessGrantsEnabled": True,
        }
    ],
    "users": [
        {
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "realmRoles": ["offline_access"],
            "credentials": [{"type": "password", "value": "carol-password"}],
        }
    ],
}


def ostiary(*words, stdin=""):
    return subprocess.run(
        [provider_program(), *map(str, words)], capture_output=True, text=True, input=stdin, timeout=60
    )


def backup(provider, to):
    done = ostiary("backup", "--data", provider.data, to)
    assert done.returncode == 0, done.stderr
    return done.stdout


def restored(work, name, copied, *options):
    """A provider in a folder of its own, which has what the copy has, at the same address."""
    provider = Provider([], work / name, port=copied["port"])
    done = ostiary("restore", "--data", provider.data, *options, copied["file"])
    assert done.returncode == 0, done.stderr
    return provider, done.stdout


def logged_in(provider, scope="openid"):
    answer = provider.realm("shop").password(WEB, "carol", "carol-password", scope)
    assert answer.status == 200, answer.body
    return answer.json()


def refresh(provider, token):
    return provider.realm("shop").refresh(WEB, token)


@pytest.fixture(scope="module")
def file(work):
    path = work / "shop-realm.json"
    path.write_text(json.dumps(REALM))
    return path


@pytest.fixture(scope="module")
def copied(work, file):
    """A copy of a running provider's store, and what it had given out until then."""
    with Provider([file], work / "first") as provider:
        before = {"session": logged_in(provider), "offline": logged_in(provider, "openid offline_access")}
        before["keys"] = provider.realm("shop").certs().json()
        before["port"] = provider.port
        before["said"] = backup(provider, work / "shop.backup")
        before["after"] = logged_in(provider)
    before["file"] = work / "shop.backup"
    return before


def test_copy_is_for_its_owner_and_without_a_log(copied):
    assert copied["said"] == f"{copied['file']}: 1 realm, 1 user, 2 sessions\n"
    assert stat.S_IMODE(copied["file"].stat().st_mode) == 0o600
    assert [path.name for path in copied["file"].parent.glob("shop.backup*")] == ["shop.backup"]


def test_restored_store_has_keys_users_and_sessions(work, copied):
    provider, said = restored(work, "second", copied)
    assert said == f"{provider.data}/ostiary.db: 1 realm, 1 user, 2 sessions\n"
    assert stat.S_IMODE((provider.data / "ostiary.db").stat().st_mode) == 0o600
    assert stat.S_IMODE(provider.data.stat().st_mode) == 0o700
    with provider:
        assert provider.realm("shop").certs().json() == copied["keys"]
        assert refresh(provider, copied["session"]["refresh_token"]).status == 200
        assert refresh(provider, copied["offline"]["refresh_token"]).status == 200
        later = refresh(provider, copied["after"]["refresh_token"])
        assert (later.status, later.json()["error"]) == (400, "invalid_grant")
        logged_in(provider)


def test_restored_store_may_leave_sessions_out(work, copied):
    provider, said = restored(work, "third", copied, "--end-sessions")
    assert said.endswith(": 1 realm, 1 user, 0 sessions\n")
    with provider:
        for name in ("session", "offline"):
            assert refresh(provider, copied[name]["refresh_token"]).status == 400
        logged_in(provider)


def test_copy_holds_nothing_that_was_deleted(work, file):
    with Provider([file], work / "deleted") as provider:
        for name in ("keeper", "goner"):
            done = ostiary(
                *("user", "add", "--data", provider.data, "--realm", "shop", f"{name}-of-secrets"), stdin="a-password\n"
            )
            assert done.returncode == 0, done.stderr
        done = ostiary("user", "delete", "--data", provider.data, "--realm", "shop", "goner-of-secrets")
        assert done.returncode == 0, done.stderr
        backup(provider, work / "deleted.backup")
    content = (work / "deleted.backup").read_bytes()
    assert b"keeper-of-secrets" in content
    assert b"goner-of-secrets" not in content


def test_no_block_of_the_count_keeps_the_name_of_somebody_who_has_gone(work):
    """Users are counted in blocks of a thousand, each known by the name at which it begins."""
    realm = work / "many-realm.json"
    users = [{"username": f"user-{number:04}", "enabled": True} for number in range(2100)]
    realm.write_text(json.dumps({"realm": "many", "enabled": True, "users": users}))
    data = work / "many"
    assert ostiary("realm", "import", realm, "--data", data).returncode == 0
    for name in ("user-1000", "user-0999"):
        done = ostiary("user", "delete", "--data", data, "--realm", "many", name)
        assert done.returncode == 0, done.stderr
    for _ in range(2):  # somebody comes and goes, also where a block begins
        assert ostiary("user", "add", "--data", data, "--realm", "many", "user-2000-", stdin="a-password\n").returncode == 0
        assert ostiary("user", "delete", "--data", data, "--realm", "many", "user-2000-").returncode == 0
    assert ostiary("user", "delete", "--data", data, "--realm", "many", "user-2000").returncode == 0
    with sqlite3.connect(next(data.glob("*.db"))) as db:
        assert db.execute("SELECT first, count FROM user_block WHERE realm = 'many' ORDER BY 1").fetchall() == [
            ("", 999), ("user-1001", 999), ("user-2001", 99),
        ]  # fmt: skip
        assert db.execute("SELECT count(*) FROM user_delta WHERE realm = 'many'").fetchone() == (0,)


def test_copies_made_under_load_are_whole(work, file):
    """Each copy has one moment: every session in it has its user and its tokens, as SQLite itself checks."""
    with Provider([file], work / "busy") as provider:
        stop = threading.Event()
        given = []

        def log_in():
            while not stop.is_set():
                given.append(logged_in(provider)["refresh_token"])

        workers = [threading.Thread(target=log_in) for _ in range(2)]
        for worker in workers:
            worker.start()
        try:
            for number in range(5):
                backup(provider, work / f"busy-{number}")
        finally:
            stop.set()
            for worker in workers:
                worker.join()
        assert refresh(provider, given[-1]).status == 200
    for number in range(5):
        db = sqlite3.connect(work / f"busy-{number}")
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        sessions = db.execute("SELECT count(*) FROM session").fetchone()
        assert sessions == db.execute("SELECT count(*) FROM client_session").fetchone()
        db.close()


def test_copy_that_is_killed_leaves_no_file_of_that_name(work, copied):
    target = work / "killed.backup"
    process = subprocess.Popen([provider_program(), "backup", "--data", work / "first" / "data", target])
    process.send_signal(signal.SIGKILL)
    process.wait()
    if target.exists():  # it was faster
        assert sqlite3.connect(target).execute("SELECT count(*) FROM realm").fetchone() == (1,)


@pytest.mark.parametrize("damage", ["cut", "scrambled"])
def test_damaged_copy_is_refused(work, copied, damage):
    content = bytearray(copied["file"].read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    else:
        content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    broken = work / f"{damage}.backup"
    broken.write_bytes(content)
    data = work / f"data-{damage}"
    done = ostiary("restore", "--data", data, broken)
    assert done.returncode == 1
    assert done.stderr.startswith(f"ostiary: restore: {broken}: ")
    assert not list(data.glob("*"))


def refusals(work):
    newer = work / "newer.backup"
    db = sqlite3.connect(newer)
    db.execute("CREATE TABLE realm (name)")
    db.execute("PRAGMA user_version = 1000")
    db.close()
    (work / "text.backup").write_text("not a database, but longer than its header is" * 20)
    (work / "a-folder").mkdir()
    return {
        "missing": (work / "nothing", "No such file or directory"),
        "newer": (newer, "the store has schema 1000"),
        "text": (work / "text.backup", "file is not a database"),
        "folder": (work / "a-folder", "unable to open database file"),
    }


def test_what_is_no_copy_is_refused(work):
    for name, (path, words) in refusals(work).items():
        data = work / f"refused-{name}"
        done = ostiary("restore", "--data", data, path)
        assert (done.returncode, words in done.stderr) == (1, True), (name, done.stderr)
        assert not data.exists(), name


def test_nothing_is_replaced(work, copied):
    first = ostiary("restore", "--data", work / "once", copied["file"])
    again = ostiary("restore", "--data", work / "once", copied["file"])
    assert (first.returncode, again.returncode) == (0, 1)
    assert "ostiary.db: File exists" in again.stderr
    assert "a store is never replaced: stop its provider and move ostiary.db, ostiary.db-wal" in again.stderr
    done = ostiary("backup", "--data", work / "once", copied["file"])
    assert done.returncode == 1 and f"ostiary: backup: {copied['file']}: File exists\n" in done.stderr
    assert "a back-up is never replaced: name another file" in done.stderr


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_a_moved_store_has_left_is_no_part_of_a_copy(work, copied, ending):
    """After a crash the last writes stand beside the file: SQLite would write them over what was restored."""
    data = work / f"left{ending}"
    data.mkdir()
    (data / f"ostiary.db{ending}").write_bytes(b"of another store")
    done = ostiary("restore", "--data", data, copied["file"])
    assert done.returncode == 1 and f"ostiary.db{ending}: File exists\n" in done.stderr
    assert "ostiary.db-shm away together" in done.stderr
    copy = work / f"copy{ending}.backup"
    (work / f"copy{ending}.backup{ending}").write_bytes(b"of another copy")
    done = ostiary("backup", "--data", work / "first" / "data", copy)
    assert done.returncode == 1 and f"{copy}{ending}: File exists\n" in done.stderr
    assert not copy.exists() and [path.name for path in data.iterdir()] == [f"ostiary.db{ending}"]


def test_a_crashed_store_that_was_moved_in_part_is_not_restored_over(work, copied):
    with Provider(realm_files([REALM | {"realm": "other"}], work / "other"), work / "crashed") as provider:
        provider.kill()
    assert (provider.data / "ostiary.db-wal").exists()
    for name in ("ostiary.db", "ostiary.db-wal", "ostiary.db-shm"):
        done = ostiary("restore", "--data", provider.data, copied["file"])
        assert done.returncode == 1 and f"{name}: File exists" in done.stderr
        (provider.data / name).rename(work / name)
    assert ostiary("restore", "--data", provider.data, copied["file"]).returncode == 0
    assert "carol" in ostiary("user", "list", "--data", provider.data, "--realm", "shop").stdout


def test_no_store_is_made_to_be_copied(work):
    done = ostiary("backup", "--data", work / "empty", work / "empty.backup")
    assert done.returncode == 1
    assert "ostiary.db: No such file or directory (--data names" in done.stderr
    done = ostiary("schema", "upgrade", "--data", work / "empty")
    assert done.returncode == 1 and "ostiary.db: No such file or directory (--data names" in done.stderr
    assert not (work / "empty").exists()
    assert not (work / "empty.backup").exists()


def test_full_disk_leaves_nothing(work, copied):
    with small_disk(work / "small", 64 * 1024) as folder:
        done = ostiary("backup", "--data", work / "first" / "data", folder / "shop.backup")
        assert done.returncode == 1
        assert "full" in done.stderr or os.strerror(28) in done.stderr
        assert list(folder.iterdir()) == []
