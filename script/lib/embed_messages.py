# SPDX-License-Identifier: Apache-2.0
"""Turns the messages of pages into one C source, the tables of src/page/page_words.h:

   embed_messages.py OUT FILE.json...

Each file is named by its language. All have the same keys, and each message the same values as the English one; a
file that differs does not build. Apostrophes are doubled, as in Java's MessageFormat.
"""

import json
import pathlib
import re
import sys

import c_string


def values(message):
    return sorted(re.findall(r"\{[^}]*\}?", message))


def mistakes(english, language, messages):
    for key in sorted(english.keys() - messages.keys()):
        yield f"{language}: {key} is missing"
    for key in sorted(messages.keys() - english.keys()):
        yield f"{language}: {key} is unknown"
    for key, message in messages.items():
        if not message.strip() or message != message.strip():
            yield f"{language}: {key} is empty, or has room around it"
        if "'" in message.replace("''", ""):
            yield f"{language}: {key} has a single apostrophe"
        if key in english and values(message) != values(english[key]):
            yield f"{language}: {key} has other values than {values(english[key])}"
        if not all(re.fullmatch(r"\{\d\}", value) for value in values(message)):
            yield f"{language}: {key} has a brace that is no value"


def main():
    target, *paths = map(pathlib.Path, sys.argv[1:])
    languages = {path.stem: json.loads(path.read_text("utf-8")) for path in paths}
    found = [line for name, messages in languages.items() for line in mistakes(languages["en"], name, messages)]
    if found:
        sys.exit("\n".join(found))
    keys = sorted(languages["en"], key=str.encode)
    lines = ['#include "page/page_words.h"', "", "const char *const page_word_keys[] = {"]
    lines += [f"    {quoted(key)}," for key in keys]
    lines += ["};", f"const size_t page_word_count = {len(keys)};"]
    for number, name in enumerate(sorted(languages)):
        lines += [f"static const char *const texts_{number}[] = {{"]
        lines += [f"    {quoted(languages[name][key])}," for key in keys] + ["};"]
    lines += ["const page_language page_languages[] = {"]
    lines += [f"    {{{quoted(name)}, texts_{number}}}," for number, name in enumerate(sorted(languages))]
    lines += ["};", f"const size_t page_language_count = {len(languages)};"]
    tags = ", ".join(quoted(name) for name in sorted(languages))
    lines += [f"const char *const page_language_tags[] = {{{tags}, NULL}};", ""]
    target.write_text("\n".join(lines))


def quoted(text):
    return c_string.quoted(text.encode())


main()
