#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the store does in a second with PostgreSQL, beside SQLite in the same run (bench-store), each with its data on
the disk; with --before PROGRAM also SQLite's beside an earlier build's. The median of several turns.

Logins and refreshes write and wait for the disk; reads find a session and its user. Both commit what waits together."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from command_line import read_options

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "support"))
from postgresql import Cluster  # noqa: E402

TURNS = 5


def measure(program, address):
    done = subprocess.run([program, address, "2"], capture_output=True, text=True, check=True, timeout=120)
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def main():
    arguments = read_options(__doc__, before="bench-store of an earlier build")
    program = f"{arguments.build}/bench/bench-store"
    rows = {"sqlite": [], "postgresql": [], "before": []}
    cluster = Cluster().start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for turn in range(TURNS):
                if arguments.before:
                    rows["before"].append(measure(arguments.before, f"{folder}/before-{turn}.db"))
                rows["sqlite"].append(measure(program, f"{folder}/sqlite-{turn}.db"))
                rows["postgresql"].append(measure(program, cluster.database(f"turn{turn}")))
    finally:
        cluster.close()
    medians = {
        kind: {name: statistics.median(row[name] for row in measured) for name in measured[0]}
        for kind, measured in rows.items()
        if measured
    }
    pairs = [("postgresql", "sqlite")] + ([("sqlite", "before")] if arguments.before else [])
    for ours, peer in pairs:
        for name, value in medians[ours].items():
            other = medians[peer][name]
            row = {"name": f"{name}: {ours} and {peer}", "ours": value, "peer": other, "ratio": value / other}
            if arguments.json:
                print(json.dumps(row))
            else:
                print(f"{row['name']:45} {value:10.0f} {other:10.0f} /s {row['ratio']:7.2f}")


if __name__ == "__main__":
    main()
