#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of docs/usage/realm-files.md from src/provider/member/member_*.c.

   members.py --write      writes them into the page
   members.py              fails when the page says otherwise
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/usage/realm-files.md"
BEGIN, END = "<!-- made by script/lib/members.py -->", "<!-- end -->"
FATES = {
    "ACTED": "acted upon",
    "BARRED": "refused in use",
    "TOLD": "kept without effect",
    "REFUSED": "refused",
    "KEPT": "kept",
}


def kinds():
    """(title, [(member, fate, why)], title of the base or None) of each table, in the order of the sources."""
    sources = {source: source.read_text() for source in sorted((ROOT / "src/provider/member").glob("member_*.c"))}
    titles = dict(re.findall(r'const member_kind (\w+) = \{\s*\.title = "([^"]+)"', "".join(sources.values())))
    for source, text in sources.items():
        for name, body in re.findall(r"static const member (\w+)_members\[\] = \{(.*?)\n\};", text, re.S):
            made = re.search(rf"const member_kind member_{name} = \{{(.*?)\}};", text, re.S)[1]
            base = re.search(r"\.base = &(\w+)", made)
            rows = re.findall(r'\{"([^"]+)",\s*MEMBER_\w+,\s*\.fate = MEMBER_(\w+)((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}', body)
            if len(rows) != body.count(".fate"):
                sys.exit(f"{source}: not every row of {name} could be read")
            names = [member for member, _, _ in rows]
            if names != sorted(names):
                sys.exit(f"{source}: the rows of {name} are not in order, and are searched by halves")
            told = [(member, fate, why_of(rest)) for member, fate, rest in rows]
            yield titles[f"member_{name}"], told, base and titles[base[1]]


def why_of(rest):
    now, why = (re.findall(rf'\.{name} =\s*((?:"[^"]*"\s*)+)', rest) for name in ("now", "why"))
    now, why = ([re.sub(r'"\s*"', "", text).strip().strip('"') for text in texts] for texts in (now, why))
    among = re.findall(r'\.values =\s*((?:"[^"]*"\s*)+)', rest)
    values = ["one of " + ", ".join(f"`{value}`" for value in re.sub(r'"\s*"', "", text).strip().strip('"').split("|")) for text in among]
    flags = ["true or false"] if ".flag = true" in rest else []
    return "; ".join([f"as `{name}`, where there is none" for name in now] + values + flags + why)


def lines_of(title, rows, base):
    yield f"### {title}"
    yield ""
    if base:
        yield f"What a {base.lower()} has, and:"
        yield ""
    for fate, called in FATES.items():
        here = {}
        for member, its, why in rows:
            if its == fate:
                here.setdefault(why, []).append(f"`{member}`")
        if here:
            yield f"**{called[0].upper()}{called[1:]}**"
            yield ""
            for why, members in here.items():
                yield f"- {', '.join(members)}" + (f": {why}" if why else "")
            yield ""


def made():
    lines = []
    for title, rows, base in kinds():
        lines += lines_of(title, rows, base)
    return "\n".join([BEGIN, "", *lines, END])


def main():
    page = PAGE.read_text()
    before, rest = page.split(BEGIN, 1)
    wanted = before + made() + rest.split(END, 1)[1]
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(wanted)
    elif page != wanted:
        print("docs/usage/realm-files.md is not what the tables say: script/lib/members.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
