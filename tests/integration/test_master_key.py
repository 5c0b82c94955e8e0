# SPDX-License-Identifier: Apache-2.0
"""Private keys and realms sealed under a master key: taken over at the first start that has one, refused without it and
with another one before anything is served, moved to a new one while the provider runs, and the same in copies."""

import json
import os
import re
import secrets
import subprocess

import pytest
import stores
from oidc import Client
from programs import Provider, provider_program
from waiting import until

CLIENT = Client("service", "the-secret-of-the-service", "http://localhost:8000/auth")
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [{"clientId": "service", "secret": CLIENT.secret, "serviceAccountsEnabled": True}],
}
PRIVATE_PARTS = re.compile(rb'"(?:d|p|q|dp|dq|qi|k)":"([A-Za-z0-9_-]{40,})"')


def ostiary(*words, environment=None):
    return subprocess.run(
        [provider_program(), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **(environment or {})},
    )


def secrets_in(data):
    found = stores.content(data)
    return PRIVATE_PARTS.findall(found), CLIENT.secret.encode() in found


def token(provider):
    answer = provider.realm("shop").client_credentials(CLIENT)
    assert answer.status == 200, answer.text
    return answer.json()["access_token"]


def kids_of(provider):
    return {key["kid"] for key in provider.realm("shop").certs().json()["keys"]}


def id_of(data):
    found = re.search(rb"sealed\.1\.([0-9a-f]{16})\.", stores.content(data))
    return found[1].decode()


@pytest.fixture(scope="module")
def file(work):
    path = work / "shop-realm.json"
    path.write_text(json.dumps(REALM))
    return path


@pytest.fixture(scope="module")
def keys(work):
    """Two files, each with a master key."""
    paths = work / "master-1", work / "master-2"
    for path in paths:
        path.write_text(secrets.token_hex(32) + "\n")
        path.chmod(0o600)
    return paths


@pytest.fixture(scope="module")
def sealed(work, file, keys):
    """A store that was in clear, and was then served once with a master key."""
    provider = Provider([file], work / "sealed")
    with provider:
        before = provider.realm("shop").certs().json()
    private, secret = secrets_in(provider.data)
    assert len(private) >= 3 and secret
    provider.command += ["--master-key-file", str(keys[0])]
    with provider:
        assert provider.realm("shop").certs().json() == before
        token(provider)
        assert not any(part in stores.content(provider.data) for part in private)
    assert "3 private keys and 1 realm lay in clear and are sealed under the master key now" in provider.log.read_text()
    provider.private = private
    return provider


def test_nothing_secret_lies_in_clear_after_the_first_start(sealed):
    assert secrets_in(sealed.data) == ([], False)
    assert not any(part in stores.content(sealed.data) for part in sealed.private)


@pytest.mark.parametrize("other", ["none", "another"])
def test_provider_does_not_serve_without_its_key(sealed, keys, other):
    words = ["provider", "start-dev", "--http-port", sealed.port, "--data", sealed.data]
    if other == "another":
        words += ["--master-key-file", keys[1]]
    done = ostiary(*words)
    assert done.returncode == 1
    said = "none was given" if other == "none" else "the one that was given is"
    assert f"the store is sealed under the master key {id_of(sealed.data)}" in done.stderr
    assert said in done.stderr and "listening" not in done.stderr


@pytest.mark.parametrize(
    "words", [["realm", "export", "shop"], ["key", "list", "--realm", "shop"], ["key", "rotate", "--realm", "shop"]]
)
def test_commands_ask_for_the_key(sealed, keys, words):
    done = ostiary(*words, "--data", sealed.data)
    assert done.returncode == 1 and "--master-key-file" in done.stderr and not done.stdout
    done = ostiary(*words, "--data", sealed.data, "--master-key-file", keys[0])
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_export_is_in_clear_and_key_list_tells_the_master_key(sealed, keys):
    done = ostiary("realm", "export", "shop", "--data", sealed.data, "--master-key-file", keys[0])
    assert CLIENT.secret in done.stdout and "privateKey" in done.stdout
    done = ostiary("key", "list", "--realm", "shop", "--json", "--data", sealed.data, "--master-key-file", keys[0])
    assert {key["masterKey"] for key in json.loads(done.stdout)} == {id_of(sealed.data)}


def test_every_place_of_a_key_is_read_and_two_are_refused(sealed, keys, work):
    words = ["key", "list", "--realm", "shop", "--data", sealed.data]
    text = keys[0].read_text().strip()
    credentials = work / "credentials"
    credentials.mkdir()
    (credentials / "ostiary-master-key").write_bytes(bytes.fromhex(text))
    for options, environment in (
        (["--master-key-command", f"cat {keys[0]}"], {}),
        ([], {"OSTIARY_MASTER_KEY_FILE": str(keys[0])}),
        ([], {"OSTIARY_MASTER_KEY_COMMAND": f"cat '{keys[0]}'"}),
        ([], {"OSTIARY_MASTER_KEY": text}),
        ([], {"CREDENTIALS_DIRECTORY": str(credentials)}),
        (["--master-key-file", str(keys[0])], {"CREDENTIALS_DIRECTORY": "/nonexistent"}),
    ):
        done = ostiary(*words, *options, environment=environment)
        assert done.returncode == 0, (options, environment, done.stderr)
    done = ostiary(*words, "--master-key-file", keys[0], environment={"OSTIARY_MASTER_KEY": text})
    assert done.returncode == 1 and "comes from one place" in done.stderr
    done = ostiary(*words, "--master-key", text)
    assert done.returncode == 1 and "everyone on this machine" in done.stderr and text not in done.stderr


@pytest.mark.parametrize(
    "options, said",
    [
        (["--master-key-file", "/nonexistent/key"], "No such file"),
        (["--master-key-file", "/dev/null"], "there is no key in it"),
        (["--master-key-file", "/dev/zero"], "it is too long"),
        (["--master-key-command", "exit 3"], "exit status 3"),
        (["--master-key-command", "echo hunter2"], "line 1 is not a key"),
    ],
)
def test_what_gives_no_key_is_refused_in_words(sealed, options, said):
    done = ostiary("key", "list", "--realm", "shop", "--data", sealed.data, *options)
    assert done.returncode == 1 and said in done.stderr and "hunter2" not in done.stderr


@pytest.mark.sqlite("backup and restore")
def test_copy_stays_sealed_and_opens_with_the_same_key(sealed, keys, work):
    copy, data = work / "copy.db", work / "restored"
    done = ostiary("backup", "--data", sealed.data, copy)
    assert done.returncode == 0, done.stderr
    assert CLIENT.secret.encode() not in copy.read_bytes()
    assert ostiary("restore", "--data", data, copy).returncode == 0
    assert ostiary("key", "list", "--realm", "shop", "--data", data).returncode == 1
    done = ostiary("key", "list", "--realm", "shop", "--data", data, "--master-key-file", keys[0])
    assert done.returncode == 0 and "RS256" in done.stdout


def test_new_store_is_sealed_from_the_start(work, file, keys):
    provider = Provider([file], work / "new", arguments=["--master-key-file", str(keys[0])])
    with provider:
        token(provider)
        assert secrets_in(provider.data) == ([], False)


def test_store_moves_to_a_new_key_while_the_provider_runs(work, file, keys):
    """As the handbook says: the new key on top of the file, one command, the old key out of the file."""
    current = work / "current-master"
    current.write_text(keys[0].read_text())
    provider = Provider([file], work / "moving", arguments=["--master-key-file", str(current)])
    admin = ("--data", provider.data, "--master-key-file", current)
    with provider:
        old = id_of(provider.data)
        current.write_text(keys[1].read_text() + keys[0].read_text())
        done = ostiary("key", "reencrypt", *admin)
        assert done.returncode == 0 and "3 private keys and 1 realm sealed anew" in done.stdout, done.stderr
        assert id_of(provider.data) != old
        current.write_text(keys[1].read_text())
        kids = kids_of(provider)
        assert ostiary("key", "rotate", "--realm", "shop", "--delay", "0", *admin).returncode == 0
        until(lambda: token(provider) and kids_of(provider) != kids, provider.log_tail, step=0.1)
        assert len(kids_of(provider) - kids) == 1
    with provider:
        token(provider)
    assert f"sealed.1.{old}".encode() not in stores.content(provider.data)
    done = ostiary("key", "reencrypt", "--data", provider.data, "--master-key-file", keys[0])
    assert done.returncode == 1 and "the one that was given is" in done.stderr


def test_attack_a_key_in_the_place_of_another_is_not_used(work, file, keys):
    """Who may write to the file, and cannot read what is sealed, lets one realm sign with the key of another, or with one
    of their own."""
    other = work / "other-realm.json"
    other.write_text(json.dumps({**REALM, "realm": "other"}))
    provider = Provider([file, other], work / "attacked", arguments=["--master-key-file", str(keys[0])])
    with provider:
        token(provider)
    own = ostiary("jwk", "generate", "--alg", "RS256").stdout
    [(kid, before)] = stores.rows(provider.data, "SELECT kid, jwk FROM key WHERE realm = 'shop' AND algorithm = 'RS256'")
    for jwk in ("SELECT jwk FROM key WHERE realm = 'other' AND algorithm = 'RS256'", stores.quoted(own)):
        stores.change(provider.data, f"UPDATE key SET jwk = ({jwk}) WHERE kid = '{kid}'")
        done = ostiary(*provider.command[1:])
        assert done.returncode == 1 and "realm shop" in done.stderr and "listening" not in done.stderr
        stores.change(provider.data, f"UPDATE key SET jwk = {stores.quoted(before)} WHERE kid = '{kid}'")
    with provider:
        token(provider)
