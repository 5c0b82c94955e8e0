# SPDX-License-Identifier: Apache-2.0
"""How long access tokens last, and which scopes a client has, where its settings say it in ways that are easily read otherwise:
as Keycloak 24.0.5 and 26.7.3 do."""

import pytest
from oidc import Client
from programs import Provider, realm_files
from web import unverified_token


def client(name, attributes=None, **more):
    kind = {"secret": "secret", "serviceAccountsEnabled": True, "directAccessGrantsEnabled": True}
    return {"clientId": name, **kind, "attributes": attributes or {}, **more}


CLIENTS = [
    client("plain"),
    client("long", {"access.token.lifespan": "99999"}),
    client("unlimited", {"access.token.lifespan": "-1"}),
    client("limited", {"access.token.lifespan": "-1", "client.session.max.lifespan": "70"}),
    client("short", {"client.session.max.lifespan": "40"}),
    client("default-alone", defaultClientScopes=["email"]),
    client("optional-alone", optionalClientScopes=["phone"]),
    client("none", defaultClientScopes=[]),
    client("kept", {"client_credentials.use_refresh_token": "true"}),
]
USER = {"username": "ann", "enabled": True, "email": "ann@example.org", "credentials": [{"type": "password", "value": "ann"}]}
BASE = {"enabled": True, "ssoSessionMaxLifespan": 1000, "clients": CLIENTS, "users": [USER]}
REALMS = [{"realm": "whole", **BASE}, {"realm": "part", **BASE, "clientSessionMaxLifespan": 90}]


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "lifespans-realms"), work / "lifespans") as provider:
        yield provider


def lasts(answer):
    assert answer.status == 200, answer.text
    claims = unverified_token(answer.json()["access_token"])[1]
    assert abs(claims["exp"] - claims["iat"] - answer.json()["expires_in"]) <= 1
    return answer.json()["expires_in"]


@pytest.mark.parametrize(
    "realm, name, seconds",
    [
        ("whole", "plain", 300),
        ("whole", "long", 1000),
        ("whole", "unlimited", 1000),
        ("whole", "limited", 70),
        ("whole", "short", 40),
        ("part", "plain", 90),
        ("part", "long", 90),
        ("part", "short", 40),
    ],
)
def test_a_session_that_begins_now_limits_tokens_with_and_without_one(server, realm, name, seconds):
    who, of = Client(name, "secret"), server.realm(realm)
    assert lasts(of.client_credentials(who)) == seconds
    assert seconds - 1 <= lasts(of.password(who, "ann", "ann")) <= seconds


@pytest.mark.parametrize(
    "name, asked, granted",
    [
        ("plain", "openid phone", {"openid", "profile", "email", "phone"}),
        ("default-alone", "openid", {"openid", "email"}),
        ("default-alone", "openid phone", None),
        ("optional-alone", "openid", {"openid"}),
        ("optional-alone", "openid email", None),
        ("none", "openid", {"openid"}),
        ("none", "openid offline_access", None),
    ],
)
def test_who_names_scopes_of_one_kind_has_no_others(server, name, asked, granted):
    answer = server.realm("whole").password(Client(name, "secret"), "ann", "ann", scope=asked)
    if granted is None:
        assert (answer.status, answer.json()["error"]) == (400, "invalid_scope")
    else:
        assert set(answer.json()["scope"].split()) == granted


def test_client_credentials_bring_a_refresh_token_to_clients_that_say_so(server):
    """RFC 6749 section 4.4.3 has it otherwise; Keycloak's old clients live by it."""
    realm, kept, plain = server.realm("whole"), Client("kept", "secret"), Client("plain", "secret")
    assert "refresh_token" not in realm.client_credentials(plain).json()
    first = realm.client_credentials(kept).json()
    session = unverified_token(first["access_token"])[1]["sid"]
    assert (first["session_state"], first["refresh_expires_in"]) == (session, 1000)
    second = realm.refresh(kept, first["refresh_token"])
    assert lasts(second) == 300 and unverified_token(second.json()["access_token"])[1]["sid"] == session
    assert realm.refresh(plain, first["refresh_token"]).status == 400
    form = {"refresh_token": second.json()["refresh_token"], "client_id": "kept", "client_secret": "secret"}
    assert realm.browser().post(realm.endpoint("logout"), form).status == 204
    assert realm.refresh(kept, second.json()["refresh_token"]).status == 400
