# SPDX-License-Identifier: Apache-2.0
"""What we sign and encrypt, others accept, and the reverse: random cases for every algorithm.

Each program reads requests and writes answers, one JSON object a line (crosscheck/ours.c says which),
so that thousands of cases cost one start of it. Every token is also tried with one character changed,
which nobody may accept.
"""

import base64
import contextlib
import json
import pathlib
import random
import shutil
import subprocess
import tempfile
import threading

import pytest

from needs import must_have
from peers import npm_packages, virtual_environment
from programs import built

HERE = pathlib.Path(__file__).parent
CASES = 200  # of each algorithm, in each direction and as many damaged ones
CURVES = ("P-256", "P-384", "P-521", "X25519", "X448")
ENCS = ("A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM")

SIGNATURES = [
    *((alg, None) for alg in "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K".split()),
    *((alg, None) for alg in "HS256 HS384 HS512".split()),
    ("EdDSA", "Ed25519"),
    ("EdDSA", "Ed448"),
]
WAYS = [
    *((alg, None) for alg in "RSA-OAEP RSA-OAEP-256 A128KW A192KW A256KW dir".split()),
    *((alg, None) for alg in "A128GCMKW A192GCMKW A256GCMKW".split()),
    *((alg, None) for alg in "PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW".split()),
    *((alg, curve) for alg in "ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW".split() for curve in CURVES),
]
# What a peer does not have at all.
ABSENT = {
    "jose": {("ES256K", None), ("EdDSA", "Ed448"), *((alg, "X448") for alg, curve in WAYS if curve == "X448")},
    "joserfc": set(),
}


class Program:
    def __init__(self, *command, folder=None):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def write(self, lines):
        with contextlib.suppress(BrokenPipeError):  # it has ended: who reads its answers tells so
            self.process.stdin.write(lines)
            self.process.stdin.flush()

    def ask(self, requests):
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        # It answers while it is still being asked.
        writing = threading.Thread(target=self.write, args=(lines,))
        patience = threading.Timer(300, self.process.kill)
        writing.start(), patience.start()
        answers = [self.process.stdout.readline() for _ in requests]
        patience.cancel(), writing.join()
        assert all(answers), self.said()
        return [json.loads(line) for line in answers]

    def end(self):
        """It has said what it was asked for and nothing else, and ends well."""
        rest, _ = self.process.communicate(timeout=60)
        assert (rest, self.process.returncode) == ("", 0), self.said()


@pytest.fixture(scope="module")
def ours():
    program = Program(must_have(lambda: built("tests/interop/crosscheck")))
    yield program
    program.end()


@pytest.fixture(scope="module", params=["jose", "joserfc"])
def peer(request):
    if request.param == "jose":
        home = must_have(lambda: npm_packages(HERE / "npm"))
        program = Program(
            shutil.which("node"), "--experimental-global-webcrypto", "--no-warnings", "crosscheck.mjs", folder=home
        )
    else:
        home = must_have(lambda: virtual_environment("joserfc", HERE / "crosscheck" / "requirements.txt"))
        program = Program(home / "bin" / "python", HERE / "crosscheck" / "joserfc_peer.py")
    program.absent = ABSENT[request.param]
    yield program
    program.end()


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def contents(chance, count=CASES):
    sizes = [0, 1, 15, 16, 17, 31, *(chance.randrange(2000) for _ in range(count - 6))]
    return [encoded(chance.randbytes(size)) for size in sizes]


def damaged(chance, token):
    """The token with one character changed, but not the last one of a part: unused bits are not bytes."""
    places = [i for i, c in enumerate(token[:-1]) if c != "." and token[i + 1] != "."]
    at = chance.choice(places)
    return token[:at] + chance.choice([c for c in "ABCDwxyz0189-_" if c != token[at]]) + token[at + 1 :]


def keys_of(ours, alg, curve):
    pair = ours.ask([{"op": "generate", "alg": alg, **({"curve": curve} if curve else {})}])[0]
    return pair["private"], pair.get("public", pair["private"])


def tokens_of(maker, requests):
    answers = maker.ask(requests)
    assert [a for a in answers if "token" not in a] == []
    return [answer["token"] for answer in answers]


def check_direction(chance, making, reading, maker, reader):
    """What `maker` makes of each request, `reader` reads as what it was, and not when it is damaged."""
    tokens = tokens_of(maker, making)
    wrong = [damaged(chance, token) for token in tokens]
    asked = [{**request, "token": token} for request, token in zip(reading * 2, tokens + wrong)]
    answers = reader.ask(asked)
    assert answers[: len(tokens)] == [{"content": request["content"]} for request in making]
    assert [answer for answer in answers[len(tokens) :] if "content" in answer] == []


def check_absence(peer, case, request):
    """True when the peer does not have it, as is listed; a list that is out of date fails."""
    answer = peer.ask([request])[0]
    assert ("token" in answer) != (case in peer.absent), answer
    return case in peer.absent


@pytest.mark.parametrize("alg,curve", SIGNATURES)
def test_signatures(ours, peer, alg, curve):
    chance = random.Random(f"{alg} {curve}")
    private, public = keys_of(ours, alg, curve)
    making = [{"op": "sign", "alg": alg, "key": private, "content": content} for content in contents(chance)]
    reading = [{"op": "verify", "alg": alg, "key": public} for _ in making]
    if check_absence(peer, (alg, curve), making[1]):
        return
    check_direction(chance, making, reading, ours, peer)
    check_direction(chance, making, reading, peer, ours)


def encryption_keys(ours, alg, curve, enc):
    """Keys that both sides read; a direct key is of the cipher's length."""
    if alg != "dir":
        return keys_of(ours, alg, curve)
    size = {"A128GCM": 16, "A192GCM": 24, "A256GCM": 32}.get(enc) or int(enc[-3:]) // 8
    key = {"kty": "oct", "kid": "direct", "alg": enc, "k": encoded(random.Random(enc).randbytes(size))}
    return key, key


@pytest.mark.parametrize("alg,curve", WAYS)
def test_encryption(ours, peer, alg, curve):
    chance = random.Random(f"{alg} {curve}")
    making, reading = [], []
    cases = CASES // len(CURVES) if curve else CASES
    for enc in ENCS:
        private, public = encryption_keys(ours, alg, curve, enc)
        for content in contents(chance, cases // len(ENCS)):
            making.append({"op": "encrypt", "alg": alg, "enc": enc, "key": public, "content": content})
            reading.append({"op": "decrypt", "alg": alg, "enc": enc, "key": private})
    if check_absence(peer, (alg, curve), making[1]):
        return
    check_direction(chance, making, reading, ours, peer)
    check_direction(chance, making, reading, peer, ours)


def test_compressed_content(ours, peer):
    chance = random.Random("zip")
    key, _ = keys_of(ours, "A256KW", None)
    shared = {"alg": "A256KW", "enc": "A256GCM", "key": key}
    making = [{"op": "encrypt", "zip": True, "content": encoded(b"again and " * n), **shared} for n in range(1, 200)]
    reading = [{"op": "decrypt", **shared} for _ in making]
    check_direction(chance, making, reading, ours, peer)
    check_direction(chance, making, reading, peer, ours)
