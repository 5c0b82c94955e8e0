# SPDX-License-Identifier: Apache-2.0
"""An application without any login, `ostiary gate` beside it, and proxies in front."""

import base64
import hashlib
import http.server
import json
import socket
import subprocess
import threading
import time

from nginx import NGINX_HEAD
from peers import free_port, require_program
from programs import Program, built
from waiting import PATIENCE

IDENTITY = ["User", "Preferred-Username", "Email", "Groups", "Roles", "Scopes", "Expires"]
FIELDS = [f"X-Auth-Request-{name}" for name in IDENTITY]
WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Application(http.server.ThreadingHTTPServer):
    """Answers every request with what came of it; speaks a word of WebSocket."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.seen = []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        said = {"method": self.command, "path": self.path, "headers": list(self.headers.items())}
        said["body"] = self.rfile.read(length).decode()
        self.server.seen.append(said)
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.upgrade()
            return
        body = b"" if self.command == "HEAD" else json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def upgrade(self):
        key = self.headers["Sec-WebSocket-Key"] + WEBSOCKET
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.wfile.write(b"\x81\x05hello")
        self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_PROPFIND = answer

    def log_message(self, *_):
        pass


def values(said, name):
    """What the application got in that field, whatever its hyphens are."""
    return [value for field, value in said["headers"] if field.lower().replace("_", "-") == name.lower()]


class Gate(Program):
    """`ostiary gate` with rules of the test's."""

    def __init__(self, folder, issuer, rules, gateway, arguments=(), environment=None, port=None):
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        self.rules = folder / "rules.json"
        self.rules.write_text(rules if isinstance(rules, str) else json.dumps(rules))
        command = [
            *(built("src/cli/ostiary"), "gate", "--rules", self.rules, "--gateway", gateway, "--issuer", issuer),
            *("--audience", "myapi", "--port", self.port, "--trusted-proxy", "127.0.0.1", "--loops=1", *arguments),
        ]
        super().__init__(command, f"{self.base}/health/ready", folder / "gate.log", environment)


NGINX = (
    NGINX_HEAD
    + """    large_client_header_buffers 4 32k;
    client_body_buffer_size 256k;
    proxy_buffer_size 32k;
    proxy_buffers 4 32k;
    proxy_busy_buffers_size 64k;
    map $http_upgrade $upgrade {{ default ''; ~*^websocket$ websocket; }}
    map $upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        server_name localhost;
        if ($host != $server_name) {{ return 403; }}
        location / {{
            auth_request /_ostiary_check;
            auth_request_set $auth_login $upstream_http_x_auth_request_login;
            error_page 401 = @ostiary_login;
            {identity}
            proxy_pass {application};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host $http_host;
        }}
        location = /_ostiary_check {{
            internal;
            proxy_pass {gate}/check;
            proxy_pass_request_body off;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Content-Length "";
            proxy_set_header Forwarded "";
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host:$server_port;
            proxy_set_header X-Original-Method $request_method;
            proxy_set_header X-Original-URI $request_uri;
        }}
        location /_ostiary/ {{
            proxy_pass {gate};
            proxy_set_header Forwarded "";
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host:$server_port;
        }}
        location @ostiary_login {{
            if ($auth_login) {{ return 302 $auth_login; }}
            return 401;
        }}
    }}
}}
"""
)


def nginx_identity(fields=FIELDS, cookies=0):
    """The lines that take what the gate says, and put it in the place of what the client says."""
    lines = ["auth_request_set $auth_cookies $upstream_http_cookie;", "proxy_set_header Cookie $auth_cookies;"]
    for name in fields:
        variable = name.lower().replace("-", "_")
        lines.append(f"auth_request_set ${variable} $upstream_http_{variable};")
        lines.append(f"proxy_set_header {name} ${variable};")
    for number in range(1, cookies + 1):
        lines.append(f"auth_request_set $cookie_{number}_ $upstream_http_x_auth_request_cookie_{number};")
        lines.append(f"add_header Set-Cookie $cookie_{number}_;")
    return "\n            ".join(lines)


class Proxy:
    """A proxy in front; usable in a with statement."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.base = f"http://localhost:{port}"
        self.log = folder / "proxy.log"
        self.command, self.environment = [], None

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command], stdout=log, stderr=subprocess.STDOUT, env=self.environment
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Nginx(Proxy):
    def __init__(self, folder, port, gate, application, identity=None, config=NGINX):
        super().__init__(folder, port)
        folder.mkdir(parents=True, exist_ok=True)
        config_file = folder / "nginx.conf"
        config_file.write_text(
            config.format(
                folder=folder, port=port, gate=gate, application=application, identity=identity or nginx_identity()
            )
        )
        self.command = [require_program("nginx", "nginx-light"), "-c", config_file, "-p", folder]
