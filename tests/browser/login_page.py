# SPDX-License-Identifier: Apache-2.0
"""The provider's login page as its user sees it: found by label and role, not by markup."""


class LoginPage:
    def __init__(self, page):
        self.page = page
        self.username = page.get_by_label("Username or email")
        self.password = page.get_by_label("Password", exact=True)
        self.button = page.get_by_role("button", name="Sign In", exact=True)

    def wait(self):
        self.button.wait_for()
        return self

    def log_in(self, username="alice", password="alice-password"):
        self.username.fill(username)
        self.password.fill(password)
        self.button.click()
