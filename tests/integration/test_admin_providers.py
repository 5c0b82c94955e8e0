# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's identity providers: kept with their secrets unseen, and nobody logs in by them."""

import json
import subprocess

import pytest
from oidc import Client
from programs import provider_program
from test_admin_api import provider, root, shop_admin, user  # noqa: F401  (fixtures)
from upstream import Upstream
from waiting import until
from web import Browser

REALM = "/realms/shop"
INSTANCES = REALM + "/identity-provider/instances"
IMPORT = REALM + "/identity-provider/import-config"
CONFIG = {"clientId": "ours", "clientSecret": "known-to-nobody", "tokenUrl": "https://a.example/token"}
PARTNER = {"alias": "partner", "providerId": "oidc", "displayName": "<b>Partner", "config": CONFIG}
MASK = "**********"


def test_a_secret_stays_and_is_never_told(provider, root):  # noqa: F811
    made = root("POST", INSTANCES, PARTNER)
    assert (made.status, made.header("Location")) == (201, f"{root.base}{INSTANCES}/partner")
    path = INSTANCES + "/partner"
    for answer in (root("GET", path), root("GET", INSTANCES), root("GET", REALM), root("POST", REALM + "/partial-export")):
        assert "known-to-nobody" not in answer.text
    assert root("GET", path).json()["config"] == {**CONFIG, "clientSecret": MASK}
    assert root("PUT", path, {**PARTNER, "displayName": "Other", "config": {**CONFIG, "clientSecret": MASK}}).status == 204
    command = [str(provider_program()), "realm", "export", "shop", "--data", provider.data]
    kept = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["identityProviders"]
    assert [one["config"]["clientSecret"] for one in kept] == ["known-to-nobody"]
    assert root("GET", path).json()["displayName"] == "Other"
    assert root("PUT", path, {**PARTNER, "alias": "renamed"}).status == 501


def test_no_secret_is_in_events_and_exports(root):  # noqa: F811
    assert root("PUT", REALM, {"adminEventsEnabled": True, "adminEventsDetailsEnabled": True}).status == 204
    config = {"clientSecret": "known-to-nobody", "clientAuthSecret": "known-to-nobody", "privateKey": "known-to-nobody"}
    assert root("POST", INSTANCES, {**PARTNER, "config": config}).status == 201
    client = {"clientId": "turned", "secret": "known-to-nobody", "attributes": {"client.secret.rotated": "known-to-nobody"}}
    assert root("POST", REALM + "/clients", client).status == 201
    events = until(lambda: len(told := root("GET", REALM + "/admin-events").json()) >= 2 and told, "both events")
    exported = root("POST", REALM + "/partial-export?exportClients=true")
    assert all(MASK in event["representation"] for event in events if event["operationType"] == "CREATE") and MASK in exported.text
    assert "known-to-nobody" not in json.dumps(events) + exported.text


def test_nobody_logs_in_by_it(provider, root):  # noqa: F811
    assert root("POST", INSTANCES, PARTNER).status == 201
    client = {"clientId": "web", "publicClient": True, "redirectUris": ["https://web.example/*"]}
    assert root("POST", REALM + "/clients", client).status == 201
    realm = provider.realm("shop")
    page = realm.authorize(Browser(), Client("web", redirect_uri="https://web.example/"), kc_idp_hint="partner")
    assert page.status == 200 and "Partner" not in page.text and "a.example" not in page.text


def test_links_of_users_are_kept(root):  # noqa: F811
    assert root("POST", INSTANCES, PARTNER).status == 201
    guest = f"{REALM}/users/{root('GET', REALM + '/users?username=guest').json()[0]['id']}/federated-identity"
    link = {"identityProvider": "partner", "userId": "7", "userName": "seven"}
    assert root("POST", guest + "/partner", link).status == 204 and root("GET", guest).json() == [link]
    assert root("POST", guest + "/partner", link).status == 409
    assert root("POST", guest + "/other", {"userName": "x"}).status == 400
    assert root("DELETE", guest + "/partner").status == 204 and root("GET", guest).json() == []


def test_mappers_go_with_their_provider(root):  # noqa: F811
    mapper = {"name": "team", "identityProviderMapper": "oidc-user-attribute-idp-mapper", "config": {"claim": "team"}}
    for alias in ("partner", "other"):
        assert root("POST", INSTANCES, {**PARTNER, "alias": alias}).status == 201
        made = root("POST", f"{INSTANCES}/{alias}/mappers", mapper)
        assert made.status == 201 and root("GET", made.header("Location").removeprefix(root.base)).json()["identityProviderAlias"] == alias
    assert root("DELETE", INSTANCES + "/partner").status == 204
    assert root("POST", INSTANCES, PARTNER).status == 201
    assert [root("GET", f"{INSTANCES}/{alias}/mappers").json() != [] for alias in ("partner", "other")] == [False, True]


def test_who_may(provider, root):  # noqa: F811
    assert root("POST", REALM + "/users", user("broker")).status == 201
    boss, viewer, keeper = (shop_admin(provider, name) for name in ("boss", "viewer", "keeper"))
    assert boss("POST", INSTANCES, PARTNER).status == 201
    for admin in (viewer, keeper):
        for method, path in (("GET", INSTANCES), ("POST", INSTANCES), ("POST", IMPORT), ("PUT", INSTANCES + "/partner"), ("DELETE", INSTANCES + "/partner")):
            assert admin(method, path, PARTNER).status == 403, (method, path)
        assert admin("GET", INSTANCES + "/partner/mappers").status == 403


# ---- settings that a provider publishes ----

WELL_KNOWN = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def upstream():
    made = Upstream()
    yield made
    made.close()


def published(upstream, **changes):
    names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
    metadata = {f"{name}_endpoint": f"{upstream.issuer}/{path}" for name, path in names.items()}
    return {"issuer": upstream.issuer, "jwks_uri": f"{upstream.issuer}/certs", **metadata, "scopes_supported": ["openid"], **changes}


def test_settings_that_a_provider_publishes(root, upstream):  # noqa: F811
    upstream.answers[WELL_KNOWN] = Upstream.json(published(upstream))
    url = upstream.issuer + WELL_KNOWN
    for kind in ("oidc", "keycloak-oidc"):
        answer = root("POST", IMPORT, {"providerId": kind, "fromUrl": url})
        assert answer.status == 200
        assert answer.json() == {
            **{"issuer": upstream.issuer, "authorizationUrl": f"{upstream.issuer}/authorize", "tokenUrl": f"{upstream.issuer}/token"},
            **{"userInfoUrl": f"{upstream.issuer}/userinfo", "logoutUrl": f"{upstream.issuer}/logout"},
            **{"jwksUrl": f"{upstream.issuer}/certs", "useJwksUrl": "true", "validateSignature": "true"},
            "metadataDescriptorUrl": url,
        }
    assert root("GET", INSTANCES).json() == []
    assert root("PUT", REALM, {"adminEventsEnabled": True}).status == 204
    assert root("POST", IMPORT, {"providerId": "oidc", "fromUrl": url}).status == 200
    assert not [one for one in root("GET", REALM + "/admin-events").json() if one["resourceType"] == "IDENTITY_PROVIDER"]


def test_what_it_does_not_publish_is_left_out(root, upstream):  # noqa: F811
    upstream.answers[WELL_KNOWN] = Upstream.json({"issuer": "x", "jwks_uri": None})
    url = upstream.issuer + WELL_KNOWN
    answer = root("POST", IMPORT, {"providerId": "oidc", "fromUrl": url})
    assert (answer.status, answer.json()) == (200, {"issuer": "x", "metadataDescriptorUrl": url})
    # Its addresses are known.
    answer = root("POST", IMPORT, {"providerId": "google", "fromUrl": url})
    assert (answer.status, answer.json()) == (200, {"metadataDescriptorUrl": url})


BAD_METADATA = {
    "huge": (200, "application/json", b'{"issuer":"' + b"x" * (1 << 20) + b'"}'),
    "deep": (200, "application/json", b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "html": (200, "text/html", b"<html>secret words</html>"),
    "number": (200, "application/json", b'{"issuer":5}'),
    "long": (200, "application/json", b'{"jwks_uri":"' + b"x" * 3000 + b'"}'),
    "list": (200, "application/json", b"[]"),
    "text": (200, "application/json", b"{"),
    "moved": (302, "application/json", b"{}"),
    "error": (500, "application/json", b'{"error":"secret words"}'),
}


@pytest.mark.parametrize("name", BAD_METADATA)
def test_metadata_that_are_not_good(root, upstream, name):  # noqa: F811
    """Nothing is told of what answers at an address that only the server reaches."""
    upstream.answers[WELL_KNOWN] = BAD_METADATA[name]
    answer = root("POST", IMPORT, {"providerId": "oidc", "fromUrl": upstream.issuer + WELL_KNOWN})
    assert (answer.status, answer.json()) == (500, {"error": "unknown_error"})


@pytest.mark.parametrize("url", ["", 5, "file:///etc/passwd", "gopher://a.example/", "http://user@127.0.0.1/", "x", "http://127.0.0.1:1/", "http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest/meta-data"])  # fmt: skip
def test_addresses_that_are_not_asked(root, url):  # noqa: F811
    answer = root("POST", IMPORT, {"providerId": "oidc", "fromUrl": url})
    assert (answer.status, answer.json()) == (500, {"error": "unknown_error"})


def test_imports_that_are_no_question(root, upstream):  # noqa: F811
    url = upstream.issuer + WELL_KNOWN
    for body in ({}, {"providerId": "oidc"}, {"fromUrl": url}, []):
        assert root("POST", IMPORT, body).status == 400
    assert root("POST", IMPORT, {"providerId": "saml", "fromUrl": url}).status == 501
    asked = len(upstream.asked(WELL_KNOWN))
    assert Browser().request("POST", root.base + IMPORT, b"{}", {"Content-Type": "application/json"}).status == 401
    assert len(upstream.asked(WELL_KNOWN)) == asked
