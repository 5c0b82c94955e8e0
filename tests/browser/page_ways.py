# SPDX-License-Identifier: Apache-2.0
"""Ways to pages that several tests go, and what every page has to be: axe finds nothing serious, nothing scrolls sideways, and
each is pictured among the results, in both colour schemes."""

import urllib.parse

from conftest import PHONE
from login_page import LoginPage

DESK = {"viewport": {"width": 1280, "height": 800}}
SIZES = {"desk": DESK, "phone": PHONE}
SERIOUS = ("serious", "critical")


def login(page, site):
    page.goto(f"{site.api}/items/")
    return LoginPage(page).wait()


def signed_in(page, site):
    login(page, site).log_in()
    page.wait_for_url(f"{site.api}/items/")


def begin(page, site, client="agent"):
    query = {"client_id": client, "redirect_uri": "http://localhost:8000/callback", "response_type": "code"}
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))


def act(page, site, name="zoe", **more):
    query = {"client_id": "agent", "redirect_uri": "http://localhost:8000/callback", "response_type": "code", **more}
    page.goto(f"{site.asking()}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query))
    LoginPage(page).wait().log_in(name, f"{name}-password")


def pick(page, language):
    page.locator("#kc-current-locale-link").click()
    page.get_by_role("link", name=language).click()


def another_way(page, site):
    act(page, site, "ray")
    page.get_by_role("button", name="Try Another Way").click()
    page.get_by_role("heading", name="Select login method").wait_for()


def fits(page, of):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{of}: it scrolls sideways"
    broken = page.evaluate(BROKEN_HEADING)
    assert not broken, f"{of}: {broken} is broken within"


# The longest word of a heading of ours has to fit into a line; names of clients and providers may have any length.
BROKEN_HEADING = """() => {
  const heading = document.querySelector('#kc-page-title')
  const range = document.createRange()
  for (const node of heading ? heading.childNodes : []) {
    for (const word of (node.textContent.match(/\\S+/g) || []).filter((each) => each.length <= 24)) {
      const at = node.textContent.indexOf(word)
      range.setStart(node, at)
      range.setEnd(node, at + word.length)
      if (range.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(heading).lineHeight)) return word
    }
  }
  return ''
}"""


def looks_good(page, axe, screenshot, way, size):
    page.evaluate(axe)
    for scheme in ("light", "dark"):  # of one way there: the style alone asks for it
        page.emulate_media(color_scheme=scheme)
        screenshot(page, f"{way}-{scheme}-{size}")
        fits(page, scheme)
        # What Swagger UI draws is its own; the list that it replaces is ours.
        for found in page.evaluate("axe.run({exclude: [['#swagger-ui']]})")["violations"]:
            nodes = [node["html"] for node in found["nodes"]]
            assert found["impact"] not in SERIOUS, f"{scheme}: {found['id']}: {found['help']}: {nodes}"
    for address in page.evaluate("[...document.querySelectorAll('#kc-locale a')].map((link) => link.href)"):
        page.goto(address)
        fits(page, address[-12:])
