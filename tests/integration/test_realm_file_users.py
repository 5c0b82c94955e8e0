# SPDX-License-Identifier: Apache-2.0
"""The users of realm files: names, passwords, attributes and groups."""

import base64
import hashlib

import pytest
from oidc import Client
from realm_imports import (  # noqa: F401, F811  (fixtures)
    ANN,
    CLIENT,
    SHOP,
    exported,
    importing,
    log_in,
    realm_of,
    run,
    told,
)
from web import unverified_token


def test_a_password_may_stand_as_a_number(realm_of):
    numbered = {**ANN, "credentials": [{"type": "password", "value": 1234}], "attributes": {"floor": [7, True]}}
    realm, _ = realm_of(users=[numbered])
    assert realm.password(CLIENT, "ann", "1234").status == 200


def test_the_account_of_a_client_may_have_any_name(tmp_path, importing, new_provider):
    """A client that was renamed in an old Keycloak leaves its account's name: the roles are those of the client's account."""
    robot = {"clientId": "back", "secret": "back-secret", "serviceAccountsEnabled": True}
    account = {"username": "Old-Robot", "enabled": True, "serviceAccountClientId": "back", "realmRoles": ["worker"]}
    file = {"realm": "x", "enabled": True, "roles": {"realm": [{"name": "worker"}]}, "clients": [robot, SHOP], "users": [account, ANN]}
    done, _ = importing(file)
    assert done.returncode == 0, done.stderr
    for again in ("--replace", "--merge"):
        done, _ = importing(file, again)
        assert done.returncode == 0, done.stderr
    names = sorted(one["username"] for one in exported(tmp_path)["users"])
    assert names == ["ann", "service-account-back"]
    realm = new_provider([], ["--data", tmp_path / "data"]).realm("x")
    claims = unverified_token(realm.client_credentials(Client("back", "back-secret")).json()["access_token"])[1]
    assert claims["realm_access"]["roles"] == ["worker"] and claims["preferred_username"] == "service-account-back"
    assert (claims["client_id"], claims["clientHost"]) == ("back", "127.0.0.1")  # Keycloak adds their mappers with the first token


def test_who_has_taken_mappers_away_goes_without(tmp_path, importing):
    """A client that has an account and a mapper has those mappers that it is to have."""
    mapper = {"name": "own", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
              "config": {"claim.name": "own", "claim.value": "1", "access.token.claim": "true"}}
    robot = {"clientId": "back", "secret": "back-secret", "serviceAccountsEnabled": True, "protocolMappers": [mapper]}
    account = {"username": "service-account-back", "enabled": True, "serviceAccountClientId": "back"}
    done, _ = importing({"realm": "x", "enabled": True, "clients": [robot], "users": [account]})
    assert done.returncode == 0, done.stderr
    (back,) = [one for one in exported(tmp_path)["clients"] if one["clientId"] == "back"]
    assert [one["name"] for one in back["protocolMappers"]] == ["own"]


def test_userinfo_has_the_roles_that_only_the_scope_for_offline_sessions_has(realm_of):
    """It is a role of that scope: a client without full scope has it where the scope was granted."""
    roles = {"name": "roles-of-all", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-realm-role-mapper",
             "config": {"claim.name": "groups", "multivalued": "true", "access.token.claim": "true", "userinfo.token.claim": "true"}}
    realm, _ = realm_of(
        clients=[{**SHOP, "fullScopeAllowed": False, "protocolMappers": [roles]}], users=[{**ANN, "realmRoles": ["offline_access"]}]
    )
    for scope, expected in (("openid", None), ("openid offline_access", ["offline_access"])):
        token = realm.password(CLIENT, "ann", "ann-password", scope).json()["access_token"]
        assert unverified_token(token)[1].get("groups") == expected
        assert realm.userinfo(token).json().get("groups") == expected


# ---- P8: attributes of groups ----


def test_p8_attributes_of_groups_are_inherited_the_nearest_first(realm_of):
    def mapper(name):
        return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
                "config": {"user.attribute": name, "claim.name": name, "access.token.claim": "true"}}

    realm, _ = realm_of(
        clients=[{**SHOP, "protocolMappers": [mapper(name) for name in ("own", "near", "far", "none")]}],
        groups=[{"name": "g", "attributes": {"own": ["g"], "near": ["g"], "far": ["g"]},
                 "subGroups": [{"name": "h", "attributes": {"own": ["h"], "near": ["h"]}}]}],
        users=[{**ANN, "attributes": {"own": ["ann"]}, "groups": ["/g/h"]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert [claims.get(name) for name in ("own", "near", "far", "none")] == ["ann", "h", "g", None]


def test_p8_an_empty_list_is_none_and_what_all_have_is_gathered_where_that_is_asked_for(realm_of):
    def mapper(name, **settings):
        config = {"user.attribute": "a", "claim.name": name, "access.token.claim": "true", **settings}
        return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper", "config": config}

    gathered = {"aggregate.attrs": "true", "multivalued": "true"}
    realm, _ = realm_of(
        clients=[{**SHOP, "protocolMappers": [mapper("first"), mapper("list", multivalued="true"), mapper("all", **gathered)]}],
        groups=[{"name": "g", "attributes": {"a": ["g", "both"]}, "subGroups": [{"name": "h", "attributes": {"a": ["h"]}}]},
                {"name": "other", "attributes": {"a": ["both", "o"]}}, {"name": "plain"}],
        users=[{**ANN, "attributes": {"a": []}, "groups": ["/plain", "/g/h", "/other"]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert (claims["first"], claims["list"], claims["all"]) == ("h", ["h"], ["h", "g", "both", "o"])


# ---- P10: the layout before Keycloak 8 ----


@pytest.mark.parametrize("algorithm, digest", [("pbkdf2-sha256", "sha256"), ("pbkdf2-sha512", "sha512"), (None, "sha1")])
def test_p10_passwords_of_before_keycloak_8(realm_of, algorithm, digest):
    salt = b"0123456789abcdef"
    old = {
        "type": "password",
        "hashedSaltedValue": base64.b64encode(hashlib.pbkdf2_hmac(digest, b"ann-password", salt, 1000, 64)).decode(),
        "salt": base64.b64encode(salt).decode(),
        "hashIterations": 1000,
        **({"algorithm": algorithm} if algorithm else {}),
    }
    realm, _ = realm_of(users=[{**ANN, "credentials": [old]}])
    assert log_in(realm).status == 200
    assert realm.password(CLIENT, "ann", "wrong").status == 401


@pytest.mark.parametrize("factor, status", [
    ({"type": "totp", "hashedSaltedValue": "aaaaaaaaaaaaaaaaaaaa", "digits": 6, "period": 30, "algorithm": "HmacSHA1"}, 401),
    ({"type": "hotp", "hashedSaltedValue": "aaaaaaaaaaaaaaaaaaaa", "digits": 6, "counter": 3, "algorithm": "HmacSHA1"}, 401),
    ({"type": "password-history", "hashedSaltedValue": "AAAA", "salt": "AAAA", "hashIterations": 1}, 200),
])
def test_p10_second_factors_of_before_keycloak_8(realm_of, factor, status):
    salt = b"0123456789abcdef"
    short = base64.b64encode(hashlib.pbkdf2_hmac("sha256", b"ann-password", salt, 1000, 32)).decode()  # as bcrypt's converters write
    password = {"type": "password", "hashedSaltedValue": short, "salt": base64.b64encode(salt).decode(),
                "hashIterations": "1000", "algorithm": "pbkdf2-sha256", "counter": 0, "digits": 0, "period": 0}
    realm, _ = realm_of(users=[{**ANN, "credentials": [password, factor]}])
    assert log_in(realm).status == status


# ---- P13: letters of every script have a case ----


@pytest.mark.parametrize("stored, typed", [
    ("Änne", "ÄNNE"), ("änne", "Änne"), ("Γιώργος", "ΓΙΏΡΓΟΣ"), ("Женя", "женя"), ("\u212aarl", "karl"), ("ann", "ANN"),
    ("straße", "STRAẞE"), ("οδος", "ΟΔΟΣ"), ("ｆｕｌｌ", "ＦＵＬＬ"), ("ǆem", "ǅem"),
])
def test_p13_names_and_addresses_are_one_whatever_their_case(realm_of, stored, typed):
    realm, made = realm_of(users=[{**ANN, "username": stored, "email": f"{stored}@x.example"}])
    for name in (stored, typed, f"{typed}@X.example"):
        answer = realm.password(CLIENT, name, "ann-password")
        assert answer.status == 200, name
    claims = unverified_token(answer.json()["access_token"])[1]
    assert claims["preferred_username"] == stored.lower()
    done = run("user", "add", typed, "--realm", "x", "--no-password", "--data", made.data)
    assert done.returncode == 1 and "exists" in done.stderr


def test_p13_two_of_a_file_who_differ_by_case_alone_are_refused(importing):
    for one, other in (({"username": "Änne"}, {"username": "änne"}), ({"username": "a", "email": "Ö@x.example"}, {"username": "b", "email": "ö@X.example"})):
        done, _ = importing({"realm": "x", "users": [one, other]})
        assert done.returncode == 1 and "exists already" in done.stderr


# ---- groups with a slash in their name ----


@pytest.mark.parametrize("path", ["/staff/night/shift", "/staff/night~/shift"])
def test_a_group_whose_name_has_a_slash(realm_of, path):
    def mapper(name, full):
        return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper",
                "config": {"claim.name": name, "full.path": full, "access.token.claim": "true"}}

    realm, _ = realm_of(
        clients=[{**SHOP, "protocolMappers": [mapper("paths", "true"), mapper("names", "false")]}],
        groups=[{"name": "staff", "subGroups": [{"name": "night"}, {"name": "night/shift", "realmRoles": ["awake"]}]}],
        users=[{**ANN, "groups": [path]}],
    )
    claims = unverified_token(log_in(realm).json()["access_token"])[1]
    assert (claims["paths"], claims["names"]) == (["/staff/night/shift"], ["night/shift"])
    assert "awake" in claims["realm_access"]["roles"]


def test_many_users_are_hashed_by_several_threads_and_the_first_error_is_told(importing, tmp_path):
    users = [{"username": f"u{n}", "enabled": True, "credentials": [{"type": "password", "value": f"p{n}"}]} for n in range(90)]
    done, report = importing({"realm": "x", "users": users})
    assert done.returncode == 0 and report[0]["users"] == 90, done.stderr
    stored = {user["username"]: user["credentials"][0]["secretData"] for user in exported(tmp_path)["users"]}
    assert len(stored) == len(set(stored.values())) == 90
    users[70]["username"] = ""
    done, _ = importing([{"realm": "y", "users": users}])
    assert done.returncode == 1 and "users[70].username" in done.stderr


def test_a_password_policy_judges_what_is_set_and_what_a_file_has_in_plain(tmp_path, importing):
    policy = "length(8) and digits(1) and notUsername"
    realm = {"realm": "x", "enabled": True, "passwordPolicy": policy}
    done, _ = importing({**realm, "users": [ANN]})
    assert done.returncode == 1
    assert "users[0].credentials: Invalid password: must contain at least 1 numerical digits." in done.stderr
    done, report = importing({**realm, "users": [{"username": "ann", "enabled": True}]})
    assert done.returncode == 0
    assert "passwordPolicy" not in told(report, "kept without effect")
    data = tmp_path / "data"
    for password, sentence in (("short1", "minimum length 8"), ("long-password", "1 numerical digits")):
        for command in (("user", "set-password", "ann"), ("user", "add", "bob")):
            done = run(*command, "--realm", "x", "--data", data, input=password)
            assert done.returncode == 1 and sentence in done.stderr
    assert run("user", "set-password", "ann", "--realm", "x", "--data", data, input="long-password-1").returncode == 0
