# SPDX-License-Identifier: Apache-2.0
"""The addresses of an issuer in tests: discovery, keys, introspection, a status list."""

from __future__ import annotations

import base64
import http.server
import json
import threading
import urllib.parse

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from .issuer import Issuer

_MAX_BODY = 64 * 1024


class Server(http.server.ThreadingHTTPServer):
    """Serves one issuer on a free port of loopback until it is stopped; no thread is left behind."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = issuer
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = 10

    @property
    def _served(self) -> Issuer:
        assert isinstance(self.server, Server)
        return self.server.issuer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, status: int, body: Any, kind: str = "application/json", **fields: str) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in fields.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass  # whoever asked does not wait any more

    def _is_out(self) -> bool:
        issuer = self._served
        issuer._asked(self.path)
        if issuer.delay > 0:
            issuer._server.ending.wait(issuer.delay)
        if issuer.down:
            self._answer(503, {"error": "temporarily_unavailable"})
        return issuer.down

    def do_GET(self) -> None:
        if self._is_out():
            return
        issuer, path = self._served, urllib.parse.urlsplit(self.path).path
        lifetime = f"max-age={issuer.key_lifetime}"
        if path in (issuer._path + "/.well-known/openid-configuration", issuer._rfc8414_path):
            self._answer(200, issuer.metadata(), Cache_Control=lifetime)
        elif path == issuer._path + "/certs":
            self._answer(200, issuer.jwks(), Cache_Control=lifetime)
        elif path == issuer._path + "/status":
            self._answer(200, issuer.status_list(), "application/statuslist+jwt")
        else:
            self._answer(404, {"error": "not_found"})

    def do_POST(self) -> None:
        if self._is_out():
            return
        issuer = self._served
        if self.path != issuer._path + "/introspect":
            return self._answer(404, {"error": "not_found"})
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _MAX_BODY:
            return self._answer(413, {"error": "invalid_request"})
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(length)).decode("utf-8", "replace")))
        if not self._may_ask(form):
            return self._answer(401, {"error": "invalid_client"}, WWW_Authenticate='Basic realm="test"')
        self._answer(200, issuer.introspect(form.get("token", "")))

    def _may_ask(self, form: dict[str, str]) -> bool:
        """By client_secret_basic or client_secret_post (RFC 6749 §2.3.1)."""
        issuer = self._served
        shown = (form.get("client_id"), form.get("client_secret"))
        scheme, _, basic = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                name, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
            except ValueError:
                return False
            shown = (urllib.parse.unquote_plus(name), urllib.parse.unquote_plus(secret))
        return shown == (issuer.introspection_client, issuer.introspection_secret)
