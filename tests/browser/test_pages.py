# SPDX-License-Identifier: Apache-2.0
"""Pages of logins, consent, devices and logouts, on a phone and on a desk."""

import urllib.parse

import pytest
from login_page import LoginPage
from page_ways import SIZES, login, looks_good, pick, signed_in
from shown import counts

from both_providers import only_ours
from oidc import Client, Realm

pytestmark = only_ours


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


def consent(page, site):
    query = dict(client_id="agent", redirect_uri="http://localhost:8000/callback", response_type="code")
    query["scope"] = "openid phone address"
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    LoginPage(page).wait().log_in()
    page.get_by_role("heading", name="Grant Access to Weather Agent").wait_for()
    page.reload()
    counts(page.get_by_role("listitem"), 5)
    page.get_by_role("button", name="Yes").wait_for()


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


WAYS = [
    *(login, wrong_password, password_shown, sign_in_again, consent),
    *(consent_to_a_stranger, provider_error, in_german, in_arabic, device),
    *(consent_to_a_device, device_done, logout_question, logged_out, logged_out_elsewhere),
    *(form_post, root, not_found),
]
LEAVING = (device_done,)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_page(new_context, site, axe, screenshot, way, size):
    page = new_context(color_scheme="light", **SIZES[size]).new_page()
    way(page, site(anew=way in LEAVING))
    looks_good(page, axe, screenshot, way.__name__, size)


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
