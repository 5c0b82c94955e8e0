# SPDX-License-Identifier: Apache-2.0
"""One-time codes at logins: which are right, that each counts once and wherever it is typed, and that a password alone gets
nothing while a code is due."""

import base64
import json
import urllib.parse

import pytest
from administrator import Admin
from oidc import Client, callback_of
from one_time_codes import KEY, credential, flows_that_require, hotp, totp, wrong
from programs import Provider, realm_files
from waiting import until
from web import Browser, bearer, unverified_token

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
BASE32 = "MFRGGZDFMZTWQ2LKGEZDGNBVGY3TQOJQ"
FIRST, SECOND = "1" * 20, "2" * 20


def user(name, *credentials, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name,
        "lastName": "Cook",
        "credentials": [{"type": "password", "value": name}, *credentials],
        **more,
    }


def realm_of(name, *users, **more):
    client = {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    keeper = user("keeper", clientRoles={"realm-management": ["realm-admin"]})
    return {"realm": name, "enabled": True, "clients": [client], "users": [keeper, *users], **more}


PEOPLE = [user(name, credential()) for name in ("ann", "ben", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "max")]
REALMS = [
    realm_of(
        "owners",
        *PEOPLE,
        user("bob"),
        user("cat", credential(FIRST, label="Phone"), credential(SECOND)),
        user("dan", credential(kind="hotp", counter=5)),
        user("ivy", credential(BASE32.lower(), secretEncoding="base32", digits=8, period=60, algorithm="HmacSHA256")),
        user("lea", credential(algorithm="SHA1")),
        user("old", {"type": "totp", "hashedSaltedValue": KEY, "digits": 6, "period": 30, "algorithm": "HmacSHA1"}),
        user("off", credential(), enabled=False),
        *(user(name, requiredActions=["CONFIGURE_TOTP"]) for name in ("new", "nan", "nat", "ned")),
        *(user(name) for name in ("pam", "pat")),
        user("pia", credential(FIRST, label="Old"), credential(SECOND), clientRoles={"account": ["manage-account"]}),
    ),
    realm_of("strict", user("ann", credential()), user("bob"), user("cat"), **flows_that_require()),
    realm_of("barring", user("bob"), requiredActions=[{"alias": "CONFIGURE_TOTP", "enabled": False}], **flows_that_require()),
    realm_of("counting", *(user(name, requiredActions=["CONFIGURE_TOTP"]) for name in ("ann", "ben")), displayName="A & B",
             otpPolicyType="hotp", otpPolicyAlgorithm="HmacSHA256", otpPolicyDigits=8, otpPolicyInitialCounter=7),
    realm_of("guarded", user("ann", credential()), user("ben", credential()), bruteForceProtected=True, failureFactor=3,
             quickLoginCheckMilliSeconds=0),
    realm_of("again", user("ann", credential()), otpPolicyCodeReusable=True, otpPolicyLookAheadWindow=0),
]


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "factors-realms"), work / "factors", arguments=("--log-format", "json")) as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("owners")


@pytest.fixture(scope="module")
def admin(server):
    return Admin(server, "owners", "keeper", "keeper", within="/realms/owners")


def direct(realm, name, **more):
    return realm.token({"grant_type": "password", "username": name, "password": name, "scope": "openid", **more}, APP)


def asked(realm, browser, name, **changes):
    """Logs in with the password; the page that asks for the code."""
    answer = realm.log_in(browser, APP, name, name, **changes)
    assert answer.status == 200, (answer.status, answer.location)
    assert not browser.cookie("KEYCLOAK_IDENTITY") and not browser.cookie("KEYCLOAK_SESSION")
    return answer


def code_form(answer):
    return answer.page.form("kc-otp-login-form")


def user_of(admin, name):
    return admin("GET", f"/users?username={name}&exact=true").json()[0]


# ---- direct grants ----


@pytest.mark.parametrize("name", ["totp", "otp"])
def test_a_direct_grant_brings_the_code(realm, name):
    person = {"totp": "ann", "otp": "ben"}[name]
    for bad in ({}, {name: ""}, {name: wrong()}, {name: "abcdef"}, {name: " " + totp()}, {name: totp(later=3)}):
        answer = direct(realm, person, **bad)
        assert (answer.status, answer.json()["error_description"]) == (401, "Invalid user credentials")
    assert direct(realm, person, **{name: totp()}).status == 200


def test_the_password_still_counts(realm):
    answer = realm.token({"grant_type": "password", "username": "max", "password": "x", "totp": totp()}, APP)
    assert answer.status == 401
    assert direct(realm, "max", totp=totp()).status == 200, "a code beside a wrong password is not used up"


def test_a_code_counts_once(realm):
    code = totp()
    assert direct(realm, "eve", totp=code).status == 200
    assert direct(realm, "eve", totp=code).status == 401
    browser = realm.browser()
    page = asked(realm, browser, "eve")
    assert "Invalid authenticator code." in browser.submit(code_form(page), otp=code).text
    assert direct(realm, "eve", totp=totp(later=1)).status == 200


def test_a_counter_goes_on(realm, admin):
    found = [direct(realm, "dan", totp=hotp(KEY, counter)).status for counter in (4, 5, 5, 7, 6, 10, 9, 8)]
    assert found == [401, 200, 401, 200, 401, 401, 200, 401]
    [otp] = [c for c in admin("GET", f"/users/{user_of(admin, 'dan')['id']}/credentials").json() if c["type"] == "otp"]
    assert json.loads(otp["credentialData"])["counter"] == 10


def test_keys_of_other_kinds(realm):
    key = base64.b32decode(BASE32)
    assert direct(realm, "ivy", totp=totp(key, period=60, digits=8, algorithm="sha256")).status == 200
    assert direct(realm, "old", totp=totp()).status == 200
    assert direct(realm, "lea", totp=totp()).status == 401, "an algorithm that nobody knows"


def test_the_first_of_two_devices(realm):
    assert direct(realm, "cat", totp=totp(SECOND)).status == 401
    assert direct(realm, "cat", totp=totp(FIRST)).status == 200


def test_who_has_no_device_is_not_asked(realm):
    assert direct(realm, "bob").status == 200
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "bob", "bob"))


def test_a_disabled_user(realm):
    assert direct(realm, "off", totp=totp()).json()["error_description"] == "Account disabled"


def test_a_realm_that_lets_codes_be_used_again(server):
    realm = server.realm("again")
    assert [direct(realm, "ann", totp=totp()).status for _ in range(2)] == [200, 200]
    assert direct(realm, "ann", totp=totp(later=2)).status == 401, "its window is 0"


# ---- the page ----


def test_the_code_completes_the_login(realm):
    browser = realm.browser()
    page = asked(realm, browser, "fay")
    assert page.page.text_by_id["kc-attempted-username"] == "fay"
    assert urllib.parse.urlsplit(code_form(page).action).path.endswith("/login-actions/authenticate")
    page = browser.submit(code_form(page), otp=wrong())
    assert "Invalid authenticator code." in page.text and page.status == 200
    page = browser.submit(code_form(page), otp="")
    callback = callback_of(browser.submit(code_form(page), otp=totp()))
    tokens = realm.code(APP, callback["code"]).json()
    assert unverified_token(tokens["id_token"])[1]["acr"] == "1"
    again = realm.authorize(browser, APP)
    assert "code" in callback_of(again), "single sign-on asks for nothing"
    page = realm.authorize(browser, APP, prompt="login")
    page = browser.submit(page.page.form("kc-form-login"), password="fay")
    assert "code" in callback_of(browser.submit(code_form(page), otp=totp(later=1)))


def test_one_of_two_devices_is_chosen(realm):
    browser = realm.browser()
    page = asked(realm, browser, "cat")
    first, second = [f["value"] for f in code_form(page).fields if f.get("name") == "selectedCredentialId"]
    assert "Phone" in page.text and "Unnamed" in page.text
    page = browser.submit(code_form(page), otp=totp(SECOND), selectedCredentialId=first)
    assert "Invalid authenticator code." in page.text
    page = browser.submit(code_form(page), otp=totp(SECOND), selectedCredentialId="another")
    assert "Invalid authenticator code." in page.text
    assert "code" in callback_of(browser.submit(code_form(page), otp=totp(SECOND), selectedCredentialId=second))


def test_the_half_done_login_is_of_one_browser_and_one_page(realm):
    browser, thief = realm.browser(), realm.browser()
    page = asked(realm, browser, "gus")
    realm.authorize(thief, APP)
    assert "Cookie not found" in thief.submit(code_form(page), otp=totp()).text
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(code_form(page).action).query)["session_code"][0]
    for path in ("required-action", "consent", "registration"):
        answer = browser.get(f"{realm.issuer}/login-actions/{path}", {"session_code": code, "client_id": "app"})
        assert answer.status == 400, path
    assert realm.code(APP, code).status == 400
    assert realm.refresh(APP, code).status == 400
    assert realm.userinfo(code).status == 401
    login = realm.authorize(browser, APP, prompt="none")
    assert callback_of(login)["error"] == "login_required"


def test_the_half_done_login_is_completed_once(realm):
    browser = realm.browser()
    form = code_form(asked(realm, browser, "hal"))
    assert "code" in callback_of(browser.submit(form, otp=totp()))
    answer = browser.submit(form, otp=totp(later=1))
    assert answer.status == 200 and answer.page.form("kc-form-login")


def test_the_half_done_login_ends_with_what_it_was_about(realm, admin):
    browser = realm.browser()
    form = code_form(asked(realm, browser, "ida"))
    user = user_of(admin, "ida")
    path = f"/users/{user['id']}"
    assert admin("PUT", path, {**user, "enabled": False}).status == 204
    assert "Account is disabled" in browser.submit(form, otp=totp()).text
    assert admin("PUT", path, {**user, "enabled": True}).status == 204
    new = {"type": "password", "value": "ida", "temporary": False}
    assert admin("PUT", f"{path}/reset-password", new).status == 204
    answer = browser.submit(form, otp=totp())
    assert "timed out" in answer.text and answer.page.form("kc-form-login")
    form = code_form(asked(realm, browser, "ida"))
    [device] = [c["id"] for c in admin("GET", f"{path}/credentials").json() if c["type"] == "otp"]
    assert admin("DELETE", f"{path}/credentials/{device}").status == 204
    assert browser.submit(form, otp=totp()).page.form("kc-form-login")
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "ida", "ida"))


def test_somebody_else_signs_in_instead(realm):
    browser = realm.browser()
    page = asked(realm, browser, "jon")
    [link] = [link for link in page.page.links if "session_code" in link]
    page = browser.get(link)
    assert "code" in callback_of(browser.submit(page.page.form("kc-form-login"), username="bob", password="bob"))


# ---- guessing ----


def test_guessed_codes_count_as_wrong_passwords(server):
    realm = server.realm("guarded")
    browser = realm.browser()
    page = asked(realm, browser, "ann")
    for _ in range(3):
        page = browser.submit(code_form(page), otp=wrong())
        asked(realm, realm.browser(), "ann")  # the right password between them forgets none
    assert "Invalid authenticator code." in browser.submit(code_form(page), otp=totp()).text
    assert realm.log_in(realm.browser(), APP, "ann", "ann").page.form("kc-form-login")
    assert [direct(realm, "ben", totp=wrong()).status for _ in range(3)] == [401] * 3
    assert direct(realm, "ben", totp=totp()).status == 401


# ---- what is told ----


def test_events_and_no_code_in_the_log(server, realm):
    browser, bad, good = realm.browser(), wrong(), totp()
    page = browser.submit(code_form(asked(realm, browser, "kim")), otp=bad)
    callback_of(browser.submit(code_form(page), otp=good))
    assert direct(realm, "kim", totp=bad).status == 401

    def told():
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if '"LOGIN' in line]
        mine = [line for line in lines if "kim" in json.dumps(line)]
        return any("invalid_user_credentials" in json.dumps(line) for line in mine) and mine

    mine = until(told, server.log_tail)
    assert not any(f'"{code}"' in json.dumps(line) or f"={code}" in json.dumps(line) for line in mine for code in (bad, good))


# ---- flows ----


def test_a_flow_that_wants_a_code_of_everybody(server):
    realm = server.realm("strict")
    assert direct(realm, "bob").status == 401
    assert direct(realm, "bob", totp=totp()).status == 401
    assert direct(realm, "ann").status == 401
    assert direct(realm, "ann", totp=totp()).status == 200
    browser = realm.browser()
    form = code_form(asked(realm, browser, "ann"))
    assert "code" in callback_of(browser.submit(form, otp=totp(later=1)))
    form = setup_form(realm, realm.browser(), "bob")
    assert direct(realm, "bob").status == 401
    browser = realm.browser()
    form = setup_form(realm, browser, "cat")
    assert "code" not in realm.authorize(browser, APP).location.split("?")[0]
    answer = browser.submit(form, totp=totp(value_of(form, "totpSecret")))
    assert "code" in callback_of(answer)
    assert code_form(realm.log_in(realm.browser(), APP, "cat", "cat"))


def test_a_flow_that_wants_a_code_where_nobody_gets_a_device(server):
    realm = server.realm("barring")
    assert "Account is not fully set up" in realm.log_in(realm.browser(), APP, "bob", "bob").text


# ---- setting a device up ----


def value_of(form, name):
    [value] = [field["value"] for field in form.fields if field.get("name") == name]
    return value


def setup_form(realm, browser, name, **changes):
    answer = realm.log_in(browser, APP, name, name, **changes)
    assert "execution=CONFIGURE_TOTP" in (answer.location or ""), (answer.status, answer.location)
    return browser.get(answer.location).page.form("kc-totp-settings-form")


def devices_of(admin, name):
    return [c for c in admin("GET", f"/users/{user_of(admin, name)['id']}/credentials").json() if c["type"] == "otp"]


def test_a_device_is_set_up(realm, admin):
    browser = realm.browser()
    form = setup_form(realm, browser, "new")
    key = value_of(form, "totpSecret")
    page = browser.submit(form, totp=wrong(key), userLabel="My phone")
    assert "Invalid authenticator code." in page.text
    form = page.page.form("kc-totp-settings-form")
    assert (value_of(form, "totpSecret"), value_of(form, "userLabel")) == (key, "My phone")
    typed = page.page.text_by_id["kc-totp-secret-key"].replace(" ", "")
    assert base64.b32decode(typed) == key.encode() and len(key) == 25
    assert key not in form.action and key not in page.url
    assert "Please specify authenticator code." in browser.submit(form, totp="").text
    assert direct(realm, "new").status == 400, "not set up yet"
    code = totp(key)
    assert "code" in callback_of(browser.submit(form, totp=code))
    [device] = devices_of(admin, "new")
    assert device["userLabel"] == "My phone"
    kept = {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"}
    assert json.loads(device["credentialData"]) == kept
    assert user_of(admin, "new")["requiredActions"] == []
    assert direct(realm, "new").status == 401
    assert direct(realm, "new", totp=code).status == 401, "it has been used to set the device up"
    assert direct(realm, "new", totp=totp(key, later=1)).status == 200


def test_no_browser_chooses_the_key(realm, admin):
    mine, other = realm.browser(), realm.browser()
    form, theirs = setup_form(realm, mine, "nan"), setup_form(realm, other, "nat")
    for changes in (
        {"totpSecret": KEY},
        {"totpSecret": value_of(theirs, "totpSecret")},
        {"totpSecret": value_of(theirs, "totpSecret"), "code": value_of(theirs, "code")},
        {"code": ""},
        {"code": value_of(form, "code")[:-4]},
    ):
        key = changes.get("totpSecret", value_of(form, "totpSecret"))
        page = mine.submit(form, totp=totp(key), **changes)
        assert "has been changed meanwhile" in page.text, changes
        assert value_of(page.page.form("kc-totp-settings-form"), "totpSecret") != key
    assert devices_of(admin, "nan") == []


def test_a_client_asks_for_a_device(realm, admin):
    browser = realm.browser()
    form = setup_form(realm, browser, "pam", kc_action="CONFIGURE_TOTP")
    callback = callback_of(browser.submit(form, **{"cancel-aia": "true"}))
    assert callback["kc_action_status"] == "cancelled" and devices_of(admin, "pam") == []
    answer = realm.authorize(browser, APP, kc_action="CONFIGURE_TOTP")
    form = browser.get(answer.location).page.form("kc-totp-settings-form")
    first = value_of(form, "totpSecret")
    assert callback_of(browser.submit(form, totp=totp(first)))["kc_action_status"] == "success"
    again = browser.submit(form, totp=totp(first, later=1))
    assert len(devices_of(admin, "pam")) == 1, again.text
    answer = realm.authorize(browser, APP, kc_action="CONFIGURE_TOTP")
    form = browser.get(answer.location).page.form("kc-totp-settings-form")
    second = value_of(form, "totpSecret")
    page = browser.submit(form, totp=totp(second))
    assert "Please specify device name." in page.text
    form = page.page.form("kc-totp-settings-form")
    assert callback_of(browser.submit(form, totp=totp(second), userLabel="Two"))["kc_action_status"] == "success"
    assert [device.get("userLabel") for device in devices_of(admin, "pam")] == [None, "Two"]


def test_other_sessions_may_end(realm, admin):
    elsewhere, browser = realm.browser(), realm.browser()
    realm.log_in(elsewhere, APP, "pat", "pat")
    form = setup_form(realm, browser, "pat", kc_action="CONFIGURE_TOTP")
    values = {field["name"] for field in form.fields if "checked" in field}
    assert values == {"logout-sessions"}
    callback_of(browser.submit(form, totp=totp(value_of(form, "totpSecret")), **{"logout-sessions": "on"}))
    assert realm.authorize(elsewhere, APP).status == 200
    assert "code" in callback_of(realm.authorize(browser, APP))


def test_a_counter_is_set_up_by_the_realms_policy(server):
    realm = server.realm("counting")
    browser = realm.browser()
    form = setup_form(realm, browser, "ann")
    key = value_of(form, "totpSecret")
    kind = {"digits": 8, "algorithm": "sha256"}
    assert "Invalid authenticator code." in browser.submit(form, totp=hotp(key, 9, **kind)).text
    assert "code" in callback_of(browser.submit(form, totp=hotp(key, 8, **kind)))
    assert [direct(realm, "ann", totp=hotp(key, n, **kind)).status for n in (8, 9, 11)] == [401, 200, 200]


def test_the_setup_is_told_and_the_key_is_not(server, realm):
    browser = realm.browser()
    form = setup_form(realm, browser, "ned")
    key = value_of(form, "totpSecret")
    callback_of(browser.submit(form, totp=totp(key)))
    log = server.log.read_text()
    assert "UPDATE_TOTP" in log
    assert key not in log and base64.b32encode(key.encode()).decode() not in log


# ---- one's own account ----


def test_devices_of_ones_own_account(server, realm, admin):
    token = direct(realm, "pia", totp=totp(FIRST)).json()["access_token"]

    def account(method, path, body=None):
        headers = {**bearer(token), "Content-Type": "application/json", "Accept": "application/json"}
        body = None if body is None else json.dumps(body).encode()
        return Browser().request(method, f"{realm.issuer}/account/{path}", body, headers)

    [kind] = account("GET", "credentials?type=otp").json()
    assert (kind["category"], kind["createAction"], kind["removeable"]) == ("two-factor", "CONFIGURE_TOTP", True)
    first, second = [one["credential"] for one in kind["userCredentialMetadatas"]]
    assert first["userLabel"] == "Old" and "secretData" not in json.dumps(kind) and FIRST not in json.dumps(kind)
    assert account("PUT", f"credentials/{second['id']}/label", "New").status == 204
    assert account("DELETE", f"credentials/{first['id']}").status == 204
    assert account("DELETE", f"credentials/{first['id']}").status == 404
    assert [device["userLabel"] for device in devices_of(admin, "pia")] == ["New"]
    assert direct(realm, "pia", totp=totp(FIRST, later=1)).status == 401
    assert direct(realm, "pia", totp=totp(SECOND)).status == 200
    until(lambda: "REMOVE_TOTP" in server.log.read_text(), server.log_tail)
