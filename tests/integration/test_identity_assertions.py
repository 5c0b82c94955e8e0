# SPDX-License-Identifier: Apache-2.0
"""Identity assertion authorization grants (ID-JAG): for one client, at the APIs and in the scopes that they name, and nowhere else."""

import json

import pytest
from administrator import Admin
from jwt_bearer import CONSENT, PUBLIC, ask, assertion, identity, realm_named, user
from programs import Provider
from web import unverified_token

A, B = "https://mcp.example/a", "https://mcp.example/b"
PAY, READ = {"type": "payment", "amount": "12.30"}, {"type": "files", "actions": ["read"]}


@pytest.fixture(scope="module")
def server(work):
    realm = realm_named()
    rights = {"clientRoles": {"realm-management": ["realm-admin"]}}
    realm["users"].append(user("boss", (), credentials=[{"type": "password", "value": "boss-password"}], **rights))
    realm["attributes"] = {"resource.indicators": f"{A} ## {B}"}
    for client in realm["clients"]:
        client["attributes"]["authorization.details.types"] = "payment files"
    file = work / "shop-realm.json"
    file.write_text(json.dumps(realm))
    with Provider([file], work / "identity") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("shop")


def given(answer):
    """The claims of the access token, which say what the answer says."""
    assert answer.status == 200, answer.text
    claims = unverified_token(answer.json()["access_token"])[1]
    assert claims["scope"] == answer.json()["scope"] and claims.get("authorization_details") == answer.json().get("authorization_details")
    assert "refresh_token" not in answer.json()
    return claims


def assert_refused(answer, error, sentence):
    assert (answer.status, answer.json()["error"]) == (400, error), answer.text
    assert sentence in answer.json()["error_description"]


def test_the_token_is_for_what_the_assertion_names(realm):
    claims = given(ask(realm, identity(realm, resource=A, scope="openid email")))
    assert claims["aud"] == A and set(claims["scope"].split()) == {"openid", "email"} and claims["azp"] == "app"
    assert given(ask(realm, identity(realm, resource=[A, B])))["aud"] == [A, B]
    assert "address" in given(ask(realm, identity(realm, scope="address files.read")))["scope"].split()


def test_a_request_may_name_less_and_never_more(realm):
    def both():
        return identity(realm, resource=[A, B], scope="openid email address")

    claims = given(ask(realm, both(), resource=B, scope="email"))
    assert (claims["aud"], claims["scope"]) == (B, "email")
    assert_refused(ask(realm, identity(realm, resource=A), resource=B), "invalid_target", "not granted")
    assert_refused(ask(realm, both(), scope="email phone"), "invalid_scope", "Invalid scopes")
    assert_refused(ask(realm, identity(realm, scope="email"), scope="openid"), "invalid_scope", "Invalid scopes")


def test_what_it_does_not_name_is_the_clients_to_say(realm):
    claims = given(ask(realm, identity(realm), resource=A, scope="openid"))
    assert claims["aud"] == A and {"openid", "email", "profile"} == set(claims["scope"].split())


@pytest.mark.parametrize("resource", ["https://other.example/", "not a uri", "", 7, [], [7], [A, "https://other.example/"], {"a": A}, f"{A}#f"])
def test_apis_that_the_realm_does_not_know(realm, resource):
    assert_refused(ask(realm, identity(realm, resource=resource)), "invalid_target", "Invalid resource")


def test_scopes_of_another_type(realm):
    assert_refused(ask(realm, identity(realm, scope=["email"])), "invalid_grant", "Invalid claim: scope")
    assert given(ask(realm, identity(realm, scope="")))["scope"] == ""


def test_details_are_those_of_the_assertion(realm):
    refused = "invalid_authorization_details"
    assert given(ask(realm, identity(realm, authorization_details=[PAY, READ])))["authorization_details"] == [PAY, READ]
    less = {"authorization_details": json.dumps([READ])}
    assert given(ask(realm, identity(realm, authorization_details=[PAY, READ]), **less))["authorization_details"] == [READ]
    assert_refused(ask(realm, identity(realm, authorization_details=[PAY]), **less), refused, "more than was granted")
    assert_refused(ask(realm, identity(realm), **less), refused, "more than was granted")
    assert_refused(ask(realm, identity(realm, authorization_details=[{"type": "other"}])), refused, "may not ask")
    assert_refused(ask(realm, identity(realm, authorization_details={"type": "payment"})), refused, "not a JSON array")


def test_it_is_for_one_client_and_once(realm):
    token = identity(realm)
    assert_refused(ask(realm, token, CONSENT), "invalid_grant", "for another client")
    assert ask(realm, token).status == 200
    assert_refused(ask(realm, token), "invalid_grant", "Token reuse detected")
    assert_refused(ask(realm, identity(realm, client_id="public"), PUBLIC), "invalid_grant", "Public client")
    assert_refused(ask(realm, identity(realm, client_id=["app"])), "invalid_grant", "for another client")
    assert_refused(ask(realm, identity(realm, client_id="consent", scope="openid email"), CONSENT), "invalid_scope", "Missing consents")


def test_it_is_for_the_issuer_and_has_an_end_and_a_name(realm):
    assert_refused(ask(realm, identity(realm, aud=realm.endpoint("token"))), "invalid_grant", "Invalid token audience")
    assert_refused(ask(realm, identity(realm, "reuse", jti=None)), "invalid_grant", "Token jti claim is required")
    assert ask(realm, assertion(realm, header={"typ": "application/OAUTH-ID-JAG+jwt"}, client_id="app")).status == 200
    assert_refused(ask(realm, identity(realm, cnf={"jkt": "x"})), "invalid_grant", "another type")


@pytest.mark.parametrize("executor, configuration, sentence", [
    ("reject-request", {}, "Request not allowed"),
    ("jwt-claim-enforcer", {"claim-name": "department"}, "Required claim 'department' is missing"),
    ("downscope-assertion-grant-enforcer", {}, "Invalid scopes: address"),
])  # fmt: skip
def test_policies_are_for_the_assertions_of_a_provider(server, realm, executor, configuration, sentence):
    admin = Admin(server, "shop", "boss", "boss-password")
    profile = {"name": "own", "executors": [{"executor": executor, "configuration": configuration}]}
    condition = {"condition": "identity-provider-alias", "configuration": {"identity_provider_aliases": ["partner"]}}
    policy = {"name": "p", "enabled": True, "conditions": [condition], "profiles": ["own"]}
    assert admin("PUT", "/realms/shop/client-policies/profiles", {"profiles": [profile]}).status == 204
    assert admin("PUT", "/realms/shop/client-policies/policies", {"policies": [policy]}).status == 204
    refused = ask(realm, assertion(realm, scope="email"), scope="address")
    others = ask(realm, assertion(realm, "oidc"), scope="address")
    allowed = ask(realm, assertion(realm, scope="email openid", department="d"), scope="email")
    without = ask(realm, identity(realm), scope="address")
    assert admin("PUT", "/realms/shop/client-policies/policies", {"policies": []}).status == 204
    assert refused.status == 400 and sentence in refused.json()["error_description"]
    assert others.status == 200
    assert allowed.status == (400 if executor == "reject-request" else 200)
    if executor.startswith("downscope"):
        assert allowed.json()["scope"] == "email"
        assert_refused(without, "invalid_scope", sentence)


def test_it_is_announced(realm):
    told = realm.discovery().json()
    assert told["authorization_grant_profiles_supported"] == ["urn:ietf:params:oauth:grant-profile:id-jag"]
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" in told["grant_types_supported"]
