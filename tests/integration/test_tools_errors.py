# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with the tools for the shell, and how they tell it; their help and their documentation."""

import json
import os
import re
import signal
import subprocess

import pytest
from peers import PROJECT
from programs import provider_program
from tools import bad, good, key, run  # noqa: F401  (a fixture)


TWICE = [
    ("jws sign --key -", "--key"),
    ("jws verify --key key --payload -", "--payload"),
    ("jws sign --key - --key -  file", "--key"),
    ("jwt verify --issuer i --audience a --key - -", "--key"),
    ("jwt sign --key - --claims -", "--claims"),
    ("jwe encrypt --password-file -", "--password-file"),
    ("jwe decrypt --key -", "--key"),
    ("jwk set - -", "FILE"),
    ("token explain --issuer https://i --audience a --jwks -", "--jwks"),
    ("token explain --issuer https://i --audience a --certificate - -", "--certificate"),
]


@pytest.mark.parametrize("command,word", TWICE)
def test_standard_input_is_for_one_thing(command, word):
    """The second would find it empty: an empty file would be signed, or a key said to be none."""
    assert word in bad(2, *command.split(), feed='{"kty":"oct"}', told="cannot both be standard input")


def test_the_name_of_a_file_in_the_place_of_a_token(key, tmp_path):
    file = tmp_path / "token"
    file.write_bytes(good("jwt", "sign", "--key", key("ES256")[0]))
    for command in ("jwt inspect", "token inspect", "token explain --issuer https://i --audience a"):
        bad(2, *command.split(), file, told="< FILE")


def test_errors_name_the_command():
    assert bad(1, "jwt", "inspect", feed="a").startswith("ostiary: jwt inspect: ")
    assert bad(1, "token", "inspect", feed="a").startswith("ostiary: token inspect: ")


def test_a_key_set_that_is_none_is_told_as_such(key, tmp_path):
    """Not as a connection that failed."""
    asked = ("token", "explain", "--issuer", "https://i", "--audience", "a", "--jwks")
    private, public = key("ES256")
    shown = tmp_path / "private.jwks"
    good("jwk", "set", "--private", private, "--output", shown)
    for file in (public, "/dev/null", shown):
        bad(1, *asked, file, feed="e30.e30.AA", told="not a JWK Set")
    bad(1, *asked[:-1], "--ca-file", "/nonexistent", feed="e30.e30.AA", told="/nonexistent: No such file")


HOSTILE = [b"", b"\x00", b"." * 100000, b"\xff\xfe" * 1000, b"{" * 1000, b"a.b.c", b"a.b.c.d.e", b"A" * 2_000_000]


@pytest.mark.parametrize(
    "command",
    [
        *("jws verify", "jwt verify", "jwe decrypt", "jwk inspect", "jws inspect", "jwt inspect", "jwe inspect"),
        *("jws format --to compact", "jws format --to json", "jwe format --to general"),
    ],
)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_an_error_of_one_line(key, command, text):
    extra = ("--issuer", "i", "--audience", "a") if command == "jwt verify" else ()
    if not command.endswith("inspect") and "format" not in command:
        extra = ("--key", key("HS256" if command != "jwe decrypt" else "A128KW")[0], *extra)
    said = bad(1, *command.split(), *extra, feed=text)
    assert said.count("\n") == 1 and len(said) < 600


NO_KEYS = [*HOSTILE, b'{"kty":"oct","k":"AAAA"}', b'{"keys":[]}', b"-----BEGIN PUBLIC KEY-----\n"]


@pytest.mark.parametrize("text", NO_KEYS, ids=range(len(NO_KEYS)))
def test_hostile_keys(tmp_path, text):
    file = tmp_path / "key"
    file.write_bytes(text)
    bad(1, "jws", "sign", "--key", file, feed="a", told=str(file))


def test_no_secret_is_said(key):
    """Neither the token nor the key stands in an error."""
    private, public = key("HS256")
    secret = json.loads(private.read_text())["k"]
    token = good("jwt", "sign", "--key", private, "--issuer", "i", "--audience", "a").decode().strip()
    for arguments in (
        ("jwt", "verify", "--key", private, "--issuer", "x", "--audience", "a"),
        ("jws", "verify", "--key", private, "--alg", "RS256"),
        ("jwe", "decrypt", "--key", private),
    ):
        said = bad(1, *arguments, feed=token)
        assert token not in said and token.split(".")[2] not in said and secret not in said


def test_what_is_no_file_name_is_not_said_either(key):
    """A token or a key in the place of its file's name must not get into a log."""
    private, public = key("HS256")
    secret = private.read_text().strip()
    token = good("jws", "sign", "--key", private, feed="a").decode().strip()
    pem = good("jwk", "convert", "--to", "pem", key("ES256")[0]).decode()
    for status, arguments in (
        (1, ("jws", "verify", "--key", private, token)),
        (1, ("jwt", "verify", "--key", private, "--issuer", "i", "--audience", "a", token)),
        (1, ("jwe", "decrypt", "--key", private, token)),
        (1, ("jws", "sign", "--key", secret)),
        (2, ("jwk", "public", pem)),
        (1, ("jwk", "public", "--", pem)),
        (1, ("jwk", "generate", "--alg", "ES256", "--output", "x" * 300)),
        (2, ("jwt", "sign", "--key", private, token)),
        (2, ("jws", "verify", "--key", private, token, secret)),
    ):
        said = bad(status, *arguments, feed="a")
        assert token not in said and json.loads(secret)["k"] not in said
        assert pem.splitlines()[1][8:16] not in said and "x" * 30 not in said
    assert token not in run("jwt", token).stderr.decode()


def test_a_private_key_where_a_public_one_is_wanted(key, tmp_path):
    """It serves, and nothing of it gets out."""
    private, _ = key("RS256")
    secret = json.loads(private.read_text())["d"].encode()
    token = good("jws", "sign", "--key", private, feed="a")
    assert good("jws", "verify", "--key", private, feed=token) == b"a"
    assert secret not in good("jwk", "public", private) + good("jwk", "set", private)
    assert secret not in good("jwk", "convert", "--public", private)


PRINTING = ["jwk thumbprint", "jwk public", "jwk inspect", "jwk algorithms", "jws inspect", "jwt inspect", "jwk set --help"]
PRINTING += ["--help", "version", "--version", "token explain --issuer https://i --audience a"]


@pytest.mark.parametrize("command", PRINTING)
def test_output_that_cannot_be_written_is_an_error(key, command):
    private, public = key("ES256")
    given = public.read_bytes() if command.startswith("jwk") else good("jwt", "sign", "--key", private)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [str(provider_program()), *command.split()], input=given, stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 1 and done.stderr.startswith(b"ostiary: "), done.stderr


def test_streams_that_are_closed(key, tmp_path):
    """What is written into a closed stream must not get into a file that was opened in its place."""
    private, public = key("ES256")
    shell = 'ostiary=$1 key=$2 out=$3; "$ostiary" jwk public "$key" --output "$out" --force <&- >&- 2>&-; echo $?'
    run_shell = ["bash", "-c", shell, "-", str(provider_program()), str(private), str(tmp_path / "out")]
    done = subprocess.run(run_shell, capture_output=True, text=True, timeout=60)
    assert done.stdout == "0\n" and (tmp_path / "out").read_bytes() == public.read_bytes()
    for closing in ('"$1" jwk inspect "$2" >&-', '"$1" jwk inspect <&-', '"$1" version >&-'):
        done = subprocess.run(
            ["bash", "-c", closing, "-", str(provider_program()), str(private)], capture_output=True, timeout=60
        )
        assert done.returncode == 1 and done.stderr.startswith(b"ostiary: "), closing


def test_a_reader_that_goes_away(key):
    """Where SIGPIPE is ignored, as under some supervisors, it is an error like any other."""
    _, public = key("ES256")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        for ignored, status in ((True, 1), (False, -signal.SIGPIPE)):
            done = subprocess.run(
                [str(provider_program()), "jwk", "public", str(public)],
                stdout=pipe,
                stderr=subprocess.PIPE,
                restore_signals=not ignored,
                timeout=60,
            )
            assert done.returncode == status and (not ignored or b"Broken pipe" in done.stderr)


def test_help_tells_every_command():
    overview = good("--help").decode()
    commands = re.findall(r"^  ((?:jw[kset]|base64url|token) [a-z]+) ", overview, re.MULTILINE)
    assert len(commands) == 22
    for command in commands:
        assert f"Usage: ostiary {command}" in good(*command.split(), "--help").decode()


@pytest.mark.parametrize("words, told", [
    ("provder start", 'there is no command "provder start"; did you mean "provider start"?'),
    ("jwk generat", 'there is no command "jwk generat"; did you mean "jwk generate"?'),
    ("versio", 'there is no command "versio"; did you mean "version"?'),
    ("jwk foo", 'there is no command "jwk foo" (see ostiary jwk --help)'),
    ("session bogus", 'there is no command "session bogus" (see ostiary session --help)'),
    ("start-dev", 'there is no command "start-dev"; did you mean "provider start-dev"?'),
    ("provider export", 'there is no command "provider export"; did you mean "realm export"?'),
    ("foo", 'there is no command "foo" (see ostiary --help)'),
    ("eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ", 'there is no command "eyJhbGciOiJSUzI1NiIs" (see ostiary --help)'),
])
def test_n8_an_unknown_command_is_guessed(words, told):
    done = run(*words.split())
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"ostiary: {told}\n")


def test_help_of_one_group():
    for group, count in (("jwk", 7), ("jws", 4), ("token", 2), ("base64url", 2)):
        shown = good(group, "--help").decode()
        assert len(re.findall(r"^  [a-z]", shown, re.MULTILINE)) == count == shown.count(f"\n  {group} ")
        assert shown.startswith(f"Usage: ostiary {group} COMMAND ")
        missing = run(group)
        assert missing.returncode == 2 and missing.stdout == b"" and missing.stderr.decode().endswith(shown)
    assert run("bogus", "--help").returncode == 2 and run("jwk", "bogus").returncode == 2
    assert good("help") == good("--help") == good("-h")


def test_the_examples_of_the_documentation(tmp_path):
    page = (PROJECT / "docs" / "usage" / "tools.md").read_text()
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ostiary").symlink_to(provider_program())
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.count('"sub":"alice"') == 2 and done.stdout.endswith("hello\nhello\n")
