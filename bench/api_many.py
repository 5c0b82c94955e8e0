#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""api-guarded-many and api-guarded-fresh by CPU: GET /items/ with one token, with 5,000 that come by turns, and
with another one each time, in requests for each second that the program's process was on a core.

Ours with many is compared with ours with one (what is remembered costs no more), with Go and go-oidc, and
with FastAPI and PyJWT that keeps parsed keys; ours with fresh ones with the build of an earlier commit,
where --before names its folder. Every program runs on one and the same core, by turns."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from command_line import read_options, two_parts

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "support"))
sys.path.insert(0, str(PROJECT / "bench"))

from api_guarded import FRESH, PROJECT, SCRIPT, many_tokens, pinned  # noqa: E402
from programs import FastApi, ItemsApi, Program, Provider, free_port, realm_for  # noqa: E402

MANY = 5000


class GoOidc(Program):
    """bench/peers/go-oidc, on one processor."""

    def __init__(self, binary, issuer, folder):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        environment = {"ISSUER": issuer, "AUDIENCE": "myapi", "PORT": str(self.port), "GOMAXPROCS": "1"}
        super().__init__([binary], f"{self.base}/public/", folder / "go.log", environment)


def build_go(folder):
    """The program, or None where there is no Go or no way to its modules."""
    source = PROJECT / "bench" / "peers" / "go-oidc"
    if shutil.which("go") is None:
        return None
    made = subprocess.run(["go", "build", "-o", folder / "guarded", "."], cwd=source, capture_output=True, text=True)
    return folder / "guarded" if made.returncode == 0 else None


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(program, tokens, cores, seconds, folder):
    """Requests for each second on a core."""
    script = folder / f"{pathlib.Path(tokens).name}.lua"
    script.write_text(SCRIPT % tokens)
    command = ["taskset", "-c", cores, "wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script, f"{program.base}/items/"]
    before = cpu_seconds(program.pid)
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = cpu_seconds(program.pid) - before
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(output)
    requests = next(int(line.split()[0]) for line in output.splitlines() if "requests in" in line)
    return requests / spent


def report(name, ours, peer, what, as_json):
    ratio = statistics.median(a / b for a, b in zip(ours, peer))
    our, their = statistics.median(ours), statistics.median(peer)
    if as_json:
        print(json.dumps({"name": name, "ours": round(our), "peer": round(their), "ratio": round(ratio, 2)}), flush=True)
    else:
        print(f"{name}: ours {our:,.0f} a CPU second, {what} {their:,.0f}, ratio {ratio:.2f}", flush=True)


def main():
    arguments = read_options(__doc__, before="folder of the build of an earlier commit", rounds=5, seconds=2)
    core, cores = two_parts()
    cache = pathlib.Path(os.environ.get("OSTIARY_CACHE") or PROJECT / ".cache")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        realm = realm_for("http://localhost:8000", folder)
        with Provider([realm], folder / "provider", arguments=["--log-format", "off"]) as provider:
            issuer = f"{provider.base}/realms/myrealm"
            fresh = many_tokens(issuer, folder, FRESH)
            lines = fresh.read_text().splitlines()
            one, many = folder / "one", folder / "many"
            one.write_text(lines[0] + "\n")
            many.write_text("\n".join(lines[:MANY]) + "\n")

            def items(build):
                os.environ["OSTIARY_BUILD"] = str(build)
                return pinned(ItemsApi(issuer, folder, arguments=["--loops", "1", "--log-format", "off"]), core)

            sides = {"ours": items(arguments.build)}
            if arguments.before:
                sides["before"] = items(arguments.before)
            binary = build_go(folder)
            if binary is not None:
                sides["go"] = pinned(GoOidc(binary, issuer, folder), core)
            python = cache / "venv-bench"
            if (python / "bin" / "uvicorn").exists():
                peer = FastApi(python, issuer, folder)
                swaps = {"main:app": "fastapi_pyjwt:app", str(PROJECT / "tests/interop/fastapi_app"): str(PROJECT / "bench")}
                peer.command = [swaps.get(part, part) for part in peer.command]
                sides["pyjwt"] = pinned(peer, core)
            rates = {}
            running = [program.__enter__() for program in sides.values()]
            try:
                # Fresh tokens come last: they would make the many forgotten.
                for kinds in ({"ours": (one, many), "go": (many,), "pyjwt": (many,)}, {"ours": (fresh,), "before": (fresh,)}):
                    for _ in range(arguments.rounds + 1):
                        for side in sides.keys() & kinds.keys():
                            for kind in kinds[side]:
                                rate = measure(sides[side], kind, cores, arguments.seconds, folder)
                                rates.setdefault((side, kind.name), []).append(rate)
            finally:
                for program in running:
                    program.stop()
            rates = {key: values[1:] for key, values in rates.items()}  # the first round warms up
            rows = [("api-guarded-many", ("ours", "many"), ("ours", "one"), "ours with one token"),
                    ("api-guarded-many-go", ("ours", "many"), ("go", "many"), "Go and go-oidc"),
                    ("api-guarded-many-pyjwt", ("ours", "many"), ("pyjwt", "many"), "FastAPI and PyJWT"),
                    ("api-guarded-fresh-before", ("ours", "fresh"), ("before", "fresh"), "the earlier build")]
            for title, left, right, what in rows:
                if right in rates:
                    report(title, rates[left], rates[right], what, arguments.json)
                else:
                    print(f"{title}: left out, {what} cannot be had", file=sys.stderr)


if __name__ == "__main__":
    main()
