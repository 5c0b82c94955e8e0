# SPDX-License-Identifier: Apache-2.0
"""Authorization requests that clients push (RFC 9126) and that they sign (RFC 9101)."""

import json
import time

import pytest
import stores
from clock import Clock
from forgery import hmac_token
from oidc import Client, Pkce, callback_of
from policy_site import sealed
from programs import Provider
from signer import EcSigner, RsaSigner, signing_input
from web import Browser, query_of, unverified_token

CALLBACK = "http://localhost:8000/auth"
SECRET = "a secret of thirty-two bytes, so that HS256 signs"
CAROL = ("carol", "carol-password")
EC, RSA, STRANGER = EcSigner("ec"), RsaSigner("rsa"), EcSigner("ec")
KEYS = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [EC.jwk(), RSA.jwk()]})}


class BySecret:
    header = {"alg": "HS256", "typ": "JWT"}

    @staticmethod
    def token(header, claims):
        return hmac_token(header, claims, SECRET.encode())


PREFIX = "urn:ietf:params:oauth:request_uri:"


def client(client_id, **attributes):
    return {"clientId": client_id, "secret": SECRET, "redirectUris": [CALLBACK], "attributes": attributes}


REALM = {
    "realm": "shop",
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": ["en", "de"],
    "clients": [
        client("web", **KEYS),
        {**client("other", **KEYS), "secret": f"{SECRET} too"},
        client("pushing", **{"require.pushed.authorization.requests": "true"}),
        client("signing", **KEYS, **{"request.object.required": "request only", "request.object.signature.alg": "ES256"}),
        client("sealing", **KEYS, **{"request.object.encryption.alg": "RSA-OAEP", "request.object.encryption.enc": "A256GCM"}),
        client("narrow", **KEYS, **{"request.object.encryption.enc": "A128CBC-HS256"}),
        client("ec-sealing", **KEYS, **{"request.object.encryption.alg": "ECDH-ES"}),
        client("by-reference", **KEYS, **{"request.object.required": "request_uri only"}),
        client("unsigned", **KEYS, **{"request.object.signature.alg": "none"}),
        {"clientId": "spa", "publicClient": True, "redirectUris": [CALLBACK]},
    ],
    "users": [
        {
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": "carol-password"}],
        }
    ],
}
WEB, PUSHING, SIGNING = (Client(name, SECRET, CALLBACK) for name in ("web", "pushing", "signing"))
OTHER = Client("other", f"{SECRET} too", CALLBACK)


@pytest.fixture(scope="module")
def clock(work):
    with Clock(work) as set_by_tests:
        yield set_by_tests


@pytest.fixture(scope="module")
def provider(work, clock):
    files = [work / f"{name}-realm.json" for name in ("shop", "brief")]
    files[0].write_text(json.dumps(REALM))
    files[1].write_text(json.dumps({**REALM, "realm": "brief", "attributes": {"parRequestUriLifespan": "4"}}))
    with clock.below(Provider(files, work / "pushed")) as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


def push(realm, client=WEB, **changes):
    params = realm.auth_params(client, **changes)
    return realm.browser().post(realm.endpoint("ext/par/request"), {**params, **client.form})


def pushed(realm, client=WEB, **changes):
    answer = push(realm, client, **changes)
    assert answer.status == 201, answer.text
    assert answer.json()["request_uri"].startswith(PREFIX)
    return answer.json()["request_uri"]


def begin(realm, request_uri, client=WEB, browser=None, **more):
    params = {"client_id": client.client_id, "request_uri": request_uri, **more}
    return (browser or Browser()).get(realm.endpoint("auth"), params)


def assert_login(answer):
    assert answer.status == 200 and answer.page.form("kc-form-login"), answer.text[:300]


def assert_page(answer, words="Invalid Request"):
    assert answer.status == 400 and words in answer.text, (answer.status, answer.location, answer.text[:300])


def assert_error(answer, status, error, description=""):
    assert (answer.status, answer.json()["error"]) == (status, error), answer.text
    assert description in answer.json().get("error_description", "")


# Pushed requests


@pytest.mark.parametrize("client", [WEB, PUSHING, Client("spa", None, CALLBACK)], ids=lambda c: c.client_id)
def test_a_pushed_request_leads_to_tokens(realm, client):
    pkce, browser = Pkce(), Browser()
    page = begin(realm, pushed(realm, client, state="the client's", **pkce.params), client, browser)
    assert_login(page)
    answer = browser.submit(page.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])
    callback = callback_of(answer)
    assert callback["state"] == "the client's"
    tokens = realm.code(client, callback["code"], pkce)
    assert tokens.status == 200, tokens.text
    assert unverified_token(tokens.json()["id_token"])[1]["nonce"] == "nonce-1"
    again = begin(realm, pushed(realm, client, prompt="none", **pkce.params), client, browser)
    assert "code" in callback_of(again)


def test_the_answer_is_for_the_client_alone(realm):
    answer = push(realm)
    assert answer.json()["expires_in"] == 60
    assert answer.header("cache-control") == "no-store"
    assert realm.discovery().json()["pushed_authorization_request_endpoint"] == realm.endpoint("ext/par/request")


def finish(browser, page):
    return browser.submit(page.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])


def test_a_pushed_request_is_used_up_by_a_login(realm):
    """Not by its page: people load that again, and programs look at addresses before people do (FAPI 2.0 §5.3.2.2)."""
    uri, browser = pushed(realm), Browser()
    assert_login(begin(realm, uri, browser=browser))
    assert_login(begin(realm, uri, browser=Browser()))
    page = begin(realm, uri, browser=browser)
    wrong = browser.submit(page.page.form("kc-form-login"), username="carol", password="wrong")
    assert_login(wrong)
    callback = callback_of(finish(browser, wrong))
    assert realm.code(WEB, callback["code"]).status == 200
    for again in (browser, Browser()):
        assert_page(begin(realm, uri, browser=again))


def test_of_two_tabs_one_completes_a_pushed_request(realm):
    uri, browser, other = pushed(realm), Browser(), Browser()
    tabs = [(browser, begin(realm, uri, browser=browser)), (browser, begin(realm, uri, browser=browser))]
    tabs.append((other, begin(realm, uri, browser=other)))
    assert "code" in callback_of(finish(*tabs[1]))
    for tab in (tabs[0], tabs[2], tabs[1]):  # the last is who goes back and sends the form again
        assert_page(finish(*tab), "has been completed already")
    # A session answers at once, and once.
    uri = pushed(realm)
    assert "code" in callback_of(begin(realm, uri, browser=browser))
    assert_page(begin(realm, uri, browser=browser))


def test_a_request_that_no_session_can_answer_is_still_there(realm):
    uri = pushed(realm, prompt="none")
    for _ in range(2):
        assert callback_of(begin(realm, uri))["error"] == "login_required"


def test_a_pushed_request_is_its_clients_alone(realm):
    uri = pushed(realm)
    assert_page(begin(realm, uri, OTHER))
    assert_page(begin(realm.__class__(realm.base, "brief"), uri))
    assert_page(Browser().get(realm.endpoint("auth"), {"request_uri": uri}))
    assert_page(Browser().get(realm.endpoint("auth"), {"request_uri": uri, "client_id": ["web", "other"]}))
    assert_page(Browser().get(realm.endpoint("auth"), {"request_uri": [uri, uri], "client_id": "web"}))
    for changed in (uri[:-1], uri + "0", uri.upper(), PREFIX, uri.replace(PREFIX, PREFIX + "%00")):
        assert_page(begin(realm, changed), "Invalid" if changed.startswith(PREFIX) else "cannot be had")
    assert_login(begin(realm, uri))  # what others tried has used nothing up


def test_a_pushed_request_waits_as_long_as_the_realm_says(provider, clock):
    realm = provider.realm("brief")
    answer = push(realm)
    assert answer.json()["expires_in"] == 4
    assert_login(begin(realm, pushed(realm)))
    uri = pushed(realm)
    clock.forward(5)
    assert_page(begin(realm, uri))


def test_it_survives_a_restart(work):
    file = work / "shop-realm.json"
    with Provider([file], work / "pushed-restart") as provider:
        realm = provider.realm("shop")
        uri = pushed(realm)
        provider.kill()
        provider.start()
        browser = Browser()
        page = begin(realm, uri, browser=browser)
        provider.kill()
        provider.start()
        assert "code" in callback_of(finish(browser, page))
        assert_page(begin(realm, uri))


def test_what_the_browser_adds_does_not_count(realm):
    uri = pushed(realm, state="pushed", prompt="none")
    more = {"state": "injected", "redirect_uri": "http://localhost:8000/evil", "prompt": "login", "scope": "x"}
    answer = begin(realm, uri, **more)
    assert answer.status == 302 and answer.location.startswith(CALLBACK + "?"), answer.text[:300]
    assert query_of(answer.location)["error"] == "login_required"
    assert query_of(answer.location)["state"] == "pushed"


def test_a_client_that_pushes_does_nothing_else(realm):
    answer = realm.authorize(Browser(), PUSHING)
    assert answer.status == 302, answer.text
    assert query_of(answer.location)["error_description"] == "Pushed Authorization Request is only allowed."
    assert_login(begin(realm, pushed(realm, PUSHING), PUSHING))


def language(answer):
    assert_login(answer)
    return answer.header("Content-Language")


def test_the_languages_that_a_client_wants_are_pushed_and_signed(realm):
    assert language(begin(realm, pushed(realm, ui_locales="it de"))) == "de"
    assert language(begin(realm, pushed(realm, ui_locales="de"), ui_locales="en")) == "de"
    assert language(begin(realm, pushed(realm, kc_locale="de", ui_locales="en"))) == "de"
    assert language(ask(realm, signed(realm, ui_locales="de"))) == "de"
    # What the browser adds does not count; a pick of its user does.
    assert language(begin(realm, pushed(realm), ui_locales="de")) == "en"
    assert language(ask(realm, signed(realm), ui_locales="de")) == "en"
    assert language(begin(realm, pushed(realm), kc_locale="de")) == "de"


@pytest.mark.parametrize(
    "changes, error, description",
    [
        ({"redirect_uri": "http://localhost:8000/evil"}, "invalid_request", "Invalid parameter: redirect_uri"),
        ({"redirect_uri": None}, "invalid_request", "Invalid parameter: redirect_uri"),
        ({"response_type": None}, "invalid_request", "Missing parameter: response_type"),
        ({"response_type": "x"}, "unsupported_response_type", ""),
        ({"response_mode": "x"}, "invalid_request", "Invalid parameter: response_mode"),
        ({"scope": "openid unknown"}, "invalid_scope", "Invalid scopes: openid unknown"),
        ({"code_challenge": "x", "code_challenge_method": "S256"}, "invalid_request", "Invalid parameter: code_challenge"),
        ({"state": ["a", "b"]}, "invalid_request", "duplicated parameter"),
        ({"request_uri": PREFIX + "x"}, "invalid_request", "It is not allowed to include request_uri to PAR."),
        ({"resource": "https://unknown.example"}, "invalid_target", "Invalid resource"),
        ({"max_age": "x"}, "invalid_request", "Invalid parameter: max_age"),
        ({"state": "x" * 9000}, "invalid_request", "too long"),
        ({"request": "x"}, "invalid_request_object", "malformed"),
    ],
)
def test_a_bad_request_is_not_kept(realm, changes, error, description):
    assert_error(push(realm, **changes), 400, error, description)


def test_who_is_not_the_client_pushes_nothing(realm):
    for wrong in (Client("web", "x", CALLBACK), Client("web", None, CALLBACK), Client("nobody", "x", CALLBACK)):
        assert_error(push(realm, wrong), 401, "invalid_request", "Authentication failed.")
    endpoint = realm.endpoint("ext/par/request")
    answer = realm.browser().post(endpoint, realm.auth_params(WEB), OTHER.auth)
    assert_error(answer, 401, "invalid_request", "Authentication failed.")
    params = realm.auth_params(WEB)
    del params["client_id"]
    assert realm.browser().post(endpoint, params, WEB.auth).status == 201
    assert realm.browser().get(endpoint).status == 405


def test_a_secret_is_not_stored_with_the_request(realm, provider):
    pushed(realm, state="seen-in-the-store")
    rows = stores.content(provider.data)
    assert b"seen-in-the-store" in rows
    assert b"client_secret=" not in rows and PREFIX.encode() not in rows


# Signed requests


def claims_of(realm, client=WEB, **changes):
    claims = {"iss": client.client_id, "aud": realm.issuer, **realm.auth_params(client), **changes}
    return {name: value for name, value in claims.items() if value is not None}


def signed(realm, client=WEB, signer=EC, header=None, **changes):
    return signer.token({**signer.header, **(header or {})}, claims_of(realm, client, **changes))


def ask(realm, request, client=WEB, browser=None, **more):
    return (browser or Browser()).get(realm.endpoint("auth"), {"client_id": client.client_id, "request": request, **more})


def soon(seconds):
    return int(time.time()) + seconds


@pytest.mark.parametrize(
    "signer, header, changes",
    [
        (EC, {}, {}),
        (RSA, {}, {}),
        (BySecret, {}, {}),
        (EC, {"typ": "oauth-authz-req+jwt"}, {}),
        (EC, {}, {"iss": None, "aud": None}),
        (EC, {}, {"aud": ["https://elsewhere.example", "{issuer}"]}),
        (EC, {}, {"exp": 300, "nbf": 0, "iat": 0, "jti": "1"}),  # seconds from when it is made
        (EC, {}, {"max_age": 100, "claims": {"userinfo": {}}}),
    ],
)
def test_a_signed_request_is_a_request(realm, signer, header, changes):
    if isinstance(changes.get("aud"), list):
        changes = {"aud": [changes["aud"][0], realm.issuer]}
    changes = {name: soon(value) if name in ("exp", "nbf", "iat") else value for name, value in changes.items()}
    header = {name: value for name, value in {**signer.header, **header}.items() if value}
    browser = Browser()
    page = ask(realm, signer.token(header, claims_of(realm, state="signed", **changes)), browser=browser)
    assert_login(page)
    answer = browser.submit(page.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])
    assert callback_of(answer)["state"] == "signed"
    assert realm.code(WEB, callback_of(answer)["code"]).status == 200


@pytest.mark.parametrize(
    "header, changes, words",
    [
        ({}, {"client_id": "other"}, "another client"),
        ({}, {"client_id": None}, "another client"),
        ({}, {"iss": "other"}, "another client"),
        ({}, {"aud": "https://elsewhere.example"}, "another audience"),
        ({}, {"aud": []}, "another audience"),
        ({}, {"exp": -60}, "expired"),
        ({}, {"nbf": +60}, "not valid yet"),
        ({}, {"iat": +60}, "not valid yet"),
        ({}, {"exp": "soon"}, "malformed"),
        ({}, {"request": "x"}, "holds another"),
        ({}, {"request_uri": "https://x.example"}, "holds another"),
        ({}, {"sub": "web"}, "has a subject"),
        ({}, {"redirect_uri": "http://localhost:8000/evil"}, "redirect_uri"),
        ({}, {"redirect_uri": None}, "redirect_uri"),
        ({"kid": "unknown"}, {}, "signature"),
        ({"typ": "dpop+jwt"}, {}, "another type"),
        ({"typ": "at+jwt"}, {}, "another type"),
        ({"typ": "client-authentication+jwt"}, {}, "another type"),
        ({"crit": ["x"]}, {}, "malformed"),
    ],
)
def test_a_signed_request_that_is_not_good_leads_nowhere(realm, header, changes, words):
    changes = {name: soon(value) if isinstance(value, int) else value for name, value in changes.items()}
    assert_page(ask(realm, signed(realm, header=header, **changes)), words)
    assert push(realm, request=signed(realm, header=header, **changes)).status == 400


def test_nobody_else_signs_a_clients_request(realm):
    assert_page(ask(realm, signed(realm, signer=STRANGER)), "signature")
    assert_page(ask(realm, hmac_token({"alg": "HS256"}, claims_of(realm), b"x" * 40)), "signature")
    for text in ("x", "a.b.c", signed(realm) + ".", signing_input({"alg": "none"}, claims_of(realm)) + "."):
        assert_page(ask(realm, text), "malformed")
    forged = hmac_token({"alg": "HS256"}, claims_of(realm), json.dumps(EC.jwk()).encode())
    assert_page(ask(realm, forged), "signature")


def test_tokens_of_the_realm_are_no_requests(realm):
    _, answer = realm.code_login(WEB, *CAROL)
    for name in ("id_token", "access_token", "refresh_token"):
        assert_page(ask(realm, answer.json()[name]), "request object")


def test_what_is_beside_a_signed_request_does_not_count(realm):
    more = {"state": "injected", "redirect_uri": "http://localhost:8000/evil", "scope": "x", "prompt": "login"}
    answer = ask(realm, signed(realm, state="signed", prompt="none"), **more)
    assert answer.status == 302 and answer.location.startswith(CALLBACK + "?"), answer.text[:300]
    assert query_of(answer.location)["state"] == "signed"
    assert_page(ask(realm, signed(realm), request_uri="https://x.example"), "more than one")
    answer = realm.browser().get(realm.endpoint("auth"), {"client_id": "web", "request": [signed(realm)] * 2})
    assert_page(answer, "more than one")


@pytest.fixture(scope="module")
def encryption_key(realm):
    keys = realm.browser().get(realm.endpoint("certs")).json()["keys"]
    return next(key for key in keys if key["use"] == "enc")


def test_a_signed_request_may_be_encrypted(realm, encryption_key):
    """What is within has to be signed by the client all the same: everybody can encrypt for the realm."""
    sealing, narrow, ec_sealing = (Client(name, SECRET, CALLBACK) for name in ("sealing", "narrow", "ec-sealing"))
    told = realm.discovery().json()
    assert told["request_object_encryption_alg_values_supported"] == ["RSA-OAEP"]
    assert "A256GCM" in told["request_object_encryption_enc_values_supported"]
    for client in (WEB, sealing):
        assert_login(ask(realm, sealed(signed(realm, client), encryption_key), client))
    large = sealed(signed(realm, login_hint="x" * 20000), encryption_key)
    assert_login(begin(realm, pushed(realm, request=large)))
    assert_page(ask(realm, sealed(signed(realm, narrow), encryption_key), narrow), "cannot be decrypted")
    assert_page(ask(realm, sealed(signed(realm, ec_sealing), encryption_key), ec_sealing), "cannot be decrypted")
    assert_page(ask(realm, sealed(signed(realm, signer=STRANGER), encryption_key)), "signature")
    for within in (json.dumps(claims_of(realm)), "x", sealed(signed(realm), encryption_key)):
        assert_page(ask(realm, sealed(within, encryption_key)), "malformed")


def test_an_encrypted_request_that_is_not_for_the_realm_leads_nowhere(realm, encryption_key):
    head, key, nonce, content, tag = sealed(signed(realm), encryption_key).split(".")
    for parts in (("", key, nonce, content, tag), (head, key[:-4] + "AAAA", nonce, content, tag), (head, key, nonce, content[:-8], tag),
                  (head, "", nonce, content, tag), (head, key, nonce, content, ""), ("", "", "", "", "")):
        assert_page(ask(realm, ".".join(parts)), "cannot be decrypted")
    for header in ({"kid": "unknown"}, {"alg": "RSA1_5"}, {"alg": "dir"}, {"zip": "DEF"}, {"crit": ["x"]}):
        assert_page(ask(realm, sealed(signed(realm), encryption_key, **header)), "cannot be decrypted")


def test_a_client_that_signs_does_nothing_else(realm):
    assert_page(realm.authorize(Browser(), SIGNING), "is not signed")
    assert_error(push(realm, SIGNING), 400, "invalid_request_object", "is not signed")
    assert_page(ask(realm, signed(realm, SIGNING, RSA), SIGNING), "algorithm is not accepted")
    assert_login(ask(realm, signed(realm, SIGNING), SIGNING))
    assert_login(begin(realm, pushed(realm, SIGNING, request=signed(realm, SIGNING)), SIGNING))
    by_reference = Client("by-reference", SECRET, CALLBACK)
    assert_page(ask(realm, signed(realm, by_reference), by_reference), "is not published")
    assert_error(push(realm, by_reference, request=signed(realm, by_reference)), 400, "invalid_request_object", "is not published")
    unsigned = Client("unsigned", SECRET, CALLBACK)
    assert_page(ask(realm, signing_input({"alg": "none"}, claims_of(realm, unsigned)) + ".", unsigned), "malformed")
    assert_page(ask(realm, signed(realm, unsigned), unsigned), "malformed")


def test_what_is_beside_a_pushed_request_does_not_count(realm):
    """RFC 9101 §6.3; who can have a browser go somewhere would add to what the client has asked for."""
    more = {"state": "beside", "prompt": "login", "response_mode": "fragment", "redirect_uri": "https://x.example/", "scope": "openid email"}
    location = begin(realm, pushed(realm, state=None, prompt="none"), **more).location
    assert query_of(location)["error"] == "login_required" and "state" not in query_of(location), location
    assert_login(begin(realm, pushed(realm), prompt="none"))


def test_a_pushed_request_may_be_signed(realm):
    uri = pushed(realm, request=signed(realm, state="signed", prompt="none"), state="beside")
    answer = begin(realm, uri)
    assert query_of(answer.location)["state"] == "signed"
