# SPDX-License-Identifier: Apache-2.0
"""Fails where documents and code have drifted apart.

- every command and option of `ostiary` stands in its man page, and every option there exists; "repeatable" stands there with
  those that are, by the dots of their table, and with no others;
- every option of the framework's programs stands in docs/usage, and no page there names one that nothing has;
- every error code is explained in docs/usage/errors.md, with its number and sentence;
- links between documents lead somewhere, to a heading that is there where they name one;
- a file of the tree that a document names is there;
- every page stands in the site's nav (packaging/site/mkdocs.yml);
- docs/README.md leads to every page;
- a list begins after an empty line, without which the site (script/site) shows none;
- no cell of a table is longer than 120 characters;
- what people read says "sign in" and "sign out", never that they log in or out;
- the tables of docs/usage/realm-files.md are those in the code;
- the programs in README.md and docs/usage/fastapi.md are those in examples/;
- the headers, the Python package, the manifests and CHANGELOG.md are of the version that meson.build says.
"""

import functools
import pathlib
import re
import subprocess
import sys

import versions

ROOT = pathlib.Path(__file__).resolve().parents[2]
problems = []
CELL_MAX = 120  # characters of a table cell


# Options of other programs that docs/usage shows: of meson, pkg-config and the linker.
OTHERS = {"help", "buildtype", "prefix", "cflags", "libs", "static", "variable"}
OTHERS |= {"print-requires-private", "gc-sections"}
# And of step, which docs/usage/tools.md compares ours with, and of Keycloak.
OTHERS |= {"app-dir", "python", "kty", "from-pem", "x5c-cert", "header", "features"}
# And of SoftHSM and OpenSC, with which docs/usage/provider-keys.md makes a key.
OTHERS |= {"init-token", "free", "label", "pin", "so-pin", "module", "token-label", "keypairgen", "key-type", "id", "login"}


# Rows that tables of several programs have.
SHARED = ("src/base/config/config_file.h", "src/trace/trace_settings.h", "src/gate/gate.h")


def options_in(folder):
    found = set()
    for source in [*(ROOT / folder).rglob("*.[ch]"), *(ROOT / shared for shared in SHARED)]:
        found |= set(re.findall(r'^[\s\\]*(?:[A-Z_]+, )?\{[\s\\]*"([a-z][a-z0-9-]+)", ', source.read_text(), re.M))
    return found


def check_man_page():
    page = (ROOT / "docs/man/ostiary.1").read_text()
    documented = set(re.findall(r"Fl -([a-z][a-z0-9-]+)", page)) - {"help"}
    options = options_in("src/cli")
    shared = options_in("src/app")  # `gate` has them too; the page names some
    for name in sorted(options - documented):
        problems.append(f"docs/man/ostiary.1 does not explain --{name}")
    for name in sorted(documented - options - shared):
        problems.append(f"docs/man/ostiary.1 explains --{name}, which does not exist")
    words = set()
    for source in (ROOT / "src/cli").rglob("*.c"):
        words |= set(re.findall(r'\.words = "([^"]+)"', source.read_text()))
    for name in sorted(words):
        if name not in page:
            problems.append(f"docs/man/ostiary.1 does not explain {name}")


def check_repeatable():
    rows = r'\{[\s\\]*"([a-z][a-z0-9-]+)",[\s\\]*"[^"]*\.\.\."'
    sources = {folder: [*(ROOT / folder).rglob("*.[ch]")] for folder in ("src/cli", "src/app", "src/gate")}
    found = {folder: {n for one in files for n in re.findall(rows, one.read_text())} for folder, files in sources.items()}
    told = set()
    for item in re.split(r"^\.(?:It|El|Bl|S[hs])\b", (ROOT / "docs/man/ostiary.1").read_text(), flags=re.M):
        names = set(re.findall(r"Fl -([a-z][a-z0-9-]+)", item))
        if re.search("repeatable", item, re.I):
            told |= names
            if not names & set().union(*found.values()):
                problems.append(f"docs/man/ostiary.1 says repeatable of {' '.join(sorted(names))}, which is not")
    for name in sorted(found["src/cli"] - told):
        problems.append(f"docs/man/ostiary.1 does not say that --{name} is repeatable")
    for folder, files in sources.items():
        for one in files:
            if re.search(r'"[^"\n]*; repeatable', one.read_text()):
                problems.append(f"{one.relative_to(ROOT)}: the dots of the argument say that an option is repeatable, not its help")


def check_options():
    framework, known = options_in("src/app"), options_in("src/app") | options_in("src/cli") | OTHERS
    named = set()
    for page in (ROOT / "docs/usage").glob("*.md"):
        here = set(re.findall(r"(?<![\w\[-])--([a-z][a-z0-9-]+)", page.read_text()))
        named |= here
        for name in sorted(here - known):
            problems.append(f"docs/usage/{page.name} names --{name}, which nothing has")
    for name in sorted(framework - named):
        problems.append(f"no page of docs/usage explains --{name}")


def check_errors():
    page = (ROOT / "docs/usage/errors.md").read_text()
    table = re.findall(r'X\((OST_E_\w+), (\d+), \w+, "(.*)"\)', (ROOT / "include/ostiary/types.h").read_text())
    codes = re.findall(r"^ *X\((OST_E_\w+)", (ROOT / "include/ostiary/types.h").read_text(), re.M)
    for name in set(codes) - {name for name, _, _ in table}:
        problems.append(f"include/ostiary/types.h: {name} does not stand on one line, where it could be read")
    for name, number, sentence in table:
        if f"| `{name}` | {number} | {sentence} |" not in page:
            problems.append(f"docs/usage/errors.md has no row | `{name}` | {number} | {sentence} | …")
    for name in set(re.findall(r"`(OST_E_\w+)`", page)) - {name for name, _, _ in table}:
        problems.append(f"docs/usage/errors.md explains {name}, which does not exist")


def pages():
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "python/README.md", ROOT / "findings/README.md"]


@functools.cache
def anchors(page):
    """Of its headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.*)$", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text), re.M)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def check_links():
    for page in pages():
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text()):
            there = page.parent / target if target else page
            if "://" in target:
                continue
            if not there.exists():
                problems.append(f"{page.relative_to(ROOT)}: nothing at {target}")
            elif anchor and there.suffix == ".md" and anchor not in anchors(there):
                problems.append(f"{page.relative_to(ROOT)}: {target} has no heading #{anchor}")


# Files of others, addresses, and what a run makes.
ELSEWHERE = {"kcadm.sh", "kcreg.sh", "kc.sh", "swagger-ui-bundle.js", "build/coverage/index.html"}
ELSEWHERE |= {"login-status-iframe.html", "3p-cookies/step1.html", "step2.html"}


def check_files():
    """A name in backquotes that looks like a file's or a folder's of the tree is one."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    known = {str(pathlib.PurePath(*parts[n:])) for parts in (pathlib.PurePath(f).parts for f in listed) for n in range(len(parts))}
    folders = {str(parent) for name in listed for parent in pathlib.PurePath(name).parents}
    tops = "|".join(sorted({name.split("/")[0] for name in listed if "/" in name and not name.startswith(".")}))
    named = re.compile(rf"(?:{tops})/[\w./-]+|[\w/-]+\.(?:c|h|py|js|html|sh)")
    for page in pages():
        text = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.M | re.S)
        for word in " ".join(re.findall(r"`([^`\n]+)`", text)).split():
            name = word.rstrip(".,;:").rstrip("/")
            if named.fullmatch(name) and not re.search(r"[A-Z]{4}|/X\b", name) and name not in known | folders | ELSEWHERE:
                problems.append(f"{page.relative_to(ROOT)} names {word}, which is not there")


def check_tables():
    """A table is read at a glance: what needs a sentence is a list."""
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for number, line in enumerate(page.read_text().splitlines(), 1):
            if line.startswith("|"):
                for cell in re.split(r"(?<!\\)\|", line)[1:-1]:
                    if len(cell.strip()) > CELL_MAX:
                        problems.append(f"{page.relative_to(ROOT)}:{number}: a table cell of {len(cell.strip())} characters")


def check_nav():
    nav = set(re.findall(r"(\S+\.md)$", (ROOT / "packaging/site/mkdocs.yml").read_text(), re.M))
    for page in sorted({str(page.relative_to(ROOT / "docs")) for page in ROOT.glob("docs/**/*.md")} - nav):
        problems.append(f"docs/{page} is not in nav of packaging/site/mkdocs.yml: nobody finds it on the site")


def check_start():
    """docs/README.md leads to every page; to those of the reference by its own start."""
    led = set(re.findall(r"\]\(([^)#]+)", (ROOT / "docs/README.md").read_text())) | {"README.md"}
    pages = {str(page.relative_to(ROOT / "docs")) for page in ROOT.glob("docs/**/*.md")}
    for page in sorted(page for page in pages - led if not page.startswith("reference/")):
        problems.append(f"docs/README.md does not lead to docs/{page}")


def check_words():
    """One word for one thing, where people read it."""
    verb = re.compile(r"\blog(?:s|ged|ging)? (?:in|out)\b", re.IGNORECASE)
    read = [*ROOT.glob("docs/usage/*.md"), *ROOT.glob("docs/man/*.1"), ROOT / "README.md", ROOT / "web/page/messages/en.json"]
    for page in [*read, *ROOT.glob("web/*/messages/en.js"), *ROOT.glob("include/ostiary/*.h")]:
        for number, line in enumerate(page.read_text().splitlines(), 1):
            if found := verb.search(line):
                problems.append(f"{page.relative_to(ROOT)}:{number}: {found[0]}, where people sign in and out")


def check_lists():
    item, within = re.compile(r"(?:[-*]|\d+\.) "), re.compile(r"(?:[-*]|\d+\.) | |#|$")
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        before, fenced = "", False
        for number, line in enumerate(page.read_text().splitlines(), 1):
            fenced ^= line.lstrip().startswith("```")
            if not fenced and item.match(line) and not within.match(before):
                problems.append(f"{page.relative_to(ROOT)}:{number}: a list without an empty line before it")
            before = line


def check_program():
    program = (ROOT / "examples/items-api/items-api.c").read_text()
    body = program[program.index("#include"):]
    if body.strip() not in (ROOT / "README.md").read_text():
        problems.append("README.md shows another program than examples/items-api/items-api.c")
    program = (ROOT / "examples/fastapi-items/main.py").read_text()
    if program[program.index("import os"):].strip() not in (ROOT / "docs/usage/fastapi.md").read_text():
        problems.append("docs/usage/fastapi.md shows another program than examples/fastapi-items/main.py")


def check_made_pages():
    for script in ("members.py", "admin_routes.py"):
        done = subprocess.run([sys.executable, ROOT / "script/lib" / script], capture_output=True, text=True)
        if done.returncode != 0:
            problems.append((done.stdout + done.stderr).strip())


def check_version():
    wanted, title = versions.version(), versions.changelog_title()
    problems.extend(versions.other_versions(wanted))
    if title != "Unreleased" and not versions.released(wanted, title):
        problems.append(f"CHANGELOG.md begins with {title!r}: neither Unreleased nor {wanted} - YYYY-MM-DD")


CHECKS = [
    check_man_page,
    check_repeatable,
    check_options,
    check_errors,
    check_links,
    check_files,
    check_tables,
    check_words,
    check_lists,
    check_nav,
    check_start,
    check_made_pages,
    check_program,
    check_version,
]
for check in CHECKS:
    check()
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
