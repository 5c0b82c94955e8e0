# SPDX-License-Identifier: Apache-2.0
"""Realms and clients themselves; rows as in admin_rows.py."""

from admin_rows import delete, get, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"

ROWS = [
    post("//realms", {"realm": "compared"}),
    post("//realms", []),
    get("//realms/none"),
    get("//realms/none/clients"),
    get("/none"),
    post("/clients", {"clientId": "web", "redirectUris": ["https://web.example/*"]}, "web"),
    post("/clients", {"clientId": "web"}),
    post("/clients", {"clientId": "bad", "redirectUris": ["javascript:alert(1)"]}),
    post("/clients", []),
    post("/clients", "{broken"),
    get("/clients?clientId=none"),
    get("/clients?clientId=we"),
    get("/clients?clientId=we&search=true"),
    get("/clients?first=x"),
    get(f"/clients/{NOBODY}"),
    put("/clients/{web}", {"clientId": "web", "enabled": False}),
    put(f"/clients/{NOBODY}", {"clientId": "web"}),
    put("/clients/{web}", []),
    get("/clients/{web}/client-secret"),
    get(f"/clients/{NOBODY}/client-secret"),
    post(f"/clients/{NOBODY}/client-secret"),
    post(f"/clients/{NOBODY}/registration-access-token"),
    delete(f"/clients/{NOBODY}"),
    delete("/clients/{web}"),
    delete("/clients/{web}"),
    put("", {"displayName": "Compared"}),
    put("", []),
    put("", "{broken"),
]
