# SPDX-License-Identifier: Apache-2.0
"""What the HTTP engine does with good requests, and with clients and servers that come and go."""

import json
import os
import re
import signal
import socket
import struct
import threading
import time

import http_frames as h2
import pytest

from http_raw import ProbeServer, parse, read_all
from waiting import PATIENCE, until

HOST = b"Host: a\r\n"
END = b"Connection: close\r\n\r\n"


def get(path, *fields, end=True, method=b"GET", version=b"1.1"):
    lines = b"".join(field + b"\r\n" for field in fields)
    return method + b" " + path + b" HTTP/" + version + b"\r\n" + HOST + lines + (END if end else b"\r\n")


@pytest.fixture(scope="module")
def server():
    with ProbeServer() as running:
        yield running


def echoed(server, request):
    answer = server.request(request)
    assert answer.status == 200, answer.raw
    return json.loads(answer.body)


# ---- requests ----


def test_plain_answer(server):
    answer = server.request(get(b"/hello"))
    assert answer.status == 200 and answer.body == b'{"message":"hello"}'
    assert answer.header("Content-Type") == ["application/json"]
    assert answer.header("X-Content-Type-Options") == ["nosniff"]
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", answer.header("Date")[0])


def test_pipelined_requests_are_answered_in_order(server):
    paths = [b"/items/%d" % i for i in range(200)]
    requests = b"".join(get(path, end=path == paths[-1]) for path in paths)
    received, closed = server.talk(requests)
    answers, rest = parse(received)
    assert closed and rest == b""
    assert [json.loads(answer.body)["id"] for answer in answers] == [str(i) for i in range(200)]


def test_pipelined_behind_a_suspended_one(server):
    requests = get(b"/suspended", end=False) + get(b"/deferred", end=False) + get(b"/hello")
    received, closed = server.talk(requests)
    answers, rest = parse(received)
    assert closed and rest == b""
    assert [a.body for a in answers] == [b"/suspended", b"/deferred", b'{"message":"hello"}']


def test_pipelined_bodies(server):
    requests = b"".join(
        b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(body) + body
        for body in (b"one", b"", b"x" * 9000, b"four", b"y" * 100000, b"six")
    )
    requests += b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n" + END + b"3\r\nend\r\n0\r\n\r\n"
    received, closed = server.talk(requests)
    answers, rest = parse(received)
    assert closed and rest == b""
    assert [json.loads(a.body)["body_length"] for a in answers] == [3, 0, 9000, 4, 100000, 3, 3]


def test_request_split_at_every_byte(server):
    request = b"POST /echo?a=b HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n" + END + b"hello"
    with server.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(request)):
            sock.sendall(request[i : i + 1])
        received, closed = read_all(sock)
    answers, _ = parse(received)
    assert closed and json.loads(answers[0].body)["body"] == "hello"


def fnv(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


@pytest.mark.parametrize("size", [0, 1, 7000, 8191, 8192, 8193, 33000, 1 << 20])
def test_bodies_of_all_sizes(server, size):
    body = (b"abcdefghij" * (size // 10 + 1))[:size]
    seen = echoed(server, b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n" % size + END + body)
    assert seen["body_length"] == size and seen["body_hash"] == fnv(body)


@pytest.mark.parametrize("size", [1, 100, 8192, 1 << 20])
@pytest.mark.parametrize("chunk", [1000, 4096, 70000])
def test_chunked_bodies(server, size, chunk):
    body = (b"abcdefghij" * (size // 10 + 1))[:size]
    chunks = b"".join(
        b"%x\r\n" % len(body[i : i + chunk]) + body[i : i + chunk] + b"\r\n" for i in range(0, size, chunk)
    )
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n" + END
    seen = echoed(server, head + chunks + b"0\r\n\r\n")
    assert seen["body_length"] == size and seen["body_hash"] == fnv(body)


def test_head_of_nearly_32_kib(server):
    value = b"v" * 32000
    assert echoed(server, get(b"/echo", b"X-Long: " + value))["fields"]["x"] == value.decode()


def test_head_that_ends_where_the_block_ends(server):
    """The body then needs room that only a larger block has."""
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: 20000\r\nX: "
    for total in (8192 - 1025, 8192 - 1023, 8190, 8191, 8192, 8193):
        request = head + b"a" * (total - len(head) - 4) + b"\r\n\r\n"
        assert len(request) == total
        assert echoed(server, request + b"b" * 20000)["body_length"] == 20000


def test_expect_continue(server):
    with server.connect() as sock:
        head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nExpect: 100-continue\r\n" + END
        sock.sendall(head)
        assert sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"hello")
        received, _ = read_all(sock)
    assert parse(received)[0][0].status == 200


def test_expect_continue_is_answered_by_a_refusal(server):
    answer = server.request(
        b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n"
    )
    assert answer.status == 413


def test_no_continue_when_the_body_is_there(server):
    answer = server.request(
        b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nExpect: 100-continue\r\n" + END + b"ok"
    )
    assert answer.status == 200


def test_head_has_the_length_but_no_body(server):
    received, closed = server.talk(get(b"/hello", method=b"HEAD"))
    answers, rest = parse(received, head_only=True)
    assert closed and rest == b"" and answers[0].status == 200
    assert answers[0].header("Content-Length") == ["19"]


def test_options(server):
    answer = server.request(get(b"/echo", method=b"OPTIONS"))
    assert answer.status == 204 and answer.header("Allow") == ["GET, HEAD, POST, PUT, DELETE, OPTIONS"]
    assert server.request(get(b"*", method=b"OPTIONS")).status == 204
    assert server.request(get(b"/nowhere", method=b"OPTIONS")).status == 404


@pytest.mark.parametrize("method", [b"get", b"PATCH", b"TRACE", b"M-SEARCH"])
def test_other_methods(server, method):
    answer = server.request(get(b"/hello", method=method))
    assert answer.status == 405 and answer.header("Allow") == ["GET, HEAD, OPTIONS"]
    assert answer.body == b'{"detail":"Method Not Allowed"}'


def test_unknown_path(server):
    answer = server.request(get(b"/nowhere"))
    assert answer.status == 404 and answer.body == b'{"detail":"Not Found"}'


def test_paths_and_parameters(server):
    assert echoed(server, get(b"/items/a%20b"))["id"] == "a b"
    assert echoed(server, get(b"/items/%E2%82%AC?q=%41"))["query"] == "q=%41"
    assert echoed(server, get(b"/files/x/y%2ez"))["rest"] == "x/y.z"
    assert server.request(get(b"/items/special")).body == b'{"message":"hello"}'
    assert server.request(get(b"/items/")).status == 404


def test_absolute_form(server):
    seen = echoed(server, b"GET http://A/echo?x HTTP/1.1\r\n" + HOST + END)
    assert (seen["path"], seen["query"], seen["authority"]) == ("/echo", "x", "a")


def test_obs_text_and_tabs_are_passed_on(server):
    assert echoed(server, get(b"/echo", b"X-V: \t a\tb \xc3\xa4 \t"))["fields"]["x"] == "a\tb \u00e4"


def test_http_1_0(server):
    received, closed = server.talk(b"GET /hello HTTP/1.0\r\n\r\n")
    answers, rest = parse(received)
    assert closed and answers[0].status == 200 and rest == b""
    with server.connect() as sock:
        for _ in range(3):
            sock.sendall(b"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            answer = parse(sock.recv(10000))[0][0]
            assert answer.header("Connection") == ["keep-alive"]


def test_form_and_cookie(server):
    body = b"a=1&name=J%C3%BCrgen+M%26M&name=second"
    head = b"POST /form HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n" % len(body)
    head += b"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nCookie: b=2; c=\"3\"; c=4\r\n"
    assert json.loads(server.request(head + END + body).body) == {"name": "J\u00fcrgen M&M", "cookie": "3"}


# ---- responses ----


def test_response_splitting_is_a_500(server):
    answer = server.request(get(b"/split"))
    assert answer.status == 500 and b"evil" not in answer.raw


def test_fields_are_set_and_added(server):
    answer = server.request(get(b"/fields"))
    assert answer.status == 303 and answer.header("Location") == ["/hello"]
    assert answer.header("Cache-Control") == ["no-store"]
    assert answer.header("Set-Cookie") == ["a=1", "b=2"]
    assert answer.header("X-Frame-Options") == ["SAMEORIGIN"]
    assert answer.header("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(server, status):
    received, closed = server.talk(get(b"/status/%d" % status))
    head, _, rest = received.partition(b"\r\n\r\n")
    assert closed and rest == b"" and b"content-length" not in head.lower()
    assert head.startswith(b"HTTP/1.1 %d " % status)


def test_other_statuses(server):
    assert server.request(get(b"/status/599")).status == 599
    assert server.request(get(b"/status/418")).body == b"the body\n"
    assert server.request(get(b"/status/100")).status == 500
    assert server.request(get(b"/status/600")).status == 500


def test_handler_that_does_not_answer(server):
    assert server.request(get(b"/silent")).status == 500


@pytest.mark.parametrize("size", [65000, 65536, 70000, 5 << 20])
def test_large_answers(server, size):
    answer = server.request(get(b"/sized/%d" % size))
    assert len(answer.body) == size and answer.body[:30] == b"abcdefghijklmnopqrstuvwxyzabcd"


# ---- connections ----


def test_half_closed_client_is_answered(server):
    received, closed = server.talk(get(b"/hello", end=False) + get(b"/suspended", end=False), half_close=True)
    answers, rest = parse(received)
    assert closed and [a.status for a in answers] == [200, 200] and rest == b""


def reset(sock):
    """Closes with a reset instead of an orderly end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@pytest.mark.parametrize("path", [b"/suspended", b"/deferred", b"/sized/20000000", b"/resumed"])
@pytest.mark.parametrize("leave", [reset, socket.socket.close])
def test_client_goes_before_the_answer(server, path, leave):
    for delay in (0, 0.01, 0.05):
        sock = server.connect()
        sock.sendall(get(path, end=False) * 3)
        time.sleep(delay)
        leave(sock)
    until(lambda: server.open_files() <= server.idle_files, "all of them to be let go")
    assert server.alive()


def test_client_goes_in_the_middle_of_a_request(server):
    request = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 50\r\n\r\n" + b"x" * 20
    for end in range(1, len(request), 7):
        sock = server.connect()
        sock.sendall(request[:end])
        reset(sock) if end % 2 else sock.close()
    assert server.alive()


def test_client_that_does_not_read_bounds_memory(server):
    """Requests are not taken while their answers cannot be delivered."""
    server.request(get(b"/sized/5000000"))
    before = server.resident()
    with server.connect() as sock:
        sock.settimeout(1)
        try:
            for _ in range(1000):
                sock.sendall(get(b"/sized/1000000", end=False) * 10)
        except TimeoutError:
            pass
        assert server.resident() - before < 60 << 20
        assert server.alive()


def test_slow_reader_gets_everything(server):
    with server.connect() as sock:
        sock.sendall(get(b"/sized/20000000", end=False) + get(b"/items/last"))
        pieces = []
        while piece := sock.recv(65536):
            pieces.append(piece)
            time.sleep(0.0005)
    answers, rest = parse(b"".join(pieces))
    assert len(answers[0].body) == 20000000 and rest == b""
    assert json.loads(answers[1].body)["id"] == "last"


def test_requests_per_connection():
    with ProbeServer("--requests", 3) as server:
        received, closed = server.talk(get(b"/hello", end=False) * 5)
        answers, rest = parse(received)
        assert closed and len(answers) == 3 and rest == b""
        assert [a.header("Connection") for a in answers] == [[], [], ["close"]]


def test_connection_limit():
    """Connections in the middle of a request keep their place; a new one is refused, and that is told."""
    with ProbeServer("--connections", 5) as server:
        kept = [server.connect() for _ in range(5)]
        for sock in kept:
            sock.sendall(get(b"/hello", end=False))
            assert sock.recv(1000).startswith(b"HTTP/1.1 200")
            sock.sendall(b"GET /hello HTTP/1.1\r\n")
        time.sleep(0.1)  # in a second they would make room
        with server.connect() as sock:
            assert read_all(sock)[1]
        kept.pop().close()
        until(lambda: server.talk(get(b"/hello"))[0].startswith(b"HTTP/1.1 200"))
        for sock in kept:
            sock.close()  # their requests would be waited for when the server ends
    assert re.search("crowd refused [1-9][0-9]* ended 0 ", server.output)
    assert "too many connections: a new one was refused" in server.log


def test_c7_the_longest_idle_connection_makes_room():
    with ProbeServer("--connections", 5, "--loops", 1) as server:
        kept = [server.connect() for _ in range(5)]
        for sock in kept[1:]:
            time.sleep(0.05)
            sock.sendall(get(b"/hello", end=False))
            assert sock.recv(1000).startswith(b"HTTP/1.1 200")
        assert server.talk(get(b"/hello"))[0].startswith(b"HTTP/1.1 200")
        assert read_all(kept[0]) == (b"", True)  # it has never said anything
        for sock in kept[1:]:
            sock.sendall(get(b"/hello", end=False))
            assert sock.recv(1000).startswith(b"HTTP/1.1 200")
    assert "crowd refused 0 ended 1 " in server.output
    assert "too many connections: the longest idle one was closed" in server.log


def test_c7_few_descriptors_refuse_nobody():
    """Idle connections make room before descriptors run out: then the system would drop clients in silence."""
    server = ProbeServer("--loops", 1, nofile=200)
    with server:
        socks = [server.connect() for _ in range(300)]
        assert server.talk(get(b"/hello"))[0].startswith(b"HTTP/1.1 200")
        for sock in socks:
            sock.close()


def test_c7_clients_that_are_waited_for_make_room():
    """Five who have begun and owe the rest: of a head, of a body, or the taking of a response. A second of patience is
    all that they have once somebody else wants in."""
    no_window = h2.frame(h2.SETTINGS, 0, 0, b"\0\x04\0\0\0\0")
    begun = [
        b"GET /hello HT",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx",
        h2.start() + no_window + h2.request(1, "/sized/1000"),
        h2.start() + h2.request(1, "/echo", method="POST", end=False),
    ]
    with ProbeServer("--connections", 5, "--loops", 1) as server:
        kept = [server.connect() for _ in begun]
        for sock, words in zip(kept, begun):
            sock.sendall(words)
        time.sleep(0.2)  # until then they are idle
        newer = []
        for _ in begun:  # who has been answered begins anew, so as not to be idle
            until(lambda: comes_in(server, newer))
        for sock in kept:
            assert read_all(sock)[1]
        for sock in newer:
            sock.sendall(b"T /hello HTTP/1.1\r\n" + HOST + END)
            assert read_all(sock)[0].startswith(b"HTTP/1.1 200")
    assert re.search("crowd refused [0-9]+ ended 5 ", server.output)


def comes_in(server, newer):
    sock = server.connect()
    try:
        sock.sendall(get(b"/hello", end=False) + b"GE")
        answered = sock.recv(1000).startswith(b"HTTP/1.1 200")
    except OSError:
        answered = False
    if answered:
        newer.append(sock)
    else:
        sock.close()
    return answered


def test_c7_descriptors_that_are_too_few_are_told():
    server = ProbeServer(nofile=40, expect_failure=True)
    assert "40 descriptors are too few: at least 64 are needed" in server.log + server.output


def test_c8_a_client_that_takes_a_byte_now_and_then_is_not_waited_for():
    with ProbeServer("--idle-timeout", 1, "--loops", 1) as server:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect((server.address, server.port))
        sock.sendall(get(b"/sized/30000000"))
        begun = time.monotonic()
        sock.settimeout(PATIENCE)
        taken = b"x"
        while taken and time.monotonic() < begun + PATIENCE:
            time.sleep(0.2)
            try:
                taken = sock.recv(1)
            except ConnectionResetError:
                break
            if server.open_files() <= server.idle_files:
                break
        assert server.open_files() <= server.idle_files
        sock.close()


def test_no_more_file_descriptors():
    """Connections beyond the limit of the process are shed; the ones there are go on."""
    import resource

    with ProbeServer() as server:
        until(server.alive)  # it has counted its descriptors by now
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (40, 40))
        socks = [server.connect() for _ in range(80)]
        time.sleep(0.3)
        socks[0].sendall(get(b"/hello", end=False))
        assert socks[0].recv(1000).startswith(b"HTTP/1.1 200")
        for sock in socks:
            sock.close()
        until(server.alive)


def test_full_pool_answers_503():
    with ProbeServer("--pool-threads", 1, "--pool-queue", 2) as server:
        socks = [server.connect() for _ in range(12)]
        server.process.send_signal(signal.SIGSTOP)  # so that all are there at once
        for sock in socks:
            sock.sendall(get(b"/deferred"))
        server.process.send_signal(signal.SIGCONT)
        answers = [parse(read_all(sock)[0])[0][0] for sock in socks]
        statuses = [a.status for a in answers]
        assert statuses.count(200) >= 2 and statuses.count(503) >= 5 and len(statuses) == 12
        assert all(a.header("Retry-After") == ["1"] for a in answers if a.status == 503)


def test_all_loops_receive():
    """With several loops, their threads all take connections."""
    with ProbeServer("--loops", 3) as server:
        socks = [server.connect() for _ in range(60)]
        for sock in socks:
            sock.sendall(get(b"/hello", end=False) * 20)
        for sock in socks:
            read_all(sock, quiet=0.02)
            sock.close()
        assert server.alive()
        tasks = f"/proc/{server.process.pid}/task"
        switches = [
            int(re.search(r"nonvoluntary_ctxt_switches:\s+(\d+)|voluntary_ctxt_switches:\s+(\d+)", text)[2])
            for text in (open(f"{tasks}/{task}/status").read() for task in os.listdir(tasks))
        ]
        assert sum(count > 10 for count in switches) >= 3


# ---- beginning and end ----


def test_port_taken():
    with ProbeServer() as server:
        second = ProbeServer("--port", server.port, expect_failure=True)
        assert second.process.returncode == 1
        assert "127.0.0.1" in second.log and str(server.port) in second.log and "in use" in second.log
        assert server.alive()


def test_port_can_be_taken_again_at_once():
    with ProbeServer() as server:
        port = server.port
        assert server.alive()
    with ProbeServer("--port", port) as server:
        assert server.alive()


def test_bad_address():
    second = ProbeServer(address="nonsense", expect_failure=True)
    assert second.process.returncode == 1 and "nonsense" in second.log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_graceful_stop(number):
    """What is in flight is answered, idle connections are closed, nothing new is taken."""
    with ProbeServer("--loops", 1) as server:
        idle, busy, half = (server.connect() for _ in range(3))

        def served(sock):
            sock.sendall(get(b"/hello", end=False))
            return sock.recv(1000).startswith(b"HTTP/1.1 200")

        assert served(idle) and served(busy) and served(half)
        half.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhe")
        busy.sendall(get(b"/suspended", end=False))
        assert served(idle)  # by the loop that has read the others by then
        server.process.send_signal(number)
        assert read_all(idle)[1]
        half.sendall(b"llo")
        for sock in (busy, half):
            received, closed = read_all(sock)
            answers, _ = parse(received)
            assert closed and answers[0].status == 200 and answers[0].header("Connection") == ["close"]
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        assert server.stop(signal_number=None) == 0
        assert server.output.endswith("open 0\n")


def test_stop_is_bounded():
    """A client that never finishes its request does not keep the server."""
    with ProbeServer("--stop-timeout", 1) as server:
        with server.connect() as sock:
            sock.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhe")
            server.has_read(sock)
            begin = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - begin < 9  # ten are what it has when it is not told


def test_stop_under_load():
    with ProbeServer("--loops", 2) as server:
        ends = threading.Event()

        def client():
            while not ends.is_set():
                try:
                    server.talk(get(b"/deferred", end=False) * 3 + get(b"/hello"))
                except OSError:
                    return

        clients = [threading.Thread(target=client) for _ in range(6)]
        for thread in clients:
            thread.start()
        time.sleep(0.4)
        code = server.stop()
        ends.set()
        for thread in clients:
            thread.join()
        assert code == 0 and server.output.endswith("open 0\n")


def test_unix_socket(tmp_path):
    path = tmp_path / "socket"
    with ProbeServer("--loops", 2, address=f"unix:{path}") as server:
        assert server.alive()
        assert echoed(server, get(b"/echo"))["peer"] == "unix"
        second = ProbeServer(address=f"unix:{path}", expect_failure=True)
        assert second.process.returncode == 1 and "in use" in second.log
        assert server.alive()
        server.kill()
    assert path.exists()  # left behind by the kill
    with ProbeServer(address=f"unix:{path}") as server:
        assert server.alive()
    assert not path.exists()


def test_passed_socket():
    """systemd's socket activation: the socket is there before the program."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with ProbeServer("--loops", 2, address="passed", passed=listener) as server:
            assert all(server.alive() for _ in range(10))
    assert "LISTEN_FDS" in ProbeServer(address="passed", expect_failure=True).log


def test_ipv6():
    with ProbeServer(address="::1") as server:
        assert echoed(server, get(b"/echo"))["peer"] == "::1"


# ---- behind a proxy ----


def test_forwarded_is_ignored_from_strangers(server):
    seen = echoed(server, get(b"/echo", b"X-Forwarded-For: 1.2.3.4", b"X-Forwarded-Proto: https"))
    assert seen["peer"] == "127.0.0.1" and seen["secure"] is False


@pytest.mark.parametrize(
    "fields, peer, secure, authority",
    [
        ([b"X-Forwarded-For: 1.2.3.4"], "1.2.3.4", False, "a"),
        ([b"X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1", b"X-Forwarded-Proto: https"], "1.2.3.4", True, "a"),
        ([b"X-Forwarded-For: 6.6.6.6", b"X-Forwarded-For: 1.2.3.4:99"], "1.2.3.4", False, "a"),
        ([b"X-Forwarded-Host: B.example:8443"], "127.0.0.1", False, "b.example:8443"),
        ([b'Forwarded: for="[2001:db8::1]:4711";proto=https;host=c.example'], "2001:db8::1", True, "c.example"),
        ([b"Forwarded: for=6.6.6.6, for=1.2.3.4, for=10.9.9.9"], "1.2.3.4", False, "a"),
        ([b"Forwarded: for=_hidden"], "unknown", False, "a"),
        ([b"Forwarded: for=1.2.3.4;proto=https", b"X-Forwarded-For: 1.2.3.4"], "1.2.3.4", True, "a"),
    ],
)
def test_forwarded(fields, peer, secure, authority):
    with ProbeServer("--trust", "127.0.0.1", "--trust", "10.0.0.0/8") as server:
        seen = echoed(server, get(b"/echo", *fields))
        assert (seen["peer"], seen["secure"], seen["authority"]) == (peer, secure, authority)


@pytest.mark.parametrize(
    "fields",
    [
        [b"Forwarded: for=1.2.3.4", b"X-Forwarded-For: 6.6.6.6"],
        [b"Forwarded: proto=https", b"X-Forwarded-Proto: http"],
        [b"Forwarded: for=1.2.3.4;proto=https", b"X-Forwarded-Host: evil.example"],
        [b"Forwarded: for=1.2.3.4;host=a", b"X-Forwarded-Proto: https"],
        [b"Forwarded: for=1.2.3.4, for=10.1.1.1", b"X-Forwarded-For: 1.2.3.4", b"X-Forwarded-Host: evil.example"],
        [b"Forwarded: proto=https", b"X-Forwarded-For: 6.6.6.6"],
        [b"Forwarded: ", b"X-Forwarded-For: 6.6.6.6"],
        [b"X-Forwarded-Proto: gopher"],
        [b"X-Forwarded-Host: a/b"],
        [b"X-Forwarded-For: " + b"1.2.3.4," * 40],
    ],
)
def test_forwarded_that_cannot_be_believed(fields):
    with ProbeServer("--trust", "127.0.0.0/8") as server:
        assert server.request(get(b"/echo", *fields)).status == 400


def test_bad_trusted_proxy():
    second = ProbeServer("--trust", "10.0.0.0/33", expect_failure=True)
    assert second.process.returncode == 1 and "10.0.0.0/33" in second.log
