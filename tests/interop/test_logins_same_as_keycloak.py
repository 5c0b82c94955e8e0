# SPDX-License-Identifier: Apache-2.0
"""Logins by an identity provider are at ours as at Keycloak 24.0.5 and 26.7.3 (brokering_rows.py), but where DEVIATIONS says
otherwise, and why. docs/usage/provider-users.md tells them too."""

import fnmatch
import json

import pytest
from brokering_rows import OBSERVED, begin, observe
from needs import kept_running
from programs import Provider
from test_admin_same_as_keycloak import Admin
from upstream import Upstream

from keycloak import ADMIN, NEWEST, VERSION

BOTH = (VERSION, NEWEST)
OLD, NEW = BOTH[:1], BOTH[1:]
AGAIN = ["page", 200, "sign in"]

BUTTONS = (
    *("trusted", "up", "asks", "forwards", "gives", "hinted", "info", "maps-force", "maps-import", "maps-legacy", "renames"),
    *("signsout", "signsoutbare", "silent"),
)

# (of which Keycloaks, where, what ours shows there)
DEVIATIONS = [
    # Those without an order by their aliases, as at 26.
    (OLD, "buttons/shown", [f"social-{alias}" for alias in BUTTONS]),
    # Who came by a hint to one that nobody signs in by signs in otherwise.
    (BOTH, "hints/only", AGAIN),
    (BOTH, "link-only/came", AGAIN),
    # They have the other ways to sign in, whatever went wrong there.
    (BOTH, "errors/*-required", AGAIN),
    (BOTH, "errors/nothing", AGAIN),
    (BOTH, "errors/unknown-code", AGAIN),
    (BOTH, "token-answers/*", AGAIN),
    (BOTH, "userinfo/another", AGAIN),
    (OLD, "errors/no-state", ["page", 400, "words"]),
    (NEW, "errors/another-state", ["page", 400, "words"]),
    # An answer of another issuer is a mix-up (RFC 9207 §2.4).
    (BOTH, "errors/another-issuer", AGAIN),
    # What has to be fresh here is asked for there, too.
    (BOTH, "asked-*/a-level/max_age", "0"),
    (BOTH, "asked-*/age-0/max_age", "0"),
    (BOTH, "asked-*/an-age/max_age", "600"),
    (BOTH, "asked-*/prompt-login/max_age", "0"),
    (BOTH, "asked-*/several/max_age", "0"),
    *((BOTH, f"asked-{alias}/a*[le0]*/prompt", "login") for alias in ("up", "hinted", "forwards")),
    *((BOTH, f"asked-asks/{wish}/prompt", "login consent") for wish in ("a-level", "an-age", "age-0", "prompt-login", "several")),
    # Nobody has chosen the language that is the realm's own.
    (BOTH, "asked-hinted/*/ui_locales", "-"),
    # prompt=none stays here.
    (BOTH, "asked-silently/away", ["client", "login_required"]),
    (BOTH, "asked-silently/back", "-"),
    # What somebody is called there is kept as it stands there.
    (BOTH, "a-new-user/links", [["up", "n1", "Nia"]]),
    *((BOTH, f"mappers-{sync}/*/links", [[f"maps-{sync.lower()}", "m-1", f"m-{sync}"]]) for sync in ("IMPORT", "LEGACY", "FORCE")),
    *((NEW, f"mappers-{sync}/first notes/*/note_identity_provider_identity", f"m-{sync}") for sync in ("IMPORT", "LEGACY", "FORCE")),
    # An address that nobody has verified is not verified; one that they have is, also of who is linked.
    (BOTH, "a-new-user-of-a-trusted-one/None", False),
    (OLD, "a-new-user-of-a-trusted-one/False", False),
    (BOTH, "an-address-of-a-trusted-one/emailVerified", True),
    # What mappers make of an account's owner is there from the next login on: what the provider says is not kept meanwhile.
    (BOTH, "mappers-at-a-link/then/attributes", {}),
    (BOTH, "mappers-at-a-link/then/attributes/*", "-"),
    (BOTH, "mappers-at-a-link/then/firstName", "Yann"),
    (BOTH, "mappers-at-a-link/then/groups", []),
    (BOTH, "mappers-at-a-link/then/roles", []),
    # A template names new users; nobody is renamed from elsewhere.
    (BOTH, "names-by-templates/then", "ren.there"),
]


@pytest.fixture(scope="module")
def ours(work, results):
    upstream = Upstream()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN[0])
        patch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN[1])
        for server in kept_running(lambda: Provider([], work / "logins"), results):
            yield observe(begin(server, Admin(server), upstream))
    upstream.close()


def leaves(seen, path=""):
    """{"row/member/…": value}; a member that is there and empty is not one that is missing."""
    if not isinstance(seen, dict) or not seen:
        return {path: seen}
    return {at: value for name, one in seen.items() for at, value in leaves(one, f"{path}/{name}" if path else name).items()}


def differences(version, ours):
    expected, seen = leaves(json.loads(OBSERVED[version].read_text())), leaves(ours)
    paths = sorted({*expected, *seen})
    return {path: (expected.get(path, "-"), seen.get(path, "-")) for path in paths if expected.get(path, "-") != seen.get(path, "-")}


def listed(version, path):
    return [shown for versions, pattern, shown in DEVIATIONS if version in versions and fnmatch.fnmatchcase(path, pattern)]


@pytest.mark.parametrize("version", BOTH)
def test_logins_are_as_at_keycloak(ours, version):
    unknown = [
        f"{path}\n    Keycloak: {wanted}\n    ours:     {got}"
        for path, (wanted, got) in differences(version, ours).items()
        if got not in listed(version, path)
    ]
    assert not unknown, "\n".join([f"differs from Keycloak {version}:", *unknown])


@pytest.mark.parametrize("version", BOTH)
def test_deviations_are_still_there(ours, version):
    """What no longer deviates is not to be excused."""
    found = differences(version, ours)
    stale = [
        pattern
        for versions, pattern, shown in DEVIATIONS
        if version in versions and not any(fnmatch.fnmatchcase(path, pattern) and got == shown for path, (_, got) in found.items())
    ]
    assert stale == []
