# SPDX-License-Identifier: Apache-2.0
"""A realm that moves from Keycloak to us and back: Keycloak's export, our import and export, Keycloak's
import and export. What Keycloak then has is what it had, but for what is listed here with its reason."""

import json
import os
import pathlib
import subprocess

import pytest
from keycloak import CHOSEN, Keycloak, distribution
from needs import must_have
from programs import provider_program

SOURCE = pathlib.Path(__file__).parent / "realms" / "trip-realm.json"
KEYS = "org.keycloak.keys.KeyProvider"

# What Keycloak itself adds, or makes anew, when it imports a file: its own export, too.
ADDED_BY_KEYCLOAK = {
    ("attributes", "clientOfflineSessionIdleTimeout"): "0",
    ("attributes", "clientOfflineSessionMaxLifespan"): "0",
    ("attributes", "clientSessionIdleTimeout"): "0",
    ("attributes", "clientSessionMaxLifespan"): "0",
    ("attributes", "scimApiEnabled"): "false",  # Keycloak 26
}
ADDED_TO_CLIENTS = {"post.logout.redirect.uris": "+"}
ADDED_TO_MAPPERS = {"userinfo.token.claim": "true"}


def ours(*words):
    done = subprocess.run([str(provider_program()), *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    """(what Keycloak had, our import's report, our export, what Keycloak has after it)"""
    must_have(lambda: distribution(CHOSEN))
    folder = tmp_path_factory.mktemp("trip")
    keycloak = Keycloak([], version=CHOSEN)
    try:
        keycloak.import_file(SOURCE)
        before = keycloak.export_file("trip", folder / "trip-realm.json")
        report = json.loads(ours("realm", "import", folder / "trip-realm.json", "--json", "--data", folder / "data"))[0]
        (folder / "ours.json").write_text(ours("realm", "export", "trip", "--data", folder / "data"))
        keycloak.import_file(folder / "ours.json")
        after = keycloak.export_file("trip", folder / "after.json")
    finally:
        keycloak.close()
    return before, report, json.loads((folder / "ours.json").read_text()), after


def key_of(entry):
    if not isinstance(entry, dict):
        return json.dumps(entry)
    for name in ("id", "internalId", "alias", "name", "authenticator", "flowAlias", "client", "clientScope"):
        if name in entry:
            return f"{name} {entry[name]}"
    return json.dumps(entry, sort_keys=True)


def in_order(value):
    """Lists as sets: Keycloak writes most of them in any order. A user's credentials are in order of preference."""
    if isinstance(value, dict):
        return {name: one if name == "credentials" else in_order(one) for name, one in value.items()}
    return sorted(map(in_order, value), key=key_of) if isinstance(value, list) else value


def differing(one, other, path=""):
    """["path: what one has, what the other has", …]"""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for name in sorted({*one, *other})
            for found in differing(one.get(name), other.get(name), f"{path}.{name}" if path else name)
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [found for i, (a, b) in enumerate(zip(one, other)) for found in differing(a, b, f"{path}[{i}]")]
    return [] if one == other else [f"{path}: {one!r}, {other!r}"]


def without_additions(before, after):
    for (member, name), value in ADDED_BY_KEYCLOAK.items():
        if name not in before[member]:
            assert after[member].pop(name, value) == value
    for one in after["clients"]:
        was = next(client for client in before["clients"] if client["id"] == one["id"])
        for name, value in ADDED_TO_CLIENTS.items():
            if name not in was["attributes"]:
                assert one["attributes"].pop(name, value) == value
        if "secret" not in was:  # Keycloak 26 makes one for those that have none
            made = (one.pop("secret", None), one["attributes"].pop("client.secret.creation.time", None))
            assert (made[0] is None) == (made[1] is None)
    for kind in ("clients", "clientScopes"):
        for one in after[kind]:
            was = {mapper["id"]: mapper for like in before[kind] for mapper in like.get("protocolMappers", ())}
            for mapper in one.get("protocolMappers", ()):
                for name, value in ADDED_TO_MAPPERS.items():
                    if mapper["id"] in was and name not in was[mapper["id"]]["config"]:
                        assert mapper["config"].pop(name, value) == value


def keys_of(realm):
    """What tells keys apart: the certificate, or the secret."""
    found = set()
    for one in realm["components"][KEYS]:
        config = one["config"]
        use = "enc" if one["providerId"].startswith("rsa-enc") else "sig"
        default = {"rsa": "RS256", "rsa-enc": "RSA-OAEP"}.get(one["providerId"].removesuffix("-generated"))
        material = config.get("certificate") or config["secret"]
        found.add((use, config.get("algorithm", [default])[0], material[0], config["priority"][0]))
    return found


def test_keycloak_has_the_same_realm_after_a_stay_with_us(journey):
    before, _, _, after = (json.loads(json.dumps(one)) for one in journey)
    assert keys_of(after) == keys_of(before)
    for realm in (before, after):
        # Ours live apart from the document: names, ids and "generated" do not come back, kids and priorities do.
        del realm["components"][KEYS]
        for mapper in realm["identityProviderMappers"]:  # Keycloak keeps no id of these
            del mapper["id"]
    without_additions(before, after)
    before, after = in_order(before), in_order(after)
    assert differing(before, after) == []


def test_our_export_is_what_keycloak_gave_us(journey):
    before, _, middle, _ = (json.loads(json.dumps(one)) for one in journey)
    assert keys_of(middle) == keys_of(before)
    for realm in (before, middle):
        del realm["components"][KEYS]
        for user in realm["users"]:
            user["credentials"] = user.get("credentials", [])
    before, middle = in_order(before), in_order(middle)
    assert differing(before, middle) == []


def test_nothing_of_keycloaks_own_export_is_unknown(journey):
    report = journey[1]
    assert report["counts"]["unknown"] == report["counts"]["refused"] == 0
    assert report["outcome"] == "imported"
