# SPDX-License-Identifier: Apache-2.0
"""Every day's administration from the shell, while the provider runs."""

import json
import subprocess

import pytest
from oidc import Client
from programs import Provider, provider_program
from waiting import until

SHOP = {"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True, "redirectUris": ["https://shop.example/cb"]}
ANN = {"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}
OTP = {"type": "otp", "secretData": '{"value":"aaaaaaaaaaaaaaaaaaaa"}', "credentialData": '{"subType":"totp","digits":6}'}
CLIENT = Client("shop", None, "https://shop.example/cb")
FILE = {
    "realm": "x",
    "enabled": True,
    "roles": {"realm": [{"name": "boss"}], "client": {"shop": [{"name": "buyer"}]}},
    "clients": [SHOP, {"clientId": "back", "serviceAccountsEnabled": True, "secret": "back-secret"}],
    "users": [ANN, {"username": "bob", "enabled": True, "credentials": [OTP]}],
}


class Shell:
    def __init__(self, provider):
        self.provider = provider
        self.realm = provider.realm("x")

    def __call__(self, *words, fails=False, text=None):
        named = () if words[:2] in (("realm", "show"), ("realm", "set")) else ("--realm", "x")
        command = [provider_program(), *words, *named, "--data", self.provider.data]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, input=text)
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else done.stdout

    def log_in(self, password="ann-password"):
        return self.realm.password(CLIENT, "ann", password)


@pytest.fixture
def shell(tmp_path, new_provider):
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(FILE))
    return Shell(new_provider([file]))


def test_users_are_listed_and_shown_without_secrets(shell):
    lines = [line.split("\t") for line in shell("user", "list").splitlines()]
    assert [line[1] for line in lines] == ["ann", "bob", "service-account-back"]
    assert [json.loads(line)["username"] for line in shell("user", "list", "--json").splitlines()] == [line[1] for line in lines]
    shown = json.loads(shell("user", "show", "BOB"))
    assert shown["username"] == "bob" and "credentials" not in shown
    assert json.loads(shell("user", "show", lines[0][0]))["username"] == "ann"
    assert "User not found" in shell("user", "show", "nobody", fails=True)


def test_a_password_is_set(shell):
    shell("user", "set-password", "ann", text="new-password\n")
    assert (shell.log_in().status, shell.log_in("new-password").status) == (401, 200)
    shell("user", "set-password", "ann", "--temporary", text="newer-password\n")
    assert shell.log_in("newer-password").json()["error_description"] == "Account is not fully set up"
    assert "password" in shell("user", "set-password", "ann", fails=True, text="")


def test_a_disabled_user_is_kept_out_until_enabled(shell):
    refresh = shell.log_in().json()["refresh_token"]
    shell("user", "disable", "ann")
    assert shell.log_in().status == 400
    assert shell.realm.refresh(CLIENT, refresh).status == 400
    shell("user", "enable", "ann")
    assert shell.log_in().status == 200


def test_a_deleted_user_is_gone_with_their_sessions(shell):
    refresh = shell.log_in().json()["refresh_token"]
    shell("user", "delete", "ann")
    assert shell.log_in().status == 401
    assert shell.realm.refresh(CLIENT, refresh).status == 400
    assert shell("session", "list") == ""


def test_roles_are_given(shell):
    shell("user", "add-role", "ann", "boss")
    shell("user", "add-role", "ann", "buyer", "--client", "shop")
    shell("user", "add-role", "ann", "boss")
    shown = json.loads(shell("user", "show", "ann"))
    assert shown["realmRoles"].count("boss") == 1 and shown["clientRoles"] == {"shop": ["buyer"]}
    assert "Could not find role: nobody" in shell("user", "add-role", "ann", "nobody", fails=True)
    assert "Could not find client: none" in shell("user", "add-role", "ann", "buyer", "--client", "none", fails=True)


def test_a_second_factor_survives_a_change(shell):
    shell("user", "disable", "bob")
    done = subprocess.run(
        [str(provider_program()), "realm", "export", "x", "--data", str(shell.provider.data)], capture_output=True, text=True
    )
    bob = next(user for user in json.loads(done.stdout)["users"] if user["username"] == "bob")
    assert bob["credentials"] == [OTP] and bob["enabled"] is False


def test_clients_are_listed_shown_and_set(shell):
    assert "shop\tpublic\tenabled" in shell("client", "list")
    assert "secret" not in json.loads(shell("client", "show", "back"))
    assert "back-secret" not in shell("client", "list", "--json")
    shell("client", "set", "shop", "directAccessGrantsEnabled=false", "attributes.access.token.lifespan=77")
    until(lambda: shell.log_in().status == 400)
    shell("client", "set", "shop", "directAccessGrantsEnabled=true")
    until(lambda: shell.log_in().status == 200)
    assert shell.log_in().json()["expires_in"] == 77
    assert "enabled" in shell("client", "set", "shop", "enabled=maybe", fails=True)
    assert "Could not find client" in shell("client", "show", "nobody", fails=True)


def test_a_client_gets_a_new_secret(shell):
    assert shell("client", "secret", "back") == "back-secret\n"
    new = shell("client", "secret", "back", "--regenerate").strip()
    assert len(new) == 32
    until(lambda: shell.realm.client_credentials(Client("back", new)).status == 200)
    assert shell.realm.client_credentials(Client("back", "back-secret")).status == 401


def test_sessions_are_listed_and_ended(shell):
    tokens = [shell.log_in().json()["refresh_token"] for _ in range(3)]
    ids = [line.split("\t")[0] for line in shell("session", "list", "--user", "ann").splitlines()]
    assert len(ids) == 3 and {one["id"] for one in json.loads(shell("session", "list", "--json"))} == set(ids)
    shell("session", "end", ids[0])
    assert "Session not found" in shell("session", "end", ids[0], fails=True)
    assert sorted(shell.realm.refresh(CLIENT, token).status for token in tokens) == [200, 200, 400]
    assert shell("session", "end", "--user", "ann") == "2 ended\n"
    assert shell("session", "list") == ""


def test_keys_are_listed_without_their_private_parts(shell):
    keys = json.loads(shell("key", "list", "--json"))
    assert sorted(key["algorithm"] for key in keys) == ["HS512", "RS256", "RSA-OAEP"]
    assert {"kid", "algorithm", "use", "status", "created"} == set(keys[0])
    shell("key", "rotate", "--alg", "EdDSA", "--delay", "100")
    assert "EdDSA\tsig\tnext" in shell("key", "list")
    assert "cannot be signed with HS256" in shell("key", "rotate", "--alg", "HS256", fails=True)
    assert "but with RS256, RS384" in shell("key", "rotate", "--alg", "rs256", fails=True)


def test_settings_of_the_realm_are_shown_and_set(shell):
    shell("realm", "set", "x", "accessTokenLifespan=99", "displayName=The shop")
    until(lambda: shell.log_in().json()["expires_in"] == 99)
    shown = json.loads(shell("realm", "show", "x"))
    assert (shown["displayName"], shown["accessTokenLifespan"]) == ("The shop", 99)
    assert "clients" not in shown
    shell("realm", "set", "x", "displayName=")
    assert "displayName" not in json.loads(shell("realm", "show", "x"))
    for wrong, told in (("accessTokenLifespan=soon", "accessTokenLifespan"), ("realm=y", "stay"), ("nonsense", "NAME=VALUE")):
        assert told in shell("realm", "set", "x", wrong, fails=True)
    assert shell("realm", "show", "nowhere", fails=True).strip().endswith("Realm not found: nowhere")
    assert shell("realm", "show", "y", fails=True).strip().endswith("Realm not found: y")


def test_the_first_password_counts_once_and_a_start_says_so(tmp_path):
    """Whoever has forgotten it finds the way in the log and in docs/usage/provider-administration.md."""
    cli = Client("admin-cli")
    with Provider([], tmp_path / "admins", administrator=("root", "first-password")) as provider:
        assert provider.realm("master").password(cli, "root", "first-password").status == 200
        assert "has no effect" not in provider.log.read_text()
    with Provider([], tmp_path / "admins", administrator=("root", "other-password")) as provider:
        realm, told = provider.realm("master"), provider.log.read_text()
        assert "the password that is given for the first administrator has no effect" in told and "other-password" not in told
        assert [realm.password(cli, "root", word).status for word in ("first-password", "other-password")] == [200, 401]
        words = ("user", "set-password", "root", "--realm", "master", "--data", provider.data)
        subprocess.run([provider_program(), *map(str, words)], input="third-password\n", text=True, check=True, capture_output=True, timeout=60)
        assert [realm.password(cli, "root", word).status for word in ("first-password", "third-password")] == [401, 200]
        words = ("realm", "show", "mastre", "--data", provider.data)
        done = subprocess.run([provider_program(), *map(str, words)], text=True, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr.strip()) == (1, "ostiary: realm show: Realm not found: mastre; did you mean master?")
