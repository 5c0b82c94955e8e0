# SPDX-License-Identifier: Apache-2.0
"""Authorization codes at the token endpoint: used once, by whom they were made for."""

import concurrent.futures
import time

import pytest
from oidc import Client, Pkce, callback_of
from token_probe import (  # noqa: F401, F811  (fixtures)
    CALLBACK,
    CAROL,
    OTHER,
    WEB,
    assert_refused,
    carol,
    probe,
    server,
)
from web import Browser


# ---- codes ----


def test_a_code_works_once_however_many_try(probe):
    code, pkce = carol(probe)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: probe.code(WEB, code, pkce), range(20)))
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) == 1
    for answer in answers:
        if answer.status != 200:
            assert_refused(answer, 400, "invalid_grant", "Code not valid")
    # What the first one got has been revoked (RFC 6749 section 4.1.2).
    refresh_token = good[0].json()["refresh_token"]
    assert_refused(
        probe.refresh(WEB, refresh_token), 400, "invalid_grant", "Session doesn't have required client"
    )


def test_what_was_revoked_does_not_revive_with_the_next_login(probe):
    browser, pkce = Browser(), Pkce()
    code = callback_of(probe.log_in(browser, WEB, *CAROL, pkce))["code"]
    stolen = probe.code(WEB, code, pkce).json()
    probe.code(WEB, code, pkce)
    time.sleep(1.1)
    again = Pkce()
    fresh = callback_of(probe.authorize(browser, WEB, again))["code"]
    assert probe.code(WEB, fresh, again).status == 200
    assert probe.refresh(WEB, stolen["refresh_token"]).status == 400
    assert probe.userinfo(stolen["access_token"]).status == 401


@pytest.mark.parametrize(
    "change, description",
    [
        ({"redirect_uri": CALLBACK + "/"}, "Incorrect redirect_uri"),
        ({"redirect_uri": None}, "Incorrect redirect_uri"),
        ({"code_verifier": None}, "PKCE code verifier not specified"),
        ({"code_verifier": "a" * 43}, "PKCE verification failed"),
        ({"code_verifier": "a" * 42}, "PKCE invalid code verifier"),
        ({"code_verifier": "a" * 129}, "PKCE invalid code verifier"),
        ({"code_verifier": "a" * 42 + "!"}, "PKCE invalid code verifier"),
    ],
)
def test_a_code_is_spent_by_a_mistake(probe, change, description):
    code, pkce = carol(probe)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": pkce.verifier,
        **change,
    }
    answer = probe.token({name: value for name, value in form.items() if value is not None}, WEB)
    assert_refused(answer, 400, "invalid_grant", description)
    assert_refused(probe.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")


def test_a_verifier_without_a_challenge(probe):
    code = callback_of(probe.log_in(Browser(), WEB, *CAROL))["code"]
    description = "PKCE code verifier specified but challenge not present in authorization"
    assert_refused(probe.code(WEB, code, Pkce()), 400, "invalid_grant", description)


def test_a_plain_challenge(probe):
    verifier = "v" * 50
    code = callback_of(probe.log_in(Browser(), WEB, *CAROL, code_challenge=verifier))["code"]
    pkce = Pkce()
    pkce.verifier = verifier
    assert probe.code(WEB, code, pkce).status == 200


def test_a_code_of_another_client(probe):
    code, pkce = carol(probe)
    assert_refused(probe.code(OTHER, code, pkce), 400, "invalid_grant", "Auth error")
    assert_refused(probe.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")


def test_a_wrong_secret_does_not_spend_the_code(probe):
    code, pkce = carol(probe)
    assert probe.code(Client("web", "wrong", CALLBACK), code, pkce).status == 401
    assert probe.code(WEB, code, pkce).status == 200


def test_a_code_of_another_realm(server, probe):
    code, pkce = carol(probe)
    assert server.realm("rotating").code(WEB, code, pkce).status == 400


def test_c4_another_realm_neither_spends_a_code_nor_ends_what_it_brought(server, probe):
    other = server.realm("rotating")
    code, pkce = carol(probe)
    assert_refused(other.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")
    tokens = probe.code(WEB, code, pkce)
    assert tokens.status == 200
    assert_refused(other.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")
    assert probe.refresh(WEB, tokens.json()["refresh_token"]).status == 200


def test_c4_another_client_ends_nothing_with_a_used_code(probe):
    code, pkce = carol(probe)
    tokens = probe.code(WEB, code, pkce)
    assert_refused(probe.code(OTHER, code, pkce), 400, "invalid_grant", "Code not valid")
    assert probe.refresh(WEB, tokens.json()["refresh_token"]).status == 200


@pytest.mark.parametrize("empty", ["max_age", "response_mode", "code_challenge", "code_challenge_method", "request",
                                   "request_uri", "login_hint", "prompt", "nonce"])
def test_p18_a_parameter_without_a_value_is_left_out(probe, empty):
    assert "code" in callback_of(probe.log_in(Browser(), WEB, *CAROL, **{empty: ""}))


def test_p14_a_method_without_a_challenge_is_refused(probe):
    answer = probe.authorize(Browser(), WEB, code_challenge_method="S256")
    assert callback_of(answer)["error"] == "invalid_request"
