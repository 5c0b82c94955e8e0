# SPDX-License-Identifier: Apache-2.0
"""Dynamic client registration (RFC 7591, 7592): who may, what comes of it, and what is refused."""

import concurrent.futures
import json

import pytest
from oidc import Client, Pkce, callback_of
from programs import Provider, realm_files
from web import Browser

POLICY = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
CALLBACK = "http://localhost:8000/callback"


def policy(provider_id, **config):
    return {
        "name": provider_id,
        "providerId": provider_id,
        "subType": "anonymous",
        "config": {name.replace("_", "-"): value for name, value in config.items()},
    }


def realm_of(name, *policies, **more):
    return {
        "realm": name,
        "enabled": True,
        **({"components": {POLICY: list(policies)}} if policies else {}),
        "users": [
            {
                "username": "carol",
                "enabled": True,
                "email": "carol@example.com",
                "firstName": "Carol",
                "lastName": "Cook",
                "emailVerified": True,
                "credentials": [{"type": "password", "value": "carol-password"}],
            },
            {
                "username": "service-account-registrar",
                "enabled": True,
                "serviceAccountClientId": "registrar",
                "clientRoles": {"realm-management": ["create-client"]},
            },
            {
                "username": "service-account-keeper",
                "enabled": True,
                "serviceAccountClientId": "keeper",
                "clientRoles": {"realm-management": ["manage-clients"]},
            },
        ],
        "clients": [
            {"clientId": "registrar", "secret": "registrar-secret", "serviceAccountsEnabled": True},
            {"clientId": "keeper", "secret": "keeper-secret", "serviceAccountsEnabled": True},
            {"clientId": "other", "secret": "other-secret", "serviceAccountsEnabled": True},
        ],
        **more,
    }


REALMS = [
    realm_of("closed"),
    realm_of("open", policy("trusted-hosts", trusted_hosts=["localhost", "*.example.org"])),
    realm_of("elsewhere", policy("trusted-hosts", trusted_hosts=["192.0.2.7"])),
    realm_of(
        "full",
        policy("trusted-hosts", trusted_hosts=["localhost"], client_uris_must_match=["false"]),
        policy("max-clients", max_clients=["9"]),
    ),
    realm_of(
        "careful", policy("trusted-hosts", trusted_hosts=["localhost"]), policy("consent-required")
    ),
]


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "registration-realms"), work / "registration") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("open")


def send(realm, method, body=None, token=None, client_id=None):
    url = f"{realm.issuer}/clients-registrations/openid-connect" + (f"/{client_id}" if client_id else "")
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    return Browser().request(method, url, sent, headers)


def register(realm, token=None, **metadata):
    return send(realm, "POST", {"redirect_uris": [CALLBACK], **metadata}, token)


def registered(realm, **metadata):
    answer = register(realm, **metadata)
    assert answer.status == 201, answer.text
    return answer.json()


def assert_refused(answer, status, error, description=""):
    seen = answer.json()
    assert (answer.status, seen["error"]) == (status, error), seen
    assert description in seen.get("error_description", "")
    assert answer.header("cache-control") == "no-store"


# ---- by rights ----


def test_who_may_manage_clients_sees_changes_and_ends_one(realm):
    """As in Keycloak 24.0.5 and 26.7.3: without its registration access token, which stays as it is."""
    seen = registered(realm)
    client, own = seen["client_id"], seen["registration_access_token"]
    tokens = {
        name: realm.client_credentials(Client(name, f"{name}-secret")).json()["access_token"] for name in ("registrar", "keeper", "other")
    }
    change = {"client_id": client, "redirect_uris": [CALLBACK], "client_name": "Kept"}
    for name in ("registrar", "other"):
        for method, body in (("GET", None), ("PUT", change), ("DELETE", None)):
            assert_refused(send(realm, method, body, tokens[name], client), 403, "insufficient_scope")
    read = send(realm, "GET", None, tokens["keeper"], client)
    assert read.status == 200 and "registration_access_token" not in read.json()
    changed = send(realm, "PUT", change, tokens["keeper"], client)
    assert changed.status == 200 and changed.json()["client_name"] == "Kept" and "registration_access_token" not in changed.json()
    assert send(realm, "GET", None, own, client).json()["client_name"] == "Kept"
    for method, body in (("GET", None), ("PUT", {**change, "client_id": "nobody"}), ("DELETE", None)):
        assert_refused(send(realm, method, body, tokens["keeper"], "nobody"), 404, "invalid_request", "Client not found")
    assert send(realm, "DELETE", None, tokens["keeper"], client).status == 204
    assert_refused(send(realm, "GET", None, own, client), 401, "invalid_token")


# ---- what a client gets ----


def test_discovery_names_the_endpoint(realm):
    expected = f"{realm.issuer}/clients-registrations/openid-connect"
    assert realm.discovery().json()["registration_endpoint"] == expected


def test_a_registered_client_logs_in_at_once_and_refreshes(realm):
    seen = registered(realm, client_name="Agent <b>", scope="openid profile offline_access")
    assert seen["token_endpoint_auth_method"] == "client_secret_basic"
    assert seen["client_secret_expires_at"] == 0
    assert seen["client_name"] == "Agent <b>"
    assert seen["grant_types"] == ["authorization_code", "refresh_token"]
    scopes = seen["scope"].split()
    assert scopes[0] == "openid" and scopes.count("openid") == 1
    assert "offline_access" in scopes and "phone" not in scopes
    client = Client(seen["client_id"], seen["client_secret"], CALLBACK)
    _, answer = realm.code_login(client, "carol", "carol-password", Pkce())
    assert answer.status == 200, answer.text
    assert realm.refresh(client, answer.json()["refresh_token"]).status == 200


def test_a_public_client_has_no_secret_and_must_use_pkce(realm):
    seen = registered(realm, token_endpoint_auth_method="none")
    assert "client_secret" not in seen
    client = Client(seen["client_id"], None, CALLBACK)
    assert realm.authorize(Browser(), client).status == 302
    _, answer = realm.code_login(client, "carol", "carol-password", Pkce())
    assert answer.status == 200, answer.text


def test_the_name_is_text_on_the_login_page(realm):
    seen = registered(realm, client_name="<script>alert(1)</script>")
    page = realm.authorize(Browser(), Client(seen["client_id"], None, CALLBACK), Pkce())
    assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text


def test_what_is_not_for_the_asking_is_left_out_and_the_answer_says_so(realm):
    seen = registered(
        realm,
        grant_types=["authorization_code", "password", "client_credentials", "urn:unknown"],
        response_types=["code"],
        software_id="unknown members are ignored",
        fullScopeAllowed=True,
        enabled=False,
        attributes={"access.token.lifespan": "999999"},
        serviceAccountsEnabled=True,
        secret="mine",
    )
    assert seen["grant_types"] == ["authorization_code"]
    client = Client(seen["client_id"], seen["client_secret"], CALLBACK)
    assert seen["client_secret"] != "mine"
    assert realm.client_credentials(client).json()["error"] == "unauthorized_client"
    assert realm.password(client, "carol", "carol-password").json()["error"] == "unauthorized_client"
    _, answer = realm.code_login(client, "carol", "carol-password", Pkce())
    assert "refresh_token" not in answer.json()
    assert answer.json()["expires_in"] <= 300


# ---- managing it ----


def test_reading_changing_and_deleting(realm):
    seen = registered(realm, client_name="One", client_uri="https://app.example.org/")
    client_id, first = seen["client_id"], seen["registration_access_token"]
    assert seen["registration_client_uri"].endswith(f"/{client_id}")
    read = send(realm, "GET", None, first, client_id)
    assert read.status == 200
    assert {**seen, "client_id_issued_at": None} == {**read.json(), "client_id_issued_at": None}
    changed = {"client_id": client_id, "redirect_uris": ["http://localhost:9/other"], "client_name": "Two"}
    answer = send(realm, "PUT", changed, first, client_id)
    assert answer.status == 200, answer.text
    now = answer.json()
    assert now["client_name"] == "Two" and "client_uri" not in now
    assert now["redirect_uris"] == ["http://localhost:9/other"]
    assert now["client_secret"] == seen["client_secret"]
    second = now["registration_access_token"]
    assert second != first
    assert_refused(send(realm, "GET", None, first, client_id), 401, "invalid_token")
    assert_refused(send(realm, "PUT", changed, first, client_id), 401, "invalid_token")
    answer = send(realm, "DELETE", None, second, client_id)
    assert (answer.status, answer.text) == (204, "")
    assert_refused(send(realm, "GET", None, second, client_id), 401, "invalid_token")
    page = realm.authorize(Browser(), Client(client_id, None, CALLBACK), Pkce())
    assert page.status == 400 and "Client not found" in page.text


def test_nobody_manages_the_client_of_another(server, realm):
    one, two = registered(realm), registered(realm)
    token = one["registration_access_token"]
    for method in ("GET", "DELETE"):
        for client_id in (two["client_id"], "registrar", "account", "nobody"):
            assert_refused(send(realm, method, None, token, client_id), 401, "invalid_token")
        for wrong in (None, "", "x", "a.b.c", token[:-2]):
            assert_refused(send(realm, method, None, wrong, one["client_id"]), 401, "invalid_token")
    body = {"client_id": two["client_id"], "redirect_uris": [CALLBACK]}
    assert_refused(send(realm, "PUT", body, token, two["client_id"]), 401, "invalid_token")
    assert_refused(send(realm, "PUT", body, token, one["client_id"]), 400, "invalid_client_metadata")
    assert_refused(send(server.realm("full"), "GET", None, token, one["client_id"]), 401, "invalid_token")
    client = Client(one["client_id"], one["client_secret"], CALLBACK)
    access = realm.code_login(client, "carol", "carol-password", Pkce())[1].json()
    assert_refused(send(realm, "GET", None, access["access_token"], one["client_id"]), 403, "insufficient_scope", "Forbidden")
    for other in (access["refresh_token"], access["id_token"]):
        assert_refused(send(realm, "GET", None, other, one["client_id"]), 401, "invalid_token")


# ---- who may ----


def test_without_a_policy_no_stranger_registers(server):
    assert_refused(register(server.realm("closed")), 403, "insufficient_scope", "Host not trusted")
    assert_refused(register(server.realm("elsewhere")), 403, "insufficient_scope", "Host not trusted")


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "https://example.org/callback",
        "https://notexample.org/",
        "https://localhost@evil.example/",
        "https://localhost:1@evil.example/",
        "http://localhost.evil.example/",
        "http://[::1]/",
        "app.example:/callback",
    ],
)
def test_uris_must_be_of_trusted_hosts(realm, uri):
    assert_refused(register(realm, redirect_uris=[CALLBACK, uri]), 403, "insufficient_scope", "trusted")
    assert_refused(register(realm, post_logout_redirect_uris=[uri]), 403, "insufficient_scope", "trusted")
    if uri.startswith("http"):
        assert_refused(register(realm, logo_uri=uri), 403, "insufficient_scope", "trusted")
    seen = registered(realm)
    body = {"client_id": seen["client_id"], "redirect_uris": [uri]}
    changed = send(realm, "PUT", body, seen["registration_access_token"], seen["client_id"])
    assert_refused(changed, 403, "insufficient_scope", "trusted")


def test_trusted_domains(realm):
    assert registered(realm, redirect_uris=["https://app.example.org/cb", "https://a.b.EXAMPLE.org:8443/cb"])


def test_clients_are_counted(server):
    full = server.realm("full")
    answers = [register(full, redirect_uris=["https://anywhere.example/cb"]) for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 403, 403, 403] or answers[-1].status == 403
    assert_refused(answers[-1], 403, "insufficient_scope", "Max Clients Limit")


def test_the_policy_may_ask_for_consent(server):
    careful = server.realm("careful")
    seen = registered(careful)
    client, browser, pkce = Client(seen["client_id"], None, CALLBACK), Browser(), Pkce()
    answer = careful.log_in(browser, client, "carol", "carol-password", pkce)
    assert "/login-actions/consent?" in answer.location
    page = browser.get(answer.location).page
    assert "Grant Access to" in page.text
    assert "code" in callback_of(browser.submit(page.form(), accept="Yes"))


def test_an_account_with_create_client_needs_no_policy(server):
    closed = server.realm("closed")
    token = closed.client_credentials(Client("registrar", "registrar-secret")).json()["access_token"]
    answer = register(closed, token, redirect_uris=["https://anywhere.example/cb"])
    assert answer.status == 201, answer.text
    seen = answer.json()
    changed = {"client_id": seen["client_id"], "redirect_uris": ["https://other.example/cb"]}
    assert send(closed, "PUT", changed, seen["registration_access_token"], seen["client_id"]).status == 200
    other = closed.client_credentials(Client("other", "other-secret")).json()["access_token"]
    assert_refused(register(closed, other), 403, "insufficient_scope")
    assert_refused(register(closed, "abc"), 401, "invalid_token")
    assert_refused(register(server.realm("open"), token), 401, "invalid_token")


# ---- what is wrong ----


@pytest.mark.parametrize(
    "metadata, error",
    [
        ({"redirect_uris": ["/relative"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://localhost/#f"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["JavaScript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["data:text/html,x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://localhost/*"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://localhost/\n"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://localhost/" + "a" * 2048]}, "invalid_redirect_uri"),
        ({"redirect_uris": "http://localhost/"}, "invalid_redirect_uri"),
        ({"redirect_uris": [7]}, "invalid_redirect_uri"),
        ({"redirect_uris": [CALLBACK] * 17}, "invalid_redirect_uri"),
        ({"post_logout_redirect_uris": ["http://localhost/##http://evil.example/"]}, "invalid_redirect_uri"),
        ({"client_id": "mine"}, "invalid_client_metadata"),
        ({"client_name": 7}, "invalid_client_metadata"),
        ({"client_name": "a" * 256}, "invalid_client_metadata"),
        ({"client_uri": "javascript:alert(1)"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": []}, "invalid_client_metadata"),
        ({"response_types": ["code", "magic"]}, "invalid_client_metadata"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
    ],
)
def test_bad_metadata(realm, metadata, error):
    assert_refused(register(realm, **metadata), 400, error)


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"null", b'{"a":1,"a":2}', b"{" * 500, b'{"client_name":"\xff"}'])
def test_bad_bodies(realm, body):
    assert_refused(send(realm, "POST", body), 400, "invalid_request")


def test_an_unknown_scope(realm):
    assert_refused(register(realm, scope="openid nope"), 403, "insufficient_scope", "Allowed Client Scopes")


def test_many_at_once_lose_nothing(realm):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: register(realm, client_name=f"n{i}"), range(24)))
    good = [answer.json() for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 503}
    assert len(good) >= 8
    for seen in good:
        read = send(realm, "GET", None, seen["registration_access_token"], seen["client_id"])
        assert read.json()["client_name"] == seen["client_name"]
