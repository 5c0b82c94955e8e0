# SPDX-License-Identifier: Apache-2.0
"""The token endpoint of the provider: every refusal of the table, guessing, and scripts of other origins."""

import concurrent.futures
import json

import pytest
import stores
from oidc import Client, callback_of
from token_probe import (  # noqa: F401, F811  (fixtures)
    CALLBACK,
    CAROL,
    NOT_A_CLIENT,
    REALMS,
    WEB,
    assert_refused,
    probe,
    server,
)
from web import Browser, basic, unverified_token


# ---- what is wrong with the request ----


@pytest.mark.parametrize(
    "form, status, error, description",
    [
        ("", 400, "invalid_request", "Missing form parameter: grant_type"),
        ("client_id=open", 400, "invalid_request", "Missing form parameter: grant_type"),
        ("grant_type=", 400, "invalid_request", "Missing form parameter: grant_type"),
        ("grant_type=PASSWORD&client_id=open", 400, "unsupported_grant_type", "Unsupported grant_type"),
        ("grant_type=password&grant_type=password", 400, "invalid_request", "duplicated parameter"),
        ("grant_type=password&client_id=open&x=1&x=2", 400, "invalid_request", "duplicated parameter"),
        ("grant_type=password&client_id=open&scope=nope", 400, "invalid_scope", "Invalid scopes: nope"),
        ("grant_type=password", 401, "invalid_client", NOT_A_CLIENT),
        ("grant_type=password&client_id=nobody", 401, "invalid_client", NOT_A_CLIENT),
        ("grant_type=password&client_id=retired&client_secret=x", 401, "invalid_client", NOT_A_CLIENT),
        ("grant_type=password&client_id=web", 401, "unauthorized_client", NOT_A_CLIENT),
        ("grant_type=password&client_id=web&client_secret=no", 401, "unauthorized_client", NOT_A_CLIENT),
        ("grant_type=password&client_id=bearer&client_secret=x", 401, "unauthorized_client", NOT_A_CLIENT),
        ("grant_type=password&client_id=open", 401, "invalid_request", "Missing parameter: username"),
        ("grant_type=password&client_id=open&username=carol", 401, "invalid_grant", "Invalid user credentials"),
        (
            "grant_type=password&client_id=open&username=nobody&password=x",
            401,
            "invalid_grant",
            "Invalid user credentials",
        ),
        ("grant_type=password&client_id=open&username=dan&password=x", 401, "invalid_grant", "Invalid user credentials"),
        ("grant_type=password&client_id=open&username=dan&password=dan-password", 400, "invalid_grant", "Account disabled"),
        (
            "grant_type=password&client_id=open&username=erin&password=erin-password",
            400,
            "invalid_grant",
            "Account is not fully set up",
        ),
        (
            "grant_type=password&client_id=spa&username=carol&password=carol-password",
            400,
            "unauthorized_client",
            "Client not allowed for direct access grants",
        ),
        (
            "grant_type=client_credentials&client_id=open",
            401,
            "unauthorized_client",
            "Public client not allowed to retrieve service account",
        ),
        (
            "grant_type=client_credentials&client_id=other&client_secret=other-secret",
            401,
            "unauthorized_client",
            "Client not enabled to retrieve service account",
        ),
        ("grant_type=authorization_code&client_id=open", 400, "invalid_request", "Missing parameter: code"),
        ("grant_type=authorization_code&client_id=open&code=", 400, "invalid_request", "Missing parameter: code"),
        ("grant_type=authorization_code&client_id=open&code=a.b.c", 400, "invalid_grant", "Code not valid"),
        ("grant_type=authorization_code&client_id=open&code=..", 400, "invalid_grant", "Code not valid"),
        ("grant_type=refresh_token&client_id=open", 400, "invalid_request", "No refresh token"),
        ("grant_type=refresh_token&client_id=open&refresh_token=", 400, "invalid_request", "No refresh token"),
        ("grant_type=password&client_id=&client_id=open", 400, "invalid_request", "duplicated parameter"),
        ("grant_type=refresh_token&client_id=open&refresh_token=a.b.c", 400, "invalid_grant", "Invalid refresh token"),
    ],
)
def test_refusals(probe, form, status, error, description):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Browser().request("POST", probe.endpoint("token"), form.encode(), headers)
    assert_refused(answer, status, error, description)
    assert answer.header("www-authenticate") is None


EMPTY = {name: "" for name in ("client_id", "client_secret", "client_assertion", "client_assertion_type")}


def test_parameters_without_a_value_count_as_left_out(probe):
    """RFC 6749 §3.2. Dovecot sends client_id and client_secret so, beside Basic authentication."""
    tokens = probe.token({"grant_type": "password", "username": "carol", "password": "carol-password", **EMPTY}, WEB)
    assert tokens.status == 200, tokens.text
    kept = {"grant_type": "refresh_token", "refresh_token": tokens.json()["refresh_token"], "scope": "", **EMPTY}
    assert probe.token(kept, WEB).status == 200
    token = tokens.json()["access_token"]
    introspected = Browser().post(probe.endpoint("token/introspect"), {"token": token, **EMPTY}, WEB.auth)
    assert introspected.json()["active"] is True
    assert Browser().post(probe.endpoint("token/introspect"), {"token": ""}, WEB.auth).json() == {"active": False}
    pushed = {"response_type": "code", "redirect_uri": CALLBACK, "request_uri": "", **EMPTY}
    assert Browser().post(probe.endpoint("ext/par/request"), pushed, WEB.auth).status == 201
    ended = {"refresh_token": tokens.json()["refresh_token"], "id_token_hint": "", **EMPTY}
    assert Browser().post(probe.endpoint("logout"), ended, WEB.auth).status == 204
    asked = Browser().get(probe.endpoint("logout"), {"id_token_hint": "", "post_logout_redirect_uri": "", "state": ""})
    assert asked.status == 200, asked.text
    wrong = probe.token({"grant_type": "client_credentials", **EMPTY}, Client("web", "no"))
    assert_refused(wrong, 401, "unauthorized_client", NOT_A_CLIENT)


def test_a_disabled_realm_grants_nothing(server):
    answer = server.realm("closed").password(WEB, *CAROL)
    assert_refused(answer, 403, "access_denied", "Realm not enabled")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_other_methods(probe, method):
    answer = Browser().request(method, probe.endpoint("token"), None, {})
    assert answer.status == 405
    assert "POST" in answer.header("allow")


def test_a_body_that_is_no_form_is_an_empty_one(probe):
    answer = Browser().request(
        "POST", probe.endpoint("token"), b'{"grant_type": "password"}', {"Content-Type": "application/json"}
    )
    assert_refused(answer, 400, "invalid_request", "Missing form parameter: grant_type")


@pytest.mark.parametrize("body", [b"grant_type=password&username=%00", b"grant_type=%ff", b"grant_type=%zz"])
def test_what_is_no_text_is_refused(probe, body):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Browser().request("POST", probe.endpoint("token"), body, headers)
    assert answer.status == 400
    assert answer.json()["error"] == "invalid_request"


def test_a_client_id_beside_basic_is_no_contradiction(probe):
    answer = probe.token({"grant_type": "client_credentials", "client_id": "web"}, WEB)
    assert answer.status == 200


def test_basic_that_is_no_base64(probe):
    answer = probe.token({"grant_type": "client_credentials"}, headers={"Authorization": "Basic ?"})
    assert_refused(answer, 401, "invalid_client", "Invalid client or Invalid client credentials")
    answer = probe.token({"grant_type": "client_credentials"}, headers=basic("web", "wrong"))
    assert_refused(answer, 401, "unauthorized_client", NOT_A_CLIENT)


# ---- guessing ----


def test_guessing_is_slowed_down_and_the_lock_tells_nothing(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document.update(bruteForceProtected=True, failureFactor=3, quickLoginCheckMilliSeconds=0)
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    provider = new_provider([file])
    realm = provider.realm("rotating")
    for _ in range(3):
        assert realm.password(WEB, "carol", "wrong").status == 401
    answer = realm.password(WEB, *CAROL)
    assert_refused(answer, 401, "invalid_grant", "Invalid user credentials")
    page = realm.log_in(Browser(), WEB, *CAROL)
    assert page.status == 200 and "Invalid username or password." in page.text
    metrics = Browser().get(f"{provider.base}/metrics").text
    assert "ostiary_provider_blocked_logins_total 2" in metrics
    assert "ostiary_provider_failed_logins_total 3" in metrics


def test_nobody_is_locked_out_unless_the_realm_says_so(server):
    realm = server.realm("rotating")
    for _ in range(35):
        realm.password(WEB, "carol", "wrong")
    assert realm.password(WEB, *CAROL).status == 200


def test_a_flood_of_logins_leaves_room_for_everything_else(new_provider):
    provider = new_provider([REALMS / "probe-realm.json"], arguments=("--hash-threads", "1"))
    realm = provider.realm("probe")
    refresh_token = realm.password(WEB, *CAROL).json()["refresh_token"]
    with concurrent.futures.ThreadPoolExecutor(48) as pool:
        logins = [pool.submit(realm.password, WEB, "carol", "wrong") for _ in range(192)]
        others = [realm.refresh(WEB, refresh_token).status for _ in range(10)]
        own = [realm.client_credentials(WEB).status for _ in range(10)]
        answers = [login.result() for login in logins]
    assert others == [200] * 10 and own == [200] * 10
    busy = [answer for answer in answers if answer.status == 503]
    assert busy and {answer.status for answer in answers} <= {401, 503}
    assert all(answer.header("retry-after") for answer in busy)
    assert realm.password(WEB, *CAROL).status == 200


# ---- scripts of other origins ----


def test_origins(probe):
    form = {"grant_type": "password", "username": "carol", "password": "carol-password", "client_id": "open"}
    own = probe.token(form, headers={"Origin": "http://localhost:8000"})
    assert own.header("access-control-allow-origin") == "http://localhost:8000"
    assert own.header("access-control-allow-credentials") == "true"
    assert own.header("vary") == "Origin"
    for origin in ("http://localhost:8001", "http://localhost:8000.evil.example", "null", "https://localhost:8000"):
        assert probe.token(form, headers={"Origin": origin}).header("access-control-allow-origin") is None
    preflight = Browser().request(
        "OPTIONS",
        probe.endpoint("token"),
        None,
        {"Origin": "http://localhost:8000", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status == 200
    assert "POST" in preflight.header("access-control-allow-methods")
    assert preflight.header("access-control-allow-origin") == "http://localhost:8000"


def test_service_accounts_touch_no_disk(new_provider):
    """Somebody else holds the store's lock, or PostgreSQL stands still: client credentials go on."""
    provider = new_provider([REALMS / "probe-realm.json"])
    with stores.held(provider.data):
        assert provider.realm("probe").client_credentials(WEB).status == 200


@pytest.mark.parametrize(
    "path",
    [
        ".well-known/openid-configuration/",
        "/.well-known/openid-configuration",
        "protocol/openid-connect/certs/",
        "protocol//openid-connect/certs//",
        "",
        "/",
    ],
)
def test_p20_slashes_too_many(probe, path):
    assert Browser().get(f"{probe.issuer}/{path}").status == 200


@pytest.mark.parametrize("name", ["state", "nonce"])
def test_p15_state_and_nonce_have_8_kib(probe, name):
    value = "s" * 8192
    browser = probe.browser()
    callback = callback_of(probe.log_in(browser, WEB, *CAROL, **{name: value}))
    if name == "state":
        assert callback["state"] == value
    else:
        tokens = probe.code(WEB, callback["code"]).json()
        assert unverified_token(tokens["id_token"])[1]["nonce"] == value
    refused = callback_of(probe.authorize(browser, WEB, **{name: value + "s"}))
    assert (refused["error"], refused["error_description"]) == ("invalid_request", "a parameter is too long")


@pytest.mark.parametrize("place", ["after the secret", "within it", "after the client"])
@pytest.mark.parametrize("nul", ["\0", "%00"], ids=["raw", "encoded"])
def test_c10_basic_credentials_are_not_cut_at_a_nul(probe, place, nul):
    client = {"after the client": f"{WEB.client_id}{nul}"}.get(place, WEB.client_id)
    secret = {"after the secret": f"{WEB.secret}{nul}", "within it": f"{WEB.secret}{nul}x"}.get(place, WEB.secret)
    form = {"grant_type": "password", "username": "alice", "password": "alice-password"}
    assert probe.token(form, headers=basic(WEB.client_id, WEB.secret)).json().get("error") != "invalid_client"
    answer = probe.token(form, headers=basic(client, secret))
    assert answer.status == 401, answer.text
    assert answer.json()["error"] in ("invalid_client", "unauthorized_client")
