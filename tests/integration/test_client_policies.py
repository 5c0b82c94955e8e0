# SPDX-License-Identifier: Apache-2.0
"""Client policies at work: what Keycloak 26.7.3 answers, ours does, but where tests/support/policies.py says otherwise."""

import json
import subprocess

import pytest
from administrator import Admin
from oidc import Client
from policies import ALLOWED, ANSWERS, DEVIATIONS, GROUPS, OFF, answers
from policy_site import ANYBODY, HTTPS, JWKS, REALM, Site
from policy_steps import credentials, made, password, posted, registered
from programs import Provider, provider_program
from waiting import until
from web import Browser, bearer, query_of

EXPECTED = json.loads(ANSWERS.read_text())
POLICIES = f"/realms/{REALM}/client-policies/policies"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
        patch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
        with Provider([], tmp_path_factory.mktemp("policies")) as provider:
            yield provider


class Renewing:
    """The administrator of master, whose tokens are short."""

    def __init__(self, server):
        self.server = server

    def __call__(self, method, path, body=None):
        return Admin(self.server, "master", "root", "root-password")(method, path, raw=body)


@pytest.fixture(scope="module")
def site(server):
    site = Site(server, Renewing(server))
    site.begin()
    return site


@pytest.mark.parametrize("group", GROUPS)
def test_it_answers_as_keycloak(site, group):
    wanted = {step: DEVIATIONS.get(f"{group} | {step}", (EXPECTED[group][step],))[0] for step in GROUPS[group][2]}
    assert answers(site, group) == wanted


def test_deviations_are_some():
    assert all(EXPECTED[group][step] != DEVIATIONS[name][0] for name in DEVIATIONS for group, step in [name.split(" | ")])


@pytest.mark.parametrize("executor, configuration", [("saml-signature-enforcer", {})])
def test_what_nothing_enforces_is_not_enabled(site, executor, configuration):
    assert site.own({executor: configuration}).status == 204
    refused = site.enforce(ANYBODY, "own")
    assert (refused.status, executor in refused.json()["errorMessage"]) == (501, True)
    assert site.enforce(ANYBODY, "own", enabled=False).status == 204
    assert site.own({"consent-required": OFF}).status == 204
    assert site.enforce(ANYBODY, "own").status == 204
    late = site.put("profiles", [{"name": "own", "executors": [{"executor": executor, "configuration": configuration}]}])
    assert (late.status, site.enforce({}).status) == (501, 204)


@pytest.mark.parametrize("alias", ["nowhere", "", "part", 7])
def test_a_flow_that_nobody_comes_in_by_is_not_enabled(site, alias):
    """Keycloak answers 500 to every authorization request then, or to that of the profile."""
    assert site.own({"auth-flow-enforcer": {"auth-flow-alias": alias}}).status == 204
    why, refused = "of its executor auth-flow-enforcer auth-flow-alias is not the alias of a flow", site.enforce(ANYBODY, "own")
    assert (refused.status, why in refused.json()["errorMessage"]) == (400, True)
    assert site.enforce(ANYBODY, "own", enabled=False).status == 204
    assert site.own({"auth-flow-enforcer": {"auth-flow-alias": "bare", "auth-flow-loa": "x"}}).status == 400
    assert site.own({"auth-flow-enforcer": {"auth-flow-alias": "bare"}}).status == 204 and site.enforce(ANYBODY, "own").status == 204
    late = site.put("profiles", [{"name": "own", "executors": [{"executor": "auth-flow-enforcer", "configuration": {"auth-flow-alias": alias}}]}])
    assert (late.status, why in late.json()["errorMessage"], site.enforce({}).status) == (400, True, 204)


@pytest.mark.parametrize("configuration, why", [
    ({"intent-name": "x"}, "is not a web address"),
    ({"intent-client-bind-check-endpoint": "ftp://rs.example/", "intent-name": "x"}, "is not a web address"),
    ({"intent-client-bind-check-endpoint": "https://rs.example/"}, "does not name a claim"),
])  # fmt: skip
def test_intents_that_nobody_could_be_asked_about_are_not_enabled(site, configuration, why):
    """Keycloak refuses every authorization request then."""
    assert site.own({"intent-client-bind-checker": configuration}).status == 204
    refused = site.enforce(ANYBODY, "own")
    assert (refused.status, why in refused.json()["errorMessage"], site.enforce({}).status) == (400, True, 204)


def test_attack_a_login_stays_with_the_flow_that_was_chosen(site):
    """Its page is sealed with the flow: the steps are asked for, whatever the realm's flow and other requests say."""
    browser, named = Browser(), Client("open", None, HTTPS)
    assert site.own({"auth-flow-enforcer": {"auth-flow-alias": "denies"}}).status == 204
    assert site.enforce({"acr-condition": {"acr-property": "2"}}, "own").status == 204
    page = site.realm.authorize(browser, named, acr_values="2")
    usual = site.realm.authorize(browser, named)
    name = {"username": "carol", "password": "carol-password"}
    denied = browser.submit(page.page.form("kc-form-login"), **name)
    assert (denied.status, denied.location) == (401, None)
    assert browser.submit(usual.page.form("kc-form-login"), **name).status in (302, 303)
    # Nor does the session that they have now let them in where the flow has no cookie.
    assert site.realm.authorize(browser, named, acr_values="2").status == 200
    silent = site.realm.authorize(browser, named, acr_values="2", prompt="none")
    assert query_of(silent.location)["error"] == "login_required"
    # What the policy says later does not let in who began before.
    assert site.enforce({}).status == 204
    assert browser.submit(page.page.form("kc-form-login"), **name).status == 401


@pytest.mark.parametrize("condition, configuration", [
    ("client-updater-source-host", {"trusted-hosts": ["127.0.0.1", "app.example"]}),
    ("client-scopes", {"type": "any", "scopes": ["email"]}),
    ("client-attributes", {"attributes": "x"}),
    ("client-attributes", {}),
])  # fmt: skip
def test_a_condition_that_nobody_could_tell_is_refused(site, condition, configuration):
    """Keycloak looks the name of the host up, and answers 500 to every request under the last three."""
    assert site.own({"consent-required": OFF}).status == 204
    refused = site.enforce({condition: configuration}, "own")
    assert (refused.status, condition in refused.json()["errorMessage"]) == (501, True)
    assert site.enforce({}).status == 204


def test_strict_policies_want_every_condition_met(site):
    """26's mode: what abstains counts as not met."""
    assert site.own({"reject-ropc-grant": OFF}).status == 204
    both = {**ANYBODY, "client-updater-context": {"update-client-source": ["ByAuthenticatedUser"]}}
    assert site.enforce(both, "own").status == 204 and password()(site).status == 400
    assert site.enforce(both, "own", mode="STRICT").status == 204 and password()(site).status == 200
    assert site.admin("GET", POLICIES).json()["policies"][0]["mode"] == "STRICT"
    assert site.enforce(both, "own", mode="strict").status == 400


def test_scopes_count_where_there_are_some(site):
    """A request without any is judged by the other conditions; a refresh has those of its token."""
    address = {"client-scopes": {"type": "Optional", "scopes": ["address"]}}
    assert site.own({"secure-client-authenticator": ALLOWED, "confidential-client": {}}).status == 204
    open_client = {"client_id": "open"}
    form = {**open_client, "grant_type": "password", "username": "carol", "password": "carol-password"}
    wide, narrow = (site.free(lambda: site.post("token", {**form, "scope": scope})).json() for scope in ("openid address", "openid"))
    assert site.enforce({**ANYBODY, **address}, "own").status == 204
    assert posted("token/introspect", token="x")(site).status == 400
    assert (credentials()(site).status, posted("token", grant_type="client_credentials", scope="address")(site).status) == (200, 400)
    for tokens, status in ((wide, 400), (narrow, 200)):
        refresh = {**open_client, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert site.post("token", refresh).status == status
    assert site.enforce({}).status == 204


def test_who_is_locked_out_has_the_shell(tmp_path):
    policy = {"name": "p", "enabled": True, "conditions": [{"condition": "any-client"}], "profiles": ["fapi-2-security-profile"]}
    realm = {
        **{"realm": "x", "enabled": True, "clientPolicies": {"policies": [policy]}},
        **{"clients": [{"clientId": "batch", "secret": "batch-secret", "serviceAccountsEnabled": True}]},
    }
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(realm))
    with Provider([file], tmp_path / "data") as provider:
        batch = Client("batch", "batch-secret")
        assert provider.realm("x").client_credentials(batch).status == 400
        command = [str(provider_program()), "realm", "set", "x", 'clientPolicies={"policies": []}', "--data", str(provider.data)]
        subprocess.run(command, check=True)
        until(lambda: provider.realm("x").client_credentials(batch).status == 200, "the policy to be gone")


def test_who_registers_is_told_apart(site):
    assert site.own({"consent-required": OFF}).status == 204
    for source, counts in (("ByInitialAccessToken", True), ("ByAuthenticatedUser", False), ("ByAnonymous", False)):
        assert site.enforce({"client-updater-context": {"update-client-source": [source]}}, "own").status == 204
        assert registered()(site).status == (400 if counts else 201), source
    assert site.enforce({"client-updater-context": {"update-client-source": ["ByRegistrationAccessToken"]}}, "own").status == 204
    client = registered()(site)
    assert client.status == 201
    url, token = client.json()["registration_client_uri"], client.json()["registration_access_token"]
    body = json.dumps({"client_id": client.json()["client_id"], "redirect_uris": ["https://app.example/other"]}).encode()
    changed = Browser().request("PUT", url, body, {**bearer(token), "Content-Type": "application/json"})
    assert (changed.status, changed.json()["error"]) == (400, "invalid_registration")
    assert site.enforce({}).status == 204


def test_a_registration_is_what_the_policy_makes_it(site):
    by_jwt = {"allowed-client-authenticators": ["client-jwt"], "default-client-authenticator": "client-jwt"}
    assert site.own({"secure-client-authenticator": by_jwt, "dpop-bind-enforcer": {"auto-configure": "true"}}).status == 204
    assert site.enforce(ANYBODY, "own").status == 204
    made_by = registered(jwks=json.loads(JWKS))(site)
    assert made_by.status == 201, made_by.text
    told = made_by.json()
    assert (told["token_endpoint_auth_method"], told["dpop_bound_access_tokens"]) == ("private_key_jwt", True)
    assert registered(token_endpoint_auth_method="client_secret_basic")(site).json()["error"] == "invalid_client_metadata"
    assert site.enforce({}).status == 204


def test_policies_of_a_realm_file_count_from_the_start(tmp_path):
    policy = {"name": "p", "enabled": True, "conditions": [{"condition": "any-client"}], "profiles": ["own", "oauth-2-1-for-public-client"]}
    own = {"name": "own", "executors": [{"executor": "reject-ropc-grant", "configuration": {}}]}
    user = {"username": "ann", "enabled": True, "email": "ann@example.org", "firstName": "A", "lastName": "N"}
    realm = {
        **{"realm": "x", "enabled": True, "clientProfiles": {"profiles": [own]}, "clientPolicies": {"policies": [policy]}},
        **{"users": [{**user, "credentials": [{"type": "password", "value": "pw"}]}]},
        **{"clients": [{"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}]},
    }
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(realm))
    with Provider([file], tmp_path / "data") as provider:
        refused = provider.realm("x").password(Client("app"), "ann", "pw")
        command = [str(provider_program()), "realm", "export", "x", "--data", str(provider.data)]
        exported = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert (refused.status, refused.json()["error"]) == (400, "invalid_grant")
    assert exported["clientPolicies"]["policies"][0]["enabled"] is True


def test_a_policy_is_counted_in_full_before_a_change_is_stored(site):
    """A client that one executor would change and another refuses stays as it is."""
    assert site.own({"reject-implicit-grant": {"auto-configure": True}, "consent-required": OFF}).status == 204
    assert site.enforce(ANYBODY, "own").status == 204
    assert made(implicitFlowEnabled=True)(site).status == 400
    path = f"/realms/{REALM}/clients?clientId=open"
    before = site.admin("GET", path).json()[0]
    assert site.admin("PUT", f"/realms/{REALM}/clients/{before['id']}", json.dumps(before).encode()).status == 400
    assert site.admin("GET", path).json()[0] == before
    assert site.enforce({}).status == 204


@pytest.mark.parametrize("condition", [
    {"condition": "client-updater-source-groups", "configuration": {"groups": ["staff"]}},
    {"condition": "client-updater-source-roles", "configuration": {"roles": ["no-such", "app.maker"]}},
])  # fmt: skip
def test_who_makes_a_client_is_told_by_role_and_group(tmp_path, condition):
    def user(name, **more):
        person = {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": "A", "lastName": "N"}
        roles = {"realm-management": ["create-client"], **more.pop("clientRoles", {})}
        return {**person, "credentials": [{"type": "password", "value": "pw"}], "clientRoles": roles, **more}

    policy = {"name": "p", "enabled": True, "conditions": [condition], "profiles": ["own"]}
    realm = {
        **{"realm": "x", "enabled": True, "groups": [{"name": "house", "subGroups": [{"name": "staff"}]}]},
        **{"clientProfiles": {"profiles": [{"name": "own", "executors": [{"executor": "reject-request", "configuration": {}}]}]}},
        **{"clientPolicies": {"policies": [policy]}, "roles": {"client": {"app": [{"name": "maker"}]}}},
        **{"clients": [{"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}]},
        "users": [user("ann", groups=["/house/staff"], clientRoles={"app": ["maker"]}), user("bob", groups=["/house"])],
    }
    file = tmp_path / "x-realm.json"
    file.write_text(json.dumps(realm))
    with Provider([file], tmp_path / "data") as provider:
        at = provider.realm("x")
        for name, status in (("ann", 400), ("bob", 201)):
            token = at.password(Client("app"), name, "pw").json()["access_token"]
            body = json.dumps({"redirect_uris": ["https://app.example/cb"]}).encode()
            url = f"{at.issuer}/clients-registrations/openid-connect"
            answer = Browser().request("POST", url, body, {**bearer(token), "Content-Type": "application/json"})
            assert answer.status == status, (name, answer.text)


def test_a_refresh_token_that_has_had_its_turn_does_not_come_back(site):
    """Where a realm has them rotate, a policy that keeps them lets the last one go on, and no other."""
    assert site.own({"suppress-refresh-token-rotation": {}}).status == 204
    assert site.admin("PUT", f"/realms/{REALM}", b'{"revokeRefreshToken": true}').status == 204
    client = Client("open")

    def refresh(token):
        return site.realm.refresh(client, token)

    try:
        first = site.realm.password(client, "carol", "carol-password").json()["refresh_token"]
        second = refresh(first).json()["refresh_token"]
        assert site.enforce(ANYBODY, "own").status == 204
        kept = [refresh(second) for _ in range(3)]
        assert [(answer.status, "refresh_token" in answer.json()) for answer in kept] == [(200, False)] * 3
        assert (refresh(first).status, refresh(second).status) == (400, 400)  # the client's part of the session ends
    finally:
        assert site.enforce({}).status == 204
        assert site.admin("PUT", f"/realms/{REALM}", b'{"revokeRefreshToken": false}').status == 204
