# SPDX-License-Identifier: Apache-2.0
"""A realm that moves from Keycloak to us and back: Keycloak's export, our import and export, Keycloak's
import and export. What Keycloak then has is what it had, but for what is listed here with its reason."""

import base64
import hmac
import json
import pathlib
import subprocess
import time
import urllib.request

import pytest
from keycloak import CHOSEN, NEWEST, Keycloak, distribution
from needs import must_have
from oidc import Client
from programs import provider_program

SOURCE = pathlib.Path(__file__).parent / "realms" / "trip-realm.json"
NEWER = SOURCE.with_name("trip-newest.json")  # what 24 does not know
PASSWORD = "ann-password"  # of everybody
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


def given():
    """The realm that goes on the journey; the newest Keycloak's has organizations, and more."""
    realm = json.loads(SOURCE.read_text())
    for name, value in json.loads(NEWER.read_text()).items() if CHOSEN == NEWEST else ():
        realm[name] = realm[name] + value if isinstance(realm.get(name), list) else value
    return realm


def ours(*words):
    done = subprocess.run([str(provider_program()), *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def credentials_of(keycloak):
    """{user: the credentials that the admin API shows} to an administrator of the realm's own"""
    token = keycloak.realm("trip").password(Client("admin-cli"), "dana", PASSWORD).json()["access_token"]

    def shown(path):
        headers = {"Authorization": f"Bearer {token}"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{keycloak.base}/admin/realms/trip/{path}", headers=headers), timeout=30
        ) as answer:
            return json.load(answer)

    return {user["username"]: shown(f"users/{user['id']}/credentials") for user in shown("users")}


def one_time_password(key, digits, period, digest):
    """RFC 6238"""
    mac = hmac.digest(key, int(time.time() // period).to_bytes(8), digest)
    at = mac[-1] & 15
    return str((int.from_bytes(mac[at : at + 4]) & 0x7FFFFFFF) % 10**digits).zfill(digits)


@pytest.fixture(scope="module")
def keycloak():
    must_have(lambda: distribution(CHOSEN))
    keycloak = Keycloak([], version=CHOSEN)
    yield keycloak
    keycloak.close()


@pytest.fixture(scope="module")
def journey(keycloak, tmp_path_factory):
    """(what Keycloak had, our import's report, our export, what Keycloak has after it)"""
    folder = tmp_path_factory.mktemp("trip")
    (folder / "given.json").write_text(json.dumps(given()))
    keycloak.import_file(folder / "given.json")
    before = keycloak.export_file("trip", folder / "trip-realm.json")
    report = json.loads(ours("realm", "import", folder / "trip-realm.json", "--json", "--data", folder / "data"))[0]
    (folder / "ours.json").write_text(ours("realm", "export", "trip", "--data", folder / "data"))
    keycloak.import_file(folder / "ours.json")
    after = keycloak.export_file("trip", folder / "after.json")
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
    """What tells keys apart: their components, and the certificate or the secret."""
    found = set()
    for one in realm["components"][KEYS]:
        config = one["config"]
        use = "enc" if one["providerId"].startswith("rsa-enc") else "sig"
        default = {"rsa": "RS256", "rsa-enc": "RSA-OAEP"}.get(one["providerId"].removesuffix("-generated"))
        material = config.get("certificate") or config["secret"]
        names = (one["id"], one["name"], one["providerId"])
        found.add((*names, use, config.get("algorithm", [default])[0], material[0], config["priority"][0]))
    return found


def test_keycloak_has_the_same_realm_after_a_stay_with_us(journey):
    before, _, _, after = (json.loads(json.dumps(one)) for one in journey)
    assert keys_of(after) == keys_of(before)
    for realm in (before, after):
        # Ours live apart from the document, and private keys come back as PKCS #8.
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
    if CHOSEN == NEWEST:
        told = [one["member"] for part in report["objects"] for one in part.get("kept without effect", ())]
        assert {"organizations", "organizationsEnabled", "bruteForceStrategy"} <= set(told)


@pytest.fixture(scope="module")
def arrived(journey, keycloak):
    """Keycloak serving the realm that came back"""
    keycloak.start()
    yield keycloak
    keycloak.stop()


def test_the_admin_api_shows_the_credentials_that_there_were(journey, arrived):
    given = {user["username"]: user.get("credentials", []) for user in json.loads(SOURCE.read_text())["users"]}
    shown = credentials_of(arrived)
    if arrived.version != NEWEST:  # recovery codes are a preview there, which hides them until it is switched on
        given["cleo"] = [one for one in given["cleo"] if one["type"] != "recovery-authn-codes"]
    assert [one["type"] for one in shown["cleo"]] == [one["type"] for one in given["cleo"]]
    for one, was in zip(shown["cleo"], given["cleo"]):
        for member in ("userLabel", "createdDate"):
            assert one.get(member) == was.get(member)
        data = json.loads(was["credentialData"])
        assert {name: json.loads(one["credentialData"])[name] for name in data} == data
        assert was.get("id", one["id"]) == one["id"]
    assert [one["type"] for one in shown["ann"]] == ["password", "otp", "webauthn"]


def test_a_second_factor_works_after_a_stay_with_us(arrived):
    realm, shell = arrived.realm("trip"), Client("admin-cli")
    answer = realm.password(shell, "cleo", PASSWORD)
    assert (answer.status in (400, 401), answer.json()["error"]) == (True, "invalid_grant")
    key = base64.b32decode("MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U")
    form = {"grant_type": "password", "username": "cleo", "password": PASSWORD, "scope": "openid"}
    answer = realm.token({**form, "totp": one_time_password(key, 8, 60, "sha256")}, shell)
    assert answer.status == 200, answer.text
    assert answer.json()["id_token"]
