# SPDX-License-Identifier: Apache-2.0
"""Administrators as users: whose browser it is then, who may, and as whom."""

import pytest
from oidc import Client, callback_of
from test_admin_api import Admin, provider, root, user  # noqa: F401  (fixtures)
from web import Browser, bearer, unverified_token

CALLBACK = "https://app.example/cb"
APP = Client("app", None, CALLBACK)
DESK = {
    "realm": "desk",
    "enabled": True,
    "eventsEnabled": True,
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]}, {"clientId": "robot", "serviceAccountsEnabled": True, "secret": "s"}],
    "users": [
        user("ann"),
        {**user("gone"), "enabled": False},
        user("boss", "realm-admin"),
        user("helper", "impersonation", "view-users"),
        user("keeper", "manage-users"),
    ],
}


@pytest.fixture
def desk(provider, root):  # noqa: F811
    assert root("POST", "/realms", DESK).status == 201
    found = root("GET", "/realms/desk/users?max=20").json()
    (robot,) = root("GET", "/realms/desk/clients?clientId=robot").json()
    found.append(root("GET", f"/realms/desk/clients/{robot['id']}/service-account-user").json())
    return {one["username"]: f"/realms/desk/users/{one['id']}" for one in found}


def become(provider, admin, path, browser):  # noqa: F811
    return browser.request("POST", f"{admin.base}{path}/impersonation", b"{}", {**bearer(admin.token), "Content-Type": "application/json"})


def who_is_in(provider, browser):  # noqa: F811
    """Whom the browser is to the application, without a question."""
    realm = provider.realm("desk")
    code = callback_of(realm.authorize(browser, APP, prompt="none")).get("code")
    return unverified_token(realm.code(APP, code).json()["access_token"])[1]["preferred_username"] if code else None


def test_the_browser_is_the_users(provider, root, desk):  # noqa: F811
    browser = Browser()
    assert who_is_in(provider, browser) is None
    answer = become(provider, root, desk["ann"], browser)
    assert (answer.status, answer.json()) == (200, {"sameRealm": False, "redirect": f"{provider.base}/realms/desk/account"})
    assert who_is_in(provider, browser) == "ann"
    assert root("GET", "/realms/desk").status == 200, "the administrator's own session ended, of another realm"
    (event,) = root("GET", "/realms/desk/events?type=IMPERSONATE").json()
    assert event["details"]["impersonator"] == "root" and event["details"]["impersonator_realm"] == "master"
    assert desk["ann"].endswith(event["userId"])
    (session,) = root("GET", desk["ann"] + "/sessions").json()
    assert session["id"] == event["sessionId"]
    assert root("DELETE", f"/realms/desk/sessions/{session['id']}").status == 204
    assert who_is_in(provider, browser) is None


def test_in_the_same_realm_the_administrators_session_ends(provider, root, desk):  # noqa: F811
    helper, browser = Admin(provider, "desk", "helper", "helper-password"), Browser()
    assert helper("GET", desk["ann"]).json()["access"]["impersonate"] is True
    assert become(provider, helper, desk["ann"], browser).json()["sameRealm"] is True
    assert who_is_in(provider, browser) == "ann"
    assert helper("GET", desk["ann"]).status == 401


def test_who_may_be_whom(provider, root, desk):  # noqa: F811
    """Nobody becomes somebody who may do more."""
    keeper = Admin(provider, "desk", "keeper", "keeper-password")
    assert become(provider, keeper, desk["ann"], Browser()).status == 403
    for name, status in {"boss": 403, "keeper": 403, "gone": 400, "service-account-robot": 400}.items():
        helper, browser = Admin(provider, "desk", "helper", "helper-password"), Browser()
        answer = become(provider, helper, desk[name], browser)
        assert answer.status == status and not answer.all("Set-Cookie"), name
        assert helper("GET", desk["ann"]).status == 200, "a refusal ended the session"
    assert become(provider, Admin(provider, "desk", "helper", "helper-password"), "/realms/desk/users/nobody", Browser()).status == 404
    assert become(provider, root, desk["boss"], Browser()).status == 200
