#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the table of docs/usage/admin-api.md from src/provider/admin/admin_operations.c.

   admin_routes.py --write      writes it into the page
   admin_routes.py              fails when the page says otherwise
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/provider/admin/admin_operations.c"
PAGE = ROOT / "docs/usage/admin-api.md"
BEGIN, END = "<!-- made by script/lib/admin_routes.py -->", "<!-- end -->"


def expand(names, words):
    """Words of C with what #define made of them."""
    while True:
        expanded = re.sub(r"\b[A-Z_]+\b", lambda found: names.get(found[0], found[0]), words)
        if expanded == words:
            return words
        words = expanded


def rows():
    """(method, path, roles, carried out, sentence) of each row."""
    text = SOURCE.read_text()
    names = {name: value.strip() for name, value in re.findall(r"#define (\w+) (.+)", text)}
    body = re.search(r"admin_routes\[\] = \{\n(.*?)\n\};", text, re.S)[1]
    body = re.sub(r"\s+", " ", body)
    carried = re.findall(r'\{HTTP_(\w+), ([^,]+), ([^,]+), (\w+), "([^"]+)"\}', body)
    absent = re.findall(r'ABSENT\(([^,]+), "([^"]+)"\)', body)
    if len(carried) != body.count("{HTTP_") or len(absent) != body.count("ABSENT("):
        sys.exit(f"{SOURCE}: not every row could be read")
    for method, path, rights, _, sentence in carried:
        roles = [word.lower().replace("_", "-") for word in re.findall(r"RIGHT_(\w+)", expand(names, rights))]
        yield method, path_of(names, path), roles, True, sentence
    for path, sentence in absent:
        yield "any", path_of(names, path) + "/*", [], False, sentence


def path_of(names, words):
    return "".join(re.findall(r'"([^"]*)"', expand(names, words)))


def made():
    lines = [BEGIN, "", "### Carried out", "", "| operation | one of these roles | what it does |", "|---|---|---|"]
    table = list(rows())
    for method, path, roles, carried, sentence in table:
        if carried:
            lines.append(f"| `{method} {path}` | {', '.join(roles) or 'any'} | {sentence} |")
    lines += ["", "### Answered with 501", "", "| path | what Keycloak has there |", "|---|---|"]
    lines += [f"| `{path}` | {sentence} |" for _, path, _, carried, sentence in table if not carried]
    return "\n".join([*lines, "", END])


def main():
    page = PAGE.read_text()
    before, rest = page.split(BEGIN, 1)
    wanted = before + made() + rest.split(END, 1)[1]
    if "--write" in sys.argv[1:]:
        PAGE.write_text(wanted)
        return 0
    if page != wanted:
        print("docs/usage/admin-api.md is not what the table says: script/lib/admin_routes.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
