# SPDX-License-Identifier: Apache-2.0
"""ostiary.testing: an issuer in the process, and with it what needs one: proofs, certificates, lists, rotation."""

import hashlib
import pathlib
import re
import threading
import time
import urllib.error
import urllib.request

import pytest

import ostiary
from ostiary import errors, jwk, testing
from waiting import until

URL = "https://api.example.org/items/"


@pytest.fixture(scope="module")
def shared():
    with testing.Issuer("items-api") as made:
        yield made


@pytest.fixture
def own():
    with testing.Issuer("items-api") as made:
        yield made


@pytest.fixture
def verifier(shared):
    with shared.verifier() as made:
        assert made.wait_ready(60)
        yield made


# ---- tokens ----


def test_a_token_says_what_it_was_told(shared, verifier):
    token = shared.token("bob", scopes=["a", "b"], roles=["editor"], client_roles={"shop": ["buyer"]}, email="b@example.org")
    claims = verifier.verify(token)
    assert claims.subject == "bob" and claims["email"] == "b@example.org" and claims.client_id == "test-client"
    assert claims.has_scope("b") and claims.has_role("editor") and claims.has_role("buyer", client="shop")
    assert 298 <= claims.expires - time.time() <= 301


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256", "ES512", "Ed25519"])
def test_every_signature_and_the_profile_of_access_tokens(algorithm):
    with testing.Issuer(algorithm=algorithm) as issuer, issuer.verifier(access_token_profile=True) as verifier:
        assert verifier.wait_ready(60)
        assert verifier.verify(issuer.token()).subject == "alice"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lifetime": -120}, "OST_E_EXPIRED"),
        ({"audience": "other"}, "OST_E_AUDIENCE"),
        ({"aud": None}, "OST_E_AUDIENCE"),
        ({"exp": None}, "OST_E_CLAIM_MISSING"),
        ({"iss": "https://other.example"}, "OST_E_ISSUER"),
        ({"nbf": 99999999999}, "OST_E_NOT_YET"),
    ],
)
def test_what_is_wrong_is_refused(shared, verifier, change, code):
    with pytest.raises(errors.TokenError) as caught:
        verifier.verify(shared.token(**change))
    assert caught.value.code == code


# ---- proofs of possession (RFC 9449) ----


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "Ed25519", "PS256"])
def test_a_bound_token_with_its_proof(shared, verifier, algorithm):
    key = jwk.Key.generate(algorithm)
    token = shared.token(dpop_key=key)
    proof = testing.dpop_proof(key, "GET", URL + "?page=2#top", token)
    assert verifier.verify(token, method="GET", url=URL, dpop=proof).subject == "alice"
    with pytest.raises(errors.SenderError):
        verifier.verify(token, method="GET", url=URL, dpop=proof)  # shown a second time


def test_the_fields_of_a_request_with_a_proof(shared, verifier):
    key = jwk.Key.generate("ES256")
    token = shared.token(dpop_key=key)
    proof = testing.dpop_proof(key, "POST", URL, token)
    assert verifier.check([f"DPoP {token}"], method="POST", url=URL, dpop=[proof]).subject == "alice"
    with pytest.raises(errors.SenderError) as caught:
        verifier.check([f"Bearer {token}"], method="POST", url=URL)
    assert "DPoP" in caught.value.challenge


@pytest.mark.parametrize(
    "change",
    [
        {"htm": "POST"},
        {"htu": "https://other.example.org/items/"},
        {"iat": 1},
        {"iat": 99999999999},
        {"ath": "AAAA"},
        {"ath": None},
        {"jti": None},
        {"htm": None},
        {"htu": None},
        {"iat": None},
    ],
)
def test_a_proof_that_is_not_for_this_is_refused(shared, verifier, change):
    key = jwk.Key.generate("ES256")
    token = shared.token(dpop_key=key)
    with pytest.raises(errors.SenderError):
        verifier.verify(token, method="GET", url=URL, dpop=testing.dpop_proof(key, "GET", URL, token, **change))


def test_a_proof_by_another_key_is_refused(shared, verifier):
    token, thief = shared.token(dpop_key=jwk.Key.generate("ES256")), jwk.Key.generate("ES256")
    with pytest.raises(errors.SenderError):
        verifier.verify(token, method="GET", url=URL, dpop=testing.dpop_proof(thief, "GET", URL, token))


def test_a_nonce_is_asked_for_and_given(shared):
    key = jwk.Key.generate("ES256")
    with shared.verifier(dpop=ostiary.DPoP(require_nonce=True)) as verifier:
        assert verifier.wait_ready(60)
        token = shared.token(dpop_key=key)
        with pytest.raises(errors.SenderError) as caught:
            verifier.verify(token, method="GET", url=URL, dpop=testing.dpop_proof(key, "GET", URL, token))
        nonce = caught.value.dpop_nonce
        assert caught.value.code == "OST_E_PROOF_NONCE" and nonce
        again = testing.dpop_proof(key, "GET", URL, token, nonce=nonce)
        assert verifier.verify(token, method="GET", url=URL, dpop=again).subject == "alice"


def test_a_proof_holds_no_private_key():
    from ostiary import jwt

    header, claims = jwt.read_unverified(testing.dpop_proof(jwk.Key.generate("ES256"), "GET", URL))
    assert header["typ"] == "dpop+jwt" and "d" not in header["jwk"] and "ath" not in claims


# ---- certificates (RFC 8705) ----


def test_a_token_bound_to_a_certificate(shared, verifier):
    certificate = b"0\x03\x02\x01\x05"
    token = shared.token(certificate=certificate)
    assert verifier.verify(token, certificate=certificate).subject == "alice"
    for other in (None, b"0\x03\x02\x01\x06"):
        with pytest.raises(errors.SenderError):
            verifier.verify(token, certificate=other)
    expected = hashlib.sha256(certificate).digest()
    assert len(testing.certificate_thumbprint(certificate)) == 43 and len(expected) == 32
    with pytest.raises(TypeError, match="certificate"):
        shared.token(certificate="text")


# ---- opaque tokens (RFC 7662), status lists ----


def test_opaque_tokens(own):
    with own.verifier(introspection=own.introspection(inactive_lifetime=1, lifetime=1)) as verifier:
        assert verifier.wait_ready(60)
        token = own.opaque("bob", scopes=["a"])
        claims = verifier.verify(token)
        assert claims.subject == "bob" and claims.has_scope("a")
        other = own.opaque("eve")
        own.revoke(other)
        with pytest.raises(errors.RevokedError):
            verifier.verify(other)
        own.revoke(token)
        assert own.introspect(token) == {"active": False}


def test_a_wrong_secret_is_told_nothing(own):
    asked = urllib.request.Request(own.url + "/introspect", b"token=x", {"Authorization": "Basic eDp5"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked)
    assert caught.value.code == 401
    caught.value.close()


def test_status_lists(own):
    with own.verifier(status_lists=own.status_lists()) as verifier:
        assert verifier.wait_ready(60)
        good, bad = own.token(status=True), own.token(status=True)
        own.revoke(bad)
        assert verifier.verify(good).subject == "alice"
        with pytest.raises(errors.RevokedError) as caught:
            verifier.verify(bad)
        assert caught.value.code == "OST_E_STATUS" and own.count("/status") == 1
        own.revoke(good)
        with pytest.raises(errors.RevokedError):
            until(lambda: verifier.verify(good) is None, "the end of what is remembered", step=0.1)
    with pytest.raises(ValueError, match="token"):
        own.revoke(own.token())


def test_without_leave_a_list_is_not_fetched(own, verifier):
    with own.verifier() as strict, pytest.raises(errors.TokenError):
        assert strict.wait_ready(60)
        strict.verify(own.token(status=True))
    assert own.count("/status") == 0


# ---- several issuers, rotation, outage ----


def test_several_issuers_and_their_audiences(own):
    with testing.Issuer("shop") as other, testing.Issuer("x") as stranger:
        with ostiary.Verifier([own.trusted(), other.trusted()]) as verifier:
            assert verifier.wait_ready(60)
            assert verifier.verify(own.token()).issuer == own.url
            assert verifier.verify(other.token()).issuer == other.url
            for token in (own.token(audience="shop"), other.token(audience="items-api"), own.token(iss=other.url)):
                with pytest.raises(errors.TokenError):
                    verifier.verify(token)
            with pytest.raises(errors.IssuerError):
                verifier.verify(stranger.token())


def test_rotation_is_followed_at_once_and_the_old_key_while_it_is_published(own):
    with own.verifier() as verifier:
        assert verifier.wait_ready(60)
        old = own.token()
        own.rotate()
        assert verifier.verify(own.token()).subject == verifier.verify(old).subject == "alice"
        assert own.count("/certs") == 2


def test_an_outage_is_lived_through(own):
    with own.verifier() as verifier:
        assert verifier.wait_ready(60)
        own.down = True
        assert verifier.verify(own.token()).subject == "alice"
        own.rotate()
        with pytest.raises(errors.TokenError):
            verifier.verify(own.token())
        own.down = False


def test_closing_ends_what_hangs_and_leaves_no_thread(own):
    before = threading.active_count()
    with testing.Issuer() as issuer:
        issuer.delay = 600
        verifier = issuer.verifier()
        until(lambda: issuer.requests, "the first request", step=0.01)
    assert threading.active_count() == before
    verifier.close()
    issuer.close()
    assert "closed" in repr(issuer)


@pytest.mark.parametrize("path", ["realms/x", "/realms/x/", ""])
def test_a_path_that_cannot_be(path):
    with pytest.raises(ValueError, match="path"):
        testing.Issuer(path=path)


def test_an_opaque_token_is_told_apart_by_its_prefix(own):
    with testing.Issuer("shop") as other:
        one = own.trusted(introspection=own.introspection(token_prefix="own_"))
        two = other.trusted(introspection=other.introspection(token_prefix="shop_"))
        with ostiary.Verifier([one, two]) as verifier:
            assert verifier.wait_ready(60)
            assert verifier.verify(own.opaque(prefix="own_")).issuer == own.url
            assert verifier.verify(other.opaque(prefix="shop_")).issuer == other.url
            with pytest.raises(errors.TokenError):
                verifier.verify(own.opaque(prefix="none_"))


def test_what_the_package_s_own_page_shows_runs_as_it_stands_there():
    page = (pathlib.Path(__file__).resolve().parents[2] / "python" / "README.md").read_text()
    (code,) = [each for each in re.findall(r"```python\n(.*?)```", page, re.S) if "testing.Issuer" in each]
    exec(compile(code, "README.md", "exec", dont_inherit=True), {})
