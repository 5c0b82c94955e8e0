# SPDX-License-Identifier: Apache-2.0
"""Requests to the account API, good and bad, answered by a running Keycloak 24 and by ours, as the admin API's are: what
differs is in account_deviations.json, with the reason."""

import fnmatch
import json
import pathlib

import pytest
from account_rows import REALM, ROWS, Asker
from admin_rows import differences
from needs import kept_running
from oidc import Client
from programs import Provider
from test_admin_same_as_keycloak import Admin
from web import Browser

from both_providers import only_keycloak
from keycloak import ADMIN

HERE = pathlib.Path(__file__).parent
REALM_FILE = HERE / "realms" / "account-realm.json"
DEVIATIONS = json.loads((HERE / "account_deviations.json").read_text())
USERS = ("ann", "bea", "cal", "vera", "gus")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
SHARED_HEADERS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "accounts", administrator=ADMIN), results)


def asker(server):
    admin = Admin(server)
    assert admin("DELETE", f"/realms/{REALM}").status in (204, 404)
    assert admin("POST", "/realms", REALM_FILE.read_bytes()).status == 201
    return Asker(server, admin, {**{name: token(server, name) for name in USERS}, "narrow": token(server, "ann", "narrow")}, Browser())


def token(server, name, client="tool"):
    form = {"grant_type": "password", "username": name, "password": f"{name}-password", "scope": "openid"}
    answer = server.realm(REALM).token(form, Client(client), {"User-Agent": FIREFOX})
    assert answer.status == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture(scope="module")
def compared(provider, ours):
    return list(compare(asker(provider), asker(ours)))


def compare(keycloak, ours):
    for row in ROWS:
        answers = keycloak(row), ours(row)
        yield from ((f"{row} | {path}", *values) for path, *values in differences(*answers))
        for header in SHARED_HEADERS:
            wanted, seen = (answer.header(header) for answer in answers)
            if wanted != seen:
                yield f"{row} | {header}", wanted, seen


def patterns():
    return [pattern for those in DEVIATIONS.values() for pattern in those]


def fits(row, pattern):
    return fnmatch.fnmatchcase(row, pattern.replace("[", "[[]"))


@only_keycloak
def test_same_as_keycloak(compared):
    unknown = [
        f"{row}\n    Keycloak: {wanted}\n    ours:     {seen}"
        for row, wanted, seen in compared
        if not any(fits(row, pattern) for pattern in patterns())
    ]
    assert not unknown, "\n".join(["differs from Keycloak:", *unknown])
    assert len(ROWS) >= 150


@only_keycloak
def test_deviations_are_still_there(compared):
    assert [pattern for pattern in patterns() if not any(fits(row, pattern) for row, _, _ in compared)] == []
