# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks are told: the build that they measure, how often and how long, and how they print it."""

import argparse
import os
import pathlib
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[1]


def read_options(doc, build="bench", before=None, **numbers):
    """The options of a benchmark whose module says `doc`: --json, --build where there is one (its folder below build is
    the default, and the programs of tests/support take it), --before with the help given, and one for each number."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if build is not None:
        parser.add_argument("--build", type=pathlib.Path, default=PROJECT / "build" / build, help="folder of the build")
    if before:
        parser.add_argument("--before", help=before)
    for name, usual in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(usual), default=usual)
    parser.add_argument("--json", action="store_true", help="print JSON objects")
    options = parser.parse_args()
    if build is not None:
        os.environ["OSTIARY_BUILD"] = str(options.build)
    return options


def two_parts():
    """The cores of this machine in two parts, as taskset takes them: one for what is measured, the others for who asks."""
    last = os.cpu_count() - 1
    if last < 1:
        sys.exit("two cores are needed")
    return str(last), f"0-{last - 1}"
