# SPDX-License-Identifier: Apache-2.0
"""Pages on which people register, and change what is known of them, on a phone and on a desk."""

import urllib.parse

import pytest
from page_ways import SIZES, act, looks_good

from both_providers import only_ours

pytestmark = only_ours


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


WAYS = [
    *(update_password, new_password_mistyped, terms, update_profile, registration),
    *(registration_mistyped, forgotten_password, forgotten_password_sent, link_of_a_mail, new_password_by_mail),
    *(verify_address,),
]
LEAVING = (forgotten_password_sent, link_of_a_mail, new_password_by_mail, verify_address)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_page(new_context, site, axe, screenshot, way, size):
    page = new_context(color_scheme="light", **SIZES[size]).new_page()
    way(page, site(anew=way in LEAVING))
    looks_good(page, axe, screenshot, way.__name__, size)
