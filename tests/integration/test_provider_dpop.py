# SPDX-License-Identifier: Apache-2.0
"""Tokens that are bound to a client's key (DPoP, RFC 9449): how clients get them, and that nobody else can use them."""

import json
import time
import uuid

import pytest
from dpop import DpopClient
from oidc import Client, Pkce, callback_of
from programs import Provider
from web import Browser, query_of, unverified_token

CALLBACK = "http://localhost:8000/auth"
WEB, BOUND = (Client(name, f"{name}-secret", CALLBACK) for name in ("web", "bound"))
SPA = Client("spa", None, CALLBACK)
CAROL = ("carol", "carol-password")
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        {
            "clientId": client.client_id,
            "secret": client.secret,
            "publicClient": client.secret is None,
            "redirectUris": [CALLBACK],
            "directAccessGrantsEnabled": True,
            "serviceAccountsEnabled": client.secret is not None,
            "implicitFlowEnabled": True,
            "attributes": {"dpop.bound.access.tokens": str(client is BOUND).lower()},
        }
        for client in (WEB, BOUND, SPA)
    ],
    "users": [
        {
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": "carol-password"}],
            "clientRoles": {"realm-management": ["realm-admin"], "account": ["manage-account", "view-profile"]},
        }
    ],
}
PASSWORD = {"grant_type": "password", "username": CAROL[0], "password": CAROL[1], "scope": "openid"}
OURS, STRANGER = DpopClient(), DpopClient()


@pytest.fixture(scope="module")
def provider(work):
    files = [work / f"{name}-realm.json" for name in ("shop", "nonces")]
    files[0].write_text(json.dumps(REALM))
    files[1].write_text(json.dumps({**REALM, "realm": "nonces", "attributes": {"dpop.nonce": "true"}}))
    with Provider(files, work / "dpop") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


def proof(realm, key=OURS, path="token", **changes):
    """For the token endpoint: it names no token."""
    return key.proof(realm.endpoint(path), "", "POST", **{"ath": None, **changes})


def ask(realm, form, client=WEB, shown=None):
    return realm.token(form, client, {"DPoP": shown} if shown else {})


def claims_of(token):
    return unverified_token(token)[1]


def assert_bound(answer, key=OURS):
    assert (answer.status, answer.json().get("token_type")) == (200, "DPoP"), answer.text
    claims = claims_of(answer.json()["access_token"])
    assert (claims["cnf"], claims["typ"]) == ({"jkt": key.thumbprint}, "DPoP")
    return answer.json()


def assert_refused(answer, description, error="invalid_dpop_proof", status=400):
    assert (answer.status, answer.json()["error"]) == (status, error), answer.text
    assert description in answer.json()["error_description"]


def test_every_grant_binds_to_the_key_that_was_shown(realm):
    tokens = assert_bound(ask(realm, PASSWORD, shown=proof(realm)))
    assert_bound(ask(realm, {"grant_type": "client_credentials"}, shown=proof(realm)))
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert_bound(ask(realm, refresh, shown=proof(realm, STRANGER)), STRANGER)  # the client proves itself by its secret
    code = callback_of(realm.log_in(Browser(), WEB, *CAROL))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert_bound(ask(realm, form, shown=proof(realm)))


def test_without_a_proof_tokens_are_for_the_bearer(realm):
    answer = ask(realm, PASSWORD)
    assert answer.json()["token_type"] == "Bearer" and "cnf" not in claims_of(answer.json()["access_token"])


def test_a_client_that_wants_bound_tokens_gets_no_others(realm):
    assert_refused(ask(realm, PASSWORD, BOUND), "DPoP proof is missing")
    assert_refused(ask(realm, {"grant_type": "client_credentials"}, BOUND), "DPoP proof is missing")
    assert_bound(ask(realm, PASSWORD, BOUND, proof(realm)))
    answer = realm.authorize(Browser(), BOUND, response_type="id_token token")
    assert query_of(answer.location.replace("#", "?"))["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"htm": "GET"}, "method"),
        ({"htu": "https://elsewhere.example/token"}, "URL"),
        ({"htu": None}, "htu"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"iat": None}, "iat"),
        ({"iat": -300}, "seconds ago"),
        ({"iat": 60}, "seconds ago"),
    ],
)
def test_a_bad_proof_brings_no_token(realm, changes, words):
    if changes.get("iat"):
        changes = {"iat": int(time.time()) + changes["iat"]}
    assert_refused(ask(realm, PASSWORD, shown=proof(realm, **changes)), words)


def test_a_proof_for_another_endpoint_or_realm_is_none(provider, realm):
    assert_refused(ask(realm, PASSWORD, shown=proof(realm, path="userinfo")), "URL")
    assert_refused(ask(realm, PASSWORD, shown=proof(provider.realm("nonces"))), "URL")


def test_garbage_is_no_proof(realm):
    good = proof(realm)
    for shown in ("x", "a.b.c", good[:-8] + "AAAAAAAA", good + "."):
        assert_refused(ask(realm, PASSWORD, shown=shown), "DPoP proof")
    form = {**PASSWORD, "client_id": "web", "client_secret": "web-secret"}
    fields = [("DPoP", proof(realm)), ("DPoP", proof(realm))]
    answer = realm.browser().post(realm.endpoint("token"), form, {"DPoP": ", ".join(value for _, value in fields)})
    assert_refused(answer, "DPoP proof")


def test_a_proof_works_once(realm):
    shown = proof(realm)
    assert_bound(ask(realm, PASSWORD, shown=shown))
    assert_refused(ask(realm, PASSWORD, shown=shown), "already been used")


def test_a_proof_for_nothing_is_not_remembered(realm):
    """Anybody may ask for a public client, with as many keys as they like: what is refused takes no room."""
    shown, wrong = proof(realm), {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}
    for _ in range(2):
        assert_refused(ask(realm, wrong, SPA, shown), "Code not valid", "invalid_grant")
    assert_bound(ask(realm, PASSWORD, SPA, shown))
    for form in (PASSWORD, {**PASSWORD, "scope": ""}):
        assert_refused(ask(realm, form, SPA, shown), "already been used")


def test_a_public_client_shows_a_proof_once_wherever_it_does(realm):
    code = callback_of(realm.log_in(Browser(), SPA, *CAROL))["code"]
    shown, form = proof(realm), {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    tokens = assert_bound(ask(realm, form, SPA, shown))
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert_refused(ask(realm, refresh, SPA, shown), "already been used")
    assert_bound(ask(realm, refresh, SPA, proof(realm)))  # what was brought is not lost by that
    pushed = proof(realm, path="ext/par/request")
    form = {**realm.auth_params(SPA, Pkce()), **SPA.form}
    statuses = [realm.browser().post(realm.endpoint("ext/par/request"), form, {"DPoP": pushed}).status for _ in range(2)]
    assert statuses == [201, 400]


def test_a_public_clients_refresh_token_is_bound_too(realm):
    tokens = assert_bound(ask(realm, PASSWORD, SPA, proof(realm)))
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    failed = "DPoP proof and token binding verification failed"
    assert_refused(ask(realm, form, SPA), failed, "invalid_grant")
    assert_refused(ask(realm, form, SPA, proof(realm, STRANGER)), failed, "invalid_grant")
    again = assert_bound(ask(realm, form, SPA, proof(realm)))
    form["refresh_token"] = again["refresh_token"]
    assert_refused(ask(realm, form, SPA, proof(realm, STRANGER)), failed, "invalid_grant")


# The key of an authorization request


def test_a_code_is_for_the_key_that_was_named(realm):
    for shown in (None, proof(realm, STRANGER)):
        code = callback_of(realm.log_in(Browser(), WEB, *CAROL, dpop_jkt=OURS.thumbprint))["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        assert_refused(ask(realm, form, shown=shown), "not by the key of the authorization request")
    code = callback_of(realm.log_in(Browser(), WEB, *CAROL, dpop_jkt=OURS.thumbprint))["code"]
    assert_bound(ask(realm, {**form, "code": code}, shown=proof(realm)))
    for wrong in ("x", OURS.thumbprint + "A", OURS.thumbprint[:-1] + "=", "=" * 43):
        answer = realm.authorize(Browser(), WEB, dpop_jkt=wrong)
        assert query_of(answer.location)["error_description"] == "Invalid parameter: dpop_jkt"


def test_a_pushed_request_is_for_the_key_that_was_shown(realm):
    pkce, browser, endpoint = Pkce(), Browser(), realm.endpoint("ext/par/request")

    def push(shown, **more):
        form = {**realm.auth_params(WEB, pkce), **WEB.form, **more}
        return realm.browser().post(endpoint, form, {"DPoP": shown})

    assert_refused(push(proof(realm)), "URL")
    other = push(proof(realm, path="ext/par/request"), dpop_jkt=STRANGER.thumbprint)
    assert_refused(other, "dpop_jkt names another key")
    answer = push(proof(realm, path="ext/par/request"))
    assert answer.status == 201, answer.text
    page = browser.get(realm.endpoint("auth"), {"client_id": "web", "request_uri": answer.json()["request_uri"]})
    done = browser.submit(page.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])
    form = {"grant_type": "authorization_code", "code": callback_of(done)["code"], "redirect_uri": CALLBACK}
    form["code_verifier"] = pkce.verifier
    assert_refused(ask(realm, form, shown=proof(realm, STRANGER)), "not by the key")


# At the provider's own endpoints


def test_a_bound_token_is_of_no_use_without_its_key(realm):
    token = assert_bound(ask(realm, PASSWORD, shown=proof(realm)))["access_token"]
    url = realm.endpoint("userinfo")

    def userinfo(scheme, shown=None):
        headers = {"Authorization": f"{scheme} {token}", **({"DPoP": shown} if shown else {})}
        return realm.browser().get(url, headers=headers)

    good = OURS.proof(url, token)
    served = userinfo("DPoP", good)
    assert served.json()["preferred_username"] == "carol"
    assert uuid.UUID(served.header("x-fapi-interaction-id"))  # FAPI 1.0 Baseline §6.2.1, 11: the client has sent none
    assert userinfo("DPoP", good).status == 401  # once
    for scheme, shown in [
        ("Bearer", None),
        ("Bearer", OURS.proof(url, token)),
        ("DPoP", None),
        ("DPoP", STRANGER.proof(url, token)),
        ("DPoP", OURS.proof(url, "another token")),
        ("DPoP", OURS.proof(realm.endpoint("token"), token)),
        ("DPoP", OURS.proof(url, token, "POST")),
    ]:
        answer = userinfo(scheme, shown)
        assert (answer.status, answer.text) == (401, ""), (scheme, shown, answer.text)
    answer = realm.browser().post(url, {"access_token": token})
    assert answer.status == 401, answer.text


def test_a_bearer_token_stays_one(realm):
    token = ask(realm, PASSWORD).json()["access_token"]
    assert realm.userinfo(token).status == 200
    headers = {"Authorization": f"DPoP {token}", "DPoP": OURS.proof(realm.endpoint("userinfo"), token)}
    assert realm.browser().get(realm.endpoint("userinfo"), headers=headers).status == 401


def assert_taken_by_the_key_alone(realm, url, method="GET", body=None, **fields):
    """A token of carol's that is bound comes in with a good proof for that request, once; and nobody else's does."""
    token = assert_bound(ask(realm, PASSWORD, shown=proof(realm)))["access_token"]

    def send(scheme, *shown):
        headers = {**fields, "Authorization": f"{scheme} {token}", **({"DPoP": ", ".join(shown)} if shown else {})}
        return realm.browser().request(method, url, body, headers)

    bare, other = url.split("?")[0], "POST" if method == "GET" else "GET"
    for scheme, shown in [
        ("Bearer", []),
        ("DPoP", []),
        ("Bearer", [OURS.proof(bare, token, method)]),
        ("DPoP", [STRANGER.proof(bare, token, method)]),
        ("DPoP", [OURS.proof(bare, "another token", method)]),
        ("DPoP", [OURS.proof(bare + "/x", token, method)]),
        ("DPoP", [OURS.proof(realm.endpoint("userinfo"), token, method)]),
        ("DPoP", [OURS.proof(bare, token, other)]),
        ("DPoP", [OURS.proof(bare, token, method), OURS.proof(bare, token, method)]),
    ]:
        answer = send(scheme, *shown)
        assert (answer.status, answer.json()["error"]) == (401, "HTTP 401 Unauthorized"), (scheme, shown, answer.text)
    good = OURS.proof(bare, token, method)
    taken = send("DPoP", good)
    assert send("DPoP", good).status == 401, "once"
    return taken


def test_administrators_with_tokens_of_a_key(realm):
    admin = f"{realm.base}/admin/realms/shop"
    bearer = ask(realm, PASSWORD).json()["access_token"]
    assert realm.browser().get(f"{admin}/users", headers={"Authorization": f"Bearer {bearer}"}).status == 200
    headers = {"Authorization": f"DPoP {bearer}", "DPoP": OURS.proof(f"{admin}/users", bearer)}
    assert realm.browser().get(f"{admin}/users", headers=headers).status == 401, "of a bearer token"
    found = assert_taken_by_the_key_alone(realm, f"{admin}/users?username=carol")
    assert [user["username"] for user in found.json()] == ["carol"]
    made = assert_taken_by_the_key_alone(realm, f"{admin}/roles", "POST", b'{"name": "a b:c"}', **{"Content-Type": "application/json"})
    assert made.status == 201, made.text
    for name in ("a%20b:c", "a%20b%3ac"):
        assert assert_taken_by_the_key_alone(realm, f"{admin}/roles/{name}").json()["name"] == "a b:c"


def test_accounts_with_tokens_of_a_key(realm):
    account = f"{realm.base}/realms/shop/account"
    for url in (account, f"{account}/", f"{account}/sessions/devices?x=y"):
        assert assert_taken_by_the_key_alone(realm, url, Accept="application/json").status == 200, url


REGISTRATIONS = [
    ("openid-connect", {"redirect_uris": [CALLBACK]}, "client_id", "registration_access_token"),
    ("default", {"redirectUris": [CALLBACK]}, "clientId", "registrationAccessToken"),
]


def register(realm, path, token, scheme, method="GET", body=None, shown=None):
    headers = {"Content-Type": "application/json", "Authorization": f"{scheme} {token}", **({"DPoP": shown} if shown else {})}
    return realm.browser().request(method, path, None if body is None else json.dumps(body).encode(), headers)


@pytest.mark.parametrize("kind, body, name, own", REGISTRATIONS)
def test_attack_clients_are_registered_and_managed_by_the_key_alone(realm, kind, body, name, own):
    """Keycloak 26.7.3 passes over the scheme DPoP there, and takes no bound token as Bearer: nobody registers by one."""
    url = f"{realm.issuer}/clients-registrations/{kind}"
    token = assert_bound(ask(realm, PASSWORD, shown=proof(realm)))["access_token"]
    body = {**body, **({"clientId": f"made-{kind}"} if kind == "default" else {})}

    def tried(path, method="GET", changed=None):
        for scheme, shown in [
            ("Bearer", None),
            ("DPoP", None),
            ("Bearer", OURS.proof(path, token, method)),
            ("DPoP", STRANGER.proof(path, token, method)),
            ("DPoP", OURS.proof(path, "another token", method)),
            ("DPoP", OURS.proof(path, token, "PATCH")),
            ("DPoP", OURS.proof(path + "/x", token, method)),
            ("DPoP", "nonsense"),
        ]:
            answer = register(realm, path, token, scheme, method, changed, shown)
            assert (answer.status, answer.json()["error"]) == (401, "invalid_token"), (scheme, shown, answer.text)
        good = OURS.proof(path, token, method)
        taken = register(realm, path, token, "DPoP", method, changed, good)
        again = register(realm, path, token, "DPoP", method, changed, good)
        assert again.status == 401, again.text
        return taken

    made = tried(url, "POST", body)
    assert made.status == 201, made.text
    client, by_itself = made.json()[name], made.json()[own]
    one, changed = f"{url}/{client}", {**body, name: client}
    for scheme, shown in (("DPoP", None), ("DPoP", OURS.proof(one, by_itself))):
        assert register(realm, one, by_itself, scheme, shown=shown).status == 401, "of no key"
    for method, sent in (("GET", None), ("PUT", changed)):
        answer = tried(one, method, sent)
        assert answer.status == 200 and own not in answer.json(), answer.text
    assert register(realm, one, by_itself, "Bearer").status == 200, "by rights its token is not renewed"
    assert tried(one, "DELETE").status == 204


def test_introspection_and_revocation_know_them(realm):
    token = assert_bound(ask(realm, PASSWORD, shown=proof(realm)))["access_token"]
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": token}, WEB.auth).json()
    assert (told["active"], told["token_type"], told["cnf"]) == (True, "DPoP", {"jkt": OURS.thumbprint})
    assert realm.browser().post(realm.endpoint("revoke"), {"token": token}, WEB.auth).status == 200
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": token}, WEB.auth).json()
    assert told == {"active": False}


def test_a_realm_may_want_nonces(provider):
    realm = provider.realm("nonces")
    answer = ask(realm, PASSWORD, shown=proof(realm))
    assert_refused(answer, "nonce", "use_dpop_nonce")
    nonce = answer.header("dpop-nonce")
    assert nonce
    assert_bound(ask(realm, PASSWORD, shown=proof(realm, nonce=nonce)))
    for wrong in ("x", nonce[:-1] + ("A" if nonce[-1] != "A" else "B"), ""):
        assert_refused(ask(realm, PASSWORD, shown=proof(realm, nonce=wrong)), "nonce", "use_dpop_nonce")


def test_discovery_tells_it(realm):
    assert {"ES256", "RS256", "EdDSA"} <= set(realm.discovery().json()["dpop_signing_alg_values_supported"])
