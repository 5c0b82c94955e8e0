# SPDX-License-Identifier: Apache-2.0
"""The items API asks each provider about tokens, instead of taking their word."""

import json
import subprocess
import time

import pytest
from both_providers import only_keycloak
from oidc import Client
from programs import ItemsApi, provider_program
from waiting import until
from web import Browser, bearer, unverified_token

LIFETIME = 2


@pytest.fixture(scope="module")
def asking_api(provider, realm, work):
    secret = work / "introspection-secret"
    secret.write_text("myapi-secret\n")
    program = ItemsApi(
        realm.issuer,
        work / f"asking-{provider.port}",
        arguments=(
            *("--introspect", "every", "--introspection-client", "myapi", "--introspection-secret-file", secret),
            *("--introspection-lifetime", LIFETIME),
        ),
    )
    with program:
        wait_until_ready(program)
        yield program


def wait_until_ready(program):
    until(lambda: program.ready, program.log_tail)


def items(api, token):
    return Browser().get(f"{api.base}/items/", headers=bearer(token))


def test_an_active_token(asking_api, realm, myapi):
    token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
    for _ in range(3):
        answer = items(asking_api, token)
        assert answer.status == 200, answer.text + asking_api.log_tail()


def test_a_service_account(asking_api, realm, myapi):
    token = realm.client_credentials(myapi).json()["access_token"]
    assert items(asking_api, token).status == 200


def test_a_token_of_a_session_that_was_ended(asking_api, realm, myapi):
    tokens = realm.password(myapi, "alice", "alice-password").json()
    assert items(asking_api, tokens["access_token"]).status == 200
    form = {**myapi.form, "refresh_token": tokens["refresh_token"]}
    assert Browser().post(realm.endpoint("logout"), form).status == 204
    time.sleep(LIFETIME + 1)
    answer = items(asking_api, tokens["access_token"])
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_an_opaque_token_that_nobody_knows(asking_api):
    assert items(asking_api, "no-such-token").status == 401


def test_a_refresh_token(asking_api, realm, myapi):
    tokens = realm.password(myapi, "alice", "alice-password").json()
    assert items(asking_api, tokens["refresh_token"]).status == 401


def audience_mapper():
    config = {"included.client.audience": "myapi", "access.token.claim": "true"}
    return {
        "name": "audience",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {**config, "introspection.token.claim": "true", "lightweight.claim": "false"},
    }


@only_keycloak
def test_a_lightweight_token(asking_api, items_api, provider, realm):
    """It says too little for an API that takes its word; the issuer says the rest."""
    lighter = {
        "clientId": "lighter",
        "secret": "lighter-secret",
        "serviceAccountsEnabled": True,
        "attributes": {"client.use.lightweight.access.token.enabled": "true"},
        "protocolMappers": [audience_mapper()],
    }
    provider.admin("POST", "myrealm/clients", lighter)
    token = realm.client_credentials(Client("lighter", "lighter-secret")).json()["access_token"]
    if "aud" in unverified_token(token)[1]:
        pytest.skip("this Keycloak does not make lightweight tokens")
    assert items(items_api, token).status == 401
    answer = items(asking_api, token)
    assert answer.status == 200, answer.text


@only_keycloak
@pytest.mark.parametrize("alg", ["ES256", "PS256"])
def test_a_key_proves_who_asks(provider, realm, myapi, work, alg):
    """private_key_jwt, as Keycloak reads RFC 7523."""
    program = provider_program()
    key = subprocess.run([program, "jwk", "generate", "--alg", alg], capture_output=True, check=True).stdout
    public = subprocess.run([program, "jwk", "public"], input=key, capture_output=True, check=True).stdout
    keys = json.dumps({"keys": [json.loads(public)]})
    file = work / f"asker-{alg}.jwk"
    file.write_text(json.dumps(json.loads(key)) + "\n")
    asker = {
        "clientId": f"asker-{alg}",
        "clientAuthenticatorType": "client-jwt",
        "serviceAccountsEnabled": True,
        "attributes": {"use.jwks.string": "true", "jwks.string": keys, "token.endpoint.auth.signing.alg": alg},
    }
    provider.admin("POST", "myrealm/clients", asker)
    # Who asks has to be in the token's audience since Keycloak 26.
    asked = provider.admin("GET", "myrealm/clients?clientId=myapi")[0]["id"]
    mapper = {
        "name": f"for asker-{alg}",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {"included.client.audience": f"asker-{alg}", "access.token.claim": "true"},
    }
    provider.admin("POST", f"myrealm/clients/{asked}/protocol-mappers/models", mapper)
    arguments = (
        *("--introspect", "every", "--introspection-client", f"asker-{alg}", "--introspection-key-file", file),
    )
    with ItemsApi(realm.issuer, work / f"asker-{alg}", arguments=arguments) as api:
        wait_until_ready(api)
        token = realm.client_credentials(myapi).json()["access_token"]
        answer = items(api, token)
        assert answer.status == 200, answer.text + api.log_tail() + Browser().get(f"{api.base}/health/ready").text
