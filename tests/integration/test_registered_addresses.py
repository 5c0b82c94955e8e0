# SPDX-License-Identifier: Apache-2.0
"""Whatever addresses a client registers, in whatever words: the provider connects to none that is not public, and to those that
are for people never."""

import json
import time

import pytest
from oidc import Client, Pkce
from programs import Provider
from trap import Trap
from web import Browser, basic, bearer

OUTSIDE = "https://app.example/cb"
ANN = ("ann", "ann-password")
REALM = {
    "realm": "shop",
    "enabled": True,
    "sslRequired": "none",
    "clients": [{"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}],
    "users": [
        {
            **{"username": "ann", "enabled": True, "email": "ann@example.org", "firstName": "A", "lastName": "N"},
            "credentials": [{"type": "password", "value": ANN[1]}],
            "clientRoles": {"realm-management": ["create-client", "manage-clients"]},
        }
    ],
}
# What one machine is called.
HOSTS = ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "LOCALHOST", "[::ffff:7f00:1]", "user@127.0.0.1")  # fmt: skip
FOR_PEOPLE = ("logo_uri", "policy_uri", "tos_uri", "client_uri", "initiate_login_uri")
FOR_US = ("jwks_uri", "sector_identifier_uri", "backchannel_logout_uri", "frontchannel_logout_uri", "backchannel_client_notification_endpoint")


@pytest.fixture(scope="module")
def realm(work):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    arguments = ("--http-enabled=true", "--hostname-strict=false")
    provider = Provider([file], work / "addresses", arguments=arguments)
    provider.command = ["start" if word == "start-dev" else word for word in provider.command]
    with provider:
        yield provider.realm("shop")


@pytest.fixture
def trap():
    with Trap() as trap:
        yield trap


@pytest.fixture(scope="module")
def maker(realm):
    return realm.password(Client("app"), *ANN).json()["access_token"]


def register(realm, token, **metadata):
    body = json.dumps({"redirect_uris": [OUTSIDE], **metadata}).encode()
    url = f"{realm.issuer}/clients-registrations/openid-connect"
    return Browser().request("POST", url, body, {**bearer(token), "Content-Type": "application/json"})


def addresses(trap):
    port = trap.base.rsplit(":", 1)[1]
    return [f"{scheme}://{host}:{port}/x" for scheme in ("https", "http") for host in HOSTS]


def of_kind(name, address):
    """What else the metadata has to say for the address to be asked."""
    return {
        "jwks_uri": {"jwks_uri": address, "token_endpoint_auth_method": "private_key_jwt"},
        "sector_identifier_uri": {"sector_identifier_uri": address, "subject_type": "pairwise"},
        "backchannel_client_notification_endpoint": {
            **{"backchannel_client_notification_endpoint": address, "backchannel_token_delivery_mode": "ping"},
            "grant_types": ["authorization_code", "urn:openid:params:grant-type:ciba"],
        },
    }.get(name, {name: address})


def use(realm, made):
    """Everything that a client does and has done to it, as far as it gets."""
    client = Client(made["client_id"], made.get("client_secret"), OUTSIDE)
    browser, pkce = Browser(), Pkce()
    assertion = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion": "e30.e30.x"}
    for path, form in (
        ("token", {"grant_type": "client_credentials", "client_id": client.client_id, **assertion}),
        ("ext/ciba/auth", {"scope": "openid", "login_hint": "ann", "client_notification_token": "n"}),
    ):
        browser.post(realm.endpoint(path), form, {} if "client_assertion" in form else basic(client.client_id, client.secret or ""))
    query = {"client_id": client.client_id, "redirect_uri": OUTSIDE, "response_type": "code", "scope": "openid", **pkce.params}
    for uri in made.get("request_uris", ()):
        browser.get(realm.endpoint("auth"), {**query, "request_uri": uri})
    shown = browser.get(realm.endpoint("auth"), query)
    assert shown.status < 500
    return shown


@pytest.mark.parametrize("name", FOR_US)
def test_no_address_of_this_machine_is_connected_to(realm, maker, trap, name):
    for address in addresses(trap):
        made = register(realm, maker, **of_kind(name, address))
        assert made.status in (201, 400), made.text
        if made.status == 201:
            use(realm, made.json())
        assert trap.untouched, address


def test_no_request_is_fetched_from_here(realm, maker, trap):
    for address in addresses(trap):
        made = register(realm, maker, request_uris=[address])
        if made.status == 201:
            use(realm, made.json())
        assert trap.untouched, address
    made = register(realm, maker, request_uris=["https://app.example/r"]).json()
    use(realm, {**made, "request_uris": addresses(trap)})  # that were never registered
    assert trap.untouched


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_what_is_for_people_is_never_fetched(realm, maker, trap, name):
    for address in addresses(trap)[:3] + ["https://app.example/x"]:
        made = register(realm, maker, **{name: address})
        assert made.status in (201, 400), made.text
        if made.status == 201:
            shown = use(realm, made.json())
            assert address not in shown.text or name != "logo_uri"
        assert trap.untouched, address


def test_a_client_that_describes_itself_from_here_is_not_asked(realm, trap):
    """Its client_id is an address (client ID metadata documents); the realm does not let it."""
    for address in addresses(trap):
        query = {"client_id": address, "redirect_uri": OUTSIDE, "response_type": "code", **Pkce().params}
        assert Browser().get(realm.endpoint("auth"), query).status == 400
        assert trap.untouched, address


def test_nobody_is_told_of_a_logout_here(realm, maker, trap):
    """The client has logged a user in; its logout tokens go nowhere near."""
    told = []
    for address in addresses(trap)[: len(HOSTS)]:
        made = register(realm, maker, backchannel_logout_uri=address)
        if made.status == 201:
            told.append(Client(made.json()["client_id"], made.json()["client_secret"], OUTSIDE))
    assert told
    browser = Browser()
    for client in told[:3]:
        pkce = Pkce()
        answer, tokens = realm.code_login(client, *ANN, pkce, browser)
        assert tokens.status == 200, tokens.text
        form = {"refresh_token": tokens.json()["refresh_token"]}
        assert Browser().post(realm.endpoint("logout"), form, basic(client.client_id, client.secret)).status == 204
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and trap.untouched:
        time.sleep(0.05)
    assert trap.untouched
