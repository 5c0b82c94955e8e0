# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/development/attacks.md from Python: those over HTTP, as they are made against the items API of
C, against FastAPI; and those that need a key or a sender of the guard's own."""

import json
import os
import pathlib
import socket
import sys
import threading
import time
import zlib
from typing import Annotated

import pytest
import uvicorn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, FastAPI

import ostiary
from ostiary import Claims, errors, jwe, jwk, jws, jwt, testing
from ostiary.fastapi import OIDC

from conftest import AUDIENCE, rsa_key

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "support"), str(TESTS / "integration")]
pytest.register_assert_rewrite("test_attacks_api", "test_attacks_keys")

import test_attacks_api as over_http  # noqa: E402
import test_attacks_keys as in_keys  # noqa: E402
from fake_provider import FakeProvider  # noqa: E402
from signer import b64, unb64  # noqa: E402
from waiting import until


class FastApi:
    """What the items API of C is to the attacks: a guarded route, in this process."""

    def __init__(self, issuer, folder, arguments=()):
        assert all(name == "--issuer" for name in arguments[::2]), arguments
        issuers = [ostiary.Issuer(each, "myapi") for each in (issuer, *arguments[1::2])]
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.base = f"http://localhost:{self.port}"
        self._oidc = OIDC(issuers, base_url=self.base, realm="Items API")
        app = FastAPI(lifespan=self._oidc.lifespan)

        @app.get("/items/")
        async def read_items(claims: Annotated[Claims, Depends(self._oidc)]):
            return {"message": f"Hello user {claims.subject}!"}

        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    @property
    def ready(self):
        return self._oidc.verifier.ready

    def log_tail(self):
        return str(self._oidc.verifier.describe())

    def __enter__(self):
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


# What the server does before the guard is asked is uvicorn's.
OF_THE_SERVER = {"test_attack_16_and_34_a_large_token", "test_attack_34_large_fields"}
for module in (over_http, in_keys):
    module.ItemsApi = FastApi
    _tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    globals().update({name: test for name, test in _tests.items() if name not in OF_THE_SERVER})
served, curve_api = in_keys.served, in_keys.curve_api


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    with FastApi(provider.issuer, tmp_path_factory.mktemp("api")) as program:
        until(lambda: program.ready, program.log_tail, step=0.02)
        yield program


@pytest.mark.parametrize("size", [17_000, 33_000, 60_000])
def test_attack_34_a_token_of_great_size(api, provider, size):
    token = over_http.OWN.token({"alg": "RS256", "kid": "x" * size}, over_http.claims_of(provider))
    try:
        assert over_http.get(api, token).status in (400, 401, 431)
    except ConnectionError:
        assert size > 16_384  # uvicorn closes with the rest of a long head unread, and TCP may lose its answer with it
    assert over_http.get(api, provider.access_token()).status == 200


# ---- with keys of the API's own ----


@pytest.mark.parametrize("alg, short", [("HS256", 31), ("HS384", 47), ("HS512", 63)])
def test_attack_06_a_short_secret_is_refused_as_configuration(alg, short):
    with pytest.raises(errors.WeakKeyError):
        jwk.Key.from_secret(b"s" * short, alg)
    with pytest.raises((errors.ConfigurationError, errors.WeakKeyError)):
        ostiary.Verifier("http://localhost:1/x", "api", hmac_secret=b"s" * short, algorithms=[alg])
    jwk.Key.from_secret(b"s" * (short + 1), alg)


@pytest.fixture(scope="module")
def opener():
    return jwk.Key.generate("RSA-OAEP-256", kid="opener")


@pytest.fixture
def decrypting(issuer, opener):
    with ostiary.Verifier(issuer.issuer, AUDIENCE, decryption_keys=opener) as made:
        assert made.wait_ready(60)
        yield made


def as_json(claims):
    return json.dumps(claims).encode()


def encrypt(opener, content, **more):
    return jwe.encrypt(content, opener, "RSA-OAEP-256", "A128GCM", **{"cty": "JWT", **more})


def public_key(told):
    numbers = (int.from_bytes(unb64(told[name]), "big") for name in ("e", "n"))
    return rsa.RSAPublicNumbers(*numbers).public_key()


def deflated(opener, content):
    """By hand, for the library writes no bombs."""
    public = public_key(opener.to_jwk())
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    header = b64(b'{"alg":"RSA-OAEP-256","enc":"A128GCM","zip":"DEF","cty":"JWT","kid":"opener"}')
    secret, iv = os.urandom(16), os.urandom(12)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    sealed = AESGCM(secret).encrypt(iv, packed, header.encode())
    return ".".join((header, b64(public.encrypt(secret, oaep)), b64(iv), b64(sealed[:-16]), b64(sealed[-16:])))


def test_attack_35_a_compressed_bomb(decrypting, opener, issuer):
    good, bomb = deflated(opener, issuer.token().encode()), deflated(opener, b"0" * (9 << 20))
    assert len(bomb) < 16000, "short enough to be a token"
    for token in (good, bomb):  # what is compressed is not taken unless it is wanted
        with pytest.raises(errors.TokenError):
            decrypting.verify(token)
    with ostiary.Verifier(issuer.issuer, AUDIENCE, decryption_keys=opener, decryption_inflate_max=65536) as inflating:
        assert inflating.wait_ready(60)
        assert inflating.verify(good).subject == "alice"
        with pytest.raises(errors.TokenError):
            inflating.verify(bomb)


def test_attack_36_an_unsigned_token_within_an_encrypted_one(decrypting, opener, issuer):
    claims, none = b64(as_json(issuer.claims(exp=int(time.time()) + 300))), b64(b'{"alg":"none"}')
    good = issuer.token()
    for content in (f"{none}.{claims}.", f"{none}.{claims}", as_json(issuer.claims()), good.rpartition(".")[0] + "."):
        with pytest.raises(errors.TokenError):
            decrypting.verify(encrypt(opener, content))
    assert decrypting.verify(encrypt(opener, good)).subject == "alice"


def test_attack_37_rsa1_5_is_no_oracle(decrypting, opener, issuer):
    """RSA1_5 is not taken unless it is named, and what cannot be opened is told in one way."""
    token = jwe.encrypt(issuer.token(), jwk.Key.generate("RSA-OAEP-256", kid="opener"), "RSA-OAEP-256", "A128GCM", cty="JWT")
    said = set()
    parts = token.split(".")
    for at, part in ((1, "A" * len(parts[1])), (1, parts[1]), (3, "A" * len(parts[3])), (4, "A" * len(parts[4]))):
        with pytest.raises(errors.TokenError) as refused:
            decrypting.verify(".".join([*parts[:at], part, *parts[at + 1 :]]))
        said.add((refused.value.code, refused.value.message, refused.value.challenge))
    assert len(said) == 1
    header = b64(json.dumps({"alg": "RSA1_5", "enc": "A128GCM", "cty": "JWT", "kid": "opener"}).encode())
    for key in (b"k" * 256, public_key(opener.to_jwk()).encrypt(b"k" * 16, padding.PKCS1v15())):
        with pytest.raises(errors.MalformedTokenError):
            decrypting.verify(".".join((header, b64(key), *parts[2:])))


def test_attack_38_nesting_deeper_than_one(decrypting, opener, issuer):
    for content in (encrypt(opener, issuer.token()), encrypt(opener, encrypt(opener, issuer.token()))):
        with pytest.raises(errors.TokenError):
            decrypting.verify(encrypt(opener, content))
    with pytest.raises(errors.TokenError):
        decrypting.verify(encrypt(opener, jws.sign(issuer.token().encode(), issuer.key, "RS256", cty="JWT")))


# ---- tokens that are bound to a sender ----

URL = "https://api.example.org/items/"
CERTIFICATE, OTHER = b"a certificate, as far as its digest goes", b"another"


@pytest.fixture(scope="module")
def senders():
    with testing.Issuer() as issuer, issuer.verifier() as verifier:
        yield issuer, verifier, jwk.Key.generate("ES256"), jwk.Key.generate("ES256")


@pytest.mark.parametrize(
    "change",
    [
        {"htm": "POST"},
        {"htm": "get"},
        {"htu": URL + "2"},
        {"htu": URL.replace("https", "http")},
        {"htu": "https://evil.example/items/"},
        {"ath": "A" * 43},
        {"ath": None},
        {"iat": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"iat": None},
        {"jti": None},
        {"htm": None},
        {"htu": None},
    ],
)
def test_attack_41_a_proof_of_another_request(senders, change):
    issuer, verifier, key, _ = senders
    token = issuer.token(dpop_key=key)
    with pytest.raises(errors.SenderError):
        verifier.verify(token, method="GET", url=URL, dpop=testing.dpop_proof(key, "GET", URL, token, **change))


def test_attack_41_replay_a_thiefs_key_and_the_scheme(senders):
    issuer, verifier, key, thief = senders
    token = issuer.token(dpop_key=key)
    proof = testing.dpop_proof(key, "GET", URL, token)
    request = {"method": "GET", "url": URL}
    assert verifier.verify(token, **request, dpop=proof).subject == "alice"
    bad = [
        ([f"DPoP {token}"], [proof]),  # a second time
        ([f"DPoP {token}"], [testing.dpop_proof(thief, "GET", URL, token)]),
        ([f"DPoP {token}"], []),
        ([f"DPoP {token}"], [testing.dpop_proof(key, "GET", URL, token)] * 2),
        ([f"Bearer {token}"], []),
        ([f"Bearer {token}"], [testing.dpop_proof(key, "GET", URL, token)]),
        ([f"DPoP {token}"], ["x"]),
    ]
    for fields, dpop in bad:
        with pytest.raises(errors.TokenError) as refused:
            verifier.check(fields, **request, dpop=dpop)
        assert refused.value.status in (400, 401)


def test_attack_42_another_certificate(senders):
    issuer, verifier, *_ = senders
    token = issuer.token(certificate=CERTIFICATE)
    assert verifier.verify(token, certificate=CERTIFICATE).subject == "alice"
    for certificate in (OTHER, CERTIFICATE + b"\0", CERTIFICATE[:-1], None):
        with pytest.raises(errors.SenderError):
            verifier.verify(token, certificate=certificate)


# ---- a remembered token ----


def test_attack_44_a_remembered_token_is_judged_by_each_policy(senders):
    issuer, verifier, *_ = senders
    token = issuer.token(scopes=["items:read"])
    write = ostiary.Policy({"scopes": ["items:write"]})
    for _ in range(3):
        assert verifier.verify(token).subject == "alice"
        with pytest.raises(errors.InsufficientScopeError):
            verifier.verify(token, write)
    verifier.revoke(token_id=jwt.read_unverified(token)[1]["jti"])
    with pytest.raises(errors.RevokedError):
        verifier.verify(token)


def test_each_of_the_attacks_is_made_from_python():
    """Each number of docs/development/attacks.md, here or by what runs here."""
    page = (TESTS.parent / "docs/development/attacks.md").read_text()
    assert page.count("    - from Python: `python/test_attacks.py`") == 44
