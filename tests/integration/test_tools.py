"""The tools for the shell: ostiary jwk, jws, jwt and jwe, one by one and in pipes."""

import base64
import json
import os
import re
import resource
import signal
import subprocess
import time

import pytest
from peers import PROJECT
from programs import provider_program

SIGNATURES = "RS256 PS256 ES256 ES384 ES512 ES256K EdDSA HS256 HS384 HS512".split()
WAYS = "RSA-OAEP RSA-OAEP-256 ECDH-ES ECDH-ES+A256KW A128KW A192KW A256KW A128GCMKW A256GCMKW dir".split()


def run(*arguments, feed=b""):
    feed = feed.encode() if isinstance(feed, str) else feed
    return subprocess.run(
        [str(provider_program()), *map(str, arguments)], input=feed, capture_output=True, timeout=60
    )


def good(*arguments, feed=b""):
    done = run(*arguments, feed=feed)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


def bad(status, *arguments, feed=b"", told=""):
    done = run(*arguments, feed=feed)
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stdout == b""
    assert done.stderr.startswith(b"ostiary: ") and told in done.stderr.decode(), done.stderr
    return done.stderr.decode()


@pytest.fixture
def key(tmp_path):
    """Makes keys of an algorithm; gives the file of the private and of the public one."""

    def make(alg, *options):
        private, public = tmp_path / f"{alg}.jwk", tmp_path / f"{alg}.public.jwk"
        good("jwk", "generate", "--alg", alg, "--output", private, *options)
        assert os.stat(private).st_mode & 0o777 == 0o600
        if json.loads(private.read_text())["kty"] == "oct":
            return private, private
        good("jwk", "public", private, "--output", public)
        return private, public

    return make


# ---- keys ----


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
    assert [kind for kind, _ in lines] == ["signature"] * 14 + ["key"] * 16 + ["content"] * 6
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
    bad(2, "jws", "verify", "--key", public, "--alg", "none", feed=token, told="no algorithm")


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


# ---- tokens ----


def test_the_claims_of_a_file(key):
    private, public = key("ES256")
    rules = ("--key", public, "--issuer", "i", "--audience", "a")
    given = {"sub": "alice", "iss": "of the file", "groups": ["x", {"y": 1.5}], "exp": 100, "iat": 90}
    sign = ("jwt", "sign", "--key", private, "--claims", "-", "--issuer", "i", "--audience", "a")
    token = good(*sign, feed=json.dumps(given))
    claims = json.loads(good("jwt", "verify", *rules, "--now", "95", feed=token))
    assert claims == {**given, "iss": "i", "aud": "a"}
    # What was verified can be signed again, for as long as is asked for.
    again = good(*sign, "--expires", "1h", "--claim", "sub=bob", feed=json.dumps(claims))
    claims = json.loads(good("jwt", "verify", *rules, feed=again))
    assert claims["sub"] == "bob" and claims["groups"] == given["groups"] and claims["exp"] - claims["iat"] == 3600
    for broken in ("", "[]", '{"a":1,"a":2}', '{"a":', "x" * 2_000_000):
        bad(1, *sign, feed=broken)
    bad(1, *sign[:4], "--claims", "/nonexistent", told="/nonexistent")
    many = {f"n{i}": i for i in range(70)}
    bad(2, *sign, feed=json.dumps(many), told="64")


def test_an_id_for_a_token(key):
    private, public = key("ES256")
    sign = ("jwt", "sign", "--key", private, "--issuer", "i", "--audience", "a", "--subject", "s", "--claim", "client_id=c")
    rules = ("--key", public, "--issuer", "i", "--audience", "a", "--access-token-profile")
    ids = set()
    for _ in range(3):
        token = good(*sign, "--type", "at+jwt", "--jti")
        ids.add(json.loads(good("jwt", "verify", *rules, feed=token))["jti"])
    assert len(ids) == 3 and {len(i) for i in ids} == {22}
    assert json.loads(good("jwt", "verify", *rules, feed=good(*sign, "--type", "at+jwt", "--jti=own")))["jti"] == "own"


def test_times_and_algorithms_of_verification(key):
    private, public = key("RS256")
    token = good("jwt", "sign", "--key", private, "--claims", "-", "--issuer", "i", "--audience", "a", feed='{"exp":100,"iat":1}')
    rules = ("jwt", "verify", "--key", public, "--issuer", "i", "--audience", "a")
    good(*rules, "--now", "129", feed=token)
    bad(1, *rules, "--now", "130", feed=token, told="expired")
    bad(1, *rules, "--now", "100", "--leeway", "0", feed=token, told="expired")
    good(*rules, "--now", "99", "--leeway", "0", feed=token)
    good(*rules, "--now", "399", "--leeway", "300", feed=token)
    good(*rules, "--now", "9", "--alg", "PS256", "--alg", "RS256", feed=token)
    bad(1, *rules, "--now", "9", "--alg", "PS256", feed=token, told="RS256")
    bad(2, *rules, "--alg", "none", feed=token, told="no algorithm")
    bad(2, *rules, "--leeway", "-1", feed=token, told="--leeway")


def test_a_token_is_made_and_verified(key):
    private, public = key("RS256")
    token = good(
        *("jwt", "sign", "--key", private, "--issuer", "https://issuer", "--subject", "alice"),
        *("--audience", "api", "--audience", "other", "--expires", "1h"),
        *("--claim", "scope=read write", "--claim-json", 'realm_access={"roles":["user"]}'),
    )
    rules = ("--key", public, "--issuer", "https://issuer", "--audience", "api")
    claims = json.loads(good("jwt", "verify", *rules, feed=token))
    assert claims["sub"] == "alice" and claims["aud"] == ["api", "other"]
    assert claims["scope"] == "read write" and claims["realm_access"] == {"roles": ["user"]}
    assert abs(claims["exp"] - time.time() - 3600) < 30
    bad(1, "jwt", "verify", *rules[:-1], "elsewhere", feed=token, told="audience")
    bad(1, "jwt", "verify", *rules[:2], "--issuer", "https://issuer/", "--audience", "api", feed=token, told="issuer")
    bad(2, "jwt", "verify", "--key", public, "--issuer", "https://issuer", feed=token, told="audience")
    bad(1, "jwt", "verify", *rules, "--access-token-profile", feed=token, told="at+jwt")


def test_an_expired_token(key):
    private, public = key("EdDSA")
    token = good("jwt", "sign", "--key", private, "--issuer", "i", "--audience", "a", "--claim-json", "nbf=1", "--expires", "0")
    claims = json.loads(good("jwt", "verify", "--key", public, "--issuer", "i", "--audience", "a", feed=token))
    assert claims["exp"] - claims["iat"] == 0  # within the leeway
    bad(2, "jwt", "sign", "--key", private, "--expires", "soon", told="duration")
    bad(2, "jwt", "sign", "--key", private, "--claim-json", "exp=1", told="twice")
    bad(2, "jwt", "sign", "--key", private, "--claim-json", "a={", told="not JSON")
    bad(2, "jwt", "sign", "--key", private, "--claim", "a", told="NAME=VALUE")


def test_a_nested_token_in_a_pipe(key):
    signing, verifying = key("ES256")
    decrypting, encrypting = key("ECDH-ES+A128KW")
    token = good("jwt", "sign", "--key", signing, "--issuer", "i", "--audience", "a", "--subject", "alice")
    sealed = good("jwe", "encrypt", "--key", encrypting, "--content-type", "JWT", feed=token)
    rules = ("--key", verifying, "--issuer", "i", "--audience", "a")
    claims = json.loads(good("jwt", "verify", *rules, "--decryption-key", decrypting, feed=sealed))
    assert claims["sub"] == "alice"
    assert good("jwe", "decrypt", "--key", decrypting, feed=sealed) == token.strip()
    bad(1, "jwt", "verify", *rules, feed=sealed)


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


# ---- what goes wrong ----


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
        bad(1, *asked, file, feed="e30.e30.AA", told="no JWK Set")
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


def test_help_of_one_group():
    for group, count in (("jwk", 7), ("jws", 4), ("token", 2), ("base64url", 2)):
        shown = good(group, "--help").decode()
        assert len(re.findall(r"^  [a-z]", shown, re.MULTILINE)) == count == shown.count(f"\n  {group} ")
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
