# SPDX-License-Identifier: Apache-2.0
"""Wycheproof's and the cookbook's vectors (RFC 7520, RFC 8037, RFC 7797) from Python, with the verdicts that the
C library gives them (tests/unit/jose/wycheproof.c says why eight are not Wycheproof's)."""

import json
import os
import pathlib

import pytest

from ostiary import errors, jwe, jwk, jws

VECTORS = pathlib.Path(
    os.environ.get("OSTIARY_VECTORS") or pathlib.Path(__file__).resolve().parents[3] / "shared" / "vectors"
)
DEVIATIONS = {346: False, 347: False, 350: False, 351: False, 367: True, 370: True, 372: False, 373: False}
SIGNATURES = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA HS256 HS384 HS512".split()
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason=f"there are no vectors in {VECTORS}")


def groups(name):
    return json.loads((VECTORS / "wycheproof" / "testvectors_v1" / name).read_text())["testGroups"]


def accepted(call):
    try:
        return call()
    except errors.OstiaryError:
        return None


def test_wycheproofs_signatures():
    wrong, count = [], 0
    for group in groups("json_web_signature_test.json"):
        key = accepted(lambda group=group: jwk.Key.from_jwk(group.get("public") or group["private"]))
        # A key with a kid is chosen by it; Wycheproof means its key whatever the token says.
        for test in group["tests"]:
            count += 1
            verified = key and accepted(lambda: jws.verify(test["jws"], key, algorithms=SIGNATURES))
            if bool(verified) != DEVIATIONS.get(test["tcId"], test["result"] == "valid"):
                wrong.append((test["tcId"], test["comment"]))
    assert wrong == [] and count == 401


def test_wycheproofs_encryption():
    wrong, count = [], 0
    every = ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW", "dir", "ECDH-ES"]
    every += ["ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"]
    for group in groups("json_web_encryption_test.json"):
        key = accepted(lambda group=group: jwk.Key.from_jwk(group["private"]))
        for test in group["tests"]:
            count += 1
            opened = key and accepted(lambda: jwe.decrypt(test["jwe"], key, algorithms=every, inflate_max=4096))
            if bool(opened) != (test["result"] == "valid") or (opened and opened.content.hex() != test["pt"]):
                wrong.append((test["tcId"], test["comment"]))
    assert wrong == [] and count == 139


def cookbook(folder):
    return sorted((VECTORS / "cookbook" / folder).glob("*.json"))


def test_the_cookbooks_keys():
    files = cookbook("jwk")
    for file in files:
        key = jwk.Key.from_jwk(file.read_text())
        document = json.loads(file.read_text())
        assert key.kid == document.get("kid") and key.type == document["kty"]
    assert len(files) == 6


def test_the_cookbooks_signatures():
    forms = 0
    for file in cookbook("jws"):
        example = json.loads(file.read_text())
        keys = example["input"]["key"]
        # One at a time, for two of them share a kid.
        keys = [jwk.Key.from_jwk(key) for key in (keys if isinstance(keys, list) else [keys])]
        payload = example["input"]["payload"].encode()
        for form, text in example["output"].items():
            whole = {"algorithms": SIGNATURES, "insecure_unprotected_alg": True}
            if "detached" in file.name:
                whole["payload"] = payload
            for key in keys:
                if form == "compact":
                    whole.pop("insecure_unprotected_alg")
                    verified = jws.verify(text, key, **whole)
                else:
                    verified = jws.verify_json(json.dumps(text), key, **whole)
                assert verified.payload == payload, file.name
            forms += 1
    assert forms > 15


def test_the_cookbooks_encryption():
    forms = 0
    for file in cookbook("jwe"):
        example = json.loads(file.read_text())
        given = example["input"]
        if "pwd" in given:
            keys = jwk.Key.from_secret(given["pwd"], given["alg"])
        else:
            several = given["key"] if isinstance(given["key"], list) else [given["key"]]
            keys = jwk.KeySet([jwk.Key.from_jwk(key) for key in several])
        for form, text in example["output"].items():
            decrypt = jwe.decrypt if form == "compact" else jwe.decrypt_json
            token = text if form == "compact" else json.dumps(text)
            algorithms = None if "RSA1_5" not in json.dumps(given) else ["RSA1_5", "ECDH-ES+A256KW", "A256GCMKW"]
            opened = decrypt(token, keys, algorithms=algorithms, inflate_max=10_000)
            assert opened.content == given["plaintext"].encode(), (file.name, form)
            forms += 1
    assert forms > 25
