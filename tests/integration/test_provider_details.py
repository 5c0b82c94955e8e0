# SPDX-License-Identifier: Apache-2.0
"""Rich authorization requests (RFC 9396): who may ask for what, what the user sees, and that nothing grows."""

import json
import time
import uuid

import pytest
from administrator import Admin
from details import REFUSED, assert_refused, claim, details
from oidc import Client, callback_of
from programs import Provider
from signer import EcSigner
from web import Browser, query_of, unverified_token

CALLBACK = "http://localhost:8000/auth"
CAROL = ("carol", "carol-password")
APP, ASKING, NONE, SIGNING = (Client(name, f"{name}-secret", CALLBACK) for name in ("app", "asking", "none", "signing"))
KEY = EcSigner("key")
TYPES = "authorization.details.types"
PAY = {"type": "payment", "actions": ["initiate"], "amount": {"currency": "EUR", "value": "123.50"}, "tries": 1}
READ = {"type": "https://files.example/v1", "locations": ["https://files.example"], "identifier": "f1"}


def client(of, types="payment https://files.example/v1", **more):
    attributes = {TYPES: types, "oauth2.device.authorization.grant.enabled": "true", **more.pop("attributes", {})}
    return {
        **{"clientId": of.client_id, "secret": of.secret, "redirectUris": [CALLBACK], "serviceAccountsEnabled": True},
        **{"directAccessGrantsEnabled": True, "implicitFlowEnabled": True, "attributes": attributes, **more},
    }


@pytest.fixture(scope="module")
def provider(work):
    keys = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [KEY.jwk()]})}
    password = {"type": "password", "value": CAROL[1]}
    boss = {"clientRoles": {"realm-management": ["realm-admin"]}, "firstName": "B", "lastName": "B"}
    boss |= {"email": "boss@example.com", "credentials": [{"type": "password", "value": "boss-password"}]}
    person = {"firstName": "Carol", "lastName": "Cook", "email": "carol@example.com", "emailVerified": True}
    realm = {
        "realm": "shop",
        "enabled": True,
        "clients": [
            client(APP),
            client(ASKING, consentRequired=True),
            client(NONE, ""),
            client(SIGNING, "payment", attributes=keys),
            {**client(Client("gone", "x"), "secret-type"), "enabled": False},
        ],
        "users": [
            {"username": "carol", "enabled": True, "credentials": [password], **person},
            {"username": "boss", "enabled": True, **boss},
        ],
    }
    file = work / "details-realm.json"
    file.write_text(json.dumps(realm))
    with Provider([file], work / "details") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm("shop")


def logged_in(realm, client=APP, **changes):
    _, answer = realm.code_login(client, *CAROL, **changes)
    assert answer.status == 200, answer.text
    return answer.json()


def test_they_are_in_answer_token_and_introspection(realm):
    tokens = logged_in(realm, authorization_details=details(PAY, READ))
    assert tokens["authorization_details"] == claim(tokens) == [PAY, READ]
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, APP.auth).json()
    assert told["active"] is True and told["authorization_details"] == [PAY, READ]
    assert "authorization_details" not in unverified_token(tokens["id_token"])[1]


def test_a_code_brings_what_was_granted_or_less(realm):
    def code():
        answer = realm.log_in(realm.browser(), APP, *CAROL, authorization_details=details(PAY, READ))
        return {"grant_type": "authorization_code", "code": callback_of(answer)["code"], "redirect_uri": CALLBACK}

    other_order = {name: PAY[name] for name in sorted(PAY)}
    tokens = realm.token({**code(), "authorization_details": details(other_order)}, APP).json()
    assert tokens["authorization_details"] == claim(tokens) == [PAY]
    for more in (details({**PAY, "tries": 2}), details(PAY, READ, READ), details({"type": "payment"})):
        assert_refused(realm.token({**code(), "authorization_details": more}, APP), "more than was granted")


def test_a_refresh_narrows_and_never_widens(realm):
    tokens = logged_in(realm, authorization_details=details(PAY, READ))
    narrowed = realm.refresh(APP, tokens["refresh_token"], authorization_details=details(READ)).json()
    assert narrowed["authorization_details"] == claim(narrowed) == [READ]
    whole = realm.refresh(APP, narrowed["refresh_token"]).json()
    assert whole["authorization_details"] == claim(whole) == [PAY, READ]
    assert_refused(realm.refresh(APP, whole["refresh_token"], authorization_details=details({**READ, "identifier": "f2"})))
    plain = logged_in(realm)
    assert "authorization_details" not in plain and claim(plain) is None
    assert_refused(realm.refresh(APP, plain["refresh_token"], authorization_details=details(PAY)), "more than was granted")


def test_a_client_for_itself(realm):
    form = {"grant_type": "client_credentials", "authorization_details": details(READ)}
    tokens = realm.token(form, APP).json()
    assert tokens["authorization_details"] == claim(tokens) == [READ]
    assert_refused(realm.token(form, NONE), "The client may not ask for the type 'https://files.example/v1'")
    assert_refused(realm.token(form, SIGNING), "may not ask")


@pytest.mark.parametrize(
    "text",
    [
        *("{", "{}", "7", "null", "[]", "[7]", "[[]]", "[{}]", '[{"type":5}]', '[{"type":""}]', '[{"type":"pay ment"}]'),
        *('[{"type":"payment","type":"payment"}]', '[{"type":"payment"},{"type":"unknown"}]', '[{"type":"payment"},{}]'),
        *('[{"type":"payment","actions":"all"}]', '[{"type":"payment","locations":[5]}]'),
        *('[{"type":"payment","identifier":5}]', '[{"type":"payment","x":"' + "y" * 4096 + '"}]'),
        *('[{"type":"payment","x":' + "[" * 9 + "]" * 9 + "}]", details(*[{"type": "payment"}] * 17)),
        '[{"type":"payment","x":"\\ud800"}]',
    ],
)
def test_what_is_malformed_or_not_allowed_is_refused_everywhere(realm, text):
    assert_refused(realm.token({"grant_type": "client_credentials", "authorization_details": text}, APP))
    parameters = realm.auth_params(APP, authorization_details=text)
    assert_refused(realm.browser().post(realm.endpoint("ext/par/request"), parameters, APP.auth))
    assert query_of(realm.authorize(realm.browser(), APP, authorization_details=text).location)["error"] == REFUSED


def test_they_may_be_pushed(realm):
    form = realm.auth_params(APP, authorization_details=details(PAY))
    pushed = realm.browser().post(realm.endpoint("ext/par/request"), form, APP.auth)
    assert pushed.status == 201, pushed.text
    browser = realm.browser()
    page = browser.get(realm.endpoint("auth"), {"client_id": "app", "request_uri": pushed.json()["request_uri"]})
    answer = browser.submit(page.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])
    assert claim(realm.code(APP, callback_of(answer)["code"]).json()) == [PAY]


def test_they_may_be_signed_and_what_stands_beside_does_not_count(realm):
    now = int(time.time())
    claims = {"iss": "signing", "aud": realm.issuer, "iat": now, "nbf": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    claims |= realm.auth_params(SIGNING, authorization_details=[PAY])
    request = KEY.token({**KEY.header, "typ": "oauth-authz-req+jwt"}, claims)
    tokens = logged_in(realm, SIGNING, request=request, authorization_details=details({"type": "payment"}))
    assert tokens["authorization_details"] == [PAY]


def test_a_token_through_the_browser_has_them(realm):
    answer = realm.log_in(realm.browser(), APP, *CAROL, response_type="token", authorization_details=details(PAY))
    assert claim(callback_of(answer)) == [PAY]


def asked(browser, answer):
    assert "/login-actions/consent?" in (answer.location or ""), (answer.status, answer.location)
    return browser.get(answer.location).page


def test_a_user_who_is_asked_sees_them_each_time(realm):
    browser, turning = Browser(), {**PAY, "note": "a\u202egnp"}
    page = asked(browser, realm.log_in(browser, ASKING, *CAROL, authorization_details=details(turning)))
    shown = [line for line in page.lines if '"type":"payment"' in line.replace(" ", "")]
    assert len(shown) == 1 and "123.50" in shown[0] and "\u202e" not in shown[0]
    answer = browser.submit(page.form(), accept="Yes")
    assert claim(realm.code(ASKING, callback_of(answer)["code"]).json()) == [turning]
    # What the scopes are is granted by now; what the details are is not.
    assert "code" in callback_of(realm.authorize(browser, ASKING))
    page = asked(browser, realm.authorize(browser, ASKING, authorization_details=details(READ)))
    assert any("files.example" in line for line in page.lines)
    assert callback_of(browser.submit(page.form(), cancel="No"))["error"] == "access_denied"
    silent = realm.authorize(browser, ASKING, prompt="none", authorization_details=details(READ))
    assert callback_of(silent)["error"] == "interaction_required"
    page = asked(browser, realm.authorize(browser, ASKING, authorization_details=details(READ)))
    answer = browser.submit(page.form(), accept="Yes")
    assert claim(realm.code(ASKING, callback_of(answer)["code"]).json()) == [READ]


def test_the_types_of_the_realms_clients_are_told(realm):
    told = realm.discovery().json()["authorization_details_types_supported"]
    assert told == ["payment", "https://files.example/v1"]


def registered(realm, body, token=None, method="POST", url=None):
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    body = {"redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], **body}
    url = url or f"{realm.issuer}/clients-registrations/openid-connect"
    return realm.browser().request(method, url, json.dumps(body).encode(), headers)


def test_types_are_registered_among_those_of_the_realm(realm, provider):
    admin = Admin(provider, "shop", "boss", "boss-password")
    initial = admin("POST", "/realms/shop/clients-initial-access", {"count": 9, "expiration": 60}).json()["token"]
    made = registered(realm, {"authorization_details_types": ["payment"]}, initial)
    assert made.status == 201 and made.json()["authorization_details_types"] == ["payment"], made.text
    for wrong in (["unknown"], "payment", [5], ["secret-type"]):
        refused = registered(realm, {"authorization_details_types": wrong}, initial)
        assert (refused.status, refused.json()["error"]) == (400, "invalid_client_metadata"), refused.text
    client = Client(made.json()["client_id"], made.json()["client_secret"], CALLBACK)
    form = realm.auth_params(client, authorization_details=details(PAY))
    assert realm.browser().post(realm.endpoint("ext/par/request"), form, client.auth).status == 201
    url, token = made.json()["registration_client_uri"], made.json()["registration_access_token"]
    kept = registered(realm, {"client_id": client.client_id}, token, "PUT", url)
    assert kept.json()["authorization_details_types"] == ["payment"], kept.text
    token = kept.json()["registration_access_token"]
    none = registered(realm, {"client_id": client.client_id, "authorization_details_types": []}, token, "PUT", url)
    assert none.status == 200 and "authorization_details_types" not in none.json(), none.text
    assert_refused(realm.browser().post(realm.endpoint("ext/par/request"), form, client.auth), "may not ask")
