# SPDX-License-Identifier: Apache-2.0
"""Clients that register with keys of their own (RFC 7591 §2, jwks and jwks_uri), or to sign with their secret."""

import hmac
import json
import time
import uuid

import pytest
from document_server import DocumentServer
from programs import Provider
from signer import EcSigner, b64, signing_input
from web import Browser

CALLBACK = "http://localhost:8000/cb"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FIRST, SECOND = EcSigner("first"), EcSigner("second")
TRUSTED = {
    "name": "Trusted Hosts",
    "providerId": "trusted-hosts",
    "subType": "anonymous",
    "config": {
        "trusted-hosts": ["localhost", "*.localhost"],
        "host-sending-registration-request-must-match": ["true"],
        "client-uris-must-match": ["true"],
    },
}


def set_of(*signers):
    return {"keys": [signer.jwk() for signer in signers]}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("keys"))
    made.put("/jwks", raw=json.dumps(set_of(FIRST)).encode())
    yield made
    made.close()


@pytest.fixture(scope="module")
def realm(work, keys):
    components = {"org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy": [TRUSTED]}
    file = work / "keys-realm.json"
    file.write_text(json.dumps({"realm": "keys", "enabled": True, "components": components}))
    with Provider([file], work / "registered-keys", arguments=("--ca-file", keys.ca)) as provider:
        yield provider.realm("keys")


def send(realm, method, body, token=None, client_id=None):
    url = f"{realm.issuer}/clients-registrations/openid-connect" + (f"/{client_id}" if client_id else "")
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    return Browser().request(method, url, body=json.dumps(body).encode(), headers=headers)


def register(realm, **metadata):
    return send(realm, "POST", {"redirect_uris": [CALLBACK], **metadata})


def proves_itself(realm, client_id, sign):
    """By pushing a request, which every client may."""
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": realm.issuer, "iat": now, "exp": now + 60}
    assertion = sign({**claims, "jti": str(uuid.uuid4())})
    form = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid", "client_assertion": assertion}
    pushed = Browser().post(realm.endpoint("ext/par/request"), {**form, "client_assertion_type": ASSERTION_TYPE})
    return pushed.status == 201


def by(signer):
    return lambda claims: signer.token(signer.header, claims)


def test_keys_that_are_sent_along(realm):
    answer = register(realm, token_endpoint_auth_method="private_key_jwt", jwks=set_of(FIRST))
    assert answer.status == 201, answer.text
    seen = answer.json()
    assert seen["token_endpoint_auth_method"] == "private_key_jwt" and "client_secret" not in seen
    assert seen["jwks"] == set_of(FIRST) and "jwks_uri" not in seen
    assert proves_itself(realm, seen["client_id"], by(FIRST))
    assert not proves_itself(realm, seen["client_id"], by(SECOND))
    changed = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt", "jwks": set_of(SECOND)}
    answer = send(realm, "PUT", {**changed, "client_id": seen["client_id"]}, seen["registration_access_token"],
                  seen["client_id"])
    assert answer.status == 200, answer.text
    assert proves_itself(realm, seen["client_id"], by(SECOND))
    assert not proves_itself(realm, seen["client_id"], by(FIRST))


def test_keys_that_are_published(realm, keys):
    url = keys.url("/jwks")
    answer = register(realm, token_endpoint_auth_method="private_key_jwt", jwks_uri=url)
    assert answer.status == 201, answer.text
    assert answer.json()["jwks_uri"] == url and "jwks" not in answer.json()
    assert proves_itself(realm, answer.json()["client_id"], by(FIRST))
    assert not proves_itself(realm, answer.json()["client_id"], by(SECOND))


def test_a_secret_to_sign_with(realm):
    answer = register(realm, token_endpoint_auth_method="client_secret_jwt", token_endpoint_auth_signing_alg="HS256")
    assert answer.status == 201, answer.text
    seen = answer.json()
    assert seen["token_endpoint_auth_signing_alg"] == "HS256"

    def sign(claims):
        text = signing_input({"alg": "HS256"}, claims)
        return f"{text}.{b64(hmac.digest(seen['client_secret'].encode(), text.encode(), 'sha256'))}"

    assert proves_itself(realm, seen["client_id"], sign)
    shown = {"response_type": "code", "redirect_uri": CALLBACK, "client_id": seen["client_id"]}
    shown["client_secret"] = seen["client_secret"]
    assert Browser().post(realm.endpoint("ext/par/request"), shown).status == 401  # it is not a password


@pytest.mark.parametrize(
    "metadata",
    [
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"jwks": set_of(FIRST), "jwks_uri": "https://localhost/jwks"},
        {"jwks": {"keys": []}},
        {"jwks": json.dumps(set_of(FIRST))},
        {"jwks": {"keys": [{**FIRST.jwk(), "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}},
        {"jwks": {"keys": [{"kty": "oct", "k": "A" * 43}]}},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 1},
        {"token_endpoint_auth_signing_alg": "none"},
        {"token_endpoint_auth_method": "tls_client_auth"},
    ],
)
def test_what_is_no_way_to_prove_oneself(realm, metadata):
    answer = register(realm, **metadata)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_client_metadata"), answer.text


def test_published_keys_are_of_trusted_hosts(realm):
    answer = register(realm, jwks_uri="https://elsewhere.example/jwks")
    assert answer.status == 403, answer.text
