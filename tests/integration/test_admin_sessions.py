# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's sessions: what is seen of them, and that what is ended is over for the client too."""

import time

import pytest
from oidc import Client
from test_admin_api import APP, provider, root, shop_admin  # noqa: F401  (fixtures)

NOBODY = "00000000-0000-0000-0000-000000000000"
REALM = "/realms/shop"
WEB = Client("app", "app-secret")


@pytest.fixture
def app(root):  # noqa: F811
    return root("POST", REALM + "/clients", {**APP, "secret": "app-secret"}).header("Location").removeprefix(root.base)


@pytest.fixture
def guest(root):  # noqa: F811
    return f"{REALM}/users/{root('GET', REALM + '/users?username=guest&exact=true').json()[0]['id']}"


def login(provider):  # noqa: F811
    answer = provider.realm("shop").password(WEB, "guest", "guest-password")
    assert answer.status == 200, answer.text
    return answer.json()


def is_good(provider, tokens):  # noqa: F811
    """What the provider says of the tokens: userinfo, introspection and refresh agree."""
    realm = provider.realm("shop")
    form = {"token": tokens["access_token"], "client_id": "app", "client_secret": WEB.secret}
    introspected = realm.browser().post(realm.endpoint("token/introspect"), form).json()
    said = {realm.userinfo(tokens["access_token"]).status == 200, introspected["active"]}
    said.add(realm.refresh(WEB, tokens["refresh_token"]).status == 200)
    assert len(said) == 1, said
    return said.pop()


def test_one_session_ends(provider, root, app, guest):  # noqa: F811
    one, other = login(provider), login(provider)
    seen = root("GET", app + "/user-sessions").json()
    assert {session["id"] for session in seen} == {one["session_state"], other["session_state"]}
    assert seen == root("GET", guest + "/sessions").json()
    assert seen[0]["ipAddress"] == "127.0.0.1" and list(seen[0]["clients"].values()) == ["app"]
    assert abs(seen[0]["start"] / 1000 - time.time()) < 60
    assert root("GET", app + "/session-count").json() == {"count": 2}
    assert [one["active"] for one in root("GET", REALM + "/client-session-stats").json()] == ["2"]
    assert root("DELETE", f"{REALM}/sessions/{one['session_state']}").status == 204
    assert not is_good(provider, one) and is_good(provider, other)
    assert root("GET", app + "/session-count").json() == {"count": 1}


def test_offline_sessions_are_told_apart(provider, root, app, guest):  # noqa: F811
    client = root("GET", app).json()["id"]
    role = root("GET", REALM + "/roles/offline_access").json()
    assert root("POST", guest + "/role-mappings/realm", [role]).status == 204
    here = login(provider)
    away = provider.realm("shop").password(WEB, "guest", "guest-password", "openid offline_access").json()
    seen = root("GET", app + "/offline-sessions").json()
    assert [session["username"] for session in seen] == ["guest"]
    assert seen == root("GET", f"{guest}/offline-sessions/{client}").json()
    assert [session["id"] for session in root("GET", guest + "/sessions").json()] == [here["session_state"]]
    assert root("GET", app + "/offline-session-count").json() == root("GET", app + "/session-count").json() == {"count": 1}
    assert [(one["active"], one["offline"]) for one in root("GET", REALM + "/client-session-stats").json()] == [("1", "1")]
    path = f"{REALM}/sessions/{seen[0]['id']}"
    assert root("DELETE", path).status == 404
    assert root("DELETE", path + "?isOffline=true").status == 204
    assert provider.realm("shop").refresh(WEB, away["refresh_token"]).status == 400
    assert root("DELETE", f"{REALM}/sessions/{here['session_state']}?isOffline=true").status == 404
    assert is_good(provider, here)


def test_a_user_is_logged_out(provider, root, app, guest):  # noqa: F811
    tokens = login(provider)
    assert root("POST", guest + "/logout").status == 204
    assert not is_good(provider, tokens)
    assert root("GET", guest + "/sessions").json() == []
    assert is_good(provider, login(provider))


def test_everybody_is_logged_out(provider, root, app, guest):  # noqa: F811
    tokens = login(provider)
    assert root("POST", REALM + "/logout-all").json() == {}
    assert not is_good(provider, tokens)
    assert root("GET", REALM).json()["notBefore"] >= int(time.time()) - 60
    assert root("GET", "/realms/master/clients").status == 200


def test_not_before_of_a_client(provider, root, app):  # noqa: F811
    tokens = login(provider)
    assert root("PUT", app, {"notBefore": int(time.time()) + 60}).status == 204
    assert provider.realm("shop").userinfo(tokens["access_token"]).status == 401
    assert root("POST", app + "/push-revocation").json() == {}


def test_sessions_of_other_realms_are_out_of_reach(provider, root, app):  # noqa: F811
    tokens = login(provider)
    assert root("POST", "/realms", {"realm": "other", "enabled": True}).status == 201
    assert root("DELETE", f"/realms/other/sessions/{tokens['session_state']}").status == 404
    assert root("POST", "/realms/other/logout-all").status == 200
    assert is_good(provider, tokens)


def test_nodes(root, app):  # noqa: F811
    assert root("POST", app + "/nodes", {"node": "one.example"}).status == 204
    assert list(root("GET", app).json()["registeredNodes"]) == ["one.example"]
    assert root("DELETE", app + "/nodes/one.example").status == 204
    assert root("DELETE", app + "/nodes/one.example").status == 404
    for body in ("", "[]", "{}", '{"node":7}', '{"node":""}', '{"node":"%s"}' % ("n" * 300)):
        assert root("POST", app + "/nodes", raw=body.encode()).status == 400, body


def test_who_may(provider, root, app, guest):  # noqa: F811
    viewer, keeper = shop_admin(provider, "viewer"), shop_admin(provider, "keeper")
    assert viewer("GET", app + "/user-sessions").status == 200
    assert viewer("GET", guest + "/sessions").status == 200
    assert viewer("GET", REALM + "/client-session-stats").status == 403
    for method, path in (("POST", guest + "/logout"), ("POST", REALM + "/logout-all"), ("DELETE", f"{REALM}/sessions/{NOBODY}")):
        assert viewer(method, path).status == 403, path
    assert keeper("GET", app + "/user-sessions").status == 403
    assert keeper("POST", REALM + "/push-revocation").status == 403
    assert keeper("POST", guest + "/logout").status == 204
    assert keeper("DELETE", f"{REALM}/sessions/{NOBODY}").status == 404


def test_what_is_told_of_a_client_and_of_the_server(provider, root, app):  # noqa: F811
    assert root("GET", app + "/service-account-user").status == 400
    assert root("PUT", app, {"serviceAccountsEnabled": True}).status == 204
    account = root("GET", app + "/service-account-user").json()
    assert root("GET", f"{REALM}/users/{account['id']}").json()["username"] == account["username"] == "service-account-app"
    told = root("GET", app + "/installation/providers/keycloak-oidc-keycloak-json").json()
    assert told["resource"] == "app" and told["credentials"] == {"secret": "app-secret"}
    assert told["auth-server-url"] == provider.base + "/"
    assert root("GET", app + "/installation/providers/docker-v2-compose-yaml").status == 404
    assert root("GET", "/serverinfo").json()["systemInfo"]["version"] == "24.0.5"
    guest, viewer = shop_admin(provider, "guest"), shop_admin(provider, "viewer")
    assert guest("GET", "/serverinfo").status == 403 and viewer("GET", "/serverinfo").status == 200
