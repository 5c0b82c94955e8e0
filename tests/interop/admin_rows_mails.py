# SPDX-License-Identifier: Apache-2.0
"""Mails that administrators have sent: what is asked for wrongly, and a mail server that is not there. Rows as in
admin_rows.py; tests/integration/test_mails.py has those that arrive."""

from admin_rows import get, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
SHOP = {"clientId": "mailing", "publicClient": True, "redirectUris": ["https://mailing.example/*"]}
OFF = {"clientId": "mailing-off", "enabled": False}
MIA = {"username": "mia", "email": "mia@example.org", "enabled": True}
CLOSED = {"host": "127.0.0.1", "port": "9", "from": "door@example.org"}


def mail(who, query="", body=("UPDATE_PASSWORD",), operation="execute-actions-email"):
    return put(f"/users/{{{who}}}/{operation}{query}", list(body) if isinstance(body, tuple) else body)


WRONG = [
    mail("mia", "?redirect_uri=https://mailing.example/x"),
    mail("mia", "?client_id=nobody"),
    mail("mia", "?client_id=mailing-off"),
    mail("mia", "?client_id=mailing&redirect_uri=https://elsewhere.example/x"),
    mail("mia", "?client_id=mailing&redirect_uri=nonsense"),
    mail("mia", "?lifespan=soon"),
    mail("mia", body=("NONE_SUCH",)),
    mail("mia", body=("UPDATE_PASSWORD", "NONE_SUCH")),
    mail("nomail"),
    mail("nomail", "?client_id=nobody"),
    mail("barred"),
    mail("nomail", body=None, operation="send-verify-email"),
    mail("barred", body=None, operation="send-verify-email"),
    mail("mia", "?client_id=nobody", None, "send-verify-email"),
    mail("nomail", body=None, operation="reset-password-email"),
    put(f"/users/{NOBODY}/execute-actions-email", ["UPDATE_PASSWORD"]),
    put(f"/users/{NOBODY}/send-verify-email"),
]

FAILING = [
    mail("mia"),
    mail("mia", body=None, operation="send-verify-email"),
    mail("mia", body=None, operation="reset-password-email"),
    mail("mia", "?client_id=mailing&redirect_uri=https://mailing.example/x"),
    post("/testSMTPConnection", CLOSED),
    post("/testSMTPConnection", {}),
]

ROWS = [
    post("/clients", SHOP),
    post("/clients", OFF),
    post("/users", MIA, "mia"),
    post("/users", {"username": "nomail", "enabled": True}, "nomail"),
    post("/users", {**MIA, "username": "barred", "email": "barred@example.org", "enabled": False}, "barred"),
    *WRONG,
    *FAILING,
    put("", {"smtpServer": {**CLOSED, "user": "door", "password": "secret", "auth": "true"}}),
    get(""),
    *FAILING,
    put("", {"smtpServer": {**CLOSED, "user": "door", "password": "**********", "auth": "true"}}),
    get(""),
]
