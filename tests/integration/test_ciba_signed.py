# SPDX-License-Identifier: Apache-2.0
"""Backchannel authentication requests that clients sign (CIBA section 7.1.1): what they have signed is the request."""

import time

import pytest
from authentication_channel import answer
from ciba import BANK, PROBED_KEY, ask, poll
from ciba_site import channel, error_of, realm, server  # noqa: F401  (fixtures)
from oidc import Client

OTHER, SIGNING = Client("other", "other-secret"), Client("signing", "signing-secret")


def signed(realm, header=None, key=PROBED_KEY, **changes):
    now = int(time.time())
    for name in ("exp", "nbf"):
        if isinstance(changes.get(name), int) and abs(changes[name]) < 10000:  # counted from now
            changes[name] += now
    claims = {
        **{"iss": "signing", "aud": realm.issuer, "iat": now, "nbf": now, "exp": now + 60, "jti": str(time.time_ns())},
        **{"scope": "openid", "login_hint": "carol", **changes},
    }
    header = {"alg": "ES256", "kid": "signing", **(header or {})}
    return key.token(header, {name: value for name, value in claims.items() if value is not None})


def ask_signed(realm, client=SIGNING, **changes):
    return ask(realm, client, scope=None, login_hint=None, request=signed(realm, **changes))


def test_a_signed_request_is_the_request(realm, channel):
    begun = ask(realm, SIGNING, login_hint="dora", request=signed(realm, binding_message="one", branch="Bern"))
    assert begun.status == 200, begun.text
    asked = channel.asked()
    assert asked.json["login_hint"] == "carol" and asked.json["binding_message"] == "one"
    assert set(asked.json) == {"binding_message", "login_hint", "is_consent_required", "scope", "branch"}
    answer(realm, asked.token)
    assert poll(realm, SIGNING, begun.json()["auth_req_id"]).status == 200


def test_a_signed_request_works_once(realm, channel):
    request = signed(realm)
    assert ask(realm, SIGNING, scope=None, login_hint=None, request=request).status == 200
    channel.asked()
    again = ask(realm, SIGNING, scope=None, login_hint=None, request=request)
    assert error_of(again) == (400, "invalid_request") and "has been used" in again.text
    assert not channel.was_asked()
    other = ask_signed(realm, jti="the same", exp=+60)
    assert other.status == 200, other.text
    channel.asked()
    assert error_of(ask_signed(realm, jti="the same", exp=+90)) == (400, "invalid_request")


@pytest.mark.parametrize("changes", [
    *({name: None} for name in ("iss", "aud", "exp", "iat", "nbf", "jti")),
    {"iss": "bank"},
    {"aud": "https://elsewhere.example"},
    {"jti": 7},
    {"jti": ""},
    {"jti": "x" * 257},
    pytest.param({"iat": 1}, marks=pytest.mark.sqlite("what a process did not see")),
    {"exp": -60},
    {"nbf": 9999999999},
    {"exp": "soon"},
    {"exp": +4200},
    {"nbf": -4200},
    {"sub": "signing"},
    {"request": "x"},
    {"header": {"typ": "client-authentication+jwt"}},
    {"header": {"alg": "ES384"}},
    {"header": {"alg": "none"}},
    {"header": {"kid": "unknown"}},
    {"login_hint": "nobody"},
])  # fmt: skip
def test_signed_requests_that_are_refused(realm, channel, changes):
    assert error_of(ask_signed(realm, **changes)) == (400, "invalid_request")
    assert not channel.was_asked()


def test_a_request_signed_by_another_client(realm):
    assert error_of(ask_signed(realm, BANK)) == (400, "invalid_request")
    assert error_of(ask_signed(realm, OTHER, iss="other")) == (400, "invalid_request")
