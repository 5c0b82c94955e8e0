# SPDX-License-Identifier: Apache-2.0
"""Accounts at identity providers that are linked by whom is signed in (kc_action=idp_link:ALIAS), and links that are taken back."""

import base64
import hashlib
import json
import time
import urllib.parse

import pytest
from brokering import (  # noqa: F401  (functions and fixtures)
    APP, admin, administrator, client, linked, linked_ids, realm, upstream, user,
)
from oidc import Client, Pkce, callback_of
from programs import Provider
from waiting import until
from web import Browser, bearer, query_of, unverified_token

BACKCHANNEL = "http://schemas.openid.net/event/backchannel-logout"
LINKED = "http://localhost:8000/linked"
NARROW = Client("narrow", "narrow-secret", "http://localhost:8000/auth")


def member(name, **more):
    return user(name, **{"clientRoles": {"account": ["manage-account"]}, **more})


OWN = ("identity_provider", "identity_provider_identity", "broker_session_id", "broker_user_id", "FEDERATED_ID_TOKEN", "AUTH_TIME", "mapped")
NOTES = (*OWN, "plain", "long", "vault", "note.a", "note.b", "note")


def told(note):
    config = {"user.session.note": note, "claim.name": "n_" + note.replace(".", "_"), "jsonType.label": "String"}
    config |= {"access.token.claim": "true", "id.token.claim": "true"}
    return {"name": note, "protocol": "openid-connect", "protocolMapper": "oidc-usersessionmodel-note-mapper", "config": config}


def noting(name, kind, **config):
    return {"name": name, "identityProviderAlias": "noted", "identityProviderMapper": kind, "config": config}


HARDCODED = "hardcoded-user-session-attribute-idp-mapper"
WANTED = json.dumps([{"key": "note.a", "value": "(a|b)+"}, {"key": "note.b", "value": "("}, {"key": "note", "value": ".*"}])
NOTED = [
    *(noting(f"own-{name}", HARDCODED, attribute=name, **{"attribute.value": "up-forged"}) for name in OWN),
    noting("plain", HARDCODED, attribute="plain", **{"attribute.value": '"}<b>\\'}),
    noting("long", HARDCODED, attribute="long", **{"attribute.value": "x" * 4000}),
    noting("vault", HARDCODED, attribute="vault", **{"attribute.value": "${vault.secret}"}),
    noting("claims", "oidc-user-session-note-idp-mapper", claims=WANTED, **{"are.claim.values.regex": "true"}),
]


def realm_of(upstream):
    return {
        **{"realm": "inner", "enabled": True, "eventsEnabled": True, "identityProviderMappers": NOTED},
        "clients": [
            client(
                APP, directAccessGrantsEnabled=True, protocolMappers=[told(note) for note in NOTES], redirectUris=[APP.redirect_uri, f"{LINKED}*"]
            ),
            client(NARROW, fullScopeAllowed=False),
        ],
        "users": [
            *(member(name) for name in ("vic", "eve", "ann", "kim", "ben", "cal", "dot", "pia")),
            member("min", clientRoles={"account": ["view-profile"]}),
            member("lin", clientRoles={"account": ["manage-account-links"]}),
            member("tom", federatedIdentities=linked("up-tom", "up", "only")),
            member("bob", credentials=[], federatedIdentities=linked("up-bob", "up", "only", "unsigned")),
            member("two", credentials=[], federatedIdentities=linked("up-two", "up", "second")),
            administrator(),
        ],
        "identityProviders": [
            upstream.config(displayName="Up & <b>Sons</b>"),
            upstream.config("second"),
            upstream.config("only", linkOnly=True),
            upstream.config("noted", config={"loginHint": "true", "forwardParameters": "prompt,login_hint,acr_values,state,kind"}),
            upstream.config("unsigned", config={"validateSignature": "false"}),
            upstream.config("hid den", config={"hideOnLoginPage": "true", "showInAccountConsole": "NEVER"}),
            upstream.config("when", config={"showInAccountConsole": "WHEN_LINKED"}),
            upstream.config("always", config={"showInAccountConsole": "ALWAYS"}),
            upstream.config("strange", config={"showInAccountConsole": "SOMETIMES"}),
            upstream.config("off", enabled=False),
        ],
    }


@pytest.fixture(scope="module")
def server(work, upstream):
    file = work / "inner-realm.json"
    file.write_text(json.dumps(realm_of(upstream)))
    with Provider([file], work / "linked") as started:
        yield started


def ask(realm, browser, name, action="idp_link:up", client=APP):
    """The answer to who is signed in, and is to link an account."""
    first = realm.log_in(browser, client, name, f"{name}-password", kc_action=action)
    return browser.get(first.location) if "/login-actions/" in first.location else first


def leave(realm, browser, name, **more):
    page = ask(realm, browser, name, **more)
    assert page.status == 200, page.location
    return browser.submit(page.page.forms[0], accept="Accept").location


def status_of(answer):
    callback = callback_of(answer)
    assert "code" in callback, answer.location
    return callback.get("kc_action_status")


def test_somebody_links_an_account(realm, upstream, admin):
    upstream.reset(sub="up-vic", preferred_username="victor", email="other@example.com", given_name="Other", family_name="Name")
    browser = realm.browser()
    page = ask(realm, browser, "vic")
    assert "Do you want to link your account with Up & <b>Sons</b>?" in page.page.text and "<b>Sons" not in page.text
    there = browser.submit(page.page.forms[0], accept="Accept").location
    assert "prompt" not in query_of(there) and linked_ids(admin, "vic") == {}
    done = browser.get(upstream.agree(there))
    assert status_of(done) == "success" and linked_ids(admin, "vic") == {"up": "up-vic"}
    vic = admin("GET", "/realms/inner/users?exact=true&username=vic").json()[0]
    assert (vic["email"], vic["firstName"]) == ("vic@example.com", "Vic")
    # It is theirs by then; once more is as good.
    assert status_of(browser.get(upstream.agree(leave(realm, realm_browser_of(realm, browser), "vic")))) == "success"
    events = {one["type"] for one in admin("GET", "/realms/inner/events").json()}
    assert "IDENTITY_PROVIDER_LINK_ACCOUNT" in events


def realm_browser_of(realm, browser):
    """Signed out, so that the helper may sign in again in the same browser."""
    browser.cookies.clear()
    return browser


@pytest.mark.parametrize("values", [{}, {"cancel": "Decline"}, {"accept": "Accept", "cancel": "x"}, {"cancel-aia": "true"}])
def test_nothing_but_a_yes_links(realm, admin, values):
    browser = realm.browser()
    page = ask(realm, browser, "eve")
    form = page.page.forms[0]
    fields = {"session_code": query_of(form.action)["session_code"]}
    answer = browser.post(form.action, {**fields, **values})
    assert status_of(answer) == "cancelled" and linked_ids(admin, "eve") == {}


def test_attack_57_a_page_of_somebody_elses_links_nothing(realm, upstream, admin):
    """Somebody who is signed in follows a link: they are asked, and another browser cannot answer for them."""
    browser = realm.browser()
    page = ask(realm, browser, "eve")
    assert page.status == 200 and not page.location
    other = realm.browser()
    answer = other.submit(page.page.forms[0], accept="Accept")
    assert answer.status == 400 or upstream.issuer not in (answer.location or "")
    there = browser.submit(page.page.forms[0], accept="Accept").location
    upstream.reset(sub="up-thief", preferred_username="thief")
    back = upstream.agree(there)
    for stranger in (realm.browser(), other):
        assert stranger.get(back).status == 400
    ask(realm, other, "ann")  # signed in, with a login of her own under way
    assert other.get(back).status == 400
    assert linked_ids(admin, "eve") == linked_ids(admin, "ann") == {}


def test_attack_57_a_way_back_after_somebody_else_has_signed_in(realm, upstream, admin):
    """The same browser, another user: what was begun by one is not ended by the other."""
    upstream.reset(sub="up-late", preferred_username="late")
    browser = realm.browser()
    back = upstream.agree(leave(realm, browser, "eve"))
    signed_out = {name: browser.cookie(name) for name in ("KEYCLOAK_IDENTITY",)}
    assert signed_out["KEYCLOAK_IDENTITY"]
    page = realm.authorize(browser, APP, prompt="login")
    anybody = next(link for link in page.page.links if "authenticate" in link)
    form = browser.get(anybody).page.form("kc-form-login")
    browser.submit(form, username="ann", password="ann-password")
    browser.get(back)
    assert linked_ids(admin, "eve") == linked_ids(admin, "ann") == {}


def test_attack_57_an_account_that_is_somebody_elses(realm, upstream, admin):
    upstream.reset(sub="up-tom", preferred_username="tom")
    browser = realm.browser()
    assert status_of(browser.get(upstream.agree(leave(realm, browser, "eve")))) == "error"
    assert linked_ids(admin, "eve") == {} and linked_ids(admin, "tom") == {"up": "up-tom", "only": "up-tom"}


def test_attack_57_a_second_account_in_place_of_the_first(realm, upstream, admin):
    upstream.reset(sub="up-another", preferred_username="another")
    browser = realm.browser()
    assert status_of(browser.get(upstream.agree(leave(realm, browser, "tom")))) == "error"
    assert linked_ids(admin, "tom")["up"] == "up-tom"


def test_one_that_nobody_logs_in_by(realm, upstream, admin):
    upstream.reset(sub="up-kim", preferred_username="kim")
    browser = realm.browser()
    done = browser.get(upstream.agree(leave(realm, browser, "kim", action="idp_link:only")))
    assert status_of(done) == "success" and linked_ids(admin, "kim") == {"only": "up-kim"}


@pytest.mark.parametrize("action", ["idp_link:unsigned", "idp_link:nobody", "idp_link:up%2f", "idp_link", "idp_link:", "idp_link:../up"])
def test_what_cannot_be_linked(realm, action):
    assert status_of(ask(realm, realm.browser(), "ann", action=action)) == "error"


@pytest.mark.parametrize("action", ["idp_links", "idp-link:up", "IDP_LINK:up"])
def test_what_is_no_action(realm, action):
    assert realm.authorize(realm.browser(), APP, kc_action=action).status == 400


def test_who_may_not_link(realm, upstream, admin):
    """Neither a user without the role, nor a client that may not use it."""
    assert status_of(ask(realm, realm.browser(), "min")) == "error"
    assert status_of(ask(realm, realm.browser(), "ann", client=NARROW)) == "error"
    upstream.reset(sub="up-lin", preferred_username="lin")
    browser = realm.browser()
    assert status_of(browser.get(upstream.agree(leave(realm, browser, "lin")))) == "success"


def test_somebody_who_says_no_there(realm, upstream, admin):
    browser = realm.browser()
    back = upstream.agree(leave(realm, browser, "ann"), code=None, error="access_denied")
    assert status_of(browser.get(back)) == "cancelled"
    again = realm.browser()
    back = upstream.agree(leave(realm, again, "ann"), code=None, error="server_error")
    assert status_of(again.get(back)) == "error" and linked_ids(admin, "ann") == {}


def test_attack_57_an_id_token_that_is_not_good(realm, upstream, admin):
    upstream.reset(sub="up-ann", preferred_username="ann")
    upstream.token = lambda asked: upstream.id_token(asked, "x", at_hash=None, nonce="another")
    browser = realm.browser()
    back = upstream.agree(leave(realm, browser, "ann"))
    assert status_of(browser.get(back)) == "error" and linked_ids(admin, "ann") == {}
    upstream.token = None
    assert status_of(browser.get(back.replace("code=", "code=x"))) == "error" and linked_ids(admin, "ann") == {}  # used before


# ---- links that are taken back ----


def account(realm, token, method, path):
    return Browser().request(method, f"{realm.issuer}/account/{path}", None, {**bearer(token), "Accept": "application/json"})


def token_by(realm, upstream, sub):
    upstream.reset(sub=sub, preferred_username=sub)
    browser = realm.browser()
    page = realm.authorize(browser, APP)
    there = browser.get(next(link for link in page.page.links if "/broker/up/login?" in link)).location
    return realm.code(APP, callback_of(browser.get(upstream.agree(there)))["code"]).json()["access_token"]


def test_attack_57_the_last_way_in_stays(realm, upstream, admin):
    """Without a password, and by providers alone by which nobody logs in, nobody would be let in any more."""
    token = token_by(realm, upstream, "up-bob")
    answer = account(realm, token, "DELETE", "linked-accounts/up")
    assert answer.status == 400 and "last federated identity" in answer.json()["errorMessage"]
    assert account(realm, token, "DELETE", "linked-accounts/only").status == 204
    assert account(realm, token, "DELETE", "linked-accounts/up").status == 400
    assert linked_ids(admin, "bob") == {"up": "up-bob", "unsigned": "up-bob"}


def test_other_links_go(realm, upstream, admin):
    token = token_by(realm, upstream, "up-two")
    assert account(realm, token, "DELETE", "linked-accounts/second").status == 204
    assert account(realm, token, "DELETE", "linked-accounts/second").status == 400
    assert account(realm, token, "DELETE", "linked-accounts/up").status == 400
    tom = realm.password(APP, "tom", "tom-password").json()["access_token"]
    for alias in ("up", "only"):
        assert account(realm, tom, "DELETE", f"linked-accounts/{alias}").status == 204
    assert linked_ids(admin, "tom") == {}


def test_which_providers_the_account_shows(realm, admin):
    token = realm.password(APP, "kim", "kim-password").json()["access_token"]

    def shown():
        found = account(realm, token, "GET", "linked-accounts").json()
        return {one["providerAlias"]: one["connected"] for one in found if one["providerAlias"] in ("hid den", "when", "always", "strange", "off")}

    assert shown() == {"always": False, "strange": False}
    kim = f"/realms/inner/users/{admin('GET', '/realms/inner/users?exact=true&username=kim').json()[0]['id']}/federated-identity"
    for alias in ("when", "hid den"):
        link = {"identityProvider": alias, "userId": "up-kim", "userName": "kim"}
        assert admin("POST", f"{kim}/{urllib.parse.quote(alias)}", link).status == 204
    assert shown() == {"always": False, "strange": False, "when": True}
    # What is not shown is theirs all the same, and may be taken back.
    assert account(realm, token, "DELETE", f"linked-accounts/{urllib.parse.quote('hid den')}").status == 204
    assert account(realm, token, "DELETE", "linked-accounts/when").status == 204


# ---- links that a client begins by itself ----


def signed_in(realm, name, client=APP):
    """A browser, and the id of its session."""
    browser = realm.browser()
    return browser, callback_of(realm.log_in(browser, client, name, f"{name}-password"))["session_state"]


def hash_of(nonce, session, client=APP.client_id, alias="up"):
    digest = hashlib.sha256(f"{nonce}{session}{client}{alias}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(realm, browser, session, nonce="n", alias="up", **changes):
    asked = {"client_id": APP.client_id, "redirect_uri": LINKED, "nonce": nonce, "hash": hash_of(nonce, session, alias=alias), **changes}
    asked = {name: value for name, value in asked.items() if value is not None}
    return browser.get(f"{realm.issuer}/broker/{urllib.parse.quote(alias)}/link", asked)


def assert_page(answer):
    assert answer.status == 400 and answer.location is None and "KEYCLOAK" not in str(answer.all("Set-Cookie")), answer.location


def assert_told(answer, error, nonce="n"):
    assert (answer.location or "").partition("?")[0] == LINKED, (answer.location, answer.text)
    assert query_of(answer.location) == {"link_error": error, "nonce": nonce}


def test_a_client_begins_a_link(realm, upstream, admin):
    upstream.reset(sub="up-ben", preferred_username="benjamin", email="other@example.com")
    browser, session = signed_in(realm, "ben")
    there = begin(realm, browser, session, redirect_uri=f"{LINKED}?of=mine").location
    assert "prompt" not in query_of(there) and "max_age" not in query_of(there)
    done = browser.get(upstream.agree(there))
    # Nothing that a code or token could be made of goes along.
    assert done.location == f"{LINKED}?of=mine" and linked_ids(admin, "ben") == {"up": "up-ben"}
    events = {one["type"] for one in admin("GET", "/realms/inner/events").json()}
    assert {"CLIENT_INITIATED_ACCOUNT_LINKING", "IDENTITY_PROVIDER_LINK_ACCOUNT"} <= events
    # By one that nobody signs in by, too; and nobody else's account there.
    assert browser.get(upstream.agree(begin(realm, browser, session, alias="only").location)).location == LINKED
    other, theirs = signed_in(realm, "dot")
    assert query_of(other.get(upstream.agree(begin(realm, other, theirs).location)).location).keys() == {"link_error", "nonce"}
    assert linked_ids(admin, "ben") == {"up": "up-ben", "only": "up-ben"} and linked_ids(admin, "dot") == {}


def test_the_account_api_tells_where_a_link_begins(realm, upstream, admin):
    """Keycloak 24's way; its link is the console's, and good in the browser of that session alone."""
    console, pkce = Client("account-console", None, f"{realm.issuer}/account/"), Pkce()
    browser, back = realm.browser(), f"{realm.issuer}/account/linked"
    code = callback_of(realm.log_in(browser, console, "pia", "pia-password", pkce))["code"]
    token = realm.code(console, code, pkce).json()["access_token"]

    def told(alias, **query):
        return account(realm, token, "GET", f"linked-accounts/{alias}?{urllib.parse.urlencode(query)}")

    address = told("up", redirectUri=back).json()
    assert address["hash"] == hash_of(address["nonce"], unverified_token(token)[1]["sid"], console.client_id)
    sent = query_of(address["accountLinkUri"])
    assert sent == {"nonce": address["nonce"], "hash": address["hash"], "client_id": "account-console", "redirect_uri": back}
    assert address["accountLinkUri"].startswith(f"{realm.issuer}/broker/up/link?")
    upstream.reset(sub="up-pia", preferred_username="pia")
    other, _ = signed_in(realm, "dot")
    assert_page(other.get(address["accountLinkUri"]))
    assert browser.get(upstream.agree(browser.get(address["accountLinkUri"]).location)).location == back
    assert linked_ids(admin, "pia") == {"up": "up-pia"} and linked_ids(admin, "dot") == {}
    assert_page(browser.get(told("up", redirectUri="https://evil.example/").json()["accountLinkUri"]))
    for alias, query, words in (
        ("none", {"redirectUri": back}, "identityProviderNotFoundMessage"), ("hid%20den2", {"redirectUri": back}, "identityProviderNotFoundMessage"),
        ("up", {}, "invalidRedirectUriMessage"), ("up", {"redirectUri": ""}, "invalidRedirectUriMessage"),
    ):  # fmt: skip
        refused = told(alias, **query)
        assert (refused.status, refused.json()) == (400, {"errorMessage": words}), alias


def test_attack_57_a_link_that_no_client_has_asked_for(realm, upstream):
    """Whoever leads somebody's browser there does not know their session, or is another client."""
    browser, session = signed_in(realm, "dot")
    _, foreign = signed_in(realm, "eve")
    narrow = {"client_id": NARROW.client_id, "redirect_uri": NARROW.redirect_uri}
    for changes in (
        {"hash": hash_of("n", foreign)},
        {"hash": hash_of("n", session, NARROW.client_id)},
        {"hash": hash_of("n", session, alias="second")},
        {"hash": hash_of("m", session)},
        {"hash": hash_of("n", session)[:-1]},
        {"hash": hash_of("n", session).upper()},
        {"hash": hash_of("n", "")},
        {"hash": None},
        {"hash": ""},
        {"hash": "="},
        {"nonce": None, "hash": hash_of("", session)},
        {"nonce": "", "hash": hash_of("", session)},
        {"nonce": "x" * 4000, "hash": hash_of("x" * 4000, session)},
        # Of a client that has no part in the session.
        {**narrow, "hash": hash_of("n", session, NARROW.client_id)},
        {"client_id": None},
        {"client_id": "nobody", "hash": hash_of("n", session, "nobody")},
    ):
        assert_page(begin(realm, browser, session, **changes))
    assert_page(browser.get(f"{realm.issuer}/broker/up/link"))
    # It is good for all that.
    assert begin(realm, browser, session).location.startswith(upstream.issuer)


@pytest.mark.parametrize(
    "address",
    [None, "", "https://evil.example/", "http://localhost:8000@evil.example/linked", f"{LINKED}\\@evil.example", "//evil.example/linked",
     "javascript:alert(1)", f"{LINKED}/../../evil", f"{LINKED}\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_attack_57_nobody_is_led_elsewhere_by_a_link(realm, address):
    """Neither with a session nor without one, nor with a hash that is no good."""
    browser, session = signed_in(realm, "dot")
    for one, changes in ((browser, {}), (browser, {"hash": "x"}), (realm.browser(), {})):
        assert_page(begin(realm, one, session, redirect_uri=address, **changes))


def test_attack_57_a_link_is_good_once(realm, upstream, admin):
    """The address is in a history, or a log: whoever leads the same browser there again has it link nothing."""
    browser, session = signed_in(realm, "cal")
    there = begin(realm, browser, session, nonce="once").location
    assert_page(begin(realm, browser, session, nonce="once"))
    assert_page(begin(realm, browser, session, nonce="once", hash=hash_of("once", session) + "="))
    # Nor does the way back lead to a link twice, or in another browser.
    upstream.reset(sub="up-cal", preferred_username="cal")
    back = upstream.agree(there)
    other, _ = signed_in(realm, "dot")
    assert_nothing_begins_again(other.get(back))
    assert linked_ids(admin, "cal") == {}
    assert browser.get(back).location == LINKED and linked_ids(admin, "cal") == {"up": "up-cal"}
    assert linked_ids(admin, "dot") == {}
    upstream.reset(sub="up-cal-2", preferred_username="cal")
    assert "link_error" in browser.get(upstream.agree(there)).location


def assert_nothing_begins_again(answer):
    """There is no request that could."""
    assert_page(answer)
    assert not [link for link in answer.page.links if "/auth?" in link]


def test_a_link_that_takes_too_long_is_over(realm, upstream, admin):
    browser, session = signed_in(realm, "dot")
    assert admin("PUT", "/realms/inner", {"accessCodeLifespanLogin": 1}).status == 204
    there = begin(realm, browser, session).location
    over = time.monotonic() + 2
    assert admin("PUT", "/realms/inner", {"accessCodeLifespanLogin": 1800}).status == 204
    until(lambda: time.monotonic() > over, "the login is over")
    answer = browser.get(upstream.agree(there))
    assert_nothing_begins_again(answer)
    assert "timed out" in answer.page.text and linked_ids(admin, "dot") == {}


def test_attack_57_a_link_is_of_who_began_it(realm, upstream, admin):
    """Somebody else has signed in in the same browser meanwhile, or nobody is any more."""
    upstream.reset(sub="up-shared", preferred_username="shared")
    browser, session = signed_in(realm, "dot")
    back = upstream.agree(begin(realm, browser, session).location)
    assert_told(realm_browser_but(browser).get(back), "not_logged_in")
    browser, session = signed_in(realm, "dot")
    back = upstream.agree(begin(realm, browser, session, nonce="m").location)
    realm.log_in(realm_browser_but(browser), APP, "ann", "ann-password")
    assert_told(browser.get(back), "not_logged_in", "m")
    assert linked_ids(admin, "dot") == {} and linked_ids(admin, "ann") == {}


def realm_browser_but(browser):
    """The same browser, signed out: what tells it from others stays."""
    for name in [name for name in browser.cookies if "KEYCLOAK" in str(name)]:
        del browser.cookies[name]
    return browser


def test_attack_57_who_may_not_link_is_told(realm, upstream):
    assert_told(begin(realm, realm.browser(), "none"), "not_logged_in")
    browser, session = signed_in(realm, "min")
    assert_told(begin(realm, browser, session), "not_allowed")
    browser, session = signed_in(realm, "lin")
    assert begin(realm, browser, session).location.startswith(upstream.issuer)
    for alias in ("nobody", "off", "unsigned"):
        assert_told(begin(realm, browser, session, alias=alias), "unknown_identity_provider")
    narrow = {"client_id": NARROW.client_id, "redirect_uri": NARROW.redirect_uri}
    browser, session = signed_in(realm, "kim", NARROW)
    answer = begin(realm, browser, session, **narrow, hash=hash_of("n", session, NARROW.client_id))
    assert query_of(answer.location) == {"link_error": "not_allowed", "nonce": "n"}


def test_what_goes_wrong_there_is_told(realm, upstream, admin):
    browser, session = signed_in(realm, "dot")
    for number, (changes, error) in enumerate((
        ({"code": None, "error": "access_denied"}, "access_denied"),
        ({"code": None, "error": "<script>"}, "identity_provider_login_failure"),
        ({"code": "none of mine"}, "identity_provider_login_failure"),
    )):  # fmt: skip
        there = begin(realm, browser, session, nonce=f"n-{number}").location
        assert_told(browser.get(upstream.agree(there, **changes)), error, f"n-{number}")
    assert linked_ids(admin, "dot") == {}


# ---- notes of sessions, and what goes along ----


def noted(realm, upstream, **claims):
    browser = realm.browser()
    away = browser.get(realm.authorize(browser, APP, kc_idp_hint="noted").location).location
    upstream.reset(sub="up-nat", preferred_username="nat", email="nat@example.com", given_name="Nat", family_name="Cook", **claims)
    return realm.code(APP, callback_of(browser.get(upstream.agree(away)))["code"]).json()


def notes_of(token):
    return {name[2:]: value for name, value in unverified_token(token)[1].items() if name.startswith("n_")}


def test_attack_54_notes_of_mappers_take_the_place_of_none(realm, upstream):
    """Neither by their names nor by their values; what ends the session is what the provider said."""
    tokens = noted(realm, upstream, note={"a": "abba", "b": "b"}, auth_time=None)
    seen = notes_of(tokens["id_token"])
    assert int(seen.pop("AUTH_TIME")) > 1600000000
    assert seen.pop("identity_provider") == "noted" and seen.pop("identity_provider_identity") == "nat"
    # A name that no mapper of sessions tells says what the mapper has put there.
    assert {seen.pop(name) for name in ("broker_session_id", "broker_user_id", "FEDERATED_ID_TOKEN", "mapped")} == {"up-forged"}
    assert seen == {"plain": '"}<b>\\', "note_a": "abba"}
    forged = upstream.id_token({}, "", sub=None, sid="up-forged", nonce=None, jti="n-1", events={BACKCHANNEL: {}})
    assert realm.browser().post(realm.endpoint("logout/backchannel-logout"), {"logout_token": forged}).status == 200, "nobody's session"
    again = realm.refresh(APP, tokens["refresh_token"])
    assert again.status == 200 and notes_of(again.json()["access_token"])["note_a"] == "abba"
    right = upstream.id_token({}, "", sub=None, nonce=None, jti="n-2", events={BACKCHANNEL: {}})
    assert realm.browser().post(realm.endpoint("logout/backchannel-logout"), {"logout_token": right}).status == 200
    assert realm.refresh(APP, tokens["refresh_token"]).status == 400


@pytest.mark.parametrize("value", [["abba"], {"b": "a"}, 5, True, None, "x", "abba\n", "a" * 4000])
def test_notes_of_claims_that_do_not_fit(realm, upstream, value):
    assert "note_a" not in notes_of(noted(realm, upstream, note={"a": value})["access_token"])


def test_attack_50_what_goes_along_is_one_value_each(realm, upstream):
    """Neither the client nor the realm says twice what the request there says once, nor in another's place."""
    browser = realm.browser()
    wishes = {"prompt": "consent", "login_hint": "a&state=x#y", "acr_values": "s&nonce=z", "kind": "k&client_id=q", "state": "mine"}
    away = browser.get(realm.authorize(browser, APP, kc_idp_hint="noted", **wishes).location).location
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(away).query)
    assert len(pairs) == len(dict(pairs)), pairs
    sent = dict(pairs)
    assert {name: sent[name] for name in ("login_hint", "acr_values", "kind")} == {
        name: wishes[name] for name in ("login_hint", "acr_values", "kind")
    }
    assert sent["prompt"] == "login consent", "a level that no session has is asked for there"
    assert sent["state"] != "mine" and sent["client_id"] == "broker"
    huge = browser.get(realm.authorize(browser, APP, kc_idp_hint="noted", login_hint="x" * 6000).location).location
    assert "login_hint" not in query_of(huge)
