# SPDX-License-Identifier: Apache-2.0
"""What script/release looks at before it makes anything.

   release.py check VERSION      ends with 1 and says why if the tree is not that release
   release.py prepare VERSION    makes it be so, but for the commit
"""

import subprocess
import sys
import time

import versions


def git(*words):
    done = subprocess.run(["git", *words], cwd=versions.ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def in_the_way(version):
    """Why this tree is not the release of that version, line by line."""
    head = git("rev-parse", "HEAD")
    if head is None:
        yield "this is no clone of the repository"
        return
    changed = git("status", "--porcelain")
    if changed:
        yield f"not everything is committed:\n{changed}"
    yield from versions.other_versions(version)
    if not versions.released(version, versions.changelog_title()):
        yield f"CHANGELOG.md begins with {versions.changelog_title()!r}, not with {version} - YYYY-MM-DD"
    tagged = git("rev-parse", "-q", "--verify", f"refs/tags/v{version}^{{commit}}")
    if tagged not in (None, "", head):
        yield f"v{version} is the tag of another commit, and a tag is never moved"


def main():
    command, version = sys.argv[1:]
    if command == "prepare":
        versions.write(version, time.strftime("%Y-%m-%d", time.gmtime()))
        return 0
    reasons = list(in_the_way(version))
    for reason in reasons:
        print(f"script/release: {reason}", file=sys.stderr)
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main())
