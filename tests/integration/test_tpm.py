# SPDX-License-Identifier: Apache-2.0
"""Signing keys in a TPM 2.0 (tpm2-pkcs11, with a TPM in software): made there, used, and used again after the TPM was gone."""

import json
import os
import subprocess

import pytest
from key_device import realm_of_algorithms
from needs import must_have
from oidc import Client
from peers import Unavailable, require_program
from programs import Provider, provider_program
from waiting import until
from web import Browser, unverified_token

MODULE = "/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so"
SOFTOKEN = "/usr/lib/x86_64-linux-gnu/libsoftokn3.so"  # NSS
PIN = "1234"
# Each algorithm with a key of its own; a TPM has no Edwards curves.
KEYS = {"ES256": "EC:prime256v1", "ES384": "EC:secp384r1", "RS256": "rsa:2048", "PS256": "rsa:2048"}
REALM = realm_of_algorithms(KEYS)


class Tpm:
    """One in software, with a token "doors"; each of its keys is named after its algorithm."""

    def __init__(self, folder):
        if not os.path.exists(MODULE):
            raise Unavailable(f"{MODULE} is missing (Debian: libtpm2-pkcs11-1)")
        self.swtpm = require_program("swtpm", "swtpm")
        self.tool = require_program("pkcs11-tool", "opensc")
        self.folder, self.socket, self.process = folder, folder / "tpm", None
        for name in ("state", "store"):
            (folder / name).mkdir()
        self.environment = {
            **os.environ,
            "TPM2_PKCS11_STORE": str(folder / "store"),
            "TPM2_PKCS11_TCTI": f"swtpm:path={self.socket}",
            "TPM2_PKCS11_LOG_LEVEL": "0",
            "TSS2_LOG": "all+none",
            **self.leaks_of_its_own(),
        }
        self.pin_file = folder / "pin"
        self.pin_file.touch(mode=0o600)
        self.pin_file.write_text(PIN)
        self.options = ("--pkcs11-module", MODULE, "--pkcs11-pin-file", self.pin_file)
        self.start()
        self.ask("--init-token", "--label", "doors", "--so-pin", PIN)
        self.ask("--init-pin", "--so-pin", PIN, "--login", "--pin", PIN, "--new-pin", PIN)
        for number, (alg, kind) in enumerate(KEYS.items(), 1):
            self.ask("--login", "--pin", PIN, "--keypairgen", "--key-type", kind, "--label", alg, "--id", f"{number:02}")

    def leaks_of_its_own(self):
        """tpm2-pkcs11 1.9 does not free each point that it reads of a curve; with the sanitizers on that is not counted."""
        file = self.folder / "leaks"
        file.write_text("leak:libtpm2_pkcs11.so\n")
        options = os.environ.get("ASAN_OPTIONS", "")
        return {"LSAN_OPTIONS": f"suppressions={file}:print_suppressions=0", "ASAN_OPTIONS": f"{options}:fast_unwind_on_malloc=0"}

    def start(self):
        self.socket.unlink(missing_ok=True)
        sockets = ("--server", f"type=unixio,path={self.socket}", "--ctrl", f"type=unixio,path={self.socket}.ctrl")
        command = [self.swtpm, "socket", "--tpm2", "--tpmstate", f"dir={self.folder / 'state'}", *sockets]
        with open(self.folder / "swtpm.log", "ab") as log:
            self.process = subprocess.Popen([*command, "--flags", "not-need-init,startup-clear"], stdout=log, stderr=log)
        until(self.socket.exists, lambda: (self.folder / "swtpm.log").read_text())

    def stop(self):
        self.process.kill()
        self.process.wait()

    def ask(self, *arguments):
        command = [self.tool, "--module", MODULE, *arguments]
        subprocess.run(command, check=True, capture_output=True, text=True, env=self.environment, timeout=60)


@pytest.fixture(scope="module")
def tpm(tmp_path_factory):
    made = must_have(lambda: Tpm(tmp_path_factory.mktemp("tpm")))
    yield made
    made.stop()


def ostiary(tpm, *arguments, **options):
    return subprocess.run([provider_program(), *arguments], capture_output=True, text=True, env=tpm.environment, timeout=60, **options)


@pytest.fixture(scope="module")
def provider(tpm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("provider")
    file = folder / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    program = Provider([file], folder, arguments=tpm.options)
    program.environment = tpm.environment
    assert ostiary(tpm, "realm", "import", file, "--data", program.data).returncode == 0
    for alg in KEYS:
        words = ("--realm", "shop", "--alg", alg, "--delay", "0", "--data", program.data, "--pkcs11", f"pkcs11:token=doors;object={alg}")
        done = ostiary(tpm, "key", "rotate", *words, *tpm.options)
        assert done.returncode == 0, done.stderr
    with program as running:
        yield running


def token(provider, alg):
    return provider.realm("shop").client_credentials(Client(alg, "secret"))


@pytest.mark.parametrize("alg", KEYS)
def test_every_algorithm(tpm, provider, alg):
    answer = token(provider, alg)
    assert answer.status == 200, answer.text
    text = answer.json()["access_token"]
    header = unverified_token(text)[0]
    key = next(one for one in provider.realm("shop").certs().json()["keys"] if one["kid"] == header["kid"])
    assert header["alg"] == alg and "x5c" not in key  # which keys of the store have
    published = provider.folder / "certs.json"
    published.write_text(json.dumps({"keys": [key]}))
    done = ostiary(tpm, "jws", "verify", "--key", published, input=text)
    assert done.returncode == 0, done.stderr


def test_a_tpm_that_is_away_and_comes_back(tpm, provider):
    """As after a reset: it has forgotten what was loaded into it."""
    assert token(provider, "ES256").status == 200
    tpm.stop()
    answer = token(provider, "ES256")
    assert answer.status == 503 and answer.header("Retry-After"), answer.text
    assert "\nostiary_provider_device_works 0\n" in Browser().get(f"{provider.base}/metrics").text
    tpm.start()
    until(lambda: token(provider, "ES256").status == 200, step=0.2)
    assert {token(provider, alg).status for alg in KEYS} == {200}
    assert provider.log.read_text().count("the device signs again") == 1


@pytest.mark.skipif(not os.path.exists(SOFTOKEN), reason="libnss3 is missing")
def test_a_module_that_wants_arguments_of_its_own(tpm, provider):
    words = ("--realm", "shop", "--alg", "ES256", "--data", provider.data, "--pkcs11", "pkcs11:object=ES256")
    done = ostiary(tpm, "key", "rotate", *words, "--pkcs11-module", SOFTOKEN)
    assert done.returncode != 0 and "wants arguments" in done.stderr and "p11-kit-proxy.so" in done.stderr, done.stderr
