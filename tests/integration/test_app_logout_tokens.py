# SPDX-License-Identifier: Apache-2.0
"""Logout tokens at an API: what it takes, and what an attacker makes of them (OpenID Connect Back-Channel Logout 1.0)."""

import secrets
import time

import pytest
from fake_fixtures import provider  # noqa: F401  (fixture)
from fake_provider import Key
from programs import ItemsApi
from waiting import PATIENCE, until
from web import Browser

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    with ItemsApi(provider.issuer, folder, arguments=["--logout-client", "shop"]) as program:
        wait_until_ready(program)
        yield program


def wait_until_ready(program):
    until(lambda: program.ready, program.log_tail, step=0.02)


def claims_of(provider, **changes):
    now = int(time.time())
    claims = {
        **{"iss": provider.issuer, "aud": "myapi", "iat": now, "exp": now + 120, "jti": secrets.token_hex(8)},
        **{"events": {EVENT: {}}, "sid": "session", "sub": "alice-id", "typ": "Logout"},
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def send(api, token, **extra):
    return Browser().post(f"{api.base}/backchannel-logout", {"logout_token": token, **extra})


def told(api, provider, **changes):
    return send(api, provider.key.sign(claims_of(provider, **changes), typ="logout+jwt"))


def call(api, provider, **claims):
    token = provider.access_token(**claims)
    return Browser().get(f"{api.base}/items/", headers={"Authorization": f"Bearer {token}"}).status


def test_what_is_taken(api, provider):
    assert call(api, provider, sid="s-1") == 200
    answer = told(api, provider, sid="s-1", extra={"unknown": True})
    assert answer.status == 200 and answer.text == ""
    assert answer.header("Cache-Control") == "no-store"
    assert call(api, provider, sid="s-1") == 401
    assert call(api, provider, sid="s-2") == 200
    # Of a front end that the operator has named, and among other audiences.
    assert told(api, provider, sid="s-2", aud=["other", "shop"]).status == 200
    assert call(api, provider, sid="s-2") == 401


def test_without_a_session_it_is_the_user(api, provider):
    now = int(time.time())
    assert told(api, provider, sub="bob", sid=None, iat=now).status == 200
    assert call(api, provider, sub="bob", iat=now) == 401
    assert call(api, provider, sub="bob", iat=now + 1) == 200
    assert call(api, provider, sub="carol") == 200


def test_what_is_refused(api, provider):
    now, stranger = int(time.time()), Key("stranger")
    kept = {"sid": "kept", "sub": "dora"}
    same_kid = Key("first")
    bad = {
        "of another audience": claims_of(provider, aud="other", **kept),
        "of another issuer": claims_of(provider, iss="https://evil.example", **kept),
        "an ID token": claims_of(provider, events=None, typ="ID", nonce="n", **kept),
        "an access token": claims_of(provider, events=None, typ="Bearer", **kept),
        "with a nonce": claims_of(provider, nonce="n", **kept),
        "expired": claims_of(provider, iat=now - 500, exp=now - 300, **kept),
        "old, without an end": claims_of(provider, iat=now - 5000, exp=now + 10**9, **kept),
        "of tomorrow": claims_of(provider, iat=now + 86400, exp=now + 86500, **kept),
        "of no event": claims_of(provider, events={}, **kept),
        "of nobody": claims_of(provider, sid=None, sub=None),
        "without jti": claims_of(provider, jti=None, **kept),
    }
    for what, claims in bad.items():
        answer = send(api, provider.key.sign(claims))
        assert answer.status == 400, what
        assert answer.json()["error"] == "invalid_request"
        assert answer.header("Cache-Control") == "no-store"
    assert send(api, same_kid.sign(claims_of(provider, **kept))).status == 400
    assert send(api, stranger.sign(claims_of(provider, **kept))).status in (400, 503)
    assert send(api, provider.key.sign(claims_of(provider, **kept), typ="at+jwt")).status == 400
    for form in ({}, [("logout_token", "a"), ("logout_token", "b")], b"logout_token=%zz", {"token": "a"}):
        assert Browser().post(f"{api.base}/backchannel-logout", form).status == 400
    assert Browser().get(f"{api.base}/backchannel-logout").status == 405
    assert call(api, provider, **kept) == 200


def test_it_counts_once(api, provider):
    token = provider.key.sign(claims_of(provider, sid="once"))
    assert [send(api, token).status, send(api, token).status] == [200, 400]


def test_a_flood_of_bad_ones_holds_nobody_up(api, provider):
    foreign = Key("first")
    token = foreign.sign(claims_of(provider, sid="flood"))
    begin = time.monotonic()
    assert {send(api, token).status for _ in range(300)} == {400}
    assert call(api, provider, sid="flood") == 200
    assert time.monotonic() - begin < PATIENCE


def test_a_new_key_is_fetched(api, provider):
    key = Key("second")
    provider.published.append(key)
    assert send(api, key.sign(claims_of(provider, sid="new key"))).status == 200
    assert call(api, provider, sid="new key") == 401


def test_a_file_outlasts_a_restart_and_is_shared(provider, new_items_api, tmp_path):
    file = tmp_path / "revocations"
    one, other = (new_items_api(provider.issuer, ["--revocation-file", str(file)]) for _ in range(2))
    for api in (one, other):
        wait_until_ready(api)
    assert told(one, provider, sid="shared").status == 200
    until(lambda: call(other, provider, sid="shared") == 401, other.log_tail, step=0.01)
    one.kill()
    one.start()
    wait_until_ready(one)
    assert call(one, provider, sid="shared") == 401
    assert call(one, provider, sid="else") == 200
    one.stop()
    file.write_text("not one of its lines\n")
    with pytest.raises(RuntimeError, match="line 1 is not one of its lines"):
        one.start()
