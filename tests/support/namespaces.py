# SPDX-License-Identifier: Apache-2.0
"""A network of a test's own: hosts in network namespaces, each joined to the test's by a cable that can be cut. Linux and
root; nothing of it is seen outside, and all of it goes with the test."""

import ctypes
import os
import pathlib
import subprocess
import threading
import time

import pytest

CLONE_NEWNET = 0x40000000
PREFIX = "10.99.0."  # nobody else is in here
libc = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True, text=True, timeout=10)


def enter(file):
    if libc.setns(file, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    """What runs behind `command` and within `ask` has this address, and reaches others by this host's cable alone."""

    def __init__(self, number):
        self.address, self.cable = f"{PREFIX}{number}", f"cable{number}"
        mine = os.readlink("/proc/thread-self/ns/net")
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == mine:
            time.sleep(0.005)
        self.command = ["nsenter", f"--target={self.holder.pid}", "--net", "--"]
        ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.holder.pid)
        ip("link", "set", self.cable, "master", "hub", "up")
        for words in (["addr", "add", f"{self.address}/24", "dev", "eth0"], ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
            subprocess.run([*self.command, "ip", *words], check=True, timeout=10)

    def cut(self):
        ip("link", "set", self.cable, "down")

    def join(self):
        ip("link", "set", self.cable, "up")

    def ask(self, function):
        """What it returns when it is called on this host, whether that is cut off or not."""
        told = []

        def work():
            file = os.open(f"/proc/{self.holder.pid}/ns/net", os.O_RDONLY)
            try:
                enter(file)
            finally:
                os.close(file)
            told.append(function())

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return told[0]

    def close(self):
        self.holder.kill()
        self.holder.wait()


class Network:
    """The thread that enters it, and what it starts, is at `address`."""

    address = PREFIX + "1"

    def __enter__(self):
        if os.geteuid() != 0 or not pathlib.Path("/proc/thread-self/ns/net").exists():
            pytest.skip("only root may make a network of its own")
        self.hosts = []
        self.before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        if libc.unshare(CLONE_NEWNET) != 0:
            os.close(self.before)
            pytest.skip("no network of one's own can be made here")
        try:
            ip("link", "set", "lo", "up")
            ip("link", "add", "hub", "type", "bridge")
            ip("addr", "add", f"{self.address}/24", "dev", "hub")
            ip("link", "set", "hub", "up")
        except subprocess.CalledProcessError as error:  # a container's root may have fewer rights than that
            self.__exit__()
            pytest.skip(f"no network of one's own can be made here: {error.stderr.strip()}")
        return self

    def host(self):
        self.hosts.append(Host(len(self.hosts) + 2))
        return self.hosts[-1]

    def __exit__(self, *_):
        for host in self.hosts:
            host.close()
        enter(self.before)
        os.close(self.before)
