# SPDX-License-Identifier: Apache-2.0
"""Levels of authentication: acr_values, essential acr, default.acr.values, and the names that tokens have for them."""

import json

import pytest
from oidc import Client, callback_of
from programs import Provider
from web import Browser, unverified_token

CALLBACK, SECRET = "http://localhost:8000/cb", "acr-secret"


@pytest.fixture(scope="module")
def realm(work):
    clients = [
        {
            "clientId": name,
            "secret": SECRET,
            "redirectUris": [CALLBACK],
            "directAccessGrantsEnabled": True,
            "attributes": attributes,
        }
        for name, attributes in (
            ("plain", {}),
            ("named", {"acr.loa.map": json.dumps({"gold": 2, "silver": 1})}),
            ("default", {"default.acr.values": "1"}),
        )
    ]
    user = {"username": "ann", "enabled": True, "email": "ann@example.org"}
    user["credentials"] = [{"type": "password", "value": "ann-password"}]
    document = {"realm": "acr", "enabled": True, "clients": clients, "users": [user]}
    document["attributes"] = {"acr.loa.map": json.dumps({"password": 1})}
    file = work / "acr-realm.json"
    file.write_text(json.dumps(document))
    with Provider([file], work / "acr") as provider:
        yield provider.realm("acr")


@pytest.fixture
def browser(realm):
    """Somebody who has logged in."""
    made = Browser()
    realm.log_in(made, of("plain"), "ann", "ann-password")
    return made


def of(name):
    return Client(name, SECRET, CALLBACK)


def essential(*values, **more):
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": values, **more}}})}


def acr(realm, name, answer):
    tokens = realm.code(of(name), callback_of(answer)["code"])
    assert tokens.status == 200, tokens.text
    found = [unverified_token(tokens.json()[kind])[1].get("acr") for kind in ("id_token", "access_token")]
    assert found[0] == found[1]
    refreshed = realm.refresh(of(name), tokens.json()["refresh_token"]).json()
    assert unverified_token(refreshed["id_token"])[1]["acr"] == found[0]
    return found[0]


@pytest.mark.parametrize(
    "name, changes, expected",
    [
        ("plain", {}, "0"),
        ("plain", {"acr_values": "0"}, "0"),
        ("plain", {"acr_values": "1 0"}, "0"),
        ("plain", essential("0"), "0"),
        ("named", {}, "0"),
    ],
)
def test_a_session_is_enough(realm, browser, name, changes, expected):
    assert acr(realm, name, realm.authorize(browser, of(name), prompt="none", **changes)) == expected


@pytest.mark.parametrize(
    "name, changes, expected",
    [
        ("plain", {"acr_values": "1"}, "1"),
        ("plain", {"acr_values": "password"}, "password"),
        ("plain", {"acr_values": "phr"}, "password"),
        ("plain", essential("1"), "1"),
        ("named", {"acr_values": "gold"}, "silver"),
        ("named", essential("silver"), "silver"),
        ("default", {}, "1"),
    ],
)
def test_a_session_is_not_enough(realm, browser, name, changes, expected):
    none = callback_of(realm.authorize(browser, of(name), prompt="none", **changes))
    assert none["error"] == "login_required"
    page = realm.authorize(browser, of(name), **changes)
    answer = browser.submit(page.page.form("kc-form-login"), password="ann-password")
    assert acr(realm, name, answer) == expected


def test_what_is_essential_and_cannot_be_had_fails(realm, browser):
    answer = callback_of(realm.authorize(browser, of("named"), **essential("gold")))
    assert (answer["error"], answer["state"]) == ("unmet_authentication_requirements", "state-1")
    answer = realm.authorize(browser, of("named"), **essential("platinum"))
    assert answer.status == 400 and "Invalid parameter: claims" in answer.page.text


def test_a_password_grant_has_the_same_names(realm):
    tokens = realm.password(of("named"), "ann", "ann-password").json()
    assert unverified_token(tokens["access_token"])[1]["acr"] == "silver"


def test_discovery_has_the_names_of_the_realm(realm):
    assert realm.discovery().json()["acr_values_supported"] == ["0", "1", "password"]
