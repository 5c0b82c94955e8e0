# SPDX-License-Identifier: Apache-2.0
"""Every operation of the admin API, as its table lists them, asked for by those who may not."""

import re
import sys

import pytest
from test_admin_api import Admin, provider, root, shop_admin, user  # noqa: F401  (fixtures)

from peers import PROJECT

sys.path.insert(0, str(PROJECT / "script" / "lib"))
from admin_routes import rows  # noqa: E402

# Of no realm, or looked at by the operation itself: the realms, by which everybody finds their own.
OF_NO_REALM = {("GET", "/realms"), ("GET", "/serverinfo"), ("GET", "/{realm}/console/whoami")}
OTHER = {"realm": "other", "enabled": True, "users": [user("boss", "realm-admin"), user("guest")]}


def operations():
    return [(method, path) for method, path, _, carried, _ in rows() if carried and (method, path) not in OF_NO_REALM]


def filled(path, realm, ids):
    return re.sub(r"\{(\w+)\*?\}|\*", lambda found: realm if found[1] == "realm" else ids.get(found[1], "x"), path)


@pytest.fixture
def ids(root):  # noqa: F811
    """What is there in the realm that is attacked, so that nothing is refused for want of it."""
    assert root("POST", "/realms", OTHER).status == 201
    at = "/realms/other"
    return {
        "id": root("GET", f"{at}/users?username=boss").json()[0]["id"],
        "client": root("GET", f"{at}/clients?clientId=account").json()[0]["id"],
        "scope": root("GET", f"{at}/client-scopes").json()[0]["id"],
        "name": "offline_access",
    }


def test_an_administrator_of_a_realm_is_refused_at_another(provider, root, ids):  # noqa: F811
    boss = shop_admin(provider, "boss")
    before = root("POST", "/realms/other/partial-export?exportClients=true&exportGroupsAndRoles=true").json()
    seen = {(method, path): boss(method, filled(path, "other", ids), None if method in ("GET", "DELETE") else {}).status for method, path in operations()}
    assert len(seen) > 200 and {row: status for row, status in seen.items() if status != 403} == {}
    # Nor by another spelling of its own realm's name.
    for name in ("shop/../other", "shop%2F..%2Fother", "./other", "shop%00", "shop;x=other", "SHOP", "%73hop/%2e%2e/other", "shop%3Fx"):
        status = boss("GET", f"/realms/{name}/users/{ids['id']}").status
        assert status in (400, 403, 404), name
    boss.token = Admin(provider, "other", "boss", "boss-password").token
    assert boss("GET", f"/realms/other/users/{ids['id']}").status == 200
    assert root("POST", "/realms/other/partial-export?exportClients=true&exportGroupsAndRoles=true").json() == before


def test_who_has_no_role_is_refused_everywhere(provider, root, ids):  # noqa: F811
    guest = Admin(provider, "other", "guest", "guest-password")
    seen = {(method, path): guest(method, filled(path, "other", ids), None if method in ("GET", "DELETE") else {}).status for method, path in operations()}
    assert {row: status for row, status in seen.items() if status != 403} == {}


def test_who_may_look_changes_nothing(provider, root, ids):  # noqa: F811
    """With every role that begins with view- or query-."""
    roles = [role["name"] for role in root("GET", f"/realms/other/clients/{management(root)}/roles").json()]
    looking = [role for role in roles if role.startswith(("view-", "query-"))]
    assert len(looking) > 8
    assert root("POST", "/realms/other/partialImport", {"users": [user("viewer", *looking)]}).status == 200
    viewer = Admin(provider, "other", "viewer", "viewer-password")
    changing = [(method, path) for method, path in operations() if method != "GET"]
    seen = {(method, path): viewer(method, filled(path, "other", ids), None if method == "DELETE" else {}).status for method, path in changing}
    assert {row: status for row, status in seen.items() if status != 403} == {("POST", "/realms/{realm}/partial-export"): 200}


def management(root):  # noqa: F811
    return root("GET", "/realms/other/clients?clientId=realm-management").json()[0]["id"]
