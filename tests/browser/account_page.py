# SPDX-License-Identifier: Apache-2.0
"""The account console as its user sees it."""

import urllib.parse

from console_page import ConsolePage
from login_page import LoginPage


class AccountPage(ConsolePage):
    def log_in(self, username, password=None, realm="homes"):
        self.page.goto(f"{self.base}/realms/{urllib.parse.quote(realm, safe='')}/account/")
        LoginPage(self.page).wait().log_in(username, password or f"{username}-password")
        return self.ready()

    def at(self, name):
        """A page of the navigation, shown whole."""
        menu = self.page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible():
            menu.click()
        self.follow(name)
        return self.heading(name).ready()

    def panel(self, name):
        return self.page.get_by_role("region", name=name, exact=True).and_(self.page.locator("section"))
