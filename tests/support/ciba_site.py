# SPDX-License-Identifier: Apache-2.0
"""A provider with an authentication channel, and realms whose clients ask for users there (CIBA): fixtures."""

import json

import pytest
from authentication_channel import CHANNEL_OPTION, AuthenticationChannel
from ciba import BANK, PROBED_KEY, ask
from programs import Provider

GRANT = "oidc.ciba.grant.enabled"
PAIRWISE = {
    "name": "pairwise",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-sha256-pairwise-sub-mapper",
    "config": {"pairwiseSubAlgorithmSalt": "salt"},
}


def client(client_id, attributes=None, **more):
    kept = {GRANT: "true", **(attributes or {})}
    secret = {} if more.get("publicClient") else {"secret": f"{client_id}-secret"}
    return {"clientId": client_id, "directAccessGrantsEnabled": True, "attributes": kept, **secret, **more}


def user(name, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name,
        "lastName": "Cook",
        "realmRoles": ["default-roles-bank"],
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


def realm_of(name, notified="http://127.0.0.1:1/", **attributes):
    keys = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [PROBED_KEY.jwk("signing")]})}
    ping = {
        "ciba.backchannel.token.delivery.mode": "ping",
        "ciba.backchannel.client.notification.endpoint": notified,
    }
    return {
        "realm": name,
        "enabled": True,
        "eventsEnabled": True,
        "attributes": {"cibaExpiresIn": "60", "cibaInterval": "0", **attributes},
        "clients": [
            client("bank"),
            client("other"),
            client("pairwise", redirectUris=["http://app.example/cb"], protocolMappers=[PAIRWISE]),
            client("open", publicClient=True),
            client("asking", consentRequired=True),
            client("signing", {"ciba.backchannel.auth.request.signing.alg": "ES256", **keys}),
            client("pinged", ping),
            client("stranger", {**ping, "registration.access.token.id": "1"}),
            client("off", {GRANT: "false"}),
            client("pushed", {"ciba.backchannel.token.delivery.mode": "push"}),
            {"clientId": "tv", "publicClient": True, "attributes": {"oauth2.device.authorization.grant.enabled": "true"}},
        ],
        "users": [user("carol"), user("dora"), user("erin"), user("gone", enabled=False)],
    }


@pytest.fixture(scope="module")
def channel():
    with AuthenticationChannel() as channel:
        yield channel


@pytest.fixture(scope="module")
def server(tmp_path_factory, channel):
    work = tmp_path_factory.mktemp("ciba")
    realms = [
        realm_of("bank", channel.notification_uri),
        realm_of("paced", channel.notification_uri, cibaInterval="3", cibaExpiresIn="60"),
        realm_of("hinted", cibaAuthRequestedUserHint="id_token_hint"),
        realm_of("tokens", cibaAuthRequestedUserHint="login_hint_token"),
    ]
    files = [work / f"ciba-{realm['realm']}-realm.json" for realm in realms]
    for file, realm in zip(files, realms):
        file.write_text(json.dumps(realm))
    with Provider(files, work, arguments=(CHANNEL_OPTION, channel.uri)) as provider:
        yield provider


@pytest.fixture
def realm(server, channel):
    channel.forget()
    return server.realm("bank")


def begin(realm, channel, client=BANK, **more):
    """(auth_req_id, what the channel was asked)"""
    begun = ask(realm, client, **more)
    assert begun.status == 200, begun.text
    return begun.json()["auth_req_id"], channel.asked()


def error_of(answer):
    return answer.status, answer.json()["error"]
