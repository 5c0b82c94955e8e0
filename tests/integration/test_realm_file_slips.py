# SPDX-License-Identifier: Apache-2.0
"""Slips in realm files, and files that are none: each is told by what it is, and where."""

import gzip
import json
import subprocess

import pytest
from programs import provider_program

TEXT = json.dumps({"realm": "x", "enabled": True, "users": [{"username": "ann"}]})
SLIPS = {
    "client": ('{"realm":"x",\n "clients":[{"clientId":"a"},{"clientId":"b", "attributes": {"k": "v",}}]}',
               "line 2, byte 84: a member's name in quotes is expected (column 71, in clients[1].attributes)"),
    "user": ('{"realm":"x","users":[{"username":"a"},\n{"username":"b","attributes":{"z":["q",]}}]}',
             "a value is expected (column 40, in users[1].attributes.z[1])"),
    "twice": ('{"realm":"x","users":[{"username":"a","username":"b"}]}', "two members of the same name (column 54, in users[0])"),
    "second": ('[{"realm":"x"},\n{"realm":"y","attributes":{"a":NaN}}]', "a value is expected (column 32, in [1].attributes.a)"),
    "realm": ('{"realm":"x" "enabled":true}', "something follows the document (column 14, in realm)"),
}
OTHERS = {
    "utf-16": (TEXT.encode("utf-16"), "this is UTF-16"),
    "utf-16-le": (TEXT.encode("utf-16-le"), "this is UTF-16"),
    "utf-16-be": (TEXT.encode("utf-16-be"), "this is UTF-16"),
    "utf-32": (TEXT.encode("utf-32"), "this is UTF-32"),
    "gzip": (gzip.compress(TEXT.encode()), "this is compressed (gzip): give what it holds"),
    "zip": (b"PK\x03\x04" + bytes(30), "this is a ZIP archive"),
    "yaml": (b"# a realm\nrealm: x\nenabled: true\n", "this looks like YAML"),
    "yaml document": (b"---\nrealm: x\n", "this looks like YAML"),
    "html": (b"<!DOCTYPE html>", "this is HTML or XML"),
    "client": (b'{"clientId":"a","redirectUris":["*"]}', 'this is a client, and no realm: put it into "clients"'),
    "clients": (b'[{"clientId":"a"}]', "this is a client, and no realm"),
    "user": (b'{"username":"ann"}', 'this is a user, and no realm: put it into "users"'),
    "users": (b'{"users":[{"username":"ann"}]}', "these are users without their realm"),
    "error": (b'{"error":"HTTP 401 Unauthorized"}', "this is an error that somebody answered"),
}


@pytest.fixture
def take(tmp_path):
    def run(content, *words, name="x-realm.json"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        command = [provider_program(), "realm", "import", tmp_path / name, "--data", tmp_path / "data", *words]
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_told_with_column_and_path(take, case):
    text, told = SLIPS[case]
    done = take(text)
    assert done.returncode == 1 and told in done.stderr, done.stderr


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_no_realm_file_is_told_by_what_it_is(take, case):
    content, told = OTHERS[case]
    done = take(content)
    assert done.returncode == 1 and told in done.stderr, done.stderr


def test_a_byte_order_mark_and_a_list_of_realms_are_read(take):
    done = take(b"\xef\xbb\xbf" + json.dumps([{"realm": "x"}, {"realm": "y"}]).encode())
    assert done.returncode == 0 and "2 imported" in done.stdout, done.stderr


def test_users_alone_make_no_realm_and_are_merged_once(take):
    """The file of users beside a realm's own counted twice, and made a realm of defaults."""
    alone = {"content": TEXT, "name": "x-users-0.json"}
    for words in ((), ("--replace",)):
        done = take(alone["content"], *words, name=alone["name"])
        assert done.returncode == 1 and "these are users of the realm x alone" in done.stderr, done.stderr
    assert take('{"realm":"x","enabled":true}', "--replace", name="y.json").returncode == 0
    done = take(alone["content"], "--replace", name=alone["name"])
    assert done.returncode == 1 and "alone" in done.stderr
    done = take(alone["content"], "--merge", name=alone["name"])
    assert done.returncode == 0 and "x unchanged, 1 users" in done.stdout, done.stdout + done.stderr
