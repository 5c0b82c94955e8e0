# SPDX-License-Identifier: Apache-2.0
"""Mails with links that administrators send, the server that takes them, and what becomes of the links.

Keycloak 24.0.5 answers these operations the same; tests/interop compares them."""

import re
import threading
import time

import pytest
from administrator import Admin
from certificates import make_certificate
from mail_server import MailServer
from oidc import Client
from waiting import PATIENCE, until
from web import Browser

APP = Client("app", None, "http://localhost:8000/cb")
SECRET = "mail-secret"


def user(name, **more):
    credentials = [{"type": "password", "value": f"{name}-password"}]
    return {"username": name, "enabled": True, "email": f"{name}@shop.example", "firstName": "A", "lastName": "B", "credentials": credentials, **more}


def realm_of(mails, name="shop", **changes):
    return {
        "realm": name, "enabled": True, "displayName": "The <Shop>", "adminEventsEnabled": True, "eventsEnabled": True,
        "smtpServer": mails.setting(replyTo="help@shop.example", envelopeFrom="bounces@shop.example"),
        "clients": [{"clientId": "app", "publicClient": True, "redirectUris": ["http://localhost:8000/*"], "directAccessGrantsEnabled": True}],
        "users": [user("ann"), user("bob", enabled=False), {"username": "nomail", "enabled": True}, user("eve"),
                  user("dee", attributes={"locale": ["de"]})],
        "internationalizationEnabled": True, "supportedLocales": ["en", "de", "ja"], "defaultLocale": "en",
        **changes,
    }  # fmt: skip


@pytest.fixture(scope="module")
def mails():
    with MailServer() as server:
        yield server


@pytest.fixture
def provider(new_provider, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    return new_provider([])


@pytest.fixture
def root(provider, mails):
    mails.mood = "takes"
    mails.letters.clear()
    admin = Admin(provider, "master", "root", "root-password")
    assert admin("POST", "/realms", realm_of(mails)).status == 201
    return admin


def path_of(root, name):
    return f"/realms/shop/users/{root('GET', f'/realms/shop/users?username={name}&exact=true').json()[0]['id']}"


def ask(root, name, actions, query=""):
    return root("PUT", f"{path_of(root, name)}/execute-actions-email{query}", actions)


def form_of(answer):
    return re.search(r'<form[^>]* action="([^"]*)"', answer.text)[1].replace("&amp;", "&")


def confirm(browser, link):
    """Opens a link, agrees to what it asks, and follows."""
    page = browser.get(link)
    assert page.status == 200, page.text
    answer = browser.post(form_of(page), {})
    return browser.get(answer.location) if answer.status == 303 else answer


def set_password(browser, page, password):
    return browser.post(form_of(page), {"password-new": password, "password-confirm": password})


def test_a_link_sets_a_password_once(provider, root, mails):
    assert ask(root, "ann", ["UPDATE_PASSWORD", "VERIFY_EMAIL"], "?client_id=app&redirect_uri=http://localhost:8000/home").status == 204
    letter = mails.next()
    assert (letter.sender, letter.recipients) == ("<bounces@shop.example>", ["<ann@shop.example>"])
    assert letter.message["From"] == "The Döor <door@shop.example>" and letter.message["Reply-To"] == "help@shop.example"
    assert letter.message["To"] == "ann@shop.example" and letter.message["Auto-Submitted"] == "auto-generated"
    assert "The <Shop>" in letter.body() and "The &lt;Shop&gt;" in letter.body("html") and "<Shop>" not in letter.body("html")
    assert letter.link.replace("&", "&amp;") in letter.body("html") and "12 h" in letter.body()
    assert all(len(line) <= 78 for line in letter.raw.split(b"\r\n"))
    other, browser = Browser(), Browser()
    for _ in range(3):  # a program that looks at mails changes nothing
        assert other.get(letter.link).status == 200
    page = confirm(browser, letter.link)
    assert root("GET", path_of(root, "ann")).json()["emailVerified"] is True
    assert other.get(letter.link).status == 200  # nothing has been done yet
    assert set_password(browser, page, "").status == 200
    done = set_password(browser, page, "new-password")
    assert done.status == 200 and 'href="http://localhost:8000/home"' in done.text, done.text
    shop = provider.realm("shop")
    assert shop.password(APP, "ann", "new-password").status == 200 and shop.password(APP, "ann", "ann-password").status == 401
    for again in (browser.get(letter.link), other.get(letter.link), set_password(browser, page, "third-password")):
        assert again.status == 400, again.text
    assert shop.password(APP, "ann", "new-password").status == 200
    wanted = {"UPDATE_PASSWORD", "EXECUTE_ACTIONS", "EXECUTE_ACTIONS_ERROR"}
    until(lambda: wanted <= {event["type"] for event in root("GET", "/realms/shop/events").json()}, "the events")
    admin_event = root("GET", "/realms/shop/admin-events?operationTypes=ACTION").json()[0]
    assert admin_event["resourceType"] == "USER" and admin_event["resourcePath"].endswith("/execute-actions-email")


def test_a_link_dies_with_what_it_is_about(provider, root, mails):
    def link(name="eve"):
        assert ask(root, name, ["UPDATE_PASSWORD"]).status == 204
        return mails.next().link

    old, path = link(), path_of(root, "eve")
    assert root("PUT", path + "/reset-password", {"type": "password", "value": "other", "temporary": False}).status == 204
    assert Browser().get(old).status == 400
    moved = link()
    assert root("PUT", path, {"email": "elsewhere@shop.example"}).status == 204
    assert Browser().get(moved).status == 400
    barred = link()
    assert root("PUT", path, {"enabled": False}).status == 204
    assert Browser().get(barred).status == 400
    assert root("PUT", path, {"enabled": True}).status == 204
    assert Browser().get(barred).status == 200
    assert ask(root, "eve", ["UPDATE_PASSWORD"], "?lifespan=1").status == 204
    short = mails.next().link
    time.sleep(2.1)
    assert "has expired" in Browser().get(short).text
    key = barred.split("key=")[1]
    head, payload, signature = key.split(".")
    for forged in (key[:-4] + "AAAA", f"{head}.{payload}.", f"{head}..{signature}", "", "x" * 5000):
        assert Browser().get(barred.split("key=")[0] + "key=" + forged).status == 400
    other = barred.replace("/realms/shop/", "/realms/master/")
    assert Browser().get(other).status == 400
    # Pages that are under way belong to one browser, and somebody who is signed in is told.
    browser = Browser()
    page = browser.post(form_of(browser.get(barred)), {})
    assert page.status == 303 and Browser().get(page.location).status == 400
    signed_in = Browser()
    provider.realm("shop").code_login(APP, "ann", "ann-password", browser=signed_in)
    told = signed_in.get(barred)
    assert told.status == 400 and "ann" in told.text
    assert root("DELETE", path).status == 204
    assert Browser().get(barred).status == 400


def test_what_is_asked_for_is_checked(root, mails):
    for name, actions, query, status, why in (
        ("ann", ["NONE_SUCH"], "", 400, "Provided invalid required actions"),
        ("nomail", ["UPDATE_PASSWORD"], "", 400, "User email missing"),
        ("bob", ["UPDATE_PASSWORD"], "", 400, "User is disabled"),
        ("ann", [], "?redirect_uri=http://localhost:8000/", 400, "Client id missing"),
        ("ann", [], "?client_id=nobody", 400, "Client doesn't exist"),
        ("ann", [], "?client_id=app&redirect_uri=http://evil.example/", 400, "Invalid redirect uri."),
    ):
        answer = ask(root, name, actions, query)
        assert (answer.status, answer.json()["errorMessage"]) == (status, why)
    assert not mails.letters
    assert root("PUT", "/realms/shop/users/x/execute-actions-email", []).status == 404


def test_an_address_is_verified(root, mails):
    path = path_of(root, "dee")
    assert root("PUT", path, {"requiredActions": ["VERIFY_EMAIL"]}).status == 204
    assert root("PUT", path + "/send-verify-email").status == 204
    letter = mails.next()
    assert letter.message["Subject"] == "E-Mail-Adresse bestätigen" and 'lang="de"' in letter.body("html")
    browser = Browser()
    assert browser.get(letter.link).status == 200 and root("GET", path).json()["emailVerified"] is False
    assert confirm(browser, letter.link).status == 200
    now = root("GET", path).json()
    assert now["emailVerified"] is True and now["requiredActions"] == []
    assert browser.get(letter.link).status == 400
    assert root("PUT", path + "/reset-password-email").status == 204
    assert "Neues Passwort setzen" in mails.next().body()


@pytest.mark.parametrize("mood", ["refuses", "busy", "drops"])
def test_a_server_that_fails_is_told(root, mails, mood):
    mails.mood = mood
    answer = ask(root, "ann", ["UPDATE_PASSWORD"])
    assert (answer.status, answer.json()) == (500, {"errorMessage": "Failed to send execute actions email"})
    assert root("PUT", path_of(root, "ann") + "/send-verify-email").json() == {"errorMessage": "Failed to send verify email"}
    metrics = Browser().get(root.base.removesuffix("/admin") + "/metrics").text
    assert 'ostiary_provider_mails_total{outcome="failed"} 2' in metrics
    mails.mood = "takes"
    assert ask(root, "ann", ["UPDATE_PASSWORD"]).status == 204
    assert mails.next().link


def test_a_server_is_tried(root, mails):
    trial = {**mails.setting(), "fromDisplayName": "A\r\nBcc: eve@shop.example"}
    assert root("POST", "/realms/shop/testSMTPConnection", trial).json() == {"errorMessage": "Failed to send email"}
    me = root("GET", "/realms/master/users?username=root").json()[0]
    assert root("PUT", f"/realms/master/users/{me['id']}", {"email": "root@shop.example"}).status == 204
    assert root("POST", "/realms/shop/testSMTPConnection", trial).status == 204
    letter = mails.next()
    assert letter.recipients == ["<root@shop.example>"] and letter.message["Bcc"] is None
    for bad in ({"host": "127.0.0.1 x"}, {"port": "0"}, {"from": "a@b>\r\nX: y"}, {"host": ""}, {"auth": "true"},
                {"auth": "true", "user": "u", "password": "${vault.key}"}):  # fmt: skip
        assert root("POST", "/realms/shop/testSMTPConnection", {**trial, **bad}).status == 500, bad
    assert not mails.letters


def test_a_password_goes_to_its_own_server(root, mails):
    with MailServer(user=("door", SECRET)) as guarded, MailServer(user=("door", SECRET)) as other:
        setting = guarded.setting(auth="true", user="door", password=SECRET)
        assert root("PUT", "/realms/shop", {"smtpServer": setting}).status == 204
        assert root("GET", "/realms/shop").json()["smtpServer"]["password"] == "**********"
        me = root("GET", "/realms/master/users?username=root").json()[0]
        assert root("PUT", f"/realms/master/users/{me['id']}", {"email": "root@shop.example"}).status == 204
        masked = {**setting, "password": "**********"}
        assert root("POST", "/realms/shop/testSMTPConnection", masked).status == 204
        assert guarded.next().login == "door"
        assert root("POST", "/realms/shop/testSMTPConnection", {**masked, "port": str(other.port)}).status == 500
        assert not other.lines
        # Without the TLS that is asked for nothing is said.
        assert root("PUT", "/realms/shop", {"smtpServer": {**setting, "starttls": "true"}}).status == 204
        guarded.lines.clear()
        assert ask(root, "ann", ["UPDATE_PASSWORD"]).status == 500
        assert not [line for line in guarded.lines if line.startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize("starttls", [False, True])
def test_a_server_proves_who_it_is(new_provider, tmp_path, monkeypatch, starttls):
    _, chain, key = make_certificate(tmp_path, "localhost")
    _, stranger, strangers = make_certificate(tmp_path, "elsewhere.example")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    kind = {"starttls" if starttls else "ssl": "true", "host": "localhost"}
    with MailServer(certificate=(chain, key), starttls=starttls) as good, MailServer(certificate=(stranger, strangers), starttls=starttls) as bad:
        provider = new_provider([], ("--ca-file", chain))
        root = Admin(provider, "master", "root", "root-password")
        assert root("POST", "/realms", realm_of(good, smtpServer=good.setting(**kind))).status == 201
        assert ask(root, "ann", ["UPDATE_PASSWORD"]).status == 204
        assert good.next().secure
        for setting in (bad.setting(**kind), good.setting(**{**kind, "host": "127.0.0.1"})):
            assert root("PUT", "/realms/shop", {"smtpServer": setting}).status == 204
            assert ask(root, "ann", ["UPDATE_PASSWORD"]).status == 500
        assert not bad.letters and not [line for line in bad.lines if line.startswith("MAIL")]


def test_a_server_that_hangs_holds_up_its_own_mails_alone(provider, root, mails):
    with MailServer() as slow:
        slow.mood = "hangs"
        assert root("POST", "/realms", realm_of(slow, "slow")).status == 201
        ann = root("GET", "/realms/slow/users?username=ann").json()[0]["id"]
        waiting = []
        threads = [
            threading.Thread(target=lambda: waiting.append(root("PUT", f"/realms/slow/users/{ann}/send-verify-email").status)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        until(lambda: slow.held >= 4, "four to wait", step=0.02)
        assert root("PUT", f"/realms/slow/users/{ann}/send-verify-email").status == 500  # four are on their way
        assert provider.realm("slow").password(APP, "ann", "ann-password").status == 200
        assert ask(root, "ann", ["UPDATE_PASSWORD"]).status == 204 and mails.next().link
        assert not waiting
        slow.released.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert waiting == [500] * 4
