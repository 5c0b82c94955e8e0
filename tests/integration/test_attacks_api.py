"""The attacks of docs/development/attacks.md over HTTP, against the items API."""

import http.client
import json
import socket
import time

import forgery
import pytest
from fake_provider import FakeProvider, Key
from programs import ItemsApi
from web import Browser, bearer


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    program = ItemsApi(provider.issuer, tmp_path_factory.mktemp("api"))
    with program:
        deadline = time.monotonic() + 10
        while not program.ready:
            assert time.monotonic() < deadline, program.log_tail()
            time.sleep(0.02)
        yield program


def claims_of(provider, **more):
    now = int(time.time())
    return {
        **{"iss": provider.issuer, "aud": "myapi", "sub": "mallory", "typ": "Bearer", "azp": "myapi"},
        **{"exp": now + 300, "iat": now},
        **more,
    }


def get(api, token, path="/items/"):
    return Browser().get(api.base + path, headers=bearer(token))


def refuses(api, token, statuses=(401,)):
    """Refused, in the words of RFC 6750, and without a word of what was in the token."""
    answer = get(api, token)
    assert answer.status in statuses, answer.text
    challenge = answer.header("WWW-Authenticate")
    assert challenge.startswith("Bearer ")
    assert ('error="invalid_token"' if answer.status == 401 else 'error="invalid_request"') in challenge
    assert list(answer.json()) == ["detail"]
    assert "mallory" not in answer.text + challenge
    assert answer.header("Cache-Control") == "no-store"


def numbered(attacks):
    return [(number, name, token) for number, name, token in attacks]


def all_of(api, provider, attacks):
    """Every one is refused, none of them makes the API ask anybody, and a good token still passes."""
    calls = len(provider.calls)
    for number, name, token in attacks:
        try:
            # What is no b64token at all is a malformed request (RFC 6750 §2.1).
            refuses(api, token, (401, 400))
        except AssertionError as error:
            raise AssertionError(f"attack {number}, {name}") from error
    assert get(api, provider.access_token()).status == 200
    return provider.calls[calls:]


def test_attacks_01_to_37_without_the_key(api, provider):
    calls = all_of(api, provider, numbered(forgery.without_the_key(provider.key.jwk(), claims_of(provider))))
    # An unknown kid may have keys fetched, within the budget; no address of a token's is ever asked.
    assert {call[1] for call in calls} <= {"certs", "discovery"} and len(calls) <= 4, calls


def test_attacks_03_to_21_on_a_good_token(api, provider):
    assert all_of(api, provider, numbered(forgery.of_a_good_token(provider.access_token()))) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"iss":"%s","aud":"myapi","exp":%d,"sub":"a\\u0000b"}',
        '{"iss":"%s","aud":"myapi","exp":%d,"sub":"\\ud800"}',
        '{"iss":"%s","aud":"myapi","exp":%d,"sub":"a","sub":"b"}',
        '{"iss":"%s","aud":"myapi","exp":%d,}',
        '{"iss":"%s","aud":"myapi","exp":%d} {}',
        '["%s",%d]',
    ],
)
def test_attack_20_json_that_two_readers_read_in_two_ways(api, provider, text):
    signed = sign_raw(provider, (text % (provider.issuer, int(time.time()) + 60)).encode())
    refuses(api, signed)


def test_attack_20_invalid_utf8(api, provider):
    text = f'{{"iss":"{provider.issuer}","aud":"myapi","exp":{int(time.time()) + 60},"sub":"'
    refuses(api, sign_raw(provider, text.encode() + b'\xff"}'))


def sign_raw(provider, claims):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    header = forgery.b64(json.dumps({"alg": "RS256", "typ": "JWT", "kid": provider.key.kid}))
    text = f"{header}.{forgery.b64(claims)}"
    return f"{text}.{forgery.b64(provider.key.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@pytest.mark.parametrize("exp", [None, "4102444800", 1e300, -1, True, [], {}, 1])
def test_attack_22_expiry(api, provider, exp):
    refuses(api, provider.key.sign(claims_of(provider, exp=exp)))


@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_attack_22_from_the_future(api, provider, name):
    refuses(api, provider.key.sign(claims_of(provider, **{name: int(time.time()) + 60})))


def test_attack_23_issuers_that_look_alike(api, provider):
    good = provider.issuer
    for bad in (good + "/", good.upper(), good[:-1], good + "2", good.replace("http:", "https:"), "", None, [good]):
        refuses(api, provider.key.sign(claims_of(provider, iss=bad)))


def test_attack_24_and_25_audiences(api, provider):
    for bad in ("myap", "myapi2", "MYAPI", "my api", "", None, 1, ["myapi2"], [1], [["myapi"]], {"myapi": 1}, []):
        refuses(api, provider.key.sign(claims_of(provider, aud=bad)))
    claims = claims_of(provider)
    del claims["aud"]
    refuses(api, provider.key.sign(claims))


@pytest.mark.parametrize("claims", [{"typ": "ID"}, {"typ": "Refresh"}, {"typ": "Offline"}, {"typ": "Logout"}, {"typ": 1}])
def test_attacks_26_and_27_other_kinds(api, provider, claims):
    refuses(api, provider.key.sign(claims_of(provider, **claims)))


def test_attack_28_token_of_another_client_for_account(api, provider):
    refuses(api, provider.key.sign(claims_of(provider, aud="account", azp="other")))


def test_attacks_29_and_30_unknown_issuers(api, provider):
    """A stranger's issuer is refused without a fetch, whoever has signed."""
    calls = len(provider.calls)
    for issuer in ("https://evil.example", f"{provider.base}/realms/other"):
        for key in (provider.key, Key("unknown-to-all")):
            refuses(api, key.sign(claims_of(provider, iss=issuer)))
    assert [call for call in provider.calls[calls:] if call[1] not in ("certs", "discovery")] == []
    assert not any(call[1] == "certs" for call in provider.calls[calls:])


def test_attack_31_flood_of_unknown_kids(tmp_path):
    """However many kids are made up: two fetches in half a minute, and good tokens pass."""
    with FakeProvider() as provider, ItemsApi(provider.issuer, tmp_path / "api") as api:
        while not api.ready:
            time.sleep(0.02)
        before = provider.count("certs")
        for number in range(300):
            token = forgery.own_token({"alg": "RS256", "kid": f"made-up-{number}"}, claims_of(provider))
            assert get(api, token).status == 401
            if number % 50 == 0:
                assert get(api, provider.access_token()).status == 200
        assert provider.count("certs") - before <= 2


POISON = {
    "empty": b"",
    "a page": b"<html>maintenance</html>",
    "no keys": b'{"keys":[]}',
    "large": b'{"keys":[' + b" " * 1_000_000 + b"]}",
    "a secret": b'{"keys":[{"kty":"oct","kid":"x","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", POISON)
def test_attack_32_poisoned_key_set(tmp_path, name):
    """What cannot be used never takes the place of keys that can."""
    with FakeProvider() as provider, ItemsApi(provider.issuer, tmp_path / "api") as api:
        while not api.ready:
            time.sleep(0.02)
        provider.certs = lambda _: (200, {"Content-Type": "application/json"}, POISON[name])
        before = len(provider.calls)
        stranger = forgery.own_token({"alg": "RS256", "kid": "new"}, claims_of(provider))
        assert get(api, stranger).status == 401  # has the keys fetched
        assert any(call[1] == "certs" for call in provider.calls[before:])
        assert get(api, provider.access_token()).status == 200


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
            deadline = time.monotonic() + 10
            while not provider.count("discovery"):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert get(api, provider.access_token()).status == 503
            assert not api.ready and provider.count("certs") == 0


def test_attack_33_keys_behind_a_redirect(tmp_path):
    with FakeProvider() as provider:
        provider.certs = lambda _: (302, {"Location": f"{provider.issuer}/protocol/elsewhere"}, b"")
        with ItemsApi(provider.issuer, tmp_path / "api") as api:
            deadline = time.monotonic() + 10
            while not provider.count("certs"):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert get(api, provider.access_token()).status == 503
            assert provider.count("elsewhere") == 0


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
        answer, _ = raw_request(api, ("Authorization", good), ("Authorization", other))
        assert answer.status == 400, other


@pytest.mark.parametrize("name", ["access_token", "token", "bearer", "authorization"])
def test_attack_40_token_in_the_address(api, provider, name):
    answer, _ = raw_request(api, path=f"/items/?{name}={provider.access_token()}")
    assert answer.status == 401 and "error" not in answer.getheader("WWW-Authenticate")


@pytest.mark.parametrize("binding", [{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}, {"x5t#S256": "A" * 43}, {}, 1])
def test_attacks_41_and_42_bound_token_as_bearer(api, provider, binding):
    refuses(api, provider.key.sign(claims_of(provider, cnf=binding)))


@pytest.mark.parametrize("name", ["X-User", "X-Forwarded-User", "X_User", "x-auth-request-email", "Remote-User", "X-Userinfo"])
def test_attack_43_identity_in_a_field(api, name):
    """Nobody is let in because a field says who they are."""
    answer, _ = raw_request(api, (name, "alice"))
    assert answer.status == 401


def test_attack_44_remembered_and_then_not_good_enough(api, provider):
    """A token that has been remembered is checked again: it expires all the same."""
    now = int(time.time())
    token = provider.key.sign(claims_of(provider, exp=now - 28))
    assert get(api, token).status == 200  # within the leeway
    deadline = time.monotonic() + 10
    while get(api, token).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    refuses(api, token)
