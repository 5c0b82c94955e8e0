# SPDX-License-Identifier: Apache-2.0
"""P22: what happens to users and clients stands in the log and in the metrics, by Keycloak's names."""

import json
import shlex

import pytest
from oidc import Client, callback_of
from programs import PROJECT
from waiting import until
from web import Browser, basic, unverified_token

REALMS = PROJECT / "tests" / "interop" / "realms"
WEB = Client("web", "web-secret", "http://localhost:8000/auth")
SERVICE = Client("service", "service-secret", None)
CAROL = ("carol", "carol-password")


@pytest.fixture(params=["json", "text"])
def watched(request, new_provider):
    """The probed realm, and the events that its log has had since the last look."""
    provider = new_provider([REALMS / "probe-realm.json"], arguments=("--log-format", request.param))
    seen = 0

    def parsed(line):
        if request.param == "json":
            return json.loads(line) if line.startswith("{") else {}
        if not line.startswith("time="):
            return {}
        return dict(part.split("=", 1) for part in shlex.split(line))

    def events(count):
        nonlocal seen

        def found():
            lines = [parsed(line) for line in provider.log.read_text().splitlines() if "event" in line]
            return [line for line in lines if "event" in line]

        told = until(lambda: len(so_far := found()) >= seen + count and so_far, provider.log_tail)
        new, seen = told[seen:], len(told)
        return new

    return provider, events


def metric(provider, event):
    name = f'ostiary_provider_events_total{{event="{event}"}} '
    text = Browser().get(f"{provider.base}/metrics").text
    return int(next(line for line in text.splitlines() if line.startswith(name)).removeprefix(name))


def test_p22_a_login_and_what_follows(watched):
    provider, events = watched
    realm, browser = provider.realm("probe"), Browser()
    page = realm.authorize(browser, WEB)
    browser.submit(page.page.form("kc-form-login"), username="carol", password="wrong-password")
    answer = browser.submit(page.page.form("kc-form-login"), username="carol", password="carol-password")
    tokens = realm.code(WEB, callback_of(answer)["code"]).json()
    claims = unverified_token(tokens["access_token"])[1]
    refreshed = realm.refresh(WEB, tokens["refresh_token"]).json()
    realm.refresh(WEB, "garbage")
    realm.code(WEB, "a.b.c")
    realm.userinfo(refreshed["access_token"])
    out = {"id_token_hint": refreshed["id_token"]}
    browser.get(realm.endpoint("logout"), out)
    wrong, login, code, refresh, stale, spent, info, logout = events(8)
    assert [line["event"] for line in (wrong, login, code, refresh, stale, spent, info, logout)] == [
        *("LOGIN_ERROR", "LOGIN", "CODE_TO_TOKEN", "REFRESH_TOKEN", "REFRESH_TOKEN_ERROR"),
        *("CODE_TO_TOKEN_ERROR", "USER_INFO_REQUEST", "LOGOUT"),
    ]
    assert (stale["error"], spent["error"]) == ("invalid_token", "invalid_code")
    assert (wrong["error"], wrong["username"], wrong["client"]) == ("invalid_user_credentials", "carol", "web")
    for line in (login, code, refresh, logout):
        assert (line["subject"], line["session"]) == (claims["sub"], claims["sid"])
    for line in (login, code, refresh, stale, spent, info, logout):
        assert (line["realm"], line["client"]) == ("probe", "web")
        assert ("error" in line) == line["event"].endswith("_ERROR")
    assert code["grant"] == "authorization_code"
    text = provider.log.read_text()
    for secret in ("carol-password", "wrong-password", tokens["refresh_token"], "web-secret"):
        assert secret not in text
    assert (metric(provider, "LOGIN"), metric(provider, "LOGIN_ERROR"), metric(provider, "LOGOUT")) == (1, 1, 1)


def test_p22_why_a_login_failed(watched):
    provider, events = watched
    realm = provider.realm("probe")
    for user, password in (("nobody", "x"), ("dan", "dan-password"), ("erin", "erin-password"), CAROL):
        realm.password(WEB, user, password)
    realm.password(Client("web", "wrong", None), *CAROL)
    realm.client_credentials(Client("nobody", "x"))
    lines = events(6)
    assert [(line["event"], line.get("error")) for line in lines] == [
        ("LOGIN_ERROR", "user_not_found"),
        ("LOGIN_ERROR", "user_disabled"),
        ("LOGIN_ERROR", "resolve_required_actions"),
        ("LOGIN", None),
        ("LOGIN_ERROR", "invalid_client_credentials"),
        ("CLIENT_LOGIN_ERROR", "client_not_found"),
    ]
    assert lines[0]["username"] == "nobody"
    assert [line["client"] for line in lines[4:]] == ["web", "nobody"], "as they called themselves"


def test_p22_what_a_client_did_wrong_in_keycloaks_words(watched):
    """As Keycloak 24.0.5 has them in its events."""
    provider, events = watched
    realm = provider.realm("probe")

    def ask(client_id="web", redirect_uri=WEB.redirect_uri, **changes):
        realm.authorize(Browser(), Client(client_id, None, redirect_uri), **changes)

    ask("nobody")
    ask("retired")
    ask("bearer")
    ask(redirect_uri="http://evil.example/")
    ask("other", response_type="token")
    ask(response_type="none of these")
    ask(scope="openid nothing")
    ask(prompt="none")  # a question, which is answered
    realm.password(Client("other", "other-secret"), *CAROL)
    realm.client_credentials(Client("other", "other-secret"))
    realm.client_credentials(Client("retired", "retired-secret"))
    realm.browser().post(realm.endpoint("revoke"), {"token": "garbage"}, WEB.auth)
    realm.browser().get(realm.endpoint("logout"), {"id_token_hint": "garbage"})
    lines = events(12)
    assert [(line["event"], line["client"] if "client" in line else None, line["error"]) for line in lines] == [
        ("LOGIN_ERROR", "nobody", "client_not_found"),
        ("LOGIN_ERROR", "retired", "client_disabled"),
        ("LOGIN_ERROR", "bearer", "not_allowed"),
        ("LOGIN_ERROR", "web", "invalid_redirect_uri"),
        ("LOGIN_ERROR", "other", "not_allowed"),
        ("LOGIN_ERROR", "web", "invalid_request"),
        ("LOGIN_ERROR", "web", "invalid_request"),
        ("LOGIN_ERROR", "other", "not_allowed"),
        ("CLIENT_LOGIN_ERROR", "other", "invalid_client"),
        ("CLIENT_LOGIN_ERROR", "retired", "client_disabled"),
        ("REVOKE_GRANT_ERROR", "web", "invalid_token"),
        ("LOGOUT_ERROR", None, "invalid_token"),
    ]


@pytest.mark.parametrize("way", ["openid-connect", "default"])
def test_p22_clients_that_register_themselves(watched, way):
    provider, events = watched
    address = f"{provider.realm('probe').issuer}/clients-registrations/{way}"
    fields = {"Content-Type": "application/json"}
    said = {"openid-connect": {"redirect_uris": ["https://app.example/"]}, "default": {"redirectUris": ["https://app.example/"]}}
    Browser().post(address, json.dumps(said[way]).encode(), fields)
    Browser().get(f"{address}/web", headers={"Authorization": "Bearer garbage"})
    refused, read = events(2)
    assert (refused["event"], refused["error"]) == ("CLIENT_REGISTER_ERROR", "not_allowed")
    assert (read["event"], read["error"], read["client"]) == ("CLIENT_INFO_ERROR", "invalid_token", "web")


def test_p22_adapters_that_ask_for_their_file(watched):
    provider, events = watched
    address = f"{provider.realm('probe').issuer}/clients-registrations/install/web"
    Browser().get(address, headers=basic("web", "wrong"))
    Browser().get(address, headers=WEB.auth)
    refused, read = events(2)
    assert (refused["event"], refused["error"], refused["client"]) == ("CLIENT_INFO_ERROR", "invalid_client_credentials", "web")
    assert (read["event"], read["client"]) == ("CLIENT_INFO", "web")
