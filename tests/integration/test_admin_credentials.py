# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's credentials of users, and what it tells and forgets of failed logins."""

import pytest
from oidc import Client
from test_admin_api import provider, root, shop_admin  # noqa: F401  (fixtures)
from web import Browser, bearer

REALM = "/realms/shop"
TOOL = Client("tool")
SECRET = "ABCDEFGHIJKLMNOPQRST"
OTP = {"type": "otp", "userLabel": "phone", "secretData": f'{{"value":"{SECRET}"}}', "credentialData": '{"subType":"totp"}'}


@pytest.fixture(autouse=True)
def tool(root):  # noqa: F811
    client = {"clientId": "tool", "publicClient": True, "directAccessGrantsEnabled": True}
    assert root("POST", REALM + "/clients", client).status == 201


def path_of(root, name):  # noqa: F811
    return f"{REALM}/users/{root('GET', f'{REALM}/users?username={name}&exact=true').json()[0]['id']}"


def label(root, path, words, kind="text/plain"):  # noqa: F811
    headers = {**bearer(root.token), "Content-Type": kind}
    return Browser().request("PUT", root.base + path + "/userLabel", words, headers).status


def login(provider, password):  # noqa: F811
    return provider.realm("shop").password(TOOL, "guest", password).status


def test_a_password_is_labelled_and_deleted(provider, root):  # noqa: F811
    guest = path_of(root, "guest")
    (password,) = root("GET", guest + "/credentials").json()
    assert password["type"] == "password" and set(password) == {"id", "type", "createdDate", "credentialData"}
    one = f"{guest}/credentials/{password['id']}"
    assert label(root, one, "Straße <b>".encode()) == 204
    assert root("GET", guest + "/credentials").json() == [{**password, "userLabel": "Straße <b>"}]
    for words, kind, status in ((b"\xff", "text/plain", 400), (b"x" * 256, "text/plain", 400), (b'"x"', "application/json", 415)):
        assert label(root, one, words, kind) == status
    assert login(provider, "guest-password") == 200
    assert root("DELETE", one).status == 204
    assert root("GET", guest + "/credentials").json() == [] and root("DELETE", one).status == 404
    assert login(provider, "guest-password") == 401 and login(provider, "") == 401


def test_second_factors_are_ordered_and_deleted(root):  # noqa: F811
    ann = {"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "x"}, OTP, {**OTP, "userLabel": "tablet"}]}
    assert root("POST", REALM + "/partialImport", {"ifResourceExists": "FAIL", "users": [ann]}).status == 200
    path = path_of(root, "ann") + "/credentials"

    def labels():
        answer = root("GET", path)
        assert SECRET not in answer.text and "secretData" not in answer.text
        return [(one.get("userLabel"), one["id"]) for one in answer.json()]

    (_, password), (_, phone), (_, tablet) = labels()
    assert root("POST", f"{path}/{tablet}/moveToFirst").status == 204
    assert [one[0] for one in labels()] == [None, "tablet", "phone"]
    assert root("POST", f"{path}/{tablet}/moveAfter/{phone}").status == 204
    assert root("POST", f"{path}/{tablet}/moveAfter/none").status == 404
    assert root("POST", f"{path}/{password}/moveAfter/{phone}").status == 204
    assert [one[0] for one in labels()] == [None, "phone", "tablet"]
    assert label(root, f"{path}/{phone}", b"watch") == 204 and root("DELETE", f"{path}/{tablet}").status == 204
    assert [one[0] for one in labels()] == [None, "watch"]


def test_who_waits_is_told_and_let_in(provider, root):  # noqa: F811
    assert root("PUT", REALM, {"bruteForceProtected": True, "failureFactor": 2, "quickLoginCheckMilliSeconds": 0}).status == 204
    guest = path_of(root, "guest").rsplit("/", 1)[1]
    status = f"{REALM}/attack-detection/brute-force/users/{guest}"
    for _ in range(2):
        assert login(provider, "wrong") == 401
    assert login(provider, "guest-password") == 401
    told = root("GET", status).json()
    assert told["disabled"] and told["numFailures"] == 2 and told["lastIPFailure"] == "127.0.0.1"
    assert told["failedLoginNotBefore"] * 1000 > told["lastFailure"] > 0
    assert shop_admin(provider, "viewer")("DELETE", status).status == 403
    assert shop_admin(provider, "keeper")("DELETE", status).status == 204
    told = root("GET", status).json()
    assert not told["disabled"] and told["numFailures"] == 0 and told["lastIPFailure"] == "n/a"
    assert login(provider, "guest-password") == 200


def test_who_may(provider, root):  # noqa: F811
    """Also of a realm that is not one's own."""
    viewer, guest = shop_admin(provider, "viewer"), path_of(root, "guest")
    assert viewer("GET", guest + "/credentials").status == 200
    for method, path in (("DELETE", "/credentials/x"), ("POST", "/credentials/x/moveToFirst"), ("PUT", "/disable-credential-types")):
        assert viewer(method, guest + path, {} if method == "POST" else []).status == 403, path
    assert label(viewer, guest + "/credentials/x", b"x") == 403
    boss = shop_admin(provider, "boss")
    assert boss("GET", f"/realms/master/users/{guest.rsplit('/', 1)[1]}/credentials").status == 403
    assert root("GET", f"/realms/master/users/{guest.rsplit('/', 1)[1]}/credentials").status == 404
