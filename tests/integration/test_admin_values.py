# SPDX-License-Identifier: Apache-2.0
"""What the admin REST API takes for texts, numbers and booleans, and names of what a realm has to have: as Keycloak 24.0.5
and 26.7.3 do, whatever the kind of the object."""

from test_admin_api import provider, root  # noqa: F401  (fixtures)

SHOP = "/realms/shop"
COMPONENT = {"providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider", "config": {}}
PROVIDER = {"providerId": "oidc", "config": {"clientId": "x", "tokenUrl": "https://h.example/t", "authorizationUrl": "https://h.example/a"}}
MAPPER = {"protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}

# Kind, where it is made, what is sent of a value, and what is read then.
TEXTS = [
    ("/clients", lambda v: {"clientId": f"a{v}", "name": v}, "name"),
    ("/clients", lambda v: {"clientId": v}, "clientId"),
    ("/clients", lambda v: {"clientId": f"s{v}", "secret": v}, "secret"),
    ("/clients", lambda v: {"clientId": f"r{v}", "redirectUris": [v]}, "redirectUris"),
    ("/clients", lambda v: {"clientId": f"t{v}", "attributes": {"x": v}}, "attributes"),
    ("/client-scopes", lambda v: {"name": f"a{v}", "protocol": "openid-connect", "description": v}, "description"),
    ("/client-scopes", lambda v: {"name": v, "protocol": "openid-connect", "attributes": {"x": v}}, "name"),
    ("/roles", lambda v: {"name": f"a{v}", "description": v}, "description"),
    ("/roles", lambda v: {"name": v}, "name"),
    ("/roles", lambda v: {"name": f"b{v}", "attributes": {"x": [v]}}, "attributes"),
    ("/groups", lambda v: {"name": v}, "name"),
    ("/groups", lambda v: {"name": f"a{v}", "attributes": {"x": [v]}}, "attributes"),
    ("/users", lambda v: {"username": f"aaa{v}", "firstName": v, "attributes": {"x": v}}, "firstName"),
    ("/components", lambda v: {**COMPONENT, "name": v}, "name"),
    ("/identity-provider/instances", lambda v: {**PROVIDER, "alias": f"a{v}", "displayName": v}, "displayName"),
    ("/clients/{app}/protocol-mappers/models", lambda v: {**MAPPER, "name": v, "config": {"claim.name": "c", "claim.value": v}}, "config"),
    ("/clients/{app}/roles", lambda v: {"name": f"c{v}", "description": v}, "description"),
]


def made(root, path, body):  # noqa: F811
    answer = root("POST", SHOP + path, body)
    return answer.status, root("GET", answer.header("Location").removeprefix(root.base)).json() if answer.status == 201 else None


def app_id(root):  # noqa: F811
    return root("GET", SHOP + "/clients?clientId=app").json()[0]["id"]


def test_numbers_and_booleans_for_texts(root):  # noqa: F811
    assert root("POST", SHOP + "/clients", {"clientId": "app"}).status == 201
    for where, body, member in TEXTS:
        path = where.format(app=app_id(root))
        for value, text in ((5, "5"), (True, "true"), (1.5, "1.5")):
            status, seen = made(root, path, body(value))
            assert status == 201, (path, member, value)
            found = seen[member]
            found = found.get("x", found.get("claim.value")) if isinstance(found, dict) else found
            assert found in (text, [text]), (path, member, value, found)
        for wrong in (["a"], {"a": 1}, []):
            if "attributes" not in body(5) and "redirectUris" not in body(5):
                assert made(root, path, body(wrong))[0] == 400, (path, member, wrong)


def test_texts_and_numbers_for_booleans_and_numbers(root):  # noqa: F811
    for number, (value, on) in enumerate((("true", True), (" TRUE ", True), (1, True), (0, False), (-1, True), ("False", False), ("", True))):
        status, seen = made(root, "/clients", {"clientId": f"e{number}", "enabled": value})
        assert (status, seen["enabled"]) == (201, on), value
        assert root("PUT", SHOP + "/events/config", {"eventsEnabled": value}).status == 204
    for number, value in enumerate(("yes", "1", 1.5, [], {})):
        assert made(root, "/clients", {"clientId": f"f{number}", "enabled": value})[0] == 400, value
        assert root("PUT", SHOP + "/events/config", {"eventsEnabled": value}).status == 400, value
        assert made(root, "/roles", {"name": f"f{number}", "composite": value})[0] == 400, value
        assert root("PUT", f"{SHOP}/authentication/required-actions/CONFIGURE_TOTP", {"enabled": value}).status == 400
    for value, number in (("300", 300), (" 301 ", 301), ("+5", 5), (302.9, 302), ("-1", -1)):
        assert root("PUT", SHOP, {"accessTokenLifespan": value}).status == 204, value
        assert root("GET", SHOP).json()["accessTokenLifespan"] == number
    for value in (True, "300.5", "1e3", "abc", 99999999999, "99999999999", []):
        assert root("PUT", SHOP, {"accessTokenLifespan": value}).status == 400, value
    assert root("GET", SHOP).json()["accessTokenLifespan"] == -1


def test_partial_imports_and_events_take_the_same(root):  # noqa: F811
    parts = {
        "clients": [{"clientId": 7, "name": 5, "enabled": "true", "attributes": {"x": 5}}], "users": [{"username": "number", "firstName": 5}],
        "roles": {"realm": [{"name": 8, "description": True}]}, "groups": [{"name": 9, "attributes": {"x": [5]}}],
    }
    assert root("POST", SHOP + "/partialImport", {"ifResourceExists": "FAIL", **parts}).status == 200
    client = root("GET", SHOP + "/clients?clientId=7").json()[0]
    assert (client["name"], client["enabled"], client["attributes"]["x"]) == ("5", True, "5")
    assert root("GET", SHOP + "/roles/8").json()["description"] == "true"
    assert root("GET", SHOP + "/users?username=number").json()[0]["firstName"] == "5"
    for policy in (1, True, ["FAIL"], "fail"):
        assert root("POST", SHOP + "/partialImport", {"ifResourceExists": policy, "groups": [{"name": "g"}]}).status == 400, policy
    assert root("PUT", SHOP + "/events/config", {"enabledEventTypes": [5, "LOGIN"], "eventsListeners": [True]}).status == 204
    assert root("GET", SHOP + "/events/config").json()["eventsListeners"] == ["true"]


NO_FLOW = "No available authentication flow with alias: nope"
NO_OVERRIDE = "Unable to resolve auth flow binding override for: "


FLOWS = ("browserFlow", "directGrantFlow", "registrationFlow", "resetCredentialsFlow", "clientAuthenticationFlow", "dockerAuthenticationFlow",
         "firstBrokerLoginFlow")


def test_names_that_nothing_has(root):  # noqa: F811
    for flow in FLOWS:
        for method, path, name in (("PUT", SHOP, "shop"), ("POST", "/realms", "other")):
            answer = root(method, path, {"realm": name, flow: "nope"})
            assert (answer.status, answer.json()) == (400, {"errorMessage": NO_FLOW}), flow
        assert root("PUT", SHOP, {flow: root("GET", SHOP).json().get(flow, "browser")}).status == 204, flow
    for overrides, which in (({"browser": "nope"}, "browser"), ({"browsr": "browser"}, "browsr"), ({"direct_grant": "x"}, "direct_grant")):
        body = {"clientId": "o", "authenticationFlowBindingOverrides": overrides}
        for answer in (root("POST", SHOP + "/clients", body), root("POST", SHOP + "/partialImport", {"clients": [body]})):
            assert (answer.status, answer.json()) == (400, {"errorMessage": NO_OVERRIDE + which})
    assert made(root, "/clients", {"clientId": "o", "authenticationFlowBindingOverrides": {"browser": "browser"}})[0] == 201
    for member in ("firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"):
        body = {**PROVIDER, "alias": "i", member: "nope"}
        for answer in (root("POST", SHOP + "/identity-provider/instances", body), root("POST", SHOP + "/partialImport", {"identityProviders": [body]})):
            assert (answer.status, answer.json()) == (400, {"errorMessage": NO_FLOW})
    for policy in ("nope(1)", "Length(8)", "length(x)", "length(8) AND digits(1)", "length 8", "and", "regexPattern([)", "passwordHistory(x)"):
        assert root("PUT", SHOP, {"passwordPolicy": policy}).status == 400, policy
        assert root("POST", "/realms", {"realm": "other", "passwordPolicy": policy}).status == 400, policy
    assert root("GET", SHOP).json().get("passwordPolicy") is None
