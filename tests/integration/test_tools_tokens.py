# SPDX-License-Identifier: Apache-2.0
"""Tokens in the shell: ostiary jwt."""

import json
import time

import pytest

from tools import bad, good, key, run  # noqa: F401  (a fixture)


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
    bad(2, *rules, "--alg", "none", feed=token, told="not an algorithm")
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


def test_g16_what_is_no_key_in_a_set_is_left_out(key, tmp_path):
    private, public = key("ES256")
    whole = {"keys": [{"kty": "AKP", "kid": "later", "pub": "AA"}, json.loads(public.read_text()), {"kty": "RSA"}]}
    keys = tmp_path / "set.jwks"
    keys.write_text(json.dumps(whole))
    claims = json.dumps({"iss": "i", "aud": "a", "exp": int(time.time()) + 60})
    token = good("jws", "sign", "--key", private, "--alg", "ES256", feed=claims)
    for asked in (
        ("jwt", "verify", "--key", keys, "--issuer", "i", "--audience", "a"),
        ("jws", "verify", "--key", keys),
    ):
        done = run(*asked, feed=token)
        assert done.returncode == 0, done.stderr
        assert b"2 keys of the set left out" in done.stderr and b"AKP" in done.stderr
        assert done.stderr.count(b"\n") == 1
    done = run("jwk", "inspect", keys)
    assert done.returncode == 0 and len(json.loads(done.stdout)) == 1 and b"2 keys of the set left out" in done.stderr
    mine = tmp_path / "mine.jwks"
    mine.write_text(json.dumps({"keys": [{"kty": "OKP", "crv": "Later"}, json.loads(private.read_text())]}))
    done = run("jws", "sign", "--key", mine, "--alg", "ES256", feed=claims)
    assert done.returncode == 0 and b"1 key of the set left out" in done.stderr
    keys.write_text(json.dumps({"keys": whole["keys"][::2]}))
    assert "AKP" in bad(1, "jws", "verify", "--key", keys, feed=token)
    keys.write_text(json.dumps(whole))
    bad(1, "jwk", "convert", keys)  # what is written anew is not written in part


def test_g2_keys_of_a_set_share_a_kid_at_the_tools_too(tmp_path):
    """As in a published set: told apart by type and algorithm, a copy counts once."""
    private = {alg: json.loads(good("jwk", "generate", "--alg", alg)) | {"kid": "x"} for alg in ("RS256", "ES256", "ES384")}
    private["other"] = json.loads(good("jwk", "generate", "--alg", "RS256")) | {"kid": "x"}
    public = {alg: json.loads(good("jwk", "public", feed=json.dumps(key))) for alg, key in private.items()}
    file, keys = tmp_path / "key.jwk", tmp_path / "set.jwks"
    claims = json.dumps({"iss": "i", "aud": "a", "exp": int(time.time()) + 60})
    tokens = {}
    for alg in ("RS256", "ES256", "ES384"):
        file.write_text(json.dumps(private[alg]))
        tokens[alg] = good("jws", "sign", "--key", file, "--alg", alg, feed=claims)
    rsa = public["RS256"]
    plain = {name: value for name, value in rsa.items() if name != "alg"}
    for others, alg in (
        ([rsa, rsa], "RS256"),
        ([rsa | {"alg": "PS256"}, rsa | {"alg": "RSA-OAEP", "use": "enc"}, rsa], "RS256"),
        ([plain, rsa], "RS256"),
        ([public["ES256"], public["ES384"]], "ES384"),
        ([rsa, public["other"], public["ES256"]], "ES256"),
    ):
        keys.write_text(json.dumps({"keys": others}))
        assert good("jwt", "verify", "--key", keys, "--issuer", "i", "--audience", "a", feed=tokens[alg])
        assert good("jws", "verify", "--key", keys, feed=tokens[alg])
    keys.write_text(json.dumps({"keys": [rsa, public["other"], public["ES256"]]}))
    bad(1, "jwt", "verify", "--key", keys, "--issuer", "i", "--audience", "a", feed=tokens["RS256"], told="more than one key fits")


@pytest.mark.parametrize(
    "content,told",
    [
        (b'{"keys":[{"kty":"RSA",}]}', "(column 23, in keys[0])"),
        (b'[{"kty":"RSA"}]', "a key set is an object"),
        ('{"keys":[]}'.encode("utf-16"), "this is UTF-16"),
        (b"\x1f\x8b\x08\x00", "this is compressed (gzip)"),
        (b"keys:\n- kty: RSA\n", "this looks like YAML"),
    ],
)
def test_a_file_that_is_no_key_is_told_by_what_it_is(tmp_path, content, told):
    (tmp_path / "keys").write_bytes(content)
    bad(1, "jwk", "inspect", tmp_path / "keys", told=told)


def test_a_byte_order_mark_before_a_key(key, tmp_path):
    private, public = key("ES256")
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbf" + public.read_bytes())
    assert good("jwk", "inspect", tmp_path / "marked")


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
