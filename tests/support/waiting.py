# SPDX-License-Identifier: Apache-2.0
"""Waiting for what comes by itself: another thread, another process, a clock."""

import time


def until(condition, what="what was waited for", seconds=20):
    """What the condition says once it is true (not empty, not 0); an AssertionError if that takes too long."""
    deadline = time.monotonic() + seconds
    while not (seen := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s; {seen!r}"
        time.sleep(0.05)
    return seen
