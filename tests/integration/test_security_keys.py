# SPDX-License-Identifier: Apache-2.0
"""Security keys at logins: registered, asked for after the password, and every answer that must not do."""

import base64
import hashlib
import json

import pytest
from key_site import APP, FAILED, NOT_REGISTERED, ORIGIN, WRONG_ANSWERS, admin_of, changed, keys_of, realm_of, registering, serving, user
from oidc import callback_of
from one_time_codes import credential as otp_credential
from one_time_codes import execution, totp
from security_key import USER_PRESENT, USER_VERIFIED, SecurityKey, asked, b64, unb64
from web import Browser, bearer

KINDS = ("ES256", "RS256", "RS384", "RS512", "Ed25519", "ES384", "ES512")


def flows(*factors, condition=True, requirement="ALTERNATIVE"):
    """A browser flow that asks for one of the factors: of those who have any, or of everybody."""
    flow = {"providerId": "basic-flow", "builtIn": False, "topLevel": False}
    second = [execution(name, requirement, 20 + at) for at, name in enumerate(factors)]
    if condition:
        second.insert(0, execution("conditional-user-configured"))
    forms = [
        execution("auth-username-password-form"),
        {"flowAlias": "second", "requirement": "CONDITIONAL" if condition else "REQUIRED", "priority": 20, "authenticatorFlow": True},
    ]
    top = [
        execution("auth-cookie", "ALTERNATIVE"),
        {"flowAlias": "forms", "requirement": "ALTERNATIVE", "priority": 20, "authenticatorFlow": True},
    ]
    return {
        "browserFlow": "with keys",
        "authenticationFlows": [
            {**flow, "alias": "with keys", "topLevel": True, "authenticationExecutions": top},
            {**flow, "alias": "forms", "authenticationExecutions": forms},
            {**flow, "alias": "second", "authenticationExecutions": second},
        ],
    }


BOTH = flows("auth-otp-form", "webauthn-authenticator")


OWNED = {name: SecurityKey(ORIGIN, "localhost", counter=1) for name in ("ann", "ben", "eve", "fay", "gus", "ida", "two")}
OWNED |= {kind.lower(): SecurityKey(ORIGIN, "localhost", kind) for kind in KINDS}
MANAGING = {"clientRoles": {"account": ["manage-account"]}}
REGISTERING = {"requiredActions": ["webauthn-register"]}
REALMS = [
    realm_of(
        "keys",
        *(user(name, key.credential(), **MANAGING) for name, key in OWNED.items() if name != "two"),
        user("two", otp_credential(), OWNED["two"].credential()),
        user("bob"),
        user("bad", {"type": "webauthn", "secretData": "{}", "credentialData": '{"credentialId":"AAAA","credentialPublicKey":"AAAA"}'}),
        *(user(name, **REGISTERING) for name in ("new", "nan", "nat", "ned", "nic", *(f"new-{kind.lower()}" for kind in KINDS), "packed")),
        webAuthnPolicySignatureAlgorithms=list(KINDS),
        eventsEnabled=True,
        **BOTH,
    ),
    realm_of(
        "strict",
        user("ann", OWNED["ann"].credential()),
        *(user(name, **REGISTERING) for name in ("new", "nan", "nat")),
        webAuthnPolicyUserVerificationRequirement="required",
        webAuthnPolicyAcceptableAaguids=["ffffffff-0405-0607-0809-0a0b0c0d0e0f", "00010203-0405-0607-0809-0A0B0C0D0E0F"],
        webAuthnPolicyRpId="example.org",
        webAuthnPolicyRpEntityName="The Party",
        webAuthnPolicyExtraOrigins=["https://login.example.org"],
        webAuthnPolicyAuthenticatorAttachment="cross-platform",
        webAuthnPolicyRequireResidentKey="Yes",
        webAuthnPolicyAttestationConveyancePreference="direct",
        webAuthnPolicyCreateTimeout=7,
        webAuthnPolicyAvoidSameAuthenticatorRegister=True,
        **BOTH,
    ),
    realm_of("models", user("new", **REGISTERING), webAuthnPolicyAcceptableAaguids=["ffffffff-0405-0607-0809-0a0b0c0d0e0f"], **BOTH),
    realm_of("everybody", user("new"), **flows("webauthn-authenticator", condition=False, requirement="REQUIRED")),
    realm_of("two-of-them", user("both", otp_credential(), OWNED["two"].credential()), **flows("auth-otp-form", "webauthn-authenticator", requirement="REQUIRED")),
    realm_of("guarded", user("ann", OWNED["ann"].credential()), bruteForceProtected=True, failureFactor=2, quickLoginCheckMilliSeconds=0, **BOTH),
]


@pytest.fixture(scope="module")
def server(work):
    for provider in serving(REALMS, OWNED.values(), "keys", work, "--log-format", "json"):
        provider.origin = provider.base
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("keys")


@pytest.fixture(scope="module")
def admin(server):
    return admin_of(server, "keys")


def challenged(realm, browser, name, **changes):
    """Logs in with the password; the form that asks for the key."""
    answer = realm.log_in(browser, APP, name, name, **changes)
    assert answer.status == 200, (answer.status, answer.location)
    assert not browser.cookie("KEYCLOAK_IDENTITY") and not browser.cookie("KEYCLOAK_SESSION")
    return answer.page.form("webauth")


def key_for(form, server, **more):
    return SecurityKey(server.origin, asked(form)["rp"]["id"], **more)


# ---- registration ----


def register(server, realm, name, kind, form="none"):
    browser = realm.browser()
    page = registering(realm, browser, name)
    key = key_for(page, server, kind=kind, counter=4)
    answer = browser.submit(page, **key.create(asked(page), form=form), authenticatorLabel=f"My {kind}")
    assert "code" in callback_of(answer), answer.page.text
    return asked(page), key


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_registered_and_used(server, realm, admin, kind):
    name = f"new-{kind.lower()}"
    options, key = register(server, realm, name, kind)
    assert options["rp"] == {"id": key.rp_id, "name": "keys"} and options["user"]["name"] == name
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -257, -258, -259, -8, -35, -36]
    assert set(options) == {"challenge", "rp", "user", "pubKeyCredParams", "authenticatorSelection", "excludeCredentials"}
    [stored] = keys_of(admin, name)
    data = json.loads(stored["credentialData"])
    assert stored["userLabel"] == f"My {kind}" and stored["type"] == "webauthn" and "secretData" not in stored
    assert list(data) == ["aaguid", "credentialId", "counter", "credentialPublicKey", "attestationStatementFormat", "transports"]
    assert data["credentialId"] == base64.b64encode(key.id).decode() and data["credentialPublicKey"] == b64(key.cose())
    assert data["attestationStatementFormat"] == "none" and data["counter"] == 5 and data["transports"] == ["usb", "internal"]
    browser = realm.browser()
    used = challenged(realm, browser, name)
    assert asked(used)["allowCredentials"] == [{"type": "public-key", "id": b64(key.id)}]
    assert "code" in callback_of(browser.submit(used, **key.get(asked(used))))
    assert json.loads(keys_of(admin, name)[0]["credentialData"])["counter"] == 6


def test_a_key_may_vouch_for_itself(server, realm, admin):
    register(server, realm, "packed", "ES256", "packed")
    assert json.loads(keys_of(admin, "packed")[0]["credentialData"])["attestationStatementFormat"] == "packed"


def test_the_policy_of_the_realm(server):
    realm = server.realm("strict")
    browser = realm.browser()
    page = registering(realm, browser, "new")
    options = asked(page)
    assert options["rp"] == {"id": "example.org", "name": "The Party"}
    assert options["authenticatorSelection"] == {
        "authenticatorAttachment": "cross-platform", "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }
    assert (options["attestation"], options["timeout"]) == ("direct", 7000)
    key = SecurityKey("https://login.example.org", "example.org", counter=1)
    page = browser.submit(page, **key.create(options, flags=USER_PRESENT)).page
    assert NOT_REGISTERED in page.text, "the user was not verified"
    page = page.form("register")
    assert "code" in callback_of(browser.submit(page, **key.create(asked(page))))
    browser = realm.browser()
    form = challenged(realm, browser, "new")
    assert asked(form)["userVerification"] == "required"
    page = browser.submit(form, **key.get(asked(form), flags=USER_PRESENT)).page
    assert FAILED in page.text
    form = page.form("webauth")
    assert "code" in callback_of(browser.submit(form, **key.get(asked(form))))


def test_models_that_are_not_wanted(server):
    realm = server.realm("models")
    browser = realm.browser()
    page = registering(realm, browser, "new")
    answer = browser.submit(page, **key_for(page, server).create(asked(page)))
    assert "Security keys of this kind are not accepted here." in answer.page.text


WRONG_REGISTRATIONS = {
    "another origin": lambda key, options: key.create(options, origin="https://evil.example"),
    "another challenge": lambda key, options: key.create({**options, "challenge": b64(bytes(32))}),
    "no challenge": lambda key, options: key.create({**options, "challenge": ""}),
    "another party": lambda key, options: key.create(options, rp_id="evil.example"),
    "within a frame": lambda key, options: key.create(options, crossOrigin=True),
    "nobody there": lambda key, options: key.create(options, flags=USER_VERIFIED),
    "an assertion": lambda key, options: key.create(options, type="webauthn.get"),
    "backed up but not to be": lambda key, options: key.create(options, flags=USER_PRESENT | 0x10),
    "signed by another key": lambda key, options: changed(
        key.create(options, form="packed"), attestationObject=SecurityKey(key.origin, key.rp_id).create(options, form="packed")["attestationObject"][:-4] + "AAAA"),
    "another format": lambda key, options: key.create(options, form="fido-u2f"),
    "nothing": lambda key, options: {"clientDataJSON": "", "attestationObject": ""},
    "no base64": lambda key, options: changed(key.create(options), attestationObject="+/=="),
    "no CBOR": lambda key, options: changed(key.create(options), attestationObject=b64(b"\xff" * 40)),
    "the browser refused": lambda key, options: {"error": "NotAllowedError"},
}


def test_registrations_that_are_wrong(server, realm, admin):
    browser = realm.browser()
    page = registering(realm, browser, "nan")
    for what, wrong in WRONG_REGISTRATIONS.items():
        answer = browser.submit(page, **wrong(key_for(page, server), asked(page)))
        assert answer.status == 200 and ("security key" in answer.page.text.lower()), (what, answer.status, answer.location)
        assert keys_of(admin, "nan") == [], what
        page = answer.page.form("register")


def test_a_challenge_is_of_one_user_and_login(server, realm, admin):
    one, other = realm.browser(), realm.browser()
    mine, theirs = registering(realm, one, "nat"), registering(realm, other, "ned")
    key = key_for(mine, server)
    answer = other.submit(theirs, **{**key.create(asked(mine)), "code": mine.values()["code"]})
    assert "Your account has been changed meanwhile." in answer.page.text and keys_of(admin, "ned") == []
    assert "code" in callback_of(one.submit(mine, **key.create(asked(mine))))
    assert "changed nothing" in one.submit(mine, **key.create(asked(mine))).page.text
    assert len(keys_of(admin, "nat")) == 1


def test_an_algorithm_that_was_not_asked_for(server):
    realm = server.realm("strict")
    browser = realm.browser()
    page = registering(realm, browser, "nan")
    key = SecurityKey("https://login.example.org", "example.org", kind="RS256")
    answer = browser.submit(page, **key.create(asked(page)))
    assert "Security keys of this kind are not accepted here." in answer.page.text


def test_where_everybody_needs_a_key(server):
    realm = server.realm("everybody")
    browser = realm.browser()
    page = registering(realm, browser, "new")
    key = key_for(page, server)
    assert "code" in callback_of(browser.submit(page, **key.create(asked(page))))
    form = challenged(realm, realm.browser(), "new")
    assert asked(form)["allowCredentials"][0]["id"] == b64(key.id)


def test_a_client_asks_for_a_key(server, realm, admin):
    browser = realm.browser()
    answer = realm.log_in(browser, APP, "bob", "bob", kc_action="webauthn-register")
    page = browser.get(answer.location).page.form("register")
    answer = browser.submit(page, **{"cancel-aia": "true"})
    assert callback_of(answer)["kc_action_status"] == "cancelled" and keys_of(admin, "bob") == []
    answer = realm.authorize(browser, APP, kc_action="webauthn-register")
    page = browser.get(answer.location).page.form("register")
    answer = browser.submit(page, **key_for(page, server).create(asked(page)))
    assert callback_of(answer)["kc_action_status"] == "success" and len(keys_of(admin, "bob")) == 1


# ---- logins ----


@pytest.mark.parametrize("kind", KINDS)
def test_imported_keys_sign_in(realm, kind):
    browser, key = realm.browser(), OWNED[kind.lower()]
    form = challenged(realm, browser, kind.lower())
    assert asked(form)["rpId"] == key.rp_id
    assert "code" in callback_of(browser.submit(form, **key.get(asked(form))))
    assert "code" in callback_of(realm.authorize(browser, APP)), "single sign-on asks for nothing"


def longer(fields):
    return changed(fields, signature=b64(unb64(fields["signature"]) + b"\0"))


WRONG_ASSERTIONS = {
    **WRONG_ANSWERS,
    "somebody else's key": lambda key, options: OWNED["ben"].get(options),
    "a key of nobody": lambda key, options: SecurityKey(key.origin, key.rp_id).get(options),
    "a signature of zeroes": lambda key, options: changed(key.get(options), signature=b64(bytes.fromhex("3006020100020100"))),
    "more behind the signature": lambda key, options: longer(key.get(options)),
    "a code instead": lambda key, options: {"otp": totp()},
}


def test_assertions_that_are_wrong(realm, admin):
    browser, key = realm.browser(), OWNED["ann"]
    form = challenged(realm, browser, "ann")
    for what, wrong in WRONG_ASSERTIONS.items():
        answer = browser.submit(form, **wrong(key, asked(form)))
        assert answer.status == 200 and FAILED in answer.page.text, (what, answer.status, answer.location)
        assert not browser.cookie("KEYCLOAK_IDENTITY"), what
        form = answer.page.form("webauth")
    assert "code" in callback_of(browser.submit(form, **key.get(asked(form))))
    events = admin("GET", "/events?type=LOGIN_ERROR").json()
    assert sum(event.get("error") == "invalid_user_credentials" for event in events) >= len(WRONG_ASSERTIONS)


def test_an_answer_counts_once(realm):
    browser, key = realm.browser(), OWNED["eve"]
    form = challenged(realm, browser, "eve")
    fields = key.get(asked(form))
    assert "code" in callback_of(browser.submit(form, **fields))
    for again in (browser, realm.browser()):
        assert not (300 < again.submit(form, **fields).status < 304)
    other = realm.browser()
    form = challenged(realm, other, "eve")
    answer = other.submit(form, **{**fields, "code": form.values()["code"]})
    assert FAILED in answer.page.text


def test_a_counter_that_goes_back(realm, admin):
    browser, key = realm.browser(), OWNED["fay"]
    key.counter = 40
    form = challenged(realm, browser, "fay")
    assert "code" in callback_of(browser.submit(form, **key.get(asked(form))))
    assert json.loads(keys_of(admin, "fay")[0]["credentialData"])["counter"] == 41
    for counter in (40, 20):
        key.counter = counter
        browser = realm.browser()
        form = challenged(realm, browser, "fay")
        assert FAILED in browser.submit(form, **key.get(asked(form))).page.text


def test_a_key_that_was_removed(realm, admin):
    browser, key = realm.browser(), OWNED["gus"]
    form = challenged(realm, browser, "gus")
    [stored] = keys_of(admin, "gus")
    user_id = admin("GET", "/users?username=gus&exact=true").json()[0]["id"]
    assert admin("DELETE", f"/users/{user_id}/credentials/{stored['id']}").status == 204
    answer = browser.submit(form, **key.get(asked(form)))
    assert answer.status == 200 and "timed out" in answer.page.text, "no key is left: the login begins again"
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "gus", "gus"))


def other_way(browser, page, kind):
    choice = browser.submit(page.form("kc-select-try-another-way-form")).page
    return browser.submit(choice.form("kc-select-credential-form"), authenticationExecution=kind).page


def test_another_way(realm):
    browser, key = realm.browser(), OWNED["two"]
    answer = realm.log_in(browser, APP, "two", "two")
    assert answer.page.form("kc-otp-login-form"), "the first of the credentials is preferred"
    page = other_way(browser, answer.page, "webauthn")
    form = page.form("webauth")
    wrong = browser.submit(form, **key.get(asked(form), origin="https://evil.example")).page
    form = wrong.form("webauth")
    assert FAILED in wrong.text
    assert "code" in callback_of(browser.submit(form, **key.get(asked(form))))
    browser = realm.browser()
    answer = realm.log_in(browser, APP, "two", "two")
    page = other_way(browser, other_way(browser, answer.page, "webauthn"), "otp")
    assert "code" in callback_of(browser.submit(page.form("kc-otp-login-form"), otp=totp()))


def test_keys_that_cannot_be_read_let_nobody_in(realm):
    browser = realm.browser()
    form = challenged(realm, browser, "bad")
    assert asked(form)["allowCredentials"] == [] or asked(form)["allowCredentials"] == [{"type": "public-key", "id": "AAAA"}]
    key = SecurityKey(OWNED["ann"].origin, OWNED["ann"].rp_id)
    key.id = bytes(3)
    assert FAILED in browser.submit(form, **key.get(asked(form))).page.text


def test_guessing_is_slowed_down(server):
    realm = server.realm("guarded")
    browser, key = realm.browser(), OWNED["ann"]
    form = challenged(realm, browser, "ann")
    for _ in range(2):
        form = browser.submit(form, **key.get(asked(form), rp_id="evil.example")).page.form("webauth")
    key.counter += 100
    assert FAILED in browser.submit(form, **key.get(asked(form))).page.text, "right, and too late"
    key.counter += 100


def test_two_factors_one_after_the_other(server):
    realm, browser, key = server.realm("two-of-them"), server.realm("two-of-them").browser(), OWNED["two"]
    page = realm.log_in(browser, APP, "both", "both")
    page = browser.submit(page.page.form("kc-otp-login-form"), otp=totp())
    assert page.status == 200 and not browser.cookie("KEYCLOAK_IDENTITY")
    answer = browser.submit(page.page.form("webauth"), **key.get(asked(page.page.form("webauth"))))
    assert "code" in callback_of(answer)


def test_the_scripts_of_the_pages_are_named_by_their_digest(realm):
    browser = realm.browser()
    answer = realm.log_in(browser, APP, "ida", "ida")
    script = answer.text.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = answer.header("Content-Security-Policy")
    assert f"script-src 'sha256-{digest}'" in policy and "unsafe" not in policy


def test_keys_of_ones_own_account(realm, admin):
    key = OWNED["ben"]
    token = realm.password(APP, "ben", "ben").json()["access_token"]

    def account(method, path, body=None):
        return Browser().request(method, f"{realm.issuer}/account/{path}", body,
                                 {**bearer(token), "Accept": "application/json", "Content-Type": "application/json"})

    [kind] = account("GET", "credentials?type=webauthn").json()
    [one] = kind.pop("userCredentialMetadatas")
    assert kind == {
        "type": "webauthn", "category": "two-factor", "displayName": "webauthn-display-name", "helptext": "webauthn-help-text",
        "iconCssClass": "kcAuthenticatorWebAuthnClass", "createAction": "webauthn-register", "removeable": True,
    }
    assert one["credential"]["userLabel"] == "Key" and "secretData" not in one["credential"]
    where = f"credentials/{one['credential']['id']}"
    assert account("PUT", f"{where}/label", b'"Old key"').status == 204
    assert keys_of(admin, "ben")[0]["userLabel"] == "Old key"
    assert account("DELETE", where).status == 204 and keys_of(admin, "ben") == []
    assert "code" in callback_of(realm.log_in(realm.browser(), APP, "ben", "ben")), "no key is left to be asked for"
    events = admin("GET", "/events?type=REMOVE_CREDENTIAL").json()
    assert events[0]["details"]["credential_type"] == "webauthn"
