# SPDX-License-Identifier: Apache-2.0
"""Levels of authentication: who has reached one, for how long it holds, and that nothing but the proof raises it. What requests and
answers look like is compared with Keycloak's by tests/interop/probes_levels.py, with this realm; the walk is tested by
tests/unit/provider/flow_walk.c."""

import json
import pathlib

import pytest
from oidc import Client, callback_of
from one_time_codes import KEY, hotp, totp, wrong
from programs import Provider
from web import query_of, unverified_token

FILE = pathlib.Path(__file__).parents[1] / "interop" / "realms" / "levels-realm.json"
CALLBACK, SECRET = "http://localhost:8000/auth", "levels-secret"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


def of(name):
    return Client(name, SECRET if name in ("api", "light") else None, CALLBACK)


def realm_file(work):
    document = json.loads(FILE.read_text())
    aimed = {"name": "for api", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
             "config": {"included.client.audience": "api", "access.token.claim": "true"}}
    for client in document["clients"]:
        if client["clientId"] in ("app", "flat"):
            client["protocolMappers"] = [aimed]
    document["clients"] += [
        {"clientId": "api", "secret": SECRET, "redirectUris": [CALLBACK],
         "attributes": {"standard.token.exchange.enabled": "true", "standard.token.exchange.enableRefreshRequestedTokenType": "SAME_SESSION"}},
        {"clientId": "asking", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True},
        {"clientId": "asking-brief", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True,
         "authenticationFlowBindingOverrides": next(c for c in document["clients"] if c["clientId"] == "brief")["authenticationFlowBindingOverrides"]},
    ]
    device = {"oauth2.device.authorization.grant.enabled": "true"}
    for name, attributes in (
        ("device", device),
        ("least-device", {**device, "minimum.acr.value": "2"}),
        ("least-unknown", {"minimum.acr.value": "platinum"}),
        ("least-broken", {"minimum.acr.value": "gold", "acr.loa.map": '{"gold": 2'}),
    ):
        document["clients"].append({"clientId": name, "publicClient": True, "redirectUris": [CALLBACK], "attributes": attributes})
    light = {"client.use.lightweight.access.token.enabled": "true"}
    document["clients"].append({"clientId": "light", "secret": SECRET, "redirectUris": [CALLBACK], "attributes": light})
    document["registrationAllowed"] = True
    hal = next(user for user in document["users"] if user["username"] == "hal")
    for name in ("amy", "joe", "leo", "mia", "ned", "pat", "roy", "una", "vic"):
        credentials = [{"type": "password", "value": f"{name}-password"}, *hal["credentials"][1:]]
        more = {"email": f"{name}@example.org", "realmRoles": ["offline_access"], "credentials": credentials}
        document["users"].append({**hal, "username": name, **more})
    file = work / "levels-realm.json"
    file.write_text(json.dumps(document))
    return file


@pytest.fixture(scope="module")
def server(work):
    with Provider([realm_file(work)], work / "levels") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("levels")


class Person:
    def __init__(self, realm, name, counter=0):
        self.realm, self.name, self.counter, self.browser = realm, name, counter, realm.browser()

    def ask(self, client="app", **wish):
        """The answer, or the page of ours that it leads to."""
        answer = self.realm.authorize(self.browser, of(client), **wish)
        own = answer.status == 302 and "/login-actions/authenticate" in answer.location
        return self.browser.get(answer.location) if own else answer

    def password(self, page):
        form = page.page.form("kc-form-login")
        named = {"username": self.name} if any(field.get("name") == "username" for field in form.fields) else {}
        return self.browser.submit(form, password=f"{self.name}-password", **named)

    def device(self, page):
        self.counter += 1
        return self.browser.submit(page.page.form("kc-otp-login-form"), otp=hotp(KEY, self.counter))

    def enter(self, client="app", **wish):
        return self.password(self.ask(client, **wish))

    def silently(self, client="app", **wish):
        return callback_of(self.ask(client, prompt="none", **wish))

    def has(self, level, client="app"):
        """Whether the session has it, by itself."""
        found = self.silently(client, acr_values=str(level))
        assert "code" in found or found["error"] in ("login_required", "interaction_required"), found
        return "code" in found


def tokens_of(realm, answer, client="app"):
    found = callback_of(answer)
    assert "code" in found, found
    return realm.code(of(client), found["code"]).json()


def acr(tokens, kind="access_token"):
    return unverified_token(tokens[kind])[1]["acr"]


def essential(*values):
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": values}}})}


def test_only_what_is_missing_is_asked_for(realm):
    ann = Person(realm, "ann")
    assert acr(tokens_of(realm, ann.enter())) == "bronze"
    assert not ann.has(2)
    page = ann.ask(acr_values="2")
    assert "Invalid authenticator code." in ann.browser.submit(page.page.form("kc-otp-login-form"), otp=wrong()).text
    assert not ann.has(2), "a wrong code raises nothing"
    assert acr(tokens_of(realm, ann.device(page))) == "2"
    assert ann.has(2)


def test_an_address_cannot_be_lowered(realm):
    """Who is halfway in, and asks for less in another tab, is not past the first tab's level."""
    bob = Person(realm, "bob")
    bob.enter()
    first = bob.ask(**essential("2"))
    bob.ask(acr_values="1")
    url = first.page.form("kc-otp-login-form").action
    again = bob.browser.get(url + "&acr_values=1")
    assert again.page.form("kc-otp-login-form"), again.text[:300]
    assert acr(tokens_of(realm, bob.device(again))) == "2"


def test_a_code_is_worth_what_was_reached_for_it(realm):
    """A second tab raises the session, and not the code of the first."""
    cat = Person(realm, "cat")
    before = cat.enter("named", acr_values="silver")
    with_code = callback_of(cat.ask("app"))
    raised = tokens_of(realm, cat.device(cat.ask("named", acr_values="gold")), "named")
    assert acr(raised) == "gold"
    assert acr(realm.code(of("app"), with_code["code"]).json()) == "bronze"
    assert "code" in callback_of(before)


def test_refreshed_and_exchanged_tokens_say_no_more(realm):
    dan = Person(realm, "dan")
    low = tokens_of(realm, dan.enter())
    dan.device(dan.ask("named", acr_values="gold"))
    refreshed = realm.refresh(of("app"), low["refresh_token"]).json()
    assert acr(refreshed) == acr(refreshed, "id_token") == "bronze"
    form = {"grant_type": EXCHANGE, "subject_token": refreshed["access_token"], "subject_token_type": ACCESS}
    exchanged = realm.token({**form, "requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, of("api")).json()
    assert acr(exchanged) == "bronze"
    assert acr(realm.refresh(of("api"), exchanged["refresh_token"]).json()) == "bronze"
    high = tokens_of(realm, dan.ask(acr_values="2"))
    assert acr(realm.token({**form, "subject_token": high["access_token"]}, of("api")).json()) != "1"


def exchange(realm, token, **wish):
    return realm.token({"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS, **wish}, of("api")).json()


@pytest.mark.parametrize("client, name", [("app", "amy"), ("brief", "joe")])
def test_what_one_login_gave_is_not_raised_by_another_of_the_client(realm, client, name):
    """Two tabs of one client: a code, refresh tokens and access tokens of the lower login stay what they are."""
    who = Person(realm, name)
    low = tokens_of(realm, who.enter(client, scope="openid offline_access"), client)
    online = tokens_of(realm, who.ask(client), client)
    with_code = callback_of(who.ask(client))
    assert acr(tokens_of(realm, who.device(who.ask(client, acr_values="2")), client)) == "2"
    assert acr(realm.code(of(client), with_code["code"]).json()) == "bronze"
    for tokens in (low, online):
        refreshed = realm.refresh(of(client), tokens["refresh_token"]).json()
        assert acr(refreshed) == acr(refreshed, "id_token") == "bronze"
        assert acr(realm.refresh(of(client), refreshed["refresh_token"]).json()) == "bronze"
    if client == "app":
        assert acr(exchange(realm, low["access_token"])) == acr(exchange(realm, online["access_token"])) == "bronze"


def test_a_login_that_came_with_a_session_is_not_raised_by_a_fresh_one(realm):
    """The same by a flow that has no levels: of two tabs one proves who is there, the other has but come with the session."""
    who = Person(realm, "una")
    who.enter("flat")
    came = tokens_of(realm, who.ask("flat"), "flat")
    with_code = callback_of(who.ask("flat"))
    fresh = tokens_of(realm, who.password(who.ask("flat", prompt="login")), "flat")
    assert (acr(came), acr(fresh)) == ("0", "bronze")
    assert acr(realm.code(of("flat"), with_code["code"]).json()) == "0"
    refreshed = realm.refresh(of("flat"), came["refresh_token"]).json()
    assert acr(refreshed) == acr(refreshed, "id_token") == acr(realm.refresh(of("flat"), refreshed["refresh_token"]).json()) == "0"
    assert acr(realm.refresh(of("flat"), fresh["refresh_token"]).json()) == "bronze"
    assert acr(exchange(realm, came["access_token"])) == "0"


def test_the_level_in_a_code_cannot_be_chosen(realm):
    who = Person(realm, "leo")
    code = callback_of(who.enter())["code"]
    head, rest = code.split(".", 1)
    for other in (head[:36] + "-2." + rest, head[:36] + "." + rest):
        assert realm.code(of("app"), other).json()["error"] == "invalid_grant"
    assert acr(realm.code(of("app"), code).json()) == "bronze"


def test_an_exchanged_token_is_not_raised_by_a_login_of_the_other_client(realm):
    who = Person(realm, "mia")
    low = tokens_of(realm, who.enter())
    assert acr(tokens_of(realm, who.device(who.ask("api", acr_values="2")), "api")) == "2"
    exchanged = exchange(realm, low["access_token"], requested_token_type="urn:ietf:params:oauth:token-type:refresh_token")
    assert acr(exchanged) == acr(realm.refresh(of("api"), exchanged["refresh_token"]).json()) == "bronze"


def test_introspection_says_what_the_login_was_worth(realm):
    """Of lightweight tokens, which say nothing of it to others."""

    def introspected(tokens):
        return realm.browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, of("light").auth).json()["acr"]

    who = Person(realm, "ned")
    who.enter("flat")
    low = tokens_of(realm, who.ask("light"), "light")
    assert introspected(low) == "0"
    high = tokens_of(realm, who.device(who.password(who.ask("light", acr_values="2"))), "light")
    assert (introspected(low), introspected(high)) == ("0", "2")


def follow(who, answer):
    while answer.status in (302, 303):
        answer = who.browser.get(answer.location)
    return answer


def test_a_device_has_the_level_of_its_own_login(realm):
    who = Person(realm, "pat")
    device = realm.device_authorization(of("device")).json()
    page = follow(who, who.password(follow(who, who.browser.get(device["verification_uri_complete"]))))
    follow(who, who.browser.submit(page.page.forms[0], accept="yes"))
    assert acr(tokens_of(realm, who.device(who.ask("device", acr_values="2")), "device")) == "2"
    tokens = realm.device_token(of("device"), device["device_code"]).json()
    assert acr(tokens) == acr(realm.refresh(of("device"), tokens["refresh_token"]).json()) == "0"


def test_a_device_of_a_client_with_a_least_level(realm):
    who = Person(realm, "roy")
    device = realm.device_authorization(of("least-device")).json()
    page = who.password(follow(who, who.browser.get(device["verification_uri_complete"])))
    page = follow(who, who.device(page))
    follow(who, who.browser.submit(page.page.forms[0], accept="yes"))
    tokens = realm.device_token(of("least-device"), device["device_code"]).json()
    assert acr(tokens) == acr(realm.refresh(of("least-device"), tokens["refresh_token"]).json()) == "2"


@pytest.mark.parametrize("client", ["least-unknown", "least-broken"])
def test_a_least_level_that_nobody_knows(realm, client):
    assert Person(realm, "kim").enter(client).page.form("kc-otp-login-form"), "the highest that there is"


def test_a_session_without_a_login_of_levels_has_none(realm):
    """Somebody comes in by a flow without levels: that session is worth 0 to one that has some."""
    eve = Person(realm, "eve")
    eve.enter("flat")
    assert acr(tokens_of(realm, eve.ask())) == "0"
    assert not eve.has(1) and not eve.has(2)
    page = eve.ask(acr_values="2")
    assert acr(tokens_of(realm, eve.device(eve.password(page)))) == "2"


def test_what_lapses_at_once_is_asked_for_each_time(realm):
    lou = Person(realm, "lou")
    lou.enter("brief")
    assert acr(tokens_of(realm, lou.device(lou.ask("brief", acr_values="2")), "brief"), "id_token") == "2"
    assert not lou.has(2, "brief") and lou.has(1, "brief")
    assert not lou.has(2), "nor elsewhere, where it would hold"


def test_essential_and_out_of_reach(realm):
    fay = Person(realm, "fay")
    answer = callback_of(fay.ask(**essential("7")))
    assert (answer["error"], answer["state"]) == ("unmet_authentication_requirements", "state-1")
    assert callback_of(fay.ask(prompt="none", **essential("7")))["error"] == "unmet_authentication_requirements"
    assert fay.ask(**essential("platinum")).status == 400
    page = fay.ask(**essential("2"))
    assert acr(tokens_of(realm, fay.device(fay.password(page)))) == "2"


def test_out_of_reach_and_not_essential(realm):
    ida = Person(realm, "ida")
    tokens = tokens_of(realm, ida.device(ida.password(ida.ask(acr_values="7"))))
    assert acr(tokens) == "bronze"
    assert "code" in ida.silently(acr_values="7"), "there is nothing more to be had"


@pytest.mark.parametrize(
    "values, name",
    [("", "bronze"), ("-1", "bronze"), ("99999999999999999999", "bronze"), ("\u0001", "bronze"), ("a" * 8000, "bronze"), ("phr", "bronze"),
     ("1 " * 900, "1"), ("0" * 2000 + "1", "bronze")],
)
def test_strange_names(realm, values, name):
    assert acr(tokens_of(realm, Person(realm, "jon").enter(acr_values=values))) == name


def test_so_many_names(realm):
    """They are looked at, and what is kept of them is bounded: the address of the form is."""
    jon = Person(realm, "jon")
    page = jon.ask(acr_values=" ".join(str(1000000 + at) for at in range(700)))
    assert len(page.page.form("kc-form-login").action) < 4000
    assert jon.password(page).page.form("kc-otp-login-form"), "the highest that there is"


def test_a_device_that_is_set_up_on_the_way(realm):
    """The session has the level when the device is there, and not before."""
    new = Person(realm, "new")
    new.enter()
    answer = new.ask(acr_values="2")
    assert "execution=CONFIGURE_TOTP" in answer.location
    assert new.silently(acr_values="2")["error"] == "interaction_required"
    assert "code" in new.silently(acr_values="1"), "for less there is nothing to do"
    page = new.browser.get(answer.location)
    form = page.page.form("kc-totp-settings-form")
    [key] = [field["value"] for field in form.fields if field.get("name") == "totpSecret"]
    assert acr(tokens_of(realm, new.browser.submit(form, totp=totp(key), userLabel="phone"))) == "2"
    assert new.has(2)


def test_a_login_that_is_given_up_raises_nothing(realm):
    """Consent is asked for last; until then the session has no level by the code that was brought."""
    gus = Person(realm, "gus")
    gus.enter()
    asked = gus.device(gus.ask("asking", acr_values="2"))
    assert "/login-actions/consent" in asked.location
    assert not gus.has(2)
    page = gus.browser.get(asked.location)
    form = page.page.forms[0]
    gus.browser.submit(form, accept="yes")
    assert gus.has(2)


def test_the_address_of_a_page_is_worth_its_level_once(realm):
    """Whoever finds the page for consent in the browser's history gets no code of a level that lapses at once."""
    vic = Person(realm, "vic")
    asked = vic.device(vic.password(vic.ask("asking-brief", acr_values="2")))
    page = vic.browser.get(asked.location)
    assert acr(tokens_of(realm, vic.browser.submit(page.page.forms[0], accept="yes"), "asking-brief")) == "2"
    again = vic.browser.get(asked.location)
    assert "/protocol/openid-connect/auth?" in again.location and "acr_values=2" in again.location
    assert "/login-actions/authenticate" in vic.browser.get(again.location).location
    again = vic.browser.submit(page.page.forms[0], accept="yes")
    assert "/protocol/openid-connect/auth?" in again.location


def test_somebody_else_in_the_browser_has_nothing_of_it(realm):
    hal = Person(realm, "hal")
    hal.enter()
    hal.device(hal.ask(acr_values="2"))
    assert hal.has(2)
    kim = Person(realm, "kim")
    kim.browser = hal.browser
    page = hal.ask(prompt="login")
    other = hal.browser.get(restart_of(page))
    assert "code" in callback_of(kim.password(other))
    assert not kim.has(2)


def restart_of(page):
    [link] = [link for link in page.page.links if "session_code=" in link and "reset" not in link and "registration" not in link][:1]
    return link


def test_a_newcomer_has_the_level_of_a_password(realm):
    browser = realm.browser()
    page = realm.authorize(browser, of("app"), prompt="create")
    page = browser.get(page.location) if page.status == 302 else page
    form = page.page.form("kc-register-form")
    names = {"username": "zoe", "email": "zoe@example.org", "firstName": "Zoe", "lastName": "Cook"}
    answer = browser.submit(form, **names, password="zoe-password", **{"password-confirm": "zoe-password"})
    assert acr(tokens_of(realm, answer)) == "bronze"


def test_a_least_level_of_the_client(realm):
    max_ = Person(realm, "max")
    max_.enter()
    assert max_.silently("least", acr_values="1")["error"] == "login_required"
    assert acr(tokens_of(realm, max_.device(max_.ask("least", acr_values="1")), "least")) == "2"


def test_discovery(realm):
    assert realm.discovery().json()["acr_values_supported"] == ["0", "1", "2", "bronze"]
