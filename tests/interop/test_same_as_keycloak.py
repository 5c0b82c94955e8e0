# SPDX-License-Identifier: Apache-2.0
"""Our provider answers every probe as Keycloak 24 does, but where deviations.json says otherwise, and why.

The captures in observed/ come from a real Keycloak; see docs/development/keycloak-observed.md.
"""

import fnmatch
import json
import pathlib

import pytest

from authentication_channel import CHANNEL_OPTION, AuthenticationChannel
from contract import compare_probe
from needs import kept_running
from observe import GROUPS, observe
from programs import EXAMPLE_REALM, Provider

HERE = pathlib.Path(__file__).parent
DEVIATIONS = json.loads((HERE / "deviations.json").read_text())


@pytest.fixture(scope="module")
def channel():
    with AuthenticationChannel() as channel:
        yield channel


@pytest.fixture(scope="module")
def probed(channel, work, results):
    """Our provider with the realms that were probed, on the ports that their files name."""
    realm_files = [EXAMPLE_REALM, *sorted((HERE / "realms").glob("*-realm.json"))]
    arguments = (CHANNEL_OPTION, channel.uri)
    yield from kept_running(lambda: Provider(realm_files, work / "probed", arguments=arguments), results)


@pytest.fixture(scope="module")
def rows(probed, channel):
    """{group: ["probe | step | path | expected | seen", …]}, each group asked once."""
    asked = {}

    def of(group):
        if group not in asked:
            expected = json.loads((HERE / "observed" / f"{group}.json").read_text())
            seen = observe(probed.base, group, channel=channel)
            asked[group] = [
                (f"{group}/{probe} | {step} | {path}", wanted, got)
                for probe, steps in expected.items()
                for step, path, wanted, got in compare_probe(steps, seen.get(probe, []))
            ]
        return asked[group]

    return of


def is_known(row):
    return any(fnmatch.fnmatchcase(row, pattern) for patterns in DEVIATIONS.values() for pattern in patterns)


@pytest.mark.parametrize("group", GROUPS)
def test_same_as_keycloak(group, rows):
    unknown = [f"{row}\n    Keycloak: {wanted}\n    ours:     {got}" for row, wanted, got in rows(group) if not is_known(row)]
    assert not unknown, "\n".join(["differs from Keycloak:", *unknown])


# What Keycloak 26 announces and 24 does not.
CURVES = {"ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"}
NEWER = {
    **{f"{kind}_encryption_alg_values_supported": CURVES for kind in ("id_token", "userinfo", "authorization")},
    "introspection_signing_alg_values_supported": {"RS256"},
    "dpop_signing_alg_values_supported": {*("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA".split())},
    "prompt_values_supported": {"none", "login", "select_account", "consent"},
    "grant_types_supported": {f"urn:ietf:params:oauth:grant-type:{name}" for name in ("token-exchange", "jwt-bearer")},
}


def test_discovery_is_a_part_of_keycloaks(probed):
    """Whatever is announced at all is announced at Keycloak's addresses and by its names."""
    captured = json.loads((HERE / "observed" / "metadata.json").read_text())["discovery"][0]["response"]["json"]
    announced = probed.realm().discovery().json()
    for name, value in announced.items():
        expected = captured[name] if name in captured else []
        if isinstance(value, str):
            assert value == expected.replace("{base}", probed.base), name
        elif isinstance(value, list):
            assert set(value) <= {*expected, *NEWER.get(name, ())}, name
        else:
            assert value == expected or value is False, name


def test_deviations_are_still_there(rows):
    """What no longer deviates is not to be excused."""
    seen = [row for group in GROUPS for row, _, _ in rows(group)]
    stale = [
        pattern
        for patterns in DEVIATIONS.values()
        for pattern in patterns
        if not any(fnmatch.fnmatchcase(row, pattern) for row in seen)
    ]
    assert stale == []
