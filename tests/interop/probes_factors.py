# SPDX-License-Identifier: Apache-2.0
"""One-time codes: beside a direct grant, after the password, and the device for them that is set up at a login."""

from oidc import Client
from one_time_codes import KEY, hotp, totp, wrong

APP = Client("app", None, "http://localhost:8000/auth")
SECOND = "2" * 20


def direct(realm, name, **more):
    form = {"grant_type": "password", "username": name, "password": f"{name}-password", "scope": "openid", **more}
    return realm.token(form, APP)


def asked(r, name):
    """(browser, page that asks for the code)"""
    realm = r.realm("factors")
    browser = realm.browser()
    return browser, r.take("password", realm.log_in(browser, APP, name, f"{name}-password"))


def probe_direct_grant(r):
    realm = r.realm("factors")
    r.take("no code", direct(realm, "ann"))
    r.take("empty", direct(realm, "ann", totp=""))
    r.take("wrong", direct(realm, "ann", totp=wrong()))
    code = totp()
    r.take("right", direct(realm, "ann", totp=code))
    r.take("again", direct(realm, "ann", totp=code))
    r.take("the next as otp", direct(realm, "ann", otp=totp(later=1)))
    r.take("far ahead", direct(realm, "ann", totp=totp(later=4)))
    r.take("nobody's", direct(realm, "bob", totp="123456"))


def probe_counter(r):
    realm = r.realm("factors")
    for step, counter in enumerate((4, 5, 5, 7, 6, 10), 1):
        r.take(f"{step}: code {counter}", direct(realm, "dan", totp=hotp(KEY, counter)))


def probe_devices(r):
    realm = r.realm("factors")
    r.take("of the second", direct(realm, "cat", totp=totp(SECOND)))
    browser, page = asked(r, "cat")
    page = r.take("of the second, the first chosen", browser.submit(page.page.form("kc-otp-login-form"), otp=totp(SECOND)))


def probe_page(r):
    browser, page = asked(r, "eve")
    page = r.take("wrong", browser.submit(page.page.form("kc-otp-login-form"), otp=wrong()))
    page = r.take("empty", browser.submit(page.page.form("kc-otp-login-form"), otp=""))
    r.take("right", browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    r.take("single sign-on", r.realm("factors").authorize(browser, APP))


def probe_unfinished(r):
    realm = r.realm("factors")
    browser, _ = asked(r, "eve")
    r.take("no session", realm.authorize(browser, APP, prompt="none"))


def probe_setup(r):
    realm = r.realm("factors")
    r.take("direct grant", direct(realm, "new"))
    browser, answer = asked(r, "new")
    page = r.take("page", browser.get(answer.location))
    form = page.page.form("kc-totp-settings-form")
    [key] = [field["value"] for field in form.fields if field.get("name") == "totpSecret"]
    page = r.take("wrong", browser.submit(form, totp=wrong(key), userLabel="phone"))
    form = page.page.form("kc-totp-settings-form")
    code = totp(key)
    r.take("right", browser.submit(form, totp=code, userLabel="phone"))
    r.take("the same code", direct(realm, "new", totp=code))
    r.take("the next", direct(realm, "new", totp=totp(key, later=1)))
