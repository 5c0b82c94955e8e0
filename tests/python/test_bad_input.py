# SPDX-License-Identifier: Apache-2.0
"""Whatever comes: an exception that names the parameter, never a crash, never a hang, never a secret."""

import gc
import traceback

import pytest

import ostiary
from ostiary import errors, jwe, jwk, jws, jwt

THINGS = [None, 1, 1.5, [], {}, object(), "", b"", "\udcff", "x" * 10_000_000, b"\0", "a.b.c", ["a"], (), True]


def named(thing):
    return f"{type(thing).__name__}-{repr(thing)[:12]}"


@pytest.mark.parametrize("thing", THINGS, ids=named)
def test_anything_as_a_token(verifier, thing):
    with pytest.raises((errors.OstiaryError, TypeError)) as caught:
        verifier.verify(thing)
    if not isinstance(thing, (str, bytes)):
        assert str(caught.value).startswith("token: must be str or bytes, not ")


@pytest.mark.parametrize("thing", THINGS, ids=named)
def test_anything_as_a_field_of_the_request(verifier, thing):
    with pytest.raises((errors.OstiaryError, TypeError)):
        verifier.check(thing)


@pytest.mark.parametrize("name", ["policy", "method", "url", "dpop", "certificate"])
@pytest.mark.parametrize("thing", THINGS[1:], ids=named)
def test_anything_beside_a_token(verifier, issuer, name, thing):
    token = issuer.token()
    try:
        assert verifier.verify(token, **{name: thing}).subject == "alice"
    except (errors.OstiaryError, TypeError) as error:
        if isinstance(error, TypeError):
            assert str(error).startswith(name)
        assert token not in str(error)


def test_calls_that_make_no_sense(verifier):
    for call in (
        lambda: verifier.verify(),
        lambda: verifier.verify("a", "b", "c"),
        lambda: verifier.verify("a", tokn="b"),
        lambda: verifier.verify("a", token="b"),
        lambda: ostiary.Verifier(),
        lambda: verifier.__init__("https://x.example", "a"),
    ):
        with pytest.raises((TypeError, errors.ClosedError)):
            call()


@pytest.mark.parametrize("name", sorted(ostiary.verifier._ISSUER_PARAMETERS))
@pytest.mark.parametrize("thing", [1, -1, 1.5, {}, [], object(), "", "\udcff", "a\0b", True, 10**30], ids=named)
def test_anything_as_a_setting(name, thing):
    settings = {"issuer": "http://localhost:1/x", "audience": "a", name: thing}
    try:
        ostiary.Verifier(**settings).close()
    except (TypeError, ValueError) as error:
        if not isinstance(error, errors.ConfigurationError):
            assert name in str(error)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"issuer": "htps://id.example.org"}, "htps://id.example.org"),
        ({"issuer": "id.example.org"}, "id.example.org"),
        ({"issuer": "http://id.example.org"}, "https is required"),
        ({"audience": None}, "audience"),
        ({"leeway": 0}, "leeway"),
        ({"leeway": 301}, "leeway"),
        ({"algorithms": "RS256"}, "algorithms"),
        ({"algorithms": ["RS257"]}, "algorithms"),
        ({"algorithms": ["none"]}, "algorithms"),
        ({"introspection": {"client_id": "x"}}, "introspection"),
        ({"dpop": 1}, "dpop"),
        ({"decryption_keys": "x"}, "decryption_keys"),
        ({"insecure_http": 1}, "insecure_http"),
        ({"issuer": ["https://a.example"]}, "issuer"),
        ({"issuer": []}, "issuer"),
    ],
)
def test_a_setting_with_a_mistake_is_named(settings, says):
    with pytest.raises((TypeError, ValueError), match=says):
        ostiary.Verifier(**{"issuer": "http://localhost:1/x", "audience": "a", **settings})


@pytest.mark.parametrize("thing", THINGS, ids=named)
def test_anything_elsewhere(thing):
    key = jwk.Key.generate("ES256")
    calls = [
        lambda: jwk.Key.from_jwk(thing),
        lambda: jwk.Key.from_pem(thing),
        lambda: jwk.Key.from_der(thing),
        lambda: jwk.Key.from_secret(b"x" * 32, thing),
        lambda: jwk.KeySet.from_jwks(thing),
        lambda: jwk.Key.generate(thing),
        lambda: key.serves(thing),
        lambda: jws.verify(thing, key),
        lambda: jws.verify("a.b.c", thing),
        lambda: jws.verify_json(thing, key),
        lambda: jws.sign(b"x", thing, "ES256"),
        lambda: jws.sign(b"x", key, thing),
        lambda: jws.sign_json(b"x", thing),
        lambda: jwt.verify(thing, key, issuer="x", audience="x"),
        lambda: jwt.verify("a.b.c", key, issuer=thing, audience="x"),
        lambda: jwt.read_unverified(thing),
        lambda: jwe.decrypt(thing, key),
        lambda: jwe.decrypt_json(thing, key),
        lambda: jwe.encrypt(b"x", thing, "RSA-OAEP"),
        lambda: jwe.encrypt(b"x", key, "ECDH-ES", thing),
        lambda: ostiary.Policy(thing),
    ]
    for call in calls:
        try:
            call()
        except (errors.OstiaryError, TypeError, ValueError, AttributeError) as error:
            assert len(str(error)) < 1000


def test_claims_that_are_no_json():
    key = jwk.Key.generate("ES256")
    circle = []
    circle.append(circle)
    deep = {}
    for _ in range(100):
        deep = {"deeper": deep}
    for value in (object(), {1: 2}, circle, deep, float("nan"), float("inf"), "\udcff", {"\udcff": 1}, {1, 2}):
        with pytest.raises((TypeError, ValueError)):
            jwt.sign({"value": value}, key, "ES256", lifetime=60)


def test_no_exception_holds_the_token_or_a_secret(verifier, issuer):
    secret = "correct-horse-battery-staple-1234567"
    token = issuer.token(aud="other", note=secret)
    calls = [
        lambda: verifier.verify(token),
        lambda: verifier.verify(token + "\udcff"),
        lambda: verifier.verify(token[:-3]),
        lambda: jwk.Key.from_secret(secret + "\udcff", "HS256"),
        lambda: jwk.Key.from_secret(secret, "A128KW"),
        lambda: jwk.Key.from_jwk({"kty": "oct", "k": secret, "alg": "RS256"}),
        lambda: ostiary.Verifier(issuer.issuer, "a", hmac_secret=secret),
        lambda: ostiary.Verifier(issuer.issuer, "a", introspection=ostiary.Introspection("x", secret, auth="other")),
    ]
    for call in calls:
        with pytest.raises(Exception) as caught:
            call()
        error = caught.value
        text = "".join(traceback.format_exception_only(type(error), error)) + repr(error.__dict__) + repr(error.args)
        held = [part for part in token.split(".") if len(part) > 20]
        assert not any(part in text for part in [*held, secret, secret[:20]])
        assert error.__context__ is None or secret not in repr(error.__context__.__dict__)


def test_claims_are_a_mapping_that_nobody_makes_or_changes(verifier, issuer):
    claims = verifier.verify(issuer.token())
    with pytest.raises(TypeError):
        type(claims)()
    with pytest.raises(TypeError):
        claims["sub"] = "mallory"
    with pytest.raises(AttributeError):
        claims.subject = "mallory"
    with pytest.raises(KeyError):
        claims["absent"]
    claims["realm_access"]["roles"].append("admin")
    assert not claims.has_role("admin") and claims.get("absent", 5) == 5 and 7 not in claims
    assert dict(claims) == claims == claims.to_dict() and list(claims) == list(claims.keys())
    assert len(claims) == len(claims.items()) == len(claims.values())
    assert "alice" not in repr(claims)
    from collections.abc import Mapping

    assert isinstance(claims, Mapping)
    del claims
    gc.collect()


class Pairless:
    """A mapping, it says, whose items are what they were given as."""

    def __init__(self, items):
        self._items = items

    def keys(self):
        return ["a"]

    def items(self):
        return self._items


@pytest.mark.parametrize("items", [[5], [("a", 1, 2)], [()], [("a",)], [["a", 1]], ["ab"]], ids=repr)
@pytest.mark.parametrize("take", [ostiary.Policy, jwk.Key.from_jwk, jwk.KeySet.from_jwks], ids=lambda take: take.__name__)
def test_mappings_whose_items_are_no_pairs(take, items):
    with pytest.raises(TypeError, match="must be a mapping whose items are pairs, not"):
        take(Pairless(items))


SECRET = jwk.Key.from_secret("s" * 32, "HS256")
NAMES = {
    "kid": [
        lambda kid: jwk.Key.from_secret("s" * 32, "HS256", kid=kid),
        lambda kid: jwk.Key.from_pem("x", None, kid),
        lambda kid: jwk.Key.from_der(b"x", kid=kid),
        lambda kid: jwk.Key.generate("ES256", kid=kid),
    ],
    "curve": [lambda curve: jwk.Key.generate("ES256", curve=curve)],
    "typ": [
        lambda typ: jws.sign("x", SECRET, "HS256", typ=typ),
        lambda typ: jws.sign_json("x", SECRET, "HS256", typ=typ),
        lambda typ: jwt.verify("a.b.c", SECRET, issuer="i", audience="a", typ=typ),
        lambda typ: jwe.encrypt("x", jwk.Key.generate("ECDH-ES", curve="X25519"), "ECDH-ES", typ=typ),
    ],
    "cty": [lambda cty: jws.sign("x", SECRET, "HS256", cty=cty)],
}


@pytest.mark.parametrize("name, take", [(name, take) for name, all_of in NAMES.items() for take in all_of])
def test_names_that_are_none_are_told_by_the_parameter(name, take):
    for thing, kind in ((5, TypeError), (b"x", TypeError), ("\ud800geheim", errors.FormatError), ("a\0b", ValueError)):
        with pytest.raises(kind, match=f"{name}: ") as caught:
            take(thing)
        assert "geheim" not in repr(caught.value)


@pytest.mark.parametrize("number", [2**32, 2**32 + 1000, -1, 2**70, 1.5, True, "1", None])
def test_numbers_that_would_be_cut_are_refused(number):
    """2**32 rounds are not none, and 2**32 + 1000 are not a thousand."""
    password = jwk.Key.from_secret("correct horse battery staple", "PBES2-HS256+A128KW")
    wrong = pytest.raises((TypeError, ValueError), match="bits|pbes2_count|max_age|leeway|now")
    with wrong:
        jwk.Key.generate("RS256", bits=number)
    with wrong:
        jwe.encrypt("x", password, "PBES2-HS256+A128KW", pbes2_count=number)
    with wrong:
        jwe.decrypt("a.b.c.d.e", password, pbes2_count_max=number)
    if number is not None:
        for name in ("max_age", "leeway"):
            with wrong:
                jwt.verify("a.b.c", SECRET, issuer="i", audience="a", **{name: number})


@pytest.mark.parametrize(
    "given, kind, says",
    [
        ({"subject": 5}, TypeError, "subject: must be str"),
        ({"session": b"x"}, TypeError, "session: must be str"),
        ({"token_id": "a", "until": 3600}, ValueError, "until: must be a time"),
        ({"token_id": "a", "until": -5}, ValueError, "until: must be a time"),
        ({"token_id": "a", "until": 2**70}, ValueError, "until: must be a time"),
        ({"subject": "a", "not_before": 60}, ValueError, "not_before: must be a time"),
        ({"subject": "a", "not_before": "now"}, TypeError, "not_before: must be int"),
        ({"subject": "a", "issuer": 5}, TypeError, "issuer: must be str, or None"),
    ],
)
def test_a_revocation_that_would_take_nothing_back_is_refused(verifier, issuer, given, kind, says):
    with pytest.raises(kind, match=says):
        verifier.revoke(**given)
    assert verifier.verify(issuer.token())["sub"] == "alice"


@pytest.mark.parametrize("claims", [5, None, [("exp", 1)], "{}", 1.5])
def test_claims_that_are_no_mapping(claims):
    with pytest.raises(TypeError, match="claims: must be a mapping, not"):
        jwt.sign(claims, SECRET, "HS256", lifetime=60)


def test_a_verifier_that_was_never_opened_can_be_shown():
    assert repr(ostiary.Verifier.__new__(ostiary.Verifier)) == "<Verifier of nobody yet>"
