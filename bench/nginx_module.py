#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nginx-module: a small file behind the nginx module, by one token and by another each time, against the same file without.

Requests are pipelined over one connection. The figures are medians of requests per second of CPU time that the worker took,
which other load on the machine does not distort. Needs nginx, and a build with the tests (--build names its folder)."""

import json
import os
import pathlib
import socket
import statistics
import sys
import tempfile
import time

from command_line import read_options

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(PROJECT / "tests" / "support"), str(PROJECT / "tests" / "integration")]
BATCH = 25


def cpu_seconds(pid):
    """Counted in nanoseconds, where clock ticks are too coarse for two thousand requests."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(nginx, path, tokens, times):
    """Requests per CPU second of the worker."""
    [worker] = nginx.workers()
    requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode() for token in tokens]
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=60) as connection:
        before = cpu_seconds(worker)
        for start in range(0, times, BATCH):
            connection.sendall(b"".join(requests[(start + k) % len(requests)] for k in range(BATCH)))
            said = b""
            while said.count(b"hello\n") < BATCH:
                said += connection.recv(65536)
                assert b"HTTP/1.1 4" not in said, said
        return times / (cpu_seconds(worker) - before)


def main():
    arguments = read_options(__doc__, build="test", rounds=3, requests=20000)
    from fake_provider import FakeProvider
    from nginx import Nginx

    server = "keepalive_requests 100000000; location /plain {{ try_files /index.html =404; }}"
    server += " location / {{ ostiary on; ostiary_issuer {} audience=myapi; }}"
    server += " location /ready {{ ostiary_ready; }}"
    with FakeProvider() as provider, tempfile.TemporaryDirectory() as folder:
        with Nginx(folder, server.format(provider.issuer) + "access_log off;") as nginx:
            while nginx.status("/ready") != 200:
                time.sleep(0.02)
            one = [provider.access_token()]
            rates = {"plain": [], "one": [], "fresh": []}
            measure(nginx, "/", one, 1000)
            for _ in range(arguments.rounds):
                rates["plain"].append(measure(nginx, "/plain", one, arguments.requests))
                rates["one"].append(measure(nginx, "/", one, arguments.requests))
                fresh = [provider.access_token() for _ in range(2000)]
                rates["fresh"].append(measure(nginx, "/", fresh, len(fresh)))
    plain, *others = (statistics.median(rates[name]) for name in rates)
    for name, rate in zip(("nginx-module", "nginx-module-fresh"), others):
        if arguments.json:
            print(json.dumps({"name": name, "ours": round(rate), "peer": round(plain), "ratio": round(rate / plain, 3)}))
        else:
            print(f"{name}: {rate:,.0f} requests per CPU second, without {plain:,.0f}, ratio {rate / plain:.3f}")


if __name__ == "__main__":
    main()
