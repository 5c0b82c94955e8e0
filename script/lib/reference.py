# SPDX-License-Identifier: Apache-2.0
"""The function reference, the lists of exported symbols and that of the layout of public types, made
from the public headers.

Usage: reference.py [--write]

Without --write it says what is out of date, or declared without a word about it, and ends with 1.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / "include" / "ostiary"
REFERENCE = ROOT / "docs" / "reference"
PACKAGING = ROOT / "packaging"
FRAMEWORK = {"app"}  # headers of libostiary-app alone

FUNCTION = re.compile(r"\b(ost_\w+)\(")
OBJECT = re.compile(r"^OST_PUBLIC extern .*\b(ost_\w+);", re.MULTILINE)
TYPE = re.compile(r"^(?:typedef\s+)?(?:struct|enum)\s+(ost_\w+)|^typedef .*\b(ost_\w+);", re.MULTILINE)
MACRO = re.compile(r"^#define (OST_\w+)", re.MULTILINE)
LAYOUT = re.compile(r"^typedef (?:struct|enum) (ost_\w+) \{(.*?)^\} \1;", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"/\*(.*?)\*/", re.DOTALL)


def text_of(comment):
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in comment.strip().splitlines()]
    return "\n".join(lines).strip()


def blocks_of(source):
    """Comment and declarations, as they stand between blank lines; a section's title comes alone."""
    body = source[source.index("#define OSTIARY_") :]
    body = re.sub(r'#ifdef __cplusplus\n(?:extern "C" \{|\})\n#endif', "", body)
    body = re.sub(r"\n#endif\s*$", "", body)
    body = re.sub(r"^#(?:define OSTIARY_\w+_H|include .*)$", "", body, flags=re.MULTILINE)
    for block in re.split(r"\n\s*\n", body):
        block = block.strip("\n")
        if not block:
            continue
        match = COMMENT.match(block)
        yield (text_of(match[1]) if match else ""), block[match.end() :].strip("\n") if match else block


def names_in(code):
    plain = COMMENT.sub("", code)
    return (
        [f"{name}()" for name in functions_in(plain)]
        + [next(filter(None, found)) for found in TYPE.findall(plain)]
        + OBJECT.findall(plain)
        + MACRO.findall(plain)
    )


def functions_in(code):
    """Names of the functions that are declared, not of those that comments or macros mention."""
    parts = re.findall(r"^OST_PUBLIC (?!extern)[^;]*;", COMMENT.sub("", code), re.MULTILINE | re.DOTALL)
    return [FUNCTION.search(part)[1] for part in parts]


def untold_in(code):
    """What a block that has no comment of its own declares without one: within it, one on a line of its
    own is about all that follow, one behind a declaration about that."""
    if TYPE.search(COMMENT.sub("", code)):
        return [] if "/*" in code else names_in(code)
    untold, last = [], 0
    for match in re.finditer(r"^OST_PUBLIC (?!extern)[^;]*;", code, re.MULTILINE):
        if re.search(r"^/\*", code[last : match.start()], re.MULTILINE):
            break
        if not re.match(r" */\*", code[match.end() :]):
            untold += functions_in(match[0])
        last = match.end()
    return untold


def without_errors(source):
    """Functions whose result has to be looked at, and whose comment, or that of the function before, does not say which."""
    comment = ""
    for match in re.finditer(r"^/\*.*?\*/|^OST_PUBLIC (?!extern)[^;]*;", source, re.MULTILINE | re.DOTALL):
        if match[0].startswith("/*"):
            comment = match[0]
        elif "OST_MUST_CHECK ost_result" in match[0] and "Errors" not in comment:
            yield from functions_in(match[0])


def symbols_in(source):
    return {*functions_in(source), *OBJECT.findall(source)}


def layout_in(source):
    """One line a type that programs are compiled with: what its bytes depend on."""
    plain = COMMENT.sub("", source)
    codes = ", ".join(f"{name} = {number}" for name, number in re.findall(r"\bX\((OST_\w+), (\d+),", plain))
    for name, members in LAYOUT.findall(plain):
        yield name, codes if "OST_RESULT_ENUM" in members else " ".join(members.split())


def text_in(path):
    """A header's text, without the line that names the license."""
    return re.sub(r"^/\* SPDX.*\n", "", path.read_text())


def page_of(path):
    source = text_in(path)
    parts = [f"# `<ostiary/{path.name}>`", text_of(COMMENT.match(source)[1])]
    untold = []
    for comment, code in blocks_of(source):
        if re.fullmatch(r"---- .* ----", comment) and not code:
            title = comment.strip("- ")
            parts.append(f"## {title[0].upper()}{title[1:]}")
            continue
        if not code:
            parts.append(comment)
            continue
        names = names_in(code)
        if not comment:
            untold += untold_in(code)
        if names:
            parts.append("### " + ", ".join(f"`{name}`" for name in names))
        parts.append(f"```c\n{code}\n```")
        if comment:
            parts.append(comment)
    note = "*Made by `script/reference --write` from the header; change that.*"
    return "\n\n".join([parts[0], note, *parts[1:]]) + "\n", untold


def index_of(pages):
    rows = "\n".join(f"- [`<ostiary/{name}.h>`]({name}.md): {first}" for name, first in pages)
    return f"# Reference\n\nOne page a header.\n\n{rows}\n"


def files():
    """Every file there should be, and the functions nothing is said about."""
    wanted, untold, symbols, more, pages, layout = {}, [], set(), set(), [], {}
    for path in sorted(HEADERS.glob("*.h")):
        page, silent = page_of(path)
        wanted[REFERENCE / f"{path.stem}.md"] = page
        untold += [f"{path.name}: {name}" for name in silent]
        untold += [f"the errors of {name}" for name in without_errors(text_in(path))]
        layout.update(layout_in(text_in(path)))
        intro = text_of(COMMENT.match(text_in(path))[1]).replace("\n", " ")
        pages.append((path.stem, re.match(r".*?[.:](?=\s|$)", intro)[0].rstrip(":.") + "."))
        (more if path.stem in FRAMEWORK else symbols).update(symbols_in(text_in(path)))
    wanted[REFERENCE / "README.md"] = index_of(pages)
    wanted[PACKAGING / "libostiary.symbols"] = list_of(symbols)
    wanted[PACKAGING / "libostiary-app.symbols"] = list_of(symbols | more)
    wanted[PACKAGING / "ostiary.layout"] = "".join(f"{name}: {layout[name]}\n" for name in sorted(layout))
    return wanted, untold


def list_of(symbols):
    return "".join(f"{name}\n" for name in sorted(symbols))


def out_of_date(path, text):
    """What to do about a file that is not what the headers make of it."""
    name = path.relative_to(ROOT)
    if path.suffix == ".symbols" and path.exists():
        gone = sorted(set(path.read_text().split()) - set(text.split()))
        new = sorted(set(text.split()) - set(path.read_text().split()))
        if gone:
            yield (
                f"{name}: programs that call {', '.join(gone)} would no longer start. Declare them again; or,"
                " where that is meant, raise soversion in src/library/meson.build (before the first release"
                " there is no need) and run script/reference --write"
            )
        if new:
            yield f"{name}: {', '.join(new)} become public for good. If that is meant, run script/reference --write"
    if path.suffix == ".layout" and path.exists() and path.read_text() != text:
        before, after = (dict(line.split(": ", 1) for line in t.splitlines()) for t in (path.read_text(), text))
        changed = sorted(name for name in before if after.get(name) != before[name])
        yield (
            f"{name}: programs compiled with {', '.join(changed) or 'the headers'} as before may no longer fit."
            " Where that is meant, raise soversion in src/library/meson.build (before the first release there is"
            " no need; a new number at the end of an enum needs none) and run script/reference --write"
        )
        return
    if not path.exists() or (path.suffix != ".symbols" and path.read_text() != text):
        yield f"{name} is out of date: run script/reference --write"


def main():
    wanted, untold = files()
    problems = [f"nothing is said about {name}" for name in untold]
    if "--write" in sys.argv[1:]:
        for path, text in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    else:
        for path, text in wanted.items():
            problems += out_of_date(path, text)
    for path in REFERENCE.glob("*.md"):
        if path not in wanted:
            problems.append(f"{path.relative_to(ROOT)} is of no header")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
