# SPDX-License-Identifier: Apache-2.0
"""How a user signs in, in the admin console: a temporary password, credentials that go, and the end of a block."""

import pytest
from console_page import ConsolePage
from oidc import Client

TOOL = Client("tool")
OTP = {"type": "otp", "userLabel": "phone", "secretData": '{"value":"ABCDEFGHIJKLMNOPQRST"}', "credentialData": '{"subType":"totp"}'}
REALM = {
    "realm": "safe",
    "enabled": True,
    **{"bruteForceProtected": True, "failureFactor": 2, "quickLoginCheckMilliSeconds": 0},
    "clients": [{"clientId": "tool", "publicClient": True, "directAccessGrantsEnabled": True}],
    "users": [{"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}, OTP]}],
}


@pytest.fixture
def safe(administered, root):
    assert root("POST", "/realms", REALM).status == 201
    yield administered.realm("safe")
    assert root("DELETE", "/realms/safe").status == 204


def test_credentials(page, administered, root, safe):
    for _ in range(2):
        assert safe.password(TOOL, "ann", "wrong").status == 401
    ann = root("GET", "/realms/safe/users?username=ann").json()[0]["id"]
    console = ConsolePage(page, administered.base).log_in().open("safe", "users", ann, "credentials").heading("ann")
    page.get_by_text("Even the right password is refused until").wait_for()
    console.press("Unblock").told("Saved.")
    assert page.get_by_role("heading", name="Failed sign-ins").count() == 0
    page.get_by_role("row").filter(has_text="phone").get_by_role("button", name="Delete").click()
    console.press("Delete", page.get_by_role("dialog"))
    page.get_by_role("row").filter(has_text="phone").wait_for(state="detached")
    assert safe.password(TOOL, "ann", "ann-password").status == 200
    console.fill(New_password="next-password", Password_confirmation="next-password").switch("Temporary").press("Set password").told("Saved.")
    assert safe.password(TOOL, "ann", "next-password").json()["error_description"] == "Account is not fully set up"
    assert root("GET", f"/realms/safe/users/{ann}").json()["requiredActions"] == ["UPDATE_PASSWORD"]
    console.press("Delete").press("Delete", page.get_by_role("dialog"))
    page.get_by_text("There are none.").wait_for()
    assert console.problems == []
