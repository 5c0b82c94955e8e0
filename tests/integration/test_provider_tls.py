# SPDX-License-Identifier: Apache-2.0
"""The provider's own TLS with certificates of clients (RFC 8705): what it asks for, and whom it believes."""

import json
import signal
import socket
import ssl
import subprocess

import pytest
from certificates import Authority, confirmation, make_certificate, tls_get, tls_post
from peers import free_port, listens
from programs import Provider, provider_program
from waiting import until
from web import unverified_token

SUBJECT = "CN=batch,O=Shop"
TOKEN = "/realms/shop/protocol/openid-connect/token"
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        {
            "clientId": "batch",
            "clientAuthenticatorType": "client-x509",
            "serviceAccountsEnabled": True,
            "attributes": {"x509.subjectdn": SUBJECT, "tls.client.certificate.bound.access.tokens": "true", "x509.casubjectdn": "CN=Shop CA"},
        },
        {
            **{"clientId": "of-another", "clientAuthenticatorType": "client-x509", "serviceAccountsEnabled": True},
            "attributes": {"x509.subjectdn": SUBJECT, "x509.casubjectdn": "CN=Other CA"},
        },
    ],
}


HELD = {
    "realm": "held",
    "enabled": True,
    "clients": [
        {
            **{"clientId": "app", "secret": "app-secret", "directAccessGrantsEnabled": True},
            "attributes": {"tls.client.certificate.bound.access.tokens": "true"},
        }
    ],
    "users": [
        {
            **{"username": "carol", "enabled": True, "email": "carol@example.org", "firstName": "C", "lastName": "C"},
            "credentials": [{"type": "password", "value": "carol-password"}],
        }
    ],
    "clientProfiles": {"profiles": [{"name": "own", "executors": [{"executor": "holder-of-key-enforcer", "configuration": {}}]}]},
    "clientPolicies": {"policies": [{"name": "p", "enabled": True, "conditions": [{"condition": "any-client"}], "profiles": ["own"]}]},
}


class TlsProvider(Provider):
    def __init__(self, folder, chain, key, *arguments):
        self.tls_port = free_port()
        files = [folder / f"{realm['realm']}-realm.json" for realm in (REALM, HELD)]
        for file, realm in zip(files, (REALM, HELD)):
            file.write_text(json.dumps(realm))
        tls = ("--https-certificate-file", chain, "--https-certificate-key-file", key, "--https-port", self.tls_port)
        super().__init__(files, folder / f"tls-{self.tls_port}", arguments=(*tls, *arguments))

    def wait_until_ready(self):
        until(lambda: self._process.poll() is not None or listens(self.tls_port), self.log_tail, step=0.02)
        if self._process.poll() is not None:
            raise RuntimeError(self.log_tail())


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        self.server = make_certificate(folder, "localhost")
        self.authority, self.impostor = Authority(folder), Authority(folder, file="impostor")
        self.batch = self.authority.client("batch", SUBJECT)
        self.forged = self.impostor.client("forged", SUBJECT)
        self.own = make_certificate(folder, "own")

    def provider(self, folder, *arguments):
        return TlsProvider(folder, *self.server[1:], *arguments)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def trusting(certificates, tmp_path_factory):
    arguments = ("--https-client-auth", "request", "--https-trust-store-file", certificates.authority.file)
    with certificates.provider(tmp_path_factory.mktemp("trusting"), *arguments) as provider:
        yield provider


def ask(provider, certificate=None, client="batch", **headers):
    form = {"grant_type": "client_credentials", "client_id": client}
    status, body = tls_post(provider.tls_port, TOKEN, form, certificate, headers)
    return status, json.loads(body)


def test_the_handshake_proves_the_client(trusting, certificates):
    status, answer = ask(trusting, certificates.batch)
    assert status == 200, answer
    claims = unverified_token(answer["access_token"])[1]
    assert claims["cnf"] == confirmation(certificates.batch[0])
    for shown in (None, certificates.forged, certificates.own):
        status, answer = ask(trusting, shown)
        assert (status, answer["error"]) == (401, "invalid_client")


def test_the_authority_is_the_one_that_the_client_names(trusting, certificates):
    status, answer = ask(trusting, certificates.batch, "of-another")
    assert (status, answer["error"]) == (401, "invalid_client")


def test_a_policy_holds_refreshes_to_certificates(trusting, certificates):
    """Refresh tokens of confidential clients are bound to no certificate, which may be renewed (RFC 8705 section 7.1)."""

    def post(certificate, **form):
        form = {"client_id": "app", "client_secret": "app-secret", **form}
        status, body = tls_post(trusting.tls_port, TOKEN.replace("shop", "held"), form, certificate)
        return status, json.loads(body)

    status, tokens = post(certificates.batch, grant_type="password", username="carol", password="carol-password")
    assert status == 200, tokens
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert post(None, **again)[1]["error"] in ("invalid_request", "invalid_grant")
    for shown in (certificates.batch, certificates.own):
        status, fresh = post(shown, **again)
        assert status == 200, fresh
        assert unverified_token(fresh["access_token"])[1]["cnf"] == confirmation(shown[0])


def test_whoever_shows_none_is_served(trusting, certificates):
    assert tls_get(trusting.tls_port, "/realms/shop", {}) == 200
    assert tls_get(trusting.tls_port, "/realms/shop", {}, certificates.forged) == 200


def test_a_field_is_nothing_without_a_proxy(trusting, certificates):
    value = "".join(certificates.batch[1].read_text().split("\n")[1:-2])
    for name in ("client-cert", "ssl-client-cert", "ssl_client_cert", "x-ssl-client-cert"):
        status, answer = ask(trusting, None, **{name: value, name.title(): f":{value}:"})
        assert (status, answer["error"]) == (401, "invalid_client"), name


def test_a_resumed_session_keeps_its_verdict(trusting, certificates):
    for shown, expected in ((certificates.batch, b"200"), (certificates.forged, b"401")):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(shown[1], shown[2])
        session = None
        for number in range(2):
            with socket.create_connection(("localhost", trusting.tls_port), timeout=60) as plain:
                with context.wrap_socket(plain, server_hostname="localhost", session=session) as tls:
                    body = b"grant_type=client_credentials&client_id=batch"
                    head = f"POST {TOKEN} HTTP/1.1\r\nHost: localhost:{trusting.tls_port}\r\n"
                    head += "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
                    tls.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                    answer = b""
                    while data := tls.recv(4096):
                        answer += data
                    assert answer.split()[1] == expected and tls.session_reused == bool(number)
                    session = tls.session


def test_nobody_vouches_without_authorities(certificates, tmp_path):
    with certificates.provider(tmp_path, "--https-client-auth", "request") as provider:
        status, answer = ask(provider, certificates.batch)
        assert (status, answer["error"]) == (401, "invalid_client")


def test_the_authorities_are_read_again(certificates, tmp_path):
    file = tmp_path / "authorities.pem"
    file.write_bytes(certificates.impostor.file.read_bytes())
    arguments = ("--https-client-auth", "request", "--https-trust-store-file", file)
    with certificates.provider(tmp_path, *arguments) as provider:
        assert ask(provider, certificates.batch)[0] == 401
        assert ask(provider, certificates.forged)[0] == 200
        file.write_bytes(certificates.authority.file.read_bytes())
        provider._process.send_signal(signal.SIGHUP)
        until(lambda: ask(provider, certificates.batch)[0] == 200, provider.log_tail)
        assert ask(provider, certificates.forged)[0] == 401


def test_required_means_of_an_authority(certificates, tmp_path):
    arguments = ("--https-client-auth", "required", "--https-trust-store-file", certificates.authority.file)
    with certificates.provider(tmp_path, *arguments) as provider:
        assert ask(provider, certificates.batch)[0] == 200
        for shown in (None, certificates.forged, certificates.own):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                tls_get(provider.tls_port, "/realms/shop", {}, shown)


def spoken(port, version, ciphers=None):
    """(version, cipher) of a handshake by a client that speaks this version alone; None: there is none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    try:
        with socket.create_connection(("localhost", port), timeout=60) as plain, context.wrap_socket(plain) as tls:
            return tls.version(), tls.cipher()[0]
    except (ssl.SSLError, ConnectionError):
        return None


OLD, NEW = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
AES, CHACHA = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"
AES_NAME, NEW_NAME = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"


@pytest.mark.parametrize("arguments, old, chacha, new", [
    ((), AES, CHACHA, "TLS_AES_256_GCM_SHA384"),
    (("--https-protocols", "TLSv1.3"), None, None, "TLS_AES_256_GCM_SHA384"),
    (("--https-protocols", "TLSv1.2"), AES, CHACHA, None),
    (("--https-cipher-suites", f"{NEW_NAME}, {AES_NAME}"), AES, None, NEW_NAME),
    (("--https-cipher-suites", AES_NAME), AES, None, None),
    (("--https-cipher-suites", NEW_NAME, "--https-protocols", "TLSv1.3,TLSv1.2"), None, None, NEW_NAME),
])  # fmt: skip
def test_versions_and_suites_can_be_fewer(certificates, tmp_path, arguments, old, chacha, new):
    with certificates.provider(tmp_path, *arguments) as provider:
        port = provider.tls_port
        assert spoken(port, OLD, AES) == (old and ("TLSv1.2", old))
        assert spoken(port, OLD, CHACHA) == (chacha and ("TLSv1.2", chacha))
        assert spoken(port, OLD, "ECDHE-ECDSA-AES128-SHA256") is None
        assert spoken(port, NEW) == (new and ("TLSv1.3", new))


@pytest.mark.parametrize("arguments, words", [
    (("--https-protocols", "TLSv1.1"), "TLS version TLSv1.1"),
    (("--https-cipher-suites", "TLS_RSA_WITH_AES_128_CBC_SHA"), "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (("--https-cipher-suites", NEW_NAME, "--https-protocols", "TLSv1.2"), "no cipher suite is left"),
    (("--https-cipher-suites", ",".join([AES_NAME] * 12)), "too many"),
])  # fmt: skip
def test_versions_and_suites_that_are_refused(certificates, tmp_path, arguments, words):
    done = subprocess.run(certificates.provider(tmp_path, *arguments).command, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and words in done.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--https-client-auth", "request"), "--https-certificate-file"),
        (("--https-client-auth", "sometimes"), "none, request or required"),
        (("--https-trust-store-file", "/nonexistent"), "of no use"),
        (("--spi-x509cert-lookup-provider", "nginx"), "--proxy-trusted-addresses"),
        (("--proxy-trusted-addresses", "127.0.0.1", "--spi-x509cert-lookup-provider", "iis"), "haproxy"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path, arguments, words):
    command = [provider_program(), "provider", "start-dev", "--data", tmp_path / "data", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and words in done.stderr


def test_authorities_that_cannot_be_read(certificates, tmp_path):
    for file, words in ((tmp_path / "none.pem", "authorities of clients"), (certificates.own[2], "authorities of clients")):
        started = certificates.provider(tmp_path, "--https-client-auth=request", "--https-trust-store-file", file)
        done = subprocess.run(started.command, capture_output=True, text=True, timeout=20)
        assert done.returncode != 0 and words in done.stderr
