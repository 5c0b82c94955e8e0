# SPDX-License-Identifier: Apache-2.0
"""The refresh grant: what comes back, what is refused, rotation and reuse, lifetimes."""

import time

from observe import ITEMS_DOCS, MYAPI, OTHER, WEB
from oidc import Pkce


def granted(realm, client=MYAPI, user="alice", password="alice-password", scope="openid"):
    answer = realm.password(client, user, password, scope)
    assert answer.status == 200, answer.text
    return answer.json()


def probe_refresh(r):
    realm = r.realm()
    tokens = granted(realm)
    r.take("first", realm.refresh(MYAPI, tokens["refresh_token"]))
    second = r.taken[-1][1].json()
    r.take("with the new token", realm.refresh(MYAPI, second["refresh_token"]))
    r.take("the first token again", realm.refresh(MYAPI, tokens["refresh_token"]))
    r.take("narrower scope", realm.refresh(MYAPI, tokens["refresh_token"], scope="openid"))
    r.take("wider scope", realm.refresh(MYAPI, tokens["refresh_token"], scope="openid phone"))
    r.take("unknown scope", realm.refresh(MYAPI, tokens["refresh_token"], scope="nonsense"))


def probe_refresh_of_a_browser_login(r):
    realm, pkce = r.realm(), Pkce()
    _, tokens = realm.code_login(ITEMS_DOCS, "alice", "alice-password", pkce)
    r.take("public client", realm.refresh(ITEMS_DOCS, tokens.json()["refresh_token"]))


def probe_refresh_without_openid(r):
    realm = r.realm()
    tokens = granted(realm, scope="email")
    r.take("no id token", realm.refresh(MYAPI, tokens["refresh_token"]))


def probe_offline(r):
    realm = r.realm()
    tokens = granted(realm, scope="openid offline_access")
    r.take("refresh", realm.refresh(MYAPI, tokens["refresh_token"]))


def probe_refused(r):
    realm = r.realm()
    tokens = granted(realm)
    r.take("no token", realm.token({"grant_type": "refresh_token"}, MYAPI))
    r.take("empty", realm.refresh(MYAPI, ""))
    r.take("garbage", realm.refresh(MYAPI, "garbage"))
    r.take("three parts of garbage", realm.refresh(MYAPI, "a.b.c"))
    r.take("access token", realm.refresh(MYAPI, tokens["access_token"]))
    r.take("id token", realm.refresh(MYAPI, tokens["id_token"]))
    head, claims, signature = tokens["refresh_token"].split(".")
    tampered = ("A" if signature[0] != "A" else "B") + signature[1:]
    r.take("tampered signature", realm.refresh(MYAPI, f"{head}.{claims}.{tampered}"))
    r.take("other client", realm.refresh(ITEMS_DOCS, tokens["refresh_token"]))
    foreign = granted(r.realm("probe"), WEB, "carol", "carol-password")
    r.take("other realm", realm.refresh(MYAPI, foreign["refresh_token"]))
    r.take("other confidential client", r.realm("probe").refresh(OTHER, foreign["refresh_token"]))


def probe_rotation(r):
    """revokeRefreshToken with refreshTokenMaxReuse 0."""
    realm = r.realm("rotating")
    first = granted(realm, WEB, "carol", "carol-password")
    r.take("first", realm.refresh(WEB, first["refresh_token"]))
    second = r.taken[-1][1].json()
    r.take("used again", realm.refresh(WEB, first["refresh_token"]))
    r.take("the newer one after that", realm.refresh(WEB, second["refresh_token"]))
    r.take("userinfo with the newer access token", realm.userinfo(second["access_token"]))


def probe_session_ends(r):
    """accessTokenLifespan 2 and ssoSessionMaxLifespan 12."""
    realm = r.realm("brief")
    began = time.monotonic()
    tokens = r.take("grant", realm.password(WEB, "carol", "carol-password")).json()
    time.sleep(3)
    r.take("userinfo with an expired token", realm.userinfo(tokens["access_token"]))
    r.take("introspection of an expired token", realm.browser().post(
        realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, WEB.auth))
    # What is left of the session depends on the machine's speed: neither the refresh itself nor a
    # token that came of it is compared.
    second = realm.refresh(WEB, tokens["refresh_token"]).json()
    r.take("userinfo after a refresh", realm.userinfo(second["access_token"]))
    time.sleep(max(0, began + 14 - time.monotonic()))
    r.take("refresh after the session's end", realm.refresh(WEB, tokens["refresh_token"]))
    r.take("introspection of the refresh token", realm.browser().post(
        realm.endpoint("token/introspect"), {"token": tokens["refresh_token"]}, WEB.auth))
