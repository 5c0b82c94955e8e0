# SPDX-License-Identifier: Apache-2.0
"""What survives: kill -9, key rotation, broken files, a second start."""

import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import pytest
import stores
from oidc import Client, Pkce, callback_of
from peers import free_port
from programs import provider_program
from waiting import until
from web import Browser, unverified_token


def run(*arguments, **options):
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
    )


def kid_of(token):
    return unverified_token(token)[0]["kid"]


def test_kill_9_loses_no_user_key_or_session(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    realm = provider.realm()
    tokens = realm.password(myapi, "alice", "alice-password").json()
    certs = realm.certs().json()
    browser = Browser()
    realm.log_in(browser, myapi, "bob", "bob-password", Pkce())
    provider.kill()
    provider.start()
    assert realm.certs().json() == certs
    assert realm.refresh(myapi, tokens["refresh_token"]).status == 200
    assert realm.userinfo(tokens["access_token"]).json()["preferred_username"] == "alice"
    assert realm.authorize(browser, myapi, Pkce()).status == 302


def test_kill_9_at_any_moment_lets_no_code_be_used_twice(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    realm = provider.realm()
    dice = random.Random(7)
    for _ in range(6):
        pkce = Pkce()
        code = callback_of(realm.log_in(Browser(), myapi, "alice", "alice-password", pkce))["code"]
        pid = provider.pid
        subprocess.Popen(["sh", "-c", f"sleep {dice.uniform(0, 0.01):.4f}; kill -9 {pid}"])
        confirmed = 0
        try:
            confirmed = realm.code(myapi, code, pkce).status == 200
        except (OSError, ValueError, EOFError):
            pass
        time.sleep(0.05)
        provider.kill()
        provider.start()
        again = realm.code(myapi, code, pkce)
        assert not (confirmed and again.status == 200)


def test_refresh_tokens_work_across_a_second_start(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    realm = provider.realm()
    tokens = realm.password(myapi, "alice", "alice-password").json()
    assert provider.stop() == 0
    provider.start()
    assert realm.refresh(myapi, tokens["refresh_token"]).status == 200


def test_a_new_key_is_published_before_it_signs(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    realm = provider.realm()
    before = realm.client_credentials(myapi).json()["access_token"]
    begun = time.monotonic()
    done = run("keys", "rotate", "--realm", "myrealm", "--delay", "2", "--data", provider.data)
    assert done.returncode == 0, done.stderr
    published = until(lambda: len(kids := {key["kid"] for key in realm.certs().json()["keys"]}) >= 3 and kids, "the new key")
    assert kid_of(before) in published

    def signs():
        return kid_of(realm.client_credentials(myapi).json()["access_token"])

    signed = until(lambda: (kid := signs()) != kid_of(before) and kid, "it to sign")
    assert signed in published and time.monotonic() - begun >= 1  # two seconds, of which the first had begun
    assert kid_of(before) in {key["kid"] for key in realm.certs().json()["keys"]}


def test_keys_of_a_realm_with_many_clients_are_rotated(tmp_path):
    path, data = tmp_path / "many-realm.json", ("--data", tmp_path / "data")
    clients = [{"clientId": f"client-{i}", "description": "d" * 400} for i in range(3000)]
    path.write_text(json.dumps({"realm": "many", "enabled": True, "clients": clients}))
    assert run("realm", "import", path, *data).returncode == 0
    done = run("key", "rotate", "--realm", "many", *data)
    assert (done.returncode, done.stderr) == (0, "")


def test_there_is_an_end_to_rotation(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    provider.stop()
    kids = stores.rows(provider.data, "SELECT kid FROM key WHERE realm = 'myrealm' ORDER BY algorithm")
    one = f"kid = {stores.quoted(kids[0][0])} AND algorithm = 'HS512'"
    stores.copies(provider.data, "key", one, 99 - len(kids), {"kid": "'copy-' || number"})
    assert len(stores.rows(provider.data, "SELECT kid FROM key WHERE realm = 'myrealm'")) == 99
    rotate = ("key", "rotate", "--realm", "myrealm", "--data", provider.data)
    assert run(*rotate).returncode == 0
    done = run(*rotate, "--alg", "EdDSA")
    assert done.returncode == 1 and "the realm has too many keys" in done.stderr
    assert run("key", "list", "--realm", "myrealm", "--data", provider.data).returncode == 0
    provider.start()
    assert provider.realm().client_credentials(myapi).status == 200


def test_p28_a_key_that_became_due_while_nothing_ran_signs_from_the_first_request_on(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    realm = provider.realm()
    before = kid_of(realm.client_credentials(myapi).json()["access_token"])
    provider.stop()
    rotate = ("keys", "rotate", "--realm", "myrealm", "--delay", "0", "--data", provider.data)
    for _ in range(2):  # a second time too: the first one is due
        done = run(*rotate)
        assert (done.returncode, done.stderr) == (0, "")
    waiting = run(*rotate[:4], "--delay", "600", "--data", provider.data)
    assert waiting.returncode == 0, waiting.stderr
    done = run(*rotate)
    assert done.returncode == 1
    assert re.search(r"a new key is waiting already; it signs in (5[4-9]\d|600) s", done.stderr)
    provider.start()
    first = kid_of(realm.client_credentials(myapi).json()["access_token"])
    published = [key["kid"] for key in realm.certs().json()["keys"]]
    assert first != before and before in published and first in published


def test_a_user_added_beside_the_running_provider_can_log_in(new_provider, realm_file, myapi):
    provider = new_provider([realm_file])
    done = run(
        *("user", "add", "carol", "--realm", "myrealm", "--role", "user", "--data", provider.data),
        input="carol-password\n",
    )
    assert done.returncode == 0, done.stderr
    assert provider.realm().password(myapi, "carol", "carol-password").status == 200
    again = run("user", "add", "carol", "--realm", "myrealm", "--no-password", "--data", provider.data)
    assert again.returncode == 1 and "already" in again.stderr


@pytest.mark.parametrize(
    "text, told",
    [
        ('{"realm": "x", "clients": [{"clientId": [7]}]}', "clients[0].clientId"),
        ('{"realm": "x", "clients": [{"clientId": "a", "redirectUris": ["b", {}]}]}', "clients[0].redirectUris[1]"),
        ('{"realm": "x", "users": [{"username": "a"}, {}]}', "users[1].username"),
        ('{"realm": "x",\n "enabled": tru}', "line 2"),
        ('{"realm": "x", "realm": "y"}', "same name"),
        ('{"realm": "../x"}', "realm"),
        ('{"enabled": true}', "realm"),
        ('{"realm": "x", "users": [{"username": "a"}, {"username": "A"}]}', "already"),
        ("[]", "object"),
        ("", "empty"),
    ],
)
def test_a_malformed_realm_file_says_where_and_changes_nothing(tmp_path, text, told):
    file = tmp_path / "x-realm.json"
    file.write_text(text)
    done = run("realm", "import", file, "--data", tmp_path / "data")
    assert done.returncode == 1
    assert str(file) in done.stderr and told in done.stderr, done.stderr
    for table in ("realm", '"user"', "key"):
        assert stores.rows(tmp_path / "data", f"SELECT count(*) FROM {table}") == [(0,)]


def test_export_and_import_give_the_same_realm(tmp_path, realm_file):
    assert run("realm", "import", realm_file, "--data", tmp_path / "one").returncode == 0
    exported = tmp_path / "myrealm-realm.json"
    assert run("realm", "export", "myrealm", "--output", exported, "--data", tmp_path / "one").returncode == 0
    assert os.stat(exported).st_mode & 0o777 == 0o600
    assert run("realm", "export", "myrealm", "--output", exported, "--data", tmp_path / "one").returncode == 1
    assert run("realm", "import", exported, "--data", tmp_path / "two").returncode == 0
    again = run("realm", "export", "myrealm", "--data", tmp_path / "two")
    assert json.loads(again.stdout) == json.loads(exported.read_text())


def test_an_export_does_not_depend_on_when_keys_were_made(tmp_path, realm_file):
    assert run("realm", "import", realm_file, "--data", tmp_path).returncode == 0
    before = run("realm", "export", "myrealm", "--data", tmp_path).stdout
    kids = [stores.quoted(kid) for (kid,) in stores.rows(tmp_path, "SELECT kid FROM key ORDER BY kid DESC")]
    stores.change(tmp_path, ";".join(f"UPDATE key SET created = {at} WHERE kid = {kid}" for at, kid in enumerate(kids)))
    assert len(kids) > 1
    assert run("realm", "export", "myrealm", "--data", tmp_path).stdout == before


def test_environment_variables_in_realm_files(tmp_path):
    file = tmp_path / "x-realm.json"
    nested = "${SHOWN:${MISSING:none}} ${A:${B:c}}"
    names = {"displayName": "${SHOWN} ${MISSING:none} ${client_account}", "displayNameHtml": nested}
    file.write_text(json.dumps({"realm": "x", **names}))
    environment = {**os.environ, "SHOWN": 'a"b\\c'}
    assert run("realm", "import", file, "--data", tmp_path, env=environment).returncode == 0
    realm = json.loads(run("realm", "export", "x", "--data", tmp_path).stdout)
    assert realm["displayName"] == 'a"b\\c none ${client_account}'
    # A placeholder ends at the first brace, and what it stood for is not looked at again.
    assert realm["displayNameHtml"] == 'a"b\\c} ${B:c}'


@pytest.mark.sqlite("its version (test_postgresql.py has that of a database)")
def test_a_store_of_a_newer_program_is_left_alone(tmp_path, realm_file):
    run("realm", "import", realm_file, "--data", tmp_path)
    with sqlite3.connect(tmp_path / "ostiary.db") as store:
        store.execute("PRAGMA user_version = 99")
    store.close()
    before = (tmp_path / "ostiary.db").read_bytes()
    done = run(*start_in(tmp_path))
    assert done.returncode == 1 and "newer program" in done.stderr
    done = run("realm", "export", "myrealm", "--data", tmp_path)
    assert done.returncode == 1 and "newer program" in done.stderr
    assert (tmp_path / "ostiary.db").read_bytes() == before


@pytest.mark.sqlite("a file that is none")
def test_what_is_no_store_is_refused(tmp_path):
    (tmp_path / "ostiary.db").write_bytes(b"this is not a database, but text\n" * 200)
    done = run("realm", "export", "x", "--data", tmp_path)
    assert done.returncode == 1 and "not a database" in done.stderr


def limit_file_size():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


@pytest.mark.sqlite("a file that does not fit the disk")
def test_disk_full_changes_nothing(tmp_path, realm_file):
    """A file size limit stands in for a full disk."""
    done = run(
        *("realm", "import", realm_file, "--data", tmp_path),
        preexec_fn=limit_file_size,
    )
    assert done.returncode == 1 and done.stderr.strip()
    listed = run("realm", "export", "myrealm", "--data", tmp_path)
    assert listed.returncode == 1
    assert run("realm", "import", realm_file, "--data", tmp_path).returncode == 0


@pytest.fixture
def readable():
    """A folder that everybody may read and only its owner may write, with a copy of the program."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        shutil.copy(provider_program(), folder / "ostiary")
        yield folder


def become_nobody():
    """Root may write everywhere, so it is not root who tries."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def run_as_nobody(folder, *arguments):
    return subprocess.run(
        [str(folder / "ostiary"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=become_nobody,
        cwd="/",
    )


def start_in(folder):
    return ("provider", "start-dev", "--http-port", free_port(), "--data", folder)


@pytest.mark.sqlite("who may write its file")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_store_that_cannot_be_written_is_named(readable, realm_file):
    assert run("realm", "import", realm_file, "--data", readable / "data").returncode == 0
    for path in (readable / "data", *(readable / "data").iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = {path.name: path.read_bytes() for path in (readable / "data").iterdir()}
    data, realm = readable / "data", shutil.copyfile(realm_file, readable / "realm.json")
    realm.chmod(0o644)
    for command in (start_in(data), ("realm", "import", realm, "--data", data)):
        done = run_as_nobody(readable, *command)
        assert done.returncode == 1
        assert str(readable / "data" / "ostiary.db") in done.stderr
        assert re.search("read-?only|readonly|permission", done.stderr, re.IGNORECASE), done.stderr
    assert {path.name: path.read_bytes() for path in (readable / "data").iterdir()} == before


@pytest.mark.sqlite("who may write its file")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
@pytest.mark.parametrize("made", [True, False])
def test_a_folder_that_cannot_be_written_is_named(readable, made):
    folder = readable / "data"
    if made:
        folder.mkdir(mode=0o755)
    done = run_as_nobody(readable, *start_in(folder))
    assert done.returncode == 1
    assert str(folder) in done.stderr and "ermission denied" in done.stderr, done.stderr
    assert folder.exists() == made and not list(folder.glob("*"))


def test_a_taken_port_is_named(new_provider, realm_file, tmp_path):
    provider = new_provider([realm_file])
    done = run("provider", "start-dev", "--http-port", provider.port, "--data", tmp_path)
    assert done.returncode == 1 and str(provider.port) in done.stderr and "another program has it" in done.stderr


def test_production_wants_tls_and_a_host_name(tmp_path):
    done = run("provider", "start", "--data", tmp_path)
    assert done.returncode == 2 and "https-certificate-file" in done.stderr
    done = run("provider", "start", "--http-enabled=true", "--data", tmp_path)
    assert done.returncode == 2 and "--hostname" in done.stderr


def test_the_first_administrator(new_provider, realm_file, monkeypatch):
    monkeypatch.setenv("KEYCLOAK_ADMIN", "root")
    monkeypatch.setenv("KEYCLOAK_ADMIN_PASSWORD", "root-password")
    provider = new_provider([realm_file])
    answer = provider.realm("master").password(Client("admin-cli"), "root", "root-password")
    assert answer.status == 200
    claims = unverified_token(answer.json()["access_token"])[1]
    assert claims["preferred_username"] == "root"


def test_help_and_mistakes():
    assert run("--help").returncode == 0
    assert "provider start-dev" in run("--help").stdout
    assert run("provider", "start-dev", "--help").returncode == 0
    done = run("provider", "start-dev", "--http-prot", "1")
    assert done.returncode == 2 and "did you mean --http-port" in done.stderr
    for words in (("user", "set-password", "ann"), ("user", "add", "ann"), ("user", "create", "ann")):
        done = run(*words, "--password", "a-secret-word")
        assert done.returncode == 2 and "from standard input" in done.stderr and "a-secret-word" not in done.stderr
    done = run("provider", "start-dev", "--port", "1")
    assert done.returncode == 2 and "did you mean --http-port" in done.stderr
    assert run("dance").returncode == 2
    assert run("version").stdout.startswith("ostiary ")
    done = run("token", "inspect", "eyJhbGciOiJub25lIn0.e30.x")
    assert done.returncode == 0 and "UNVERIFIED" in done.stdout
    assert run("token", "inspect", "garbage").returncode == 1
