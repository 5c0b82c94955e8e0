# SPDX-License-Identifier: Apache-2.0
"""Token exchange (RFC 8693) as Keycloak's standard one: who may, for whom, and what no exchange brings."""

import json

import pytest
from dpop import DpopClient
from oidc import Client
from programs import Provider
from web import unverified_token

CALLBACK = "http://localhost:8000/auth"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPE = "urn:ietf:params:oauth:token-type:"
CAROL, BOB = ("carol", "carol-password"), ("bob", "bob-password")
APP = Client("app", None, CALLBACK)
API, BACKEND, OFF, OUTSIDE, KEEPER, ASKING = (
    Client(name, f"{name}-secret", CALLBACK) for name in ("api", "backend", "off", "outside", "keeper", "asking")
)
GRANTED = {"clientId": "asking", "grantedClientScopes": ["email", "profile", "roles"]}
ALLOWED = {"standard.token.exchange.enabled": "true"}


def client(of, mappers=(), **more):
    return {
        "clientId": of.client_id,
        "secret": of.secret,
        "publicClient": of.secret is None,
        "redirectUris": [CALLBACK],
        "directAccessGrantsEnabled": True,
        "serviceAccountsEnabled": of.secret is not None,
        "protocolMappers": [
            {
                "name": f"audience {name}",
                "protocol": "openid-connect",
                "protocolMapper": "oidc-audience-mapper",
                "config": {"included.client.audience": name, "access.token.claim": "true"},
            }
            for name in mappers
        ],
        **more,
    }


def user(name):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.com",
        "firstName": name,
        "lastName": "Cook",
        "emailVerified": True,
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        "clientRoles": {"backend": ["reader"], "stock": ["keeper"]},
    }


def realm_named(name):
    refreshing = {**ALLOWED, "standard.token.exchange.enableRefreshRequestedTokenType": "SAME_SESSION"}
    return {
        "realm": name,
        "enabled": True,
        "roles": {"client": {"backend": [{"name": "reader"}], "stock": [{"name": "keeper"}]}},
        "clients": [
            client(APP, ["api", "off", "keeper", "asking"], attributes=ALLOWED),
            client(API, ["backend", "stock"], attributes=ALLOWED),
            client(BACKEND, attributes=ALLOWED),
            client(OFF),
            client(OUTSIDE, attributes=ALLOWED),
            client(KEEPER, attributes=refreshing),
            client(ASKING, attributes=ALLOWED, consentRequired=True),
            {"clientId": "stock", "bearerOnly": True},
            {"clientId": "gone", "bearerOnly": True, "enabled": False},
        ],
        "users": [user("carol"), {**user("bob"), "clientConsents": [GRANTED]}],
    }


@pytest.fixture(scope="module")
def provider(work):
    files = [work / f"{name}-realm.json" for name in ("shop", "other")]
    for file, name in zip(files, ("shop", "other")):
        file.write_text(json.dumps(realm_named(name)))
    with Provider(files, work / "exchange") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


@pytest.fixture
def tokens(realm):
    answer = realm.password(APP, *CAROL)
    assert answer.status == 200, answer.text
    return answer.json()


def exchange(realm, token, client=API, headers=None, **changes):
    form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": f"{TYPE}access_token", **changes}
    return realm.token({name: value for name, value in form.items() if value is not None}, client, headers)


def claims_of(answer):
    assert answer.status == 200, answer.text
    return unverified_token(answer.json()["access_token"])[1]


def assert_refused(answer, error, description, status=400):
    assert (answer.status, answer.json()["error"]) == (status, error), answer.text
    assert description in answer.json()["error_description"]


def test_an_api_gets_a_token_of_its_own_for_the_same_user(realm, tokens):
    answer = exchange(realm, tokens["access_token"])
    before, after = unverified_token(tokens["access_token"])[1], claims_of(answer)
    assert (after["sub"], after["sid"], after["azp"]) == (before["sub"], before["sid"], "api")
    assert set(after["aud"]) == {"backend", "stock"}
    assert answer.json()["issued_token_type"] == f"{TYPE}access_token"
    assert answer.json()["token_type"] == "Bearer" and "refresh_token" not in answer.json()
    assert answer.json()["refresh_expires_in"] == 0
    openid = exchange(realm, tokens["access_token"], scope="openid").json()
    assert realm.userinfo(openid["access_token"]).json()["preferred_username"] == "carol"
    assert unverified_token(openid["id_token"])[1]["aud"] == "api"


def test_a_chain_goes_on(realm, tokens):
    first = exchange(realm, tokens["access_token"], audience="backend").json()["access_token"]
    assert claims_of(exchange(realm, first, BACKEND))["azp"] == "backend"


def test_audiences_and_roles_are_narrowed(realm, tokens):
    after = claims_of(exchange(realm, tokens["access_token"], audience="backend"))
    assert after["aud"] == "backend"
    assert set(after["resource_access"]) == {"backend"}
    both = claims_of(exchange(realm, tokens["access_token"], audience=["backend", "stock"]))
    assert set(both["aud"]) == {"backend", "stock"} == set(both["resource_access"])
    for missing in ("outside", "app", ["backend", "outside"]):
        answer = exchange(realm, tokens["access_token"], audience=missing)
        assert_refused(answer, "invalid_request", "Requested audience not available")
    for unknown in ("nobody", "https://elsewhere.example", ""):
        answer = exchange(realm, tokens["access_token"], audience=unknown)
        assert_refused(answer, "invalid_client", "Audience not found")
    assert_refused(exchange(realm, tokens["access_token"], audience="gone"), "invalid_client", "Client disabled")


def test_scopes_are_the_clients_own(realm, tokens):
    assert "address" in claims_of(exchange(realm, tokens["access_token"], scope="address"))["scope"].split()
    assert_refused(exchange(realm, tokens["access_token"], scope="unknown"), "invalid_scope", "unknown")


@pytest.mark.parametrize(
    "client, error, description, status",
    [
        (OUTSIDE, "access_denied", "Client is not within the token audience", 403),
        (OFF, "invalid_request", "Standard token exchange is not enabled", 400),
        (APP, "invalid_client", "Public client is not allowed to exchange token", 400),
        (Client("api", "wrong"), "unauthorized_client", "Invalid client", 401),
        (Client("stock", "x"), "unauthorized_client", "Invalid client", 401),
    ],
)
def test_who_may_not(realm, tokens, client, error, description, status):
    assert_refused(exchange(realm, tokens["access_token"], client), error, description, status)


def test_a_client_may_exchange_what_it_was_given_itself(realm):
    own = realm.password(API, *CAROL).json()["access_token"]
    assert claims_of(exchange(realm, own, audience="stock"))["aud"] == "stock"


@pytest.mark.parametrize(
    "changes, description",
    [
        ({"subject_token": None}, "Parameter 'subject_token' required"),
        ({"subject_token_type": None}, "Parameter 'subject_token_type' required"),
        ({"subject_token_type": f"{TYPE}id_token"}, "access tokens only"),
        ({"subject_token_type": f"{TYPE}jwt"}, "access tokens only"),
        ({"actor_token": "x"}, "'actor_token' is not supported"),
        ({"requested_subject": "bob"}, "'requested_subject' is not supported"),
        ({"subject_issuer": "google"}, "'subject_issuer' is not supported"),
        ({"resource": "https://api.example"}, "'resource' is not supported"),
        ({"requested_token_type": f"{TYPE}refresh_token"}, "requested_token_type unsupported"),
        ({"requested_token_type": f"{TYPE}saml2"}, "requested_token_type unsupported"),
        ({"subject_token": "x"}, "Invalid token"),
        ({"audience": ["backend"] * 40}, "Too many audiences"),
        ({"scope": ["a", "b"]}, "duplicated parameter"),
    ],
)
def test_what_cannot_be_asked(realm, tokens, changes, description):
    assert_refused(exchange(realm, tokens["access_token"], **changes), "invalid_request", description)


def test_other_tokens_are_no_access_tokens(realm, provider, tokens):
    tampered = tokens["access_token"][:-8] + "AAAAAAAA"
    for token in (tokens["refresh_token"], tokens["id_token"], tampered):
        assert_refused(exchange(realm, token), "invalid_request", "Invalid token")
    elsewhere = provider.realm("other").password(APP, *CAROL).json()["access_token"]
    assert_refused(exchange(realm, elsewhere), "invalid_request", "Invalid token")
    assert claims_of(exchange(provider.realm("other"), elsewhere))["azp"] == "api"


def test_the_end_of_the_session_ends_it_all(realm):
    token = realm.password(APP, *BOB).json()
    exchanged = exchange(realm, token["access_token"], scope="openid").json()["access_token"]
    assert realm.userinfo(exchanged).status == 200
    form = {"token": token["refresh_token"], "client_id": "app"}
    assert realm.browser().post(realm.endpoint("revoke"), form).status == 200
    assert realm.userinfo(exchanged).status == 401
    assert_refused(exchange(realm, token["access_token"]), "invalid_request", "Invalid token")
    assert_refused(exchange(realm, exchanged), "invalid_request", "Invalid token")


def test_what_was_made_of_a_token_ends_with_its_clients_part(realm):
    token = realm.password(APP, *BOB).json()
    first = exchange(realm, token["access_token"], scope="openid").json()["access_token"]
    second = exchange(realm, first, BACKEND, scope="openid").json()["access_token"]
    kept = realm.password(API, *BOB).json()["access_token"]
    assert [realm.userinfo(made).status for made in (first, second, kept)] == [200, 200, 200]
    realm.browser().post(realm.endpoint("revoke"), {"token": token["refresh_token"], "client_id": "app"})
    assert [realm.userinfo(made).status for made in (first, second, kept)] == [401, 401, 200]


def test_a_refresh_token_comes_where_the_client_may_have_one(realm, tokens):
    assert "refresh_token" not in exchange(realm, tokens["access_token"], KEEPER).json()
    answer = exchange(realm, tokens["access_token"], KEEPER, requested_token_type=f"{TYPE}refresh_token")
    assert answer.json()["issued_token_type"] == f"{TYPE}refresh_token"
    again = realm.refresh(KEEPER, answer.json()["refresh_token"])
    assert claims_of(again)["azp"] == "keeper"
    assert_refused(realm.refresh(API, answer.json()["refresh_token"]), "invalid_grant", "don't match")


def test_a_refresh_token_is_never_offline(realm, tokens):
    wanted = {"requested_token_type": f"{TYPE}refresh_token", "scope": "openid offline_access"}
    answer = exchange(realm, tokens["access_token"], KEEPER, **wanted)
    assert_refused(answer, "invalid_request", "offline_access not allowed")


def test_an_id_token_is_no_access_token(realm, tokens):
    answer = exchange(realm, tokens["access_token"], requested_token_type=f"{TYPE}id_token").json()
    assert (answer["issued_token_type"], answer["token_type"]) == (f"{TYPE}id_token", "N_A")
    assert "id_token" not in answer and "refresh_token" not in answer
    claims = unverified_token(answer["access_token"])[1]
    assert (claims["typ"], claims["aud"], claims["preferred_username"]) == ("ID", "api", "carol")
    assert realm.userinfo(answer["access_token"]).status == 401
    assert_refused(exchange(realm, answer["access_token"]), "invalid_request", "Invalid token")


def test_a_client_that_has_to_ask_gets_what_was_granted(realm):
    carol, bob = (realm.password(APP, *user).json()["access_token"] for user in (CAROL, BOB))
    assert_refused(exchange(realm, carol, ASKING), "invalid_scope", "Missing consents for Token Exchange in client asking")
    assert claims_of(exchange(realm, bob, ASKING))["azp"] == "asking"


def test_a_token_without_a_session_is_not_prolonged(realm):
    own = realm.client_credentials(KEEPER).json()["access_token"]
    ends = unverified_token(own)[1]["exp"]
    after = claims_of(exchange(realm, own, KEEPER))
    assert after["exp"] <= ends and "sid" not in after
    answer = exchange(realm, own, KEEPER, requested_token_type=f"{TYPE}refresh_token")
    assert_refused(answer, "invalid_request", "creating a new session is needed")


def test_what_comes_out_is_bound_to_the_key_that_was_shown(realm, tokens):
    key = DpopClient()
    proof = key.proof(realm.endpoint("token"), "", "POST", ath=None)
    assert claims_of(exchange(realm, tokens["access_token"], headers={"DPoP": proof}))["cnf"] == {"jkt": key.thumbprint}


def test_discovery_tells_it(realm):
    assert GRANT in realm.discovery().json()["grant_types_supported"]
