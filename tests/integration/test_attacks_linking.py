# SPDX-License-Identifier: Apache-2.0
"""Attacks on accounts that are to be linked with one at an identity provider: by mails, by other people, and late."""

import concurrent.futures
import json
import re
import subprocess
import time

import pytest
from brokering import (  # noqa: F401  (functions and fixtures)
    APP, FULL, admin, administrator, claims_of, client, come_back, leave, linked, linked_ids, realm, upstream, user,
)
from mail_server import MailServer
from oidc import callback_of
from programs import Provider, built, realm_files
from test_attacks_brokering import assert_refused
from test_mails import confirm, form_of, set_password
from upstream import button
from web import query_of, unverified_token


@pytest.fixture(scope="module")
def mails():
    with MailServer() as made:
        yield made


@pytest.fixture(autouse=True)
def as_usual(upstream, mails):
    upstream.reset()
    yield
    mails.letters.clear()


def realm_of(name, upstream, mails, **more):
    return {
        **{"realm": name, "enabled": True, "eventsEnabled": True, "resetPasswordAllowed": True, "smtpServer": mails.setting()},
        "clients": [client(APP)],
        "users": [
            *(user(one) for one in ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "joe", "ned", "ora", "pia", "quin", "roy")),
            user("max", federatedIdentities=linked("up-max", "up")),
            administrator(),
        ],
        "roles": {"realm": [{"name": "staff"}]},
        "identityProviders": [upstream.config(trustEmail=True), upstream.config("second"), upstream.config("forced", config={"syncMode": "FORCE"})],
        "identityProviderMappers": [
            {
                **{"name": "role", "identityProviderAlias": "forced", "identityProviderMapper": "oidc-role-idp-mapper"},
                "config": {"claim": "team", "claim.value": "s", "role": "staff", "syncMode": "FORCE"},
            }
        ],
        **more,
    }


PASSKEYS = {
    "browserFlow": "keys",
    "authenticationFlows": [
        {
            "alias": "keys",
            "topLevel": True,
            "authenticationExecutions": [
                {"authenticator": one, "requirement": "ALTERNATIVE", "priority": at, "authenticatorFlow": False}
                for at, one in enumerate(("auth-cookie", "webauthn-authenticator-passwordless"))
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def server(work, upstream, mails):
    realms = (realm_of("inner", upstream, mails), realm_of("keys", upstream, mails, **PASSKEYS))
    with Provider(realm_files(realms, work / "linking-realms"), work / "linking") as started:
        yield started


def asked_to_link(realm, browser, upstream, name, **claims):
    upstream.reset(**{"sub": f"up-{name}", "preferred_username": f"{name}-there", "email": f"{name}@example.com", **FULL, **claims})
    page = come_back(realm, browser, upstream)
    assert "Authenticate to link your account" in page.page.text, page.page.text
    return page


def forgotten(page):
    return re.search(r'id="kc-forgot"><a href="([^"]*)"', page.text)[1].replace("&amp;", "&")


def by_mail(realm, browser, upstream, mails, name, of=None):
    """From the page that asks for a proof to the mail, which goes to the account's own address."""
    page = asked_to_link(realm, browser, upstream, name)
    browser.post(form_of(browser.get(forgotten(page))), {"username": of or name})
    letter = mails.next()
    assert letter.recipients == [f"<{of or name}@example.com>"]
    return letter.link


def shown(page):
    return page.page.text_by_id["kc-linked-account"]


def test_the_page_names_the_account_that_is_to_be_linked(realm, upstream):
    browser = realm.browser()
    page = asked_to_link(realm, browser, upstream, "ned")
    assert shown(page) == "ned-there" and "This account at up will be linked:" in page.page.text
    # As long as it is.
    wrong = browser.submit(page.page.form("kc-form-login"), password="wrong")
    assert shown(wrong) == "ned-there" and "Invalid password." in wrong.page.text
    restart = browser.get(next(link for link in wrong.page.links if "login-actions/authenticate" in link))
    assert "kc-linked-account" not in restart.text and "ned-there" not in restart.text


NAMES = {
    "markup": ("<img src=x onerror=alert(1)>{{alert}}${x}", "<img src=x onerror=alert(1)>{{alert}}${x}"),
    "turned": ("a\u202egpj.\u2066exe", "a???gpj.???exe"),
    "an address": ("http://evil.example/ned", "http???evil.example?ned"),
    "two bytes each": ("\u00e4" * 100, "\u00e4" * 64 + "\u2026"),
    "10 kB": ("x" * 10240, "ned@example.com"),
    "a line": ("ned\r\nBcc: eve@example.com", "ned@example.com"),
}


@pytest.mark.parametrize("name", NAMES)
def test_attack_53_what_an_account_is_called_there(realm, upstream, name):
    called, seen = NAMES[name]
    page = asked_to_link(realm, realm.browser(), upstream, "ned", preferred_username=called)
    assert shown(page) == seen
    assert "<img" not in page.text and "\u202e" not in page.text and "\u2066" not in page.text


# ---- the proof by a mail ----


def test_the_mail_names_both(realm, upstream, mails):
    """A name is of whoever has an account there, and the mail is to somebody who may know nothing of them."""
    for number, name in enumerate((("ora-there", "ora-there"), NAMES["markup"], NAMES["an address"])):
        browser, (called, seen) = realm.browser(), name
        page = asked_to_link(realm, browser, upstream, "ora", sub=f"o-{number}", preferred_username=called)
        browser.post(form_of(browser.get(forgotten(page))), {"username": "ora"})
        letter = mails.next()
        assert letter.message["Subject"] == "Link your account with up"
        lines = letter.body().split("\n")
        assert seen in lines, lines
        assert [line for line in lines if "://" in line] == [letter.link]
        assert "same browser" in letter.body() and "at inner with an account at up" in letter.body()
        assert "<img" not in letter.body("html") and letter.body("html").count("href=") == 1
        assert letter.message["Bcc"] is None and letter.recipients == ["<ora@example.com>"]


def test_the_mail_of_somebody_else_names_nobody(realm, upstream, mails):
    browser = realm.browser()
    page = asked_to_link(realm, browser, upstream, "ned")
    browser.post(form_of(browser.get(forgotten(page))), {"username": "eve"})
    letter = mails.next()
    assert letter.message["Subject"] == "Reset your password" and "ned-there" not in letter.body()


def test_a_mail_links(realm, upstream, mails, admin):
    browser = realm.browser()
    link = by_mail(realm, browser, upstream, mails, "ann")
    answer = set_password(browser, confirm(browser, link), "ann-new-password")
    assert claims_of(realm, answer)["preferred_username"] == "ann"
    assert linked_ids(admin, "ann") == {"up": "up-ann"}
    assert claims_of(realm, come_back(realm, realm.browser(), upstream))["preferred_username"] == "ann"
    # Twice: the link is used, and its page too.
    assert browser.get(link).status == 400 and realm.browser().get(link).status == 400


def test_attack_53_a_mail_that_is_opened_elsewhere_links_nothing(realm, upstream, mails, admin):
    """The attacker asks for it, and its owner follows it in their own browser: they have a new password, and that is all."""
    link = by_mail(realm, realm.browser(), upstream, mails, "bob")
    owner = realm.browser()
    done = set_password(owner, confirm(owner, link), "bob-new-password")
    assert done.status == 200 and "has been updated" in done.text and not owner.cookie("KEYCLOAK_IDENTITY")
    assert linked_ids(admin, "bob") == {}


def test_attack_53_a_mail_of_somebody_else_links_nothing(realm, upstream, mails, admin):
    """Whoever has an account of their own proves by its mail that it is theirs, and not the one that was found."""
    browser = realm.browser()
    link = by_mail(realm, browser, upstream, mails, "cat", of="eve")
    done = set_password(browser, confirm(browser, link), "eve-new-password")
    assert done.status == 200 and "has been updated" in done.text and not browser.cookie("KEYCLOAK_IDENTITY")
    assert linked_ids(admin, "cat") == {} and linked_ids(admin, "eve") == {}


def test_a_mail_that_was_asked_for_otherwise_links_nothing(realm, upstream, mails, admin):
    """The same browser, and a login of its own: what waits in another window is not done by it."""
    browser = realm.browser()
    asked_to_link(realm, browser, upstream, "dan")
    browser.post(form_of(browser.get(forgotten(realm.authorize(browser, APP)))), {"username": "dan"})
    answer = set_password(browser, confirm(browser, mails.next().link), "dan-new-password")
    assert claims_of(realm, answer)["preferred_username"] == "dan"
    assert linked_ids(admin, "dan") == {}


@pytest.mark.parametrize("how", ["password", "mail"])
def test_what_is_no_provider_any_more_is_not_linked(realm, upstream, mails, admin, how):
    browser, name = realm.browser(), {"password": "fay", "mail": "gus"}[how]
    if how == "mail":
        link = by_mail(realm, browser, upstream, mails, name)
        page = confirm(browser, link)
    else:
        page = asked_to_link(realm, browser, upstream, name)
    assert admin("PUT", "/realms/inner/identity-provider/instances/up", upstream.config(enabled=False)).status == 204
    try:
        if how == "mail":
            answer = set_password(browser, page, f"{name}-new-password")
        else:
            answer = browser.submit(page.page.form("kc-form-login"), password=f"{name}-password")
        assert answer.status == 200 and "Unexpected error when authenticating" in answer.page.text
        assert not browser.cookie("KEYCLOAK_IDENTITY")
    finally:
        assert admin("PUT", "/realms/inner/identity-provider/instances/up", upstream.config(trustEmail=True)).status == 204
    assert linked_ids(admin, name) == {}


def test_two_who_are_to_be_linked_with_one(realm, upstream, admin):
    """One account there, two pages that wait here: whoever is first has it."""
    first, second = realm.browser(), realm.browser()
    one = asked_to_link(realm, first, upstream, "hal", sub="up-two")
    other = asked_to_link(realm, second, upstream, "joe", sub="up-two")
    assert "code" in callback_of(first.submit(one.page.form("kc-form-login"), password="hal-password"))
    answer = second.submit(other.page.form("kc-form-login"), password="joe-password")
    assert answer.status == 200 and "linked with another one already" in answer.page.text
    assert linked_ids(admin, "hal") == {"up": "up-two"} and linked_ids(admin, "joe") == {}


# ---- what mappers make of the owner ----


def waiting(realm, browser, upstream, name, **more):
    """The page that asks somebody for a proof who would get a name and a role by the link."""
    claims = {"sub": f"f-{name}", "preferred_username": f"{name}-there", "email": f"{name}@example.com", "team": "s", **FULL, **more}
    upstream.reset(**claims)
    return come_back(realm, browser, upstream, "forced")


def standing(admin, name):
    found = admin("GET", f"/realms/inner/users?exact=true&username={name}").json()[0]
    roles = admin("GET", f"/realms/inner/users/{found['id']}/role-mappings/realm").json()
    return found["firstName"], "staff" in {role["name"] for role in roles}


def test_an_owner_has_what_mappers_give_once_it_is_proved(realm, upstream, admin):
    browser = realm.browser()
    page = waiting(realm, browser, upstream, "pia")
    form = page.page.form("kc-form-login")
    assert standing(admin, "pia") == ("Pia", False)
    wrong = browser.submit(form, password="wrong")
    assert standing(admin, "pia") == ("Pia", False)
    assert "code" in callback_of(browser.submit(wrong.page.form("kc-form-login"), password="pia-password"))
    assert standing(admin, "pia") == ("Carl", True) and linked_ids(admin, "pia") == {"forced": "f-pia"}


def test_attack_53_what_waits_tells_nothing_of_the_account(realm, upstream):
    """It lies in an address of whoever has yet to show that the account is theirs."""
    form = waiting(realm, realm.browser(), upstream, "quin").page.form("kc-form-login")
    identity = json.loads(unverified_token(query_of(form.action)["session_code"])[1]["identity"])
    assert identity["changes"].count(".") == 4 and "staff" not in json.dumps(identity) and "Quin" not in json.dumps(identity)


def test_attack_53_what_waits_undoes_nothing(realm, upstream, admin):
    """An administrator has changed the account meanwhile: that stands, and the next login says what the mappers make of it."""
    browser = realm.browser()
    page = waiting(realm, browser, upstream, "roy")
    found = admin("GET", "/realms/inner/users?exact=true&username=roy").json()[0]
    assert admin("PUT", f"/realms/inner/users/{found['id']}", {**found, "firstName": "Changed"}).status == 204
    assert "code" in callback_of(browser.submit(page.page.form("kc-form-login"), password="roy-password"))
    assert linked_ids(admin, "roy") == {"forced": "f-roy"} and standing(admin, "roy") == ("Changed", False)
    come_back(realm, realm.browser(), upstream, "forced")
    assert standing(admin, "roy") == ("Carl", True)


# ---- fresh proof ----


@pytest.mark.parametrize(
    "asked,age,good",
    [
        ({"prompt": "login"}, 0, True),
        ({"prompt": "login"}, 300, False),
        ({"max_age": "120"}, 60, True),
        ({"max_age": "120"}, 60.75, True),
        ({"max_age": "120"}, 300, False),
        ({"acr_values": "1"}, 300, False),
        ({"kc_action": "UPDATE_PASSWORD"}, 900, False),
        ({"prompt": "login"}, None, True),
        ({}, 7200, True),
        ({}, -300, False),
        ({"prompt": "login"}, "now", False),
    ],
)
def test_attack_55_how_old_a_login_there_may_be(server, realm, upstream, asked, age, good):
    """Whoever has to prove who they are now does not do so by a session there of hours ago."""
    now = int(time.time())
    time_there = age if isinstance(age, str) else None if age is None else now - age
    upstream.reset(sub="up-max", auth_time=time_there)
    browser = realm.browser()
    there = leave(realm, browser, **asked)
    assert ("max_age" in query_of(there)) == bool(asked) == (query_of(there).get("prompt") == "login")
    answer = browser.get(upstream.agree(there))
    if not good:
        assert_refused(server, answer)
        return
    claims = claims_of(realm, answer)
    # What the client is told of it is what the provider has told us.
    assert abs(claims["auth_time"] - (now - (age or 0))) <= 5
    # So the session here does not make it younger.
    again = callback_of(realm.authorize(browser, APP, prompt="none", max_age="3600"))
    assert ("code" in again) == ((age or 0) < 3600)


def test_attack_55_a_level_is_not_had_by_what_a_provider_says(realm, upstream):
    upstream.reset(sub="up-max", acr="3", amr=["mfa"])
    assert claims_of(realm, come_back(realm, realm.browser(), upstream))["acr"] == "1"
    essential = json.dumps({"id_token": {"acr": {"essential": True, "values": ["3"]}}})
    answer = realm.authorize(realm.browser(), APP, claims=essential)
    assert answer.location is not None and "error=" in answer.location


def test_attack_55_who_signs_in_again_is_the_same_one(realm, upstream, admin):
    """Neither somebody else who has an account there, nor somebody who is new here."""
    browser = realm.browser()
    page = realm.authorize(browser, APP)
    before = browser.submit(page.page.form("kc-form-login"), username="ida", password="ida-password")
    assert "code" in callback_of(before)
    for sub in ("up-max", "up-nobody"):
        upstream.reset(sub=sub, preferred_username=sub, email=f"{sub}@example.com", **FULL)
        answer = browser.get(upstream.agree(leave(realm, browser, prompt="login")))
        assert answer.status == 200 and "asks for another user" in answer.page.text
    assert admin("GET", "/realms/inner/users?exact=true&username=up-nobody").json() == []
    assert "code" in callback_of(realm.authorize(browser, APP, prompt="none"))


# ---- realms without passwords ----


def test_buttons_where_there_are_no_passwords(server, upstream):
    realm, browser = server.realm("keys"), server.realm("keys").browser()
    page = realm.authorize(browser, APP)
    assert page.status == 200 and {"social-up", "social-second", "kc-passkey"} <= set(page.page.ids)
    assert "kc-form-login" not in [form.attributes.get("id") for form in page.page.forms]
    upstream.reset(sub="up-max")
    answer = browser.get(upstream.agree(browser.get(button(page)).location))
    assert claims_of(realm, answer)["preferred_username"] == "max"


# ---- who comes at once, and later ----


def test_many_first_logins_of_one_are_one_user(realm, upstream, admin):
    upstream.reset(sub="up-new", preferred_username="newcomer", email="newcomer@example.com", **FULL)
    browsers = [realm.browser() for _ in range(4)]
    ways = [upstream.agree(leave(realm, browser)) for browser in browsers]
    with concurrent.futures.ThreadPoolExecutor(len(ways)) as pool:
        answers = list(pool.map(lambda at: browsers[at].get(ways[at]), range(len(ways))))
    subjects = {claims_of(realm, answer)["sub"] for answer in answers if answer.status == 302}
    assert len(subjects) == 1 and {answer.status for answer in answers} <= {200, 302}
    assert [one["username"] for one in admin("GET", "/realms/inner/users?search=newcomer").json()] == ["newcomer"]


def test_attack_54_who_is_no_longer_linked_is_nobody(realm, upstream, admin):
    """Nor is whoever has the alias of a provider that was deleted."""
    name, provider = "kim", "/realms/inner/identity-provider/instances/second"
    upstream.reset(sub="up-kim", preferred_username=name, email="kim@example.com", **FULL)
    first = claims_of(realm, come_back(realm, realm.browser(), upstream, "second"))
    kim = f"/realms/inner/users/{first['sub']}"
    assert admin("DELETE", f"{kim}/federated-identity/second").status == 204
    assert "Authenticate to link" in come_back(realm, realm.browser(), upstream, "second").page.text
    for alias in ("second", "up"):
        link = {"identityProvider": alias, "userId": "up-kim", "userName": name}
        assert admin("POST", f"{kim}/federated-identity/{alias}", link).status == 204
    assert claims_of(realm, come_back(realm, realm.browser(), upstream, "second"))["sub"] == first["sub"]
    assert admin("DELETE", provider).status == 204
    assert admin("POST", "/realms/inner/identity-provider/instances", upstream.config("second")).status == 201
    assert linked_ids(admin, name) == {"up": "up-kim"}, "the link with the other one stays"
    assert "Authenticate to link" in come_back(realm, realm.browser(), upstream, "second").page.text


@pytest.mark.parametrize("name", ["boss", "BOSS", "\uff22oss", "a/../b", "<b>boss</b>"])
def test_names_of_administrators_and_worse(realm, upstream, admin, name):
    """Nobody comes in as the administrator, or by a name that looks like theirs to the store."""
    before = admin("GET", "/realms/inner/users?exact=true&username=boss").json()
    upstream.reset(sub=f"as-{name}", preferred_username=name, email="x@other.example", **FULL)
    answer = come_back(realm, realm.browser(), upstream, "second")
    if answer.status == 302 and callback_of(answer).get("code"):
        assert claims_of(realm, answer)["sub"] != before[0]["id"]
    else:
        assert "Authenticate to link" in answer.page.text
    assert admin("GET", "/realms/inner/users?exact=true&username=boss").json() == before
    found = admin("GET", "/realms/inner/users?email=x@other.example").json()
    for one in found:
        assert admin("DELETE", f"/realms/inner/users/{one['id']}").status == 204


MAPPERS = (
    *("oidc-user-attribute", "hardcoded-attribute", "oidc-hardcoded-role", "oidc-role", "oidc-advanced-role", "oidc-hardcoded-group"),
    *("oidc-advanced-group", "keycloak-oidc-role-to-role", "oidc-username", "hardcoded-user-session-attribute", "oidc-user-session-note"),
)
OF_ANOTHER_TYPE = "nobody signs in by an identity provider with one of another type"


def said_of(work, name, providers, mappers):
    """What an import tells of a realm."""
    file = work / f"{name}-realm.json"
    file.write_text(json.dumps({"realm": name, "enabled": True, "identityProviders": providers, "identityProviderMappers": mappers}))
    done = subprocess.run(
        [built("src/cli/ostiary"), "realm", "import", file, "--data", work / name, "--dry-run"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def mapper_of(kind, **config):
    return {"name": kind, "identityProviderAlias": "up", "identityProviderMapper": kind, "config": config}


def test_import_tells_what_bars_a_provider(work, upstream):
    barred = upstream.config(config={"clientSecret": "${vault.up}"})
    named = mapper_of("oidc-username-idp-mapper", target="BROKER_ID", template="${CLAIM.sub}")
    said = said_of(work, "barred", [barred], [named, mapper_of("saml-role-idp-mapper")])
    assert "there is no vault" in said and "BROKER_ID" in said and OF_ANOTHER_TYPE in said, said


def test_import_tells_nothing_of_mappers_that_are_done(work, upstream):
    said = said_of(work, "mapped", [upstream.config()], [mapper_of(f"{kind}-idp-mapper") for kind in MAPPERS])
    assert OF_ANOTHER_TYPE not in said and "are not there" not in said, said
