# SPDX-License-Identifier: Apache-2.0
"""Every page that we make, in both colour schemes, on a phone and on a desk: axe finds nothing serious,
nothing scrolls sideways, and each is pictured among the results."""

import json
import pathlib
import re
import urllib.parse

import pytest
from conftest import PHONE
from login_page import LoginPage
from shown import counts, shows

from both_providers import only_ours
from document_server import DocumentServer
from mail_server import MailServer
from one_time_codes import credential, execution
from recovery_codes import flows_with_recovery, recovery_codes
from security_key import SecurityKey
from oidc import Client, Realm
from programs import Provider
from upstream import Upstream

DESK = {"viewport": {"width": 1280, "height": 800}}
SIZES = {"desk": DESK, "phone": PHONE}
SERIOUS = ("serious", "critical")

pytestmark = only_ours


@pytest.fixture(scope="session")
def realm_url(provider):
    return f"{provider.base}/realms/myrealm"


class Site:
    """What the ways to the pages need."""

    def __init__(self, api, realm_url, provider_base, plain_api, asking, documents, mails, upstream):
        self.api, self.realm, self.provider, self.plain = api, realm_url, provider_base, plain_api
        self.asking, self.documents, self.mails, self.upstream = asking, documents, mails, upstream

    def auth(self, **more):
        callback = f"{self.api}/auth"
        query = dict(client_id="myapi", redirect_uri=callback, response_type="code", scope="openid", state="s", **more)
        return f"{self.realm}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query)


FACTORS = flows_with_recovery()
ASKING = {
    **FACTORS,
    "realm": "asking",
    "webAuthnPolicyPasswordlessPasskeysEnabled": True,
    "displayName": "A realm whose clients have to ask",
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": ["en", "de", "ar"],
    "localizationTexts": {"en": {"termsText": "Be kind to others, and to their data.\n\nDo not share your password."}},
    "registrationAllowed": True,
    "resetPasswordAllowed": True,
    "registrationFlow": "own registration",
    "authenticationFlows": [
        *FACTORS["authenticationFlows"],
        {
            "alias": "keyed",
            "authenticationExecutions": [
                execution("auth-username-password-form"),
                {"flowAlias": "either factor", "requirement": "REQUIRED", "priority": 20, "authenticatorFlow": True},
            ],
        },
        {
            "alias": "either factor",
            "authenticationExecutions": [
                execution("auth-otp-form", "ALTERNATIVE"),
                execution("webauthn-authenticator", "ALTERNATIVE", 20),
            ],
        },
        {"alias": "passkeys", "authenticationExecutions": [execution("webauthn-authenticator-passwordless", "ALTERNATIVE")]},
        {
            "alias": "own registration",
            "authenticationExecutions": [
                {"authenticator": f"registration-{step}", "requirement": "REQUIRED"}
                for step in ("user-creation", "password-action", "terms-and-conditions")
            ],
        }
    ],
    "attributes": {"client.id.metadata.documents": "true", "client.id.metadata.document.addresses": "127.0.0.1"},
    "clients": [
        {
            "clientId": "agent",
            "name": "Weather Agent",
            "publicClient": True,
            "consentRequired": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "attributes": {
                "oauth2.device.authorization.grant.enabled": "true",
                "tosUri": "https://agent.example/terms",
                "policyUri": "https://agent.example/privacy",
            },
        },
        {
            "clientId": "keyed",
            "publicClient": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "authenticationFlowBindingOverrides": {"browser": "keyed"},
        },
        {
            "clientId": "passkeys",
            "publicClient": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "authenticationFlowBindingOverrides": {"browser": "passkeys"},
        },
        {
            "clientId": "portal",
            "name": "Portal",
            "publicClient": True,
            "frontchannelLogout": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "attributes": {"frontchannel.logout.url": "http://localhost:8000/logged-out"},
        },
    ],
    "users": [
        {
            "username": "alice",
            "enabled": True,
            "email": "alice@example.org",
            "credentials": [{"type": "password", "value": "alice-password"}],
        },
        {
            "username": "pia",
            "enabled": True,
            "email": "pia@example.org",
            "firstName": "Pia",
            "lastName": "Cook",
            "credentials": [{"type": "password", "value": "pia-password"}],
            "clientRoles": {"account": ["manage-account"]},
        },
        {
            "username": "una",
            "enabled": True,
            "requiredActions": ["UPDATE_PROFILE"],
            "credentials": [{"type": "password", "value": "una-password"}],
        },
        {
            "username": "vera",
            "enabled": True,
            "email": "vera.with.a.rather.long.address@department.example.org",
            "requiredActions": ["VERIFY_EMAIL"],
            "credentials": [{"type": "password", "value": "vera-password"}],
        },
        {
            "username": "tom",
            "enabled": True,
            "email": "tom@example.org",
            "requiredActions": ["TERMS_AND_CONDITIONS"],
            "credentials": [{"type": "password", "value": "tom-password"}],
        },
        {
            "username": "max",
            "enabled": True,
            "email": "max@example.org",
            "credentials": [
                {"type": "password", "value": "max-password"},
                credential(label="Phone at work"),
                credential("2" * 20, label="The old tablet that lies in the kitchen & has lost its charger"),
            ],
        },
        {
            "username": "fay",
            "enabled": True,
            "email": "fay@example.org",
            "requiredActions": ["webauthn-register"],
            "credentials": [{"type": "password", "value": "fay-password"}],
        },
        {
            "username": "gil",
            "enabled": True,
            "email": "gil@example.org",
            "credentials": [{"type": "password", "value": "gil-password"}, credential(), SecurityKey("http://localhost").credential()],
        },
        {
            "username": "ray",
            "enabled": True,
            "email": "ray@example.org",
            "credentials": [{"type": "password", "value": "ray-password"}, credential(), recovery_codes(first=5)],
        },
        {
            "username": "eva",
            "enabled": True,
            "email": "eva@example.org",
            "requiredActions": ["CONFIGURE_RECOVERY_AUTHN_CODES"],
            "credentials": [{"type": "password", "value": "eva-password"}],
        },
        {
            "username": "kit",
            "enabled": True,
            "email": "kit@example.org",
            "requiredActions": ["CONFIGURE_TOTP"],
            "credentials": [{"type": "password", "value": "kit-password"}],
        },
        {
            "username": "zoe",
            "enabled": True,
            "email": "zoe@example.org",
            "requiredActions": ["UPDATE_PASSWORD"],
            "credentials": [{"type": "password", "value": "zoe-password"}],
        },
    ],
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("documents"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def mails():
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def upstream():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def asking_file(tmp_path_factory, mails, upstream):
    """A realm whose client needs consent."""
    file = tmp_path_factory.mktemp("asking") / "asking-realm.json"
    long_name = "Bürgerkonto der Stadt & aller Gemeinden ringsum, " + "w" * 40
    providers = [upstream.config("staff", displayName="Staff of Example"), upstream.config("town", displayName=long_name)]
    file.write_text(json.dumps({**ASKING, "smtpServer": mails.setting(), "identityProviders": providers}))
    return file


@pytest.fixture(scope="module")
def asking_provider(asking_file, documents, tmp_path_factory):
    """One for all ways that leave its store as it was."""
    with Provider([asking_file], tmp_path_factory.mktemp("asked"), arguments=("--ca-file", documents.ca)) as program:
        yield program


@pytest.fixture
def site(items_api, realm_url, provider, new_items_api, new_provider, asking_provider, asking_file, documents, mails, upstream):
    """Makes a site; `anew`: what is done there leaves something behind."""

    def make(anew=False):
        def asking():
            program = new_provider([asking_file], ("--ca-file", documents.ca)) if anew else asking_provider
            return f"{program.base}/realms/asking"

        # Without assets of its own: as somebody first meets it.
        return Site(items_api.base, realm_url, provider.base, lambda: new_items_api(realm_url), asking, documents, mails, upstream)

    return make


def login(page, site):
    page.goto(f"{site.api}/items/")
    return LoginPage(page).wait()


def signed_in(page, site):
    login(page, site).log_in()
    page.wait_for_url(f"{site.api}/items/")


def wrong_password(page, site):
    login(page, site).log_in("alice", "wrong")
    page.get_by_role("alert").wait_for()


def password_shown(page, site):
    login(page, site).password.fill("alice-password")
    page.get_by_role("button", name="Show password").click()
    page.get_by_role("button", name="Hide password").wait_for()


def sign_in_again(page, site):
    signed_in(page, site)
    page.goto(site.auth(prompt="login"))
    page.get_by_text("Please sign in again").wait_for()


def provider_error(page, site):
    page.goto(f"{site.realm}/protocol/openid-connect/auth?client_id=nobody")


def act(page, site, name="zoe", **more):
    query = {"client_id": "agent", "redirect_uri": "http://localhost:8000/callback", "response_type": "code", **more}
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    LoginPage(page).wait().log_in(name, f"{name}-password")


def one_time_code(page, site):
    act(page, site, "max")
    page.get_by_label("The old tablet").check()
    page.get_by_label("One-time code").fill("12345")
    page.get_by_role("button", name="Sign In").click()
    page.get_by_role("alert").get_by_text("Invalid authenticator code.").wait_for()
    assert page.get_by_label("The old tablet").is_checked()
    page.get_by_role("link", name="Sign in as somebody else").wait_for()


def one_time_code_in_german(page, site):
    act(page, site, "max")
    pick(page, "Deutsch")
    page.get_by_label("Einmalcode").wait_for()


def register_key(page, site):
    act(page, site, "fay")
    page.get_by_role("heading", name="Security key registration").wait_for()
    page.get_by_label("Name of the key").fill("Blue key")


def register_key_in_german(page, site):
    act(page, site, "fay")
    pick(page, "Deutsch")
    page.get_by_role("heading", name="Sicherheitsschlüssel einrichten").wait_for()


def security_key(page, site):
    keyed(page, site)
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    page.get_by_role("button", name="Use security key").click()
    page.get_by_role("alert").get_by_text("The security key could not be used. Please try again.").wait_for()


def security_key_in_arabic(page, site):
    keyed(page, site)
    pick(page, "العربية")
    page.get_by_role("button", name="استخدام مفتاح الأمان").wait_for()


def begin(page, site, client="agent"):
    query = {"client_id": client, "redirect_uri": "http://localhost:8000/callback", "response_type": "code"}
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))


def identity_providers(page, site):
    begin(page, site)
    shows(page.get_by_role("link", name="Staff of Example"))
    shows(page.get_by_role("heading", name="Or sign in with"))
    counts(page.locator(".providers a"), 2)


def identity_providers_in_arabic(page, site):
    begin(page, site)
    pick(page, "العربية")
    shows(page.get_by_role("link", name="Staff of Example"))


def identity_providers_without_passwords(page, site):
    begin(page, site, "passkeys")
    shows(page.get_by_role("link", name="Sign in with passkey"))
    counts(page.locator(".providers a"), 2)
    counts(page.locator("#password"), 0)


def link_account(page, site):
    site.upstream.reset(email="alice@example.org", preferred_username="alice\u202ed" + "W" * 120)
    begin(page, site)
    page.get_by_role("link", name="Bürgerkonto der Stadt").click()
    page.wait_for_url(f"{site.upstream.issuer}/**")
    page.goto(site.upstream.agree(page.url))
    page.get_by_role("alert").get_by_text("Authenticate to link your account with Bürgerkonto der Stadt").wait_for()
    shows(page.get_by_text("This account at Bürgerkonto der Stadt"))
    shows(page.get_by_text("alice???d" + "W" * 55 + "\u2026"))
    shows(page.get_by_role("link", name="Forgot password?"))
    counts(page.locator(".providers"), 0)


def link_question(page, site):
    """To somebody who is signed in, as the account console asks for it."""
    act(page, site, "pia", client_id="portal", kc_action="idp_link:town")
    pick(page, "Deutsch")
    page.get_by_role("heading", name="verknüpfen").wait_for()
    shows(page.get_by_role("button", name="Annehmen"))


def passkey(page, site):
    query = {"client_id": "agent", "redirect_uri": "http://localhost:8000/callback", "response_type": "code"}
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    page.get_by_role("link", name="Sign in with passkey").click()
    page.get_by_role("heading", name="Sign in with your passkey").wait_for()


def keyed(page, site):
    act(page, site, "gil", client_id="keyed")
    page.get_by_role("button", name="Try Another Way").click()
    page.get_by_role("button", name="Security key").click()
    page.get_by_role("heading", name="Security key sign-in").wait_for()


def another_way(page, site):
    act(page, site, "ray")
    page.get_by_role("button", name="Try Another Way").click()
    page.get_by_role("heading", name="Select login method").wait_for()


def recovery_code(page, site):
    another_way(page, site)
    page.get_by_role("button", name="Recovery Authentication Code").click()
    page.get_by_label("Recovery code #5").fill("AAAA-BBBB-CCCC")
    page.get_by_role("button", name="Sign In").click()
    page.get_by_role("alert").get_by_text("Invalid recovery authentication code").wait_for()
    pick(page, "Deutsch")
    page.get_by_label("Wiederherstellungscode Nr. 5").wait_for()


def configure_recovery(page, site):
    act(page, site, "eva")
    page.get_by_role("heading", name="Recovery Authentication Codes").wait_for()
    codes = page.locator("#kc-recovery-codes-list code").all_inner_texts()
    assert len(codes) == 12
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    text = pathlib.Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "recovery-codes.txt"
    assert f"1: {codes[0]}" in text and f"12: {codes[11]}" in text
    page.get_by_role("button", name="Complete setup").click()
    assert page.get_by_role("button", name="Complete setup").is_visible(), "the box has not been ticked"


def configure_recovery_in_arabic(page, site):
    act(page, site, "eva")
    pick(page, "العربية")
    page.get_by_role("heading", name="رموز الاسترداد").wait_for()


def configure_totp(page, site):
    act(page, site, "kit")
    page.get_by_role("heading", name="Mobile Authenticator Setup").wait_for()
    shows(page.get_by_role("img", name="QR code"))
    page.get_by_label("Device Name").fill("My phone")
    page.get_by_label("One-time code").fill("12345")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("alert").get_by_text("Invalid authenticator code.").wait_for()
    assert page.get_by_label("Device Name").input_value() == "My phone"


def configure_totp_in_german(page, site):
    act(page, site, "kit")
    pick(page, "Deutsch")
    page.get_by_role("heading", name="Authenticator-App einrichten").wait_for()


def update_password(page, site):
    act(page, site)
    page.get_by_role("heading", name="Update password").wait_for()
    page.reload()
    page.get_by_text("You need to change your password").wait_for()
    assert page.get_by_label("Sign out from other devices").is_checked()


def new_password_mistyped(page, site):
    act(page, site, "alice", kc_action="UPDATE_PASSWORD")
    page.get_by_label("New Password", exact=True).fill("new-password")
    page.get_by_role("button", name="Show new password").click()
    page.get_by_label("Sign out from other devices").uncheck()
    page.get_by_label("Confirm password", exact=True).press_sequentially("other-password")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("alert").get_by_text("Passwords don't match.").wait_for()
    assert not page.get_by_label("Sign out from other devices").is_checked()
    page.get_by_role("button", name="Cancel").wait_for()


def forgotten_password(page, site):
    query = dict(client_id="agent", redirect_uri="http://localhost:8000/callback", response_type="code")
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_role("heading", name="Forgot your password?").wait_for()
    page.reload()
    page.get_by_role("link", name="Back to Login").wait_for()


def forgotten_password_sent(page, site):
    forgotten_password(page, site)
    page.get_by_label("Username or email").fill("alice")
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("a mail with a link is on its way").wait_for()
    return site.mails.next()


def link_of_a_mail(page, site):
    page.goto(forgotten_password_sent(page, site).link)
    page.get_by_text("Set a new password for alice?").wait_for()
    page.get_by_role("button", name="Continue").wait_for()


def new_password_by_mail(page, site):
    link_of_a_mail(page, site)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Update password").wait_for()


def verify_address(page, site):
    act(page, site, "vera")
    page.get_by_role("heading", name="Verify your email address").wait_for()
    site.mails.next()
    page.get_by_role("button", name="Send the mail again").click()
    page.get_by_role("link", name="Continue").wait_for()
    site.mails.next()


def terms(page, site):
    act(page, site, "tom")
    page.get_by_role("heading", name="Terms and Conditions").wait_for()
    page.get_by_text("Be kind to others").wait_for()
    page.get_by_role("button", name="Decline").wait_for()


def update_profile(page, site):
    act(page, site, "una")
    page.get_by_role("heading", name="Update Account Information").wait_for()
    page.get_by_label("Email", exact=True).fill("una")
    page.get_by_label("Last name").fill("Cook")
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Invalid email address.").wait_for()
    assert page.get_by_label("Last name").input_value() == "Cook"


def open_registration(page, site):
    query = dict(client_id="agent", redirect_uri="http://localhost:8000/callback", response_type="code")
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    page.get_by_role("link", name="Register").click()
    page.get_by_role("heading", name="Register").wait_for()


def registration(page, site):
    open_registration(page, site)
    page.reload()
    page.get_by_role("link", name="Back to Login").wait_for()


def registration_mistyped(page, site):
    open_registration(page, site)
    page.get_by_label("Username").fill("ab")
    page.get_by_label("Password", exact=True).fill("new-password")
    page.get_by_role("button", name="Show password").click()
    page.get_by_label("Email").fill("newcomer@example.org")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("Password confirmation doesn't match.").wait_for()
    page.get_by_text("You must agree to our terms and conditions.").wait_for()
    assert page.get_by_label("Email").input_value() == "newcomer@example.org"
    assert page.get_by_label("Password", exact=True).input_value() == ""


def consent(page, site):
    query = dict(client_id="agent", redirect_uri="http://localhost:8000/callback", response_type="code")
    query["scope"] = "openid phone address"
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    LoginPage(page).wait().log_in()
    page.get_by_role("heading", name="Grant Access to Weather Agent").wait_for()
    page.reload()
    counts(page.get_by_role("listitem"), 5)
    page.get_by_role("button", name="Yes").wait_for()


def pick(page, language):
    page.locator("#kc-current-locale-link").click()
    page.get_by_role("link", name=language).click()


def in_german(page, site):
    page.goto(f"{site.asking()}/device")
    pick(page, "Deutsch")
    page.get_by_role("heading", name="Gerät anmelden").wait_for()
    page.locator("#kc-current-locale-link").click()
    page.get_by_role("link", name="English").wait_for()


def in_arabic(page, site):
    query = dict(client_id="agent", redirect_uri="http://localhost:8000/callback", response_type="code")
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    pick(page, "العربية")
    page.locator("#username").fill("zoe")
    page.locator("#password").fill("zoe-password")
    page.locator("#kc-login").click()
    page.get_by_role("heading", name="تغيير كلمة المرور").wait_for()
    page.get_by_role("button", name="إظهار كلمة المرور الجديدة").click()
    page.get_by_role("button", name="إخفاء كلمة المرور الجديدة").wait_for()
    name, menu = (page.locator(where).bounding_box() for where in ("#kc-header", "#kc-locale"))
    assert page.locator("html").get_attribute("dir") == "rtl" and menu["x"] < name["x"] + name["width"] / 2


def device(page, site):
    page.goto(f"{site.asking()}/device?user_code=WRNG-CODE")
    page.get_by_text("Invalid code, please try again.").wait_for()


def consent_to_a_device(page, site):
    realm = Realm(*site.asking().split("/realms/"))
    page.goto(f"{realm.issuer}/device")
    begun = realm.device_authorization(Client("agent")).json()
    page.get_by_label("Enter the code provided by your device").fill(begun["user_code"].lower())
    page.get_by_role("button", name="Submit").click()
    LoginPage(page).wait().log_in()
    page.get_by_role("heading", name="Grant Access to Weather Agent").wait_for()
    assert page.locator("#device-code").inner_text() == begun["user_code"]


def device_done(page, site):
    consent_to_a_device(page, site)
    page.get_by_role("button", name="Yes").click()
    page.get_by_role("heading", name="Device Login Successful").wait_for()


def consent_to_a_stranger(page, site):
    client = site.documents.put(client_name="Weather Agent")
    query = dict(client_id=client, redirect_uri="http://localhost:8000/cb", response_type="code", scope="openid")
    query.update(code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method="S256")
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    LoginPage(page).wait().log_in()
    page.get_by_role("heading", name="Grant Access to Weather Agent").wait_for()
    assert page.locator("#kc-client-host").inner_text() == client.split("/")[2]


def logout_question(page, site):
    signed_in(page, site)
    page.goto(f"{site.realm}/protocol/openid-connect/logout")
    page.get_by_text("Do you want to sign out?").wait_for()


def logged_out(page, site):
    logout_question(page, site)
    page.locator("#kc-logout").click()
    page.get_by_text("You may close this page").wait_for()


def logged_out_elsewhere(page, site):
    page.route("http://localhost:8000/**", lambda route: route.fulfill(status=200, body="Portal"))
    realm = site.asking()
    query = dict(client_id="portal", redirect_uri="http://localhost:8000/callback", response_type="code", scope="openid")
    page.goto(f"{realm}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    LoginPage(page).wait().log_in()
    page.get_by_text("Portal").wait_for()
    page.goto(f"{realm}/protocol/openid-connect/logout")
    page.locator("#kc-logout").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    counts(page.locator("iframe"), 1)


def form_post(page, site):
    page.route("**/auth", lambda route: route.fulfill(status=204))
    login(page, site)
    page.goto(site.auth(response_mode="form_post"))
    LoginPage(page).wait().log_in()
    page.get_by_role("heading", name="One moment").wait_for()


def root(page, site):
    page.goto(site.provider)


def not_found(page, site):
    page.goto(f"{site.provider}/nothing-here")


def login_failed(page, site):
    page.goto(f"{site.api}/auth?code=a&state=b")


def log_out_of_api(page, site):
    signed_in(page, site)
    page.goto(site.provider)
    page.evaluate("url => { location.href = url }", f"{site.api}/logout")
    page.get_by_role("button", name="Sign out").wait_for()


def start(page, site):
    page.goto(f"{site.api}/")
    page.get_by_role("heading", name="You are not signed in").wait_for()


def start_signed_in(page, site):
    signed_in(page, site)
    page.goto(f"{site.api}/")
    page.get_by_role("button", name="Sign out").wait_for()


def docs(page, site):
    page.goto(f"{site.api}/docs")
    page.get_by_role("button", name="Authorize").first.wait_for()
    page.locator("#operation-list").wait_for(state="hidden")


def docs_without_a_network(page, site):
    page.route(re.compile("https://"), lambda route: route.abort())
    page.goto(f"{site.plain().base}/docs")
    page.get_by_text("Swagger UI could not be loaded").wait_for()
    shows(page.get_by_role("listitem").filter(has_text="/items/").first)


def docs_answer(page, site):
    page.goto(f"{site.api}/docs/oauth2-redirect")
    page.get_by_text("is not open any more").wait_for()


WAYS = [
    *(login, wrong_password, password_shown, sign_in_again, consent, consent_to_a_stranger, provider_error),
    *(one_time_code, one_time_code_in_german, configure_totp, configure_totp_in_german),
    *(another_way, recovery_code, configure_recovery, configure_recovery_in_arabic),
    *(register_key, register_key_in_german, security_key, security_key_in_arabic, passkey),
    *(update_password, new_password_mistyped, terms, update_profile, in_german, in_arabic),
    *(registration, registration_mistyped),
    *(forgotten_password, forgotten_password_sent, link_of_a_mail, new_password_by_mail, verify_address),
    *(device, consent_to_a_device, device_done),
    *(identity_providers, identity_providers_in_arabic, identity_providers_without_passwords, link_account, link_question),
    *(logout_question, logged_out, logged_out_elsewhere, form_post),
    *(root, not_found, login_failed, log_out_of_api, start, start_signed_in),
    *(docs, docs_without_a_network, docs_answer),
]
LEAVING = (device_done, forgotten_password_sent, link_of_a_mail, new_password_by_mail, verify_address)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_page(new_context, site, axe, screenshot, way, size):
    page = new_context(color_scheme="light", **SIZES[size]).new_page()
    way(page, site(anew=way in LEAVING))
    page.evaluate(axe)
    for scheme in ("light", "dark"):  # of one way there: the style alone asks for it
        page.emulate_media(color_scheme=scheme)
        screenshot(page, f"{way.__name__}-{scheme}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
        # What Swagger UI draws is its own; the list that it replaces is ours.
        for found in page.evaluate("axe.run({exclude: [['#swagger-ui']]})")["violations"]:
            nodes = [node["html"] for node in found["nodes"]]
            assert found["impact"] not in SERIOUS, f"{scheme}: {found['id']}: {found['help']}: {nodes}"


def test_the_back_button_after_signing_in(page, site):
    """N3: the provider sends the browser to the callback once more; the session is good, and stays."""
    signed_in(page, site := site())
    page.go_back()
    page.wait_for_url(f"{site.api}/")
    page.get_by_role("heading", name="You are signed in").wait_for()
    page.goto(f"{site.api}/items/")
    assert page.url == f"{site.api}/items/"


def test_logging_out_ends_on_a_page_that_says_so(page, site):
    """N4."""
    signed_in(page, site := site())
    page.goto(f"{site.api}/logout")
    page.get_by_role("heading", name="You are not signed in").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_can_be_seen(new_context, site, scheme):
    """WCAG 1.4.11: a contrast of 3 to 1 between a field's border and what is around it."""
    page = new_context(color_scheme=scheme).new_page()
    login(page, site())
    for name, ratio in page.evaluate(BORDERS):
        assert ratio >= 3, f"{name}: {ratio:.2f}"


BORDERS = """() => {
  const light = (colour) => {
    const [x, y, z] = colour.match(/[\\d.]+/g).map(Number)
      .map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const around = light(getComputedStyle(document.querySelector('main')).backgroundColor)
  return ['username', 'password', 'show-password'].map((name) => {
    const border = light(getComputedStyle(document.getElementById(name)).borderTopColor)
    return [name, (Math.max(border, around) + 0.05) / (Math.min(border, around) + 0.05)]
  })
}"""


def test_password_is_hidden_again_when_it_is_sent(page, site):
    """Browsers offer what was typed into text fields to whoever types next."""
    password_shown(page, site())
    assert page.locator("#password").get_attribute("type") == "text"
    page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    page.locator("#username").fill("alice")
    page.locator("#kc-login").click()
    assert page.locator("#password").get_attribute("type") == "password"


def test_the_application_is_named(page, site):
    login(page, site())
    assert page.locator("#kc-client").inner_text() == "You will then continue to Items API."
