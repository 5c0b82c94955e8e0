#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A flood of bad tokens against the items API: does it hurt those who come with good ones?

Four connections send good tokens; sixty others send either good ones too (quiet) or, 19 of 20, tokens
with kids that nobody has ever published (flood), all as fast as they can. flood-p99 compares the four's
99th percentiles; flood-fetches says how often the issuer was asked for its keys meanwhile.

The API has half of the cores for itself, and the four go before the sixty on the others: what is to be
seen is how long the API lets them wait, not how long the scheduler lets whoever measures it."""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from command_line import read_options

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "support"), str(PROJECT / "tests" / "integration")]

import forgery  # noqa: E402
from fake_provider import FakeProvider  # noqa: E402
from programs import ItemsApi  # noqa: E402

TOKENS = 2000
SCRIPT = """
local tokens = {{}}
for line in io.lines("{file}") do tokens[#tokens + 1] = line end
local n = 0
request = function()
  n = n % #tokens + 1
  return wrk.format("GET", "/items/", {{["Authorization"] = "Bearer " .. tokens[n]}})
end
"""


def start(base, folder, name, tokens, connections, seconds, before=()):
    (folder / f"{name}.txt").write_text("\n".join(tokens) + "\n")
    (folder / f"{name}.lua").write_text(SCRIPT.format(file=folder / f"{name}.txt"))
    command = [*before, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", folder / f"{name}.lua", base]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)


def p99_ms(output):
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure(base, folder, good, others, seconds):
    """The 99th percentile of four connections with good tokens, and how many requests all made."""
    crowd = start(base, folder, "others", others, 60, seconds + 1, ("nice", "-n", "19"))
    time.sleep(0.5)
    few = start(base, folder, "good", good, 4, seconds)
    output = few.communicate()[0]
    assert "Non-2xx" not in output, "a good token was refused: " + output
    total = re.search(r"(\d+) requests in", crowd.communicate()[0])[1]
    return p99_ms(output), int(total)


def main():
    arguments = read_options(__doc__, rounds=3, seconds=3)
    with tempfile.TemporaryDirectory() as name, FakeProvider() as provider:
        folder = pathlib.Path(name)
        provider.lifetime = 3600
        good = [provider.access_token() for _ in range(TOKENS // 20)]
        claims = {"iss": provider.issuer, "aud": "myapi", "sub": "x", "exp": int(time.time()) + 3600}
        bad = [forgery.token_of({"alg": "RS256", "kid": f"made-up-{n}"}, claims) for n in range(TOKENS)]
        mixed = [good[n % len(good)] if n % 20 == 0 else bad[n] for n in range(TOKENS)]
        cores = sorted(os.sched_getaffinity(0))
        half = max(len(cores) // 2, 1)
        with ItemsApi(provider.issuer, folder, arguments=["--log-format", "off", "--loops", half]) as api:
            while not api.ready:
                time.sleep(0.02)
            for thread in os.listdir(f"/proc/{api.pid}/task"):
                os.sched_setaffinity(int(thread), cores[:half])
            os.sched_setaffinity(0, cores[half:] or cores)
            quiet, flood, total = [], [], 0
            begun, before = time.monotonic(), provider.count("certs")
            for _ in range(arguments.rounds):
                quiet.append(measure(api.base, folder, good, good, arguments.seconds)[0])
                p99, requests = measure(api.base, folder, good, mixed, arguments.seconds)
                flood.append(p99)
                total += requests
            fetches, minutes = provider.count("certs") - before, (time.monotonic() - begun) / 60
    ours, peer = statistics.median(flood), statistics.median(quiet)
    if arguments.json:
        print(json.dumps({"name": "flood-p99-ms", "ours": ours, "peer": peer, "ratio": round(ours / peer, 2)}))
        print(json.dumps({"name": "flood-fetches", "ours": fetches, "peer": total, "ratio": fetches / total}))
    else:
        print(f"flood-p99: {ours:.2f} ms in the flood, {peer:.2f} ms without, ratio {ours / peer:.2f}")
        print(f"flood-fetches: {fetches} in {minutes:.1f} minutes, of {total:,} requests, 19 of 20 with unknown kids")


if __name__ == "__main__":
    main()
