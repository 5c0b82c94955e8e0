# SPDX-License-Identifier: Apache-2.0
"""An https server of documents on 127.0.0.1, such as clients describe themselves by."""

import http.server
import json
import socket
import ssl
import threading
import time

from certificates import make_certificate

HOSTS = 150


class DocumentServer:
    """Answers what `documents` has: {path: (status, fields, body)}, or a function that makes it; `ca` is
    the PEM file of the authority to trust. It counts connections, and remembers requests."""

    def __init__(self, folder):
        self.documents = {}
        self.requests, self.connections = [], 0
        # One name for each path: what a provider spends on one host is nothing to the others.
        self.hosts = {}
        _, self.ca, key = make_certificate(folder, "localhost", *(f"d{n}.localhost" for n in range(HOSTS)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                outer.requests.append((self.path, dict(self.headers)))
                answer = outer.documents.get(self.path, (404, {}, b""))
                status, fields, body = answer() if callable(answer) else answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **fields}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def get_request(self):
                connection, address = super().get_request()
                outer.connections += 1
                connection.settimeout(10)
                return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path="/client.json", host=None):
        host = host or self.hosts.setdefault(path, f"d{len(self.hosts) % HOSTS}.localhost")
        return f"https://{host}:{self.port}{path}"

    def put(self, path="/client.json", fields=None, status=200, raw=None, content_type="application/json", **metadata):
        """A client's metadata at a path, good unless told otherwise; returns its client ID."""
        url = self.url(path)
        document = {
            "client_id": url,
            "client_name": "Weather Agent",
            "redirect_uris": ["http://localhost:8000/cb"],
            "token_endpoint_auth_method": "none",
            **metadata,
        }
        document = {name: value for name, value in document.items() if value is not None}
        body = raw if raw is not None else json.dumps(document).encode()
        self.documents[path] = (status, {"Content-Type": content_type, **(fields or {})}, body)
        return url

    def slow(self, path, seconds):
        status, fields, body = self.documents[path]

        def answer():
            time.sleep(seconds)
            return status, fields, body

        self.documents[path] = answer

    def asked(self, path="/client.json"):
        return sum(1 for one, _ in self.requests if one == path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def unused_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]
