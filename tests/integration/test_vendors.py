# SPDX-License-Identifier: Apache-2.0
"""The presets of docs/usage/vendors.md, as they stand there, against what the vendors serve."""

import base64
import datetime
import hashlib
import re
import shlex
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from peers import PROJECT, free_port
from programs import Program, items_api_program
from signer import EcSigner, RsaSigner, b64
from vendor_shapes import CERTIFICATE, LOGIN, PERSONAL, TENANT, all_shapes, apple_shape, claims_of
from vendor_world import VendorWorld
from waiting import PATIENCE
from web import Browser

SHAPES = all_shapes()
GUIDE = (PROJECT / "docs" / "usage" / "vendors.md").read_text()
PRESETS = dict(re.findall(r"^### (.+?)\n.*?```sh\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL))
# What stands in a set beside the keys of signatures, here and there.
ODD_KEYS = 2
LEFT_OUT = 2


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    hosts = {url.split("/")[2].split(":")[0] for s in [*SHAPES, apple_shape()] for url in (s.discovery, s.jwks) if url}
    with VendorWorld(tmp_path_factory.mktemp("world"), sorted(hosts)) as running:
        yield running


def certificate_of(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "items.example.org")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def jwk_of(signer, members):
    """With a certificate of its own, and its thumbprint, where the vendor has them."""
    jwk = {**signer.jwk(), **members}
    if jwk.get("x5c") != [CERTIFICATE]:
        return jwk
    der = certificate_of(signer.private)
    return {**jwk, "x5c": [base64.b64encode(der).decode()], "x5t": b64(hashlib.sha1(der).digest())}


def odd_keys():
    """Two that verify nothing here, two that are of no kind that is known or of no use."""
    encryption = RsaSigner("encryption")
    return [
        encryption.jwk(use="enc", alg="RSA-OAEP-256"),
        EcSigner("second").jwk(x5t="AAAA", extra={"a": [None]}),
        {"kty": "AKP", "kid": "later", "alg": "ML-DSA-65", "pub": "AAAA"},
        {"kty": "RSA", "kid": "broken", "n": "AQ", "e": "AQAB"},
    ]


def signer_of(shape):
    kid = shape.key.get("kid", "nOo3ZDrODXEK1jKWhXslHR_KXEg")
    return EcSigner(kid, shape.curve) if shape.curve else RsaSigner(kid)


def arguments_of(shape):
    text = PRESETS[shape.preset]
    for word, value in shape.words.items():
        text = re.sub(rf"\b{word}\b", value, text)
    assert not re.search(r"\b[A-Z]{3,}\b", re.sub(r"\bOST_\w+", "", text)), text
    return shlex.split(text.replace("\\\n", " "))


def start(world, shape, folder, more=()):
    port = free_port()
    command = [
        *(items_api_program(), "--port", port, *arguments_of(shape), "--ca-file", world.authority),
        *("--proxy", world.proxy, "--insecure-explain", "--log-format", "off", *more),
    ]
    return Program(command, f"http://localhost:{port}/health/live", folder / "api.log")


def state_of(api):
    """Of its issuer, once it is ready or can tell why not."""
    deadline = time.monotonic() + PATIENCE
    while True:
        state = Browser().get(api.ready_url.replace("/live", "/ready")).json()["guard"]["issuers"][0]
        if state["ready"] or "last_error" in state or time.monotonic() > deadline:
            return state
        time.sleep(0.02)


def ask(api, token):
    base = api.ready_url.removesuffix("/health/live")
    return Browser().get(f"{base}/items/", headers={"Authorization": f"Bearer {token}"})


def test_every_preset_has_a_shape():
    assert sorted(PRESETS) == sorted(shape.preset for shape in SHAPES)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.preset)
def test_g12_presets(world, tmp_path, shape):
    signer, forger = signer_of(shape), signer_of(shape)
    keys = [jwk_of(signer, shape.key), *odd_keys(), *shape.neighbours]
    world.put(shape.jwks, {"keys": keys})
    if shape.discovery:
        world.put(shape.discovery, shape.document)
    header = {**{k: v for k, v in signer.header.items()}, **shape.header}
    with start(world, shape, tmp_path) as api:
        state = state_of(api)
        assert state["ready"], state
        assert state["keys"] == 1 + ODD_KEYS - 1  # but the one for encryption
        assert state["keys_left_out"] == LEFT_OUT + shape.left_out
        answer = ask(api, signer.token(header, claims_of(shape)))
        assert answer.status == 200, answer.text
        wrong = {"another audience": {"aud": "other"}, "another issuer": {"iss": "https://id.example.org/"}}
        for what, changes in {**wrong, **shape.refused}.items():
            refused = ask(api, signer.token(header, claims_of(shape, changes)))
            assert refused.status == 401, what
            assert "invalid_token" in refused.header("WWW-Authenticate"), what
        assert ask(api, forger.token(header, claims_of(shape))).status == 401
        expired = {"exp": int(time.time()) - 100}
        assert ask(api, signer.token(header, claims_of(shape, expired))).status == 401
    urls = {re.sub(r"^https://|:\d+(?=/)", "", url) for url in (shape.discovery, shape.jwks) if url}
    assert urls <= set(world.asked)


def test_g12_keys_of_personal_accounts(world, tmp_path):
    """In Entra's set for all tenants: a good signature by a key that is another tenant's alone."""
    shape = next(shape for shape in SHAPES if shape.preset == "Entra ID, several tenants")
    everyone, personal = RsaSigner("everyone"), RsaSigner("personal")
    keys = [
        jwk_of(everyone, shape.key),
        jwk_of(personal, {**shape.key, "issuer": f"{LOGIN}/{PERSONAL}/v2.0"}),
    ]
    world.put(shape.jwks, {"keys": keys})
    world.put(shape.discovery, shape.document)
    home = {"iss": f"{LOGIN}/{PERSONAL}/v2.0", "tid": PERSONAL}
    with start(world, shape, tmp_path, ("--tenant", PERSONAL)) as api:
        assert state_of(api)["ready"]
        assert ask(api, everyone.token(everyone.header, claims_of(shape))).status == 200
        assert ask(api, everyone.token(everyone.header, claims_of(shape, home))).status == 200
        assert ask(api, personal.token(personal.header, claims_of(shape, home))).status == 200
        refused = ask(api, personal.token(personal.header, claims_of(shape, {"tid": TENANT})))
        assert refused.status == 401
        assert "the key signs for issuer" in refused.header("WWW-Authenticate")


def test_g12_what_apple_gives_to_others_opens_nothing(world, tmp_path):
    """Three keys that sign, and ID tokens alone: with a nonce, a hash, or neither."""
    shape = apple_shape()
    signers = [RsaSigner(kid) for kid in ("Sf2lFqwkpX", "pyaRQpAbnY", "T8tIJ1zSrO")]
    world.put(shape.jwks, {"keys": [signer.jwk(**shape.key) for signer in signers]})
    world.put(shape.discovery, shape.document)
    command = ("--issuer", shape.document["issuer"], "--audience", "org.example.items", "--ca-file", world.authority)
    port = free_port()
    command = [items_api_program(), "--port", port, *command, "--proxy", world.proxy, "--insecure-explain"]
    with Program(command, f"http://localhost:{port}/health/live", tmp_path / "api.log") as api:
        state = state_of(api)
        assert state["ready"] and state["keys"] == 3, state
        for changes in ({}, *shape.refused.values()):
            for signer in signers:
                header = {"alg": "RS256", "kid": signer.kid}
                answer = ask(api, signer.token(header, claims_of(shape, changes)))
                assert answer.status == 401 and "another kind of token" in answer.header("WWW-Authenticate"), answer.headers


def test_g13_proxies(world, tmp_path):
    """By option, by the usual variables, and not at all."""
    shape = next(shape for shape in SHAPES if shape.preset == "GitHub Actions")
    signer = signer_of(shape)
    world.put(shape.jwks, {"keys": [jwk_of(signer, shape.key)]})
    world.put(shape.discovery, shape.document)
    host = shape.discovery.split("/")[2]

    def tunnels_of(variables, arguments=()):
        port = free_port()
        command = [items_api_program(), "--port", port, *arguments_of(shape), "--ca-file", world.authority, *arguments]
        before = len(world.tunnels)
        cleared = {name: "" for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")}
        program = Program(command, f"http://localhost:{port}/health/live", tmp_path / "api.log", {**cleared, **variables})
        with program:
            return state_of(program)["ready"], set(world.tunnels[before:])

    tunnel = {f"{host}:443"}
    assert tunnels_of({"HTTPS_PROXY": world.proxy}) == (True, tunnel)
    assert tunnels_of({"https_proxy": world.proxy}) == (True, tunnel)
    assert tunnels_of({"OSTIARY_PROXY": world.proxy, "HTTPS_PROXY": "http://127.0.0.1:1"}) == (True, tunnel)
    assert tunnels_of({"HTTPS_PROXY": "http://127.0.0.1:1"}, ("--proxy", world.proxy)) == (True, tunnel)
    assert tunnels_of({}) == (False, set())
    assert tunnels_of({"https_proxy": world.proxy}, ("--proxy", "")) == (False, set())
    assert tunnels_of({"HTTPS_PROXY": world.proxy, "NO_PROXY": "githubusercontent.com"}) == (False, set())
    assert tunnels_of({"ALL_PROXY": world.proxy, "HTTP_PROXY": world.proxy}) == (False, set())
