# SPDX-License-Identifier: Apache-2.0
"""Passkeys in the place of a password: at logins, in the field for the name, and every answer that must not do."""

import re
import urllib.parse

import pytest
from key_site import APP, FAILED, NOT_REGISTERED, ORIGIN, WRONG_ANSWERS, admin_of, changed, keys_of, realm_of, registering, serving, user
from oidc import callback_of
from one_time_codes import credential as otp_credential
from one_time_codes import execution, totp
from security_key import USER_PRESENT, SecurityKey, asked, b64
from web import Browser, unverified_token

PASSKEYS = {name: SecurityKey(ORIGIN, "localhost", counter=1) for name in ("pam", "pat", "off", "otto")}
IDS = {name: f"00000000-0000-4000-8000-00000000000{at}" for at, name in enumerate(PASSKEYS)}


def passkey_flow(*second, beside=()):
    """As the usual guides build it: a name, then a passkey, or a password and what stands beside it."""
    flow = {"providerId": "basic-flow", "builtIn": False, "topLevel": False}

    def part(alias, requirement, priority):
        return {"flowAlias": alias, "requirement": requirement, "priority": priority, "authenticatorFlow": True}

    conditional = [execution("conditional-user-configured"), execution("auth-otp-form", priority=20)]
    return {
        "browserFlow": "passkeys",
        "authenticationFlows": [
            {**flow, "alias": "passkeys", "topLevel": True,
             "authenticationExecutions": [execution("auth-cookie", "ALTERNATIVE"), part("forms", "ALTERNATIVE", 20)]},
            {**flow, "alias": "forms", "authenticationExecutions": [
                execution("auth-username-form"), part("either", "REQUIRED", 20), *second]},
            {**flow, "alias": "either", "authenticationExecutions": [
                execution("webauthn-authenticator-passwordless", "ALTERNATIVE"), part("password", "ALTERNATIVE", 20)]},
            {**flow, "alias": "password", "authenticationExecutions": [execution("auth-password-form"), *beside]},
            {**flow, "alias": "codes", "authenticationExecutions": conditional},
        ],
    }


CODES = {"flowAlias": "codes", "requirement": "CONDITIONAL", "priority": 30, "authenticatorFlow": True}
PEOPLE = [
    *(user(name, PASSKEYS[name].credential("webauthn-passwordless"), id=IDS[name]) for name in ("pam", "pat")),
    user("off", PASSKEYS["off"].credential("webauthn-passwordless"), id=IDS["off"], enabled=False),
    user("otto", otp_credential(), PASSKEYS["otto"].credential("webauthn-passwordless"), id=IDS["otto"]),
    user("neo", requiredActions=["webauthn-register-passwordless"]),
]
COOKIE = execution("auth-cookie", "ALTERNATIVE")
PASSKEY = execution("webauthn-authenticator-passwordless", "ALTERNATIVE")


def part_of(*executions):
    return {"steps": list(executions)}


def flow_of(*steps, **settings):
    """A browser flow of these; a part of several is an alternative."""
    flows, top = [], []
    for at, step in enumerate(steps):
        if "steps" in step:
            flows.append({"alias": f"part {at}", "authenticationExecutions": step["steps"]})
            step = {"flowAlias": f"part {at}", "requirement": "ALTERNATIVE", "priority": at + 20, "authenticatorFlow": True}
        top.append(step)
    flows.append({"alias": "own", "topLevel": True, "authenticationExecutions": top})
    return {"browserFlow": "own", "authenticationFlows": flows, **settings}


PASSKEY_REALMS = [
    realm_of("spared", *PEOPLE, **passkey_flow(beside=[CODES])),
    realm_of("asked", *PEOPLE, **passkey_flow(CODES)),
    realm_of("offered", *PEOPLE, webAuthnPolicyPasswordlessPasskeysEnabled=True),
    realm_of("relaxed", *PEOPLE, webAuthnPolicyPasswordlessUserVerificationRequirement="discouraged", **passkey_flow(beside=[CODES])),
    realm_of("without", *PEOPLE),
    realm_of("alone", *PEOPLE, **flow_of(COOKIE, PASSKEY, resetPasswordAllowed=True, smtpServer={"host": "127.0.0.1", "from": "a@example.org"})),
    realm_of("named", *PEOPLE, **flow_of(COOKIE, part_of(execution("auth-username-form"), execution(PASSKEY["authenticator"])))),
    realm_of("parts", *PEOPLE, **flow_of(COOKIE, part_of(execution(PASSKEY["authenticator"])),
                                         part_of(execution("auth-username-password-form")))),
    realm_of("uncookied", *PEOPLE, **flow_of(execution(PASSKEY["authenticator"]))),
    realm_of("both", *PEOPLE, **flow_of(COOKIE, part_of(execution("auth-username-password-form"), execution(PASSKEY["authenticator"])))),
    realm_of("after", *PEOPLE, browserFlow="after", authenticationFlows=[
        {"alias": "after", "authenticationExecutions": [
            execution("auth-username-password-form"), execution("webauthn-authenticator-passwordless", "ALTERNATIVE", 20)]}]),
]


@pytest.fixture(scope="module")
def passkeys(work):
    for provider in serving(PASSKEY_REALMS, PASSKEYS.values(), "passkeys", work):
        for name, key in PASSKEYS.items():
            key.user_handle = IDS[name].encode()
        yield provider


def passkey_form(realm, browser, **changes):
    page = realm.authorize(browser, APP, **changes).page
    [link] = [one for one in page.links if "webauthn-authenticator-passwordless" in one]
    return browser.get(link).page.form("webauth")


@pytest.mark.parametrize("name", ["spared", "asked", "offered", "relaxed"])
def test_a_passkey_signs_in(passkeys, name):
    realm, key = passkeys.realm(name), PASSKEYS["pam"]
    browser = realm.browser()
    form = passkey_form(realm, browser)
    options = asked(form)
    assert options["allowCredentials"] == [] and options["userVerification"] == ("discouraged" if name == "relaxed" else "required")
    callback = callback_of(browser.submit(form, **key.get(options)))
    tokens = realm.code(APP, callback["code"]).json()
    assert unverified_token(tokens["id_token"])[1]["preferred_username"] == "pam"
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "pat", "pat")), "a password does as before"


@pytest.mark.parametrize(("name", "code"), [("spared", False), ("asked", True), ("offered", False)])
def test_who_came_by_a_passkey_is_asked_for_what_the_flow_asks(passkeys, name, code):
    realm, key = passkeys.realm(name), PASSKEYS["otto"]
    browser = realm.browser()
    form = passkey_form(realm, browser)
    answer = browser.submit(form, **key.get(asked(form)))
    if code:
        assert answer.status == 200 and not browser.cookie("KEYCLOAK_IDENTITY")
        answer = browser.submit(answer.page.form("kc-otp-login-form"), otp=totp())
    assert "code" in callback_of(answer)
    assert realm.log_in(realm.browser(), APP, "otto", "otto").page.form("kc-otp-login-form"), "beside a password it is"


WRONG_PASSKEYS = {
    **WRONG_ANSWERS,
    "not verified": lambda key, options: key.get(options, flags=USER_PRESENT),
    "no user": lambda key, options: changed(key.get(options), userHandle=""),
    "another user": lambda key, options: changed(key.get(options), userHandle=b64(IDS["pat"].encode())),
    "nobody": lambda key, options: changed(key.get(options), userHandle=b64(b"nobody")),
    "somebody disabled": lambda key, options: PASSKEYS["off"].get(options),
    "bytes for a user": lambda key, options: changed(key.get(options), userHandle=b64(b"\xff\x00")),
}


def test_passkeys_that_are_wrong(passkeys):
    realm, key = passkeys.realm("spared"), PASSKEYS["pat"]
    browser = realm.browser()
    form = passkey_form(realm, browser)
    for what, wrong in WRONG_PASSKEYS.items():
        mine = PASSKEYS["pam"] if what == "another user" else key
        answer = browser.submit(form, **wrong(mine, asked(form)))
        assert answer.status == 200 and FAILED in answer.page.text, (what, answer.status, answer.location)
        assert not browser.cookie("KEYCLOAK_IDENTITY"), what
        form = answer.page.form("webauth")
    fields = key.get(asked(form))
    other = realm.browser()
    stolen = passkey_form(realm, other)
    assert FAILED in other.submit(stolen, **{**fields, "code": form.values()["code"]}).page.text, "of another browser"
    assert "code" in callback_of(browser.submit(form, **fields))
    form = passkey_form(realm, browser, prompt="login")
    assert FAILED in browser.submit(form, **PASSKEYS["pam"].get(asked(form))).page.text, "somebody else is to sign in again"


def test_a_passkey_is_not_taken_where_no_flow_takes_it(passkeys):
    for name in ("without", "after"):
        realm = passkeys.realm(name)
        browser = realm.browser()
        page = realm.authorize(browser, APP).page
        assert not [one for one in page.links if "passwordless" in one], name
        form = page.form("kc-form-login")
        form.action += "&execution=webauthn-authenticator-passwordless"
        answer = browser.submit(form, **PASSKEYS["pam"].get({"challenge": b64(bytes(32))}))
        assert answer.status == 200 and answer.page.form("kc-form-login"), name
    assert callback_of(passkeys.realm("both").authorize(Browser(), APP))["error"] == "unauthorized_client"


# ---- no password at all ----


def begun(realm, browser, **changes):
    """The first page of a login that takes passkeys alone."""
    answer = realm.authorize(browser, APP, **changes)
    assert answer.status == 302, answer.text
    page = browser.get(answer.location).page
    assert not [one for one in page.forms if one.attributes.get("id") == "kc-form-login"]
    return page


@pytest.mark.parametrize("name", ["alone", "named", "uncookied"])
def test_a_flow_without_passwords(passkeys, name):
    realm, key, browser = passkeys.realm(name), PASSKEYS["pam"], passkeys.realm(name).browser()
    page = begun(realm, browser)
    assert "reset-login" not in page.ids
    answer = browser.submit(page.form("webauth"), **key.get(asked(page.form("webauth"))))
    tokens = realm.code(APP, callback_of(answer)["code"]).json()
    claims = unverified_token(tokens["id_token"])[1]
    assert (claims["preferred_username"], claims["acr"]) == ("pam", "1")
    again = realm.authorize(browser, APP)
    silent = callback_of(realm.authorize(browser, APP, prompt="none"))
    if name == "uncookied":
        assert "passwordless" in again.location and silent["error"] == "login_required"
    else:
        assert "code" in callback_of(again) and "code" in silent


@pytest.mark.parametrize("asking", [{"prompt": "login"}, {"max_age": "0"}])
def test_without_passwords_the_same_one_signs_in_again(passkeys, asking):
    realm, browser = passkeys.realm("alone"), passkeys.realm("alone").browser()
    form = begun(realm, browser).form("webauth")
    assert "code" in callback_of(browser.submit(form, **PASSKEYS["pam"].get(asked(form))))
    page = begun(realm, browser, **asking)
    assert page.text_by_id["kc-attempted-username"] == "pam" and "Sign in as somebody else" in page.text_by_id["reset-login"]
    answer = browser.submit(page.form("webauth"), **PASSKEYS["pat"].get(asked(page.form("webauth"))))
    assert FAILED in answer.page.text, "another's passkey"
    form = answer.page.form("webauth")
    assert "code" in callback_of(browser.submit(form, **PASSKEYS["pam"].get(asked(form))))
    page = begun(realm, browser, **asking)
    [other] = [one for one in page.links if "session_code" in one and "authenticate" in one and "kc_locale" not in one]
    form = browser.get(other, follow=True).page.form("webauth")
    assert "code" in callback_of(browser.submit(form, **PASSKEYS["pat"].get(asked(form))))


def test_a_password_does_not_pass_by_a_flow_without(passkeys):
    """Posted where the login page of other flows takes it, with what it would have been shown with."""
    for name in ("alone", "named"):
        realm = passkeys.realm(name)
        browser = realm.browser()
        address = realm.authorize(browser, APP).location
        plain = re.sub("&execution=[^&]*", "", address)
        for where in (plain, plain + "&execution=auth-username-password-form", plain + "&execution=auth-otp-form", address):
            answer = browser.post(where, {"username": "pam", "password": "pam", "credentialId": ""})
            assert answer.status in (200, 302) and not browser.cookie("KEYCLOAK_IDENTITY"), (name, where)
            assert not (answer.location or "").startswith(APP.redirect_uri)
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["session_code"][0]
        reset = browser.get(f"{realm.issuer}/login-actions/reset-credentials?session_code={code}&client_id=app")
        assert reset.status == 400, "nor by a mail"


def test_alternatives_by_parts(passkeys):
    realm, browser = passkeys.realm("parts"), passkeys.realm("parts").browser()
    form = passkey_form(realm, browser)
    assert "code" in callback_of(browser.submit(form, **PASSKEYS["pam"].get(asked(form))))
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "pat", "pat"))


# ---- passkeys in the field for the name ----


def offer_of(realm, browser, **changes):
    page = realm.authorize(browser, APP, **changes).page
    [name] = [field for field in page.form("kc-form-login").fields if field.get("name") == "username"]
    return name["autocomplete"], [form for form in page.forms if form.attributes.get("id") == "webauth"]


def test_passkeys_are_offered_in_the_field_for_the_name(passkeys):
    realm, browser, key = passkeys.realm("offered"), passkeys.realm("offered").browser(), PASSKEYS["pam"]
    autocomplete, [form] = offer_of(realm, browser)
    assert autocomplete == "username webauthn" and asked(form)["allowCredentials"] == []
    fields = key.get(asked(form))
    stranger = realm.browser()
    _, [theirs] = offer_of(realm, stranger)
    refused = stranger.submit(theirs, **{**fields, "code": form.values()["code"]})
    assert FAILED in refused.page.text and not stranger.cookie("KEYCLOAK_IDENTITY"), "the challenge of another browser"
    assert "code" in callback_of(browser.submit(form, **fields))
    second = passkey_form(realm, browser, prompt="login")
    replayed = browser.submit(second, **{**fields, "code": form.values()["code"]})
    assert FAILED in replayed.page.text, "a challenge that has been answered"
    assert offer_of(passkeys.realm("spared"), realm.browser()) == ("username", []), "not where the realm does not say so"
    page = realm.authorize(browser, APP, prompt="login").page
    assert [one.attributes["id"] for one in page.forms] == ["kc-form-login"], "nor to somebody who signs in again"


def test_a_challenge_counts_in_its_realm(passkeys):
    offered, spared = passkeys.realm("offered"), passkeys.realm("spared")
    browser = offered.browser()
    _, [form] = offer_of(offered, browser)
    fields = {**PASSKEYS["pam"].get(asked(form)), "code": form.values()["code"]}
    other = passkey_form(spared, browser)
    assert FAILED in browser.submit(other, **fields).page.text and not browser.cookie("KEYCLOAK_IDENTITY")
    _, [tab] = offer_of(offered, browser)
    assert "code" in callback_of(browser.submit(tab, **fields)), "another tab of the browser may answer it"


def test_a_passkey_is_registered(passkeys):
    realm = passkeys.realm("offered")
    browser = realm.browser()
    page = registering(realm, browser, "neo")
    options = asked(page)
    assert options["authenticatorSelection"] == {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}
    key = SecurityKey(passkeys.base, options["rp"]["id"], counter=1)
    refused = browser.submit(page, **key.create(options, flags=USER_PRESENT)).page
    assert NOT_REGISTERED in refused.text
    page = refused.form("register")
    assert "code" in callback_of(browser.submit(page, **key.create(asked(page))))
    other = realm.browser()
    form = passkey_form(realm, other)
    assert "code" in callback_of(other.submit(form, **key.get(asked(form))))
    admin = admin_of(passkeys, "offered")
    assert [one["type"] for one in keys_of(admin, "neo")] == ["webauthn-passwordless"]
