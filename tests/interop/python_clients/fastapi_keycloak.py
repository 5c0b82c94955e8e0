# SPDX-License-Identifier: Apache-2.0
"""fastapi-keycloak-middleware: an API that takes our access tokens, by the realm's key and by introspection."""

import requests
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from fastapi_keycloak_middleware import KeycloakConfiguration, get_user, setup_keycloak_middleware
from user import CLIENT_ID, CLIENT_SECRET, ISSUER, PROTOCOL

server, _, realm = ISSUER.partition("/realms/")
form = {"grant_type": "password", "username": "alice", "password": "alice-password", "scope": "openid"}
granted = requests.post(f"{PROTOCOL}/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET), timeout=10).json()
good = {"Authorization": f"Bearer {granted['access_token']}"}
head, claims, signature = granted["access_token"].split(".")
bad = {"Authorization": f"Bearer {head}.{claims}.{signature[::-1]}"}


async def user_of(claims):
    return claims["preferred_username"]


for introspecting in (False, True):
    api = FastAPI()
    configuration = KeycloakConfiguration(
        url=server,
        realm=realm,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        use_introspection_endpoint=introspecting,
    )
    setup_keycloak_middleware(api, keycloak_configuration=configuration, user_mapper=user_of)

    @api.get("/me")
    def me(user: str = Depends(get_user)):
        return user

    with TestClient(api) as client:
        assert client.get("/me", headers=good).json() == "alice", client.get("/me", headers=good).text
        assert client.get("/me", headers=bad).status_code == 401
        assert client.get("/me").status_code == 401
