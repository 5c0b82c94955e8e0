# SPDX-License-Identifier: Apache-2.0
"""Every source file, script and web file says in a line of its own under which license it is.

Usage: licenses.py [--write]

Without --write it names the files that do not say so and ends with 1. Files without room for comments (JSON,
lists, inputs of fuzzers) fall under LICENSE like everything else.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPDX = "SPDX-License-Identifier: Apache-2.0"
COMMENTS = {
    **dict.fromkeys((".c", ".h", ".inc", ".css", ".map"), "/* {} */"),
    **dict.fromkeys((".js", ".mjs"), "// {}"),
    **dict.fromkeys((".html",), "<!-- {} -->"),
    **dict.fromkeys((".py", ".sh"), "# {}"),
    **dict.fromkeys(("meson.build", "meson_options.txt", "Makefile", "Dockerfile"), "# {}"),
}


def comment_for(path):
    """How a comment looks in this file; None where none is asked for."""
    comment = COMMENTS.get(path.name) or COMMENTS.get(path.suffix)
    if comment is None and not path.suffix and path.read_bytes()[:2] == b"#!":
        return "# {}"
    return comment


def files():
    """Everything under version control that should have the line, with the line."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if "seeds" in path.parts or path.is_symlink() or not path.is_file():
            continue
        comment = comment_for(path)
        if comment:
            yield path, comment.format(SPDX)


def place(lines):
    """The line's index: behind what must come first, which is what runs the file or a document type."""
    return 1 if lines and re.match(r"#!|<!doctype ", lines[0], re.IGNORECASE) else 0


def main():
    missing = 0
    for path, line in files():
        lines = path.read_text().splitlines(keepends=True)
        at = place(lines)
        if lines[at : at + 1] == [line + "\n"]:
            continue
        if "--write" in sys.argv[1:]:
            path.write_text("".join([*lines[:at], line + "\n", *lines[at:]]))
            continue
        print(f"{path.relative_to(ROOT)}: line {at + 1} is not: {line}")
        missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
