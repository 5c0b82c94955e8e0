# SPDX-License-Identifier: Apache-2.0
"""Every parameter of every endpoint missing, twice, oversize, badly encoded, or of another kind: a refusal that is one, nothing
half-issued, and never a 5xx."""

import itertools
import json
import urllib.parse

import pytest
from authentication_channel import CHANNEL_OPTION, AuthenticationChannel
from oidc import Client, Pkce, callback_of
from programs import Provider
from web import Browser, basic, bearer, fragment_of, query_of

CALLBACK = "http://localhost:8000/auth"
APP = Client("app", "app-secret", CALLBACK)
CAROL = ("carol", "carol-password")
GRANTS = "urn:ietf:params:oauth:grant-type:"
TOKEN_TYPES = "urn:ietf:params:oauth:token-type:"
ACCESS = f"{TOKEN_TYPES}access_token"
FORM = "application/x-www-form-urlencoded"
GRANTED = {f"{grant}.enabled": "true" for grant in ("oauth2.device.authorization.grant", "oidc.ciba.grant", "standard.token.exchange")}
GRANTED |= {"identity.assertion.audiences": "https://chat.example", "identity.assertion.scopes": "chat.read"}
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        {
            **{"clientId": "app", "secret": "app-secret", "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
            **{"serviceAccountsEnabled": True, "attributes": {**GRANTED, "oauth2.jwt.authorization.grant.enabled": "true"}},
        }
    ],
    "users": [
        {
            **{"username": "carol", "enabled": True, "email": "carol@example.org", "firstName": "C", "lastName": "C"},
            "credentials": [{"type": "password", "value": CAROL[1]}],
        }
    ],
}


@pytest.fixture(scope="module")
def realm(work):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    with AuthenticationChannel() as channel, Provider([file], work / "bad", arguments=[CHANNEL_OPTION, channel.uri]) as provider:
        yield provider.realm("shop")


def code_of(realm, pkce):
    return callback_of(realm.log_in(Browser(), APP, *CAROL, pkce))["code"]


def tokens(realm):
    return realm.password(APP, *CAROL).json()


PKCE = Pkce()
# {what is asked: (path, a good form, what comes of it when it is good, the parameters that may be left out)}
ASKED = {
    "client credentials": ("token", lambda r: {"grant_type": "client_credentials", "scope": "email"}, 200, {"scope"}),
    "password": ("token", lambda r: {"grant_type": "password", "username": CAROL[0], "password": CAROL[1], "scope": "openid"}, 200, {"scope"}),
    "code": ("token", lambda r: {"grant_type": "authorization_code", "code": code_of(r, PKCE), "redirect_uri": CALLBACK, "code_verifier": PKCE.verifier}, 200, set()),
    "refresh": ("token", lambda r: {"grant_type": "refresh_token", "refresh_token": tokens(r)["refresh_token"], "scope": "openid"}, 200, {"scope"}),
    "exchange": ("token", lambda r: {"grant_type": f"{GRANTS}token-exchange", "subject_token": tokens(r)["access_token"], "subject_token_type": ACCESS, "scope": "email"}, 200, {"scope"}),
    "identity assertion": ("token", lambda r: {"grant_type": f"{GRANTS}token-exchange", "requested_token_type": f"{TOKEN_TYPES}id-jag", "audience": "https://chat.example", "subject_token": tokens(r)["id_token"], "subject_token_type": f"{TOKEN_TYPES}id_token", "scope": "chat.read"}, 200, {"scope"}),
    "device code": ("token", lambda r: {"grant_type": f"{GRANTS}device_code", "device_code": "x"}, 400, set()),
    "auth_req_id": ("token", lambda r: {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": "x"}, 400, set()),
    "assertion": ("token", lambda r: {"grant_type": f"{GRANTS}jwt-bearer", "assertion": "x", "scope": "email"}, 400, set()),
    "device": ("auth/device", lambda r: {"scope": "openid", "code_challenge": PKCE.challenge, "code_challenge_method": "S256"}, 200, {"scope", "code_challenge", "code_challenge_method"}),
    "backchannel": ("ext/ciba/auth", lambda r: {"scope": "openid", "login_hint": "carol", "binding_message": "pay-1", "requested_expiry": "60"}, 200, {"binding_message", "requested_expiry"}),
    "pushed": ("ext/par/request", lambda r: {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid", "state": "s", "nonce": "n", "max_age": "60"}, 201, {"scope", "state", "nonce", "max_age"}),
    "introspection": ("token/introspect", lambda r: {"token": tokens(r)["access_token"], "token_type_hint": "access_token"}, 200, {"token_type_hint"}),
    "revocation": ("revoke", lambda r: {"token": tokens(r)["refresh_token"], "token_type_hint": "refresh_token"}, 200, {"token_type_hint"}),
    "logout": ("logout", lambda r: {"refresh_token": tokens(r)["refresh_token"]}, 204, {"refresh_token"}),
}  # fmt: skip
NEITHER = {"introspection", "revocation"}  # which say 200 of what is no token
BROKEN = ("%ff%fe", "a%00b", "%zz", "%", "%e2%28%a1", "%F0%80%80%80")
ODD = ("", " ", "[]", "{}", "0", "-1", "99999999999999999999", "null", "\u202e", "\U0001f511", "'\"><script>", "../../x", "x\r\nX-Y: z")


def sent(realm, path, body, content_type=FORM):
    headers = {**basic(APP.client_id, APP.secret), "Content-Type": content_type}
    return Browser().request("POST", realm.endpoint(path), body if isinstance(body, bytes) else body.encode(), headers)


def bodies(form, name):
    """What becomes of one parameter: (how, body)."""
    rest = urllib.parse.urlencode({key: value for key, value in form.items() if key != name})
    here = urllib.parse.quote(name)
    whole = urllib.parse.urlencode(form)
    yield "missing", rest
    yield "twice", f"{whole}&{here}={urllib.parse.quote(form[name])}"
    yield "twice, otherwise", f"{here}=x&{whole}"
    yield "a list", f"{rest}&{here}[]=x&{here}[0]=y"
    for size in (9000, 100_000):
        yield f"of {size} bytes", f"{rest}&{here}={'a' * size}"
    for value in BROKEN:
        yield f"as {value}", f"{rest}&{here}={value}"
    for value in ODD:
        yield f"as {value!r}", f"{rest}&{here}={urllib.parse.quote(value)}"


def is_refusal(answer):
    page = (answer.header("Content-Type") or "").startswith("text/html")
    if answer.status == 413 or (answer.status == 400 and page):  # before anybody has read it, or for a person
        return True
    if not 400 <= answer.status < 500 or not answer.header("Content-Type").startswith("application/json"):
        return False
    body = answer.json()
    return isinstance(body.get("error"), str) and not {"access_token", "refresh_token", "id_token", "request_uri", "device_code", "auth_req_id"} & set(body)


@pytest.mark.parametrize("asked", ASKED)
def test_each_parameter_of_a_post(realm, asked):
    path, good, status, optional = ASKED[asked]
    answer = sent(realm, path, urllib.parse.urlencode(good(realm)))
    assert answer.status == status, answer.text
    form = good(realm)
    spent = asked in ("code", "logout")  # what is bad is asked with what is spent: nothing good may come of either
    wrong = []
    for name in form:
        for how, body in bodies(form, name):
            answer = sent(realm, path, body)
            harmless = name in optional or asked in NEITHER or (asked == "password" and name == "scope")
            if how.startswith("twice") or how.startswith("as %"):
                good_enough = is_refusal(answer) or how in ("as %zz", "as %")
            elif how == "missing":
                good_enough = is_refusal(answer) if name not in optional else answer.status < 500
            else:
                good_enough = is_refusal(answer) or (harmless and answer.status < 400) or (spent and answer.status < 400 and name == "refresh_token" and how == "a list")
            if answer.status >= 500 or not good_enough:
                wrong.append((name, how, answer.status, answer.text[:150]))
    assert not wrong, "\n".join(map(str, wrong))


QUERY = {"client_id": "app", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s", "nonce": "n",
         "response_mode": "query", "prompt": "login", "max_age": "60", "login_hint": "carol", "acr_values": "1", "ui_locales": "en", "claims": "{}",
         "code_challenge": PKCE.challenge, "code_challenge_method": "S256", "dpop_jkt": "a" * 43, "id_token_hint": "x", "resource": "urn:x"}  # fmt: skip


@pytest.mark.parametrize("path", ["auth", "logout"])
def test_each_parameter_of_a_browser(realm, path):
    """Pages, or errors at the redirect URI that is registered, and nowhere else."""
    good = QUERY if path == "auth" else {"id_token_hint": tokens(realm)["id_token"], "post_logout_redirect_uri": CALLBACK, "state": "s", "client_id": "app"}
    wrong = []
    for name in good:
        for how, query in bodies(good, name):
            answer = Browser().get(f"{realm.endpoint(path)}?{query}")
            to = answer.location or CALLBACK
            told = {**query_of(to), **fragment_of(to)} if answer.location else {}
            if answer.status >= 500 or not (to == CALLBACK or to.startswith((f"{CALLBACK}?", f"{CALLBACK}#", realm.issuer + "/"))) or "code" in told:
                wrong.append((name, how, answer.status, answer.location))
    assert not wrong, "\n".join(map(str, wrong))


BODIES = (b"", b"{}", b"[1]", b'{"grant_type":"client_credentials"}', b"\xff\xfe", b"=", b"&&&", b"a" * 300_000, b"grant_type", b"token=%")
TYPES = (FORM, "application/json", "multipart/form-data; boundary=x", "text/plain", "", f"{FORM};charset=utf-16")


@pytest.mark.parametrize("path", sorted({path for path, *_ in ASKED.values()}))
def test_bodies_of_another_kind(realm, path):
    wrong = []
    for body, content_type in itertools.product(BODIES, TYPES):
        answer = sent(realm, path, body, content_type)
        nothing_needed = path in ("auth/device", "logout")  # who proves who it is may ask with nothing else
        if not is_refusal(answer) and not (nothing_needed and answer.status == 200):
            wrong.append((body[:40], content_type, answer.status, answer.text[:150]))
    assert not wrong, "\n".join(map(str, wrong))


def test_userinfo(realm):
    token = tokens(realm)["access_token"]
    url = realm.endpoint("userinfo")
    good = Browser().request("POST", url, f"access_token={token}".encode(), {"Content-Type": FORM})
    assert good.status == 200
    for how, body in bodies({"access_token": token}, "access_token"):
        answer = Browser().request("POST", url, body.encode(), {"Content-Type": FORM})
        assert answer.status == 413 or (answer.status in (400, 401) and answer.header("WWW-Authenticate")), (how, answer.status)
    for field in ("", "Bearer", "Bearer ", f"Bearer {token} x", f"Bearer {token[:-9]}", "Basic eDp5", "Bearer \xff", f"bearer{token}", "DPoP x", "Bearer " + "a" * 20000):
        answer = Browser().get(url, headers={"Authorization": field})
        assert answer.status in (400, 401, 431), (field[:30], answer.status)
    assert Browser().get(url, headers=bearer(token)).status == 200


METADATA = {"redirect_uris": [CALLBACK], "client_name": "x", "grant_types": ["authorization_code"], "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic", "scope": "email", "jwks": {"keys": []}, "jwks_uri": "https://a.example/", "contacts": ["x"],
            "default_max_age": 1, "request_uris": ["https://a.example/r"], "client_uri": "https://a.example/", "software_statement": "x", "subject_type": "public"}  # fmt: skip


@pytest.mark.parametrize("name", METADATA)
def test_each_member_of_a_registration(realm, name):
    url = f"{realm.issuer}/clients-registrations/openid-connect"
    for value in (None, True, 1, -1.5, "", "x" * 100_000, [], {}, [[]], [None], {"a": {"b": []}}, ["\u0000"], "\ud800", ["x"] * 3000):
        body = json.dumps({**METADATA, name: value}).encode()
        answer = Browser().request("POST", url, body, {"Content-Type": "application/json"})
        refused = answer.status == 413 or (400 <= answer.status < 500 and "error" in answer.json())
        assert refused, (str(value)[:40], answer.status)  # nobody has let this stranger


def test_it_goes_on_as_before(realm):
    assert realm.client_credentials(APP).status == 200 and tokens(realm)["refresh_token"]
