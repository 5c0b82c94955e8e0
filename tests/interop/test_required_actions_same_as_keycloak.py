# SPDX-License-Identifier: Apache-2.0
"""Pages of required actions at Keycloak (24, and 26 with OSTIARY_KEYCLOAK=newest) and at our provider: what each asks for, what is
wrong with what is typed, what the user and the events say afterwards. What differs is in the rows, with the reason."""

import json
import urllib.parse

import pytest
from needs import kept_running
from oidc import Client
from programs import Provider
from test_admin_same_as_keycloak import with_realm
from web import Browser

from both_providers import only_keycloak
from keycloak import ADMIN, CHOSEN, VERSION

REALM = "duties"
CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
LISTED = [
    {"alias": alias, "name": alias, "providerId": alias, "enabled": True, "defaultAction": False, "priority": priority, "config": {}}
    for alias, priority in (("TERMS_AND_CONDITIONS", 20), ("UPDATE_PASSWORD", 30), ("UPDATE_PROFILE", 40), ("VERIFY_PROFILE", 90))
]
DOCUMENT = {
    "realm": REALM,
    "enabled": True,
    "sslRequired": "none",
    "eventsEnabled": True,
    "loginWithEmailAllowed": True,
    "passwordPolicy": "length(8) and notUsername and passwordHistory(2)",
    "requiredActions": LISTED,
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]}],
    "users": [{"username": "taken", "enabled": True, "email": "taken@example.org", "firstName": "T", "lastName": "K"}],
}
EDIT = {"editUsernameAllowed": True}
MAIL_IS_NAME = {"registrationEmailAsUsername": True}
PASSWORD = "wide-open-window"
# 24 has no such events; and whoever leaves an action that an application has wished for has done it, there.
NEWER = {"UPDATE_CREDENTIAL", "UPDATE_CREDENTIAL_ERROR"}
LEFT = ("CUSTOM_REQUIRED_ACTION_ERROR", "rejected_by_user")


class Row:
    """A user with actions meets the page of the first, and types. `wished`: the application's kc_action. `ours`: what differs."""

    def __init__(self, name, actions, typed, user=None, settings=None, wished=None, ours=None):
        self.name, self.actions, self.typed = name, actions, typed
        self.user, self.settings, self.wished, self.ours = user or {}, settings or {}, wished, ours or {}


def secret(new, again=None):
    return {"password-new": new, "password-confirm": new if again is None else again}


def profile(**changes):
    return {"email": "me@example.org", "firstName": "New", "lastName": "Name", **changes}


P, S, V, T = "UPDATE_PROFILE", "UPDATE_PASSWORD", "VERIFY_PROFILE", "TERMS_AND_CONDITIONS"
ROWS = [
    Row("a password", [S], secret("another-window")),
    Row("no password", [S], secret("")),
    Row("no repetition", [S], secret("another-window", "")),
    Row("another repetition", [S], secret("another-window", "other-window")),
    Row("a short password", [S], secret("short")),
    Row("the name as the password", [S], secret("somebody-here"), {"username": "somebody-here"}),
    Row("the same password", [S], secret(PASSWORD)),
    Row("a password that is wished for", [], secret("another-window"), wished=S),
    Row("a password, not after all", [], {"cancel-aia": "true"}, wished=S),
    Row("a password that is due cannot be left", [S], {"cancel-aia": "true"}),
    Row("a profile", [P], profile(email="Fresh@example.org")),
    Row("the same address", [P], profile()),
    Row("no address", [P], profile(email="")),
    Row("an odd address", [P], profile(email="x")),
    Row("another's address", [P], profile(email="TAKEN@example.org")),
    Row("no first name", [P], profile(firstName="")),
    Row("markup as a name", [P], profile(lastName="<b>")),
    Row("a profile that is wished for", [], profile(), wished=P),
    Row("a profile, not after all", [], {"cancel-aia": "true"}, wished=P),
    # Keycloak shows the page again, and says nothing; ours passes over what it has not asked for.
    Row("a name that may not be changed", [P], profile(username="renamed"), ours={
        "after": {"code": True, "error": None, "kc_action_status": None},
        "user": {"username": "somebody", "email": "me@example.org", "emailVerified": True, "firstName": "New", "lastName": "Name",
                 "requiredActions": []},
        "events": [("LOGIN", None), ("UPDATE_PROFILE", None)]}),
    Row("a new name", [P], profile(username="Renamed"), settings=EDIT),
    Row("the same name", [P], profile(username="somebody"), {"username": "somebody"}, EDIT),
    Row("the same name in capitals", [P], profile(username="SOMEBODY"), {"username": "somebody"}, EDIT),
    Row("no name", [P], profile(username=""), settings=EDIT),
    Row("a short name", [P], profile(username="ab"), settings=EDIT),
    Row("markup as the user name", [P], profile(username="a<b>c"), settings=EDIT),
    Row("another's name", [P], profile(username="Taken"), settings=EDIT),
    Row("another's address as the name", [P], profile(username="taken@example.org"), settings=EDIT),
    Row("one's own address as the name", [P], profile(username="me@example.org"), settings=EDIT),
    Row("a new name that is wished for", [], profile(username="renamed"), settings=EDIT, wished=P),
    Row("the address is the name", [P], profile(email="fresh@example.org"), settings=MAIL_IS_NAME),
    Row("the address is the name, which may be changed", [P], profile(email="fresh@example.org"), settings={**EDIT, **MAIL_IS_NAME}),
    Row("the name of one whose address it is", [P], profile(username="renamed"), settings={**EDIT, **MAIL_IS_NAME}),
    Row("what is missing of a profile", [V], profile(), {"lastName": ""}),
    Row("still missing", [V], profile(lastName=""), {"lastName": ""}),
    Row("a new name where something is missing", [V], profile(username="renamed"), {"lastName": ""}, EDIT),
    Row("terms", [T], {"accept": ""}),
    Row("terms that are not agreed to", [T], {"cancel": ""}),
    Row("two actions", [S, P], secret("another-window")),
]  # fmt: skip

pytestmark = only_keycloak


@pytest.fixture(scope="module")
def servers(provider, work, results):
    for ours in kept_running(lambda: Provider([], work / "duties", administrator=ADMIN), results):
        yield with_realm((provider, ours), DOCUMENT)


def asked(admin, path):
    answer = admin("GET", f"/realms/{REALM}/{path}")
    assert answer.status == 200, answer.text
    return answer.json()


def make_user(admin, row):
    for old in asked(admin, "users?max=50"):
        if old["username"] != "taken":
            assert admin("DELETE", f"/realms/{REALM}/users/{old['id']}").status == 204
    body = {"username": "somebody", "enabled": True, "email": "me@example.org", "emailVerified": True, "firstName": "F", "lastName": "L",
            "requiredActions": row.actions, "credentials": [{"type": "password", "value": PASSWORD}], **row.user}  # fmt: skip
    answer = admin("POST", f"/realms/{REALM}/users", json.dumps(body).encode())
    assert answer.status == 201, answer.text
    return body["username"], answer.location.rsplit("/", 1)[1]


def shown(browser, answer):
    """What a page asks for, and what it says is wrong; or where it led."""
    if (answer.location or "").find("/login-actions/") > 0:
        answer = browser.get(answer.location)
    location = answer.location or ""
    if location.startswith(CALLBACK):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        return {"code": "code" in query, "error": query.get("error"), "kc_action_status": query.get("kc_action_status")}
    form = answer.page.form()
    fields = [field for field in form.fields if field.get("name") and field.get("type") not in ("hidden", "submit", "checkbox")]
    buttons = ("logout-sessions", "cancel-aia", "accept", "cancel")
    return {
        "status": answer.status,
        "fields": [field["name"] for field in fields if field["name"] not in buttons and field["tag"] != "button"],
        # Ours marks both fields of a password, whatever is wrong with it.
        "wrong": sorted(
            field["name"] for field in fields if field.get("aria-invalid") == "true" and not field["name"].startswith("password")
        ),
    }


def seen(realm, admin, row):
    if row.settings:
        admin("PUT", f"/realms/{REALM}", json.dumps(row.settings).encode())
    try:
        name, user_id = make_user(admin, row)
        browser = Browser()
        login = "me@example.org" if row.settings.get("registrationEmailAsUsername") else name
        first = realm.log_in(browser, APP, login, PASSWORD, kc_action=row.wished)
        page = browser.get(first.location)
        forms = [form for form in page.page.forms if form.attributes.get("id") != "kc-select-try-another-way-form"]
        done = browser.submit(forms[0], **row.typed)
        user = asked(admin, f"users/{user_id}")
        events = asked(admin, f"events?user={user_id}&max=20")
        return {
            "page": shown(browser, page),
            "after": shown(browser, done),
            "user": {m: user.get(m) for m in ("username", "email", "emailVerified", "firstName", "lastName", "requiredActions")},
            "events": sorted({(event["type"], event.get("error")) for event in events} - {("CODE_TO_TOKEN", None)}, key=str),
        }
    finally:
        if row.settings:
            admin("PUT", f"/realms/{REALM}", json.dumps({name: False for name in row.settings}).encode())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "-"))
def test_a_page_of_an_action(servers, row):
    keycloak, ours = (seen(realm, admin, row) for realm, admin in servers)
    if CHOSEN == VERSION:
        left = {"cancel-aia": "true"} == row.typed and row.wished
        keycloak["events"] = [LEFT if left and event[0] == "CUSTOM_REQUIRED_ACTION" else event for event in keycloak["events"]]
        ours["events"] = [event for event in ours["events"] if event[0] not in NEWER]
    assert ours == {**keycloak, **row.ours}
