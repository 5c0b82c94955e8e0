# SPDX-License-Identifier: Apache-2.0
"""A release (script/release): refused while the tree is not one, the same bytes from another clone, an archive that holds what is
committed and configures, and a list of what is in it that CycloneDX's schema takes."""

import hashlib
import json
import os
import re
import subprocess
import tarfile

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from peers import PROJECT
from programs import build_folder

VERSION = "98.7.6"
ARCHIVE = f"ostiary-{VERSION}.tar.gz"
NOBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")


def run(*words, **more):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=120, **more)


def git(folder, *words):
    done = run("git", *NOBODY, *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def release(clone, *words, **more):
    environment = {**os.environ, "OSTIARY_BUILD": str(build_folder())} | more.pop("env", {})
    return run(clone / "script" / "release", *words, env=environment, **more)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What is committed, made a release of its own version."""
    folder = tmp_path_factory.mktemp("release") / "clone"
    git(PROJECT, "clone", "--quiet", "--no-tags", "--shared", PROJECT, folder)
    prepared = release(folder, "--prepare", VERSION)
    assert prepared.returncode == 0, prepared.stderr
    git(folder, "commit", "--quiet", "--all", "--message", f"Release {VERSION}")
    return folder


@pytest.fixture(scope="module")
def files(clone):
    folder = clone.parent / "files"
    done = release(clone, VERSION, folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_another_clone_makes_the_same_bytes(clone, files, tmp_path):
    git(clone, "clone", "--quiet", "--shared", clone, tmp_path / "other")
    elsewhere = {"TZ": "Pacific/Apia", "LANG": "C", "GZIP_OPT": "-1"}
    done = release(tmp_path / "other", VERSION, tmp_path / "files", env=elsewhere, umask=0o077)
    assert done.returncode == 0, done.stderr
    names = {file.name for file in files.iterdir()}
    assert names == {ARCHIVE, f"ostiary-{VERSION}.cdx.json", "SHA256SUMS"}
    assert [name for name in names if (files / name).read_bytes() != (tmp_path / "files" / name).read_bytes()] == []
    assert run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=files).returncode == 0


def test_the_archive_holds_what_is_committed(clone, files):
    committed = {}
    for line in git(clone, "ls-files", "--stage", "-z").split("\0")[:-1]:
        mode, blob, rest = line.split(" ", 2)
        committed[rest.split("\t")[1]] = (blob, int(mode, 8) & 0o777)
    held = {}
    with tarfile.open(files / ARCHIVE) as archive:
        for member in archive:
            assert (member.uid, member.gid, member.mtime) == (0, 0, archive.members[0].mtime)
            if member.isdir():
                continue
            content = member.linkname.encode() if member.issym() else archive.extractfile(member).read()
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            held[member.name.removeprefix(f"ostiary-{VERSION}/")] = (blob, 0 if member.issym() else member.mode)
        assert list(held) == sorted(held, key=lambda name: name.encode())
    assert held == committed


def test_the_archive_configures_by_itself(files, tmp_path):
    assert run("tar", "-xzf", files / ARCHIVE, "-C", tmp_path).returncode == 0
    done = run("meson", "setup", "-Dtests=false", "-Dfuzz=false", "build", cwd=tmp_path / f"ostiary-{VERSION}")
    assert done.returncode == 0 and re.search(rf"Project version: {VERSION}$", done.stdout, re.M), done.stdout


def change_a_file(clone):
    (clone / "README.md").write_text("changed")


def another_library(clone):
    header = clone / "include/ostiary/types.h"
    header.write_text(header.read_text().replace("OST_VERSION_MINOR 7", "OST_VERSION_MINOR 8"))
    git(clone, "commit", "--quiet", "--all", "--message", "Half a version")


def unreleased(clone):
    log = clone / "CHANGELOG.md"
    log.write_text(re.sub("^## .*$", "## Unreleased", log.read_text(), count=1, flags=re.M))
    git(clone, "commit", "--quiet", "--all", "--message", "No title")


def tagged_before(clone):
    git(clone, "tag", f"v{VERSION}", "HEAD~1")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (change_a_file, "not everything is committed"),
        (another_library, "types.h is of version 98.8.6"),
        (unreleased, "begins with 'Unreleased'"),
        (tagged_before, "never moved"),
    ],
)
def test_what_is_no_release_is_refused(clone, tmp_path, spoil, told):
    git(clone, "clone", "--quiet", "--shared", clone, tmp_path / "clone")
    spoil(tmp_path / "clone")
    done = release(tmp_path / "clone", VERSION, tmp_path / "files")
    assert done.returncode == 1 and told in done.stderr
    assert not (tmp_path / "files").exists()


def test_another_version_and_a_used_folder_are_refused(clone, files):
    done = release(clone, "98.7.5", clone.parent / "none")
    assert done.returncode == 1 and f"meson.build is of version {VERSION}, not 98.7.5" in done.stderr
    done = release(clone, VERSION, files)
    assert done.returncode == 1 and "has files" in done.stderr
    assert release(clone, "98.7", clone.parent / "none").returncode == 2


def test_the_list_of_what_is_in_it(files):
    text = (files / f"ostiary-{VERSION}.cdx.json").read_text()
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"type": "library"', '"type": "book"')) is not None
    listed = json.loads(text)
    assert listed["metadata"]["component"]["version"] == VERSION
    digest = hashlib.sha256((files / ARCHIVE).read_bytes()).hexdigest()
    assert listed["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    on = {edge["ref"]: edge["dependsOn"] for edge in listed["dependencies"]}
    assert set(on) == {one["bom-ref"] for one in [listed["metadata"]["component"], *listed["components"]]}


def test_the_list_has_all_that_the_build_asked_for(files):
    """What Meson found for what is built here stands in the list with the version that it found, and nothing else does."""
    listed = json.loads((files / f"ostiary-{VERSION}.cdx.json").read_text())["components"]
    names = {"libcrypto": "openssl", "libssl": "openssl", "libcurl": "curl", "libpq": "postgresql", "sqlite3": "sqlite"}
    names |= {"libnghttp2": "nghttp2", "libpcre2-8": "pcre2", "p11-kit-1": "p11-kit", "libqrencode": "qrencode"}
    told = json.loads(run("meson", "introspect", "--dependencies", build_folder()).stdout)
    of_tests = {"cmocka", "jansson", "threads", "libevent", "libmicrohttpd"}
    found = {names.get(one["name"], one["name"]): one["version"] for one in told if one["name"] not in of_tests}
    ours = {"ostiary", "libostiary", "libostiary-app"}
    assert {one["name"]: one["version"] for one in listed if one["name"] not in ours | {"glibc"}} == found
