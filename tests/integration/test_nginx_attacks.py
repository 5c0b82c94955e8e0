# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/development/attacks.md over HTTP against the nginx module, as they are made against the items API."""

import importlib.util
import time

import pytest
from certificates import confirmation, escaped, make_certificate, tls_get
from dpop import DpopClient
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from nginx import Nginx, field
from waiting import until

REFUSED = '{"detail":"Not authenticated"}'
SERVER = """
    ostiary on;
    ostiary_realm "Items API";
    ostiary_origin http://localhost:{port};
    {issuers}
    error_page 400 401 403 503 @refused;
    location @refused {{ ostiary off; default_type application/json; return 503 '{refused}'; }}
    location /items/ {{ try_files /index.html =404; }}
    location = /ready {{ ostiary off; ostiary_ready; }}
"""


def copy_of(name):
    """A test module of its own: what is put in its place here is not in that of the API."""
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


over_http, in_keys = copy_of("test_attacks_api"), copy_of("test_attacks_keys")


class NginxApi(Nginx):
    """What the items API is to the attacks: a guarded route."""

    def __init__(self, issuer, folder, arguments=()):
        assert all(name == "--issuer" for name in arguments[::2]), arguments
        super().__init__(folder, "")
        issuers = "".join(f"ostiary_issuer {each} audience=myapi;" for each in (issuer, *arguments[1::2]))
        # The status of the refusal stays, for the page is not told to change it (error_page without "=").
        server = SERVER.format(port=self.port, issuers=issuers, refused=REFUSED)
        self.write(server, "large_client_header_buffers 4 64k;")

    @property
    def ready(self):
        return self.status("/ready") == 200


# Of a server of its own: two Authorization fields and large heads are refused by nginx before the module is asked.
OF_THE_SERVER = {"test_attack_39_two_fields", "test_attack_16_and_34_a_large_token", "test_attack_34_large_fields"}
# Of those that need an issuer of their own each, some: what the guard does with keys is the same for all.
SOME = {"test_attack_32_poisoned_key_set", "test_attack_33_metadata_of_somebody_else", "test_attack_33_behind_a_redirect"}
for each in (over_http, in_keys):
    each.ItemsApi = NginxApi
    tests = {name: test for name, test in vars(each).items() if name.startswith("test_")}
    globals().update({name: test for name, test in tests.items() if name not in OF_THE_SERVER | SOME})
served, curve_api = in_keys.served, in_keys.curve_api


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    with NginxApi(provider.issuer, tmp_path_factory.mktemp("api")) as program:
        until(lambda: program.ready, program.log_tail, step=0.02)
        yield program


def test_attack_39_two_authorization_fields(api, provider):
    good = f"Bearer {provider.access_token()}"
    for other in (good, "Bearer x", "Basic eDp5", ""):
        for fields in ((good, other), (other, good)):
            assert api.status("/items/", headers=[("Authorization", value) for value in fields]) == 400, other


@pytest.mark.parametrize("size", [6_000, 33_000, 60_000, 100_000])
def test_attack_16_and_34_a_token_of_great_size(api, provider, size):
    token = over_http.OWN.token({"alg": "RS256", "kid": "x" * size}, over_http.claims_of(provider))
    assert api.status("/items/", token) in (400, 401)
    assert api.status("/items/", provider.access_token()) == 200


@pytest.mark.parametrize("name", ["no keys", "a private key"])
def test_attack_32_poisoned_key_set(tmp_path, name):
    over_http.test_attack_32_poisoned_key_set(tmp_path, name, 200)


def test_attack_33_behind_a_redirect(tmp_path):
    over_http.test_attack_33_behind_a_redirect(tmp_path, "certs", 302)


def test_attack_06_a_short_secret_is_refused_as_configuration(tmp_path):
    (tmp_path / "secret").write_text("s" * 31)
    server = "ostiary on; ostiary_issuer https://id.example/ audience=myapi algorithms=HS256 hmac_secret_file=%s;"
    code, said = Nginx(tmp_path, server % (tmp_path / "secret")).test()
    assert code != 0 and "secret" in said and "nginx.conf:" in said
    (tmp_path / "secret").write_text("s" * 32)
    assert Nginx(tmp_path, server % (tmp_path / "secret")).test()[0] == 0


# ---- bound tokens ----


def test_attack_41_proofs(api, provider):
    client = DpopClient()
    token = provider.access_token(cnf={"jkt": client.thumbprint})
    url = f"{api.base}/items/"

    def ask(proof, scheme="DPoP", path="/items/", method="GET"):
        proofs = [("DPoP", each) for each in ([proof] if isinstance(proof, str) else proof)]
        return api.ask(path, method=method, headers=[("Authorization", f"{scheme} {token}"), *proofs])

    good = client.proof(url, token)
    assert ask(good)[0] == 200
    refused = ask(good)
    assert refused[0] == 401 and 'error="invalid_dpop_proof"' in field(refused, "WWW-Authenticate")[0]
    for proof in (
        client.proof(url, token, method="POST"), client.proof(f"{api.base}/other", token), client.proof(url, "x"),
        client.proof(url.replace("localhost", "evil.example"), token), DpopClient().proof(url, token),
        client.proof(url, token, iat=int(time.time()) - 100), [],
    ):
        assert ask(proof)[0] == 401
    assert ask([client.proof(url, token), client.proof(url, token)])[0] in (400, 401)
    assert ask(client.proof(url, token), scheme="Bearer")[0] == 401
    # The address is the operator's word: a Host field of the client's does not change it.
    fields = [("Authorization", f"DPoP {token}"), ("DPoP", client.proof("http://evil.example/items/", token)), ("X-Forwarded-Host", "evil.example")]
    assert api.status("/items/", headers=fields) == 401
    assert ask(client.proof(url, token), path="/items/?a=b")[0] == 200


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("localhost", "alice", "mallory")}


def test_attack_42_certificates(provider, certificates, tmp_path):
    _, chain, key = certificates["localhost"]
    tls = f"ssl_certificate {chain}; ssl_certificate_key {key}; ssl_verify_client optional_no_ca;"
    server = f"""{tls} ostiary on; ostiary_issuer {provider.issuer} audience=myapi;
        location /told {{ ostiary_client_certificate $http_ssl_client_cert; try_files /index.html =404; }}
        location /mtls {{ ostiary_sender mtls; try_files /index.html =404; }}"""
    with Nginx(tmp_path, server, listen=" ssl http2") as nginx:
        alice = certificates["alice"]
        headers = {"Authorization": "Bearer " + provider.access_token(cnf=confirmation(alice[0]))}
        until(lambda: tls_get(nginx.port, "/", headers, alice) == 200, nginx.log_tail)
        for path in ("/", "/mtls"):
            assert tls_get(nginx.port, path, headers, alice) == 200
            assert tls_get(nginx.port, path, headers, certificates["mallory"]) == 401
            assert tls_get(nginx.port, path, headers) == 401
            assert tls_get(nginx.port, path, {**headers, "SSL-Client-Cert": escaped(alice[0])}) == 401
        plain = {"Authorization": "Bearer " + provider.access_token()}
        assert tls_get(nginx.port, "/", plain) == 200 and tls_get(nginx.port, "/mtls", plain, alice) == 401
        assert tls_get(nginx.port, "/told", {**headers, "SSL-Client-Cert": escaped(alice[0])}) == 200
        assert tls_get(nginx.port, "/told", {**headers, "SSL-Client-Cert": "%"}) == 401
        assert tls_get(nginx.port, "/told", headers, alice) == 401


def test_attack_44_remembered_by_one_location_and_not_enough_for_another(provider, tmp_path):
    server = f"ostiary on; ostiary_issuer {provider.issuer} audience=myapi;" \
             "location /admin { ostiary_scopes admin; try_files /index.html =404; }"
    with Nginx(tmp_path, server) as nginx:
        token = provider.access_token()
        until(lambda: nginx.status("/", token) == 200, nginx.log_tail)
        assert nginx.status("/admin", token) == 403 and nginx.status("/", token) == 200
