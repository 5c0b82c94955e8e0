#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the table of docs/usage/admin-api.md from src/provider/*/admin_operations*.c.

   admin_routes.py --write      writes it into the page
   admin_routes.py              fails when the page says otherwise
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/provider"
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
    """(method, path, roles, carried out, sentence) of each row, those that are carried out first."""
    words = (SOURCE / "admin/admin_operations.h").read_text()
    sources = sorted(SOURCE.glob("*/admin_operations*.c"))
    yield from sorted((row for path in sources for row in rows_of(path, words)), key=lambda row: not row[3])


def rows_of(path, words):
    text = path.read_text()
    names = {name: value.strip() for name, value in re.findall(r"#define (\w+) (.+)", words + text)}
    body = re.search(r"routes\[\] = \{\n(.*?)\n\};", text, re.S)[1]
    body = re.sub(r"\s+", " ", body)
    carried = re.findall(r'\{HTTP_(\w+), ([^,]+), ([^,]+), (\w+), "([^"]+)"\}', body)
    absent = re.findall(r'ABSENT\(([^,]+), "([^"]+)"\)', body)
    if len(carried) != body.count("{HTTP_") or len(absent) != body.count("ABSENT("):
        sys.exit(f"{path}: not every row could be read")
    for method, route, rights, _, sentence in carried:
        roles = [word.lower().replace("_", "-") for word in re.findall(r"RIGHT_(\w+)", expand(names, rights))]
        yield method, path_of(names, route), roles, True, sentence
    for route, sentence in absent:
        yield "any", path_of(names, route) + "/*", [], False, sentence


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
