# SPDX-License-Identifier: Apache-2.0
"""Loads that could mix requests up or fill memory, at nginx with the module and at the gate behind nginx: many streams of one
connection with tokens of many, all of nginx's connections in use, bodies of 100 MB, bodies that come slowly."""

import http.server
import json
import pathlib
import random
import re
import socket
import threading
import time

import http_frames as h2
import pytest
from fake_provider import CLIENT, SECRET, FakeProvider, Key
from gate_site import NGINX, Application, Gate, values
from gate_site import Nginx as GateNginx
from key_layer import asan_option
from nginx import Nginx
from peers import free_port
from test_nginx_life import held_back
from test_nginx_module import until_ready
from test_nginx_subrequests import Behind
from waiting import until

MANY = 100 * 1024 * 1024
GROWTH = 24 * 1024  # KiB that a process may grow by meanwhile: buffers, not bodies
SANITIZED = "quarantine_size_mb=4:thread_local_quarantine_size_kb=16"  # where it is: freed memory is not kept long


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(autouse=True)
def good_again(provider):
    yield
    provider.reset()
    provider.published = [provider.key]
    for name in ("certs", "introspect"):  # those that held answers back
        provider.__dict__.pop(name, None)


class Held:
    """The provider says of each opaque token what it is when that token is let go, and not before."""

    def __init__(self, provider):
        self._say, self._gates, self.asked = provider.introspect, {}, []
        provider.opaque = True
        provider.introspect = self._introspect

    def _introspect(self, form):
        token = form["token"]
        gate = self._gates.setdefault(token, threading.Event())
        self.asked.append(token)
        gate.wait(4)
        return self._say(form)

    def let_go(self, token):
        self._gates.setdefault(token, threading.Event()).set()


def streams_of_many(port, provider, subject_of, authority, random_order):
    """Streams of one connection, each with a token of its own, some cancelled while they are judged, answered in any order."""
    held = Held(provider)
    # No more than the guard asks about at a time (16).
    tokens = {f"t-{k}": provider.access_token(sub=f"t-{k}") for k in range(10)}
    made_up = [f"made-up-{time.monotonic_ns()}-{k}" for k in range(2)]
    cards = [*tokens.items(), *((None, token) for token in made_up), *list(tokens.items())[:4], (None, None), (None, None)]
    random_order.shuffle(cards)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(h2.start())
        of, requests = {}, {}

        def ask(stream, subject, token):
            of[stream] = (subject, token)
            fields = [("authorization", f"Bearer {token}")] if token else []
            requests[stream] = h2.request(stream, f"/told/{stream}", *fields, authority=authority)
            connection.sendall(requests[stream])

        for k, (subject, token) in enumerate(cards):
            ask(2 * k + 1, subject, token)
        until(lambda: set(held.asked) >= {*tokens.values(), *made_up})
        cancelled = [stream for stream, (subject, _) in of.items() if subject in ("t-3", "t-7") or stream % 11 == 0]
        for stream in cancelled:
            connection.sendall(h2.frame(h2.RST_STREAM, 0, stream, (8).to_bytes(4, "big")))
        # Those that come while others are judged take the places of the cancelled ones.
        late = {f"late-{k}": provider.access_token(sub=f"late-{k}") for k in range(3)}
        for k, (subject, token) in enumerate(late.items()):
            ask(2 * (len(cards) + k) + 1, subject, token)
        order = [*tokens.values(), *made_up, *late.values()]
        random_order.shuffle(order)
        for token in order:
            held.let_go(token)
        kept = b"".join(request for stream, request in requests.items() if stream not in cancelled)
        said, _ = h2.read_settled(connection, kept, 60)
    bodies = {}
    for kind, _, stream, payload in h2.frames(said):
        if kind == h2.DATA:
            bodies[stream] = bodies.get(stream, b"") + payload
    for stream, status in h2.statuses(said).items():
        subject = of[stream][0]
        assert status == (200 if subject else 401), (stream, subject, status)
        if subject:
            answer = json.loads(bodies[stream])
            assert answer["path"] == f"/told/{stream}" and subject_of(answer) == subject
    # An answer may have been on its way to a stream that was cancelled: it is that stream's own, as above.
    assert set(of) - set(cancelled) <= set(h2.statuses(said)) <= set(of)
    del provider.introspect


def test_streams_with_tokens_of_many_at_the_module(provider, tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    with Behind() as behind:
        server = f"""ostiary on; ostiary_cache off; ostiary_issuer {provider.issuer} audience=myapi introspection_client={CLIENT}
            introspection_secret_file={tmp_path}/secret introspection_inactive_rate=100;
            location / {{ proxy_pass {behind.url}; proxy_set_header X-Subject $ostiary_subject; }}"""
        with Nginx(tmp_path, server, listen=" http2") as nginx:
            for seed in range(2):
                streams_of_many(nginx.port, provider, lambda said: said["subject"], "localhost", random.Random(seed))


def test_streams_with_tokens_of_many_at_the_gate(provider, tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    port = free_port()
    rules = {"sites": [{"origin": f"http://localhost:{port}", "rules": [{"prefix": "/", "policy": {}}]}]}
    arguments = ["--introspect", "opaque", "--introspection-client", CLIENT, "--introspection-secret-file", tmp_path / "secret"]
    with Application() as application, Gate(tmp_path / "gate", provider.issuer, rules, "nginx", arguments) as gate:
        config = NGINX.replace("listen 127.0.0.1:{port};", "listen 127.0.0.1:{port} http2;")
        with GateNginx(tmp_path / "nginx", port, gate.base, application.base, config=config):
            for seed in range(2):
                subject = lambda said: values(said, "X-Auth-Request-User")[0]  # noqa: E731
                streams_of_many(port, provider, subject, f"localhost:{port}", random.Random(seed))


# ---- all of nginx's connections ----


def test_all_connections_in_use(provider, tmp_path):
    """Nobody is let in, or taken for somebody else, because nginx has no connection left; afterwards all is well."""
    with Behind() as behind:
        server = f"""ostiary on; ostiary_issuer {provider.issuer} audience=myapi; location /ready {{ ostiary off; ostiary_ready; }}
            location /told {{ proxy_pass {behind.url}; proxy_set_header X-Subject $ostiary_subject; }}"""
        with Nginx(tmp_path, server, connections=32, expected="worker_connections are not enough") as nginx:
            until_ready(nginx)
            let_go, new = held_back(provider), Key("new")
            provider.published.append(new)
            now = int(time.time())
            fetched = provider.count("certs")
            waiting = []
            for k in range(60):
                claims = {"iss": provider.issuer, "aud": "myapi", "sub": f"c-{k}", "exp": now + 300 if k % 3 else now - 300}
                head = f"GET /told HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {new.sign(claims)}\r\n"
                waiting.append((k, socket.create_connection(("127.0.0.1", nginx.port), timeout=60)))
                waiting[-1][1].sendall(head.encode() + (b"\r\n" if k % 2 else b""))
            until(lambda: provider.count("certs") > fetched)
            until(lambda: "worker_connections are not enough" in nginx.log())
            let_go.set()
            statuses = [answer_while_full(k, connection) for k, connection in waiting]
            assert 401 in statuses and statuses.count(None) > 20, statuses
            until(lambda: nginx.status("/told", provider.access_token()) == 200)
            assert nginx.status("/told") == 401


def answer_while_full(k, connection):
    """The status, or None when nginx closed it; with the subject's own name in it, where that was let in."""
    with connection:
        try:
            if k % 2 == 0:
                connection.sendall(b"\r\n")
            said = b"".join(iter(lambda: connection.recv(65536), b""))
        except (ConnectionResetError, BrokenPipeError):
            return None
    if not said:
        return None
    status = int(said.split(b" ", 2)[1])
    assert status in ((200, 500, 502) if k % 3 else (401,)), said
    if status == 200:
        assert json.loads(said.split(b"\r\n\r\n", 1)[1])["subject"] == f"c-{k}"
    return status


# ---- bodies ----


class Sink(http.server.ThreadingHTTPServer):
    """Counts the bytes of a body, and keeps none."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Count)
        self.base, self.begun = f"http://127.0.0.1:{self.server_port}", 0

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Count(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.server.begun += 1
        left = int(self.headers["Content-Length"])
        while left > 0:
            piece = self.rfile.read(min(left, 1 << 20))
            if not piece:
                break
            left -= len(piece)
        self.send_response(200 if left == 0 else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def memory_of(pid, what="VmRSS"):
    return int(re.search(rf"^{what}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE).group(1))


class Upload:
    """A POST whose body is sent by a thread, whatever is answered."""

    def __init__(self, port, token, size, more="", path="/sink", host="localhost"):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        field = f"Authorization: Bearer {token}\r\n" if token else ""
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{field}{more}Content-Length: {size}\r\n\r\n"
        self.connection.sendall(head.encode())
        self.sent, self._size = 0, size
        self._thread = threading.Thread(target=self._send, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def _send(self):
        piece = b"x" * (1 << 18)
        try:
            while self.sent < self._size:
                self.connection.sendall(piece[: self._size - self.sent])
                self.sent += min(len(piece), self._size - self.sent)
        except OSError:
            pass  # it was refused

    def status(self):
        """And waits until the body is gone, or nobody takes it any more."""
        said = self.connection.recv(65536)
        self._thread.join(60)
        assert not self._thread.is_alive()
        self.connection.close()
        return int(said.split(b" ", 2)[1])


def peak(pid, work):
    """By how many KiB the process grew at most while the work was done."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    before = memory_of(pid)
    work()
    return memory_of(pid, "VmHWM") - before


def test_bodies_at_the_module(provider, tmp_path):
    with Sink() as sink:
        server = f"""ostiary on; ostiary_issuer {provider.issuer} audience=myapi; location /ready {{ ostiary off; ostiary_ready; }}
            client_max_body_size 200m; location /sink {{ proxy_pass {sink.base}; proxy_request_buffering off; proxy_http_version 1.1; }}"""
        with Nginx(tmp_path, server) as nginx:
            until_ready(nginx)
            [worker] = nginx.workers()
            good = provider.access_token()

            def refused():
                for token in (None, "x.y.z"):
                    assert Upload(nginx.port, token, MANY).start().status() == 401

            def taken():
                assert Upload(nginx.port, good, MANY).start().status() == 200

            def waits():
                """A body is not read before its request has been judged."""
                let_go, new = held_back(provider), Key("new")
                provider.published.append(new)
                fetched = provider.count("certs")
                token = new.sign({"iss": provider.issuer, "aud": "myapi", "sub": "x", "exp": int(time.time()) + 300})
                upload = Upload(nginx.port, token, MANY).start()
                until(lambda: provider.count("certs") > fetched)
                assert sink.begun == 1 and upload.sent < MANY / 2
                let_go.set()
                assert upload.status() == 200 and sink.begun == 2

            assert peak(worker, refused) < GROWTH and sink.begun == 0
            assert peak(worker, taken) < GROWTH and sink.begun == 1
            assert peak(worker, waits) < GROWTH
            slow_bodies(nginx.port, good, sink)


def slow_bodies(port, good, sink, host="localhost"):
    """The answer to who it is does not wait for a body, and nobody is asked to send one that is refused."""
    before = sink.begun
    for more in ("", "Expect: 100-continue\r\n"):
        upload = Upload(port, "x.y.z", 1000, more, host=host)
        assert upload.connection.recv(65536).startswith(b"HTTP/1.1 401")
        upload.connection.close()
    assert sink.begun == before
    upload = Upload(port, good, 5, host=host)
    for byte in b"slow!":
        time.sleep(0.02)
        upload.connection.sendall(bytes([byte]))
    assert upload.connection.recv(65536).startswith(b"HTTP/1.1 200")
    upload.connection.close()


def test_bodies_at_the_gate(provider, tmp_path):
    port = free_port()
    rules = {"sites": [{"origin": f"http://localhost:{port}", "rules": [{"prefix": "/", "policy": {}}]}]}
    with Sink() as sink, Gate(tmp_path / "gate", provider.issuer, rules, "nginx", environment=dict([asan_option(SANITIZED)])) as gate:
        # In the server: nginx holds the question to the limit of its own location, though the body does not go there.
        config = NGINX.replace("server_name localhost;", "server_name localhost; client_max_body_size 200m; proxy_request_buffering off;")
        with GateNginx(tmp_path / "nginx", port, gate.base, sink.base, config=config):
            good, host = provider.access_token(), f"localhost:{port}"

            def bodies():
                assert Upload(port, "x.y.z", MANY, host=host).start().status() == 401
                assert sink.begun == 0
                assert Upload(port, good, MANY, host=host).start().status() == 200
                fields = f"X-Forwarded-Proto: http\r\nX-Forwarded-Host: {host}\r\nX-Original-Method: POST\r\nX-Original-URI: /sink\r\n"
                for token, status in (("x.y.z", 401), (good, 200)):
                    # A proxy that hands on the body, which nobody asked for: no byte of it is kept.
                    assert Upload(gate.port, token, MANY, fields, "/check").start().status() in (status, 413)

            assert peak(gate.pid, bodies) < GROWTH
            slow_bodies(port, good, sink, host)
