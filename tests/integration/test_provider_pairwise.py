# SPDX-License-Identifier: Apache-2.0
"""Pairwise subjects (OpenID Connect Core §8.1): the same one wherever a client meets its user, and no other client's."""

import hashlib
import json
import uuid

import pytest
from oidc import Client, callback_of
from programs import Provider
from web import Browser, bearer, query_of, unverified_token

CALLBACK = "http://app.example/cb"
CAROL = ("carol", "carol-password")
SALT = "a salt"


def mapper(**config):
    return {
        "name": "pairwise",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-sha256-pairwise-sub-mapper",
        "config": {"pairwiseSubAlgorithmSalt": SALT, **config},
    }


def client(name, redirects, *mappers, **changes):
    return {
        "clientId": name,
        "secret": f"{name}-secret",
        "redirectUris": redirects,
        "directAccessGrantsEnabled": True,
        "serviceAccountsEnabled": True,
        "protocolMappers": list(mappers),
        **changes,
    }


EXCHANGE = {"standard.token.exchange.enabled": "true"}
AUDIENCE = {
    "name": "other",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.client.audience": "other", "access.token.claim": "true"},
}
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        client("pair", [CALLBACK], mapper(), AUDIENCE),
        client("same", ["http://app.example:8080/*"], mapper()),
        client("sector", [CALLBACK, "http://b.example/cb"], mapper(sectorIdentifierUri="https://app.example/uris")),
        client("other", ["http://b.example/cb"], mapper(), attributes=EXCHANGE),
        client("plain", [CALLBACK]),
        client("hosts", [CALLBACK, "http://b.example/cb"], mapper()),
        client("saltless", [CALLBACK], mapper(pairwiseSubAlgorithmSalt="")),
    ],
    "users": [
        {
            "id": "0d0f4f6e-1c1b-4f57-8b3e-000000000001",
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": CAROL[1]}],
            "clientRoles": {"realm-management": ["realm-admin"], "account": ["manage-account", "view-profile"]},
        }
    ],
}
CAROL_ID = REALM["users"][0]["id"]


def expected(host, user=CAROL_ID, salt=SALT):
    digest = bytearray(hashlib.md5(hashlib.sha256(f"{host}{user}{salt}".encode()).digest()).digest())
    return str(uuid.UUID(bytes=bytes(digest), version=3))


@pytest.fixture(scope="module")
def provider(work):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "pairwise") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


def named(name, redirect=CALLBACK):
    return Client(name, f"{name}-secret", redirect)


def subject(token):
    return unverified_token(token)[1]["sub"]


def log_in(realm, name):
    answer = realm.password(named(name), *CAROL)
    assert answer.status == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("pair", expected("app.example")),
        ("same", expected("app.example")),
        ("sector", expected("app.example")),
        ("other", expected("b.example")),
        ("plain", CAROL_ID),
    ],
)
def test_by_the_sector(realm, name, wanted):
    tokens = log_in(realm, name)
    for kind in ("access_token", "id_token", "refresh_token"):
        assert subject(tokens[kind]) == wanted, kind
    assert realm.userinfo(tokens["access_token"]).json()["sub"] == wanted
    form = {"token": tokens["access_token"]}
    seen = Browser().post(realm.endpoint("token/introspect"), form, named(name).auth).json()
    assert seen["active"] is True and seen["sub"] == wanted
    fresh = realm.refresh(named(name), tokens["refresh_token"]).json()
    assert subject(fresh["access_token"]) == subject(fresh["id_token"]) == wanted


def test_a_clients_own_account_too(realm):
    access = realm.client_credentials(named("pair"), "openid").json()["access_token"]
    plain = realm.client_credentials(named("plain"), "openid").json()["access_token"]
    assert subject(access) != subject(plain) and subject(access)[14] == "3"
    assert realm.userinfo(access).json()["sub"] == subject(access)


@pytest.mark.parametrize("name", ["hosts", "saltless"])
def test_what_would_tell_the_users_id_brings_no_tokens(realm, name):
    answer = realm.password(named(name), *CAROL)
    assert (answer.status, answer.json()["error"]) == (400, "unauthorized_client")
    assert "pairwise" in answer.json()["error_description"]


def test_hints_and_logouts_name_it(realm):
    pair, browser = named("pair"), Browser()
    code = callback_of(realm.log_in(browser, pair, *CAROL))["code"]
    hint = realm.code(pair, code).json()["id_token"]
    quiet = realm.authorize(browser, pair, prompt="none", id_token_hint=hint)
    assert "code" in query_of(quiet.location)
    strange = log_in(realm, "other")["id_token"]
    refused = realm.authorize(browser, pair, prompt="none", id_token_hint=strange)
    assert query_of(refused.location)["error"] == "login_required"
    realm_logout = browser.get(realm.endpoint("logout"), {"id_token_hint": hint})
    assert realm_logout.status == 200
    after = realm.authorize(browser, pair, prompt="none")
    assert query_of(after.location)["error"] == "login_required"


def test_the_providers_own_apis_know_the_user(provider, realm):
    access = log_in(realm, "pair")["access_token"]
    headers = {**bearer(access), "Accept": "application/json"}
    assert Browser().get(f"{realm.issuer}/account/", headers=headers).json()["username"] == "carol"
    assert Browser().get(f"{provider.base}/admin/realms/shop", headers=headers).status == 200


def test_an_exchange_gives_the_subject_of_its_own_client(realm):
    access = log_in(realm, "pair")["access_token"]
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    kind = "urn:ietf:params:oauth:token-type:access_token"
    form = {"grant_type": grant, "subject_token": access, "subject_token_type": kind}
    answer = realm.token(form, named("other"))
    assert answer.status == 200, answer.text
    assert subject(answer.json()["access_token"]) == expected("b.example")


def admin(provider, realm):
    return {**bearer(log_in(realm, "plain")["access_token"]), "Content-Type": "application/json"}


def test_a_mapper_made_by_the_admin_api_gets_a_salt_and_keeps_it(provider, realm):
    headers, base = admin(provider, realm), f"{provider.base}/admin/realms/shop/clients"
    body = {"clientId": "made", "secret": "made-secret", "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    made = Browser().request("POST", base, json.dumps(body).encode(), headers)
    assert made.status == 201
    mappers = f"{made.location}/protocol-mappers/models"
    body = {**mapper(), "config": {}}
    assert Browser().request("POST", mappers, json.dumps(body).encode(), headers).status == 201
    first = subject(log_in(realm, "made")["access_token"])
    (stored,) = Browser().get(mappers, headers=headers).json()
    assert stored["config"]["pairwiseSubAlgorithmSalt"] and first != CAROL_ID
    body = {**stored, "config": {}}
    assert Browser().request("PUT", f"{mappers}/{stored['id']}", json.dumps(body).encode(), headers).status == 204
    assert subject(log_in(realm, "made")["access_token"]) == first


def test_registered_clients(provider, realm):
    headers, url = admin(provider, realm), f"{realm.issuer}/clients-registrations/openid-connect"

    def register(**metadata):
        body = json.dumps({"redirect_uris": ["https://app.example/cb"], **metadata}).encode()
        return Browser().request("POST", url, body, headers)

    made = register(subject_type="pairwise")
    assert made.status == 201 and made.json()["subject_type"] == "pairwise"
    assert register().json()["subject_type"] == "public"
    for bad in (
        {"subject_type": "pairwise", "redirect_uris": ["https://a.example/cb", "https://b.example/cb"]},
        {"subject_type": "pairwise", "sector_identifier_uri": "http://b.example/uris.json"},
        {"subject_type": "pairwise", "sector_identifier_uri": "https://b.example/uris.json#x"},
        {"subject_type": "pairwise", "sector_identifier_uri": "https://127.0.0.1:1/uris.json"},
        {"subject_type": "other"},
    ):
        answer = register(**bad)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_client_metadata"), bad
    assert set(realm.discovery().json()["subject_types_supported"]) == {"public", "pairwise"}
