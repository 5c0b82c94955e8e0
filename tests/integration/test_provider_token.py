# SPDX-License-Identifier: Apache-2.0
"""The token endpoint of the provider: every refusal of the table, codes and refresh tokens used twice."""

import base64
import concurrent.futures
import json
import time

import pytest
import stores
from needs import kept_running
from oidc import Client, Pkce, callback_of
from programs import PROJECT, Provider
from web import Browser, basic, unverified_token

REALMS = PROJECT / "tests" / "interop" / "realms"
CALLBACK = "http://localhost:8000/auth"
WEB = Client("web", "web-secret", CALLBACK)
OTHER = Client("other", "other-secret", CALLBACK)
CAROL = ("carol", "carol-password")
NOT_A_CLIENT = "Invalid client or Invalid client credentials"


@pytest.fixture(scope="module")
def server(work, results):
    """Our provider with the realms that Keycloak was probed with."""
    files = sorted(REALMS.glob("*-realm.json"))
    yield from kept_running(lambda: Provider(files, work / "token"), results)


@pytest.fixture(scope="module")
def probe(server):
    return server.realm("probe")


def carol(realm, client=WEB, **changes):
    """A code for carol."""
    pkce = Pkce()
    return callback_of(realm.log_in(Browser(), client, *CAROL, pkce, **changes))["code"], pkce


def assert_refused(answer, status, error, description):
    seen = answer.json()
    assert (answer.status, seen["error"], seen.get("error_description")) == (status, error, description)
    assert answer.header("cache-control") == "no-store"
    assert answer.header("pragma") == "no-cache"
    assert answer.header("content-type") == "application/json"


# ---- what is wrong with the request ----


@pytest.mark.parametrize(
    "form, status, error, description",
    [
        ("", 400, "invalid_request", "Missing form parameter: grant_type"),
        ("client_id=open", 400, "invalid_request", "Missing form parameter: grant_type"),
        ("grant_type=", 400, "unsupported_grant_type", "Unsupported grant_type"),
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
        ("grant_type=password&client_id=open&username=dan&password=x", 400, "invalid_grant", "Account disabled"),
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
        ("grant_type=authorization_code&client_id=open&code=", 400, "invalid_grant", "Code not valid"),
        ("grant_type=authorization_code&client_id=open&code=a.b.c", 400, "invalid_grant", "Code not valid"),
        ("grant_type=authorization_code&client_id=open&code=..", 400, "invalid_grant", "Code not valid"),
        ("grant_type=refresh_token&client_id=open", 400, "invalid_request", "No refresh token"),
        ("grant_type=refresh_token&client_id=open&refresh_token=", 400, "invalid_grant", "Invalid refresh token"),
        ("grant_type=refresh_token&client_id=open&refresh_token=a.b.c", 400, "invalid_grant", "Invalid refresh token"),
    ],
)
def test_refusals(probe, form, status, error, description):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Browser().request("POST", probe.endpoint("token"), form.encode(), headers)
    assert_refused(answer, status, error, description)
    assert answer.header("www-authenticate") is None


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
    assert_refused(answer, 400, "unauthorized_client", "Unexpected error when authenticating client")
    answer = probe.token({"grant_type": "client_credentials"}, headers=basic("web", "wrong"))
    assert_refused(answer, 401, "unauthorized_client", NOT_A_CLIENT)


# ---- codes ----


def test_a_code_works_once_however_many_try(probe):
    code, pkce = carol(probe)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: probe.code(WEB, code, pkce), range(20)))
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) == 1
    for answer in answers:
        if answer.status != 200:
            assert_refused(answer, 400, "invalid_grant", "Code not valid")
    # What the first one got has been revoked (RFC 6749 section 4.1.2).
    refresh_token = good[0].json()["refresh_token"]
    assert_refused(
        probe.refresh(WEB, refresh_token), 400, "invalid_grant", "Session doesn't have required client"
    )


def test_what_was_revoked_does_not_revive_with_the_next_login(probe):
    browser, pkce = Browser(), Pkce()
    code = callback_of(probe.log_in(browser, WEB, *CAROL, pkce))["code"]
    stolen = probe.code(WEB, code, pkce).json()
    probe.code(WEB, code, pkce)
    time.sleep(1.1)
    again = Pkce()
    fresh = callback_of(probe.authorize(browser, WEB, again))["code"]
    assert probe.code(WEB, fresh, again).status == 200
    assert probe.refresh(WEB, stolen["refresh_token"]).status == 400
    assert probe.userinfo(stolen["access_token"]).status == 401


@pytest.mark.parametrize(
    "change, description",
    [
        ({"redirect_uri": CALLBACK + "/"}, "Incorrect redirect_uri"),
        ({"redirect_uri": None}, "Incorrect redirect_uri"),
        ({"code_verifier": None}, "PKCE code verifier not specified"),
        ({"code_verifier": "a" * 43}, "PKCE verification failed"),
        ({"code_verifier": "a" * 42}, "PKCE invalid code verifier"),
        ({"code_verifier": "a" * 129}, "PKCE invalid code verifier"),
        ({"code_verifier": "a" * 42 + "!"}, "PKCE invalid code verifier"),
    ],
)
def test_a_code_is_spent_by_a_mistake(probe, change, description):
    code, pkce = carol(probe)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": pkce.verifier,
        **change,
    }
    answer = probe.token({name: value for name, value in form.items() if value is not None}, WEB)
    assert_refused(answer, 400, "invalid_grant", description)
    assert_refused(probe.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")


def test_a_verifier_without_a_challenge(probe):
    code = callback_of(probe.log_in(Browser(), WEB, *CAROL))["code"]
    description = "PKCE code verifier specified but challenge not present in authorization"
    assert_refused(probe.code(WEB, code, Pkce()), 400, "invalid_grant", description)


def test_a_plain_challenge(probe):
    verifier = "v" * 50
    code = callback_of(probe.log_in(Browser(), WEB, *CAROL, code_challenge=verifier))["code"]
    pkce = Pkce()
    pkce.verifier = verifier
    assert probe.code(WEB, code, pkce).status == 200


def test_a_code_of_another_client(probe):
    code, pkce = carol(probe)
    assert_refused(probe.code(OTHER, code, pkce), 400, "invalid_grant", "Auth error")
    assert_refused(probe.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")


def test_a_wrong_secret_does_not_spend_the_code(probe):
    code, pkce = carol(probe)
    assert probe.code(Client("web", "wrong", CALLBACK), code, pkce).status == 401
    assert probe.code(WEB, code, pkce).status == 200


def test_a_code_of_another_realm(server, probe):
    code, pkce = carol(probe)
    assert server.realm("rotating").code(WEB, code, pkce).status == 400


def test_c4_another_realm_neither_spends_a_code_nor_ends_what_it_brought(server, probe):
    other = server.realm("rotating")
    code, pkce = carol(probe)
    assert_refused(other.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")
    tokens = probe.code(WEB, code, pkce)
    assert tokens.status == 200
    assert_refused(other.code(WEB, code, pkce), 400, "invalid_grant", "Code not valid")
    assert probe.refresh(WEB, tokens.json()["refresh_token"]).status == 200


def test_c4_another_client_ends_nothing_with_a_used_code(probe):
    code, pkce = carol(probe)
    tokens = probe.code(WEB, code, pkce)
    assert_refused(probe.code(OTHER, code, pkce), 400, "invalid_grant", "Code not valid")
    assert probe.refresh(WEB, tokens.json()["refresh_token"]).status == 200


@pytest.mark.parametrize("empty", ["max_age", "response_mode", "code_challenge", "code_challenge_method", "request",
                                   "request_uri", "login_hint", "prompt", "nonce"])
def test_p18_a_parameter_without_a_value_is_left_out(probe, empty):
    assert "code" in callback_of(probe.log_in(Browser(), WEB, *CAROL, **{empty: ""}))


def test_p14_a_method_without_a_challenge_is_refused(probe):
    answer = probe.authorize(Browser(), WEB, code_challenge_method="S256")
    assert callback_of(answer)["error"] == "invalid_request"


# ---- refresh tokens ----


def test_refresh_tokens_stay_good_unless_the_realm_rotates(probe):
    first = probe.password(WEB, *CAROL).json()
    second = probe.refresh(WEB, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert probe.refresh(WEB, first["refresh_token"]).status == 200
    assert probe.refresh(WEB, second["refresh_token"]).status == 200


def test_a_rotated_refresh_token_works_once_however_many_try(server):
    realm = server.realm("rotating")
    first = realm.password(WEB, *CAROL).json()["refresh_token"]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: realm.refresh(WEB, first), range(16)))
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) == 1
    told = {a.json()["error_description"] for a in answers if a.status != 200}
    assert told <= {"Maximum allowed refresh token reuse exceeded", "Session doesn't have required client"}
    # The newest goes down with it: nobody knows who is the thief.
    assert realm.refresh(WEB, good[0].json()["refresh_token"]).status == 400


def test_two_tabs_rotate_side_by_side(server):
    realm, browser = server.realm("rotating"), Browser()
    pkce, other = Pkce(), Pkce()
    tab = realm.code(WEB, callback_of(realm.log_in(browser, WEB, *CAROL, pkce))["code"], pkce).json()
    second = realm.code(WEB, callback_of(realm.authorize(browser, WEB, other))["code"], other).json()
    callback_of(realm.authorize(browser, WEB, Pkce(), prompt="none"))  # a silent check, never exchanged
    for _ in range(3):
        tab = realm.refresh(WEB, tab["refresh_token"]).json()
        second = realm.refresh(WEB, second["refresh_token"]).json()
        assert "access_token" in tab and "access_token" in second


def test_reuse_may_be_allowed(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["refreshTokenMaxReuse"] = 1
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    first = realm.password(WEB, *CAROL).json()["refresh_token"]
    lost = realm.refresh(WEB, first)
    again = realm.refresh(WEB, first)
    assert (lost.status, again.status) == (200, 200)
    assert realm.refresh(WEB, again.json()["refresh_token"]).status == 200
    assert realm.refresh(WEB, first).status == 400


def test_two_tabs_may_share_a_token_for_a_moment(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["attributes"] = {**document.get("attributes", {}), "refresh.token.grace": "30"}
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    first = realm.password(WEB, *CAROL).json()["refresh_token"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        tabs = list(pool.map(lambda _: realm.refresh(WEB, first), range(4)))
    assert [tab.status for tab in tabs] == [200] * 4
    one, other = (tab.json()["refresh_token"] for tab in tabs[:2])
    assert realm.refresh(WEB, one).status == 200  # from now on who brings the first one has stolen it
    assert realm.refresh(WEB, first).status == 400
    assert realm.refresh(WEB, other).status == 400  # all that the client has in the session is over


@pytest.mark.parametrize("kind", ["access_token", "id_token"])
def test_other_tokens_are_no_refresh_tokens(probe, kind):
    token = probe.password(WEB, *CAROL).json()[kind]
    assert_refused(probe.refresh(WEB, token), 400, "invalid_grant", "Invalid refresh token")


def test_forged_refresh_tokens(probe):
    token = probe.password(WEB, *CAROL).json()["refresh_token"]
    head, payload, signature = token.split(".")
    header, claims = unverified_token(token)

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    forged = [
        f"{part({'alg': 'none'})}.{payload}.",
        f"{part({**header, 'alg': 'HS256'})}.{payload}.{signature}",
        f"{head}.{part({**claims, 'exp': claims['exp'] + 1})}.{signature}",
        f"{head}.{payload}.{signature[:-2]}",
        f"{part({**header, 'kid': 'other'})}.{payload}.{signature}",
        f"{part({**header, 'kid': '../../x'})}.{payload}.{signature}",
    ]
    for each in forged:
        assert_refused(probe.refresh(WEB, each), 400, "invalid_grant", "Invalid refresh token")


def test_refresh_token_of_another_client(probe):
    token = probe.password(WEB, *CAROL).json()["refresh_token"]
    description = "Invalid refresh token. Token client and authorized client don't match"
    assert_refused(probe.refresh(OTHER, token), 400, "invalid_grant", description)


def test_realm_of_the_refresh_token_must_fit(server, probe):
    token = probe.password(WEB, *CAROL).json()["refresh_token"]
    assert_refused(server.realm("rotating").refresh(WEB, token), 400, "invalid_grant", "Invalid refresh token")


def test_no_token_outlives_its_session(new_provider, tmp_path):
    document = json.loads((REALMS / "brief-realm.json").read_text())
    document.update(accessTokenLifespan=300, ssoSessionMaxLifespan=4)
    file = tmp_path / "brief-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("brief")
    answer = realm.password(WEB, *CAROL).json()
    _, access = unverified_token(answer["access_token"])
    _, refresh = unverified_token(answer["refresh_token"])
    assert answer["refresh_expires_in"] <= 4 and refresh["exp"] - refresh["iat"] <= 4
    assert access["exp"] <= refresh["exp"]


# ---- what the realm may declare void ----


def test_tokens_of_before_are_void_when_the_realm_says_so(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["notBefore"] = 4000000000
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    tokens = realm.password(WEB, *CAROL).json()
    assert tokens["not-before-policy"] == 4000000000
    assert realm.userinfo(tokens["access_token"]).status == 401
    assert_refused(realm.refresh(WEB, tokens["refresh_token"]), 400, "invalid_grant", "Stale token")
    checked = realm.token({"token": tokens["access_token"]}, WEB)
    assert checked.status == 400  # the token endpoint is not introspection
    checked = Browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, WEB.auth)
    assert checked.json() == {"active": False}


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


# What users met


def test_c3_the_65th_silent_login_ends_no_other_tab(server):
    """The realm rotates: a tab whose token made room for newer ones has to ask again, and nobody is logged out."""
    realm = server.realm("rotating")
    browser = realm.browser()
    _, tokens = realm.code_login(WEB, *CAROL, browser=browser)
    oldest = tokens.json()["refresh_token"]
    time.sleep(1.1)  # which of one second's tokens makes room is nobody's to say
    for _ in range(70):
        code = callback_of(realm.authorize(browser, WEB, prompt="none"))["code"]
        newest = realm.code(WEB, code).json()["refresh_token"]
    assert_refused(realm.refresh(WEB, oldest), 400, "invalid_grant", "Stale token")
    assert realm.refresh(WEB, newest).status == 200
    assert_refused(realm.refresh(WEB, newest), 400, "invalid_grant", "Maximum allowed refresh token reuse exceeded")


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


def test_p16_offline_access_is_granted_where_it_is_said_to_be(probe):
    assert "offline_access" in probe.discovery().json()["scopes_supported"]
    tokens = probe.password(WEB, *CAROL, scope="openid offline_access").json()
    for scope in (tokens["scope"], unverified_token(tokens["access_token"])[1]["scope"]):
        assert {"openid", "offline_access"} <= set(scope.split())
    assert unverified_token(tokens["refresh_token"])[1]["typ"] == "Offline"


def test_p19_each_tab_keeps_its_own_auth_time(probe):
    browser = probe.browser()
    _, first = probe.code_login(WEB, *CAROL, browser=browser)
    before = unverified_token(first.json()["id_token"])[1]["auth_time"]
    time.sleep(1.1)
    page = probe.authorize(browser, WEB, prompt="login").page
    code = callback_of(browser.submit(page.form("kc-form-login"), password=CAROL[1]))["code"]
    second = probe.code(WEB, code).json()
    assert unverified_token(second["id_token"])[1]["auth_time"] > before
    refreshed = probe.refresh(WEB, first.json()["refresh_token"]).json()
    for kind in ("id_token", "access_token"):
        assert unverified_token(refreshed[kind])[1]["auth_time"] == before
    again = probe.refresh(WEB, refreshed["refresh_token"]).json()
    assert unverified_token(again["id_token"])[1]["auth_time"] == before


def test_p19_a_scope_that_tokens_do_not_show_is_refreshed_too(new_provider, tmp_path):
    mapper = {
        "name": "hidden",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-hardcoded-claim-mapper",
        "config": {"claim.name": "hidden", "claim.value": "yes", "access.token.claim": "true", "jsonType.label": "String"},
    }
    scope = {
        "name": "quiet",
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "false"},
        "protocolMappers": [mapper],
    }
    client = {
        "clientId": "web",
        "secret": "web-secret",
        "redirectUris": [CALLBACK],
        "directAccessGrantsEnabled": True,
        "optionalClientScopes": ["quiet", "loud"],
    }
    user = {"username": CAROL[0], "enabled": True, "credentials": [{"type": "password", "value": CAROL[1]}]}
    loud = {"name": "loud", "protocol": "openid-connect"}
    document = {"realm": "x", "enabled": True, "clients": [client], "clientScopes": [scope, loud], "users": [user]}
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("x")
    tokens = realm.password(WEB, *CAROL, scope="openid quiet loud").json()
    for _ in range(2):
        assert "quiet" not in tokens["scope"] and "loud" in tokens["scope"]
        assert unverified_token(tokens["access_token"])[1]["hidden"] == "yes"
        tokens = realm.refresh(WEB, tokens["refresh_token"]).json()
    # A refresh may ask for less, and later for all again (RFC 6749 §6).
    less = realm.refresh(WEB, tokens["refresh_token"], scope="loud").json()
    assert less["scope"] == "loud" and "id_token" not in less
    assert "hidden" not in unverified_token(less["access_token"])[1]
    assert realm.refresh(WEB, less["refresh_token"]).json()["scope"].split() == ["openid", "loud"]
    assert_refused(realm.refresh(WEB, less["refresh_token"], scope="nonsense"), 400, "invalid_scope", "Invalid scopes: nonsense")


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
