# SPDX-License-Identifier: Apache-2.0
"""What the suite is told of the provider's realms and of its own clients there."""

import json
import pathlib

from browser import USER, browser_tasks

HERE = pathlib.Path(__file__).parent
SHOWN_AT_CONSENT = ("logo", "policy", "tos")  # what a client says of itself, by the modules that want to see it


def configuration(plan, server):
    """For a plan; `server` is the ProviderUnderTest."""
    issuer = f"{server.base}/realms/{plan.subject}"
    settings = {
        "alias": server.suite.alias,
        "description": f"Ostiary, {plan.name}",
        "server": {"discoveryUrl": f"{issuer}/.well-known/openid-configuration"},
        "browser": [] if plan.needs_visitor else browser_tasks(issuer, server.suite.here),
    }
    if plan.subject == "conformance":
        return {**settings, **_clients(plan.client), "override": _overrides(issuer, server.suite.here)}
    resource = {"resource": {"resourceUrl": f"{issuer}/protocol/openid-connect/userinfo"}}
    certificates = {"mtls": server.certificates["first"], "mtls2": server.certificates["second"]}
    if plan.subject == "ciba":
        mode = plan.variant["ciba_mode"]
        clients = {
            member: {
                **_fapi_client(server, name),
                "client_id": f"{name}-{mode}",
                "acr_value": "1",
                "hint_type": "login_hint",
                "hint_value": USER["username"],
            }
            for member, name in (("client", "first"), ("client2", "second"))
        }
        return {**settings, **clients, **resource, **certificates, "automated_ciba_approval_url": server.approval_url}
    clients = {"client": _fapi_client(server, "first"), "client2": _fapi_client(server, "second")}
    return {
        **settings,
        **clients,
        **resource,
        **(certificates if plan.subject == "fapi-mtls" else {}),
        "override": _fapi_overrides(issuer, server),
    }


def _overrides(issuer, callbacks):
    """Modules that want to see a login page, or what a client says of itself where a user agrees to it."""
    twice = {"browser": browser_tasks(issuer, callbacks, shows_login=True)}
    agreeing = {"browser": browser_tasks(issuer, callbacks, shows_consent=True)}
    return {
        "oidcc-prompt-login": twice,
        "oidcc-max-age-1": twice,
        **{f"oidcc-registration-{what}-uri": agreeing for what in SHOWN_AT_CONSENT},
    }


def _clients(name):
    text = json.loads((HERE / "conformance-realm.json").read_text())
    known = {one["clientId"]: {"client_id": one["clientId"], "client_secret": one["secret"]} for one in text["clients"]}
    return {"client": known[name], "client2": known["second"], "client_secret_post": known["posting"]}


def _fapi_client(server, name):
    return {
        "client_id": name,
        "scope": "openid email",
        "jwks": {"keys": [server.keys[name]]},
        "dpop_signing_alg": "ES256",
    }


def _fapi_overrides(issuer, server):
    """Modules in which somebody says no, or first looks at the page and comes back to it later."""
    prefix = "fapi2-security-profile-final"
    tasks = browser_tasks(issuer, server.suite.here)
    return {
        f"{prefix}-user-rejects-authentication": {
            "client": _fapi_client(server, "asking"),
            "client2": _fapi_client(server, "doubting"),
            "mtls": server.certificates["asking"],
            "mtls2": server.certificates["doubting"],
            "browser": browser_tasks(issuer, server.suite.here, agrees=False),
        },
        f"{prefix}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds": {
            "browser": [{"match": tasks[0]["match"], "match-limit": 1, "tasks": []}, *tasks]
        },
    }
