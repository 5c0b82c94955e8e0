# SPDX-License-Identifier: Apache-2.0
"""Roles and groups over the admin API: what tokens carry after each change, who may give what, and hostile requests.

That single requests are answered as Keycloak answers them is the interop stage's business.
"""

import base64
import json

import pytest
from oidc import Client
from test_admin_api import CLI, MANAGEMENT, Admin, user

APP = {"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}
SHOP = {
    "realm": "shop",
    "enabled": True,
    "clients": [APP],
    "roles": {
        "realm": [
            {"name": "buyer"},
            {"name": "seller"},
            {"name": "wrapped", "composite": True, "composites": {"client": {MANAGEMENT: ["realm-admin"]}}},
        ],
        "client": {"app": [{"name": "use"}]},
    },
    "groups": [
        {"name": "staff", "realmRoles": ["seller"], "subGroups": [{"name": "north", "clientRoles": {"app": ["use"]}}]},
        {"name": "bosses", "clientRoles": {MANAGEMENT: ["realm-admin"]}},
        {"name": "guests"},
    ],
    "users": [
        user("boss", "realm-admin"),
        user("keeper", "manage-users", "view-realm", "view-clients"),
        user("builder", "manage-realm", "view-users"),
        user("viewer", "view-users"),
        {**user("ann"), "realmRoles": ["buyer"], "groups": ["/staff/north"]},
    ],
}
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def provider(new_provider, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    return new_provider([])


class Shop:
    """The administrator root of the realm, with the ids that paths need."""

    def __init__(self, provider):
        self.provider = provider
        self.admin = Admin(provider, "master", "root", "root-password")
        assert self.admin("POST", "/realms", SHOP).status == 201

    def __call__(self, method, path, body=None):
        return self.admin(method, "/realms/shop" + path, body)

    def as_user(self, name):
        admin = Admin(self.provider, "shop", name, f"{name}-password")
        return lambda method, path, body=None: admin(method, "/realms/shop" + path, body)

    def user(self, name):
        return self("GET", f"/users?username={name}&exact=true").json()[0]["id"]

    def client(self, client_id):
        return self("GET", f"/clients?clientId={client_id}").json()[0]["id"]

    def group(self, path):
        return self("GET", "/group-by-path" + path).json()["id"]

    def role(self, name, client=None):
        return self("GET", f"/clients/{self.client(client)}/roles/{name}" if client else f"/roles/{name}").json()

    def token_roles(self, name, realm_name="shop"):
        """The roles in a new token of the user's: of the realm, and of the client app."""
        answer = self.provider.realm(realm_name).password(Client("app"), name, f"{name}-password")
        assert answer.status == 200, answer.text
        payload = answer.json()["access_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        own = set(claims.get("realm_access", {}).get("roles", [])) & {"buyer", "seller", "wrapped", "client", "vendor", "all"}
        return own, set(claims.get("resource_access", {}).get("app", {}).get("roles", []))


@pytest.fixture
def shop(provider):
    return Shop(provider)


def test_tokens_follow_roles(shop):
    assert shop.token_roles("ann") == ({"buyer", "seller"}, {"use"})
    assert shop("PUT", "/roles/buyer", {"name": "client"}).status == 204
    assert shop.token_roles("ann") == ({"client", "seller"}, {"use"})
    assert shop("DELETE", "/roles/client").status == 204
    assert shop("POST", "/roles", {"name": "client"}).status == 201
    assert shop.token_roles("ann") == ({"seller"}, {"use"}), "a role comes back to those who had one of its name"
    use = shop.role("use", "app")
    assert shop("POST", "/roles/seller/composites", [shop.role("client")]).status == 204
    assert shop.token_roles("ann") == ({"seller", "client"}, {"use"})
    assert shop("PUT", "/roles-by-id/" + use["id"], {"name": "used"}).status == 204
    assert shop.token_roles("ann") == ({"seller", "client"}, {"used"})
    assert shop("DELETE", "/roles/seller").status == 204
    assert shop.token_roles("ann") == (set(), {"used"})
    assert shop("POST", f"/users/{shop.user('ann')}/role-mappings/realm", [shop.role("client")]).status == 204
    assert shop.token_roles("ann") == ({"client"}, {"used"})


def test_contents_of_a_role_are_searched_by_its_id(shop):
    assert shop("POST", "/roles", {"name": "client"}).status == 201
    parts = [shop.role("seller"), shop.role("client"), shop.role("use", "app")]
    assert shop("POST", "/roles/buyer/composites", parts).status == 204
    path = f"/roles-by-id/{shop.role('buyer')['id']}/composites"

    def names(query):
        return [part["name"] for part in shop("GET", path + query).json()]

    assert names("") == ["client", "seller", "use"]
    assert names("?search=SE") == ["seller", "use"] and names("?search=none") == []
    assert names("?first=1&max=1") == ["seller"] and names("?search=se&first=1") == ["use"] and names("?max=0") == []
    assert shop("GET", path + "?first=x").status == 404


def test_a_client_that_is_gone_leaves_no_roles(shop):
    app, ann = shop.client("app"), shop.user("ann")
    assert shop("POST", f"/users/{ann}/role-mappings/clients/{app}", [shop.role("use", "app")]).status == 204
    assert shop("POST", "/roles/buyer/composites", [shop.role("use", "app")]).status == 204
    assert shop("DELETE", f"/clients/{app}").status == 204
    assert shop("POST", "/clients", APP).status == 201
    assert shop("POST", f"/clients/{shop.client('app')}/roles", {"name": "use"}).status == 201
    assert shop.token_roles("ann") == ({"buyer", "seller"}, set())
    assert "clientMappings" not in shop("GET", f"/users/{ann}/role-mappings").json()
    assert shop("GET", "/roles/buyer").json()["composite"] is False


def test_tokens_follow_groups(shop):
    ann, north, guests = shop.user("ann"), shop.group("/staff/north"), shop.group("/guests")
    assert shop("POST", "/groups", {"id": north, "name": "north"}).status == 204
    assert shop.token_roles("ann") == ({"buyer"}, {"use"})
    assert shop("POST", f"/groups/{guests}/role-mappings/realm", [shop.role("seller")]).status == 204
    assert shop("POST", f"/groups/{guests}/children", {"id": north, "name": "north"}).status == 204
    assert shop("PUT", f"/groups/{guests}", {"name": "a/b"}).status == 204
    assert shop.token_roles("ann") == ({"buyer", "seller"}, {"use"})
    assert [one["path"] for one in shop("GET", f"/users/{ann}/groups").json()] == ["/a/b/north"]
    assert [one["username"] for one in shop("GET", f"/groups/{north}/members").json()] == ["ann"]
    assert shop("DELETE", f"/groups/{guests}").status == 204
    assert shop.token_roles("ann") == ({"buyer"}, set())
    made = shop("POST", "/groups", {"name": "a/b"}).header("Location").rsplit("/", 1)[1]
    assert shop("GET", f"/groups/{made}/members").json() == []
    assert shop("POST", f"/groups/{made}/children", {"name": "north"}).status == 201
    children = {query: shop("GET", f"/groups/{made}/children?{query}").json() for query in ("search=No", "search=orth", "search=no&exact=true")}
    assert [len(found) for found in children.values()] == [1, 0, 0], "what a name begins with, whatever its case"
    assert shop.token_roles("ann") == ({"buyer"}, set()), "a group comes back to those who were in one of its name"


def test_nobody_gives_more_than_they_have(shop):
    keeper, builder, management = shop.as_user("keeper"), shop.as_user("builder"), shop.client(MANAGEMENT)
    own = f"/users/{shop.user('keeper')}"
    mappings = f"{own}/role-mappings/clients/{management}"
    given = {}
    for role in shop("GET", f"/clients/{management}/roles").json():
        given[role["name"]] = keeper("POST", mappings, [role]).status
    may = {"manage-users", "view-users", "view-realm", "view-clients", "query-users", "query-groups", "query-clients", "query-realms"}
    assert given == {name: 204 if name in may else 403 for name in given} and "realm-admin" in given
    assert {one["name"] for one in keeper("GET", f"{mappings}/available").json()} == set()
    refused = [
        ("POST", f"{own}/role-mappings/realm", [shop.role("wrapped")]),
        ("PUT", f"{own}/groups/{shop.group('/bosses')}", None),
        ("POST", "/users", {"username": "puppet", "enabled": True, "groups": ["/bosses"]}),
        ("POST", f"/groups/{shop.group('/guests')}/role-mappings/realm", [shop.role("wrapped")]),
        ("POST", f"/groups/{shop.group('/guests')}/role-mappings/clients/{management}", [shop.role("realm-admin", MANAGEMENT)]),
        ("DELETE", f"/users/{shop.user('boss')}/role-mappings/clients/{management}", None),
        ("DELETE", f"/users/{shop.user('boss')}/role-mappings/clients/{management}", [shop.role("realm-admin", MANAGEMENT)]),
        ("POST", "/roles", {"name": "mine", "composite": True, "composites": {"client": {MANAGEMENT: ["realm-admin"]}}}),
        ("POST", "/roles/buyer/composites", [shop.role("realm-admin", MANAGEMENT)]),
        ("PUT", f"/default-groups/{shop.group('/bosses')}", None),
        ("POST", f"/groups/{shop.group('/bosses')}/children", {"id": shop.group("/guests"), "name": "guests"}),
    ]
    for method, path, body in refused:
        assert keeper(method, path, body).status == 403, (method, path)
    # A group may be made below another: who is to be in it has to be given what it passes on.
    below = keeper("POST", f"/groups/{shop.group('/bosses')}/children", {"name": "below"}).json()["id"]
    assert keeper("PUT", f"{own}/groups/{below}").status == 403
    assert keeper("POST", "/users", {"username": "puppet", "enabled": True, "groups": ["/bosses/below"]}).status == 403
    assert keeper("PUT", f"{own}/groups/{shop.group('/guests')}").status == 204
    assert shop("POST", f"/groups/{shop.group('/bosses')}/children", {"id": shop.group("/staff"), "name": "staff"}).status == 204
    # Who manages the realm neither makes a role of what they lack, nor has everybody in such a group.
    assert builder("POST", "/roles", refused[7][2]).status == 403
    assert builder("POST", "/roles/default-roles-shop/composites", [shop.role("realm-admin", MANAGEMENT)]).status == 403
    assert builder("PUT", f"/default-groups/{shop.group('/bosses')}").status == 403
    assert builder("POST", "/roles", {"name": "all", "composite": True, "composites": {"realm": ["buyer"]}}).status == 201
    assert keeper("PUT", "", {"displayName": "mine"}).status == 403
    assert [one["username"] for one in shop("GET", "/users?search=puppet").json()] == []


def test_who_may_do_what(shop):
    viewer, keeper, builder = (shop.as_user(name) for name in ("viewer", "keeper", "builder"))
    ann, north = shop.user("ann"), shop.group("/staff/north")
    rows = [  # viewer, keeper, builder
        ("GET", "/roles", None, 200, 200, 200),
        ("GET", "/roles/buyer", None, 403, 200, 200),
        ("POST", "/roles", {"name": "x"}, 403, 403, 201),
        ("PUT", "/roles/x", {"name": "y"}, 403, 403, 204),
        ("DELETE", "/roles/y", None, 403, 403, 204),
        ("GET", f"/clients/{shop.client('app')}/roles/use", None, 403, 200, 403),
        ("POST", f"/clients/{shop.client('app')}/roles", {"name": "x"}, 403, 403, 403),
        ("DELETE", "/roles-by-id/" + shop.role("use", "app")["id"], None, 403, 403, 403),
        ("GET", "/groups", None, 200, 200, 200),
        ("POST", "/groups", {"name": "x"}, 403, 201, 403),
        ("PUT", f"/groups/{north}", {"name": "north"}, 403, 204, 403),
        ("GET", f"/groups/{north}/members", None, 200, 200, 200),
        ("PUT", f"/users/{ann}/groups/{north}", None, 403, 204, 403),
        ("GET", f"/users/{ann}/role-mappings", None, 200, 200, 200),
        ("POST", f"/users/{ann}/role-mappings/realm", [shop.role("seller")], 403, 204, 403),
        ("GET", "/default-groups", None, 403, 200, 200),
        ("DELETE", f"/default-groups/{north}", None, 403, 403, 204),
    ]
    for method, path, body, *wanted in rows:
        seen = [admin(method, path, body).status for admin in (viewer, keeper, builder)]
        assert seen == wanted, (method, path)


def test_bodies_assign_nothing_else(shop):
    ann, guests = shop.user("ann"), shop.group("/guests")
    more = {"realmRoles": ["wrapped"], "clientRoles": {MANAGEMENT: ["realm-admin"]}}
    assert shop("PUT", f"/users/{ann}", {"firstName": "Ann", "groups": ["/bosses"], **more}).status == 204
    assert shop("PUT", f"/groups/{guests}", {"name": "guests", **more, "subGroups": [{"name": "x"}]}).status == 204
    assert shop("POST", "/groups", {"name": "new", **more, "subGroups": [{"name": "x"}]}).status == 201
    assert shop("POST", "/users", {"username": "new", "enabled": True, "realmRoles": ["wrapped"], "clientRoles": more["clientRoles"]}).status == 201
    assert shop("PUT", "/roles/buyer", {"name": "buyer", "id": NOBODY, "composites": {"client": more["clientRoles"]}, "clientRole": True}).status == 204
    assert shop.token_roles("ann") == ({"buyer", "seller"}, {"use"})
    for group in ("/guests", "/new"):
        assert shop("GET", f"/groups/{shop.group(group)}/role-mappings").json() == {}
        assert shop("GET", f"/groups/{shop.group(group)}/children").json() == []
    assert [one["name"] for one in shop("GET", f"/users/{shop.user('new')}/role-mappings").json()["realmMappings"]] == ["default-roles-shop"]
    assert shop("GET", "/roles/buyer").json()["id"] != NOBODY


BODIES = [None, "", "x", 7, [], {}, [7], [None], [[]], [{}], [{"id": 7, "name": []}], {"name": 7}, {"name": []}, {"name": {"a": 1}}, {"name": "x" * 300},
          {"name": "n", "attributes": [1]}, {"name": "n", "attributes": {"a": "b"}}, {"name": "n", "description": {}}, {"name": "n", "id": 7},
          {"name": "n", "composite": "x", "composites": 7}, {"name": "n", "composite": True, "composites": {"realm": "buyer"}},
          {"name": "n", "composite": True, "composites": {"client": {"app": 7}}}, {"name": "n", "composite": True, "composites": {"client": []}},
          {"name": "a\u0000b"}, {"name": "'; DROP TABLE user; --"}, {"name": "\ud83d\ude00"}]  # fmt: skip


def test_bad_bodies_are_never_500(shop):
    ann, guests, app = shop.user("ann"), shop.group("/guests"), shop.client("app")
    paths = [
        "/roles", "/roles/buyer", "/roles/buyer/composites", f"/clients/{app}/roles", f"/clients/{app}/roles/use", "/roles-by-id/" + shop.role("seller")["id"],
        "/groups", f"/groups/{guests}", f"/groups/{guests}/children", f"/groups/{guests}/role-mappings/realm", f"/users/{ann}/role-mappings/realm",
        f"/users/{ann}/role-mappings/clients/{app}",
    ]  # fmt: skip
    for path in paths:
        for method in ("POST", "PUT", "DELETE"):
            if method == "DELETE" and not path.endswith(("composites", "realm", app)):
                continue
            for body in BODIES:
                assert shop(method, path, body).status in (201, 204, 400, 403, 404, 405, 409), (method, path, body)
    queries = ["?first=x", "?max=99999999999999999999", "?first=-5", "?search=%00", "?search=" + "x" * 2000, "?q=:", "?q=%22", "?briefRepresentation=7", "?max=1&max=2", "?search=%ff"]
    for path in ("/roles", "/groups", "/groups/count", f"/groups/{guests}/members", "/roles/buyer/users", "/users", "/users/count", f"/users/{ann}/groups"):
        for query in queries:
            assert shop("GET", path + query).status in (200, 400, 404), (path, query)
    assert shop("GET", "/users/count").json() >= 5


def test_many_roles_in_one_body(shop):
    """Composites of so many ran out of memory, since the list was made anew for each."""
    names = [f"part-{n:04}" for n in range(1500)]
    parts = {"roles": {"realm": [{"name": name} for name in names]}}
    assert shop("POST", "/partialImport", {"ifResourceExists": "FAIL", **parts}).status == 200
    roles = [role for role in shop("GET", "/roles?max=5000").json() if role["name"] in set(names)]
    assert len(roles) == len(names) and shop("POST", "/roles", {"name": "whole"}).status == 201
    for _ in range(2):
        assert shop("POST", "/roles/whole/composites", [*roles, roles[0], shop.role("use", "app")]).status == 204
        told = [role["name"] for role in shop("GET", "/roles/whole/composites").json()]
        assert sorted(told) == sorted([*names, "use"])
    assert shop("DELETE", "/roles/whole/composites", roles[1:]).status == 204
    assert sorted(role["name"] for role in shop("GET", "/roles/whole/composites").json()) == [names[0], "use"]
    assert shop("POST", "/roles/whole/composites", [*roles[:20], {"id": "nobody", "name": "x"}]).status == 404
    assert len(shop("GET", "/roles/whole/composites").json()) == 2
