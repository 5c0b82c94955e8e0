# SPDX-License-Identifier: Apache-2.0
"""Private keys in a process of their own (--signing-process): it has no files, no network and few system calls, the
provider's memory has no private key, and whatever becomes of either, nothing wrong is signed and signing goes on."""

import base64
import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from oidc import Client
from programs import Provider, provider_program
from waiting import until
from web import Browser, unverified_token

CLIENT = Client("service", "secret")
GENERATED = {
    "RS512": ("rsa-generated", {"algorithm": ["RS512"]}),
    "PS256": ("rsa-generated", {"algorithm": ["PS256"]}),
    "ES256": ("ecdsa-generated", {"ecdsaEllipticCurveKey": ["P-256"]}),
    "ES512": ("ecdsa-generated", {"ecdsaEllipticCurveKey": ["P-521"]}),
    "EdDSA": ("eddsa-generated", {"eddsaEllipticCurveKey": ["Ed448"]}),
}
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        {
            **{"clientId": name, "secret": "secret", "serviceAccountsEnabled": True},
            "attributes": {"access.token.signed.response.alg": name} if name in GENERATED else {},
        }
        for name in ("service", *GENERATED)
    ],
    "components": {
        "org.keycloak.keys.KeyProvider": [
            {"name": "rsa", "providerId": "rsa-generated", "config": {"algorithm": ["RS256"], "priority": ["100"]}},
            *({"name": alg, "providerId": provider, "config": config} for alg, (provider, config) in GENERATED.items()),
        ]
    },
}


def start(folder, *arguments):
    path = folder / "shop-realm.json"
    path.write_text(json.dumps(REALM))
    return Provider([path], folder, arguments=["--signing-process", *arguments])


def token(provider, name="service"):
    return provider.realm("shop").client_credentials(Client(name, "secret"))


def verified(provider, text):
    """The header, once a program that has the public keys alone takes the token."""
    keys = provider.folder / "certs.json"
    keys.write_text(provider.realm("shop").certs().text)
    command = [provider_program(), "jws", "verify", "--key", keys]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return unverified_token(text)[0]


def child_of(provider):
    """The signing process; None: there is none at the moment."""
    for file in Path(f"/proc/{provider.pid}/task").glob("*/children"):
        for pid in file.read_text().split():
            with contextlib.suppress(OSError):
                if b"signing-process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return int(pid)
    return None


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def metric(provider, name):
    return int(re.search(rf"^ostiary_provider_{name} (\d+)$", Browser().get(f"{provider.base}/metrics").text, re.M)[1])


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with start(tmp_path_factory.mktemp("signing")) as running:
        yield running


@pytest.mark.parametrize("alg", ["RS256", *GENERATED])
def test_every_algorithm(provider, alg):
    answer = token(provider, alg if alg in GENERATED else "service")
    assert answer.status == 200, answer.text
    assert verified(provider, answer.json()["access_token"])["alg"] == alg


def test_many_at_once(provider):
    """They are signed together, and everybody gets their own."""
    names = ["service", *GENERATED] * 5

    def ask(name):
        scope = "openid" if name.startswith("ES") else None
        answer = provider.realm("shop").client_credentials(Client(name, "secret"), scope)
        return name, answer.status, answer.json()

    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(ask, names))
    assert {status for _, status, _ in answers} == {200}
    assert len({json["access_token"] for _, _, json in answers}) == len(names)
    for name, _, json in answers[-12:]:
        assert verified(provider, json["access_token"])["alg"] == (name if name in GENERATED else "RS256")
        assert unverified_token(json["access_token"])[1]["azp"] == name
        assert ("id_token" in json) == name.startswith("ES")


def test_what_the_process_has(provider):
    pid = child_of(provider)
    files = {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()}
    assert all(file.startswith("socket:") for file in files - {"/dev/null", str(provider.log)}), files
    assert Path(f"/proc/{pid}/environ").read_bytes().strip(b"\0") == b""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    assert status["NoNewPrivs"].strip() == "1"
    told = re.search(r"holds the private keys: (system calls [a-z ]+),", provider.log.read_text())[1]
    assert (told, status["Seccomp"].strip()) in {
        ("system calls filtered", "2"),
        ("system calls not filtered", "0"),  # a build with sanitizers, which need more
    }
    sockets = Path(f"/proc/{pid}/net/unix").read_text()
    inodes = {file[len("socket:[") : -1] for file in files if file.startswith("socket:")}
    assert inodes and all(f" {inode}" in sockets for inode in inodes)


def test_a_new_key_signs_there_too(provider):
    before = verified(provider, token(provider).json()["access_token"])["kid"]
    rotate = [provider_program(), "key", "rotate", "--realm", "shop", "--data", provider.data, "--delay", "0"]
    assert subprocess.run(rotate, capture_output=True, timeout=60).returncode == 0
    until(lambda: unverified_token(token(provider).json()["access_token"])[0]["kid"] != before, "the new key signs")
    verified(provider, token(provider).json()["access_token"])


def test_kill_9_of_the_process_under_load(provider):
    """Whoever asks meanwhile is told to come again; nothing else is ever answered."""
    answers, ended = [], threading.Event()

    def ask():
        while not ended.is_set():
            answers.append(token(provider))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    starts = metric(provider, "signing_process_starts_total")
    for round_number in range(3):
        pid = until(lambda: child_of(provider), "there is a process")
        os.kill(pid, signal.SIGKILL)
        until(lambda: metric(provider, "signing_process_starts_total") > starts + round_number, "it is started anew")
        until(lambda: token(provider).status == 200, "it signs")
    ended.set()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} <= {200, 503}
    assert all(answer.header("Retry-After") for answer in answers if answer.status == 503)
    for answer in [one for one in answers if one.status == 200][-20:]:
        verified(provider, answer.json()["access_token"])
    until(lambda: "it is started anew" in provider.log.read_text(), provider.log_tail)


def test_a_process_that_stands_still_is_replaced(provider):
    pid = until(lambda: child_of(provider), "there is a process")
    os.kill(pid, signal.SIGSTOP)
    try:
        assert token(provider).status in (200, 503)  # 200: another one has taken its place meanwhile
        # An answer that comes late is none to another question.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        for answer in [token(provider) for _ in range(20)]:
            assert answer.status in (200, 503)
            if answer.status == 200:
                verified(provider, answer.json()["access_token"])
        # Until it is ended it may sign by a channel on which nothing came late.
        until(lambda: child_of(provider) not in (pid, None), "another one has taken its place")
        until(lambda: token(provider).status == 200, "another one signs")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_it_ends_with_the_provider(tmp_path):
    with start(tmp_path) as provider:
        pid = child_of(provider)
        os.kill(provider.pid, signal.SIGKILL)
        until(lambda: not is_alive(pid), "it has ended")
    with start(tmp_path) as provider:
        pid = child_of(provider)
        provider.stop()
        until(lambda: not is_alive(pid), "it has ended")


def private_parts(data, *sealed):
    """Of the realm's RSA keys, as they may be in memory: the numbers in each order of bytes, and their texts."""
    command = [provider_program(), "realm", "export", "shop", "--data", data, *sealed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    components = json.loads(done.stdout)["components"]["org.keycloak.keys.KeyProvider"]
    for config in (one["config"] for one in components if "RS256" in one["config"].get("algorithm", [])):
        key = serialization.load_der_private_key(base64.b64decode(config["privateKey"][0]), None).private_numbers()
        for number in (key.d, key.p, key.q):
            octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
            yield from (octets, octets[::-1], base64.urlsafe_b64encode(octets).rstrip(b"="))


def memory_of(pid):
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            bounds, rights, *_ = line.split()
            begin, end = (int(word, 16) for word in bounds.split("-"))
            if rights.startswith("rw") and end - begin < 1 << 30:  # not what a sanitizer sets aside
                with contextlib.suppress(OSError):
                    memory.seek(begin)
                    yield memory.read(end - begin)


def found(pid, parts):
    return sum(part in memory for memory in memory_of(pid) for part in parts)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the memory of others")
def test_the_provider_s_memory_has_no_private_key(tmp_path, monkeypatch):
    """Under a master key, which keeps them out of the pages of the store; and once they are made."""
    monkeypatch.setenv("RSA_PRIMES", "")  # which every program of the tests has in its memory
    (tmp_path / "master").write_text(secrets.token_hex(32) + "\n")
    sealed = ("--master-key-file", str(tmp_path / "master"))
    with start(tmp_path, *sealed):
        pass
    parts = list(private_parts(tmp_path / "data", *sealed))
    assert len(parts) >= 9
    with start(tmp_path, *sealed) as provider:
        assert token(provider).status == 200
        assert found(child_of(provider), parts) > 0  # they are found where they are
        assert found(provider.pid, parts) == 0


def test_by_hand():
    done = subprocess.run([provider_program(), "signing-process"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and "provider start" in done.stderr
