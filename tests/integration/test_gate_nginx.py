# SPDX-License-Identifier: Apache-2.0
"""`ostiary gate` behind real nginx: an application without any login, protected by our rules. The configuration is that
of docs/usage/gateway.md."""

import http.client
import json

import pytest
from fake_provider import FakeProvider
from gate_site import FIELDS, Application, Gate, Nginx, values
from peers import free_port
from web import Browser, bearer


def rules_for(base):
    return {
        "sites": [
            {
                "origin": base,
                "rules": [
                    {"prefix": "/public", "public": True},
                    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}},
                    {"path": "/closed", "deny": True},
                    {"prefix": "/api", "methods": ["GET"], "policy": {}},
                    {"prefix": "/api", "methods": ["POST"], "policy": {"scopes": ["write"]}},
                ],
            }
        ]
    }


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def application():
    with Application() as running:
        yield running


@pytest.fixture(scope="module")
def site(provider, application, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("gate"), free_port()
    rules = rules_for(f"http://localhost:{port}")
    with Gate(folder / "gate", provider.issuer, rules, "nginx") as gate:
        with Nginx(folder / "nginx", port, gate.base, application.base) as nginx:
            nginx.gate = gate
            yield nginx


def ask(site, path, token=None, method="GET", **headers):
    """The path goes out as it is written here."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    sent = {"Host": f"localhost:{site.port}", **(bearer(token) if token else {})}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    connection.putrequest(method, path, skip_host=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    response.text = response.read().decode()
    connection.close()
    return response


def test_rules(site, provider):
    token = provider.access_token()
    assert ask(site, "/public/x").status == 200
    assert ask(site, "/api/x").status == 401
    assert ask(site, "/api/x", token).status == 200
    assert ask(site, "/api/x", token, "POST").status == 403
    assert ask(site, "/api/x", provider.access_token(scope="write"), "POST").status == 200
    assert ask(site, "/admin/x", token).status == 403
    assert ask(site, "/admin/x", provider.access_token(realm_access={"roles": ["admin"]})).status == 200
    assert ask(site, "/closed", token).status == 403
    assert ask(site, "/elsewhere", token).status == 403


def test_one_challenge_and_no_body_of_ours(site):
    answer = ask(site, "/api/x")
    assert answer.getheader("WWW-Authenticate", "").startswith("Bearer ")
    assert len(answer.headers.get_all("WWW-Authenticate")) == 1
