# SPDX-License-Identifier: Apache-2.0
"""Lightweight access tokens: they name a session, and say no more than their mappers are told to; introspection says the rest."""

import json

import pytest
from oidc import Client, Pkce
from programs import Provider
from web import Browser, basic, bearer, unverified_token

CALLBACK = "http://localhost:8000/auth"
LIGHT, CHECK, APART, FEW = (Client(name, f"{name}-secret", CALLBACK) for name in ("light", "check", "apart", "few"))
LIGHTWEIGHT = {"client.use.lightweight.access.token.enabled": "true", "standard.token.exchange.enabled": "true"}
BARE = {"exp", "iat", "jti", "iss", "typ", "azp", "sid", "scope"}
CAROL = ("carol", "carol-password")
API = "http://localhost:9000/api"


def mapper(kind, **config):
    return {"name": kind, "protocol": "openid-connect", "protocolMapper": kind, "config": config}


def client(of, **more):
    return {
        "clientId": of.client_id,
        "secret": of.secret,
        "redirectUris": [CALLBACK],
        "directAccessGrantsEnabled": True,
        "serviceAccountsEnabled": True,
        "attributes": LIGHTWEIGHT,
        **more,
    }


USER = {"username": "carol", "enabled": True, "email": "carol@example.org", "firstName": "C", "lastName": "C"}
REALM = {
    "realm": "shop",
    "enabled": True,
    "attributes": {"resource.indicators": API},
    "roles": {"client": {"check": [{"name": "reader"}], "apart": [{"name": "reader"}]}},
    "clients": [
        client(
            LIGHT,
            protocolMappers=[
                mapper("oidc-hardcoded-claim-mapper", **{"claim.name": "told", "claim.value": "x", "lightweight.claim": "true", "access.token.claim": "false"}),
                {**mapper("oidc-hardcoded-claim-mapper", **{"claim.name": "kept", "claim.value": "y", "access.token.claim": "true", "introspection.token.claim": "false"}), "name": "kept"},
                mapper("oidc-audience-mapper", **{"included.client.audience": "check", "access.token.claim": "true"}),
                {**mapper("oidc-audience-mapper", **{"included.client.audience": "apart", "access.token.claim": "true"}), "name": "second"},
            ],
        ),
        client(CHECK, attributes={}),
        client(FEW, attributes={}, defaultClientScopes=[]),
        client(APART, protocolMappers=[mapper("oidc-sha256-pairwise-sub-mapper", pairwiseSubAlgorithmSalt="salt")]),
    ],
    "users": [{**USER, "credentials": [{"type": "password", "value": CAROL[1]}], "clientRoles": {"check": ["reader"], "apart": ["reader"]}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def realm(work):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "light") as provider:
        yield provider.realm("shop")


def claims_of(answer):
    assert answer.status == 200, answer.text
    return unverified_token(answer.json()["access_token"])[1]


def told(realm, token):
    return Browser().post(realm.endpoint("token/introspect"), {"token": token}, basic(CHECK.client_id, CHECK.secret)).json()


def test_a_token_says_little_and_introspection_the_rest(realm):
    answer = realm.password(LIGHT, *CAROL)
    claims = claims_of(answer)
    assert set(claims) == BARE | {"told"}
    all_of_it = told(realm, answer.json()["access_token"])
    assert {name: all_of_it[name] for name in BARE} == {name: claims[name] for name in BARE}
    assert (all_of_it["active"], all_of_it["username"], all_of_it["email"]) == (True, "carol", "carol@example.org")
    assert (set(all_of_it["aud"]), all_of_it["resource_access"]["check"]) == ({"check", "apart"}, {"roles": ["reader"]})
    assert "kept" not in all_of_it and "told" not in all_of_it  # each by its own switch, or by that of access tokens


def test_refreshed_ones_and_those_through_the_browser_are_so_too(realm):
    first = realm.password(LIGHT, *CAROL, scope="openid").json()
    assert set(claims_of(realm.refresh(LIGHT, first["refresh_token"]))) == BARE | {"told"}
    _, tokens = realm.code_login(LIGHT, *CAROL, Pkce())
    assert set(claims_of(tokens)) == BARE | {"told"}


def test_an_account_of_a_client_is_named(realm):
    """It has no session by which it could be found."""
    answer = realm.client_credentials(LIGHT)
    assert set(claims_of(answer)) == BARE - {"sid"} | {"sub", "told"}
    assert told(realm, answer.json()["access_token"])["username"] == "service-account-light"


def test_userinfo_is_for_clients_that_say_so(realm):
    token = realm.password(LIGHT, *CAROL, scope="openid").json()["access_token"]
    refused = Browser().get(realm.endpoint("userinfo"), headers=bearer(token))
    assert refused.status == 401 and "Lightweight access token not allowed" in refused.header("WWW-Authenticate")


def test_what_was_asked_for_is_what_it_is_for(realm):
    """A resource (RFC 8707) is all of its audience; a narrowed exchange is written out, for it could not be found again."""
    login = {"grant_type": "password", "username": CAROL[0], "password": CAROL[1], "resource": API}
    token = realm.token(login, LIGHT)
    assert claims_of(token)["aud"] == API and told(realm, token.json()["access_token"])["aud"] == API
    kind = "urn:ietf:params:oauth:token-type:access_token"
    subject = realm.password(LIGHT, *CAROL).json()["access_token"]
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": subject, "subject_token_type": kind}
    assert set(claims_of(realm.token(form, LIGHT))) == BARE | {"told"}
    narrowed = claims_of(realm.token({**form, "audience": "check"}, LIGHT))
    assert (narrowed["aud"], "apart" in narrowed["resource_access"]) == ("check", False)
    told_of_it = told(realm, realm.token({**form, "audience": "check"}, LIGHT).json()["access_token"])
    assert (told_of_it["aud"], "apart" in told_of_it["resource_access"]) == ("check", False)


def test_subjects_that_differ_are_told_by_introspection(realm):
    answer = realm.password(APART, *CAROL, scope="openid").json()
    by_id_token = unverified_token(answer["id_token"])[1]["sub"]
    assert "sub" not in unverified_token(answer["access_token"])[1]
    assert told(realm, answer["access_token"])["sub"] == by_id_token


def test_nothing_is_told_of_one_whose_session_is_over(realm):
    answer = realm.password(LIGHT, *CAROL).json()
    assert told(realm, answer["access_token"])["active"] is True
    form = {"refresh_token": answer["refresh_token"]}
    assert Browser().post(realm.endpoint("logout"), form, basic(LIGHT.client_id, LIGHT.secret)).status == 204
    assert told(realm, answer["access_token"]) == {"active": False}


def test_the_user_is_named_whatever_the_token_says(realm):
    """RFC 7662 section 2.2; but nobody whose subject is one for a client alone."""
    token = realm.password(FEW, *CAROL).json()["access_token"]
    assert "preferred_username" not in unverified_token(token)[1]
    assert told(realm, token)["username"] == "carol"
    account = realm.client_credentials(FEW).json()["access_token"]
    assert told(realm, account)["username"] == "service-account-few"
