# SPDX-License-Identifier: Apache-2.0
"""`realm import --replace` and `--merge` over a realm of many users, who are read and compared some at a time: nothing
depends on who stands beside whom, in either engine, sealed or in clear."""

import copy
import json
import secrets
import subprocess

import pytest
import stores
from nodes import cluster  # noqa: F401  (a fixture)
from programs import provider_program

MANY = 600  # more than a portion of 512
OTP = {"type": "otp", "secretData": '{"value":"aaaaaaaaaaaaaaaaaaaa"}', "credentialData": '{"subType":"totp","digits":6}'}
HASH = {
    "type": "password",
    "secretData": '{"value":"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=","salt":"c2FsdHNhbHRzYWx0c2FsdA=="}',
    "credentialData": '{"hashIterations":210000,"algorithm":"pbkdf2-sha512","additionalParameters":{}}',
}


def uid(number):
    return f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-{number:012x}"


def user(number, **members):
    credentials = [HASH, OTP] if number % 3 == 0 else [HASH]
    return {"id": uid(number), "username": f"user{number:05}", "email": f"u{number}@x.example", "enabled": True,
            "credentials": credentials, **members}


REALM = {
    "realm": "x",
    "enabled": True,
    "roles": {"realm": [{"name": "boss"}, {"name": "gone"}]},
    "groups": [{"name": "staff"}],
    "clients": [{"clientId": "back", "serviceAccountsEnabled": True, "secret": "back-secret"},
                {"clientId": "shop", "publicClient": True, "consentRequired": True}],
}


def realm(users, **members):
    return {**copy.deepcopy(REALM), **members, "users": users}


class Store:
    def __init__(self, folder, where):
        self.folder, self.where = folder, where

    def run(self, *words, text=None):
        command = [provider_program(), *words, *self.where]
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, input=text)

    def take(self, content, *words, refused=None):
        file = self.folder / "x-realm.json"
        file.write_text(json.dumps(content))
        done = self.run("realm", "import", file, "--json", *words)
        if refused is not None:
            assert done.returncode == 1 and refused in done.stderr, done.stderr
            return None
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)[0]

    def users(self):
        done = self.run("realm", "export", "x")
        assert done.returncode == 0, done.stderr
        return {one["username"]: one for one in json.loads(done.stdout)["users"]}


@pytest.fixture
def store(request, tmp_path):
    kind = getattr(request, "param", "sqlite")
    where = ["--data", tmp_path / "data"]
    if kind == "postgresql":
        name = f"m{secrets.token_hex(6)}"
        where = ["--db-url", request.getfixturevalue("cluster").database(name)]
    if kind == "sealed":
        key = tmp_path / "master"
        key.write_text(secrets.token_hex(32) + "\n")
        key.chmod(0o600)
        where += ["--master-key-file", key]
    made = Store(tmp_path, where)
    made.kind = kind
    made.take(realm([user(n) for n in range(MANY)]))
    return made


EVERYWHERE = pytest.mark.parametrize("store", ["sqlite", "sealed", "postgresql"], indirect=True)
BOTH = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)


def counts(report):
    return tuple(report["changes"][action] for action in ("added", "overwritten", "removed"))


def sealed_rows(folder):
    return stores.rows(folder / "data", """SELECT count(*) FROM "user" WHERE document NOT LIKE '{%'""")[0][0]


@EVERYWHERE
def test_who_stays_keeps_credentials_and_who_is_not_named_goes(store):
    before = store.users()
    kept = [user(n, firstName="Ann") for n in range(0, MANY, 2)]
    for one in kept:
        del one["credentials"]
    there = counts(store.take(realm(kept), "--replace", "--dry-run"))
    assert there == (0, MANY // 2, MANY // 2) and store.users() == before
    assert counts(store.take(realm(kept), "--replace")) == there
    after = store.users()
    assert len(after) == MANY // 2 + 1  # and the account of a client
    for name, one in after.items():
        assert one.get("credentials") == before[name].get("credentials") and one["id"] == before[name]["id"]
        assert one.get("firstName") == ("Ann" if name.startswith("user") else None)
    assert any(len(one.get("credentials", ())) == 2 for one in after.values())
    if store.kind == "sealed":
        assert sealed_rows(store.folder) == len(range(0, MANY, 6))  # who has a second factor
    assert store.take(realm(kept), "--replace")["outcome"] == "unchanged"


@EVERYWHERE
@pytest.mark.parametrize("mode", ["--replace", "--merge"])
def test_names_change_places_across_portions(store, mode):
    """Everybody gets the name and address of who stands at the other end; and somebody new a name that is left."""
    turned = [user(n, username=f"user{MANY - 1 - n:05}", email=f"u{MANY - 1 - n}@x.example") for n in range(MANY)]
    turned[3].update(username="other", email="other@x.example")
    new = user(MANY, username=f"user{MANY - 4:05}", email=f"u{MANY - 4}@x.example")
    if mode == "--merge":  # to which the name says who is meant
        new.update(username="new")
    assert counts(store.take(realm([*turned, new]), mode)) == (1, MANY, 0)
    after = store.users()
    assert {one["id"] for one in after.values()} >= {uid(n) for n in range(MANY + 1)}
    assert after["other"]["id"] == uid(3) and after["user00000"]["id"] == uid(MANY - 1)
    assert after[new["username"]]["id"] == uid(MANY)
    assert [type_["type"] for type_ in after["other"]["credentials"]] == ["password", "otp"]


@BOTH
def test_ids_given_and_not(store):
    """Without an id the name counts; with another id, the same name is somebody else to --replace, and not to --merge."""
    nameless = [{"username": f"USER{n:05}", "lastName": "Named"} for n in range(550)]
    assert counts(store.take(realm(nameless), "--merge")) == (0, 550, 0)
    after = store.users()
    assert after["user00000"]["lastName"] == "Named" and after["user00549"]["id"] == uid(549)
    foreign = [user(n, id=uid(n + 50000)) for n in range(MANY)]
    assert counts(store.take(realm(foreign), "--merge", "--dry-run")) == (0, 0, 0)
    assert counts(store.take(realm(foreign), "--replace")) == (MANY, 0, MANY)
    assert store.users()["user00007"]["id"] == uid(50007)


@BOTH
def test_who_is_meant_twice_is_refused_wherever_they_stand(store):
    before = store.users()
    twice = [*(user(n, firstName="A") for n in range(MANY)), {"username": "User00002", "firstName": "B"}]
    for mode in ("--replace", "--merge"):
        store.take(realm(twice), mode, refused=f"users[{MANY}]: the user user00002 is there twice")
        store.take(realm(twice), mode, "--dry-run", refused="is there twice")
    wrong = [*(user(n, firstName="A") for n in range(MANY)), user(MANY, groups=["/none"])]
    store.take(realm(wrong), "--merge", refused=f"users[{MANY}].groups[0]: no group /none")
    new = [*(user(n, firstName="A") for n in range(MANY)), user(MANY), user(MANY + 1, username=f"user{MANY:05}")]
    store.take(realm(new), "--merge", refused=f"there is a user of the name, id or address of user{MANY:05}")
    assert store.users() == before


@BOTH
def test_what_the_realm_loses_its_users_lose(store):
    members = [user(n, realmRoles=["boss", "gone"], groups=["/staff"]) for n in range(0, MANY, 2)]
    store.take(realm(members), "--merge")
    smaller = realm([], roles={"realm": [{"name": "boss"}]})
    del smaller["users"]
    assert counts(store.take(smaller, "--replace"))[2] == 1
    after = store.users()
    assert len(after) == MANY + 1
    assert after["user00000"]["realmRoles"] == ["boss"] and after["user00000"]["groups"] == ["/staff"]
    assert after[f"user{MANY - 2:05}"]["realmRoles"] == ["boss"] and "gone" not in json.dumps(list(after.values()))


@BOTH
def test_consents_alone_are_a_change(store):
    given = user(1, clientConsents=[{"clientId": "shop", "grantedClientScopes": ["profile"]}])
    assert counts(store.take(realm([given]), "--merge", "--dry-run")) == (0, 1, 0)
    report = store.take(realm([given]), "--merge")
    assert report["changes"]["results"][0]["members"] == ["clientConsents"]
    assert store.users()["user00001"]["clientConsents"][0]["grantedClientScopes"] == ["profile"]
    assert store.take(realm([given]), "--merge")["outcome"] == "unchanged"


def test_plain_passwords_of_users_who_are_there(store):
    """One that is known stays as it is; another is hashed, in the place of what was there."""
    plain = {"credentials": [{"type": "password", "value": "new password"}]}
    changed = [user(n, **(plain if n in (5, 555) else {})) for n in range(MANY)]
    assert counts(store.take(realm(changed), "--merge")) == (0, 2, 0)
    after = store.users()
    assert after["user00005"]["credentials"][0] != after["user00555"]["credentials"][0] != HASH
    assert store.take(realm(changed), "--merge")["outcome"] == "unchanged"
    assert store.users() == after
    assert [one["type"] for one in after["user00006"]["credentials"]] == ["password", "otp"]


@BOTH
def test_ids_that_no_engine_writes_as_they_stand(store):
    odd = [user(MANY + 1, id="tab\there", username="odd\there"), user(MANY + 2, id="dle\x10a\x10", username="\x10ff")]
    assert counts(store.take(realm(odd), "--merge")) == (2, 0, 0)
    assert store.take(realm(odd), "--merge")["outcome"] == "unchanged"
    odd = [{**one, "lastName": "Odd"} for one in odd]
    assert counts(store.take(realm(odd), "--replace")) == (0, 2, MANY)
    assert {one["id"] for one in store.users().values()} > {"tab\there", "dle\x10a\x10"}


def test_the_text_of_many_changes_is_short_and_counts_all(store):
    (store.folder / "x-realm.json").write_text(json.dumps(realm([user(n, firstName="A") for n in range(MANY)])))
    done = store.run("realm", "import", store.folder / "x-realm.json", "--merge", "--dry-run")
    assert done.stdout.count("  ~ USER user") == 200 and f"  … and {MANY - 200} more (--json has them all)" in done.stdout
    assert f"  0 added, {MANY} overwritten, 0 removed" in done.stdout
