# SPDX-License-Identifier: Apache-2.0
"""Recovery codes in place of one-time codes: which is right, that each counts once, and how new ones are made."""

import concurrent.futures
import json
import re

import pytest
from administrator import Admin
from oidc import callback_of
from one_time_codes import credential, totp
from programs import Provider, realm_files
from recovery_codes import code_of, flows_with_recovery, hash_of, recovery_codes, shown
from test_second_factors import APP, realm_of, user
from waiting import until
from web import Browser, bearer

ACTION = "CONFIGURE_RECOVERY_AUTHN_CODES"
ACCOUNT = {"account": ["manage-account"]}
REALMS = [
    realm_of(
        "codes",
        *(user(name, recovery_codes()) for name in ("ann", "bob", "cat", "eve", "kim")),
        user("both", credential(), recovery_codes()),
        user("first", recovery_codes(), credential()),
        user("two", credential(), recovery_codes()),
        user("old", recovery_codes(algorithm="RS512", hashIterations=1)),
        user("odd", recovery_codes(algorithm="SHA-1")),
        user("bad", {**recovery_codes(), "secretData": "{}"}),
        user("last", recovery_codes(first=12)),
        user("plain"),
        user("own", recovery_codes(first=9), clientRoles=ACCOUNT),
        *(user(name, requiredActions=[ACTION]) for name in ("new", "nan", "nat")),
        user("pam", credential(), recovery_codes(first=9)),
        **flows_with_recovery(),
    ),
    realm_of("guarded", user("ann", recovery_codes()), bruteForceProtected=True, failureFactor=3, quickLoginCheckMilliSeconds=0,
             **flows_with_recovery()),
    realm_of("required", user("ann", credential(), recovery_codes()), user("bob", recovery_codes()),
             **flows_with_recovery(otp="REQUIRED")),
    realm_of("twice", user("ann", credential(), recovery_codes()), **flows_with_recovery(otp="REQUIRED", recovery="REQUIRED")),
    realm_of("everybody", user("ann", recovery_codes()), user("bob"),
             **flows_with_recovery(condition=False, otp="DISABLED", recovery="REQUIRED")),
]


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "recovery-realms"), work / "recovery", arguments=("--log-format", "json")) as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("codes")


@pytest.fixture(scope="module")
def admin(server):
    return Admin(server, "codes", "keeper", "keeper", within="/realms/codes")


def asked(realm, name):
    browser = realm.browser()
    answer = realm.log_in(browser, APP, name, name)
    assert answer.status == 200, (answer.status, answer.location)
    assert not browser.cookie("KEYCLOAK_IDENTITY")
    return browser, answer


def code_form(answer):
    return answer.page.form("kc-recovery-code-login-form")


def bring(browser, answer, code):
    return browser.submit(code_form(answer), recoveryCodeInput=code)


def user_of(admin, name):
    return admin("GET", f"/users?username={name}&exact=true").json()[0]


def codes_of(admin, name):
    listed = admin("GET", f"/users/{user_of(admin, name)['id']}/credentials").json()
    return [one for one in listed if one["type"] == "recovery-authn-codes"]


# ---- the page ----


def test_the_next_code_and_no_other_lets_in(realm, admin):
    browser, page = asked(realm, "ann")
    assert "Recovery code #1" in page.text
    for bad in (code_of(2), shown(1).lower(), "", " " + code_of(1), "x" * 500, hash_of(code_of(1))):
        page = bring(browser, page, bad)
        assert "Invalid recovery authentication code" in page.text and page.status == 200, bad
    assert "code" in callback_of(bring(browser, page, code_of(1)))
    browser, page = asked(realm, "ann")
    assert "Recovery code #2" in page.text
    page = bring(browser, page, code_of(1))
    assert "Invalid recovery authentication code" in page.text
    assert "code" in callback_of(bring(browser, page, shown(2)))
    [codes] = codes_of(admin, "ann")
    assert json.loads(codes["credentialData"]) == {"algorithm": "SHA-512", "totalCodes": 12, "remainingCodes": 10}
    assert "secretData" not in codes


def test_of_two_who_bring_a_code_one_is_let_in(realm):
    pages = [asked(realm, "bob") for _ in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: bring(*one, code_of(1)), pages))
    assert [answer.status for answer in answers].count(302) == 1


def test_codes_of_keycloak_24(realm):
    browser, page = asked(realm, "old")
    assert "code" in callback_of(bring(browser, page, code_of(1)))


@pytest.mark.parametrize("name", ["odd", "bad"])
def test_codes_that_cannot_be_read_let_nobody_in(realm, name):
    browser, page = asked(realm, name)
    assert "Invalid recovery" in bring(browser, page, code_of(1)).text


def test_who_has_none_is_not_asked(realm):
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "plain", "plain"))


def test_after_the_last_code_new_ones_are_made(realm, admin):
    browser, page = asked(realm, "last")
    answer = bring(browser, page, code_of(12))
    assert f"execution={ACTION}" in answer.location
    assert codes_of(admin, "last") == [] and user_of(admin, "last")["requiredActions"] == [ACTION]
    form = browser.get(answer.location).page.form("kc-recovery-codes-settings-form")
    assert "code" in callback_of(browser.submit(form))
    assert len(codes_of(admin, "last")) == 1 and user_of(admin, "last")["requiredActions"] == []


# ---- another way ----


def other_ways(browser, answer):
    return browser.submit(answer.page.form("kc-select-try-another-way-form"))


def ways(answer):
    return [field["value"] for field in answer.page.form("kc-select-credential-form").fields]


def choose(browser, answer, way):
    return browser.submit(answer.page.form("kc-select-credential-form"), authenticationExecution=way)


def test_the_other_factor_is_chosen(realm):
    browser, page = asked(realm, "both")
    page.page.form("kc-otp-login-form")
    page = other_ways(browser, page)
    assert ways(page) == ["otp", "recovery-authn-codes"]
    page = choose(browser, page, "recovery-authn-codes")
    page = bring(browser, page, totp())
    assert "Invalid recovery authentication code" in page.text, "it is still about recovery codes"
    page = choose(browser, other_ways(browser, page), "otp")
    assert "code" in callback_of(browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    assert "Recovery code #1" in choose(*_asked_other(realm, "both"), "recovery-authn-codes").text, "none has been used"


def _asked_other(realm, name):
    browser, page = asked(realm, name)
    return browser, other_ways(browser, page)


def test_the_users_order_decides(realm):
    browser, page = asked(realm, "first")
    assert "Recovery code #1" in page.text
    assert ways(other_ways(browser, page)) == ["recovery-authn-codes", "otp"]


def test_what_nobody_offers_is_not_chosen(realm):
    browser, page = asked(realm, "cat")
    assert all(form.attributes["id"] != "kc-select-try-another-way-form" for form in page.page.forms)
    for way in ("otp", "webauthn", "password", ""):
        page = browser.submit(code_form(page), authenticationExecution=way)
        assert "Recovery code #1" in page.text, way
    address = code_form(page).action.replace("execution=recovery-authn-codes", "execution=otp")
    assert "Recovery code #1" in browser.get(address).text
    assert "Invalid recovery" in browser.post(address, {"otp": totp(), "recoveryCodeInput": ""}).text


def test_a_language_leaves_the_page_where_it_is(realm):
    browser, page = asked(realm, "two")
    page = choose(browser, other_ways(browser, page), "recovery-authn-codes")
    assert "Recovery code #1" in browser.get(code_form(page).action).text


# ---- guessing ----


def test_guessed_codes_count_as_wrong_passwords(server):
    realm = server.realm("guarded")
    browser, page = asked(realm, "ann")
    for _ in range(3):
        page = bring(browser, page, code_of(2))
        asked(realm, "ann")  # the right password between them forgets none
    assert "Invalid recovery authentication code" in bring(browser, page, code_of(1)).text


# ---- flows ----


def test_an_alternative_beside_something_required_does_not_count(server):
    realm = server.realm("required")
    browser, page = asked(realm, "ann")
    assert all(form.attributes["id"] != "kc-select-try-another-way-form" for form in page.page.forms)
    page = browser.submit(page.page.form("kc-otp-login-form"), authenticationExecution="recovery-authn-codes")
    page.page.form("kc-otp-login-form")
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "bob", "bob"))


def test_a_flow_that_asks_for_both(server):
    realm = server.realm("twice")
    browser, first = asked(realm, "ann")
    code = totp()
    page = browser.submit(first.page.form("kc-otp-login-form"), otp=code)
    assert page.status == 200 and not browser.cookie("KEYCLOAK_IDENTITY")
    assert realm.authorize(browser, APP).status == 200, "half of it is no session"
    # What was asked for before the second is not taken for it.
    assert "Invalid authenticator code." in browser.submit(first.page.form("kc-otp-login-form"), otp=code).text
    assert "Invalid recovery authentication code" in bring(browser, page, "0000-0000-0000").text
    assert "code" in callback_of(bring(browser, page, code_of(1)))
    assert "timed out" in bring(browser, page, code_of(2)).text, "a login is completed once"


def test_a_flow_that_wants_codes_of_everybody(server):
    realm = server.realm("everybody")
    browser, page = asked(realm, "ann")
    assert "code" in callback_of(bring(browser, page, code_of(1)))
    answer = realm.log_in(realm.browser(), APP, "bob", "bob")
    assert f"execution={ACTION}" in answer.location


# ---- setting codes up ----


def setup_form(realm, browser, name, **changes):
    answer = realm.log_in(browser, APP, name, name, **changes)
    assert f"execution={ACTION}" in (answer.location or ""), (answer.status, answer.location)
    return browser.get(answer.location).page.form("kc-recovery-codes-settings-form")


def value_of(form, name):
    [value] = [field["value"] for field in form.fields if field.get("name") == name]
    return value


def test_codes_are_set_up(server, realm, admin):
    browser = realm.browser()
    answer = realm.log_in(browser, APP, "new", "new")
    page = browser.get(answer.location)
    form = page.page.form("kc-recovery-codes-settings-form")
    codes = value_of(form, "generatedRecoveryAuthnCodes").split(",")
    assert len(set(codes)) == 12 and all(re.fullmatch("[A-NP-Z1-9]{12}", code) for code in codes)
    listed = [line for line in page.page.lines if re.fullmatch("(....-){2}....", line)]
    assert [line.replace("-", "") for line in listed] == codes
    assert "code" in callback_of(browser.submit(form))
    [made] = codes_of(admin, "new")
    assert made["userLabel"] == "Recovery codes"
    assert json.loads(made["credentialData"]) == {"algorithm": "SHA-512", "totalCodes": 12, "remainingCodes": 12}
    assert user_of(admin, "new")["requiredActions"] == []
    browser, page = asked(realm, "new")
    assert "code" in callback_of(bring(browser, page, listed[0]))
    until(lambda: "UPDATE_CREDENTIAL" in server.log.read_text(), "the event in the log")
    log = server.log.read_text()
    assert codes[0] not in log and listed[0] not in log


def test_no_browser_chooses_the_codes(realm, admin):
    mine, other = realm.browser(), realm.browser()
    form, theirs = setup_form(realm, mine, "nan"), setup_form(realm, other, "nat")
    chosen = ",".join(code_of(n) for n in range(1, 13))
    for changes in (
        {"generatedRecoveryAuthnCodes": chosen},
        {name: value_of(theirs, name) for name in ("generatedRecoveryAuthnCodes", "code")},
        {"code": ""},
    ):
        page = mine.submit(form, **changes)
        assert "has been changed meanwhile" in page.text, changes
        again = page.page.form("kc-recovery-codes-settings-form")
        assert value_of(again, "generatedRecoveryAuthnCodes") != value_of(form, "generatedRecoveryAuthnCodes")
    assert codes_of(admin, "nan") == []


def test_a_client_asks_for_codes_and_they_replace_the_old(realm, admin):
    browser, page = asked(realm, "pam")
    callback_of(browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    answer = realm.authorize(browser, APP, kc_action=ACTION)
    form = browser.get(answer.location).page.form("kc-recovery-codes-settings-form")
    assert callback_of(browser.submit(form, **{"cancel-aia": "true"}))["kc_action_status"] == "cancelled"
    before = codes_of(admin, "pam")
    answer = realm.authorize(browser, APP, kc_action=ACTION)
    form = browser.get(answer.location).page.form("kc-recovery-codes-settings-form")
    assert callback_of(browser.submit(form))["kc_action_status"] == "success"
    [after] = codes_of(admin, "pam")
    assert after["id"] != before[0]["id"]
    browser.submit(form)
    assert codes_of(admin, "pam") == [after], "a form counts once"


# ---- one's own account ----


def test_codes_of_ones_own_account(server, realm, admin):
    token = realm.token({"grant_type": "password", "username": "own", "password": "own", "scope": "openid"}, APP)
    headers = {**bearer(token.json()["access_token"]), "Content-Type": "application/json", "Accept": "application/json"}

    def account(method, path):
        return Browser().request(method, f"{realm.issuer}/account/{path}", None, headers)

    [kind] = account("GET", "credentials?type=recovery-authn-codes").json()
    assert (kind["category"], kind["createAction"], kind["removeable"]) == ("two-factor", ACTION, True)
    [one] = kind["userCredentialMetadatas"]
    assert one["infoMessage"] == {"key": "recovery-codes-number-used", "parameters": ["8/12"]}
    assert "warningMessageTitle" not in one, "four are left"
    assert admin("PUT", "", {"passwordPolicy": "recoveryCodesWarningThreshold(5)"}).status == 204
    [one] = account("GET", "credentials?type=recovery-authn-codes").json()[0]["userCredentialMetadatas"]
    assert one["warningMessageTitle"] == {"key": "recovery-codes-number-remaining", "parameters": ["4"]}
    assert one["warningMessageDescription"] == {"key": "recovery-codes-generate-new-codes"}
    assert "secretData" not in json.dumps(kind) and hash_of(code_of(9)) not in json.dumps(kind)
    assert account("DELETE", f"credentials/{one['credential']['id']}").status == 204
    [kind] = account("GET", "credentials?type=recovery-authn-codes").json()
    assert kind["userCredentialMetadatas"] == []
    until(lambda: "REMOVE_CREDENTIAL" in server.log.read_text(), "the event in the log")
