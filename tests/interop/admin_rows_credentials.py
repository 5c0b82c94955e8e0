# SPDX-License-Identifier: Apache-2.0
"""Credentials of users and their failed logins; rows as in admin_rows.py."""

from admin_rows import delete, find, get, login, post, put, text

NOBODY = "00000000-0000-0000-0000-000000000000"
TOOL = {"clientId": "tool", "publicClient": True, "directAccessGrantsEnabled": True, "standardFlowEnabled": False}
OTP = {
    "id": "5f1e5e4b-0b1c-4f6e-9d0a-1b2c3d4e5f60",
    "type": "otp",
    "userLabel": "phone",
    "createdDate": 1700000000000,
    "secretData": '{"value":"ABCDEFGHIJKLMNOPQRST"}',
    "credentialData": '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}',
}
OTHER = {**OTP, "id": "5f1e5e4b-0b1c-4f6e-9d0a-1b2c3d4e5f61", "userLabel": "tablet"}
PASSWORD = {"type": "password", "value": "bea-password"}
# By partial import: the operation for users takes passwords alone.
BEA = {"ifResourceExists": "FAIL", "users": [{"username": "bea", "enabled": True, "credentials": [PASSWORD, OTP, OTHER]}]}


def wrong(name):
    return login(grant_type="password", client_id="tool", username=name, password="no")


def failures(name):
    return f"/attack-detection/brute-force/users/{name}"


CREDENTIALS = [
    get("/users?username=ann", ann=find("username", "ann")),
    get("/users/{ann}/credentials", pw=find("type", "password")),
    text("/users/{ann}/credentials/{pw}/userLabel", "my word"),
    get("/users/{ann}/credentials"),
    text("/users/{ann}/credentials/{pw}/userLabel", '"quoted" <b>'),
    text("/users/{ann}/credentials/{pw}/userLabel", ""),
    text(f"/users/{{ann}}/credentials/{NOBODY}/userLabel", "x"),
    text(f"/users/{NOBODY}/credentials/{{pw}}/userLabel", "x"),
    text("/users/{ann}/credentials/{pw}/userLabel", "x" * 300),
    put("/users/{ann}/credentials/{pw}/userLabel", {"label": "x"}),
    post("/users/{ann}/credentials/{pw}/moveToFirst"),
    post("/users/{ann}/credentials/{pw}/moveAfter/{pw}"),
    post(f"/users/{{ann}}/credentials/{NOBODY}/moveToFirst"),
    post(f"/users/{{ann}}/credentials/{NOBODY}/moveAfter/{{pw}}"),
    get("/users/{ann}/credentials/{pw}"),
    get("/users/{ann}/configured-user-storage-credential-types"),
    put("/users/{ann}/disable-credential-types", ["password"]),
    put("/users/{ann}/disable-credential-types", []),
    put("/users/{ann}/disable-credential-types", {}),
    put(f"/users/{NOBODY}/disable-credential-types", ["password"]),
    get(f"/users/{NOBODY}/credentials"),
    get(f"/users/{NOBODY}/configured-user-storage-credential-types"),
    delete(f"/users/{{ann}}/credentials/{NOBODY}"),
    delete(f"/users/{NOBODY}/credentials/{{pw}}"),
    delete("/users/{ann}/credentials/{pw}"),
    get("/users/{ann}/credentials"),
    put("/users/{ann}/reset-password", {"type": "password", "value": "next-password", "temporary": True, "userLabel": "given"}),
    get("/users/{ann}/credentials"),
    get("/users/{ann}"),
    post("/partialImport", BEA),
    get("/users?username=bea", bea=find("username", "bea")),
    get("/users/{bea}"),
    get("/users/{bea}/credentials", phone=find("userLabel", "phone"), tablet=find("userLabel", "tablet")),
    post("/users/{bea}/credentials/{tablet}/moveToFirst"),
    get("/users/{bea}/credentials", first=lambda rows: [row["userLabel"] for row in rows if row["type"] == "otp"][0]),
    post("/users/{bea}/credentials/{tablet}/moveAfter/{phone}"),
    text("/users/{bea}/credentials/{tablet}/userLabel", "{first}"),
    delete("/users/{bea}/credentials/{phone}"),
    get("/users/{bea}/credentials"),
    delete("/users/{bea}/credentials/{tablet}"),
    get("/users/{bea}"),
]

FAILURES = [
    post("/clients", TOOL),
    get(failures("{bea}")),
    wrong("bea"),
    get(failures("{bea}")),
    put("", {"bruteForceProtected": True, "failureFactor": 2, "quickLoginCheckMilliSeconds": 0}),
    get(failures("{bea}")),
    wrong("bea"),
    get(failures("{bea}"), counted=lambda status: f"{status['numFailures']}{status['disabled']}"),
    wrong("bea"),
    get(failures("{bea}"), blocked=lambda status: f"{status['numFailures']}{status['disabled']}"),
    text("/users/{bea}/credentials/none/userLabel", "{counted} {blocked}"),
    delete(failures("{bea}")),
    get(failures("{bea}")),
    wrong("bea"),
    delete("/attack-detection/brute-force/users"),
    get(failures("{bea}")),
    get(failures(NOBODY)),
    delete(failures(NOBODY)),
    get("/attack-detection/brute-force/users"),
    get("/attack-detection/brute-force"),
    get("/attack-detection"),
    post(failures("{bea}")),
]

ROWS = [*CREDENTIALS, *FAILURES]
