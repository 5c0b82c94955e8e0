"""Where peers (Keycloak, FastAPI, npm clients) are kept, and what happens when one cannot be had."""

import fcntl
import os
import pathlib
import shutil
import socket
import subprocess
from contextlib import contextmanager

PROJECT = pathlib.Path(__file__).resolve().parents[2]


class Unavailable(Exception):
    """A peer cannot be had on this machine; the text says why."""


def cache():
    """The folder that downloads are kept in from run to run."""
    folder = pathlib.Path(os.environ.get("OSTIARY_CACHE") or PROJECT / ".cache")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(name):
    """One process at a time prepares the peer of that name."""
    with open(cache() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def require_program(name, package):
    path = shutil.which(name)
    if not path:
        raise Unavailable(f"{name} is not installed (Debian package {package})")
    return path


def run(command, what, timeout=900, **options):
    """Runs a preparing command; its failure means that the peer cannot be had."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        **options,
    )
    if done.returncode != 0:
        last = " | ".join(done.stdout.strip().splitlines()[-3:])
        raise Unavailable(f"{what} failed with {done.returncode}: {last}")
    return done.stdout


def free_port():
    """A port that nothing listens on at this moment, from OSTIARY_TEST_PORTS (first-last) if that is set."""
    wanted = os.environ.get("OSTIARY_TEST_PORTS")
    candidates = range(0, 1)
    if wanted:
        first, last = (int(part) for part in wanted.split("-"))
        candidates = range(first, last + 1)
    for candidate in candidates:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
    raise RuntimeError(f"no free port in {wanted}")


_given = set()
