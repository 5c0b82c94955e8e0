# SPDX-License-Identifier: Apache-2.0
"""Users of master with rights over one realm, by its client in master; rows as in admin_rows.py."""

from admin_rows import become, delete, get, member, post, put

MASTER = "//realms/master"
OTHER = "//realms/compared-other"


def person(name):
    return {"username": name, "enabled": True, "credentials": [{"type": "password", "value": f"{name}-password"}]}


def user(name):
    return post(f"{MASTER}/users", person(name), name.removeprefix("compared-"))


def roles(*names):
    return [{"id": f"{{{name.replace('-', '_')}}}", "name": name, "clientRole": True, "containerId": "{client}"} for name in names]


ROLE = f"{MASTER}/clients/{{client}}/roles"
GIVE = f"{MASTER}/users/{{keeper}}/role-mappings/clients/{{client}}"

CLIENT = [
    get(f"{MASTER}/clients?clientId=compared-realm", client=member(0, "id")),
    get(f"{MASTER}/clients?clientId=master-realm", of_master=member(0, "id")),
    get(f"{MASTER}/clients?clientId=realm-management"),
    get(f"{ROLE}?briefRepresentation=false"),
    get(f"{MASTER}/clients/{{of_master}}/roles"),
    get(f"{ROLE}/view-users/composites"),
    get(f"{ROLE}/realm-admin"),
    get(f"{MASTER}/roles/create-realm"),
    delete(f"{MASTER}/clients/{{client}}"),
    post(f"{MASTER}/clients", {"clientId": "compared-realm"}),
    *(get(f"{ROLE}/{name}", **{name.replace("-", "_"): member("id")}) for name in ("manage-users", "view-realm", "view-users")),
]

KEEPER = [
    user("compared-keeper"),
    post(GIVE, roles("manage-users", "view-realm")),
    get(f"{MASTER}/users/{{keeper}}/role-mappings"),
    get(f"{GIVE}/composite"),
    become("compared-keeper", "compared-keeper-password"),
    get("//realms"),
    get("//realms?briefRepresentation=true"),
    get(""),
    get("/users?max=1"),
    get("/users/count"),
    get("/clients"),
    get("/roles"),
    put("", {"displayName": "not mine"}),
    post("/users", {"username": "made-by-keeper", "enabled": True}),
    get(f"{MASTER}/users"),
    get(f"{MASTER}/clients"),
    put(MASTER, {"displayName": "not mine"}),
    post("//realms", {"realm": "compared-other", "enabled": True}),
    get("//serverinfo/none"),
    become(),
    delete(GIVE, roles("view-realm")),
    become("compared-keeper", "compared-keeper-password"),
    get("//realms"),
    get("/users/count"),
    get("/events/config"),
    become(),
]

MAKER = [
    user("compared-maker"),
    get(f"{MASTER}/roles/create-realm", create_realm=member("id")),
    post(f"{MASTER}/users/{{maker}}/role-mappings/realm", [{"id": "{create_realm}", "name": "create-realm"}]),
    become("compared-maker", "compared-maker-password"),
    get("//realms"),
    get("/users"),
    post("//realms", {"realm": "compared-other", "enabled": True}),
    post("//realms", {"realm": "compared-other", "enabled": True}),
    get("//realms?briefRepresentation=true"),
    get(f"{OTHER}/users"),
    put(OTHER, {"displayName": "Mine"}),
    get(f"{OTHER}/clients?clientId=admin-cli"),
    become(),
    get(f"{MASTER}/users/{{maker}}/role-mappings"),
    get(f"{MASTER}/clients?clientId=compared-other-realm"),
    become("compared-maker", "compared-maker-password"),
    delete(OTHER),
    get("//realms"),
    become(),
    get(f"{MASTER}/users/{{maker}}/role-mappings"),
    get(f"{MASTER}/clients?clientId=compared-other-realm"),
]

TAKEN = [
    post(f"{MASTER}/clients", {"clientId": "compared-other-realm", "bearerOnly": True}, "taken"),
    post("//realms", {"realm": "compared-other", "enabled": True}),
    get(OTHER),
    delete(f"{MASTER}/clients/{{taken}}"),
    post("//realms", {"realm": "compared-other", "enabled": True}),
    delete(OTHER),
]

ENDINGS = [delete(f"{MASTER}/users/{{keeper}}"), delete(f"{MASTER}/users/{{maker}}")]

ROWS = [*CLIENT, *KEEPER, *MAKER, *TAKEN, *ENDINGS]
