#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nginx-module: a small file behind the nginx module, by one token and by another each time, against the same file without.
nginx-gate: the same file behind auth_request and `ostiary gate`, whose CPU time counts as well.

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
    """Of all its threads; counted in nanoseconds, where clock ticks are too coarse for two thousand requests."""
    threads = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in threads) / 1e9


def measure(nginx, path, tokens, times, others=()):
    """Requests per CPU second of the worker, and of other processes that have a part in it."""
    pids = [*nginx.workers(), *others]
    requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode() for token in tokens]
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=60) as connection:
        before = sum(map(cpu_seconds, pids))
        for start in range(0, times, BATCH):
            connection.sendall(b"".join(requests[(start + k) % len(requests)] for k in range(BATCH)))
            said = b""
            while said.count(b"hello\n") < BATCH:
                said += connection.recv(65536)
                assert b"HTTP/1.1 4" not in said, said
        return times / (sum(map(cpu_seconds, pids)) - before)


def main():
    arguments = read_options(__doc__, build="test", rounds=3, requests=20000)
    from fake_provider import FakeProvider
    from gate_site import Gate
    from nginx import Nginx

    server = "keepalive_requests 100000000; location /plain {{ try_files /index.html =404; }}"
    server += " location / {{ ostiary on; ostiary_issuer {} audience=myapi; }}"
    server += " location /ready {{ ostiary_ready; }} location /asked {{ auth_request /check; try_files /index.html =404; }}"
    server += " location = /check {{ internal; proxy_pass http://gate/check; proxy_pass_request_body off; proxy_http_version 1.1;"
    server += " proxy_set_header Connection ''; proxy_set_header Content-Length ''; proxy_set_header X-Forwarded-For $remote_addr;"
    server += " proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-Host app.example;"
    server += " proxy_set_header X-Original-Method $request_method; proxy_set_header X-Original-URI $request_uri; }}"
    rules = {"sites": [{"origin": "https://app.example", "rules": [{"prefix": "/", "policy": {}}]}]}
    with FakeProvider() as provider, tempfile.TemporaryDirectory() as folder:
        gate = Gate(pathlib.Path(folder) / "gate", provider.issuer, rules, "nginx", ["--log-format", "off"])
        upstream = f"upstream gate {{ server 127.0.0.1:{gate.port}; keepalive 8; }}"
        with gate, Nginx(folder, server.format(provider.issuer) + "access_log off;", http=upstream) as nginx:
            while nginx.status("/ready") != 200:
                time.sleep(0.02)
            one = [provider.access_token()]
            rates = {"plain": [], "one": [], "fresh": [], "gate": [], "gate-fresh": []}
            measure(nginx, "/", one, 1000)
            for _ in range(arguments.rounds):
                rates["plain"].append(measure(nginx, "/plain", one, arguments.requests))
                rates["one"].append(measure(nginx, "/", one, arguments.requests))
                fresh = [provider.access_token() for _ in range(2000)]
                rates["fresh"].append(measure(nginx, "/", fresh, len(fresh)))
                rates["gate"].append(measure(nginx, "/asked", one, arguments.requests, [gate.pid]))
                rates["gate-fresh"].append(measure(nginx, "/asked", fresh, len(fresh), [gate.pid]))
    plain, *others = (statistics.median(rates[name]) for name in rates)
    for name, rate in zip(("nginx-module", "nginx-module-fresh", "nginx-gate", "nginx-gate-fresh"), others):
        if arguments.json:
            print(json.dumps({"name": name, "ours": round(rate), "peer": round(plain), "ratio": round(rate / plain, 3)}))
        else:
            print(f"{name}: {rate:,.0f} requests per CPU second, without {plain:,.0f}, ratio {rate / plain:.3f}")


if __name__ == "__main__":
    main()
