# SPDX-License-Identifier: Apache-2.0
"""Users who make accounts for themselves: the page, what is wrong with what they type, what becomes of them.

Keycloak 24.0.5 and 26.7.3 were asked the same; tests/interop/test_registration.py compares again."""

import html
import json
import re
import subprocess
import urllib.parse

import pytest
from oidc import Client, Pkce, callback_of
from programs import Provider, provider_program, realm_files
from waiting import until
from web import Browser, bearer

CALLBACK = "http://localhost:8000/cb"
SECRET = "wide-open-window"
APP = Client("app", None, CALLBACK)
BOTH = {"view": ["admin", "user"], "edit": ["admin", "user"]}
PROFILE = [
    {"name": "username", "displayName": "${username}", "permissions": BOTH, "validations": {"length": {"max": 20}}},
    {"name": "email", "displayName": "${email}", "permissions": BOTH, "validations": {"email": {}}},
    {"name": "department", "displayName": "Department", "permissions": BOTH, "required": {"roles": ["user"]},
     "validations": {"length": {"max": 5}}},
    {"name": "clearance", "permissions": {"view": ["admin", "user"], "edit": ["admin"]}},
    {"name": "note", "permissions": {"view": ["admin"], "edit": ["admin"]}},
    {"name": "password", "permissions": BOTH},
    {"name": "terms_and_conditions", "permissions": BOTH},
]  # fmt: skip


def flow(**requirements):
    steps = {"user-creation": "REQUIRED", "password-action": "REQUIRED", **requirements}
    form = [{"authenticator": f"registration-{name}", "requirement": how} for name, how in steps.items()]
    page = {"authenticator": "registration-page-form", "requirement": "REQUIRED", "flowAlias": "mine form"}
    flows = [{"alias": "mine", "authenticationExecutions": [page]}, {"alias": "mine form", "authenticationExecutions": form}]
    return {"registrationFlow": "mine", "authenticationFlows": flows}


def realm_of(name, **changes):
    config = {"kc.user.profile.config": [json.dumps({"attributes": PROFILE})]}
    own = {"org.keycloak.userprofile.UserProfileProvider": [{"providerId": "declarative-user-profile", "config": config}]}
    user = {"username": "taken", "email": "taken@example.org", "firstName": "T", "lastName": "K", "enabled": True,
            "credentials": [{"type": "password", "value": "taken-password"}]}
    keeper = {"username": "keeper", "enabled": True, "emailVerified": True, "credentials": [{"type": "password", "value": "keeper-password"}],
              "clientRoles": {"realm-management": ["realm-admin"]}}
    own_rules = {"components": own} if changes.pop("own", False) else {}
    return {
        "realm": name, "enabled": True, "registrationAllowed": True, "eventsEnabled": True, "registrationFlow": "registration",
        "passwordPolicy": "length(8) and notUsername", "groups": [{"name": "newcomers"}], "defaultGroups": ["/newcomers"],
        "clients": [
            {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
            {"clientId": "later", "secret": "later-secret", "redirectUris": [CALLBACK]},
        ],
        "users": [user, keeper], **own_rules, **changes,
    }  # fmt: skip


ACTIONS = [{"alias": "TERMS_AND_CONDITIONS", "enabled": True, "defaultAction": True, "priority": 20}]
REALMS = (
    realm_of("open", attributes={"registration.burst": "0"}),
    realm_of("mail", registrationEmailAsUsername=True),
    realm_of("terms", requiredActions=ACTIONS, **flow(**{"terms-and-conditions": "REQUIRED"})),
    realm_of("bare", **flow(**{"password-action": "DISABLED"})),
    realm_of("own", own=True, requiredActions=ACTIONS),
    realm_of("verify", verifyEmail=True),
    realm_of("off", registrationAllowed=False),
    realm_of("robots", **flow(**{"recaptcha-action": "REQUIRED"})),
    realm_of("burst", attributes={"registration.burst": "3"}),
    realm_of("shared", duplicateEmailsAllowed=True, loginWithEmailAllowed=False),
)


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "registering-realms"), work / "registering") as provider:
        yield provider


def good(name="new.user", **changes):
    secret = {"password": SECRET, "password-confirm": SECRET}
    return {"username": name, "email": f"{name}@example.org", "firstName": "New", "lastName": "User", **secret, **changes}


def page_of(realm, browser, **changes):
    answer = browser.get(realm.endpoint("registrations"), realm.auth_params(APP, **changes), follow=True)
    assert answer.status == 200, answer.text[:500]
    return answer.page


def register(realm, browser=None, **typed):
    browser = browser or Browser()
    return browser.submit(page_of(realm, browser).form("kc-register-form"), **typed)


def mistakes(answer):
    assert answer.status == 200, (answer.status, answer.location)
    found = re.findall(r'<span class="mistake" id="input-error-([^"]*)">([^<]*)</span>', answer.text)
    return {name: html.unescape(text) for name, text in found}


@pytest.fixture
def keeper(server):
    def ask(realm, path):
        token = server.realm(realm).password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]
        return Browser().get(f"{server.base}/admin/realms/{realm}/{path}", None, bearer(token)).json()

    return ask


def run_set(server, realm, assignment):
    command = [str(provider_program()), "realm", "set", realm, assignment, "--data", str(server.data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def page_text(realm):
    return Browser().get(realm.endpoint("registrations"), realm.auth_params(APP), follow=True).text


def known(keeper, realm, name):
    users = keeper(realm, f"users?username={urllib.parse.quote(name)}&exact=true")
    return users[0] if users else None


# ---- ways there ----


@pytest.mark.parametrize("name, there", [("open", True), ("off", False), ("robots", False)])
def test_the_login_page_leads_there_where_the_realm_lets_it(server, name, there):
    realm, browser = server.realm(name), Browser()
    page = realm.authorize(browser, APP).page
    links = [link for link in page.links if "/login-actions/registration" in str(link)]
    assert bool(links) == there and ("New user?" in page.text) == there
    prompts = realm.discovery().json()["prompt_values_supported"]
    assert ("create" in prompts) == there


def test_it_is_the_page_of_a_prompt_by_itself(server):
    realm = server.realm("open")
    answer = realm.authorize(Browser(), APP, prompt="create")
    assert answer.status == 302 and "/login-actions/registration?" in answer.location
    assert realm.authorize(Browser(), APP, prompt="create login").page.form("kc-form-login")
    refused = realm.authorize(Browser(), APP, prompt="none create")
    assert callback_of(refused)["error"] == "login_required"


@pytest.mark.parametrize("name", ["off", "robots"])
@pytest.mark.parametrize("endpoint, prompt", [("registrations", None), ("auth", "create")])
def test_where_nobody_registers_it_says_so(server, name, endpoint, prompt):
    realm = server.realm(name)
    answer = Browser().get(realm.endpoint(endpoint), realm.auth_params(APP, prompt=prompt), follow=True)
    assert answer.status == 400 and "Registration not allowed" in answer.text


def test_it_leads_back_to_the_login(server):
    realm, browser = server.realm("open"), Browser()
    page = page_of(realm, browser, login_hint="hinted")
    assert page.form("kc-register-form").values()["username"] == "hinted"
    (back,) = [link for link in page.links if "/login-actions/authenticate" in str(link)]
    address = back if isinstance(back, str) else back["href"]
    login = browser.get(urllib.parse.urljoin(page.url, address))
    answer = browser.submit(login.page.form("kc-form-login"), username="taken", password="taken-password")
    assert callback_of(answer)["state"] == "state-1"


# ---- who comes of it ----


def test_a_newcomer_is_made_as_keycloak_makes_them_and_logged_in(server, keeper):
    realm, browser, pkce = server.realm("open"), Browser(), Pkce()
    page = page_of(realm, browser, **pkce.params)
    fields = [field["name"] for field in page.form("kc-register-form").fields if field.get("name")]
    assert fields == ["username", "password", "password-confirm", "email", "firstName", "lastName"]
    answer = browser.submit(page.form("kc-register-form"), **good("New.User", email="New@Example.org"))
    token = realm.code(APP, callback_of(answer)["code"], pkce).json()
    assert realm.userinfo(token["access_token"]).json()["preferred_username"] == "new.user"
    user = known(keeper, "open", "new.user")
    assert (user["email"], user["firstName"], user["lastName"]) == ("new@example.org", "New", "User")
    assert (user["enabled"], user["emailVerified"], user["requiredActions"]) == (True, False, [])
    roles = keeper("open", f"users/{user['id']}/role-mappings/realm")
    assert [role["name"] for role in roles] == ["default-roles-open"]
    assert [group["path"] for group in keeper("open", f"users/{user['id']}/groups")] == ["/newcomers"]
    assert realm.authorize(browser, APP, prompt="none").status == 302
    assert realm.password(APP, "new@example.org", SECRET).status == 200
    events = keeper("open", f"events?user={user['id']}&max=20")
    told = {event["type"]: event for event in events}
    details = told["REGISTER"]["details"]
    assert (details["register_method"], details["username"], details["email"]) == ("form", "New.User", "new@example.org")
    assert "register_method" not in told["LOGIN"]["details"] and "email" not in told["LOGIN"]["details"]


def test_an_address_may_be_the_name(server, keeper):
    realm = server.realm("mail")
    fields = [field["name"] for field in page_of(realm, Browser()).form().fields if field.get("name")]
    assert fields == ["email", "password", "password-confirm", "firstName", "lastName"]
    assert "code" in callback_of(register(realm, **good(email="Fresh@Example.org")))
    assert known(keeper, "mail", "fresh@example.org")["email"] == "fresh@example.org"
    assert mistakes(register(realm, **good(email="taken@example.org"))) == {"email": "Email already exists."}
    assert mistakes(register(realm, **good(email=""))) == {"email": "Please specify email."}


def test_terms_that_the_flow_asks_for_are_agreed_to_once(server, keeper):
    realm = server.realm("terms")
    answer = register(realm, **good())
    assert mistakes(answer) == {"terms-accepted": "You must agree to our terms and conditions."}
    assert "code" in callback_of(register(realm, **good(), termsAccepted="on"))
    user = known(keeper, "terms", "new.user")
    assert user["requiredActions"] == [] and user["attributes"]["terms_and_conditions"][0].isdigit()


def test_a_flow_may_ask_for_no_password(server, keeper):
    realm = server.realm("bare")
    assert "code" in callback_of(register(realm, **good()))
    user = known(keeper, "bare", "new.user")
    assert keeper("bare", f"users/{user['id']}/credentials") == []
    assert realm.password(APP, "new.user", SECRET).status == 401


def test_a_profile_of_the_realms_own_and_required_actions(server, keeper):
    realm, browser = server.realm("own"), Browser()
    page = page_of(realm, browser)
    fields = [field["name"] for field in page.form().fields if field.get("name")]
    assert fields == ["username", "password", "password-confirm", "email", "department"]
    answer = browser.submit(page.form(), **good(department="too long"))
    assert mistakes(answer) == {"department": "Maximal length is 5."}
    typed = good(department="it", clearance="top", note="x", extra="y", enabled="false", emailVerified="true")
    answer = browser.submit(answer.page.form(), **typed, **{"attributes.extra": "y", "user.attributes.extra": "y"})
    assert answer.status == 302 and "execution=TERMS_AND_CONDITIONS" in answer.location
    user = known(keeper, "own", "new.user")
    assert user["attributes"] == {"department": ["it"]} and "firstName" not in user
    assert (user["enabled"], user["emailVerified"], user["requiredActions"]) == (True, False, ["TERMS_AND_CONDITIONS"])
    answer = browser.submit(browser.get(answer.location).page.form(), accept="Accept")
    assert "code" in callback_of(answer)


def test_whose_address_is_to_be_verified_is_told_that_somebody_has_to_let_them_in(server, keeper):
    answer = register(server.realm("verify"), **good())
    assert answer.status == 200 and "it has to be set up by your administrator" in answer.text
    assert known(keeper, "verify", "new.user")["enabled"] is True
    user = known(keeper, "verify", "new.user")
    types = {event["type"] for event in keeper("verify", f"events?user={user['id']}")}
    assert types == {"REGISTER", "LOGIN_ERROR"}


# ---- what is wrong with what they type ----


ROWS = (
    ({"username": ""}, {"username": "Please specify username."}, "invalid_registration"),
    ({"username": "ab"}, {"username": "Length must be between 3 and 255."}, "invalid_registration"),
    ({"username": "a<b>c"}, {"username": "Value contains invalid character."}, "invalid_registration"),
    ({"email": ""}, {"email": "Please specify email."}, "invalid_registration"),
    ({"email": "x"}, {"email": "Invalid email address."}, "invalid_registration"),
    ({"firstName": ""}, {"firstName": "Please specify this field."}, "invalid_registration"),
    ({"lastName": "<b>"}, {"lastName": "Name contains invalid character."}, "invalid_registration"),
    ({"password": ""}, {"password": "Please specify password."}, "invalid_registration"),
    ({"password-confirm": "x"}, {"password-confirm": "Password confirmation doesn't match."}, "invalid_registration"),
    ({"password": "short", "password-confirm": "short"}, {"password": "Invalid password: minimum length 8."},
     "invalid_registration"),
    ({"username": "TAKEN"}, {"username": "Username already exists."}, "username_in_use"),
    ({"email": "Taken@Example.org"}, {"email": "Email already exists."}, "email_in_use"),
    ({"username": "taken", "email": "taken@example.org"},
     {"username": "Username already exists.", "email": "Email already exists."}, "email_in_use"),
)  # fmt: skip


@pytest.mark.parametrize("changes, says, error", ROWS)
def test_what_is_wrong_is_said_beside_its_field(server, keeper, changes, says, error):
    typed = good("some.body", **changes)
    answer = register(server.realm("open"), **typed)
    assert mistakes(answer) == says
    values = answer.page.form().values()
    kept = {name: typed[name] for name in ("username", "email", "firstName", "lastName")}
    assert values == {**kept, "password": "", "password-confirm": ""} and SECRET not in answer.text
    assert known(keeper, "open", "some.body") is None
    event = keeper("open", "events?type=REGISTER_ERROR&max=1")[0]
    assert event["error"] == error and "userId" not in event


def test_two_may_share_an_address_where_the_realm_says_so(server):
    assert "code" in callback_of(register(server.realm("shared"), **good(email="taken@example.org")))


# ---- attacks ----


@pytest.mark.parametrize("name, says", [
    ("taken@example.org", "Username already exists."),  # who logs in by that address would find the newcomer
    ("service-account-later", "Username already exists."),  # the account that a client may get one day
    ("Service-Account-Later", "Username already exists."),
])  # fmt: skip
def test_attack_a_name_that_stands_for_somebody_else(server, name, says):
    assert mistakes(register(server.realm("open"), **good(email="thief@example.org", username=name))) == {"username": says}


def test_attack_a_form_of_another_browser_makes_no_account(server, keeper):
    """Its address, even with what was typed, is good in the browser that it was shown in alone."""
    realm = server.realm("open")
    form = page_of(realm, Browser()).form()
    for victim in (Browser(), Browser()):
        answer = victim.submit(form, **good("forged"))
        assert answer.status == 400 and "Cookie not found" in answer.text
        realm.authorize(victim, APP)
    assert known(keeper, "open", "forged") is None


def test_attack_one_page_s_address_at_another(server, keeper):
    realm, browser = server.realm("open"), Browser()
    login = realm.authorize(browser, APP).page.form("kc-form-login").action
    registering = page_of(realm, browser).form().action
    swapped = (login.replace("/authenticate?", "/registration?"), registering.replace("/registration?", "/authenticate?"))
    for address in (*swapped, registering.replace("/registration?", "/required-action?"), registering.replace("session_code=", "session_code=x")):
        answer = browser.post(address, good("swapped", username="taken", password="taken-password"))
        assert answer.status == 400, answer.location
    elsewhere = registering.replace("/realms/open/", "/realms/mail/")
    assert browser.post(elsewhere, good("swapped")).status == 400
    assert known(keeper, "open", "swapped") is None and known(keeper, "mail", "swapped") is None


def test_attack_a_page_that_was_shown_before_registration_was_closed(server):
    realm, browser = server.realm("shared"), Browser()
    form = page_of(realm, browser).form()
    done = run_set(server, "shared", "registrationAllowed=false")
    assert done.returncode == 0, done.stderr
    until(lambda: "Registration not allowed" in page_text(realm))
    answer = browser.submit(form, **good("late"))
    assert answer.status == 400 and "Registration not allowed" in answer.text


def test_attack_a_session_of_somebody_else_does_not_become_the_newcomers(server, keeper):
    realm, browser = server.realm("open"), Browser()
    sid = callback_of(realm.log_in(browser, APP, "taken", "taken-password"))["session_state"]
    callback = callback_of(register(realm, browser, **good("second.one")))
    token = realm.code(APP, callback["code"]).json()["access_token"]
    assert realm.userinfo(token).json()["preferred_username"] == "second.one"
    taken = known(keeper, "open", "taken")
    assert sid not in [session["id"] for session in keeper("open", f"users/{taken['id']}/sessions")]


def test_attack_who_asks_for_one_user_alone_gets_no_newcomer(server):
    realm = server.realm("open")
    claims = json.dumps({"id_token": {"sub": {"value": "3f32e35c-30f0-455c-8c3f-88ae68f11971"}}})
    page = realm.authorize(Browser(), APP, claims=claims).page
    assert not [link for link in page.links if "/login-actions/registration" in str(link)]
    answer = realm.authorize(Browser(), APP, claims=claims, prompt="create")
    assert answer.status == 400 and "Registration not allowed" in answer.text


def test_attack_a_burst_of_accounts_and_of_names_waits(server, keeper):
    """Names that are tried count as those that are made; what is not looked up does not."""
    realm = server.realm("burst")
    for _ in range(5):
        assert "username" not in mistakes(register(realm, **good("taken", password="x")))
    assert mistakes(register(realm, **good("taken")))["username"] == "Username already exists."
    for name in ("one", "two"):
        assert "code" in callback_of(register(realm, **good(name + ".one")))
    for name in ("taken", "three.one"):
        answer = register(realm, **good(name))
        assert mistakes(answer) == {} and "Too many accounts were made from here" in answer.text
    assert known(keeper, "burst", "three.one") is None
    assert keeper("burst", "events?type=REGISTER_ERROR&max=1")[0]["error"] == "too_many_registrations"
    assert 'event="REGISTER"' in Browser().get(f"{server.base}/metrics").text


def test_attack_hostile_forms_make_nothing(server):
    realm = server.realm("open")
    for body in (b"", b"username=%ff%fe", b"username=a&username=b", b"username=" + b"x" * 70000, b"%00=%00"):
        browser = Browser()
        form = page_of(realm, browser).form()
        answer = browser.post(form.action, body, {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status in (200, 400, 413), answer.status
    assert register(realm, **good("odd", username="x\x00y")).status == 400
    for name in ("x" * 256, "\u202eevil\u2028", "a" * 200 + "\U0001f600" * 30):
        assert "username" in mistakes(register(realm, **good("odd", username=name)))
