# SPDX-License-Identifier: Apache-2.0
"""Backchannel authentications whose client is told that its user has answered (CIBA, ping mode): what it is told, how
often, and whom a stranger's client cannot have asked."""

import json

import pytest
from authentication_channel import CHANNEL_OPTION, answer
from ciba import ask, poll
from ciba_site import channel, error_of, realm, realm_of, server  # noqa: F401  (fixtures)
from oidc import Client
from programs import Provider
from waiting import until
from web import Browser

PINGED, STRANGER = Client("pinged", "pinged-secret"), Client("stranger", "stranger-secret")
NOTE = "bm90ZQ-._~+/=="


def begin(realm, channel, client=PINGED, **more):
    """(auth_req_id, the channel's token)"""
    begun = ask(realm, client, client_notification_token=NOTE, **more)
    assert begun.status == 200, begun.text
    return begun.json()["auth_req_id"], channel.asked().token


def metric(realm, outcome):
    name = f'ostiary_provider_notifications_total{{outcome="{outcome}"}}'
    text = Browser().get(f"{realm.base}/metrics").text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


@pytest.mark.parametrize("status, then", [("SUCCEED", 200), ("UNAUTHORIZED", 400), ("CANCELLED", 400)])
def test_the_client_is_told_of_an_answer(realm, channel, status, then):
    request, token = begin(realm, channel)
    assert channel.notifications(request) == 0
    assert answer(realm, token, status).status == 200
    told = channel.notified(request)
    assert told.json == {"auth_req_id": request}
    assert told.headers["Authorization"] == f"Bearer {NOTE}"
    assert told.headers["Content-Type"] == "application/json"
    assert poll(realm, PINGED, request).status == then


def test_a_client_may_poll_all_the_same(realm, channel):
    request, token = begin(realm, channel)
    assert error_of(poll(realm, PINGED, request)) == (400, "authorization_pending")
    answer(realm, token)
    assert poll(realm, PINGED, request).status == 200


@pytest.mark.parametrize("status, then", [("SUCCEED", 200), ("CANCELLED", 400)])
def test_who_is_told_need_not_wait_for_the_next_poll(server, channel, status, then):
    realm = server.realm("paced")
    channel.forget()
    request, token = begin(realm, channel)
    for error in ("authorization_pending", "slow_down"):
        assert error_of(poll(realm, PINGED, request)) == (400, error)
    assert answer(realm, token, status).status == 200
    channel.notified(request)
    fetched = poll(realm, PINGED, request)
    assert fetched.status == then and fetched.json().get("error") != "slow_down", fetched.text


def test_a_client_that_fails_is_told_again(realm, channel):
    channel.notification_status = 503
    try:
        request, token = begin(realm, channel)
        assert answer(realm, token).status == 200  # the channel does not wait for it
        channel.notified(request)
    finally:
        channel.notification_status = 204
    channel.notified(request)
    assert metric(realm, "failed") >= 1


@pytest.mark.parametrize("status", [403, 302])
def test_a_client_that_refuses_is_not_told_again(server, channel, status):
    realm = server.realm("paced")
    channel.forget()
    given_up = metric(realm, "given_up")
    channel.notification_status = status
    try:
        request, token = begin(realm, channel)
        assert answer(realm, token).status == 200
        until(lambda: metric(realm, "given_up") != given_up)
    finally:
        channel.notification_status = 204
    assert channel.notifications(request) == 1


@pytest.mark.parametrize("note", [None, "", "two words", "line\r\nX-Evil: 1", "caf\u00e9", "n" * 1025])
def test_tokens_that_cannot_be_shown(realm, channel, note):
    assert error_of(ask(realm, PINGED, client_notification_token=note)) == (400, "invalid_request")
    assert not channel.was_asked()


def test_a_strangers_client_reaches_nothing_in_our_network(realm, channel):
    failed = metric(realm, "failed")
    request, token = begin(realm, channel, STRANGER)
    assert answer(realm, token).status == 200
    until(lambda: metric(realm, "failed") != failed)
    assert channel.notifications(request) == 0
    assert poll(realm, STRANGER, request).status == 200


def test_what_is_to_be_told_outlasts_a_restart(tmp_path, channel):
    file = tmp_path / "bank-realm.json"
    file.write_text(json.dumps(realm_of("bank", channel.notification_uri)))
    channel.forget()
    program = Provider([file], tmp_path, arguments=(CHANNEL_OPTION, channel.uri))
    channel.notification_status = 503
    try:
        with program:
            request, token = begin(program.realm("bank"), channel)
            assert answer(program.realm("bank"), token).status == 200
            channel.notified(request)
    finally:
        channel.notification_status = 204
    channel.forget()
    with program:
        channel.notified(request)
        assert poll(program.realm("bank"), PINGED, request).status == 200
