# SPDX-License-Identifier: Apache-2.0
"""Client-initiated backchannel authentication (CIBA): who may have whom asked, what a client gets, and what neither a
stranger nor a flood of polls gets."""

import concurrent.futures
import time

import pytest
from authentication_channel import answer
from ciba import BANK, ask, poll
from ciba_site import begin, channel, error_of, realm, server  # noqa: F401  (fixtures)
from dpop import DpopClient
from oidc import Client
from web import unverified_token

OTHER, ASKING, OFF, PUSHED = (Client(name, f"{name}-secret") for name in ("other", "asking", "off", "pushed"))
TV = Client("tv")


def test_a_user_approves_and_the_client_gets_tokens(realm, channel):
    request, asked = begin(realm, channel, scope="openid email", binding_message="pay-12", acr_values="1", branch="Bern")
    assert asked.json == {
        **{"binding_message": "pay-12", "login_hint": "carol", "is_consent_required": False},
        **{"scope": asked.json["scope"], "acr_values": "1", "branch": "Bern"},
    }
    assert {"openid", "email", "profile"} <= set(asked.json["scope"].split())
    assert asked.headers["Content-Type"] == "application/json"
    assert error_of(poll(realm, BANK, request)) == (400, "authorization_pending")
    done = answer(realm, asked.token)
    assert (done.status, done.json()) == (200, {})
    tokens = poll(realm, BANK, request)
    assert tokens.status == 200, tokens.text
    claims = unverified_token(tokens.json()["id_token"])[1]
    assert (claims["preferred_username"], claims["acr"]) == ("carol", "1")
    assert abs(claims["auth_time"] - time.time()) < 10
    assert error_of(poll(realm, BANK, request)) == (400, "invalid_grant")
    assert realm.refresh(BANK, tokens.json()["refresh_token"]).status == 200
    assert realm.userinfo(tokens.json()["access_token"]).json()["email"] == "carol@example.org"


def test_parameters_without_a_value_count_as_left_out(realm, channel):
    names = ("login_hint_token", "requested_expiry", "client_notification_token", "user_code", "binding_message", "request")
    _, asked = begin(realm, channel, **{name: "" for name in names})
    assert asked.json["login_hint"] == "carol"


@pytest.mark.parametrize("status", ["UNAUTHORIZED", "CANCELLED"])
def test_a_user_who_does_not_approve(realm, channel, status):
    request, asked = begin(realm, channel)
    assert answer(realm, asked.token, status).status == 200
    assert error_of(poll(realm, BANK, request)) == (400, "access_denied")
    assert answer(realm, asked.token).status == 403
    assert error_of(poll(realm, BANK, request)) == (400, "access_denied")


def test_consent_is_given_on_the_device(realm, channel):
    request, asked = begin(realm, channel, ASKING)
    assert asked.json["is_consent_required"] is True
    answer(realm, asked.token)
    tokens = poll(realm, ASKING, request)
    assert tokens.status == 200, tokens.text
    assert realm.refresh(ASKING, tokens.json()["refresh_token"]).status == 200


def test_offline_tokens_and_bound_tokens(realm, channel):
    request, asked = begin(realm, channel, scope="openid offline_access")
    answer(realm, asked.token)
    proof = DpopClient()
    form = {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": request}
    headers = {"DPoP": proof.proof(realm.endpoint("token"), "", "POST", ath=None)}
    answered = realm.token(form, BANK, headers)
    assert answered.status == 200, answered.text
    tokens = answered.json()
    assert tokens["token_type"] == "DPoP"
    assert unverified_token(tokens["refresh_token"])[1]["typ"] == "Offline"


@pytest.mark.parametrize("who, wanted", [
    (OFF, (401, "invalid_grant")),
    (PUSHED, (401, "invalid_grant")),
    (Client("open"), (401, "unauthorized_client")),
    (Client("bank", "wrong"), (401, "unauthorized_client")),
    (Client("nobody", "wrong"), (401, "invalid_client")),
])  # fmt: skip
def test_clients_that_may_not_ask(realm, channel, who, wanted):
    assert error_of(ask(realm, who)) == wanted
    assert not channel.was_asked()


@pytest.mark.parametrize("changes, error", [
    ({"scope": None}, "invalid_request"),
    ({"scope": "openid nothing"}, "invalid_scope"),
    ({"scope": "openid " * 2000}, "invalid_request"),
    ({"login_hint": None}, "invalid_request"),
    ({"login_hint": ""}, "invalid_request"),
    ({"login_hint": "nobody"}, "invalid_request"),
    ({"login_hint": "gone"}, "invalid_request"),
    ({"id_token_hint": "e30.e30.AA"}, "invalid_request"),
    ({"login_hint_token": "x"}, "invalid_request"),
    ({"binding_message": "two words"}, "invalid_binding_message"),
    ({"binding_message": "a" * 51}, "invalid_binding_message"),
    ({"binding_message": "caf\u00e9"}, "invalid_binding_message"),
    ({"requested_expiry": "0"}, "invalid_request"),
    ({"requested_expiry": "-1"}, "invalid_request"),
    ({"requested_expiry": "99999999999999999999"}, "invalid_request"),
    ({"user_code": "1234"}, "invalid_request"),
    ({"client_notification_token": "note"}, "invalid_request"),
    ({"request_uri": "http://127.0.0.1:1/request"}, "invalid_request"),
    ({"request": "e30"}, "invalid_request"),
    ({"acr_values": "a" * 1025}, "invalid_request"),
    ({"resource": "relative"}, "invalid_target"),
])  # fmt: skip
def test_requests_that_are_refused(realm, channel, changes, error):
    assert error_of(ask(realm, **changes)) == (400, error)
    assert not channel.was_asked()


def test_polls_have_a_pace(server, channel):
    realm = server.realm("paced")
    channel.forget()
    request, asked = begin(realm, channel)
    assert error_of(poll(realm, BANK, request)) == (400, "authorization_pending")
    answer(realm, asked.token)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        flood = list(pool.map(lambda _: error_of(poll(realm, BANK, request)), range(20)))
    assert set(flood) == {(400, "slow_down")}
    time.sleep(3.1)
    assert poll(realm, BANK, request).status == 200


def test_a_request_expires(server, channel):
    realm = server.realm("paced")
    channel.forget()
    begun = ask(realm, requested_expiry="1")
    assert begun.json()["expires_in"] == 1
    assert ask(realm, requested_expiry="1000").json()["expires_in"] == 60
    token = channel.asked().token
    time.sleep(1.6)
    assert error_of(poll(realm, BANK, begun.json()["auth_req_id"])) == (400, "expired_token")
    assert answer(realm, token).status == 403


def test_one_of_two_takes_the_tokens(realm, channel):
    request, asked = begin(realm, channel)
    answer(realm, asked.token)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: poll(realm, BANK, request).status, range(8)))
    assert sorted(answers) == [200] + [400] * 7


def test_a_request_belongs_to_its_client_its_realm_and_its_grant(server, realm, channel):
    request, asked = begin(realm, channel)
    answer(realm, asked.token)
    assert error_of(poll(realm, OTHER, request)) == (400, "invalid_grant")
    assert error_of(poll(server.realm("paced"), BANK, request)) == (400, "invalid_grant")
    assert error_of(realm.device_token(TV, request)) == (400, "invalid_grant")
    device = realm.device_authorization(TV).json()["device_code"]
    assert error_of(poll(realm, BANK, device)) == (400, "invalid_grant")
    assert error_of(poll(realm, BANK, "x" * 5000)) == (400, "invalid_grant")
    assert poll(realm, BANK, request).status == 200


def test_a_user_is_not_asked_without_end(realm, channel):
    statuses = [ask(realm, login_hint="erin").status for _ in range(25)]
    assert statuses == [200] * 20 + [503] * 5
    assert ask(realm).status == 200


def test_an_id_token_as_the_hint(server, channel):
    channel.forget()
    hint = server.realm("hinted").password(BANK, "carol", "carol-password").json()["id_token"]
    request, asked = begin(server.realm("hinted"), channel, login_hint=None, id_token_hint=hint)
    assert asked.json["login_hint"] == "carol"
    answer(server.realm("hinted"), asked.token)
    assert poll(server.realm("hinted"), BANK, request).status == 200


def test_an_id_token_with_a_pairwise_subject_as_the_hint(server, channel):
    channel.forget()
    realm, pairwise = server.realm("hinted"), Client("pairwise", "pairwise-secret")
    hint = realm.password(pairwise, "carol", "carol-password").json()["id_token"]
    request, asked = begin(realm, channel, pairwise, login_hint=None, id_token_hint=hint)
    assert asked.json["login_hint"] == "carol"
    answer(realm, asked.token)
    assert poll(realm, pairwise, request).status == 200


@pytest.mark.parametrize("hint", ["garbage", "e30.e30.AA", ""])
def test_hints_that_are_no_id_token(server, channel, hint):
    realm = server.realm("hinted")
    assert error_of(ask(realm, login_hint=None, id_token_hint=hint)) == (400, "invalid_request")
    assert error_of(ask(realm)) == (400, "invalid_request")


def test_a_hint_of_another_kind_of_token_or_realm(server, realm):
    hinted = server.realm("hinted")
    tokens = hinted.password(BANK, "carol", "carol-password").json()
    elsewhere = realm.password(BANK, "carol", "carol-password").json()["id_token"]
    for hint in (tokens["access_token"], tokens["refresh_token"], elsewhere):
        assert error_of(ask(hinted, login_hint=None, id_token_hint=hint)) == (400, "invalid_request")
    nobody = server.realm("tokens")
    assert error_of(ask(nobody, login_hint=None, login_hint_token=tokens["id_token"])) == (400, "invalid_request")
