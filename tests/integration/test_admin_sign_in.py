# SPDX-License-Identifier: Apache-2.0
"""The admin REST API's flows, required actions, texts and client policies of a realm."""

from oidc import Client
from test_admin_api import provider, root, shop_admin  # noqa: F401  (fixtures)
from web import Browser, bearer

REALM = "/realms/shop"
ACTIONS = REALM + "/authentication/required-actions"
TEXTS = REALM + "/localization"


def write(admin, path, words, kind="text/plain"):
    return Browser().request("PUT", admin.base + path, words, {**bearer(admin.token), "Content-Type": kind}).status


def test_required_actions_are_switched(root):  # noqa: F811
    before = root("GET", ACTIONS).json()
    assert {"UPDATE_PASSWORD", "UPDATE_PROFILE"} <= {one["alias"] for one in before if one["enabled"]}
    profile = root("GET", ACTIONS + "/UPDATE_PROFILE").json()
    assert root("PUT", ACTIONS + "/UPDATE_PROFILE", {**profile, "alias": "other", "providerId": "other", "enabled": False, "priority": 1}).status == 204
    after = root("GET", ACTIONS).json()
    assert after[0] == {**profile, "enabled": False, "priority": 1} and after[1:] == [one for one in before if one != profile]
    exported = root("POST", REALM + "/partial-export").json()["requiredActions"]
    assert [one["alias"] for one in exported if not one["enabled"]] == ["UPDATE_PROFILE", "VERIFY_PROFILE"]
    assert root("DELETE", ACTIONS + "/UPDATE_PROFILE").status == 204 and not root("GET", ACTIONS + "/UPDATE_PROFILE").json()["enabled"]


def test_a_profile_is_asked_for_once_that_is_switched_on(provider, root):  # noqa: F811
    def grant():
        return provider.realm("shop").password(Client("admin-cli"), "guest", "guest-password").status

    profile = root("GET", ACTIONS + "/VERIFY_PROFILE").json()
    terms = root("GET", ACTIONS + "/TERMS_AND_CONDITIONS").json()
    assert grant() == 200 and not profile["enabled"]
    assert root("PUT", ACTIONS + "/TERMS_AND_CONDITIONS", {**terms, "priority": 25}).status == 204
    assert grant() == 200
    assert root("PUT", ACTIONS + "/VERIFY_PROFILE", {**profile, "enabled": True}).status == 204
    assert grant() == 400


def test_flows_are_keycloaks_where_a_realm_lists_none(root):  # noqa: F811
    flows = root("GET", REALM + "/authentication/flows").json()
    names = ["browser", "direct grant", "registration", "reset credentials", "first broker login", "clients", "docker auth"]
    assert [flow["alias"] for flow in flows] == names and all(flow["builtIn"] for flow in flows)
    assert root("GET", f"{REALM}/authentication/flows/{flows[0]['id']}").json() == flows[0]
    steps = root("GET", REALM + "/authentication/flows/browser/executions").json()
    assert [(step["displayName"], step["level"]) for step in steps] == [
        ("auth-cookie", 0), ("auth-spnego", 0), ("identity-provider-redirector", 0), ("forms", 0), ("auth-username-password-form", 1),
        ("Browser - Conditional OTP", 1), ("conditional-user-configured", 2), ("auth-otp-form", 2),
    ]  # fmt: skip
    assert len({step["id"] for step in steps}) == 8


def test_flows_that_name_each_other_have_an_end(root):  # noqa: F811
    steps = [{"flowAlias": name, "authenticatorFlow": True, "requirement": "REQUIRED"} for name in ("a", "b", "a", "b")]
    flows = [{"alias": name, "providerId": "basic-flow", "topLevel": True, "authenticationExecutions": steps} for name in ("a", "b")]
    assert root("POST", "/realms", {"realm": "circle", "enabled": True, "authenticationFlows": flows}).status == 201
    answer = root("GET", "/realms/circle/authentication/flows/a/executions")
    assert answer.status == 200 and len(answer.json()) <= 1000


def test_texts(root):  # noqa: F811
    assert write(root, TEXTS + "/de/loginTitle", "Grüß Gott <b>".encode()) == 204
    answer = root("GET", TEXTS + "/de/loginTitle")
    assert (answer.text, answer.header("content-type")) == ("Grüß Gott <b>", "text/plain;charset=UTF-8")
    assert answer.header("x-content-type-options") == "nosniff"
    assert root("POST", TEXTS + "/de", {"a": "A", "b": "B"}).status == 204 and root("DELETE", TEXTS + "/de/b").status == 204
    assert root("GET", TEXTS + "/de").json() == {"loginTitle": "Grüß Gott <b>", "a": "A"}
    for words, kind, status in ((b"\xff", "text/plain", 400), (b"{}", "application/json", 415)):
        assert write(root, TEXTS + "/de/a", words, kind) == status
    assert root("POST", TEXTS + "/de", {"x" * 300: "A"}).status == 400 and root("POST", TEXTS + "/de", {"a": 7}).status == 400
    assert root("GET", TEXTS).json() == ["de"] and root("DELETE", TEXTS + "/de").status == 204 and root("GET", TEXTS).json() == []


def test_who_may(provider, root):  # noqa: F811
    for admin in (shop_admin(provider, "viewer"), shop_admin(provider, "keeper")):
        for path in (ACTIONS, TEXTS, TEXTS + "/de", REALM + "/authentication/flows"):
            assert admin("GET", path).status == 403, path
        assert admin("PUT", ACTIONS + "/UPDATE_PROFILE", {}).status == 403 and write(admin, TEXTS + "/de/a", b"x") == 403
    assert shop_admin(provider, "boss")("GET", ACTIONS).status == 200


def test_client_policies_are_kept_and_enabled(root):  # noqa: F811
    profiles, policies = REALM + "/client-policies/profiles", REALM + "/client-policies/policies"
    pkce = {"name": "pkce", "executors": [{"executor": "pkce-enforcer", "configuration": {"auto-configure": "true"}}]}
    policy = {"name": "all", "enabled": False, "conditions": [{"condition": "any-client", "configuration": {}}], "profiles": ["pkce"]}
    assert root("PUT", policies, {"policies": [policy]}).status == 400
    assert root("PUT", profiles, {"profiles": [pkce]}).status == 204
    assert root("PUT", policies, {"policies": [policy]}).status == 204
    assert root("PUT", policies, {"policies": [{**policy, "enabled": True}]}).status == 204
    assert root("PUT", policies, {"policies": [policy]}).status == 204
    assert root("PUT", profiles, {"profiles": [{"name": str(n)} for n in range(201)]}).status == 400
    assert root("GET", profiles).json() == {"profiles": [pkce]}
    assert root("GET", policies).json() == {"policies": [policy]}
    exported = root("POST", REALM + "/partial-export").json()
    assert (exported["clientProfiles"], exported["clientPolicies"]) == ({"profiles": [pkce]}, {"policies": [policy]})
    known = root("GET", profiles + "?include-global-profiles=true").json()["globalProfiles"]
    assert {"fapi-2-security-profile", "oauth-2-1-for-public-client"} < {one["name"] for one in known}
    assert root("PUT", profiles, {"profiles": [known[0]]}).status == 400
