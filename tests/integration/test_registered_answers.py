# SPDX-License-Identifier: Apache-2.0
"""Clients that register how they want to be answered, how safe their requests are, and where they hear of logouts."""

import json

import pytest
from decrypted import decrypted
from oidc import Client, Pkce
from programs import Provider
from signer import EcSigner, RsaSigner
from web import Browser, bearer, unverified_token

CALLBACK = "https://app.localhost/cb"
HIDDEN, SIGNING = RsaSigner("hidden"), EcSigner("signing")
KEYS = {"jwks": {"keys": [SIGNING.jwk(use="sig"), HIDDEN.jwk(use="enc")]}}
POLICY = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
TRUSTED = {
    "name": "Trusted Hosts",
    "providerId": "trusted-hosts",
    "subType": "anonymous",
    "config": {"trusted-hosts": ["localhost", "*.localhost"]},
}
USER = {
    "username": "carol",
    "enabled": True,
    "email": "carol@example.com",
    "firstName": "Carol",
    "lastName": "Cook",
    "credentials": [{"type": "password", "value": "carol-password"}],
}


@pytest.fixture(scope="module")
def realm(work):
    file = work / "answers-realm.json"
    content = {"realm": "answers", "enabled": True, "components": {POLICY: [TRUSTED]}, "users": [USER]}
    file.write_text(json.dumps(content))
    with Provider([file], work / "registered-answers") as provider:
        yield provider.realm("answers")


def send(realm, method, body, token=None, client_id=None):
    url = f"{realm.issuer}/clients-registrations/openid-connect" + (f"/{client_id}" if client_id else "")
    headers = {"Content-Type": "application/json", **(bearer(token) if token else {})}
    return Browser().request(method, url, body=json.dumps(body).encode(), headers=headers)


def register(realm, **metadata):
    return send(realm, "POST", {"redirect_uris": [CALLBACK], **metadata})


def registered(realm, **metadata):
    """The client; the answer says of it what was asked for."""
    answer = register(realm, **metadata)
    assert answer.status == 201, answer.text
    seen = answer.json()
    assert {name: seen.get(name) for name in metadata} == metadata
    return Client(seen["client_id"], seen["client_secret"], CALLBACK), seen


def log_in(realm, client):
    _, answer = realm.code_login(client, "carol", "carol-password", Pkce())
    assert answer.status == 200, answer.text
    return answer.json()


def test_a_client_that_says_nothing_is_answered_as_usual(realm):
    client, seen = registered(realm)
    assert not [name for name in seen if name.endswith(("_response_alg", "_response_enc"))]
    tokens = log_in(realm, client)
    assert unverified_token(tokens["id_token"])[0]["alg"] == "RS256"
    assert realm.userinfo(tokens["access_token"]).json()["email"] == USER["email"]


def test_signed_userinfo(realm):
    client, seen = registered(realm, userinfo_signed_response_alg="RS256")
    told = realm.userinfo(log_in(realm, client)["access_token"])
    assert told.header("Content-Type").startswith("application/jwt")
    header, claims = unverified_token(told.text)
    assert header["alg"] == "RS256" and claims["aud"] == client.client_id and claims["iss"] == realm.issuer
    # What a change leaves out is taken back (RFC 7592 section 2.2).
    change = {"client_id": client.client_id, "redirect_uris": [CALLBACK]}
    assert send(realm, "PUT", change, seen["registration_access_token"], client.client_id).status == 200
    assert realm.userinfo(log_in(realm, client)["access_token"]).json()["email"] == USER["email"]


def test_encrypted_id_tokens_and_userinfo(realm):
    wanted = {
        "id_token_encrypted_response_alg": "RSA-OAEP",
        "userinfo_signed_response_alg": "RS256",
        "userinfo_encrypted_response_alg": "RSA-OAEP-256",
        "userinfo_encrypted_response_enc": "A256GCM",
    }
    client, _ = registered(realm, **KEYS, **wanted)
    tokens = log_in(realm, client)
    header, inner = decrypted(tokens["id_token"], HIDDEN.private)
    assert (header["alg"], header["enc"]) == ("RSA-OAEP", "A128CBC-HS256")
    assert unverified_token(inner.decode())[1]["email"] == USER["email"]
    header, inner = decrypted(realm.userinfo(tokens["access_token"]).text, HIDDEN.private)
    assert (header["alg"], header["enc"]) == ("RSA-OAEP-256", "A256GCM")
    assert unverified_token(inner.decode())[0]["alg"] == "RS256"


def test_requests_that_are_less_than_was_registered(realm):
    client, _ = registered(realm, require_pushed_authorization_requests=True)
    assert "error=invalid_request" in realm.authorize(Browser(), client, Pkce()).location
    client, _ = registered(realm, require_signed_request_object=True)
    page = realm.authorize(Browser(), client, Pkce())
    assert page.status == 400 and "this one is not signed" in page.text


def test_tokens_bound_to_a_key(realm):
    client, _ = registered(realm, dpop_bound_access_tokens=True)
    _, answer = realm.code_login(client, "carol", "carol-password", Pkce())
    assert (answer.status, answer.json()["error"]) == (400, "invalid_dpop_proof"), answer.text


def test_the_algorithm_of_requests(realm):
    _, seen = registered(realm, request_object_signing_alg="ES256", **KEYS)
    # Unsigned ones are taken from nobody; who may send them has asked for nothing.
    answer = register(realm, request_object_signing_alg="none")
    assert answer.status == 201 and "request_object_signing_alg" not in answer.json()


def test_where_a_client_hears_of_logouts(realm):
    registered(
        realm,
        backchannel_logout_uri="https://back.localhost/out",
        backchannel_logout_session_required=True,
        backchannel_logout_revoke_offline_tokens=True,
        frontchannel_logout_uri="https://app.localhost/out?x=1",
        frontchannel_logout_session_required=True,
    )


def test_what_requests_are(realm):
    registered(
        realm,
        request_uris=["https://app.localhost/request", "https://app.localhost/other#47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"],
        default_acr_values=["gold", "urn:silver"],
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {"request_uris": "https://app.localhost/request"},
        {"request_uris": ["http://app.localhost/request"]},
        {"request_uris": ["https://app.localhost/*"]},
        {"request_uris": ["https://app.localhost/a##https://other.localhost/b"]},
        {"request_uris": ["https://app.localhost/a#b c"]},
        {"request_uris": [7]},
        {"request_uris": ["https://app.localhost/request"] * 17},
        {"request_uris": ["https://app.localhost/" + "x" * 2048]},
        {"default_acr_values": "gold"},
        {"default_acr_values": ["gold##silver"]},
        {"default_acr_values": ["two words"]},
        {"default_acr_values": [""]},
        {"backchannel_logout_revoke_offline_tokens": "true", "backchannel_logout_uri": "https://back.localhost/out"},
        {"userinfo_signed_response_alg": "none"},
        {"userinfo_signed_response_alg": "ES512"},  # the realm has no such key
        {"userinfo_signed_response_alg": "HS256"},
        {"userinfo_signed_response_alg": 7},
        {"id_token_signed_response_alg": "none"},
        {"authorization_signed_response_alg": "RS255"},
        {"id_token_encrypted_response_alg": "RSA1_5", **KEYS},
        {"id_token_encrypted_response_alg": "RSA-OAEP"},
        {"userinfo_encrypted_response_alg": "RSA-OAEP", "userinfo_encrypted_response_enc": "A128", **KEYS},
        {"userinfo_encrypted_response_enc": "A128GCM", **KEYS},
        {"request_object_signing_alg": "RS255"},
        {"require_pushed_authorization_requests": "true"},
        {"dpop_bound_access_tokens": 1},
        {"frontchannel_logout_uri": "https://other.localhost/out"},
        {"frontchannel_logout_uri": "https://app.localhost:8443/out"},
        {"frontchannel_logout_uri": "http://app.localhost/out"},
        {"frontchannel_logout_uri": "https://app.localhost/out#here"},
        {"backchannel_logout_uri": "http://app.localhost/out"},
    ],
)
def test_what_is_not_there_is_refused(realm, metadata):
    answer = register(realm, **metadata)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_client_metadata"), answer.text


def test_requests_at_hosts_that_are_not_trusted(realm):
    answer = register(realm, request_uris=["https://app.localhost/request", "https://elsewhere.example/request"])
    assert answer.status == 403, answer.text


def test_logouts_at_hosts_that_are_not_trusted(realm):
    answer = register(realm, backchannel_logout_uri="https://elsewhere.example/out")
    assert answer.status == 403, answer.text
