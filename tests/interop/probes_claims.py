# SPDX-License-Identifier: Apache-2.0
"""Individual claims (OpenID Connect Core 5.5): which of them the two mappers answer, and where."""

import json

from oidc import Client, callback_of

CALLBACK = "http://localhost:8000/auth"
ASKING = Client("asking", "asking-secret", CALLBACK)
USERINFO_ONLY = Client("userinfo-only", "userinfo-only-secret", CALLBACK)
SILENT = Client("silent", "silent-secret", CALLBACK)
ESSENTIAL = {"essential": True}
STANDARD = ("name", "given_name", "family_name", "preferred_username", "email", "email_verified", "phone_number", "sub")
EVERY = {name: ESSENTIAL for name in STANDARD}


def logged_in(r, browser, client, claims, **changes):
    """The tokens of a login that asks for `claims`, a document or a text; only a browser's first asks for a password."""
    realm = r.realm("claims")
    text = claims if isinstance(claims, str) else json.dumps(claims)
    answer = realm.authorize(browser, client, claims=text, **changes)
    if answer.status == 200:
        answer = browser.submit(answer.page.form("kc-form-login"), username="dora", password="dora-password")
    return realm.code(client, callback_of(answer)["code"])


def everything(r, browser, label, client, claims, **changes):
    """What tokens and userinfo say of a login that asks for `claims`."""
    tokens = r.take(label, logged_in(r, browser, client, claims, **changes))
    r.take(f"{label}: userinfo", r.realm("claims").userinfo(tokens.json()["access_token"]))
    return tokens.json()


def probe_essential_claims(r):
    browser = r.realm("claims").browser()
    everything(r, browser, "of both places", ASKING, {"id_token": EVERY, "userinfo": EVERY})
    everything(r, browser, "of the ID token", ASKING, {"id_token": EVERY})
    everything(r, browser, "of userinfo", ASKING, {"userinfo": EVERY})
    everything(r, browser, "one in each", ASKING, {"id_token": {"email": ESSENTIAL}, "userinfo": {"given_name": ESSENTIAL}})
    everything(r, browser, "with the scope email", ASKING, {"id_token": {"name": ESSENTIAL}}, scope="openid email")
    everything(r, browser, "of a client without a mapper", SILENT, {"id_token": EVERY, "userinfo": EVERY})


def probe_other_ways_to_ask(r):
    browser = r.realm("claims").browser()
    ways = {"null": None, "false": {"essential": False}, "a value": {"value": "x"}, "an empty object": {},
            "a text": {"essential": "true"}, "a number": {"essential": 1}}
    for label, way in ways.items():
        everything(r, browser, label, ASKING, {"id_token": {"name": way, "email": way}, "userinfo": {"name": way}})
    everything(r, browser, "a value and essential", ASKING, {"id_token": {"email": {"essential": True, "value": "other@example.com"}}})
    everything(r, browser, "values and essential", ASKING, {"id_token": {"email": {"essential": True, "values": ["a", "b"]}}})
    everything(r, browser, "unknown members", ASKING, {"id_token": {"email": {"essential": True, "purpose": "x"}}})
    everything(r, browser, "with a language", ASKING, {"id_token": {"name#de": ESSENTIAL}})


def probe_values(r):
    browser = r.realm("claims").browser()
    ways = {"essential": {"essential": True, "value": "urn:intent:1"}, "voluntary": {"value": "urn:intent:2"},
            "essential without a value": ESSENTIAL, "null": None,
            "empty": {"essential": True, "value": ""}, "values alone": {"essential": True, "values": ["a", "b"]}}
    for label, way in ways.items():
        everything(r, browser, label, ASKING, {"id_token": {"intent": way}, "userinfo": {"intent": way}})
    everything(r, browser, "for userinfo", ASKING, {"userinfo": {"intent": ways["essential"]}})
    everything(r, browser, "of another claim", ASKING, {"id_token": {"other": ways["essential"]}})


def probe_mappers_settings(r):
    browser = r.realm("claims").browser()
    everything(r, browser, "userinfo alone", USERINFO_ONLY, {"id_token": EVERY, "userinfo": EVERY})
    everything(r, browser, "a nested claim", USERINFO_ONLY, {"id_token": {"payment.intent": {"essential": True, "value": "urn:intent:3"}}})
    everything(r, browser, "a claim of the provider", USERINFO_ONLY, {"id_token": {"azp": {"essential": True, "value": "somebody"}}})
    everything(r, browser, "values without a mapper", SILENT, {"id_token": {**EVERY, "intent": {"essential": True, "value": "x"}}, "userinfo": EVERY})


def probe_broken(r):
    browser = r.realm("claims").browser()
    texts = {"no JSON": "garbage", "a list": "[]", "a text": '"text"',
             "id_token is a list": '{"id_token":[]}', "id_token is null": '{"id_token":null,"userinfo":{"name":{"essential":true}}}',
             "deeper": '{"other":{"id_token":{"name":{"essential":true}}}}',
             "a claim is a text": '{"id_token":{"name":"essential","email":{"essential":true}}}',
             "twice": '{"id_token":{"email":{"essential":true}},"id_token":{"name":{"essential":true}}}'}
    for label, text in texts.items():
        everything(r, browser, label, ASKING, text)
    filler = {f"claim{i}": None for i in range(400)}
    realm = r.realm("claims")
    r.take("long", realm.authorize(realm.browser(), ASKING, claims=json.dumps({"id_token": {**filler, "name": ESSENTIAL}})))


def probe_how_long(r):
    """A refresh, an offline token, and a second login of the same browser that asks for something else."""
    realm, browser = r.realm("claims"), r.realm("claims").browser()
    asked = {"id_token": {"email": ESSENTIAL, "intent": {"essential": True, "value": "urn:intent:4"}},
             "userinfo": {"given_name": ESSENTIAL}}
    first = everything(r, browser, "login", ASKING, asked)
    refreshed = r.take("refresh", realm.refresh(ASKING, first["refresh_token"])).json()
    r.take("refresh: userinfo", realm.userinfo(refreshed["access_token"]))
    code = callback_of(realm.authorize(browser, ASKING, claims=json.dumps({"userinfo": {"family_name": ESSENTIAL}})))["code"]
    second = r.take("second login", realm.code(ASKING, code)).json()
    r.take("second login: userinfo", realm.userinfo(second["access_token"]))
    r.take("the first after it: userinfo", realm.userinfo(first["access_token"]))
    r.take("the first after it: refresh", realm.refresh(ASKING, first["refresh_token"]))
    code = callback_of(realm.authorize(browser, ASKING))["code"]
    third = r.take("third login without claims", realm.code(ASKING, code)).json()
    r.take("third login: userinfo", realm.userinfo(third["access_token"]))
    offline = everything(r, realm.browser(), "offline", ASKING, asked, scope="openid offline_access")
    r.take("offline: refresh", realm.refresh(ASKING, offline["refresh_token"]))


def probe_other_flows(r):
    realm = r.realm("claims")
    asked = json.dumps({"id_token": {"email": ESSENTIAL, "intent": {"essential": True, "value": "urn:intent:5"}},
                        "userinfo": {"given_name": ESSENTIAL}})
    for types in ("id_token", "id_token token", "code id_token"):
        r.take(types, realm.log_in(realm.browser(), ASKING, "dora", "dora-password", response_type=types, claims=asked))
    form = {"grant_type": "password", "username": "dora", "password": "dora-password", "scope": "openid", "claims": asked}
    tokens = r.take("password", realm.token(form, ASKING)).json()
    r.take("password: userinfo", realm.userinfo(tokens["access_token"]))
    pushed = realm.browser().post(realm.endpoint("ext/par/request"),
                                  {**realm.auth_params(ASKING), "claims": asked}, ASKING.auth).json()
    page = realm.browser()
    query = {"client_id": "asking", "request_uri": pushed["request_uri"]}
    form = page.get(realm.endpoint("auth"), query, follow=True).page  # Keycloak 26 leads to the form by a redirect
    code = callback_of(page.submit(form.form("kc-form-login"), username="dora", password="dora-password"))["code"]
    tokens = r.take("pushed", realm.code(ASKING, code)).json()
    r.take("pushed: userinfo", realm.userinfo(tokens["access_token"]))
