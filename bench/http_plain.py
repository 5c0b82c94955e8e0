#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""http-plain: small JSON over 64 keep-alive connections, ours against nginx `return 200`.

Both servers run pinned to the same core, one after the other in turns, wrk on the other cores. The
figures are medians of requests per second of CPU time the server took: a saturated core's rate, which
other load on the machine does not distort. Needs nginx and wrk, and a release build with
-Dbench=true (--build names its folder)."""

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

from command_line import read_options, two_parts

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "support"))

from nginx import NGINX_HEAD  # noqa: E402

BODY = '{"message":"Hello, this is a public resource!"}'

NGINX = (
    NGINX_HEAD
    + """    keepalive_requests 1000000000;
    keepalive_timeout 75s;
    default_type application/json;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ return 200 '{body}'; }}
    }}
}}
"""
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nothing answers on port {port}")


def start_ours(build, core):
    port = free_port()
    program = pathlib.Path(build) / "bench" / "http-plain-server"
    process = subprocess.Popen(["taskset", "-c", core, program, str(port)], stdout=subprocess.DEVNULL)
    wait_until_up(port)
    return process, port


def start_nginx(folder, core):
    port = free_port()
    config = pathlib.Path(folder) / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, body=BODY))
    process = subprocess.Popen(["taskset", "-c", core, "nginx", "-c", config, "-p", folder])
    wait_until_up(port)
    return process, port


def cpu_seconds(process):
    """Of the process and its children (nginx's worker), user and system."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ticks = 0
    for pid in [process.pid, *children]:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(process, port, cores, seconds):
    before = cpu_seconds(process)
    command = ["taskset", "-c", cores, "wrk", "-t2", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{port}/"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(output)
    return int(re.search(r"(\d+) requests in", output)[1]) / (cpu_seconds(process) - before)


def main():
    arguments = read_options(__doc__, build="", rounds=5, seconds=3)
    server_core, client_cores = two_parts()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        ours, our_port = start_ours(arguments.build, server_core)
        peer, peer_port = start_nginx(folder, server_core)
        try:
            servers = ((ours, our_port), (peer, peer_port))
            rates = {our_port: [], peer_port: []}
            for process, port in servers:
                measure(process, port, client_cores, 1)
            for _ in range(arguments.rounds):
                for process, port in servers:
                    rates[port].append(measure(process, port, client_cores, arguments.seconds))
        finally:
            for process in (ours, peer):
                process.terminate()
                process.wait()
    our_rate, peer_rate = (statistics.median(rates[port]) for port in (our_port, peer_port))
    ratio = our_rate / peer_rate
    if arguments.json:
        print(json.dumps({"name": "http-plain", "ours": round(our_rate), "peer": round(peer_rate), "ratio": round(ratio, 3)}))
    else:
        print(f"http-plain: ours {our_rate:,.0f} requests per CPU second, nginx {peer_rate:,.0f}, ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
