# SPDX-License-Identifier: Apache-2.0
"""Requests to the admin API, good and bad, answered by a running Keycloak 24 and by ours: status, names and types of the
JSON, words of errors. What differs is in admin_deviations.json, with the reason; what no longer differs may not stand there.
"""

import fnmatch
import json
import pathlib
import time

import admin_rows_clients
import admin_rows_credentials
import admin_rows_evaluation
import admin_rows_events
import admin_rows_flows
import admin_rows_keys
import admin_rows_mails
import admin_rows_masters
import admin_rows_policies
import admin_rows_providers
import admin_rows_roles
import admin_rows_scopes
import admin_rows_sessions
import admin_rows_sign_in
import admin_rows_transfer
import admin_rows_users
import pytest
from admin_rows import REALM, Asker, differences
from needs import kept_running
from oidc import Client, Realm
from programs import Provider
from web import Browser, bearer

from both_providers import only_keycloak
from keycloak import ADMIN

HERE = pathlib.Path(__file__).parent
REALM_FILE = HERE / "realms" / "compared-realm.json"
DEVIATIONS = json.loads((HERE / "admin_deviations.json").read_text())
TOKEN_SECONDS = 30  # they last a minute
FAMILIES = {
    "clients": admin_rows_clients.ROWS,
    "scopes": admin_rows_scopes.ROWS,
    "evaluation": admin_rows_evaluation.ROWS,
    "sessions": admin_rows_sessions.ROWS,
    "keys": admin_rows_keys.ROWS,
    "events": admin_rows_events.ROWS,
    "mails": admin_rows_mails.ROWS,
    "masters": admin_rows_masters.ROWS,
    "roles": admin_rows_roles.ROWS,
    "transfer": admin_rows_transfer.ROWS,
    "users": admin_rows_users.ROWS,
    "credentials": admin_rows_credentials.ROWS,
    "providers": admin_rows_providers.ROWS,
    "sign-in": admin_rows_sign_in.ROWS,
    "flows": admin_rows_flows.ROWS,
    "policies": admin_rows_policies.ROWS,
}


class Admin:
    """Requests of the administrator of the realm master."""

    def __init__(self, server, who=ADMIN):
        self.server, self.who = server, who
        self.renewed = -TOKEN_SECONDS

    def token(self):
        if time.monotonic() - self.renewed > TOKEN_SECONDS:
            answer = self.server.realm("master").password(Client("admin-cli"), *self.who)
            assert answer.status == 200, answer.text
            self.bearer, self.renewed = answer.json()["access_token"], time.monotonic()
        return self.bearer

    def __call__(self, method, path, body=None, kind="application/json"):
        headers = {**bearer(self.token()), "Content-Type": kind}
        return Browser().request(method, f"{self.server.base}/admin{path}", body, headers)

    def of(self, *who):
        return Admin(self.server, who)

    def whoami(self):
        return self("GET", f"/master/console/whoami?currentRealm={REALM}")

    def grant(self, realm, form):
        return self.server.realm(realm).token(form)

    def begin(self):
        assert self("DELETE", f"/realms/{REALM}").status in (204, 404)
        assert self("POST", "/realms", REALM_FILE.read_bytes()).status == 201


def with_realm(servers, document):
    """[(the realm, its administrator)]: of each server, with a realm made anew of the document."""
    made = []
    for server in servers:
        admin = Admin(server)
        admin("DELETE", f"/realms/{document['realm']}")
        answer = admin("POST", "/realms", json.dumps(document).encode())
        assert answer.status == 201, answer.text
        made.append((Realm(server.base, document["realm"]), admin))
    return made


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "compared", administrator=ADMIN), results)


@pytest.fixture(scope="module")
def compared(provider, ours):
    """{family: [("row | path", Keycloak's, ours)]}, each family asked once, in a realm of its own."""
    found = {}

    def of(family):
        if family not in found:
            found[family] = list(compare(provider, ours, FAMILIES[family]))
        return found[family]

    return of


def compare(keycloak, ours, rows):
    admins = Admin(keycloak), Admin(ours)
    for admin in admins:
        admin.begin()
    askers = [Asker(admin) for admin in admins]
    for row in rows:
        for path, wanted, seen in differences(*(ask(row) for ask in askers)):
            yield f"{row} | {path}", wanted, seen


def is_known(row):
    return any(fnmatch.fnmatchcase(row, pattern) for patterns in DEVIATIONS.values() for pattern in patterns)


@only_keycloak
@pytest.mark.parametrize("family", FAMILIES)
def test_same_as_keycloak(family, compared):
    unknown = [f"{row}\n    Keycloak: {wanted}\n    ours:     {seen}" for row, wanted, seen in compared(family) if not is_known(row)]
    assert not unknown, "\n".join(["differs from Keycloak:", *unknown])


@only_keycloak
def test_deviations_are_still_there(compared):
    seen = [row for family in FAMILIES for row, _, _ in compared(family)]
    stale = [
        pattern
        for patterns in DEVIATIONS.values()
        for pattern in patterns
        if not any(fnmatch.fnmatchcase(row, pattern) for row in seen)
    ]
    assert stale == []
