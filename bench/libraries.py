#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libraries: the check of one 1.4 KB access token (signature, alg, exp, iss, aud), ours against others.

Every library has a process of its own that reads its key once (peers/worker.h), is seen to accept good
tokens and to refuse bad ones, and then checks tokens one after the other, in turns with the others.
Figures are medians of checks a second of CPU time. Libraries that cannot be had are named."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from command_line import read_options

PROJECT = pathlib.Path(__file__).resolve().parents[1]
PEERS = PROJECT / "bench" / "peers"
sys.path.insert(0, str(PROJECT / "tests" / "support"))

from peers import Unavailable, npm_packages, require_program, virtual_environment  # noqa: E402

ALGORITHMS = ("RS256", "ES256", "EdDSA")
C = ("cjose", "libjwt", "rhonabwy")
NODE = {"fast-jwt": "fast_jwt", "jose": "jose"}
PYTHON = {"PyJWT": "pyjwt", "joserfc": "joserfc", "python-jose": "python_jose"}
NO_SUCH_ALGORITHM = 3


class Refused(Exception):
    """The library does not do what it was asked for; the text says what."""


class Worker:
    def __init__(self, command, folder, alg):
        self.process = subprocess.Popen(
            [*map(str, command), str(folder), alg],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self.process.stdout.readline() != "ready\n":
            error = self.process.communicate()[1].strip()
            if self.process.returncode == NO_SUCH_ALGORITHM:
                raise Refused("no such algorithm")
            raise Refused(error.splitlines()[-1] if error else f"ended with {self.process.returncode}")

    def rate(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self):
        self.process.communicate()


def compiled(build):
    for name in C:
        program = build / "bench" / "peers" / f"bench-worker-{name}"
        yield name, [program] if program.exists() else f"Debian's lib{name.removeprefix('lib')}-dev is missing"


def scripted(names, prepare):
    """The commands of a group that is fetched as a whole."""
    try:
        command = prepare()
    except Unavailable as reason:
        return [(name, str(reason)) for name in names]
    return [(name, [*command, internal]) for name, internal in names.items()]


def node():
    home = npm_packages(PEERS, "npm-bench")
    return [require_program("node", "nodejs"), "--experimental-global-webcrypto", "--no-warnings", home / "worker.mjs"]


def python():
    return [virtual_environment("bench", PEERS / "requirements.txt") / "bin" / "python", PEERS / "worker.py"]


def commands(build):
    """By name: how the library's worker is started, or why it is not."""
    return dict([*compiled(build), *scripted(NODE, node), *scripted(PYTHON, python)])


def start(available, folder, alg):
    workers, absences = {}, {}
    for name, command in available.items():
        if isinstance(command, str):
            absences[name] = command
            continue
        try:
            workers[name] = Worker(command, folder, alg)
        except Refused as reason:
            absences[name] = str(reason)
    return workers, absences


def measure(workers, rounds, seconds):
    """Medians of the rates, and of ours to theirs in each round."""
    rates = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            rates[name].append(worker.rate(seconds))
    for worker in workers.values():
        worker.end()
    ratios = {name: statistics.median(o / r for o, r in zip(rates["ours"], rates[name])) for name in rates}
    return {name: statistics.median(values) for name, values in rates.items()}, ratios


def report(as_json, alg, name, ours, peer, ratio):
    row = f"{alg.lower()}-{name}"
    if as_json:
        print(json.dumps({"name": row, "ours": ours, "peer": peer, "ratio": round(ratio, 3)}), flush=True)
    else:
        print(f"{row:28} {ours:12.1f}/s {peer:12.1f}/s {ratio:8.2f}   {1e6 / ours:8.2f} us {1e6 / peer:8.2f} us", flush=True)


def main():
    arguments = read_options(__doc__, rounds=7, seconds=0.2)
    programs = arguments.build / "bench" / "peers"
    available = {"ours": [programs / "bench-worker-ours"], **commands(arguments.build)}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([programs / "bench-inputs", folder], check=True)
        for alg in ALGORITHMS:
            workers, absences = start(available, folder, alg)
            if "ours" not in workers:
                sys.exit(f"ours, {alg}: {absences['ours']}")
            rates, ratios = measure(workers, arguments.rounds, arguments.seconds)
            for name in sorted(rates.keys() - {"ours"}, key=rates.get, reverse=True):
                report(arguments.json, alg, name, rates["ours"], rates[name], ratios[name])
            for name, reason in absences.items():
                print(f"{alg.lower()}-{name}: not measured: {reason}", file=sys.stderr)


if __name__ == "__main__":
    main()
