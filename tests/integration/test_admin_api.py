# SPDX-License-Identifier: Apache-2.0
"""The admin REST API: realms, clients and users by requests, and who may do what."""

import concurrent.futures
import http.client
import json
import subprocess
import urllib.parse

import pytest
from administrator import CLI, Admin
from oidc import Client
from programs import provider_program
from web import Browser, bearer

APP = {"clientId": "app", "redirectUris": ["https://app.example/*"], "implicitFlowEnabled": True, "directAccessGrantsEnabled": True}
MANAGEMENT = "realm-management"


def user(name, *roles):
    return {
        "username": name,
        "enabled": True,
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        "clientRoles": {MANAGEMENT: list(roles)},
    }


SHOP = {
    "realm": "shop",
    "enabled": True,
    "smtpServer": {"host": "mail.example", "password": "smtp-secret"},
    "users": [user("boss", "realm-admin"), user("keeper", "manage-users"), user("viewer", "view-clients", "view-users"), user("guest")],
}


@pytest.fixture
def provider(new_provider, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
    return new_provider([])


@pytest.fixture
def root(provider):
    admin = Admin(provider, "master", "root", "root-password")
    assert admin("POST", "/realms", SHOP).status == 201
    return admin


def shop_admin(provider, name):
    return Admin(provider, "shop", name, f"{name}-password")


def test_the_whole_story(provider, root):
    made = root("POST", "/realms", {"realm": "new", "enabled": True})
    assert (made.status, made.header("Location")) == (201, f"{provider.base}/admin/realms/new")
    made = root("POST", "/realms/new/clients", APP)
    assert made.status == 201
    path = made.header("Location").removeprefix(root.base)
    client = root("GET", path).json()
    assert client["clientId"] == "app" and client["implicitFlowEnabled"] and not client["publicClient"]
    secret = root("GET", path + "/client-secret").json()["value"]
    made = root("POST", "/realms/new/users", {"username": "Ann", "enabled": True, "email": "ann@example.org"})
    assert made.status == 201
    ann = made.header("Location").removeprefix(root.base)
    assert root("PUT", ann + "/reset-password", {"type": "password", "value": "ann-password", "temporary": False}).status == 204
    realm = provider.realm("new")
    assert realm.password(Client("app", secret), "ann", "ann-password").status == 200
    renewed = root("POST", path + "/client-secret").json()["value"]
    assert realm.password(Client("app", secret), "ann", "ann-password").status == 401
    assert realm.password(Client("app", renewed), "ann", "ann-password").status == 200
    assert root("PUT", path, {"enabled": False}).status == 204
    assert realm.password(Client("app", renewed), "ann", "ann-password").status == 401
    assert root("DELETE", "/realms/new").status == 204
    assert root("GET", "/realms/new").status == 404
    assert realm.password(Client("app", renewed), "ann", "ann-password").status == 404


def test_realms(root):
    assert [realm["realm"] for realm in root("GET", "/realms?briefRepresentation=true").json()] == ["master", "shop"]
    shop = root("GET", "/realms/shop/").json()
    assert shop["smtpServer"]["password"] == "**********" and "clients" not in shop and "users" not in shop
    assert root("PUT", "/realms/shop", {**shop, "displayName": "Shop", "id": "other", "users": []}).status == 204
    changed = root("GET", "/realms/shop").json()
    assert changed["displayName"] == "Shop" and changed["id"] == shop["id"]
    assert root("PUT", "/realms/shop", dict.fromkeys(shop)).status == 204  # Keycloak's client for Java sends what is unset as null
    assert root("GET", "/realms/shop").json() == changed
    assert root("GET", "/realms/shop/users/count").json() == 4
    assert root("POST", "/realms", {"realm": "shop"}).json() == {"errorMessage": "Conflict detected. See logs for details"}
    assert root("DELETE", "/realms/master").status == 400
    assert root("GET", "/realms/none").json()["error"] == "Realm not found."


def test_clients(root):
    clients = "/realms/shop/clients"
    path = root("POST", clients, {**APP, "serviceAccountsEnabled": True}).header("Location").removeprefix(root.base)
    assert root("POST", clients, APP).json() == {"errorMessage": "Client app already exists"}
    assert [one["clientId"] for one in root("GET", clients + "?clientId=app").json()] == ["app"]
    assert [one["clientId"] for one in root("GET", clients + "?first=1&max=2").json()] == ["account-console", "admin-cli"]
    assert root("PUT", path, {"attributes": {"a": "1"}}).status == 204
    assert root("PUT", path, {"attributes": {"b": "2"}, "name": "App"}).status == 204
    client = root("GET", path).json()
    assert client["attributes"]["a"] == "1" and client["attributes"]["b"] == "2" and client["redirectUris"] == APP["redirectUris"]
    assert root("DELETE", path).status == 204
    assert root("GET", path).json()["error"] == "Could not find client"


def test_users(root):
    users = "/realms/shop/users"
    assert [one["username"] for one in root("GET", users + "?first=1&max=2").json()] == ["guest", "keeper"]
    assert [one["username"] for one in root("GET", users + "?search=v").json()] == ["viewer"]
    assert [one["username"] for one in root("GET", users + "?search=*e*").json()] == ["guest", "keeper", "viewer"]
    assert root("GET", users + "?username=gues&exact=true").json() == []
    guest = root("GET", users + "?username=guest&exact=true").json()[0]
    assert "credentials" not in guest and "clientRoles" not in guest
    path = f"{users}/{guest['id']}"
    assert root("PUT", path, {"firstName": "Guy", "requiredActions": ["UPDATE_PASSWORD"]}).status == 204
    assert root("GET", path).json()["firstName"] == "Guy"
    assert root("PUT", path + "/reset-password", {"value": "next"}).status == 204
    assert root("GET", path).json()["requiredActions"] == []
    assert root("POST", users, {"username": "GUEST"}).json() == {"errorMessage": "User exists with same username"}
    assert root("DELETE", path).status == 204
    assert root("DELETE", path).json()["error"] == "User not found"


def test_texts_of_users_may_be_numbers(provider, root):
    """As a script reads them from a table; Keycloak takes them by what they look like."""
    users = "/realms/shop/users"
    many = {"shoe": 42.5, "left": True, "numbers": [1, -2, False, None, "x"]}
    made = {"username": 10023, "enabled": "true", "firstName": 7, "lastName": "", "attributes": many}
    made["credentials"] = [{"type": "password", "value": 12345}]
    assert root("POST", users, made).status == 201
    assert root("POST", users, {"username": "10023"}).status == 409
    one = root("GET", users + "?username=10023&exact=true").json()[0]
    kept = {"shoe": ["42.5"], "left": ["true"], "numbers": ["1", "-2", "false", "x"]}
    assert (one["username"], one["firstName"], one["attributes"], one["enabled"]) == ("10023", "7", kept, True)
    path = f"{users}/{one['id']}"
    realm = provider.realm("shop")
    form = {"grant_type": "password", "client_id": "admin-cli", "username": "10023"}
    assert realm.token({**form, "password": "12345"}).status == 200
    assert root("PUT", path + "/reset-password", {"value": 678}).status == 204
    assert realm.token({**form, "password": "678"}).status == 200
    assert root("PUT", path, {"username": 10023, "lastName": 8, "attributes": {"a": [9]}}).status == 204
    one = root("GET", path).json()
    assert (one["lastName"], one["attributes"]) == ("8", {"a": ["9"]})


FOUND = [  # as Keycloak finds them
    ("", "anna bob carl"),
    ("search=an", "anna"),
    ("search=n", "anna carl"),
    ("search=*n*", "anna carl"),
    ("search=ANNA%20NORTH", "anna"),
    ("search=anna%20bob", ""),
    ("search=%22anna%22", "anna"),
    ("search=%22ann%22", ""),
    ("search=a*e.org", "anna"),
    ("search=*", "anna bob carl"),
    ("search=%25", ""),
    ("search=_nna", ""),
    ("search=anna&email=bob", "anna"),
    ("username=NN", "anna"),
    ("username=anna&exact=true", "anna"),
    ("username=ann&exact=true", ""),
    ("email=example.org", "anna bob"),
    ("lastName=NORTH&exact=true", "anna"),
    ("firstName=nn&lastName=or", "anna"),
    ("emailVerified=true", "bob"),
    ("emailVerified=false", "anna carl"),
    ("enabled=false", "carl"),
    ("enabled=x", "carl"),
    ("enabled=true&search=*n*", "anna"),
    ("q=city:Rome", "anna bob"),
    ("q=city:Rome%20%22fav%20color%22:%22dark%20red%22", "bob"),
    ("q=city:rome%20none:x", ""),
    ("q=city", "anna bob carl"),
    ("q=username:anna", "anna"),
    ("q=city:Rome&username=bo", "bob"),
    ("first=1&max=1", "bob"),
    ("max=0", ""),
    ("max=-1&first=-1", "anna bob carl"),
    ("first=7", ""),
]


def test_names_are_found_whatever_their_case(root):
    realm = "/realms/folding"
    assert root("POST", "/realms", {"realm": "folding", "enabled": True}).status == 201
    person = {"username": "\u00c4rger", "firstName": "\u0141ucja", "lastName": "\u00d6RST\u00c9D", "enabled": True}
    assert root("POST", realm + "/users", person).status == 201
    for query in ("search=%C3%A4rg", "search=%C3%84RG", "firstName=%C5%82UC", "lastName=%C3%B6rst%C3%A9d&exact=true"):
        assert [one["username"] for one in root("GET", f"{realm}/users?{query}").json()] == ["\u00e4rger"], query
    assert root("DELETE", realm).status == 204


def test_users_are_found(root):
    people = [
        {"username": "anna", "email": "anna@example.org", "firstName": "Anna", "lastName": "North", "enabled": True, "attributes": {"city": ["Rome"]}},
        {"username": "bob", "email": "bob@example.org", "enabled": True, "emailVerified": True, "attributes": {"city": ["Oslo", "Rome"], "fav color": ["dark red"]}},
        {"username": "carl", "firstName": "Nn", "enabled": False},
    ]
    program = {"clientId": "program", "serviceAccountsEnabled": True, "secret": "s"}
    assert root("POST", "/realms", {"realm": "people", "enabled": True, "users": people, "clients": [program]}).status == 201
    users = "/realms/people/users"
    found = {query: " ".join(one["username"] for one in root("GET", f"{users}?{query}").json()) for query, _ in FOUND}
    assert found == dict(FOUND)
    for query, names in FOUND:
        if not query.startswith(("first", "max")):
            assert root("GET", f"{users}/count?{query}").json() == len(names.split()), query
    anna = root("GET", users + "?search=anna").json()[0]
    assert [one["username"] for one in root("GET", f"{users}?search=id:{anna['id']}").json()] == ["anna"]
    both = f"search=id:{anna['id']}%20{root('GET', users + '?username=bob').json()[0]['id']}%20{anna['id']}"
    assert [one["username"] for one in root("GET", f"{users}?{both}").json()] == ["anna", "bob"]
    assert root("GET", f"{users}/count?{both}").json() == 2
    assert root("GET", users + "?search=id:none").json() == [] and root("GET", users + "/count?search=id:none").json() == 0
    for query in ("username=service-account-", "username=Service-Account-program&exact=true"):
        assert [one["username"] for one in root("GET", f"{users}?{query}").json()] == ["service-account-program"], query
        assert root("GET", f"{users}/count?{query}").json() == 1, query
    for query in ("username=service-account-p&exact=true", "username=service-account-&first=1", "search=service-account-program"):
        assert root("GET", f"{users}?{query}").json() == [], query
    assert root("PUT", f"{users}/{anna['id']}", {"lastName": "South", "attributes": {"city": ["Bonn"]}}).status == 204
    assert root("GET", users + "?search=north").json() == [] and len(root("GET", users + "?search=south").json()) == 1
    assert [one["username"] for one in root("GET", users + "?q=city:Rome").json()] == ["bob"]
    assert root("GET", users + "?max=x").status == 404


def test_rights(provider, root):
    assert root("POST", "/realms", {"realm": "other", "enabled": True}).status == 201
    boss, keeper, viewer, guest = (shop_admin(provider, name) for name in ("boss", "keeper", "viewer", "guest"))
    assert [realm["realm"] for realm in boss("GET", "/realms").json()] == ["shop"]
    for path in ("/realms/other", "/realms/master", "/realms/other/users", "/realms/other/clients"):
        assert boss("GET", path).status == 403, path
    assert boss("POST", "/realms", {"realm": "mine"}).status == 403
    assert boss("PUT", "/realms/shop", {"displayName": "B"}).status == 204
    assert viewer("GET", "/realms/shop").json() == {"realm": "shop"}
    assert viewer("GET", "/realms/shop/users").status == 200
    client = viewer("GET", "/realms/shop/clients?clientId=admin-cli").json()[0]["id"]
    for method, path in (
        ("PUT", "/realms/shop"),
        ("DELETE", "/realms/shop"),
        ("POST", "/realms/shop/users"),
        ("POST", "/realms/shop/clients"),
        ("PUT", f"/realms/shop/clients/{client}"),
        ("DELETE", f"/realms/shop/clients/{client}"),
        ("POST", f"/realms/shop/clients/{client}/client-secret"),
    ):
        assert viewer(method, path, {}).status == 403, (method, path)
    assert keeper("GET", "/realms/shop/clients").status == 403
    assert guest("GET", "/realms").status == guest("GET", "/realms/shop").status == guest("GET", "/serverinfo").status == 403


def test_a_right_ends_when_it_is_taken(provider, root):
    keeper = shop_admin(provider, "keeper")
    keeper_id = keeper("GET", "/realms/shop/users?username=keeper").json()[0]["id"]
    assert root("PUT", f"/realms/shop/users/{keeper_id}", {"enabled": False}).status == 204
    assert keeper("GET", "/realms/shop/users").status == 401


def test_nobody_raises_themselves(provider, root):
    keeper = shop_admin(provider, "keeper")
    own = keeper("GET", "/realms/shop/users?username=keeper").json()[0]["id"]
    claimed = {"clientRoles": {MANAGEMENT: ["realm-admin"]}, "realmRoles": ["admin"], "serviceAccountClientId": "app"}
    assert keeper("PUT", f"/realms/shop/users/{own}", claimed).status == 204
    made = keeper("POST", "/realms/shop/users", {**user("second"), **claimed, "id": own})
    assert made.status == 201 and not made.header("Location").endswith(own)
    assert keeper("POST", "/realms/shop/users", {"username": "third", "groups": ["/admins"]}).status == 400
    for admin in (shop_admin(provider, "keeper"), shop_admin(provider, "second")):
        assert admin("PUT", "/realms/shop", {"displayName": "taken"}).status == 403
    assert "displayName" not in root("GET", "/realms/shop").json()


def test_tokens_that_open_nothing(provider, root):
    good = root.token
    for token in ("", "x", "x.y.z", good[:-4] + "AAAA", good + "."):
        root.token = token
        answer = root("GET", "/realms")
        assert answer.status == 401 and answer.json()["error"] == "HTTP 401 Unauthorized", token
    assert Browser().get(root.base + "/realms").status == 401
    root.token = provider.realm("master").password(CLI, "root", "root-password").json()["refresh_token"]
    assert root("GET", "/realms").status == 401


BAD = [
    ("POST", "/realms", b"{"),
    ("POST", "/realms", b"[1]"),
    ("POST", "/realms", b""),
    ("POST", "/realms", b'{"realm":"a/b"}'),
    ("POST", "/realms", b'{"realm":".."}'),
    ("POST", "/realms", b'{"realm":7}'),
    ("POST", "/realms", b'{"realm":"x","enabled":[]}'),
    ("POST", "/realms", b'{"realm":"x","clients":{"a":1}}'),
    ("PUT", "/realms/shop", b'{"enabled":"maybe"}'),
    ("PUT", "/realms/shop", b'{"accessTokenLifespan":{}}'),
    ("PUT", "/realms/shop", b"\xff"),
    ("PUT", "/realms/shop", b"[" * 5000),
    ("POST", "/realms/shop/clients", b'{"clientId":[7]}'),
    ("POST", "/realms/shop/clients", b'{"clientId":""}'),
    ("POST", "/realms/shop/clients", b'{"clientId":"z","id":"../x"}'),
    ("POST", "/realms/shop/clients", b'{"clientId":"z","protocol":"zz"}'),
    ("POST", "/realms/shop/clients", b'{"clientId":"z","redirectUris":"x"}'),
    ("POST", "/realms/shop/clients", b'{"clientId":"z","redirectUris":["JavaScript:alert(1)"]}'),
    ("POST", "/realms/shop/clients", b'{"clientId":"z","attributes":[1]}'),
    ("POST", "/realms/shop/users", b"{}"),
    ("POST", "/realms/shop/users", b'{"username":"ab"}'),
    ("POST", "/realms/shop/users", b'{"username":"abc","enabled":"maybe"}'),
    ("POST", "/realms/shop/users", b'{"username":"abc","attributes":7}'),
    ("POST", "/realms/shop/users", b'{"username":"abc","credentials":[{"type":"password","value":[7]}]}'),
    ("POST", "/realms/shop/users", b'{"username":["abc"]}'),
    ("POST", "/realms/shop/users", b'{"username":7}'),
    ("POST", "/realms/shop/users", b'{"username":"abc","attributes":{"a":[{}]}}'),
    ("GET", "/realms/shop/users?max=x", None),
    ("GET", "/realms/shop/users/..%2f..", None),
    ("GET", "/realms/shop/none", None),
    ("PATCH", "/realms/shop", b"{}"),
    ("POST", "/realms/shop", b"{}"),
]


def too_large(admin):
    """The status for a body that is announced, but not sent: it is refused by its length."""
    parts = urllib.parse.urlsplit(admin.base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.putrequest("POST", f"{parts.path}/realms")
    for name, value in {**bearer(admin.token), "Content-Length": str(3 << 20)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_bad_input_changes_nothing(root):
    def state():
        paths = ("/realms", "/realms/shop", "/realms/shop/clients", "/realms/shop/users")
        return [root("GET", path).json() for path in paths]

    before = state()
    for method, path, body in BAD:
        answer = root(method, path, raw=body)
        assert 400 <= answer.status < 500, (method, path, body, answer.status, answer.text)
    assert too_large(root) == 413
    assert state() == before


def test_nothing_is_remembered_that_could_be_old(root):
    for what in ("realm", "user", "keys"):
        assert root("POST", f"/realms/shop/clear-{what}-cache").status == 204


def test_another_process_is_seen_at_once(provider, root):
    """What is read is the realm that is served, unless the store has changed since."""
    command = [provider_program(), "realm", "set", "shop", "--data", provider.data]
    for name in ("One", "Two", "Three"):
        subprocess.run([*command, f"displayName={name}"], check=True, capture_output=True, timeout=60)
        assert root("GET", "/realms/shop").json()["displayName"] == name
        user = {"username": name.lower(), "enabled": True}
        assert root("POST", "/realms/shop/users", user).status == 201
    assert root("GET", "/realms/shop/users/count").json() == 7


def test_what_is_not_carried_out_says_so(root):
    below = ("client-policies", "clients/x/authz/resource-server", "client-registration-policy/providers",
             "client-description-converter", "user-storage/x/sync", "groups/x/management/permissions",
             "users-management-permissions")  # fmt: skip
    for path in (f"/realms/shop/{one}" for one in below):
        answer = root("GET", path)
        assert (answer.status, answer.json()["error"]) == (501, "This operation of the admin API is not carried out"), path


def test_clients_change_one_by_one_and_at_once(provider, root):
    """More changes than a snapshot of the realm has parts, by four at a time: none is lost, and a start finds them all."""
    made = [f"c{i}" for i in range(24)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        admins = [Admin(provider, "master", "root", "root-password") for _ in range(4)]

        def work(which):
            admin = admins[which]
            for name in made[which::4]:
                path = admin("POST", "/realms/shop/clients", {"clientId": name}).header("Location").removeprefix(admin.base)
                assert admin("PUT", path, {"description": f"of {name}"}).status == 204
                assert admin("PUT", path, {"attributes": {"a": name}}).status == 204
                assert admin("POST", f"{path}/protocol-mappers/models", mapper(name)).status == 201

        assert list(pool.map(work, range(4))) == [None] * 4
    assert root("POST", "/realms/shop/clients", {"clientId": "c7"}).status == 409

    def seen():
        return {c["clientId"]: c for c in root("GET", "/realms/shop/clients").json()}

    before = seen()
    for name in made:
        client = before[name]
        assert (client["description"], client["attributes"]["a"]) == (f"of {name}", name)
        assert [m["name"] for m in client["protocolMappers"]] == [name]
    gone = before.pop("c3")["id"]
    assert root("DELETE", f"/realms/shop/clients/{gone}").status == 204
    assert seen() == before
    provider.stop()
    provider.start()
    assert seen() == before


def test_a_realm_of_many_clients_is_changed_as_a_whole(provider, root):
    """As kcadm.sh and consoles do it: what was read is put back with a change, all its members. Memory ran out."""
    assert root("POST", "/realms", {"realm": "many", "clients": [{"clientId": f"c{i:04}"} for i in range(4000)]}).status == 201
    realm = root("GET", "/realms/many").json()
    assert root("PUT", "/realms/many", {**realm, "displayName": "Many"}).status == 204
    assert root("GET", "/realms/many").json() == {**realm, "displayName": "Many"}
    [one] = root("GET", "/realms/many/clients?clientId=c3999").json()
    assert root("DELETE", f"/realms/many/clients/{one['id']}").status == 204
    assert root("GET", "/realms/many/clients?clientId=c3999").json() == []
    listed = root("GET", "/realms/many/clients")  # more than a MiB
    assert listed.status == 200 and {c["clientId"] for c in listed.json()} >= {f"c{i:04}" for i in range(3999)}
    assert {realm["realm"] for realm in root("GET", "/realms").json()} == {"master", "shop", "many"}  # which was a 503


def mapper(name):
    config = {"claim.name": name, "claim.value": "1", "access.token.claim": "true"}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": config}
