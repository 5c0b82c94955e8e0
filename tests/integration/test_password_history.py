# SPDX-License-Identifier: Apache-2.0
"""Passwords that may not come back, and those that are too old: passwordHistory, passwordAge,
forceExpiredPasswordChange and maxAuthAge of a realm's password policy."""

import base64
import hashlib
import json
import subprocess
import time

import pytest
from oidc import Client, callback_of
from programs import Provider, provider_program
from web import Browser, bearer

APP = Client("app", None, "http://localhost:8000/cb")
LAST = "Invalid password: must not be equal to any of last {} passwords."
DAY = 86400


def user(name, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


def hashed(password):
    """With little work: what comes in the clear is judged by the whole policy of the realm."""
    value = base64.b64encode(hashlib.pbkdf2_hmac("sha256", password.encode(), b"saltsalt", 1, 32)).decode()
    return {**OLD, "secretData": json.dumps({"value": value, "salt": "c2FsdHNhbHQ="})}


def realm_of(name, policy, *users):
    client = {
        "clientId": "app",
        "publicClient": True,
        "redirectUris": ["http://localhost:8000/cb"],
        "directAccessGrantsEnabled": True,
    }
    keeper = user("keeper", clientRoles=MANAGER)
    return {"realm": name, "enabled": True, "passwordPolicy": policy, "clients": [client], "users": [keeper, *users]}


# "old-password", hashed with little work.
OLD = {
    "type": "password",
    "secretData": json.dumps({"value": "tMmEnkf4Nsn1HB6bxPqhAJUuuG5ubUg/NUm4eyyqseE=", "salt": "c2FsdHNhbHQ="}),
    "credentialData": json.dumps({"hashIterations": 1, "algorithm": "pbkdf2-sha256"}),
}


def made(days):
    return {**OLD, "createdDate": int((time.time() - days * DAY) * 1000)}


MANAGER = {"realm-management": ["manage-users"]}
HASHED_KEEPER = user("keeper", clientRoles=MANAGER, credentials=[hashed("keeper-password")])
OWNER = user("bob", clientRoles={"account": ["manage-account"]})
REALMS = [
    realm_of("three", "passwordHistory(3)", user("ann"), OWNER, user("cat")),
    realm_of("usual", "length(3) and passwordHistory", user("ann")),
    realm_of("one", "passwordHistory(1)", user("ann")),
    realm_of("none", "passwordHistory(0)", user("ann")),
    realm_of("off", "passwordHistory(-1)", user("ann")),
    {**realm_of("odd", "passwordHistory(many)"), "users": [HASHED_KEEPER, user("ann", credentials=[hashed("ann-password")])]},
    realm_of("aged", "passwordAge(2)", user("ann", credentials=[made(1)]), user("bob", credentials=[made(3)])),
    realm_of(
        "expiring",
        "forceExpiredPasswordChange(30)",
        user("fresh", credentials=[made(29)]),
        user("stale", credentials=[made(31)]),
        user("undated", credentials=[OLD]),
        user("without", credentials=[]),
    ),
    realm_of("quick", "maxAuthAge(1)", user("ann")),
]


@pytest.fixture(scope="module")
def server(work):
    files = []
    for realm in REALMS:
        files.append(work / f"{realm['realm']}-realm.json")
        files[-1].write_text(json.dumps({**realm, "id": realm["realm"]}))
    with Provider(files, work / "history") as provider:
        yield provider


class Keeper:
    """An administrator of the users of a realm."""

    def __init__(self, server, realm):
        self.url = f"{server.base}/admin/realms/{realm}/users"
        token = server.realm(realm).password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]
        self.headers = {**bearer(token), "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        body = None if body is None else json.dumps(body).encode()
        return Browser().request(method, f"{self.url}{path}", body, self.headers)

    def id_of(self, name):
        return self.ask("GET", f"?username={name}&exact=true").json()[0]["id"]

    def set(self, name, password):
        """NONE when it was taken, else why it was not."""
        answer = self.ask("PUT", f"/{self.id_of(name)}/reset-password", {"type": "password", "value": password})
        return None if answer.status == 204 else answer.json()["errorMessage"]

    def credentials(self, name):
        return [row["type"] for row in self.ask("GET", f"/{self.id_of(name)}/credentials").json()]


def test_a_password_comes_back_after_as_many_others(server):
    keeper, refused = Keeper(server, "three"), LAST.format(3)
    for password, expected in (
        *(("ann-password", refused), ("p2", None), ("ann-password", refused), ("p3", None)),
        *(("ann-password", refused), ("p2", refused), ("p3", refused), ("p4", None)),
        *(("ann-password", None), ("p2", None), ("p4", refused), ("p3", None)),
    ):
        assert keeper.set("ann", password) == expected, password
    assert keeper.credentials("ann") == ["password", "password-history", "password-history"]
    assert keeper.ask("GET", f"/{keeper.id_of('ann')}").json()["totp"] is False


@pytest.mark.parametrize(
    ("realm", "tried"),
    [
        ("usual", [("p22", None), ("ann-password", LAST.format(3)), ("p33", None), ("p44", None), ("ann-password", None)]),
        ("one", [("ann-password", LAST.format(1)), ("p2", None), ("ann-password", None)]),
        ("none", [("ann-password", LAST.format(0)), ("p2", None), ("ann-password", None)]),
        ("off", [("ann-password", None), ("p2", None), ("ann-password", None)]),
        ("odd", [("p2", "the password policy passwordHistory(many) cannot be judged here")]),
    ],
)
def test_how_many(server, realm, tried):
    keeper = Keeper(server, realm)
    assert [(password, keeper.set("ann", password)) for password, _ in tried] == tried


def test_the_same_in_the_users_own_hands(server):
    realm, keeper = server.realm("three"), Keeper(server, "three")
    assert keeper.set("bob", "p2") is None
    token = realm.password(APP, "bob", "p2").json()["access_token"]
    body = {"currentPassword": "p2", "newPassword": "bob-password", "confirmation": "bob-password"}
    headers = {**bearer(token), "Content-Type": "application/json"}
    answer = Browser().request(
        "POST", f"{realm.issuer}/account/credentials/password", json.dumps(body).encode(), headers)
    assert (answer.status, answer.json()["errorMessage"]) == (400, LAST.format(3))
    browser = realm.browser()
    answer = realm.log_in(browser, APP, "bob", "p2", kc_action="UPDATE_PASSWORD")
    page = browser.get(answer.location).page
    answer = browser.submit(page.form(), **{"password-new": "bob-password", "password-confirm": "bob-password"})
    assert answer.status == 200 and LAST.format(3) in answer.page.text
    answer = browser.submit(answer.page.form(), **{"password-new": "p3", "password-confirm": "p3"})
    assert callback_of(answer)["kc_action_status"] == "success"


def test_history_travels_with_its_user(server, work):
    """Export and import again: what was a password there may not come back here."""
    keeper = Keeper(server, "three")
    for password in ("p2", "p3"):
        assert keeper.set("cat", password) is None
    file = work / "exported-realm.json"
    export = [provider_program(), "realm", "export", "three", "--data", server.data, "--output", file]
    subprocess.run(export, check=True, capture_output=True)
    exported = json.loads(file.read_text())
    cat = next(one for one in exported["users"] if one["username"] == "cat")
    assert [one["type"] for one in cat["credentials"]] == ["password", "password-history", "password-history"]
    assert all({"secretData", "credentialData", "createdDate", "id"} <= set(one) for one in cat["credentials"][1:])
    with Provider([file], work / "again") as again:
        keeper = Keeper(again, "three")
        assert [keeper.set("cat", password) for password in ("p2", "cat-password", "p4")] == [LAST.format(3)] * 2 + [None]


def test_days_until_a_password_may_come_back(server):
    keeper = Keeper(server, "aged")
    assert keeper.set("ann", "old-password") == "Invalid password: must not be equal to any password of the last 2 days."
    assert keeper.set("ann", "p2") is None and keeper.set("ann", "old-password") is not None
    assert keeper.set("bob", "p2") is None and keeper.set("bob", "old-password") is None


@pytest.mark.parametrize(("name", "expired"), [("fresh", False), ("stale", True), ("undated", True)])
def test_a_password_that_is_too_old_is_changed(server, name, expired):
    realm, browser = server.realm("expiring"), Browser()
    refused = realm.password(APP, name, "old-password").status == 400
    answer = realm.log_in(browser, APP, name, "old-password")
    assert refused == expired == ("required-action" in answer.location)
    if expired:
        page = browser.get(answer.location).page
        answer = browser.submit(page.form(), **{"password-new": "new", "password-confirm": "new"})
        assert realm.password(APP, name, "new").status == 200
    assert "code" in callback_of(answer)


def test_how_old_a_login_may_be_for_a_change(server):
    realm, browser = server.realm("quick"), Browser()
    assert "code" in callback_of(realm.log_in(browser, APP, "ann", "ann-password"))
    time.sleep(2.1)
    answer = realm.authorize(browser, APP, kc_action="UPDATE_PASSWORD")
    assert answer.status == 200 and answer.page.form("kc-form-login")
    assert "code" in callback_of(realm.authorize(browser, APP))
