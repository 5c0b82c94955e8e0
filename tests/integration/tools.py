# SPDX-License-Identifier: Apache-2.0
"""Running the tools for the shell."""

import json
import os
import subprocess

import pytest
from programs import provider_program


def run(*arguments, feed=b""):
    feed = feed.encode() if isinstance(feed, str) else feed
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], input=feed, capture_output=True, timeout=60
    )


def good(*arguments, feed=b""):
    done = run(*arguments, feed=feed)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


def bad(status, *arguments, feed=b"", told=""):
    done = run(*arguments, feed=feed)
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stdout == b""
    assert done.stderr.startswith(b"ostiary: ") and told in done.stderr.decode(), done.stderr
    return done.stderr.decode()


@pytest.fixture
def key(tmp_path):
    """Makes keys of an algorithm; gives the file of the private and of the public one."""

    def make(alg, *options):
        private, public = tmp_path / f"{alg}.jwk", tmp_path / f"{alg}.public.jwk"
        good("jwk", "generate", "--alg", alg, "--output", private, *options)
        assert os.stat(private).st_mode & 0o777 == 0o600
        if json.loads(private.read_text())["kty"] == "oct":
            return private, private
        good("jwk", "public", private, "--output", public)
        return private, public

    return make
