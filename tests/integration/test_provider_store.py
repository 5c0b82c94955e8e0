# SPDX-License-Identifier: Apache-2.0
"""C5: a store that cannot be written or read. Health, metrics and one line tell it, what needs the store is refused in
words that clients understand, nothing is half done, and all is well again without a restart."""

import os
import re
import shutil
import sqlite3
import time

import pytest
from fault_layer import FaultLayer, fill, small_disk
from oidc import Pkce, callback_of
from programs import Provider
from waiting import until
from web import Browser

pytestmark = pytest.mark.sqlite("faults of its file (test_postgresql.py has those of a database)")

INDEX_ROOM = 9 * 4096  # what opening a store takes beside it


def health(provider, path="/health/ready"):
    answer = Browser().get(f"{provider.base}{path}")
    return answer.status, answer.json()


def reason(provider):
    """What readiness says is wrong; None: it is ready."""
    status, body = health(provider)
    assert (status, body["status"]) in ((200, "UP"), (503, "DOWN"))
    return None if status == 200 else body["checks"][0]["data"]["reason"]


def metric(provider, name):
    text = Browser().get(f"{provider.base}/metrics").text
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[1])


def said(provider, pattern):
    """Lines that the program said about itself."""
    lines = provider.log.read_text(errors="replace").splitlines()
    return [line.removeprefix("ostiary: ") for line in lines if re.fullmatch(f"ostiary: {pattern}", line)]


def assert_unavailable(answer):
    """As RFC 6749 has it for authorization servers, with when to come again."""
    assert answer.status == 503, (answer.status, answer.body)
    assert answer.json()["error"] == "temporarily_unavailable"
    assert int(answer.header("Retry-After")) > 0


class Users:
    """Everything that a store is needed for, tried by those who have logged in before it failed."""

    def __init__(self, realm, client):
        self.realm, self.client = realm, client
        self.tokens = realm.password(client, "alice", "alice-password").json()
        self.browser, self.pkce = Browser(), Pkce()
        self.code = callback_of(realm.log_in(self.browser, client, "bob", "bob-password", self.pkce))["code"]

    def post(self, path, **form):
        return Browser().post(self.realm.endpoint(path), form, self.client.auth)

    def assert_refused(self):
        realm, client = self.realm, self.client
        assert_unavailable(realm.password(client, "alice", "alice-password"))
        assert_unavailable(realm.refresh(client, self.tokens["refresh_token"]))
        assert_unavailable(realm.code(client, self.code, self.pkce))
        assert_unavailable(self.post("revoke", token=self.tokens["refresh_token"]))
        assert_unavailable(self.post("logout", refresh_token=self.tokens["refresh_token"]))
        # A browser is sent back with RFC 6749 §4.1.2.1's error, or told on a page.
        answer = realm.authorize(self.browser, client, Pkce())
        if answer.status == 302:
            query = callback_of(answer)
            assert query["error"] == "temporarily_unavailable" and "code" not in query
        else:
            assert answer.status == 503 and int(answer.header("Retry-After")) > 0
        # What needs no store goes on.
        assert realm.client_credentials(client).status == 200
        assert realm.certs().status == 200

    def assert_served(self):
        """Nothing that was refused has used anything up."""
        realm, client = self.realm, self.client
        assert realm.code(client, self.code, self.pkce).status == 200
        assert realm.userinfo(self.tokens["access_token"]).status == 200
        assert realm.refresh(client, self.tokens["refresh_token"]).status == 200
        assert realm.password(client, "alice", "alice-password").status == 200
        assert realm.authorize(self.browser, client, Pkce()).status == 302


def assert_fails(provider, users, word, sentence, ask=True):
    """`ask`: somebody does; without, the provider has to find it out by itself."""
    if ask:
        users.realm.password(users.client, "alice", "alice-password")
    until(lambda: reason(provider) == word, f"not ready for {word}")
    assert health(provider, "/health")[0] == 503
    assert health(provider, "/health/live")[0] == health(provider, "/health/started")[0] == 200
    users.assert_refused()
    assert metric(provider, "ostiary_provider_store_failing_seconds") > 0
    assert metric(provider, f'ostiary_provider_store_failures_total{{reason="{word}"}}') > 0
    until(lambda: said(provider, "the store fails.*"), "told")
    assert said(provider, "the store (fails|works again).*") == [f"the store fails: {sentence}"]
    log = provider.log.read_text(errors="replace")
    assert f'store="{word}"' in log and " status=500 " not in log


def assert_works_again(provider, users):
    until(lambda: reason(provider) is None, "ready again")
    users.assert_served()
    assert metric(provider, "ostiary_provider_store_failing_seconds") == 0
    until(lambda: len(said(provider, r"the store works again, after \d+ s")) == 1, "told")
    assert len(said(provider, "the store (fails|works again).*")) == 2


@pytest.fixture
def started(tmp_path):
    """Providers with what stands around them; all of it ends with the test."""
    made = []

    def start(realm_files, folder, environment=None):
        program = Provider(realm_files, folder)
        program.environment.update(environment or {})
        made.append(program)
        return program.start()

    yield start
    for program in made:
        program.stop()


def test_c5_a_full_disk(started, tmp_path, realm_file, myapi):
    with small_disk(tmp_path / "disk", "4m") as disk:
        provider = started([realm_file], disk)
        provider_log = tmp_path / "provider.log"
        provider.stop()
        provider.log = provider_log  # a log on the disk would be cut off by it
        provider.start()
        users = Users(provider.realm(), myapi)
        filler = fill(disk)
        assert_fails(provider, users, "disk-full", "the disk is full")
        filler.unlink()
        assert_works_again(provider, users)
        provider.stop()


def test_c5_started_on_a_full_disk(started, tmp_path, realm_file, myapi):
    with small_disk(tmp_path / "disk", "4m") as disk:
        provider = started([realm_file], disk)
        provider.stop()
        provider.log = tmp_path / "provider.log"
        filler = fill(disk)
        with pytest.raises(RuntimeError, match=r"ostiary\.db: .*No space left on device"):
            provider.start()
        os.truncate(filler, filler.stat().st_size - INDEX_ROOM)
        provider.ready_url = f"{provider.base}/health/live"
        provider.start()
        assert reason(provider) == "disk-full"
        assert_unavailable(provider.realm().password(myapi, "alice", "alice-password"))
        filler.unlink()
        until(lambda: reason(provider) is None, "ready")
        assert provider.realm().password(myapi, "alice", "alice-password").status == 200
        provider.stop()


@pytest.fixture
def layered(started, tmp_path, realm_file, myapi):
    layer = FaultLayer(tmp_path / "control", tmp_path / "provider" / "data")
    provider = started([realm_file], tmp_path / "provider", layer.environment)
    return provider, layer, Users(provider.realm(), myapi)


@pytest.mark.parametrize(
    ("faults", "word", "sentence"),
    [
        ({"write": "EIO"}, "io-error", "the disk cannot be read or written"),
        ({"sync": "EIO"}, "io-error", "the disk cannot be read or written"),
        ({"write": "ENOSPC"}, "disk-full", "the disk is full"),
        ({"write": "EDQUOT"}, "disk-full", "the disk is full"),
        ({"write": "EROFS"}, "io-error", "the disk cannot be read or written"),
    ],
    ids=["write", "sync", "full", "quota", "read-only"],
)
def test_c5_a_disk_that_takes_nothing(layered, faults, word, sentence):
    provider, layer, users = layered
    layer.set(**faults)
    assert_fails(provider, users, word, sentence, ask=word != "sync")
    layer.set(**dict.fromkeys(faults))
    assert_works_again(provider, users)


def test_c5_a_disk_that_gives_nothing(layered):
    provider, layer, users = layered
    layer.set(read="EIO", write="EIO")
    assert_fails(provider, users, "io-error", "the disk cannot be read or written")
    layer.set(read=None, write=None)
    assert_works_again(provider, users)


def test_c5_a_store_that_is_locked(started, tmp_path, realm_file, myapi):
    provider = started([realm_file], tmp_path / "provider")
    users = Users(provider.realm(), myapi)
    other = sqlite3.connect(provider.data / "ostiary.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert_unavailable(provider.realm().password(myapi, "alice", "alice-password"))  # after a wait
    begun = time.monotonic()
    assert_fails(provider, users, "locked", "another process holds it locked")
    assert time.monotonic() - begun < 15  # nobody waits for what is known to fail: five seconds, each of them
    other.execute("ROLLBACK")
    other.close()
    assert_works_again(provider, users)


def test_c5_a_file_that_was_moved_away(started, tmp_path, realm_file, myapi):
    provider = started([realm_file], tmp_path / "provider")
    users = Users(provider.realm(), myapi)
    file, away = provider.data / "ostiary.db", provider.data / "away.db"
    file.rename(away)
    until(lambda: reason(provider) == "moved", "noticed")
    assert_unavailable(provider.realm().password(myapi, "alice", "alice-password"))
    shutil.copy(away, file)  # another file of that name is not the one
    time.sleep(1.5)
    assert reason(provider) == "moved"
    away.rename(file)
    assert_works_again(provider, users)


def test_c5_a_log_of_the_file_that_was_deleted(started, tmp_path, realm_file, myapi):
    """What is written goes into a file without a name: told, and kept when the program ends well."""
    provider = started([realm_file], tmp_path / "provider")
    users = Users(provider.realm(), myapi)
    (provider.data / "ostiary.db-wal").unlink()
    until(lambda: reason(provider) == "moved", "noticed")
    assert_unavailable(provider.realm().password(myapi, "alice", "alice-password"))
    provider.stop()
    provider.start()
    users.assert_served()
    assert reason(provider) is None


def test_c5_a_file_that_was_overwritten(started, tmp_path, realm_file, myapi):
    provider = started([realm_file], tmp_path / "provider")
    users = Users(provider.realm(), myapi)
    provider.stop()
    provider.start()
    good = (provider.data / "ostiary.db").read_bytes()
    with open(provider.data / "ostiary.db", "r+b") as file:
        file.write(b"\0" * len(good))
    users.realm.password(myapi, "alice", "alice-password")
    until(lambda: reason(provider) == "damaged", "noticed")
    assert_unavailable(users.realm.password(myapi, "alice", "alice-password"))
    # What cannot be looked up is no reason to say that a token is bad.
    assert_unavailable(users.realm.userinfo(users.tokens["access_token"]))
    assert_unavailable(users.post("token/introspect", token=users.tokens["access_token"]))
    until(lambda: said(provider, "the store fails: the file is damaged; restore a backup"), "told")
