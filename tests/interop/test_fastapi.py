# SPDX-License-Identifier: Apache-2.0
"""The well-known FastAPI program, by python-jose and by our package, accepts each provider's tokens, and
refuses what it has to."""

import base64
import json

import pytest

from oidc import Pkce
from programs import FastApi, FastApiItems
from web import Browser, bearer, unverified_token


def ask(fastapi, token=None):
    return Browser().get(f"{fastapi.base}/items/", headers=bearer(token) if token else {})


def test_no_token(fastapi):
    answer = ask(fastapi)
    assert answer.status == 401
    assert answer.json() == {"detail": "Not authenticated"}
    challenge = answer.header("WWW-Authenticate")
    assert challenge == "Bearer" if isinstance(fastapi, FastApi) else challenge.startswith('Bearer realm="')


@pytest.mark.parametrize("user", ["alice", "bob"])
def test_password_grant(fastapi, realm, myapi, user):
    token = realm.password(myapi, user, f"{user}-password").json()["access_token"]
    answer = ask(fastapi, token)
    assert answer.status == 200, answer.text
    subject = unverified_token(token)[1]["sub"]
    assert answer.json() == {"message": f"Hello user {subject}! This is a protected resource!"}


def test_client_credentials(fastapi, realm, myapi):
    assert ask(fastapi, realm.client_credentials(myapi).json()["access_token"]).status == 200


def test_code_flow(fastapi, realm, myapi, items_docs):
    for client in (myapi, items_docs):
        _, tokens = realm.code_login(client, "alice", "alice-password", Pkce())
        assert tokens.status == 200, tokens.text
        assert ask(fastapi, tokens.json()["access_token"]).status == 200


def test_refreshed(fastapi, realm, myapi):
    first = realm.password(myapi, "alice", "alice-password").json()
    second = realm.refresh(myapi, first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert ask(fastapi, second["access_token"]).status == 200


def changed(token, **claims):
    header, payload, signature = token.split(".")
    told = {**json.loads(base64.urlsafe_b64decode(payload + "==")), **claims}
    forged = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    return f"{header}.{forged}.{signature}"


def test_tampered(fastapi, realm, myapi):
    token = realm.password(myapi, "bob", "bob-password").json()["access_token"]
    header, payload, signature = token.split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (
        changed(token, preferred_username="alice"),
        changed(token, exp=4102444800),
        f"{header}.{payload}.{flipped}",
        f"{header}.{payload}.",
    ):
        assert ask(fastapi, forged).status == 401


def test_other_tokens_of_the_same_login(fastapi, realm, myapi):
    tokens = realm.password(myapi, "alice", "alice-password").json()
    assert ask(fastapi, tokens["refresh_token"]).status == 401
    # An ID token is for the client myapi, which is also the audience: python-jose cannot tell the two apart.
    if isinstance(fastapi, FastApiItems):
        assert ask(fastapi, tokens["id_token"]).status == 401


def test_docs_client_id_token_is_refused(fastapi, realm, items_docs):
    _, tokens = realm.code_login(items_docs, "alice", "alice-password", Pkce())
    assert ask(fastapi, tokens.json()["id_token"]).status == 401
