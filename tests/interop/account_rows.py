# SPDX-License-Identifier: Apache-2.0
"""Requests to the account API that are asked of Keycloak and of our provider, each by one of the realm's users.

A row is (who, method, path below /account, body, headers, what is saved); "{name}" stands for what an earlier row saved.
"admin" asks the admin API of the realm instead, "nobody" has no token, "narrow" is ann by a client without her roles.
"""

import json
from typing import NamedTuple

from admin_rows import fill

REALM = "accounts"
NOBODY = "00000000-0000-0000-0000-000000000000"
PASSWORD = {"currentPassword": "ann-password", "newPassword": "another-password", "confirmation": "another-password"}
ANN = {"username": "ann", "firstName": "Ann", "lastName": "Tester", "email": "ann@example.com"}


class Row(NamedTuple):
    who: str
    method: str
    path: str
    body: object = None
    headers: tuple = ()
    saves: tuple = ()  # (name, how it is picked from the answer)

    def __str__(self):
        body = "" if self.body is None else f" {self.text[:200]}"
        headers = "".join(f" {name}: {value}" for name, value in self.headers)
        return f"{self.who}: {self.method} /{self.path}{headers}{body}"

    @property
    def text(self):
        return self.body if isinstance(self.body, str) else json.dumps(self.body)


class Asker:
    """Sends rows to one server; `tokens` are those of its users."""

    def __init__(self, server, admin, tokens, browser):
        self.server, self.admin, self.tokens, self.browser = server, admin, tokens, browser
        self.saved = {}

    def __call__(self, row):
        path = fill(row.path, self.saved)
        body = None if row.body is None else fill(row.text, self.saved).encode()
        if row.who == "admin":
            answer = self.admin(row.method, f"/realms/{REALM}/{path}", body)
        else:
            headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
            if row.who != "nobody":
                headers["Authorization"] = f"Bearer {self.tokens[row.who]}"
            headers.update(row.headers)
            url = f"{self.server.base}/realms/{REALM}/account{'/' if path else ''}{path}"
            answer = self.browser.request(row.method, url, body, headers)
        for name, pick in row.saves:
            self.saved[name] = pick(answer.json())
        return answer


def get(path="", who="ann", *saves, **headers):
    return Row(who, "GET", path, None, _fields(headers), saves)


def post(path, body, who="ann", **headers):
    return Row(who, "POST", path, body, _fields(headers))


def put(path, body, who="ann"):
    return Row(who, "PUT", path, body)


def delete(path, who="ann"):
    return Row(who, "DELETE", path)


def _fields(headers):
    return tuple((name.replace("_", "-"), value) for name, value in headers.items())


def profile(who="ann", **changes):
    return post("", {**ANN, **changes}, who)


def granted(*names):
    return {"grantedScopes": [{"id": f"{{scope_{name}}}"} for name in names]}


def scope(name):
    return f"scope_{name}", lambda scopes: next(one["id"] for one in scopes if one["name"] == name)


def credential(answer):
    return answer[0]["userCredentialMetadatas"][0]["credential"]["id"]


READING = [
    *(
        get(path, who)
        for who in ("ann", "bea", "cal", "narrow", "nobody", "vera", "gus")
        for path in ("", "sessions", "sessions/devices", "applications", "groups", "supportedLocales", "linked-accounts")
    ),
    get("?userProfileMetadata=false"),
    get("/"),
    get("credentials", "ann", ("credential", credential)),
    get("credentials?type=password"),
    get("credentials?type=none"),
    get("credentials?user-credentials=false&type=password"),
    get("credentials", "gus"),
    get("groups?briefRepresentation=false"),
    get("applications?name=alw"),
    get("applications?name=nothing"),
    get("resources"),
    get("resources", "gus"),
    get("none"),
    get("v1"),
    get("sessions/none"),
    get("applications/shop"),
    get("", "nobody", Authorization="Bearer abc"),
    get("", "nobody", Authorization="Basic YTpi"),
    get("groups", "ann", Accept="application/json, text/plain, */*"),
    get("groups", "ann", Origin="https://tool.example"),
    get("groups", "ann", Origin="https://other.example"),
    Row("nobody", "OPTIONS", "groups", None, _fields({"Origin": "https://tool.example", "Access_Control_Request_Method": "GET"})),
]
PROFILE = [
    profile(),
    get("?userProfileMetadata=false"),
    profile(attributes={"colour": ["blue"], "locale": ["de"]}),
    get("?userProfileMetadata=false"),
    Row("admin", "GET", "users?username=ann"),
    profile(id=NOBODY),
    profile(emailVerified=False),
    get("?userProfileMetadata=false"),
    profile(enabled=False),
    profile(realmRoles=["reader"]),
    profile(credentials=[]),
    profile(username="anna"),
    profile(username="ANN"),
    profile("bea"),
    profile("vera"),
    profile("cal"),
    profile("nobody"),
    profile(email="bea@example.com"),
    profile(email="not-an-address"),
    profile(email="a@b@example.com"),
    profile(email="ann@example..com"),
    profile(email=""),
    profile(email=None),
    profile(firstName=""),
    profile(firstName=None),
    profile(firstName=7),
    profile(firstName="<b>"),
    profile(firstName="A (B)"),
    profile(firstName="A & B"),
    profile(firstName="a" * 300),
    profile(firstName="Änne-Marie O'Neil, jr."),
    profile(firstName="x<y", lastName=""),
    post("", {"firstName": "X"}),
    post("", {}),
    post("", []),
    post("", "{"),
    post("", "null"),
    post("", ""),
    post("", "a=b", Content_Type="application/x-www-form-urlencoded"),
    post("", ANN, Content_Type="text/plain"),
    put("", ANN),
    delete(""),
    profile(email="Ann.New@Example.com"),
    get("?userProfileMetadata=false"),
    profile(),
    get("?userProfileMetadata=false"),
    Row("admin", "PUT", "", {"editUsernameAllowed": True}),
    get(""),
    profile(username="bea"),
    profile(username="a"),
    profile(username="a<b>c"),
    profile(username=""),
    profile(username="annie"),
    get("?userProfileMetadata=false"),
    profile(),
    Row("admin", "PUT", "", {"editUsernameAllowed": False, "internationalizationEnabled": False}),
    profile(attributes={"locale": ["de"]}),
    get(""),
]
CREDENTIALS = [
    put("credentials/{credential}/label", '"mine"', "bea"),
    put("credentials/{credential}/label", '"mine"', "vera"),
    put("credentials/none/label", '"mine"'),
    put("credentials/{credential}/label", '{"a": 1}'),
    put("credentials/{credential}/label", '"mine"'),
    get("credentials?type=password"),
    delete("credentials/none"),
    delete("credentials/{credential}", "bea"),
    delete("credentials/{credential}"),
    get("credentials/password"),
    post("credentials/password", PASSWORD),
]
CONSENTS = [
    Row("admin", "GET", "client-scopes", saves=tuple(map(scope, ("profile", "email", "roles", "offline_access")))),
    get("applications/shop/consent"),
    get("applications/none/consent"),
    get("applications/shop/consent", "vera"),
    get("applications/shop/consent", "cal"),
    post("applications/shop/consent", granted("profile", "email")),
    get("applications/shop/consent"),
    get("applications/shop/consent", "bea"),
    put("applications/shop/consent", granted("email")),
    get("applications"),
    post("applications/shop/consent", granted("offline_access", "roles")),
    post("applications/shop/consent", {"grantedScopes": [{"id": "{scope_profile}", "name": "email"}]}),
    post("applications/shop/consent", {"grantedScopes": [{"name": "profile"}]}),
    post("applications/shop/consent", {"grantedScopes": [{"id": "none"}]}),
    post("applications/shop/consent", {}),
    post("applications/shop/consent", []),
    post("applications/none/consent", granted("email")),
    post("applications/shop/consent", granted("email"), "vera"),
    post("applications/shop/consent", granted("email"), "gus"),
    post("applications/shop/consent", granted("email"), "nobody"),
    delete("applications/shop/consent", "vera"),
    delete("applications/shop/consent", "gus"),
    delete("applications/none/consent"),
    get("applications/shop/consent"),
    delete("applications/shop/consent"),
    delete("applications/shop/consent"),
    get("applications/shop/consent"),
    delete("linked-accounts/none"),
    delete("linked-accounts/none", "vera"),
    get("linked-accounts/none"),
    get("linked-accounts/none?redirectUri=x"),
    get("linked-accounts/none", "vera"),
    get("linked-accounts/none", "nobody"),
]
SESSIONS = [
    get("sessions", "bea", ("bea", lambda answer: answer[0]["id"])),
    delete("sessions/{bea}"),
    get("sessions", "bea"),
    delete("sessions/none"),
    delete("sessions", "vera"),
    delete("sessions", "nobody"),
    post("sessions", {}),
    delete("sessions?current=false"),
    get("sessions"),
    get("sessions", "narrow"),
    delete("sessions/{bea}", "bea"),
    get("", "bea"),
    delete("sessions?current=true"),
    get(""),
]
ROWS = [*READING, *PROFILE, *CREDENTIALS, *CONSENTS, *SESSIONS]
