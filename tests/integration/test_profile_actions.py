# SPDX-License-Identifier: Apache-2.0
"""Profiles at a login: UPDATE_PROFILE asks for one, VERIFY_PROFILE for what is missing in it."""

import copy
import json
import urllib.parse

import pytest
from oidc import Client, callback_of
from programs import Provider
from web import Browser, bearer

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
LISTED = [
    {"alias": "UPDATE_PROFILE", "enabled": True, "priority": 40},
    {"alias": "VERIFY_PROFILE", "enabled": True, "priority": 90},
]
BOTH = {"view": ["admin", "user"], "edit": ["admin", "user"]}


def rules(*attributes):
    """The component of a realm's own profile, beside user name and e-mail address."""
    own = [{"name": "username", "permissions": BOTH}, {"name": "email", "permissions": BOTH, "validations": {"email": {}}}]
    config = json.dumps({"attributes": [*own, *attributes]})
    component = {"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [config]}}
    return {"org.keycloak.userprofile.UserProfileProvider": [component]}


OWN_RULES = rules()


def user(name, *actions, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "emailVerified": True,
        "firstName": "First",
        "lastName": "Last",
        "requiredActions": list(actions),
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


STRICT = {
    "realm": "strict",
    "enabled": True,
    "requiredActions": LISTED,
    "clients": [
        {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    ],
    "users": [
        user("keeper", clientRoles={"realm-management": ["manage-users"]}),
        user("ann", "UPDATE_PROFILE"),
        user("bob", "UPDATE_PROFILE", "UPDATE_PASSWORD"),
        user("cat", lastName=""),
        user("dan", email=None, firstName=None, lastName=None),
        user("eve", "VERIFY_PROFILE", "UPDATE_PROFILE"),
        user("fay"),
    ],
}


def variant(name, **changes):
    return {**copy.deepcopy(STRICT), "realm": name, **changes}


@pytest.fixture(scope="module")
def server(work):
    files = []
    off = [LISTED[0], {**LISTED[1], "enabled": False}]
    realms = (
        STRICT, variant("renaming", editUsernameAllowed=True), variant("renaming-own", editUsernameAllowed=True, components=OWN_RULES),
        variant("mailed", editUsernameAllowed=True, registrationEmailAsUsername=True),
        variant("unlisted", requiredActions=LISTED[:1]), variant("off", requiredActions=off),
              variant("own", components=OWN_RULES))
    for realm in realms:
        files.append(work / f"{realm['realm']}-profile-realm.json")
        files[-1].write_text(json.dumps(realm))
    with Provider(files, work / "profiles") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("strict")


@pytest.fixture
def known(server, realm):
    token = realm.password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]
    users = f"{server.base}/admin/realms/strict/users"
    return lambda name: Browser().get(f"{users}?username={name}&exact=true", None, bearer(token)).json()[0]


def asked(realm, browser, name, action, **changes):
    answer = realm.log_in(browser, APP, name, f"{name}-password", **changes)
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(answer.location).query).get("execution") == [action]
    page = browser.get(answer.location)
    assert page.status == 200, page.text
    return page.page


def typed(email="new@example.org", first="New", last="Name"):
    return {"email": email, "firstName": first, "lastName": last}


def test_a_profile_is_asked_for(realm, known):
    browser = realm.browser()
    page = asked(realm, browser, "ann", "UPDATE_PROFILE")
    assert "You need to update your user profile to activate your account." in page.text
    form = page.form("kc-update-profile-form")
    assert form.values() == typed("ann@example.org", "First", "Last")
    assert realm.password(APP, "ann", "ann-password").json()["error_description"] == "Account is not fully set up"
    answer = browser.submit(form, **typed(" Anna@Example.org ", "Änne", "O'Cook"))
    assert "code" in callback_of(answer)
    ann = known("ann")
    assert (ann["email"], ann["firstName"], ann["lastName"]) == ("anna@example.org", "Änne", "O'Cook")
    assert ann["emailVerified"] is False and ann["requiredActions"] == []


def test_an_address_that_stays_stays_verified(realm, known):
    browser = realm.browser()
    page = asked(realm, browser, "eve", "UPDATE_PROFILE")
    assert "code" in callback_of(browser.submit(page.form(), **typed("EVE@example.org")))
    eve = known("eve")
    assert (eve["email"], eve["emailVerified"], eve["requiredActions"]) == ("eve@example.org", True, [])


def test_what_is_wrong_is_said_where_it_is(realm, known):
    browser = realm.browser()
    page = asked(realm, browser, "fay", "UPDATE_PROFILE", kc_action="UPDATE_PROFILE")
    assert "You need to" not in page.text
    rows = (
        (typed(email=""), "email", "Please specify email."),
        (typed(email="<x>"), "email", "Invalid email address."),
        (typed(email="BOB@example.org"), "email", "Email already exists."),
        (typed(first=""), "firstName", "Please specify this field."),
        (typed(last="a<b"), "lastName", "Name contains invalid character."),
        (typed(last="x" * 256), "lastName", "Maximal length is 255."),
    )
    for sent, field, words in rows:
        answer = browser.submit(page.form(), **sent)
        assert answer.status == 200 and answer.page.text_by_id[f"input-error-{field}"] == words, sent
        assert answer.page.form().values() == sent
        others = {"email", "firstName", "lastName"} - {field}
        assert not any(f"input-error-{other}" in answer.page.text_by_id for other in others)
    for sent in ({}, {"email": "new@example.org"}):
        assert browser.post(page.form().action, sent).status == 200
    assert known("fay")["email"] == "fay@example.org"
    callback = callback_of(browser.submit(page.form(), **{"cancel-aia": "true"}))
    assert callback["kc_action_status"] == "cancelled"
    again = browser.get(realm.authorize(browser, APP, kc_action="UPDATE_PROFILE").location).page
    callback = callback_of(browser.submit(again.form(), **typed("fay@example.org", "Fay", "New")))
    assert callback["kc_action_status"] == "success" and known("fay")["firstName"] == "Fay"


def test_what_is_sent_beside_it_changes_nothing(realm, known):
    browser = realm.browser()
    page = asked(realm, browser, "cat", "VERIFY_PROFILE")
    before = known("cat")
    more = {"username": "keeper", "enabled": "false", "realmRoles": "admin", "id": "0", "attributes.x": "y"}
    assert "code" in callback_of(browser.submit(page.form(), **typed("cat@example.org", "First", "Cat"), **more))
    assert known("cat") == {**before, "lastName": "Cat"}


def test_what_is_missing_is_asked_for(realm, known):
    browser = realm.browser()
    assert realm.password(APP, "dan", "dan-password").json()["error_description"] == "Account is not fully set up"
    page = asked(realm, browser, "dan", "VERIFY_PROFILE")
    for field in ("email", "firstName", "lastName"):
        assert page.text_by_id[f"input-error-{field}"] == "Please specify this field."
    assert callback_of(realm.authorize(browser, APP, prompt="none"))["error"] == "interaction_required"
    assert "code" in callback_of(browser.submit(page.form(), **typed("dan@example.org", "Dan", "Cook")))
    assert realm.password(APP, "dan", "dan-password").status == 200
    assert known("dan")["email"] == "dan@example.org"


def test_one_after_the_other(realm):
    browser = realm.browser()
    page = asked(realm, browser, "bob", "UPDATE_PASSWORD")
    answer = browser.submit(page.form(), **{"password-new": "bob-second", "password-confirm": "bob-second"})
    page = browser.get(answer.location).page
    assert "code" in callback_of(browser.submit(page.form("kc-update-profile-form"), **typed("bob@example.org")))


@pytest.mark.parametrize("name", ["unlisted", "off", "own"])
def test_where_nobody_is_asked(server, name):
    realm = server.realm(name)
    assert realm.password(APP, "dan", "dan-password").status == 200
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "dan", "dan-password"))


# ---- names ----


def named(server, realm_name, name="ann"):
    """The page of a user who may change the name, and what sends it."""
    realm = server.realm(realm_name)
    browser = realm.browser()
    form = asked(realm, browser, name, "UPDATE_PROFILE").form("kc-update-profile-form")
    return realm, lambda **values: browser.submit(form, **{**typed(f"{name}@example.org"), **values})


@pytest.mark.parametrize(
    "name", ["fay", "FAY", "fay@example.org", "service-account-app", "Service-Account-x", "", "x" * 256]
)
@pytest.mark.parametrize("realm_name", ["renaming", "renaming-own"])
def test_names_that_nobody_may_take(server, realm_name, name):
    realm, send = named(server, realm_name)
    answer = send(username=name)
    assert answer.status == 200 and 'name="username"' in answer.text and "aria-invalid" in answer.text
    assert realm.password(APP, "ann", "ann-password").json()["error_description"] == "Account is not fully set up"


def test_a_new_name_signs_in(server):
    realm, send = named(server, "renaming", "eve")
    assert "code" in callback_of(send(username=" Evelyn "))
    assert realm.password(APP, "evelyn", "eve-password").status == 200
    assert realm.password(APP, "eve", "eve-password").status == 401
    claims = realm.userinfo(realm.password(APP, "EVELYN", "eve-password").json()["access_token"]).json()
    assert claims["preferred_username"] in ("Evelyn", "evelyn")


def test_the_name_follows_the_address(server):
    realm, send = named(server, "mailed")
    assert send(email="fay@example.org").status == 200
    assert "code" in callback_of(send(email="anna@example.org"))
    assert realm.password(APP, "anna@example.org", "ann-password").status == 200
    assert realm.password(APP, "ann", "ann-password").status == 401
