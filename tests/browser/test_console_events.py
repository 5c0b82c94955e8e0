# SPDX-License-Identifier: Apache-2.0
"""Sessions and events in the admin console: who is signed in, what happened, and the way out."""

import json

import pytest
from administrator import Admin
from console_page import ConsolePage
from oidc import Client
from programs import Provider
from shown import counts, shows

MARKUP = "<img src=x onerror=alert(1)>"
TOOL = Client("tool")
REALM = {
    "realm": "busy",
    "enabled": True,
    "eventsEnabled": True,
    "clients": [{"clientId": "tool", "publicClient": True, "directAccessGrantsEnabled": True}],
    "users": [{"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}],
}


@pytest.fixture
def provider(tmp_path, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    file = tmp_path / "busy-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], tmp_path / "busy") as server:
        yield server


@pytest.fixture
def console(provider, page):
    return ConsolePage(page, provider.base)


def figure(page, name):
    return page.get_by_role("img", name=f"{name} of the last 24 hours").get_attribute("aria-label")


def test_events_are_counted_and_found(console, page, provider):
    realm = provider.realm("busy")
    for password in ("ann-password", "ann-password", "wrong"):
        realm.password(TOOL, "ann", password)
    realm.password(TOOL, MARKUP, "wrong")
    console.log_in().open("busy", "events").heading("User events")
    assert figure(page, "Logins") == "Logins of the last 24 hours: 2, at most 2 in an hour"
    assert figure(page, "Failures") == "Failures of the last 24 hours: 2, at most 2 in an hour"
    shows(page.get_by_role("cell", name=MARKUP))
    page.get_by_label("Type").select_option("LOGIN_ERROR")
    console.press("Filter")
    page.get_by_role("cell", name="LOGIN", exact=True).first.wait_for(state="detached")
    counts(page.get_by_role("row"), 3)
    page.get_by_label("Client").fill("none")
    console.press("Filter")
    page.get_by_text("No event fits.").wait_for()
    assert page.locator("img").count() == 0
    assert console.problems == []


def test_what_administrators_did(console, page, provider):
    """Also what they sent, without the secrets in it."""
    console.log_in().open("busy", "events", "admin").heading("Admin events").press("Keep events").told("Saved.")
    root = Admin(provider, "master", "root", "root-password")
    made = root("POST", "/realms/busy/clients", {"clientId": MARKUP, "secret": "known-to-nobody"}).header("Location").removeprefix(root.base)
    assert root("DELETE", made).status == 204
    assert root("POST", "/realms/busy/roles", {"name": "seller"}).status == 201
    console.open("busy", "events").open("busy", "events", "admin")
    assert figure(page, "Created") == "Created of the last 24 hours: 2, at most 2 in an hour"
    assert figure(page, "Deleted") == "Deleted of the last 24 hours: 1, at most 1 in an hour"
    page.get_by_label("Resource path").fill("clients/*")
    page.get_by_label("Operation").select_option("CREATE")
    console.press("Filter")
    page.get_by_role("button", name="roles/seller").wait_for(state="detached")
    page.get_by_role("button", name=made.removeprefix("/realms/busy/")).click()
    told = page.get_by_role("dialog").inner_text()
    assert MARKUP in told and "**********" in told and "known-to-nobody" not in told
    console.press("Close", page.get_by_role("dialog"))
    assert page.locator("img").count() == 0
    assert console.problems == []


def test_sessions_are_ended(console, page, provider):
    realm = provider.realm("busy")
    grants = [realm.password(TOOL, "ann", "ann-password").json() for _ in range(3)]
    console.log_in().open("busy", "sessions").heading("Sessions").follow("tool").heading("Sessions of tool")
    counts(page.get_by_role("row"), 4)
    page.get_by_role("main").get_by_role("button", name="Sign out").first.click()
    console.told("Signed out.")
    works = [realm.refresh(TOOL, grant["refresh_token"]).status == 200 for grant in grants]
    assert sorted(works) == [False, True, True]
    console.open("busy", "sessions").press("Sign everybody out").press("Sign everybody out", page.get_by_role("dialog"))
    console.told("Signed out.")
    shows(page.get_by_text("There are none."))
    assert console.problems == []
