# SPDX-License-Identifier: Apache-2.0
"""An application that has no login, behind nginx and `ostiary gate`: a person signs in at our provider, is known to the
application, and signs out."""

import json

import pytest
from gate_site import Application, Gate, Nginx, values
from login_page import LoginPage

from peers import PROJECT, free_port
from programs import Provider

RULES = [
    {"path": "/public", "public": True},
    {"prefix": "/admin", "policy": {"realm_roles": ["admin"]}, "login": True},
    {"prefix": "/", "policy": {}, "login": True},
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("gateway"), free_port()
    base = f"http://localhost:{port}"
    realm = json.loads((PROJECT / "examples/items-api/myrealm-realm.json").read_text())
    client = next(client for client in realm["clients"] if client["clientId"] == "myapi")
    client["redirectUris"] = [f"{base}/_ostiary/callback"]
    client["attributes"]["post.logout.redirect.uris"] = f"{base}/"
    (folder / "myrealm-realm.json").write_text(json.dumps(realm))
    signs_in = ["--client-id", "myapi"]
    with Application() as application, Provider([folder / "myrealm-realm.json"], folder / "provider") as provider:
        rules = {"sites": [{"origin": base, "rules": RULES}]}
        issuer, secret = f"{provider.base}/realms/myrealm", {"OSTIARY_CLIENT_SECRET": client["secret"]}
        gate = Gate(folder / "gate", issuer, rules, "nginx", signs_in, secret)
        nginx = Nginx(folder / "nginx", port, gate.base, application.base)
        with gate, nginx:
            gate.wait_for_logins()
            yield nginx


def said(page):
    return json.loads(page.locator("body").inner_text())


def test_a_person_comes_and_goes(page, site):
    page.goto(f"{site.base}/public")
    assert values(said(page), "X-Auth-Request-User") in ([], [""])
    page.goto(f"{site.base}/reports?year=2026&q=a%20b")
    LoginPage(page).wait().log_in()
    page.wait_for_url(f"{site.base}/reports?year=2026&q=a%20b")
    got = said(page)
    assert values(got, "X-Auth-Request-Preferred-Username") == ["alice"]
    assert values(got, "X-Auth-Request-Email") == ["alice@example.com"]
    assert "admin" in values(got, "X-Auth-Request-Roles")[0].split(",")
    page.goto(f"{site.base}/admin/users")
    assert said(page)["path"] == "/admin/users"
    assert page.evaluate("fetch('/_ostiary/user').then(answer => answer.json())")["username"] == "alice"
    assert page.evaluate("fetch('/form', {method: 'POST', body: 'x'}).then(answer => answer.status)") == 200
    assert page.evaluate("fetch('/form', {credentials: 'omit'}).then(answer => answer.status)") == 401

    page.goto(f"{site.base}/_ostiary/logout")
    LoginPage(page).wait()  # the provider has sent the browser to "/", and that is for those who are signed in
    assert page.request.get(f"{site.base}/reports", headers={"Accept": "application/json"}).status == 401


def test_a_person_without_the_role(page, site):
    page.goto(f"{site.base}/")
    LoginPage(page).wait().log_in("bob", "bob-password")
    page.wait_for_url(f"{site.base}/")
    assert values(said(page), "X-Auth-Request-Preferred-Username") == ["bob"]
    assert page.goto(f"{site.base}/admin").status == 403
