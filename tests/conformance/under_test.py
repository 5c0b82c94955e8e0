# SPDX-License-Identifier: Apache-2.0
"""The provider as the suite meets it: over TLS, with the realms of this folder, and what the suite is told of it."""

import json
import pathlib
import ssl

from certificates import make_certificate
from cryptography.hazmat.primitives.asymmetric import ec
from dpop import b64
from peers import free_port
from programs import Program, provider_program
from suite import MODULE_SECONDS
from visitor import Visitor

HERE = pathlib.Path(__file__).parent
SUITE_ORIGIN = "https://suite.example"  # what the realm files call it
ALIAS = "ostiary"
USER = {"username": "alice", "password": "alice-password"}
PAGE_SECONDS = 10


def ec_key(kid):
    """A private JWK for ES256."""
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    member = {"x": numbers.public_numbers.x, "y": numbers.public_numbers.y, "d": numbers.private_value}
    return {
        "kty": "EC",
        "crv": "P-256",
        "kid": kid,
        "use": "sig",
        "alg": "ES256",
        **{name: b64(value.to_bytes(32, "big")) for name, value in member.items()},
    }


def public(key):
    return {name: value for name, value in key.items() if name != "d"}


class ProviderUnderTest(Program):
    """The provider with both realms; keys of the clients are made for the run."""

    patience = MODULE_SECONDS

    def __init__(self, suite, folder):
        self.suite = suite
        folder.mkdir(parents=True, exist_ok=True)
        self.callbacks, self.port = f"{suite.base}/test/a/{ALIAS}", free_port()
        self.base = f"https://{suite.host}:{self.port}"  # one site with the suite, as its cookies are Lax
        self.keys = {name: ec_key(f"{name}-key") for name in ("first", "second", "asking", "doubting")}
        _, certificate, key = make_certificate(folder, suite.host)
        authority = folder / "suite.pem"
        authority.write_text(suite.certificate)
        imports = folder / "import"
        imports.mkdir(exist_ok=True)
        for file in HERE.glob("*-realm.json"):
            (imports / file.name).write_text(self._realm(file.read_text(), suite.base))
        command = [
            *(provider_program(), "provider", "start", "--hostname", self.base, "--https-port", self.port),
            *("--https-certificate-file", certificate, "--https-certificate-key-file", key),
            *("--http-host", "127.0.0.1", "--ca-file", authority),
            *("--data", folder / "data", "--import-realm", imports),
        ]
        tls = ssl.create_default_context(cafile=certificate)
        super().__init__(command, f"{self.base}/health/ready", folder / "provider.log", tls=tls)

    def _realm(self, text, suite):
        for name, key in self.keys.items():
            text = text.replace(f'"{name.upper()}-KEYS"', json.dumps(json.dumps({"keys": [public(key)]})))
        return text.replace(SUITE_ORIGIN, suite)

    def attend(self, plan, run):
        """The suite's own browser comes, if it is good enough."""
        if plan.needs_visitor:
            with Visitor(USER) as visitor:
                visitor.attend(self.suite, run, MODULE_SECONDS)

    def configuration(self, plan):
        """What the suite needs to know for a plan."""
        issuer = f"{self.base}/realms/{plan.subject}"
        settings = {
            "alias": ALIAS,
            "description": f"Ostiary, {plan.name}",
            "server": {"discoveryUrl": f"{issuer}/.well-known/openid-configuration"},
            "browser": [] if plan.needs_visitor else browser_tasks(issuer, self.callbacks),
        }
        if plan.subject == "fapi":
            userinfo = f"{issuer}/protocol/openid-connect/userinfo"
            return {
                **settings,
                "client": self._fapi_client("first"),
                "client2": self._fapi_client("second"),
                "resource": {"resourceUrl": userinfo},
                "override": self._fapi_overrides(issuer),
            }
        twice = {"browser": browser_tasks(issuer, self.callbacks, shows_login=True)}
        return {
            **settings,
            **self._clients(plan.client),
            "override": {"oidcc-prompt-login": twice, "oidcc-max-age-1": twice},
        }

    def _fapi_client(self, name):
        return {
            "client_id": name,
            "scope": "openid email",
            "jwks": {"keys": [self.keys[name]]},
            "dpop_signing_alg": "ES256",
        }

    def _fapi_overrides(self, issuer):
        """Modules in which somebody says no, or first looks at the page and comes back to it later."""
        prefix = "fapi2-security-profile-final"
        tasks = browser_tasks(issuer, self.callbacks)
        return {
            f"{prefix}-user-rejects-authentication": {
                "client": self._fapi_client("asking"),
                "client2": self._fapi_client("doubting"),
                "browser": browser_tasks(issuer, self.callbacks, agrees=False),
            },
            f"{prefix}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds": {
                "browser": [{"match": tasks[0]["match"], "match-limit": 1, "tasks": []}, *tasks]
            },
        }

    def _clients(self, name):
        text = json.loads((HERE / "conformance-realm.json").read_text())
        known = {
            one["clientId"]: {"client_id": one["clientId"], "client_secret": one["secret"]} for one in text["clients"]
        }
        return {"client": known[name], "client2": known["second"], "client_secret_post": known["posting"]}


def browser_tasks(issuer, here, agrees=True, shows_login=False):
    """What the suite's browser does at our pages, in the suite's terms: log in, log out, show what it sees."""
    endpoints = f"{issuer}/protocol/openid-connect"
    # A page that a run wants to see goes into its log, whatever it is; verdict.py says what has to be on it.
    show = ["wait", "xpath", "//*", PAGE_SECONDS, "(?s).*", "update-image-placeholder-optional"]

    def task(name, match, *commands):
        return {"task": name, "match": match, "optional": True, "commands": list(commands)}

    login = task(
        "Log in",
        f"{endpoints}/auth*",
        *([show] if shows_login else []),
        ["text", "id", "username", USER["username"], "optional"],
        ["text", "id", "password", USER["password"], "optional"],
        ["click", "id", "kc-login", "optional"],
    )
    refused = task("Be refused", f"{endpoints}/auth*", show)
    no = task("Say no", f"{issuer}/login-actions/*", ["click", "id", "kc-cancel"])
    back = task("Come back", f"{here}/callback*", ["wait", "id", "submission_complete", PAGE_SECONDS])
    logout = task("Log out", f"{endpoints}/logout*", ["click", "id", "kc-logout", "optional"], show)
    return [
        {"match": f"{endpoints}/auth*", "tasks": [login, refused, *([] if agrees else [no]), back]},
        {"match": f"{endpoints}/logout*", "tasks": [logout]},
    ]
