# SPDX-License-Identifier: Apache-2.0
"""Users: made, found, changed, and what is wrong with them; rows as in admin_rows.py."""

from admin_rows import delete, get, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
ZOE = {"username": "zoe", "enabled": True, "email": "zoe@example.org", "firstName": "Zoe", "lastName": "Quill"}
PASSWORD = {"type": "password", "value": "a-long-password", "temporary": False}

LONG = {"length": {"max": 255}}
RULES = {
    "username": {"length": {"min": 3, "max": 255}, "username-prohibited-characters": {}},
    "email": {**LONG, "email": {}},
    "firstName": {**LONG, "person-name-prohibited-characters": {}},
    "lastName": {**LONG, "person-name-prohibited-characters": {}},
}
FOUR = [{"name": name, "validations": rules, "permissions": {"view": ["admin"], "edit": ["admin"]}} for name, rules in RULES.items()]

PROFILE = [
    get("/users/profile"),
    get("/users/profile/metadata"),
    *(post("/users", {"username": f"a{c}bc"}) for c in "!'(@+_.-é§"),
    *(post("/users", {"username": f"person{n}", "firstName": f"a{c}b"}) for n, c in enumerate("<'§,. ;")),
    *(
        post("/users", {"username": f"mailed{n}", "email": email})
        for n, email in enumerate(["a@b", "a@b@c", "a b@c", "a@-b", "a..b@c", '\"a b\"@c', "a@[127.0.0.1]", "x" * 65 + "@c", "a@b.c.", " a@b"])
    ),
    post("/users", {"username": "a", "email": "bad", "firstName": "<"}),
]

# Keycloak drops attributes that the profile does not know, unless it is told to keep them.
KEPT = put("/users/profile", {"attributes": FOUR, "unmanagedAttributePolicy": "ENABLED"})

MADE = [
    post("/users", ZOE, "zoe"),
    get("/users/{zoe}"),
    post("/users", {"username": "yan"}, "yan"),
    get("/users/{yan}"),
    post("/users", {"username": "Upper.Case", "email": "Upper@Example.ORG", "enabled": True}, "upper"),
    get("/users/{upper}"),
    post("/users", {"username": "tagged", "enabled": True, "attributes": {"team": ["red", "blue"], "one": "text"}}, "tagged"),
    get("/users/{tagged}"),
    post("/users", {"username": "acting", "enabled": True, "requiredActions": ["UPDATE_PASSWORD", "VERIFY_EMAIL"]}, "acting"),
    get("/users/{acting}"),
    post("/users", {"username": "keyed", "enabled": True, "credentials": [PASSWORD]}, "keyed"),
    get("/users/{keyed}"),
    post("/users", {"username": "verified", "enabled": True, "email": "v@example.org", "emailVerified": True}, "verified"),
    get("/users/{verified}"),
    post("/users", {**ZOE, "username": "with-id", "email": "id@example.org", "id": NOBODY}),
    get(f"/users/{NOBODY}"),
]

WRONG = [
    post("/users", ZOE),
    post("/users", {**ZOE, "username": "other"}),
    post("/users", {**ZOE, "email": "other@example.org"}),
    post("/users", {"username": "ZOE", "enabled": True}),
    post("/users", {"enabled": True}),
    post("/users", {"username": "", "enabled": True}),
    post("/users", {"username": "ab", "enabled": True}),
    post("/users", {"username": "x" * 256, "enabled": True}),
    post("/users", {"username": "two words", "enabled": True}),
    post("/users", {"username": "bad<name>", "enabled": True}),
    post("/users", {"username": "mailed", "email": "no address", "enabled": True}),
    post("/users", {"username": "named", "firstName": "x" * 256, "enabled": True}),
    post("/users", {"username": "odd", "nonsense": 1}),
    post("/users", {"username": "odd2", "enabled": "maybe"}),
    post("/users", {"username": "odd3", "requiredActions": ["NO_SUCH_ACTION"]}),
    post("/users", {"username": "odd4", "groups": ["/none"]}),
    post("/users", []),
    post("/users", "{broken"),
    post("/users"),
    get("/users/none"),
    put(f"/users/{'0' * 8}-none", {}),
    delete(f"/users/{'0' * 8}-none"),
]

LISTS = [
    get("/users?max=2"),
    get("/users?first=1&max=1"),
    get("/users?first=1000"),
    get("/users?max=-1"),
    get("/users?max=none"),
    get("/users?search=zo"),
    get("/users?search=ZOE"),
    get("/users?search=%22zoe%22"),
    get("/users?search=*oe"),
    get("/users?search=z*"),
    get("/users?search=zoe%20quill"),
    get("/users?search=nobody"),
    get("/users?search="),
    get("/users?username=zo"),
    get("/users?username=zo&exact=true"),
    get("/users?username=zoe&exact=true"),
    get("/users?email=example.org"),
    get("/users?email=zoe@example.org&exact=true"),
    get("/users?firstName=zo"),
    get("/users?lastName=qui"),
    get("/users?firstName=Zoe&lastName=None"),
    get("/users?enabled=false"),
    get("/users?enabled=true&username=yan"),
    get("/users?emailVerified=true"),
    get("/users?q=team:red"),
    get("/users?q=team:green"),
    get("/users?q=team:red%20one:text"),
    get("/users?q=team"),
    get("/users?briefRepresentation=true&username=tagged"),
    get("/users?briefRepresentation=false&username=tagged"),
    get("/users?username=zo&exact=TRUE"),
    get("/users?username=tagged&briefRepresentation=True"),
    get("/users?username=tagged&briefRepresentation=maybe"),
    get("/groups?briefRepresentation=FALSE"),
    get("/roles?briefRepresentation=False"),
    get("/roles?briefRepresentation=maybe"),
    get("/clients?clientId=accoun&search=True"),
    get("/users?idpAlias=none"),
    get("/users/count"),
    get("/users/count?search=zo"),
    get("/users/count?username=zoe"),
    get("/users/count?email=example.org"),
    get("/users/count?emailVerified=true"),
    get("/users/count?enabled=false"),
    get("/users/count?q=team:red"),
]

CHANGES = [
    put("/users/{zoe}", {"firstName": "Zoë"}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"email": "new@example.org", "emailVerified": True}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"username": "renamed"}),
    put("/users/{zoe}", {"email": "upper@example.org"}),
    put("/users/{zoe}", {"email": "no address"}),
    put("/users/{zoe}", {"attributes": {"a": ["1"], "b": ["2"]}}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"attributes": {"b": ["3"]}}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"attributes": {}}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"enabled": False}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"requiredActions": ["UPDATE_PASSWORD"]}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"id": NOBODY, "firstName": "Zoe"}),
    put("/users/{zoe}", {"nonsense": 1}),
    put("/users/{zoe}", []),
    put("/users/{zoe}"),
    put("/users/{yan}/reset-password", PASSWORD),
    put("/users/{yan}/reset-password", {"type": "password", "value": "another-password", "temporary": True}),
    get("/users/{yan}"),
    put("/users/{yan}/reset-password", {"type": "password"}),
    put("/users/{yan}/reset-password", {"type": "password", "value": ""}),
    put("/users/{yan}/reset-password", {}),
    put("/users/{yan}/reset-password", []),
    put(f"/users/{'0' * 8}-none/reset-password", PASSWORD),
    get("/users/{yan}/groups"),
    get("/users/{yan}/groups/count"),
    get("/users/{yan}/role-mappings"),
    get("/users/{yan}/consents"),
    get("/users/{yan}/sessions"),
    post("/users/{yan}/logout"),
    delete("/users/{yan}/consents/none"),
    delete("/users/{yan}"),
    get("/users/{yan}"),
    delete("/users/{yan}"),
    get("/users/count"),
]

NAMES = [
    put("", {"editUsernameAllowed": True}),
    put("/users/{zoe}", {"username": "ZOE", "firstName": "Zoe"}),
    put("/users/{zoe}", {"username": "renamed"}),
    get("/users/{zoe}"),
    put("/users/{zoe}", {"username": "tagged"}),
    put("/users/{zoe}", {"username": "ab"}),
    put("/users/{zoe}", {"username": ""}),
    put("/users/{zoe}", {"email": " "}),
    put("/users/{zoe}", {"username": "renamed", "email": None, "lastName": None, "attributes": {"blank": [" "], "some": ["", "x"]}}),
    get("/users/{zoe}"),
    put("", {"editUsernameAllowed": False, "registrationEmailAsUsername": True}),
    post("/users", {"username": "nobody", "enabled": True}),
    post("/users", {"email": "By.Address@example.org", "enabled": True}, "addressed"),
    get("/users/{addressed}"),
    put("/users/{addressed}", {"username": "else", "firstName": "By"}),
    put("/users/{addressed}", {"email": "other@example.org"}),
    get("/users/{addressed}"),
    put("", {"registrationEmailAsUsername": False}),
]

WHOAMI = [
    get("//master/console/whoami"),
    get("//master/console/whoami?currentRealm=compared"),
    get("//compared/console/whoami"),
    get("//none/console/whoami"),
]

ROWS = [*PROFILE, KEPT, *MADE, *WRONG, *LISTS, *CHANGES, *NAMES, *WHOAMI]
