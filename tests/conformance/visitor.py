# SPDX-License-Identifier: Apache-2.0
"""A person with Chromium, for runs in which pages talk to each other: the suite's own browser understands no frames
with scripts of today."""

import time

from peers import require_program
from suite import POLL_SECONDS

CLICKS = ("#kc-login", "#kc-logout")


class Visitor:
    """Visits what a run wants to have visited, in one browser, until the run is over."""

    def __init__(self, user):
        from playwright.sync_api import sync_playwright  # only those who come need it

        self._user = user
        self._playwright = sync_playwright().start()
        program = require_program("chromium", "chromium")
        self._browser = self._playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._browser.close()
        self._playwright.stop()

    def attend(self, suite, run, seconds):
        deadline = time.monotonic() + seconds
        context = self._browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        while suite.info(run)["status"] not in ("FINISHED", "INTERRUPTED") and time.monotonic() < deadline:
            for url in suite.browser(run)["urls"]:
                suite.visited(run, url)
                self._visit(page, url)
            time.sleep(POLL_SECONDS)
        context.close()

    def _visit(self, page, url):
        page.goto(url)
        if page.locator("#username").count():
            page.fill("#username", self._user["username"])
            page.fill("#password", self._user["password"])
        for button in CLICKS:
            if page.locator(button).count():
                page.click(button)
        page.wait_for_load_state()
