# SPDX-License-Identifier: Apache-2.0
"""Accounts of clients, sessions and what ends them; rows as in admin_rows.py."""

from admin_rows import delete, get, login, member, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
VISITED = {
    "clientId": "visited",
    "enabled": True,
    "publicClient": False,
    "secret": "visited-secret",
    "directAccessGrantsEnabled": True,
    "serviceAccountsEnabled": True,
    "baseUrl": "https://visited.example/",
}
FORM = {"grant_type": "password", "client_id": "visited", "client_secret": "visited-secret"}
ANN = {**FORM, "username": "ann", "password": "ann-password", "scope": "openid"}


def session(answer):
    return answer["session_state"]


ROWS = [
    post("/clients", VISITED, "client"),
    post("/clients", {"clientId": "plain"}, "plain"),
    get("/users?username=ann", ann=lambda users: users[0]["id"]),
    get("/clients/{client}/service-account-user"),
    get("/clients/{plain}/service-account-user"),
    get(f"/clients/{NOBODY}/service-account-user"),
    get("/clients/{client}/installation/providers/keycloak-oidc-keycloak-json"),
    get("/clients/{plain}/installation/providers/keycloak-oidc-keycloak-json"),
    get("/clients/{client}/installation/providers/none"),
    get("//serverinfo"),
    # no sessions
    get("/clients/{client}/session-count"),
    get("/clients/{client}/offline-session-count"),
    get("/clients/{client}/user-sessions"),
    get("/clients/{client}/offline-sessions"),
    get(f"/clients/{NOBODY}/session-count"),
    get("/client-session-stats"),
    get("/users/{ann}/sessions"),
    get(f"/users/{NOBODY}/sessions"),
    # sessions
    login({"session": session}, **ANN),
    login({"second": session}, **ANN),
    get("/clients/{client}/session-count"),
    get("/clients/{client}/user-sessions"),
    get("/clients/{client}/user-sessions?first=0&max=1"),
    get("/clients/{client}/user-sessions?first=5"),
    get("/clients/{client}/user-sessions?max=x"),
    get("/client-session-stats"),
    get("/users/{ann}/sessions"),
    get("/users/{ann}/offline-sessions/{client}"),
    get(f"/users/{{ann}}/offline-sessions/{NOBODY}"),
    delete("/sessions/{session}"),
    delete("/sessions/{session}"),
    delete(f"/sessions/{NOBODY}"),
    delete("/sessions/not-an-id"),
    delete("/sessions/{second}?isOffline=true"),
    get("/users/{ann}/sessions"),
    post("/users/{ann}/logout"),
    post(f"/users/{NOBODY}/logout"),
    get("/users/{ann}/sessions"),
    get("/users/{ann}"),
    login(**ANN),
    get("/users/{ann}/sessions"),
    # as somebody else
    get("/clients/{client}/service-account-user", account=member("id")),
    post("/users/{ann}/impersonation"),
    get("/users/{ann}/sessions"),
    post("/users/{account}/impersonation"),
    post(f"/users/{NOBODY}/impersonation"),
    put("/users/{ann}", {"enabled": False}),
    post("/users/{ann}/impersonation"),
    put("/users/{ann}", {"enabled": True}),
    post("/users/{ann}/logout"),
    # the whole realm
    post("/push-revocation"),
    post("/clients/{client}/push-revocation"),
    post(f"/clients/{NOBODY}/push-revocation"),
    post("/logout-all"),
    get("/clients/{client}/session-count"),
    get("", before=member("notBefore")),
    login(**ANN),
    get("/clients/{client}/user-sessions", third=lambda sessions: sessions[0]["id"]),
    put("", {"notBefore": 1}),
    get(""),
    put("/clients/{client}", {"clientId": "visited", "notBefore": 5}),
    get("/clients?clientId=visited"),
    put("", {"notBefore": "soon"}),
    delete("/sessions/{third}"),
    get("/client-session-stats"),
    # nodes
    post("/clients/{client}/nodes", {"node": "one.example"}),
    get("/clients/{client}/test-nodes-available"),
    delete("/clients/{client}/nodes/one.example"),
    delete("/clients/{client}/nodes/one.example"),
    post("/clients/{client}/nodes", {}),
    get("/clients/{client}/management/permissions"),
    # what Keycloak remembers
    post("/clear-realm-cache"),
    post("/clear-user-cache"),
    post("/clear-keys-cache"),
    # the secret
    get("/clients/{client}/client-secret"),
    post("/clients/{client}/client-secret"),
    get("/clients/{client}/client-secret/rotated"),
    delete("/clients/{client}/client-secret/rotated"),
]
