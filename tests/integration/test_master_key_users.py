# SPDX-License-Identifier: Apache-2.0
"""Users with second factors lie sealed under the master key, and others as they are: taken over at the first start with a
key, opened by exports, logins and the admin API, moved to a new key, and none in the place of another."""

import json

import pytest
import stores
from oidc import Client, callback_of
from one_time_codes import KEY, credential, hotp, totp
from recovery_codes import code_of, flows_with_recovery, hash_of, recovery_codes
from test_master_key import keys, ostiary  # noqa: F401  (a fixture)
from test_recovery_codes import bring
from test_second_factors import APP, direct, realm_of, user
from web import Browser, bearer

from programs import Provider

GROUP = {"name": "staff"}
PEOPLE = [
    user("ann", credential(), groups=["/staff"]),
    user("bea", credential("b" * 20)),
    user("bob", groups=["/staff"]),
    user("cat", recovery_codes()),
    user("dan", credential(kind="hotp", counter=5)),
    *(user(f"many{n}", credential(f"key-of-many-{n:08}")) for n in range(120)),
]
REALM = realm_of("folk", *PEOPLE, groups=[GROUP], **flows_with_recovery())
OWNERS = 3 + 1 + 120


@pytest.fixture(scope="module")
def file(work):
    path = work / "folk-realm.json"
    path.write_text(json.dumps(REALM))
    return path


@pytest.fixture(scope="module")
def sealed(work, file, keys):  # noqa: F811
    """A store that was in clear, and was then served once with a master key."""
    provider = Provider([file], work / "folk")
    with provider:
        assert direct(provider.realm("folk"), "ann", totp=totp()).status == 200
    assert KEY.encode() in stores.content(provider.data)
    provider.command += ["--master-key-file", str(keys[0])]
    with provider:
        pass
    return provider


def lie_in_clear(data):
    found = stores.content(data)
    return [secret for secret in (KEY, "b" * 20, "key-of-many-00000119", hash_of(code_of(2))) if secret.encode() in found]


def documents(data):
    return dict(stores.rows(data, 'SELECT username, document FROM "user"'))


def admin_of(provider):
    token = provider.realm("folk").password(Client("admin-cli"), "keeper", "keeper").json()["access_token"]

    def ask(method, path, body=None):
        headers = {**bearer(token), "Content-Type": "application/json"}
        body = None if body is None else json.dumps(body).encode()
        return Browser().request(method, f"{provider.base}/admin/realms/folk{path}", body, headers)

    return ask


def test_who_has_a_secret_is_sealed_and_others_are_not(sealed):
    assert f"and {OWNERS} users lay in clear" in sealed.log.read_text()
    assert lie_in_clear(sealed.data) == []
    starts = {name: document.startswith("sealed.1.") for name, document in documents(sealed.data).items()}
    assert sum(starts.values()) == OWNERS and not starts["bob"] and not starts["keeper"] and starts["cat"]


def test_logins_and_changes_go_on(sealed):
    with sealed:
        realm, admin = sealed.realm("folk"), admin_of(sealed)
        assert direct(realm, "ann").status == 401
        assert direct(realm, "ann", totp=totp(later=1)).status == 200
        assert [direct(realm, "dan", totp=hotp(KEY, n)).status for n in (5, 5, 6)] == [200, 401, 200]
        browser = realm.browser()
        page = realm.log_in(browser, APP, "cat", "cat")
        assert "code" in callback_of(bring(browser, page, code_of(1)))
        [ann] = admin("GET", "/users?username=ann&exact=true").json()
        assert admin("PUT", f"/users/{ann['id']}", {**ann, "firstName": "Anna"}).status == 204
        assert {u["username"] for u in admin("GET", "/users?search=an").json()} == {"ann"}
        [group] = admin("GET", "/groups").json()
        assert admin("PUT", f"/groups/{group['id']}", {"name": "crew"}).status == 204
        assert [g["path"] for g in admin("GET", f"/users/{ann['id']}/groups").json()] == ["/crew"]
        made = user("eva", credential("e" * 20))
        assert admin("POST", "/users", made).status == 201
        assert direct(realm, "eva", totp=totp("e" * 20)).status == 200
    assert lie_in_clear(sealed.data) == [] and b"e" * 20 not in stores.content(sealed.data)


def test_an_export_is_in_clear(sealed, keys):  # noqa: F811
    done = ostiary("realm", "export", "folk", "--data", sealed.data, "--master-key-file", keys[0])
    people = {one["username"]: one for one in json.loads(done.stdout)["users"]}
    assert KEY in json.dumps(people["ann"]["credentials"])
    assert ostiary("realm", "export", "folk", "--data", sealed.data).returncode == 1


def test_all_move_to_a_new_key(sealed, keys, work):  # noqa: F811
    both = work / "both-masters"
    both.write_text(keys[1].read_text() + keys[0].read_text())
    both.chmod(0o600)
    before = documents(sealed.data)
    done = ostiary("key", "reencrypt", "--data", sealed.data, "--master-key-file", both)
    owners = sum(document.startswith("sealed.") for document in before.values())
    assert done.returncode == 0 and f"and {owners} users sealed anew" in done.stdout, (done.stdout, done.stderr)
    after = documents(sealed.data)
    ids = {document.split(".")[2] for document in after.values() if document.startswith("sealed.")}
    assert len(ids) == 1 and not ids & {document.split(".")[2] for document in before.values() if document.startswith("sealed.")}
    done = ostiary("realm", "export", "folk", "--data", sealed.data, "--master-key-file", keys[1])
    assert done.returncode == 0 and KEY in done.stdout
    both.write_text(keys[0].read_text() + keys[1].read_text())
    assert ostiary("key", "reencrypt", "--data", sealed.data, "--master-key-file", both).returncode == 0


def test_a_store_that_was_sealed_without_its_users_is_taken_over(work, file, keys):  # noqa: F811
    """As a program of schema 26 has left it."""
    provider = Provider([file], work / "older", arguments=["--master-key-file", str(keys[0])])
    with provider:
        pass
    done = ostiary("realm", "export", "folk", "--data", provider.data, "--master-key-file", keys[0])
    clear = next(one for one in json.loads(done.stdout)["users"] if one["username"] == "bea")
    others = [one for one in clear["credentials"] if one["type"] != "password"]
    document = json.dumps({"firstName": "bea", "credentials": others}, separators=(",", ":"))
    version = "UPDATE ostiary_schema SET version = 26" if stores.ON_POSTGRESQL else "PRAGMA user_version = 26"
    stores.change(provider.data, f"UPDATE \"user\" SET document = {stores.quoted(document)} WHERE username = 'bea'")
    stores.change(provider.data, f"{stores.WITHOUT_28}; {version}")
    assert lie_in_clear(provider.data) == ["b" * 20]
    with provider:
        assert direct(provider.realm("folk"), "bea", totp=totp("b" * 20)).status in (200, 400)
    assert lie_in_clear(provider.data) == []
    assert "1 user lay in clear" in provider.log.read_text()


def test_attack_a_user_in_the_place_of_another_is_not_used(sealed):
    """Who may write to the file puts their own device into the place of somebody else's."""
    before = documents(sealed.data)
    change = "UPDATE \"user\" SET document = {} WHERE username = 'bea'"
    stores.change(sealed.data, change.format(stores.quoted(before["ann"])))
    with sealed:
        answer = direct(sealed.realm("folk"), "bea", totp=totp(later=0))
        assert answer.status not in (200, 400), answer.text
        assert direct(sealed.realm("folk"), "bob").status == 200
    stores.change(sealed.data, change.format(stores.quoted(before["bea"])))
    with sealed:
        assert direct(sealed.realm("folk"), "bea", totp=totp("b" * 20)).status == 200
