# SPDX-License-Identifier: Apache-2.0
"""What a client's attributes change in what it is answered, and nothing else."""

import json

import pytest
from oidc import Client, callback_of
from programs import Provider
from web import Browser, query_of, unverified_token

CALLBACK = "http://localhost:8000/auth"
CAROL = ("carol", "carol-password")
ATTRIBUTES = {
    "usual": {},
    "profile": {"access.token.header.type.rfc9068": "true"},
    "lower": {"token.response.type.bearer.lower-case": "true"},
    "older": {"use.lower-case.bearer.type": "true"},
    "no-issuer": {"exclude.issuer.from.auth.response": "true"},
    "no-state": {"exclude.session.state.from.auth.response": "true"},
}
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        {
            "clientId": name,
            "secret": "secret",
            "redirectUris": [CALLBACK],
            "directAccessGrantsEnabled": True,
            "serviceAccountsEnabled": True,
            "attributes": attributes,
        }
        for name, attributes in ATTRIBUTES.items()
    ],
    "users": [
        {
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": "carol-password"}],
        }
    ],
}


@pytest.fixture(scope="module")
def realm(work):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "answers") as provider:
        yield provider.realm("shop")


def client(name):
    return Client(name, "secret", CALLBACK)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_access_token_says_what_it_is_where_it_is_asked_for(realm, name):
    tokens = realm.password(client(name), *CAROL).json()
    header, claims = unverified_token(tokens["access_token"])[:2]
    assert header["typ"] == ("at+jwt" if name == "profile" else "JWT")
    assert claims.get("client_id") == (name if name == "profile" else None)
    assert unverified_token(tokens["id_token"])[0]["typ"] == "JWT"
    assert realm.userinfo(tokens["access_token"]).status == 200
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, client(name).auth)
    assert (told.json()["active"], told.json()["client_id"]) == (True, name)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_the_token_type_is_written_as_it_is_asked_for(realm, name):
    wanted = "bearer" if name in ("lower", "older") else "Bearer"
    for answer in (realm.password(client(name), *CAROL), realm.client_credentials(client(name))):
        assert answer.json()["token_type"] == wanted
        assert unverified_token(answer.json()["access_token"])[1]["typ"] == "Bearer"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_answer_leaves_out_what_it_is_asked_to(realm, name):
    browser = Browser()
    callback = callback_of(realm.log_in(browser, client(name), *CAROL))
    assert ("iss" in callback) == (name != "no-issuer")
    assert ("session_state" in callback) == (name != "no-state")
    refused = query_of(realm.authorize(browser, client(name), response_type="x").location)
    assert ("iss" in refused) == (name != "no-issuer")
    assert realm.code(client(name), callback["code"]).json()["session_state"]
