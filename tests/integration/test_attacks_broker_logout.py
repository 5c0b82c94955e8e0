# SPDX-License-Identifier: Apache-2.0
"""Logout tokens of identity providers: what has ended there ends here too, and nothing else does, whoever asks for it."""

import hmac
import json
import time
import uuid

import pytest
from administrator import Admin
from brokering import (  # noqa: F401  (functions and fixtures)
    APP, admin, administrator, client, linked, realm, realm_as_provider, upstream, user,
)
from oidc import Client, callback_of
from programs import Provider
from signer import RsaSigner, b64, signing_input
from upstream import CLIENT, SECRET, Upstream, button
from waiting import until as wait_until
from web import Browser, query_of

EVENT = "http://schemas.openid.net/event/backchannel-logout"
FAILED = "LogoutToken verification with identity provider failed"


@pytest.fixture(scope="module")
def other():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def as_usual(upstream, other):
    for one in (upstream, other):
        one.reset(sub="up-vic", preferred_username="vic")


def inner_realm(upstream, other, base):
    told = {"backchannel.logout.url": f"{upstream.issuer}/told", "backchannel.logout.session.required": "true"}
    return {
        **{"realm": "inner", "enabled": True, "eventsEnabled": True},
        "clients": [client(APP, attributes=told)],
        "users": [
            user("vic", realmRoles=["offline_access"], federatedIdentities=linked("up-vic", "up", "other", "second")),
            user("eve", federatedIdentities=linked("up-eve", "up")),
            administrator(),
        ],
        "identityProviders": [
            upstream.config(),
            other.config("other"),
            upstream.config("second", config={"clientId": "second"}),
            upstream.config("keyless", config={"issuer": "http://127.0.0.1:1", "jwksUrl": "http://127.0.0.1:1/certs"}),
            upstream.config("ours", provider_id="keycloak-oidc", config=realm_as_provider(base, "outer")),
        ],
    }


def outer_realm(base):
    inner = f"{base}/realms/inner"
    told = {
        "backchannel.logout.url": f"{inner}/protocol/openid-connect/logout/backchannel-logout",
        "backchannel.logout.session.required": "true",
    }
    broker = Client(CLIENT, SECRET, f"{inner}/broker/*")
    return {
        **{"realm": "outer", "enabled": True, "users": [user("dora"), administrator()]},
        "clients": [client(broker, attributes=told)],
    }


@pytest.fixture(scope="module")
def server(work, upstream, other):
    started = Provider([], work / "upstream-logout")
    for realm in (inner_realm(upstream, other, started.base), outer_realm(started.base)):
        (started.folder / "import" / f"{realm['realm']}-realm.json").write_text(json.dumps(realm))
    with started:
        yield started


def log_in(realm, upstream, alias="up", scope="openid", **claims):
    upstream.reset(**{"sub": "up-vic", "preferred_username": "vic", "sid": f"there-{uuid.uuid4()}", **claims})
    if alias == "second":
        upstream.claims["aud"] = "second"
    browser = realm.browser()
    there = browser.get(button(realm.authorize(browser, APP, scope=scope), alias)).location
    tokens = realm.code(APP, callback_of(browser.get(upstream.agree(there)))["code"])
    assert tokens.status == 200, tokens.text
    return upstream.claims["sid"], tokens.json()["refresh_token"]


def goes_on(realm, refresh_token):
    answer = realm.refresh(APP, refresh_token)
    assert answer.status in (200, 400), answer.text
    return answer.status == 200


def claims_of(upstream, **changes):
    now = int(time.time())
    claims = {"iss": upstream.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4())}
    claims = {**claims, "sub": "up-vic", "events": {EVENT: {}}, **changes}
    return {name: value for name, value in claims.items() if value is not None}


def token_of(upstream, header=(), **changes):
    return upstream.signer.token({**upstream.signer.header, **dict(header)}, claims_of(upstream, **changes))


def send(realm, token, **more):
    return realm.browser().post(realm.endpoint("logout/backchannel-logout"), {"logout_token": token, **more})


def assert_done(answer):
    assert answer.status == 200 and answer.text == "" and answer.header("Cache-Control") == "no-store", answer.text


def assert_refused(answer, why=FAILED):
    assert answer.status == 400, answer.text
    assert answer.json() == {"error": "invalid_request", "error_description": why}


def told(upstream):
    return len(upstream.asked("/told"))


# ---- what ends ----


def test_a_session_there(realm, upstream, admin):
    one, first = log_in(realm, upstream)
    _, second = log_in(realm, upstream)
    before = told(upstream)
    assert_done(send(realm, token_of(upstream, sid=one)))
    assert not goes_on(realm, first) and goes_on(realm, second)
    wait_until(lambda: told(upstream) == before + 1, "the client is told")
    events = admin("GET", "/realms/inner/events?type=LOGOUT&max=1").json()
    vic = admin("GET", "/realms/inner/users?exact=true&username=vic").json()[0]
    assert events[0]["userId"] == vic["id"] and events[0]["sessionId"]


def test_a_session_there_without_its_user(realm, upstream):
    """By a token that was made in the middle of a second (RFC 7519 §2)."""
    one, first = log_in(realm, upstream)
    assert_done(send(realm, token_of(upstream, sub=None, sid=one, iat=int(time.time()) - 0.25)))
    assert not goes_on(realm, first)


def test_all_sessions_of_a_user(realm, upstream, other):
    tokens = [log_in(realm, upstream)[1] for _ in range(2)]
    others = [log_in(realm, upstream, sub="up-eve")[1], log_in(realm, other, "other")[1], log_in(realm, upstream, "second")[1]]
    assert_done(send(realm, token_of(upstream)))
    assert not any(goes_on(realm, token) for token in tokens)
    assert all(goes_on(realm, token) for token in others)


def test_an_audience_among_several(realm, upstream):
    one, first = log_in(realm, upstream, "second")
    assert_done(send(realm, token_of(upstream, aud=["elsewhere", "second"], sid=one)))
    assert not goes_on(realm, first)


def test_offline_sessions_end_when_they_are_meant(realm, upstream):
    one, offline = log_in(realm, upstream, scope="openid offline_access")
    assert_done(send(realm, token_of(upstream, sid=one)))
    assert goes_on(realm, offline)
    assert_done(send(realm, token_of(upstream, sid=one, events={EVENT: {}, "revoke_offline_access": True})))
    assert not goes_on(realm, offline)


def test_nobody_has_been_there(realm, upstream):
    assert_done(send(realm, token_of(upstream, sub="up-nobody")))
    assert_done(send(realm, token_of(upstream, sid="no-session")))


def test_a_realm_of_ours_tells_the_other(server, realm):
    browser = realm.browser()
    there = browser.get(browser.get(button(realm.authorize(browser, APP), "ours")).location)
    back = browser.submit(there.page.form("kc-form-login"), username="dora", password="dora-password")
    tokens = realm.code(APP, callback_of(browser.get(back.location))["code"]).json()
    assert goes_on(realm, tokens["refresh_token"])
    boss = Admin(server, "outer", "boss", "boss-password")
    dora = boss("GET", "/realms/outer/users?exact=true&username=dora").json()[0]
    assert boss("POST", f"/realms/outer/users/{dora['id']}/logout").status == 204
    wait_until(lambda: not goes_on(realm, tokens["refresh_token"]), "the session ends here")


# ---- what does not ----

OWN = RsaSigner("up-1")  # the same name, another key


def signed_otherwise(make):
    return lambda up, sid: make(claims_of(up, sid=sid))


def hs256(claims, secret=SECRET.encode()):
    text = signing_input({"alg": "HS256", "typ": "JWT", "kid": "up-1"}, claims)
    return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def changed(**changes):
    return lambda up, sid: token_of(up, **{"sid": sid, **changes})


NOW = int(time.time())
EVENTS = "The LogoutToken event claim is not as expected"
BAD = {
    "none": (signed_otherwise(lambda claims: signing_input({"alg": "none"}, claims) + "."), None),
    "unsigned": (signed_otherwise(lambda claims: signing_input({"alg": "RS256", "kid": "up-1"}, claims) + "."), None),
    "secret": (signed_otherwise(hs256), FAILED),
    "other-key": (signed_otherwise(lambda claims: OWN.token(OWN.header, claims)), FAILED),
    "own-jwk": (signed_otherwise(lambda claims: OWN.token({**OWN.header, "jwk": OWN.jwk()}, claims)), FAILED),
    "other-kid": (signed_otherwise(lambda claims: OWN.token({**OWN.header, "kid": "unknown"}, claims)), FAILED),
    "audience": (changed(aud="another"), FAILED),
    "no-audience": (changed(aud=None), FAILED),
    "issuer": (changed(iss="http://127.0.0.1:2"), FAILED),
    "no-issuer": (changed(iss=None), FAILED),
    "expired": (changed(iat=NOW - 300, exp=NOW - 180), FAILED),
    "no-expiry": (changed(exp=None), None),
    "old": (changed(iat=NOW - 3600, exp=NOW + 3600), FAILED),
    "no-iat": (changed(iat=None), "The LogoutToken doesn't contain an iat claim"),
    "future": (changed(iat=NOW + 3600, exp=NOW + 7200), FAILED),
    "nonce": (changed(nonce="n"), "The LogoutToken contains a nonce claim which is not allowed"),
    "null-nonce": (changed(nonce=""), "The LogoutToken contains a nonce claim which is not allowed"),
    "no-jti": (changed(jti=None), "The logoutToken jti is missing"),
    "no-events": (changed(events=None), EVENTS),
    "other-event": (changed(events={"http://schemas.openid.net/event/other": {}}), EVENTS),
    "events-list": (changed(events=[EVENT]), EVENTS),
    "events-text": (changed(events=EVENT), EVENTS),
    "event-true": (changed(events={EVENT: True}), EVENTS),
    "access-token": (changed(typ="Bearer"), EVENTS),
    "id-token": (lambda up, sid: up.id_token({"nonce": "n"}, "x", sid=sid), EVENTS),
    "nobody": (changed(sub=None, sid=None), "Missing sid or sub claim"),
    "number": (changed(sid=5), "The sid claim is none"),
    "user-number": (changed(sub=5), None),
    "text": (lambda up, sid: "no token at all", "The decode of the logoutToken failed"),
    "nothing": (lambda up, sid: "", "The decode of the logoutToken failed"),
}


@pytest.fixture(scope="module")
def standing(realm, upstream):
    """A session that everything bad is aimed at."""
    return log_in(realm, upstream)


@pytest.mark.parametrize("name", BAD)
def test_attack_56_tokens_that_are_not_good(realm, upstream, standing, name):
    make, why = BAD[name]
    sid, refresh_token = standing
    answer = send(realm, make(upstream, sid))
    if why:
        assert_refused(answer, why)
    assert answer.status == 400 and goes_on(realm, refresh_token)


def test_attack_56_a_token_of_another_provider(realm, upstream, other, standing):
    """It says the same of the same user, or says that it is of the provider that is meant."""
    sid, refresh_token = standing
    assert_done(send(realm, token_of(other, sid=sid)))
    assert_refused(send(realm, token_of(other, sid=sid, iss=upstream.issuer)))
    assert_done(send(realm, token_of(upstream, aud="second", sid=sid)))
    assert goes_on(realm, refresh_token)


@pytest.mark.parametrize("more", [{"sub": "up-eve"}, {"sub": "UP-VIC"}, {"sid": "THERE"}, {"sid": "%"}, {"sid": "' OR 1=1 --"}])
def test_attack_56_a_token_about_somebody_else(realm, upstream, standing, more):
    sid, refresh_token = standing
    assert_done(send(realm, token_of(upstream, **{"sid": sid, **more})))
    assert goes_on(realm, refresh_token)


def test_attack_56_a_token_that_comes_again(realm, upstream):
    """Whoever has it could keep a user from logging in for as long as it lives."""
    _, first = log_in(realm, upstream)
    token = token_of(upstream)
    assert_done(send(realm, token))
    _, second = log_in(realm, upstream)
    assert_refused(send(realm, token), "The logoutToken has been used before")
    assert not goes_on(realm, first) and goes_on(realm, second)


def test_attack_56_a_login_by_password_stays(realm, upstream):
    browser = realm.browser()
    page = realm.authorize(browser, APP)
    answer = browser.submit(page.page.form("kc-form-login"), username="vic", password="vic-password")
    tokens = realm.code(APP, callback_of(answer)["code"]).json()
    assert_done(send(realm, token_of(upstream)))
    assert goes_on(realm, tokens["refresh_token"])


def test_attack_56_a_flood_asks_the_provider_no_more_than_once(realm, upstream):
    _, refresh_token = log_in(realm, upstream)
    fetched = len(upstream.asked("/certs"))
    for number in range(40):
        assert_refused(send(realm, OWN.token({**OWN.header, "kid": f"k{number}"}, claims_of(upstream))))
    assert len(upstream.asked("/certs")) <= fetched + 1
    assert goes_on(realm, refresh_token)


def test_keys_that_are_not_at_hand(realm, upstream):
    answer = send(realm, token_of(upstream, iss="http://127.0.0.1:1"))
    assert answer.status == 503 and int(answer.header("Retry-After")) > 0


def test_what_is_no_request_for_it(realm, upstream):
    where = realm.endpoint("logout/backchannel-logout")
    assert_refused(realm.browser().post(where, {"token": "x"}), "No logout token")
    assert realm.browser().get(where).status == 405
    raw = Browser().request("POST", where, json.dumps({"logout_token": token_of(upstream)}).encode(), {"Content-Type": "application/json"})
    assert raw.status in (400, 415)
    twice = f"logout_token={token_of(upstream)}&logout_token=x".encode()
    assert Browser().request("POST", where, twice, {"Content-Type": "application/x-www-form-urlencoded"}).status == 400
    assert query_of(where) == {}
