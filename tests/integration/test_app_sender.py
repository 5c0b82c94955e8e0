# SPDX-License-Identifier: Apache-2.0
"""Tokens that only their sender can use, and what an API tells clients about itself.

Attacks 41, 42 and 43 against a program of the framework: DPoP (RFC 9449), client certificates
(RFC 8705), forged words of a proxy; protected resource metadata (RFC 9728), claim rules.
"""

import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import time

import pytest
from certificates import confirmation, der, escaped, make_certificate, tls_get
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from dpop import DpopClient
from fake_provider import b64
from guarded_api import provider  # noqa: F401  (fixture)
from peers import free_port
from programs import Program, built
from waiting import until
from web import Browser, bearer, unverified_token


class Api(Program):
    def __init__(self, issuer, folder, *arguments, scheme="http"):
        self.port = free_port()
        self.base = f"{scheme}://localhost:{self.port}"
        command = [
            *(built("tests/integration/app-probe"), "--port", self.port, "--issuer", issuer),
            *("--audience", "myapi", "--no-docs", "--loops=1", *arguments),
        ]
        super().__init__(command, f"{self.base}/health/ready", folder / f"sender-{self.port}.log")


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    with Api(provider.issuer, tmp_path_factory.mktemp("api")) as program:
        yield program


# ---- DPoP ----


@pytest.fixture(scope="module")
def client():
    return DpopClient()


@pytest.fixture
def token(provider, client):
    return provider.access_token(cnf={"jkt": client.thumbprint})


def show(url, token, proof, method="GET"):
    return Browser().request(method, url, headers={"Authorization": f"DPoP {token}", "DPoP": proof})


def test_bound_token_with_its_proof(api, client, token):
    for path in ("/me", "/dpop", "/me?x=1"):
        url = api.base + path
        assert show(url, token, client.proof(url.split("?")[0], token)).status == 200
    url = f"{api.base}/me"
    assert show(url, token, client.proof(url, token, method="POST"), "POST").status == 200


def test_attack_41_replayed_proof(api, client, token):
    url = f"{api.base}/me"
    proof = client.proof(url, token)
    assert show(url, token, proof).status == 200
    again = show(url, token, proof)
    assert again.status == 401
    assert 'error="invalid_dpop_proof"' in again.header("WWW-Authenticate")


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "POST"},
        {"htu": "http://localhost/me"},
        {"htu": "https://other.example.org/me"},
        {"ath": b64(hashlib.sha256(b"another").digest())},
        {"iat": 1},
        {"iat": 4102444800},
        {"jti": ""},
    ],
)
def test_attack_41_proof_for_something_else(api, client, token, changes):
    url = f"{api.base}/me"
    answer = show(url, token, client.proof(url, token, **changes))
    assert answer.status == 401
    assert answer.header("WWW-Authenticate").startswith("DPoP ")


def proof_of(client, url, token, header, leave_out=(), **changes):
    """A proof whose header says something else, signed by the client's key all the same."""
    claims = unverified_token(client.proof(url, token, **changes))[1]
    parts = {"typ": "dpop+jwt", "alg": "ES256", "jwk": client.jwk, **header}
    claims = {name: value for name, value in claims.items() if name not in leave_out}
    text = ".".join(b64(json.dumps(part).encode()) for part in (parts, claims))
    r, s = decode_dss_signature(client.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return text + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"jwk": None},
        {"jwk": {}},
        {"kid": "x", "jwk": {"kty": "oct", "k": "AAAA"}},
        {"crit": ["x"]},
        {"crit": ["b64"], "b64": False},
    ],
)
def test_attack_41_proof_that_is_none(api, client, token, header):
    url = f"{api.base}/me"
    assert show(url, token, proof_of(client, url, token, {})).status == 200
    answer = show(url, token, proof_of(client, url, token, header))
    assert answer.status == 401
    assert 'DPoP realm="Probe' in answer.header("WWW-Authenticate")


def test_attack_41_proof_that_gives_its_key_away(api, client, token):
    """A proof with the private key in it proves nothing (RFC 9449 §4.3)."""
    url, secret = f"{api.base}/me", client.key.private_numbers().private_value.to_bytes(32, "big")
    assert show(url, token, proof_of(client, url, token, {"jwk": {**client.jwk, "d": b64(secret)}})).status == 401


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat", "ath"])
def test_attack_41_proof_that_leaves_something_open(api, client, token, name):
    url = f"{api.base}/me"
    answer = show(url, token, proof_of(client, url, token, {}, leave_out=[name]))
    assert answer.status == 401
    assert 'error="invalid_dpop_proof"' in answer.header("WWW-Authenticate")


def test_attack_41_no_proof_or_two(api, client, token):
    url = f"{api.base}/me"
    assert Browser().get(url, headers={"Authorization": f"DPoP {token}"}).status == 401
    connection = http.client.HTTPConnection("localhost", api.port, timeout=60)
    connection.putrequest("GET", "/me")
    connection.putheader("Authorization", f"DPoP {token}")
    for _ in range(2):
        connection.putheader("DPoP", client.proof(url, token))
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


def test_attack_41_one_proof_from_many_at_once(api, client, token):
    """However many show it at the same moment, on whichever connection: one is served."""
    url = f"{api.base}/me"
    for _ in range(5):
        proof = client.proof(url, token)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: show(url, token, proof).status, range(8)))
        assert sorted(answers) == [200] + [401] * 7


def test_attack_41_proof_by_another_key(api, token):
    url = f"{api.base}/me"
    answer = show(url, token, DpopClient().proof(url, token))
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_attack_41_bound_token_as_bearer(api, client, token):
    url = f"{api.base}/me"
    headers = {**bearer(token), "DPoP": client.proof(url, token)}
    assert Browser().get(url, headers=headers).status == 401
    assert Browser().get(url, headers=bearer(token)).status == 401


def test_attack_41_unbound_token_as_dpop(api, provider, client):
    url = f"{api.base}/me"
    plain = provider.access_token()
    assert show(url, plain, client.proof(url, plain)).status == 401
    refused = Browser().get(f"{api.base}/dpop", headers=bearer(plain))
    assert refused.status == 401
    assert refused.header("WWW-Authenticate").startswith("DPoP ")


def test_attack_41_proof_made_for_another_api(api, client, token):
    """The other API passes token and proof on, and says in Host that it is the one they are for."""
    other = "evil.example.org"
    connection = http.client.HTTPConnection("localhost", api.port, timeout=60)
    proof = client.proof(f"http://{other}/me", token)
    connection.request("GET", "/me", headers={"Host": other, "Authorization": f"DPoP {token}", "DPoP": proof})
    assert connection.getresponse().status == 401
    connection.close()


def test_attack_41_nonces(provider, client, token, tmp_path):
    with Api(provider.issuer, tmp_path, "--require-dpop-nonce") as api:
        url = f"{api.base}/me"
        refused = show(url, token, client.proof(url, token))
        assert refused.status == 401
        assert 'error="use_dpop_nonce"' in refused.header("WWW-Authenticate")
        nonce = refused.header("DPoP-Nonce")
        assert show(url, token, client.proof(url, token, nonce=nonce)).status == 200
        assert show(url, token, client.proof(url, token, nonce="x" * len(nonce))).status == 401


def test_base_url_is_the_address(provider, client, token, tmp_path):
    with Api(provider.issuer, tmp_path, "--base-url", "https://api.example.org") as api:
        url = f"{api.base}/me"
        assert show(url, token, client.proof("https://api.example.org/me", token)).status == 200
        assert show(url, token, client.proof(url, token)).status == 401


# ---- client certificates ----


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("localhost", "alice", "mallory")}


@pytest.fixture(scope="module")
def tls_api(provider, certificates, tmp_path_factory):
    _, chain, key = certificates["localhost"]
    program = Api(
        provider.issuer,
        tmp_path_factory.mktemp("tls"),
        *("--tls-certificate", chain, "--tls-key", key, "--client-certificates"),
        scheme="https",
    )
    program.start(wait=False)

    def ready():
        with contextlib.suppress(OSError):
            return tls_get(program.port, "/health/ready", {}) == 200

    until(ready, program.log_tail)
    yield program
    program.stop()


def test_attack_42_certificates_of_the_connection(tls_api, provider, certificates):
    token = provider.access_token(cnf=confirmation(certificates["alice"][0]))
    for path in ("/me", "/mtls"):
        assert tls_get(tls_api.port, path, bearer(token), certificates["alice"]) == 200
        assert tls_get(tls_api.port, path, bearer(token), certificates["mallory"]) == 401
        assert tls_get(tls_api.port, path, bearer(token)) == 401
    plain = provider.access_token()
    assert tls_get(tls_api.port, "/me", bearer(plain)) == 200
    assert tls_get(tls_api.port, "/mtls", bearer(plain), certificates["alice"]) == 401
    told = {"Client-Cert": f":{base64.b64encode(der(certificates['alice'][0])).decode()}:"}
    assert tls_get(tls_api.port, "/me", {**bearer(token), **told}, certificates["mallory"]) == 401


WORDS = {
    "Client-Cert": lambda c: f":{base64.b64encode(der(c)).decode()}:",
    "X-Forwarded-Client-Cert": lambda c: f'Hash=00;Cert="{escaped(c)}";Subject="CN=alice"',
    "SSL-Client-Cert": escaped,
}


@pytest.mark.parametrize("name", WORDS)
def test_attack_42_certificates_by_a_proxys_word(provider, certificates, tmp_path, name):
    alice, mallory = certificates["alice"][0], certificates["mallory"][0]
    headers = bearer(provider.access_token(cnf=confirmation(alice)))
    word = WORDS[name]
    arguments = ("--trusted-proxy", "127.0.0.1", "--trusted-proxy", "::1", "--client-certificate-field", name)
    with Api(provider.issuer, tmp_path, *arguments) as api:
        url = f"{api.base}/me"
        assert Browser().get(url, headers={**headers, name: word(alice)}).status == 200
        assert Browser().get(url, headers={**headers, name: word(mallory)}).status == 401
        assert Browser().get(url, headers=headers).status == 401
        assert Browser().get(url, headers={**headers, name: "nonsense"}).status == 400
        # A proxy that replaces one spelling passes the others on.
        assert Browser().get(url, headers={**headers, name.replace("-", "_"): word(alice)}).status == 401


def test_attack_43_forged_words_of_a_proxy(api, provider, certificates):
    alice = certificates["alice"][0]
    headers = bearer(provider.access_token(cnf=confirmation(alice)))
    for name, word in WORDS.items():
        for spelling in (name, name.lower(), name.upper(), name.replace("-", "_")):
            forged = {spelling: word(alice)}
            assert Browser().get(f"{api.base}/me", headers={**headers, **forged}).status == 401
            assert Browser().get(f"{api.base}/fields", headers=forged).json() == {}


def test_attack_44_remembered_token_where_it_is_not_good_enough(api, provider, client):
    plain = provider.access_token()
    bound = provider.access_token(cnf={"jkt": client.thumbprint})
    for _ in range(3):
        assert Browser().get(f"{api.base}/me", headers=bearer(plain)).status == 200
        for path, status in (("/dpop", 401), ("/mtls", 401), ("/hr", 403), ("/gold", 401), ("/write", 403)):
            assert Browser().get(api.base + path, headers=bearer(plain)).status == status
        assert show(f"{api.base}/me", bound, client.proof(f"{api.base}/me", bound)).status == 200
        assert show(f"{api.base}/mtls", bound, client.proof(f"{api.base}/mtls", bound)).status == 401
        assert show(f"{api.base}/dpop", bound, client.proof(f"{api.base}/me", bound)).status == 401
        assert Browser().get(f"{api.base}/me", headers=bearer(bound)).status == 401


# ---- metadata, step-up, claims ----


def test_metadata(provider, tmp_path):
    resource = "https://api.example.org/v1"
    arguments = ("--resource", resource, "--resource-name", "Items", "--resource-documentation", "https://d.example")
    with Api(provider.issuer, tmp_path, *arguments) as api:
        answer = Browser().get(f"{api.base}/.well-known/oauth-protected-resource/v1")
        assert answer.status == 200
        document = answer.json()
        algorithms = document.pop("dpop_signing_alg_values_supported")
        assert "ES256" in algorithms and "HS256" not in algorithms and "none" not in algorithms
        assert document == {
            "resource": resource,
            "authorization_servers": [provider.issuer],
            "scopes_supported": ["items:write"],
            "bearer_methods_supported": ["header"],
            "dpop_bound_access_tokens_required": False,
            "tls_client_certificate_bound_access_tokens": False,
            "resource_name": "Items",
            "resource_documentation": "https://d.example",
        }
        challenge = Browser().get(f"{api.base}/me").header("WWW-Authenticate")
        place = "https://api.example.org/.well-known/oauth-protected-resource/v1"
        assert f'resource_metadata="{place}"' in challenge


def test_no_metadata_unless_asked_for(api):
    assert Browser().get(f"{api.base}/.well-known/oauth-protected-resource").status == 404


def test_step_up_names_what_is_needed(api, provider):
    token = provider.access_token(acr="1", auth_time=int(time.time()) - 3600)
    challenge = Browser().get(f"{api.base}/gold", headers=bearer(token)).header("WWW-Authenticate")
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="gold", max_age="600"' in challenge


def test_claim_rules(api, provider):
    good = {"org": {"department": "hr"}, "groups": ["/staff"], "email": "a@example.org"}
    assert Browser().get(f"{api.base}/hr", headers=bearer(provider.access_token(**good))).status == 200
    for wrong in (
        {"org": {"department": "it"}},
        {"org": "hr"},
        {"groups": ["/staffing"]},
        {"groups": None},
        {"email": "a@example.org.evil"},
        {"email": ["a@example.org"]},
    ):
        answer = Browser().get(f"{api.base}/hr", headers=bearer(provider.access_token(**{**good, **wrong})))
        assert answer.status == 403, wrong
        assert 'error="insufficient_scope"' in answer.header("WWW-Authenticate")
