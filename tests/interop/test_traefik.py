# SPDX-License-Identifier: Apache-2.0
"""`ostiary gate` behind Traefik, in what Traefik has beside the other proxies (test_gateways.py): HTTP/2 and TLS in front, its
own options of forwardAuth, who is believed of X-Forwarded-*, and labels of containers."""

import http.client
import json
import socket
import ssl
import sys

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from fake_provider import CLIENT, SECRET
from gate_site import FIELDS, Application, Gate, values
from navigation import navigate
from needs import must_have
from peers import PROJECT, free_port
from traefik import Traefik, dynamic_config, traefik_program
from web import Browser, bearer

sys.path.insert(0, str(PROJECT / "tests/integration"))
import http_frames as h2  # noqa: E402

RULES = [
    {"prefix": "/public", "public": True},
    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}, "login": True},
    {"prefix": "/api", "methods": ["GET"], "policy": {}},
    {"prefix": "/api", "methods": ["POST"], "policy": {"scopes": ["write"]}},
    {"prefix": "/", "policy": {}, "login": True},
]


@pytest.fixture(scope="module")
def home(provider, tmp_path_factory):
    """A gate that knows every site of this file, and an application; Traefiks are made by the tests."""
    must_have(traefik_program)
    folder = tmp_path_factory.mktemp("traefik")
    ports = [free_port() for _ in range(8)]
    origins = [f"{scheme}://{host}:{port}" for port in ports for scheme in ("http", "https") for host in ("localhost", "other.localhost")]
    rules = {"sites": [{"origin": origin, "rules": RULES} for origin in origins]}
    gate = Gate(folder / "gate", provider.issuer, rules, "traefik", ["--client-id", CLIENT], {"OSTIARY_CLIENT_SECRET": SECRET})
    with Application() as application, gate:
        gate.wait_for_logins()
        yield Home(folder, ports, gate, application)


class Home:
    def __init__(self, folder, ports, gate, application):
        self.folder, self.ports, self.gate, self.application = folder, ports, gate, application

    def traefik(self, **more):
        port = self.ports.pop()
        return Traefik(self.folder / str(port), port, self.gate.base, self.application.base, **more)


@pytest.fixture(scope="module")
def plain(home):
    """As documented, and with TLS at another port."""
    secure = home.ports.pop()
    with home.traefik(secure_port=secure) as proxy:
        proxy.secure = secure
        yield proxy


def ask(port, target, token=None, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": f"localhost:{port}", **(bearer(token) if token else {}), **headers}
    if body is not None and "Transfer-Encoding" not in sent:
        sent["Content-Length"] = str(len(body))
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def said(home, port, *arguments, **more):
    """What the application got."""
    before = len(home.application.seen)
    answer = ask(port, *arguments, **more)
    assert answer.status == 200, (answer.status, answer.body)
    assert len(home.application.seen) == before + 1
    return home.application.seen[-1]


def raw(port, data, tls=False):
    """The status of the first answer, 0 when there is none; the client says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client = context.wrap_socket(client, server_hostname="localhost")
        client.sendall(data)
        told = b""
        while b"\r\n" not in told:
            piece = client.recv(4096)
            if not piece:
                return 0
            told += piece
        return int(told.split()[1])
