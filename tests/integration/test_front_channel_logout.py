# SPDX-License-Identifier: Apache-2.0
"""Front-channel logout (OpenID Connect Front-Channel Logout 1.0): what the page of a logout has a browser load, and what
it lets in."""

import json

import pytest
from oidc import Client
from programs import Provider
from web import Browser, unverified_token

BACK, HOME = "http://localhost:8000/auth", "http://localhost:8000/bye"
URL, REQUIRED = "frontchannel.logout.url", "frontchannel.logout.session.required"


def client(client_id, attributes=None, front=True, **more):
    attributes = {"post.logout.redirect.uris": f"{HOME}##app://bye", **(attributes or {})}
    return {
        **{"clientId": client_id, "secret": "secret", "redirectUris": [BACK], "frontchannelLogout": front},
        **{"attributes": attributes, **more},
    }


REALM = {
    "realm": "front",
    "enabled": True,
    "clients": [
        client("one", {URL: "http://one.example/out?x=1"}, name="First <b>"),
        client("two", {URL: "https://two.example:8443/out", REQUIRED: "false"}),
        client("relative", {URL: "/out"}, rootUrl="http://relative.example/app"),
        client("odd", {URL: "http://odd.example/a;script-src *,b"}),
        client("off", {URL: "http://off.example/out"}, front=False),
        client("none"),
        client("script", {URL: "javascript:alert(1)"}),
        client("breaks", {URL: "http://breaks.example;script-src *"}),
        client("fragment", {URL: "http://fragment.example/#a"}),
        client("plain", front=False),
        *(client(f"long-{n}", {URL: f"https://long-{n % 20}.example/{'x' * 1000}"}) for n in range(32)),
    ],
    "users": [
        {
            "username": name,
            "enabled": True,
            "email": f"{name}@example.org",
            "firstName": name,
            "lastName": "Cook",
            "credentials": [{"type": "password", "value": f"{name}-password"}],
        }
        for name in ("carol", "dora")
    ],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("front")
    (folder / "front-realm.json").write_text(json.dumps(REALM))
    with Provider([folder / "front-realm.json"], folder) as provider:
        yield provider


@pytest.fixture
def realm(server):
    return server.realm("front")


def visit(realm, browser, *names, user="carol"):
    """Logs in at the first client and goes on to the others; the first one's ID token."""
    first, *others = (Client(name, "secret", BACK) for name in names)
    _, tokens = realm.code_login(first, user, f"{user}-password", browser=browser)
    for other in others:
        assert "code=" in realm.authorize(browser, other).location
    return tokens.json()["id_token"]


def log_out(realm, browser, hint, **more):
    return browser.get(realm.endpoint("logout"), {"id_token_hint": hint, **more})


def frames_of(answer):
    return [line.split('src="')[1].split('"')[0].replace("&amp;", "&") for line in answer.text.split("<iframe")[1:]]


def policy_of(answer):
    return dict(part.strip().partition(" ")[::2] for part in answer.header("Content-Security-Policy").split(";"))


def test_each_client_gets_its_frame(realm):
    browser = Browser()
    hint = visit(realm, browser, "one", "two", "relative", "off", "none", "plain")
    page = log_out(realm, browser, hint, post_logout_redirect_uri=HOME, state="a b")
    assert page.status == 200, page.text
    sid = unverified_token(hint)[1]["sid"]
    issuer = realm.issuer.replace(":", "%3A").replace("/", "%2F")
    told = f"iss={issuer}&sid={sid}"
    assert sorted(frames_of(page)) == [
        f"http://one.example/out?x=1&{told}",
        f"http://relative.example/app/out?{told}",
        "https://two.example:8443/out",
    ]
    assert "First &lt;b&gt;" in page.text
    policy = policy_of(page)
    assert set(policy["frame-src"].split()) == {
        *("http://one.example/out", "http://relative.example/app/out", "https://two.example:8443/out")
    }
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert page.page.links == [f"{HOME}?state=a%20b"]
    assert page.header("Cache-Control") == "no-store" and page.header("Referrer-Policy") == "no-referrer"
    assert realm.authorize(browser, Client("one", "secret", BACK)).status == 200  # a login page again


def test_addresses_that_would_break_the_policy(realm):
    browser = Browser()
    hint = visit(realm, browser, "odd", "script", "breaks", "fragment")
    page = log_out(realm, browser, hint)
    assert len(frames_of(page)) == 1 and frames_of(page)[0].startswith("http://odd.example/a;script-src *,b?")
    assert policy_of(page)["frame-src"] == "http://odd.example"
    assert policy_of(page)["script-src"].startswith("'sha256-")


def test_many_long_addresses(realm):
    """Their origins are let in where the addresses themselves are more than a field holds."""
    browser = Browser()
    hint = visit(realm, browser, *(f"long-{n}" for n in range(32)))
    page = log_out(realm, browser, hint)
    assert page.status == 200 and len(frames_of(page)) == 32
    assert sorted(policy_of(page)["frame-src"].split()) == sorted(f"https://long-{n}.example" for n in range(20))


def test_without_such_clients_nothing_changes(realm):
    browser = Browser()
    hint = visit(realm, browser, "plain")
    gone = log_out(realm, browser, hint, post_logout_redirect_uri=HOME, state="s")
    assert (gone.status, gone.location) == (302, f"{HOME}?state=s")


def test_after_the_question(realm):
    browser = Browser()
    visit(realm, browser, "one")
    page = browser.submit(browser.get(realm.endpoint("logout")).page.forms[0])
    assert page.status == 200 and len(frames_of(page)) == 1 and page.page.links == []


def test_an_application_of_its_own_scheme(realm):
    browser = Browser()
    hint = visit(realm, browser, "one")
    assert log_out(realm, browser, hint, post_logout_redirect_uri="app://bye").page.links == ["app://bye"]


def test_somebody_elses_session_is_told_to_nobody(realm):
    """Whoever brings another user's token learns nothing of the session of who sits there."""
    browser = Browser()
    visit(realm, browser, "two", user="dora")
    hint = visit(realm, Browser(), "one")
    page = log_out(realm, browser, hint)
    assert page.status == 200 and frames_of(page) == []
    assert "code=" in realm.authorize(browser, Client("two", "secret", BACK)).location


def test_a_logout_by_refresh_token_has_no_page(realm):
    tokens = realm.code_login(Client("one", "secret", BACK), "carol", "carol-password")[1].json()
    form = {"client_id": "one", "client_secret": "secret", "refresh_token": tokens["refresh_token"]}
    assert Browser().post(realm.endpoint("logout"), form).status == 204


def test_discovery(realm):
    told = realm.discovery().json()
    assert told["frontchannel_logout_supported"] is told["frontchannel_logout_session_supported"] is True
