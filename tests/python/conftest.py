# SPDX-License-Identifier: Apache-2.0
"""An issuer in the test's own hands, and tokens that it signs; and what other versions of Python have no wheel of."""

import ast
import functools
import importlib.util
import http.server
import json
import os
import pathlib
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
        assert made.wait_ready(60)
        yield made


# What the libraries that they compare with, or show as those before, cannot do without.
_BESIDE = dict.fromkeys(["test_guides", "test_guide_jose", "test_jose_peers"], {"cryptography"})


class _Absent(pytest.Module):
    """A file of tests whose packages have no wheel for this interpreter."""

    def collect(self):
        pytest.skip(f"no wheel for this Python: {', '.join(self.absent)}", allow_module_level=True)


def pytest_pycollect_makemodule(module_path, parent):
    """With OSTIARY_PYTHONS_ABSENT=skip (script/test --only pythons) such a file is skipped with its reason."""
    if os.environ.get("OSTIARY_PYTHONS_ABSENT") != "skip":
        return None
    absent = _absent_of(pathlib.Path(module_path))
    if not absent:
        return None
    made = _Absent.from_parent(parent, path=module_path)
    made.absent = absent
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    return (yield from _skipping_what_is_absent())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    return (yield from _skipping_what_is_absent())


def _skipping_what_is_absent():
    """The same of what a test or a fixture imports by itself."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if os.environ.get("OSTIARY_PYTHONS_ABSENT") != "skip" or error.name in ("ostiary", None):
            raise
        pytest.skip(f"no wheel for this Python: {error.name.partition('.')[0]}")


def _absent_of(path, seen=None):
    """Of a file of tests, and of those of ours that it imports."""
    seen = {path} if seen is None else seen
    beside = {each.stem: each for each in path.parents[1].glob("*/*.py")}
    absent = set()
    for name in {*_imported_by(path), *_BESIDE.get(path.stem, ())}:
        if name not in beside:
            absent |= {name} if importlib.util.find_spec(name) is None else set()
        elif beside[name] not in seen:
            seen.add(beside[name])
            absent |= set(_absent_of(beside[name], seen))
    return sorted(absent)


def _imported_by(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole, _, face = node.module.partition(".")
            faces = [face, *(alias.name for alias in node.names)] if whole == "ostiary" else []
            yield whole
            yield from (each for each in faces if each in ("mcp", "fastapi"))  # faces of packages
