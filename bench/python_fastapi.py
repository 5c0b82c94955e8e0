#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""python-fastapi-guarded: GET /items/ of one FastAPI application with the check and without any.

Both run under uvicorn on the same core, in turn; wrk runs on the other cores with 32 connections that stay
open, and sends the same valid RS256 token to both. Figures are medians of requests a second of the server's
CPU time and of the 99th percentile, the ratio is the median of each round's."""

import contextlib
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from command_line import read_options, two_parts

from python_verify import AUDIENCE, ISSUER, claims_of

from ostiary import jwk, jwt

APPLICATION = """
import os
from typing import Annotated
from fastapi import Depends, FastAPI
from ostiary import Claims
from ostiary.fastapi import OIDC

# Its issuer cannot be reached, so that nothing is fetched meanwhile.
oidc = OIDC("{issuer}", "{audience}", jwks_url="http://127.0.0.1:1/", seed_file="{seed}")
guarded, plain = FastAPI(lifespan=oidc.lifespan), FastAPI()


@guarded.get("/items/")
async def items(claims: Annotated[Claims, Depends(oidc)]):
    return {{"message": f"Hello user {{claims.subject}}! This is a protected resource!"}}


@plain.get("/items/")
async def open_items():
    return {{"message": "Hello user f:9d2c7a34-55a1-4c3e-8f0b-2f5a6b7c8d9e:alice! This is a protected resource!"}}
"""


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


@contextlib.contextmanager
def serving(name, folder, core):
    port = free_port()
    command = ["taskset", "-c", core, sys.executable, "-m", "uvicorn", f"program:{name}", "--app-dir", folder]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    process = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}/items/"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except urllib.error.HTTPError as refused:
                refused.close()
                break
            except OSError:
                time.sleep(0.05)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(10)


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(server, token, cores, seconds):
    url, pid = server
    begun = cpu_seconds(pid)
    command = ["taskset", "-c", cores, "wrk", "-t1", "-c32", f"-d{seconds}s", "--latency"]
    command += ["-H", f"Authorization: Bearer {token}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(said)
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    rate = int(re.search(r"(\d+) requests in", said)[1]) / (cpu_seconds(pid) - begun)
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def main():
    arguments = read_options(__doc__, build=None, rounds=5, seconds=3)
    core, cores = two_parts()
    key = jwk.Key.generate("RS256", kid="bench")
    token = jwt.sign(claims_of(1), key, "RS256", lifetime=3600)
    with tempfile.TemporaryDirectory() as folder:
        seed = pathlib.Path(folder) / "keys.json"
        seed.write_text(json.dumps({"keys": [key.to_jwk()]}))
        program = APPLICATION.format(issuer=ISSUER, audience=AUDIENCE, seed=seed)
        (pathlib.Path(folder) / "program.py").write_text(program)
        rounds = {"guarded": [], "plain": []}
        with serving("guarded", folder, core) as guarded, serving("plain", folder, core) as plain:
            servers = {"guarded": guarded, "plain": plain}
            for server in servers.values():
                measure(server, token, cores, 1)
            for _ in range(arguments.rounds):
                for name, server in servers.items():
                    rounds[name].append(measure(server, token, cores, arguments.seconds))
    rate, p99 = ({name: statistics.median(row[k] for row in rows) for name, rows in rounds.items()} for k in (0, 1))
    ratio = statistics.median(ours[0] / peer[0] for ours, peer in zip(rounds["guarded"], rounds["plain"]))
    row = {"name": "python-fastapi-guarded", "ours": round(rate["guarded"]), "peer": round(rate["plain"])}
    row |= {"ratio": round(ratio, 2), "ours_p99_ms": round(p99["guarded"], 2), "peer_p99_ms": round(p99["plain"], 2)}
    if arguments.json:
        print(json.dumps(row), flush=True)
    else:
        print(
            f"{row['name']}: {row['ours']:,} requests/s (p99 {row['ours_p99_ms']} ms), without the check "
            f"{row['peer']:,} (p99 {row['peer_p99_ms']} ms), ratio {row['ratio']}",
            flush=True,
        )


if __name__ == "__main__":
    main()
