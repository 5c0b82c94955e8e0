#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""api-guarded: GET /items/ with a valid RS256 token, ours against FastAPI with python-jose.

Both programs run pinned to the same core and trust the same provider (ours); wrk runs on the other
cores with 64 keep-alive connections. `api-guarded` sends one token over and over, `api-guarded-fresh`
another one each time. Figures are medians of requests per second and of the 99th percentile."""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from command_line import read_options, two_parts

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "support"))

from programs import FastApi, ItemsApi, Provider, realm_for  # noqa: E402

FRESH = 60000  # tokens: more than one round uses
SCRIPT = """
local tokens = {}
for line in io.lines("%s") do tokens[#tokens + 1] = "Bearer " .. line end
local at = 0
request = function()
  at = at %% #tokens + 1
  return wrk.format("GET", "/items/", {["Authorization"] = tokens[at]})
end
done = function(summary, latency)
  io.write(string.format("P99 %%d\\n", latency:percentile(99)))
end
"""


def pinned(program, core):
    """The same program, started on one core."""
    program.command = ["taskset", "-c", core, *program.command]
    return program


def fetch_tokens(issuer, count):
    form = {"grant_type": "client_credentials", "client_id": "myapi", "client_secret": "myapi-secret"}
    request = urllib.request.Request(
        f"{issuer}/protocol/openid-connect/token", urllib.parse.urlencode(form).encode()
    )
    for _ in range(count):
        with urllib.request.urlopen(request) as answer:
            yield json.load(answer)["access_token"]


def many_tokens(issuer, folder, count):
    """wrk asks for them, which is quicker than this program could."""
    script = folder / "fetch.lua"
    kept = folder / "fresh"
    script.write_text(
        'wrk.method = "POST"\n'
        'wrk.body = "grant_type=client_credentials&client_id=myapi&client_secret=myapi-secret"\n'
        'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
        f'local out = io.open("{kept}", "w")\n'
        "response = function(status, headers, body)\n"
        '  out:write(body:match([["access_token":"([^"]*)"]]), "\\n")\n'
        "end\n"
    )
    seconds = max(2, count // 3000)
    url = f"{issuer}/protocol/openid-connect/token"
    subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", script, url], check=True, capture_output=True)
    lines = kept.read_text().splitlines()[:-1]  # the last one may be cut
    kept.write_text("\n".join(lines) + "\n")
    return kept


def measure(base, tokens, cores, seconds, folder):
    script = folder / f"{pathlib.Path(tokens).name}.lua"
    script.write_text(SCRIPT % tokens)
    command = ["taskset", "-c", cores, "wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", "-s", script, f"{base}/items/"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(output)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return rate, int(re.search(r"P99 (\d+)", output)[1]) / 1000


def report(name, ours, peer, as_json):
    our_rate, peer_rate = (statistics.median(rate for rate, _ in side) for side in (ours, peer))
    our_p99, peer_p99 = (statistics.median(p99 for _, p99 in side) for side in (ours, peer))
    row = {
        "name": name,
        "ours": round(our_rate),
        "peer": round(peer_rate),
        "ratio": round(our_rate / peer_rate, 2),
        "ours_p99_ms": round(our_p99, 2),
        "peer_p99_ms": round(peer_p99, 2),
    }
    if as_json:
        print(json.dumps(row), flush=True)
    else:
        print(
            f"{name}: ours {our_rate:,.0f} requests/s (p99 {our_p99:.2f} ms), FastAPI + python-jose "
            f"{peer_rate:,.0f} (p99 {peer_p99:.2f} ms), ratio {our_rate / peer_rate:.1f}",
            flush=True,
        )


def main():
    arguments = read_options(__doc__, rounds=3, seconds=3)
    core, cores = two_parts()
    cache = pathlib.Path(os.environ.get("OSTIARY_CACHE") or PROJECT / ".cache")
    python = cache / "venv-fastapi"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        realm = realm_for("http://localhost:8000", folder)
        with Provider([realm], folder / "provider", arguments=["--log-format", "off"]) as provider:
            issuer = f"{provider.base}/realms/myrealm"
            ours = pinned(ItemsApi(issuer, folder, arguments=["--loops", "1", "--log-format", "off"]), core)
            peer = FastApi(python, issuer, folder)
            bench = str(PROJECT / "bench")
            swaps = {"main:app": "fastapi_guarded:app", str(PROJECT / "tests/interop/fastapi_app"): bench}
            peer.command = [swaps.get(part, part) for part in peer.command]
            pinned(peer, core)
            with ours, peer:
                one = folder / "one"
                one.write_text(next(fetch_tokens(issuer, 1)) + "\n")
                fresh = many_tokens(issuer, folder, FRESH)
                for name, tokens in (("api-guarded", one), ("api-guarded-fresh", fresh)):
                    rounds = {ours: [], peer: []}
                    for program in (ours, peer):
                        measure(program.base, one, cores, 1, folder)
                    for _ in range(arguments.rounds):
                        for program in (ours, peer):
                            rounds[program].append(measure(program.base, tokens, cores, arguments.seconds, folder))
                    report(name, rounds[ours], rounds[peer], arguments.json)


if __name__ == "__main__":
    main()
