# SPDX-License-Identifier: Apache-2.0
"""TLS below HTTP: versions, protocols, names, certificates that change; and the PROXY protocol."""

import json
import signal
import socket
import ssl
import struct
import subprocess
import time

import pytest

from http_raw import ProbeServer, parse, read_all
from waiting import until

GET = b"GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def make_certificate(folder, name, subject="localhost"):
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", f"/CN={subject}", "-addext", f"subjectAltName=DNS:{subject}"],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def server(folder):
    certificate, key = make_certificate(folder, "first")
    more, more_key = make_certificate(folder, "second", "other.example")
    arguments = ["--certificate", certificate, "--key", key, "--more-certificate", more, "--more-key", more_key]
    with ProbeServer(*arguments, "--head-timeout", 2) as running:
        yield running


def context(protocols=None, **options):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if protocols:
        made.set_alpn_protocols(protocols)
    for name, value in options.items():
        setattr(made, name, value)
    return made


def secure(server, made=None, name="localhost"):
    return (made or context()).wrap_socket(server.connect(), server_hostname=name)


def alive(server):
    with secure(server) as sock:
        sock.sendall(GET)
        return parse(read_all(sock)[0])[0][0].status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(server, version):
    with secure(server, context(minimum_version=version, maximum_version=version)) as sock:
        sock.sendall(GET)
        received, closed = read_all(sock)
    seen = json.loads(parse(received)[0][0].body)
    assert closed and seen["secure"] is True and seen["version"] == 11


def test_plain_http_to_a_port_of_tls_is_told_in_words(folder):
    """A browser that was sent to http:// shows the answer, curl prints it, and the log says who it was."""
    certificate, key = make_certificate(folder, "words")
    with ProbeServer("--certificate", certificate, "--key", key, "--loops", 1) as server:
        for request in (GET, b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000):
            with server.connect() as sock:
                sock.sendall(request)
                received, closed = read_all(sock)
            answer = parse(received)[0][0]
            assert closed and answer.status == 400, received
            assert answer.body == b"This port speaks HTTPS: the address begins with https://.\n"
        with server.connect() as sock:  # neither HTTP nor TLS
            sock.sendall(b"\x00\x01\x02\x03\x04\x05\x06\x07\x08")
            assert b"HTTP/" not in read_all(sock)[0]
        assert alive(server)
    assert server.log.count("plain HTTP spoken to a port of TLS") == 1, "once in ten seconds"


def test_tls_to_a_port_of_plain_http_is_told_in_the_log():
    with ProbeServer() as server:
        with pytest.raises(ssl.SSLError):
            secure(server)
    assert "TLS spoken to a port of plain HTTP" in server.log


def test_a_handshake_that_fails_is_told(folder):
    """The client says "certificate verify failed", or nothing: the log has what it told this side."""
    certificate, key = make_certificate(folder, "unknown")
    with ProbeServer("--certificate", certificate, "--key", key, "--loops", 1) as server:
        made = ssl.create_default_context()
        made.maximum_version = ssl.TLSVersion.TLSv1_2  # in 1.3 its word comes after the handshake
        with pytest.raises(ssl.SSLError):
            secure(server, made)
        assert alive(server)
    assert "alert unknown ca" in server.log


def test_close_notify_is_sent(server):
    """A cut connection can be told from a finished one."""
    made = context()
    with secure(server, made) as sock:
        sock.sendall(GET)
        while sock.recv(65536):  # raises on an end without close_notify
            pass
        sock.unwrap()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(server):
    made = context()
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.maximum_version = ssl.TLSVersion.TLSv1_1
    made.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secure(server, made)
    assert alive(server)


def test_weak_ciphers_are_refused(server):
    made = context(maximum_version=ssl.TLSVersion.TLSv1_2)
    made.set_ciphers("AES128-SHA:ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secure(server, made)


@pytest.mark.parametrize(
    "offered, chosen", [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), (["http/1.1", "h2"], "h2"), (None, None)]
)
def test_protocols(server, offered, chosen):
    with secure(server, context(offered)) as sock:
        assert sock.selected_alpn_protocol() == chosen


def test_unknown_protocol_is_refused(server):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secure(server, context(["spdy/3"]))


def subject_of(server, name):
    with secure(server, name=name) as sock:
        der = sock.getpeercert(binary_form=True)
    return b"other.example" in der


def test_certificate_by_name(server):
    assert subject_of(server, "other.example")
    assert not subject_of(server, "localhost")
    assert not subject_of(server, "unknown.example")
    assert not subject_of(server, None)


def test_garbage(server):
    for data in (b"\x16\x03\x01" + b"\xff" * 600, b"\x16\x03\x01\x00\x05hello", b"\0" * 70000):
        _, closed = server.talk(data)
        assert closed
    assert alive(server)


def test_silent_handshake_times_out(server):
    with server.connect() as sock:
        sock.sendall(b"\x16\x03")
        assert read_all(sock)[1]


def test_large_bodies_both_ways(server):
    body = b"x" * 3000000
    with secure(server) as sock:
        sock.sendall(b"PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        answer, _ = parse(sock.recv(65536))
        assert json.loads(answer[0].body)["body_length"] == len(body)
        sock.sendall(b"GET /sized/3000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received, closed = read_all(sock)
    assert closed and len(parse(received)[0][0].body) == 3000000


def test_pipelined(server):
    """More requests in one record than the input holds, some of them suspended."""
    paths = [b"/suspended" if i == 7 else b"/items/%d" % i for i in range(400)]
    data = b"".join(b"GET %s HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n" % (path, b"y" * 300) for path in paths)
    with secure(server) as sock:
        sock.sendall(data[:-2] + b"Connection: close\r\n\r\n")
        received, closed = read_all(sock)
    answers, rest = parse(received)
    assert closed and len(answers) == 400 and rest == b"" and all(a.status == 200 for a in answers)


def test_clients_that_go(server):
    for delay in (0, 0.01, 0.1):
        for path in (b"/suspended", b"/deferred", b"/sized/20000000"):
            sock = secure(server)
            sock.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(delay)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
    for size in (1, 10, 100, 200):
        sock = server.connect()
        sock.sendall((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 300)[:size])
        sock.close()
    until(lambda: server.open_files() <= server.idle_files, "all of them to be let go")
    assert alive(server)


def test_client_that_does_not_read_bounds_memory(server):
    before = server.resident()
    with secure(server) as sock:
        sock.settimeout(1)
        try:
            for _ in range(1000):
                sock.sendall(b"GET /sized/1000000 HTTP/1.1\r\nHost: a\r\n\r\n" * 10)
        except TimeoutError:
            pass
        assert server.resident() - before < 60 << 20
        assert alive(server)


def test_reload(folder):
    """SIGHUP: new connections see the new certificate; a broken one changes nothing."""
    certificate, key = make_certificate(folder, "changing")
    with ProbeServer("--certificate", certificate, "--key", key) as server:
        old = secure(server)
        make_certificate(folder, "changing", "other.example")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: subject_of(server, "localhost"))
        key.write_text("no key\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "changing.key" in server.log_so_far(), server.log_so_far)
        assert alive(server) and subject_of(server, "localhost")
        old.sendall(GET)
        assert parse(read_all(old)[0])[0][0].status == 200
        old.close()
        server.stop()
        assert "private key" in server.log and "changing.key" in server.log


@pytest.mark.parametrize("broken", ["missing", "empty", "swapped", "only"])
def test_certificates_that_cannot_be_used(folder, broken):
    certificate, key = make_certificate(folder, "good")
    _, other = make_certificate(folder, "another")
    empty = folder / "empty"
    empty.write_text("")
    arguments = {
        "missing": ["--certificate", folder / "none.pem", "--key", key],
        "empty": ["--certificate", empty, "--key", key],
        "swapped": ["--certificate", certificate, "--key", other],
        "only": ["--certificate", certificate],
    }[broken]
    server = ProbeServer(*arguments, expect_failure=True)
    assert server.process.returncode == 1 and server.log.strip()


def test_h2_by_a_client_of_its_own_kind(server):
    url = f"https://127.0.0.1:{server.port}"
    for path, expected in (("/sized/1000000", 1000000), ("/hello", 19)):
        done = subprocess.run(["curl", "-sk", "--http2", url + path], capture_output=True, timeout=20)
        assert len(done.stdout) == expected


# ---- PROXY protocol ----


SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def proxied(rest=b"", command=0x21, family=0x11, addresses=None, size=None):
    if addresses is None:
        addresses = socket.inet_aton("203.0.113.7") + socket.inet_aton("192.0.2.1") + struct.pack(">HH", 4711, 443)
    payload = addresses + rest
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(payload) if size is None else size) + payload


@pytest.fixture(scope="module")
def behind_proxy():
    with ProbeServer("--proxy-protocol", "--head-timeout", 2) as running:
        yield running


SIX = socket.inet_pton(socket.AF_INET6, "2001:db8::7") * 2 + struct.pack(">HH", 1, 2)


@pytest.mark.parametrize(
    "header, peer, is_secure",
    [
        (proxied(), "203.0.113.7", False),
        (proxied(family=0x21, addresses=SIX), "2001:db8::7", False),
        (proxied(command=0x20), "127.0.0.1", False),
        (proxied(family=0, addresses=b""), "127.0.0.1", False),
        (proxied(family=0x31, addresses=b"\0" * 216), "127.0.0.1", False),
        (proxied(rest=b"\x03\x00\x04abcd"), "203.0.113.7", False),
        (proxied(rest=b"\x20\x00\x05\x01\0\0\0\0"), "203.0.113.7", True),
    ],
)
def test_proxy_protocol(behind_proxy, header, peer, is_secure):
    answer = behind_proxy.request(header + GET)
    seen = json.loads(answer.body)
    assert (seen["peer"], seen["secure"]) == (peer, is_secure)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n",
        proxied(command=0x11),
        proxied(command=0x22),
        proxied(family=0x12),
        proxied(addresses=b"\0" * 11),
        proxied(rest=b"\x03\x00\x09abcd"),
        proxied(rest=b"\x03\x00"),
        proxied(size=60000),
        SIGNATURE[:-1] + b"X" + proxied()[12:],
    ],
)
def test_without_a_proxy_header_nothing_is_served(behind_proxy, header):
    received, closed = behind_proxy.talk(header + GET)
    assert closed and received == b""


def test_proxy_header_byte_by_byte(behind_proxy):
    with behind_proxy.connect() as sock:
        for byte in proxied() + GET:
            sock.sendall(bytes([byte]))
        answers, _ = parse(read_all(sock)[0])
    assert json.loads(answers[0].body)["peer"] == "203.0.113.7"


def test_proxies_that_are_named_and_others():
    with ProbeServer("--proxy-protocol", "--trust", "10.0.0.0/8") as server:
        received, closed = server.talk(proxied() + GET)
        assert closed and received == b""
    with ProbeServer("--proxy-protocol", "--trust", "127.0.0.1") as server:
        assert json.loads(server.request(proxied() + GET).body)["peer"] == "203.0.113.7"


def test_tls_behind_a_proxy(folder):
    certificate, key = make_certificate(folder, "proxied")
    with ProbeServer("--proxy-protocol", "--certificate", certificate, "--key", key) as server:
        sock = server.connect()
        sock.sendall(proxied())
        with context().wrap_socket(sock, server_hostname="localhost") as tls:
            tls.sendall(GET)
            seen = json.loads(parse(read_all(tls)[0])[0][0].body)
        assert (seen["peer"], seen["secure"]) == ("203.0.113.7", True)
