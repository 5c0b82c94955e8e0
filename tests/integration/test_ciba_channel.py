# SPDX-License-Identifier: Apache-2.0
"""The authentication channel of backchannel authentications (CIBA): what it is asked, whose answer counts, and what is
no answer."""

import json

import pytest
from authentication_channel import CHANNEL_OPTION, AuthenticationChannel, answer
from ciba import BANK, ask, poll
from ciba_site import begin, channel, error_of, realm, realm_of, server  # noqa: F401  (fixtures)
from web import Browser


def test_a_channel_that_answers_before_it_has_answered(realm, channel):
    """The request is kept before the channel hears of it."""
    seen = []
    channel.meanwhile = lambda asked: seen.append(answer(realm, asked.token).status)
    try:
        request, _ = begin(realm, channel)
    finally:
        channel.meanwhile = None
    assert seen == [200]
    assert poll(realm, BANK, request).status == 200


def test_what_a_client_says_to_the_channel(realm, channel):
    """At most five parameters, short ones, and nothing that only the provider may say."""
    more = {f"p{n}": str(n) for n in range(7)}
    _, asked = begin(realm, channel, is_consent_required="x", nonce="n", long="x" * 201, blank=" ", audience=["a", "b"], **more)
    known = {"login_hint", "is_consent_required", "scope"}
    assert set(asked.json) == known | {"audience"} | {f"p{n}" for n in range(4)}
    assert asked.json["is_consent_required"] is False


def test_answers_that_are_none(server, realm, channel):
    request, asked = begin(realm, channel)
    _, another = begin(realm, channel, login_hint="dora")
    tokens = realm.password(BANK, "carol", "carol-password").json()
    for token, status in ((None, 401), ("garbage", 403), (tokens["access_token"], 403), (tokens["id_token"], 403),
                          (asked.token[:-4] + "AAAA", 403)):  # fmt: skip
        assert error_of(answer(realm, token)) == (status, "invalid_token")
    assert answer(server.realm("paced"), asked.token).status == 403
    for status in ("succeed", None, ["SUCCEED"], {"a": 1}, "SUCCEED "):
        assert error_of(answer(realm, asked.token, status)) == (400, "invalid_request")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {asked.token}"}
    url = realm.endpoint("ext/ciba/auth/callback")
    for body in (b"", b"{", b"[]", b'"SUCCEED"', b'{"status":"SUCCEED"' + b" " * 20000 + b"}"):
        assert Browser().request("POST", url, body, headers).status == 400
    assert Browser().post(url, {"status": "SUCCEED"}, {"Authorization": headers["Authorization"]}).status == 415
    assert error_of(poll(realm, BANK, request)) == (400, "authorization_pending")
    assert answer(realm, another.token).status == 200
    assert error_of(poll(realm, BANK, request)) == (400, "authorization_pending")


def test_the_channels_token_is_no_access_token(realm, channel):
    _, asked = begin(realm, channel)
    bearer = {"Authorization": f"Bearer {asked.token}"}
    assert realm.userinfo(asked.token).status == 401
    assert Browser().get(f"{realm.issuer}/account", headers={**bearer, "Accept": "application/json"}).status == 401
    assert Browser().get(f"{realm.base}/admin/realms/bank/users", headers=bearer).status == 401
    told = Browser().post(realm.endpoint("token/introspect"), {"token": asked.token}, BANK.auth)
    assert told.json() == {"active": False}
    exchange = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": asked.token,
                "subject_token_type": "urn:ietf:params:oauth:token-type:access_token"}  # fmt: skip
    assert realm.token(exchange, BANK).status == 400


@pytest.mark.parametrize("status, words", [(200, "Unexpected response"), (500, "Unexpected response"), (302, "Failed")])
def test_a_channel_that_does_not_take_the_request(realm, channel, status, words):
    channel.status = status
    try:
        refused = ask(realm)
    finally:
        channel.status = 201
    assert error_of(refused) == (503, "server_error") and words in refused.json()["error_description"]
    assert answer(realm, channel.asked().token).status == 403  # it was taken back


def test_a_channel_that_is_not_there(new_provider, tmp_path):
    file = tmp_path / "bank-realm.json"
    file.write_text(json.dumps(realm_of("bank")))
    alone = new_provider([file]).realm("bank")
    assert error_of(ask(alone)) == (503, "server_error")
    assert "backchannel_authentication_endpoint" not in alone.discovery().json()
    with AuthenticationChannel() as gone:
        uri = gone.uri
    dead = new_provider([file], (CHANNEL_OPTION, uri)).realm("bank")
    assert error_of(ask(dead)) == (503, "server_error")
    told = dead.discovery().json()
    assert told["backchannel_authentication_endpoint"] == dead.endpoint("ext/ciba/auth")
    assert "urn:openid:params:grant-type:ciba" in told["grant_types_supported"]
