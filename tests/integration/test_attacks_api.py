# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/development/attacks.md over HTTP, against the items API."""

import http.client
import json
import re
import socket
import time

import forgery
import pytest
from fake_provider import FakeProvider, Key
from guarded_api import api, provider  # noqa: F401  (fixtures)
from programs import ItemsApi
from signer import RsaSigner
from trap import Trap
from waiting import until
from web import Browser, bearer


def claims_of(provider, **more):
    now = int(time.time())
    return {
        **{"iss": provider.issuer, "aud": "myapi", "sub": "mallory", "typ": "Bearer", "azp": "myapi"},
        **{"exp": now + 300, "iat": now},
        **more,
    }


def get(api, token, path="/items/"):
    return Browser().get(api.base + path, headers=bearer(token))


DPOP = 'DPoP realm="Items API"%s, algs="RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"'
CHALLENGE = f'Bearer realm="Items API", error="%s", error_description="[^"]+", {DPOP % ""}'


def refuses(api, token, status=401):
    """Refused, in the words of RFC 6750, and without a word of what was in the token."""
    answer = get(api, token)
    assert answer.status == status, answer.text
    challenge = answer.header("WWW-Authenticate")
    error = "invalid_token" if status == 401 else "invalid_request"
    assert re.fullmatch(CHALLENGE % error, challenge), challenge
    assert list(answer.json()) == ["detail"]
    assert "mallory" not in answer.text + challenge
    assert answer.header("Cache-Control") == "no-store"


def refuses_all(api, provider, attacks):
    """Every one is refused, and a good token still passes. Returns what the provider was asked meanwhile."""
    calls = len(provider.calls)
    for number, name, token in attacks:
        try:
            refuses(api, token, 401 if forgery.is_bearer_syntax(token) else 400)
        except AssertionError as error:
            raise AssertionError(f"attack {number}, {name}") from error
    assert get(api, provider.access_token()).status == 200
    return provider.calls[calls:]


def numbered(attacks, number):
    found = [attack for attack in attacks if attack[0] == number]
    return found or pytest.skip("not of this kind")


def by_number(attacks):
    """A test for each attack that `attacks` makes, with its number in its name."""
    numbers = sorted({number for number, _, _ in attacks})
    return pytest.mark.parametrize("number", numbers, ids=[f"attack_{number:02}" for number in numbers])


OWN = forgery.OWN
OF_STRANGERS = by_number(forgery.without_the_key(OWN.jwk(), {}, ""))
OF_GOOD_TOKENS = by_number(forgery.of_a_good_token(OWN.token(OWN.header, {"sub": "x"})))
OF_ISSUERS = by_number([*forgery.by_the_issuer(OWN, {"sub": "x"}), *forgery.by_an_rsa_issuer(OWN, {})])


@OF_STRANGERS
def test_without_the_key(api, provider, number):
    with Trap() as trap:
        attacks = forgery.without_the_key(provider.key.jwk(), claims_of(provider), trap.base)
        calls = refuses_all(api, provider, numbered(attacks, number))
        # An unknown kid may have keys fetched, within the budget; no address of a token's is ever asked.
        assert trap.untouched
    assert {call[1] for call in calls} <= {"certs", "discovery"} and len(calls) <= 4, calls


@OF_GOOD_TOKENS
def test_of_a_good_token(api, provider, number):
    good = provider.access_token()
    assert get(api, good).status == 200
    assert refuses_all(api, provider, numbered(forgery.of_a_good_token(good), number)) == []


@OF_ISSUERS
def test_by_the_issuer(api, provider, number):
    signer = RsaSigner(provider.key.kid, provider.key.private)
    claims = claims_of(provider)
    assert get(api, signer.token(signer.header, claims)).status == 200
    attacks = [*forgery.by_the_issuer(signer, claims), *forgery.by_an_rsa_issuer(signer, claims)]
    assert {call[1] for call in refuses_all(api, provider, numbered(attacks, number))} <= {"certs", "discovery"}


@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_attack_22_from_the_future(api, provider, name):
    for bad in (int(time.time()) + 60, str(int(time.time())), 1e300, None, True, []):
        refuses(api, provider.key.sign(claims_of(provider, **{name: bad})))
    assert get(api, provider.key.sign(claims_of(provider, **{name: int(time.time()) + 1}))).status == 200


def test_attack_23_issuers_that_look_alike(api, provider):
    good = provider.issuer
    for bad in (good + "/", good.upper(), good[:-1], good + "2", good.replace("http:", "https:"), "", None, [good]):
        refuses(api, provider.key.sign(claims_of(provider, iss=bad)))
    for bad in (good[1:], f"https://evil.example/{good}", good + " ", good + "#", good.replace("localhost", "LOCALHOST")):
        refuses(api, provider.key.sign(claims_of(provider, iss=bad)))
    claims = claims_of(provider)
    del claims["iss"]
    refuses(api, provider.key.sign(claims))


def test_attack_24_no_audience(api, provider):
    claims = claims_of(provider)
    del claims["aud"]
    refuses(api, provider.key.sign(claims))
    for bad in ("", None, []):
        refuses(api, provider.key.sign(claims_of(provider, aud=bad)))


def test_attack_25_audiences_that_look_alike(api, provider):
    for bad in ("myap", "yapi", "myapi2", "xmyapi", "MYAPI", "my api", "myapi ", "account myapi", "account,myapi", "*"):
        refuses(api, provider.key.sign(claims_of(provider, aud=bad)))
        refuses(api, provider.key.sign(claims_of(provider, aud=["account", bad])))
    for bad in (1, True, ["myapi2"], [1], ["myapi", 1], [1, "myapi"], [["myapi"]], {"myapi": 1}, [None, "myapi"]):
        refuses(api, provider.key.sign(claims_of(provider, aud=bad)))


def test_attack_26_id_token(api, provider):
    refuses(api, provider.key.sign(claims_of(provider, typ="ID")))
    refuses(api, provider.key.sign(claims_of(provider, typ="ID", nonce="n", at_hash="h"), typ="at+jwt"))
    refuses(api, provider.id_token("nonce"))


@pytest.mark.parametrize("kind", ["Refresh", "Offline", "Logout", "bearer", "Bearer ", "", 1, None, ["Bearer"]])
def test_attack_27_other_kinds(api, provider, kind):
    refuses(api, provider.key.sign(claims_of(provider, typ=kind)))


def test_attack_27_logout_token(api, provider):
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    refuses(api, provider.key.sign(claims_of(provider, typ="Logout", events=events), typ="logout+jwt"))
    refuses(api, provider.key.sign(claims_of(provider, events=events), typ="logout+jwt"))
    for typ in ("dpop+jwt", "token-introspection+jwt", "statuslist+jwt", "JWE", "", 1):
        refuses(api, provider.key.sign(claims_of(provider), typ=typ))


def test_attack_28_token_of_another_client_for_account(api, provider):
    refuses(api, provider.key.sign(claims_of(provider, aud="account", azp="other")))


def test_attack_29_unknown_issuer(api, provider):
    """A stranger's issuer is refused without a fetch, whoever has signed: nobody is asked at all."""
    calls = len(provider.calls)
    with Trap() as trap:
        for issuer in (trap.base, f"{trap.base}/realms/fake", f"{provider.base}/realms/other"):
            for key in (provider.key, Key("unknown-to-all")):
                refuses(api, key.sign(claims_of(provider, iss=issuer)))
        assert trap.untouched
    assert provider.calls[calls:] == []


def test_attack_30_key_of_another_issuer(tmp_path):
    """Two trusted issuers whose keys have one kid: each signs for itself alone."""
    with FakeProvider() as one, FakeProvider() as other:
        arguments = ("--issuer", other.issuer)
        with ItemsApi(one.issuer, tmp_path / "api", arguments=arguments) as api:
            while not (api.ready and one.count("certs") and other.count("certs")):
                time.sleep(0.02)
            for signs, named in ((one, other), (other, one)):
                assert get(api, signs.key.sign(claims_of(signs))).status == 200
                refuses(api, signs.key.sign(claims_of(named)))
                assert get(api, named.key.sign(claims_of(named))).status == 200


def test_attack_31_flood_of_unknown_kids(tmp_path):
    """However many kids are made up: two fetches in half a minute, and good tokens pass."""
    with FakeProvider() as provider, ItemsApi(provider.issuer, tmp_path / "api") as api:
        while not api.ready:
            time.sleep(0.02)
        before = provider.count("certs")
        for number in range(300):
            token = OWN.token({"alg": "RS256", "kid": f"made-up-{number}"}, claims_of(provider))
            refuses(api, token)
            if number % 50 == 0:
                assert get(api, provider.access_token()).status == 200
        assert 1 <= provider.count("certs") - before <= 2
        assert get(api, provider.access_token()).status == 200


SECRET = b"A" * 43
POISON = {
    "empty": b"",
    "a page": b"<html>maintenance</html>",
    "no keys": b'{"keys":[]}',
    "no set": b"{}",
    "another type": b'{"keys":{}}',
    "10 MB": b'{"keys":[' + b" " * 10_000_000 + b"]}",
    "many keys": json.dumps({"keys": [{**OWN.jwk(), "kid": f"{i}"} for i in range(101)]}).encode(),
    "a secret": b'{"keys":[{"kty":"oct","kid":"new","k":"%s"}]}' % SECRET,
    "a private key": json.dumps({"keys": [{**OWN.jwk(), "kid": "new", "d": "AQAB", "p": "AQAB", "q": "AQAB"}]}).encode(),
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("name", POISON)
def test_attack_32_poisoned_key_set(tmp_path, name, status):
    """What cannot be used never takes the place of keys that can."""
    with FakeProvider() as provider, ItemsApi(provider.issuer, tmp_path / "api") as api:
        while not api.ready:
            time.sleep(0.02)
        provider.certs = lambda _: (status, {"Content-Type": "application/json"}, POISON[name])
        before = len(provider.calls)
        refuses(api, OWN.token({"alg": "RS256", "kid": "new"}, claims_of(provider)))  # has the keys fetched
        assert any(call[1] == "certs" for call in provider.calls[before:])
        secret = forgery.unb64(SECRET.decode())
        refuses(api, forgery.hmac_token({"alg": "HS256", "kid": "new"}, claims_of(provider), secret))
        assert get(api, provider.access_token()).status == 200
        assert api.ready


@pytest.mark.parametrize(
    "change",
    [
        lambda provider, told: {**told, "issuer": "https://evil.example"},
        lambda provider, told: {**told, "issuer": provider.issuer + "/"},
        lambda provider, told: {**told, "jwks_uri": "http://192.0.2.1/keys"},
        lambda provider, told: {**told, "jwks_uri": "file:///etc/passwd"},
        lambda provider, told: {key: value for key, value in told.items() if key != "jwks_uri"},
    ],
)
def test_attack_33_metadata_of_somebody_else(tmp_path, change):
    """No keys are taken from where they must not be: the API is not ready, and lets nobody in."""
    with FakeProvider() as provider:
        status, headers, body = provider.discovery(None)
        told = json.dumps(change(provider, json.loads(body))).encode()
        provider.discovery = lambda _: (status, headers, told)
        with ItemsApi(provider.issuer, tmp_path / "api") as api:
            until(lambda: provider.count("discovery"), step=0.02)
            assert get(api, provider.access_token()).status == 503
            assert not api.ready and provider.count("certs") == 0


@pytest.mark.parametrize("what", ["certs", "discovery"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_attack_33_behind_a_redirect(tmp_path, what, status):
    with FakeProvider() as provider, Trap() as trap:
        setattr(provider, what, lambda _: (status, {"Location": f"{trap.base}/elsewhere"}, b""))
        with ItemsApi(provider.issuer, tmp_path / "api") as api:
            until(lambda: provider.count(what), step=0.02)
            answer = get(api, provider.access_token())
            assert answer.status == 503 and int(answer.header("Retry-After")) > 0
            assert trap.untouched and not api.ready


@pytest.mark.parametrize("size", [33_000, 65_536, 200_000])
def test_attack_16_and_34_a_large_token(api, provider, size):
    """A kid of 64 KB, and whatever else does not fit into a head, is not read to its end."""
    token = OWN.token({"alg": "RS256", "kid": "x" * size}, claims_of(provider))
    assert get(api, token).status == 431
    assert get(api, provider.access_token()).status == 200


def test_attack_34_large_fields(api, provider):
    """A megabyte of header is not read, let alone looked at."""
    with socket.create_connection(("localhost", api.port), timeout=20) as connection:
        try:
            connection.sendall(b"GET /items/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ")
            for _ in range(256):
                connection.sendall(b"A" * 4096)
            connection.sendall(b"\r\n\r\n")
        except OSError:
            pass  # it has hung up, as it may
        try:
            answer = connection.recv(65536)
        except OSError:
            answer = b""
        assert answer == b"" or answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
    assert get(api, provider.access_token()).status == 200


def raw_request(api, *fields, path="/items/"):
    connection = http.client.HTTPConnection("localhost", api.port, timeout=20)
    connection.putrequest("GET", path)
    for name, value in fields:
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_attack_39_two_fields(api, provider):
    good = f"Bearer {provider.access_token()}"
    for other in (good, "Bearer x", "Basic eDp5", ""):
        for fields in ((good, other), (other, good)):
            answer, _ = raw_request(api, *(("Authorization", value) for value in fields))
            assert answer.status == 400, other
            assert re.fullmatch(CHALLENGE % "invalid_request", answer.getheader("WWW-Authenticate"))


@pytest.mark.parametrize("name", ["access_token", "token", "bearer", "authorization"])
def test_attack_40_token_in_the_address(api, provider, name):
    answer, body = raw_request(api, path=f"/items/?{name}={provider.access_token()}")
    assert answer.status == 401
    assert answer.getheader("WWW-Authenticate") == f'Bearer realm="Items API", {DPOP % ""}'
    # Nor does it count as a second place beside the right one.
    good = ("Authorization", f"Bearer {provider.access_token()}")
    assert raw_request(api, good, path=f"/items/?{name}=x")[0].status == 200


THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


@pytest.mark.parametrize("binding", [{"jkt": THUMBPRINT}, {"x5t#S256": "A" * 43}, {"kid": "x"}, {"jkt": 1}, {}, 1, None])
def test_attacks_41_and_42_bound_token_as_bearer(api, provider, binding):
    refuses(api, provider.key.sign(claims_of(provider, cnf=binding)))


@pytest.mark.parametrize("name", ["X-User", "X-Forwarded-User", "X_User", "x-auth-request-email", "Remote-User", "X-Userinfo"])
def test_attack_43_identity_in_a_field(api, provider, name):
    """Nobody is let in because a field says who they are, and nobody becomes somebody else by it."""
    answer, _ = raw_request(api, (name, "alice"))
    assert answer.status == 401
    good = ("Authorization", f"Bearer {provider.access_token()}")
    plain, told = raw_request(api, good), raw_request(api, good, (name, "mallory"))
    assert plain[0].status == told[0].status == 200 and plain[1] == told[1]


def test_attack_44_remembered_and_then_not_good_enough(api, provider):
    """A token that has been remembered is checked again: it expires all the same."""
    now = int(time.time())
    token = provider.key.sign(claims_of(provider, exp=now - 28))
    assert get(api, token).status == 200  # within the leeway
    until(lambda: get(api, token).status != 200, step=0.2)
    refuses(api, token)
