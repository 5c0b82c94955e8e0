#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast users come in with a realm file: with plain passwords against the rate of one core, and with given
hashes against 20,000 users a second and 64 MiB of memory.

    realm_import.py [--build build/bench] [--plain 200] [--hashed 40000] [--json]

`--hashed 1000000` needs 0.7 GB for the file and 3 GB for the store, below TMPDIR.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from command_line import read_options

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
WANTED = 20000  # users a second
MOST = 64  # MiB

# A process counts the memory of the one that started it: a small one starts it, and tells its own.
MEASURE = """
import os, sys
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(process, 0)
print(used.ru_maxrss, flush=True)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def plain(number):
    return {"type": "password", "value": f"correct horse {number}"}


def hashed(number):
    """What another provider has: never verified here, so that any bytes do."""
    secret = {"value": base64.b64encode(f"{number:064}".encode()).decode(), "salt": "c2FsdHNhbHRzYWx0c2FsdA=="}
    data = {"hashIterations": 210000, "algorithm": "pbkdf2-sha512", "additionalParameters": {}}
    return {"type": "password", "secretData": json.dumps(secret), "credentialData": json.dumps(data)}


def realm_file(folder, kind, count):
    file = folder / f"{kind.__name__}.json"
    with file.open("w") as out:
        out.write('{"realm": "many", "enabled": true, "users": [')
        for i in range(count):
            user = {"username": f"user{i:07}", "email": f"user{i}@example.com", "enabled": True, "credentials": [kind(i)]}
            out.write((", " if i else "") + json.dumps(user))
        out.write("]}")
    return file


def rate(program, file, count, folder, before=()):
    """Users a second, the making of a store and a realm with its keys included; and MiB of memory."""
    data = pathlib.Path(tempfile.mkdtemp(dir=folder))
    begin = time.perf_counter()
    command = [*before, sys.executable, "-c", MEASURE, program, "realm", "import", file, "--data", data]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = time.perf_counter() - begin
    shutil.rmtree(data)
    return count / took, int(done.stdout.splitlines()[-1]) / 1024


def main():
    options = read_options(__doc__, plain=200, hashed=40000)
    from programs import provider_program

    program = str(provider_program())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = realm_file(folder, plain, options.plain)
        core = str(min(os.sched_getaffinity(0)))
        one, _ = rate(program, file, options.plain, folder, ("taskset", "-c", core))
        all_cores, _ = rate(program, file, options.plain, folder)
        given, memory = rate(program, realm_file(folder, hashed, options.hashed), options.hashed, folder)
    rows = [
        ("import-plain-passwords", "users/s", all_cores, one, all_cores / one),
        ("import-hashes", "users/s", given, WANTED, given / WANTED),
        ("import-memory", "MiB", memory, MOST, MOST / memory),
    ]
    for name, unit, ours, peer, ratio in rows:
        if options.json:
            print(json.dumps({"name": name, "ours": round(ours, 1), "peer": round(peer, 1), "ratio": round(ratio, 3)}))
        else:
            print(f"{name:24} {ours:10.1f} {unit:7}   against {peer:10.1f}   {ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
