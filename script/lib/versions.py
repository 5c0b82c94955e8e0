# SPDX-License-Identifier: Apache-2.0
"""The places of the repository that say which version it is: meson.build says it, the others repeat it."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMBER = r"(\d+\.\d+\.\d+)"
# What is in the parentheses is the version, or a part of it, at each place where the pattern is found.
PLACES = (
    ("meson.build", rf"^  version: '{NUMBER}',$"),
    ("include/ostiary/types.h", r"^#define OST_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)$"),
    ("python/meson.build", rf"^  version: '{NUMBER}',$"),
    ("python/pyproject.toml", rf'^version = "{NUMBER}"$'),
    ("python/ostiary-jose/pyproject.toml", rf'(?:^version = "|"ostiary==){NUMBER}"'),
    ("packaging/container/compose.yml", rf"\bimage: ostiary:{NUMBER}$"),
    ("packaging/container/kubernetes.yml", rf"\bimage: ostiary:{NUMBER}$"),
    ("docs/usage/containers.md", rf"\bostiary:{NUMBER}"),
)
TITLE = re.compile(r"^## (.*)$", re.MULTILINE)


def version():
    return re.search(PLACES[0][1], (ROOT / "meson.build").read_text(), re.MULTILINE)[1]


def other_versions(wanted):
    """What stands in the way of that version: a line for each place that says another."""
    for name, pattern in PLACES:
        found = re.findall(pattern, (ROOT / name).read_text(), re.MULTILINE)
        if name.endswith("types.h"):
            found = [".".join(found)]
        if not found:
            yield f"{name} says no version"
        yield from (f"{name} is of version {one}, not {wanted}" for one in set(found) - {wanted})


def changelog_title():
    """The title of what is newest."""
    return TITLE.search((ROOT / "CHANGELOG.md").read_text())[1]


def released(wanted, title):
    """Whether the title is that of a release of the version."""
    return re.fullmatch(rf"{re.escape(wanted)} - \d{{4}}-\d\d-\d\d", title) is not None


def write(wanted, date):
    """Says the version at all places; what is unreleased in CHANGELOG.md becomes that version's."""
    for name, pattern in PLACES:
        parts = iter(wanted.split("."))

        def said(match, parts=parts, name=name):
            number = next(parts) if name.endswith("types.h") else wanted
            return match[0][: match.start(1) - match.start()] + number + match[0][match.end(1) - match.start() :]

        path = ROOT / name
        path.write_text(re.sub(pattern, said, path.read_text(), flags=re.MULTILINE))
    log = ROOT / "CHANGELOG.md"
    if changelog_title() == "Unreleased":
        log.write_text(TITLE.sub(f"## {wanted} - {date}", log.read_text(), count=1))
