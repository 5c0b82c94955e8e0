# SPDX-License-Identifier: Apache-2.0
"""Flows that an administrator makes: what logins then ask for, what stays as it was, and what is refused."""

import pytest
from administrator import Admin
from oidc import Client, callback_of
from one_time_codes import credential, totp
from programs import Provider, realm_files
from web import Browser

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
REALM = "/realms/shop"
AUTH = f"{REALM}/authentication"
FLOWS = f"{AUTH}/flows"
NOBODY = "00000000-0000-0000-0000-000000000000"


def user(name, *credentials, **more):
    names = {"username": name, "email": f"{name}@example.org", "firstName": name, "lastName": "Cook", "enabled": True}
    return {**names, "credentials": [{"type": "password", "value": name}, *credentials], **more}


@pytest.fixture
def server(tmp_path):
    client = {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    keeper = user("keeper", clientRoles={"realm-management": ["realm-admin"]})
    viewer = user("viewer", clientRoles={"realm-management": ["view-realm"]})
    people = [keeper, viewer, user("bob"), user("ann", credential())]
    shop = {"realm": "shop", "enabled": True, "clients": [client], "users": people}
    with Provider(realm_files([shop], tmp_path / "files"), tmp_path / "data") as provider:
        yield provider


@pytest.fixture
def admin(server):
    return Admin(server, "shop", "keeper", "keeper")


def made(admin, path, body):
    answer = admin("POST", path, body)
    assert answer.status == 201, answer.text
    return answer.header("Location").removeprefix(admin.base)


def flow(admin, alias, **more):
    return made(admin, FLOWS, {"alias": alias, "providerId": "basic-flow", "topLevel": True, "builtIn": False, **more})


def step(admin, alias, provider, requirement="REQUIRED"):
    path = made(admin, f"{FLOWS}/{alias}/executions/execution", {"provider": provider})
    told = {"id": path.rpartition("/")[2], "requirement": requirement}
    assert admin("PUT", f"{FLOWS}/{alias}/executions", told).status == 204
    return path


def steps(admin, alias):
    return [(one["displayName"], one["requirement"], one["level"]) for one in admin("GET", f"{FLOWS}/{alias}/executions").json()]


def login(server, name):
    """What comes after the password: the answer to the client, or a page."""
    browser = Browser()
    page = server.realm("shop").authorize(browser, APP)
    return browser.submit(page.page.form("kc-form-login"), username=name, password=name)


def test_codes_are_asked_for_as_before_once_there_is_a_flow(server, admin):
    """Keycloak's own flows are then listed: whoever has a device is asked for its code by them, too."""
    realm = server.realm("shop")
    for begun in (False, True):
        if begun:
            flow(admin, "mine")
        assert realm.password(APP, "ann", "ann").status == 401
        assert realm.password(APP, "bob", "bob").status == 200
        assert "code" in callback_of(login(server, "bob"))
        assert login(server, "ann").page.form("kc-otp-login-form"), "a code is asked for"
    form = {"grant_type": "password", "username": "ann", "password": "ann", "totp": totp()}
    assert realm.token(form, APP).status == 200
    assert {"browser", "mine", "registration"} <= {one["alias"] for one in admin("GET", FLOWS).json()}


def test_a_flow_of_ones_own_is_followed(server, admin):
    """Nobody without a device; those who have one need its code."""
    mine = flow(admin, "mine")
    part = made(admin, f"{FLOWS}/mine/executions/flow", {"alias": "my forms", "type": "basic-flow"})
    first = admin("GET", f"{FLOWS}/mine/executions").json()[0]
    assert admin("PUT", f"{FLOWS}/mine/executions", {**first, "requirement": "ALTERNATIVE"}).status == 204
    step(admin, "my%20forms", "auth-username-password-form")
    code = step(admin, "my%20forms", "auth-otp-form")
    expected = [("my forms", "ALTERNATIVE", 0), ("auth-username-password-form", "REQUIRED", 1), ("auth-otp-form", "REQUIRED", 1)]
    assert steps(admin, "mine") == expected
    assert admin("PUT", REALM, {"browserFlow": "mine"}).status == 204
    assert login(server, "ann").page.form("kc-otp-login-form")
    assert "code" not in (callback_of(login(server, "bob")) if login(server, "bob").location else {})
    # A step is switched off, and a flow that is in use stays.
    told = admin("GET", code).json()
    assert told["parentFlow"] == part.rpartition("/")[2] and told["requirement"] == "REQUIRED"
    assert admin("PUT", f"{FLOWS}/mine/executions", {"id": told["id"], "requirement": "DISABLED"}).status == 204
    assert "code" in callback_of(login(server, "ann"))
    assert admin("DELETE", mine).status == admin("DELETE", part).status == 400
    # Another name, and everything follows; what is made stays when the program starts anew.
    assert admin("PUT", mine, {"alias": "yours", "description": "renamed"}).status == 204
    assert admin("GET", REALM).json()["browserFlow"] == "yours"
    server.stop()
    server.start()
    assert "code" in callback_of(login(server, "ann"))
    assert admin("PUT", REALM, {"browserFlow": "browser"}).status == 204
    assert admin("DELETE", mine).status == 204
    assert admin("GET", part).status == admin("GET", code).status == 404
    assert login(server, "ann").page.form("kc-otp-login-form")


def test_a_copy_has_parts_and_settings_of_its_own(admin):
    copied = made(admin, f"{FLOWS}/browser/copy", {"newName": "copied"})
    assert [one[:2] for one in steps(admin, "copied")][-3:] == [
        ("copied Browser - Conditional OTP", "CONDITIONAL"), ("conditional-user-configured", "REQUIRED"), ("auth-otp-form", "REQUIRED"),
    ]  # fmt: skip
    assert [one[2] for one in steps(admin, "copied")] == [one[2] for one in steps(admin, "browser")]
    assert not admin("GET", copied).json()["builtIn"]
    first = made(admin, f"{FLOWS}/first%20broker%20login/copy", {"newName": "met"})
    review = admin("GET", f"{FLOWS}/met/executions").json()[0]
    assert review["alias"] == "met review profile config"
    config = f"{AUTH}/config/{review['authenticationConfig']}"
    assert admin("GET", config).json()["config"] == {"update.profile.on.first.login": "missing"}
    assert admin("PUT", config, {"alias": "other", "config": {"update.profile.on.first.login": "off", "empty": ""}}).status == 204
    assert admin("GET", config).json()["config"] == {"update.profile.on.first.login": "off"}
    original = admin("GET", f"{FLOWS}/first%20broker%20login/executions").json()[0]
    assert admin("GET", f"{AUTH}/config/{original['authenticationConfig']}").json()["config"] == {"update.profile.on.first.login": "missing"}
    before = {one["alias"] for one in admin("GET", FLOWS).json()}
    for path in (copied, first):
        assert admin("DELETE", path).status == 204
    assert before - {one["alias"] for one in admin("GET", FLOWS).json()} == {"copied", "met"}
    assert admin("GET", config).status == 404


def test_steps_change_places(admin):
    flow(admin, "mine")
    paths = [step(admin, "mine", name, "ALTERNATIVE") for name in ("auth-cookie", "auth-otp-form", "auth-cookie")]
    assert len(set(paths)) == 3

    def order():
        return [f"{AUTH}/executions/{one['id']}" for one in admin("GET", f"{FLOWS}/mine/executions").json()]

    def prompts():
        return [one["displayName"] for one in admin("GET", f"{FLOWS}/mine/executions").json()]

    assert order() == paths
    assert admin("POST", f"{paths[1]}/raise-priority").status == 204
    assert prompts() == ["auth-otp-form", "auth-cookie", "auth-cookie"]
    assert admin("POST", f"{paths[1]}/raise-priority").status == 204  # it is the first
    assert admin("POST", f"{paths[1]}/lower-priority").status == 204
    assert prompts() == ["auth-cookie", "auth-otp-form", "auth-cookie"]
    config = made(admin, f"{paths[1]}/config", {"alias": "settings", "config": {"a": "b"}})
    assert admin("POST", f"{paths[1]}/config", {"alias": "settings", "config": {}}).status == 409
    assert admin("DELETE", paths[1]).status == 204 and admin("GET", config).status == 404
    assert prompts() == ["auth-cookie", "auth-cookie"]
    again = made(admin, f"{order()[0]}/config", {"alias": "again", "config": {}})
    assert admin("DELETE", again).status == 204 and admin("DELETE", again).status == 404
    assert "alias" not in admin("GET", f"{FLOWS}/mine/executions").json()[0]


def test_what_is_refused(server, admin):
    before = admin("GET", FLOWS).json()
    browser = f"{FLOWS}/{next(one['id'] for one in before if one['alias'] == 'browser')}"
    builtin = f"{AUTH}/executions/{admin('GET', f'{FLOWS}/browser/executions').json()[0]['id']}"
    rows = [
        ("POST", FLOWS, {"alias": ""}, 409), ("POST", FLOWS, {"alias": "browser"}, 409), ("POST", FLOWS, {"alias": "x" * 256}, 409),
        ("POST", FLOWS, [], 400), ("POST", FLOWS, {"alias": "a", "unheard": 1}, 400), ("PUT", f"{FLOWS}/{NOBODY}", {"alias": "a"}, 404),
        ("PUT", browser, {"alias": "registration"}, 409), ("DELETE", browser, None, 400), ("DELETE", f"{FLOWS}/{NOBODY}", None, 404),
        ("POST", f"{FLOWS}/none/copy", {"newName": "n"}, 404), ("POST", f"{FLOWS}/browser/copy", {"newName": "clients"}, 409),
        ("POST", f"{FLOWS}/browser/copy", {}, 409), ("POST", f"{FLOWS}/browser/executions/execution", {"provider": "auth-cookie"}, 400),
        ("POST", f"{FLOWS}/browser/executions/flow", {"alias": "n", "type": "basic-flow"}, 400),
        ("POST", f"{FLOWS}/none/executions/execution", {"provider": "auth-cookie"}, 400),
        ("PUT", f"{FLOWS}/none/executions", {"id": NOBODY}, 404), ("PUT", f"{FLOWS}/browser/executions", {"id": NOBODY}, 404),
        ("PUT", f"{FLOWS}/browser/executions", {"id": builtin.rpartition("/")[2], "requirement": "SOMETIMES"}, 400),
        ("DELETE", builtin, None, 400), ("POST", f"{builtin}/raise-priority", None, 400), ("DELETE", f"{AUTH}/executions/{NOBODY}", None, 404),
        ("POST", f"{AUTH}/executions/{NOBODY}/config", {"alias": "a"}, 404), ("POST", f"{builtin}/config", {"config": {}}, 409),
        ("GET", f"{AUTH}/config/{NOBODY}", None, 404), ("PUT", f"{AUTH}/config/{NOBODY}", {}, 404), ("DELETE", f"{AUTH}/config/{NOBODY}", None, 404),
    ]  # fmt: skip
    for method, path, body, status in rows:
        answer = admin(method, path, body)
        assert answer.status == status, (method, path, body, answer.status, answer.text)
    assert admin("GET", FLOWS).json() == before
    viewer = Admin(server, "shop", "viewer", "viewer")
    assert viewer("GET", FLOWS).status == viewer("GET", builtin).status == 200
    for method, path, body, _ in rows:
        if method != "GET":
            assert viewer(method, path, body).status == 403, (method, path)


def test_there_is_an_end_to_flows_and_steps(admin):
    flow(admin, "long")
    answers = [admin("POST", f"{FLOWS}/long/executions/execution", {"provider": "auth-cookie"}).status for _ in range(66)]
    assert answers == [201] * 64 + [400] * 2
