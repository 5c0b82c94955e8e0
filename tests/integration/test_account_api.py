# SPDX-License-Identifier: Apache-2.0
"""The account API: whose account a token opens, and what nobody does to it with one. What it answers otherwise is compared
with Keycloak in tests/interop."""

import json

import pytest
from oidc import Client, Pkce, callback_of
from programs import Provider
from web import Browser, bearer, unverified_token

TOOL, NARROW, ASKING = Client("tool"), Client("narrow"), Client("asking")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
OFFLINE = "openid offline_access"


def user(name, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name.capitalize(),
        "lastName": "Cook",
        "realmRoles": ["default-roles-homes"],
        "credentials": [{"type": "password", "value": f"{name}-password"}],
        **more,
    }


def client(client_id, **more):
    return {
        "clientId": client_id,
        "publicClient": True,
        "directAccessGrantsEnabled": True,
        "redirectUris": ["http://localhost:8000/cb"],
        "webOrigins": ["https://tool.example"],
        **more,
    }


ANN_ROLES = {"account": ["view-groups"]}
REALM = {
    "realm": "homes",
    "enabled": True,
    "passwordPolicy": "length(8) and notUsername",
    "bruteForceProtected": True,
    "failureFactor": 3,
    "groups": [{"name": "<i>staff</i>"}],
    "clients": [
        client("tool"),
        client("narrow", fullScopeAllowed=False),
        client("asking", consentRequired=True, fullScopeAllowed=True),
        client("shop", name="The Shop", consentRequired=True, baseUrl="javascript:alert(1)"),
    ],
    "users": [
        user("ann", groups=["/<i>staff</i>"], clientRoles=ANN_ROLES, attributes={"salary": ["1"]}),
        user("bob"),
        user("eve", realmRoles=[]),
        user("pat"),
        user("tim"),
        user("keeper", clientRoles={"realm-management": ["realm-admin"]}),
    ],
}


@pytest.fixture(scope="module")
def server(work):
    files = []
    for name in ("homes", "other"):
        files.append(work / f"{name}-realm.json")
        files[-1].write_text(json.dumps(REALM).replace('"homes"', f'"{name}"').replace("roles-homes", f"roles-{name}"))
    with Provider(files, work / "homes") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("homes")


@pytest.fixture
def token(realm):
    def of(name, client=TOOL, scope="openid", agent=FIREFOX, of_realm=realm):
        form = {"grant_type": "password", "username": name, "password": f"{name}-password", "scope": scope}
        answer = of_realm.token(form, client, {"User-Agent": agent})
        assert answer.status == 200, answer.text
        return answer.json()["access_token"]

    return of


@pytest.fixture
def account(realm):
    def ask(method, path="", token=None, body=None, **headers):
        sent = {"Accept": "application/json", **(bearer(token) if token else {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        return Browser().request(method, f"{realm.issuer}/account/{path}", body and json.dumps(body).encode(), sent)

    return ask


@pytest.fixture(scope="module")
def admin(server, realm):
    token = realm.password(Client("admin-cli"), "keeper", "keeper-password").json()["access_token"]

    def ask(method, path, body=None):
        headers = {**bearer(token), "Content-Type": "application/json"}
        answer = Browser().request(method, f"{server.base}/admin/realms/homes/{path}", body and json.dumps(body).encode(), headers)
        assert answer.status < 300, answer.text
        return answer.json() if answer.text else None

    return ask


def sid(token):
    return unverified_token(token)[1]["sid"]


# ---- whose token ----


def test_a_token_opens_the_account_of_its_user_alone(account, token):
    for name in ("ann", "bob"):
        seen = account("GET", token=token(name))
        assert (seen.status, seen.json()["username"]) == (200, name)
        assert seen.header("Cache-Control") == "no-cache"


def test_a_token_that_is_not_for_accounts_opens_none(account, token, server):
    good = token("ann")
    foreign = token("ann", of_realm=server.realm("other"))
    refused = {
        "none": None,
        "no role, hence no audience": token("eve"),
        "of a client that has no such role": token("ann", NARROW),
        "of another realm": foreign,
        "changed": good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"),
        "without a signature": ".".join([*good.split(".")[:2], ""]),
    }
    for why, one in refused.items():
        for path in ("", "sessions", "supportedLocales", "none"):
            answer = account("GET", path, one)
            assert answer.status == 401, (why, path)
            assert answer.json()["error"] == "HTTP 401 Unauthorized"


def test_a_refresh_or_id_token_is_none(account, realm):
    grant = realm.password(TOOL, "ann", "ann-password").json()
    for name in ("refresh_token", "id_token"):
        assert account("GET", token=grant[name]).status == 401, name
    assert account("GET", token=grant["access_token"]).status == 200


def test_two_tokens_or_one_in_the_address_are_none(account, token):
    good = token("ann")
    assert account("GET", f"?access_token={good}").status == 401
    assert account("GET", token=None, Authorization=f"Basic {good}").status == 401


def test_a_cookie_of_the_login_asks_for_nothing(realm, account):
    """Else any site could ask in the name of who is logged in."""
    browser = Browser()
    realm.log_in(browser, Client("tool", None, "http://localhost:8000/cb"), "ann", "ann-password")
    for method in ("GET", "POST", "DELETE"):
        answer = browser.request(
            method,
            f"{realm.issuer}/account/sessions",
            b"{}" if method == "POST" else None,
            {"Accept": "application/json", "Content-Type": "application/json", "Origin": "https://evil.example"},
        )
        assert answer.status == 401
        assert answer.header("Access-Control-Allow-Origin") is None


def test_a_role_that_was_taken_away_ends_at_once(account, token, admin):
    held = token("tim")
    assert account("GET", token=held).status == 200
    (tim,) = admin("GET", "users?username=tim&exact=true")
    roles = admin("GET", f"users/{tim['id']}/role-mappings/realm")
    admin("DELETE", f"users/{tim['id']}/role-mappings/realm", roles)
    assert account("GET", token=held).status == 403
    admin("POST", f"users/{tim['id']}/role-mappings/realm", roles)
    admin("PUT", f"users/{tim['id']}", {"enabled": False})
    assert account("GET", token=held).status == 401
    admin("PUT", f"users/{tim['id']}", {"enabled": True})


def test_only_pages_of_the_clients_origins_read_answers(account, token):
    good = token("ann")
    assert account("GET", token=good, Origin="https://tool.example").header("Access-Control-Allow-Origin") == "https://tool.example"
    assert account("GET", token=good, Origin="https://evil.example").header("Access-Control-Allow-Origin") is None


# ---- the profile ----


def profile(name, **changes):
    return {"username": name, "email": f"{name}@example.org", "firstName": "New", "lastName": "Name", **changes}


def test_what_is_not_the_users_own_stays(account, token, admin):
    (before,) = admin("GET", "users?username=ann&exact=true")
    sent = profile("ann", id="0", emailVerified=True, attributes={"salary": ["9"], "locale": ["de"]})
    assert account("POST", "", token("ann"), sent).status == 204
    (after,) = admin("GET", "users?username=ann&exact=true")
    assert after == {**before, "firstName": "New", "lastName": "Name"}
    for member in ("enabled", "realmRoles", "clientRoles", "groups", "requiredActions", "credentials", "federationLink"):
        assert account("POST", "", token("ann"), profile("ann", **{member: ["x"]})).status == 400
    assert admin("GET", "users?username=ann&exact=true") == [after]


def test_a_new_address_is_not_verified(account, token, admin):
    (bob,) = admin("GET", "users?username=bob&exact=true")
    admin("PUT", f"users/{bob['id']}", {"emailVerified": True})
    assert account("POST", "", token("bob"), profile("bob", email="new@example.org")).status == 204
    seen = account("GET", "?userProfileMetadata=false", token("bob")).json()
    assert (seen["email"], seen["emailVerified"]) == ("new@example.org", False)


def test_another_users_name_or_address_is_refused(account, token):
    taken = account("POST", "", token("bob"), profile("bob", email="ANN@example.org"))
    assert (taken.status, taken.json()["errorMessage"]) == (409, "emailExistsMessage")
    renamed = account("POST", "", token("bob"), profile("ann", email="new@example.org"))
    assert renamed.status == 400 and "readOnlyUsernameMessage" in renamed.text


# ---- the password ----


def change(current, new, **more):
    return {"currentPassword": current, "newPassword": new, **more}


def test_a_password_is_changed_by_who_knows_it(account, token, realm):
    held = token("pat")
    assert account("GET", "credentials/password", held).json()["policy"] == REALM["passwordPolicy"]
    for body, why in (
        (change("pat-password", "short"), "Invalid password: minimum length 8."),
        (change("pat-password", "new-password", confirmation="other"), "notMatchPasswordMessage"),
        (change("pat-password", ""), "missingPasswordMessage"),
        (change("pat-password", 7), "missingPasswordMessage"),
        ([], "missingPasswordMessage"),
    ):
        refused = account("POST", "credentials/password", held, body)
        assert (refused.status, refused.json()["errorMessage"]) == (400, why)
    assert account("POST", "credentials/password", held, change("pat-password", "new-password")).status == 204
    assert realm.password(TOOL, "pat", "new-password").status == 200
    assert realm.password(TOOL, "pat", "pat-password").status == 401


def test_a_stolen_token_does_not_guess_the_password(account, token, realm):
    held = token("tim")
    for _ in range(4):
        assert account("POST", "credentials/password", held, change("wrong", "new-password")).status == 400
    assert account("POST", "credentials/password", held, change("tim-password", "new-password")).status == 400
    assert realm.password(TOOL, "tim", "tim-password").status == 401


def test_credentials_prove_nothing(account, token):
    password, codes = account("GET", "credentials", token("ann")).json()
    assert (codes["type"], codes["createAction"], codes["userCredentialMetadatas"]) == ("otp", "CONFIGURE_TOTP", [])
    told = json.dumps(password)
    assert "secretData" not in told and "salt" not in told
    (credential,) = password["userCredentialMetadatas"]
    path = f"credentials/{credential['credential']['id']}"
    assert account("PUT", f"{path}/label", token("bob"), "mine").status == 404
    assert account("DELETE", path, token("ann")).status == 400


# ---- sessions ----


def ids(answer):
    return {session["id"] for session in answer.json()}


def test_sessions_tell_where_and_with_what(account, token):
    here, phone = token("bob"), token("bob", agent=PHONE)
    devices = account("GET", "sessions/devices", here).json()
    assert {(one["os"], one["device"], one["mobile"], one.get("current", False)) for one in devices} >= {
        ("Linux", "Other", False, True),
        ("Android", "Pixel 8", True, False),
    }
    sessions = {one["id"]: one for one in account("GET", "sessions", here).json()}
    mine = sessions[sid(here)]
    assert mine["current"] and mine["browser"] == "Firefox/120.0" and mine["clients"][0]["clientId"] == "tool"
    assert "current" not in sessions[sid(phone)]


def test_another_users_session_is_not_ended(account, token):
    bobs = token("bob")
    session = sid(bobs)
    for path in (f"sessions/{session}", f"sessions/{session}?current=true"):
        assert account("DELETE", path, token("ann")).status == 204
    assert account("GET", token=bobs).status == 200


def test_a_user_ends_sessions(account, token):
    held, other, third = (token("bob") for _ in range(3))
    assert account("DELETE", f"sessions/{sid(other)}", held).status == 204
    assert account("GET", token=other).status == 401
    assert account("DELETE", "sessions", held).status == 204
    assert account("GET", token=third).status == 401
    assert ids(account("GET", "sessions", held)) == {sid(held)}
    assert account("DELETE", "sessions?current=true", held).status == 204
    assert account("GET", token=held).status == 401


# ---- applications ----


def scopes_of(admin, *names):
    return {"grantedScopes": [{"id": one["id"]} for one in admin("GET", "client-scopes") if one["name"] in names]}


def test_a_consent_is_its_users_own(account, token, admin):
    asked = scopes_of(admin, "email", "profile")
    assert account("PUT", "applications/shop/consent", token("ann"), asked).status == 200
    assert account("GET", "applications/shop/consent", token("bob")).status == 204
    assert account("DELETE", "applications/shop/consent", token("bob")).status == 204
    held = account("GET", "applications/shop/consent", token("ann")).json()
    assert {one["displayTest"] for one in held["grantedScopes"]} == {"Email address", "User profile"}
    (shop,) = (one for one in account("GET", "applications", token("ann")).json() if one["clientId"] == "shop")
    assert shop["consent"]["grantedScopes"] == held["grantedScopes"]
    assert account("DELETE", "applications/shop/consent", token("ann")).status == 204
    assert account("GET", "applications/shop/consent", token("ann")).status == 204


def test_an_application_that_has_to_ask_grants_nothing(account, realm, admin):
    """It would answer in the user's place."""
    (ann,) = admin("GET", "users?username=ann&exact=true")
    browser = Browser()
    asking = Client("asking", None, "http://localhost:8000/cb")
    answer = realm.log_in(browser, asking, "ann", "ann-password")
    answer = browser.submit(browser.get(answer.location).page.form(), accept="Yes")
    held = realm.code(asking, callback_of(answer)["code"]).json()["access_token"]
    body = scopes_of(admin, "email", "phone", "offline_access")
    for client_id in ("asking", "shop"):
        for method in ("POST", "PUT"):
            assert account(method, f"applications/{client_id}/consent", held, body).status == 403
    (consent,) = admin("GET", f"users/{ann['id']}/consents")
    assert "phone" not in consent["grantedClientScopes"]


def test_what_is_taken_back_ends_offline_sessions_too(account, realm, token):
    form = {"grant_type": "password", "username": "bob", "password": "bob-password", "scope": OFFLINE}
    grant = realm.token(form, NARROW).json()
    held = token("bob")
    (narrow,) = (one for one in account("GET", "applications", held).json() if one["clientId"] == "narrow")
    assert narrow["offlineAccess"] and narrow["inUse"]
    assert account("DELETE", "applications/narrow/consent", held).status == 204
    assert realm.refresh(NARROW, grant["refresh_token"]).status == 400
    assert all(one["clientId"] != "narrow" for one in account("GET", "applications", held).json())
    assert account("GET", token=held).status == 200


def test_groups_are_the_users_own(account, token):
    (group,) = account("GET", "groups", token("ann")).json()
    assert group["path"] == "/<i>staff</i>"
    assert account("GET", "groups", token("bob")).status == 403


# ---- the client of the account console ----


def test_every_realm_has_the_client_of_its_console(realm, account):
    console = Client("account-console", None, f"{realm.issuer}/account/")
    answer = realm.code_login(console, "ann", "ann-password", Pkce())
    grant = answer[1].json()
    claims = unverified_token(grant["access_token"])[1]
    assert claims["aud"] == "account"
    assert set(claims["resource_access"]["account"]["roles"]) == {"manage-account", "manage-account-links", "view-groups"}
    assert account("GET", "groups", grant["access_token"]).status == 200


def test_what_comes_is_bounded(account, token):
    held = token("ann")
    assert account("POST", "", held, {"username": "ann", "firstName": "x" * 70000}).status in (400, 413)
    assert account("GET", "x" * 5000, held).status == 404
    assert account("GET", "applications//consent", held).status == 404
    assert account("POST", "", held, profile("ann", attributes={"locale": [["x"]]})).status == 400
