# SPDX-License-Identifier: Apache-2.0
"""Keys in the admin console: a rotation with its timeline, a key of another kind, and the way out."""

import pytest
from console_page import ConsolePage
from oidc import Client
from shown import counts, shows
from test_console import administrator
from web import unverified_token

TOOL = Client("tool")
REALM = {
    "realm": "keyed",
    "enabled": True,
    "clients": [{"clientId": "tool", "publicClient": True, "directAccessGrantsEnabled": True}],
    "users": [administrator("ann", "realm-admin"), administrator("viewer", "view-realm")],
}


@pytest.fixture
def keyed(administered, root):
    assert root("POST", "/realms", REALM).status == 201
    yield administered
    assert root("DELETE", "/realms/keyed").status == 204


def header(provider):
    return unverified_token(provider.realm("keyed").password(TOOL, "ann", "ann-password").json()["access_token"])[0]


def test_a_rotation(page, keyed):
    console = ConsolePage(page, keyed.base).log_in("ann", "ann-password", "keyed").open("keyed", "keys").heading("Keys")
    page.get_by_text("No key waits, and none retires.").wait_for()
    old = header(keyed)["kid"]
    console.press("Rotate").press("Rotate", page.get_by_role("dialog")).told("The new key is published.")
    panel = page.get_by_role("region", name="Rotation", exact=True)
    counts(panel.get_by_role("heading", level=3), 2)
    assert header(keyed)["kid"] == old
    steps = panel.get_by_role("listitem").all_inner_texts()
    assert [step.split(" ")[0] for step in steps] == ["Published", "Signs", "Published", "Signs", "Signs", "Retires"]
    page.get_by_role("row").filter(has_text="Waits").get_by_role("link").click()
    console.heading("rsa-generated").press("Delete key").press("Delete", page.get_by_role("dialog")).heading("Keys")
    page.get_by_text("No key waits, and none retires.").wait_for()
    assert console.problems == []


def test_a_key_is_added_preferred_and_taken_away(page, keyed):
    console = ConsolePage(page, keyed.base).log_in("ann", "ann-password", "keyed").open("keyed", "keys")
    old = header(keyed)["kid"]
    console.press("Add key").heading("Add key").follow("RSA, generated")
    console.fill(Name="mine", Priority="high").press("Add key")
    page.locator("[aria-invalid=true]").wait_for()
    console.fill(Priority="200").press("Add key").heading("mine")
    new = header(keyed)["kid"]
    assert new != old
    shows(page.get_by_text(new))
    assert page.get_by_label("Certificate").input_value().startswith("MII")
    console.switch("Active", False).press("Save").told("Saved.")
    assert header(keyed)["kid"] == old
    console.switch("Active").fill(Priority="50").press("Save").told("Saved.")
    assert header(keyed)["kid"] == old
    console.press("Delete key").press("Delete", page.get_by_role("dialog")).heading("Keys")
    counts(page.get_by_role("link", name="mine", exact=True), 0)


def test_who_may_only_look(page, keyed):
    console = ConsolePage(page, keyed.base).log_in("viewer", "viewer-password", "keyed").open("keyed", "keys").heading("Keys")
    assert console.changing.count() == 0
    page.get_by_role("link", name="rsa-generated").click()
    console.heading("rsa-generated")
    assert console.changing.count() == 0
    console.open("keyed", "keys", "new").heading("This cannot be shown")
