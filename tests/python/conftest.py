# SPDX-License-Identifier: Apache-2.0
"""An issuer in the test's own hands, and tokens that it signs."""

import functools
import http.server
import json
import threading
import time

import pytest

import ostiary
from ostiary import jwk, jwt

AUDIENCE = "items-api"


@functools.lru_cache(maxsize=None)
def rsa_key(kid, owner="issuer"):
    """One key for all tests: making one takes a fifth of a second and more."""
    return jwk.Key.generate("RS256", kid=kid)


class FakeIssuer:
    """Discovery and keys over loopback. What is set on it holds for the requests that follow."""

    def __init__(self):
        self.key = rsa_key("first")
        self.published = [self.key]
        self.calls = []
        self.delay = 0
        self.down = False
        self.introspection = {}  # token -> answer
        self.headers = {"Cache-Control": "max-age=300"}
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.base = f"http://localhost:{self._server.server_port}"
        self.issuer = f"{self.base}/realms/fake"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def count(self, path):
        return sum(1 for call in self.calls if call.endswith(path))

    def claims(self, **more):
        claims = {"iss": self.issuer, "aud": AUDIENCE, "sub": "alice", "typ": "Bearer", "azp": "web", "jti": "1"}
        claims.update({"scope": "openid items:read", "realm_access": {"roles": ["editor"]}})
        claims["resource_access"] = {"shop": {"roles": ["buyer"]}}
        return {**claims, **more}

    def token(self, key=None, lifetime=300, **more):
        return jwt.sign(self.claims(**more), key or self.key, "RS256", lifetime=lifetime)


def _handler_of(issuer):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, body, status=200):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in issuer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(data)
            except ConnectionError:
                pass  # whoever asked has been closed meanwhile

        def do_GET(self):
            issuer.calls.append(self.path)
            if issuer.delay:
                time.sleep(issuer.delay)
            if issuer.down:
                self.answer({}, 500)
            elif self.path.endswith("/.well-known/openid-configuration"):
                self.answer(
                    {
                        "issuer": issuer.issuer,
                        "jwks_uri": f"{issuer.issuer}/certs",
                        "introspection_endpoint": f"{issuer.issuer}/introspect",
                    }
                )
            elif self.path.endswith("/certs"):
                self.answer({"keys": [key.to_jwk() for key in issuer.published]})
            else:
                self.answer({}, 404)

        def do_POST(self):
            issuer.calls.append(self.path)
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            token = dict(part.split("=", 1) for part in form.split("&"))["token"]
            self.answer(issuer.introspection.get(token, {"active": False}))

    return Handler


@pytest.fixture
def issuer():
    with FakeIssuer() as made:
        yield made


@pytest.fixture
def verifier(issuer):
    with ostiary.Verifier(issuer.issuer, AUDIENCE) as made:
        assert made.wait_ready(10)
        yield made
