# SPDX-License-Identifier: Apache-2.0
"""Keycloak's JWT authorization grant, which came with 26.5: the cases that ours answers alike (tests/support/jwt_bearer.py)."""

import json

import pytest
from jwt_bearer import APP, GRANT, ask, assertion, realm_named, same_everywhere
from keycloak import CHOSEN, NEWEST, Keycloak, distribution
from needs import must_have
from web import unverified_token

pytestmark = pytest.mark.skipif(CHOSEN != NEWEST, reason="Keycloak 24 has no such grant")


@pytest.fixture(scope="module")
def realm(work, results):
    must_have(lambda: distribution(NEWEST))
    file = work / "shop-realm.json"
    file.write_text(json.dumps(realm_named()))
    log = results / "keycloak-jwt-bearer.log"
    with Keycloak([file], log=log, features=["jwt-authorization-grant", "identity-assertion-jwt"], version=NEWEST) as server:
        yield server.realm("shop")


def test_it_answers_as_ours(realm):
    assert same_everywhere(realm) == []


def test_an_assertion_is_used_once(realm):
    token = assertion(realm)
    assert ask(realm, token).status == 200
    assert ask(realm, token).json()["error_description"] == "Token reuse detected"


def test_its_tokens_are_of_no_session(realm):
    tokens = ask(realm, assertion(realm), scope="openid").json()
    assert "sid" not in unverified_token(tokens["access_token"])[1] and "session_state" not in tokens
    assert "id_token" in tokens and "refresh_token" not in tokens and tokens["refresh_expires_in"] == 0
    assert GRANT in realm.discovery().json()["grant_types_supported"]
    assert realm.client_credentials(APP).status == 401  # the client has no account that it would need
