# SPDX-License-Identifier: Apache-2.0
"""Runs plans of the OpenID conformance suite, see script/conformance."""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support")]

from peers import Unavailable  # noqa: E402
from plans import PLANS  # noqa: E402
from relying_party import RelyingParty  # noqa: E402
from suite import Suite, SuiteError  # noqa: E402
from under_test import REALMS, ProviderUnderTest  # noqa: E402
from verdict import Verdict, judge, table  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog="script/conformance")
    parser.add_argument("--suite", metavar="URL")
    parser.add_argument("--alias", default="ostiary")
    parser.add_argument("--plan", action="append", choices=[plan.name for plan in PLANS])
    parser.add_argument("--module", action="append", default=[])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "build" / "conformance")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    if not given.list and not given.suite:
        parser.error("--suite says where the suite is")
    return given


def run_module(suite, plan, subject, plan_id, module):
    """One module from beginning to end; its verdict and its log."""
    run = suite.start(plan_id, module)
    subject.attend(plan, run)
    state = suite.wait(run, seconds=subject.patience)
    log = suite.log(run)
    if state["status"] not in ("FINISHED", "INTERRUPTED"):
        suite.stop(run)  # the next one has the same addresses
    return judge(plan, module, state, log), log


def run_plan(suite, plan, subject, wanted, results):
    plan_id, modules = suite.make_plan(plan.suite_name, plan.variant, subject.configuration(plan))
    for number, module in enumerate(modules):
        if wanted and module["testModule"] not in wanted:
            continue
        try:
            verdict, log = run_module(suite, plan, subject, plan_id, module)
        except SuiteError as reason:
            verdict, log = Verdict(plan.name, module["testModule"], {}, "FAILED", [str(reason)]), []
        print(verdict, flush=True)
        if verdict.kind != "PASSED":
            name = f"{plan.name}-{number:02}-{module['testModule']}.json"
            (results / name).write_text(json.dumps(log, indent=1))
        yield verdict


def main():
    given = arguments()
    plans = [plan for plan in PLANS if not given.plan or plan.name in given.plan]
    if given.list:
        print("\n".join(f"{plan.name:22} {plan.suite_name}" for plan in PLANS))
        return 0
    given.results.mkdir(parents=True, exist_ok=True)
    suite, verdicts = Suite(given.suite, given.alias), []
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        for kind, names in ((ProviderUnderTest, REALMS), (RelyingParty, ("relying party",))):
            chosen = [plan for plan in plans if plan.subject in names]
            if not chosen:
                continue
            with kind(suite, folder / kind.__name__) as subject:
                for plan in chosen:
                    verdicts += run_plan(suite, plan, subject, given.module, given.results)
    finally:
        for log in folder.glob("*/*.log"):
            shutil.copy(log, given.results)
        shutil.rmtree(folder)
    if given.markdown:
        print(table(verdicts, suite.version().get("version"), datetime.date.today()))
    failed = sum(not verdict.good for verdict in verdicts)
    print(f"{len(verdicts) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not verdicts else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Unavailable, SuiteError, OSError) as reason:
        sys.exit(f"script/conformance: {reason}")
