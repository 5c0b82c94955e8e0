# SPDX-License-Identifier: Apache-2.0
"""What happens around a program that serves: readers of its log that go away or stand still, signals, the end.

The rows are those of the list of faults that attacks and public reports have shown: C1, C9.
"""

import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

from peers import answers, free_port
from programs import items_api_program, provider_program
from waiting import PATIENCE, until


def provider_command(port, folder):
    return [provider_program(), "provider", "start-dev", "--http-port", port, "--data", folder]


def api_command(port, folder):
    return [
        *(items_api_program(), "--port", port, "--issuer", "http://localhost:1/realms/none", "--audience", "a"),
        *("--client-id", "a", "--data", folder),
    ]


@pytest.fixture(params=[provider_command, api_command], ids=["provider", "api"])
def piped(request, tmp_path):
    """A program whose standard error is a small pipe; what is left of it ends with the test."""
    port = free_port()
    command = [str(part) for part in request.param(port, tmp_path / "data")]
    environment = {**os.environ, "OSTIARY_CLIENT_SECRET": "a-secret"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment)
    fcntl.fcntl(process.stderr, fcntl.F_SETPIPE_SZ, 4096)
    process.base = f"http://127.0.0.1:{port}"
    process.port = port
    until(lambda: answers(f"{process.base}/health/live") or process.poll() is not None, "the program", step=0.02)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stderr.close()


def status(process, path="/health/live"):
    with urllib.request.urlopen(f"{process.base}{path}", timeout=PATIENCE) as answer:
        return answer.status


def ends(process):
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)


def test_c1_serves_on_without_a_reader(piped):
    assert any(b"listening on" in line for line in iter(piped.stderr.readline, b""))  # after what it says of a new store
    piped.stderr.close()
    for _ in range(20):
        assert status(piped) == 200
        time.sleep(0.01)
    assert ends(piped) == 0


def test_c1_lost_lines_are_counted(tmp_path):
    """By the API; the log itself says so as soon as it can."""
    port = free_port()
    process = subprocess.Popen([str(p) for p in api_command(port, tmp_path)], stderr=subprocess.PIPE)
    try:
        process.base = f"http://127.0.0.1:{port}"
        said = [process.stderr.readline(), process.stderr.readline()]
        assert any(b"listen" in line for line in said) and any(b"issuer" in line for line in said), said
        process.stderr.close()
        for _ in range(3):
            status(process)
            time.sleep(0.05)
        metrics = urllib.request.urlopen(f"{process.base}/metrics", timeout=PATIENCE).read().decode()
        lost = [line for line in metrics.splitlines() if line.startswith("ostiary_http_log_lines_lost_total")]
        assert lost == ["ostiary_http_log_lines_lost_total 3"]
    finally:
        process.kill()
        process.wait()


def test_c9_ends_while_nobody_reads_the_log(piped):
    for _ in range(60):
        assert status(piped) == 200
    assert ends(piped) == 0


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE])
def test_c9_foreign_signals_end_nothing(piped, number):
    piped.send_signal(number)
    time.sleep(0.05)
    assert status(piped) == 200 and piped.poll() is None
    assert ends(piped) == 0


def test_c9_says_that_it_listens_when_it_serves(piped):
    """The words come from a program whose loops are all there: whoever has read them is answered."""
    assert b"listen" in piped.stderr.readline()
    with socket.create_connection(("127.0.0.1", piped.port), timeout=PATIENCE) as client:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200")
