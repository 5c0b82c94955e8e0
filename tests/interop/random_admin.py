# SPDX-License-Identifier: Apache-2.0
"""Requests to the admin API by chance, for random_runs.py.

A step is {"do": "admin", "method", "path", "body"}. "{user:una}" in a path is the id that this server gave to her; in a body
{"$role": "red"} is what a role's mapping needs. What is not there has an id that nobody has.
"""

import json
import re
import urllib.parse

from random_realm import CLIENT_ROLES, CLIENTS, GROUPS, MAPPERS, PASSWORD, ROLES, SCOPES, USERS, mapper, some
from random_steps import scope_by_chance

NOBODY = "00000000-0000-4000-8000-000000000000"
NEWCOMERS = ("nina", "nils", "nora")
NEW_ROLES = ("amber", "ivory")
PLACE = re.compile(r"\{(\w+):([^}]*)\}")


def paging(rng):
    asked = {}
    if rng.random() < 0.4:
        asked["first"] = rng.choice((0, 1, 2, 5))
    if rng.random() < 0.5:
        asked["max"] = rng.choice((0, 1, 2, 3, 100))
    return asked


def query(asked):
    return f"?{urllib.parse.urlencode(asked)}" if asked else ""


def _user(rng):
    return rng.choice((*USERS, *USERS, *NEWCOMERS))


def _group(rng):
    return rng.choice((*GROUPS, *(f"{one}-inner" for one in GROUPS), "west"))


def _role(rng):
    return rng.choice((*ROLES, *NEW_ROLES))


def make_user(rng):
    name = rng.choice((*NEWCOMERS, *NEWCOMERS, "Una", ""))
    body = {"username": name, "enabled": rng.random() < 0.9}
    for member, values, chance in (
        ("email", (f"{name}@example.org", "una@example.org", ""), 0.6),
        ("firstName", ("Nina", ""), 0.5),
        ("lastName", ("Newcomer",), 0.5),
        ("emailVerified", (True, False), 0.3),
        ("attributes", ({"shade": ["pale"]}, {"shade": "pale"}, {"shade": []}, {"odd": ["a", "b"]}), 0.4),
        ("credentials", ([{"type": "password", "value": PASSWORD, "temporary": False}],), 0.6),
        ("requiredActions", (["UPDATE_PASSWORD"], ["nonsense"], []), 0.2),
        ("groups", (["/north"], ["north"], ["/north/north-inner"]), 0.2),
        ("realmRoles", (["red"],), 0.1),
    ):
        if rng.random() < chance:
            body[member] = rng.choice(values)
    return "POST", "/users", body


def change_user(rng):
    body = {}
    for member, values in (
        ("enabled", (True, True, False)),
        ("email", ("una@example.org", "new@example.org", "")),
        ("firstName", ("Other", "")),
        ("attributes", ({"shade": ["deep"]}, {}, {"shade": ["a", "b"], "more": ["1"]})),
        ("requiredActions", (["UPDATE_PROFILE"], [])),
        ("emailVerified", (True, False)),
    ):
        if rng.random() < 0.3:
            body[member] = rng.choice(values)
    name = _user(rng)
    return "PUT", f"/users/{{user:{name}}}", {"$user": name, "changes": body}  # whole: what is missing is kept here


def read_user(rng):
    more = rng.choice(("", "", "/groups", "/sessions", "/role-mappings", "/role-mappings/realm", "/role-mappings/realm/composite",
        "/role-mappings/realm/available", "/role-mappings/clients/{client:web}/composite", "/role-mappings/clients/{client:web}/available",
        "/credentials", "/consents", "/groups/count", "/offline-sessions/{client:web}", "/configured-user-storage-credential-types",
        "?userProfileMetadata=false"))  # fmt: skip
    return "GET", f"/users/{{user:{_user(rng)}}}{more}", None


def drop_user(rng):
    return "DELETE", f"/users/{{user:{_user(rng)}}}", None


def search_users(rng):
    asked = paging(rng)
    for name, values, chance in (
        ("search", ("n", "una", "*i*", "example", '"una"', "u*", "Tester", "nina uls", "%", "_", "id:x"), 0.4),
        ("username", ("u", "una", "UNA", "n"), 0.3),
        ("email", ("example.org", "una@example.org"), 0.2),
        ("firstName", ("Un", "una"), 0.1),
        ("exact", ("true", "false"), 0.25),
        ("enabled", ("true", "false"), 0.15),
        ("emailVerified", ("true", "false"), 0.15),
        ("q", ("shade:pale", "shade:dark odd:a", "shade", "", '"shade":"light"'), 0.2),
        ("briefRepresentation", ("true", "false"), 0.2),
    ):
        if rng.random() < chance:
            asked[name] = rng.choice(values)
    if "search" in asked:  # Keycloak passes over the others then
        asked = {name: value for name, value in asked.items() if name in ("search", "first", "max", "exact", "briefRepresentation")}
    elif not asked.keys() <= {"first", "max", "briefRepresentation"}:
        asked["lastName"] = "e"  # which the accounts of clients have not: Keycloak lists them, ours do not
    counted = rng.random() < 0.25
    for name in ("first", "max", "exact", "briefRepresentation") if counted else ():
        asked.pop(name, None)
    return "GET", f"/users{'/count' if counted else ''}{query(asked)}", None


def user_action(rng):
    user = f"/users/{{user:{_user(rng)}}}"
    return rng.choice((
        ("PUT", f"{user}/reset-password", {"type": "password", "value": PASSWORD, "temporary": rng.random() < 0.2}),
        ("PUT", f"{user}/reset-password", {"value": PASSWORD}),
        ("PUT", f"{user}/reset-password", {"type": "password", "value": ""}),
        ("POST", f"{user}/logout", None),
        ("PUT", f"{user}/groups/{{group:{_group(rng)}}}", None),
        ("DELETE", f"{user}/groups/{{group:{_group(rng)}}}", None),
        ("DELETE", f"{user}/consents/asking", None),
        ("GET", f"/attack-detection/brute-force/users/{{user:{_user(rng)}}}", None),
        ("DELETE", f"/attack-detection/brute-force/users/{{user:{_user(rng)}}}", None),
        ("DELETE", "/attack-detection/brute-force/users", None),
    ))  # fmt: skip


def map_roles(rng):
    owner = rng.choice((f"/users/{{user:{_user(rng)}}}", f"/groups/{{group:{_group(rng)}}}"))
    method = rng.choice(("POST", "POST", "DELETE", "GET"))
    if rng.random() < 0.3:
        body = [{"$client_role": one} for one in some(rng, CLIENT_ROLES)]
        return method, f"{owner}/role-mappings/clients/{{client:web}}", None if method == "GET" else body
    return method, f"{owner}/role-mappings/realm", None if method == "GET" else [{"$role": one} for one in some(rng, (*ROLES, *NEW_ROLES), 2)]


def roles(rng):
    name, by_id = _role(rng), f"/roles-by-id/{{role:{_role(rng)}}}"
    return rng.choice((
        ("POST", "/roles", {"name": name, "description": "new", **rng.choice(({}, {"attributes": {"a": ["1"]}}))}),
        ("POST", "/clients/{client:web}/roles", {"name": rng.choice((*CLIENT_ROLES, "middle"))}),
        ("PUT", f"/roles/{name}", {"name": rng.choice((name, name, _role(rng))), "description": "changed"}),
        ("GET", f"/roles/{name}", None),
        ("GET", by_id, None),
        ("DELETE", f"/roles/{rng.choice((*NEW_ROLES, 'blue'))}", None),
        ("POST", f"/roles/{name}/composites", [{"$role": one} for one in some(rng, ROLES, 2)]),
        ("DELETE", f"/roles/{name}/composites", [{"$role": one} for one in some(rng, ROLES, 2)]),
        ("GET", f"/roles/{name}/composites{rng.choice(('', '/realm', '/clients/{client:web}'))}", None),
        ("GET", f"/roles/{name}/users{query(paging(rng))}", None),
        ("GET", f"/roles/{name}/groups{query(paging(rng))}", None),
        ("GET", f"/roles{query({**paging(rng), **rng.choice(({}, {'search': 're'}, {'briefRepresentation': 'false'}))})}", None),
        ("GET", f"/clients/{{client:web}}/roles{query(paging(rng))}", None),
    ))  # fmt: skip


def groups(rng):
    name = _group(rng)
    found = rng.choice(({}, {"search": "north"}, {"search": "inner"}, {"search": "north", "exact": "true"}, {"q": "shade:pale"},
        {"briefRepresentation": "false"}, {"populateHierarchy": "false", "search": "inner"}))  # fmt: skip
    return rng.choice((
        ("POST", "/groups", {"name": rng.choice(("west", "north", ""))}),
        ("POST", f"/groups/{{group:{name}}}/children", {"name": rng.choice(("west", "north-inner", "deeper"))}),
        ("POST", f"/groups/{{group:{name}}}/children", {"$group": _group(rng)}),
        ("PUT", f"/groups/{{group:{name}}}", {"name": rng.choice((name, "north", "west")), "attributes": {"shade": ["new"]}}),
        ("GET", f"/groups/{{group:{name}}}", None),
        ("GET", f"/groups/{{group:{name}}}/children{query(paging(rng))}", None),
        ("GET", f"/groups/{{group:{name}}}/members{query(paging(rng))}", None),
        ("DELETE", f"/groups/{{group:{rng.choice(('west', name))}}}", None),
        ("GET", f"/groups{query({**paging(rng), **found})}", None),
        ("GET", f"/groups{query({**paging(rng), **found})}", None),
        ("GET", f"/groups/count{rng.choice(('', '?search=north', '?top=true'))}", None),
        ("GET", f"/group-by-path/{rng.choice(('north', 'north/north-inner', 'none', 'south/south-inner/deeper'))}", None),
        ("PUT", f"/default-groups/{{group:{name}}}", None),
        ("DELETE", f"/default-groups/{{group:{name}}}", None),
        ("GET", "/default-groups", None),
    ))  # fmt: skip


def scopes(rng):
    name, client = rng.choice(SCOPES), rng.choice(CLIENTS)
    kind = rng.choice(("default", "optional"))
    shown = {"include.in.token.scope": rng.choice(("true", "false")), "display.on.consent.screen": rng.choice(("true", "false"))}
    body = {"name": name, "protocol": "openid-connect", "attributes": shown, "protocolMappers": [mapper(one) for one in some(rng, MAPPERS, 2)]}
    return rng.choice((
        ("POST", "/client-scopes", body),
        ("POST", "/client-scopes", body),
        ("PUT", f"/client-scopes/{{scope:{name}}}", {"name": name, "protocol": "openid-connect", "description": "changed", "attributes": shown}),
        ("GET", f"/client-scopes/{{scope:{name}}}", None),
        ("DELETE", f"/client-scopes/{{scope:{name}}}", None),
        ("POST", f"/client-scopes/{{scope:{name}}}/protocol-mappers/models", mapper(rng.choice(list(MAPPERS)))),
        ("POST", f"/client-scopes/{{scope:{name}}}/scope-mappings/realm", [{"$role": one} for one in some(rng, ROLES, 2)]),
        ("PUT", f"/clients/{{client:{client}}}/{kind}-client-scopes/{{scope:{name}}}", None),
        ("PUT", f"/clients/{{client:{client}}}/{kind}-client-scopes/{{scope:{rng.choice((name, 'email', 'phone', 'roles'))}}}", None),
        ("DELETE", f"/clients/{{client:{client}}}/{kind}-client-scopes/{{scope:{rng.choice((name, 'email', 'profile'))}}}", None),
        ("GET", f"/clients/{{client:{client}}}/{kind}-client-scopes", None),
        ("PUT", f"/default-{kind}-client-scopes/{{scope:{name}}}", None),
        ("DELETE", f"/default-{kind}-client-scopes/{{scope:{name}}}", None),
        ("GET", f"/default-{kind}-client-scopes", None),
        ("POST", f"/clients/{{client:{client}}}/scope-mappings/realm", [{"$role": one} for one in some(rng, ROLES, 2)]),
        ("DELETE", f"/clients/{{client:{client}}}/scope-mappings/realm", [{"$role": one} for one in some(rng, ROLES, 1)]),
        ("GET", f"/clients/{{client:{client}}}/scope-mappings/realm{rng.choice(('', '/composite', '/available'))}", None),
    ))  # fmt: skip


def clients(rng):
    name = rng.choice(CLIENTS)
    path = f"/clients/{{client:{name}}}"
    changes = rng.choice((
        {"enabled": rng.random() < 0.7},
        {"standardFlowEnabled": rng.random() < 0.7},
        {"directAccessGrantsEnabled": rng.random() < 0.7},
        {"consentRequired": rng.random() < 0.5},
        {"fullScopeAllowed": rng.random() < 0.5},
        {"implicitFlowEnabled": rng.random() < 0.7},
        {"attributes": {rng.choice(("use.refresh.tokens", "standard.token.exchange.enabled", "exclude.session.state.from.auth.response",
            "oauth2.device.authorization.grant.enabled")): rng.choice(("true", "false"))}},
        {"attributes": {"access.token.lifespan": rng.choice(("60", "", "x"))}},
        {"attributes": {"user.info.response.signature.alg": rng.choice(("RS256", ""))}},
        {"redirectUris": rng.choice(([], ["http://localhost:8000/*"], ["http://localhost:8000/cb#x"], ["*"]))},
        {"notBefore": rng.choice((0, 1))},
        {"defaultClientScopes": ["email"]},
        {"defaultRoles": ["left"]},
    ))  # fmt: skip
    used = rng.choice(("user-sessions", "session-count", "offline-sessions", "offline-session-count"))
    evaluated = f"{path}/evaluate-scopes/generate-example-access-token?userId={{user:{rng.choice(USERS)}}}&scope={scope_by_chance(rng) or ''}"
    return rng.choice((
        ("PUT", path, {"clientId": name, **changes}),
        ("PUT", path, {"clientId": name, **changes}),
        ("GET", path, None),
        ("GET", f"{path}/{used}", None),
        ("GET", f"{path}/{used}", None),
        ("GET", f"/clients{query(rng.choice(({**paging(rng), 'clientId': 's', 'search': 'true'}, {'clientId': rng.choice(('spa', 'nothing'))})))}", None),
        ("POST", f"{path}/protocol-mappers/models", mapper(rng.choice(list(MAPPERS)))),
        ("GET", f"{path}/protocol-mappers/models", None),
        ("GET", f"/clients/{{client:{rng.choice(('web', 'lean', 'spa'))}}}/service-account-user", None),
        ("GET", evaluated.replace(" ", "%20"), None),
    ))  # fmt: skip


def realm(rng):
    return rng.choice((
        ("PUT", "", {rng.choice(("revokeRefreshToken", "bruteForceProtected", "loginWithEmailAllowed", "editUsernameAllowed",
            "rememberMe")): rng.random() < 0.5}),
        ("PUT", "", {"accessTokenLifespan": rng.choice((60, 300))}),
        ("PUT", "", {"ssoSessionMaxLifespan": rng.choice((1800, 36000))}),
        ("PUT", "", {"defaultSignatureAlgorithm": rng.choice(("RS256", "ES256", "PS256"))}),
        ("POST", "/logout-all", None),
    ))  # fmt: skip


GRAMMAR = {
    make_user: 5, change_user: 4, read_user: 8, drop_user: 1, search_users: 8, user_action: 5, map_roles: 6, roles: 7, groups: 8,
    scopes: 9, clients: 7, realm: 1,
}  # fmt: skip


def admin_step(rng):
    method, path, body = rng.choices(list(GRAMMAR), GRAMMAR.values())[0](rng)
    return {"do": "admin", "method": method, "path": path, **({} if body is None else {"body": body})}


# How it is asked


class AdminAsking:
    """Administrator's requests at one server, by an Admin of test_admin_same_as_keycloak.py."""

    WHERE = {"user": "/users?exact=true&username=", "client": "/clients?clientId=", "scope": "/client-scopes", "role": "/roles/", "group": "/groups?search="}
    NAMED = {"user": "username", "client": "clientId"}

    def __init__(self, admin, realm):
        self.admin = admin
        self.root = f"/realms/{realm}"

    def admin_step(self, step):
        path = PLACE.sub(lambda found: self.found(found[1], found[2]).get("id", NOBODY), step["path"])
        return self.admin(step["method"], self.root + path, step_body(self, step.get("body")))

    def found(self, kind, name):
        """What the server calls that: its first of this name, in depth for groups."""
        answer = self.admin("GET", self.root + self.WHERE[kind] + ("" if kind == "scope" else name))
        told = answer.json() if answer.status == 200 else []
        told = list(told) if isinstance(told, list) else [told]
        for one in told:
            if one.get(self.NAMED.get(kind, "name"), "") == name:
                return one
            told.extend(one.get("subGroups", ()))
        return {}

    def reference(self, body):
        (kind, name), = body.items()
        if kind == "$client_role":
            web = self.found("client", "web").get("id", NOBODY)
            answer = self.admin("GET", f"{self.root}/clients/{web}/roles/{name}")
            found = answer.json() if answer.status == 200 else {}
        else:
            found = self.found(kind.removeprefix("$"), name)
        return {"id": found.get("id", NOBODY), "name": name}


def step_body(asking, body):
    def filled(value):
        if isinstance(value, dict):
            if "$user" in value:
                return {**asking.found("user", value["$user"]), **value["changes"]}
            if len(value) == 1 and next(iter(value)).startswith("$"):
                return asking.reference(value)
            return {name: filled(inner) for name, inner in value.items()}
        return [filled(inner) for inner in value] if isinstance(value, list) else value

    return None if body is None else json.dumps(filled(body)).encode()
