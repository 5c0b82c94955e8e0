#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes src/base/fold_table.h: Unicode's simple case folding, and what stands for ASCII in its compatibility form (NFKC),
from what Python knows of Unicode.

   fold_table.py --write        for a newer Unicode, with a newer Python
"""
import pathlib
import subprocess
import sys
import unicodedata

TARGET = pathlib.Path(__file__).resolve().parents[2] / "src" / "base" / "fold_table.h"


def simple_folding():
    """{code point: its folding}, one character for one (CaseFolding.txt: C and S)."""
    found = {}
    for code in range(0x80, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        letter = chr(code)
        folded = letter.casefold()
        if len(folded) != 1:  # what folds to several letters may have one lower-case letter
            folded = letter.lower()
        if len(folded) == 1 and folded != letter:
            found[code] = ord(folded)
    return found


def ranges(folding):
    """(first, last, difference, step) of runs with one difference; every second letter is a capital in many."""
    runs = []
    for code, folded in sorted(folding.items()):
        first, last, difference, step = runs[-1] if runs else (0, 0, 0, 0)
        gap = code - last
        if runs and difference == folded - code and (gap == step or (first == last and gap in (1, 2))):
            runs[-1] = (first, code, difference, gap)
        else:
            runs.append((code, code, folded - code, 1))
    return runs


def small_ranges(folding):
    """Runs of letters that fold though they are small: the sigma at the end of a word, the long s."""
    runs = []
    for code in sorted(code for code in folding if chr(code).lower() == chr(code)):
        if runs and code == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def rows(folding):
    return "\n".join(f"    {{{first}, {last}, {difference}, {step}}}," for first, last, difference, step in ranges(folding))


def table():
    small = "\n".join(f"    {{{first}, {last}}}," for first, last in small_ranges(simple_folding()))
    return f"""/* SPDX-License-Identifier: Apache-2.0 */
/* Simple case folding beyond ASCII, and what stands for ASCII (NFKC), Unicode {unicodedata.unidata_version}; made by
 * script/lib/fold_table.py. */
#ifndef FOLD_TABLE_H
#define FOLD_TABLE_H

#include <stdint.h>

/* Every `step`-th code point from `first` to `last` becomes itself and `difference`. */
static const struct fold_range {{
    uint32_t first, last;
    int32_t difference;
    uint32_t step;
}} fold_table[] = {{
{rows(simple_folding())}
}};

/* Letters that fold though they are small. */
static const struct fold_small {{
    uint32_t first, last;
}} fold_small[] = {{
{small}
}};
{compatible_table()}
#endif
"""


def compatible():
    """{character: what it stands for}, as far as that is ASCII."""
    codes = (chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000)
    found = {letter: unicodedata.normalize("NFKC", letter) for letter in codes}
    return {letter: form for letter, form in found.items() if form.isascii()}


def compatible_table():
    found = compatible()
    ones = rows({ord(letter): ord(form) for letter, form in found.items() if len(form) == 1})
    several = {letter: form for letter, form in sorted(found.items()) if len(form) > 1}
    forms = "\n".join(f'    {{{ord(letter)}, "{form}"}},' for letter, form in several.items())
    size = max(map(len, several.values()))
    return f"""
#define COMPATIBLE_MAX {size} /* characters that one stands for */

/* Those that stand for one. */
static const struct fold_range compatible_ranges[] = {{
{ones}
}};

/* Those that stand for several. */
static const struct compatible_several {{
    uint32_t code;
    char form[COMPATIBLE_MAX + 1];
}} compatible_several[] = {{
{forms}
}};
"""


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    TARGET.write_text(table())
    subprocess.run(["clang-format", "-i", TARGET], check=True)
