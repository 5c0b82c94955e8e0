# SPDX-License-Identifier: Apache-2.0
"""What a test needs and may not find."""

import os
import shutil

import pytest

from peers import Unavailable


def must_have(make):
    """Calls make(); a peer that cannot be had skips the test, or fails it in CI."""
    try:
        return make()
    except Unavailable as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have it: {reason}", pytrace=False)
        pytest.skip(str(reason))


def kept_running(make, results, wait=lambda program: None):
    """Runs a program for as long as a fixture lives; its log stays among the results. `wait(program)`: for more than its start."""
    program = must_have(make)
    try:
        with program:
            wait(program)
            yield program
    finally:
        shutil.copy(program.log, results)
