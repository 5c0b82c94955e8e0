# SPDX-License-Identifier: Apache-2.0
"""Identity providers at Keycloak (24, and 26 with OSTIARY_KEYCLOAK=newest) and at our provider: logout tokens from there, settings
that one publishes, links that are made and taken back. What differs is in the rows, with the reason."""

import json
import time
import uuid

import pytest
from needs import kept_running
from oidc import Client, callback_of
from programs import Provider
from signer import RsaSigner, signing_input
from test_admin_same_as_keycloak import with_realm
from upstream import CLIENT, Upstream, button
from web import Browser, bearer

from both_providers import only_keycloak
from keycloak import ADMIN, CHOSEN, NEWEST

REALM = "brokered"
APP = Client("app", "app-secret", "http://localhost:8000/auth")
EVENT = "http://schemas.openid.net/event/backchannel-logout"
FAILED = "LogoutToken verification with identity provider failed"
EVENTS = "The LogoutToken event claim is not as expected"
OTHER = RsaSigner("up-1")


def user(name, *aliases, **more):
    links = [{"identityProvider": alias, "userId": f"up-{name}", "userName": name} for alias in aliases]
    return {
        **{"username": name, "enabled": True, "email": f"{name}@example.com", "firstName": name, "lastName": "Cook"},
        **{"federatedIdentities": links, "clientRoles": {"account": ["manage-account", "view-profile"]}, **more},
    }


def document(upstream):
    first = {"firstBrokerLoginFlowAlias": "first broker login"}
    return {
        **{"realm": REALM, "enabled": True, "sslRequired": "none"},
        "clients": [{"clientId": APP.client_id, "secret": APP.secret, "redirectUris": [APP.redirect_uri]}],
        "users": [user("vic", "up"), user("bare", "up"), user("two", "up", "second"), user("kim", "up")],
        "identityProviders": [upstream.config(**first), upstream.config("second", **first)],
    }


@pytest.fixture(scope="module")
def upstream():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def servers(provider, upstream, work, results):
    for ours in kept_running(lambda: Provider([], work / "brokered", administrator=ADMIN), results):
        yield with_realm((provider, ours), document(upstream))


def log_in(realm, upstream, name):
    """A browser that is signed in, and its tokens."""
    upstream.reset(sub=f"up-{name}", preferred_username=name)
    browser = realm.browser()
    there = browser.get(button(realm.authorize(browser, APP), "up")).location
    tokens = realm.code(APP, callback_of(browser.get(upstream.agree(there)))["code"])
    assert tokens.status == 200, tokens.text
    return browser, tokens.json()


# ---- logout tokens ----


def claims_of(upstream, changes):
    now = int(time.time())
    claims = {"iss": upstream.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4())}
    claims = {**claims, "sub": "up-vic", "events": {EVENT: {}}, **changes}
    return {name: value for name, value in claims.items() if value is not None}


def signed(up, changes):
    return up.signer.token(up.signer.header, claims_of(up, changes))


def unsigned(up, changes):
    return signing_input({"alg": "none"}, claims_of(up, changes)) + "."


def otherwise(up, changes):
    return OTHER.token(OTHER.header, claims_of(up, changes))


class Row:
    """`ours`: status, words and whether the session ends, where that differs."""

    def __init__(self, name, changes=None, make=signed, ours=None):
        self.name, self.changes, self.make, self.ours = name, changes or {}, make, ours


NOW = int(time.time())
REFUSED = (400, FAILED, False)
TOKENS = [
    Row("a good one"),
    Row("none", make=unsigned),
    Row("another key", make=otherwise),
    Row("another audience", {"aud": "another"}),
    # 26 has looked for providers by their issuer first; 24 answers 500 without one.
    Row("another issuer", {"iss": "http://127.0.0.1:2"}, ours=REFUSED),
    Row("no issuer", {"iss": None}, ours=REFUSED),
    Row("expired", {"iat": NOW - 300, "exp": NOW - 180}),
    # "exp REQUIRED" (§2.4); one whose jti is forgotten by then would be good again, and who has one from tomorrow, too.
    Row("no expiry", {"exp": None}, ours=REFUSED),
    Row("old", {"iat": NOW - 3600}, ours=REFUSED),
    Row("from tomorrow", {"iat": NOW + 86400, "exp": NOW + 90000}, ours=REFUSED),
    Row("no time", {"iat": None}),
    Row("a nonce", {"nonce": "n"}),
    Row("no id", {"jti": None}),
    Row("no event", {"events": None}),
    Row("another event", {"events": {"urn:x": {}}}),
    # "The corresponding member value MUST be a JSON object" (§2.4).
    Row("an event that is true", {"events": {EVENT: True}}, ours=(400, EVENTS, False)),
    Row("a list of events", {"events": [EVENT]}, ours=(400, EVENTS, False)),
    # What says that it is another token is none.
    Row("an access token", {"typ": "Bearer"}, ours=(400, EVENTS, False)),
    Row("nobody", {"sub": None}),
    Row("somebody unknown", {"sub": "up-nobody"}),
    Row("no token", make=lambda up, changes: "no token"),
    Row("nothing", make=lambda up, changes: ""),
]


def told(answer):
    return answer.json().get("error_description") if answer.text else None


def seen(realm, upstream, row):
    _, tokens = log_in(realm, upstream, "vic")
    answer = realm.browser().post(realm.endpoint("logout/backchannel-logout"), {"logout_token": row.make(upstream, row.changes)})
    return answer.status, told(answer), realm.refresh(APP, tokens["refresh_token"]).status == 400


@only_keycloak
@pytest.mark.parametrize("row", TOKENS, ids=lambda row: row.name.replace(" ", "-"))
def test_a_logout_token(servers, upstream, row):
    keycloak, ours = (seen(realm, upstream, row) for realm, _ in servers)
    assert ours == (row.ours or keycloak)


@only_keycloak
def test_a_logout_token_comes_once(servers, upstream):
    """At Keycloak it is good until it expires, for sessions that have begun since."""
    outcomes = []
    for realm, _ in servers:
        token, where = signed(upstream, {}), realm.endpoint("logout/backchannel-logout")
        assert realm.browser().post(where, {"logout_token": token}).status == 200
        _, tokens = log_in(realm, upstream, "vic")
        answer = realm.browser().post(where, {"logout_token": token})
        outcomes.append((answer.status, realm.refresh(APP, tokens["refresh_token"]).status == 400))
    assert outcomes == [(200, True), (400, False)]


# ---- settings that a provider publishes ----


def published(up):
    names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
    metadata = {f"{name}_endpoint": f"{up.issuer}/{path}" for name, path in names.items()}
    return {"issuer": up.issuer, "jwks_uri": f"{up.issuer}/certs", **metadata, "scopes_supported": ["openid"]}


PUBLISHED = {
    "/all": lambda up: Upstream.json(published(up)),
    "/empty": lambda up: Upstream.json({}),
    "/list": lambda up: Upstream.json([]),
    "/odd": lambda up: Upstream.json({"issuer": ["a"]}),
    "/error": lambda up: Upstream.json({}, 500),
    "/text": lambda up: (200, "text/plain", json.dumps(published(up)).encode()),
}
HERE = "{issuer}"
IMPORTS = [
    ({"providerId": "oidc", "fromUrl": HERE + "/all"}, None),
    ({"providerId": "keycloak-oidc", "fromUrl": HERE + "/all"}, None),
    ({"providerId": "google", "fromUrl": HERE + "/all"}, None),
    ({"providerId": "oidc", "fromUrl": HERE + "/empty"}, None),
    ({"providerId": "oidc", "fromUrl": HERE + "/list"}, None),
    ({"providerId": "oidc", "fromUrl": HERE + "/odd"}, None),
    ({"providerId": "oidc", "fromUrl": HERE + "/error"}, None),
    ({"providerId": "oidc", "fromUrl": HERE + "/nothing"}, None),
    # Metadata are application/json (OpenID Connect Discovery §4.2).
    ({"providerId": "oidc", "fromUrl": HERE + "/text"}, (500, {"error": "unknown_error"})),
    ({"providerId": "oidc"}, None),
    ({"fromUrl": HERE + "/all"}, None),
    ({"providerId": "oidc", "fromUrl": ""}, None),
    ({"providerId": "oidc", "fromUrl": "file:///etc/passwd"}, None),
    ({"providerId": "oidc", "fromUrl": "http://127.0.0.1:1/"}, None),
    # Kinds that are not there are told as such.
    ({"providerId": "saml", "fromUrl": HERE + "/all"}, (501, {"error": "Settings of this kind are not imported"})),
]


@only_keycloak
@pytest.mark.parametrize("row", IMPORTS, ids=lambda row: "-".join(row[0].values()).replace("/", "_"))
def test_settings_of_a_provider(servers, upstream, row):
    body, differs = row
    upstream.answers = {path: made(upstream) for path, made in PUBLISHED.items()}
    body = {name: value.replace(HERE, upstream.issuer) for name, value in body.items()}
    outcomes = []
    for _, admin in servers:
        answer = admin("POST", f"/realms/{REALM}/identity-provider/import-config", json.dumps(body).encode())
        told = answer.json()
        told.pop("error_description", None)
        outcomes.append((answer.status, told))
    keycloak, ours = outcomes
    assert ours == (differs or keycloak)


# ---- links ----


def take_back(realm, token, alias):
    where = f"{realm.issuer}/account/linked-accounts/{alias}"
    return Browser().request("DELETE", where, None, {**bearer(token), "Accept": "application/json"})


@only_keycloak
def test_the_last_way_in_stays(servers, upstream):
    outcomes = []
    for realm, _ in servers:
        _, bare = log_in(realm, upstream, "bare")
        _, two = log_in(realm, upstream, "two")
        answers = [take_back(realm, bare["access_token"], "up")]
        answers += [take_back(realm, two["access_token"], alias) for alias in ("second", "second", "none", "up")]
        outcomes.append([answer.status for answer in answers])
    assert outcomes[0] == outcomes[1] == [400, 204, 400, 400, 400]


def wish(realm, browser, action):
    answer = realm.authorize(browser, APP, kc_action=action)
    return browser.get(answer.location) if "/login-actions/" in (answer.location or "") else answer


if CHOSEN == NEWEST:  # Keycloak has this action since 26

    @only_keycloak
    @pytest.mark.parametrize("ends", ["success", "cancelled", "nobody", "unnamed"])
    def test_an_account_is_linked(servers, upstream, ends):
        outcomes = []
        for realm, admin in servers:
            browser, _ = log_in(realm, upstream, "kim")
            page = wish(realm, browser, {"nobody": "idp_link:nobody", "unnamed": "idp_link"}.get(ends, "idp_link:second"))
            if ends in ("nobody", "unnamed"):
                done = page
            elif ends == "cancelled":
                done = browser.submit(page.page.forms[0], **{"cancel-aia": "true"})
            else:
                assert "Do you want to link your account with second?" in page.page.text
                there = browser.submit(page.page.forms[0], **{"continue": "", "accept": ""}).location
                upstream.reset(sub="up-kim", preferred_username="kim")
                done = browser.get(upstream.agree(there))
            status = callback_of(done).get("kc_action_status")
            kim = json.loads(admin("GET", f"/realms/{REALM}/users?username=kim").text)[0]
            links = json.loads(admin("GET", f"/realms/{REALM}/users/{kim['id']}/federated-identity").text)
            admin("DELETE", f"/realms/{REALM}/users/{kim['id']}/federated-identity/second")
            outcomes.append((status, sorted(one["identityProvider"] for one in links)))
        assert outcomes[0] == outcomes[1]
