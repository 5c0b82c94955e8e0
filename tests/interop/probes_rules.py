# SPDX-License-Identifier: Apache-2.0
"""Whom auth-conditional-otp-form asks for a one-time code after a password. Each client has a flow of its own; of each login
what came of it is kept. The realm "spared" has no other rule than the one, for Keycloak looks at all of a realm."""

import json

from oidc import Client
from web import Answer, query_of

CALLBACK = "http://localhost:8000/auth"
ASKED = {
    "no-configuration": ("plain", "new"),
    "empty": ("plain", "skip"),
    "attribute": ("plain", "skip", "force", "upper", "multi", "new", "new-skip"),
    "attribute-else-skip": ("plain", "skip", "force", "upper", "multi"),
    "attribute-else-force": ("plain", "skip"),
    "skip-role": ("plain", "exempt", "both"),
    "force-role-else-skip": ("plain", "strict", "both"),
    "both-roles-else-skip": ("plain", "exempt", "strict", "both"),
    "force-role": ("plain", "strict"),
    "skip-role-else-force": ("plain", "exempt"),
    "skip-no-role": ("plain", "exempt"),
    "force-no-role-else-skip": ("plain",),
    "attribute-and-role": ("exempt", "exempt-force", "skip", "plain"),
    "odd-default": ("plain",),
    "header": ("plain",),
}


def outcome(answer):
    if answer.status not in (302, 303):
        return "code" if "kc-otp-login-form" in answer.text else answer.status
    told = query_of(answer.location)
    if answer.location.startswith(CALLBACK):
        return "in" if "code" in told else told["error"]
    return "setup" if "CONFIGURE_TOTP" in answer.location else answer.location.split("?")[0].rsplit("/", 1)[1]


def log_in(realm, app, name):
    browser = realm.browser()
    page = realm.authorize(browser, app)
    if page.status != 200:
        return page
    return browser.submit(page.page.form("kc-form-login"), username=name, password=f"{name}-password")


def take(r, realm, client, names):
    realm, app = r.realm(realm), Client(client, None, CALLBACK)
    found = {name: outcome(log_in(realm, app, name)) for name in names}
    r.take(client, Answer(r.base, 200, [("Content-Type", "application/json")], json.dumps(found).encode()))


def probe_rules(r):
    for client, names in ASKED.items():
        take(r, "coded", client, names)


def probe_only_rule(r):
    take(r, "spared", "attribute", ("plain", "skip", "new", "new-skip"))
