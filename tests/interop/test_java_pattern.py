# SPDX-License-Identifier: Apache-2.0
"""What we say of a pattern of a realm file is what Java says: random patterns, whole and broken."""

import random
import subprocess
from pathlib import Path

from keycloak import java_home
from needs import must_have
from programs import built

HERE = Path(__file__).parent / "java_pattern"
PATTERNS = 20000
PIECES = [
    *"ab-^]$.|()*+?{}[]&,=! 1ü",
    *r"\d \w \s \D \W \. \- \] \[ \\ \^ \1 \2".split(),
    *"[a-b] [^a] [\\d-] [a\\]b] [^ [] [- && (?= (?! (?: (?> (?<= (?<! {2} {1,2} {2,} .* .+? a++ (a) (b|a)".split(),
]
TEXTS = [*"ab-^]$.|[]&,= 1\\2cü", "aa", "ab", "bb"]


def lines():
    chance = random.Random(17)
    for _ in range(PATTERNS):
        pattern = "".join(chance.choices(PIECES, k=chance.randint(1, 7)))
        for _ in range(3):
            yield pattern + "\t" + "".join(chance.choices(TEXTS, k=chance.randint(0, 4)))


def ask(command, asked):
    done = subprocess.run(command, input="\n".join(asked) + "\n", capture_output=True, text=True, timeout=300, check=True)
    return done.stdout.splitlines()


def test_a_pattern_matches_what_java_matches():
    java = must_have(lambda: Path(java_home()) / "bin/java")
    asked = list(lines())
    ours = ask([must_have(lambda: built("tests/interop/java_pattern"))], asked)
    theirs = ask([java, HERE / "Peer.java"], asked)
    assert len(ours) == len(theirs) == len(asked)
    wrong = [row for row in zip(asked, ours, theirs) if row[1] not in ("none", row[2])]
    assert not wrong, wrong[:10]
    # What we say nothing about is what hardly anybody writes.
    silent = sum(1 for mine, its in zip(ours, theirs) if mine == "none" and its == "yes")
    assert silent * 3 < sum(1 for mine in ours if mine == "yes")
