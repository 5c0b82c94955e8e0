# SPDX-License-Identifier: Apache-2.0
"""RSA keys of the programs under test, put together from primes that are there (key_layer.c): searching
for them took half of the processor's time of the integration tests."""

import fcntl
import os
import pathlib

PRIMES = 48  # 1,104 keys
LENGTH = 128


def primes_file(folder, name="rsa-primes", count=PRIMES):
    """Made once for each build, by whoever comes first."""
    path = pathlib.Path(folder) / name
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            from cryptography.hazmat.primitives.asymmetric import rsa

            numbers = [rsa.generate_private_key(65537, 2048).private_numbers() for _ in range(count // 2)]
            found = [prime.to_bytes(LENGTH, "big") for each in numbers for prime in (each.p, each.q)]
            path.with_suffix(".new").write_bytes(bytes(8) + b"".join(found))
            os.replace(path.with_suffix(".new"), path)
    return path


def put_below(build):
    """All programs that are begun from now on have it below them, if the build has it; others do not notice."""
    os.environ.update(environment(build))


def environment(build):
    """For one program alone, unless all have it."""
    layer = pathlib.Path(build) / "tests" / "support" / "libkey-layer.so"
    if "RSA_PRIMES" in os.environ or not layer.exists():
        return {}
    return {**preloaded(layer), "RSA_PRIMES": str(primes_file(build))}


def preloaded(layer):
    """The environment with one layer more."""
    layers = ":".join(filter(None, [str(layer), os.environ.get("LD_PRELOAD")]))
    # They stand before the sanitizer's own, and call on to it.
    return dict([("LD_PRELOAD", layers), asan_option("verify_asan_link_order=0")])


def asan_option(option):
    """One more beside those that are there, as a name and a value of the environment."""
    return "ASAN_OPTIONS", ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), option]))
