# SPDX-License-Identifier: Apache-2.0
"""What the suite said of each module, in a few lines and in a table."""

from collections import Counter
from dataclasses import dataclass, field

KINDS = ("PASSED", "REVIEW", "WARNING", "SKIPPED", "FAILED")
# What has to be on a page that the suite wants a person to look at, by what it says that it expects.
PAGES = (
    ("ErrorPage", "We are sorry"),
    ("LoginPage", "Sign in to your account"),
    ("LogoutPage", "You are signed out"),
    ("LoginPageWithLogo", "kc-client-logo"),
    ("LoginPageWithPolicyLink", "privacy policy"),
    ("LoginPageWithTosLink", "terms of service"),
)


@dataclass
class Verdict:
    """One module's run."""

    plan: str
    module: str
    variant: dict
    kind: str  # one of KINDS
    reasons: list = field(default_factory=list)

    @property
    def good(self):
        return self.kind != "FAILED"

    def __str__(self):
        variant = ",".join(str(value) for value in self.variant.values())
        return f"{self.kind:8} {self.plan} {self.module} {variant}" + "".join(
            f"\n           {reason}" for reason in self.reasons
        )


def judge(plan, module, state, log):
    """The verdict on a run that is over, or whose time is."""
    reasons = [
        f"{entry['result']}: {entry.get('src')}: {entry.get('msg')}"
        for entry in log
        if entry.get("result") in ("FAILURE", "WARNING")
    ]
    kind = state.get("result") or "FAILED"
    if state["status"] != "FINISHED":
        kind = "FAILED"
        reasons.append(f"it ended as {state['status']}")
    if kind == "REVIEW":
        wrong = [expected for expected, page in shown(log) if not is_right(expected, page)]
        if wrong or not shown(log):
            kind = "FAILED"
            reasons.append(f"not the page that is to be looked at: {', '.join(wrong) or 'none was shown'}")
    if kind not in KINDS:
        reasons.append(f"the suite calls it {kind}")
        kind = "FAILED"
    variant = {**(module.get("variant") or {})}
    return Verdict(plan.name, module["testModule"], variant, kind, reasons)


def shown(log):
    """The pages that the suite has kept for a person to look at: (what it expects, the page)."""
    return [(entry["src"], entry["page_source"]) for entry in log if entry.get("matched_regexp")]


def is_right(expected, page):
    return any(expected.endswith(kind) and words in page for kind, words in PAGES)


def table(verdicts, version, day):
    """The counts of every plan as a table in Markdown."""
    lines = [f"Suite {version}, {day}.", ""]
    lines += ["| plan | passed | review | warning | skipped | failed |", "|---|---|---|---|---|---|"]
    for plan in dict.fromkeys(verdict.plan for verdict in verdicts):
        counts = Counter(verdict.kind for verdict in verdicts if verdict.plan == plan)
        lines.append(f"| {plan} | " + " | ".join(str(counts[kind]) for kind in KINDS) + " |")
    return "\n".join(lines)
