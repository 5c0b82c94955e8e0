# SPDX-License-Identifier: Apache-2.0
"""What a provider says that cannot start, or starts and lets nobody in: one line, with what is wrong and what to do."""

import os
import shutil
import socket
import subprocess
import time

import pytest
from certificates import make_certificate
from cryptography.hazmat.primitives import serialization
from fault_layer import FaultLayer
from peers import free_port
from programs import items_api_program, provider_program

TLS = ("--https-certificate-file", "--https-certificate-key-file")
HOST = ("--hostname", "https://localhost")


def start(folder, certificate, key, **environment):
    command = [provider_program(), "provider", "start", *HOST, TLS[0], certificate, TLS[1], key]
    command += ["--https-port", free_port(), "--data", folder / "data", "--import-realm", folder]
    return subprocess.Popen(
        [str(word) for word in command], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    made, chain, key = make_certificate(folder, "localhost")
    _, _, other = make_certificate(folder, "other")
    _, _, rsa = make_certificate(folder, "rsa", of_rsa=True)
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    encrypted, der, empty = folder / "encrypted.key", folder / "localhost.der", folder / "empty.pem"
    encrypted.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"passphrase"),
        )
    )
    der.write_bytes(made.public_bytes(serialization.Encoding.DER))
    empty.touch()
    return {"chain": chain, "key": key, "other": other, "rsa": rsa, "encrypted": encrypted, "der": der, "empty": empty,
            "nowhere": folder / "nowhere.pem", "folder": folder}  # fmt: skip


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("chain", "other", "private key {key}: it is not that of the certificate in {certificate}"),
        ("chain", "rsa", "private key {key}: it is not that of the certificate in {certificate}"),
        ("chain", "encrypted", "private key {key}: it is encrypted, and nobody is here to give its passphrase"),
        ("chain", "chain", "private key {key}: no private key in PEM is in it"),
        ("chain", "nowhere", "private key {key}: No such file or directory"),
        ("nowhere", "key", "certificate {certificate}: No such file or directory"),
        ("folder", "key", "certificate {certificate}: Is a directory"),
        ("key", "chain", "certificate {certificate}: no certificate in PEM is in it"),
        ("der", "key", "certificate {certificate}: no certificate in PEM is in it"),
        ("empty", "key", "certificate {certificate}: no certificate in PEM is in it"),
    ],
)
def test_files_of_tls_that_cannot_be_used(files, tmp_path, certificate, key, words):
    program = start(tmp_path, files[certificate], files[key])
    said = program.communicate(timeout=60)[1].splitlines()
    assert program.returncode == 1
    assert said[-1].startswith("ostiary: provider: " + words.format(certificate=files[certificate], key=files[key]))
    assert all(line.startswith("ostiary: ") for line in said)


@pytest.mark.sqlite("the store is made with the program")
def test_nothing_is_made_by_a_program_that_cannot_run(files, tmp_path, realm_file):
    """A store that is there already changes how the next attempt ends, and nobody meant to make it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        rules = tmp_path / "rules.json"
        rules.write_text('{"sites": [{"origin": "https://a.example", "rules": []}]}')
        login = ("--issuer", "https://id.example", "--audience", "a", "--client-id", "a", "--data", tmp_path / "data")
        development = (provider_program(), "provider", "start-dev", "--data", tmp_path / "data")
        gate = ("--gateway", "nginx", "--trusted-proxy", "127.0.0.1", "--rules", rules)
        for words, *command in (
            ("Address already in use", *development, "--http-port", port),
            ("nowhere.json: No such file or directory", *development, "--import-realm", tmp_path / "nowhere.json"),
            ("Address already in use", provider_program(), "gate", "--port", port, *login, *gate),
            ("Address already in use", items_api_program(), "--port", port, *login),
        ):
            ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
            assert ended.returncode != 0 and words in ended.stderr, ended.stderr
            assert len(ended.stderr.splitlines()) == 1
            assert not (tmp_path / "data").exists(), command


@pytest.mark.sqlite("the store is a file there")
def test_who_looks_above_the_store_of_script_server_is_told_where_it_is(tmp_path, realm_file):
    def run(*words):
        command = [str(word) for word in (provider_program(), *words)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert "a provider that starts makes the store" in run("realm", "list").stderr
    assert run("realm", "import", realm_file, "--data", "data/provider").returncode == 0
    refused = run("realm", "list")
    assert refused.returncode == 1 and "there is one below: --data data/provider" in refused.stderr


@pytest.mark.sqlite("pages of the file are overwritten")
def test_a_damaged_store(files, tmp_path, realm_file):
    shutil.copy(realm_file, tmp_path)
    made = [provider_program(), "realm", "import", realm_file, "--data", tmp_path / "data"]
    subprocess.run([str(word) for word in made], check=True, capture_output=True, timeout=60)
    store = tmp_path / "data" / "ostiary.db"
    whole = store.read_bytes()
    store.write_bytes(whole[:4096] + b"\x5a" * (len(whole) - 4096))
    program = start(tmp_path, files["chain"], files["key"])
    said = program.communicate(timeout=60)[1].splitlines()
    assert program.returncode == 1 and said[-1].startswith("ostiary: provider: ")
    assert "malformed" in said[-1] or "the file is damaged; restore a backup" in said[-1]


@pytest.mark.sqlite("the clock is the database's there")
@pytest.mark.parametrize(
    ("day", "words"),
    [
        (2, "ostiary: the TLS certificate ended on "),
        (0, None),
        (None, "ostiary: the clock of this machine says 1970-01-0"),
    ],
)
def test_times_that_let_nobody_in(files, tmp_path, day, words):
    layer = FaultLayer(tmp_path / "control", tmp_path / "nothing")
    layer.set(clock=-int(time.time()) + 1000 if day is None else day * 24 * 3600)
    program = start(tmp_path, files["chain"], files["key"], **layer.environment)
    said = []
    try:
        for line in program.stderr:
            said.append(line)
            if "listening" in line:
                break
    finally:
        program.kill()
        program.communicate()
    assert "listening" in said[-1]
    told = [line for line in said if "clock" in line or "certificate" in line]
    assert [line.startswith(words or "") for line in told] == ([True] if words else [])
