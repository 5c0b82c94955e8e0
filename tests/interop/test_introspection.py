"""The items API asks each provider about tokens, instead of taking their word."""

import time

import pytest
from programs import ItemsApi
from web import Browser, bearer

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
        deadline = time.monotonic() + 30
        while not program.ready:
            assert time.monotonic() < deadline, program.log_tail()
            time.sleep(0.05)
        yield program


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
