# SPDX-License-Identifier: Apache-2.0
"""An API behind real nginx, which ends TLS and tells who the client is.

The configuration is that of docs/usage/sender-constraint.md: attacks 42 and 43 with a proxy that
many put in front.
"""

import subprocess

import pytest
from certificates import confirmation, escaped, make_certificate, tls_get
from fake_fixtures import provider  # noqa: F401  (fixture)
from nginx import NGINX_HEAD
from peers import free_port, listens, require_program
from programs import Program, built
from waiting import until
from web import bearer

NGINX = (
    NGINX_HEAD
    + """    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {chain};
        ssl_certificate_key {key};
        ssl_verify_client optional_no_ca;
        location / {{
            proxy_pass http://127.0.0.1:{api_port};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header SSL-Client-Cert $ssl_client_escaped_cert;
        }}
    }}
}}
"""
)

@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("localhost", "alice", "mallory")}


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    port = free_port()
    command = [
        *(built("tests/integration/app-probe"), "--port", port, "--issuer", provider.issuer, "--audience", "myapi"),
        *("--no-docs", "--loops=1", "--trusted-proxy", "127.0.0.1", "--client-certificate-field", "SSL-Client-Cert"),
    ]
    log = tmp_path_factory.mktemp("api") / "api.log"
    with Program(command, f"http://localhost:{port}/health/ready", log) as program:
        program.port = port
        yield program


@pytest.fixture(scope="module")
def nginx(api, certificates, tmp_path_factory):
    """The port of an nginx before the API."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    _, chain, key = certificates["localhost"]
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, api_port=api.port, chain=chain, key=key))
    process = subprocess.Popen([require_program("nginx", "nginx-light"), "-c", config, "-p", folder])
    try:
        until(lambda: process.poll() is not None or listens(port), "nginx")
        assert process.poll() is None, (folder / "error.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)


def test_a_plain_token(nginx, provider):
    assert tls_get(nginx, "/me", bearer(provider.access_token())) == 200
    assert tls_get(nginx, "/me", {}) == 401


@pytest.mark.parametrize("path", ["/me", "/mtls"])
def test_attack_42_certificates_that_nginx_tells(nginx, provider, certificates, path):
    headers = bearer(provider.access_token(cnf=confirmation(certificates["alice"][0])))
    assert tls_get(nginx, path, headers, certificates["alice"]) == 200
    assert tls_get(nginx, path, headers, certificates["mallory"]) == 401
    assert tls_get(nginx, path, headers) == 401


@pytest.mark.parametrize("name", ["SSL-Client-Cert", "ssl_client_cert", "Ssl-Client_cert", "Client-Cert"])
def test_attack_43_certificates_that_the_client_tells(nginx, provider, certificates, name):
    alice = certificates["alice"][0]
    headers = bearer(provider.access_token(cnf=confirmation(alice)))
    told = {**headers, name: escaped(alice)}
    assert tls_get(nginx, "/me", told) == 401
    assert tls_get(nginx, "/me", told, certificates["mallory"]) == 401
