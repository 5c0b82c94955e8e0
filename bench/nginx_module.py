#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nginx-module: a small file behind the nginx module, by one token and by another each time, against the same file without.
nginx-gate: the same file behind auth_request and `ostiary gate`, whose CPU time counts as well.
nginx-oauth2-proxy: the gate there against oauth2-proxy in its place (script/peers oauth2-proxy), which counts likewise.

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


def oauth2_proxy(issuer, folder):
    """oauth2-proxy, which takes bearer tokens of that issuer as the gate does, and writes no log."""
    from peers import cache, free_port
    from programs import Program

    program, address = cache().resolve() / "oauth2-proxy", f"127.0.0.1:{free_port()}"
    options = {
        **{"provider": "oidc", "oidc-issuer-url": issuer, "client-id": "myapi", "client-secret": "x", "email-domain": "*"},
        **{"oidc-email-claim": "sub", "skip-jwt-bearer-tokens": "true", "http-address": address, "reverse-proxy": "true"},
        **{"redirect-url": "https://app.example/oauth2/callback", "cookie-secret": "0123456789abcdef0123456789abcdef"},
        **{f"{what}-logging": "false" for what in ("standard", "auth", "request")},
    }
    command = [program, *(f"--{name}={value}" for name, value in options.items())]
    return address, Program(command, f"http://{address}/ping", pathlib.Path(folder) / "oauth2-proxy.log")


def asked(upstream, path):
    """Locations of nginx: a file that is had if the server at that upstream says so."""
    text = f" location /{upstream} {{ auth_request /check-{upstream}; try_files /index.html =404; }}"
    text += f" location = /check-{upstream} {{ internal; proxy_pass http://{upstream}{path}; proxy_pass_request_body off;"
    text += " proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Content-Length '';"
    text += " proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto https;"
    text += " proxy_set_header X-Forwarded-Host app.example; proxy_set_header X-Original-Method $request_method;"
    return text + " proxy_set_header X-Original-URI $request_uri; }"


def measure_all(nginx, provider, rounds, requests, gate, peer):
    """The medians of all rounds, by name."""
    one = [provider.access_token()]
    rates = {}

    def note(name, *measured):
        rates.setdefault(name, []).append(measure(nginx, *measured))

    for path in ("/", "/gate", "/peer"):
        measure(nginx, path, one, 1000)
    for _ in range(rounds):
        fresh = [provider.access_token() for _ in range(2000)]
        note("plain", "/plain", one, requests)
        note("module", "/", one, requests)
        note("module-fresh", "/", fresh, len(fresh))
        note("gate", "/gate", one, requests, [gate.pid])
        note("gate-fresh", "/gate", fresh, len(fresh), [gate.pid])
        note("peer", "/peer", one, len(fresh), [peer.pid])
        note("peer-fresh", "/peer", fresh, len(fresh), [peer.pid])
    return {name: statistics.median(values) for name, values in rates.items()}


def main():
    arguments = read_options(__doc__, build="test", rounds=3, requests=20000)
    from fake_provider import FakeProvider
    from gate_site import Gate
    from nginx import Nginx

    server = "keepalive_requests 100000000; access_log off; location /plain {{ try_files /index.html =404; }}"
    server += " location / {{ ostiary on; ostiary_issuer {} audience=myapi; }} location /ready {{ ostiary_ready; }}"
    rules = {"sites": [{"origin": "https://app.example", "rules": [{"prefix": "/", "policy": {}}]}]}
    with FakeProvider() as provider, tempfile.TemporaryDirectory() as folder:
        gate = Gate(pathlib.Path(folder) / "gate", provider.issuer, rules, "nginx", ["--log-format", "off"])
        address, peer = oauth2_proxy(provider.issuer, folder)
        upstreams = f"upstream gate {{ server 127.0.0.1:{gate.port}; keepalive 8; }}"
        upstreams += f" upstream peer {{ server {address}; keepalive 8; }}"
        server = server.format(provider.issuer) + asked("gate", "/check") + asked("peer", "/oauth2/auth")
        with gate, peer, Nginx(folder, server, http=upstreams) as nginx:
            while nginx.status("/ready") != 200:
                time.sleep(0.02)
            rates = measure_all(nginx, provider, arguments.rounds, arguments.requests, gate, peer)
    pairs = [(f"nginx-{name}", name, "plain") for name in ("module", "module-fresh", "gate", "gate-fresh")]
    pairs += [(f"nginx-oauth2-proxy{kind}", f"gate{kind}", f"peer{kind}") for kind in ("", "-fresh")]
    for name, ours, other in pairs:
        ours, other = rates[ours], rates[other]
        if arguments.json:
            print(json.dumps({"name": name, "ours": round(ours), "peer": round(other), "ratio": round(ours / other, 3)}))
        else:
            print(f"{name}: {ours:,.0f} requests per CPU second, against {other:,.0f}, ratio {ours / other:.3f}")


if __name__ == "__main__":
    main()
