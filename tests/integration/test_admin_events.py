# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's events: what users and administrators did is kept if a realm wants it, without their secrets."""

import datetime
import json
import time

import pytest
import stores
from oidc import Client
from test_admin_api import APP, provider, root, shop_admin  # noqa: F401  (fixtures)

REALM = "/realms/shop"
WEB = Client("app", "app-secret")


@pytest.fixture
def app(root):  # noqa: F811
    return root("POST", REALM + "/clients", {**APP, "secret": "app-secret"}).header("Location").removeprefix(root.base)


def settings(root, **values):  # noqa: F811
    assert root("PUT", REALM + "/events/config", values).status == 204


def login(provider, password="guest-password"):  # noqa: F811
    return provider.realm("shop").password(WEB, "guest", password)


def types(root, query=""):  # noqa: F811
    return [event["type"] for event in root("GET", REALM + "/events" + query).json()]


def test_events_of_users(provider, root, app):  # noqa: F811
    assert login(provider).status == 200 and types(root) == []
    settings(root, eventsEnabled=True)
    tokens = login(provider).json()
    assert login(provider, "wrong").status == 401
    realm = provider.realm("shop")
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 200
    assert types(root) == ["LOGIN_ERROR", "LOGIN"]
    event = root("GET", REALM + "/events?type=LOGIN").json()[0]
    assert (event["clientId"], event["sessionId"], event["details"]["username"]) == ("app", tokens["session_state"], "guest")
    assert event["ipAddress"] == "127.0.0.1" and abs(event["time"] / 1000 - time.time()) < 60
    assert root("GET", REALM + "/events?type=LOGIN_ERROR").json()[0]["error"] == "invalid_user_credentials"
    settings(root, enabledEventTypes=["REFRESH_TOKEN"])
    tokens = login(provider).json()
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 200
    assert types(root)[0] == "REFRESH_TOKEN" and len(types(root)) == 3
    for secret in ("guest-password", "wrong", "app-secret", tokens["access_token"], tokens["refresh_token"]):
        assert secret not in root("GET", REALM + "/events").text
    assert root("DELETE", REALM + "/events").status == 204 and types(root) == []


def test_filters(provider, root, app):  # noqa: F811
    settings(root, eventsEnabled=True)
    for password in ("wrong", "guest-password", "wrong"):
        login(provider, password)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    tomorrow = today + datetime.timedelta(1)
    assert types(root, "?type=LOGIN&type=LOGIN_ERROR") == ["LOGIN_ERROR", "LOGIN", "LOGIN_ERROR"]
    assert types(root, "?first=1&max=1") == ["LOGIN"]
    assert len(types(root, "?client=app&ipAddress=127.0.0.1")) == 3 and types(root, "?client=ap") == []
    assert len(types(root, f"?dateFrom={today}&dateTo={tomorrow}")) == 3
    assert types(root, f"?dateTo={today}") == types(root, f"?dateFrom={tomorrow}") == []
    assert types(root, "?type=LOGIN'%20OR%201=1") == types(root, "?client=%25") == []


def test_events_of_administrators(provider, root, app):  # noqa: F811
    secret = {"clientId": "app", "secret": "another-secret", "attributes": {"note": "seen"}}
    settings(root, adminEventsEnabled=True, adminEventsDetailsEnabled=True)
    assert root("PUT", app, secret).status == 204
    guest = root("GET", REALM + "/users?username=guest&exact=true").json()[0]["id"]
    assert root("PUT", f"{REALM}/users/{guest}/reset-password", {"value": "new-password"}).status == 204
    user = {"username": "nina", "credentials": [{"type": "password", "value": "nina-password"}]}
    assert root("POST", REALM + "/users", user).status == 201
    assert root("POST", REALM + "/users", user).status == 409
    assert root("DELETE", app).status == 204
    events = root("GET", REALM + "/admin-events").json()
    assert [(event["operationType"], event["resourceType"]) for event in events] == [
        ("DELETE", "CLIENT"),
        ("CREATE", "USER"),
        ("ACTION", "USER"),
        ("UPDATE", "CLIENT"),
    ]
    assert events[2]["resourcePath"] == f"users/{guest}/reset-password"
    assert events[1]["resourcePath"].startswith("users/") and len(events[1]["resourcePath"]) == 42
    told = json.loads(events[3]["representation"])
    assert told == {**secret, "secret": "**********"}
    whole = json.dumps(events)
    assert not any(word in whole for word in ("another-secret", "new-password", "nina-password"))
    assert events[0]["authDetails"]["ipAddress"] == "127.0.0.1"
    assert len(root("GET", REALM + "/admin-events?resourcePath=clients/*").json()) == 2
    assert root("GET", REALM + "/admin-events?resourcePath=clients").json() == []
    assert root("GET", REALM + "/admin-events?resourcePath=clients/_%25").json() == []
    assert len(root("GET", REALM + "/admin-events?operationTypes=UPDATE&operationTypes=DELETE&resourceTypes=CLIENT").json()) == 2
    settings(root, adminEventsDetailsEnabled=False)
    assert root("PUT", REALM, {"displayName": "Shop"}).status == 204
    assert "representation" not in root("GET", REALM + "/admin-events?max=1").json()[0]
    assert root("DELETE", REALM + "/admin-events").status == 204
    assert root("GET", REALM + "/admin-events").json() == []


def test_events_outlive_the_program_and_expire(provider, root, app):  # noqa: F811
    settings(root, eventsEnabled=True, eventsExpiration=600)
    login(provider)
    provider.stop()
    provider.start()
    assert types(root) == ["LOGIN"]
    assert stores.rows(provider.data, "SELECT expires - time / 1000 AS kept FROM event") == [(600,)]


def test_p9_admin_events_expire_by_an_attribute_of_the_realm(provider, root):  # noqa: F811
    settings(root, adminEventsEnabled=True)
    assert root("PUT", REALM, {"attributes": {"adminEventsExpiration": "600"}}).status == 204
    assert root("PUT", REALM, {"displayName": "Shop"}).status == 204
    assert len(root("GET", REALM + "/admin-events").json()) == 2
    kept = stores.rows(provider.data, "SELECT DISTINCT expires - time / 1000 AS kept FROM event WHERE expires > 0")
    assert kept == [(600,)]


def test_what_cannot_be_asked(root):  # noqa: F811
    for query in ("dateFrom=yesterday", "dateTo=2026-13-01", "dateFrom=2026-01-01x", "first=-2", "max=x", "first=99999999999"):
        assert 400 <= root("GET", f"{REALM}/events?{query}").status < 500, query
    for body in ("", "[]", "7", '{"eventsEnabled":"yes"}', '{"eventsExpiration":"soon"}', '{"enabledEventTypes":"LOGIN"}', '{"enabledEventTypes":[[7]]}'):
        assert root("PUT", REALM + "/events/config", raw=body.encode()).status == 400, body


def test_who_may(provider, root):  # noqa: F811
    boss, viewer = shop_admin(provider, "boss"), shop_admin(provider, "viewer")
    for method, path in (("GET", "/events"), ("GET", "/admin-events"), ("GET", "/events/config"), ("DELETE", "/events")):
        assert viewer(method, REALM + path).status == 403, path
        assert boss(method, REALM + path).status < 300, path
    assert boss("GET", "/realms/master/events").status == 403
