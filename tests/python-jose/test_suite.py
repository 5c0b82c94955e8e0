# SPDX-License-Identifier: Apache-2.0
"""python-jose's own tests against ours, from its source distribution.

They run twice: as they are, and with every insecure_ keyword said. The cases that fail are those of
differences.py and no others; one that is listed and passes is a failure too.
"""

import json
import os
import pathlib
import subprocess
import sys
import tarfile

import differences
import pytest

HERE = pathlib.Path(__file__).parent
RELEASE = "python_jose-3.5.0"


@pytest.fixture(scope="session")
def suite(tmp_path_factory):
    """The folder of its tests, without its settings for pytest, which want a coverage plugin."""
    folder = tmp_path_factory.mktemp("suite")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    done = subprocess.run(
        [*command, "python-jose==3.5.0", "-d", folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        assert os.environ.get("CI") != "true", done.stdout
        pytest.skip("python-jose's source distribution cannot be had: " + done.stdout.strip()[-200:])
    with tarfile.open(folder / f"{RELEASE}.tar.gz") as archive:
        for member in archive:
            if member.isfile() and member.name.startswith(f"{RELEASE}/tests/"):
                archive.extract(member, folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (folder / RELEASE / "pytest.ini").write_text("[pytest]\n")
    return folder / RELEASE


def outcomes(suite, *options):
    """Each case's name with "passed", "failed" or "skipped"."""
    report = suite / "outcomes.json"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "outcomes", *options, "tests"],
        cwd=suite,
        env={**os.environ, "PYTHONPATH": str(HERE), "OUTCOMES": str(report), "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert report.exists(), done.stdout[-3000:]
    return json.loads(report.read_text())


@pytest.fixture(scope="session")
def plain(suite):
    return outcomes(suite)


@pytest.fixture(scope="session")
def insecure(suite):
    return outcomes(suite, "-p", "insecure")


def named(said, outcome):
    return {name for name, seen in said.items() if seen == outcome}


def test_it_is_ours_that_is_tested():
    import jose
    import ostiary.jose

    assert jose is ostiary.jose


def test_every_case_runs_or_is_named(plain):
    assert len(plain) >= 470
    assert named(plain, "skipped") == set(differences.SKIPPED)


def test_what_fails_is_what_is_unsafe_or_internal(plain):
    listed = {name for cases in (*differences.OPT_IN.values(), *differences.REFUSED.values()) for name in cases}
    assert named(plain, "failed") == listed


def test_what_is_unsafe_can_be_had_by_name(plain, insecure):
    """With the insecure_ keywords only those fail for which there is no keyword."""
    refused = {name for cases in differences.REFUSED.values() for name in cases}
    both = named(insecure, "failed") & named(plain, "failed")
    assert both == refused
    # They replace jws.verify by a function that knows no keyword.
    assert named(insecure, "failed") - both == set(differences.REPLACES_VERIFY)
