# SPDX-License-Identifier: Apache-2.0
"""Signing in through the items API, in Chromium."""

import json

import pytest
from conftest import PHONE
from login_page import LoginPage
from shown import counts

from both_providers import only_ours

ERROR = "Invalid username or password."


def shown_json(page):
    return json.loads(page.locator("body").inner_text())


def open_login(page, items_api, path="/items/"):
    page.goto(items_api.base + path)
    return LoginPage(page).wait()


def test_login_through_the_api(page, items_api, screenshot):
    login = open_login(page, items_api)
    assert page.title() == "Sign in to Items"
    screenshot(page, "login")
    login.log_in()
    page.wait_for_url(f"{items_api.base}/items/")
    assert shown_json(page)["message"].startswith("Hello user ")
    screenshot(page, "items")


def test_back_to_the_page_that_was_wanted(page, items_api):
    open_login(page, items_api, "/items/?page=2&q=a%20b").log_in()
    page.wait_for_url(f"{items_api.base}/items/?page=2&q=a%20b")


def test_wrong_password(page, items_api, screenshot):
    login = open_login(page, items_api)
    login.log_in("alice", "wrong")
    page.get_by_text(ERROR).wait_for()
    screenshot(page, "wrong-password")
    assert login.username.input_value() == "alice"
    assert login.password.input_value() == ""
    login.password.fill("alice-password")
    login.password.press("Enter")
    page.wait_for_url(f"{items_api.base}/items/")
    assert shown_json(page)["message"].startswith("Hello user ")


def test_name_is_shown_as_text(page, items_api):
    login = open_login(page, items_api)
    name = '"><img src=x onerror=document.title="broken">'
    login.log_in(name, "wrong")
    page.get_by_text(ERROR).wait_for()
    assert login.username.input_value() == name
    assert page.title() == "Sign in to Items"


def test_keyboard_alone(page, items_api):
    login = open_login(page, items_api)
    assert login.username.evaluate("e => e === document.activeElement"), "the user name has the focus"
    page.keyboard.type("bob")
    page.keyboard.press("Tab")
    page.keyboard.type("bob-password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{items_api.base}/items/")


def test_without_scripts(new_context, items_api):
    page = new_context(java_script_enabled=False).new_page()
    login = open_login(page, items_api)
    login.log_in("alice", "wrong")
    page.get_by_text(ERROR).wait_for()
    login.log_in()
    page.wait_for_url(f"{items_api.base}/items/")


def test_on_a_phone(new_context, items_api, screenshot):
    page = new_context(**PHONE).new_page()
    login = open_login(page, items_api)
    screenshot(page, "phone-login")
    login.log_in("alice", "wrong")
    page.get_by_text(ERROR).wait_for()
    screenshot(page, "phone-wrong-password")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    login.log_in()
    page.wait_for_url(f"{items_api.base}/items/")


def test_second_visit_asks_nothing(context, page, items_api):
    open_login(page, items_api).log_in()
    page.wait_for_url(f"{items_api.base}/items/")
    other = context.new_page()
    other.goto(f"{items_api.base}/items/")
    assert other.url == f"{items_api.base}/items/"
    assert shown_json(other) == shown_json(page)


def test_single_sign_on(context, page, items_api):
    """The API's cookies are lost, the provider's are not."""
    open_login(page, items_api).log_in()
    page.wait_for_url(f"{items_api.base}/items/")
    kept = [cookie for cookie in context.cookies() if cookie["path"].startswith("/realms")]
    context.clear_cookies()
    context.add_cookies(kept)
    page.goto(f"{items_api.base}/items/")
    assert page.url == f"{items_api.base}/items/"
    assert shown_json(page)["message"].startswith("Hello user ")


def test_cookies_are_out_of_reach_of_scripts(context, page, items_api):
    open_login(page, items_api).log_in()
    page.wait_for_url(f"{items_api.base}/items/")
    own = [cookie for cookie in context.cookies() if not cookie["path"].startswith("/realms")]
    assert own
    for cookie in own:
        assert cookie["httpOnly"], cookie["name"]
        assert cookie["sameSite"] in ("Lax", "Strict"), cookie["name"]
    assert page.evaluate("document.cookie") == ""


def test_logout_ends_the_session_at_the_provider_too(page, items_api, screenshot):
    open_login(page, items_api).log_in()
    page.wait_for_url(f"{items_api.base}/items/")
    page.goto(f"{items_api.base}/logout")
    assert page.url.startswith(items_api.base), "back at the API"
    screenshot(page, "logged-out")
    page.goto(f"{items_api.base}/items/")
    LoginPage(page).wait()


def test_two_tabs(new_context, items_api):
    """Both tabs were opened before anybody signed in; both end where they wanted to go. Without scripts,
    since Keycloak's page has one that notices the other tab's login and goes on by itself."""
    context = new_context(java_script_enabled=False)
    first, second = context.new_page(), context.new_page()
    one, two = open_login(first, items_api, "/items/?tab=1"), open_login(second, items_api, "/items/?tab=2")
    two.log_in()
    second.wait_for_url(f"{items_api.base}/items/?tab=2")
    one.log_in()
    first.wait_for_url(f"{items_api.base}/items/?tab=1")


@only_ours
def test_page_is_quiet_and_self_contained(context, items_api, provider):
    """No errors in the console, nothing loaded from elsewhere, errors announced to screen readers."""
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    login = open_login(page, items_api)
    login.log_in("alice", "wrong")
    page.get_by_text(ERROR).wait_for()
    assert said == []
    for url in asked:
        assert url.startswith((items_api.base, provider.base, "data:")), url
    counts(page.get_by_role("alert").filter(has_text=ERROR), 1)
    for field in (login.username, login.password):
        assert field.get_attribute("aria-invalid") == "true"
    assert page.locator("html").get_attribute("lang") == "en"
    counts(page.get_by_role("heading", level=1), 1)


@only_ours
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(new_context, items_api, screenshot, scheme):
    """WCAG AA: a contrast of 4.5 to 1 between text and what is behind it, in both colour schemes."""
    page = new_context(color_scheme=scheme).new_page()
    login = open_login(page, items_api)
    login.log_in("alice", "wrong")
    page.get_by_text(ERROR).wait_for()
    screenshot(page, f"colours-{scheme}")
    for text, ratio in page.evaluate(CONTRASTS):
        assert ratio >= 4.5, f"{text!r}: {ratio:.1f}"


CONTRASTS = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor)
      if (colour.length < 4 || colour[3] > 0.99) return colour
    }
    return [255, 255, 255]
  }
  const found = []
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join(' ').trim()
    if (!own || !element.checkVisibility()) continue
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))]
    found.push([own, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)])
  }
  return found
}"""
