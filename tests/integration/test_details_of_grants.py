# SPDX-License-Identifier: Apache-2.0
"""Rich authorization requests (RFC 9396) by the grants without an authorization request: devices, the backchannel,
passwords, assertions and exchanged tokens. What is granted is what was allowed and shown, and it never grows."""

import json

import jwt_bearer
import pytest
from administrator import Admin
from authentication_channel import CHANNEL_OPTION, AuthenticationChannel, answer
from ciba import GRANT as CIBA
from ciba import ask, poll
from details import assert_refused, claim, details
from oidc import Client
from programs import Provider

CALLBACK = "http://localhost:8000/auth"
TYPES = "authorization.details.types"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"
APP, API, ASKING, NONE = (Client(name, f"{name}-secret", CALLBACK) for name in ("app", "api", "asking", "none"))
PAY = {"type": "payment", "amount": {"currency": "EUR", "value": "123.50"}, "actions": ["initiate"]}
READ = {"type": "files", "locations": ["https://files.example"]}
PASSWORD = {"grant_type": "password", "username": "carol", "password": "carol-password", "scope": "openid"}


def client(of, types="payment files", **more):
    attributes = {
        TYPES: types,
        "oauth2.device.authorization.grant.enabled": "true",
        "oauth2.device.polling.interval": "0",
        "oidc.ciba.grant.enabled": "true",
        "standard.token.exchange.enabled": "true",
        "standard.token.exchange.enableRefreshRequestedTokenType": "SAME_SESSION",
        jwt_bearer.ENABLED: "true",
        jwt_bearer.ISSUERS: "partner",
    }
    audiences = [
        {
            "name": "api",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-audience-mapper",
            "config": {"included.client.audience": name, "access.token.claim": "true"},
        }
        for name in ("api", "asking")
    ]
    return {
        **{"clientId": of.client_id, "secret": of.secret, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
        **{"attributes": attributes, "protocolMappers": audiences if of is APP else [], **more},
    }


@pytest.fixture(scope="module")
def channel():
    with AuthenticationChannel() as channel:
        yield channel


@pytest.fixture(scope="module")
def server(work, channel):
    carol, boss = (
        {**jwt_bearer.user(name), "credentials": [{"type": "password", "value": f"{name}-password"}]}
        for name in ("carol", "boss")
    )
    realm = {
        "realm": "shop",
        "enabled": True,
        "attributes": {"cibaInterval": "0"},
        "clients": [client(APP), client(API, "payment"), client(ASKING, consentRequired=True), client(NONE, "")],
        "users": [carol, {**boss, "clientRoles": {"realm-management": ["realm-admin"]}}],
        "identityProviders": [jwt_bearer.provider("partner")],
    }
    file = work / "grants-realm.json"
    file.write_text(json.dumps(realm))
    with Provider([file], work / "grants", arguments=(CHANNEL_OPTION, channel.uri)) as provider:
        yield provider


@pytest.fixture
def realm(server, channel):
    channel.forget()
    return server.realm("shop")


def given(answer, *objects):
    """Tokens of which answer, claim and introspection say the same."""
    assert answer.status == 200, answer.text
    tokens = answer.json()
    assert tokens.get("authorization_details") == claim(tokens) == (list(objects) or None)
    return tokens


def assert_kept(realm, tokens, *objects, client=APP):
    """The refresh token stands for these and no others."""
    told = realm.browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, client.auth)
    assert told.json()["authorization_details"] == tokens["authorization_details"]
    tokens = given(realm.refresh(client, tokens["refresh_token"]), *objects)
    widened = {**objects[0], "identifier": "more"}
    assert_refused(realm.refresh(client, tokens["refresh_token"], authorization_details=details(widened)), "more than was granted")


def shown(page):
    return [line for line in page.lines if '"type":"' in line.replace(" ", "")]


def approved(realm, begun, objects, choice="accept"):
    """The user's way to the page that asks, which shows the objects; and their answer."""
    browser = realm.browser()
    page = browser.get(begun["verification_uri_complete"], follow=True)
    page = browser.submit(page.page.form("kc-form-login"), follow=True, username="carol", password="carol-password")
    assert len(shown(page.page)) == objects, page.text
    return browser.submit(page.page.form(), **{choice: "Yes"})


@pytest.mark.parametrize("of", [APP, ASKING], ids=lambda of: of.client_id)
def test_the_user_of_a_device_sees_them(realm, of):
    begun = realm.device_authorization(of, authorization_details=details(PAY, READ)).json()
    approved(realm, begun, 2)
    tokens = given(realm.device_token(of, begun["device_code"]), PAY, READ)
    assert_kept(realm, tokens, PAY, READ, client=of)


def test_a_device_may_take_less_and_never_more(realm):
    def begin(*objects):
        wanted = {"authorization_details": details(*objects)} if objects else {}
        begun = realm.device_authorization(APP, **wanted).json()
        approved(realm, begun, len(objects))
        return begun["device_code"]

    tokens = given(realm.device_token(APP, begin(PAY, READ), authorization_details=details(READ)), READ)
    assert_kept(realm, tokens, PAY, READ)
    more = details({**PAY, "actions": ["initiate", "cancel"]})
    assert_refused(realm.device_token(APP, begin(PAY), authorization_details=more), "more than was granted")
    assert_refused(realm.device_token(APP, begin(), authorization_details=details(PAY)), "more than was granted")


def test_what_a_device_was_refused_or_another_has(realm):
    begun = realm.device_authorization(APP, authorization_details=details(PAY)).json()
    assert realm.device_token(API, begun["device_code"]).json()["error"] == "invalid_grant"
    approved(realm, begun, 1, choice="cancel")
    assert realm.device_token(APP, begun["device_code"]).json()["error"] == "access_denied"


def test_a_client_that_may_no_longer_ask(realm, server):
    admin = Admin(server, "shop", "boss", "boss-password")
    begun = realm.device_authorization(API, authorization_details=details(PAY)).json()
    refreshed = given(realm.token({**PASSWORD, "authorization_details": details(PAY)}, API), PAY)
    approved(realm, begun, 1)
    of_api = admin("GET", "/realms/shop/clients?clientId=api").json()[0]
    path = f"/realms/shop/clients/{of_api['id']}"
    for types, wanted in (("files", 400), ("payment", 200)):
        assert admin("PUT", path, {**of_api, "attributes": {**of_api["attributes"], TYPES: types}}).status == 204
        answer = realm.refresh(API, refreshed["refresh_token"])
        assert answer.status == wanted, answer.text
        if wanted == 400:
            assert_refused(answer, "may not ask for the type 'payment'")
            assert_refused(realm.device_token(API, begun["device_code"]), "may not ask for the type 'payment'")


def test_the_authentication_channel_is_told(realm, channel):
    begun = ask(realm, APP, authorization_details=details(PAY, READ))
    assert begun.status == 200, begun.text
    asked = channel.asked()
    assert asked.json["authorization_details"] == [PAY, READ]
    answer(realm, asked.token)
    request = begun.json()["auth_req_id"]
    tokens = given(poll(realm, APP, request, authorization_details=details(READ)), READ)
    assert_kept(realm, tokens, PAY, READ)
    begun = ask(realm, APP)
    asked = channel.asked()
    assert "authorization_details" not in asked.json
    answer(realm, asked.token)
    form = {"grant_type": CIBA, "auth_req_id": begun.json()["auth_req_id"], "authorization_details": details(PAY)}
    assert_refused(realm.token(form, APP), "more than was granted")


def test_a_password_and_an_assertion_bring_them(realm):
    wanted = {"authorization_details": details(PAY, READ)}
    assert_kept(realm, given(realm.token({**PASSWORD, **wanted}, APP), PAY, READ), PAY, READ)
    given(jwt_bearer.ask(realm, jwt_bearer.assertion(realm), APP, **wanted), PAY, READ)


def exchanged(realm, token, of=API, wanted="access_token", **more):
    form = {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": f"{TOKEN_TYPE}access_token"}
    return realm.token({**form, "requested_token_type": f"{TOKEN_TYPE}{wanted}", **more}, of)


def test_an_exchange_brings_what_is_named_of_the_others(realm):
    subject = given(realm.token({**PASSWORD, "authorization_details": details(PAY, READ)}, APP), PAY, READ)["access_token"]
    given(exchanged(realm, subject))
    given(exchanged(realm, subject, authorization_details=details(PAY)), PAY)
    tokens = given(exchanged(realm, subject, wanted="refresh_token", authorization_details=details(PAY)), PAY)
    assert_kept(realm, tokens, PAY, client=API)
    assert_refused(exchanged(realm, subject, authorization_details=details({**PAY, "more": 1})), "more than was granted")
    assert_refused(exchanged(realm, subject, authorization_details=details(READ)), "may not ask for the type 'files'")
    assert_refused(exchanged(realm, subject, wanted="id_token", authorization_details=details(PAY)), "not supported")
    plain = realm.token(PASSWORD, APP).json()["access_token"]
    assert_refused(exchanged(realm, plain, authorization_details=details(PAY)), "more than was granted")


def test_where_nobody_can_be_asked_nothing_is_granted(realm):
    """Who has granted the scopes has not granted these."""
    browser, wanted = realm.browser(), {"authorization_details": details(PAY)}
    answer = realm.log_in(browser, ASKING, "carol", "carol-password", prompt="consent")
    assert browser.submit(browser.get(answer.location).page.form(), accept="Yes").status == 302
    given(jwt_bearer.ask(realm, jwt_bearer.assertion(realm), ASKING))
    assert_refused(jwt_bearer.ask(realm, jwt_bearer.assertion(realm), ASKING, **wanted), "Missing consents for the client asking")
    subject = given(realm.token({**PASSWORD, **wanted}, APP), PAY)["access_token"]
    given(exchanged(realm, subject, ASKING))
    assert_refused(exchanged(realm, subject, ASKING, **wanted), "Missing consents for Token Exchange in client asking")


BAD = {
    "no list": "{}",
    "empty": "[]",
    "twice the same member": '[{"type":"payment","type":"payment"}]',
    "too long": '[{"type":"payment","x":"' + "y" * 4096 + '"}]',
    "too many": details(*[PAY] * 17),
    "too deep": '[{"type":"payment","x":' + "[" * 9 + "]" * 9 + "}]",
    "another type": details(PAY, {"type": "unknown"}),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_malformed_or_not_allowed_is_refused_by_every_grant(realm, channel, text):
    wanted = {"authorization_details": text}
    assert_refused(realm.token({**PASSWORD, **wanted}, APP))
    assert_refused(realm.device_authorization(APP, **wanted))
    assert_refused(ask(realm, APP, **wanted))
    assert not channel.was_asked()
    assert_refused(jwt_bearer.ask(realm, jwt_bearer.assertion(realm), APP, **wanted))
    subject = realm.token({**PASSWORD, "authorization_details": details(PAY)}, APP).json()["access_token"]
    assert_refused(exchanged(realm, subject, APP, **wanted))


def test_a_client_without_types_has_none_anywhere(realm, channel):
    wanted = {"authorization_details": details(PAY)}
    assert_refused(realm.token({**PASSWORD, **wanted}, NONE), "may not ask")
    assert_refused(realm.device_authorization(NONE, **wanted), "may not ask")
    assert_refused(ask(realm, NONE, **wanted), "may not ask")
    assert_refused(jwt_bearer.ask(realm, jwt_bearer.assertion(realm), NONE, **wanted), "may not ask")
