# SPDX-License-Identifier: Apache-2.0
"""What tests of the token endpoint begin with: a provider with the realm of the comparison with Keycloak."""

import pytest
from needs import kept_running
from oidc import Client, Pkce, callback_of
from programs import PROJECT, Provider
from web import Browser

REALMS = PROJECT / "tests" / "interop" / "realms"
CALLBACK = "http://localhost:8000/auth"
WEB = Client("web", "web-secret", CALLBACK)
OTHER = Client("other", "other-secret", CALLBACK)
CAROL = ("carol", "carol-password")
NOT_A_CLIENT = "Invalid client or Invalid client credentials"


@pytest.fixture(scope="module")
def server(tmp_path_factory, results):
    """Our provider with the realms that Keycloak was probed with."""
    files = sorted(REALMS.glob("*-realm.json"))
    yield from kept_running(lambda: Provider(files, tmp_path_factory.mktemp("token")), results)


@pytest.fixture(scope="module")
def probe(server):
    return server.realm("probe")


def carol(realm, client=WEB, **changes):
    """A code for carol."""
    pkce = Pkce()
    return callback_of(realm.log_in(Browser(), client, *CAROL, pkce, **changes))["code"], pkce


def assert_refused(answer, status, error, description):
    seen = answer.json()
    assert (answer.status, seen["error"], seen.get("error_description")) == (status, error, description)
    assert answer.header("cache-control") == "no-store"
    assert answer.header("pragma") == "no-cache"
    assert answer.header("content-type") == "application/json"
