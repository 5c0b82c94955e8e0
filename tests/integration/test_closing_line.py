# SPDX-License-Identifier: Apache-2.0
"""What script/test makes of its runners' reports: what failed fails it, and what is run again is told by name."""

import subprocess
import sys

import pytest

from peers import PROJECT

LIB = PROJECT / "script" / "lib"
MODULE = "integration.test_closing_line"
PYTEST_NAME = "tests/integration/test_closing_line.py"


def report(folder, name, cases):
    """A JUnit file: names of tests of this module, each with what it failed with, or None."""
    bodies = "".join(
        f'<testcase classname="{MODULE}" name="{test}">'
        + ("" if told is None else f'<failure message="{told}">{told}</failure>')
        + "</testcase>"
        for test, told in cases.items()
    )
    path = folder / name
    path.write_text(f"<testsuites><testsuite>{bodies}</testsuite></testsuites>")
    return path


def run(script, *arguments):
    return subprocess.run([sys.executable, LIB / script, *arguments], capture_output=True, text=True)


@pytest.mark.parametrize(
    "cases, again",
    [
        ({"test_a": None}, ""),
        ({"test_a": None, "test_b[x y]": "503"}, f"{PYTEST_NAME}::test_b[x y]\n"),
        ({f"test_{n}": "503" for n in range(4)}, ""),
        ({"test_a": "ERROR: AddressSanitizer: heap-use-after-free"}, ""),
        ({"test_a": "503", "test_b": "x.c:3:1: runtime error: shift exponent"}, ""),
        ({"test_a": "ended by SIGSEGV"}, ""),
    ],
)
def test_what_is_run_again(tmp_path, cases, again):
    assert run("unsteady.py", report(tmp_path, "pytest-x.xml", cases)).stdout.strip("\n") == again.strip("\n")


def test_a_test_of_no_file_is_not_run_again(tmp_path):
    path = report(tmp_path, "pytest-x.xml", {"test_a": "503"})
    path.write_text(path.read_text().replace(MODULE, "integration.test_of_nowhere"))
    assert run("unsteady.py", path).stdout == ""


@pytest.mark.parametrize(
    "first, again, told, status",
    [
        ({"test_a": None}, None, ["1 passed, 0 failed, 0 skipped"], 0),
        ({"test_a": "x"}, None, [f"failed: pytest-x: {MODULE}.test_a", "0 passed, 1 failed, 0 skipped"], 1),
        ({"test_a": "x"}, {"test_a": "x"}, [f"failed: pytest-x: {MODULE}.test_a", "0 passed, 1 failed, 0 skipped"], 1),
        (
            {"test_a": "x", "test_b": None},
            {"test_a": None},
            [
                f"unsteady (failed beside others, passed by itself): pytest-x: {MODULE}.test_a",
                "2 passed, 0 failed, 0 skipped",
            ],
            0,
        ),
    ],
)
def test_the_closing_line(tmp_path, first, again, told, status):
    report(tmp_path, "pytest-x.xml", first)
    if again is not None:
        report(tmp_path, "again-x.xml", again)
    ended = run("results.py", tmp_path)
    assert (ended.stdout.splitlines(), ended.returncode) == (told, status)


def test_too_many_unsteady_tests_of_one_run_fail_it(tmp_path):
    for name in ("x", "y"):
        both = {f"test_{name}{n}": "503" for n in range(2)}
        report(tmp_path, f"pytest-{name}.xml", both)
        report(tmp_path, f"again-{name}.xml", dict.fromkeys(both))
    ended = run("results.py", tmp_path)
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-2:] == [
        "failed: 4 tests are unsteady, more than 3",
        "4 passed, 1 failed, 0 skipped",
    ]
