# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL cluster of a test's own: in a temporary folder, reached by a Unix socket in it.

PostgreSQL does not run as root: there it runs as the user that its package made."""
import contextlib
import glob
import os
import pathlib
import pwd
from waiting import PATIENCE
import shutil
import signal
import subprocess
import tempfile
import time

USER = "postgres"


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    assert found, "PostgreSQL is not installed: script/bootstrap test does it"
    return pathlib.Path(found[-1]).parent


class Cluster:
    def __init__(self, follows=None, folder=None, **settings):
        """`follows`: a running cluster, whose standby it is; `folder`: of one that has ended, whose place it takes."""
        self.bin = programs()
        self.folder = folder or pathlib.Path(tempfile.mkdtemp(prefix="ostiary-pg-"))
        shutil.rmtree(self.data, ignore_errors=True)
        self.owner = pwd.getpwnam(USER) if os.geteuid() == 0 else None
        self.settings = settings
        self.environment = {}  # besides ours
        self.process = None
        if self.owner:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        if follows:
            self.run("pg_basebackup", "-D", self.data, "-h", str(follows.folder), "-U", USER, "-R", "-c", "fast")
            return
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    @property
    def data(self):
        return str(self.folder / "data")

    def _as_owner(self):
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if self.owner else {}

    def run(self, program, *arguments, **more):
        return subprocess.run([str(self.bin / program), *arguments], cwd=self.folder, check=True, timeout=60,
                              capture_output=True, text=True, **self._as_owner(), **more)

    def start(self):
        arguments = [str(self.bin / "postgres"), "-D", self.data, "-k", str(self.folder), "-c", "listen_addresses="]
        for name, value in self.settings.items():
            arguments += ["-c", f"{name}={value}"]
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(arguments, cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
                                        env={**os.environ, **self.environment}, **self._as_owner())
        log.close()
        until = time.monotonic() + PATIENCE
        while self._ready() != 0:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.05)
        return self

    def _ready(self):
        return subprocess.run([str(self.bin / "pg_isready"), "-q", "-h", str(self.folder), "-U", USER],
                              timeout=10).returncode

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.process = None

    def kill(self, alone=False):
        """As a crash would end it: the postmaster and all that serve, or the postmaster `alone`, whom the others miss.
        None of them is left: what they share is nobody's."""
        self.kill_one(self.process.pid)
        self.process.wait(30)
        self.process = None
        until = time.monotonic() + PATIENCE
        while left := list(self._within()):
            assert time.monotonic() < until, "PostgreSQL's processes do not end"
            for pid in [] if alone else left:
                self.kill_one(pid)
            time.sleep(0.01)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def quit(self):
        """In the mode that PostgreSQL calls immediate: nothing is brought to an end."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)
        self.process = None

    def _within(self):
        """All that work in the folder of its data, whoever began them."""
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(folder / "cwd") == self.data:
                    yield int(folder.name)

    def kill_one(self, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def backends(self):
        """Those that serve a program."""
        for pid in self._processes():
            with contextlib.suppress(OSError):
                if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().startswith(f"postgres: {USER} ".encode()):
                    yield pid

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-w", "promote")

    def sql(self, text, database="postgres"):
        return self.run("psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", USER,
                        "-d", database, "-f", "-", input=text).stdout.strip()

    def _processes(self):
        """The server's own first, so that it begins no others meanwhile."""
        yield self.process.pid
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            if int(parent) == self.process.pid:
                yield int(folder.name)

    def freeze(self):
        """It accepts connections, since the system does that for it, and answers nothing."""
        for pid in self._processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self._processes():
            os.kill(pid, signal.SIGCONT)

    def database(self, name):
        """A new database; its URL."""
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, database="postgres"):
        return f"postgresql:///{database}?host={self.folder}&user={USER}"

    def close(self):
        if self.process is not None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
