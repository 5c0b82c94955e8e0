# SPDX-License-Identifier: Apache-2.0
"""Client-initiated backchannel authentication (CIBA): its endpoint, what the authentication channel is asked and may
answer, and polling for tokens."""

import json
import time

from authentication_channel import CALLBACK, answer
from ciba import PROBED_KEY, ask, poll
from oidc import Client

BANK, OTHER, PINGED, SIGNING, ASKING, OFF = (
    Client(name, f"{name}-secret") for name in ("bank", "other", "pinged", "signing", "asking", "off")
)
OPEN = Client("open")
PATH = "ext/ciba/auth"
NOTE = "note-of-twenty-characters"


def begin(r, client=BANK, realm="ciba", **more):
    """Asks, and says what the channel was asked; returns (auth_req_id, the channel's token)."""
    r.channel.forget()
    begun = r.take("asked", ask(r.realm(realm), client, **more))
    asked = r.channel.asked()
    r.take_asked("the channel is asked", asked)
    return begun.json()["auth_req_id"], asked.token


def begin_quietly(r, client=BANK, realm="ciba", **more):
    r.channel.forget()
    begun = ask(r.realm(realm), client, **more)
    return begun.json()["auth_req_id"], r.channel.asked().token


def probe_refused(r):
    realm = r.realm("ciba")
    url = realm.endpoint(PATH)
    r.take("not enabled", ask(realm, OFF))
    r.take("no client", realm.browser().post(url, {"scope": "openid", "login_hint": "carol"}))
    r.take("wrong secret", ask(realm, Client("bank", "wrong")))
    r.take("unknown client", ask(realm, Client("nobody", "wrong")))
    r.take("no scope", ask(realm, scope=None))
    r.take("unknown scope", ask(realm, scope="openid nothing"))
    r.take("no hint", ask(realm, login_hint=None))
    r.take("empty hint", ask(realm, login_hint=""))
    r.take("unknown user", ask(realm, login_hint="nobody"))
    r.take("disabled user", ask(realm, login_hint="gone"))
    r.take("another hint", ask(realm, login_hint=None, id_token_hint="e30.e30.AA"))
    r.take("hint token", ask(realm, login_hint=None, login_hint_token="e30.e30.AA"))
    r.take("binding message with spaces", ask(realm, binding_message="pay to me"))
    r.take("binding message too long", ask(realm, binding_message="a" * 51))
    r.take("empty binding message", ask(realm, binding_message=""))
    r.take("user code", ask(realm, user_code="1234"))
    r.take("notification token while polling", ask(realm, client_notification_token=NOTE))
    r.take("expiry that is no number", ask(realm, requested_expiry="soon"))
    r.take("scope twice", realm.browser().request("POST", url,
        b"client_id=bank&client_secret=bank-secret&scope=openid&scope=email&login_hint=carol",
        {"Content-Type": "application/x-www-form-urlencoded"}))
    r.take("request by reference", ask(realm, request_uri="http://localhost:8000/request"))
    r.take("unsigned request", ask(realm, request="eyJhbGciOiJub25lIn0.e30."))
    r.take("GET", realm.browser().get(url))


def probe_refused_ping(r):
    realm = r.realm("ciba")
    r.take("no token", ask(realm, PINGED))
    r.take("token too long", ask(realm, PINGED, client_notification_token="n" * 1025))


def probe_granted(r):
    realm = r.realm("ciba")
    request, token = begin(r, binding_message="pay-1234")
    r.take("pending", poll(realm, BANK, request))
    r.take("at once again", poll(realm, BANK, request))
    r.take("by another client", poll(realm, OTHER, request))
    r.take("approved", answer(realm, token))
    r.take("answered again", answer(realm, token))
    time.sleep(1.1)
    r.take("tokens in spite of it", poll(realm, BANK, request))


def probe_tokens(r):
    realm = r.realm("ciba")
    request, token = begin_quietly(r)
    answer(realm, token)
    tokens = r.take("tokens", poll(realm, BANK, request)).json()
    r.take("taken again", poll(realm, BANK, request))
    r.take("refresh", realm.refresh(BANK, tokens["refresh_token"]))
    r.take("userinfo", realm.userinfo(tokens["access_token"]))


def probe_scopes(r):
    realm = r.realm("ciba")
    request, token = begin(r, scope="openid address", acr_values="1", requested_expiry="30")
    answer(realm, token)
    r.take("tokens", poll(realm, BANK, request))
    request, token = begin_quietly(r, scope="email")
    answer(realm, token)
    r.take("without openid", poll(realm, BANK, request))
    request, token = begin_quietly(r, scope="openid offline_access")
    answer(realm, token)
    r.take("offline access", poll(realm, BANK, request))


def probe_by_address(r):
    begin(r, login_hint="carol@example.com")


def probe_public_client(r):
    begin(r, OPEN)


def probe_consent(r):
    realm = r.realm("ciba")
    request, token = begin(r, ASKING)
    answer(realm, token)
    r.take("tokens", poll(realm, ASKING, request))


def probe_denied(r):
    realm = r.realm("ciba")
    for status in ("UNAUTHORIZED", "CANCELLED"):
        request, token = begin_quietly(r)
        r.take(status, answer(realm, token, status))
        r.take(f"tokens after {status}", poll(realm, BANK, request))
        time.sleep(1.1)
        r.take(f"again after {status}", poll(realm, BANK, request))


def probe_not_ready(r):
    realm = r.realm("ciba")
    request, token = begin_quietly(r, login_hint="unready")
    answer(realm, token)
    r.take("tokens", poll(realm, BANK, request))


def probe_channel_answers(r):
    realm = r.realm("ciba")
    _, token = begin_quietly(r)
    url = realm.endpoint(CALLBACK)
    r.take("no token", answer(realm, None))
    r.take("garbage", answer(realm, "garbage"))
    r.take("access token", answer(realm, realm.password(BANK, "carol", "carol-password").json()["access_token"]))
    r.take("another realm", answer(r.realm("ciba-hint"), token))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    r.take("no status", realm.browser().request("POST", url, b"{}", headers))
    r.take("unknown status", answer(realm, token, "MAYBE"))
    r.take("no JSON", realm.browser().request("POST", url, b"status", headers))
    r.take("empty", realm.browser().request("POST", url, b"", headers))
    r.take("a form", realm.browser().post(url, {"status": "SUCCEED"}, {"Authorization": f"Bearer {token}"}))
    r.take("more members", answer(realm, token, additionalParams={"a": "b"}, more=1))
    r.take("GET", realm.browser().get(url))


def probe_channel_refuses(r):
    realm = r.realm("ciba")
    for status in (200, 401, 500):
        r.channel.status = status
        try:
            r.take(f"the channel answers {status}", ask(realm))
        finally:
            r.channel.status = 201
        r.channel.asked()


def probe_polling(r):
    realm = r.realm("ciba")
    grant = "urn:openid:params:grant-type:ciba"
    r.take("no auth_req_id", realm.token({"grant_type": grant}, BANK))
    r.take("empty", poll(realm, BANK, ""))
    r.take("garbage", poll(realm, BANK, "garbage"))
    r.take("client without the grant", poll(realm, OFF, "garbage"))
    r.take("no auth_req_id, client without the grant", realm.token({"grant_type": grant}, OFF))
    r.take("wrong secret", poll(realm, Client("bank", "wrong"), "garbage"))
    request, _ = begin_quietly(r)
    r.take("in another realm", poll(r.realm("ciba-hint"), BANK, request))
    device = "urn:ietf:params:oauth:grant-type:device_code"
    r.take("as a device code", realm.token({"grant_type": device, "device_code": request}, BANK))


def probe_hint_of_a_token(r):
    realm = r.realm("ciba-hint")
    hint = realm.password(BANK, "carol", "carol-password").json()["id_token"]
    r.take("no hint", ask(realm, login_hint=None))
    r.take("login hint instead", ask(realm))
    r.take("garbage", ask(realm, login_hint=None, id_token_hint="e30.e30.AA"))
    r.take("right", ask(realm, login_hint=None, id_token_hint=hint))


def signed(realm, **changes):
    now = int(time.time())
    claims = {
        "iss": "signing", "aud": realm.issuer, "iat": now, "nbf": now, "exp": now + 60, "jti": f"id-{time.time_ns()}",
        "scope": "openid", "login_hint": "carol", **changes,
    }
    return PROBED_KEY.token({"alg": "ES256", "kid": "signing"}, {k: v for k, v in claims.items() if v is not None})


def ask_signed(realm, client=SIGNING, outside=None, **changes):
    return ask(realm, client, scope=None, login_hint=None, request=signed(realm, **changes), **(outside or {}))


def probe_signed(r):
    realm = r.realm("ciba")
    r.channel.forget()
    r.take("asked", ask_signed(realm, binding_message="signed-1"))
    r.take_asked("the channel is asked", r.channel.asked())
    r.take("unknown user", ask_signed(realm, login_hint="nobody"))
    r.take("of a client without keys", ask_signed(realm, BANK))
    good = signed(realm)
    r.take("tampered", ask(realm, SIGNING, scope=None, login_hint=None, request=good[:-6] + "AAAAAA"))
    r.take("garbage", ask(realm, SIGNING, scope=None, login_hint=None, request="garbage"))
