# SPDX-License-Identifier: Apache-2.0
"""Users of master with rights over one realm: by the clients NAME-realm, which come and go with the realms."""

import json

import pytest
import stores
from administrator import Admin

RIGHTS = {
    "create-client", "impersonation", "manage-authorization", "manage-clients", "manage-events", "manage-identity-providers",
    "manage-realm", "manage-users", "query-clients", "query-groups", "query-realms", "query-users", "view-authorization",
    "view-clients", "view-events", "view-identity-providers", "view-realm", "view-users",
}  # fmt: skip
MASTER = "/realms/master"


@pytest.fixture
def provider(new_provider, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    return new_provider([])


@pytest.fixture
def root(provider):
    admin = Admin(provider, "master", "root", "root-password")
    for realm in ("a", "b"):
        assert admin("POST", "/realms", {"realm": realm, "enabled": True}).status == 201
    return admin


def client_of(root, realm):
    found = root("GET", f"{MASTER}/clients?clientId={realm}-realm").json()
    return found[0]["id"] if found else None


def role(root, realm, name):
    return root("GET", f"{MASTER}/clients/{client_of(root, realm)}/roles/{name}").json()


def id_of(root, user):
    return root("GET", f"{MASTER}/users?username={user}&exact=true").json()[0]["id"]


def give(admin, root, user, realm, *names):
    """The status of giving, as `admin`, the user roles over the realm."""
    roles = [role(root, realm, name) for name in names]
    return admin("POST", f"{MASTER}/users/{id_of(root, user)}/role-mappings/clients/{client_of(root, realm)}", roles).status


def give_of_realm(admin, root, user, name):
    roles = [root("GET", f"{MASTER}/roles/{name}").json()]
    return admin("POST", f"{MASTER}/users/{id_of(root, user)}/role-mappings/realm", roles).status


def add(provider, root, name, *grants):
    """A user of master with (realm, role, …) over realms."""
    credentials = [{"type": "password", "value": f"{name}-password"}]
    assert root("POST", f"{MASTER}/users", {"username": name, "enabled": True, "credentials": credentials}).status == 201
    for realm, *names in grants:
        assert give(root, root, name, realm, *names) == 204
    return Admin(provider, "master", name, f"{name}-password")


def names_of(answer):
    return sorted(one["realm"] for one in answer.json()) if answer.status == 200 else answer.status


def rights_of(root, user):
    mapped = root("GET", f"{MASTER}/users/{id_of(root, user)}/role-mappings").json().get("clientMappings", {})
    return {client: {one["name"] for one in roles["mappings"]} for client, roles in mapped.items()}


def test_each_realm_has_a_client(root):
    clients = {one["clientId"]: one for one in root("GET", f"{MASTER}/clients").json()}
    assert {"master-realm", "a-realm", "b-realm"} <= clients.keys() and "realm-management" not in clients
    assert clients["a-realm"]["name"] == "a Realm" and clients["a-realm"]["bearerOnly"]
    roles = root("GET", f"{MASTER}/clients/{clients['a-realm']['id']}/roles").json()
    assert {one["name"] for one in roles} == RIGHTS
    parts = root("GET", f"{MASTER}/roles/admin/composites").json()
    assert sorted(one["name"] for one in parts if not one["clientRole"]) == ["create-realm"]
    assert {one["containerId"] for one in parts if one["clientRole"]} == {clients[f"{name}-realm"]["id"] for name in ("master", "a", "b")}
    assert len(parts) == 1 + 3 * len(RIGHTS)
    users = root("GET", f"{MASTER}/clients/{clients['a-realm']['id']}/roles/view-users/composites").json()
    assert sorted(one["name"] for one in users) == ["query-groups", "query-users"]


def test_rights_over_one_realm(provider, root):
    keeper = add(provider, root, "keeper", ("a", "manage-users", "view-realm"))
    assert names_of(keeper("GET", "/realms")) == ["a"]
    assert len(keeper("GET", "/realms").json()[0]) > 3
    assert keeper("POST", "/realms/a/users", {"username": "new", "enabled": True}).status == 201
    assert keeper("GET", "/serverinfo").status == 200
    for method, path in (
        ("GET", "/realms/b"), ("GET", "/realms/b/users"), ("POST", "/realms/b/users"), ("GET", f"{MASTER}/users"), ("GET", MASTER),
        ("GET", "/realms/a/clients"), ("PUT", "/realms/a"), ("DELETE", "/realms/a"), ("POST", "/realms"), ("GET", "/realms/b/roles"),
    ):  # fmt: skip
        assert keeper(method, path, {"realm": "c"} if method != "GET" else None).status == 403, (method, path)
    told = keeper("GET", "/master/console/whoami?currentRealm=a").json()
    assert set(told["realm_access"]["a"]) == {"manage-users", "view-realm"} and not told["createRealm"]
    assert keeper("GET", "/master/console/whoami?currentRealm=b").json()["realm_access"] == {"b": []}
    both = add(provider, root, "both", ("a", "query-users"), ("b", "manage-realm"))
    assert names_of(both("GET", "/realms")) == ["a", "b"]
    assert [len(one) > 3 for one in both("GET", "/realms").json()] == [False, True]  # the name, and all
    assert both("PUT", "/realms/b", {"displayName": "B"}).status == 204 and both("PUT", "/realms/a", {}).status == 403
    nobody = add(provider, root, "nobody")
    assert nobody("GET", "/realms").status == nobody("GET", "/realms/a").status == nobody("GET", "/serverinfo").status == 403


def test_nobody_gives_more_than_they_have(provider, root):
    """A manager of users of master has rights over master alone."""
    manager = add(provider, root, "manager", ("master", "manage-users"), ("a", "view-users"))
    for realm, name, status in (
        ("master", "manage-users", 204),
        ("master", "view-users", 204),
        ("master", "query-realms", 204),
        ("master", "manage-realm", 403),
        ("a", "view-users", 204),
        ("a", "query-clients", 204),
        ("a", "manage-users", 403),
        ("b", "query-users", 403),
        ("b", "manage-users", 403),
    ):
        assert give(manager, root, "manager", realm, name) == status, (realm, name)
    assert give_of_realm(manager, root, "manager", "create-realm") == give_of_realm(manager, root, "manager", "admin") == 403
    maker = add(provider, root, "maker", ("master", "manage-users"))
    assert give_of_realm(root, root, "maker", "create-realm") == 204
    assert give(maker, root, "maker", "a", "query-users") == 403
    assert give_of_realm(maker, root, "manager", "create-realm") == 204


def test_names_of_roles_are_rights(provider, root):
    """Who has a role would have the right whose name it gets."""
    plumber = add(provider, root, "plumber", ("master", "manage-clients", "manage-realm"), ("a", "query-users"))
    roles = f"{MASTER}/clients/{client_of(root, 'a')}/roles"
    assert plumber("DELETE", f"{roles}/manage-users").status == 204
    assert plumber("PUT", f"{roles}/query-users", {"name": "manage-users"}).status == 403
    assert plumber("POST", roles, {"name": "manage-users"}).status == 403
    assert plumber("PUT", f"{roles}/query-users", {"name": "query-users", "description": "x"}).status == 204
    assert root("POST", f"{MASTER}/roles", {"name": "harmless"}).status == 201
    assert root("PUT", f"{MASTER}/roles/create-realm", {"name": "was"}).status == 204
    assert plumber("PUT", f"{MASTER}/roles/harmless", {"name": "create-realm"}).status == 403
    assert root("PUT", f"{MASTER}/roles/harmless", {"name": "create-realm"}).status == 204


def test_names_of_roles_are_rights_in_a_realm(provider, root):
    person = {"username": "plumber", "enabled": True, "credentials": [{"type": "password", "value": "p"}]}
    person["clientRoles"] = {"realm-management": ["manage-clients", "query-users"]}
    assert root("POST", "/realms", {"realm": "c", "enabled": True, "users": [person]}).status == 201
    plumber = Admin(provider, "c", "plumber", "p")
    client = root("GET", "/realms/c/clients?clientId=realm-management").json()[0]["id"]
    assert plumber("DELETE", f"/realms/c/clients/{client}/roles/manage-users").status == 204
    assert plumber("PUT", f"/realms/c/clients/{client}/roles/query-users", {"name": "manage-users"}).status == 403


def test_who_creates_a_realm_has_its_rights(provider, root):
    maker = add(provider, root, "maker")
    assert give_of_realm(root, root, "maker", "create-realm") == 204
    assert maker("GET", "/realms").status == 403 and maker("GET", "/realms/a").status == 403
    assert maker("POST", "/realms", {"realm": "mine", "enabled": True}).status == 201
    assert rights_of(root, "maker") == {"mine-realm": RIGHTS - {"impersonation"}}
    assert names_of(maker("GET", "/realms")) == ["mine"]
    assert maker("PUT", "/realms/mine", {"displayName": "Mine"}).status == 204
    assert maker("GET", "/realms/a/users").status == 403
    assert maker("DELETE", "/realms/mine").status == 204
    assert rights_of(root, "maker") == {} and client_of(root, "mine") is None
    assert root("POST", "/realms", {"realm": "mine", "enabled": True}).status == 201
    assert rights_of(root, "maker") == rights_of(root, "root") == {}
    assert maker("GET", "/realms/mine").status == 403


def test_grants_end_with_the_realm(provider, root):
    """By groups and composite roles too."""
    keeper = add(provider, root, "keeper")
    group = root("POST", f"{MASTER}/groups", {"name": "keepers"}).header("Location").removeprefix(root.base)
    mapping = f"{group}/role-mappings/clients/{client_of(root, 'a')}"
    assert root("POST", mapping, [role(root, "a", "manage-users")]).status == 204
    assert root("PUT", f"{MASTER}/users/{id_of(root, 'keeper')}/groups/{group.rsplit('/', 1)[1]}").status == 204
    assert root("POST", f"{MASTER}/roles", {"name": "watcher"}).status == 201
    assert root("POST", f"{MASTER}/roles/watcher/composites", [role(root, "a", "view-realm")]).status == 204
    assert give_of_realm(root, root, "keeper", "watcher") == 204
    assert keeper("GET", "/realms/a/users").status == 200 and len(keeper("GET", "/realms/a").json()) > 1
    assert root("DELETE", "/realms/a").status == 204
    assert root("POST", "/realms", {"realm": "a", "enabled": True}).status == 201
    assert keeper("GET", "/realms/a/users").status == keeper("GET", "/realms/a").status == 403


def test_a_client_that_waits_for_its_realm(provider, root):
    """Somebody makes the client, and gives its roles, before there is a realm of the name."""
    waiter = add(provider, root, "waiter", ("master", "manage-clients", "manage-users"))
    made = waiter("POST", f"{MASTER}/clients", {"clientId": "x-realm", "bearerOnly": True})
    assert made.status == 201
    roles = made.header("Location").removeprefix(root.base) + "/roles"
    assert waiter("POST", roles, {"name": "manage-users"}).status == 403
    assert root("POST", roles, {"name": "manage-users"}).status == 201
    assert give(waiter, root, "waiter", "x", "manage-users") == 403
    answer = root("POST", "/realms", {"realm": "x", "enabled": True})
    assert answer.status == 409 and root("GET", "/realms/x").status == 404
    assert root("DELETE", roles.removesuffix("/roles")).status == 204
    assert root("POST", "/realms", {"realm": "x", "enabled": True}).status == 201
    assert root("DELETE", f"{MASTER}/clients/{client_of(root, 'x')}").json()["error_description"] == "Could not delete client"
    assert root("POST", f"{MASTER}/clients", {"clientId": "x-realm"}).status == 409
    body = {"ifResourceExists": "OVERWRITE", "clients": [{"clientId": "x-realm", "bearerOnly": False}]}
    assert root("POST", f"{MASTER}/partialImport", body).json()["overwritten"] == 0


def document(data, change=None):
    """The document of master in the store, changed by hand."""
    [(text,)] = stores.rows(data, "SELECT document FROM realm WHERE name = 'master'")
    read = json.loads(text)
    if change:
        change(read)
        changed = stores.quoted(json.dumps(read))
        stores.change(data, f"UPDATE realm SET document = {changed}, version = version + 1 WHERE name = 'master'")
    return read


def test_a_store_from_before(provider, root):
    """Clients are made at the start where they are missing; one of another kind is left alone."""

    def forget(read):
        read["clients"] = [one for one in read["clients"] if not one["clientId"].endswith("-realm")]
        read["clients"].append({"id": "11111111-1111-1111-1111-111111111111", "clientId": "b-realm", "secret": "s"})
        for name in ("a-realm", "b-realm", "master-realm"):
            del read["roles"]["client"][name]
        read["roles"]["client"]["b-realm"] = [{"id": "21111111-1111-1111-1111-111111111111", "name": "manage-users"}]
        [admin] = [one for one in read["roles"]["realm"] if one["name"] == "admin"]
        admin["composites"] = {"client": {"b-realm": ["manage-users"]}}

    provider.stop()
    document(provider.data, forget)
    provider.start()
    first = document(provider.data)
    kept = {one["clientId"]: one for one in first["clients"] if one["clientId"].endswith("-realm")}
    assert sorted(kept) == ["a-realm", "b-realm", "master-realm"] and not kept["b-realm"].get("bearerOnly")
    assert {one["name"] for one in first["roles"]["client"]["a-realm"]} == RIGHTS
    assert [one["name"] for one in first["roles"]["client"]["b-realm"]] == ["manage-users"]
    provider.stop()
    provider.start()
    assert document(provider.data) == first
    root = Admin(provider, "master", "root", "root-password")
    keeper = add(provider, root, "keeper", ("a", "manage-users"), ("b", "manage-users"))
    assert keeper("GET", "/realms/a/users").status == 200 and keeper("GET", "/realms/b/users").status == 403
