# SPDX-License-Identifier: Apache-2.0
"""Mails in the middle of a login: a forgotten password, an address that is to be verified."""

import json
import re
import time

import pytest
from mail_server import MailServer
from oidc import Client, callback_of
from one_time_codes import flows_that_require, totp
from programs import Provider
from test_mails import confirm, form_of, set_password
from waiting import until
from web import Browser, unverified_token

APP = Client("app", None, "http://localhost:8000/cb")
OTP = {"type": "otp", "secretData": '{"value":"ABCDEFGHIJKLMNOPQRST"}',
       "credentialData": '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}'}  # fmt: skip


def user(name, *more_credentials, **more):
    credentials = [{"type": "password", "value": f"{name}-password"}, *more_credentials]
    return {"username": name, "enabled": True, "email": f"{name}@shop.example", "emailVerified": True, "firstName": "A", "lastName": "B",
            "credentials": credentials, **more}  # fmt: skip


def realm_of(name, mails, **changes):
    return {
        "realm": name, "enabled": True, "smtpServer": mails.setting(), "resetPasswordAllowed": True, "eventsEnabled": True,
        "passwordPolicy": "length(8)", "registrationAllowed": True, "attributes": {"registration.burst": "0"},
        "clients": [{"clientId": "app", "publicClient": True, "redirectUris": ["http://localhost:8000/*"], "directAccessGrantsEnabled": True}],
        "users": [user("ann"), user("bob"), user("off", enabled=False), user("otto", OTP), {"username": "nomail", "enabled": True},
                  user("new", emailVerified=False), user("two", emailVerified=False)],
        **changes,
    }  # fmt: skip


@pytest.fixture(scope="module")
def mails():
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def server(work, mails):
    files = []
    for realm in (realm_of("shop", mails), realm_of("strict", mails, verifyEmail=True),
                  realm_of("shut", mails, resetPasswordAllowed=False),
                  realm_of("coded", mails, **flows_that_require())):
        files.append(work / f"{realm['realm']}-mailing-realm.json")
        files[-1].write_text(json.dumps(realm))
    with Provider(files, work / "mail-logins") as running:
        yield running


@pytest.fixture(autouse=True)
def emptied(mails):
    mails.mood = "takes"
    yield
    mails.letters.clear()


def forgot(server, name, browser=None, realm="shop"):
    """From the login page to the answer."""
    browser = browser or Browser()
    login = server.realm(realm).authorize(browser, APP).text
    link = re.search(r'id="kc-forgot"><a href="([^"]*)"', login)[1].replace("&amp;", "&")
    page = browser.get(link)
    assert page.status == 200, page.text
    return browser.post(form_of(page), {"username": name})


def test_a_forgotten_password_ends_in_the_login(server, mails):
    browser = Browser()
    assert forgot(server, "ann@shop.example", browser).status == 200
    letter = mails.next()
    assert letter.recipients == ["<ann@shop.example>"] and letter.message["Subject"] == "Reset your password"
    page = confirm(browser, letter.link)
    assert set_password(browser, page, "short").status == 200
    answer = set_password(browser, page, "ann-new-password")
    callback = callback_of(answer)
    shop = server.realm("shop")
    assert shop.code(APP, callback["code"]).status == 200 and callback["state"] == "state-1"
    assert shop.password(APP, "ann", "ann-new-password").status == 200
    assert browser.get(letter.link).status == 400 and Browser().get(letter.link).status == 400
    assert set_password(browser, page, "another-password").status == 400


def test_in_another_browser_it_says_so(server, mails):
    here, there = Browser(), Browser()
    forgot(server, "bob", here)
    link = mails.next().link
    done = set_password(there, confirm(there, link), "bob-new-password")
    assert done.status == 200 and "has been updated" in done.text and not there.cookie("KEYCLOAK_IDENTITY")
    assert server.realm("shop").password(APP, "bob", "bob-new-password").status == 200


def test_a_login_that_is_about_somebody_else_does_not_go_on(server, mails):
    shop = server.realm("shop")
    browser, ids = Browser(), {}
    for name in ("new", "two"):
        token = shop.password(APP, name, f"{name}-password").json()["access_token"]
        ids[name] = unverified_token(token)[1]["sub"]
    claims = json.dumps({"id_token": {"sub": {"value": ids["new"]}}})
    page = shop.authorize(browser, APP, claims=claims)
    link = re.search(r'id="kc-forgot"><a href="([^"]*)"', page.text)[1].replace("&amp;", "&")
    browser.post(form_of(browser.get(link)), {"username": "two"})
    done = set_password(browser, confirm(browser, mails.next().link), "two-new-password")
    assert done.status == 200 and "has been updated" in done.text and not browser.cookie("KEYCLOAK_IDENTITY")


def test_one_token_does_not_do_for_another(server, mails):
    browser, shop = Browser(), server.realm("shop")
    page = shop.authorize(browser, APP)
    login = re.search(r'session_code=([^"&]*)', page.text)[1]
    forgot(server, "bob", browser)
    key = mails.next().link.split("key=")[1]
    address = shop.issuer + "/login-actions/"
    grants = shop.password(APP, "ann", "ann-password")
    refresh = grants.json().get("refresh_token", "x") if grants.status == 200 else "x"
    for wrong in (f"action-token?key={login}", f"action-token?key={refresh}", f"action-token?session_code={key}",
                  f"action-token?session_code={login}", f"authenticate?session_code={key}", f"required-action?session_code={key}",
                  f"reset-credentials?session_code={key}"):  # fmt: skip
        for answer in (browser.get(address + wrong + "&client_id=app"), browser.post(address + wrong + "&client_id=app", {})):
            assert answer.status == 400, wrong
    assert server.realm("strict").browser().get(f"{server.realm('strict').issuer}/login-actions/action-token?key={key}").status == 400
    assert browser.get(f"{address}action-token?key={key}").status == 200


def test_a_link_of_an_application_s_own_begins_without_a_login(server, mails):
    address = server.realm("shop").issuer + "/login-actions/reset-credentials"
    browser = Browser()
    page = browser.get(address + "?client_id=app")
    assert page.status == 200 and "kc-back" not in page.text
    assert browser.post(form_of(page), {"username": "ann"}).status == 200
    done = set_password(browser, confirm(browser, mails.next().link), "ann-own-password")
    assert done.status == 200 and "has been updated" in done.text and not browser.cookie("KEYCLOAK_IDENTITY")
    assert browser.get(address + "?client_id=nobody").status == 400
    assert browser.get(server.realm("shut").issuer + "/login-actions/reset-credentials").status == 400


def test_a_mail_stands_for_the_password_alone(server, mails):
    browser = Browser()
    forgot(server, "otto", browser)
    asked = set_password(browser, confirm(browser, mails.next().link), "otto-new-password")
    assert "code=" not in (asked.location or "") and not browser.cookie("KEYCLOAK_IDENTITY")
    page = browser.get(asked.location) if asked.status in (302, 303) else asked
    assert 'id="otp"' in page.text, page.text


def test_who_needs_a_device_sets_one_up(server, mails):
    browser = Browser()
    forgot(server, "ann", browser, "coded")
    asked = set_password(browser, confirm(browser, mails.next().link), "ann-new-password")
    assert "execution=CONFIGURE_TOTP" in (asked.location or ""), (asked.status, asked.location)
    form = browser.get(asked.location).page.form("kc-totp-settings-form")
    [key] = [field["value"] for field in form.fields if field.get("name") == "totpSecret"]
    assert key not in form.action
    page = browser.submit(form, totp=totp(key))
    assert not browser.cookie("KEYCLOAK_IDENTITY"), "the device is there, and its next code is asked for"
    form = page.page.form("kc-otp-login-form")
    assert "code" in callback_of(browser.submit(form, otp=totp(key, later=1)))


def test_nobody_learns_who_is_there(server, mails):
    known = forgot(server, "ann")
    mails.next()

    def plain(answer):
        return re.sub(r'(session_code=|request-id">)[^"&<]*', "", answer.text)

    for name in ("nobody", "off", "nomail", "x" * 200, "a@b\r\nBcc: c@d.example", "<b>"):
        answer = forgot(server, name)
        assert (answer.status, plain(answer)) == (200, plain(known)), name
    for _ in range(4):  # no more than three links of one user wait
        assert plain(forgot(server, "ann")) == plain(known)
    time.sleep(0.8)
    assert len(mails.letters) <= 3 and all(letter.recipients == ["<ann@shop.example>"] for letter in mails.letters)
    assert "kc-forgot" not in server.realm("shut").authorize(Browser(), APP).text


def test_an_address_is_verified_at_a_login(server, mails):
    strict, browser = server.realm("strict"), Browser()
    assert strict.password(APP, "new", "new-password").json()["error_description"] == "Account is not fully set up"
    page = browser.get(strict.log_in(browser, APP, "new", "new-password").location)
    assert page.status == 200 and "new@shop.example" in page.text
    letter = mails.next()
    browser.get(page.url if hasattr(page, "url") else form_of(page))  # loaded again: no other mail
    for _ in range(4):
        again = browser.post(form_of(page), {})
    assert "Enough mails" in again.text
    mails.next(), mails.next()
    time.sleep(0.5)
    assert not mails.letters
    opened = confirm(browser, letter.link)  # back in the login
    assert "code" in callback_of(opened)
    assert strict.password(APP, "new", "new-password").status == 200
    assert confirm_again(letter.link) == 400


def confirm_again(link):
    return Browser().get(link).status


def test_a_newcomer_verifies_in_another_browser(server, mails):
    strict, browser = server.realm("strict"), Browser()
    login = strict.authorize(browser, APP)
    link = re.search(r'id="kc-registration">[^<]*<a href="([^"]*)"', login.text)[1].replace("&amp;", "&")
    form = browser.get(link).page.form("kc-register-form")
    made = browser.submit(form, **{"username": "zoe", "email": "zoe@shop.example", "firstName": "Z", "lastName": "O",
                                   "password": "zoe-password", "password-confirm": "zoe-password"})  # fmt: skip
    page = browser.get(made.location)
    there = confirm(Browser(), mails.next().link)
    assert there.status == 200 and "has been verified" in there.text
    assert "code" in callback_of(browser.get(form_of(page)))


def test_a_mail_is_tried_again(server, mails):
    mails.mood = "busy"
    assert forgot(server, "bob").status == 200
    until(lambda: [line for line in mails.lines if line.startswith("DATA")], "a first try")
    mails.mood = "takes"
    assert mails.next().recipients == ["<bob@shop.example>"]
