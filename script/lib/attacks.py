# SPDX-License-Identifier: Apache-2.0
"""The table of attacks and of the tests that make them: docs/development/attacks.md.

Usage: attacks.py [--write]

Without --write it says what is out of date, and which attack has no test, and ends with 1.
"""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "development" / "attacks.md"
ATTACKS = """
alg none, in any case
none with the kid of a real key
signature stripped
RS256 turned into HS256, the public key (PEM, DER, JWK) as its secret
HS256 with an empty secret
a secret shorter than the hash: refused as configuration
ECDSA with r and s of 0, 1, n−1, n
ECDSA in DER, too long, with zeroes behind it
a key of another curve, a point off the curve
RSA with e = 1, or under 2048 bits: the key is refused
malleable PKCS #1 v1.5 padding
PS256 with another salt or hash, RS256 taken for PS256
a key in the token's own header (jwk)
an address of keys in the token (jku, x5u): never fetched
a self-signed certificate in the token (x5c)
a kid with paths, SQL, NUL, 64 KB
two keys of one kid in the set
a key for encryption, or for signing only
a critical extension, b64 false
JSON that two readers read in two ways: names twice, NUL, invalid UTF-8, lone surrogates
base64 with padding, white space, the other alphabet, unused bits
exp missing, a string, huge, negative; nbf or iat in the future
an issuer that looks alike
no audience
an audience that looks alike, or is of another type
an ID token
a refresh or logout token
a token for `account`, of another client
an unknown issuer: refused without a fetch
issuer A's key with issuer B's name
a flood of unknown kids
a poisoned key set: the old keys stay
metadata of another issuer, keys over http or behind a redirect
a token of great size, a megabyte of header, deep JSON
a compressed bomb, PBES2 with 2³¹ rounds
an unsigned token within an encrypted one
RSA1_5 as an oracle
nesting deeper than one
two Authorization fields: 400
a token in the address: ignored
DPoP: replay, another method, address, token, key, an old proof; a bound token as bearer
a certificate other than the one that the token is bound to
identity in a header field
a remembered token where it is not good enough
a path that a proxy and an application read in two ways
a method or a path in a header field
a way back, after a login, to another host
a login, a logout or a request of another site's page
a login by an identity provider, or a link, that another browser began; one that is ended twice
a code of somebody else's login at an identity provider; another provider's answer (mix-up)
an ID token of an identity provider: unsigned, by our secret, of another audience, nonce, issuer, kind
an identity provider that answers at length, slowly, of another type, about somebody else, with markup in names
an account taken over by what an identity provider says of its address or name
an id at an identity provider in another letter case, of two users, or of another provider
a login there that is older than asked for, a level that an identity provider says, somebody else in place of whom signs in again
a logout token of an identity provider: of another, about somebody else, unsigned, no logout token, a second time
an account elsewhere that is linked without its owner's yes, in another browser, in place of somebody else's; the last way in
""".strip().splitlines()

# What is judged by attacks of the forger's, whose numbers stand where they are made.
FORGERY = ROOT / "tests" / "integration" / "forgery.py"
LEVELS = (
    ("library", "tests/unit/**/*.c"),
    ("an API", "tests/integration/test_a*.py"),
    ("the provider", "tests/integration/test_attacks_[blp]*.py"),
    ("a gate", "tests/*/test_gate*.py"),
    ("from Python", "tests/python/test_attacks.py"),
    ("nginx", "tests/integration/test_nginx_attacks.py"),
)


def numbers_in(path):
    text = path.read_text()
    found = {int(n) for n in re.findall(r"attack_(\d+)", text)}
    for first, how, last in re.findall(r"attacks?_(\d+)_(to|and)_(\d+)", text):
        found |= set(range(int(first), int(last) + 1)) if how == "to" and "forgery" not in text else {int(first), int(last)}
    for imported, copied in re.findall(r'^import (test_attacks_\w+) as |copy_of\("(test_attacks_\w+)"\)', text, re.MULTILINE):
        found |= numbers_in(ROOT / "tests" / "integration" / f"{imported or copied}.py")
    if "forgery.without_the_key" in text:
        found |= {int(n) for n in re.findall(r"(?:yield |\()(\d+), ", FORGERY.read_text())}
    return found


def tests_of_levels():
    """For each level: attack → the files that make it."""
    levels = []
    for _, pattern in LEVELS:
        by_attack = {}
        for path in sorted(ROOT.glob(pattern)):
            if path in set(ROOT.glob(LEVELS[2][1])) and pattern != LEVELS[2][1]:
                continue
            for number in numbers_in(path):
                by_attack.setdefault(number, []).append(path.relative_to(ROOT / "tests").as_posix())
        levels.append(by_attack)
    return levels


def page_of(levels):
    lines = [
        "# Attacks",
        "",
        "*Made by `script/reference --write` from the tests.* Each attack is a test with its number in its",
        "name, `attack_07_…`; those over HTTP that need no key of the issuer's are made by",
        "`tests/integration/forgery.py`. Where a level is not named, the attack does not apply there.",
        "",
    ]
    for number, attack in enumerate(ATTACKS, 1):
        lines.append(f"{number}. **{attack}**")
        for (name, _), level in zip(LEVELS, levels):
            if number in level:
                lines += textwrap.wrap(f"- {name}: " + ", ".join(f"`{path}`" for path in level[number]), 118,
                                       initial_indent="    ", subsequent_indent="      ", break_long_words=False,
                                       break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def main():
    levels = tests_of_levels()
    problems = [
        f"attack {number} ({attack}) has no test" for number, attack in enumerate(ATTACKS, 1)
        if not any(number in level for level in levels)
    ]
    page = page_of(levels)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        problems.append(f"{PAGE.relative_to(ROOT)} is out of date: run script/reference --write")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
