# SPDX-License-Identifier: Apache-2.0
"""Waiting for what comes by itself: another thread, another process, a clock."""

import time


PATIENCE = 60  # seconds: longer than anything takes beside forty servers, for a wait is no measure of speed


def until(condition, what="what was waited for", seconds=PATIENCE, step=0.05):
    """What the condition says once it is true (not empty, not 0); an AssertionError if that takes too long, with `what`: words,
    or a function that tells more, such as a program's log_tail."""
    deadline = time.monotonic() + seconds
    while not (seen := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s; {seen!r}")
        time.sleep(step)
    return seen
