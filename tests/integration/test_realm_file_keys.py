# SPDX-License-Identifier: Apache-2.0
"""P3 and P25: the keys of realm files."""

import base64
import contextlib
import datetime
import json
import sqlite3
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from realm_imports import ANN, SHOP, exported, importing, log_in, realm_of, run  # noqa: F401, F811  (fixtures)
from rsa_keys import rsa_key
from waiting import until
from web import unverified_token


# ---- P25: keys that not everybody can read ----


def pkcs8(name):
    """A new private key, by the means of its own curve."""
    algorithm = ["-algorithm", name] if name[:2] in ("Ed", "RS") else ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{name}"]
    return base64.b64encode(subprocess.run(["openssl", "genpkey", *algorithm, "-outform", "DER"], capture_output=True, check=True).stdout).decode()


def test_p25_a_key_that_spoils_the_set_for_some_is_told(importing):
    def component(name, curve):
        kind = "eddsa" if curve.startswith("Ed") else "ecdsa"
        config = {f"{kind}PrivateKey": [pkcs8(curve)], f"{kind}EllipticCurveKey": [curve]}
        return {"name": name, "providerId": f"{kind}-generated", "config": config}

    usual = [component(curve, curve) for curve in ("Ed25519", "P-256", "P-384")]
    keys = [*usual, component("rare", "Ed448"), component("long", "P-521")]
    file = {"realm": "x", "components": {"org.keycloak.keys.KeyProvider": keys}}
    done, report = importing(file, "--dry-run", "--strict")
    assert done.returncode == 0, done.stderr
    told = {one["path"]: one["warning"] for one in report[0]["warnings"]}
    assert sorted(told) == [f"components.org.keycloak.keys.KeyProvider[{at}]" for at in (3, 4)]
    for word, (_, warning) in zip(("curve", "algorithm"), sorted(told.items())):
        assert f"know its {word}" in warning and "key set" in warning
    done, report = importing({**file, "components": {"org.keycloak.keys.KeyProvider": usual}})
    assert done.returncode == 0 and report[0]["warnings"] == []


# ---- P3: keys of a file ----


def kids(realm):
    return {key["kid"]: key["alg"] for key in realm.certs().json()["keys"]}


def test_p3_keys_move_with_the_realm(tmp_path, importing, new_provider):
    done, _ = importing({"realm": "x", "enabled": True, "clients": [SHOP], "users": [ANN]})
    assert done.returncode == 0, done.stderr
    assert run("key", "rotate", "--realm", "x", "--alg", "ES256", "--delay", "0", "--data", tmp_path / "data").returncode == 0
    (tmp_path / "moved").mkdir()
    file = tmp_path / "moved" / "x-realm.json"
    file.write_text(json.dumps(exported(tmp_path)))
    components = json.loads(file.read_text())["components"]["org.keycloak.keys.KeyProvider"]
    assert sorted(one["providerId"] for one in components) == ["ecdsa-generated", "hmac-generated", "rsa", "rsa-enc"]
    first = new_provider([], ["--data", tmp_path / "data"])
    second = new_provider([file])
    assert kids(first.realm("x")) == kids(second.realm("x"))
    assert {"RS256", "ES256", "RSA-OAEP"} == set(kids(second.realm("x")).values())
    token = log_in(first.realm("x")).json()["refresh_token"]
    assert log_in(second.realm("x")).status == 200
    assert unverified_token(token)[0]["kid"] == unverified_token(log_in(second.realm("x")).json()["refresh_token"])[0]["kid"]


@pytest.mark.parametrize("members, access, identity", [
    ({"defaultSignatureAlgorithm": "ES256"}, "ES256", "ES256"),
    ({"clients": [{**SHOP, "attributes": {"access.token.signed.response.alg": "PS256"}}]}, "PS256", "RS256"),
    ({"clients": [{**SHOP, "attributes": {"id.token.signed.response.alg": "EdDSA"}}]}, "RS256", "EdDSA"),
])
def test_p3_tokens_are_signed_by_the_algorithm_that_the_file_names(realm_of, members, access, identity):
    realm, _ = realm_of(**members)
    answer = log_in(realm).json()
    for token, alg in ((answer["access_token"], access), (answer["id_token"], identity)):
        header = unverified_token(token)[0]
        assert header["alg"] == alg and kids(realm)[header["kid"]] == alg
    assert realm.userinfo(answer["access_token"]).status == 200
    assert {access, identity} <= set(realm.discovery().json()["id_token_signing_alg_values_supported"])


def test_p3_an_algorithm_that_nobody_can_verify(importing, realm_of):
    done, _ = importing({"realm": "x", "defaultSignatureAlgorithm": "HS256"})
    assert done.returncode == 1 and "defaultSignatureAlgorithm" in done.stderr
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"id.token.signed.response.alg": "HS256"}}])
    assert log_in(realm).status == 400


def test_p3_a_key_that_cannot_be_used_is_told_with_its_path(importing):
    broken = {"name": "r", "providerId": "rsa", "config": {"privateKey": ["AAAA"]}}
    done, _ = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [broken]}})
    assert done.returncode == 1 and "KeyProvider[0]" in done.stderr
    masked = {"name": "r", "providerId": "rsa-generated", "config": {"privateKey": ["**********"]}}
    done, _ = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [masked]}})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("form", ["lines", "one line", "bare lines", "old label"])
def test_p3_a_key_stands_as_it_was_typed(realm_of, form):
    """Keycloak exports what an administrator has pasted: PEM, whole or in one line, or its middle with line breaks."""
    key = rsa_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    since = datetime.datetime(2015, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, since, since + datetime.timedelta(3650)).sign(key, hashes.SHA256())
    layout = serialization.PrivateFormat.TraditionalOpenSSL if form == "old label" else serialization.PrivateFormat.PKCS8
    texts = [
        key.private_bytes(serialization.Encoding.PEM, layout, serialization.NoEncryption()).decode(),
        made.public_bytes(serialization.Encoding.PEM).decode(),
    ]
    if form == "one line":
        texts = [text.replace("\n", "") for text in texts]
    if form == "bare lines":
        texts = ["\r\n".join(text.splitlines()[1:-1]) for text in texts]
    config = {"privateKey": [texts[0]], "certificate": [texts[1]], "priority": ["200"], "algorithm": ["RS256"]}
    component = {"name": "own", "providerId": "rsa", "config": config}
    realm, _ = realm_of(components={"org.keycloak.keys.KeyProvider": [component]})
    (published,) = [one for one in realm.certs().json()["keys"] if one["alg"] == "RS256"]
    assert int.from_bytes(base64.urlsafe_b64decode(published["n"] + "=="), "big") == key.public_key().public_numbers().n
    der = made.public_bytes(serialization.Encoding.DER)
    assert published["x5c"] == [base64.b64encode(der).decode()]
    assert unverified_token(log_in(realm).json()["access_token"])[0]["kid"] == published["kid"]


@pytest.mark.parametrize("component, words", [
    ({"name": "e", "providerId": "ecdh-generated", "config": {"ecdhEllipticCurveKey": ["P-256"]}}, "no keys of such a provider"),
    ({"name": "s", "providerId": "java-keystore", "config": {"keystore": ["/k.jks"]}}, "no keys of such a provider"),
    ({"name": "o", "providerId": "rsa-enc", "config": {"privateKey": ["AAAA"], "algorithm": ["RSA1_5"]}}, "or algorithm"),
    ({"name": "w", "providerId": "aes-generated", "config": {"secret": ["A" * 43], "algorithm": ["RS256"]}}, "or algorithm"),
    ({"name": "m", "providerId": "hmac-generated", "config": {"secret": ["**********"]}}, "masked"),
])
def test_p3_what_makes_no_key_is_told_and_kept(tmp_path, importing, component, words):
    done, report = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [component]}})
    assert done.returncode == 0, done.stderr
    (warning,) = report[0]["warnings"]
    assert warning["path"] == "components.org.keycloak.keys.KeyProvider[0]" and words in warning["warning"]
    kept = [one["providerId"] for one in exported(tmp_path)["components"]["org.keycloak.keys.KeyProvider"]]
    assert component["providerId"] in kept


@pytest.mark.parametrize("kind, settings, published", [
    ("rsa-generated", {"keyUse": "enc"}, ("enc", "RSA-OAEP")),  # how Keycloak 12 and 13 export a realm
    ("rsa", {"keyUse": "ENC"}, ("enc", "RSA-OAEP")),
    ("rsa-generated", {"keyUse": "enc", "algorithm": "RS256"}, ("enc", "RSA-OAEP")),
    ("rsa-generated", {"keyUse": "enc", "algorithm": "RSA-OAEP-256"}, ("enc", "RSA-OAEP-256")),
    ("rsa-generated", {"algorithm": "RSA-OAEP"}, ("enc", "RSA-OAEP")),
    ("rsa-enc", {"keyUse": "sig"}, ("enc", "RSA-OAEP")),
    ("rsa-enc", {"algorithm": "RS256"}, ("enc", "RSA-OAEP")),
    ("ecdsa-generated", {"keyUse": "enc"}, ("sig", "ES256")),
])
def test_p3_a_key_for_encryption_is_one_whatever_its_algorithm_is_called(realm_of, kind, settings, published):
    """Such a realm was imported, and no provider started with it."""
    material = {"ecdsaPrivateKey": pkcs8("P-256")} if kind.startswith("ecdsa") else {"privateKey": pkcs8("RSA")}
    config = {name: [value] for name, value in {**material, **settings, "kid": "own", "priority": "100"}.items()}
    realm, _ = realm_of(components={"org.keycloak.keys.KeyProvider": [{"name": "k", "providerId": kind, "config": config}]})
    (own,) = [key for key in realm.certs().json()["keys"] if key["kid"] == "own"]
    assert (own["use"], own["alg"]) == published
    header = unverified_token(log_in(realm).json()["access_token"])[0]
    assert header["alg"] == "RS256" and header["kid"] != "own"


def test_a_realm_that_cannot_be_loaded_is_told(realm_of):
    """Beside it everything stays as it was, and what is changed afterwards waits."""
    _, provider = realm_of()
    with contextlib.closing(sqlite3.connect(provider.data / "ostiary.db")) as store, store:
        (whole,) = store.execute("SELECT document FROM realm WHERE name = 'x'").fetchone()
        store.execute("UPDATE realm SET document = '{', version = version + 1 WHERE name = 'x'")
    until(lambda: "loading realms fails: realm x: " in provider.log.read_text(), provider.log_tail)
    assert provider.realm("x").discovery().status == 200
    with contextlib.closing(sqlite3.connect(provider.data / "ostiary.db")) as store, store:
        store.execute("UPDATE realm SET document = ?, version = version + 1 WHERE name = 'x'", (whole,))
    until(lambda: "loading realms works again" in provider.log.read_text(), provider.log_tail)
    assert provider.log.read_text().count("loading realms") == 2


# What Keycloak 24.0.5 and 26.7.3 make of components that bring no key: algorithm, use, size or curve, what they say.
GENERATED = [
    ("rsa-generated", {}, ("RS256", 2048)),
    ("rsa-generated", {"algorithm": "PS256", "keySize": "4096", "priority": "-7", "active": "false"}, ("PS256", 4096)),
    ("rsa-enc-generated", {}, ("RSA-OAEP", 2048)),
    ("rsa-enc-generated", {"algorithm": "RSA-OAEP-256", "enabled": "false"}, ("RSA-OAEP-256", 2048)),
    ("ecdsa-generated", {}, ("ES256", "secp256r1")),
    ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-384"}, ("ES384", "secp384r1")),
    ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-521"}, ("ES512", "secp521r1")),
    ("eddsa-generated", {}, ("EdDSA", 32)),
    ("eddsa-generated", {"eddsaEllipticCurveKey": "Ed448", "priority": "300"}, ("EdDSA", 57)),
    ("hmac-generated", {}, ("HS256", 64)),
    ("hmac-generated", {"algorithm": "HS384", "secretSize": "128"}, ("HS384", 128)),
    ("hmac-generated", {"algorithm": "HS512", "secretSize": "512"}, ("HS512", 512)),
    ("aes-generated", {}, ("AES", 16)),
    ("aes-generated", {"secretSize": "32"}, ("AES", 32)),
]


def measure(config):
    """The size of an exported key, or its curve."""
    (material,) = next(value for name, value in config.items() if name.endswith("rivateKey") or name == "secret")
    if "secret" in config:
        return len(base64.urlsafe_b64decode(material + "=="))
    key = serialization.load_der_private_key(base64.b64decode(material), None)
    if hasattr(key, "curve"):
        return key.curve.name
    if hasattr(key, "key_size"):
        return key.key_size
    return len(key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def generated_file():
    components = [
        {"name": f"key-{number}", "providerId": kind, "subComponents": {}, "config": {name: [value] for name, value in config.items()}}
        for number, (kind, config, _) in enumerate(GENERATED)
    ]
    return {"realm": "x", "enabled": True, "components": {"org.keycloak.keys.KeyProvider": components}}


def test_p3_a_component_without_a_key_makes_one_as_its_settings_say(tmp_path, importing):
    done, _ = importing(generated_file())
    assert done.returncode == 0, done.stderr
    made = {one["name"]: one for one in exported(tmp_path)["components"]["org.keycloak.keys.KeyProvider"]}
    assert len(made) == len(GENERATED)
    for number, (kind, config, (algorithm, size)) in enumerate(GENERATED):
        one = made[f"key-{number}"]
        assert (one["providerId"], measure(one["config"])) == (kind, size)
        assert config.items() <= {name: value[0] for name, value in one["config"].items()}.items()
    listed = json.loads(run("key", "list", "--realm", "x", "--json", "--data", tmp_path / "data").stdout)
    assert sorted(key["algorithm"] for key in listed) == sorted(algorithm for *_, (algorithm, _) in GENERATED)
    # The same file again: what it has made is there.
    before = exported(tmp_path)
    done, _ = importing(generated_file(), "--replace")
    assert done.returncode == 0, done.stderr
    assert exported(tmp_path)["components"] == before["components"]


def test_p3_keys_that_a_file_does_not_name_stand_behind_its_own(tmp_path, importing):
    resting = {"name": "resting", "providerId": "rsa-generated", "config": {"active": ["false"], "priority": ["5"]}}
    done, _ = importing({"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [resting]}})
    assert done.returncode == 0, done.stderr
    made = {one["name"]: one["config"].get("priority") for one in exported(tmp_path)["components"]["org.keycloak.keys.KeyProvider"]}
    assert made == {"resting": ["5"], "fallback-RS256": ["-100"], "fallback-RSA-OAEP": ["-100"], "fallback-HS512": ["-100"]}


@pytest.mark.parametrize("kind, config, why", [
    ("eddsa-generated", {"eddsaEllipticCurveKey": ["Ed1"]}, "'Elliptic Curve' should be"),
    ("rsa-generated", {"keySize": ["1024"]}, "'Key size' should be 2048"),
    ("hmac-generated", {"secretSize": ["17"]}, "'Secret size' should be"),
    ("rsa-enc-generated", {"algorithm": ["RS256"]}, "'Algorithm' should be"),
    ("ecdsa-generated", {"priority": ["high"]}, "'Priority' should be a number"),
    ("rsa", {}, "'Private RSA Key' is required"),
])
def test_p3_settings_that_make_no_key_are_refused_with_their_path(importing, kind, config, why):
    good = {"name": "good", "providerId": "aes-generated", "config": {}}
    file = {"realm": "x", "components": {"org.keycloak.keys.KeyProvider": [good, {"name": "k", "providerId": kind, "config": config}]}}
    done, _ = importing(file)
    assert done.returncode == 1 and "KeyProvider[1]" in done.stderr and why in done.stderr


def test_an_old_realms_own_key_signs(realm_of, tmp_path):
    def pair():
        key = rsa_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
        now = datetime.datetime(2015, 1, 1)
        made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + datetime.timedelta(3650)).sign(key, hashes.SHA256())
        der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        return key, base64.b64encode(der).decode(), base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()

    key, private, certificate = pair()
    realm, _ = realm_of(privateKey=private, certificate=certificate, publicKey="ignored", codeSecret="ignored")
    answer = log_in(realm).json()
    (published,) = [one for one in realm.certs().json()["keys"] if one["alg"] == "RS256"]
    assert unverified_token(answer["access_token"])[0]["kid"] == published["kid"]
    assert int.from_bytes(base64.urlsafe_b64decode(published["n"] + "=="), "big") == key.public_key().public_numbers().n
    assert published["x5c"] == [certificate]


def test_an_old_realms_own_key_counts_without_keys_in_components_alone(tmp_path, importing):
    component = {"name": "own", "providerId": "ecdsa-generated", "config": {}}
    file = {"realm": "x", "privateKey": pkcs8("RSA"), "components": {"org.keycloak.keys.KeyProvider": [component]}}
    assert importing(file)[0].returncode == 0
    made = exported(tmp_path)
    names = {one["name"] for one in made["components"]["org.keycloak.keys.KeyProvider"]}
    assert names == {"own", "fallback-RS256", "fallback-RSA-OAEP", "fallback-HS512"} and "privateKey" not in made
    done, _ = importing({"realm": "y", "privateKey": "AAAA"})
    assert done.returncode == 1 and "the key cannot be used" in done.stderr


def test_an_old_realms_own_key_that_is_too_weak_is_left_out(tmp_path, importing):
    weak = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    done, report = importing({"realm": "x", "privateKey": base64.b64encode(weak).decode()})
    assert done.returncode == 0, done.stderr
    assert [(warning["path"], "too weak" in warning["warning"]) for warning in report[0]["warnings"]] == [("privateKey", True)]
    made = exported(tmp_path)
    keys = {one["name"]: one["config"] for one in made["components"]["org.keycloak.keys.KeyProvider"]}
    assert "rsa" not in keys and "privateKey" not in made and len(keys) == 3
