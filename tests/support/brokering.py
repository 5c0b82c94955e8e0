# SPDX-License-Identifier: Apache-2.0
"""A realm `inner`, an identity provider that a test has in its hands (upstream.py), and the way there and back.

A test's file has a fixture `server` of its own, which begins with a realm of that name; `realm` and `admin` follow from it."""

import pytest
from administrator import Admin
from oidc import Client, callback_of
from upstream import Upstream, button
from web import unverified_token

APP = Client("app", "app-secret", "http://localhost:8000/auth")
FULL = {"given_name": "Carl", "family_name": "Cook"}  # what a profile has to have


def client(of, **more):
    return {"clientId": of.client_id, "secret": of.secret, "redirectUris": [of.redirect_uri], **more}


def user(name, **more):
    return {
        **{"username": name, "enabled": True, "email": f"{name}@example.com", "emailVerified": True},
        **{"firstName": name.title(), "lastName": "Cook"},
        **{"credentials": [{"type": "password", "value": f"{name}-password"}], **more},
    }


def administrator():
    return user("boss", clientRoles={"realm-management": ["realm-admin"]})


def linked(sub, *aliases):
    """That a user is `sub` at these identity providers."""
    return [{"identityProvider": alias, "userId": sub, "userName": sub} for alias in aliases]


def realm_as_provider(base, name, **more):
    """The config of an identity provider that is a realm of ours."""
    issuer = f"{base}/realms/{name}"
    oidc = f"{issuer}/protocol/openid-connect"
    return {
        **{"issuer": issuer, "authorizationUrl": f"{oidc}/auth", "tokenUrl": f"{oidc}/token"},
        **{"jwksUrl": f"{oidc}/certs", "userInfoUrl": f"{oidc}/userinfo", **more},
    }


@pytest.fixture(scope="module")
def upstream():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("inner")


@pytest.fixture(scope="module")
def admin(server):
    return Admin(server, "inner", "boss", "boss-password")


def leave(realm, browser, alias="up", **changes):
    """Presses the button; returns the address at the provider."""
    page = realm.authorize(browser, APP, **changes)
    assert page.status == 200, page.text
    return browser.get(button(page, alias)).location


def come_back(realm, browser, upstream, alias="up", **changes):
    return browser.get(upstream.agree(leave(realm, browser, alias), **changes))


def claims_of(realm, answer):
    """Those of the ID token that the client gets at the end of a login."""
    callback = callback_of(answer)
    assert "code" in callback, answer.location
    tokens = realm.code(APP, callback["code"])
    assert tokens.status == 200, tokens.text
    return unverified_token(tokens.json()["id_token"])[1]


def find(admin, name):
    users = admin("GET", f"/realms/inner/users?exact=true&username={name}").json()
    return users[0] if users else None


def links(admin, name):
    return admin("GET", f"/realms/inner/users/{find(admin, name)['id']}/federated-identity").json()


def linked_ids(admin, name):
    """Who a user is where: {alias: id there}."""
    return {link["identityProvider"]: link["userId"] for link in links(admin, name)}
