# SPDX-License-Identifier: Apache-2.0
"""Keys in the shell: ostiary jwk."""

import base64
import json
import resource
import signal
import subprocess

import pytest
from programs import provider_program
from tools import bad, good, key  # noqa: F401  (a fixture)


@pytest.mark.parametrize("alg,curve", [("EdDSA", "Ed448"), ("ECDH-ES", "X25519"), ("ECDH-ES", "X448"), ("ECDH-ES", "P-521")])
def test_curves(alg, curve):
    assert json.loads(good("jwk", "generate", "--alg", alg, "--curve", curve))["crv"] == curve


def test_a_public_half_shows_no_secret(key):
    for alg in ("RS256", "ES256", "EdDSA", "ECDH-ES"):
        _, public = key(alg)
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(json.loads(public.read_text()))
    shared, _ = key("HS256")
    bad(1, "jwk", "public", shared, told="never public")


def test_keys_are_converted_there_and_back(key):
    for alg in ("RS256", "ES384", "EdDSA"):
        private, public = key(alg)
        pem = good("jwk", "convert", "--to", "pem", private)
        assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
        again = json.loads(good("jwk", "convert", "--alg", alg, feed=pem))
        before = json.loads(private.read_text())
        assert {k: v for k, v in again.items() if k not in ("kid", "use")} == {
            k: v for k, v in before.items() if k not in ("kid", "use")
        }
        spki = good("jwk", "convert", "--to", "pem", "--public", private)
        assert spki.startswith(b"-----BEGIN PUBLIC KEY-----")
        assert good("jwk", "thumbprint", feed=spki) == good("jwk", "thumbprint", public)


def test_what_openssl_makes_of_it(key, tmp_path):
    private, _ = key("ES256")
    pem = good("jwk", "convert", "--to", "pem", private)
    done = subprocess.run(["openssl", "pkey", "-noout", "-check"], input=pem, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_thumbprints():
    """RFC 7638 §3.1 and RFC 8037, appendix A.3."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert good("jwk", "thumbprint", feed=json.dumps(jwk)) == b"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\n"
    assert good("jwk", "thumbprint", "--uri", feed=json.dumps(jwk)).startswith(
        b"urn:ietf:params:oauth:jwk-thumbprint:sha-256:kPrK"
    )


def test_a_set_is_collected_and_chosen_from(key, tmp_path):
    one, two = key("RS256")[0], key("ES256")[0]
    keys = json.loads(good("jwk", "set", one, two))["keys"]
    assert [k["alg"] for k in keys] == ["RS256", "ES256"] and not any("d" in k for k in keys)
    whole = tmp_path / "set.jwks"
    good("jwk", "set", "--private", one, two, "--output", whole)
    bad(1, "jws", "sign", "--key", whole, feed="a", told="--kid")
    kid = json.loads(two.read_text())["kid"]
    token = good("jws", "sign", "--key", whole, "--kid", kid, feed="a")
    assert json.loads(base64.urlsafe_b64decode(token.split(b".")[0] + b"=="))["alg"] == "ES256"


def test_a_set_has_no_two_keys_for_one(key, tmp_path):
    """Whoever reads such a set refuses it, or takes one of the two."""
    one, two = tmp_path / "one", tmp_path / "two"
    for file in (one, two):
        good("jwk", "generate", "--alg", "ES256", "--kid", "same", "--output", file)
    bad(1, "jwk", "set", one, one, told="same")
    bad(1, "jwk", "set", one, two, told="--new-kid")
    two.write_bytes(good("jwk", "convert", "--new-kid", "thumbprint", two))
    kids = [k["kid"] for k in json.loads(good("jwk", "set", one, two))["keys"]]
    assert kids == ["same", good("jwk", "thumbprint", two).decode().strip()]


def test_keys_are_taken_out_of_a_set(key, tmp_path):
    files = [key(alg)[0] for alg in ("RS256", "ES256", "EdDSA")]
    whole = tmp_path / "set.jwks"
    good("jwk", "set", *files, "--output", whole)
    kids = [json.loads(file.read_text())["kid"] for file in files]
    good("jwk", "set", "--without", kids[1], whole, "--output", whole, "--force")
    assert [k["kid"] for k in json.loads(whole.read_text())["keys"]] == [kids[0], kids[2]]
    bad(1, "jwk", "set", "--without", kids[1], whole, told=kids[1])
    bad(2, "jwk", "set", "--without", kids[0], "--kid", kids[2], whole, told="either")


def test_a_key_in_pem_gets_an_id(key):
    pem = good("jwk", "convert", "--to", "pem", key("RS256")[0])
    named = good("jwk", "convert", "--alg", "RS256", "--new-kid=2026", feed=pem)
    assert json.loads(named)["kid"] == "2026" and "d" in json.loads(named)
    assert json.loads(good("jwk", "convert", "--new-kid", "thumbprint", feed=pem))["kid"] == good("jwk", "thumbprint", feed=pem).decode().strip()
    assert "kid" not in json.loads(good("jwk", "convert", feed=pem))


def test_a_key_under_a_password(key, tmp_path):
    """As a JWE (RFC 7517 §7), through pipes; and what is said where it is taken for a key."""
    password, sealed = tmp_path / "password", tmp_path / "key.jwe"
    password.write_text("correct horse battery staple")
    private, public = key("ES256")
    for form in ((), ("--json",)):
        how = ("--password-file", password, "--content-type", "jwk+json", *form)
        good("jwe", "encrypt", *how, private, "--output", sealed, "--force")
        opened = good("jwe", "decrypt", "--password-file", password, sealed)
        assert opened == private.read_bytes()
        token = good("jws", "sign", "--key", "-", public, feed=opened)
        assert good("jws", "verify", "--key", public, feed=token) == public.read_bytes()
        bad(1, "jws", "sign", "--key", sealed, public, told="jwe decrypt")
    pem = good("jwk", "convert", "--to", "pem", private)
    command = ["openssl", "pkey", "-aes256", "-passout", "pass:secret"]
    locked = subprocess.run(command, input=pem, check=True, capture_output=True, timeout=60).stdout
    bad(1, "jwk", "inspect", feed=locked, told="openssl pkey")


def test_the_algorithms_are_listed():
    lines = [line.split() for line in good("jwk", "algorithms").decode().splitlines()]
    assert [kind for kind, _ in lines] == ["signature"] * 16 + ["key"] * 18 + ["content"] * 6
    for kind, name in lines:
        if kind != "content":
            good("jwk", "generate", "--alg", name)
    bad(2, "jwk", "generate", "--alg", "none", told="jwk algorithms")


def test_a_part_of_a_set(key, tmp_path):
    files = [key(alg)[0] for alg in ("RS256", "ES256", "EdDSA")]
    whole = tmp_path / "set.jwks"
    good("jwk", "set", *files, "--output", whole)
    kids = [json.loads(file.read_text())["kid"] for file in files]
    part = json.loads(good("jwk", "set", "--kid", kids[2], "--kid", kids[0], whole))["keys"]
    assert [k["kid"] for k in part] == [kids[0], kids[2]]
    bad(1, "jwk", "set", "--kid", kids[0], "--kid", "nobody", whole, told="nobody")


def test_what_a_key_is(key):
    def inspected(file):
        return json.loads(good("jwk", "inspect", file))

    private, public = key("ES256")
    (told,) = inspected(private)
    assert told["kty"] == "EC" and told["crv"] == "P-256" and told["bits"] == 256 and told["private"]
    assert told["serves"] == ["ES256"] and told["alg"] == "ES256"
    assert told["thumbprint"] == good("jwk", "thumbprint", private).decode().strip()
    assert json.loads(private.read_text())["d"] not in json.dumps(told)
    assert inspected(public) == [{**told, "private": False}]
    (told,) = inspected(key("RSA-OAEP-256")[0])
    assert told["bits"] == 2048 and told["serves"] == ["RSA-OAEP-256"]
    shared, _ = key("HS256")
    (told,) = inspected(shared)
    assert told["serves"] == ["HS256"] and "thumbprint" not in told
    assert json.loads(shared.read_text())["k"] not in json.dumps(told)


def test_a_key_in_pem_serves_all_of_its_type(key):
    pem = good("jwk", "convert", "--to", "pem", "--public", key("RS256")[0])
    (told,) = json.loads(good("jwk", "inspect", feed=pem))
    assert {"RS256", "PS512", "RSA-OAEP"} <= set(told["serves"]) and "alg" not in told


def test_a_file_is_not_overwritten_unless_asked(key, tmp_path):
    private, _ = key("ES256")
    before = private.read_bytes()
    bad(1, "jwk", "generate", "--alg", "ES256", "--output", private, told="--force")
    assert private.read_bytes() == before
    good("jwk", "generate", "--alg", "ES256", "--output", private, "--force")
    assert private.read_bytes() != before


def test_a_file_that_is_overwritten_is_closed_to_others(tmp_path):
    file = tmp_path / "key"
    file.write_text("of anybody " * 1000)
    file.chmod(0o666)
    good("jwk", "generate", "--alg", "ES256", "--output", file, "--force")
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["kty"] == "EC"


def limited(*arguments, most=100):
    """With files of at most so many bytes, as on a disk that is full."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [str(provider_program()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, restore_signals=False, preexec_fn=limit, timeout=60)


def test_a_full_disk_costs_no_key(tmp_path):
    """What is overwritten stays as it was, and of what is new nothing is left."""
    file = tmp_path / "key"
    for force in ([], ["--force"]):
        done = limited("jwk", "generate", "--alg", "RS256", "--output", file, *force)
        assert done.returncode == 1 and b"key: File too large" in done.stderr
        assert list(tmp_path.iterdir()) == []
    good("jwk", "generate", "--alg", "RS256", "--output", file)
    before = file.read_bytes()
    done = limited("jwk", "generate", "--alg", "RS256", "--output", file, "--force")
    assert done.returncode == 1 and b"key: File too large" in done.stderr
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]


def test_what_is_overwritten_is_what_a_link_names(tmp_path):
    (tmp_path / "real").mkdir()
    file, link = tmp_path / "real" / "key", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    bad(1, "jwk", "generate", "--alg", "ES256", "--output", link, told="exists")
    good("jwk", "generate", "--alg", "ES256", "--output", link, "--force")
    assert link.is_symlink() and json.loads(file.read_text())["kty"] == "EC"
    assert list((tmp_path / "real").iterdir()) == [file] and file.stat().st_mode & 0o777 == 0o600
    assert good("jwk", "generate", "--alg", "ES256", "--output", "/dev/stdout", "--force").startswith(b'{"kty":"EC"')
    bad(1, "jwk", "generate", "--alg", "ES256", "--output", tmp_path, "--force", told="Is a directory")
