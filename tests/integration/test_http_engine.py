# SPDX-License-Identifier: Apache-2.0
"""What the HTTP engine does with good requests, and behind a proxy."""

import json
import re
import socket

import pytest

from http_raw import END, HOST, ProbeServer, echoed, get, parse, read_all


@pytest.fixture(scope="module")
def server():
    with ProbeServer() as running:
        yield running


@pytest.fixture(scope="module")
def trusting():
    """Behind proxies on this machine and in a network."""
    with ProbeServer("--trust", "127.0.0.0/8", "--trust", "10.0.0.0/8") as running:
        yield running


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
        ([b"X-Forwarded-Proto: ws"], "127.0.0.1", False, "a"),
        ([b"X-Forwarded-Proto: wss"], "127.0.0.1", True, "a"),
        ([b"X-Forwarded-Host: B.example:8443"], "127.0.0.1", False, "b.example:8443"),
        ([b'Forwarded: for="[2001:db8::1]:4711";proto=https;host=c.example'], "2001:db8::1", True, "c.example"),
        ([b"Forwarded: for=6.6.6.6, for=1.2.3.4, for=10.9.9.9"], "1.2.3.4", False, "a"),
        ([b"Forwarded: for=_hidden"], "unknown", False, "a"),
        ([b"Forwarded: for=1.2.3.4;proto=https", b"X-Forwarded-For: 1.2.3.4"], "1.2.3.4", True, "a"),
    ],
)
def test_forwarded(trusting, fields, peer, secure, authority):
    seen = echoed(trusting, get(b"/echo", *fields))
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
        [b"X-Forwarded-Proto: w"],
        [b"X-Forwarded-Host: a/b"],
        [b"X-Forwarded-For: " + b"1.2.3.4," * 40],
    ],
)
def test_forwarded_that_cannot_be_believed(trusting, fields):
    assert trusting.request(get(b"/echo", *fields)).status == 400


def test_an_address_alone_is_trusted():
    with ProbeServer("--trust", "127.0.0.1", "--trust", "10.0.0.0/8") as server:
        seen = echoed(server, get(b"/echo", b"X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1", b"X-Forwarded-Proto: https"))
        assert (seen["peer"], seen["secure"], seen["authority"]) == ("1.2.3.4", True, "a")


def test_bad_trusted_proxy():
    second = ProbeServer("--trust", "10.0.0.0/33", expect_failure=True)
    assert second.process.returncode == 1 and "10.0.0.0/33" in second.log
