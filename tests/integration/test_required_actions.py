# SPDX-License-Identifier: Apache-2.0
"""Required actions: what users have to do at a login before its client gets anything, in which order, and what a page of
an action is good for afterwards, elsewhere, and for somebody else."""

import json
import time
import urllib.parse

import pytest
import stores
from oidc import Client, callback_of
from programs import Provider
from waiting import until
from web import Browser, bearer

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
SUFFIX = "-password"


def user(name, *actions, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "emailVerified": True,
        "firstName": name,
        "lastName": "Cook",
        "requiredActions": list(actions),
        "credentials": [{"type": "password", "value": name + SUFFIX}],
        **more,
    }


def must_change(name):
    return user(name, "UPDATE_PASSWORD")


REALM = {
    "realm": "acting",
    "enabled": True,
    "passwordPolicy": "length(5)",
    "localizationTexts": {"en": {"termsText": "Be kind & <short>.\nAlways."}},
    "requiredActions": [
        {"alias": "UPDATE_EMAIL", "enabled": False},
        {"alias": "delete_account", "enabled": False},
        {"alias": "TERMS_AND_CONDITIONS", "enabled": True, "priority": 20},
        {"alias": "CONFIGURE_TOTP", "enabled": True, "defaultAction": False},
        {"alias": "UPDATE_PASSWORD", "enabled": True, "defaultAction": True, "priority": 30},
    ],
    "clients": [
        {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
        {"clientId": "asking", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True},
    ],
    "users": [
        user("keeper", clientRoles={"realm-management": ["manage-users"]}),
        user("otp", "delete_credential", "UPDATE_PASSWORD"),
        user("tom", "UPDATE_PASSWORD", "TERMS_AND_CONDITIONS"),
        user("una", "terms_and_conditions"),
        user("vic", "TERMS_AND_CONDITIONS"),
        user("wes", "delete_account", "UPDATE_EMAIL"),
        user("custom", "our-own-action"),
        *(must_change(name) for name in ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ora")),
        *(user(name, realmRoles=["offline_access"]) for name in ("ida", "jon", "kim", "lea", "max", "ned", "pam", "ray", "sam")),
    ],
}


@pytest.fixture(scope="module")
def server(work):
    file = work / "acting-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "acting", arguments=("--log-format", "json")) as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("acting")


@pytest.fixture(scope="module")
def admin(server, realm):
    token = realm.password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]
    headers = {**bearer(token), "Content-Type": "application/json"}

    def ask(method, path, body=None):
        body = None if body is None else json.dumps(body).encode()
        return Browser().request(method, f"{server.base}/admin/realms/acting/users{path}", body, headers)

    return ask


@pytest.fixture(scope="module")
def id_of(admin):
    return lambda name: admin("GET", f"?username={name}&exact=true").json()[0]["id"]


def action_of(answer):
    """The action whose page a redirect leads to; None: to none."""
    target = urllib.parse.urlsplit(answer.location or "")
    if not target.path.endswith("/login-actions/required-action"):
        return None
    return urllib.parse.parse_qs(target.query)["execution"][0]


def asked(realm, browser, name, password=None, **changes):
    """Logs in; the page of the action, which is to be UPDATE_PASSWORD."""
    answer = realm.log_in(browser, APP, name, password or name + SUFFIX, **changes)
    assert action_of(answer) == "UPDATE_PASSWORD", (answer.status, answer.location)
    return shown(browser, answer)


def shown(browser, answer):
    page = browser.get(answer.location)
    assert page.status == 200, page.text
    return page.page


def change(browser, page, new, again=None, **more):
    form = page.form("kc-passwd-update-form")
    return browser.submit(form, **{"password-new": new, "password-confirm": again or new, **more})


def may_log_in(realm, name, password):
    return realm.password(APP, name, password).status == 200


# ---- changing ----


def test_a_password_is_changed_between_the_login_and_the_code(realm, admin, id_of):
    browser = realm.browser()
    page = asked(realm, browser, "ann")
    assert "You need to change your password to activate your account." in page.text
    answer = change(browser, page, "ann-second")
    callback = callback_of(answer)
    assert realm.code(APP, callback["code"]).status == 200
    assert "kc_action_status" not in callback
    assert may_log_in(realm, "ann", "ann-second") and not may_log_in(realm, "ann", "ann-password")
    assert admin("GET", f"/{id_of('ann')}").json()["requiredActions"] == []
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "ann", "ann-second"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password-new": "", "password-confirm": ""}, "Please specify password."),
        ({"password-new": "", "password-confirm": "bob-second"}, "Please specify password."),
        ({"password-new": "bob-second", "password-confirm": "bob-secund"}, "Passwords don't match."),
        ({"password-new": "bob-second", "password-confirm": ""}, "Passwords don't match."),
        ({"password-new": "four", "password-confirm": "four"}, "Invalid password: minimum length 5."),
    ],
)
def test_what_is_not_good_is_asked_for_again(realm, fields, words):
    browser = realm.browser()
    page = asked(realm, browser, "bob")
    answer = browser.submit(page.form("kc-passwd-update-form"), **fields)
    assert answer.status == 200 and words in answer.page.text
    assert not answer.header("Location")
    answer = browser.submit(answer.page.form("kc-passwd-update-form"), **{"password-new": "four"})
    assert answer.status == 200
    assert not may_log_in(realm, "bob", "bob-second")


def test_a_temporary_password_of_an_administrator(realm, admin, id_of):
    assert may_log_in(realm, "ida", "ida-password")
    new = {"type": "password", "value": "given-to-ida", "temporary": True}
    assert admin("PUT", f"/{id_of('ida')}/reset-password", new).status == 204
    refused = realm.password(APP, "ida", "given-to-ida")
    assert refused.json() == {"error": "invalid_grant", "error_description": "Account is not fully set up"}
    browser = realm.browser()
    assert "code" in callback_of(change(browser, asked(realm, browser, "ida", "given-to-ida"), "ida-own"))
    assert may_log_in(realm, "ida", "ida-own")


@pytest.mark.parametrize("name", ["otp", "custom"])
def test_an_action_without_a_page_is_refused_before_anything_else(realm, name):
    answer = realm.log_in(realm.browser(), APP, name, name + SUFFIX)
    assert answer.status == 200 and "Account is not fully set up, contact your administrator." in answer.page.text


def test_somebody_else_logs_in_where_a_user_may_not_go_on(realm, admin, id_of):
    for name, client in (("ora", APP), ("pam", Client("asking", None, CALLBACK))):
        browser = realm.browser()
        page = realm.log_in(browser, client, name, name + SUFFIX)
        assert admin("PUT", f"/{id_of(name)}", {"requiredActions": ["delete_credential"]}).status == 204
        answer = browser.get(page.location)
        if client is not APP:
            answer = browser.submit(answer.page.form(), accept="Yes")
        assert answer.status == 200 and "Account is not fully set up" in answer.page.text, name
        answer = browser.submit(answer.page.form("kc-form-login"), username="ray", password="ray-password")
        assert answer.status == 302 and (client is not APP or "code" in callback_of(answer)), answer.page.text


# ---- the session that waits ----


def test_nothing_comes_of_a_login_whose_action_is_left_undone(realm):
    browser = realm.browser()
    asked(realm, browser, "cat")
    for changes in ({}, {"client_id": "asking"}, {"kc_action": "UPDATE_PASSWORD"}):
        answer = realm.authorize(browser, APP, **changes)
        assert action_of(answer) == "UPDATE_PASSWORD"
    answer = realm.authorize(browser, APP, prompt="none")
    assert callback_of(answer)["error"] == "interaction_required"
    page = shown(browser, realm.authorize(browser, APP))
    assert "code" in callback_of(change(browser, page, "cat-second"))


def test_an_action_that_comes_up_during_a_session(realm, admin, id_of):
    browser = realm.browser()
    assert "code" in callback_of(realm.log_in(browser, APP, "jon", "jon-password"))
    assert admin("PUT", f"/{id_of('jon')}", {"requiredActions": ["UPDATE_PASSWORD"]}).status == 204
    answer = realm.authorize(browser, APP)
    assert action_of(answer) == "UPDATE_PASSWORD"
    assert "code" in callback_of(change(browser, shown(browser, answer), "jon-second"))
    assert admin("PUT", f"/{id_of('jon')}", {"requiredActions": ["delete_credential"]}).status == 204
    answer = realm.authorize(browser, APP)
    assert answer.status == 200 and "Account is not fully set up" in answer.page.text
    assert callback_of(realm.authorize(browser, APP, prompt="none"))["error"] == "interaction_required"


def test_consent_is_asked_for_after_it(realm):
    browser = realm.browser()
    answer = realm.log_in(browser, Client("asking", None, CALLBACK), "dan", "dan-password")
    assert action_of(answer) == "UPDATE_PASSWORD"
    answer = change(browser, shown(browser, answer), "dan-second")
    assert "/login-actions/consent?" in answer.location
    page = shown(browser, answer)
    assert "code" in callback_of(browser.submit(page.form(), accept="Yes"))


# ---- terms ----


def accept(browser, page, **button):
    return browser.submit(page.forms[0], **(button or {"accept": "Accept"}))


def terms_of(realm, browser, name, **changes):
    answer = realm.log_in(browser, APP, name, name + SUFFIX, **changes)
    assert action_of(answer) == "TERMS_AND_CONDITIONS", (answer.status, answer.location)
    page = shown(browser, answer)
    assert "Be kind & <short>. Always." in page.text
    return page


def test_terms_come_before_a_new_password(realm, admin, id_of):
    browser = realm.browser()
    answer = accept(browser, terms_of(realm, browser, "tom"))
    assert action_of(answer) == "UPDATE_PASSWORD"
    known = admin("GET", f"/{id_of('tom')}").json()
    assert known["requiredActions"] == ["UPDATE_PASSWORD"]
    assert abs(int(known["attributes"]["terms_and_conditions"][0]) - time.time()) < 60
    assert "code" in callback_of(change(browser, shown(browser, answer), "tom-second"))


@pytest.mark.parametrize("button", [{"cancel": "Decline"}, {"cancel": "Decline", "accept": "Accept"}, {"other": "x"}])
def test_only_a_clear_yes_accepts_terms(realm, admin, id_of, button):
    browser = realm.browser()
    answer = accept(browser, terms_of(realm, browser, "vic"), **button)
    callback = callback_of(answer)
    assert callback["error"] == "access_denied" and callback["state"] == "state-1" and "code" not in callback
    assert admin("GET", f"/{id_of('vic')}").json()["requiredActions"] == ["TERMS_AND_CONDITIONS"]
    # The session that was begun for it is over.
    assert realm.authorize(browser, APP).page.form("kc-form-login")


def test_names_of_actions_in_other_letters(realm, admin, id_of):
    browser = realm.browser()
    assert "code" in callback_of(accept(browser, terms_of(realm, browser, "una")))
    known = admin("GET", f"/{id_of('una')}").json()
    assert known["requiredActions"] == [] and "terms_and_conditions" in known["attributes"]


def test_actions_that_the_realm_has_turned_off_are_passed_over(realm):
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "wes", "wes-password"))
    assert realm.password(APP, "wes", "wes-password").json()["error_description"] == "Account is not fully set up"


def test_default_actions_are_those_of_new_users(admin, id_of):
    for name, given, expected in (
        ("new-one", {}, ["UPDATE_PASSWORD"]),
        ("new-two", {"requiredActions": []}, ["UPDATE_PASSWORD"]),
        ("new-three", {"requiredActions": ["TERMS_AND_CONDITIONS"]}, ["TERMS_AND_CONDITIONS", "UPDATE_PASSWORD"]),
        ("new-four", {"requiredActions": ["UPDATE_PASSWORD"]}, ["UPDATE_PASSWORD"]),
    ):
        assert admin("POST", "", {"username": name, "enabled": True, **given}).status == 201
        assert admin("GET", f"/{id_of(name)}").json()["requiredActions"] == expected


# ---- whose page it is ----


def test_a_page_is_good_once(realm):
    browser = realm.browser()
    page = asked(realm, browser, "eve")
    second = shown(browser, realm.authorize(browser, APP))
    assert "code" in callback_of(change(browser, page, "eve-second"))
    for old in (page, second):
        answer = change(browser, old, "eve-third")
        assert answer.status == 400 and "changed nothing" in answer.page.text
    assert may_log_in(realm, "eve", "eve-second") and not may_log_in(realm, "eve", "eve-third")
    # Loaded again, the page leads on.
    answer = browser.get(page.form("kc-passwd-update-form").action)
    assert "code" in callback_of(answer)


def test_a_page_is_good_in_its_own_browser(realm):
    browser = realm.browser()
    page = asked(realm, browser, "fay")
    answer = change(realm.browser(), page, "fay-stolen")
    assert answer.status == 400 and "Cookie not found" in answer.page.text
    # With the cookie of the login, and the session of somebody else.
    other = realm.browser()
    realm.log_in(other, APP, "kim", "kim-password")
    mixed = realm.browser()
    mixed.cookies = {
        key: (browser if key[2].startswith("AUTH_SESSION_ID") else other).cookies[key]
        for key in {**other.cookies, **browser.cookies}
        if key in (browser if key[2].startswith("AUTH_SESSION_ID") else other).cookies
    }
    answer = change(mixed, page, "kim-stolen")
    assert answer.status == 302 and "/protocol/openid-connect/auth?" in answer.location
    for name in ("fay", "kim"):
        assert not may_log_in(realm, name, f"{name}-stolen")
    assert may_log_in(realm, "kim", "kim-password")


def test_a_page_is_good_as_long_as_its_session(realm, admin, id_of):
    browser = realm.browser()
    page = asked(realm, browser, "gus")
    assert admin("POST", f"/{id_of('gus')}/logout").status == 204
    answer = change(browser, page, "gus-second")
    assert answer.status == 302 and "/protocol/openid-connect/auth?" in answer.location
    answer = browser.get(answer.location)
    assert answer.status == 200 and answer.page.form("kc-form-login")
    assert "code" in callback_of(change(browser, asked(realm, browser, "gus"), "gus-second"))


def test_one_page_is_not_another(realm):
    browser = realm.browser()
    login = realm.authorize(browser, APP).page.form("kc-form-login")
    page = asked(realm, browser, "hal")
    code = {
        "Login": urllib.parse.parse_qs(urllib.parse.urlsplit(login.action).query)["session_code"][0],
        "Action": urllib.parse.parse_qs(
            urllib.parse.urlsplit(page.form("kc-passwd-update-form").action).query)["session_code"][0],
    }
    fields = {"password-new": "hal-second", "password-confirm": "hal-second"}
    for path, used in (("required-action", "Login"), ("authenticate", "Action"), ("consent", "Action")):
        query = urllib.parse.urlencode({"session_code": code[used], "execution": "UPDATE_PASSWORD", "client_id": "app"})
        answer = browser.post(f"{realm.issuer}/login-actions/{path}?{query}", {**fields, "code": code[used]})
        assert answer.status == 400, (path, used)
    for wrong in ("", "x", code["Action"][:-2], code["Action"] + "A"):
        query = urllib.parse.urlencode({"session_code": wrong, "client_id": "app"})
        assert browser.post(f"{realm.issuer}/login-actions/required-action?{query}", fields).status == 400
    assert not may_log_in(realm, "hal", "hal-second")


# ---- other sessions ----


@pytest.mark.parametrize(("box", "stays"), [({"logout-sessions": "on"}, False), ({}, True)])
def test_other_sessions_end_where_the_user_says_so(realm, admin, id_of, box, stays):
    name = "lea" if stays else "max"
    _, tokens = realm.code_login(APP, name, name + SUFFIX)
    _, offline = realm.code_login(APP, name, name + SUFFIX, scope="openid offline_access")
    browser = realm.browser()
    page = asked(realm, browser, name, kc_action="UPDATE_PASSWORD")
    assert any(f.get("id") == "logout-sessions" and "checked" in f for f in page.form().fields)
    callback = callback_of(change(browser, page, f"{name}-second", **box))
    assert (realm.refresh(APP, tokens.json()["refresh_token"]).status == 200) == stays
    assert realm.refresh(APP, offline.json()["refresh_token"]).status == 200
    mine = realm.code(APP, callback["code"]).json()
    assert realm.refresh(APP, mine["refresh_token"]).status == 200
    assert "code" in callback_of(realm.authorize(browser, APP))


def test_very_many_other_sessions_end(server, realm, id_of):
    browser = realm.browser()
    page = asked(realm, browser, "sam", kc_action="UPDATE_PASSWORD")
    of_sam = f"SELECT id FROM session WHERE user_id = '{id_of('sam')}'"
    own = stores.rows(server.data, of_sam)
    assert len(own) == 1
    others = {"id": "'other-' || number", "notes": stores.quoted(json.dumps({"browser": "x" * 10000}))}
    stores.copies(server.data, "session", f"id = '{own[0][0]}'", 1200, others)
    assert len(stores.rows(server.data, of_sam)) == 1201
    assert "code" in callback_of(change(browser, page, "sam-second", **{"logout-sessions": "on"}))
    assert stores.rows(server.data, of_sam) == own


# ---- what a client wants done ----


def test_a_client_has_a_password_changed(realm):
    browser = realm.browser()
    page = asked(realm, browser, "ned", kc_action="UPDATE_PASSWORD")
    assert "You need to change" not in page.text
    callback = callback_of(browser.submit(page.form(), **{"cancel-aia": "true"}))
    assert callback["kc_action_status"] == "cancelled" and "code" in callback
    assert may_log_in(realm, "ned", "ned-password")
    answer = realm.authorize(browser, APP, kc_action="UPDATE_PASSWORD")
    assert action_of(answer) == "UPDATE_PASSWORD"
    page = shown(browser, answer)
    callback = callback_of(change(browser, page, "ned-second"))
    assert callback["kc_action_status"] == "success" and "code" in callback
    assert may_log_in(realm, "ned", "ned-second")
    # The same page, from the browser's history, changes nothing more.
    answer = change(browser, page, "ned-third")
    assert answer.status == 400 and not may_log_in(realm, "ned", "ned-third")


def test_what_a_client_may_want(realm):
    browser = realm.browser()
    realm.log_in(browser, APP, "kim", "kim-password")
    for action in ("delete_credential", "VERIFY_PROFILE", "TERMS_AND_CONDITIONS", "delete_account"):
        callback = callback_of(realm.authorize(browser, APP, kc_action=action))
        assert callback["kc_action_status"] == "error" and "code" in callback, action
    for action in ("update_password", "nobody-knows", "<b>"):
        assert realm.authorize(browser, APP, kc_action=action).status == 400, action
    callback = callback_of(realm.authorize(browser, APP, kc_action="UPDATE_PASSWORD", prompt="none"))
    assert callback["error"] == "interaction_required"


def test_what_the_user_has_to_do_cannot_be_cancelled(realm, admin, id_of):
    assert admin("PUT", f"/{id_of('kim')}", {"requiredActions": ["UPDATE_PASSWORD"]}).status == 204
    browser = realm.browser()
    page = asked(realm, browser, "kim", kc_action="UPDATE_PASSWORD")
    assert "Cancel" not in page.text
    answer = browser.submit(page.form(), **{"cancel-aia": "true"})
    assert answer.status == 200 and "Please specify password." in answer.page.text
    callback = callback_of(change(browser, answer.page, "kim-second"))
    assert callback["kc_action_status"] == "success"


def test_events_of_a_change(server, realm):
    def told():
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        return {(line.get("event"), line.get("before"), line.get("error")) for line in lines}

    errors = {("UPDATE_PASSWORD_ERROR", None, error) for error in ("password_missing", "password_confirm_error", "password_rejected")}
    until(lambda: {("LOGIN", "UPDATE_PASSWORD", None), *errors} <= told(), server.log_tail)
    text = server.log.read_text()
    assert not any(word in text for word in ("ann-second", "bob-second", "kim-stolen"))
