# SPDX-License-Identifier: Apache-2.0
"""Every page of the admin console on a desk, and one of each kind in the dark on a phone: axe finds nothing serious,
nothing scrolls sideways, no name is taken for markup, and each is pictured among the results."""

import re

import pytest
from conftest import PHONE
from console_page import ConsolePage

from both_providers import only_ours

LOOKS = {
    "light-desk": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark-phone": {"color_scheme": "dark", **PHONE},
}
SERIOUS = ("serious", "critical")
# The path behind the realm; "{…}" is the id of what the realm has of that kind.
PAGES = [
    *("clients", "clients/new", *(f"clients/{{client}}/{tab}" for tab in ("settings", "credentials", "roles", "scopes", "mappers", "account", "evaluate"))),
    *("client-scopes", "client-scopes/{scope}", "roles", "roles/{role}"),
    *("users", "users/new", *(f"users/{{user}}/{tab}" for tab in ("details", "attributes", "credentials", "role-mapping", "groups", "sessions"))),
    *("groups", *(f"groups/{{group}}/{tab}" for tab in ("details", "members", "role-mapping"))),
    *("sessions", "sessions/{client}", "events", "events/admin", "authentication", "keys", "keys/{key}", "keys/new", "keys/new/rsa"),
    *("realm-settings/general", "realm-settings/login", "realm-settings/tokens", "realm-settings/mail", "realm-settings/export", "realms", "realms/new", "realms/import"),
]
# On a phone, one of each kind.
KINDS = {"clients", "clients/new", "clients/{client}/settings", "clients/{client}/scopes", "client-scopes/{scope}", "users/{user}/credentials", "users/{user}/role-mapping", "groups", "events", "events/admin", "authentication", "keys", "keys/{key}", "realm-settings/mail", "realm-settings/export", "realms/import"}
MARKUP = '<img src=x onerror=alert(1)>"\'&{{7*7}}'
MAPPER = {"name": MARKUP, "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
MAPPER["config"] = {"claim.name": MARKUP, "claim.value": MARKUP, "access.token.claim": "true"}
NAMED = {"name": MARKUP, "description": MARKUP}
PROVIDER = {"providerId": "ecdsa-generated", "providerType": "org.keycloak.keys.KeyProvider"}
REALM = {
    "realm": "named",
    "displayName": MARKUP,
    "enabled": True,
    "roles": {"realm": [{**NAMED, "composite": True, "composites": {"realm": ["offline_access"]}}], "client": {MARKUP: [NAMED]}},
    "clients": [
        {
            **{"clientId": MARKUP, "serviceAccountsEnabled": True, "secret": "secret", "protocolMappers": [MAPPER]},
            **{**NAMED, "redirectUris": ["https://a.example/*"], "attributes": {"post.logout.redirect.uris": MARKUP}},
        },
        {"clientId": "x" * 240, "name": "Very long " * 20, "secret": "secret"},
    ],
    "clientScopes": [{**NAMED, "protocol": "openid-connect", "protocolMappers": [MAPPER], "attributes": {}}],
    "identityProviders": [{"alias": MARKUP, "displayName": MARKUP, "providerId": "oidc"}],
    "groups": [{"name": MARKUP, "subGroups": [{"name": MARKUP}]}],
    "users": [{"username": "ann", "credentials": [{"type": "otp", "userLabel": MARKUP, "secretData": "{}", "credentialData": "{}"}], "firstName": MARKUP, "lastName": MARKUP, "enabled": True, "realmRoles": [MARKUP]}],
}


@pytest.fixture(scope="module")
def named(administered, root):
    assert root("POST", "/realms", REALM).status == 201
    assert root("PUT", "/realms/named/events/config", {"adminEventsEnabled": True, "adminEventsDetailsEnabled": True}).status == 204
    assert root("POST", "/realms/named/components", {**PROVIDER, "name": MARKUP}).status == 201
    assert root("POST", "/realms/named/keys/rotation", {"algorithm": "RS256"}).status == 204
    yield administered
    assert root("DELETE", "/realms/named").status == 204


# The ids of what the pages show, by the API.
FIND = """async ([base, token, markup]) => {
  const get = async (path) => (await fetch(`${base}/admin/realms/named/${path}`, { headers: { Authorization: `Bearer ${token}` } })).json()
  const named = async (path, name) => (await get(path)).find((each) => each[name] === markup || each[name] === 'ann').id
  return { client: await named('clients', 'clientId'), scope: await named('client-scopes', 'name'), role: await named('roles', 'name'),
           user: await named('users', 'username'), group: await named('groups', 'name'), key: await named('components', 'name') }
}"""


# In how many lines the words of a cell stand.
LINES = """cell => { const words = document.createRange(); words.selectNodeContents(cell); return words.getClientRects().length }"""


@only_ours
@pytest.mark.parametrize("look", LOOKS)
def test_pages(new_context, named, axe, screenshot, look):
    page = new_context(**LOOKS[look]).new_page()
    console = ConsolePage(page, named.base).log_in()
    found = page.evaluate(FIND, [console.base, dict(console.tokens)["access_token"], MARKUP])
    page.evaluate(axe)
    for path in PAGES if look == "light-desk" else sorted(KINDS):
        console.open("named", *path.format(**found).split("/"))
        screenshot(page, f"console-{path.replace('{', '').replace('}', '').replace('/', '-')}-{look}")
        assert page.get_by_role("alert").filter(visible=True).count() == 0, path
        assert page.locator("img").count() == 0, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} scrolls sideways"
        for problem in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            nodes = [node["html"] for node in problem["nodes"]]
            assert problem["impact"] not in SERIOUS, f"{path}: {problem['id']}: {problem['help']}: {nodes}"
    console.open("named", "clients")
    kinds = page.get_by_role("cell", name="Confidential", exact=True).or_(page.locator("td[data-title=Type]", has_text=re.compile("^Confidential$")))
    assert kinds.count() == 2 and all(kinds.nth(number).evaluate(LINES) == 1 for number in range(2)), "beside a long name"
    assert console.problems == []


def test_markup_is_shown_as_it_is_written(new_context, named):
    """Also in dialogs, in errors, and where somebody types it."""
    page = new_context().new_page()
    console = ConsolePage(page, named.base).log_in().open("named", "clients")
    page.get_by_role("link", name=MARKUP, exact=True).click()
    console.heading(MARKUP).press("Delete client")
    page.get_by_role("dialog").get_by_text(MARKUP).wait_for()
    console.press("Cancel", page.get_by_role("dialog")).open("named", "roles").press("Create role")
    page.get_by_role("dialog").get_by_label("Role name").fill(MARKUP)
    console.press("Create role", page.get_by_role("dialog"))
    page.get_by_role("dialog").get_by_text("already exists").wait_for()
    assert page.get_by_role("dialog").get_by_label("Role name").get_attribute("aria-invalid") == "true"
    console.press("Cancel", page.get_by_role("dialog")).open("named", MARKUP, MARKUP).heading("This cannot be shown")
    console.open(MARKUP, "clients").heading("This cannot be shown")
    assert page.locator("img").count() == 0
    assert [said for said in console.problems if "status of 40" not in said] == []
