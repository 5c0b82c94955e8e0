# SPDX-License-Identifier: Apache-2.0
"""Consent: when a user is asked, what the answer changes, whose answer counts, and how it is taken back."""

import json
import subprocess
import urllib.parse

import pytest
from oidc import Client, callback_of
from programs import Provider, provider_program
from web import Browser, bearer, unverified_token

CALLBACK = "http://localhost:8000/cb"
APP, SHOWN, PLAIN = (Client(name, None, CALLBACK) for name in ("app", "shown", "plain"))
CHECKER = Client("checker", "checker-secret")
LOGO = "https://pictures.example/app.png?size=2"
POLICY, TERMS = "https://app.example/privacy", "https://app.example/terms"
GIVEN = {
    "clientId": "app",
    "grantedClientScopes": ["email", "profile", "roles"],
    "createdDate": 1700000000123,
    "lastUpdatedDate": 1700000000456,
}


def user(name, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name,
        "lastName": "Cook",
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


def client(client_id, **more):
    return {"clientId": client_id, "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True, **more}


REALM = {
    "realm": "asking",
    "enabled": True,
    "clients": [
        client("app", name="The App", attributes={"policyUri": POLICY, "tosUri": TERMS, "logoUri": LOGO}, implicitFlowEnabled=True),
        client("shown", attributes={"display.on.consent.screen": "true", "consent.screen.text": "Act as <you>"}),
        client("silent", attributes={"policyUri": "javascript:alert(1)", "tosUri": "/admin", "logoUri": "https://pictures.example;script-src/*"}),
        client("plain", consentRequired=False),
        {"clientId": "checker", "secret": "checker-secret"},
    ],
    "users": [
        user("ann", realmRoles=["default-roles-asking"]),
        user("bob"),
        user("keeper", clientRoles={"realm-management": ["manage-users"]}),
        user("viewer", clientRoles={"realm-management": ["view-users"]}),
    ],
}


@pytest.fixture(scope="module")
def server(work):
    file = work / "asking-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "asking") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("asking")


@pytest.fixture
def admin(server, realm):
    tokens = {
        name: realm.password(Client("admin-cli"), name, f"{name}-password").json()["access_token"]
        for name in ("keeper", "viewer")
    }

    def ask(method, path, who="keeper"):
        return Browser().request(method, f"{server.base}/admin/realms/asking/users{path}", None, bearer(tokens[who]))

    return ask


@pytest.fixture
def id_of(admin):
    return lambda name: admin("GET", f"?username={name}&exact=true").json()[0]["id"]


@pytest.fixture(autouse=True)
def nothing_is_granted(admin, id_of):
    for name in ("ann", "bob"):
        for consent in admin("GET", f"/{id_of(name)}/consents").json():
            assert admin("DELETE", f"/{id_of(name)}/consents/{consent['clientId']}").status == 204


def asked(realm, browser, client=APP, name="ann", **changes):
    """Logs in; the question for consent, as a page."""
    answer = realm.log_in(browser, client, name, f"{name}-password", **changes)
    return question(browser, answer)


def question(browser, answer):
    assert "/login-actions/consent?" in (answer.location or ""), (answer.status, answer.location)
    shown = browser.get(answer.location)
    assert shown.status == 200, shown.text
    return shown.page


def yes(browser, page):
    return browser.submit(page.form(), accept="Yes")


def no(browser, page):
    return browser.submit(page.form(), cancel="No")


def tokens_of(realm, client, answer):
    return realm.code(client, callback_of(answer)["code"]).json()


# ---- when, and for what ----


def test_the_page_names_what_is_asked_for(realm):
    page = asked(realm, Browser())
    assert page.text_by_id["kc-page-title"] == "Grant Access to The App"
    assert [line for line in page.lines if line in ("Email address", "User profile", "User roles", "Phone number")] == [
        "Email address", "User profile", "User roles"]  # fmt: skip
    assert page.text_by_id["kc-username"] == "ann" and page.text_by_id["kc-return"] == "localhost:8000"
    assert page.links == [TERMS, POLICY]


def test_the_client_itself_may_be_asked_about_in_words_of_its_own(realm):
    page = asked(realm, Browser(), SHOWN)
    assert "Act as <you>" in page.lines


def test_the_clients_picture_comes_from_its_own_place_alone(realm):
    browser = Browser()
    shown = browser.get(realm.log_in(browser, APP, "ann", "ann-password").location)
    assert f'src="{LOGO}"' in shown.text
    assert "; img-src data: https://pictures.example; " in shown.header("Content-Security-Policy")
    assert shown.header("Referrer-Policy") == "no-referrer"
    browser = Browser()
    silent = browser.get(realm.log_in(browser, Client("silent", None, CALLBACK), "ann", "ann-password").location)
    assert "kc-client-logo" not in silent.text and "script-src/*" not in silent.header("Content-Security-Policy")


def test_links_lead_to_the_client_alone(realm):
    assert asked(realm, Browser(), Client("silent", None, CALLBACK)).links == []


def test_offline_access_is_asked_for(realm):
    browser = Browser()
    page = asked(realm, browser, scope="openid offline_access")
    assert "Offline Access" in page.lines
    tokens = tokens_of(realm, APP, yes(browser, page))
    assert "offline_access" in tokens["scope"].split()
    assert unverified_token(tokens["refresh_token"])[1]["typ"] == "Offline"


def test_what_is_granted_is_not_asked_again(realm):
    browser = Browser()
    tokens = tokens_of(realm, APP, yes(browser, asked(realm, browser)))
    assert "access_token" in tokens
    assert "code" in callback_of(realm.authorize(browser, APP))
    other = Browser()
    assert "code" in callback_of(realm.log_in(other, APP, "ann", "ann-password"))
    assert asked(realm, Browser(), APP, "bob").text_by_id["kc-username"] == "bob"


def test_more_scopes_are_asked_for_alone(realm):
    browser = Browser()
    yes(browser, asked(realm, browser))
    page = question(browser, realm.authorize(browser, APP, scope="openid phone email"))
    assert "Phone number" in page.lines and "Email address" not in page.lines
    assert "phone" in tokens_of(realm, APP, yes(browser, page))["scope"].split()
    assert "code" in callback_of(realm.authorize(browser, APP, scope="openid phone"))
    assert "Address" in question(browser, realm.authorize(browser, APP, scope="openid phone address")).lines


def test_prompt_consent_asks_again(realm):
    browser = Browser()
    yes(browser, asked(realm, browser))
    page = question(browser, realm.authorize(browser, APP, prompt="consent"))
    assert "User profile" in page.lines
    assert "code" in callback_of(yes(browser, page))
    page = asked(realm, Browser(), prompt="consent")
    assert "User profile" in page.lines


def test_nobody_is_asked_with_prompt_none(realm):
    browser = Browser()
    yes(browser, asked(realm, browser))
    answer = callback_of(realm.authorize(browser, APP, prompt="none", scope="openid phone"))
    assert (answer["error"], answer["state"]) == ("interaction_required", "state-1")
    assert callback_of(realm.authorize(browser, APP, prompt="none consent"))["error"] == "interaction_required"


def test_clients_that_need_no_consent(realm):
    assert "code" in callback_of(realm.log_in(Browser(), PLAIN, "ann", "ann-password"))


def test_a_login_counts_as_one_after_the_question(realm):
    browser = Browser()
    page = asked(realm, browser, response_type="code id_token")
    assert {"code", "id_token"} <= callback_of(yes(browser, page)).keys()
    answer = realm.log_in(Browser(), PLAIN, "ann", "ann-password")
    assert "code" in callback_of(answer)


# ---- no ----


def test_no_goes_to_the_client_and_leaves_no_login_behind(realm):
    browser = Browser()
    answer = callback_of(no(browser, asked(realm, browser)))
    assert (answer["error"], answer["state"]) == ("access_denied", "state-1") and "code" not in answer
    assert callback_of(realm.authorize(browser, PLAIN, prompt="none"))["error"] == "login_required"
    assert "Grant Access" in asked(realm, browser).text


def test_no_leaves_a_session_that_was_there(realm):
    browser = Browser()
    callback_of(realm.log_in(browser, PLAIN, "ann", "ann-password"))
    page = question(browser, realm.authorize(browser, APP))
    assert callback_of(no(browser, page))["error"] == "access_denied"
    assert "code" in callback_of(realm.authorize(browser, PLAIN, prompt="none"))


def test_only_a_clear_yes_is_one(realm):
    browser = Browser()
    page = asked(realm, browser)
    assert callback_of(browser.submit(page.form()))["error"] == "access_denied"
    page = asked(realm, browser)
    assert callback_of(browser.submit(page.form(), accept="Yes", cancel="No"))["error"] == "access_denied"


# ---- whose answer counts ----


def test_another_browser_cannot_answer(realm):
    browser, thief = Browser(), Browser()
    page = asked(realm, browser)
    refused = yes(thief, page)
    assert refused.status == 400 and not refused.location
    asked(realm, thief, name="bob")
    refused = yes(thief, page)
    assert refused.status == 400 and not refused.location
    assert "code" in callback_of(yes(browser, page))


def test_a_question_that_the_provider_did_not_ask(realm):
    browser = Browser()
    page = realm.authorize(browser, APP).page
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(page.form("kc-form-login").action).query)["session_code"][0]
    callback_of(realm.log_in(browser, PLAIN, "ann", "ann-password"))
    address = f"{realm.issuer}/login-actions/consent"
    for forged in (code, "", "x", code[:-2] + "AA"):
        refused = browser.post(address, {"code": forged, "accept": "Yes"})
        assert refused.status == 400 and not refused.location, forged
    assert browser.get(address, {"session_code": code}).status == 400
    assert "Grant Access" in question(browser, realm.authorize(browser, APP)).text


def test_the_question_does_for_no_login(realm):
    browser = Browser()
    page = asked(realm, browser)
    code = page.form().values()["code"]
    refused = browser.post(
        f"{realm.issuer}/login-actions/authenticate?session_code={code}",
        {"username": "ann", "password": "ann-password"},
    )
    assert refused.status == 400 and not refused.location


def test_who_has_logged_out_is_asked_to_log_in(realm):
    browser = Browser()
    page = asked(realm, browser)
    browser.cookies = {key: value for key, value in browser.cookies.items() if key[2] == "AUTH_SESSION_ID"}
    answer = yes(browser, page)
    assert answer.status == 302 and answer.location.startswith(realm.endpoint("auth") + "?")
    assert browser.get(answer.location).page.form("kc-form-login")


def test_an_answer_is_for_the_one_who_was_asked(realm):
    browser = Browser()
    page = asked(realm, browser)
    login = realm.authorize(browser, APP, prompt="login").page.form("kc-form-login")
    other = {key: value for key, value in browser.cookies.items() if key[2] == "AUTH_SESSION_ID"}
    browser.cookies = other
    login = realm.authorize(browser, PLAIN).page.form("kc-form-login")
    callback_of(browser.submit(login, username="bob", password="bob-password"))
    answer = yes(browser, page)
    assert answer.location.startswith(realm.endpoint("auth") + "?")
    assert question(browser, browser.get(answer.location)).text_by_id["kc-username"] == "bob"


def test_the_page_is_not_kept_and_not_framed(realm):
    browser = Browser()
    answer = realm.log_in(browser, APP, "ann", "ann-password")
    page = browser.get(answer.location)
    assert "no-store" in page.header("Cache-Control")
    assert "frame-ancestors 'none'" in page.header("Content-Security-Policy")
    assert page.header("X-Frame-Options") == "DENY"


# ---- taking it back ----


def test_a_withdrawal_ends_what_the_client_has(realm, admin, id_of):
    browser = Browser()
    tokens = tokens_of(realm, APP, yes(browser, asked(realm, browser)))
    kept = tokens_of(realm, PLAIN, realm.authorize(browser, PLAIN))
    ann = id_of("ann")
    listed = admin("GET", f"/{ann}/consents").json()
    assert [(one["clientId"], one["grantedClientScopes"], one["additionalGrants"]) for one in listed] == [
        ("app", ["email", "profile", "roles"], [])
    ]
    pending = callback_of(realm.authorize(browser, APP))["code"]
    assert admin("DELETE", f"/{ann}/consents/app", "viewer").status == 403
    assert admin("DELETE", f"/{ann}/consents/app").status == 204
    assert admin("DELETE", f"/{ann}/consents/app").status == 404
    assert admin("GET", f"/{ann}/consents", "viewer").json() == []
    assert realm.refresh(APP, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert realm.code(APP, pending).json()["error"] == "invalid_grant"
    for token in (tokens["access_token"], tokens["refresh_token"]):
        seen = Browser().post(realm.endpoint("token/introspect"), {"token": token, **CHECKER.form})
        assert seen.json() == {"active": False}
    assert realm.userinfo(tokens["access_token"]).status == 401
    assert realm.refresh(PLAIN, kept["refresh_token"]).status == 200
    assert "User profile" in question(browser, realm.authorize(browser, APP)).lines


def test_admin_answers_as_keycloak_does(admin, id_of):
    assert admin("GET", "/nobody/consents").status == 404
    for client in ("nothing", "plain", "https://client.example/a.json"):
        refused = admin("DELETE", f"/{id_of('ann')}/consents/{client}")
        assert refused.status == 404, client
        why = "Client not found" if client == "nothing" else "Consent nor offline token not found"
        assert refused.json()["error"] == why


# ---- realm files ----


def test_consents_come_with_users_and_go_with_them(work):
    file, folder = work / "given-realm.json", work / "given"
    file.write_text(json.dumps({**REALM, "realm": "given", "users": [user("ann", clientConsents=[GIVEN]), user("bob")]}))
    with Provider([file], folder) as provider:
        realm = provider.realm("given")
        assert "code" in callback_of(realm.log_in(Browser(), APP, "ann", "ann-password"))
        browser = Browser()
        assert "code" in callback_of(yes(browser, asked(realm, browser, name="bob")))
    command = [provider_program(), "realm", "export", "--data", folder / "data", "given"]
    exported = json.loads(subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout)
    consents = {one["username"]: one.get("clientConsents") for one in exported["users"]}
    assert consents["ann"] == [GIVEN]
    assert consents["bob"][0]["grantedClientScopes"] == GIVEN["grantedClientScopes"]


@pytest.mark.parametrize(
    "consent, told",
    [
        ({"clientId": "nobody"}, "users[0].clientConsents[0].clientId: no client nobody"),
        ({"clientId": "app", "grantedClientScopes": ["nothing"]}, "grantedClientScopes[0]: no such client scope"),
    ],
)
def test_consents_to_nobody_are_refused(tmp_path, consent, told):
    file = tmp_path / "realm.json"
    file.write_text(json.dumps({**REALM, "users": [user("ann", clientConsents=[consent])]}))
    command = [provider_program(), "realm", "import", "--data", tmp_path / "data", file]
    seen = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert seen.returncode != 0 and told in seen.stderr + seen.stdout
