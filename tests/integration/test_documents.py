# SPDX-License-Identifier: Apache-2.0
"""What the documents show is there: commands with their options, and functions in pieces of C that compile."""

import functools
import re
import subprocess

import pytest
from peers import PROJECT
from programs import provider_program

PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("docs/usage/*.md"), PROJECT / "python/README.md"]
SHOWN = re.compile(r"(?:^|[`(|;] ?|sudo |\d )ostiary ((?:[a-z][a-z0-9-]* ?){1,2})([^`\n]*)", re.M)


@functools.cache
def told(*words):
    return subprocess.run([provider_program(), *words, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout


def commands():
    """What is shown in each page: (words, rest of the line)."""
    known = set(re.findall(r"^  ([a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)?)  ", told(), re.M))
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        for found in SHOWN.finditer(text):
            words = found[1].split()
            for command in (words, words[:1]):
                if " ".join(command) in known:
                    yield page.name, tuple(command), found[0]
                    break


def test_every_option_that_is_shown_is_one_of_its_command():
    shown, wrong = 0, []
    for page, command, line in commands():
        for name in re.findall(r"(?<![\w-])--([a-z][a-z0-9-]+)", re.split(r" [|;&] ", line)[0]):
            shown += 1
            if name != "help" and f"--{name} " not in told(*command):
                wrong.append(f"{page}: ostiary {' '.join(command)} has no --{name}")
    assert not wrong, wrong
    assert shown > 50, shown


# What pieces of the pages take for given.
GIVEN = """
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <ostiary/guard.h>
#include <ostiary/jose.h>
%s
static ost_guard *guard;
static ost_policy policy;
static ost_guard_config config;
static ost_arena *arena;
static ost_error error;
static ost_keyset *keys, *trusted;
static const ost_claims *claims;
static ost_key *ours, *theirs;
static ost_text token, jwks, jwk, document, json;
static const char *secret, *const audiences[] = {"shop-api"};
static time_t expiry_of_the_last_token;
int fail(const char *format, ...);
void use(ost_text payload, const ost_key *key);
"""
SHAPES = ("{given}{piece}", "{given}int run(void);\nint run(void) {{\n{piece}\nreturn 0; }}", "{given}ost_issuer issuer = {{\n{piece}}};")


def pieces():
    for page in sorted(PROJECT.glob("docs/usage/*.md")):
        text = page.read_text()
        headers = sorted(set(re.findall(r"<ostiary/\w+\.h>", text)))
        for number, piece in enumerate(re.findall(r"^```c\n(.*?)^```", text, re.M | re.S)):
            yield pytest.param(headers, piece, id=f"{page.stem}-{number}")


@pytest.mark.parametrize("headers, piece", pieces())
def test_a_piece_of_c_compiles_with_the_headers_that_its_page_names(headers, piece):
    whole = "int main" in piece
    given = "" if whole else GIVEN % "".join(f"#include {header}\n" for header in headers if "app.h" not in header)
    mistakes = ""
    for shape in SHAPES[:1] if whole else SHAPES:
        source = shape.format(given=given, piece=piece)
        command = ["gcc", "-std=c17", "-fsyntax-only", "-Werror=implicit", f"-I{PROJECT / 'include'}", "-xc", "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            return
        mistakes += done.stderr
    pytest.fail(mistakes)
