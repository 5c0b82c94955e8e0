# SPDX-License-Identifier: Apache-2.0
"""Signing keys in a device (--pkcs11-module): SoftHSM makes them, `key rotate --pkcs11` names one, and its private half is
nowhere else."""

import json
import os
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from key_device import realm_of_algorithms
from needs import must_have
from oidc import Client
from peers import Unavailable, free_port
from programs import Provider, provider_program
from rsa_keys import rsa_key
from waiting import until
from web import Browser, unverified_token

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "1234"
KEYS = {
    "RS256": lambda: rsa_key(),
    "PS512": lambda: rsa_key(),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}
REALM = realm_of_algorithms(KEYS)


class Device:
    """A SoftHSM with one token; each of its keys is named after its algorithm."""

    def __init__(self, folder):
        if not os.path.exists(MODULE):
            raise Unavailable(f"{MODULE} is missing (Debian: softhsm2)")
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {**os.environ, "SOFTHSM2_CONF": str(settings)}
        self.run("softhsm2-util", "--init-token", "--free", "--label", "doors", "--pin", PIN, "--so-pin", PIN)
        for number, (name, make) in enumerate(KEYS.items(), 1):
            self.add(folder, name, make(), f"{number:02}")
        self.add(folder, "twin", KEYS["ES256"](), "71")
        self.add(folder, "twin", KEYS["ES256"](), "72")
        self.pin_file = folder / "pin"
        self.pin_file.touch(mode=0o600)
        self.pin_file.write_text(f"{PIN}\n")
        self.options = ("--pkcs11-module", MODULE, "--pkcs11-pin-file", self.pin_file)

    def add(self, folder, label, key, number):
        file = folder / f"{label}.pem"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.run("softhsm2-util", "--import", file, "--token", "doors", "--label", label, "--id", number, "--pin", PIN)
        file.unlink()

    def run(self, *command):
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.environment, timeout=60)


@pytest.fixture(scope="module")
def device(tmp_path_factory):
    return must_have(lambda: Device(tmp_path_factory.mktemp("device")))


def ostiary(device, *arguments, **options):
    command = [provider_program(), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=device.environment, timeout=60, **options)


def rotate(device, provider, name, *arguments, alg="ES256"):
    uri = name if ":" in name else f"pkcs11:token=doors;object={name}"
    told = ("--realm", "shop", "--alg", alg, "--delay", "0", "--data", provider.data)
    return ostiary(device, "key", "rotate", *told, "--pkcs11", uri, *(arguments or device.options))


@pytest.fixture(scope="module")
def provider(device, tmp_path_factory):
    """Each of its algorithms signs with a key of the device."""
    folder = tmp_path_factory.mktemp("pkcs11")
    realm = folder / "shop-realm.json"
    realm.write_text(json.dumps(REALM))
    program = Provider([realm], folder, arguments=device.options)
    program.environment = device.environment
    done = ostiary(device, "realm", "import", realm, "--data", program.data)
    assert done.returncode == 0, done.stderr
    for name in KEYS:
        done = rotate(device, program, name, alg=name)
        assert done.returncode == 0, done.stderr
    with program as running:
        yield running


def token(provider, alg):
    return provider.realm("shop").client_credentials(Client(alg, "secret"))


@pytest.mark.parametrize("alg", KEYS)
def test_every_algorithm(device, provider, alg):
    answer = token(provider, alg)
    assert answer.status == 200, answer.text
    text = answer.json()["access_token"]
    header = unverified_token(text)[0]
    keys = {key["kid"]: key for key in provider.realm("shop").certs().json()["keys"]}
    assert header["alg"] == alg and "x5c" not in keys[header["kid"]] and "pkcs11" not in keys[header["kid"]]
    published = provider.folder / "certs.json"
    published.write_text(json.dumps({"keys": [keys[header["kid"]]]}))
    done = ostiary(device, "jws", "verify", "--key", published, input=text)
    assert done.returncode == 0, done.stderr


def test_the_realm_tells_the_public_key(provider):
    told = Browser().get(f"{provider.base}/realms/shop").json()["public_key"]
    assert len(told) > 300


def test_a_key_of_the_program_does_not_follow_one_of_the_device(device, provider):
    done = ostiary(device, "key", "rotate", "--realm", "shop", "--data", provider.data)
    assert done.returncode != 0 and "is in a device" in done.stderr


def test_an_export_says_what_it_lacks(device, provider):
    done = ostiary(device, "realm", "export", "shop", "--data", provider.data)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("is in a device, and not in the file") == len(KEYS)
    names = [key["name"] for key in json.loads(done.stdout)["components"]["org.keycloak.keys.KeyProvider"]]
    signing = {unverified_token(token(provider, alg).json()["access_token"])[0]["kid"][:8] for alg in KEYS}
    assert len(names) > len(KEYS) and not any(name[-8:] in signing for name in names)


@pytest.mark.parametrize(
    ("name", "alg", "words"),
    [
        ("pkcs11:token=doors;object=ES256?pin-value=1234", "ES256", "it has a PIN"),
        (f"pkcs11:token=doors;object=ES256?module-path={MODULE}", "ES256", "it names a module"),
        ("pkcs11:token=doors", "ES256", "it names no key"),
        ("pkcs11:token=doors;object=ES256;colour=red", "ES256", "not known"),
        ("pkcs11:token=%zz;object=ES256", "ES256", "no pkcs11 URI"),
        ("pkcs11:token=windows;object=ES256", "ES256", "names no private key"),
        ("nothing", "ES256", "names no private key"),
        ("twin", "ES256", "names several private keys"),
        ("ES256", "RS256", "does not sign by RS256"),
        ("ES256", "ES256", "has this key already"),
        ("pkcs11:token=doors;object=" + "a" * 2000, "ES256", "too long"),
    ],
)
def test_what_is_refused(device, provider, name, alg, words):
    before = ostiary(device, "key", "list", "--realm", "shop", "--data", provider.data).stdout
    done = rotate(device, provider, name, alg=alg)
    assert done.returncode not in (0, -6, -11) and words in done.stderr, done.stderr
    assert ostiary(device, "key", "list", "--realm", "shop", "--data", provider.data).stdout == before


def test_a_pin_that_is_wrong_and_no_pin(device, provider, tmp_path):
    wrong = tmp_path / "pin"
    wrong.touch(mode=0o600)
    wrong.write_text("4321")
    done = rotate(device, provider, "ES512", "--pkcs11-module", MODULE, "--pkcs11-pin-file", wrong, alg="ES512")
    assert done.returncode != 0 and "the PIN is wrong" in done.stderr
    assert "4321" not in done.stderr
    done = rotate(device, provider, "ES512", "--pkcs11-module", MODULE, alg="ES512")
    assert done.returncode != 0 and "names no private key" in done.stderr
    done = rotate(device, provider, "ES512", "--pkcs11-module", provider_program(), alg="ES512")
    assert done.returncode != 0


def test_without_the_module_it_does_not_start(device, provider):
    command = ("provider", "start-dev", "--http-port", str(free_port()), "--data", provider.data)
    done = ostiary(device, *command)
    assert done.returncode != 0 and "--pkcs11-module says how to reach it" in done.stderr


def test_beside_a_signing_process(device, provider):
    """The device's keys stay where they are."""
    provider.stop()
    provider.command.append("--signing-process")
    try:
        provider.start()
        assert {token(provider, alg).status for alg in KEYS} == {200}
    finally:
        provider.stop()
        provider.command.pop()
        provider.start()


def test_a_device_that_is_away_and_comes_back(device, provider):
    away = device.tokens.with_name("away")
    device.tokens.rename(away)
    try:
        answer = token(provider, "ES256")
        assert answer.status == 503 and answer.header("Retry-After"), answer.text
        assert "\nostiary_provider_device_works 0\n" in Browser().get(f"{provider.base}/metrics").text
    finally:
        away.rename(device.tokens)
    until(lambda: token(provider, "ES256").status == 200, step=0.2)  # it is looked for once a second
    assert {token(provider, alg).status for alg in KEYS} == {200}
    assert "\nostiary_provider_device_works 1\n" in Browser().get(f"{provider.base}/metrics").text
    for words in ("the device does not sign", "the device signs again"):
        until(lambda: words in provider.log.read_text(), provider.log_tail)  # noqa: B023
