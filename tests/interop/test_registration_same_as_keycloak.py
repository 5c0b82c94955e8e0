# SPDX-License-Identifier: Apache-2.0
"""Users who register themselves, at Keycloak (24, or the newest) and at our provider: the fields, what is wrong with what they
type, the events, and what becomes of them. What differs is in the rows, with the reason."""

import json
import re

import pytest
from needs import kept_running
from oidc import Client, callback_of
from programs import Provider
from test_admin_same_as_keycloak import with_realm
from web import Browser

from both_providers import only_keycloak
from keycloak import ADMIN, CHOSEN, VERSION

REALM = "newcomers"
APP = Client("app", None, "http://localhost:8000/cb")
DOCUMENT = {
    "realm": REALM,
    "enabled": True,
    "registrationAllowed": True,
    "eventsEnabled": True,
    "attributes": {"registration.burst": "0"},
    "passwordPolicy": "length(8) and notUsername",
    "groups": [{"name": "newcomers"}],
    "defaultGroups": ["/newcomers"],
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [APP.redirect_uri]}],
    "users": [
        {"username": "taken", "enabled": True, "email": "taken@example.org", "firstName": "T", "lastName": "K",
         "credentials": [{"type": "password", "value": "taken-password"}]}
    ],
}  # fmt: skip
USUAL = ["username", "password", "password-confirm", "email", "firstName", "lastName"]
MAIL = ["email", "password", "password-confirm", "firstName", "lastName"]
SHORT = {"password": "short", "password-confirm": "short"}

# What is typed, which fields are said to be wrong, the error of the event; and ours, where it differs.
ROWS = [
    ({"username": ""}, {"username"}, "invalid_registration"),
    ({"username": "ab"}, {"username"}, "invalid_registration"),
    ({"username": "a<b>c"}, {"username"}, "invalid_registration"),
    ({"username": "x" * 256}, {"username"}, "invalid_registration"),
    ({"email": ""}, {"email"}, "invalid_registration"),
    ({"email": "x"}, {"email"}, "invalid_registration"),
    ({"firstName": ""}, {"firstName"}, "invalid_registration"),
    ({"lastName": "<b>"}, {"lastName"}, "invalid_registration"),
    ({"password": "", "password-confirm": ""}, {"password"}, "invalid_registration"),
    # Keycloak 24 marks the password, too, of which nothing is wrong.
    ({"password-confirm": "other"}, {"password", "password-confirm"} if CHOSEN == VERSION else {"password-confirm"},
     "invalid_registration", ({"password-confirm"}, "invalid_registration")),
    (SHORT, {"password"}, "invalid_registration"),
    ({**SHORT, "password-confirm": "other"}, {"password", "password-confirm"}, "invalid_registration"),
    ({"username": "", "email": "x", "firstName": "", "lastName": "", "password": ""},
     {"username", "email", "firstName", "lastName", "password"}, "invalid_registration"),
    ({"username": "Taken"}, {"username"}, "username_in_use"),
    ({"email": "TAKEN@example.org"}, {"email"}, "email_in_use"),
    ({"username": "taken", "email": "taken@example.org"}, {"username", "email"}, "email_in_use"),
    ({"username": "taken@example.org"}, {"username"}, "username_in_use"),
    # Names are looked up when all the rest is good.
    ({"username": "taken", **SHORT}, {"username", "password"}, "username_in_use",
     ({"password"}, "invalid_registration")),
]  # fmt: skip

pytestmark = only_keycloak


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "newcomers", administrator=ADMIN), results)


@pytest.fixture(scope="module")
def servers(provider, ours):
    return with_realm((provider, ours), DOCUMENT)


def asked(admin, path):
    answer = admin("GET", f"/realms/{REALM}/{path}")
    assert answer.status == 200, answer.text
    return answer.json()


def typed(name="some.body", **changes):
    secret = {"password": "wide-open-window", "password-confirm": "wide-open-window"}
    return {"username": name, "email": f"{name}@example.org", "firstName": "New", "lastName": "User", **secret, **changes}


def page_of(realm, browser):
    return browser.get(realm.endpoint("registrations"), realm.auth_params(APP), follow=True).page


def register(realm, **values):
    browser = Browser()
    return browser.submit(page_of(realm, browser).form("kc-register-form"), **values)


def marked(answer):
    """The fields that the page says are wrong."""
    assert answer.status == 200, (answer.status, answer.location)
    fields = answer.page.form("kc-register-form").fields
    return {field["name"] for field in fields if field.get("aria-invalid") == "true"}


def fields_of(realm):
    return [field["name"] for field in page_of(realm, Browser()).form("kc-register-form").fields if field.get("name")]


def test_the_fields_are_the_same(servers):
    assert [fields_of(realm) for realm, _ in servers] == [USUAL, USUAL]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[0]))
def test_what_is_wrong_is_found_by_both(servers, row):
    values = typed(**row[0])
    for (realm, admin), expected in zip(servers, ((row[1], row[2]), row[3] if len(row) > 3 else (row[1], row[2]))):
        answer = register(realm, **values)
        event = asked(admin, "events?type=REGISTER_ERROR&max=1")[0]
        assert (marked(answer), event["error"]) == expected, realm.base
        kept = answer.page.form("kc-register-form").values()
        assert {name: kept[name] for name in ("email", "firstName", "lastName")} == {
            name: values[name] for name in ("email", "firstName", "lastName")
        }
        assert "wide-open-window" not in answer.text and kept["password"] == ""
        assert asked(admin, "users?username=some.body&exact=true") == []


def test_who_registers_becomes_the_same(servers):
    found = []
    for realm, admin in servers:
        answer = register(realm, **typed("New.User", email="New@Example.org", extra="x", enabled="false"))
        assert realm.code(APP, callback_of(answer)["code"]).status == 200
        (user,) = asked(admin, "users?username=new.user&exact=true")
        roles = [role["name"] for role in asked(admin, f"users/{user['id']}/role-mappings/realm")]
        groups = [group["path"] for group in asked(admin, f"users/{user['id']}/groups")]
        members = ("username", "email", "firstName", "lastName", "enabled", "emailVerified", "requiredActions", "attributes")
        events = asked(admin, f"events?user={user['id']}&type=REGISTER")
        details = {name: events[0]["details"][name] for name in ("register_method", "username", "auth_method")}
        found.append(([user.get(name) for name in members], roles, groups, details))
    assert found[0] == found[1]


def test_the_address_as_the_name(servers):
    for realm, admin in servers:
        admin("PUT", f"/realms/{REALM}", json.dumps({"registrationEmailAsUsername": True}).encode())
        try:
            assert fields_of(realm) == MAIL, realm.base
            assert marked(register(realm, **typed(email="taken@example.org"))) == {"email"}
            assert "code" in callback_of(register(realm, **typed(email="Fresh@example.org")))
            assert asked(admin, "users?username=fresh@example.org&exact=true")[0]["email"] == "fresh@example.org"
        finally:
            admin("PUT", f"/realms/{REALM}", json.dumps({"registrationEmailAsUsername": False}).encode())


@pytest.mark.parametrize("prompt", ["create", "create login", "none create"])
def test_a_prompt_leads_there(servers, prompt):
    """Keycloak 24 does not know it."""
    told = []
    for realm, _ in servers:
        answer = Browser().get(realm.endpoint("auth"), realm.auth_params(APP, prompt=prompt), follow="none" not in prompt)
        told.append((answer.status, bool(re.search("kc-register-form", answer.text))))
    keycloak, ours = told
    assert ours == (302 if "none" in prompt else 200, prompt == "create")
    assert keycloak == ours or (CHOSEN == VERSION and prompt == "create")


def test_where_nobody_registers(servers):
    for realm, admin in servers:
        admin("PUT", f"/realms/{REALM}", json.dumps({"registrationAllowed": False}).encode())
        answer = Browser().get(realm.endpoint("registrations"), realm.auth_params(APP), follow=True)
        assert answer.status == 400 and "Registration not allowed" in answer.text, realm.base
