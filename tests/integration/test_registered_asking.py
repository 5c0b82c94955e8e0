# SPDX-License-Identifier: Apache-2.0
"""Clients that register for grants without a browser of theirs (CIBA Core §4, RFC 8628), and what of theirs an
administrator has set."""

import json

import pytest
from oidc import Client
from programs import Provider
from web import Browser, bearer

CALLBACK = "https://app.example.org/cb"
CIBA = "urn:openid:params:grant-type:ciba"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
POLICY = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
REALM = {
    "realm": "asking",
    "enabled": True,
    "components": {
        POLICY: [
            {
                "name": "Trusted Hosts",
                "providerId": "trusted-hosts",
                "subType": "anonymous",
                "config": {"trusted-hosts": ["localhost", "app.example.org"]},
            }
        ]
    },
    "clients": [{"clientId": "registrar", "secret": "registrar-secret", "serviceAccountsEnabled": True}],
    "users": [
        {
            "username": "service-account-registrar",
            "enabled": True,
            "serviceAccountClientId": "registrar",
            "clientRoles": {"realm-management": ["create-client", "manage-clients", "view-clients"]},
        },
    ],
}
ALL = {
    "backchannel_token_delivery_mode": "ping",
    "backchannel_client_notification_endpoint": "https://app.example.org/told",
    "backchannel_authentication_request_signing_alg": "ES256",
}


@pytest.fixture(scope="module")
def realm(work):
    file = work / "asking-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "registered-asking") as provider:
        yield provider.realm("asking")


def send(realm, method, url, body=None, token=None):
    headers = {"Content-Type": "application/json", **(bearer(token) if token else {})}
    return Browser().request(method, url, None if body is None else json.dumps(body).encode(), headers)


def register(realm, token=None, **metadata):
    url = f"{realm.issuer}/clients-registrations/openid-connect"
    return send(realm, "POST", url, {"redirect_uris": [CALLBACK], **metadata}, token)


def registrar(realm):
    form = {"grant_type": "client_credentials", **Client("registrar", "registrar-secret").form}
    return Browser().post(realm.endpoint("token"), form).json()["access_token"]


def stored(realm, client_id):
    url = f"{realm.base}/admin/realms/asking/clients?clientId={client_id}"
    return send(realm, "GET", url, token=registrar(realm)).json()[0]


def test_what_is_registered_is_answered_and_stands_where_keycloak_keeps_it(realm):
    answer = register(realm, **ALL)
    assert answer.status == 201, answer.text
    seen = answer.json()
    assert {name: seen.get(name) for name in ALL} == ALL
    attributes = stored(realm, seen["client_id"])["attributes"]
    assert attributes["ciba.backchannel.token.delivery.mode"] == "ping"
    assert attributes["ciba.backchannel.client.notification.endpoint"] == "https://app.example.org/told"
    assert attributes["ciba.backchannel.auth.request.signing.alg"] == "ES256"


@pytest.mark.parametrize(
    "metadata, said",
    [
        ({"backchannel_token_delivery_mode": "push"}, "backchannel_token_delivery_mode"),
        ({"backchannel_token_delivery_mode": "ping"}, "backchannel_client_notification_endpoint"),
        ({"backchannel_client_notification_endpoint": "http://app.example.org/"}, "https"),
        ({"backchannel_client_notification_endpoint": "https://app.example.org/#x"}, "https"),
        ({"backchannel_authentication_request_signing_alg": "HS256"}, "signing_alg"),
        ({"backchannel_authentication_request_signing_alg": "none"}, "signing_alg"),
        ({"backchannel_token_delivery_mode": 7}, "backchannel_token_delivery_mode"),
    ],
)
def test_what_could_not_be_kept_is_refused(realm, metadata, said):
    answer = register(realm, **metadata)
    assert answer.status == 400, answer.text
    assert answer.json()["error"] == "invalid_client_metadata" and said in answer.json()["error_description"]


def test_a_strangers_addresses_have_to_be_trusted(realm):
    metadata = {
        "backchannel_token_delivery_mode": "ping",
        "backchannel_client_notification_endpoint": "https://elsewhere.example.net/",
    }
    assert register(realm, **metadata).status == 403
    assert register(realm, registrar(realm), **metadata).status == 201


def test_grants_that_ask_people_without_a_page_are_not_for_strangers(realm):
    asked = {"grant_types": ["authorization_code", "refresh_token", DEVICE, CIBA]}
    assert set(register(realm, **asked).json()["grant_types"]) == {"authorization_code", "refresh_token"}
    known = register(realm, registrar(realm), **asked).json()
    assert set(known["grant_types"]) == set(asked["grant_types"])
    device = Browser().post(
        realm.endpoint("auth/device"), Client(known["client_id"], known["client_secret"]).form
    )
    assert device.status == 200 and device.json()["user_code"]


def test_a_change_takes_out_what_it_leaves_out_and_nothing_of_the_administrators(realm):
    seen = register(realm, **ALL).json()
    client = stored(realm, seen["client_id"])
    url = f"{realm.base}/admin/realms/asking/clients/{client['id']}"
    attributes = {**client["attributes"], "access.token.lifespan": "77", "pkce.code.challenge.method": "S256"}
    assert send(realm, "PUT", url, {**client, "attributes": attributes}, registrar(realm)).status == 204
    changed = {"client_id": seen["client_id"], "redirect_uris": [CALLBACK]}
    answer = send(realm, "PUT", seen["registration_client_uri"], changed, seen["registration_access_token"])
    assert answer.status == 200, answer.text
    assert not set(answer.json()) & set(ALL)
    after = stored(realm, seen["client_id"])
    assert "ciba.backchannel.token.delivery.mode" not in after["attributes"]
    assert after["attributes"]["access.token.lifespan"] == "77"
    assert after["attributes"]["pkce.code.challenge.method"] == "S256"


def test_a_stranger_keeps_the_grants_that_an_administrator_has_given(realm):
    seen = register(realm).json()
    client = stored(realm, seen["client_id"])
    url = f"{realm.base}/admin/realms/asking/clients/{client['id']}"
    attributes = {**client["attributes"], "oauth2.device.authorization.grant.enabled": "true"}
    assert send(realm, "PUT", url, {**client, "attributes": attributes}, registrar(realm)).status == 204
    changed = {"client_id": seen["client_id"], "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", DEVICE, CIBA]}
    answer = send(realm, "PUT", seen["registration_client_uri"], changed, seen["registration_access_token"])
    assert answer.status == 200, answer.text
    assert DEVICE in answer.json()["grant_types"] and CIBA not in answer.json()["grant_types"]
