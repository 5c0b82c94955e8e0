# SPDX-License-Identifier: Apache-2.0
"""What the HTTP engine does with clients and servers that come and go."""

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

from http_raw import END, HOST, ProbeServer, echoed, get, parse, read_all
from waiting import PATIENCE, until


@pytest.fixture(scope="module")
def server():
    with ProbeServer() as running:
        yield running


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
