# SPDX-License-Identifier: Apache-2.0
"""The nginx module while nginx lives: reloads, crashes, one process, HTTP/2, upgrades, clients that leave, memory."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import pytest
from dpop import DpopClient
from fake_provider import FakeProvider, Key
from nginx import Nginx, field
from peers import require_program
from test_nginx_module import minimal, until_ready
from waiting import until


@pytest.fixture
def provider():
    with FakeProvider() as running:
        yield running


def held_back(provider):
    """The provider's keys come only when the event that is returned is set."""
    certs, let_go = provider.certs, threading.Event()

    def slow(query):
        let_go.wait(4)
        return certs(query)

    provider.certs = slow
    return let_go


def request_of(token, more=""):
    return f"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{more}\r\n".encode()


def waiting_for_a_new_key(nginx, provider):
    """A connection whose request waits for keys, and the event that lets them come."""
    let_go, new = held_back(provider), Key("new")
    provider.published.append(new)
    token = new.sign({"iss": provider.issuer, "aud": "myapi", "sub": "x", "exp": int(time.time()) + 300})
    before = provider.count("certs")
    connection = socket.create_connection(("127.0.0.1", nginx.port), timeout=30)
    connection.sendall(request_of(token))
    until(lambda: provider.count("certs") > before, nginx.log_tail)
    return connection, let_go


def test_reload_under_load_loses_no_request(provider, tmp_path):
    with Nginx(tmp_path, minimal(provider), workers=2) as nginx:
        until_ready(nginx)
        token, ended, seen = provider.access_token(), threading.Event(), []

        def ask():
            while not ended.is_set():
                try:
                    seen.append(nginx.status("/", token))
                except OSError as error:
                    seen.append(error)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for each in threads:
            each.start()
        for _ in range(4):
            workers = set(nginx.workers())
            nginx.reload()
            until(lambda: not workers & set(nginx.workers()), nginx.log_tail)  # noqa: B023
        ended.set()
        for each in threads:
            each.join()
        # A worker that has just begun says 503 until it has its keys, and waits for them where it can.
        assert set(seen) <= {200} and len(seen) > 20, [each for each in seen if each != 200][:5]


def test_a_request_that_waits_outlives_a_reload(provider, tmp_path):
    with Nginx(tmp_path, minimal(provider)) as nginx:
        until_ready(nginx)
        connection, let_go = waiting_for_a_new_key(nginx, provider)
        workers = set(nginx.workers())
        nginx.reload()
        until(lambda: set(nginx.workers()) - workers, nginx.log_tail)
        time.sleep(0.3)
        let_go.set()
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        until(lambda: not workers & set(nginx.workers()), nginx.log_tail)


def test_a_client_that_leaves_while_it_waits(provider, tmp_path):
    with Nginx(tmp_path, minimal(provider)) as nginx:
        until_ready(nginx)
        connection, let_go = waiting_for_a_new_key(nginx, provider)
        connection.close()
        until(lambda: " 499 " in (tmp_path / "access.log").read_text(), nginx.log_tail)
        let_go.set()
        until(lambda: nginx.status("/", provider.access_token()) == 200, nginx.log_tail)


def test_a_worker_that_dies_is_followed_by_one_that_knows(provider, tmp_path):
    nginx = Nginx(tmp_path, minimal(provider))
    with pytest.raises(AssertionError, match="exited on signal 9"), nginx:
        until_ready(nginx)
        [worker] = nginx.workers()
        os.kill(worker, signal.SIGKILL)
        until(lambda: nginx.workers() not in ([], [worker]), nginx.log_tail)
        until_ready(nginx)
        assert nginx.status("/", provider.access_token()) == 200


def test_one_process(provider, tmp_path):
    with Nginx(tmp_path, minimal(provider), head="master_process off;") as nginx:
        until_ready(nginx)
        assert nginx.status("/", provider.access_token()) == 200 and nginx.status("/") == 401


def test_a_cache_manager_has_no_guard(provider, tmp_path):
    http = f"proxy_cache_path {tmp_path}/cache keys_zone=c:1m;"
    with Nginx(tmp_path, minimal(provider), http) as nginx:
        until_ready(nginx)
        threads = {pid: len(os.listdir(f"/proc/{pid}/task")) for pid in [nginx.pid, *nginx.workers()]}
        assert threads[nginx.pid] == 1 and sum(count > 1 for count in threads.values()) == 1, threads


def test_internal_redirects_use_a_proof_once(provider, tmp_path):
    more = "ostiary_origin http://api.example; location /dir/ { index index.html; } location ~ html$ { }" \
           "location /page { try_files /none /index.html; }"
    (tmp_path / "html" / "dir").mkdir(parents=True)
    (tmp_path / "html" / "dir" / "index.html").write_text("in\n")
    with Nginx(tmp_path, minimal(provider, more)) as nginx:
        until_ready(nginx)
        client = DpopClient()
        token = provider.access_token(cnf={"jkt": client.thumbprint})
        for path in ("/dir/", "/page"):
            proof = client.proof(f"http://api.example{path}", token)
            fields = [("Authorization", f"DPoP {token}"), ("DPoP", proof)]
            assert nginx.status(path, headers=fields) == 200
            assert nginx.status(path, headers=fields) == 401
        [challenge] = field(nginx.ask("/"), "WWW-Authenticate")
        assert 'Bearer realm="ostiary"' in challenge and "DPoP " in challenge


def test_nonces_are_given_with_good_answers(provider, tmp_path):
    more = "ostiary_origin http://api.example; ostiary_dpop require_nonce;"
    with Nginx(tmp_path, minimal(provider, more)) as nginx:
        until_ready(nginx)
        client = DpopClient()
        token = provider.access_token(cnf={"jkt": client.thumbprint})

        def ask(**changes):
            proof = client.proof("http://api.example/", token, **changes)
            return nginx.ask("/", headers=[("Authorization", f"DPoP {token}"), ("DPoP", proof)])

        refused = ask()
        assert refused[0] == 401 and "use_dpop_nonce" in field(refused, "WWW-Authenticate")[0]
        [nonce] = field(refused, "DPoP-Nonce")
        good = ask(nonce=nonce)
        assert good[0] == 200


def test_opaque_tokens_are_asked_about(provider, tmp_path):
    provider.opaque = True
    (tmp_path / "secret").write_text("myapi-secret\n")
    more = f"location /o {{ try_files /index.html =404; add_header X-Who $ostiary_subject; ostiary_issuer {provider.issuer} audience=myapi " \
           f"introspection_client=myapi introspection_secret_file={tmp_path}/secret; }}"
    with Nginx(tmp_path, minimal(provider, more)) as nginx:
        until_ready(nginx)
        token = provider.access_token()
        for _ in range(3):
            assert nginx.status("/o", token) == 200
        assert provider.count("introspect") == 1
        assert nginx.status("/o", "made-up") == 401


def test_a_refused_request_opens_no_subrequest(provider, tmp_path):
    """Not even where one of several will do, and the same is asked of both."""
    more = "satisfy any; error_page 401 /page.html; location = /page.html { ostiary off; ssi on; } location /free { allow all; }" \
           "location /a { auth_request /check; } location = /check { internal; try_files /index.html =404; }"
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "page.html").write_text("<!--# include virtual=\"/index.html\" -->refused")
    with Nginx(tmp_path, minimal(provider, more)) as nginx:
        until_ready(nginx)
        for path in ("/a", "/"):
            answer = nginx.ask(path)
            assert answer[0] == 401 and b"hello" not in answer[2] and b"refused" in answer[2]
            assert set(field(answer, "WWW-Authenticate")) == {'Bearer realm="ostiary"'}  # auth_request copies it
        assert nginx.status("/a", provider.access_token()) == 404
        assert nginx.status("/free") == 404


def test_cookie(provider, tmp_path):
    with Nginx(tmp_path, minimal(provider, "ostiary_cookie tok;")) as nginx:
        until_ready(nginx)
        token = provider.access_token()
        for value, status in [(f"tok={token}", 200), (f"a=b;  tok={token} ; c", 200), (f"atok={token}", 401), (f"tok={token}x", 401),
                              (f"tok={token}; tok={token}", 401), ("tok=", 401), (f"TOK={token}", 401)]:
            assert nginx.status("/", headers=[("Cookie", value)]) == status, value
        assert nginx.status("/", "x.y.z", headers=[("Cookie", f"tok={token}")]) == 401
        assert nginx.status("/", headers=[("Cookie", f"tok={token}"), ("Cookie", f"tok={token}")]) == 401


def test_http2(provider, tmp_path):
    with Nginx(tmp_path, minimal(provider), listen=" http2") as nginx:
        program = require_program("nghttp", "nghttp2-client")

        def ask(token, path="/"):
            command = [program, "-nv", "-H", f"authorization: Bearer {token}", f"{nginx.base}{path}"]
            said = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
            return re.findall(r":status: (\d+)", said)[0]

        until(lambda: ask("x", "/ready") == "200", nginx.log_tail)
        assert ask(provider.access_token()) == "200" and ask("x") == "401"


def test_upgrade(provider, tmp_path):
    """A web socket is opened by a token, and then nobody's business."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            connection, _ = server.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
            connection.sendall(connection.recv(100).upper())
            connection.close()

        threading.Thread(target=serve, daemon=True).start()
        more = f"location /ws {{ proxy_pass http://127.0.0.1:{server.getsockname()[1]}; proxy_http_version 1.1;" \
               'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }'
        with Nginx(tmp_path, minimal(provider, more)) as nginx:
            until_ready(nginx)
            upgrade = "Upgrade: websocket\r\n"
            with socket.create_connection(("127.0.0.1", nginx.port), timeout=20) as connection:
                head = request_of("x", upgrade).replace(b"GET /", b"GET /ws").replace(b"close", b"upgrade")
                connection.sendall(head)
                assert connection.recv(65536).startswith(b"HTTP/1.1 401")
            with socket.create_connection(("127.0.0.1", nginx.port), timeout=20) as connection:
                head = request_of(provider.access_token(), upgrade).replace(b"GET /", b"GET /ws").replace(b"close", b"upgrade")
                connection.sendall(head)
                assert connection.recv(65536).startswith(b"HTTP/1.1 101")
                connection.sendall(b"hello")
                assert connection.recv(100) == b"HELLO"


def test_metrics_of_several_guards(provider, tmp_path):
    more = f"location /metrics {{ ostiary off; ostiary_metrics; }} location /b {{ ostiary_issuer {provider.issuer} audience=b; }}"
    with Nginx(tmp_path, minimal(provider, more)) as nginx:
        until_ready(nginx)
        assert nginx.status("/", provider.access_token()) == 200
        status, headers, body = nginx.ask("/metrics")
        text = body.decode()
        assert status == 200 and re.search(r'^ostiary_guard_verdicts_total{guard="[01]",verdict="allow[^}]*} 1$', text, re.MULTILINE)
        assert "worker=" not in text and 'guard="0"' in text and 'guard="1"' in text
        for name in re.findall(r"# TYPE (\S+)", text):
            assert text.count(f"# TYPE {name} ") == text.count(f"# HELP {name} ") == 1
            group = re.search(rf"# TYPE {name} .*\n((?:(?!#).*\n)*)", text).group(1)
            assert len(re.findall(rf"^{name}{{", text, re.MULTILINE)) == len(group.splitlines()), name
        if pathlib.Path("/usr/bin/promtool").exists():
            done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, timeout=60)
            assert done.returncode in (0, 3), done.stderr
        assert nginx.ask("/metrics", method="POST")[0] == 405


def memory_of(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss_Anon:\s+(\d+)", text, re.MULTILINE).group(1))


def test_memory_stays(provider, tmp_path):
    """Ten thousand requests, good and bad, on connections that are kept: nothing is left of them."""
    with Nginx(tmp_path, "keepalive_requests 100000;" + minimal(provider)) as nginx:
        until_ready(nginx)
        [worker] = nginx.workers()
        good = request_of(provider.access_token()).replace(b"Connection: close\r\n", b"")
        bad = request_of("x.y.z").replace(b"Connection: close\r\n", b"")

        def ask(times):
            with socket.create_connection(("127.0.0.1", nginx.port), timeout=60) as connection:
                for _ in range(times):
                    connection.sendall((good + bad) * 25)
                    wanted = 25
                    said = b""
                    while said.count(b"HTTP/1.1 200") < wanted or said.count(b"HTTP/1.1 401") < wanted or not said.endswith(b"</html>\r\n"):
                        said += connection.recv(65536)

        ask(20)
        before = memory_of(worker)
        ask(200)
        assert memory_of(worker) - before < 500, "KiB for ten thousand requests"
