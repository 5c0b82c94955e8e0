# SPDX-License-Identifier: Apache-2.0
"""The admin console in the middle of work: lists that are long, what is not saved, two who work at once, a server that is busy."""

import re

import pytest
from console_page import ConsolePage
from shown import counts, shows

LONG = "n" * 200
REALM = {
    "realm": "worked",
    "enabled": True,
    "clients": [{"clientId": "web", "secret": "secret"}],
    "roles": {"realm": [{"name": f"role{number:02}"} for number in range(30)], "client": {"web": [{"name": "clerk"}]}},
    "groups": [
        *({"name": f"group{number:02}"} for number in range(60)),
        {"name": "many", "subGroups": [{"name": f"child{number:02}"} for number in range(60)]},
        {"name": LONG},
    ],
    "users": [{"username": "ann", "enabled": True, "attributes": {"lines": ["one\ntwo"], "kept": ["as it is"]}}],
}


@pytest.fixture(scope="module")
def worked(administered, root):
    assert root("POST", "/realms", REALM).status == 201
    yield root
    assert root("DELETE", "/realms/worked").status == 204


@pytest.fixture
def console(administered, page, worked):
    return ConsolePage(page, administered.base).log_in()


def id_of(root, kind, name, value):
    return next(each["id"] for each in root("GET", f"/realms/worked/{kind}").json() if each[name] == value)


def focused(locator):
    locator.page.wait_for_function("e => e === document.activeElement", arg=locator.element_handle())


def test_groups_are_searched_and_shown_in_parts(console, page):
    console.open("worked", "groups")
    counts(page.get_by_role("link", name=re.compile("^group")), 50)
    console.press("Next")
    shows(page.get_by_role("link", name=LONG), page.get_by_role("link", name="many", exact=True))
    console.press("Groups below many")
    counts(page.get_by_role("link", name="child"), 50)
    page.get_by_role("searchbox").fill("child07")
    counts(page.get_by_role("main").get_by_role("listitem").get_by_role("link"), 2)
    shows(page.get_by_role("link", name="child07", exact=True))
    assert console.problems == []


def test_roles_are_searched_and_those_of_clients_named(console, page, worked):
    user = id_of(worked, "users", "username", "ann")
    console.open("worked", "users", user, "role-mapping").press("Assign role")
    dialog = page.get_by_role("dialog")
    counts(dialog.get_by_role("checkbox"), 20)
    dialog.get_by_role("checkbox", name="role03").check()
    dialog.get_by_role("searchbox").fill("role29")
    counts(dialog.get_by_role("checkbox"), 1)
    dialog.get_by_role("checkbox", name="role29").check()
    console.press("Assign role", dialog)
    shows(page.get_by_role("cell", name="role03", exact=True), page.get_by_role("cell", name="role29", exact=True))
    console.press("Assign role")
    source = dialog.get_by_label("Roles of")
    source.fill("nobody")
    source.press("Tab")
    shows(dialog.get_by_role("alert").get_by_text("There is no client nobody."))  # within: beside it nobody would hear it
    source.fill("web")
    source.press("Tab")
    dialog.get_by_role("checkbox", name="clerk").check()
    console.press("Assign role", dialog)
    shows(page.get_by_role("row").filter(has_text="clerk").filter(has_text="web"))


def test_attributes_and_required_actions(console, page, worked):
    user = f"/realms/worked/users/{id_of(worked, 'users', 'username', 'ann')}"
    console.open("worked", "users", user.rsplit("/", 1)[1], "attributes")
    assert page.get_by_role("textbox", name="lines").is_editable() is False
    console.press("Add attribute").fill(Name="team")
    page.get_by_role("dialog").get_by_label("Value").fill("blue")
    console.press("Add attribute", page.get_by_role("dialog")).told("Saved.")
    kept = worked("GET", user).json()
    assert worked("PUT", user, {**kept, "attributes": {**kept["attributes"], "kept": ["of somebody else"]}}).status == 204
    console.press("Add another: team")
    page.get_by_role("textbox", name="team").last.fill("red")
    console.press("Save").told("Saved.")
    assert worked("GET", user).json()["attributes"] == {"lines": ["one\ntwo"], "kept": ["of somebody else"], "team": ["blue", "red"]}
    console.follow("Details").switch("Configure OTP").press("Save").told("Saved.")
    assert worked("GET", user).json()["requiredActions"] == ["CONFIGURE_TOTP"]
    page.reload()
    console.ready().switch("Configure OTP", False).press("Save").told("Saved.")
    assert worked("GET", user).json()["requiredActions"] == []


def test_what_is_not_saved_is_not_lost_in_silence(console, page, worked):
    client = id_of(worked, "clients", "clientId", "web")
    console.open("worked", "clients", client, "settings").fill(Description="half a sent")
    page.go_back()
    dialog = page.get_by_role("dialog", name="Leave without saving")
    console.press("Cancel", dialog)
    counts(dialog, 0)
    assert page.get_by_role("textbox", name="Description").input_value() == "half a sent" and page.url.endswith("/settings")
    console.follow("Mappers").press("Leave without saving", dialog)
    console.heading("web")
    shows(page.get_by_role("heading", name="Mappers"))
    console.follow("Settings").fill(Description="a sentence").press("Save").told("Saved.").follow("Mappers")
    shows(page.get_by_role("heading", name="Mappers"))
    console.follow("Settings").fill(Description="").page.reload()
    console.ready()
    assert console.leaving == 1 and console.problems == []


def test_two_who_change_one_client(console, page, worked):
    client = id_of(worked, "clients", "clientId", "web")
    console.open("worked", "clients", client, "settings")
    assert worked("PUT", f"/realms/worked/clients/{client}", {"attributes": {"access.token.lifespan": "120"}}).status == 204
    console.switch("Pushed authorization request required").press("Save").told("Saved.")
    attributes = worked("GET", f"/realms/worked/clients/{client}").json()["attributes"]
    assert attributes["access.token.lifespan"] == "120" and attributes["require.pushed.authorization.requests"] == "true"
    console.open("worked", "roles").press("Create role").fill(Role_name="role00").press("Create role", page.get_by_role("dialog"))
    shows(page.get_by_role("dialog").get_by_text("already exists"))


def test_a_busy_server_says_so_and_the_work_stays(console, page, worked):
    page.route("**/admin/realms/worked", lambda route: route.fulfill(status=503, body='{"error":"temporarily_unavailable"}') if route.request.method == "PUT" else route.continue_())
    console.open("worked", "realm-settings").fill(Display_name="Shop").press("Save")
    shows(page.get_by_role("alert").get_by_text("The server is busy."))
    page.unroute("**/admin/realms/worked")
    console.press("Save").told("Saved.")
    assert worked("GET", "/realms/worked").json()["displayName"] == "Shop"
    page.route("**/openid-connect/token", lambda route: route.abort())
    page.route("**/admin/realms/worked/roles", lambda route: route.fulfill(status=401, body="{}"))
    console.open("worked", "roles").heading("This cannot be shown")
    shows(page.get_by_text("The server does not answer."))


def test_the_keyboard_comes_back_to_where_it_was(console, page):
    console.open("worked", "roles")
    page.get_by_role("link", name="default-roles-worked").press("Enter")
    console.heading("default-roles-worked")
    remove = page.get_by_role("button", name="Delete role")
    remove.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete role")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    counts(dialog, 0)
    focused(remove)
    remove.press("Enter")
    shows(dialog)
    page.go_back()  # a phone's way to close it
    console.heading("Realm roles")
    counts(dialog, 0)
    create = page.get_by_role("button", name="Create role")
    create.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").press("Enter")
    focused(create)


def test_names_of_any_length_stay_on_a_phone(console, page, worked):
    page.set_viewport_size({"width": 320, "height": 640})
    group = id_of(worked, "groups?search=nnn", "name", LONG)
    for tab in ("details", "members", "role-mapping"):
        console.open("worked", "groups", group, tab).heading(LONG)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab
    assert page.get_by_role("heading", name=LONG).bounding_box()["height"] < 200
    console.press("Delete group")
    assert page.get_by_role("dialog").evaluate("e => e.scrollWidth <= e.clientWidth")
