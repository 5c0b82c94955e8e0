# SPDX-License-Identifier: Apache-2.0
"""Where peers (Keycloak, FastAPI, npm clients) are kept, and what happens when one cannot be had."""

import fcntl
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BUILDING = 3000  # seconds that a large program of somebody else's may take to build, on a machine that has other work


class Unavailable(Exception):
    """A peer cannot be had on this machine; the text says why."""


def cache():
    """The folder that downloads are kept in from run to run; as it is, for pip writes it into the programs that it makes."""
    folder = pathlib.Path(os.environ.get("OSTIARY_CACHE") or PROJECT / ".cache")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


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
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            **options,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{what} was not done after {timeout} s") from None
    if done.returncode != 0:
        last = " | ".join(done.stdout.strip().splitlines()[-3:])
        raise Unavailable(f"{what} failed with {done.returncode}: {last}")
    return done.stdout


def free_port():
    """A port that nothing listens on, and that no other process of tests is given. OSTIARY_TEST_PORTS=first-last
    narrows the choice.

    Not one of the kernel's ephemeral ports: while a server is down between two starts, some client's
    outgoing connection could take such a port away from it. Two servers that are given one port may both get it
    (SO_REUSEPORT), and answer by turns: so each process has a hundred at a time for itself, as long as it lives.
    """
    first, last = (int(part) for part in os.environ.get("OSTIARY_TEST_PORTS", "20000-31999").split("-"))
    hundreds = random.sample(range(first // 100, last // 100 + 1), last // 100 - first // 100 + 1)
    for hundred in [*_mine, *hundreds]:
        ports = [port for port in range(hundred * 100, hundred * 100 + 100) if first <= port <= last and port not in _given]
        if ports and _take(hundred):
            for port in random.sample(ports, len(ports)):
                _given.add(port)
                if _is_free(port):
                    return port
    raise RuntimeError(f"no free port from {first} to {last}")


def _take(hundred):
    """False: another process has it."""
    if hundred in _mine:
        return True
    folder = pathlib.Path(tempfile.gettempdir(), f"ostiary-test-ports-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    file = open(folder / str(hundred), "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _mine[hundred] = file
    return True


def _is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_mine = {}  # hundreds, and the files whose locks they are held by
_given = set()


def virtual_environment(name, requirements, system_packages=False):
    """The folder of a virtual environment with exactly these requirements; made anew when they change."""
    folder = cache() / f"venv-{name}"
    stamp = folder / "requirements.txt"
    wanted = pathlib.Path(requirements).read_text()
    with locked(f"venv-{name}"):
        if stamp.exists() and stamp.read_text() == wanted:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        # Debian's Python, whatever else is first in PATH: the peers are pinned for it.
        options = ["--system-site-packages"] if system_packages else []
        run(["/usr/bin/python3", "-m", "venv", *options, folder], "venv (Debian package python3-venv)")
        run([folder / "bin" / "pip", "install", "-q", "-r", requirements], f"pip install for {name}")
        stamp.write_text(wanted)
    return folder


def free_threaded_python():
    """A CPython without the interpreter's lock: Debian brings none, so that its source of the newest stable
    release is built, from wherever this machine has its packages."""
    home = cache().resolve() / "python-free-threaded"
    program = home / "bin" / "python3"
    with locked(home.name):
        if program.exists():
            return program
        work = home.with_suffix(".build")
        shutil.rmtree(work, ignore_errors=True)
        source = _debian_source("python3.13", "trixie", work)
        run(["tar", "-xf", source, "--strip-components=1"], "tar (Debian package xz-utils)", cwd=work)
        configure = ["./configure", "-q", f"--prefix={home}", "--disable-gil", "--with-ensurepip=install"]
        run(configure, "configure of CPython", cwd=work)
        jobs = len(os.sched_getaffinity(0))
        run(["make", "-s", f"-j{jobs}", "install"], "the build of CPython", timeout=BUILDING, cwd=work)
        shutil.rmtree(work)
    return program


def _debian_source(package, suite, work):
    """The upstream archive of a source package, which need not be of the release that this machine runs."""
    told = run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian"], "apt-get indextargets")
    places = sorted({line for line in told.split() if "security" not in line})
    if not places:
        raise Unavailable("apt knows no archive of Debian's (apt-get update)")
    (work / "lists" / "partial").mkdir(parents=True)
    (work / "archives" / "partial").mkdir(parents=True)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (work / "sources.list").write_text(f"deb-src [signed-by={keyring}] {places[0]} {suite} main\n")
    (work / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{work}/sources.list";\nDir::Etc::sourceparts "-";\n'
        f'Dir::State::lists "{work}/lists";\nDir::Cache "{work}";\nAPT::Sandbox::User "";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(work / "apt.conf")}
    run(["apt-get", "update", "-qq"], "apt-get update", env=environment)
    run(["apt-get", "source", "-qq", "--download-only", package], f"apt-get source {package}", env=environment, cwd=work)
    found = sorted(work.glob("*.orig.tar.*z*"))
    found = [archive for archive in found if archive.suffix != ".asc"]
    if not found:
        raise Unavailable(f"no archive of {package}")
    return found[0]


def npm_packages(folder, name="npm-clients"):
    """A copy of the npm project in the cache, with its packages installed as its lock file says."""
    folder = pathlib.Path(folder)
    node, npm = require_program("node", "nodejs"), require_program("npm", "npm")
    home = cache() / name
    wanted = (folder / "package-lock.json").read_text() + run([node, "--version"], "node")
    stamp = home / ".installed"
    with locked(home.name):
        if not (stamp.exists() and stamp.read_text() == wanted):
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            for file in ("package.json", "package-lock.json"):
                shutil.copy(folder / file, home / file)
            run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], "npm ci", cwd=home)
            stamp.write_text(wanted)
        for script in folder.glob("*.mjs"):
            shutil.copy(script, home / script.name)
    return home


def go_environment():
    """For Go: modules and what is built of them stay in the cache."""
    home = cache().resolve() / "go"
    return {
        **os.environ,
        "GOPATH": str(home),
        "GOCACHE": str(home / "build"),
        "GOFLAGS": "-mod=readonly -modcacherw",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }


def go_program(folder, output, command, packages=()):
    """Builds a program of the Go module in the folder: `command` is what follows `go`, before -o; `packages`
    are what is built, if it is not the module itself."""
    program = cache().resolve() / output
    with locked(output):
        go = require_program("go", "golang-go, or newer")
        run([go, *command, "-o", program, *packages], "go", cwd=folder, env=go_environment(), timeout=BUILDING)
    return program


def rust_program(folder, name):
    """Builds the Rust program of that name in the folder, with the crates of its lock file."""
    home = cache().resolve()
    environment = {**os.environ, "CARGO_HOME": str(home / "cargo"), "CARGO_TARGET_DIR": str(home / name)}
    with locked(name):
        cargo = require_program("cargo", "cargo, or rustup's")
        run([cargo, "build", "--locked", "--quiet"], "cargo", cwd=folder, env=environment, timeout=BUILDING)
    return home / name / "debug" / name


def maven_program(folder, name, *options):
    """Builds the Maven project in the folder, in the cache, when it has changed; its archive of version 0."""
    home, folder = cache().resolve() / name, pathlib.Path(folder)
    sources = sorted(file for file in folder.rglob("*") if file.is_file())
    wanted = "".join(file.read_text() for file in sources)
    stamp = home / ".built"
    with locked(name):
        if not (stamp.exists() and stamp.read_text() == wanted):
            maven = require_program("mvn", "maven")
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(folder, home)
            run([maven, "-q", "-B", *options, "package"], "mvn", cwd=home, timeout=BUILDING)
            stamp.write_text(wanted)
    return next((home / "target").glob("*-0.jar"))


def listens(port):
    """Whether somebody takes connections at that port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url, tls=None):
    """Whether something answers there at all; an error status is an answer too, 503 is "not yet"."""
    try:
        with urllib.request.urlopen(url, timeout=2, context=tls):
            return True
    except urllib.error.HTTPError as error:
        return error.code != 503
    except OSError:
        return False


def package_environment():
    """Where script/test has installed the Python package; its wheel is told in OSTIARY_WHEEL."""
    if not os.environ.get("OSTIARY_WHEEL"):
        raise Unavailable("the Python package is not installed (script/test does it)")
    return virtual_environment("package", PROJECT / "tests" / "python" / "requirements.txt")
