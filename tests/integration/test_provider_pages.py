# SPDX-License-Identifier: Apache-2.0
"""The provider's pages: logging in again, what they link to, what nobody can smuggle into them."""

import json
import time

import pytest
from clock import Clock
from needs import kept_running
from oidc import Client, Pkce, callback_of, same_path
from programs import PROJECT, Provider
from waiting import until
from web import Browser, digest_within, query_of, unverified_token

REALMS = PROJECT / "tests" / "interop" / "realms"
CALLBACK = "http://localhost:8000/auth"
WEB = Client("web", "web-secret", CALLBACK)
OTHER = Client("other", "other-secret", CALLBACK)
CAROL = ("carol", "carol-password")
INJECTION = "\"><script>alert(1)</script>'&<"


@pytest.fixture(scope="module")
def server(work, results):
    yield from kept_running(lambda: Provider([REALMS / "probe-realm.json"], work / "pages"), results)


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("probe")


def logged_in(realm, client=WEB):
    browser, pkce = Browser(), Pkce()
    tokens = realm.code(client, callback_of(realm.log_in(browser, client, *CAROL, pkce))["code"], pkce).json()
    return browser, tokens


# ---- logging in again ----


def test_who_logs_in_again_stays_in_the_same_session(realm):
    browser, tokens = logged_in(realm)
    before = unverified_token(tokens["id_token"])[1]
    page = realm.authorize(browser, OTHER, prompt="login")
    answer = browser.submit(page.page.form("kc-form-login"), password="carol-password")
    after = unverified_token(realm.code(OTHER, callback_of(answer)["code"]).json()["id_token"])[1]
    assert after["sid"] == before["sid"]
    assert after["auth_time"] >= before["auth_time"]
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 200


def test_only_the_same_person_can_log_in_again(realm):
    browser, _ = logged_in(realm)
    page = realm.authorize(browser, WEB, prompt="login").page
    form = page.form("kc-form-login")
    assert "username" not in form.values()
    assert page.text_by_id["kc-attempted-username"] == "carol"
    answer = browser.submit(form, username="hugo", password="hugo-password")
    assert answer.status == 200
    assert answer.page.text_by_id["input-error"] == "Invalid password."


def test_somebody_else_may_take_over_the_browser(realm):
    browser, tokens = logged_in(realm)
    page = realm.authorize(browser, WEB, prompt="login")
    restart = next(link for link in page.page.links if "login-actions" in link)
    form = browser.get(restart).page.form("kc-form-login")
    assert "username" in form.values()
    answer = browser.submit(form, username="ines", password="ines-password")
    sub = unverified_token(realm.code(WEB, callback_of(answer)["code"]).json()["id_token"])[1]["sub"]
    assert sub != unverified_token(tokens["id_token"])[1]["sub"]
    # Carol's session on this browser has ended with that.
    assert realm.refresh(WEB, tokens["refresh_token"]).status == 400


def test_max_age(realm):
    browser, _ = logged_in(realm)
    assert realm.authorize(browser, WEB, max_age="1000").status == 302
    time.sleep(2.1)
    assert realm.authorize(browser, WEB, max_age="1").page.form("kc-form-login")
    silent = realm.authorize(browser, WEB, max_age="1", prompt="none")
    assert query_of(silent.location)["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["none", "none login"])
def test_prompt_none_never_shows_a_page(realm, prompt):
    answer = realm.authorize(Browser(), WEB, prompt=prompt)
    assert answer.status == 302
    assert query_of(answer.location)["error"] == "login_required"
    assert query_of(answer.location)["state"] == "state-1"
    assert query_of(answer.location)["iss"] == realm.issuer


def test_a_form_sent_twice_leads_on_twice(realm):
    """The back button: nobody is stuck."""
    browser = Browser()
    form = realm.authorize(browser, WEB).page.form("kc-form-login")
    first = callback_of(browser.submit(form, username=CAROL[0], password=CAROL[1]))
    second = callback_of(browser.submit(form, username=CAROL[0], password=CAROL[1]))
    assert first["code"] != second["code"]
    assert first["session_state"] == second["session_state"]
    assert realm.code(WEB, second["code"]).status == 200


def test_two_tabs(realm):
    browser = Browser()
    one = realm.authorize(browser, WEB, state="one").page.form("kc-form-login")
    two = realm.authorize(browser, OTHER, state="two").page.form("kc-form-login")
    second = callback_of(browser.submit(two, username=CAROL[0], password=CAROL[1]))
    first = callback_of(browser.submit(one, username=CAROL[0], password=CAROL[1]))
    assert (first["state"], second["state"]) == ("one", "two")


# ---- mistakes that a person can make ----


def test_a_login_of_another_browser_can_be_begun_again(realm):
    pkce = Pkce()
    form = realm.authorize(Browser(), WEB, pkce, state="a b&c", scope="openid profile").page.form("kc-form-login")
    browser = Browser()
    answer = browser.submit(form, username=CAROL[0], password=CAROL[1])
    assert answer.status == 400 and "Cookie not found" in answer.text
    assert browser.cookie("KEYCLOAK_IDENTITY") is None
    again = browser.get(answer.page.links[0])
    answer = browser.submit(again.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])
    assert callback_of(answer)["state"] == "a b&c"
    assert realm.code(WEB, callback_of(answer)["code"], pkce).status == 200


def test_an_old_form_says_so_and_goes_on(new_provider, tmp_path):
    document = json.loads((REALMS / "brief-realm.json").read_text())
    document.update(accessCodeLifespanLogin=60, ssoSessionMaxLifespan=600)
    file = tmp_path / "brief-realm.json"
    file.write_text(json.dumps(document))
    with Clock(tmp_path) as clock:
        provider = clock.below(new_provider([file], start=False)).start()
        assert_an_old_form_goes_on(provider.realm("brief"), clock)


def assert_an_old_form_goes_on(realm, clock):
    browser = Browser()
    form = realm.authorize(browser, WEB).page.form("kc-form-login")
    clock.forward(61)
    answer = browser.submit(form, username=CAROL[0], password=CAROL[1])
    assert answer.status == 200
    assert "Your login attempt timed out" in answer.page.text
    answer = browser.submit(answer.page.form("kc-form-login"), username=CAROL[0], password=CAROL[1])
    assert "code" in callback_of(answer)


def test_a_client_that_has_a_home_is_linked(new_provider, tmp_path):
    document = json.loads((REALMS / "rotating-realm.json").read_text())
    document["clients"][0]["baseUrl"] = "https://web.example/?a=1&b=2"
    bad = {**document["clients"][0], "clientId": "bad", "baseUrl": "javascript:alert(1)"}
    document["clients"].append(bad)
    file = tmp_path / "rotating-realm.json"
    file.write_text(json.dumps(document))
    realm = new_provider([file]).realm("rotating")
    page = realm.authorize(Browser(), WEB, redirect_uri="https://evil.example/")
    assert page.status == 400 and page.page.links == ["https://web.example/?a=1&b=2"]
    page = realm.authorize(Browser(), Client("bad", "x", CALLBACK), redirect_uri="https://evil.example/")
    assert page.status == 400 and page.page.links == []


def test_a_stale_cookie_is_ended(realm):
    browser, tokens = logged_in(realm)
    realm.browser().get(realm.endpoint("logout"), {"id_token_hint": tokens["id_token"]})
    page = realm.authorize(browser, WEB)
    assert page.status == 200
    ended = [line for line in page.all("set-cookie") if line.startswith("KEYCLOAK_IDENTITY=")]
    assert ended and "Max-Age=0" in ended[0]


# ---- smuggling ----

PARAMETERS = (
    "client_id redirect_uri response_type response_mode scope state nonce prompt max_age login_hint "
    "code_challenge code_challenge_method claims ui_locales acr_values id_token_hint request request_uri kc_idp_hint"
).split()


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("value", [INJECTION, "\r\nSet-Cookie: x=y", "{{realm}}{{{alert}}}", "\u202e\u0000"])
def test_no_parameter_becomes_markup_or_a_header(realm, name, value):
    answer = realm.authorize(Browser(), WEB, **{name: value})
    assert "<script>alert" not in answer.text
    assert answer.header("x") is None
    assert not any(line.startswith("x=") for line in answer.all("set-cookie"))
    assert answer.status in (200, 302, 400)
    if answer.status == 302:
        assert same_path(answer.location, CALLBACK)
    if "{{" in value and answer.status == 200:
        assert "{{{alert}}}" in answer.text or name != "login_hint"


@pytest.mark.parametrize("name", ["username", "password", "rememberMe", "credentialId", "session_code", "client_id"])
def test_no_field_of_the_form_becomes_markup(realm, name):
    browser = Browser()
    form = realm.authorize(browser, WEB).page.form("kc-form-login")
    answer = browser.submit(form, **{"username": "x", "password": "y", name: INJECTION})
    assert answer.status == 200
    assert "<script>alert" not in answer.text


def test_the_realm_names_itself_in_text(realm):
    page = realm.authorize(Browser(), WEB)
    assert "Probe &amp; &lt;Realm&gt;" in page.text
    assert page.page.title == "Sign in to Probe & <Realm>"


def test_error_descriptions_come_back_as_they_were_sent(realm):
    answer = realm.authorize(Browser(), WEB, scope="openid <x>&y=\r\n")
    assert query_of(answer.location)["error"] == "invalid_scope"
    assert query_of(answer.location)["state"] == "state-1"
    assert "\n" not in answer.header("location")


@pytest.mark.parametrize("code", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x" * 4000])
def test_a_login_state_that_is_none_of_ours(realm, code):
    answer = Browser().post(
        f"{realm.issuer}/login-actions/authenticate?session_code={code}", {"username": "carol", "password": "x"}
    )
    assert answer.status == 400
    assert answer.header("location") is None


def test_other_tokens_are_no_login_state(realm):
    """Refresh tokens and cookies are signed with the same key: their kind tells them apart."""
    browser, tokens = logged_in(realm)
    for token in (tokens["refresh_token"], browser.cookie("KEYCLOAK_IDENTITY")):
        answer = browser.post(f"{realm.issuer}/login-actions/authenticate?session_code={token}", {"username": "x"})
        assert answer.status == 400
    form = realm.authorize(Browser(), WEB).page.form("kc-form-login")
    state = query_of(form.action)["session_code"]
    assert realm.refresh(WEB, state).json()["error"] == "invalid_grant"


# ---- headers ----


def test_the_policy_lets_a_login_end_wherever_its_client_leads(realm):
    """Chromium holds form-action against every later redirect: login pages must do without."""
    page = realm.authorize(Browser(), WEB)
    policy = page.header("content-security-policy")
    style, script = (digest_within(page.text, tag) for tag in ("style", "script"))
    assert policy == (
        f"default-src 'none'; style-src {style}; script-src {script}; img-src data:; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    error = Browser().get(realm.endpoint("auth"), {"client_id": "nobody"})
    assert error.header("content-security-policy").endswith("; form-action 'self'")


def test_form_post(realm):
    answer = realm.log_in(Browser(), WEB, *CAROL, response_mode="form_post", state=INJECTION)
    assert answer.status == 200
    assert answer.page.form().action == CALLBACK
    assert answer.page.form().values()["state"] == INJECTION
    assert "script-src 'sha256-" in answer.header("content-security-policy")
    assert "unsafe-inline" not in answer.header("content-security-policy")


def test_plain_http_from_outside(new_provider):
    """The realm wants TLS for requests from outside; a proxy tells where they come from."""
    provider = new_provider([REALMS / "probe-realm.json"], arguments=("--proxy-trusted-addresses", "127.0.0.1"))
    realm = provider.realm("probe")

    def ask(peer, proto="http", accept="*/*"):
        headers = {"X-Forwarded-For": peer, "X-Forwarded-Proto": proto, "Accept": accept}
        return Browser().get(realm.endpoint("certs"), headers=headers)

    for outside in ("198.51.100.7", "172.32.0.1", "172.15.0.1", "11.0.0.1", "2001:db8::1"):
        answer = ask(outside)
        assert answer.status == 403, outside
        assert answer.json() == {"error": "invalid_request", "error_description": "HTTPS required"}
    page = ask("198.51.100.7", accept="text/html,*/*")
    assert page.status == 403 and "HTTPS required" in page.page.text
    for inside in ("10.1.2.3", "192.168.0.9", "172.16.0.1", "172.31.255.255", "127.0.0.1"):
        assert ask(inside).status == 200, inside
    assert ask("198.51.100.7", proto="https").status == 200


@pytest.mark.parametrize(
    "path, status, sentence",
    [
        ("/", 200, "Dies ist ein OpenID-Connect-Provider."),
        ("/nowhere", 404, "Unter dieser Adresse ist nichts."),
        ("/admin/", 404, "Die Admin-Konsole ist hier, sobald es einen Administrator gibt"),
    ],
)
def test_pages_of_no_realm_speak_the_language_of_the_browser(server, path, status, sentence):
    def ask(language):
        answer = Browser().get(server.base + path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status == status
        return answer

    german, arabic, other = ask("de-AT,de;q=0.9"), ask("ar"), ask("sw")
    assert sentence in german.page.text and german.header("Content-Language") == "de" and '<html lang="de">' in german.text
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert '<html lang="en">' in other.text


def test_n5_a_realm_that_is_not_there_is_a_page_for_people_alone(server):
    for path in ("", "/account/", "/protocol/openid-connect/auth?client_id=web", "/protocol/openid-connect/logout"):
        answer = Browser().get(f"{server.base}/realms/nowhere{path}", headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.status == 404 and "There is nothing at this address" in answer.page.text, path
        answer = Browser().get(f"{server.base}/realms/nowhere{path}")
        assert (answer.status, answer.json()["error"]) == (404, "Realm does not exist"), path
    until(lambda: "there is no such realm" in server.log.read_text(), server.log_tail, step=0.02)  # its line follows the answer


# P27: what a session cannot answer


@pytest.mark.parametrize(
    "prompt, error",
    [
        ("none select_account", "account_selection_required"),
        ("none login", "login_required"),
    ],
)
def test_p27_prompts_that_a_session_does_not_answer(realm, prompt, error):
    browser = Browser()
    callback_of(realm.log_in(browser, WEB, *CAROL))
    assert query_of(realm.authorize(browser, WEB, prompt=prompt).location)["error"] == error


def test_p27_prompt_consent_asks_nothing_of_clients_that_need_none(realm):
    browser = Browser()
    callback_of(realm.log_in(browser, WEB, *CAROL))
    for prompt in ("consent", "none consent"):
        assert "code" in callback_of(realm.authorize(browser, WEB, prompt=prompt)), prompt


def test_p27_select_account_lets_somebody_be_chosen(realm):
    browser = Browser()
    callback_of(realm.log_in(browser, WEB, *CAROL))
    form = realm.authorize(browser, WEB, prompt="select_account").page.form("kc-form-login")
    assert "code" in callback_of(browser.submit(form, username=CAROL[0], password=CAROL[1]))


def test_p27_a_hint_of_somebody_else_is_not_answered_by_this_session(realm):
    browser, other = Browser(), Browser()
    _, mine = realm.code_login(WEB, *CAROL, browser=browser)
    _, hers = realm.code_login(WEB, "ines", "ines-password", browser=other)
    hints = {"mine": mine.json()["id_token"], "hers": hers.json()["id_token"], "none": "garbage"}
    for name, hint in hints.items():
        answer = callback_of(realm.authorize(browser, WEB, prompt="none", id_token_hint=hint))
        assert ("code" in answer) == (name == "mine"), name
        assert answer.get("error") == (None if name == "mine" else "login_required")
    assert realm.authorize(browser, WEB, id_token_hint=hints["hers"]).page.form("kc-form-login")


def test_p27_request_objects_elsewhere_are_refused_by_name(realm):
    answer = realm.authorize(Browser(), WEB, request_uri="https://app.example/x")  # not registered
    assert (answer.status, answer.location) == (400, None)
    answer = realm.authorize(Browser(), WEB, request="https://app.example/x")  # no JWT: nothing of it is followed
    assert (answer.status, answer.location) == (400, None)


def test_p27_max_age_0_is_a_login(realm):
    browser = Browser()
    callback_of(realm.log_in(browser, WEB, *CAROL))
    assert query_of(realm.authorize(browser, WEB, max_age="0", prompt="none").location)["error"] == "login_required"


@pytest.mark.parametrize("changes, status, says", [
    ({}, 400, "Registration not allowed"),
    ({"redirect_uri": "https://elsewhere.example/"}, 400, "Invalid parameter: redirect_uri"),
    ({"client_id": "nobody"}, 400, "Client not found."),
    ({"response_type": None}, 302, ""),
])  # fmt: skip
def test_nobody_registers_at_the_endpoint_for_it(realm, changes, status, says):
    answer = Browser().get(realm.endpoint("registrations"), realm.auth_params(WEB, Pkce(), **changes))
    assert (answer.status, says in answer.text) == (status, True), answer.text[:500]
    assert status == 400 or query_of(answer.location)["error"] == "invalid_request"
