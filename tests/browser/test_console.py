# SPDX-License-Identifier: Apache-2.0
"""The admin console, from an empty data folder to an API that opens."""

import pytest
from administrator import Admin
from conftest import PHONE
from console_page import ConsolePage
from login_page import LoginPage
from oidc import Client
from shown import counts, shows
from web import Browser, bearer

from peers import PROJECT

SIZE_MAX = 150 * 1024

# What would make markup or a script of a text. The policy refuses them as well.
SINKS = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc", "DOMParser", "localStorage"]


@pytest.fixture
def console(administered, page):
    return ConsolePage(page, administered.base)


def make_realm(console, name):
    console.open("master", "realms").press("Create realm").heading("Create realm")
    console.fill(Realm_name=name).press("Create realm")
    console.heading("Clients")
    assert console.page.get_by_label("Realm", exact=True).input_value() == name


def make_client(console, name, url):
    console.press("Create client").heading("Create client").fill(Client_ID=name, URL_of_the_application=url)
    console.press("Create client").heading(name)


def assert_no_token_is_left(console):
    tokens = console.tokens
    assert len(tokens) >= 3
    written = console.traces + " ".join(console.addresses)
    assert not [name for name, token in tokens if token in written]


def why_is_there_no_audience(console):
    console.follow("Clients").heading("Clients").follow("web").heading("web").follow("Evaluate")
    console.fill(Username="ann").press("Evaluate")
    console.page.get_by_text("The token is for: account.").wait_for()
    row = console.page.get_by_role("row").filter(has=console.page.get_by_text("email", exact=True))
    assert "email (of email)" in row.inner_text()
    console.fill(Audience_that_the_API_expects="myapi").press("Add this audience").told("Tokens of this client are for myapi now.")
    console.page.get_by_text("myapi, account").or_(console.page.get_by_text("account, myapi")).first.wait_for()


def test_the_whole_story(console, administered, page, new_items_api):
    console.log_in()
    make_realm(console, "shop")
    make_client(console, "web", "https://shop.example/app/")
    for name, on in {"Client authentication": True, "Standard flow": True, "Implicit flow": False}.items():
        assert page.get_by_role("switch", name=name).is_checked() == on, name
    console.switch("Implicit flow").switch("Direct access grants").press("Add another: Valid redirect URIs")
    uris = page.get_by_role("textbox", name="Valid redirect URIs")
    assert uris.first.input_value() == "https://shop.example/app/*"
    uris.last.fill("https://shop.example/other")
    console.press("Save").told("Saved.")
    page.reload()
    console.heading("web")
    assert page.get_by_role("switch", name="Implicit flow").is_checked()
    assert [each.input_value() for each in uris.all()] == ["https://shop.example/app/*", "https://shop.example/other"]

    console.follow("Credentials").press("Show")
    field = page.get_by_label("Secret", exact=True)
    secret, realm = field.input_value(), administered.realm("shop")
    assert realm.client_credentials(Client("web", secret)).json()["error"] == "unauthorized_client"
    console.press("Regenerate").press("Regenerate", page.get_by_role("dialog")).told("There is a new secret.")
    assert realm.client_credentials(Client("web", secret)).json()["error"] == "unauthorized_client"
    old, web = Client("web", secret), Client("web", field.input_value())
    assert old.secret != web.secret

    console.follow("Users").press("Create user").heading("Create user")
    console.fill(Username="ann", Email="ann@example.org", First_name="Ann", Last_name="Archer", Password="ann-password")
    console.press("Create user").heading("ann")
    assert realm.password(old, "ann", "ann-password").status == 401
    token = realm.password(web, "ann", "ann-password").json()["access_token"]
    api = new_items_api(realm.issuer)
    assert Browser().request("GET", f"{api.base}/items/", None, bearer(token)).status == 401
    why_is_there_no_audience(console)
    token = realm.password(web, "ann", "ann-password").json()["access_token"]
    assert Browser().request("GET", f"{api.base}/items/", None, bearer(token)).status == 200
    assert_no_token_is_left(console)
    assert console.problems == []


def test_signing_out(console, page):
    console.log_in().press("Sign out")
    LoginPage(page).wait()
    page.reload()
    LoginPage(page).wait()
    assert not [address for address in console.addresses if "id_token" in address]
    assert console.problems == []


def administrator(name, *roles):
    credentials = [{"type": "password", "value": f"{name}-password"}]
    return {"username": name, "enabled": True, "credentials": credentials, "clientRoles": {"realm-management": list(roles)}}


@pytest.fixture(scope="module")
def guild(root):
    users = [administrator("viewer", "view-clients", "view-users"), administrator("keeper", "manage-users"), administrator("guest")]
    assert root("POST", "/realms", {"realm": "guild", "enabled": True, "users": users}).status == 201
    return root


def test_a_viewer_looks_and_changes_nothing(console, page, administered, guild):
    console.log_in("viewer", "viewer-password", "guild").heading("Clients")
    names = page.get_by_role("navigation", name="Administration").get_by_role("link").all_inner_texts()
    assert names == ["Clients", "Client scopes", "Users", "Groups"]
    user = guild("GET", "/realms/guild/users?username=keeper").json()[0]["id"]
    client = guild("GET", "/realms/guild/clients?clientId=account").json()[0]["id"]
    paths = ["clients", f"clients/{client}/settings", f"clients/{client}/roles", f"clients/{client}/scopes", f"clients/{client}/mappers", "client-scopes"]
    paths += ["users", f"users/{user}/details", f"users/{user}/credentials", f"users/{user}/attributes", f"users/{user}/role-mapping", f"users/{user}/groups", "groups"]
    for path in paths:
        console.open("guild", *path.split("/"))
        assert page.get_by_role("alert").filter(visible=True).count() == 0, path
        assert console.changing.count() == 0, path
    for path in ("users/new", "clients/new", "realm-settings", "realms", "realms/new"):
        console.open("guild", *path.split("/")).heading("This cannot be shown")
    console.open("master").heading("This cannot be shown")
    assert Admin(administered, "guild", "viewer", "viewer-password")("DELETE", f"/realms/guild/users/{user}").status == 403


def test_who_may_change_users_alone(console, page, guild):
    console.log_in("keeper", "keeper-password", "guild").heading("Users").press("Create user").heading("Create user")
    console.fill(Username="ann").press("Create user").heading("ann")
    assert page.get_by_role("navigation", name="Administration").get_by_role("link").all_inner_texts() == ["Users", "Groups"]
    # The realm's roles cannot be seen: those that can be given can.
    console.follow("Role mapping").press("Assign role")
    page.get_by_role("dialog").get_by_role("checkbox", name="offline_access").check()
    console.press("Assign role", page.get_by_role("dialog"))
    page.get_by_role("cell", name="offline_access", exact=True).wait_for()
    console.press("Delete user").press("Delete", page.get_by_role("dialog")).heading("Users")
    counts(page.get_by_role("link", name="ann", exact=True), 0)


def test_who_has_no_role_is_told_so(console, page, guild):
    page.goto(f"{console.base}/admin/guild/console/")
    LoginPage(page).wait().log_in("guest", "guest-password")
    page.get_by_text("You do not have the role for this.").wait_for()
    console.press("Sign out")
    LoginPage(page).wait()


def test_search_pages_and_what_is_typed_meanwhile(console, page, guild):
    users = [{"username": f"person{number:02}", "enabled": True} for number in range(25)]
    assert guild("POST", "/realms", {"realm": "crowd", "enabled": True, "users": users}).status == 201
    console.log_in().open("crowd", "users")
    shows(page.get_by_role("link", name="person00"))
    counts(page.get_by_role("link", name="person24"), 0)
    console.press("Next")
    page.get_by_role("link", name="person24").wait_for()
    page.get_by_role("searchbox").press_sequentially("person1")
    page.get_by_role("link", name="person24").wait_for(state="detached")
    counts(page.get_by_role("link", name="person1"), 10)
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_text("Nothing found.").wait_for()


def test_by_keyboard_on_a_phone(new_context, administered):
    page = new_context(**PHONE).new_page()
    console = ConsolePage(page, administered.base).log_in()
    menu = page.get_by_role("button", name="Menu")
    assert not page.get_by_role("navigation", name="Administration").is_visible()
    menu.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    page.get_by_role("link", name="All realms").press("Enter")
    console.heading("All realms")
    assert page.get_by_role("heading", name="All realms").evaluate("e => e === document.activeElement")
    page.get_by_role("button", name="Create realm").press("Enter")
    console.heading("Create realm").press("Create realm")
    field = page.get_by_label("Realm name")
    assert field.evaluate("e => e === document.activeElement") and field.get_attribute("aria-invalid") == "true"
    field.fill("a/b")
    field.press("Enter")
    page.get_by_role("alert").filter(visible=True).or_(page.locator("[aria-invalid=true]")).first.wait_for()


def test_a_token_that_has_become_old_is_renewed(console, page):
    console.log_in()
    refused = []

    def refuse_once(route):
        refused.append(route.request.url)
        route.fulfill(status=401, body="{}") if len(refused) == 1 else route.continue_()

    page.route("**/admin/realms/master/users?*", refuse_once)
    console.open("master", "users").heading("Users")
    page.get_by_role("link", name="root", exact=True).wait_for()
    assert len(refused) == 2
    assert [answer.status for answer in console.answers] == [200, 200]
    assert page.url.endswith("#/master/users")


def test_whose_session_is_over_signs_in_again_and_is_back(console, page, guild):
    console.log_in("viewer", "viewer-password", "guild").open("guild", "users")
    viewer = guild("GET", "/realms/guild/users?username=viewer").json()[0]["id"]
    assert guild("POST", f"/realms/guild/users/{viewer}/logout").status == 204
    console.follow("Groups")
    LoginPage(page).wait().log_in("viewer", "viewer-password")
    console.heading("Groups")


def save(console):
    with console.page.expect_response(lambda answer: answer.request.method == "PUT"):
        console.press("Save")
    console.page.get_by_role("button", name="Save", exact=True, disabled=False).wait_for()


def test_a_form_sends_what_was_changed_alone(console, page, root):
    assert root("POST", "/realms", {"realm": "forms", "enabled": True}).status == 201
    made = root("POST", "/realms/forms/clients", {"clientId": "web", "attributes": {"login_theme": "kept", "tls.client.certificate.bound.access.tokens": "false"}})
    client = made.header("Location").removeprefix(root.base)
    console.log_in().open("forms", "clients", client.rsplit("/", 1)[1], "settings")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "PUT" else None)
    assert root("PUT", client, {"description": "of somebody else"}).status == 204
    console.fill(Name="Web")
    save(console)
    console.switch("Pushed authorization request required")
    save(console)
    console.fill(Access_token_lifespan="60")
    save(console)
    assert sent[0] == {"name": "Web"} and all(set(body) == {"attributes"} for body in sent[1:])
    kept = root("GET", client).json()
    assert (kept["name"], kept["description"]) == ("Web", "of somebody else")
    attributes = {"login_theme": "kept", "require.pushed.authorization.requests": "true", "access.token.lifespan": "60"}
    assert attributes.items() <= kept["attributes"].items()


def test_a_file_is_a_realm(console, page, administered):
    console.log_in().open("master", "realms", "import")
    page.get_by_label("Drop a realm file here").set_input_files(PROJECT / "examples" / "items-api" / "myrealm-realm.json")
    page.get_by_role("heading", name="myrealm would be a new realm").wait_for()
    assert administered.realm().discovery().status == 404
    console.press("Create this realm").heading("Clients")
    assert administered.realm().discovery().status == 200
    console.open("master", "realms", "import")
    page.get_by_label("Drop a realm file here").set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": b"[1]"})
    page.get_by_text("x.json is no realm file").wait_for()


def test_a_reload_comes_back_to_the_page_without_a_question(console, page):
    console.log_in().open("master", "clients", "new")
    page.reload()
    console.heading("Create client")
    assert_no_token_is_left(console)
    assert "code=" not in page.url


def test_an_answer_that_was_not_asked_for_is_not_taken(console, page):
    """A code of somebody else's login, with a state that this browser never made."""
    console.log_in()
    page.goto("about:blank")
    page.goto(f"{console.base}/admin/master/console/#state=stranger&code=stolen")
    console.ready()
    assert not [address for address in console.addresses if "stolen" in address.split("#")[0]]


def test_in_german(chromium, administered, root):
    """Every word, those of pages too that name things as they are read; no other language is loaded."""
    context = chromium.new_context(locale="de-AT")
    try:
        page = context.new_page()
        console = ConsolePage(page, administered.base).log_in().open("master", "realms").heading("Alle Realms")
        assert page.locator("html").get_attribute("lang") == "de"
        made = root("POST", "/realms", {"realm": "deutsch", "enabled": True, "clients": [{"clientId": "web", "redirectUris": ["https://shop.example/*"]}]})
        assert made.status == 201
        client = root("GET", "/realms/deutsch/clients?clientId=web").json()[0]["id"]
        for path, heading in {"users": "Benutzer", "groups": "Gruppen", "roles": "Realm-Rollen", "keys": "Schlüssel", "events": "Ereignisse der Benutzer"}.items():
            console.open("deutsch", path).heading(heading)
        console.open("deutsch", "clients", client, "mappers").press("Mapper hinzufügen")
        page.get_by_role("dialog").get_by_text("Fester Claim").wait_for()
        console.press("Abbrechen", page.get_by_role("dialog")).follow("Einstellungen").switch("Impliziter Flow").press("Speichern").told("Gespeichert.")
        assert console.problems == []
        assert {url.rsplit("/", 1)[1] for url in console.addresses if "/messages/" in url} == {"de.js"}
    finally:
        context.close()


def test_size():
    """What a browser loads of the whole console, in the language that takes most."""
    files = [path for path in (PROJECT / "web" / "console").rglob("*") if path.is_file()]
    listed = (PROJECT / "web" / "meson.build").read_text()
    assert all(f"'{path.relative_to(PROJECT / 'web')}'" in listed for path in files)
    messages = [path.stat().st_size for path in files if path.parent.name == "messages"]
    assert sum(path.stat().st_size for path in files) - sum(messages) + max(messages) <= SIZE_MAX


def test_nothing_makes_markup_of_a_text():
    scripts = list((PROJECT / "web" / "console").rglob("*.js"))
    assert scripts and not [(path, sink) for path in scripts for sink in SINKS if sink in path.read_text()]
