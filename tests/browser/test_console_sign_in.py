# SPDX-License-Identifier: Apache-2.0
"""How people sign in, in the admin console: required actions are switched, flows shown, identity providers deleted."""

import pytest
from console_page import ConsolePage
from shown import shows
from test_console import administrator

REALM = {
    "realm": "entry",
    "enabled": True,
    "identityProviders": [{"alias": "partner", "providerId": "oidc"}],
    "users": [administrator("ann", "realm-admin"), administrator("viewer", "view-realm")],
}


@pytest.fixture
def entry(administered, root):
    assert root("POST", "/realms", REALM).status == 201
    yield root
    assert root("DELETE", "/realms/entry").status == 204


def test_authentication(page, administered, entry):
    console = ConsolePage(page, administered.base).log_in("ann", "ann-password", "entry").open("entry", "authentication").heading("Authentication")
    console.switch("Enabled: Update Profile", False).told("Saved.")
    action = entry("GET", "/realms/entry/authentication/required-actions/UPDATE_PROFILE").json()
    assert not action["enabled"] and not page.get_by_role("switch", name="Enabled: Update Profile").is_checked()
    shows(page.get_by_role("cell", name="– auth-username-password-form"))
    console.press("Delete").press("Delete", page.get_by_role("dialog"))
    page.get_by_role("cell", name="partner").wait_for(state="detached")
    assert entry("GET", "/realms/entry/identity-provider/instances").json() == [] and console.problems == []


def test_who_may_only_look(page, administered, entry):
    console = ConsolePage(page, administered.base).log_in("viewer", "viewer-password", "entry").open("entry", "authentication").heading("Authentication")
    assert console.changing.count() == 0 and page.get_by_text("Identity providers").count() == 0
