# SPDX-License-Identifier: Apache-2.0
"""A realm file over a realm that is there, in the admin console: what it would change is shown first."""

import json

import pytest
from conftest import PHONE
from console_page import ConsolePage
from shown import shows

from both_providers import only_ours

BEFORE = {
    "realm": "imported",
    "enabled": True,
    "displayName": "Before",
    "accessTokenLifespan": 300,
    "clients": [{"clientId": "kept", "name": "Before"}],
    "roles": {"realm": [{"name": "kept", "description": "Before"}]},
    "users": [{"username": "ann", "enabled": True, "firstName": "Before"}],
}
FILE = {
    "realm": "imported",
    "displayName": "After",
    "accessTokenLifespan": 300,
    "browserFlow": "browser",
    "clients": [{"clientId": "kept", "name": "After"}, {"clientId": "fresh"}],
    "roles": {"realm": [{"name": "kept", "description": "After"}, {"name": "fresh"}]},
    "users": [{"username": "Ann", "enabled": True, "firstName": "After"}, {"username": "ben", "enabled": True}],
}


@pytest.fixture
def realm(root):
    assert root("POST", "/realms", BEFORE).status == 201
    yield "imported"
    assert root("DELETE", "/realms/imported").status == 204


def drop(console):
    file = {"name": "realm.json", "mimeType": "application/json", "buffer": json.dumps(FILE).encode()}
    console.open("master", "realms", "import").page.get_by_label("Drop a realm file here").set_input_files(file)
    console.page.get_by_role("heading", name="What it would change in imported").wait_for()


def state(root):
    client = root("GET", "/realms/imported/clients?clientId=kept").json()[0]
    users = root("GET", "/realms/imported/users").json()
    return root("GET", "/realms/imported").json()["displayName"], client["name"], sorted((user["username"], user.get("firstName")) for user in users)


@pytest.mark.parametrize("choice", ["Stays as it is", "Is replaced"])
def test_what_is_there_stays_or_is_replaced(administered, realm, root, page, choice):
    console = ConsolePage(page, administered.base).log_in()
    drop(console)
    for name, numbers in {"Clients": "1 new, 1 there already", "Roles": "1 new, 1 there already", "Users": "1 new, 1 there already"}.items():
        assert page.locator("dl.counts > div").filter(has_text=name).get_by_text(numbers).count() == 1, name
    assert page.locator("dl.counts > div").count() == 3, "of nothing else there is anything in the file"
    page.get_by_text("They differ: displayName.").wait_for()
    assert state(root) == ("Before", "Before", [("ann", "Before")]), "nothing has been done yet"
    page.get_by_label("What is there already").select_option(label=choice)
    console.press("Import into this realm").told("3 added")
    after = "After" if choice == "Is replaced" else "Before"
    assert state(root) == ("Before", after, [("ann", after), ("ben", None)])
    assert console.problems == []


def test_settings_only_if_somebody_says_so(administered, realm, root, page):
    console = ConsolePage(page, administered.base).log_in()
    drop(console)
    console.switch("Change settings of the realm, too").press("Import into this realm").told("3 added")
    assert state(root)[0] == "After"


@only_ours
@pytest.mark.parametrize("look", ["light-desk", "dark-phone"])
def test_the_preview_is_for_everybody(administered, realm, new_context, axe, screenshot, look):
    looks = {"light-desk": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}, "dark-phone": {"color_scheme": "dark", **PHONE}}
    page = new_context(**looks[look]).new_page()
    console = ConsolePage(page, administered.base).log_in()
    drop(console)
    screenshot(page, f"console-import-preview-{look}")
    page.evaluate(axe)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [one["id"] for one in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"] if one["impact"] in ("serious", "critical")] == []


@only_ours
def test_an_administrator_becomes_a_user(administered, realm, root, page, screenshot):
    """In another realm than their own: a page of that user's opens, and the console goes on as it was."""
    user = root("GET", "/realms/imported/users?username=ann").json()[0]
    assert root("PUT", f"/realms/imported/users/{user['id']}", {"email": "ann@example.org", "lastName": "Archer"}).status == 204
    console = ConsolePage(page, administered.base).log_in().open("imported", "users", user["id"], "details")
    console.press("Impersonate")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("you are ann until you sign out").wait_for()
    screenshot(page, "console-impersonate-light-desk")
    with page.context.expect_page() as opened:
        console.press("Impersonate", dialog)
    account = opened.value
    account.wait_for_url(f"{administered.base}/realms/imported/account/**")
    shows(account.locator("header").get_by_text("Before Archer"))
    console.open("imported", "users").heading("Users")
    assert console.problems == []
