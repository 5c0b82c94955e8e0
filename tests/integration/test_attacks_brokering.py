# SPDX-License-Identifier: Apache-2.0
"""Attacks on logins by identity providers: by other browsers, by other providers, and by the provider itself."""

import base64
import hmac
import json
import time
import urllib.parse

import pytest
from brokering import (  # noqa: F401  (functions and fixtures)
    APP, FULL, admin, administrator, claims_of, client, come_back, leave, linked, realm, upstream, user,
)
from oidc import callback_of
from programs import Provider
from signer import RsaSigner, b64, signing_input
from upstream import CLIENT, SECRET, Upstream, button
from waiting import until as wait_until
from web import query_of, unverified_token

FILTER = {"filteredByClaim": "true"}
FAILED = "Unexpected error when authenticating with identity provider"


@pytest.fixture(scope="module")
def other():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def as_usual(upstream, other):
    for one in (upstream, other):
        one.reset(sub="up-vic", preferred_username="vic")


def realm_of(upstream, other):
    return {
        "realm": "inner",
        "enabled": True,
        "eventsEnabled": True,
        "loginTheme": "keycloak",
        "clients": [client(APP)],
        "users": [
            user("vic", federatedIdentities=linked("up-vic", "up", "info")),
            user("fil", federatedIdentities=linked("up-fil", "filtered", "valueless", "silent", "up")),
            user("eve"),
            user("gone", enabled=False, federatedIdentities=linked("up-gone", "up")),
            user("one", federatedIdentities=linked("up-twin", "up")),
            user("two", federatedIdentities=linked("up-twin", "up")),
            administrator(),
        ],
        "identityProviders": [
            upstream.config(),
            upstream.config("info", config={"userInfoUrl": f"{upstream.issuer}/userinfo"}),
            other.config("other", trustEmail=True),
            upstream.config("only", linkOnly=True),
            upstream.config("unsigned", config={"validateSignature": "false"}),
            upstream.config("nonceless", config={"disableNonce": "true"}),
            upstream.config("keyless", config={"jwksUrl": None}),
            upstream.config("filtered", config={**FILTER, "claimFilterName": "org.teams", "claimFilterValue": "st[a-f]+"}),
            upstream.config("valueless", config={**FILTER, "claimFilterName": "team"}),
            upstream.config("nameless", config={**FILTER, "claimFilterValue": ".*"}),
            upstream.config("silent", config={"acceptsPromptNoneForwardFromClient": "true", "prompt": "login"}),
            upstream.config("offline", config={"offlineAccess": "true"}),
            upstream.config("google", provider_id="google"),
            upstream.config("google-offline", provider_id="google", config={"offlineAccess": "true"}),
        ],
    }


@pytest.fixture(scope="module")
def server(work, upstream, other):
    file = work / "inner-realm.json"
    file.write_text(json.dumps(realm_of(upstream, other)))
    with Provider([file], work / "attacked") as started:
        yield started


def assert_refused(server, answer, why=None):
    assert answer.status == 200 and FAILED in answer.page.text, answer.page.text
    assert "KEYCLOAK_IDENTITY" not in str(answer.all("Set-Cookie"))
    if why:
        wait_until(lambda: why in server.log_tail(3), f"the log says: {why}")


def test_the_way_is_good(realm, upstream):
    assert claims_of(realm, come_back(realm, realm.browser(), upstream))["preferred_username"] == "vic"
    assert claims_of(realm, come_back(realm, realm.browser(), upstream, "info"))["preferred_username"] == "vic"


# ---- other browsers ----


def test_attack_49_a_login_of_another_browser_is_not_completed(realm, upstream):
    """Login CSRF: the attacker begins, and has the victim's browser end it."""
    asked = len(upstream.asked("/token"))
    back = upstream.agree(leave(realm, realm.browser()))
    for victim in (realm.browser(), realm.browser()):
        answer = victim.get(back)
        assert answer.status == 400 and "Cookie not found" in answer.page.text
    begun = realm.browser()
    leave(realm, begun)  # it has a login of its own under way
    answer = begun.get(back)
    assert answer.status == 400 and "Cookie not found" in answer.page.text
    assert len(upstream.asked("/token")) == asked


def test_attack_49_nobody_is_sent_there_from_elsewhere(realm, upstream):
    link = button(realm.authorize(realm.browser(), APP))
    assert realm.browser().get(link).status == 400


def test_attack_49_a_way_back_is_there_once(server, realm, upstream):
    browser = realm.browser()
    back = upstream.agree(leave(realm, browser))
    assert claims_of(realm, browser.get(back))["preferred_username"] == "vic"
    asked = len(upstream.asked("/token"))
    assert_refused(server, browser.get(back), "used before")
    again = query_of(back) | {"code": "another"}
    assert_refused(server, browser.get(f"{back.partition('?')[0]}?{urllib.parse.urlencode(again)}"), "used before")
    assert len(upstream.asked("/token")) == asked


def test_attack_50_a_stolen_code_is_of_no_use(server, realm, upstream):
    """Code injection: a code of the victim's login in the attacker's own. PKCE ends it there, the nonce here."""
    stolen = query_of(upstream.agree(leave(realm, realm.browser())))["code"]
    thief = realm.browser()
    assert_refused(server, thief.get(upstream.agree(leave(realm, thief), code=stolen)), "the token endpoint answered 400")
    victims = query_of(upstream.agree(leave(realm, realm.browser())))["code"]
    there = leave(realm, thief)
    upstream.codes[victims] |= {"code_challenge": query_of(there)["code_challenge"]}  # a provider that knows no PKCE
    assert_refused(server, thief.get(upstream.agree(there, code=victims)), "nonce")


@pytest.mark.parametrize("state", [None, "", "x", "a.b.c.d.e", "eyJhbGciOiJub25lIn0..."])
def test_a_made_up_state(realm, state):
    query = urllib.parse.urlencode({"code": "x", **({} if state is None else {"state": state})})
    answer = realm.browser().get(f"{realm.issuer}/broker/up/endpoint?{query}")
    assert answer.status == 400 and "login again through your application" in answer.page.text


def test_a_changed_state(realm, upstream):
    browser = realm.browser()
    back = upstream.agree(leave(realm, browser))
    state = query_of(back)["state"]
    for at in (5, len(state) // 2, len(state) - 3):
        changed = state[:at] + ("A" if state[at] != "A" else "B") + state[at + 1 :]
        answer = browser.get(back.replace(state, changed))
        assert answer.status == 400
    # What seals a form of ours is no state.
    code = query_of(button(realm.authorize(browser, APP)))["session_code"]
    assert browser.get(back.replace(state, code)).status == 400
    assert browser.get(f"{realm.issuer}/login-actions/authenticate?session_code={state}&client_id=app").status == 400


def test_an_error_says_nothing_on_the_page(server, realm, upstream):
    browser = realm.browser()
    words = "<script>alert(1)</script> call 555-0100"
    answer = come_back(realm, browser, upstream, code=None, error=words, error_description=words)
    assert_refused(server, answer)
    assert "555-0100" not in answer.text and "<script>alert" not in answer.text


# ---- other providers ----


def test_attack_50_mix_up(server, realm, upstream, other):
    """The attacker's provider answers in place of the one that was chosen."""
    browser = realm.browser()
    there = leave(realm, browser)
    elsewhere = upstream.agree(there).replace("/broker/up/", "/broker/other/")
    assert browser.get(elsewhere).status == 400
    assert not other.asked("/token")
    back = upstream.agree(leave(realm, browser), iss=other.issuer)
    assert_refused(server, browser.get(back), "another issuer")
    assert claims_of(realm, come_back(realm, browser, upstream, iss=upstream.issuer))["preferred_username"] == "vic"


def test_attack_54_the_same_id_elsewhere_is_somebody_else(realm, other, admin):
    other.reset(sub="up-vic", preferred_username="vic", email="vic@example.com", email_verified=True, **FULL)
    page = come_back(realm, realm.browser(), other, "other")
    assert "Authenticate to link your account" in page.page.text


@pytest.mark.parametrize("alias", ["only", "unsigned", "nonceless", "keyless", "nameless", "nobody", "..", "up%2f"])
def test_providers_that_nobody_logs_in_by(realm, alias):
    browser = realm.browser()
    link = button(realm.authorize(browser, APP)).replace("/broker/up/", f"/broker/{alias}/")
    assert browser.get(link).status in (400, 404)
    assert f"/broker/{alias}/login" not in realm.authorize(browser, APP).text


# ---- the provider itself: its ID token ----

OWN = RsaSigner("up-1")  # the same name, another key


def changed(**changes):
    return lambda up: lambda asked: up.id_token(asked, "x", **{"at_hash": None, **changes})


def by(make):
    def token(up):
        def made(asked):
            claims = unverified_token(up.id_token(asked, "x", at_hash=None))[1]
            return make(up, claims)

        return made

    return token


def hs256(secret):
    def make(up, claims):
        text = signing_input({"alg": "HS256", "typ": "JWT", "kid": "up-1"}, claims)
        return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"

    return by(make)


NOW = time.time()
BAD_TOKENS = {
    "none": by(lambda up, claims: signing_input({"alg": "none"}, claims) + "."),
    "unsigned": by(lambda up, claims: signing_input({"alg": "RS256", "kid": "up-1"}, claims) + "."),
    "secret": hs256(SECRET.encode()),
    "public-key": by(lambda up, claims: hs256(b64(up.signer.jwk()["n"]).encode())(up)({"nonce": claims["nonce"]})),
    "other-key": by(lambda up, claims: OWN.token(OWN.header, claims)),
    "own-jwk": by(lambda up, claims: OWN.token({**OWN.header, "jwk": OWN.jwk()}, claims)),
    "audience": changed(aud="another"),
    "audiences": changed(aud=[CLIENT, "another"]),
    "party": changed(azp="another"),
    "issuer": changed(iss="http://127.0.0.1:1"),
    "no-issuer": changed(iss=None),
    "nonce": changed(nonce="another"),
    "no-nonce": changed(nonce=None),
    "expired": changed(exp=int(NOW) - 600),
    "no-expiry": changed(exp=None),
    "future": changed(iat=int(NOW) + 3600),
    "no-iat": changed(iat=None),
    "hash": changed(at_hash=b64(b"x" * 16)),
    "access-token": changed(typ="Bearer"),
    "logout-token": changed(events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    "no-sub": changed(sub=None),
    "number": changed(sub=5),
    "list": changed(sub=["up-vic"]),
    "empty": changed(sub=""),
    "long": changed(sub="x" * 256),
    "control": changed(sub="up-vic\n"),
    "null": changed(sub="up-vic\0"),
    "text": lambda up: lambda asked: "no token at all",
    "object": lambda up: lambda asked: {"sub": "up-vic"},
    "nothing": lambda up: lambda asked: None,
}


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_attack_51_id_tokens_that_are_not_good(server, realm, upstream, name):
    upstream.token = BAD_TOKENS[name](upstream)
    assert_refused(server, come_back(realm, realm.browser(), upstream))


@pytest.mark.parametrize(
    "teams,good",
    [
        ("staff", True),
        (["guests", "staff"], True),
        ("staff2", False),
        (" staff", False),
        ("STAFF", False),
        ("guests\nstaff", False),
        (["guests"], False),
        ([["staff"]], False),
        ({"staff": "staff"}, False),
        ([], False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_attack_51_a_claim_lets_in_whom_it_fits(server, realm, upstream, teams, good):
    """The whole value, in the ID token: what userinfo or a claim of the whole path's name say counts nothing."""
    upstream.reset(sub="up-fil", preferred_username="fil", org={"teams": teams}, **{"org.teams": None if good else "staff"})
    answer = come_back(realm, realm.browser(), upstream, "filtered")
    if good:
        assert claims_of(realm, answer)["preferred_username"] == "fil"
    else:
        assert_refused(server, answer, "claimFilterValue")


def test_attack_51_a_filter_without_a_value_lets_nobody_in(server, realm, upstream):
    upstream.reset(sub="up-fil", preferred_username="fil", team="staff")
    assert_refused(server, come_back(realm, realm.browser(), upstream, "valueless"))


def test_google_alone_is_asked_for_a_refresh_token(realm):
    asked = {alias: query_of(leave(realm, realm.browser(), alias)).get("access_type") for alias in ("google", "google-offline", "offline")}
    assert asked == {"google": None, "google-offline": "offline", "offline": None}


@pytest.mark.parametrize("sub", ["UP-VIC", "up-vic ", "Up-vic", "up-vic%", "up-vi\u0441"])
def test_attack_54_an_id_is_what_it_is(realm, upstream, sub):
    """In another letter case, or nearly the same, it is somebody else, who has to show that they are vic."""
    upstream.reset(sub=sub, preferred_username="vic", **FULL)
    page = come_back(realm, realm.browser(), upstream)
    assert page.status == 200 and "KEYCLOAK_IDENTITY" not in str(page.all("Set-Cookie"))


def test_attack_54_an_id_that_two_have_is_nobody(server, realm, upstream):
    upstream.reset(sub="up-twin")
    assert_refused(server, come_back(realm, realm.browser(), upstream), "several users")


def test_who_is_disabled_stays_out(realm, upstream):
    upstream.reset(sub="up-gone")
    answer = come_back(realm, realm.browser(), upstream)
    assert "Account is disabled" in answer.page.text and "KEYCLOAK_IDENTITY" not in str(answer.all("Set-Cookie"))


# ---- its answers ----


def drip(_):
    time.sleep(7)
    return 200, "application/json", b"{}"


GOOD = "application/json"
BAD_ANSWERS = {
    "huge": (200, GOOD, b'{"id_token":"' + b"x" * (1 << 20) + b'"}'),
    "deep": (200, GOOD, b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "html": (200, "text/html", b"<html>"),
    "json-as-html": (200, "text/html", b'{"access_token":"x","token_type":"Bearer","id_token":"x"}'),
    "form": (200, "application/x-www-form-urlencoded", b"access_token=x&id_token=y&token_type=bearer"),
    "not-json": (200, GOOD, b"{"),
    "list": (200, GOOD, b"[]"),
    "empty": (200, GOOD, b""),
    "no-type": (200, GOOD, b'{"access_token":"x","id_token":"x"}'),
    "mac": (200, GOOD, b'{"access_token":"x","token_type":"mac","id_token":"x"}'),
    "oauth": (200, GOOD, b'{"access_token":"x","token_type":"Bearer"}'),
    "twice": (200, GOOD, b'{"access_token":"x","token_type":"Bearer","id_token":"x","id_token":"y"}'),
    "error": (500, "text/plain", b"<b>oops</b>"),
    "moved": (302, GOOD, b"{}"),
    "slow": drip,
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_attack_52_token_answers_that_are_not_good(server, realm, upstream, name):
    upstream.answers["/token"] = BAD_ANSWERS[name]
    assert_refused(server, come_back(realm, realm.browser(), upstream))


@pytest.mark.parametrize("name", ["huge", "html", "not-json", "list", "error", "moved"])
def test_attack_52_userinfo_that_is_not_good(server, realm, upstream, name):
    upstream.answers["/userinfo"] = BAD_ANSWERS[name]
    assert_refused(server, come_back(realm, realm.browser(), upstream, "info"), "userinfo")


def signed_info(upstream, header=(), key=None, **changes):
    claims = {"iss": upstream.issuer, "aud": CLIENT, "sub": "up-vic", "email": "signed@example.com", **changes}
    signer = key or upstream.signer
    return signer.token({**signer.header, **dict(header)}, {name: value for name, value in claims.items() if value is not None})


@pytest.mark.parametrize("changes", [{}, {"iss": None, "aud": None}, {"aud": ["another", CLIENT]}], ids=["whole", "bare", "several"])
def test_userinfo_that_is_signed(realm, upstream, changes):
    upstream.answers["/userinfo"] = (200, "application/jwt", signed_info(upstream, **changes).encode())
    assert claims_of(realm, come_back(realm, realm.browser(), upstream, "info"))["preferred_username"] == "vic"


BAD_INFO = {
    "none": lambda up: signing_input({"alg": "none"}, {"sub": "up-vic"}) + ".",
    "unsigned": lambda up: signing_input({"alg": "RS256", "kid": "up-1"}, {"sub": "up-vic"}) + ".",
    "other-key": lambda up: signed_info(up, key=OWN),
    "own-jwk": lambda up: signed_info(up, {"jwk": OWN.jwk()}, OWN),
    "secret": lambda up: hs256(SECRET.encode())(up)({"nonce": "n"}),
    "issuer": lambda up: signed_info(up, iss="http://127.0.0.1:1"),
    "audience": lambda up: signed_info(up, aud="another"),
    "audiences": lambda up: signed_info(up, aud=["another"]),
    "somebody": lambda up: signed_info(up, sub="up-eve"),
    "nobody": lambda up: signed_info(up, sub=None),
    "list": lambda up: up.signer.token(up.signer.header, []),
    "json": lambda up: json.dumps({"sub": "up-vic"}),
    "nothing": lambda up: "",
}


@pytest.mark.parametrize("name", BAD_INFO)
def test_attack_52_signed_userinfo_that_is_not_good(server, realm, upstream, name):
    upstream.answers["/userinfo"] = (200, "application/jwt", BAD_INFO[name](upstream).encode())
    assert_refused(server, come_back(realm, realm.browser(), upstream, "info"), "userinfo")


@pytest.mark.parametrize("info", [{"sub": "up-eve"}, {"sub": "UP-VIC"}, {"sub": 5}, {"email": "vic@example.com"}])
def test_attack_52_userinfo_of_somebody_else(server, realm, upstream, info):
    upstream.userinfo = info
    assert_refused(server, come_back(realm, realm.browser(), upstream, "info"), "somebody else")


def test_a_dead_provider(server, realm, upstream):
    browser = realm.browser()
    back = upstream.agree(leave(realm, browser))
    upstream.answers["/token"] = lambda form: (_ for _ in ()).throw(ConnectionResetError)
    assert_refused(server, browser.get(back), "could not be asked")


# ---- what it says of people ----


def test_attack_53_an_address_alone_opens_no_account(realm, other, admin):
    """A takeover by an address: verified or not, its owner is asked for their password."""
    for verified in (True, False, None):
        other.reset(sub=f"thief-{verified}", preferred_username="x-thief", email="vic@example.com", email_verified=verified)
        page = come_back(realm, realm.browser(), other, "other")
        assert "Authenticate to link your account" in page.page.text
        assert "KEYCLOAK_IDENTITY" not in str(page.all("Set-Cookie"))
    for spelled in ("VIC@EXAMPLE.COM", " vic@example.com ", "Vic@Example.com"):
        other.reset(sub=f"thief-{spelled}", preferred_username="x-thief", email=spelled)
        assert "Authenticate to link" in come_back(realm, realm.browser(), other, "other").page.text
    vic = admin("GET", "/realms/inner/users?exact=true&username=vic").json()[0]
    aliases = {link["identityProvider"] for link in admin("GET", f"/realms/inner/users/{vic['id']}/federated-identity").json()}
    assert aliases == {"up", "info"}


def test_attack_53_a_name_alone_opens_no_account(realm, other):
    for name in ("eve", "EVE", "eve@example.com"):
        other.reset(sub=f"as-{name}", preferred_username=name, **FULL)
        page = come_back(realm, realm.browser(), other, "other")
        assert "Authenticate to link" in page.page.text and "KEYCLOAK_IDENTITY" not in str(page.all("Set-Cookie"))


def test_attack_53_another_password_links_nothing(realm, other, admin):
    """Who has an account of their own cannot link it in the place of the one that was found."""
    other.reset(sub="sly", preferred_username="sly-one", email="vic@example.com")
    browser = realm.browser()
    form = come_back(realm, browser, other, "other").page.form("kc-form-login")
    answer = browser.submit(form, username="eve", password="eve-password")
    assert answer.status == 200 and "Invalid password." in answer.page.text
    eve = admin("GET", "/realms/inner/users?exact=true&username=eve").json()[0]
    assert admin("GET", f"/realms/inner/users/{eve['id']}/federated-identity").json() == []


def test_attack_49_a_link_is_of_the_browser_that_began_it(realm, other):
    """CSRF: the page on which an account is linked does not count in another browser."""
    other.reset(sub="sly", preferred_username="sly-one", email="vic@example.com")
    form = come_back(realm, realm.browser(), other, "other").page.form("kc-form-login")
    victim = realm.browser()
    realm.authorize(victim, APP)
    answer = victim.submit(form, username="vic", password="vic-password")
    assert answer.status == 400 and "Cookie not found" in answer.page.text


HOSTILE = "<script>alert(1)</script>"


def test_attack_52_what_people_are_called_runs_nowhere(realm, other, admin):
    other.reset(sub="h-1", preferred_username=HOSTILE, email="h-1@example.com", given_name=HOSTILE, family_name="<b>x</b>")
    browser = realm.browser()
    page = browser.get(come_back(realm, browser, other, "other").location)
    assert page.status == 200 and "<script>alert" not in page.text and "<b>x" not in page.text
    values = page.page.form().values()
    assert values["email"] == "h-1@example.com" and values["firstName"] == values["lastName"] == ""
    users = admin("GET", "/realms/inner/users?search=h-1@example.com").json()
    assert users[0]["username"].startswith("other.") and len(users[0]["username"]) == len("other.") + 32


@pytest.mark.parametrize("name", ["service-account-app", "SERVICE-ACCOUNT-app", "x" * 300, "a\r\nb", ""])
def test_names_that_nobody_has(realm, other, admin, name):
    other.reset(sub=f"n-{base64.b16encode(name[:20].encode()).decode()}", preferred_username=name, **FULL)
    answer = come_back(realm, realm.browser(), other, "other")
    assert answer.status == 302, answer.page.text
    assert not admin("GET", "/realms/inner/users?exact=true&username=service-account-app").json()


def test_more_than_a_name_is_not_taken(realm, other, admin):
    """What claims say of roles, groups and rights is theirs."""
    other.reset(
        **{"sub": "roles", "preferred_username": "roles", "email": "roles@example.com", **FULL},
        **{"realm_access": {"roles": ["admin"]}, "groups": ["/admins"], "enabled": True, "attributes": {"a": ["b"]}},
        **{"resource_access": {"realm-management": {"roles": ["realm-admin"]}}, "realmRoles": ["admin"]},
    )
    claims_of(realm, come_back(realm, realm.browser(), other, "other"))
    made = admin("GET", "/realms/inner/users?exact=true&username=roles").json()[0]
    roles = admin("GET", f"/realms/inner/users/{made['id']}/role-mappings").json()
    assert [role["name"] for role in roles["realmMappings"]] == ["default-roles-inner"] and "clientMappings" not in roles
    assert "attributes" not in made


def test_nobody_is_sent_elsewhere(realm, upstream):
    """Open redirects: the way there is what the realm configures, the way on what the client has registered."""
    browser = realm.browser()
    link = button(realm.authorize(browser, APP))
    for more in ("redirect_uri=https://evil.example", "authorizationUrl=https://evil.example", "alias=other"):
        assert browser.get(f"{link}&{more}").location.startswith(f"{upstream.issuer}/authorize?")
    back = upstream.agree(leave(realm, browser)) + "&redirect_uri=https%3A%2F%2Fevil.example"
    assert browser.get(back).location.startswith(f"{APP.redirect_uri}?")


# ---- prompt=none that goes on ----


def silently(realm, browser, alias="silent", **asked):
    """Where a hint leads with prompt=none."""
    away = realm.authorize(browser, APP, kc_idp_hint=alias, prompt="none", **asked)
    return browser.get(away.location) if "/broker/" in away.location else away


def error_of(answer):
    assert answer.location and answer.location.startswith(APP.redirect_uri), answer.text
    assert "code" not in callback_of(answer) and "KEYCLOAK_IDENTITY" not in str(answer.all("Set-Cookie"))
    return callback_of(answer)["error"]


def test_prompt_none_goes_on_to_a_provider(realm, upstream):
    upstream.reset(sub="up-fil", preferred_username="fil")
    browser = realm.browser()
    there = silently(realm, browser).location
    assert query_of(there)["prompt"] == "none", "whatever the provider's own setting is"
    assert claims_of(realm, browser.get(upstream.agree(there)))["preferred_username"] == "fil"
    assert "code" in callback_of(realm.authorize(browser, APP, prompt="none"))
    assert error_of(silently(realm, realm.browser(), "up")) == "login_required"


@pytest.mark.parametrize(
    "there,here",
    [
        ("login_required", "login_required"),
        ("interaction_required", "interaction_required"),
        ("access_denied", "interaction_required"),
        ("server_error", "interaction_required"),
        ("<script>", "interaction_required"),
    ],
)
def test_attack_49_what_a_provider_answers_silently_shows_no_page(realm, upstream, there, here):
    browser = realm.browser()
    back = upstream.agree(silently(realm, browser).location, code=None, error=there)
    assert error_of(browser.get(back)) == here


def test_attack_55_nobody_is_made_out_to_be_somebody_silently(realm, upstream):
    """Neither another user than the client means, nor somebody whose account is another's, nor by a login that is too old."""
    upstream.reset(sub="up-fil", preferred_username="fil")
    mine = realm.browser()
    first = claims_of(realm, come_back(realm, mine, upstream))
    hint = realm.code(APP, callback_of(realm.authorize(mine, APP, prompt="none"))["code"]).json()["id_token"]
    for wishes, claims, good in (
        ({"id_token_hint": hint}, {}, True),
        ({"id_token_hint": hint}, {"sub": "up-else", "preferred_username": "else", "email": "else@example.com", **FULL}, False),
        ({}, {"sub": "up-eve-there", "preferred_username": "eve", "email": "eve@example.com", **FULL}, False),
        ({"max_age": "60"}, {}, False),
        ({"max_age": "60"}, {"auth_time": int(time.time())}, True),
        ({"max_age": "60"}, {"auth_time": int(time.time()) - 600}, False),
        ({"claims": json.dumps({"id_token": {"sub": {"value": "nobody"}}})}, {}, False),
    ):
        upstream.reset(**{"sub": "up-fil", "preferred_username": "fil", **claims})
        browser = realm.browser()
        answer = browser.get(upstream.agree(silently(realm, browser, **wishes).location))
        if good:
            assert claims_of(realm, answer)["sub"] == first["sub"]
        else:
            assert error_of(answer) == "interaction_required", (wishes, claims)
