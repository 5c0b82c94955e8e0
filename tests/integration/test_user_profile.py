# SPDX-License-Identifier: Apache-2.0
"""A realm's own user profile (declarative-user-profile): at import, at logins, in the account API and the admin API."""

import json
import subprocess
import urllib.parse

import pytest
from oidc import Client, callback_of
from programs import Provider, provider_program
from web import Browser, bearer, unverified_token

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
KIND = "org.keycloak.userprofile.UserProfileProvider"
BOTH = {"view": ["admin", "user"], "edit": ["admin", "user"]}
HELD = {"view": ["admin", "user"], "edit": ["admin"]}
HIDDEN = {"view": ["admin"], "edit": ["admin"]}
USER_MUST = {"roles": ["user"]}
ATTRIBUTES = [
    {"name": "username", "permissions": BOTH, "validations": {"length": {"min": 3, "max": 20}}},
    {"name": "email", "permissions": BOTH, "validations": {"email": {}, "length": {"max": 255}}},
    {"name": "firstName", "displayName": "${firstName}", "permissions": HELD, "required": USER_MUST},
    {"name": "department", "displayName": "${department}", "permissions": BOTH, "required": USER_MUST,
     "validations": {"options": {"options": ["sales", "sea & air"]}}},
    {"name": "floor", "displayName": "Floor <1>", "permissions": BOTH, "validations": {"integer": {"min": "-2", "max": "9"}}},
    {"name": "badge", "permissions": BOTH, "validations": {"pattern": {"pattern": "[A-Z]{2}[0-9]+", "error-message": "No badge."}}},
    {"name": "site", "permissions": BOTH, "validations": {"uri": {}}},
    {"name": "since", "permissions": BOTH, "validations": {"iso-date": {}}},
    {"name": "rank", "permissions": HELD, "validations": {"length": {"max": 3}}},
    {"name": "note", "permissions": HIDDEN, "required": {"roles": ["admin"]}},
]


def whole(profile):
    """As Keycloak tells it, with what was left out."""
    attributes = [{"multivalued": False, **one} for one in profile["attributes"]]
    return {"groups": [], **profile, "attributes": attributes}


def components(config):
    text = config if isinstance(config, str) else json.dumps(config)
    return {KIND: [{"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [text]}}]}


def user(name, **more):
    attributes = {"department": ["sales"], "rank": ["one"], "note": ["n"], **more.pop("attributes", {})}
    return {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": "First", "attributes": attributes,
            "credentials": [{"type": "password", "value": f"{name}-password"}], **more}  # fmt: skip


MAPPER = {"name": "d", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
          "config": {"user.attribute": "department", "claim.name": "department", "access.token.claim": "true"}}  # fmt: skip
REALM = {
    "realm": "own",
    "enabled": True,
    "components": components({"attributes": ATTRIBUTES}),
    "requiredActions": [{"alias": "UPDATE_PROFILE", "enabled": True}, {"alias": "VERIFY_PROFILE", "enabled": True, "priority": 90}],
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True,
                 "protocolMappers": [MAPPER]}],
    "users": [
        user("keeper", clientRoles={"realm-management": ["manage-users", "view-realm"]}),
        user("ann"),
        user("bob", attributes={"department": []}),
        user("cat", clientRoles={"account": ["manage-account"]}),
        user("dot", attributes={"rank": ["longer than it may be"], "note": []}),
        user("fay", clientRoles={"account": ["manage-account"]}, attributes={"free": ["f"], "floor": ["2"]}),
        user("owner", clientRoles={"realm-management": ["manage-realm", "view-realm"]}),
        user("eve", attributes={"badge": ["AB1", "wrong"]}),
    ],
}


@pytest.fixture(scope="module")
def server(work):
    file = work / "own-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "own-profile") as provider:
        yield provider


@pytest.fixture
def users(server):
    token = server.realm("own").password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]
    base = f"{server.base}/admin/realms/own/users"

    def ask(method, path="", body=None):
        sent = None if body is None else json.dumps(body).encode()
        return Browser().request(method, base + path, sent, {**bearer(token), "Content-Type": "application/json"})

    return ask


def known(users, name):
    return users("GET", f"?username={name}&exact=true").json()[0]


def test_what_a_user_has_to_say_is_asked_for(server, users):
    realm, browser = server.realm("own"), Browser()
    assert realm.password(APP, "ann", "ann-password").status == 200  # no lastName: it is none of the realm's
    assert realm.password(APP, "bob", "bob-password").json()["error_description"] == "Account is not fully set up"
    answer = realm.log_in(browser, APP, "bob", "bob-password")
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(answer.location).query)["execution"] == ["VERIFY_PROFILE"]
    page = browser.get(answer.location).page
    form = page.form("kc-update-profile-form")
    shown = ["email", "firstName", "department", "floor", "badge", "site", "since", "rank"]
    assert list(form.values()) == shown
    assert page.text_by_id["input-error-department"] == "Please specify this field."
    assert "Floor <1>" in page.text and "${" not in page.text
    fields = {field["name"]: field for field in form.fields if "name" in field}
    assert {name for name in shown if "readonly" in fields[name]} == {"firstName", "rank"}
    rows = [("department", "x", "Invalid value."), ("floor", "10", "Number must be between -2 and 9."),
            ("floor", "1.5", "Invalid number."), ("floor", "0x1", "Invalid number."), ("badge", "AB", "No badge."),
            ("site", "javascript:alert(1)", "Invalid URL scheme."), ("site", "https://", "Invalid URL."),
            ("since", "2025-02-29", "Invalid date."), ("since", "2025-13-01", "Invalid date."),
            ("email", "no address", "Invalid email address.")]  # fmt: skip
    good = {"department": "sea & air", "floor": "-2", "badge": "AB1", "site": "https://x.example/a", "since": "2024-02-29"}
    for name, value, words in rows:
        answer = browser.submit(form, **{**good, name: value})
        assert (answer.status, answer.page.text_by_id[f"input-error-{name}"]) == (200, words), (name, value)
        assert answer.page.form().values()[name] == value
    held = {"firstName": "Other", "rank": "two", "note": "mine", "username": "keeper", "unknown": "x"}
    callback = callback_of(browser.submit(form, **good, **held))
    claims = unverified_token(realm.code(APP, callback["code"]).json()["access_token"])[1]
    assert claims["department"] == "sea & air"
    bob = known(users, "bob")
    assert bob["firstName"] == "First" and bob["username"] == "bob"
    assert bob["attributes"] == {**{name: [value] for name, value in good.items()}, "rank": ["one"], "note": ["n"]}


def test_nobody_is_asked_for_what_they_cannot_change(server):
    realm = server.realm("own")
    assert realm.password(APP, "dot", "dot-password").status == 200
    browser = Browser()  # two values have no field, but a word
    page = browser.get(realm.log_in(browser, APP, "eve", "eve-password").location).page
    assert "badge" not in page.form().values() and page.text_by_id["input-error"] == "badge: No badge."


def test_the_account_api_keeps_to_it(server):
    realm = server.realm("own")
    token = realm.password(APP, "cat", "cat-password").json()["access_token"]
    url = f"{realm.issuer}/account/"

    def change(**members):
        body = {"username": "cat", "email": "cat@example.org", "firstName": "First", "attributes": {"department": ["sales"]}, **members}
        headers = {**bearer(token), "Content-Type": "application/json", "Accept": "application/json"}
        return Browser().request("POST", url, json.dumps(body).encode(), headers)

    assert change().status == 204
    refused = change(firstName="Other")
    assert refused.status == 400 and refused.json()["errors"][0]["errorMessage"] == "error-user-attribute-read-only"
    assert change(lastName="New").json()["errors"][0]["field"] == "lastName"
    assert change(email="none").json()["errors"][0]["errorMessage"] == "error-invalid-email"


def test_users_change_what_attributes_of_theirs_they_may(server):
    realm = server.realm("own")
    token = realm.password(APP, "fay", "fay-password").json()["access_token"]
    headers = {**bearer(token), "Content-Type": "application/json", "Accept": "application/json"}
    names = {"username": "fay", "email": "fay@example.org", "firstName": "First"}

    def change(attributes):
        body = json.dumps({**names, "attributes": attributes}).encode()
        return Browser().request("POST", f"{realm.issuer}/account/", body, headers)

    def told():
        return Browser().request("GET", f"{realm.issuer}/account/", None, headers).json()

    first = told()
    assert first["attributes"] == {"department": ["sales"], "floor": ["2"], "rank": ["one"]}
    fields = {one["name"]: one for one in first["userProfileMetadata"]["attributes"]}
    assert "note" not in fields and fields["rank"]["readOnly"] and fields["username"]["readOnly"]
    assert fields["department"]["required"] and fields["floor"]["displayName"] == "Floor <1>" and fields["site"]["displayName"] == "site"
    assert fields["floor"]["validators"] == {"multivalued": {"max": "1"}, "integer": {"min": "-2", "max": "9", "ignore.empty.value": True}}
    rows = [
        ({"department": ["sales"], "floor": ["10"]}, "floor", "error-number-out-of-range", ["Floor <1>", "-2", "9"]),
        ({"floor": ["1"]}, "department", "error-user-attribute-required", ["${department}"]),
        ({"department": ["sales"], "rank": ["two"]}, "rank", "error-user-attribute-read-only", ["rank"]),
        ({"department": ["sales"], "note": ["n"]}, "note", "error-user-attribute-read-only", ["note"]),
        ({"department": ["sales"], "floor": ["1", "2"]}, "floor", "error-invalid-multivalued-size", ["Floor <1>", "1", "1"]),
    ]
    for attributes, field, message, parameters in rows:
        refused = change(attributes)
        assert refused.status == 400, attributes
        assert refused.json()["errors"] == [{"field": field, "errorMessage": message, "params": parameters}]
    assert change({"department": [7]}).status == change({"department": {"a": "sales"}}).status == 400
    assert told() == first
    assert change({"department": "sea & air", "rank": ["one"], "free": ["mine"], "badge": [""]}).status == 204
    assert told()["attributes"] == {"department": ["sea & air"], "rank": ["one"]}  # what is not named goes


def test_the_admin_api_keeps_to_it(users):
    good = {"username": "dan", "attributes": {"note": ["n"], "department": ["sales"], "free": ["x"]}}
    rows = [
        ({"attributes": {}}, ["note"], "error-user-attribute-required"),
        ({"attributes": {"note": ["n"], "department": ["x"]}}, ["department"], "error-invalid-value"),
        ({"username": "d" * 21}, ["username", 3, 20], "error-invalid-length"),
        ({"attributes": {"note": ["n"], "floor": ["-3"]}}, ["floor", -2, 9], "error-number-out-of-range"),
    ]
    for changes, parameters, message in rows:
        answer = users("POST", "", {**good, **changes})
        assert answer.status == 400 and answer.json()["errorMessage"] == message, answer.text
        assert answer.json()["params"] == parameters
    assert users("POST", "", good).status == 201
    dan = known(users, "dan")
    assert dan["attributes"]["free"] == ["x"]
    two = users("PUT", f"/{dan['id']}", {"attributes": {"department": ["x"], "rank": ["long"]}})
    assert sorted(error["field"] for error in two.json()["errors"]) == ["department", "note", "rank"]
    assert users("PUT", f"/{dan['id']}", {"enabled": False}).status == 204
    assert users("GET", "/profile").json() == whole({"attributes": ATTRIBUTES})
    told = {one["name"]: one for one in users("GET", "/profile/metadata").json()["attributes"]}
    assert told["note"]["required"] and not told["department"]["required"] and not told["rank"]["readOnly"]


def asked_of(token, realm):
    """Which fields the account pages ask that user for."""
    told = Browser().get(f"{realm.issuer}/account/", headers={**bearer(token), "Accept": "application/json"}).json()
    return {one["name"]: one["required"] for one in told["userProfileMetadata"]["attributes"]}


def test_a_profile_is_written_by_who_manages_the_realm(server, users):
    assert users("PUT", "/profile", {"attributes": NAMED}).status == 403
    token = server.realm("own").password(Client("admin-cli"), "owner", "owner-password").json()["access_token"]
    headers = {**bearer(token), "Content-Type": "application/json"}

    def put(body):
        return Browser().request("PUT", f"{server.base}/admin/realms/own/users/profile", json.dumps(body).encode() if body is not None else b"", headers)

    wrong = [
        ({}, "[UserProfile configuration without 'attributes' section is not allowed]"),
        ({"attributes": NAMED[:1]}, "[The attribute 'email' can not be removed]"),
        ({"attributes": [*NAMED, {"name": "x", "group": "g"}]}, "[Attribute 'x' references unknown group 'g']"),
        ({"attributes": [*NAMED, {"name": "x", "required": {"roles": ["z"]}}]},
         "['required.roles' configuration for attribute 'x' contains unsupported role 'z']"),
    ]  # fmt: skip
    for body, words in wrong:
        answer = put(body)
        assert (answer.status, answer.json()) == (400, {"errorMessage": words})
    for body in ([], {"attributes": NAMED, "oops": 1}, {"attributes": NAMED, "unmanagedAttributePolicy": "SOME"}):
        assert put(body).status == 400
    assert put({"attributes": [*NAMED, {"name": "x", "validations": {"local-date": {}}}]}).status == 501
    assert users("GET", "/profile").json() == whole({"attributes": ATTRIBUTES})
    own = {"attributes": [*NAMED, {"name": "x", "group": "g", "permissions": BOTH}], "groups": [{"name": "g"}]}
    answer = put(own)
    assert (answer.status, answer.json()) == (200, whole(own)) and users("GET", "/profile").json() == whole(own)
    fay = server.realm("own").password(APP, "fay", "fay-password").json()["access_token"]
    default = put(None)
    assert default.status == 200 and [one["name"] for one in default.json()["attributes"]] == ["username", "email", "firstName", "lastName"]
    assert [one.get("required") for one in default.json()["attributes"]] == [None, *[{"roles": ["user"]}] * 3]
    asked = asked_of(fay, server.realm("own"))
    assert asked == dict.fromkeys(("username", "email", "firstName", "lastName"), True)
    assert put(default.json()).status == 200 and asked_of(fay, server.realm("own")) == asked, "read and written back they ask for as much"
    assert put({"attributes": ATTRIBUTES}).status == 200 and users("GET", "/profile").json() == whole({"attributes": ATTRIBUTES})


NAMED = [{"name": "username"}, {"name": "email"}]


@pytest.mark.parametrize("config, words", [
    ("{", "no JSON object"),
    ("[]", "no JSON object"),
    ({"attributes": NAMED[:1]}, "'email'"),
    ({}, "[UserProfile configuration without 'attributes' section is not allowed]"),
    ({"attributes": NAMED[:1]}, "[The attribute 'email' can not be removed]"),
    ({"attributes": [*NAMED, {}]}, "[Invalid attribute name ("),
    ({"attributes": [*NAMED, {"name": "a b"}]}, "special characters allowed): a b']"),
    ({"attributes": [*NAMED, {"name": "a", "requird": {}}]}, "Unrecognized field 'requird'"),
    ({"attributes": [*NAMED, {"name": "a"}, {"name": "a"}]}, "[Attribute configuration already exists with 'name':'a']"),
    ({"attributes": [*NAMED, {"name": "a", "validations": {"lenght": {}}}]}, "[Validator 'lenght' defined for attribute 'a' doesn't exist]"),
    ({"attributes": [*NAMED, {"name": "a", "permissions": {"edit": ["x"]}}]},
     "['permissions.edit' configuration for attribute 'a' contains unsupported role 'x']"),
])  # fmt: skip
def test_rules_that_are_none_are_refused(tmp_path, config, words):
    done, _ = imported(tmp_path, config)
    assert done.returncode == 1 and words in done.stderr and f"components.{KIND}[0]" in done.stderr


def imported(folder, config):
    file = folder / "x-realm.json"
    file.write_text(json.dumps({"realm": "x", "components": components(config)}))
    command = [str(provider_program()), "realm", "import", str(file), "--json", "--data", str(folder / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done, json.loads(done.stdout)[0] if done.returncode == 0 else None


@pytest.mark.parametrize("attribute, words", [
    ({"validations": {"local-date": {}}}, "local-date"),
    ({"required": {"scopes": ["profile"]}}, "client scopes"),
    ({"selector": {"scopes": ["profile"]}}, "client scopes"),
    ({"required": {}}, None),
])  # fmt: skip
def test_what_is_not_looked_at_is_told(tmp_path, attribute, words):
    done, report = imported(tmp_path, {"attributes": [*NAMED, {"name": "a", "permissions": BOTH, **attribute}]})
    assert done.returncode == 0, done.stderr
    warnings = [one["warning"] for one in report["warnings"]]
    assert len(warnings) == (words is not None) and all(words in one for one in warnings)


@pytest.mark.parametrize("listed, asked", [(None, True), ([{"alias": "VERIFY_PROFILE", "enabled": False}], False), ([], False)])
def test_a_profile_counts_unless_the_realm_says_otherwise(tmp_path, listed, asked):
    """What a realm's own profile requires is asked for where no list of required actions leaves that out, as in Keycloak."""
    rules = [{"name": name, "permissions": BOTH} for name in ("username", "email")]
    rules.append({"name": "firstName", "permissions": BOTH, "required": USER_MUST})
    app = {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    who = {"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}
    realm = {"realm": "bare", "enabled": True, "components": components({"attributes": rules}), "clients": [app], "users": [who]}
    file = tmp_path / "bare-realm.json"
    file.write_text(json.dumps({**realm, **({} if listed is None else {"requiredActions": listed})}))
    with Provider([file], tmp_path / "bare") as provider:
        answer = provider.realm("bare").password(APP, "ann", "ann-password")
        told = answer.json().get("error_description")
        assert (answer.status, told) == ((400, "Account is not fully set up") if asked else (200, None))
