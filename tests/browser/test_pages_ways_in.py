# SPDX-License-Identifier: Apache-2.0
"""Pages of one-time codes, recovery codes, security keys, passkeys and identity providers, on a phone and on a desk."""

import pathlib
import urllib.parse

import pytest
from page_ways import SIZES, act, another_way, begin, looks_good, pick
from shown import counts, shows

from both_providers import only_ours

pytestmark = only_ours


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


WAYS = [
    *(one_time_code, one_time_code_in_german, configure_totp, configure_totp_in_german, another_way),
    *(recovery_code, configure_recovery, configure_recovery_in_arabic, register_key, register_key_in_german),
    *(security_key, security_key_in_arabic, passkey, identity_providers, identity_providers_in_arabic),
    *(identity_providers_without_passwords, link_account, link_question),
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_page(new_context, site, axe, screenshot, way, size):
    page = new_context(color_scheme="light", **SIZES[size]).new_page()
    way(page, site())
    looks_good(page, axe, screenshot, way.__name__, size)
