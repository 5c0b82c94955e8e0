# SPDX-License-Identifier: Apache-2.0
"""Malformed and ambiguous requests: each is answered with the stated status, once, the connection
is closed, nothing of it is taken for a second request, and the server goes on as if nothing had
been."""

import time

import pytest

from http_raw import ProbeServer, parse, read_all

HOST = b"Host: a\r\n"
GET = b"GET /hello HTTP/1.1\r\n" + HOST
POST = b"POST /echo HTTP/1.1\r\n" + HOST
#  What a smuggler would have answered as a second request.
SECOND = b"GET /hello HTTP/1.1\r\nHost: smuggled\r\n\r\n"


@pytest.fixture(scope="module")
def server():
    with ProbeServer("--head-timeout", 2, "--idle-timeout", 3) as running:
        yield running


#  The table of docs/development/http.md: what packaged servers answer otherwise.
TABLE = {
    "two differing Content-Length": (400, POST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SECOND),
    "Content-Length and Transfer-Encoding": (
        400,
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    ),
    "Content-Length with a sign": (400, POST + b"Content-Length: +0\r\n\r\n" + SECOND),
    "space before the colon": (400, POST + b"Content-Length : 0\r\n\r\n" + SECOND),
    "obs-fold": (400, GET + b"X: a\r\n b\r\n\r\n" + SECOND),
    "bare LF line ends": (400, b"GET /hello HTTP/1.1\nHost: a\n\n" + SECOND),
    "NUL in a value": (400, GET + b"X: a\0b\r\n\r\n" + SECOND),
    "bare CR in a value": (400, GET + b"X: a\rb\r\n\r\n" + SECOND),
    "no Host": (400, b"GET /hello HTTP/1.1\r\n\r\n" + SECOND),
    "two Host": (400, GET + HOST + b"\r\n" + SECOND),
    "64 KB header": (431, GET + b"X: " + b"a" * 65536 + b"\r\n\r\n" + SECOND),
    "Transfer-Encoding: xchunked": (501, POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SECOND),
}

REQUEST_LINES = {
    "HTTP/0.9": (400, b"GET /hello\r\n\r\n" + SECOND),
    "two spaces": (400, b"GET  /hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "space at the end": (400, b"GET /hello HTTP/1.1 \r\n" + HOST + b"\r\n" + SECOND),
    "tab for space": (400, b"GET\t/hello\tHTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "space in the target": (400, b"GET /hel lo HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "leading space": (400, b" GET /hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "two empty lines first": (400, b"\r\n\r\nGET /hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "lower-case version": (400, b"GET /hello http/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "HTTP/1.2": (505, b"GET /hello HTTP/1.2\r\n" + HOST + b"\r\n" + SECOND),
    "HTTP/3.0": (505, b"GET /hello HTTP/3.0\r\n" + HOST + b"\r\n" + SECOND),
    "CONNECT": (501, b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n" + SECOND),
    "long method": (501, b"A" * 40 + b" /hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "method with a control character": (400, b"GE\x01T /hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "request line of 9000 bytes": (414, b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "request line without end": (414, b"GET /" + b"a" * 40000),
    "a TLS greeting": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 100),
}

TARGETS = {
    "absolute-form that differs from Host": (400, b"GET http://b/hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "absolute-form with user information": (400, b"GET http://u@a/hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "authority-form": (400, b"GET a:80 HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "asterisk with GET": (400, b"GET * HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "two leading slashes": (400, b"GET //a/hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "dot segments": (400, b"GET /x/../hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "encoded dot segments": (400, b"GET /x/%2e%2E/hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "encoded NUL": (400, b"GET /hello%00 HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "encoded slash": (400, b"GET /files/a%2Fb HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "encoded backslash": (400, b"GET /files/a%5cb HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "encoded CR LF": (400, b"GET /files/a%0d%0ab HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "malformed percent": (400, b"GET /files/%zz HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "overlong UTF-8": (400, b"GET /files/%c0%af HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "fragment": (400, b"GET /hello#x HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "bytes above ASCII": (400, b"GET /\xc3\xa4 HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
    "backslash": (400, b"GET \\hello HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND),
}

HOSTS = {
    "user information": (400, b"GET /hello HTTP/1.1\r\nHost: user@a\r\n\r\n" + SECOND),
    "two in one": (400, b"GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n" + SECOND),
    "empty": (400, b"GET /hello HTTP/1.1\r\nHost:\r\n\r\n" + SECOND),
    "with a path": (400, b"GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n" + SECOND),
    "with a quote": (400, b'GET /hello HTTP/1.1\r\nHost: a"b\r\n\r\n' + SECOND),
    "port out of range": (400, b"GET /hello HTTP/1.1\r\nHost: a:99999\r\n\r\n" + SECOND),
}

FIELDS = {
    "101 fields": (431, GET + b"a: b\r\n" * 100 + b"\r\n" + SECOND),
    "empty name": (400, GET + b": x\r\n\r\n" + SECOND),
    "no colon": (400, GET + b"abc\r\n\r\n" + SECOND),
    "leading space": (400, b"GET /hello HTTP/1.1\r\n X: y\r\n" + HOST + b"\r\n" + SECOND),
    "tab before the colon": (400, GET + b"X\t: y\r\n\r\n" + SECOND),
    "name above ASCII": (400, GET + b"X\xe4: y\r\n\r\n" + SECOND),
    "name with NUL": (400, GET + b"X\0: y\r\n\r\n" + SECOND),
    "DEL in a value": (400, GET + b"X: \x7f\r\n\r\n" + SECOND),
    "vertical tab in a value": (400, GET + b"X: a\x0bb\r\n\r\n" + SECOND),
    "bare LF inside the head": (400, GET + b"X: a\nY: b\r\n\r\n" + SECOND),
    "bare LF at the end": (400, GET + b"X: a\r\n\n" + SECOND),
    "CR CR LF": (400, GET + b"X: a\r\r\n\r\n" + SECOND),
    "Connection that is not a list of tokens": (400, GET + b"Connection: close;x\r\n\r\n" + SECOND),
    "unknown expectation": (417, POST + b"Expect: 200-ok\r\nContent-Length: 0\r\n\r\n" + SECOND),
}

LENGTHS = {
    "two equal": (400, POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + SECOND),
    "a list": (400, POST + b"Content-Length: 5, 5\r\n\r\nhello" + SECOND),
    "leading zero": (400, POST + b"Content-Length: 05\r\n\r\nhello" + SECOND),
    "negative": (400, POST + b"Content-Length: -1\r\n\r\n" + SECOND),
    "hexadecimal": (400, POST + b"Content-Length: 0x5\r\n\r\nhello" + SECOND),
    "with a space": (400, POST + b"Content-Length: 5 5\r\n\r\nhello" + SECOND),
    "empty": (400, POST + b"Content-Length:\r\n\r\n" + SECOND),
    "above 2^63": (400, POST + b"Content-Length: 9223372036854775808\r\n\r\n" + SECOND),
    "above 2^64": (400, POST + b"Content-Length: 18446744073709551621\r\n\r\nhello" + SECOND),
    "larger than the route's ceiling": (413, POST + b"Content-Length: 1048577\r\n\r\n" + SECOND),
    "a body where there is none": (413, GET + b"Content-Length: 5\r\n\r\nhello" + SECOND),
    "a chunked body where there is none": (413, GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND),
}

CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
CODINGS = {
    "twice": (400, CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND),
    "chunked, chunked": (400, POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + SECOND),
    "gzip, chunked": (501, POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SECOND),
    "chunked, identity": (501, POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND),
    "identity": (501, POST + b"Transfer-Encoding: identity\r\n\r\n" + SECOND),
    "empty": (400, POST + b"Transfer-Encoding:\r\n\r\n" + SECOND),
    "vertical tab": (400, POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SECOND),
    "quoted": (501, POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n' + SECOND),
    "parameter": (501, POST + b"Transfer-Encoding: chunked;x=1\r\n\r\n0\r\n\r\n" + SECOND),
    "folded": (400, POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SECOND),
    "space before the colon": (400, POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND),
    "HTTP/1.0": (400, b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND),
}

CHUNKS = {
    "extension": (400, CHUNKED + b"\r\n5;a=b\r\nhello\r\n0\r\n\r\n" + SECOND),
    "extension with a bare LF": (400, CHUNKED + b"\r\n5;a\nhello\r\n0\r\n\r\n" + SECOND),
    "space after the size": (400, CHUNKED + b"\r\n5 \r\nhello\r\n0\r\n\r\n" + SECOND),
    "0x": (400, CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n" + SECOND),
    "sign": (400, CHUNKED + b"\r\n+5\r\nhello\r\n0\r\n\r\n" + SECOND),
    "size overflow": (400, CHUNKED + b"\r\n10000000000000005\r\nhello\r\n0\r\n\r\n" + SECOND),
    "size beyond the ceiling": (413, CHUNKED + b"\r\nfffffff\r\nhello\r\n0\r\n\r\n" + SECOND),
    "bare LF after the size": (400, CHUNKED + b"\r\n5\nhello\r\n0\r\n\r\n" + SECOND),
    "bare LF after the data": (400, CHUNKED + b"\r\n5\r\nhello\n0\r\n\r\n" + SECOND),
    "data longer than its size": (400, CHUNKED + b"\r\n5\r\nhello!\r\n0\r\n\r\n" + SECOND),
    "empty size": (400, CHUNKED + b"\r\n\r\n" + SECOND),
    "trailer": (400, CHUNKED + b"\r\n0\r\nX: y\r\n\r\n" + SECOND),
    "bare LF at the end": (400, CHUNKED + b"\r\n0\r\n\n" + SECOND),
}


def named(*tables):
    return [pytest.param(*probe, id=name) for table in tables for name, probe in table.items()]


@pytest.mark.parametrize(
    "status, probe", named(TABLE, REQUEST_LINES, TARGETS, HOSTS, FIELDS, LENGTHS, CODINGS, CHUNKS)
)
def test_refused_and_closed(server, status, probe):
    answer = server.request(probe)
    assert answer.status == status
    assert answer.header("Connection") == ["close"]
    assert answer.header("Content-Type") == ["application/json"]
    assert answer.body.startswith(b'{"detail":"')
    assert server.alive()


@pytest.mark.parametrize("status, probe", named(TABLE, LENGTHS, CODINGS, CHUNKS))
def test_refused_byte_by_byte(server, status, probe):
    """The answer does not depend on how the bytes arrive."""
    end = min(len(probe), 400)
    with server.connect() as sock:
        try:
            for i in range(end):
                sock.sendall(probe[i : i + 1])
            sock.sendall(probe[end:])
        except (BrokenPipeError, ConnectionResetError):
            pass
        received, closed = read_all(sock)
    answers, rest = parse(received)
    assert closed and len(answers) == 1 and rest == b""
    assert answers[0].status == status


def test_the_second_of_two_is_refused(server):
    """A good request before a bad one is answered; nothing after the bad one is."""
    received, closed = server.talk(GET + b"\r\n" + GET + b"X : y\r\n\r\n" + SECOND)
    answers, rest = parse(received)
    assert closed and rest == b""
    assert [answer.status for answer in answers] == [200, 400]
    assert server.alive()


def test_large_request_gets_its_answer_in_full(server):
    """The client is still sending when it is refused: it sees the answer, not a reset."""
    answer = server.request(POST + b"Content-Length: 600000000\r\n\r\n" + b"x" * 500000)
    assert answer.status == 413
    assert server.alive()


def test_slow_head_times_out(server):
    with server.connect() as sock:
        sock.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nX: ")
        received, closed = read_all(sock)
    answers, _ = parse(received)
    assert closed and [answer.status for answer in answers] == [408]
    assert server.alive()


def test_dripping_head_times_out(server):
    """Each byte is in time; the whole is not."""
    with server.connect() as sock:
        data = b""
        sock.settimeout(0.3)
        for byte in GET + b"X: " + b"a" * 100:
            try:
                sock.sendall(bytes([byte]))
                data += sock.recv(65536)
                break
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
    assert data.startswith(b"HTTP/1.1 408 ")
    assert server.alive()


def test_silent_connection_is_closed(server):
    with server.connect() as sock:
        received, closed = read_all(sock)
    assert closed and received == b""


def test_idle_connection_is_closed(server):
    with server.connect() as sock:
        sock.sendall(GET + b"\r\n")
        received, closed = read_all(sock)
    answers, rest = parse(received)
    assert closed and [answer.status for answer in answers] == [200] and rest == b""


def test_body_slower_than_the_floor_times_out():
    with ProbeServer("--head-timeout", 1, "--body-rate", 1000) as server:
        with server.connect() as sock:
            sock.sendall(POST + b"Content-Length: 100000\r\n\r\n")
            data = b""
            sock.settimeout(0.2)
            for _ in range(300):
                try:
                    sock.sendall(b"x" * 20)
                    data += sock.recv(65536)
                    break
                except TimeoutError:
                    continue
        assert data.startswith(b"HTTP/1.1 408 ")
        assert server.alive()


def test_body_faster_than_the_floor_passes():
    with ProbeServer("--head-timeout", 1, "--body-rate", 100) as server:
        with server.connect() as sock:
            sock.sendall(POST + b"Content-Length: 1200\r\nConnection: close\r\n\r\n")
            for _ in range(12):
                time.sleep(0.2)
                sock.sendall(b"x" * 100)
            received, closed = read_all(sock)
        answers, _ = parse(received)
        assert closed and [answer.status for answer in answers] == [200]
