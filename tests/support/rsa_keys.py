# SPDX-License-Identifier: Apache-2.0
"""RSA keys of the tests themselves, put together from primes that are there, as those of programs are (key_layer.py): searching
for them took four fifths of the processor's time of files that need an issuer for each test. Such keys share primes: what is
forged with one key is none the less no signature of another."""

import functools
import itertools
import math
import random
import threading

from cryptography.hazmat.primitives.asymmetric import rsa
from key_layer import LENGTH, primes_file
from programs import build_folder

PRIMES = 24  # 276 keys a process, none of them twice

_one_at_a_time = threading.Lock()


@functools.lru_cache(maxsize=None)
def _pairs():
    folder = build_folder()
    if not folder.is_dir():
        return iter(())
    numbers = primes_file(folder, "rsa-primes-of-tests", PRIMES).read_bytes()[8:]
    primes = [int.from_bytes(numbers[at : at + LENGTH], "big") for at in range(0, len(numbers), LENGTH)]
    pairs = list(itertools.combinations(primes, 2))
    random.shuffle(pairs)
    return iter(pairs)


def rsa_key(bits=2048):
    """A private key that this process has not had before."""
    with _one_at_a_time:
        pair = next(_pairs(), None) if bits == 2048 else None
    if not pair:
        return rsa.generate_private_key(65537, bits)
    q, p = sorted(pair)
    d = pow(65537, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()
