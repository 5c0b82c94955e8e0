# SPDX-License-Identifier: Apache-2.0
"""What somebody sees who uses the programs for the first time: the rows N1, N9, N10 and N12 of the list of faults."""

import json
import os
import pty
import re
import subprocess
import time

import pytest
from peers import free_port
from programs import ItemsApi, provider_program
from waiting import until
from web import Browser

SECONDS = 60
USERS = 24  # with plain passwords: some seconds of work


def run(*arguments, **options):
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS, **options
    )


@pytest.fixture
def plain_passwords(tmp_path):
    users = [
        {"username": f"u{n}", "enabled": True, "credentials": [{"type": "password", "value": f"password-{n}"}]}
        for n in range(USERS)
    ]
    policy = {"passwordPolicy": "hashAlgorithm(pbkdf2-sha512) and hashIterations(60000)"}
    file = tmp_path / "big-realm.json"
    file.write_text(json.dumps({"realm": "big", "enabled": True, "users": users, **policy}))
    return file


def test_n1_a_long_import_says_how_far_it_is_where_nobody_watches(plain_passwords, tmp_path):
    begun = time.monotonic()
    done = run("realm", "import", plain_passwords, "--data", tmp_path / "data")
    took = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if "users" in line]
    assert all(re.fullmatch(rf"ostiary: \d+ of {USERS} users (read|prepared|stored)", line) for line in lines)
    assert (len(lines) >= 1) if took > 5 else (len(lines) <= 2), (took, done.stderr)
    assert "\r" not in done.stderr


def test_n1_and_on_a_terminal_by_one_line_that_goes_away(plain_passwords, tmp_path):
    mine, theirs = pty.openpty()
    command = [provider_program(), "realm", "import", plain_passwords, "--data", tmp_path / "data"]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(mine, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(mine)
    process.stdout.close()
    assert process.wait(SECONDS) == 0
    progress = said[said.index(b"\r") :]
    assert re.search(rb"\r\x1b\[Kostiary: \d+ of 24 users prepared", progress) and progress.endswith(b"\r\x1b[K"), said


@pytest.mark.sqlite("a folder that is not there")
def test_n10_a_slip_of_the_pen_makes_no_store(tmp_path, realm_file):
    wrong = tmp_path / "proivder"
    production = ("provider", "start", "--http-enabled=true", "--hostname", "https://id.example.org")
    done = run(*production, "--data", wrong)
    assert done.returncode == 1 and str(wrong) in done.stderr and "--data" in done.stderr
    for command in (
        ("realm", "export", "myrealm"),
        ("realm", "show", "myrealm"),
        ("user", "list", "--realm", "myrealm"),
        ("client", "list", "--realm", "myrealm"),
        ("session", "list", "--realm", "myrealm"),
        ("key", "list", "--realm", "myrealm"),
    ):
        done = run(*command, "--data", wrong)
        assert done.returncode == 1 and "--data" in done.stderr, done.stderr
    assert not wrong.exists()


@pytest.mark.sqlite("a file that is new")
def test_n10_a_new_store_is_told_where_one_is_made(tmp_path, realm_file):
    data = tmp_path / "data"
    new = f"ostiary: {data}/ostiary.db is new: there was no store\n"
    first = run("realm", "import", realm_file, "--data", data)
    again = run("realm", "import", realm_file, "--data", data)
    assert (first.returncode, first.stderr) == (0, new)
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.sqlite("it says that KC_DB has no effect")
def test_n12_each_line_of_two_programs_in_one_terminal_says_whose_it_is(tmp_path, realm_file):
    """One pipe for both, as in a terminal: startup, requests, what goes wrong, the end."""
    log = tmp_path / "log"
    port, api_port = free_port(), free_port()
    with open(log, "wb") as both:
        provider = subprocess.Popen(
            [
                *(str(provider_program()), "provider", "start-dev", "--http-port", str(port)),
                *("--data", str(tmp_path / "data"), "--import-realm", str(realm_file)),
            ],
            stderr=both,
            env={**os.environ, "KC_DB": "postgres"},
        )
        issuer = f"http://localhost:{port}/realms/myrealm"
        api = ItemsApi(issuer, tmp_path, port=api_port)
        served = subprocess.Popen(api.command, stderr=both, env=api.environment)
        until(lambda: api.ready, log.read_text, seconds=SECONDS)
        assert Browser().get(f"{issuer}/protocol/openid-connect/certs").status == 200
        for process in (served, provider):
            process.terminate()
            assert process.wait(SECONDS) == 0
    lines = log.read_text().splitlines()
    assert len(lines) > 6
    own = re.compile(r'(ostiary|items-api): |time=\S+ program="(ostiary|items-api)" ')
    assert [line for line in lines if not own.match(line)] == []
    for program, address in (("ostiary", port), ("items-api", api_port)):
        assert sum(line.startswith(f"{program}: listening on http://127.0.0.1:{address}") for line in lines) == 1, lines
    assert any(line.startswith("ostiary: KC_DB has no effect") for line in lines)


@pytest.mark.parametrize(
    ("claim", "policy"),
    [("aud", ("--audience", "another-api")), ("scope", ("--audience", "myapi", "--scope", "nothing"))],
)
def test_n9_the_advice_for_our_own_issuer_has_our_own_commands(provider, myapi, claim, policy):
    realm = provider.realm()
    token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
    done = run("token", "explain", "--issuer", realm.issuer, *policy, input=token)
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "in Ostiary, " in said.replace("In", "in") and "`ostiary realm import --merge`" in said, (claim, said)
