# SPDX-License-Identifier: Apache-2.0
"""Flows of a realm's own at logins by an identity provider: first logins, and what comes after each; and ways around them."""

import json

import pytest
from brokering import APP, FULL, admin, administrator, claims_of, client, come_back, find, linked_ids, realm, upstream, user  # noqa: F401
from brokering_flows import AFTER, FIRST, flow, flows, part, step
from oidc import callback_of
from one_time_codes import credential, totp
from programs import Provider

ALIASES = {alias: alias.replace(" ", "-").replace(":", "") for alias in (*FIRST, *AFTER)}
NO = "Nobody by this one."
EXISTS = "An account of this name or address is there already, and cannot be linked."


def device(name, **more):
    made = user(name, **more)
    return {**made, "credentials": [*made["credentials"], credential()]}


def realm_of(upstream):
    made = flows()
    strange = {"alias": "strange", "providerId": "basic-flow", "authenticationExecutions": [{**step("idp-recaptcha"), "priority": 1}]}
    made["authenticationFlows"].append(strange)
    # Of Keycloak's flows that are nothing but a condition which is not met nobody comes out.
    allow = step("allow-access-authenticator")
    for alias, whole in (("owners", "after: code of owners, those"), ("staff", "after: staff")):
        made["authenticationFlows"].append(flow(f"or else: {alias}", [part(whole, "CONDITIONAL"), allow], True))
    return {
        **{"realm": "inner", "enabled": True, "eventsEnabled": True, **made},
        "roles": {"realm": [{"name": "staff"}]},
        "clients": [client(APP)],
        "users": [
            *(user(f"own-{name}") for alias, name in ALIASES.items() if alias in FIRST),
            user("unverified", emailVerified=False),
            *(device(name) for name in ("dev1", "dev2", "dev3")),
            administrator(),
        ],
        "identityProviders": [
            *(upstream.config(ALIASES[alias], firstBrokerLoginFlowAlias=alias) for alias in FIRST),
            *(upstream.config(ALIASES[alias], postBrokerLoginFlowAlias=alias) for alias in AFTER),
            *(upstream.config(alias, postBrokerLoginFlowAlias=f"or else: {alias}") for alias in ("owners", "staff")),
            upstream.config("links-trusted", firstBrokerLoginFlowAlias="links", trustEmail=True),
            upstream.config("strange", firstBrokerLoginFlowAlias="strange"),
            upstream.config("missing", firstBrokerLoginFlowAlias="not there"),
            upstream.config("strange-after", postBrokerLoginFlowAlias="browser"),
        ],
    }


@pytest.fixture(scope="module")
def server(work, upstream):
    started = Provider([], work / "flows")
    (started.folder / "import" / "inner-realm.json").write_text(json.dumps(realm_of(upstream)))
    with started:
        yield started


@pytest.fixture(autouse=True)
def as_usual(upstream):
    upstream.reset()


def come(realm, upstream, alias, name, browser=None, **claims):
    upstream.reset(**{"sub": f"up-{name}", "preferred_username": name, "email": f"{name}@example.com", **FULL, **claims})
    return come_back(realm, browser or realm.browser(), upstream, ALIASES.get(alias, alias))


def alert(answer):
    assert answer.status in (200, 401) and not answer.location, (answer.status, answer.location)
    return answer.text


def came_in(answer):
    """To the client, with a code."""
    return (answer.location or "").startswith(APP.redirect_uri) and "code" in callback_of(answer)


@pytest.mark.parametrize("alias", ["makes alone", "by password", "links", "asks nothing"])
def test_somebody_new_gets_an_account(realm, upstream, admin, alias):
    name = f"new-{ALIASES[alias]}"
    assert claims_of(realm, come(realm, upstream, alias, name))["preferred_username"] == name


@pytest.mark.parametrize("alias,words", [("denies", NO), ("denies at the end", NO), ("finds", "There is no account"), ("finds and links", "There is no account"), ("does nothing", "There is no account")])  # fmt: skip
def test_nobody_new_comes_in_by_a_flow_that_makes_nobody(realm, upstream, admin, alias, words):
    name = f"new-{ALIASES[alias]}"
    assert words in alert(come(realm, upstream, alias, name))
    assert find(admin, name) is None


@pytest.mark.parametrize("alias", ["makes alone", "makes with password", "does nothing", "denies", "denies at the end"])
def test_an_account_that_is_there_is_not_taken(realm, upstream, admin, alias):
    own = f"own-{ALIASES[alias]}"
    answer = come(realm, upstream, alias, "stranger", email=f"{own}@example.com", email_verified=True)
    assert (NO if alias == "denies" else EXISTS) in alert(answer)
    assert linked_ids(admin, own) == {}
    # The page has the form of a login, and its password links nothing.
    assert "kc-form-login" in answer.text


@pytest.mark.parametrize("alias", ["by password", "by password at once", "finds", "links", "finds and links"])
def test_the_owner_shows_that_they_are_both(realm, upstream, admin, alias):
    own = f"own-{ALIASES[alias]}"
    browser = realm.browser()
    page = come(realm, upstream, alias, f"there-{own}", browser, email=f"{own}@example.com", email_verified=True)
    assert linked_ids(admin, own) == {}  # nobody vouches for what the provider says
    form = page.page.form("kc-form-login")
    assert "kc-form-login" in browser.submit(form, password="wrong").text
    assert claims_of(realm, browser.submit(form, password=f"{own}-password"))["preferred_username"] == own
    assert linked_ids(admin, own) == {ALIASES[alias]: f"up-there-{own}"}


def test_an_account_is_linked_at_once_only_if_the_provider_vouches_for_its_address(realm, upstream, admin):
    own = "own-does-nothing"
    for said in (False, None, "true"):
        assert "kc-form-login" in alert(come(realm, upstream, "links-trusted", f"v-{said}", email=f"{own}@example.com", email_verified=said))
    # By the name alone, or where the address here is nobody's yet.
    assert "kc-form-login" in alert(come(realm, upstream, "links-trusted", own, email="else@example.com", email_verified=True))
    assert "kc-form-login" in alert(come(realm, upstream, "links-trusted", "unv", email="unverified@example.com", email_verified=True))
    assert linked_ids(admin, own) == linked_ids(admin, "unverified") == {}
    answer = come(realm, upstream, "links-trusted", "vouched", email=f"{own}@example.com", email_verified=True)
    assert claims_of(realm, answer)["preferred_username"] == own
    assert linked_ids(admin, own) == {"links-trusted": "up-vouched"}


def test_a_code_that_the_flow_wants_is_not_passed_by(realm, upstream, admin):
    """Whoever has no device does not come in by it; who has one is asked, in a second tab too."""
    own = "own-asks-for-a-code"
    browser = realm.browser()
    page = come(realm, upstream, "asks for a code", "x1", browser, email=f"{own}@example.com")
    answer = browser.submit(page.page.form("kc-form-login"), password=f"{own}-password")
    assert not came_in(answer)
    assert linked_ids(admin, own) == {}
    page = come(realm, upstream, "asks for a code", "x2", browser, email="dev1@example.com")
    asked = browser.submit(page.page.form("kc-form-login"), password="dev1-password")
    assert 'name="otp"' in asked.text
    again = browser.submit(page.page.form("kc-form-login"), password="dev1-password")  # the way back, once more
    assert 'name="otp"' in again.text and linked_ids(admin, "dev1") == {}
    assert "code" in callback_of(browser.submit(again.page.forms[0], otp=totp()))
    assert linked_ids(admin, "dev1") == {"asks-for-a-code": "up-x2"}


def test_what_is_asked_of_new_users(realm, upstream, admin):
    browser = realm.browser()
    asked = come(realm, upstream, "asks always", "rev", browser)
    assert not came_in(asked)
    assert find(admin, "rev")["requiredActions"] == ["UPDATE_PROFILE"]
    come(realm, upstream, "asks nothing", "bare", given_name=None, family_name=None)
    assert find(admin, "bare")["requiredActions"] == []
    come(realm, upstream, "makes with password", "pas")
    assert find(admin, "pas")["requiredActions"] == ["UPDATE_PASSWORD"]


@pytest.mark.parametrize("alias", ["after: nobody", "after: code", "after: code of owners", "after: not staff"])
def test_nobody_comes_through_what_follows_a_login(realm, upstream, admin, alias):
    """Neither at the first login nor at the next, nor by the session of a login that was stopped."""
    name = f"aft-{ALIASES[alias]}"
    for _ in range(2):
        browser = realm.browser()
        answer = come(realm, upstream, alias, name, browser)
        assert not came_in(answer)
        silently = realm.authorize(browser, APP, prompt="none")
        assert callback_of(silently)["error"] == "login_required"
    if alias == "after: nobody":
        assert NO in alert(answer)


def test_a_code_after_each_login_is_not_passed_by(realm, upstream, admin):
    link = {"identityProvider": "owners", "userId": "up-dev2", "userName": "dev2"}
    assert admin("POST", f"/realms/inner/users/{find(admin, 'dev2')['id']}/federated-identity/owners", link).status == 204
    browser = realm.browser()
    upstream.reset(sub="up-dev2", preferred_username="dev2")
    asked = come_back(realm, browser, upstream, "owners")
    assert 'name="otp"' in asked.text
    assert callback_of(realm.authorize(browser, APP, prompt="none"))["error"] == "login_required"
    assert "code" in callback_of(browser.submit(asked.page.forms[0], otp=totp()))
    assert claims_of(realm, come(realm, upstream, "owners", "without-a-device"))["preferred_username"] == "without-a-device"


def test_roles_decide_after_a_login(realm, upstream, admin):
    assert claims_of(realm, come(realm, upstream, "staff", "guest"))["preferred_username"] == "guest"
    role = admin("GET", "/realms/inner/roles/staff").json()
    assert admin("POST", f"/realms/inner/users/{find(admin, 'guest')['id']}/role-mappings/realm", [role]).status == 204
    assert NO in alert(come(realm, upstream, "staff", "guest"))


@pytest.mark.parametrize("alias", ["strange", "missing", "strange-after"])
def test_nobody_signs_in_by_what_cannot_be_done(realm, upstream, admin, alias):
    page = realm.authorize(realm.browser(), APP)
    assert f"/broker/{alias}/login" not in page.text
    assert realm.authorize(realm.browser(), APP, kc_idp_hint=alias).status == 200
    provider = admin("GET", f"/realms/inner/identity-provider/instances/{alias}").json()
    refused = admin("PUT", f"/realms/inner/identity-provider/instances/{alias}", provider)
    assert refused.status == 400 and "flow" in refused.json()["errorMessage"]

