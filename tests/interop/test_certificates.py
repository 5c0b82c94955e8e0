# SPDX-License-Identifier: Apache-2.0
"""Clients that prove themselves by certificates (RFC 8705), at real Keycloak and at ours: the same answers."""

import http.client
import json
import ssl

import pytest
from certificates import confirmation, make_certificate, tls_post
from peers import free_port, listens
from programs import Provider
from waiting import until
from web import unverified_token

SUBJECT = "CN=batch,OU=Night\\, and day,O=Shop,C=DE"
BOUND = {"tls.client.certificate.bound.access.tokens": "true"}
PATTERN = {"x509.allow.regex.pattern.comparison": "true"}
CREDENTIALS = {"grant_type": "client_credentials"}
PASSWORD = {"grant_type": "password", "username": "alice", "password": "alice-password", "scope": "openid"}


def client(name, authenticator="client-x509", **attributes):
    return {
        "clientId": name,
        "clientAuthenticatorType": authenticator,
        "secret": f"{name}-secret",
        "serviceAccountsEnabled": True,
        "directAccessGrantsEnabled": True,
        "attributes": attributes,
    }


REALM = {
    "realm": "shop",
    "enabled": True,
    "sslRequired": "none",
    "clients": [
        client("batch", **{"x509.subjectdn": SUBJECT}, **BOUND),
        client("spaced", **{"x509.subjectdn": "cn=batch, ou=Night\\2C and day, O = Shop, C=DE"}),
        client("swapped", **{"x509.subjectdn": "C=DE,O=Shop,OU=Night\\, and day,CN=batch"}),
        client("part", **{"x509.subjectdn": "CN=batch"}),
        client("cased", **{"x509.subjectdn": SUBJECT.replace("batch", "Batch")}),
        client("pattern", **{"x509.subjectdn": "CN=oth.*, O=Shop, C=DE"}, **PATTERN),
        client("within", **{"x509.subjectdn": "CN=oth"}, **PATTERN),
        client("mail", **{"x509.subjectdn": "EMAILADDRESS=mail@shop.example, CN=mail"}),
        client("mail-pattern", **{"x509.subjectdn": "EMAILADDRESS=mail@.*, CN=mail"}, **PATTERN),
        client("rest", **{"x509.subjectdn": "OID.2.5.4.97=1, OID.2.5.4.17=10115, SERIALNUMBER=7, UID=u"}, **PATTERN),
        client("other", **{"x509.subjectdn": "CN=other,O=Shop,C=DE"}),
        client("java", **{"x509.subjectdn": "CN=other, O=Shop, C=DE"}),
        client("comma", **{"x509.subjectdn": "CN=comma,O=A\\, B"}),
        client("several", **{"x509.subjectdn": "CN=several,OU=a,OU=b,O=Shop"}),
        client("none"),
        client("secret", "client-secret", **BOUND),
        {**client("public", "client-secret", **BOUND), "publicClient": True, "serviceAccountsEnabled": False},
    ],
    "users": [
        {
            "username": "alice",
            "enabled": True,
            "email": "alice@example.com",
            "emailVerified": True,
            "firstName": "Alice",
            "lastName": "Tester",
            "credentials": [{"type": "password", "value": "alice-password"}],
        }
    ],
}

# client, certificate, form, secret
ROWS = [
    *((name, "batch", CREDENTIALS, False) for name in ("batch", "spaced", "swapped", "part", "cased", "none")),
    *((name, "other", CREDENTIALS, False) for name in ("batch", "pattern", "within", "none")),
    *((name, "mail", CREDENTIALS, False) for name in ("mail", "mail-pattern", "batch")),
    *((name, name, CREDENTIALS, False) for name in ("other", "comma", "several", "rest")),
    ("java", "other", CREDENTIALS, False),
    ("batch", None, CREDENTIALS, False),
    ("batch", None, CREDENTIALS, True),
    ("batch", "batch", CREDENTIALS, True),
    ("secret", "other", CREDENTIALS, True),
    ("secret", "other", CREDENTIALS, False),
    ("secret", None, CREDENTIALS, True),
    ("secret", "other", PASSWORD, True),
    ("secret", None, PASSWORD, True),
    ("public", "other", PASSWORD, False),
    ("public", None, PASSWORD, False),
    ("unknown", "batch", CREDENTIALS, False),
]


# Keycloak, also 26.7.3, compares the text that Java prints, with spaces behind the commas; ours reads the name
# (RFC 4514, which RFC 8705 §2.1.2 asks for, has no spaces). Both take Java's form.
BY_RFC_4514 = {
    ("batch", "batch", False),
    ("batch", "batch", True),
    *((name, shown, False) for name, shown in (("spaced", "batch"), ("other", "other"), ("comma", "comma"))),
    ("several", "several", False),
}


class World:
    def __init__(self, authority, folder):
        self.authority = authority
        self.server = make_certificate(folder, "localhost")
        self.shown = {
            "batch": self.authority.client("batch", SUBJECT),
            "other": self.authority.client("other", "CN=other,O=Shop,C=DE"),
            "comma": self.authority.client("comma", "CN=comma,O=A\\, B"),
            "several": self.authority.client("several", "CN=several,OU=a,OU=b,O=Shop"),
            "mail": self.authority.client("mail", "1.2.840.113549.1.9.1=mail@shop.example,CN=mail"),
            "rest": self.authority.client("rest", "2.5.4.97=1,2.5.4.17=10115,2.5.4.5=7,UID=u"),
        }
        self.realm = folder / "shop-realm.json"
        self.realm.write_text(json.dumps(REALM))


class Peer:
    """One of the two, by its TLS port."""

    def __init__(self, port, shown):
        self.port, self.shown = port, shown

    def post(self, path, form, certificate):
        path = f"/realms/shop/protocol/openid-connect/{path}"
        status, body = tls_post(self.port, path, form, self.shown.get(certificate))
        return status, json.loads(body) if body else {}

    def ask(self, name, certificate, form, by_secret):
        form = {**form, "client_id": name, **({"client_secret": f"{name}-secret"} if by_secret else {})}
        return self.post("token", form, certificate)


@pytest.fixture(scope="module")
def world(authority, tmp_path_factory):
    return World(authority, tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def keycloak(world, keycloak_beside):
    keycloak_beside.create_realm(world.realm)
    return Peer(keycloak_beside.tls_port, world.shown)


class TlsProvider(Provider):
    def __init__(self, world, folder):
        self.tls_port = free_port()
        tls = ("--https-certificate-file", world.server[1], "--https-certificate-key-file", world.server[2])
        trust = (f"--https-port={self.tls_port}", "--https-client-auth=request", "--https-trust-store-file", world.authority.file)
        super().__init__([world.realm], folder, arguments=(*tls, *trust))

    def wait_until_ready(self):
        until(lambda: listens(self.tls_port), self.log_tail, step=0.02)


@pytest.fixture(scope="module")
def ours(world, work):
    with TlsProvider(world, work / "certificates") as provider:
        yield Peer(provider.tls_port, world.shown)


def told(answer):
    status, body = answer
    if status == 200:
        claims = unverified_token(body["access_token"])[1]
        return status, body["token_type"], claims.get("cnf")
    return status, body.get("error"), body.get("error_description")


def test_the_same_answers(keycloak, ours):
    good = 0
    for row in ROWS:
        theirs, own = (told(peer.ask(*row)) for peer in (keycloak, ours))
        good += theirs[0] == 200
        if row[:2] + (row[3],) in BY_RFC_4514:
            assert (theirs[0], own[0]) == (401, 200), (row, theirs, own)
        else:
            assert theirs == own, row
    assert good == 8


def test_refresh_tokens_of_a_public_client(keycloak, ours):
    for peer in (keycloak, ours):
        status, tokens = peer.ask("public", "other", PASSWORD, False)
        assert status == 200, tokens
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        outcomes = [told(peer.ask("public", shown, form, False))[:2] for shown in ("other", "batch", None)]
        assert outcomes[:2] == [(200, "Bearer"), (401, "unauthorized_client")]
        # Without any certificate ours says what it says to every grant.
        assert outcomes[2] == ((401, "unauthorized_client") if peer is keycloak else (400, "invalid_request"))


def test_userinfo_of_a_bound_token(keycloak, ours, world):
    for peer in (keycloak, ours):
        _, tokens = peer.ask("public", "other", PASSWORD, False)
        form = {"access_token": tokens["access_token"]}
        path = "/realms/shop/protocol/openid-connect/userinfo"
        outcomes = [
            tls_post(peer.port, path, form, certificate)[0]
            for certificate in (world.shown["other"], world.shown["batch"], None)
        ]
        assert outcomes == [200, 401, 401]
        claims = unverified_token(tokens["access_token"])[1]
        assert claims["cnf"] == confirmation(world.shown["other"][0])


def test_discovery_names_the_same_addresses(keycloak, ours):
    found = []
    for peer in (keycloak, ours):
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("localhost", peer.port, context=context, timeout=60)
        connection.request("GET", "/realms/shop/.well-known/openid-configuration")
        found.append(json.loads(connection.getresponse().read()))
        connection.close()
    aliases = [{name: url.split("/realms/")[1] for name, url in each["mtls_endpoint_aliases"].items()} for each in found]
    assert aliases[1].items() <= aliases[0].items()
    assert set(aliases[0]) - set(aliases[1]) == {"backchannel_authentication_endpoint"}
    assert all(each["tls_client_certificate_bound_access_tokens"] is True for each in found)
    assert all("tls_client_auth" in each["token_endpoint_auth_methods_supported"] for each in found)
