# SPDX-License-Identifier: Apache-2.0
"""What Terraform's provider for Keycloak (5.9) sends, and cannot read otherwise than as Keycloak writes it."""

import json

import pytest
from test_admin_api import provider, root  # noqa: F401  (fixtures)

REALM = "/realms/shop"
EMPTY = {"empty": "", "kept": "v"}
UPSTREAM = {"clientId": "c", "authorizationUrl": "https://up.example.com/a", "tokenUrl": "https://up.example.com/t"}


def made(root, path, body):  # noqa: F811
    answer = root("POST", REALM + path, body)
    assert answer.status == 201, answer.text
    return answer.header("Location").removeprefix(root.base)


def test_null_is_no_body(root):  # noqa: F811
    group = made(root, "/groups", {"name": "nobody-in-particular"}).rpartition("/")[2]
    user = root("GET", f"{REALM}/users?username=guest&exact=true").json()[0]["id"]
    assert root("PUT", f"{REALM}/users/{user}/groups/{group}", raw=b"null").status == 204
    assert root("PUT", f"{REALM}/default-groups/{group}", raw=b"null").status == 204
    assert root("PUT", f"{REALM}/users/{user}/groups/{group}", raw=b"1").status == 400
    assert root("PUT", f"{REALM}/users/{user}", raw=b"null").status in (204, 400)
    assert root("DELETE", f"{REALM}/groups/{group}").status == 204


def test_a_path_of_groups_may_end_with_a_slash(root):  # noqa: F811
    parent = made(root, "/groups", {"name": "upper"})
    child = root("POST", f"{parent}/children", {"name": "lower"}).json()["id"]
    assert root("GET", f"{REALM}/group-by-path/upper/").json()["id"] == parent.rpartition("/")[2]
    assert root("GET", f"{REALM}/group-by-path/upper/lower").json()["id"] == child
    assert root("GET", f"{REALM}/group-by-path//").status == 404
    assert root("DELETE", parent).status == 204


@pytest.mark.parametrize("path", ["", "/mappers"])
def test_settings_of_identity_providers_that_say_nothing(root, path):  # noqa: F811
    there = made(root, "/identity-provider/instances", {"alias": "up", "providerId": "oidc", "config": {**UPSTREAM, **EMPTY}})
    mapper = {"name": "m", "identityProviderAlias": "up", "identityProviderMapper": "oidc-user-attribute-idp-mapper"}
    if path:
        there = made(root, "/identity-provider/instances/up/mappers", {**mapper, "config": {"syncMode": "INHERIT", **EMPTY}})
    config = root("GET", there).json()["config"]
    assert config["kept"] == "v" and "empty" not in config
    assert root("DELETE", f"{REALM}/identity-provider/instances/up").status == 204


def test_settings_of_mappers_and_attributes_that_say_nothing(root):  # noqa: F811
    client = made(root, "/clients", {"clientId": "said", "attributes": {"blank": " ", **EMPTY}})
    attributes = root("GET", client).json()["attributes"]
    assert attributes["kept"] == "v" and not {"empty", "blank"} & attributes.keys()
    hardcoded = {"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
    answer = root("POST", f"{client}/protocol-mappers/models", {**hardcoded, "config": {"claim.name": "a", **EMPTY}})
    config = root("GET", answer.header("Location").removeprefix(root.base)).json()["config"]
    assert config["kept"] == "v" and "empty" not in config
    for path, body in (("/roles", {"name": "said"}), ("/groups", {"name": "said"})):
        there = made(root, path, {**body, "attributes": {"empty": [], "kept": ["v"], "blank": [""]}})
        assert root("GET", there).json()["attributes"] == {"kept": ["v"], "blank": [""]}
        assert root("DELETE", there).status == 204
    assert root("DELETE", client).status == 204


def test_what_there_is_can_be_looked_up(root):  # noqa: F811
    """And each name of it is taken where it is given."""
    told = root("GET", "/serverinfo").json()
    assert {"keycloak", "keycloak.v2"} <= {theme["name"] for theme in told["themes"]["login"]}
    providers = {kind: set(one["providers"]) for kind, one in told["providers"].items()}
    parts = {"hashAlgorithm": "pbkdf2-sha256", "regexPattern": "a.*"}
    policy = " and ".join(f"{name}({parts.get(name, '1')})" for name in sorted(providers["password-policy"]))
    assert root("PUT", REALM, {"passwordPolicy": policy}).status == 204
    assert root("PUT", REALM, {"passwordPolicy": ""}).status == 204
    listed = {action["alias"] for action in root("GET", f"{REALM}/authentication/required-actions").json()}
    assert listed <= providers["required-action"]
    client = made(root, "/clients", {"clientId": "mapped"})
    for name in providers["protocol-mapper"]:
        mapper = {"name": name, "protocol": "openid-connect", "protocolMapper": name, "config": {}}
        assert root("POST", f"{client}/protocol-mappers/models", mapper).status in (201, 400), name  # 404: there is none
    assert root("DELETE", client).status == 204
    types = {kind: {one["id"] for one in ones} for kind, ones in told["componentTypes"].items()}
    assert types["org.keycloak.keys.KeyProvider"] == providers["keys"] and json.dumps(told)


def test_required_actions_are_registered_and_switched_off(root):  # noqa: F811
    path = f"{REALM}/authentication"
    listed = root("GET", f"{path}/required-actions").json()
    missing = root("GET", f"{path}/unregistered-required-actions").json()
    assert missing and not {one["providerId"] for one in missing} & {one["alias"] for one in listed}
    assert root("POST", f"{path}/register-required-action", {**missing[0], "name": "Named"}).status == 204
    last = root("GET", f"{path}/required-actions").json()[-1]
    assert last["alias"] == missing[0]["providerId"] and last["name"] == "Named" and last["enabled"] and not last["defaultAction"]
    assert root("GET", f"{path}/unregistered-required-actions").json() == missing[1:]
    assert root("POST", f"{path}/register-required-action", missing[0]).status == 409
    assert root("POST", f"{path}/register-required-action", {"providerId": "NONE"}).status == 400
    assert root("POST", f"{path}/register-required-action").status == 400
    assert root("DELETE", f"{path}/required-actions/{last['alias']}").status == 204
    assert not root("GET", f"{path}/required-actions/{last['alias']}").json()["enabled"]
    assert root("DELETE", f"{path}/required-actions/NONE").status == 404
