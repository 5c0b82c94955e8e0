# SPDX-License-Identifier: Apache-2.0
"""The items API over https: what changes for browsers."""

import datetime
import http.client
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fake_fixtures import provider  # noqa: F401  (fixture)
from navigation import NAVIGATION
from programs import ItemsApi
from waiting import until
from web import Answer, parse_set_cookie, query_of


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own authority for localhost: (chain, key)."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.utcnow()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain, private


@pytest.fixture(scope="module")
def api(provider, certificate, tmp_path_factory):
    chain, key = certificate
    program = ItemsApi(
        provider.issuer,
        tmp_path_factory.mktemp("api"),
        arguments=["--tls-certificate", chain, "--tls-key", key],
    )
    program.start(wait=False)
    client = Client(program.port, chain)
    until(client.is_ready, program.log_tail)
    yield client
    assert program.stop() == 0


class Client:
    def __init__(self, port, chain):
        self.base = f"https://localhost:{port}"
        self.port = port
        self.context = ssl.create_default_context(cafile=chain)

    def get(self, target, **headers):
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=60)
        try:
            connection.request("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(self.base + target, response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def is_ready(self):
        try:
            health = self.get("/health").json()
            return health["status"] == "UP" and health["login"]
        except OSError:
            return False


def test_bearer_token(api, provider):
    answer = api.get("/items/", Authorization=f"Bearer {provider.access_token()}")
    assert answer.status == 200
    assert answer.header("Strict-Transport-Security") is None, "localhost is shared with other programs"


def test_login(api, provider):
    first = api.get("/items/", **NAVIGATION)
    assert first.status == 302
    assert query_of(first.location)["redirect_uri"] == f"{api.base}/auth"
    sent = parse_set_cookie(first.all("Set-Cookie")[0])
    assert sent["name"].startswith("__Host-ostiary-login-")
    assert {"Secure", "HttpOnly"} <= set(sent["flags"])
    assert "domain" not in sent["attributes"]

    status, headers, _ = provider.auth(query_of(first.location))
    target = headers["Location"].removeprefix(api.base)
    last = api.get(target, Cookie=f"{sent['name']}={sent['value']}", **NAVIGATION)
    assert last.status == 302
    cookies = {c["name"]: c for c in map(parse_set_cookie, last.all("Set-Cookie"))}
    session = cookies["__Host-ostiary"]
    assert {"Secure", "HttpOnly"} <= set(session["flags"])

    cookie = f"__Host-ostiary={session['value']}"
    assert api.get("/items/", Cookie=cookie, **NAVIGATION).status == 200
    # Its value is worth nothing under the name that a plain connection could set.
    assert api.get("/items/", Cookie=f"ostiary={session['value']}").status == 401
