# SPDX-License-Identifier: Apache-2.0
"""Signatures and encryption in the shell: ostiary jws and jwe, one by one and in pipes."""

import base64
import json

import pytest
from tools import bad, good, key  # noqa: F401  (a fixture)

SIGNATURES = "RS256 PS256 ES256 ES384 ES512 ES256K EdDSA HS256 HS384 HS512".split()
WAYS = "RSA-OAEP RSA-OAEP-256 ECDH-ES ECDH-ES+A256KW A128KW A192KW A256KW A128GCMKW A256GCMKW dir".split()


# ---- signatures ----


@pytest.mark.parametrize("alg", SIGNATURES)
@pytest.mark.parametrize("form", [(), ("--json",), ("--general",)])
def test_what_is_signed_is_verified(key, alg, form):
    private, public = key(alg)
    content = b"any bytes: \x00\xff\n"
    token = good("jws", "sign", "--key", private, *form, feed=content)
    assert good("jws", "verify", "--key", public, feed=token) == content
    damaged = token[:-8] + (b"AAAA" if token[-8:-4] != b"AAAA" else b"BBBB") + token[-4:]
    bad(1, "jws", "verify", "--key", public, feed=damaged)


def test_detached_and_unencoded(key, tmp_path):
    private, public = key("ES256")
    payload = tmp_path / "payload"
    payload.write_text("$.02")
    token = good("jws", "sign", "--key", private, "--detached", "--unencoded", payload)
    assert b".." in token
    assert good("jws", "verify", "--key", public, "--unencoded", "--payload", payload, feed=token) == b"$.02"
    bad(1, "jws", "verify", "--key", public, "--payload", payload, feed=token)  # b64 is critical
    payload.write_text("$.03")
    bad(1, "jws", "verify", "--key", public, "--unencoded", "--payload", payload, feed=token)


def test_several_sign_the_same(key):
    (one, one_public), (two, two_public), (_, other) = key("RS256"), key("ES256"), key("EdDSA")
    message = good("jws", "sign", "--key", one, "--key", two, feed="together")
    signatures = json.loads(message)["signatures"]
    headers = [json.loads(base64.urlsafe_b64decode(s["protected"] + "==")) for s in signatures]
    assert [header["alg"] for header in headers] == ["RS256", "ES256"]
    for public in (one_public, two_public):
        assert good("jws", "verify", "--key", public, feed=message) == b"together"
    bad(1, "jws", "verify", "--key", other, feed=message)
    told = good("jws", "inspect", feed=message).decode()
    assert told.startswith("UNVERIFIED") and "signature 2" in told and '"alg": "ES256"' in told


def test_the_algorithms_of_several_signers(key, tmp_path):
    pem = tmp_path / "rsa.pem"
    pem.write_bytes(good("jwk", "convert", "--to", "pem", key("RS256")[0]))
    message = good("jws", "sign", "--key", pem, "--alg", "PS384", "--key", key("ES256")[0], feed="a")
    told = good("jws", "inspect", feed=message).decode()
    assert told.index("PS384") < told.index("ES256")
    bad(2, "jws", "sign", "--key", pem, "--key", pem, "--kid", "x", feed="a", told="--kid")
    bad(2, "jws", "sign", *["--key", pem] * 17, feed="a", told="16")


@pytest.mark.parametrize("form", ("pem", "jwk"))
def test_a_key_without_an_id_fits_whatever_the_message_names(key, tmp_path, form):
    (one, one_public), (two, two_public), (_, other) = key("RS256"), key("ES256"), key("RS384")

    def nameless(path):
        file = tmp_path / f"nameless.{form}"
        if form == "pem":
            file.write_bytes(good("jwk", "convert", "--to", "pem", path))
        else:
            members = json.loads(path.read_text())
            file.write_text(json.dumps({k: v for k, v in members.items() if k != "kid"}))
        return file

    many = good("jws", "sign", "--key", one, "--key", two, feed="together")
    flat = good("jws", "sign", "--json", "--key", one, feed="alone")
    compact = good("jws", "sign", "--key", one, feed="alone")
    assert "kid" in good("jws", "inspect", feed=flat).decode()
    assert good("jws", "verify", "--key", nameless(two_public), feed=many) == b"together"
    for message, payload in ((many, b"together"), (flat, b"alone"), (compact, b"alone")):
        assert good("jws", "verify", "--key", nameless(one_public), feed=message) == payload
        bad(1, "jws", "verify", "--key", nameless(other), feed=message)


def test_a_key_without_an_id_opens_whatever_the_message_names(key, tmp_path):
    (one, one_public), (two, two_public), (other, _) = (
        *(key("RSA-OAEP-256"), key("ECDH-ES+A256KW")),
        key("RSA-OAEP"),
    )
    message = good("jwe", "encrypt", "--key", one_public, "--key", two_public, feed="together")
    assert message.count(b'"kid"') == 2
    for path, opens in ((one, True), (two, True), (other, False)):
        pem = tmp_path / "nameless.pem"
        pem.write_bytes(good("jwk", "convert", "--to", "pem", path))
        if opens:
            assert good("jwe", "decrypt", "--key", pem, feed=message) == b"together"
        else:
            bad(1, "jwe", "decrypt", "--key", pem, feed=message, told="cannot be decrypted")


def test_a_named_algorithm_is_the_only_one(key):
    private, public = key("ES256")
    token = good("jws", "sign", "--key", private, feed="a")
    bad(1, "jws", "verify", "--key", public, "--alg", "RS256", feed=token)
    bad(2, "jws", "verify", "--key", public, "--alg", "none", feed=token, told="not an algorithm")


def test_the_keys_of_several_files(key):
    """A second --key is not left out silently."""
    (_, one), (two, two_public), (three, three_public) = key("RS256"), key("ES256"), key("A256KW")
    token = good("jws", "sign", "--key", two, feed="a")
    for keys in ((one, two_public), (two_public, one)):
        assert good("jws", "verify", "--key", keys[0], "--key", keys[1], feed=token) == b"a"
    token = good("jwt", "sign", "--key", two, "--issuer", "i", "--audience", "a")
    good("jwt", "verify", "--key", two_public, "--key", one, "--issuer", "i", "--audience", "a", feed=token)
    message = good("jwe", "encrypt", "--key", three_public, feed="a")
    other, _ = key("A128KW")
    assert good("jwe", "decrypt", "--key", three, "--key", other, feed=message) == b"a"


def test_a_public_key_in_the_place_of_the_private_one(key):
    bad(1, "jws", "sign", "--key", key("ES256")[1], feed="a", told="private half")
    bad(1, "jwt", "sign", "--key", key("RS256")[1], told="private half")
    message = good("jwe", "encrypt", "--key", key("ECDH-ES")[1], feed="a")
    bad(1, "jwe", "decrypt", "--key", key("RSA-OAEP")[1], feed=message, told="private half")


def test_a_key_that_does_not_fit_is_told_so(key):
    token = good("jws", "sign", "--key", key("ES256")[0], feed="a")
    _, other = key("RS256")
    bad(1, "jws", "verify", "--key", other, feed=token, told="no key fits")
    bad(1, "jwt", "verify", "--key", other, "--issuer", "i", "--audience", "a", feed=token, told="no key fits")
    bad(1, "jws", "sign", "--key", key("RSA-OAEP")[0], feed="a", told="jwk inspect")
    bad(2, "jwk", "generate", "--alg", "RS256", "--bits", "1024", told="2048")


# ---- encryption ----


@pytest.mark.parametrize("alg", WAYS)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_is_encrypted_is_decrypted(key, alg, form):
    private, public = key(alg)
    content = bytes(range(256))
    message = good("jwe", "encrypt", "--key", public, *form, feed=content)
    assert good("jwe", "decrypt", "--key", private, feed=message) == content
    if public != private:
        bad(1, "jwe", "decrypt", "--key", public, feed=message)


def test_several_may_read_the_same(key):
    (one, one_public), (two, two_public), (other, _) = key("RSA-OAEP-256"), key("ECDH-ES+A256KW"), key("A128KW")
    message = good("jwe", "encrypt", "--key", one_public, "--key", two_public, feed="secret")
    assert len(json.loads(message)["recipients"]) == 2
    for private in (one, two):
        assert good("jwe", "decrypt", "--key", private, feed=message) == b"secret"
    bad(1, "jwe", "decrypt", "--key", other, feed=message)
    told = good("jwe", "inspect", feed=message).decode()
    assert "recipient 2" in told and "RSA-OAEP-256" in told and "ECDH-ES+A256KW" in told
    # A key that is agreed upon directly can be shared with nobody.
    bad(2, "jwe", "encrypt", "--key", one_public, "--key", key("ECDH-ES")[1], feed="secret")


def test_the_header_of_what_is_encrypted(key):
    message = good("jwe", "encrypt", "--key", key("dir")[0], "--type", "x", feed="secret")
    told = good("jwe", "inspect", feed=message).decode()
    assert '"alg": "dir"' in told and '"enc": "A256GCM"' in told and "ciphertext 8 characters" in told
    bad(1, "jws", "inspect", feed=message, told="3 parts")


def test_what_a_header_says_cannot_steer_a_terminal():
    header = json.dumps({"alg": "RS256", "kid": "\x7f\x1b[2J"}, ensure_ascii=False).replace("\\u001b", "\x1b")
    header = header.replace("\x1b", "\\u001b").encode()
    message = base64.urlsafe_b64encode(header).rstrip(b"=") + b".e30.AA"
    told = good("jws", "inspect", feed=message)
    assert b"\x1b" not in told and b"\x7f" not in told


def rounds_of(message):
    header = message.split(b".")[0]
    return json.loads(base64.urlsafe_b64decode(header + b"=" * (-len(header) % 4)))["p2c"]


def test_rounds_of_a_password(tmp_path):
    password = tmp_path / "password"
    password.write_text("correct horse battery staple\n")
    encrypt = ("jwe", "encrypt", "--password-file", password)
    assert rounds_of(good(*encrypt, feed="secret")) == 300_000
    message = good(*encrypt, "--rounds", "10000", feed="secret")
    assert rounds_of(message) == 10_000
    assert good("jwe", "decrypt", "--password-file", password, feed=message) == b"secret"
    for wrong in ("999", "1000001", "-1", "many"):
        bad(2, *encrypt, "--rounds", wrong, feed="secret", told="--rounds")


def test_a_password(key, tmp_path):
    password, wrong = tmp_path / "password", tmp_path / "wrong"
    password.write_text("correct horse battery staple\n")
    wrong.write_text("incorrect horse battery staple\n")
    message = good("jwe", "encrypt", "--password-file", password, feed="secret")
    assert good("jwe", "decrypt", "--password-file", password, feed=message) == b"secret"
    bad(1, "jwe", "decrypt", "--password-file", wrong, feed=message, told="cannot be decrypted")
    for alg in ("PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"):
        how = ("jwe", "encrypt", "--password-file", password, "--alg", alg, "--json")
        message = good(*how, feed="secret")
        assert good("jwe", "decrypt", "--password-file", password, feed=message) == b"secret"
        bad(1, "jwe", "decrypt", "--password-file", wrong, feed=message, told="cannot be decrypted")
    message = good("jwe", "encrypt", "--key", key("A256KW")[0], feed="secret")
    bad(1, "jwe", "decrypt", "--password-file", password, feed=message, told="with a password")
    bad(2, "jwe", "encrypt", feed="a", told="--password-file")


def test_compressed_content_wants_a_ceiling(key):
    private, public = key("A256KW")
    message = good("jwe", "encrypt", "--key", public, "--deflate", feed=b"a" * 10000)
    bad(1, "jwe", "decrypt", "--key", private, feed=message, told="compressed")
    bad(1, "jwe", "decrypt", "--key", private, "--inflate-max", "9999", feed=message)
    assert good("jwe", "decrypt", "--key", private, "--inflate-max", "10000", feed=message) == b"a" * 10000


def test_what_other_forms_have_no_place_for(key):
    one, two = key("RS256")[0], key("ES256")[0]
    several = good("jws", "sign", "--key", one, "--key", two, feed="a")
    again = good("jws", "format", "--to", "general", feed=several)
    assert json.loads(again) == json.loads(several)
    for form in ("compact", "json"):
        bad(1, "jws", "format", "--to", form, feed=several, told="general")
    flat = json.loads(good("jws", "sign", "--json", "--key", one, feed="a"))
    bad(1, "jws", "format", "--to", "compact", feed=json.dumps({**flat, "header": {"x": 1}}), told="not protected")
    kept = json.loads(good("jws", "format", "--to", "general", feed=json.dumps({**flat, "header": {"x": 1}})))
    assert kept["signatures"][0]["header"] == {"x": 1}
    bad(1, "jws", "format", "--to", "compact", feed=json.dumps({**flat, "payload": "e30.e30"}), told='"payload"')
    bad(1, "jws", "format", "--to", "json", feed='{"payload":"","signatures":[]}', told="no signatures")
    bad(1, "jws", "format", "--to", "json", feed='{"payload":1}', told='"payload"')
    bad(2, "jws", "format", feed="a.b.c", told="--to")
    bad(2, "jws", "format", "--to", "xml", feed="a.b.c", told="--to")
    letter = good("jwe", "encrypt", "--key", key("dir")[0], feed="a")
    assert "encrypted_key" not in json.loads(good("jwe", "format", "--to", "json", feed=letter))
    bad(1, "jwe", "format", "--to", "compact", feed='{"aad":"AA","ciphertext":"AA"}', told="not protected")


def test_what_is_empty_keeps_its_place_in_another_form(key):
    """An empty payload is none that is detached, and a JWE always has its ciphertext (RFC 7516 §7.2.1)."""
    mac, wrap = key("HS256")[0], key("A256KW")[0]
    flat = good("jws", "sign", "--json", "--key", mac)
    general = good("jws", "format", "--to", "general", feed=flat)
    assert good("jws", "verify", "--key", mac, feed=general) == b""
    detached = good("jws", "sign", "--json", "--detached", "--key", mac, feed="a")
    assert "payload" not in json.loads(good("jws", "format", "--to", "general", feed=detached))
    for how in ((), ("--json",)):
        letter = good("jwe", "encrypt", "--key", wrap, *how)
        assert json.loads(good("jwe", "format", "--to", "json", feed=letter))["ciphertext"] == ""


def test_base64url():
    assert good("base64url", "encode", feed=b"\xfb\xff") == b"-_8\n"
    assert good("base64url", "decode", feed="-_8\r\n") == b"\xfb\xff"
    assert good("base64url", "decode", feed="") == b"" and good("base64url", "encode", feed="") == b"\n"
    for wrong in ("-_8=", "+/8", "-_9", "-_ 8", "-", "\u00e9"):
        bad(1, "base64url", "decode", feed=wrong, told="strict")
