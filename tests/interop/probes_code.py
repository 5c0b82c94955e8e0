# SPDX-License-Identifier: Apache-2.0
"""The authorization code at the token endpoint: PKCE, redirect URI, other clients, reuse, expiry."""

import time

from observe import CALLBACK, ITEMS_DOCS, MYAPI, OTHER, SPA, WEB
from oidc import Pkce, callback_of


def fresh_code(realm, client, user="alice", password="alice-password", pkce=None, **changes):
    answer = realm.log_in(realm.browser(), client, user, password, pkce, **changes)
    return callback_of(answer)["code"]


def probe_exchange(r):
    realm, pkce = r.realm(), Pkce()
    browser = realm.browser()
    r.take("redirect with the code", realm.log_in(browser, MYAPI, "alice", "alice-password", pkce))
    code = callback_of(r.taken[-1][1])["code"]
    r.take("tokens", realm.code(MYAPI, code, pkce))
    docs = Pkce()
    code = fresh_code(realm, ITEMS_DOCS, pkce=docs)
    r.take("public client", realm.code(ITEMS_DOCS, code, docs))
    code = fresh_code(realm, MYAPI, nonce=None, scope=None, state=None)
    r.take("no scope, no nonce, no state", realm.code(MYAPI, code))
    code = fresh_code(realm, MYAPI, scope="openid offline_access")
    r.take("offline access", realm.code(MYAPI, code))


def probe_second_client_of_one_session(r):
    realm, pkce = r.realm(), Pkce()
    browser = realm.browser()
    realm.code_login(MYAPI, "alice", "alice-password", browser=browser)
    r.take("redirect without a login form", realm.authorize(browser, ITEMS_DOCS, pkce))
    r.take("tokens", realm.code(ITEMS_DOCS, callback_of(r.taken[-1][1])["code"], pkce))
    r.take("same client again", realm.authorize(browser, MYAPI))
    r.take("tokens again", realm.code(MYAPI, callback_of(r.taken[-1][1])["code"]))


def probe_refused(r):
    realm = r.realm()
    r.take("no code", realm.token({"grant_type": "authorization_code", "redirect_uri": CALLBACK}, MYAPI))
    r.take("empty code", realm.code(MYAPI, ""))
    r.take("garbage", realm.code(MYAPI, "garbage"))
    r.take("three unknown ids", realm.code(
        MYAPI, ".".join(["00000000-0000-4000-8000-000000000000"] * 3)))
    code = fresh_code(realm, MYAPI)
    r.take("other redirect_uri", realm.code(MYAPI, code, redirect_uri=CALLBACK + "/other"))
    r.take("same code with the right one", realm.code(MYAPI, code))
    code = fresh_code(realm, MYAPI)
    r.take("no redirect_uri", realm.token({"grant_type": "authorization_code", "code": code}, MYAPI))
    code = fresh_code(realm, MYAPI)
    r.take("wrong secret", realm.token(
        {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
         "client_id": "myapi", "client_secret": "wrong"}))
    r.take("same code with the right secret", realm.code(MYAPI, code))


def probe_code_of_another_client(r):
    realm = r.realm("probe")
    code = fresh_code(realm, WEB, "carol", "carol-password")
    r.take("confidential client with a stolen code", realm.code(OTHER, code))
    r.take("its owner afterwards", realm.code(WEB, code))
    pkce = Pkce()
    code = fresh_code(realm, SPA, "carol", "carol-password", pkce)
    r.take("public client's code at another client", realm.code(OTHER, code, pkce))


def probe_pkce(r):
    realm = r.realm()
    pkce = Pkce()
    r.take("no verifier", realm.code(MYAPI, fresh_code(realm, MYAPI, pkce=pkce)))
    code = fresh_code(realm, MYAPI, pkce=pkce)
    r.take("wrong verifier", realm.code(MYAPI, code, Pkce()))
    r.take("right verifier after the wrong one", realm.code(MYAPI, code, pkce))
    r.take("verifier without a challenge", realm.code(MYAPI, fresh_code(realm, MYAPI), Pkce()))
    short = Pkce()
    short.verifier = "short"
    r.take("verifier too short", realm.code(MYAPI, fresh_code(realm, MYAPI, pkce=pkce), short))
    plain = {"code_challenge": pkce.verifier, "code_challenge_method": "plain"}
    r.take("plain", realm.code(MYAPI, fresh_code(realm, MYAPI, **plain), pkce))
    unnamed = {"code_challenge": pkce.verifier}
    r.take("no method", realm.code(MYAPI, fresh_code(realm, MYAPI, **unnamed), pkce))


def probe_reuse(r):
    realm = r.realm()
    code = fresh_code(realm, MYAPI)
    first = realm.code(MYAPI, code).json()
    r.take("second use", realm.code(MYAPI, code))
    r.take("third use", realm.code(MYAPI, code))
    r.take("refresh token of the first use", realm.refresh(MYAPI, first["refresh_token"]))
    r.take("userinfo with the access token of the first use", realm.userinfo(first["access_token"]))
    r.take("introspection of it", realm.browser().post(
        realm.endpoint("token/introspect"), {"token": first["access_token"]}, MYAPI.auth))


def probe_reuse_leaves_other_clients(r):
    realm, pkce = r.realm(), Pkce()
    browser = realm.browser()
    callback, _ = realm.code_login(MYAPI, "alice", "alice-password", browser=browser)
    docs_code = callback_of(realm.authorize(browser, ITEMS_DOCS, pkce))["code"]
    docs = realm.code(ITEMS_DOCS, docs_code, pkce).json()
    r.take("code used again", realm.code(MYAPI, callback["code"]))
    r.take("refresh token of the other client", realm.refresh(ITEMS_DOCS, docs["refresh_token"]))
    r.take("browser's session", realm.authorize(browser, MYAPI, prompt="none"))


def probe_expired(r):
    realm = r.realm("brief")
    code = fresh_code(realm, WEB, "carol", "carol-password")
    time.sleep(2.5)
    r.take("two seconds after a code of one", realm.code(WEB, code))


def probe_after_logout(r):
    realm = r.realm()
    browser = realm.browser()
    _, tokens = realm.code_login(MYAPI, "alice", "alice-password", browser=browser)
    code = callback_of(realm.authorize(browser, MYAPI))["code"]
    browser.get(realm.endpoint("logout"), {"id_token_hint": tokens.json()["id_token"]})
    r.take("code of an ended session", realm.code(MYAPI, code))
