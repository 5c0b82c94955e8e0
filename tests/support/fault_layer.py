# SPDX-License-Identifier: Apache-2.0
"""Faults below a running program: a disk that fails (a layer of our own, or a real file system that is full), a clock
of days that jumps."""

import contextlib
import errno
import os
import struct
import subprocess

import pytest
from key_layer import preloaded
from programs import built

NAMES = ("write", "sync", "read", "clock", "held_ms")


class FaultLayer:
    """`environment` puts it below a program; `set` changes what fails while that runs."""

    def __init__(self, control, folder):
        self._control = control
        self._numbers = dict.fromkeys(NAMES, 0)
        self._store()
        self.environment = {
            **preloaded(built("tests/integration/libfault-layer.so")),
            "FAULT_CONTROL": str(control),
            "FAULT_FOLDER": str(folder),
        }

    def set(self, **numbers):
        """Errors of the disk ("EIO", None for none), seconds by which the clock is wrong."""
        for name, value in numbers.items():
            assert name in self._numbers
            self._numbers[name] = getattr(errno, value) if isinstance(value, str) else value or 0
        self._store()

    def _store(self):
        # In place: the program has the file mapped.
        with open(self._control, "r+b" if self._control.exists() else "w+b") as file:
            file.write(struct.pack("5i", *self._numbers.values()))


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of so many bytes, which can be really full."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system of its own")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    """Takes all room that is left; delete what it returns to give it back."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
    return filler
