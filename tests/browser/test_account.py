# SPDX-License-Identifier: Apache-2.0
"""The account console: what users see of their account and do to it, and what nobody does to them by a name."""

import json
import re

import pytest
from account_page import AccountPage
from login_page import LoginPage
from oidc import Client
from one_time_codes import execution, totp
from recovery_codes import code_of, flows_with_recovery, recovery_codes
from programs import Provider
from shown import counts, shows
from upstream import Upstream
from web import Browser, bearer

from peers import PROJECT

EVIL = "<img src=x onerror=alert(1)>"
SINKS = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc", "DOMParser", "localStorage"]
TOOL = Client("tool")
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
SIZE_MAX = 60 * 1024
PAGES = ["Personal info", "Password", "Sign-in methods", "Linked accounts", "Devices", "Applications", "Groups"]


def user(name, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name.capitalize(),
        "lastName": "Cook",
        "realmRoles": ["default-roles-homes"],
        "clientRoles": {"account": ["view-groups"]},
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


def client(client_id, **more):
    return {"clientId": client_id, "publicClient": True, "directAccessGrantsEnabled": True, "redirectUris": ["http://localhost/*"], **more}


REALM = {
    "realm": "homes",
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": ["en", "de"],
    "passwordPolicy": "length(8) and notUsername",
    **flows_with_recovery(more=[execution("webauthn-authenticator", "ALTERNATIVE", 40)]),
    "webAuthnPolicyPasswordlessPasskeysEnabled": True,
    # Chromium warns of fewer.
    "webAuthnPolicySignatureAlgorithms": ["ES256", "RS256"],
    "webAuthnPolicyPasswordlessSignatureAlgorithms": ["ES256", "RS256"],
    "groups": [{"name": "staff", "subGroups": [{"name": EVIL}]}],
    "clients": [
        client("tool", name="The Tool", description="Cuts", baseUrl="https://tool.example/start"),
        client("evil", name=EVIL, description=EVIL, baseUrl="javascript:alert(1)", alwaysDisplayInConsole=True),
    ],
    "users": [
        user("ann", groups=["/staff", f"/staff/{EVIL.replace('/', '~/')}"]),
        user("bob", clientRoles={}),
        user("eve", firstName=EVIL, lastName=EVIL),
        user("pat"),
        user("kit"),
        user("kay"),
        user("kim"),
        user("ray", credentials=[{"type": "password", "value": "ray-password"}, recovery_codes(first=9)]),
    ],
}


@pytest.fixture(scope="module")
def upstream():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def provider(work, upstream):
    file = work / "homes-realm.json"
    file.write_text(json.dumps(REALM | {"identityProviders": [upstream.config("staff", displayName=EVIL)]}))
    with Provider([file], work / "homes") as server:
        yield server


@pytest.fixture
def account(provider, page):
    return AccountPage(page, provider.base)


@pytest.fixture
def grant(provider):
    def of(name, agent=PHONE, scope="openid"):
        form = {"grant_type": "password", "username": name, "password": f"{name}-password", "scope": scope}
        answer = provider.realm("homes").token(form, TOOL, {"User-Agent": agent})
        assert answer.status == 200, answer.text
        return answer.json()

    return of


def assert_no_token_is_left(account):
    tokens = account.tokens
    assert len(tokens) >= 3
    written = account.traces + " ".join(account.addresses)
    assert not [name for name, token in tokens if token in written]
    assert "code=" not in account.page.url


# ---- devices for one-time codes ----


def test_an_app_is_set_up_and_removed(account, page):
    account.log_in("kit").at("Sign-in methods")
    shows(page.get_by_text("You have no authenticator app."))
    account.press("Set up an app")
    page.get_by_role("heading", name="Mobile Authenticator Setup").wait_for()
    page.get_by_label("Device Name").fill(EVIL)
    page.get_by_label("One-time code").fill(totp(page.locator("#totpSecret").input_value()))
    page.get_by_role("button", name="Submit").click()
    account.heading("Sign-in methods").ready()
    shows(page.get_by_role("cell", name=EVIL))
    account.press("Rename")
    page.get_by_role("dialog").get_by_label("Name").fill(f"{EVIL} 2")
    account.press("Rename", page.get_by_role("dialog"))
    shows(page.get_by_role("cell", name=f"{EVIL} 2"))
    account.press("Remove").press("Remove", page.get_by_role("dialog")).told(f"{EVIL} 2 has been removed.")
    shows(page.get_by_text("You have no authenticator app."))
    assert account.problems == []


# ---- accounts elsewhere ----


def test_an_account_elsewhere_is_linked_and_unlinked(account, page, upstream):
    upstream.reset(sub="up-kay", preferred_username=EVIL)
    upstream.answers = {path: (200, "text/html", b"") for path in ("/authorize", "/favicon.ico")}
    account.log_in("kay").at("Linked accounts")
    shows(page.get_by_role("cell", name="Not linked"))
    account.press("Link account")
    page.get_by_role("heading", name=f"Linking {EVIL}").wait_for()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url(f"{upstream.issuer}/**")
    page.goto(upstream.agree(page.url))
    account.heading("Linked accounts").ready()
    counts(page.get_by_role("cell", name=EVIL), 2)
    account.press("Unlink").press("Unlink", page.get_by_role("dialog")).told(f"{EVIL} is no longer linked.")
    shows(page.get_by_role("cell", name="Not linked"))
    assert account.problems == []


# ---- recovery codes ----


def test_recovery_codes_are_counted_made_anew_and_removed(account, page):
    page.goto(f"{account.base}/realms/homes/account/")
    LoginPage(page).wait().log_in("ray", "ray-password")
    page.get_by_label("Recovery code #9").fill(code_of(9))
    page.get_by_role("button", name="Sign In").click()
    account.ready().at("Sign-in methods")
    shows(page.get_by_text("3 of 12 are left."))
    shows(page.get_by_text("Few are left"))
    account.press("Make new codes")
    page.get_by_label("I have saved these codes").check()
    page.get_by_role("button", name="Complete setup").click()
    account.heading("Sign-in methods").ready()
    shows(page.get_by_text("12 of 12 are left."))
    counts(page.get_by_text("Few are left"), 0)
    account.press("Remove").press("Remove", page.get_by_role("dialog")).told("Recovery codes has been removed.")
    shows(page.get_by_role("button", name="Make codes"))
    assert account.problems == []


# ---- the profile ----


def test_personal_info(account, page):
    account.log_in("ann").heading("Personal info")
    assert page.get_by_label("Username").get_attribute("readonly") is not None
    page.get_by_label("First name").fill("Änne")
    page.get_by_label("Language").select_option("de")
    account.press("Save").told("Saved.")
    page.reload()
    account.heading("Personal info").ready()
    assert page.get_by_label("First name").input_value() == "Änne"
    assert page.get_by_label("Language").input_value() == "de"
    assert_no_token_is_left(account)
    assert account.problems == []


def test_what_is_wrong_stands_at_its_field(account, page):
    account.log_in("ann")
    for label, value, words in (
        ("Email", "bob@example.org", "Somebody else has this address."),
        ("Email", "nobody", "This is no email address."),
        ("Last name", "<b>", "It has characters that no name has."),
        ("First name", "", "This is required."),
    ):
        field = page.get_by_label(label)
        before = field.input_value()
        field.fill(value)
        account.press("Save")
        page.get_by_text(words).wait_for()
        assert field.get_attribute("aria-invalid") == "true"
        assert field.evaluate("field => field === document.activeElement")
        field.fill(before)
    assert page.get_by_label("Email").input_value() == "ann@example.org"


# ---- the password ----


def test_a_password_is_changed(account, page, provider):
    account.log_in("pat").at("Password")
    shows(page.get_by_text("at least 8 characters"))
    current, new, again = (page.get_by_label(label, exact=False) for label in ("Current password", "New password (", "New password again"))
    for values, words in (
        (("wrong", "new-password-1", "new-password-1"), "This is not your current password."),
        (("pat-password", "short1", "short1"), "Invalid password: minimum length 8."),
        (("pat-password", "new-password-1", "another"), "This is not the same."),
    ):
        for field, value in zip((current, new, again), values, strict=True):
            field.fill(value)
        account.press("Change password")
        page.get_by_text(words).wait_for()
    again.fill("new-password-1")
    account.press("Change password")
    page.get_by_role("heading", name="The password has been changed.").wait_for()
    assert provider.realm("homes").password(TOOL, "pat", "pat-password").status == 401
    assert provider.realm("homes").password(TOOL, "pat", "new-password-1").status == 200
    account.press("Sign out everywhere else").told("You are signed in here alone.")


# ---- sessions ----


def works(provider, grant):
    url = f"{provider.base}/realms/homes/account/"
    return Browser().request("GET", url, None, {**bearer(grant["access_token"]), "Accept": "application/json"}).status == 200


def test_devices_and_the_way_out(account, page, provider, grant):
    phone, others = grant("bob"), grant("bob", agent="curl/8.0")
    account.log_in("bob").at("Devices")
    device = account.panel("Android 14 Pixel 8")
    shows(device.get_by_text("Chrome Mobile 120.0.0"), device.get_by_text("The Tool"))
    shows(page.get_by_text("this device"))
    account.press("Sign out", device).told("Signed out there.")
    assert not works(provider, phone) and works(provider, others)
    account.press("Sign out everywhere else").press("Sign out everywhere else", page.get_by_role("dialog"))
    account.told("You are signed in here alone.")
    assert not works(provider, others)
    counts(page.get_by_role("row"), 2)  # the head, and this one
    account.at("Applications")
    assert account.problems == []


def test_signing_out(account, page):
    account.log_in("bob").press("Sign out")
    LoginPage(page).wait()
    page.reload()
    LoginPage(page).wait()
    assert not [address for address in account.addresses if "id_token" in address]


# ---- applications and groups ----


def test_applications(account, page, provider, grant):
    held = grant("ann", scope="openid offline_access")
    account.log_in("ann").at("Applications")
    tool = account.panel("The Tool")
    shows(tool.get_by_text("also while you are away"))
    assert tool.get_by_role("link").get_attribute("href") == "https://tool.example/start"
    account.press("Remove access", tool).press("Cancel", page.get_by_role("dialog"))
    account.press("Remove access", tool).press("Remove access", page.get_by_role("dialog"))
    account.told("The Tool has no access any more.")
    assert provider.realm("homes").refresh(TOOL, held["refresh_token"]).status == 400
    assert account.panel("Account Console").get_by_role("button").count() == 0


def test_groups_are_for_those_who_may_see_them(account, page):
    account.log_in("ann").at("Groups")
    shows(page.get_by_role("listitem").get_by_text("/staff", exact=True))
    page.context.clear_cookies()
    account.log_in("bob")
    assert page.get_by_role("link", name="Groups").count() == 0


# ---- names, addresses, frames ----


def test_names_are_text(account, page):
    account.log_in("eve")
    for name in PAGES:
        account.at(name)
    account.at("Applications")
    assert account.panel(EVIL).get_by_role("link").count() == 0
    page.context.clear_cookies()
    account.log_in("ann").at("Groups")
    shows(page.get_by_text(f"/staff/{EVIL}"))
    assert page.locator("img").count() == 0
    assert account.problems == []


def test_the_page_lets_nothing_in(account, provider):
    answer = Browser().request("GET", f"{provider.base}/realms/homes/account/", None, {"Accept": "text/html"})
    policy = answer.header("Content-Security-Policy")
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "<script>" not in answer.text and answer.header("X-Frame-Options") == "DENY"
    for path, status in (("", 302), ("/none", 404)):
        assert Browser().request("GET", f"{provider.base}/realms/homes/account{path}", None, {"Accept": "text/html"}).status == status


def test_an_answer_that_was_not_asked_for_is_not_taken(account, page):
    account.log_in("bob")
    page.goto("about:blank")
    page.goto(f"{account.base}/realms/homes/account/#state=stranger&code=stolen")
    account.ready()
    assert not [address for address in account.addresses if "stolen" in address.split("#")[0]]


def messages(path):
    return dict(re.findall(r'^  "([^"]+)": "(.*)",$', (PROJECT / "web" / path).read_text(), re.M))


@pytest.mark.parametrize("console", ["account", "console"])
def test_german_says_everything(console):
    """With the same values."""
    german, english = (messages(f"{console}/messages/{language}.js") for language in ("de", "en"))
    assert english and list(german) == list(english)
    for key, text in german.items():
        assert sorted(re.findall(r"\{\d\}", text)) == sorted(re.findall(r"\{\d\}", english[key])), key


def test_in_german(chromium, provider):
    context = chromium.new_context(locale="de-DE")
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    try:
        page.goto(f"{provider.base}/realms/homes/account/")
        page.locator("#username").fill("bob")
        page.locator("#password").fill("bob-password")
        page.locator("#kc-login").click()
        page.get_by_role("heading", name="Persönliche Angaben").wait_for()
        page.get_by_label("Nachname").fill("")
        page.get_by_role("button", name="Speichern").click()
        page.get_by_text("Das wird gebraucht.").first.wait_for()
        assert page.locator("html").get_attribute("lang") == "de"
        assert {url.split("/resources/")[1].split("/", 1)[1] for url in asked if "/messages/" in url} == {"console/messages/de.js", "account/messages/de.js"}
    finally:
        context.close()


def test_english_loads_no_other_language(account, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    account.log_in("bob").heading("Personal info")
    assert [url for url in asked if "/account/messages/en.js" in url] and not [url for url in asked if "/messages/de.js" in url]


def test_the_files_are_small_listed_and_without_sinks():
    files = [path for path in (PROJECT / "web" / "account").rglob("*") if path.is_file()]
    listed = (PROJECT / "web" / "meson.build").read_text()
    assert all(f"'{path.relative_to(PROJECT / 'web')}'" in listed for path in files)
    assert sum(path.stat().st_size for path in files) <= SIZE_MAX
    assert not [(path, sink) for path in files for sink in SINKS if sink in path.read_text()]
