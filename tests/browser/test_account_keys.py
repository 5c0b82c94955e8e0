# SPDX-License-Identifier: Apache-2.0
"""Security keys and passkeys in the account console: Chromium's virtual authenticators register from there, get other names
and are removed; in both colour schemes, on a phone and on a desk."""

import pytest
from account_page import AccountPage
from login_page import LoginPage
from shown import shows
from test_account import EVIL, provider, upstream  # noqa: F401  (fixtures)
from test_console_pages import LOOKS, SERIOUS
from test_security_keys import Authenticators, use

from both_providers import only_ours

pytestmark = only_ours
USERS = dict(zip(LOOKS, ("kay", "kim"), strict=True))


def set_up(account, kind, title, label):
    page = account.page
    account.press(f"Set up a {kind}", account.panel(title))
    shows(page.get_by_role("heading", name="Security key registration"))
    page.get_by_label("Name of the key").fill(label)
    page.get_by_role("button", name="Register security key").click()
    account.heading("Sign-in methods").ready()
    row = account.panel(title).get_by_role("row").filter(has_text=label)
    shows(row.get_by_role("cell").nth(1).filter(has_text="20"))  # since when, a date of this century
    return row


def rename(account, row, label):
    dialog = account.page.get_by_role("dialog")
    account.press("Rename", row)
    dialog.get_by_label("Name").fill("")
    account.press("Rename", dialog)
    shows(dialog.get_by_text("This is required."))
    dialog.get_by_label("Name").fill(label)
    account.press("Rename", dialog)
    shows(account.page.get_by_role("cell").filter(has_text=label))


def remove(account, row, label, words):
    dialog = account.page.get_by_role("dialog")
    account.press("Remove", row)
    shows(dialog.get_by_text(f"{label} will not let you in any more."))
    account.press("Cancel", dialog)
    account.press("Remove", row).press("Remove", dialog).told(f"{label} has been removed.")
    shows(account.page.get_by_text(words))


def serious(page, axe):
    page.evaluate(axe)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return [(problem["id"], [node["html"] for node in problem["nodes"]])
            for problem in page.evaluate("axe.run()")["violations"] if problem["impact"] in SERIOUS]


def sign_in_again(account, name):
    account.page.context.clear_cookies()
    account.page.goto(f"{account.base}/realms/homes/account/")
    LoginPage(account.page).wait().log_in(name, f"{name}-password")


@pytest.mark.parametrize("look", LOOKS)
def test_keys(new_context, provider, axe, screenshot, look):  # noqa: F811
    name, page = USERS[look], new_context(**LOOKS[look]).new_page()
    Authenticators(page).add()
    account = AccountPage(page, provider.base).log_in(name).at("Sign-in methods")
    shows(page.get_by_text("You have no security key."), page.get_by_text("You have no passkey."))
    key = set_up(account, "security key", "Security keys", "Blue key")
    passkey = set_up(account, "passkey", "Passkeys", "Laptop")
    screenshot(page, f"account-keys-{look}")
    assert serious(page, axe) == []
    account.press("Rename", key)
    shows(page.get_by_role("dialog"))
    screenshot(page, f"account-keys-rename-{look}")
    assert serious(page, axe) == []
    account.press("Cancel", page.get_by_role("dialog"))
    rename(account, passkey, "Phone")
    rename(account, key, EVIL)
    # By its new name it is the key that it was.
    sign_in_again(account, name)
    use(page)
    account.ready().at("Sign-in methods")
    keys, passkeys = (account.panel(title).get_by_role("row").nth(1) for title in ("Security keys", "Passkeys"))
    remove(account, keys, EVIL, "You have no security key.")
    remove(account, passkeys, "Phone", "You have no passkey.")
    sign_in_again(account, name)
    account.ready()
    assert account.problems == []
