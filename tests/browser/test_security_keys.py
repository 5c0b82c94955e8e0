# SPDX-License-Identifier: Apache-2.0
"""Security keys in a real browser: Chromium's virtual authenticators register at our pages and sign in there."""

import urllib.parse

import pytest
from login_page import LoginPage
from one_time_codes import credential, execution, totp
from programs import Provider, realm_files
from shown import shows

CALLBACK = "http://localhost:8000/callback"
FLOW = {"providerId": "basic-flow", "builtIn": False, "topLevel": False}


def user(name, *credentials, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "credentials": [{"type": "password", "value": f"{name}-password"}, *credentials],
        **more,
    }


PASSKEYS = {
    "realm": "passkeys",
    "enabled": True,
    "webAuthnPolicyPasswordlessPasskeysEnabled": True,
    "clients": [
        {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]},
        {"clientId": "bare", "publicClient": True, "redirectUris": [CALLBACK], "authenticationFlowBindingOverrides": {"browser": "bare"}},
    ],
    "authenticationFlows": [{**FLOW, "alias": "bare", "topLevel": True, "authenticationExecutions": [
        execution("auth-cookie", "ALTERNATIVE"), execution("webauthn-authenticator-passwordless", "ALTERNATIVE", 20)]}],
    "users": [user("pam", requiredActions=["webauthn-register-passwordless"])],
}
REALM = {
    "realm": "keys",
    "enabled": True,
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]}],
    "users": [user("ann", requiredActions=["webauthn-register"]), user("bob", credential(), requiredActions=["webauthn-register"])],
    "browserFlow": "keys",
    "authenticationFlows": [
        {**FLOW, "alias": "keys", "topLevel": True, "authenticationExecutions": [
            execution("auth-cookie", "ALTERNATIVE"),
            {"flowAlias": "forms", "requirement": "ALTERNATIVE", "priority": 20, "authenticatorFlow": True},
        ]},
        {**FLOW, "alias": "forms", "authenticationExecutions": [
            execution("auth-username-password-form"),
            {"flowAlias": "second", "requirement": "CONDITIONAL", "priority": 20, "authenticatorFlow": True},
        ]},
        {**FLOW, "alias": "second", "authenticationExecutions": [
            execution("conditional-user-configured"),
            execution("auth-otp-form", "ALTERNATIVE", 20),
            execution("webauthn-authenticator", "ALTERNATIVE", 30),
        ]},
    ],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    with Provider(realm_files((REALM, PASSKEYS), folder / "realms"), folder) as provider:
        yield f"{provider.base}/realms/keys"


class Authenticators:
    """Those that a page's browser has."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")

    def add(self, **kind):
        options = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **kind,
        }
        return self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def send(self, method, authenticator, **more):
        return self.session.send(f"WebAuthn.{method}", {"authenticatorId": authenticator, **more})


@pytest.fixture
def open_browser(chromium):
    opened = []

    def make():
        context = chromium.new_context()
        opened.append(context)
        page = context.new_page()
        page.route(f"{CALLBACK}*", lambda route: route.fulfill(body="back at the application"))
        return page, Authenticators(page)

    yield make
    for context in opened:
        context.close()


def open_login(page, site):
    query = dict(client_id="app", redirect_uri=CALLBACK, response_type="code", scope="openid")
    page.goto(f"{site}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    return LoginPage(page).wait()


def begin(page, site, name):
    open_login(page, site).log_in(name, f"{name}-password")


def sign_in_again(page, site, name):
    page.context.clear_cookies()
    begin(page, site, name)


def is_back(page):
    shows(page.get_by_text("back at the application"))
    assert "code=" in page.url


def register(page):
    shows(page.get_by_role("heading", name="Security key registration"))
    page.get_by_label("Name of the key").fill("Blue key")
    page.get_by_role("button", name="Register security key").click()
    is_back(page)


def use(page):
    shows(page.get_by_role("heading", name="Security key sign-in"))
    page.get_by_role("button", name="Use security key").click()


def type_code(page, code):
    page.get_by_label("One-time code").fill(code)
    page.get_by_role("button", name="Sign In").click()


def choose(page, name):
    page.get_by_role("button", name="Try Another Way").click()
    page.get_by_role("button", name=name).click()


def failed(page):
    shows(page.get_by_role("alert").get_by_text("The security key could not be used. Please try again."))


def test_a_key_is_registered_and_asked_for(site, open_browser):
    page, authenticators = open_browser()
    key = authenticators.add()
    begin(page, site, "ann")
    register(page)
    [made] = authenticators.send("getCredentials", key)["credentials"]
    assert made["rpId"] == urllib.parse.urlsplit(site).hostname
    sign_in_again(page, site, "ann")
    use(page)
    is_back(page)
    # Somebody without the key gets nowhere, whatever they hold.
    stranger, others = open_browser()
    wrong = others.add()
    begin(stranger, site, "ann")
    use(stranger)
    failed(stranger)
    # With the key's copy they would, but for its counter.
    copy = {**made, "signCount": 0}
    others.send("addCredential", wrong, credential=copy)
    use(stranger)
    failed(stranger)


def test_a_browser_that_declines(site, open_browser):
    page, authenticators = open_browser()
    key = authenticators.add()
    begin(page, site, "bob")
    type_code(page, totp())
    register(page)
    sign_in_again(page, site, "bob")
    shows(page.get_by_label("One-time code"))
    choose(page, "Security key")
    authenticators.send("clearCredentials", key)
    use(page)
    failed(page)
    choose(page, "Authenticator Application")
    type_code(page, totp(later=1))
    is_back(page)


def go_to_login(page, site, client="app"):
    page.context.clear_cookies()
    query = dict(client_id=client, redirect_uri=CALLBACK, response_type="code", scope="openid")
    page.goto(f"{site}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))


def test_a_passkey_in_the_place_of_a_password(site, open_browser):
    """The authenticator of the tests takes what is offered in the field for the name as soon as somebody is there."""
    site = site.replace("/keys", "/passkeys")
    page, authenticators = open_browser()
    key = authenticators.add(transport="internal")
    begin(page, site, "pam")
    register(page)
    go_to_login(page, site)
    is_back(page)

    def somebody_is_there(there):
        authenticators.send("setAutomaticPresenceSimulation", key, enabled=there)

    somebody_is_there(False)
    go_to_login(page, site)
    page.get_by_role("link", name="Sign in with passkey").click()
    shows(page.get_by_role("heading", name="Sign in with your passkey"))
    somebody_is_there(True)
    page.get_by_role("button", name="Sign in with passkey").click()
    is_back(page)
    go_to_login(page, site, "bare")
    shows(page.get_by_role("heading", name="Sign in with your passkey"))
    assert page.get_by_role("link", name="Sign in with a password").count() == 0
    page.get_by_role("button", name="Sign in with passkey").click()
    is_back(page)
    somebody_is_there(False)
    authenticators.send("setUserVerified", key, isUserVerified=False)
    go_to_login(page, site)
    page.get_by_role("link", name="Sign in with passkey").click()
    somebody_is_there(True)
    page.get_by_role("button", name="Sign in with passkey").click()
    failed(page)
    somebody_is_there(False)
    page.get_by_role("link", name="Sign in with a password").click()
    shows(page.get_by_label("Password", exact=True))
