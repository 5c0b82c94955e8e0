# SPDX-License-Identifier: Apache-2.0
"""The device authorization grant (RFC 8628): its endpoint, the pages of its user, and polling for tokens."""

import time

from oidc import Client, Pkce

TV = Client("tv")
BOX = Client("box", "box-secret")
ASKING = Client("asking")
BRIEF = Client("brief")
PATIENT = Client("patient")
PROVING = Client("proving")
WEB = Client("web", "web-secret", "http://localhost:8000/auth")
RIGHT = {"username": "carol", "password": "carol-password"}


def ask(realm, client, scope="openid", **more):
    return realm.device_authorization(client, scope, **more)


def poll(realm, client, code, **more):
    return realm.device_token(client, code, **more)


def to_form(r, browser, begun, label):
    """From the address that the device shows to the page that it leads to."""
    return r.take(label, browser.get(begun["verification_uri_complete"], follow=True))


def to_question(r, browser, begun):
    page = to_form(r, browser, begun, "login page")
    return r.take("question", browser.submit(page.page.form("kc-form-login"), follow=True, **RIGHT))


def answer_question(r, browser, page, **choice):
    answer = r.take("answer", browser.submit(page.page.forms[0], **choice))
    r.take("end", browser.get(answer.location))


def probe_authorization(r):
    realm = r.realm("device")
    r.take("public client", ask(realm, TV))
    r.take("confidential client", ask(realm, BOX))
    r.take("no scope", ask(realm, TV, None))
    r.take("its own lifespan and interval", ask(realm, BRIEF))


def probe_authorization_refused(r):
    realm = r.realm("device")
    url = realm.endpoint("auth/device")
    r.take("not enabled", ask(realm, WEB))
    r.take("no client", realm.browser().post(url, {"scope": "openid"}))
    r.take("unknown client", realm.browser().post(url, {"client_id": "nobody"}))
    r.take("no secret", realm.browser().post(url, {"client_id": "box"}))
    r.take("wrong secret", realm.browser().post(url, {"client_id": "box", "client_secret": "wrong"}))
    r.take("unknown scope", ask(realm, TV, "openid nothing"))
    r.take("scope twice", realm.browser().request("POST", url, b"client_id=tv&scope=openid&scope=email",
        {"Content-Type": "application/x-www-form-urlencoded"}))
    r.take("GET", realm.browser().get(url, {"client_id": "tv"}))


def probe_polling(r):
    realm = r.realm("device")
    code = ask(realm, PATIENT).json()["device_code"]
    r.take("first", poll(realm, PATIENT, code))
    r.take("at once again", poll(realm, PATIENT, code))
    r.take("no code", realm.token({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, TV))
    r.take("empty code", poll(realm, TV, ""))
    r.take("garbage", poll(realm, TV, "garbage"))
    r.take("of another client", poll(realm, TV, code))
    r.take("client without the grant", poll(realm, WEB, code))
    r.take("no code, client without the grant", realm.token(
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, WEB))
    r.take("wrong secret", poll(realm, Client("box", "wrong"), code))


def probe_expired(r):
    realm = r.realm("device")
    begun = ask(realm, BRIEF).json()
    time.sleep(3.2)
    r.take("code of two seconds", poll(realm, BRIEF, begun["device_code"]))
    r.take("again", poll(realm, BRIEF, begun["device_code"]))
    r.take("its page", realm.browser().get(begun["verification_uri_complete"]))


def probe_granted(r):
    realm = r.realm("device")
    browser = realm.browser()
    begun = ask(realm, TV).json()
    page = to_question(r, browser, begun)
    answer_question(r, browser, page, accept="Yes")
    r.take("code of another client", poll(realm, BRIEF, begun["device_code"]))
    tokens = r.take("tokens", poll(realm, TV, begun["device_code"])).json()
    r.take("used again", poll(realm, TV, begun["device_code"]))
    r.take("refresh", realm.refresh(TV, tokens["refresh_token"]))
    r.take("userinfo", realm.userinfo(tokens["access_token"]))
    r.take("page of a spent code", browser.get(begun["verification_uri_complete"]))


def probe_with_a_session(r):
    realm = r.realm("device")
    browser = realm.browser()
    realm.code_login(WEB, "carol", "carol-password", browser=browser)
    begun = ask(realm, BOX).json()
    page = to_form(r, browser, begun, "question at once")
    answer_question(r, browser, page, accept="Yes")
    r.take("tokens", poll(realm, BOX, begun["device_code"]))


def probe_consent(r):
    realm = r.realm("device")
    browser = realm.browser()
    begun = ask(realm, ASKING, "openid offline_access").json()
    page = to_question(r, browser, begun)
    answer_question(r, browser, page, accept="Yes")
    r.take("tokens", poll(realm, ASKING, begun["device_code"]))
    to_form(r, browser, ask(realm, ASKING).json(), "asked again")


def probe_denied(r):
    realm = r.realm("device")
    browser = realm.browser()
    begun = ask(realm, TV).json()
    page = to_question(r, browser, begun)
    answer_question(r, browser, page, cancel="No")
    r.take("tokens", poll(realm, TV, begun["device_code"]))
    time.sleep(1.1)
    r.take("again", poll(realm, TV, begun["device_code"]))


def probe_user_code(r):
    realm = r.realm("device")
    browser, page = realm.browser(), f"{realm.issuer}/device"
    begun = ask(realm, TV).json()
    code = begun["user_code"]
    r.take("page", browser.get(page))
    r.take("wrong", browser.get(page, {"user_code": "WRNG-CODE"}))
    r.take("empty", browser.get(page, {"user_code": ""}))
    r.take("markup", browser.get(page, {"user_code": "<b>WRNG"}))
    r.take("of another realm", browser.get(f"{r.realm().issuer}/device", {"user_code": code}))
    r.take("lower case", browser.get(page, {"user_code": code.lower()}))
    r.take("without the hyphen", browser.get(page, {"user_code": code.replace("-", "")}))
    r.take("status", browser.get(f"{page}/status"))
    r.take("status with an error", browser.get(f"{page}/status", {"error": "access_denied"}))


def probe_user_code_in_the_form(r):
    realm = r.realm("device")
    browser = realm.browser()
    page = browser.get(f"{realm.issuer}/device")
    r.take("right", browser.submit(page.page.forms[0], device_user_code=ask(realm, TV).json()["user_code"]))


def probe_pkce(r):
    realm, pkce = r.realm("device"), Pkce()
    r.take("required and missing", ask(realm, PROVING))
    r.take("plain instead", ask(realm, PROVING, code_challenge=pkce.verifier, code_challenge_method="plain"))
    begun = ask(realm, PROVING, **pkce.params).json()
    r.take("no verifier while pending", poll(realm, PROVING, begun["device_code"]))
    time.sleep(1.1)
    r.take("wrong verifier while pending", poll(realm, PROVING, begun["device_code"], code_verifier=Pkce().verifier))
    time.sleep(1.1)
    r.take("right verifier while pending", poll(realm, PROVING, begun["device_code"], code_verifier=pkce.verifier))
    begun = ask(realm, TV, **pkce.params).json()
    browser = realm.browser()
    page = to_question(r, browser, begun)
    browser.submit(page.page.forms[0], accept="Yes")
    r.take("wrong verifier", poll(realm, TV, begun["device_code"], code_verifier=Pkce().verifier))
    time.sleep(1.1)
    r.take("right verifier afterwards", poll(realm, TV, begun["device_code"], code_verifier=pkce.verifier))
