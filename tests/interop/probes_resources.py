# SPDX-License-Identifier: Apache-2.0
"""Endpoints that take a token: userinfo, introspection, revocation."""

from observe import ITEMS_DOCS, MAPPED, MYAPI, OTHER, WEB
from oidc import Pkce, callback_of
from web import Browser, basic, bearer


def granted(realm, scope="openid", client=MYAPI, user="alice", password="alice-password"):
    answer = realm.password(client, user, password, scope)
    assert answer.status == 200, answer.text
    return answer.json()


def broken(token):
    head, claims, signature = token.split(".")
    return ".".join((head, claims, ("A" if signature[0] != "A" else "B") + signature[1:]))


def probe_userinfo(r):
    realm = r.realm()
    url = realm.endpoint("userinfo")
    tokens = granted(realm)
    token = tokens["access_token"]
    r.take("GET", realm.userinfo(token))
    r.take("POST", Browser().post(url, None, bearer(token)))
    r.take("POST with a form token", Browser().post(url, {"access_token": token}))
    r.take("GET asking for a JWT", Browser().get(url, headers={**bearer(token), "Accept": "application/jwt"}))
    r.take("lower-case scheme", Browser().get(url, headers={"Authorization": "bearer " + token}))
    r.take("registered origin", Browser().get(url, headers={**bearer(token), "Origin": "http://localhost:8000"}))
    r.take("other origin", Browser().get(url, headers={**bearer(token), "Origin": "http://elsewhere.example"}))
    r.take("mapped claims", r.realm("probe").userinfo(
        granted(r.realm("probe"), "openid", MAPPED, "carol", "carol-password")["access_token"]))
    r.take("service account with openid", realm.userinfo(
        realm.client_credentials(MYAPI, "openid").json()["access_token"]))


def probe_userinfo_refused(r):
    realm = r.realm()
    url = realm.endpoint("userinfo")
    tokens = granted(realm)
    token = tokens["access_token"]
    r.take("no token", Browser().get(url))
    r.take("empty", Browser().get(url, headers={"Authorization": "Bearer "}))
    r.take("garbage", realm.userinfo("garbage"))
    r.take("tampered", realm.userinfo(broken(token)))
    r.take("other scheme", Browser().get(url, headers=basic("alice", "alice-password")))
    r.take("id token", realm.userinfo(tokens["id_token"]))
    r.take("refresh token", realm.userinfo(tokens["refresh_token"]))
    r.take("without openid", realm.userinfo(granted(realm, "email")["access_token"]))
    r.take("service account without openid", realm.userinfo(
        realm.client_credentials(MYAPI).json()["access_token"]))
    r.take("of another realm", r.realm("probe").userinfo(token))
    r.take("in the query", Browser().get(url, {"access_token": token}))
    r.take("header and form", Browser().post(url, {"access_token": token}, bearer(token)))
    r.take("no token, registered origin", Browser().get(url, headers={"Origin": "http://localhost:8000"}))


def probe_introspection(r):
    realm = r.realm()
    url = realm.endpoint("token/introspect")
    tokens = granted(realm)
    for kind in ("access_token", "refresh_token", "id_token"):
        r.take(kind, Browser().post(url, {"token": tokens[kind]}, MYAPI.auth))
        r.take(f"{kind} with its hint", Browser().post(
            url, {"token": tokens[kind], "token_type_hint": kind}, MYAPI.auth))
    r.take("secret in the form", Browser().post(url, {"token": tokens["access_token"], **MYAPI.form}))
    r.take("service account", Browser().post(
        url, {"token": realm.client_credentials(MYAPI).json()["access_token"]}, MYAPI.auth))
    r.take("asking for a JWT", Browser().post(
        url, {"token": tokens["access_token"]}, {**MYAPI.auth, "Accept": "application/jwt"}))


def probe_introspection_refused(r):
    realm, probe = r.realm(), r.realm("probe")
    url = realm.endpoint("token/introspect")
    token = granted(realm)["access_token"]
    r.take("garbage", Browser().post(url, {"token": "garbage"}, MYAPI.auth))
    r.take("tampered", Browser().post(url, {"token": broken(token)}, MYAPI.auth))
    r.take("no token", Browser().post(url, {}, MYAPI.auth))
    r.take("empty token", Browser().post(url, {"token": ""}, MYAPI.auth))
    r.take("no client", Browser().post(url, {"token": token}))
    r.take("wrong secret", Browser().post(url, {"token": token}, basic("myapi", "wrong")))
    r.take("unknown client", Browser().post(url, {"token": token}, basic("nobody", "x")))
    r.take("public client", Browser().post(url, {"token": token, **ITEMS_DOCS.form}))
    r.take("of another realm", Browser().post(probe.endpoint("token/introspect"), {"token": token}, WEB.auth))
    r.take("client that is not in its audience", Browser().post(
        probe.endpoint("token/introspect"),
        {"token": granted(probe, "openid", WEB, "carol", "carol-password")["access_token"]}, OTHER.auth))
    r.take("GET", Browser().get(url, {"token": token}, MYAPI.auth))
    r.take("repeated token", Browser().post(url, [("token", token), ("token", token)], MYAPI.auth))


def probe_revocation(r):
    realm = r.realm()
    url = realm.endpoint("revoke")
    tokens = granted(realm)
    r.take("refresh token", Browser().post(url, {"token": tokens["refresh_token"]}, MYAPI.auth))
    r.take("refresh afterwards", realm.refresh(MYAPI, tokens["refresh_token"]))
    r.take("userinfo afterwards", realm.userinfo(tokens["access_token"]))
    r.take("the same again", Browser().post(url, {"token": tokens["refresh_token"]}, MYAPI.auth))
    tokens = granted(realm)
    r.take("access token", Browser().post(url, {"token": tokens["access_token"]}, MYAPI.auth))
    r.take("its userinfo", realm.userinfo(tokens["access_token"]))
    r.take("its introspection", Browser().post(
        realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, MYAPI.auth))
    r.take("its refresh token", realm.refresh(MYAPI, tokens["refresh_token"]))
    tokens = granted(realm)
    r.take("id token", Browser().post(url, {"token": tokens["id_token"]}, MYAPI.auth))
    r.take("with a wrong hint", Browser().post(
        url, {"token": tokens["refresh_token"], "token_type_hint": "access_token"}, MYAPI.auth))


def probe_revocation_in_a_shared_session(r):
    """Two clients in one login: what the one revokes leaves the other's tokens and the login alone."""
    realm, browser, pkce = r.realm(), Browser(), Pkce()
    url = realm.endpoint("revoke")
    _, first = realm.code_login(MYAPI, "alice", "alice-password", browser=browser)
    second = realm.code(ITEMS_DOCS, callback_of(realm.authorize(browser, ITEMS_DOCS, pkce))["code"], pkce)
    token, other = (answer.json()["refresh_token"] for answer in (first, second))
    r.take("refresh token", Browser().post(url, {"token": token}, MYAPI.auth))
    r.take("refresh afterwards", realm.refresh(MYAPI, token))
    r.take("the other client's refresh", realm.refresh(ITEMS_DOCS, other))
    r.take("prompt=none", realm.authorize(browser, ITEMS_DOCS, pkce, prompt="none"))
    r.take("the last client's refresh token", Browser().post(url, {"token": other, **ITEMS_DOCS.form}))
    r.take("prompt=none then", realm.authorize(browser, ITEMS_DOCS, pkce, prompt="none"))


def probe_revocation_refused(r):
    realm, probe = r.realm(), r.realm("probe")
    url = realm.endpoint("revoke")
    tokens = granted(realm)
    r.take("no token", Browser().post(url, {}, MYAPI.auth))
    r.take("garbage", Browser().post(url, {"token": "garbage"}, MYAPI.auth))
    r.take("tampered", Browser().post(url, {"token": broken(tokens["access_token"])}, MYAPI.auth))
    r.take("no client", Browser().post(url, {"token": tokens["refresh_token"]}))
    r.take("wrong secret", Browser().post(url, {"token": tokens["refresh_token"]}, basic("myapi", "wrong")))
    r.take("public client", Browser().post(url, {"token": tokens["refresh_token"], **ITEMS_DOCS.form}))
    r.take("other client", Browser().post(
        probe.endpoint("revoke"),
        {"token": granted(probe, "openid", WEB, "carol", "carol-password")["refresh_token"]}, OTHER.auth))
    r.take("unsupported hint", Browser().post(
        url, {"token": tokens["refresh_token"], "token_type_hint": "id_token"}, MYAPI.auth))
    r.take("GET", Browser().get(url, {"token": tokens["refresh_token"]}, MYAPI.auth))
