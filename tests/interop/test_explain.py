# SPDX-License-Identifier: Apache-2.0
"""`ostiary token explain` over the tokens of each provider: the mistakes that people make with Keycloak."""

import json
import subprocess

from oidc import Client
from programs import provider_program
from web import Browser


def explain(realm, token, *more, audience="myapi"):
    command = ["token", "explain", "--json", "--issuer", realm.issuer, "--audience", audience, *more]
    done = subprocess.run([str(provider_program()), *command], input=token, capture_output=True, text=True, timeout=60)
    assert done.stderr == "" and token not in done.stdout, done.stderr
    return json.loads(done.stdout)


def deciding(told):
    (check,) = (check for check in told["checks"] if check.get("deciding"))
    return check


def test_a_good_token(realm, myapi):
    told = explain(realm, realm.password(myapi, "alice", "alice-password").json()["access_token"])
    assert told["allowed"] and {check["outcome"] for check in told["checks"]} == {"passed"}


def test_a_client_without_an_audience_mapper(realm, myapi):
    """The first mistake that everybody meets. The client that the realm comes with has no scope over
    other clients either, so that not even "account" is there."""
    token = realm.password(Client("admin-cli", None, ""), "alice", "alice-password").json()["access_token"]
    check = deciding(explain(realm, token))
    assert check["check"] == "audience" and check["seen"] == "no aud"
    for words in ("admin-cli", "Audience", "myapi", "Included Client Audience", "Add to access token"):
        assert words in check["advice"]


def test_an_id_token(realm, myapi):
    tokens = realm.password(myapi, "alice", "alice-password", scope="openid").json()
    check = deciding(explain(realm, tokens["id_token"]))
    assert check["check"] == "type" and "access_token" in check["advice"]


def test_a_refresh_token(realm, myapi):
    """It is signed by a secret of the provider's own."""
    tokens = realm.password(myapi, "alice", "alice-password").json()
    assert deciding(explain(realm, tokens["refresh_token"]))["check"] == "algorithm"


def test_a_role_that_the_user_does_not_have(realm, myapi):
    token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
    check = deciding(explain(realm, token, "--realm-role", "no-such-role"))
    assert check["check"] == "policy" and "Role mapping" in check["advice"]


def test_a_token_after_its_session_was_ended_is_still_good(realm, myapi):
    """Signatures know nothing of sessions: what introspection and revocations are for."""
    tokens = realm.password(myapi, "alice", "alice-password").json()
    form = {**myapi.form, "refresh_token": tokens["refresh_token"]}
    assert Browser().post(realm.endpoint("logout"), form).status == 204
    assert explain(realm, tokens["access_token"])["allowed"]
