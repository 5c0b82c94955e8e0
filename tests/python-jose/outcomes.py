# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin that writes what became of each case to the file that OUTCOMES names."""

import json
import os

_seen = {}


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        _seen[report.nodeid] = report.outcome


def pytest_sessionfinish(session):
    with open(os.environ["OUTCOMES"], "w") as file:
        json.dump(_seen, file)
