#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists every CPython from 3.9 on that is here, one of each version: "3.13 /path", and "3.13t" of a free-threaded one.

Usage: pythons.py CACHE [--all]

Debian's, pyenv's, those in PATH, and the one that script/peers has built in CACHE. Without --all that which runs the
ordinary tests is left out.
"""

import glob
import os
import pathlib
import re
import subprocess
import sys

ASK = (
    "import sys, sysconfig, venv;"
    "print(sys.implementation.name, *sys.version_info[:2], 't' if sysconfig.get_config_var('Py_GIL_DISABLED') else '')"
)
OLDEST = (3, 9)


def places(cache):
    yield "/usr/bin/python3"
    yield from sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3")), reverse=True)
    yield str(pathlib.Path(cache).resolve() / "python-free-threaded/bin/python3")
    for folder in os.environ["PATH"].split(":"):
        yield from sorted(glob.glob(f"{folder}/python3.[0-9]*"))


def interpreters(cache):
    """Pairs of (major, minor) and "t" or "", with the program."""
    found = {}
    for place in places(cache):
        if not re.search(r"python3(\.\d+t?)?$", place) or not os.access(place, os.X_OK):
            continue
        asked = subprocess.run([place, "-c", ASK], capture_output=True, text=True, check=False)
        name, *said = asked.stdout.split() or ("none",)
        version = tuple(map(int, said[:2]))
        if name == "cpython" and version >= OLDEST:
            found.setdefault((version, "".join(said[2:])), place)
    return found


def main():
    found = interpreters(sys.argv[1])
    for (version, kind), place in sorted(found.items()):
        if place != "/usr/bin/python3" or "--all" in sys.argv:
            print("{}.{}{}".format(*version, kind), place)


if __name__ == "__main__":
    main()
