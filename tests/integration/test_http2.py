# SPDX-License-Identifier: Apache-2.0
"""HTTP/2: the same handlers, the same strictness, and limits to what a client may cost."""

import json
import re
import select
import shutil
import socket
import subprocess
import time

import pytest

import http_frames as h2
from http_raw import ProbeServer, read_all, read_until
from key_layer import asan_option
from waiting import PATIENCE, until


@pytest.fixture(scope="module")
def server():
    with ProbeServer("--head-timeout", 2, "--idle-timeout", 3) as running:
        yield running


def curl(server, path, *options, protocol="--http2-prior-knowledge"):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    url = f"http://127.0.0.1:{server.port}{path}"
    command = ["curl", "-s", "-w", "\n%{http_version} %{http_code}", protocol, *options, url]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    body, _, last = done.stdout.rpartition(b"\n")
    return body, last.decode()


def exchange(server, data, quiet=PATIENCE):
    with server.connect() as sock:
        try:
            sock.sendall(h2.start() + data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_all(sock, quiet=quiet)


def answers(server, data, quiet=PATIENCE):
    """As `exchange`, where all streams of `data` end; what comes after that without being asked for is not waited for."""
    with server.connect() as sock:
        try:
            sock.sendall(h2.start() + data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return h2.read_settled(sock, data, quiet)


# ---- requests and responses ----


def test_answers(server):
    body, last = curl(server, "/echo?a=b", "-d", "hello")
    assert last == "2 200"
    seen = json.loads(body)
    assert (seen["method"], seen["query"], seen["body"], seen["version"]) == ("POST", "a=b", "hello", 20)


@pytest.mark.parametrize("size", [0, 1, 16384, 65536, 3000000])
def test_large_answers(server, size):
    body, last = curl(server, f"/sized/{size}")
    assert last == "2 200" and len(body) == size


def test_large_bodies(server, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"x" * 5000000)
    answer, last = curl(server, "/echo", "-X", "PUT", "-T", str(body))
    assert last == "2 200" and json.loads(answer)["body_length"] == 5000000


def test_body_too_large(server, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"x" * 2000000)
    assert curl(server, "/echo", "-d", f"@{body}")[1] == "2 413"
    assert curl(server, "/echo", "-H", "Content-Length:", "-H", "Expect:", "-X", "POST", "-T", str(body))[1] == "2 413"
    assert curl(server, "/hello", "-X", "GET", "-d", "x")[1] == "2 413"


@pytest.mark.parametrize(
    "path, status",
    [("/nowhere", 404), ("/silent", 500), ("/status/204", 204), ("/status/304", 304), ("/split", 500), ("/suspended", 200)],
)
def test_statuses(server, path, status):
    assert curl(server, path)[1] == f"2 {status}"


def test_fields_are_set_and_added(server):
    body, _ = curl(server, "/fields", "-i")
    head = body.decode().lower()
    assert head.count("set-cookie:") == 2 and "location: /hello" in head
    assert "cache-control: no-store" in head and "x-frame-options: sameorigin" in head
    assert "connection:" not in head


def test_head(server):
    body, last = curl(server, "/hello", "-I")
    assert last == "2 200" and b"content-length: 19" in body


def test_many_streams_at_once(server):
    data = b"".join(h2.request(2 * i + 1, "/deferred" if i % 3 else "/hello") for i in range(60))
    received, _ = answers(server, data)
    assert h2.statuses(received) == {2 * i + 1: 200 for i in range(60)}


def test_cookie_crumbs(server):
    body = b"name=x"
    data = h2.request(
        1, "/form", ("content-type", "application/x-www-form-urlencoded"), ("cookie", "a=1"), ("cookie", "c=2"),
        method="POST", end=False,
    ) + h2.frame(h2.DATA, h2.END_STREAM, 1, body)  # fmt: skip
    received, _ = answers(server, data)
    answer = b"".join(p for kind, _, _, p in h2.frames(received) if kind == h2.DATA)
    assert json.loads(answer) == {"name": "x", "cookie": "2"}


# ---- what is refused ----


@pytest.mark.parametrize(
    "status, data",
    [
        (400, h2.request(1, "/x/../hello")),
        (400, h2.request(1, "/hello%00")),
        (400, h2.request(1, "//hello")),
        (400, h2.request(1, "/a", authority="u@a")),
        (400, h2.request(1, "/a", ("host", "b"))),
        (417, h2.request(1, "/a", ("expect", "100-continue"))),
        (414, h2.request(1, "/" + "a" * 9000)),
        (413, h2.request(1, "/echo", ("content-length", "1048577"), method="POST", end=False)),
        (413, h2.request(1, "/hello", end=False) + h2.frame(h2.DATA, 0, 1, b"x")),
        (405, h2.request(1, "/hello", method="get")),
    ],
)
def test_refused(server, status, data):
    received, _ = answers(server, data)
    assert h2.statuses(received) == {1: status}
    assert server.alive()


@pytest.mark.parametrize(
    "data",
    [
        h2.request(1, "/a", ("connection", "close")),
        h2.request(1, "/a", ("transfer-encoding", "chunked")),
        h2.request(1, "/a", ("X-Upper", "a")),
        h2.request(1, "/a", ("x", "a\r\nb")),
        h2.request(1, "/a", ("x", "a\0b")),
        h2.request(1, "/a", ("te", "gzip")),
        h2.request(1, "/a", ("content-length", "5"), ("content-length", "6")),
        h2.request(1, "/a", (":path", "/b")),
        h2.request(1, "/a", ("host", "a"), ("host", "a")),
        h2.request(1, "/a b"),
        h2.request(1, "hello"),
        h2.request(1, "/a", ("x y", "z")),
        h2.request(1, "/a", authority="a b"),
        h2.request(1, "/a", authority=None),
        h2.request(1, "/echo", ("content-length", "5"), method="POST", end=False)
        + h2.frame(h2.DATA, h2.END_STREAM, 1, b"hell"),
        h2.frame(h2.HEADERS, 5, 1, h2.hpack((":method", "GET"), (":scheme", "http"))),
    ],
)
def test_malformed_is_no_request(server, data):
    """Either a 400 or a reset stream; never a handler."""
    received, _ = answers(server, data)
    assert h2.statuses(received).get(1) == 400 or h2.resets(received).get(1) == h2.PROTOCOL_ERROR, h2.frames(received)
    assert server.alive()


def test_header_list_too_large(server):
    fields = [(f"x-{i}", "a" * 4000) for i in range(12)]
    block = h2.hpack((":method", "GET"), (":scheme", "http"), (":path", "/hello"), (":authority", "a"), *fields)
    data = h2.frame(h2.HEADERS, h2.END_STREAM, 1, block[:16000])
    data += h2.frame(h2.CONTINUATION, 0, 1, block[16000:32000]) + h2.frame(h2.CONTINUATION, 4, 1, block[32000:])
    received, _ = answers(server, data)
    assert h2.statuses(received).get(1) == 431
    assert server.alive()


def test_too_many_fields(server):
    received, _ = answers(server, h2.request(1, "/hello", *[("x", "y")] * 120))
    assert h2.statuses(received).get(1) == 431


def test_garbage_after_the_preface(server):
    received, closed = exchange(server, b"\xff" * 2000)
    assert closed and h2.goaway(received) is not None
    assert server.alive()


def test_half_a_preface_times_out(server):
    with server.connect() as sock:
        sock.sendall(h2.PREFACE[:10])
        received, closed = read_all(sock)
    assert closed and received == b""


# ---- floods ----


FLOODS = {
    "rapid reset": b"".join(
        h2.request(2 * i + 1, "/hello") + h2.frame(h2.RST_STREAM, 0, 2 * i + 1, b"\0\0\0\x08") for i in range(3000)
    ),
    "rapid reset of slow handlers": b"".join(
        h2.request(2 * i + 1, "/suspended") + h2.frame(h2.RST_STREAM, 0, 2 * i + 1, b"\0\0\0\x08") for i in range(3000)
    ),
    "settings": h2.frame(h2.SETTINGS, 0, 0, b"\0\x03\0\0\0\x64") * 3000,
    "pings": h2.frame(h2.PING, 0, 0, b"12345678") * 3000,
    "empty data": h2.request(1, "/echo", method="POST", end=False) + h2.frame(h2.DATA, 0, 1) * 3000,
    "priorities": h2.frame(h2.PRIORITY, 0, 1, b"\0\0\0\x03\x10") * 3000,
    "empty continuations": h2.frame(h2.HEADERS, 0, 1, h2.hpack((":method", "GET"))) + h2.frame(h2.CONTINUATION, 0, 1) * 3000,
    "malformed requests": b"".join(h2.request(2 * i + 1, "/a", ("connection", "close")) for i in range(3000)),
}


@pytest.mark.parametrize("flood", [pytest.param(data, id=name) for name, data in FLOODS.items()])
def test_floods_end_the_connection(server, flood):
    received, closed = exchange(server, flood)
    assert closed
    assert server.alive()


def by_reference(streams, fields):
    """Requests whose fields are one byte each: a large one of the first, from the table (RFC 7541 §6.1)."""
    value = b"a" * 4000
    large = b"\x40" + h2.length(b"x") + b"x" + h2.length(value) + value
    plain = h2.hpack((":method", "GET"), (":scheme", "http"), (":path", "/hello"), (":authority", "a"))
    first = h2.frame(h2.HEADERS, h2.END_STREAM | h2.END_HEADERS, 1, plain + large)
    return first + b"".join(
        h2.frame(h2.HEADERS, h2.END_STREAM | h2.END_HEADERS, 2 * i + 3, plain + b"\xbe" * fields) for i in range(streams)
    )


def test_header_bomb_ends_the_connection(server):
    """Sixteen kilobytes that stand for sixty-four megabytes: not gone through, let alone a hundred times."""
    received, closed = exchange(server, by_reference(100, 16000))
    assert closed and h2.goaway(received) == h2.ENHANCE_YOUR_CALM
    assert server.alive()


def test_a_head_somewhat_too_large_is_told_so(server):
    received, closed = answers(server, h2.frame(h2.SETTINGS, 0, 0, h2.NO_TABLE) + by_reference(3, 20))
    assert not closed and h2.statuses(received) == {1: 200, 3: 431, 5: 431, 7: 431}


def send_bodies(server, sock, streams, pieces, size=16384):
    """Bodies that never end, in turns; returns what came back."""
    received = b""
    requests = b"".join(h2.request(2 * i + 1, "/echo", method="POST", end=False) for i in range(streams))
    sock.sendall(h2.start(h2.NO_TABLE) + requests)
    for _ in range(pieces):
        for i in range(streams):
            sock.sendall(h2.frame(h2.DATA, 0, 2 * i + 1, b"x" * size))
            if select.select([sock], [], [], 0)[0]:
                received += sock.recv(65536)
    return received + read_all(sock, quiet=0.5)[0]


def test_unfinished_bodies_of_one_connection_are_bounded(monkeypatch):
    """A hundred megabytes of bodies that are not whole are more than one client may have kept for it."""
    monkeypatch.setenv(*asan_option("quarantine_size_mb=0"))  # what was freed counts no longer
    with ProbeServer("--loops", 1) as server:
        before = server.resident()
        with server.connect() as sock:
            received = send_bodies(server, sock, 100, 50)
            server.has_read(sock)
            assert server.resident() - before < 48 << 20
            assert list(h2.statuses(received).values()).count(503) > 50
        # What others do is not disturbed, nor is the next connection of the same client.
        with server.connect() as sock:
            received = send_bodies(server, sock, 3, 20)
            assert h2.statuses(received) == {}
            sock.sendall(b"".join(h2.frame(h2.DATA, h2.END_STREAM, 2 * i + 1, b"x") for i in range(3)))
            opened = b"".join(h2.request(2 * i + 1) for i in range(3))
            assert h2.statuses(received + h2.read_settled(sock, opened, quiet=PATIENCE)[0]) == {1: 200, 3: 200, 5: 200}


def test_responses_that_nobody_takes_are_bounded(monkeypatch):
    """A hundred streams without a window would have a hundred copies of a large response kept for them."""
    monkeypatch.setenv(*asan_option("quarantine_size_mb=0"))
    with ProbeServer("--loops", 1) as server, server.connect() as sock:
        before = server.resident()
        no_window = b"\0\x04\0\0\0\0"
        requests = b"".join(h2.request(2 * i + 1, "/sized/1000000") for i in range(100))
        sock.sendall(h2.start(h2.NO_TABLE + no_window) + requests)
        received = read_until(sock, lambda all_: len(h2.statuses(all_)) + len(h2.resets(all_)) >= 100)
        refused = h2.resets(received)
        assert len(h2.statuses(received)) == 18 and set(refused.values()) == {h2.REFUSED_STREAM} and len(refused) == 82
        assert server.resident() - before < 48 << 20
        # What is taken, or no longer wanted, makes room.
        sock.settimeout(PATIENCE)
        cancelled = b"".join(h2.frame(h2.RST_STREAM, 0, 2 * i + 1, b"\0\0\0\x08") for i in range(10))
        sock.sendall(cancelled + h2.request(201))
        received = read_until(sock, lambda all_: 201 in h2.statuses(all_))
        assert h2.statuses(received) == {201: 200}
        # Those that are left would be waited for when the server ends.
        sock.sendall(b"".join(h2.frame(h2.RST_STREAM, 0, 2 * i + 1, b"\0\0\0\x08") for i in range(10, 101)))


def test_c8_responses_that_nobody_takes_have_one_ceiling(monkeypatch):
    """Three hundred connections without a window; afterwards the memory is the system's again."""
    monkeypatch.setenv(*asan_option("quarantine_size_mb=0"))
    with ProbeServer("--loops", 1) as server:
        before = server.resident()
        no_window = b"\0\x04\0\0\0\0"
        socks = []
        for _ in range(300):
            socks.append(server.connect())
            socks[-1].sendall(h2.start(h2.NO_TABLE + no_window) + h2.request(1, "/sized/1000000"))
        until(lambda: h2.statuses(answers(server, h2.request(1))[0]) == {1: 200})
        assert server.resident() - before < 110 << 20
        for sock in socks:
            sock.close()
        until(lambda: server.resident() - before < 16 << 20)
    assert "too many responses wait for their clients" in server.log


def test_c8_a_byte_now_and_then_is_not_enough():
    with ProbeServer("--loops", 1, "--idle-timeout", 1) as server, server.connect() as sock:
        settings = h2.frame(h2.SETTINGS, 0, 0, b"\0\x04\0\0\0\0")
        sock.sendall(h2.start() + settings + h2.request(1, "/sized/100000"))
        received = b""
        begun = time.monotonic()
        while h2.resets(received).get(1) is None and time.monotonic() < begun + PATIENCE:
            sock.sendall(h2.frame(h2.WINDOW_UPDATE, 0, 1, b"\0\0\0\x01"))
            received += read_all(sock, quiet=0.3)[0]
        assert h2.resets(received)[1] == 8


def test_one_large_response_leaves_room_for_others():
    """Whoever fetches a large file over a slow line goes on asking meanwhile, on the same connection."""
    no_window = b"\0\x04\0\0\0\0"
    with ProbeServer("--idle-timeout", PATIENCE) as server, server.connect() as sock:
        sock.sendall(h2.start(h2.NO_TABLE + no_window) + h2.request(1, "/sized/20000000"))
        received = read_until(sock, lambda all_: 1 in h2.statuses(all_))
        sock.sendall(h2.request(3, "/sized/1000") + h2.request(5, "/sized/1000"))
        received = read_until(sock, lambda all_: len(h2.statuses(all_)) >= 3, received)
        assert h2.statuses(received) == {1: 200, 3: 200, 5: 200} and h2.resets(received) == {}


def test_large_bodies_in_parallel():
    """A browser that sends several files at once does so on one connection."""
    streams, pieces = 3, 800  # of the 64 MiB each that the route takes
    with ProbeServer() as server, server.connect() as sock:
        requests = b"".join(h2.request(2 * i + 1, "/echo", method="PUT", end=False) for i in range(streams))
        sock.sendall(h2.start(h2.NO_TABLE) + requests)
        for piece in range(pieces):
            flags = h2.END_STREAM if piece == pieces - 1 else 0
            sock.sendall(b"".join(h2.frame(h2.DATA, flags, 2 * i + 1, b"x" * 16384) for i in range(streams)))
        assert h2.statuses(h2.read_settled(sock, requests, quiet=PATIENCE)[0]) == {1: 200, 3: 200, 5: 200}


def test_many_large_bodies_one_after_another_are_no_bomb(server):
    with server.connect() as sock:
        sock.sendall(h2.start())
        received = b""
        for i in range(30):
            sock.settimeout(PATIENCE)
            sock.sendall(h2.request(2 * i + 1, "/echo", method="POST", end=False))
            for _ in range(60):
                sock.sendall(h2.frame(h2.DATA, 0, 2 * i + 1, b"x" * 16384))
            sock.sendall(h2.frame(h2.DATA, h2.END_STREAM, 2 * i + 1, b"x"))
            received = read_until(sock, lambda all_: len(h2.statuses(all_)) > i, received)  # noqa: B023
        assert h2.statuses(received) == {2 * i + 1: 200 for i in range(30)}


def test_streams_beyond_the_limit_are_refused():
    with ProbeServer("--streams", 10) as server:
        data = b"".join(h2.request(2 * i + 1, "/suspended") for i in range(30))
        received, _ = answers(server, data)
        answered = [s for s, status in h2.statuses(received).items() if status == 200]
        assert len(answered) == 10
        assert server.alive()


def test_body_too_slow():
    with ProbeServer("--head-timeout", 1, "--body-rate", 1000) as server:
        data = h2.request(1, "/echo", method="POST", end=False) + h2.frame(h2.DATA, 0, 1, b"x")
        received, _ = answers(server, data)
        assert h2.statuses(received) == {1: 408}


def test_what_came_at_once_earns_no_hour():
    """A megabyte at the slowest pace would take an hour; sent at once, it is held for the idle time-out."""
    with ProbeServer("--head-timeout", 1, "--idle-timeout", 2) as server:
        data = h2.request(1, "/echo", method="POST", end=False) + h2.frame(h2.DATA, 0, 1, b"x" * 16384) * 3
        received, _ = answers(server, data)
        assert h2.statuses(received) == {1: 408}


def test_unfinished_head_times_out(server):
    data = h2.frame(h2.HEADERS, h2.END_STREAM, 1, h2.hpack((":method", "GET"))[:5])
    received, closed = exchange(server, data)
    assert closed


def test_idle_connection_is_closed(server):
    received, closed = exchange(server, h2.request(1))
    assert closed and h2.goaway(received) == h2.NO_ERROR and h2.statuses(received) == {1: 200}


@pytest.mark.parametrize("stuck", ["response", "request"])
def test_what_waits_for_a_client_that_has_gone_is_over(server, stuck):
    """Nobody will open the window, or send the rest of the body, any more."""
    no_window = b"\0\x04\0\0\0\0"
    data = h2.request(1, "/sized/1000000") if stuck == "response" else h2.request(1, "/form", method="POST", end=False)
    with server.connect() as sock:
        sock.sendall(h2.start(h2.NO_TABLE + no_window) + data + h2.request(3, "/deferred"))
        sock.shutdown(socket.SHUT_WR)
        received, closed = read_all(sock)
    assert closed
    assert h2.statuses(received) == ({1: 200, 3: 200} if stuck == "response" else {3: 200})


def test_client_that_opens_no_window(server):
    """Its response waits for the idle time-out and no longer."""
    settings = h2.frame(h2.SETTINGS, 0, 0, b"\0\x04\0\0\0\0")  # initial window 0
    received, _ = answers(server, settings + h2.request(1, "/sized/100000"))
    assert h2.resets(received).get(1) == 8
    assert server.alive()


def test_client_that_does_not_read_bounds_memory(server):
    big = h2.frame(h2.SETTINGS, 0, 0, b"\0\x04\x7f\xff\xff\xff") + h2.frame(h2.WINDOW_UPDATE, 0, 0, b"\x7f\x00\x00\x00")
    before = server.resident()
    with server.connect() as sock:
        sock.settimeout(1)
        try:
            sock.sendall(h2.start() + big)
            for i in range(2000):
                sock.sendall(h2.request(2 * i + 1, "/sized/1000000"))
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        assert server.resident() - before < 250 << 20  # 100 streams of 1 MB
        assert server.alive()


@pytest.mark.parametrize("delay", [0, 0.01, 0.05])
def test_client_goes_before_the_answers(server, delay):
    for _ in range(5):
        sock = server.connect()
        paths = ["/suspended", "/deferred", "/sized/1000000", "/hello"] * 5
        sock.sendall(h2.start() + b"".join(h2.request(2 * i + 1, path) for i, path in enumerate(paths)))
        time.sleep(delay)
        sock.close()
    until(lambda: server.open_files() <= server.idle_files, "all of them to be let go")
    assert server.alive()


def test_graceful_stop():
    with ProbeServer() as server:
        with server.connect() as sock:
            sock.sendall(h2.start() + h2.request(1, "/suspended") + h2.frame(h2.PING, 0, 0, b"whoknows"))
            received = read_until(sock, lambda all_: b"whoknows" in all_)  # what came before it has been read
            server.process.terminate()
            more, closed = read_all(sock)
            received += more
        assert closed and h2.statuses(received) == {1: 200} and h2.goaway(received) == h2.NO_ERROR
        assert server.stop(signal_number=None) == 0
        assert server.output.endswith("open 0\n")


def test_requests_per_connection():
    with ProbeServer("--requests", 5) as server:
        data = b"".join(h2.request(2 * i + 1) for i in range(5))
        received, closed = exchange(server, data)
        assert closed and len(h2.statuses(received)) == 5 and h2.goaway(received) == h2.NO_ERROR


def test_load():
    """h2load, a client of its own kind: everything succeeds."""
    if not shutil.which("h2load"):
        pytest.skip("h2load is not installed (Debian package nghttp2-client)")
    with ProbeServer("--loops", 2) as server:
        url = f"http://127.0.0.1:{server.port}/hello"
        done = subprocess.run(["h2load", "-n", "20000", "-c", "20", "-m", "50", url], capture_output=True, text=True, timeout=60)
        assert re.search(r"20000 succeeded, 0 failed, 0 errored", done.stdout), done.stdout
        until(server.alive)
