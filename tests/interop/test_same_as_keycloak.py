# SPDX-License-Identifier: Apache-2.0
"""Our provider answers every probe as Keycloak 24 and 26 do, but where deviations.json says otherwise, and why.

The captures in observed/ come from a real Keycloak 24.0.5, those in observed/newest/ from 26.7.3, of which
newest_deviations.json has what differs from it alone; see docs/development/keycloak-observed.md.
"""

import fnmatch
import json
import pathlib

import pytest

from authentication_channel import CHANNEL_OPTION, AuthenticationChannel
from contract import compare_probe, without_names
from needs import kept_running
from observe import GROUPS, observe
from programs import EXAMPLE_REALM, Provider

HERE = pathlib.Path(__file__).parent
CAPTURES = {"24": HERE / "observed", "26": HERE / "observed" / "newest"}
DEVIATIONS = json.loads((HERE / "deviations.json").read_text())
NEWEST_DEVIATIONS = json.loads((HERE / "newest_deviations.json").read_text())
# The standard token exchange of 26 is not in 24, nor are these conditions of flows.
NEWEST_GROUPS = ("exchange", "conditions")
RECORDED = [(version, group) for group in GROUPS for version in CAPTURES if version != "24" or group not in NEWEST_GROUPS]


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
    """{version, group: [("probe | step | path", expected, seen), …]}, each group asked once."""
    asked = {}

    def seen_of(group):
        if group not in asked:
            asked[group] = observe(probed.base, group, channel=channel)
        return asked[group]

    def of(version, group):
        expected = json.loads((CAPTURES[version] / f"{group}.json").read_text())
        told = without_names if version == "26" else lambda steps: steps
        return [
            (f"{group}/{probe} | {step} | {path}", wanted, got)
            for probe, steps in expected.items()
            for step, path, wanted, got in compare_probe(told(steps), told(seen_of(group).get(probe, [])))
        ]

    return of


def patterns(*lists):
    return [pattern for deviations in lists for listed in deviations.values() for pattern in listed]


def is_known(version, row):
    listed = patterns(DEVIATIONS, NEWEST_DEVIATIONS) if version == "26" else patterns(DEVIATIONS)
    return any(fnmatch.fnmatchcase(row, pattern) for pattern in listed)


@pytest.mark.parametrize("version, group", RECORDED)
def test_same_as_keycloak(version, group, rows):
    unknown = [
        f"{row}\n    Keycloak: {wanted}\n    ours:     {got}"
        for row, wanted, got in rows(version, group)
        if not is_known(version, row)
    ]
    assert not unknown, "\n".join([f"differs from Keycloak {version}:", *unknown])


# What we announce and neither Keycloak does.
NEWER = {"introspection_signing_alg_values_supported": {"RS256"}, "prompt_values_supported": {"select_account"}}


def test_discovery_is_a_part_of_keycloaks(probed):
    """Whatever is announced at all is announced at Keycloak's addresses and by its names."""
    captured, newest = (
        json.loads((folder / "metadata.json").read_text())["discovery"][0]["response"]["json"]
        for folder in CAPTURES.values()
    )
    announced = probed.realm().discovery().json()
    for name, value in announced.items():
        expected = captured.get(name, newest.get(name, []))
        if isinstance(value, str):
            assert value == expected.replace("{base}", probed.base), name
        elif isinstance(value, list):
            assert set(value) <= {*expected, *newest.get(name, ()), *NEWER.get(name, ())}, name
        else:
            assert value == expected or value is False, name


def test_deviations_are_still_there(rows):
    """What no longer deviates is not to be excused."""
    seen = {version: [row for of, group in RECORDED if of == version for row, _, _ in rows(of, group)] for version in CAPTURES}
    every = [*seen["24"], *seen["26"]]
    stale = [
        pattern
        for among, listed in ((every, DEVIATIONS), (seen["26"], NEWEST_DEVIATIONS))
        for pattern in patterns(listed)
        if not any(fnmatch.fnmatchcase(row, pattern) for row in among)
    ]
    assert stale == []
