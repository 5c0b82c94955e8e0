# SPDX-License-Identifier: Apache-2.0
"""Which tests of a run are worth a second look by themselves, as pytest's names, one a line.

Usage: unsteady.py REPORT

Prints nothing when more than a handful failed, when one of them could not even begin to be collected, or when one tells
of a sanitizer or of a program that was ended by a signal: those are faults, whatever a second run says.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

AT_MOST = 3
NEVER_AGAIN = re.compile(r"Sanitizer|runtime error:|core dumped|SIG(SEGV|ABRT|BUS|ILL|FPE)")
TESTS = pathlib.Path(__file__).resolve().parents[2] / "tests"


def failed(report):
    """The cases of a JUnit file that failed, each with what it tells."""
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        told = [each for kind in ("failure", "error") for each in case.findall(kind)]
        if told:
            yield case, "".join((each.get("message") or "") + (each.text or "") for each in told)


def pytest_name(case):
    """tests/python/test_x.py::test_y[z], or None for what is no function of a file."""
    path = TESTS.joinpath(*(case.get("classname") or "").split(".")).with_suffix(".py")
    return f"tests/{path.relative_to(TESTS)}::{case.get('name')}" if path.is_file() else None


def main():
    cases = list(failed(sys.argv[1]))
    names = [pytest_name(case) for case, _ in cases]
    if len(cases) > AT_MOST or None in names or any(NEVER_AGAIN.search(told) for _, told in cases):
        return
    print("\n".join(dict.fromkeys(names)))


if __name__ == "__main__":
    main()
