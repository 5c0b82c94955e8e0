# SPDX-License-Identifier: Apache-2.0
"""Mails in the admin console: the server of a realm, a trial of it, and a link for a user."""

import pytest
from console_page import ConsolePage
from mail_server import MailServer

LINKED = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Archer"}


@pytest.fixture
def mails():
    with MailServer() as server:
        yield server


@pytest.fixture
def realm(root):
    """The administrator has an address, to which trials go."""
    me = root("GET", "/realms/master/users?username=root&exact=true").json()[0]
    assert root("PUT", f"/realms/master/users/{me['id']}", {**me, "email": "root@shop.example"}).status == 204
    assert root("POST", "/realms", {"realm": "mailed", "enabled": True, "users": [LINKED, {"username": "nomail", "enabled": True}]}).status == 201
    yield "mailed"
    assert root("DELETE", "/realms/mailed").status == 204


def user_of(root, name):
    return root("GET", f"/realms/mailed/users?username={name}&exact=true").json()[0]["id"]


def test_a_server_a_trial_and_a_link(administered, root, realm, mails, page):
    server = mails.setting()
    console = ConsolePage(page, administered.base).log_in().open(realm, "realm-settings", "mail").heading("Realm settings")
    console.fill(Host=server["host"], Port=str(server["port"]), From="id@shop.example", From_display_name="The Shop").press("Save").told("Saved.")
    stored = root("GET", "/realms/mailed").json()["smtpServer"]
    assert {"host": server["host"], "port": str(server["port"]), "from": "id@shop.example"}.items() <= stored.items()
    console.press("Send a test mail").told("The mail is sent.")
    assert mails.next().recipients == ["<root@shop.example>"]

    console.open(realm, "users", user_of(root, "ann"), "credentials").heading("ann").press("Send email")
    page.get_by_text("Choose what the user should do.").wait_for()
    console.switch("Update password").switch("Verify email").press("Send email")
    letter = mails.next()
    assert letter.recipients == ["<ann@shop.example>"] and letter.link.startswith(administered.base)
    console.told("The mail is sent.").open(realm, "users", user_of(root, "nomail"), "credentials").heading("nomail")
    page.get_by_text("The user has no address.").wait_for()
    assert console.problems == []


def test_a_server_that_takes_nothing(administered, root, realm, mails, page):
    console = ConsolePage(page, administered.base).log_in().open(realm, "realm-settings", "mail")
    console.press("Send a test mail")
    page.get_by_role("alert").get_by_text("Failed to send email").wait_for()
