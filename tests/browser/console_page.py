# SPDX-License-Identifier: Apache-2.0
"""The admin console as its user sees it: found by label and role, not by markup."""

import re
import urllib.parse

from login_page import LoginPage
from playwright.sync_api import Error

# Notices last five seconds, which is less than a loaded machine may take to look: what was told is kept, each until it is asked for.
KEEP_NOTICES = """() => {
  window.toldToTests = []
  const within = (node) => node.parentElement?.closest('[role=status]')
  new MutationObserver((changes) => changes.flatMap((change) => [...change.addedNodes])
    .filter((node) => node.nodeType === Node.ELEMENT_NODE && within(node)).forEach((node) => window.toldToTests.push(node.textContent))
  ).observe(document, { childList: true, subtree: true })
}"""
TAKE_NOTICE = """words => {
  const at = window.toldToTests.findIndex((told) => told.includes(words))
  return at >= 0 && window.toldToTests.splice(at, 1).length === 1
}"""
WITHOUT_A_TRACE = """() => [location.href, document.cookie, JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})].join(' ')"""


class ConsolePage:
    """A page that says anything in its own console, or makes a request that is refused, is written down."""

    def __init__(self, page, base):
        self.page, self.base, self.problems, self.addresses, self.answers = page, base, [], [], []
        self.leaving = 0  # how often the browser asked before it left what is not saved
        page.on("console", lambda said: self.problems.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("response", lambda answer: self.answers.append(answer) if answer.url.endswith("/openid-connect/token") else None)
        page.add_init_script(f"({KEEP_NOTICES})()")
        page.on("dialog", self.asked)

    def asked(self, dialog):
        if dialog.type == "beforeunload":
            self.leaving += 1
        else:
            self.problems.append(dialog.message)
        dialog.accept()

    def log_in(self, username="root", password="root-password", realm="master"):
        self.page.goto(f"{self.base}/admin/{urllib.parse.quote(realm, safe='')}/console/")
        LoginPage(self.page).wait().log_in(username, password)
        return self.ready()

    def ready(self):
        """Waits for a page of the console: those of the login have a heading too, which says nothing of this one."""
        self.page.locator("body.console main:not([aria-busy]) h1").wait_for()
        return self

    def open(self, *parts):
        path = "/".join(urllib.parse.quote(part, safe="") for part in parts)
        self.page.evaluate("path => { location.hash = '#/' + path }", path)
        self.page.wait_for_function("path => location.hash === '#/' + path", arg=path)
        self.page.wait_for_timeout(50)  # the page is told of the new address
        return self.ready()

    def heading(self, name):
        self.page.get_by_role("heading", name=name, exact=True, level=1).wait_for()
        return self

    def fill(self, **values):
        for label, value in values.items():
            self.page.get_by_role("textbox", name=label.replace("_", " ")).first.fill(value)
        return self

    def press(self, name, within=None):
        (within or self.page).get_by_role("button", name=name, exact=True).click()
        return self

    def follow(self, name):
        self.page.get_by_role("link", name=name, exact=True).click()
        return self

    def told(self, words):
        """Waits for a notice that says so and that nobody has asked for yet, be it seen still or gone."""
        self.page.wait_for_function(TAKE_NOTICE, arg=words)
        return self

    def switch(self, name, on=True):
        self.page.get_by_role("switch", name=name, exact=True).set_checked(on)
        return self

    @property
    def tokens(self):
        """Of the answers that this page still knows: their kind and themselves."""
        kinds = ("access_token", "refresh_token", "id_token")
        return [(kind, json[kind]) for json in self.known_answers() for kind in kinds if kind in json]

    def known_answers(self):
        for answer in self.answers:
            try:
                yield answer.json()
            except Error:  # of the page before a reload: the browser has let go of it
                continue

    @property
    def changing(self):
        """What changes something: buttons but those that show more, and fields that can be filled in."""
        buttons = self.page.locator("main button:not([aria-expanded])").filter(visible=True).filter(has_not_text=re.compile("^(Previous|Next|Show|Hide|Copy|Evaluate)$"))
        return buttons.or_(self.page.locator("main :is(input, textarea, select):not([readonly], [disabled], [type=search])").filter(visible=True))

    @property
    def traces(self):
        """The places where a token would outlive the page, or be written down."""
        return self.page.evaluate(WITHOUT_A_TRACE)
