# SPDX-License-Identifier: Apache-2.0
"""Adds up what the test runners left behind and prints one closing line.

Usage: results.py FOLDER [FAILED-STAGE...]

cmocka's XML and pytest's JUnit XML are counted case by case, linters and fuzzers by the verdicts in
their text files; other Meson tests (fuzz seeds) count
one each, and so does a unit test program that ended badly without saying why. A stage that failed
although no test of it did counts as one failure, so that nothing fails unseen. A test of pytest that failed beside
the others and passed by itself (again-NAME.xml) is counted as passed and told as unsteady; more than AT_MOST of them in
one run fail it.
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


AT_MOST = 3  # unsteady tests of a run


def case_name(case):
    return ".".join(filter(None, (case.get("classname"), case.get("name"))))


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.skips = []
        self.failures = []
        self.unsteady = []

    def add_suites(self, path, label, reasons=(), again=None):
        """Counts one JUnit-like file; returns how many cases failed in it. `reasons` are those of the skipped
        cases, in order, where the file cannot hold them; `again` is the file of a second run of those that failed."""
        steadied = passed_cases(again) if again and again.is_file() else set()
        failed = 0
        reasons = iter(reasons)
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            name = case_name(case)
            skipped = case.find("skipped")
            bad = case.find("failure") is not None or case.find("error") is not None
            if bad and name in steadied:
                self.passed += 1
                self.unsteady.append(f"{label}: {name}")
            elif bad:
                failed += 1
                self.failures.append(f"{label}: {name}")
            elif skipped is not None:
                self.skips.append(f"{label}: {name}: {skipped.get('message') or next(reasons, 'no reason given')}")
            else:
                self.passed += 1
        self.failed += failed
        return failed

    def add_meson(self, path, cases_failed):
        """Counts what cmocka did not: fuzz targets, and programs that crashed."""
        for line in path.read_text().splitlines():
            test = json.loads(line)
            unit = test["name"].split(" / ")[-1].split(":")[-1].strip()
            is_fuzz = "fuzz-" in unit
            if test["result"] in ("OK", "EXPECTEDFAIL"):
                self.passed += is_fuzz
            elif test["result"] == "SKIP":
                self.skips.append(f"{path.stem}: {unit}")
            elif is_fuzz or not cases_failed:
                self.failed += 1
                self.failures.append(f"{path.stem}: {unit}: {test['result']}")

    def add_verdicts(self, path):
        """Counts lines of "pass|fail|skip WHAT", as linters and fuzzers leave them."""
        for line in path.read_text().splitlines():
            verdict, _, what = line.partition(" ")
            self.passed += verdict == "pass"
            if verdict == "fail":
                self.failed += 1
                self.failures.append(f"{path.stem}: {what}")
            elif verdict == "skip":
                self.skips.append(f"{path.stem}: {what}")


def passed_cases(report):
    """The names of the cases of a JUnit file that ran to a good end, in each of their phases."""
    good, bad = set(), set()
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        (bad if any(case.find(kind) is not None for kind in ("failure", "error", "skipped")) else good).add(case_name(case))
    return good - bad


def reasons_told(meson):
    """What cmocka's tests print before they skip a case, by the name of their program."""
    for line in meson.read_text().splitlines():
        test = json.loads(line)
        unit = test["name"].split(" / ")[-1].split(":")[-1].strip()
        told = re.findall(r"^skipped: (.*)$", test.get("stdout") or "", re.M)
        yield "unit-" + unit.replace("/", "-"), told


def main():
    folder = pathlib.Path(sys.argv[1])
    tally = Tally()
    for meson in sorted(folder.glob("meson-*.json")):
        build = meson.stem.removeprefix("meson-")
        reasons = dict(reasons_told(meson))
        failed = 0
        for report in sorted((folder / f"cmocka-{build}").glob("*/*.xml")):
            program = report.parent.name
            failed += tally.add_suites(report, program, reasons.get(program, ()))
        tally.add_meson(meson, failed)
    for report in sorted(folder.glob("pytest-*.xml")):
        again = report.with_name(report.name.replace("pytest-", "again-", 1))
        tally.add_suites(report, report.stem, again=again)
    for verdicts in sorted(folder.glob("*.txt")):
        tally.add_verdicts(verdicts)
    stages = sys.argv[2:]
    if stages and not tally.failed:
        tally.failed += len(stages)
        tally.failures += [f"{stage}: the stage failed" for stage in stages]
    for skip in tally.skips:
        print(f"skipped: {skip}")
    for name in tally.unsteady:
        print(f"unsteady (failed beside others, passed by itself): {name}")
    if len(tally.unsteady) > AT_MOST:
        tally.failed += 1
        tally.failures.append(f"{len(tally.unsteady)} tests are unsteady, more than {AT_MOST}")
    for failure in tally.failures:
        print(f"failed: {failure}")
    print(f"{tally.passed} passed, {tally.failed} failed, {len(tally.skips)} skipped")
    return 1 if tally.failed or stages or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
