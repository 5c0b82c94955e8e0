# SPDX-License-Identifier: Apache-2.0
"""A service manager in systemd's place: it is told when the provider serves (sd_notify(3)), and passes sockets
(sd_listen_fds(3)). The unit itself is judged by systemd-analyze."""

import os
import pathlib
import re
import shutil
import socket
import subprocess

import pytest
from needs import must_have
from peers import PROJECT, Unavailable
from programs import Provider
from web import Browser

UNITS = PROJECT / "packaging" / "systemd"
EXPOSURE = 2.0  # of 10, by systemd-analyze


@pytest.fixture
def manager(request, tmp_path):
    """A socket to be told at, in a folder or without one, and its name in NOTIFY_SOCKET."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@ostiary-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0"))
        listener.settimeout(20)
        yield listener, name


def told(provider, name):
    """The provider, with a manager of that name."""
    provider.environment = {**os.environ, "NOTIFY_SOCKET": name}
    return provider


@pytest.mark.parametrize("manager", ["path", "abstract"], indirect=True)
def test_manager_is_told_when_requests_are_served(manager, realm_file, tmp_path):
    listener, name = manager
    provider = told(Provider([realm_file], tmp_path / "provider"), name).start(wait=False)
    try:
        assert listener.recv(100) == b"READY=1"
        assert Browser().get(f"{provider.base}/health/ready").status == 200
    finally:
        provider.stop()


@pytest.mark.parametrize("name", ["/nonexistent/socket", "relative", "@", "/" + "x" * 200], ids=len)
def test_nobody_to_tell_is_no_reason_to_fail(realm_file, tmp_path, name):
    with told(Provider([realm_file], tmp_path / "provider"), name):
        pass


def test_passed_socket_is_served(realm_file, tmp_path):
    """Who connects before the provider runs is answered once it does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        early = socket.create_connection(("127.0.0.1", port))
        early.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        provider = Provider([realm_file], tmp_path / "provider", arguments=["--http-host", "passed"])
        process = subprocess.Popen(
            ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS; exec "$@"', "sh"]
            + [str(word) for word in provider.command],
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[3],
            preexec_fn=lambda: os.dup2(listener.fileno(), 3),
        )
        try:
            early.settimeout(20)
            assert early.recv(12) == b"HTTP/1.1 200"
            assert any("listening on the sockets that have been passed" in line for line in process.stderr)
        finally:
            early.close()
            process.terminate()
            process.wait(20)


def analyzed(*words):
    if shutil.which("systemd-analyze") is None:
        raise Unavailable("there is no systemd-analyze")
    return subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True)


@pytest.mark.parametrize("name", ["ostiary.service", "ostiary-gate.service"])
def test_unit_is_exposed_to_little(name):
    done = must_have(lambda: analyzed("security", "--offline=true", UNITS / name))
    exposure = re.search(rf"exposure level for {name}: ([0-9.]+)", done.stdout)
    assert exposure is not None, done
    assert float(exposure[1]) <= EXPOSURE


def test_units_are_read_without_a_word(tmp_path):
    for name in ("ostiary.service", "ostiary.socket", "ostiary-gate.service"):
        text = (UNITS / name).read_text().replace("/usr/bin/ostiary", "/bin/true")
        (tmp_path / name).write_text(text)
    done = must_have(lambda: analyzed("verify", "--man=no", *tmp_path.iterdir()))
    assert (done.returncode, done.stderr) == (0, "")


def test_rules_of_the_gate_are_copied_anew(tmp_path):
    """The unit's own commands, as root runs them, in a folder that is the service's: whatever that has put there."""
    text = (UNITS / "ostiary-gate.service").read_text()
    commands = re.findall(r"^Exec(StartPre|Reload)=\+(.+)$", text, re.M)
    assert [when for when, _ in commands] == ["StartPre", "Reload"] and commands[0][1] == commands[1][1]
    source, victim, run = tmp_path / "rules.json", tmp_path / "victim", tmp_path / "run" / "ostiary-gate"
    run.mkdir(parents=True)
    command = commands[0][1].replace("/etc/ostiary/rules.json", str(source)).replace("%t", str(run.parent)).split()
    copy = pathlib.Path(command[-1])
    assert f"OSTIARY_RULES=%t/{copy.relative_to(run.parent)}\n" in text
    victim.write_text("untouched")
    for planted in (None, "a file", victim):
        if isinstance(planted, str):
            copy.unlink()
            copy.write_text(planted)
        elif planted:
            copy.unlink()
            copy.symlink_to(planted)
        source.write_text(f'{{"sites": [], "was": "{planted}"}}')
        assert subprocess.run(command, timeout=10).returncode == 0
        assert copy.read_text() == source.read_text() and not copy.is_symlink()
        assert copy.stat().st_mode & 0o777 == 0o444 and victim.read_text() == "untouched"
    source.unlink()
    assert subprocess.run(command, stderr=subprocess.DEVNULL, timeout=10).returncode != 0 and copy.exists()
