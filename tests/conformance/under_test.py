# SPDX-License-Identifier: Apache-2.0
"""The provider as the suite meets it: over TLS, with the realms of this folder, their clients' keys and certificates,
and a telephone on which users approve."""

import json
import pathlib
import ssl
import urllib.parse

import told
from authentication_channel import CALLBACK, CHANNEL_OPTION, AuthenticationChannel
from browser import USER
from certificates import Authority, make_certificate
from cryptography.hazmat.primitives.asymmetric import ec
from dpop import b64
from peers import free_port
from programs import Program, provider_program
from suite import MODULE_SECONDS
from visitor import Visitor
from web import Browser

HERE = pathlib.Path(__file__).parent
REALMS = tuple(file.name.removesuffix("-realm.json") for file in HERE.glob("*-realm.json"))
SUITE = "https://suite.example/test/a/ostiary"  # what the realm files call it
CLIENTS = ("first", "second", "asking", "doubting")
KEEPER = {"username": "keeper", "password": "keeper-password"}
# All that FAPI 1.0 Advanced §8.5 leaves, and of TLS 1.3 what RFC 9325 recommends first; they go with an RSA certificate.
SUITES = [f"TLS_{of}AES_{size}" for of in ("", "ECDHE_RSA_WITH_") for size in ("256_GCM_SHA384", "128_GCM_SHA256")]
ANSWERS = {"allow": "SUCCEED", "deny": "CANCELLED"}


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
    """The provider with all realms; keys and certificates of the clients are made for the run."""

    patience = MODULE_SECONDS

    def __init__(self, suite, folder):
        self.suite = suite
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.base = f"https://{suite.host}:{self.port}"  # one site with the suite, as its cookies are Lax
        self.keys = {name: ec_key(f"{name}-key") for name in CLIENTS}
        authority = Authority(folder, file="clients")
        self.certificates = {name: self._certificate(authority, name) for name in CLIENTS}
        _, certificate, key = make_certificate(folder, suite.host, of_rsa=True)
        suite_file = folder / "suite.pem"
        suite_file.write_text(suite.certificate)
        imports = folder / "import"
        imports.mkdir(exist_ok=True)
        for file in HERE.glob("*-realm.json"):
            (imports / file.name).write_text(self._realm(file.read_text()))
        self.channel, self._asking = AuthenticationChannel(), None
        self.channel.meanwhile = self._attend_channel
        self.approval_url = f"{self.channel.uri}/{{action}}"
        command = [
            *(provider_program(), "provider", "start", "--hostname", self.base, "--https-port", self.port),
            *("--https-certificate-file", certificate, "--https-certificate-key-file", key),
            *("--https-cipher-suites", ",".join(SUITES)),
            *("--https-client-auth", "request", "--https-trust-store-file", authority.file),
            *("--http-host", "127.0.0.1", "--ca-file", suite_file, CHANNEL_OPTION, self.channel.uri),
            *("--data", folder / "data", "--import-realm", imports),
        ]
        tls = self._tls = ssl.create_default_context(cafile=certificate)
        super().__init__(command, f"{self.base}/health/ready", folder / "provider.log", tls=tls)

    @staticmethod
    def _certificate(authority, name):
        _, chain, key = authority.client(name, f"CN={name},O=Suite")
        return {"cert": chain.read_text(), "key": key.read_text(), "ca": authority.file.read_text()}

    def _realm(self, text):
        for name, key in self.keys.items():
            text = text.replace(f'"{name.upper()}-KEYS"', json.dumps(json.dumps({"keys": [public(key)]})))
        return text.replace(SUITE, self.suite.here)

    def configuration(self, plan):
        """What the suite needs to know for a plan."""
        return told.configuration(plan, self)

    def _attend_channel(self, asked):
        """The provider asks for a user, or the suite says what the user does about the last request."""
        action = ANSWERS.get(urllib.parse.urlsplit(asked.path).path.rpartition("/")[2])
        if action is None:
            self._asking = asked.token
            return
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._asking}"}
        url = f"{self.base}/realms/ciba/protocol/openid-connect/{CALLBACK}"
        answer = Browser(self._tls).request("POST", url, json.dumps({"status": action}).encode(), headers)
        if answer.status != 200:
            print(f"         the provider to the telephone: {answer.status} {answer.text[:200]}", flush=True)

    def attend(self, plan, run):
        """What somebody has to do for a run: come with a better browser than the suite's own, or give the realm a key."""
        if plan.needs_visitor:
            with Visitor(USER) as visitor:
                visitor.attend(self.suite, run, MODULE_SECONDS)
        elif self.suite.info(run)["testName"] == "oidcc-server-rotate-keys":
            self.suite.wait(run, ("CONFIGURED", "INTERRUPTED"))
            self._rotate_keys(plan.subject)
            self.suite.begin(run)

    def _rotate_keys(self, realm):
        browser = Browser(self._tls)
        form = {"grant_type": "password", "client_id": "admin-cli", **KEEPER}
        token = browser.post(f"{self.base}/realms/{realm}/protocol/openid-connect/token", form).json()["access_token"]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        component = {
            "name": "next",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": ["200"]},
        }
        url = f"{self.base}/admin/realms/{realm}/components"
        answer = browser.request("POST", url, json.dumps(component).encode(), headers)
        if answer.status != 201:
            raise OSError(f"the realm has no new key: {answer.status} {answer.text[:200]}")
