# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/development/attacks.md that lie in the keys: what an issuer publishes, by mistake or
by malice, and signatures by it that are of no good form."""

import time

import pytest
from cryptography.hazmat.primitives import hashes
from fake_provider import FakeProvider
from programs import ItemsApi
from signer import EcSigner, RsaSigner, b64, signing_input, token_of
from test_attacks_api import claims_of, get, refuses
from waiting import until


class Published:
    """A JWK as it is told."""

    def __init__(self, **jwk):
        self._jwk = jwk

    def jwk(self):
        return self._jwk


@pytest.fixture
def served(tmp_path):
    """served(JWK…): an issuer that publishes them beside its good key, and an API that has read them."""
    made = []

    def serve(*jwks):
        provider = FakeProvider()
        provider.published = [*(Published(**jwk) for jwk in jwks), provider.key]
        made.append(provider.__enter__())
        api = ItemsApi(provider.issuer, tmp_path)
        made.append(api.__enter__())
        until(lambda: api.ready, api.log_tail, step=0.02)
        return provider, api

    yield serve
    for each in reversed(made):
        each.__exit__(None, None, None)


def passes(api, token):
    assert get(api, token).status == 200


# ---- signatures of a good key ----


@pytest.fixture(scope="module")
def curve_api(tmp_path_factory):
    """An issuer with keys of two curves, of one kid each."""
    with FakeProvider() as provider:
        p256, p384 = EcSigner("p256"), EcSigner("p384", "P-384")
        provider.published = [Published(**p256.jwk()), Published(**p384.jwk()), provider.key]
        with ItemsApi(provider.issuer, tmp_path_factory.mktemp("api")) as api:
            while not api.ready:
                time.sleep(0.02)
            for signer in (p256, p384):
                passes(api, signer.token(signer.header, claims_of(provider)))
            yield provider, api, p256, p384


def test_attack_07_r_and_s_at_the_edges(curve_api):
    provider, api, p256, _ = curve_api
    edges = (0, 1, EcSigner.N256 - 1, EcSigner.N256, EcSigner.N256 + 1, 2**256 - 1)
    for r in edges:
        for s in edges:
            refuses(api, token_of(p256.header, claims_of(provider), r.to_bytes(32, "big") + s.to_bytes(32, "big")))
    good = p256.token(p256.header, claims_of(provider))
    text, _, _ = good.rpartition(".")
    raw, _ = p256.signature(text)
    for edge in edges:  # one half of a good signature
        refuses(api, f"{text}.{b64(raw[:32] + edge.to_bytes(32, 'big'))}")
        refuses(api, f"{text}.{b64(edge.to_bytes(32, 'big') + raw[32:])}")
    passes(api, good)


def test_attack_08_another_form_of_a_good_signature(curve_api):
    provider, api, p256, p384 = curve_api
    for signer in (p256, p384):
        text = signing_input(signer.header, claims_of(provider))
        raw, der = signer.signature(text)
        half = signer.size
        forms = [der, raw + b"\0", raw + b"\0" * 8, raw[:-1], b"\0" + raw, raw + raw, raw[:half], b"", raw[half:] + raw[:half]]
        forms.append(b"\0" + raw[:half] + b"\0" + raw[half:])
        for form in forms:
            refuses(api, f"{text}.{b64(form)}")
        passes(api, f"{text}.{b64(raw)}")


def test_attack_09_key_of_another_curve(curve_api):
    provider, api, p256, p384 = curve_api
    for signer, other in ((p256, p384), (p384, p256)):
        refuses(api, signer.token({**signer.header, "kid": other.kid}, claims_of(provider)))
        refuses(api, signer.token({**signer.header, "alg": other.algorithm}, claims_of(provider)))
        refuses(api, signer.token({**signer.header, "alg": other.algorithm, "kid": other.kid}, claims_of(provider)))
    for alg in ("ES256K", "ES512", "EdDSA", "RS256", "HS256"):
        refuses(api, p256.token({**p256.header, "alg": alg}, claims_of(provider)))


def test_attack_12_padding_of_another_kind(served):
    """A key that may serve both paddings, since it does not say which."""
    key = RsaSigner("any")
    provider, api = served(key.jwk())
    claims = claims_of(provider)
    ps = {**key.header, "alg": "PS256"}
    passes(api, key.token(key.header, claims))
    passes(api, key.pss(ps, claims))
    for salt in (0, 20, 31, 33, 64, 222):
        refuses(api, key.pss(ps, claims, salt=salt))
    refuses(api, key.pss(ps, claims, digest=hashes.SHA512(), salt=32))
    refuses(api, key.pss(ps, claims, mask=hashes.SHA1()))
    refuses(api, key.pss({**ps, "alg": "PS512"}, claims))
    refuses(api, key.pss(key.header, claims))
    refuses(api, key.token(ps, claims))


# ---- keys that are none ----


def off_the_curve(signer):
    y = bytearray(signer.private.public_key().public_numbers().y.to_bytes(32, "big"))
    y[-1] ^= 1
    return {"y": b64(bytes(y))}


@pytest.mark.parametrize(
    "wrong",
    [
        off_the_curve,
        lambda signer: {"x": b64(bytes(32)), "y": b64(bytes(32))},
        lambda signer: {"x": b64(b"\xff" * 32)},
        lambda signer: {"crv": "P-384"},
        lambda signer: {"crv": "p-256"},
        lambda signer: {"crv": "secp256k1"},
        lambda signer: {"x": signer.jwk()["x"] + "AA"},
    ],
)
def test_attack_09_point_off_the_curve(served, wrong):
    signer = EcSigner("ec")
    provider, api = served({**signer.jwk(), **wrong(signer)})
    refuses(api, signer.token(signer.header, claims_of(provider)))
    passes(api, provider.access_token())


def test_attack_10_weak_rsa_keys(served):
    small, plain = RsaSigner("small", bits=1024), RsaSigner("plain")
    weak = [small.jwk(), *({**plain.jwk(), "kid": f"e-{i}", "e": e} for i, e in enumerate(("AQ", "Ag", "AA", "", "AQAA")))]
    provider, api = served(*weak)
    claims = claims_of(provider)
    refuses(api, small.token(small.header, claims))
    for kid in ("e-0", "e-1", "e-2", "e-3", "e-4"):
        refuses(api, plain.token({**plain.header, "kid": kid}, claims))
    # With e = 1 a signature is the padded hash itself: who knows the modulus could write it.
    block = plain.raw(plain.header, claims, lambda digest, size: bytes(size))
    refuses(api, block)
    passes(api, provider.access_token())


def test_attack_17_two_keys_of_one_kid(tmp_path):
    """A token that could mean either of them is refused, and the keys beside them serve all the same."""
    one, other = RsaSigner("twin"), RsaSigner("twin")
    twins = [Published(**one.jwk()), Published(**other.jwk())]
    with FakeProvider() as provider, ItemsApi(provider.issuer, tmp_path / "later") as api:
        while not api.ready:
            time.sleep(0.02)
        provider.published = [*twins, provider.key]
        for signer in (one, other):
            refuses(api, signer.token(signer.header, claims_of(provider)))
        assert provider.count("certs") > 1
        passes(api, provider.access_token())
        with ItemsApi(provider.issuer, tmp_path / "new") as new:
            while not new.ready:
                time.sleep(0.02)
            for signer in (one, other):
                refuses(new, signer.token(signer.header, claims_of(provider)))
            passes(new, provider.access_token())


@pytest.mark.parametrize(
    "told",
    [
        {"use": "enc"},
        {"use": "x"},
        {"use": 1},
        {"key_ops": ["encrypt"]},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"use": "sig", "key_ops": ["wrapKey"]},
        {"alg": "RSA-OAEP"},
        {"alg": "PS256"},
        {"alg": "RS512"},
        {"alg": 1},
    ],
)
def test_attack_18_key_for_something_else(served, told):
    key = RsaSigner("key")
    provider, api = served(key.jwk(**told))
    refuses(api, key.token(key.header, claims_of(provider)))
    passes(api, provider.access_token())


def test_attack_18_key_that_says_that_it_may(served):
    key = RsaSigner("key")
    provider, api = served(key.jwk(use="sig", key_ops=["verify"], alg="RS256"))
    passes(api, key.token(key.header, claims_of(provider)))
