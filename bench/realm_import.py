#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast users come in with a realm file: with plain passwords against the rate of one core, and with given
hashes against 20,000 users a second.

    realm_import.py [--build build/bench] [--plain 200] [--hashed 40000] [--json]
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
WANTED = 20000  # users a second


def plain(number):
    return {"type": "password", "value": f"correct horse {number}"}


def hashed(number):
    """What another provider has: never verified here, so that any bytes do."""
    secret = {"value": base64.b64encode(f"{number:064}".encode()).decode(), "salt": "c2FsdHNhbHRzYWx0c2FsdA=="}
    data = {"hashIterations": 210000, "algorithm": "pbkdf2-sha512", "additionalParameters": {}}
    return {"type": "password", "secretData": json.dumps(secret), "credentialData": json.dumps(data)}


def realm_file(folder, kind, count):
    users = [
        {"username": f"user{i}", "email": f"user{i}@example.com", "enabled": True, "credentials": [kind(i)]}
        for i in range(count)
    ]
    file = folder / f"{kind.__name__}.json"
    file.write_text(json.dumps({"realm": "many", "enabled": True, "users": users}))
    return file


def rate(program, file, count, folder, before=()):
    """Users a second, the making of a store and a realm with its keys included."""
    data = pathlib.Path(tempfile.mkdtemp(dir=folder))
    begin = time.perf_counter()
    subprocess.run([*before, program, "realm", "import", file, "--data", data], check=True, capture_output=True)
    return count / (time.perf_counter() - begin)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=str(ROOT / "build" / "bench"))
    parser.add_argument("--plain", type=int, default=200)
    parser.add_argument("--hashed", type=int, default=40000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ["OSTIARY_BUILD"] = options.build
    from programs import provider_program

    program = str(provider_program())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = realm_file(folder, plain, options.plain)
        core = str(min(os.sched_getaffinity(0)))
        one = rate(program, file, options.plain, folder, ("taskset", "-c", core))
        all_cores = rate(program, file, options.plain, folder)
        given = rate(program, realm_file(folder, hashed, options.hashed), options.hashed, folder)
    rows = [("import-plain-passwords", all_cores, one), ("import-hashes", given, WANTED)]
    for name, ours, peer in rows:
        if options.json:
            print(json.dumps({"name": name, "ours": round(ours, 1), "peer": round(peer, 1), "ratio": round(ours / peer, 3)}))
        else:
            print(f"{name:24} {ours:10.1f} users/s   against {peer:10.1f}   {ours / peer:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
