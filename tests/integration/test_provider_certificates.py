# SPDX-License-Identifier: Apache-2.0
"""Clients that prove themselves by TLS certificates (RFC 8705), and tokens that are bound to these.

Through a proxy's header field here, in every way that proxies pass certificates on;
test_provider_tls.py has the provider's own TLS.
"""

import base64
import ipaddress
import json

import pytest
from certificates import Authority, confirmation, der, escaped, make_certificate
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from dpop import b64
from oidc import Client, callback_of
from peers import free_port
from programs import Program, Provider, built
from web import Browser, bearer, unverified_token

CALLBACK = "http://localhost:8000/auth"
CAROL = ("carol", "carol-password")
SUBJECT = "CN=batch,OU=Night\\, and day,O=Shop,C=DE"
FIELD = "ssl-client-cert"
AUTHORITIES = {"CN=Shop CA": True, "cn = Shop CA": True, "CN=Other CA": False, "CN=Shop": False, "Shop CA": False, SUBJECT: False}
AUDIENCE = {
    "name": "myapi",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.custom.audience": "myapi", "access.token.claim": "true"},
}
CREDENTIALS = {"grant_type": "client_credentials"}
PASSWORD = {"grant_type": "password", "username": CAROL[0], "password": CAROL[1], "scope": "openid"}


def client_of(name, authenticator="client-x509", **attributes):
    return {
        "clientId": name,
        "secret": f"{name}-secret",
        "clientAuthenticatorType": authenticator,
        "serviceAccountsEnabled": True,
        "directAccessGrantsEnabled": True,
        "redirectUris": [CALLBACK],
        "attributes": attributes,
    }


def key_set(certificate):
    numbers = certificate.public_key().public_numbers()
    x, y = (b64(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    chain = [base64.b64encode(der(certificate)).decode()]
    return json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "x": x, "y": y, "x5c": chain}]})


class World:
    """Authorities and certificates, and a realm whose clients name them."""

    def __init__(self, folder):
        self.authority, self.impostor = Authority(folder), Authority(folder, file="impostor")
        alternatives = x509.SubjectAlternativeName(
            [
                x509.DNSName("batch.shop.example"),
                x509.UniformResourceIdentifier("spiffe://shop/batch"),
                x509.IPAddress(ipaddress.ip_address("10.1.2.3")),
                x509.RFC822Name("batch@shop.example"),
            ]
        )
        self.batch = self.authority.client("batch", SUBJECT, alternatives)[0]
        self.other = self.authority.client("other", "CN=other,O=Shop,C=DE")[0]
        self.forged = self.impostor.client("forged", SUBJECT, alternatives)[0]
        self.old = self.authority.client("old", SUBJECT, days=-1)[0]
        server = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
        self.server = self.authority.client("server", SUBJECT, server)[0]
        self.own, self.stranger = (make_certificate(folder, name)[0] for name in ("own", "stranger"))

    def realm(self):
        bound = {"tls.client.certificate.bound.access.tokens": "true"}
        own = {"token.endpoint.auth.method": "self_signed_tls_client_auth", "use.jwks.string": "true"}
        clients = [
            {**client_of("batch", **{"x509.subjectdn": SUBJECT}, **bound), "protocolMappers": [AUDIENCE]},
            client_of("spaced", **{"x509.subjectdn": "cn=batch, ou=Night\\2C and day, O = Shop, C=#13024445"}),
            client_of("swapped", **{"x509.subjectdn": "C=DE,O=Shop,OU=Night\\, and day,CN=batch"}),
            client_of("part", **{"x509.subjectdn": "CN=batch"}),
            client_of("cased", **{"x509.subjectdn": SUBJECT.replace("batch", "Batch")}),
            client_of(
                "pattern",
                **{"x509.subjectdn": "CN=oth.*, O=Shop, C=DE", "x509.allow.regex.pattern.comparison": "true"},
            ),
            client_of("within", **{"x509.subjectdn": "CN=oth", "x509.allow.regex.pattern.comparison": "true"}),
            client_of(
                "javas", **{"x509.subjectdn": "(.*?)(?:$)", "x509.allow.regex.pattern.comparison": "true"}
            ),
            *(client_of(f"of {name}", **{"x509.subjectdn": SUBJECT, "x509.casubjectdn": name}) for name in AUTHORITIES),
            client_of("dns", **{"tls.client.auth.san.dns": "Batch.shop.example"}),
            client_of("uri", **{"tls.client.auth.san.uri": "spiffe://shop/batch"}),
            client_of("ip", **{"tls.client.auth.san.ip": "10.1.2.3"}),
            client_of("email", **{"tls.client.auth.san.email": "batch@shop.example"}),
            client_of("wrong-dns", **{"tls.client.auth.san.dns": "spiffe://shop/batch"}),
            client_of("two", **{"tls.client.auth.san.dns": "batch.shop.example", "x509.subjectdn": SUBJECT}),
            client_of("none"),
            client_of("own", **own, **{"jwks.string": key_set(self.own)}),
            client_of("secret", "client-secret", **bound),
            {**client_of("spa", "client-secret", **bound), "publicClient": True, "serviceAccountsEnabled": False},
        ]
        user = {
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": CAROL[1]}],
            "clientRoles": {"realm-management": ["realm-admin"], "account": ["manage-account"]},
        }
        return {"realm": "shop", "enabled": True, "clients": clients, "users": [user]}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("certificates"))


def start(world, work, lookup, trusted="127.0.0.1"):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(world.realm()))
    arguments = (
        *("--proxy-trusted-addresses", trusted, "--spi-x509cert-lookup-provider", lookup),
        *("--https-trust-store-file", world.authority.file),
    )
    return Provider([file], work / f"certificates-{lookup}-{trusted}", arguments=arguments)


@pytest.fixture(scope="module")
def provider(world, work):
    with start(world, work, "nginx") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


def show(certificate, field=FIELD):
    return {field: escaped(certificate)} if certificate else {}


def ask(realm, name, certificate=None, form=CREDENTIALS, secret=None):
    named = {"client_id": name, **({"client_secret": secret} if secret else {})}
    return realm.token({**form, **named}, headers=show(certificate))


def assert_token(answer, certificate=None):
    assert answer.status == 200, answer.text
    claims = unverified_token(answer.json()["access_token"])[1]
    assert claims.get("cnf") == (confirmation(certificate) if certificate else None)
    return answer.json()


def assert_refused(answer, error="invalid_client", status=401):
    assert (answer.status, answer.json()["error"]) == (status, error), answer.text


def test_by_the_subject_of_the_certificate(realm, world):
    assert_token(ask(realm, "batch", world.batch), world.batch)
    assert_token(ask(realm, "spaced", world.batch))
    assert_token(ask(realm, "pattern", world.other))


@pytest.mark.parametrize("name", AUTHORITIES)
def test_by_the_authority_that_it_names(realm, world, name):
    if AUTHORITIES[name]:
        assert_token(ask(realm, f"of {name}", world.batch))
        assert_refused(ask(realm, f"of {name}", world.forged))
    else:
        assert_refused(ask(realm, f"of {name}", world.batch))


@pytest.mark.parametrize("name", ["dns", "uri", "ip", "email"])
def test_by_a_subject_alternative_name(realm, world, name):
    assert_token(ask(realm, name, world.batch))
    assert_refused(ask(realm, name, world.other))


@pytest.mark.parametrize("name", ["swapped", "part", "cased", "wrong-dns", "two", "none", "within", "javas", "pattern"])
def test_other_names_prove_nothing(realm, world, name):
    assert_refused(ask(realm, name, world.batch))


def test_by_a_certificate_of_its_own(realm, world):
    assert_token(ask(realm, "own", world.own))
    assert_refused(ask(realm, "own", world.stranger))
    assert_refused(ask(realm, "own", world.batch))


def test_attacks_on_the_proof(realm, world):
    assert_refused(ask(realm, "batch"))
    assert_refused(ask(realm, "batch", secret="batch-secret"))  # what an export has is no password
    assert_refused(ask(realm, "batch", world.other))
    assert_refused(ask(realm, "batch", world.forged))  # the same name, of another authority
    assert_refused(ask(realm, "dns", world.forged))
    assert_refused(ask(realm, "batch", world.old))
    assert_refused(ask(realm, "batch", world.server))  # made for servers
    assert_refused(ask(realm, "batch", world.own))


def test_fields_that_are_no_certificate(realm, world):
    good = escaped(world.batch)
    for value in (good + good, good + "," + good, good[:-40], "junk", "", f"{good}x"):
        answer = realm.token({**CREDENTIALS, "client_id": "batch"}, headers={FIELD: value})
        assert answer.status in (400, 401), (value[:40], answer.text)
    block = base64.b64encode(der(world.batch) + b"\0").decode()
    trailing = f"-----BEGIN CERTIFICATE-----{block}-----END CERTIFICATE-----"
    assert_refused(realm.token({**CREDENTIALS, "client_id": "batch"}, headers={FIELD: trailing}))


def test_the_word_of_a_stranger(world, work):
    with start(world, work, "nginx", trusted="10.9.9.9") as provider:
        realm = provider.realm("shop")
        assert_refused(ask(realm, "batch", world.batch))
        answer = ask(realm, "secret", world.batch, secret="secret-secret")
        assert_refused(answer, "invalid_request", 400)


def spaced_pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode().replace("\n", " ").strip()


@pytest.mark.parametrize(
    "lookup, field, write",
    [
        ("haproxy", FIELD, lambda made: base64.b64encode(der(made)).decode()),
        ("apache", FIELD, spaced_pem),
        ("rfc9440", "client-cert", lambda made: f":{base64.b64encode(der(made)).decode()}:"),
        ("envoy", "x-forwarded-client-cert", lambda made: f'Hash=1;Cert="{escaped(made)}"'),
    ],
)
def test_as_other_proxies_pass_it_on(world, work, lookup, field, write):
    with start(world, work, lookup) as provider:
        realm = provider.realm("shop")
        form = {**CREDENTIALS, "client_id": "batch"}
        assert_token(realm.token(form, headers={field: write(world.batch)}), world.batch)
        assert_refused(realm.token(form, headers={field: write(world.forged)}))
        assert_refused(realm.token(form, headers={"x-ssl-client-cert": write(world.batch)}))


def test_what_apache_says_of_a_client_without_one(world, work):
    with start(world, work, "apache") as provider:
        realm = provider.realm("shop")
        nobody = {FIELD: "(null)"}
        assert Browser().get(f"{realm.issuer}/.well-known/openid-configuration", headers=nobody).status == 200
        assert_refused(realm.token({**CREDENTIALS, "client_id": "batch"}, headers=nobody))


# ---- tokens that are bound ----


def test_tokens_of_every_grant_are_bound(realm, world):
    tokens = assert_token(ask(realm, "secret", world.other, PASSWORD, "secret-secret"), world.other)
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    # The client proves itself by its secret: a certificate that has been renewed is no obstacle.
    assert_token(ask(realm, "secret", world.batch, refresh, "secret-secret"), world.batch)
    secret = Client("secret", "secret-secret", CALLBACK)
    code = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    code["code"] = callback_of(realm.log_in(Browser(), secret, *CAROL))["code"]
    assert_token(ask(realm, "secret", world.other, code, "secret-secret"), world.other)
    assert_refused(ask(realm, "secret", None, PASSWORD, "secret-secret"), "invalid_request", 400)
    assert_refused(ask(realm, "secret", None, CREDENTIALS, "secret-secret"), "invalid_request", 400)


def test_refresh_tokens_of_public_clients_are_bound(realm, world):
    tokens = assert_token(ask(realm, "spa", world.own, PASSWORD), world.own)
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert_token(ask(realm, "spa", world.own, refresh), world.own)
    assert_refused(ask(realm, "spa", world.stranger, refresh), "unauthorized_client")
    assert_refused(ask(realm, "spa", None, refresh), "invalid_request", 400)


def test_logging_out_by_a_bound_refresh_token(realm, world):
    tokens = assert_token(ask(realm, "spa", world.own, PASSWORD), world.own)
    form = {"client_id": "spa", "refresh_token": tokens["refresh_token"]}
    for certificate in (world.stranger, None):
        refused = Browser().post(realm.endpoint("logout"), form, headers=show(certificate))
        assert_refused(refused, "unauthorized_client")
    assert Browser().post(realm.endpoint("logout"), form, headers=show(world.own)).status == 204


def test_bound_tokens_at_the_provider(provider, realm, world):
    tokens = assert_token(ask(realm, "secret", world.other, PASSWORD, "secret-secret"), world.other)
    access = tokens["access_token"]
    for path in (
        f"{realm.issuer}/protocol/openid-connect/userinfo",
        f"{provider.base}/admin/realms/shop",
        f"{realm.issuer}/account/",
    ):
        for shown, good in ((world.other, True), (world.batch, False), (None, False)):
            headers = {**bearer(access), **show(shown), "Accept": "application/json"}
            status = Browser().get(path, headers=headers).status
            assert (status in (200, 403)) if good else status == 401, (path, status)


def test_registering_needs_the_certificate_of_the_token(realm, world):
    tokens = assert_token(ask(realm, "secret", world.other, PASSWORD, "secret-secret"), world.other)
    url = f"{realm.issuer}/clients-registrations/openid-connect"
    body = json.dumps({"redirect_uris": [CALLBACK]}).encode()
    headers = {**bearer(tokens["access_token"]), "Content-Type": "application/json"}
    assert Browser().request("POST", url, body, headers).status == 401
    assert Browser().request("POST", url, body, {**headers, **show(world.other)}).status == 201


def test_introspection_tells_what_a_token_is_bound_to(realm, world):
    tokens = assert_token(ask(realm, "batch", world.batch), world.batch)
    form = {"token": tokens["access_token"], "client_id": "batch"}
    answer = Browser().post(realm.endpoint("token/introspect"), form, show(world.batch))
    assert answer.json()["active"] is True and answer.json()["cnf"] == confirmation(world.batch)
    assert Browser().post(realm.endpoint("token/introspect"), form, show(world.other)).status == 401
    pushed = {"client_id": "batch", "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid"}
    assert Browser().post(realm.endpoint("ext/par/request"), pushed, show(world.batch)).status == 201
    assert Browser().post(realm.endpoint("ext/par/request"), pushed).status == 401


def test_a_guarded_api_takes_them_from_their_owner(realm, world, work):
    token = assert_token(ask(realm, "batch", world.batch), world.batch)["access_token"]
    port = free_port()
    command = [
        *(built("tests/integration/app-probe"), "--port", port, "--issuer", realm.issuer, "--audience", "myapi"),
        *("--no-docs", "--loops=1"),
        *("--trusted-proxy", "127.0.0.1", "--client-certificate-field", FIELD),
    ]
    with Program(command, f"http://localhost:{port}/health/ready", work / "bound-api.log"):
        url = f"http://localhost:{port}/me"
        for shown, status in ((world.batch, 200), (world.other, 401), (None, 401)):
            assert Browser().get(url, headers={**bearer(token), **show(shown)}).status == status


# ---- what is said of it ----


def test_discovery_tells_of_it(realm):
    found = realm.discovery().json()
    assert found["tls_client_certificate_bound_access_tokens"] is True
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(found["token_endpoint_auth_methods_supported"])
    assert found["mtls_endpoint_aliases"]["token_endpoint"] == found["token_endpoint"]
    assert set(found["mtls_endpoint_aliases"]) <= set(found)


def register(realm, world, **metadata):
    url = f"{realm.issuer}/clients-registrations/openid-connect"
    headers = {"Content-Type": "application/json"}
    tokens = ask(realm, "dns", world.batch, PASSWORD).json()
    body = json.dumps({"redirect_uris": [CALLBACK], **metadata}).encode()
    return Browser().request("POST", url, body, {**headers, **bearer(tokens["access_token"])})


def test_registered_clients(realm, world):
    wanted = {"token_endpoint_auth_method": "tls_client_auth", "tls_client_certificate_bound_access_tokens": True}
    made = register(realm, world, **wanted, tls_client_auth_subject_dn=SUBJECT)
    assert made.status == 201, made.text
    assert made.json()["tls_client_auth_subject_dn"] == SUBJECT
    assert made.json()["tls_client_certificate_bound_access_tokens"] is True
    pushed = {"response_type": "code", "redirect_uri": CALLBACK, "client_id": made.json()["client_id"]}
    for shown, status in ((world.batch, 201), (world.other, 401), (world.forged, 401)):
        assert Browser().post(realm.endpoint("ext/par/request"), pushed, show(shown)).status == status
    own = register(
        realm, world, token_endpoint_auth_method="self_signed_tls_client_auth", jwks=json.loads(key_set(world.own))
    )
    pushed["client_id"] = own.json()["client_id"]
    for shown, status in ((world.own, 201), (world.stranger, 401)):
        assert Browser().post(realm.endpoint("ext/par/request"), pushed, show(shown)).status == status
    for bad in (
        wanted,
        {**wanted, "tls_client_auth_subject_dn": "nonsense"},
        {**wanted, "tls_client_auth_subject_dn": SUBJECT, "tls_client_auth_san_dns": "a.example"},
        {"token_endpoint_auth_method": "self_signed_tls_client_auth"},
    ):
        answer = register(realm, world, **bad)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_client_metadata"), bad
