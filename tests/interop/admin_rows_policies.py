# SPDX-License-Identifier: Apache-2.0
"""Client profiles and client policies; rows as in admin_rows.py."""

from admin_rows import get, put

PROFILES = "/client-policies/profiles"
POLICIES = "/client-policies/policies"
PKCE = {"executor": "pkce-enforcer", "configuration": {"auto-configure": True}}
ANY = {"condition": "any-client", "configuration": {}}


def profiles(*list_of):
    return put(PROFILES, {"profiles": list(list_of)})


def policies(*list_of):
    return put(POLICIES, {"policies": list(list_of)})


def profile(name, *executors):
    return {"name": name, "description": "d", "executors": list(executors)}


def executor(configuration, name="pkce-enforcer"):
    return profile("b", {"executor": name, "configuration": configuration})


def policy(name, *profile_names, conditions=(ANY,)):
    return {"name": name, "description": "d", "enabled": False, "conditions": list(conditions), "profiles": list(profile_names)}


ROWS = [
    get(PROFILES),
    get(f"{PROFILES}?include-global-profiles=false"),
    get(f"{PROFILES}?include-global-profiles=true"),
    get(POLICIES),
    profiles(profile("a", PKCE)),
    get(PROFILES),
    profiles(profile("a", {"executor": "none", "configuration": {}})),
    profiles(profile("a", {"configuration": {}})),
    profiles(profile("a", {"executor": "pkce-enforcer"})),
    profiles(profile("a"), profile("a")),
    profiles({"description": "x", "executors": []}),
    profiles({"name": "", "executors": []}),
    profiles(profile("fapi-1-baseline")),
    profiles(profile("x", {"executor": "none", "configuration": {}}), profile("fapi-1-baseline")),
    get(PROFILES),
    profiles({"name": "bare"}),
    get(PROFILES),
    profiles({"name": "null", "description": None, "executors": None}),
    get(PROFILES),
    profiles(executor({"auto-configure": "true"})),
    profiles(executor({"auto-configure": ""})),
    profiles(executor({"auto-configure": None})),
    profiles(executor({"auto-configure": "maybe"})),
    profiles(executor({"auto-configure": {"a": 1}})),
    profiles(executor({"not-known": [1]})),
    get(PROFILES),
    profiles(executor([])),
    profiles(executor({"allowed-client-authenticators": ["nonsense"]}, "secure-client-authenticator")),
    profiles(executor({"allowed-client-authenticators": "text"}, "secure-client-authenticator")),
    get(PROFILES),
    profiles({**profile("b"), "wrong": 1}),
    profiles({"name": "b", "executors": "x"}),
    profiles({"name": "b", "executors": [1]}),
    profiles(1),
    profiles(None),
    put(PROFILES, {"profiles": "x"}),
    put(PROFILES, {"profiles": [], "other": 1}),
    put(PROFILES, []),
    put(PROFILES),
    put(PROFILES, {"profiles": None}),
    put(PROFILES, {}),
    get(PROFILES),
    put(PROFILES, {"profiles": [profile("a", PKCE, {"executor": "reject-request", "configuration": {}})], "globalProfiles": [profile("z")]}),
    get(f"{PROFILES}?include-global-profiles=false"),
    policies(policy("p", "a", "fapi-1-baseline")),
    get(POLICIES),
    policies(policy("p", "a", conditions=[{"condition": "none", "configuration": {}}])),
    policies(policy("p", "a", conditions=[{"configuration": {}}])),
    policies(policy("p", "a", conditions=[{"condition": "client-attributes", "configuration": {}}])),
    policies(policy("p", "none")),
    policies(policy("p", "a"), policy("p", "a")),
    policies({"enabled": False, "conditions": [], "profiles": []}),
    policies({"name": "", "conditions": [], "profiles": []}),
    get(POLICIES),
    policies({"name": "only"}),
    get(POLICIES),
    policies({"name": "p", "profiles": ["a"]}),
    get(POLICIES),
    policies(policy("p", "a", conditions=[{"condition": "any-client"}])),
    get(POLICIES),
    policies(policy("p", "a", "a", conditions=[{"condition": "client-access-type", "configuration": {"type": ["public"]}}])),
    get(POLICIES),
    policies({**policy("p", "a"), "enabled": None}),
    get(POLICIES),
    policies({**policy("p", "a"), "enabled": "yes"}),
    policies({**policy("p", "a"), "x": 1}),
    policies({**policy("p"), "profiles": "x"}),
    policies({**policy("p"), "profiles": [1]}),
    policies({**policy("p"), "conditions": "x"}),
    policies(None),
    put(POLICIES, {"policies": "x"}),
    put(POLICIES, {"policies": [], "other": 1}),
    put(POLICIES, []),
    put(POLICIES),
    policies(policy("p", "a")),
    profiles(),
    get(PROFILES),
    get(POLICIES),
    policies(policy("p", "a")),
    put(POLICIES, {}),
    get(POLICIES),
    policies({**policy("on"), "enabled": True}),
    get(f"{POLICIES}?", on=lambda answer: len(answer["policies"])),
]
