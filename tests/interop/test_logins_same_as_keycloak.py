# SPDX-License-Identifier: Apache-2.0
"""Logins by an identity provider are at ours as at Keycloak 24.0.5 and 26.7.3 (brokering_rows.py), but where DEVIATIONS says
otherwise, and why. docs/usage/provider-users.md tells them too."""

import fnmatch
import json

import brokering_flow_rows
import pytest
from brokering_link_rows import LINKED
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

# 26 has switched them off: links that clients begin are compared with 24.
OFF = {NEWEST: "link/"}
BY_PROOF = [["password"], ["client", ["code"]]]
STOPPED = ["page", 401, "words"]
REFUSED = ["page", 400, "words"]
NOT_FOUND = [404, {"errorMessage": "Identity Provider not found."}]
NOT_REFRESHED = [502, {"errorMessage": "Unable to refresh token"}]
SILENCE = ["client", "interaction_required"]
ANSWERED = ["accessTokenExpiration", "access_token", "expires_in", "id_token", "token_type"]


def kept(*names):
    return [200, {name: at - len(names) for at, name in enumerate(names)}, sorted({*ANSWERED, *names})]


def told(error):
    return ["client", LINKED, {"link_error": error, "nonce": True}]


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
    # What somebody is called there is kept as it stands there.
    (BOTH, "a-new-user/links", [["up", "n1", "Nia"]]),
    *((BOTH, f"mappers-{sync}/*/links", [[f"maps-{sync.lower()}", "m-1", f"m-{sync}"]]) for sync in ("IMPORT", "LEGACY", "FORCE")),
    *((NEW, f"mappers-{sync}/first notes/*/note_identity_provider_identity", f"m-{sync}") for sync in ("IMPORT", "LEGACY", "FORCE")),
    # An address that nobody has verified is not verified; one that they have is, also of who is linked.
    (BOTH, "a-new-user-of-a-trusted-one/None", False),
    (OLD, "a-new-user-of-a-trusted-one/False", False),
    (BOTH, "an-address-of-a-trusted-one/emailVerified", True),
    # Who lacks a factor that such a flow requires does not come in; and a denial is 401.
    *((BOTH, f"after: {flow}/*", [STOPPED]) for flow in ("code", "code of owners", "not staff")),
    (BOTH, "first/asks for a code/address", [["password"], STOPPED]),
    (BOTH, "first/asks for a code/address, again", ["password"]),
    (BOTH, "first/asks for a code/links", []),
    # Nobody is asked whether, and then by password; idp-auto-link links by an address that is vouched for.
    *((BOTH, f"first/{flow}/address", BY_PROOF) for flow in ("asks nothing", "by password", "finds and links", "links")),
    (BOTH, "first/links, trusted/False", BY_PROOF),
    (BOTH, "kept/by a proof/asked", BY_PROOF),
    (BOTH, "device/*/asked", [["password"], ["code"], ["client", ["code"]]]),
    # They have the other ways to sign in, where nobody new is made; nobody is made to be denied then.
    *((BOTH, f"first/d*/{who}", [AGAIN]) for who in ("new", "bare", "address")),
    (BOTH, "first/d*, again", AGAIN),
    (BOTH, "first/denies at the end/made", False),
    *((BOTH, f"first/finds*/{who}", [AGAIN]) for who in ("new", "bare")),
    (BOTH, "first/finds*, again", AGAIN),
    (BOTH, "first/makes*/address", [AGAIN]),
    (BOTH, "first/makes*/address, again", AGAIN),
    (BOTH, "first/links, trusted/True", [AGAIN]),
    # What is kept is told as the provider has told it, and refreshed; whoever asks is told what is wrong.
    (OLD, "kept/ages/asked with", ["r1"]),
    *((OLD, f"kept/ages/{what}", kept("access_token", "id_token", "refresh_token")) for what in ("over", "then")),
    *((OLD, f"kept/ages/{what} there", NOT_REFRESHED) for what in ("refused", "broken")),
    *((BOTH, path, kept("access_token", "id_token")) for path in ("kept/ages/without a r*", "kept/roles/gives", "kept/roles/given")),
    (BOTH, "kept/nobody/basic", [401, {"errorMessage": "Invalid token."}]),
    *((BOTH, f"kept/roles/{alias}", NOT_FOUND) for alias in ("nobody", "off")),
    # A client that begins a link is told how it ended.
    *((OLD, f"link/{where}", told("federated_identity_account_exists")) for where in ("made/another one", "of others/of somebody else")),
    (OLD, "link/refused/a provider that is off", told("unknown_identity_provider")),
    (OLD, "link/signed out on the way", [told("not_logged_in"), []]),
    (OLD, "link/what went wrong there/access_denied", told("access_denied")),
    (OLD, "link/what went wrong there/*", told("identity_provider_login_failure")),
    (OLD, "link/made/links*", [["plain", "lou-there", "Lou There"]]),
    # manage-account-links is enough to the end.
    (OLD, "link/of others/by the lesser role", ["client", LINKED, {}]),
    (OLD, "link/of others/links", [[], [["plain", "lia-there", "carol"]]]),
    # A hash is there, and good once.
    (OLD, "link/refused/an empty nonce", REFUSED),
    (OLD, "link/refused/no hash at all", REFUSED),
    (OLD, "link/twice", [["there"], REFUSED]),
    # prompt=none shows no page, and who has to be asked anew is not let in by it.
    *((BOTH, f"silently/errors/{error}", SILENCE) for error in ("a*", "consent_required", "server_error")),
    *((BOTH, f"silently/who comes/{what}", SILENCE) for what in ("a code that is none", "an age")),
    # A template names new users; nobody is renamed from elsewhere.
    (BOTH, "names-by-templates/then", "ren.there"),
]


@pytest.fixture(scope="module")
def ours(work, results):
    upstream = Upstream()
    for server in kept_running(lambda: Provider([], work / "logins", administrator=ADMIN), results):
        side = begin(server, Admin(server), upstream)
        brokering_flow_rows.begin(side)
        yield observe(side)
    upstream.close()


def leaves(seen, path=""):
    """{"row/member/…": value}; a member that is there and empty is not one that is missing."""
    if not isinstance(seen, dict) or not seen:
        return {path: seen}
    return {at: value for name, one in seen.items() for at, value in leaves(one, f"{path}/{name}" if path else name).items()}


def differences(version, ours):
    expected, seen = leaves(json.loads(OBSERVED[version].read_text())), leaves(ours)
    paths = sorted(path for path in {*expected, *seen} if version not in OFF or not path.startswith(OFF[version]))
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


def test_links_that_clients_begin_are_off_at_the_newest():
    seen = json.loads(OBSERVED[NEWEST].read_text())
    assert seen["link/made"]["came"] == REFUSED and {str(one) for one in seen["link/refused"].values()} == {str(REFUSED)}
