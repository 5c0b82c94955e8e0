# SPDX-License-Identifier: Apache-2.0
"""Second factors: one-time codes beside a direct grant and after the password, recovery codes in their place, and how both are
set up at a login."""

from oidc import Client
from one_time_codes import KEY, hotp, totp, wrong
from recovery_codes import code_of, shown

APP = Client("app", None, "http://localhost:8000/auth")
SECOND = "2" * 20


def direct(realm, name, **more):
    form = {"grant_type": "password", "username": name, "password": f"{name}-password", "scope": "openid", **more}
    return realm.token(form, APP)


def asked(r, name, realm="factors"):
    """(browser, page that asks for the code)"""
    realm = r.realm(realm)
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


# ---- recovery codes (of 24 a preview: --features recovery-codes) ----


def bring(browser, answer, code):
    return browser.submit(answer.page.form("kc-recovery-code-login-form"), recoveryCodeInput=code)


def probe_recovery_code(r):
    browser, page = asked(r, "bob", "recovery")
    page = r.take("of another number", bring(browser, page, code_of(2)))
    page = r.take("empty", bring(browser, page, ""))
    page = r.take("small letters", bring(browser, page, shown(1).lower()))
    r.take("right", bring(browser, page, code_of(1)))
    browser, page = asked(r, "bob", "recovery")
    page = r.take("again", bring(browser, page, code_of(1)))
    r.take("the next, with dashes", bring(browser, page, shown(2)))


def probe_recovery_code_of_24(r):
    browser, page = asked(r, "dan", "recovery")
    r.take("right", bring(browser, page, code_of(1)))


def probe_another_way(r):
    browser, page = asked(r, "ann", "recovery")
    r.take("which", browser.submit(page.page.form("kc-select-try-another-way-form")))


def probe_order(r):
    asked(r, "cat", "recovery")


def probe_last_recovery_code(r):
    browser, page = asked(r, "fay", "recovery")
    answer = r.take("right", bring(browser, page, code_of(12)))
    page = r.take("new ones", browser.get(answer.location))
    r.take("done", browser.submit(page.page.form("kc-recovery-codes-settings-form")))


def probe_recovery_setup(r):
    realm = r.realm("recovery")
    browser = realm.browser()
    answer = r.take("due", realm.log_in(browser, APP, "new", "new-password"))
    page = browser.get(answer.location)
    r.take("done", browser.submit(page.page.form("kc-recovery-codes-settings-form")))
    browser, page = asked(r, "new", "recovery")
    r.take("a wrong one", bring(browser, page, "TEST0001CODE"))


def probe_recovery_wish(r):
    realm = r.realm("recovery")
    browser = realm.browser()
    answer = r.take("asked", realm.log_in(browser, APP, "hal", "hal-password", kc_action="CONFIGURE_RECOVERY_AUTHN_CODES"))
    page = browser.get(answer.location)
    form = page.page.form("kc-recovery-codes-settings-form")
    r.take("cancelled", browser.submit(form, **{"cancel-aia": "true"}))
