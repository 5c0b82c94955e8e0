# SPDX-License-Identifier: Apache-2.0
"""Raw sockets against the probe server: what goes over the wire is exactly what a test says."""

import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile

import pytest

from programs import build_folder
from waiting import PATIENCE, until

HOST = b"Host: a\r\n"
END = b"Connection: close\r\n\r\n"


def get(path, *fields, end=True, method=b"GET", version=b"1.1"):
    """A request, after which the connection ends unless `end` is false."""
    lines = b"".join(field + b"\r\n" for field in fields)
    return method + b" " + path + b" HTTP/" + version + b"\r\n" + HOST + lines + (END if end else b"\r\n")


class Answer:
    """One response as it came; status 0 when there was none."""

    def __init__(self, status, headers, body, raw):
        self.status, self.headers, self.body, self.raw = status, headers, body, raw

    def header(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]


def parse(data, head_only=False):
    """All responses in `data`, one behind the other, and what is left over."""
    answers = []
    while data:
        head, found, rest = data.partition(b"\r\n\r\n")
        if not found:
            break
        lines = head.split(b"\r\n")
        match = re.fullmatch(rb"HTTP/1\.1 (\d{3}) .*", lines[0])
        assert match, f"no status line: {lines[0]!r}"
        headers = [tuple(part.decode("latin-1").strip() for part in line.split(b":", 1)) for line in lines[1:]]
        status = int(match[1])
        lengths = [int(value) for key, value in headers if key.lower() == "content-length"]
        assert len(lengths) <= 1
        length = 0 if head_only or status < 200 or status in (204, 304) else lengths[0] if lengths else 0
        if len(rest) < length:
            break
        answers.append(Answer(status, headers, rest[:length], data))
        data = rest[length:]
    return answers, data


class ProbeServer:
    """The program of http_probe_server.c on a free port; ends by its process id."""

    def __init__(self, *arguments, address="127.0.0.1", expect_failure=False, passed=None, nofile=None):
        program = build_folder() / "tests" / "integration" / "http-probe-server"
        if not program.exists():
            pytest.fail(f"{program} has not been built")
        self.address = address
        self._stderr = tempfile.TemporaryFile("w+")  # not a pipe, which would fill up
        command = [program, "--address", address, *[str(a) for a in arguments]]
        options = {}
        if passed:  # a listening socket, handed down as systemd does
            command = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *command]
            options = {"preexec_fn": lambda: os.dup2(passed.fileno(), 3), "close_fds": False}
        if nofile:  # descriptors, hard limit included
            limit = (resource.RLIMIT_NOFILE, (nofile, nofile))
            options["preexec_fn"] = lambda: resource.setrlimit(*limit)
        self.process = subprocess.Popen(
            command,
            **options,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )
        self.log = None
        if expect_failure:
            self._finish(timeout=PATIENCE)
            return
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.kill()
            self._finish(timeout=PATIENCE)
            pytest.fail(f"the probe server did not start: {line}{self.log}")
        self.port = int(line.split()[-1])
        self.idle_files = self.open_files()
        if passed:
            self.address, self.port = passed.getsockname()[:2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def connect(self, timeout=PATIENCE):
        if self.address.startswith("unix:"):
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(timeout)
            sock.connect(self.address[5:])
            return sock
        return socket.create_connection((self.address, self.port), timeout=timeout)

    def talk(self, data, timeout=PATIENCE, half_close=False, quiet=PATIENCE):
        """Sends, then reads until the server closes (True) or nothing comes any more (False)."""
        with self.connect(timeout) as sock:
            try:
                sock.sendall(data)
                if half_close:
                    sock.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return read_all(sock, quiet)

    def request(self, data, **options):
        """Sends a request whose connection is to be closed: exactly one answer, then the end, however busy the machine."""
        received, closed = self.talk(data, **options)
        assert closed, f"still open after {received[:200]!r}"
        answers, rest = parse(received)
        assert len(answers) == 1 and rest == b"", received
        return answers[0]

    def alive(self):
        answer = self.request(b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return answer.status == 200 and answer.body == b'{"message":"hello"}'

    def open_files(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def has_read(self, *socks):
        """Waits until what these connections have sent is with the server, and not in the kernel any more."""
        ports = {f"{sock.getsockname()[1]:04X}" for sock in socks}
        own = f"{self.port:04X}"

        def unread():
            rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
            of_ours = {row[2].partition(":")[2]: row[4] for row in rows if row[1].endswith(f":{own}")}
            return [port for port in ports if of_ours.get(port, "").partition(":")[2] != "00000000"]

        until(lambda: not unread(), lambda: f"unread: {unread()}", step=0.005)

    def log_so_far(self):
        return os.pread(self._stderr.fileno(), 1 << 20, 0).decode(errors="replace")

    def resident(self):
        """Bytes of resident memory."""
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def _finish(self, timeout):
        self.output, _ = self.process.communicate(timeout=timeout)
        self._stderr.seek(0)
        self.log = self._stderr.read()

    def kill(self):
        """As if the power failed."""
        self.process.kill()
        self._finish(timeout=PATIENCE)
        self.process.returncode = 0

    def stop(self, signal_number=signal.SIGTERM, timeout=PATIENCE):
        """Ends it; the log and the last line are kept. A sanitizer's report is a failure."""
        if self.log is None:
            if signal_number:
                self.process.send_signal(signal_number)
            self._finish(timeout)
        assert self.process.returncode in (0, 1), self.log[-4000:]
        assert "Sanitizer" not in self.log, self.log[-8000:]
        return self.process.returncode


def read_until(sock, enough, received=b""):
    """Everything until there is enough of it, of what was received before too."""
    sock.settimeout(PATIENCE)
    while not enough(received):
        piece = sock.recv(1 << 20)
        assert piece, f"the end, after {received[-200:]!r}"
        received += piece
    return received


def read_all(sock, quiet=PATIENCE):
    """Everything until the end (True), or until it has been quiet for so long (False)."""
    data = b""
    sock.settimeout(quiet)
    while True:
        try:
            piece = sock.recv(1 << 20)
        except TimeoutError:
            return data, False
        except ConnectionResetError:
            return data, True
        if not piece:
            return data, True
        data += piece


def echoed(server, request):
    """What the server has taken a request of its path /echo for."""
    answer = server.request(request)
    assert answer.status == 200, answer.raw
    return json.loads(answer.body)
