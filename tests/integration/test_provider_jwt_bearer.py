# SPDX-License-Identifier: Apache-2.0
"""Assertions as grants (RFC 7523): who may bring them, of whom, about whom, and what does not count as one."""

import json
import time

import pytest
import stores
from administrator import Admin
from document_server import DocumentServer
from dpop import DpopClient
from jwt_bearer import APP, AUDIENCE, EC, GRANT, ISSUERS, JWKS, RSA, STRANGER, ask, assertion, client, provider, realm_named, same_everywhere, user
from oidc import Client
from programs import Provider
from web import unverified_token

PATHS = ("good", "turned", "gone")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("keys"))
    yield made
    made.close()


def published(keys):
    """Issuers that publish their keys."""
    return [
        provider(path, useJwksUrl="true", jwksUrl=keys.url(f"/{path}"), key=JWKS if path == "gone" else "")
        for path in PATHS
    ]


BAD = Client("bad", "bad-secret", "http://localhost:8000/auth")


def realm_with_more(name, keys):
    """Of two providers of one issuer, and two users of one id, none is meant; a client's attribute is no list."""
    realm = realm_named(name)
    for entry in realm["clients"]:
        entry["attributes"][ISSUERS] += "##" + "##".join((*PATHS, "twin", "twin2"))
    realm["clients"].append(client(BAD, **{AUDIENCE: "{}"}))
    realm["identityProviders"] += [*published(keys), provider("twin"), {**provider("twin"), "alias": "twin2"}]
    links = [{"identityProvider": path, "userId": "its-carol", "userName": "carol"} for path in (*PATHS, "twin")]
    realm["users"][0]["federatedIdentities"] += links
    password = {"type": "password", "value": "boss-password"}
    rights = {"realm-management": ["realm-admin"]}
    realm["users"].append(user("boss", (), credentials=[password], clientRoles=rights))
    for one in ("one", "two"):
        shared = {"identityProvider": "reuse", "userId": "shared", "userName": one}
        realm["users"].append(user(one, (), federatedIdentities=[shared]))
    return realm


@pytest.fixture(scope="module")
def server(work, keys):
    files = [work / f"{name}-realm.json" for name in ("shop", "other")]
    for file, name in zip(files, ("shop", "other")):
        file.write_text(json.dumps(realm_with_more(name, keys)))
    with Provider(files, work / "jwt-bearer", arguments=("--ca-file", keys.ca)) as started:
        yield started


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("shop")


def assert_refused(answer, sentence, error="invalid_grant"):
    assert (answer.status, answer.json()["error"]) == (400, error), answer.text
    assert sentence in answer.json()["error_description"]


def test_what_keycloak_answers_alike(realm):
    # Of what was made in the second before the server's there is no memory.
    time.sleep(1)
    differs = [name for name, *_ in same_everywhere(realm)]
    # Parameters without a value count as left out. An old one could have been shown before this server began, which a
    # database remembers.
    assert differs == (["empty"] if stores.ON_POSTGRESQL else ["an hour old", "empty"])


def test_the_tokens_are_the_users_and_of_no_session(realm):
    tokens = ask(realm, assertion(realm), scope="openid email").json()
    access, id_token = (unverified_token(tokens[name])[1] for name in ("access_token", "id_token"))
    assert access["preferred_username"] == id_token["preferred_username"] == "carol"
    assert access["azp"] == "app" and access["email"] == "carol@example.com" and access["scope"] == tokens["scope"]
    assert "sid" not in access and "session_state" not in tokens and "refresh_token" not in tokens
    assert tokens["refresh_expires_in"] == 0
    assert realm.userinfo(tokens["access_token"]).json()["sub"] == access["sub"]
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, APP.auth).json()
    assert told["active"] is True and told["username"] == "carol"


def test_offline_access_is_left_out(realm):
    tokens = ask(realm, assertion(realm), scope="openid offline_access").json()
    assert "refresh_token" not in tokens and "offline_access" not in tokens["scope"]
    assert_refused(ask(realm, assertion(realm), scope="nonsense"), "Invalid scopes: nonsense", "invalid_scope")


def test_an_assertion_is_used_once_whoever_brings_it(realm):
    token = assertion(realm)
    assert ask(realm, token).status == 200
    assert_refused(ask(realm, token), "Token reuse detected")
    assert_refused(ask(realm, token, Client("consent", "consent-secret")), "Token reuse detected")
    again = assertion(realm, "reuse")
    assert [ask(realm, again).status for _ in range(2)] == [200, 200]


def test_one_for_another_audience_is_not_used_up(realm):
    claims = {"jti": "mine", "aud": "https://elsewhere.example"}
    assert_refused(ask(realm, assertion(realm, **claims)), "Invalid token audience")
    assert ask(realm, assertion(realm, jti="mine")).status == 200


def test_no_token_outlives_its_assertion_where_that_is_wanted(realm):
    ends = int(time.time()) + 40
    tokens = ask(realm, assertion(realm, "limit", exp=ends)).json()
    assert unverified_token(tokens["access_token"])[1]["exp"] == ends and tokens["expires_in"] <= 40


@pytest.mark.parametrize("typ", ["at+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt", "oauth-authz-req+jwt", "client-authentication+jwt"])
def test_what_else_an_issuer_signs_is_no_assertion(realm, typ):
    assert_refused(ask(realm, assertion(realm, header={"typ": typ})), "Token is of another type")
    assert ask(realm, assertion(realm, header={"typ": "authorization-grant+jwt"})).status == 200


@pytest.mark.parametrize("claims", [{"typ": "ID"}, {"typ": "Refresh"}, {"typ": "Logout"}, {"events": {}}, {"cnf": {"jkt": "x"}}])
def test_nor_what_a_claim_tells_is_something_else(realm, claims):
    assert_refused(ask(realm, assertion(realm, **claims)), "Token is of another type")


@pytest.mark.parametrize("changes", [{"jti": ""}, {"jti": "x" * 257}, {"jti": 5}, {"sub": ""}, {"sub": 5}, {"aud": {}}, {"aud": []}, {"exp": "x"}, {"iat": "x"}, {"nbf": "x"}, {"iss": 5}])
def test_claims_of_other_types_are_refused(realm, changes):
    answer = ask(realm, assertion(realm, **changes))
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant"), answer.text


def test_a_critical_extension_is_not_passed_over(realm):
    token = assertion(realm, header={"crit": ["x"], "x": 1})
    assert_refused(ask(realm, token), "not a valid JWT")


def test_tokens_of_our_own_are_no_assertions(server, realm):
    tokens = ask(realm, assertion(realm), scope="openid").json()
    for name in ("access_token", "id_token"):
        assert_refused(ask(realm, tokens[name]), "No Identity Provider for provided issuer")
        assert_refused(ask(server.realm("other"), tokens[name]), "No Identity Provider for provided issuer")


def test_another_realms_assertion_is_not_for_this_one(server, realm):
    other = server.realm("other")
    assert_refused(ask(realm, assertion(other)), "Invalid token audience")
    assert ask(other, assertion(other)).status == 200


def test_whom_two_are_meant_by_is_nobody(realm):
    assert_refused(ask(realm, assertion(realm, "reuse", sub="shared")), "User not found")
    assert_refused(ask(realm, assertion(realm, "twin")), "No Identity Provider for provided issuer")


def test_a_client_that_cannot_be_read_takes_nothing(realm):
    answer = ask(realm, assertion(realm), BAD)
    assert_refused(answer, "audience of assertions cannot be read")


def test_a_wrong_secret_comes_first(realm):
    assert ask(realm, assertion(realm), Client("app", "wrong")).status == 401


def test_tokens_may_be_bound_to_the_clients_key(realm):
    prover = DpopClient()
    headers = {**APP.auth, "DPoP": prover.proof(realm.endpoint("token"), "", method="POST")}
    form = {"grant_type": GRANT, "assertion": assertion(realm)}
    tokens = realm.browser().post(realm.endpoint("token"), form, headers).json()
    assert tokens["token_type"] == "DPoP"
    assert unverified_token(tokens["access_token"])[1]["cnf"] == {"jkt": prover.thumbprint}


def publish(keys, path, *signers):
    keys.put(f"/{path}", raw=json.dumps({"keys": [signer.jwk() for signer in signers]}).encode())


def test_published_keys_are_fetched_once_and_for_those_who_may(realm, keys):
    publish(keys, "good", RSA, EC)
    for refused in (Client("plain", "plain-secret"), Client("public"), Client("app", "wrong")):
        assert ask(realm, assertion(realm, "good"), refused).status >= 400
    assert ask(realm, assertion(realm, "good", sub=""), APP).status == 400
    assert keys.asked("/good") == 0
    assert [ask(realm, assertion(realm, "good", signer)).status for signer in (RSA, EC, RSA)] == [200] * 3
    assert keys.asked("/good") == 1


def test_a_new_key_is_fetched_a_strangers_is_not(realm, keys):
    publish(keys, "turned", RSA)
    assert ask(realm, assertion(realm, "turned")).status == 200
    assert_refused(ask(realm, assertion(realm, "turned", STRANGER)), "Invalid signature")
    assert_refused(ask(realm, assertion(realm, "turned", EC)), "Invalid signature")  # ten seconds are not over
    assert keys.asked("/turned") == 1


def test_published_keys_take_the_place_of_others(realm):
    assert_refused(ask(realm, assertion(realm, "gone")), "Invalid signature")


def test_an_administrator_decides_at_once(server, realm):
    admin = Admin(server, "shop", "boss", "boss-password")
    users, providers = "/realms/shop/users", "/realms/shop/identity-provider/instances"
    link = f"{users}/{admin('GET', users + '?username=carol').json()[0]['id']}/federated-identity/partner"
    assert admin("DELETE", link).status == 204
    assert_refused(ask(realm, assertion(realm)), "User not found")
    assert admin("POST", link, {"userId": "its-carol", "userName": "carol"}).status == 204
    assert ask(realm, assertion(realm)).status == 200
    assert admin("PUT", f"{providers}/partner", provider("partner", enabled=False)).status == 204
    assert_refused(ask(realm, assertion(realm)), "No Identity Provider for provided issuer")
    assert admin("PUT", f"{providers}/partner", provider("partner")).status == 204
    assert admin("POST", providers, provider("new")).status == 201
    assert_refused(ask(realm, assertion(realm, "new")), "Identity Provider is not allowed for the client")


def test_it_is_told_and_can_be_registered(server, realm):
    assert GRANT in realm.discovery().json()["grant_types_supported"]
    admin = Admin(server, "shop", "boss", "boss-password")
    token = admin("POST", "/realms/shop/clients-initial-access", {"count": 1, "expiration": 60}).json()["token"]
    body = json.dumps({"redirect_uris": ["http://localhost:8000/auth"], "grant_types": ["authorization_code", GRANT]})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    url = f"{realm.issuer}/clients-registrations/openid-connect"
    made = realm.browser().request("POST", url, body.encode(), headers)
    assert made.status == 201 and GRANT in made.json()["grant_types"], made.text
    registered = Client(made.json()["client_id"], made.json()["client_secret"])
    assert_refused(ask(realm, assertion(realm), registered), "Identity Provider is not allowed for the client")
