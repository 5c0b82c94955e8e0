# SPDX-License-Identifier: Apache-2.0
"""Authentication flows with conditions: who is asked for what, who is denied, and that no page, no session and no second window
is a way around a step. The walk itself is tested by tests/unit/provider/flow_walk.c."""

import concurrent.futures

import pytest
from oidc import callback_of
from one_time_codes import credential, execution, totp, wrong
from programs import Provider, realm_files
from recovery_codes import code_of, recovery_codes
from test_second_factors import APP, realm_of, user

PASSWORD = execution("auth-username-password-form")
COOKIE = execution("auth-cookie", "ALTERNATIVE")
OTP = execution("auth-otp-form", priority=20)
RECOVERY = execution("auth-recovery-authn-code-form", priority=30)
MEMBER = {"realmRoles": ["member"]}


def part(alias, requirement="CONDITIONAL", priority=20):
    return {"flowAlias": alias, "requirement": requirement, "priority": priority, "authenticatorFlow": True}


def condition(role, negate="false"):
    return {"role": role, "negate": negate}


def deny(message=None):
    return {**execution("deny-access-authenticator", priority=20), **({"authenticatorConfig": "words"} if message else {})}


def flows(role, *then, outside=False, negate="false", message=None, direct=()):
    """A password, and of those who have the role (or have not) what `then` asks for; `outside`: of whoever comes with a session, too."""
    chosen = [{**execution("conditional-user-role"), "authenticatorConfig": "role"}, *then]
    forms = [PASSWORD] if outside else [PASSWORD, part("chosen")]
    inner = [COOKIE, part("forms", "ALTERNATIVE")]
    top = [part("inner", "REQUIRED", 10), part("chosen")] if outside else inner
    found = {"top": top, "forms": forms, "chosen": chosen, **({"inner": inner} if outside else {})}
    configs = [{"alias": "role", "config": {"condUserRole": role, "negate": negate}}]
    if message:
        configs.append({"alias": "words", "config": {"denyErrorMessage": message}})
    names = {"browserFlow": "top"}
    if direct:
        found["straight"] = [execution("direct-grant-validate-username"), execution("direct-grant-validate-password", priority=20), *direct]
        names["directGrantFlow"] = "straight"
    return {
        **names,
        "authenticatorConfig": configs,
        "authenticationFlows": [
            {"alias": alias, "providerId": "basic-flow", "topLevel": alias in ("top", "straight"), "authenticationExecutions": steps}
            for alias, steps in found.items()
        ],
    }


def people():
    return [user("ann", credential(), recovery_codes(), attributes={"dept": ["sales"]}, **MEMBER), user("bob", credential()), user("new", **MEMBER),
            user("far", clientRoles={"app": ["guest.of.all"]})]


ROLES = {"roles": {"realm": [{"name": "member"}], "client": {"app": [{"name": "guest.of.all"}]}}}


SCOPED = {"conditional-client-scope": {"client_scope": "phone", "negate": "false"}}
THROUGH = {"conditional-sub-flow-executed": {"flow_to_check": "forms", "check_result": "executed"}}
ATTRIBUTE = {"conditional-user-attribute": {"attribute_name": "dept", "attribute_expected_value": "s.*", "regex": "true"}}


def flows_by(conditions, outside=False):
    """As flows(), by these conditions of 26 in the place of a role."""
    found = flows("", OTP, outside=outside)
    found["authenticatorConfig"] = [{"alias": name, "config": config} for name, config in conditions.items()]
    chosen = next(flow for flow in found["authenticationFlows"] if flow["alias"] == "chosen")
    chosen["authenticationExecutions"][:1] = [{**execution(name), "authenticatorConfig": name} for name in conditions]
    return found


def realm_with(name, flow):
    return realm_of(name, *people(), **ROLES, **flow)


def limited(**config):
    """A password, a code of those who have a device, and then a limit of sessions."""
    limit = {**execution("user-session-limits", priority=30), "authenticatorConfig": "limit"}
    owners = [execution("conditional-user-configured"), OTP]
    found = flows("", outside=False)
    found["authenticatorConfig"] = [{"alias": "limit", "config": config}]
    found["authenticationFlows"] = [
        {"alias": alias, "providerId": "basic-flow", "topLevel": alias == "top", "authenticationExecutions": steps}
        for alias, steps in {"top": [COOKIE, part("forms", "ALTERNATIVE")], "forms": [PASSWORD, part("owners"), limit], "owners": owners}.items()
    ]
    return found


def asking(realm):
    """Its client asks for consent."""
    realm["clients"][0]["consentRequired"] = True
    return realm


def direct_limit(**config):
    """Of direct grants alone."""
    limit = {**execution("user-session-limits", priority=30), "authenticatorConfig": "limit"}
    steps = [execution("direct-grant-validate-username"), execution("direct-grant-validate-password", priority=20), limit]
    return {
        "directGrantFlow": "straight",
        "authenticatorConfig": [{"alias": "limit", "config": config}],
        "authenticationFlows": [{"alias": "straight", "providerId": "basic-flow", "topLevel": True, "authenticationExecutions": steps}],
    }


REALMS = [
    realm_with("denied", flows("member", deny("No members today."), message="No members today.", direct=[part("chosen", priority=30)])),
    realm_with("others", flows("member", deny(), negate="true")),
    realm_with("guests", flows("app.guest.of.all", deny())),
    realm_with("asked", flows("member", OTP)),
    realm_with("twice", flows("member", OTP, RECOVERY)),
    realm_with("always", flows("member", OTP, outside=True)),
    realm_with("shut", flows("member", deny(), outside=True)),
    realm_with("scoped", flows_by(SCOPED, outside=True)),
    realm_with("formed", flows_by(THROUGH, outside=True)),
    realm_with("attributed", flows_by(ATTRIBUTE)),
    realm_with("ending", limited(behavior="Terminate oldest session", userRealmLimit="1")),
    realm_with("denying", limited(behavior="Deny new session", userRealmLimit="1")),
    asking(realm_with("one-part", limited(behavior="Deny new session", userClientLimit="1"))),
    realm_with("straight-denying", direct_limit(behavior="Deny new session", userRealmLimit="2")),
    realm_with("straight-ending", direct_limit(behavior="Terminate oldest session", userClientLimit="2")),
    realm_with("nobody", flows("no-such-role", deny(), negate="true")),
]


@pytest.fixture(scope="module")
def server(work):
    with Provider(realm_files(REALMS, work / "flows-realms"), work / "flows", arguments=("--log-format", "json")) as provider:
        yield provider


def log_in(server, name, who, browser=None):
    realm = server.realm(name)
    browser = browser or realm.browser()
    return browser, realm.log_in(browser, APP, who, who)


def is_in(answer):
    return answer.status in (302, 303) and "code" in callback_of(answer)


def is_denied(answer, words="Access denied"):
    return answer.status == 401 and words in answer.text


@pytest.mark.parametrize(
    "name, who, outcome",
    [
        ("denied", "ann", "No members today."),
        ("denied", "bob", True),
        ("others", "ann", True),
        ("others", "bob", "Access denied"),
        ("guests", "far", "Access denied"),
        ("guests", "ann", True),
        ("asked", "bob", True),
        ("twice", "bob", True),
        ("scoped", "ann", True),
        ("attributed", "bob", True),
        ("nobody", "ann", "Access denied"),
        ("nobody", "bob", "Access denied"),
    ],
)
def test_who_comes_in_by_a_password(server, name, who, outcome):
    browser, answer = log_in(server, name, who)
    assert is_in(answer) if outcome is True else is_denied(answer, outcome), answer.text[:300]
    silent = callback_of(server.realm(name).authorize(browser, APP, prompt="none"))
    assert ("code" in silent) == (outcome is True)


def test_those_of_the_role_bring_a_code(server):
    browser, page = log_in(server, "asked", "ann")
    form = page.page.form("kc-otp-login-form")
    assert "Invalid authenticator code." in browser.submit(form, otp=wrong()).text
    assert is_in(browser.submit(form, otp=totp()))
    assert is_in(server.realm("asked").authorize(browser, APP)), "the cookie is an alternative to all of it"


def test_a_client_scope_that_is_asked_for_has_its_own_step(server):
    realm = server.realm("scoped")
    browser, answer = log_in(server, "scoped", "ann")
    assert is_in(answer) and is_in(realm.authorize(browser, APP))
    # The session is not past a step of another scope, and the page of the code remembers the scope.
    assert callback_of(realm.authorize(browser, APP, scope="openid phone", prompt="none"))["error"] == "login_required"
    page = browser.get(realm.authorize(browser, APP, scope="openid phone").location)
    page = browser.submit(page.page.form("kc-otp-login-form"), otp=wrong())
    assert is_in(browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))


def test_who_comes_by_the_cookie_has_not_come_through_the_forms(server):
    browser, page = log_in(server, "formed", "ann")
    assert is_in(browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    assert is_in(server.realm("formed").authorize(browser, APP))


def test_those_with_the_attribute_bring_a_code(server):
    browser, page = log_in(server, "attributed", "ann")
    assert is_in(browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))


def test_those_who_have_no_device_set_one_up(server):
    browser, answer = log_in(server, "asked", "new")
    assert "execution=CONFIGURE_TOTP" in answer.location
    assert "execution=CONFIGURE_TOTP" in server.realm("asked").authorize(browser, APP).location


def test_two_factors_of_those_of_the_role(server):
    browser, first = log_in(server, "twice", "ann")
    page = browser.submit(first.page.form("kc-otp-login-form"), otp=totp())
    assert "recoveryCodeInput" in page.text
    assert not browser.cookie("KEYCLOAK_IDENTITY")
    # The page before, sent again, is no way past this one.
    assert "recoveryCodeInput" in browser.submit(first.page.form("kc-otp-login-form"), otp=totp(later=1)).text
    assert is_in(browser.submit(page.page.form("kc-recovery-code-login-form"), recoveryCodeInput=code_of(1)))


def test_a_session_is_not_past_a_condition_of_the_whole_flow(server):
    realm = server.realm("always")
    browser, page = log_in(server, "always", "ann")
    assert is_in(browser.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    assert callback_of(realm.authorize(browser, APP, prompt="none"))["error"] == "login_required"
    page = browser.get(realm.authorize(browser, APP).location)
    answer = browser.submit(page.page.form("kc-otp-login-form"), otp=totp(later=1))
    assert is_in(answer), (answer.status, answer.page.text)
    # Who logs out meanwhile has no session that the page could go on with.
    page = browser.get(realm.authorize(browser, APP).location)
    browser.cookies.clear()
    assert not is_in(browser.submit(page.page.form("kc-otp-login-form"), otp=totp(later=2)))


def test_a_session_is_shut_out_when_its_user_gets_the_role(server):
    assert is_denied(log_in(server, "shut", "ann")[1])
    browser, answer = log_in(server, "shut", "bob")
    assert is_in(answer) and is_in(server.realm("shut").authorize(browser, APP))


def test_direct_grants_are_denied_by_their_flow(server):
    realm = server.realm("denied")
    assert realm.password(APP, "bob", "bob").status == 200
    answer = realm.password(APP, "ann", "ann")
    assert (answer.status, answer.json()["error"]) == (401, "access_denied")
    assert answer.json()["error_description"] == "No members today."
    assert realm.password(APP, "ann", "wrong").json()["error_description"] == "Invalid user credentials"


def is_signed_in(server, name, browser):
    return "code" in callback_of(server.realm(name).authorize(browser, APP, prompt="none"))


def test_who_knows_the_password_alone_ends_nobodys_session(server):
    first, page = log_in(server, "ending", "ann")
    assert is_in(first.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    second, page = log_in(server, "ending", "ann")
    form = page.page.form("kc-otp-login-form")
    assert "Invalid authenticator code." in second.submit(form, otp=wrong()).text
    assert is_signed_in(server, "ending", first)
    assert is_in(second.submit(form, otp=totp(later=1)))
    assert is_signed_in(server, "ending", second) and not is_signed_in(server, "ending", first)


def test_who_knows_the_password_alone_is_not_told_of_sessions(server):
    first, page = log_in(server, "denying", "ann")
    assert is_in(first.submit(page.page.form("kc-otp-login-form"), otp=totp()))
    second, page = log_in(server, "denying", "ann")
    form = page.page.form("kc-otp-login-form")
    assert "Invalid authenticator code." in second.submit(form, otp=wrong()).text
    answer = second.submit(form, otp=totp(later=1))
    assert (answer.status, "There are too many sessions" in answer.text) == (403, True)
    assert is_signed_in(server, "denying", first) and not is_signed_in(server, "denying", second)


def test_a_client_is_held_to_its_limit_after_the_page_of_consent(server):
    """Two browsers that have come as far as that page have sessions, and neither has a part of the client's yet."""
    pages = [log_in(server, "one-part", "bob") for _ in range(2)]
    (first, asked), (second, asked_too) = [(browser, page.page.form("kc-otp-login-form")) for browser, page in pages]
    asked, asked_too = first.submit(asked, otp=totp()), second.submit(asked_too, otp=totp(later=1))
    assert is_in(agree(first, asked))
    refused = agree(second, asked_too)
    assert (refused.status, "There are too many sessions" in refused.text) == (403, True)
    assert is_in(server.realm("one-part").authorize(first, APP, prompt="none"))


def agree(browser, answer):
    """Of what they have agreed to in another browser meanwhile they are not asked again."""
    page = browser.get(answer.location)
    return browser.submit(page.page.form(), accept="Yes") if page.status == 200 else page


@pytest.mark.parametrize("name, statuses, kept", [("straight-denying", [200] * 2 + [403] * 6, 2), ("straight-ending", [200] * 8, 2)])
def test_those_who_come_at_once_are_held_to_the_limit(server, name, statuses, kept):
    realm = server.realm(name)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: realm.password(APP, "bob", "bob"), range(8)))
    assert sorted(answer.status for answer in answers) == statuses
    for answer in answers:
        assert answer.status == 200 or answer.json()["error"] == "access_denied"
    refreshed = [realm.refresh(APP, answer.json()["refresh_token"]).status for answer in answers if answer.status == 200]
    assert refreshed.count(200) == kept, refreshed
