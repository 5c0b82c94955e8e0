# SPDX-License-Identifier: Apache-2.0
"""Access tokens of real Keycloak, signed by every algorithm that it has for them."""

import json

import pytest
from both_providers import only_keycloak
from oidc import Client, Realm
from programs import EXAMPLE_REALM, ItemsApi
from web import Browser, bearer, unverified_token

REALM = "algorithms"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


def make_realm(keycloak):
    """A realm of its own: whatever is asked for first makes the realm a key of that algorithm."""
    description = json.loads(EXAMPLE_REALM.read_text())
    description.update(realm=REALM, id=REALM)
    keycloak.admin("POST", "", description)


def sign_by(keycloak, algorithm):
    client = keycloak.admin("GET", f"{REALM}/clients?clientId=myapi")[0]
    client["attributes"]["access.token.signed.response.alg"] = algorithm
    keycloak.admin("PUT", f"{REALM}/clients/{client['id']}", client)


@pytest.fixture(scope="module")
def tokens(provider):
    make_realm(provider)
    realm, client, made = Realm(provider.base, REALM), Client("myapi", "myapi-secret"), {}
    for algorithm in ALGORITHMS:
        sign_by(provider, algorithm)
        made[algorithm] = realm.client_credentials(client).json()["access_token"]
    return made


@pytest.fixture(scope="module")
def api(provider, tokens, work):
    """Started when all keys are there: a program fetches them twice in half a minute at most."""
    with ItemsApi(f"{provider.base}/realms/{REALM}", work / REALM) as program:
        yield program


@only_keycloak
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signed_by(api, tokens, algorithm):
    token = tokens[algorithm]
    assert unverified_token(token)[0]["alg"] == algorithm
    url = f"{api.base}/items/"
    answer = Browser().get(url, headers=bearer(token))
    assert answer.status == 200, answer.text + api.log_tail()
    claims, signature = token.rsplit(".", 1)
    for other in (signature[:-8] + signature[-8:].swapcase(), "A" + signature[1:], signature[:-4]):
        if other != signature:
            assert Browser().get(url, headers=bearer(f"{claims}.{other}")).status == 401
