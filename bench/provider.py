#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The provider: grants per second on one core, start, and memory.

provider-client-credentials: the client_credentials grant over 16 connections on one core, against bare
RS256 signing on the same core (`-limit`) and against glewlwyd (`-glewlwyd`, where it is installed).
provider-start: milliseconds from exec to the first answer, with the realm already stored; ratio to 40.
provider-memory: resident MiB when idle; ratio to 14."""

import json
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from command_line import read_options, two_parts

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "support"))

from programs import Provider, realm_for  # noqa: E402

GRANT = "grant_type=client_credentials&client_id=myapi&client_secret=myapi-secret"


def report(as_json, name, ours, peer, unit, digits=0, ratio=None):
    ratio = ours / peer if ratio is None else ratio
    if as_json:
        row = {"name": name, "ours": round(ours, digits), "peer": round(peer, digits), "ratio": round(ratio, 3)}
        print(json.dumps(row), flush=True)
    else:
        print(f"{name}: ours {ours:,.{digits}f} {unit}, peer {peer:,.{digits}f}, ratio {ratio:.3f}", flush=True)


def grants(url, body, cores, seconds, folder, authorization=""):
    script = folder / "grant.lua"
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = "{body}"\n'
        'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n' + authorization
    )
    command = ["taskset", "-c", cores, "wrk", "-t1", "-c16", f"-d{seconds}s", "-s", script, url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        sys.exit(output)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def bare_signing(build, core, seconds):
    program = pathlib.Path(build) / "bench" / "bench-sign"
    done = subprocess.run(["taskset", "-c", core, program, str(seconds)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def answers(port):
    """One request over a plain socket: no client's own start counts."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def time_start(provider):
    begun = time.perf_counter()
    provider.start(wait=False)
    while not answers(provider.port):
        time.sleep(0.0005)
    return (time.perf_counter() - begun) * 1000


def resident_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


def measure_glewlwyd(arguments, folder, core, cores, ours):
    sys.path.insert(0, str(PROJECT / "bench"))
    import glewlwyd

    with glewlwyd.Glewlwyd(folder, core) as peer:
        rates = [
            grants(peer.token_url, peer.grant, cores, arguments.seconds, folder, peer.lua)
            for _ in range(arguments.rounds)
        ]
    report(arguments.json, "provider-client-credentials-glewlwyd", ours, statistics.median(rates), "grants/s")


def main():
    arguments = read_options(__doc__, rounds=7, seconds=2)
    core, cores = two_parts()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        realm = realm_for("http://localhost:8000", folder)
        provider = Provider([realm], folder / "provider", arguments=["--log-format", "off", "--loops", "1"])
        with provider:
            pass  # the realm is stored now
        starts = []
        for _ in range(9):
            starts.append(time_start(provider))
            memory = resident_mib(provider.pid)
            provider.stop()
        report(arguments.json, "provider-start", statistics.median(starts), 40, "ms", 1)
        report(arguments.json, "provider-memory", memory, 14, "MiB", 1)
        provider.command = ["taskset", "-c", core, *provider.command]
        with provider:
            url = f"{provider.base}/realms/myrealm/protocol/openid-connect/token"
            rates, limits = [], []
            for _ in range(arguments.rounds):
                rates.append(grants(url, GRANT, cores, arguments.seconds, folder))
                limits.append(bare_signing(arguments.build, core, arguments.seconds))
        ours, limit = statistics.median(rates), statistics.median(limits)
        # Both sides of one round saw the same machine.
        ratio = statistics.median(rate / limit for rate, limit in zip(rates, limits))
        report(arguments.json, "provider-client-credentials-limit", ours, limit, "grants/s", ratio=ratio)
        if pathlib.Path("/usr/bin/glewlwyd").exists():
            measure_glewlwyd(arguments, folder, core, cores, ours)


if __name__ == "__main__":
    main()
