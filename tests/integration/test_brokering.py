# SPDX-License-Identifier: Apache-2.0
"""Logins by identity providers: the way there and back, new users, and those who have an account already."""

import json

import pytest
from brokering import (  # noqa: F401  (functions and fixtures)
    APP, admin, administrator, claims_of, client, come_back, find, leave, links, realm, realm_as_provider, upstream, user,
)
from oidc import Client, callback_of
from programs import Provider
from upstream import CLIENT, SECRET
from web import query_of, unverified_token


@pytest.fixture(autouse=True)
def as_usual(upstream):
    upstream.reset()


def inner_realm(upstream, base):
    ours = realm_as_provider(base, "outer", logoutUrl=f"{base}/realms/outer/protocol/openid-connect/logout")
    providers = [
        upstream.config(),
        upstream.config("trusted", trustEmail=True, displayName="Trusted & <b>Sons</b>"),
        upstream.config("hidden", config={"hideOnLoginPage": "true"}),
        upstream.config("only", linkOnly=True),
        upstream.config("off", enabled=False),
        upstream.config("unsigned", config={"validateSignature": "false"}),
        upstream.config("ours", provider_id="keycloak-oidc", config=ours),
    ]
    return {
        "realm": "inner",
        "enabled": True,
        "eventsEnabled": True,
        "clients": [client(APP)],
        "users": [user("alice"), administrator()],
        "identityProviders": providers,
    }


def outer_realm(base):
    broker = Client(CLIENT, SECRET, f"{base}/realms/inner/broker/*")
    return {
        **{"realm": "outer", "enabled": True, "users": [user("dora"), user("alice")]},
        "clients": [client(broker, attributes={"post.logout.redirect.uris": "+"})],
    }


@pytest.fixture(scope="module")
def server(work, upstream):
    started = Provider([], work / "brokering")
    for realm in (inner_realm(upstream, started.base), outer_realm(started.base)):
        (started.folder / "import" / f"{realm['realm']}-realm.json").write_text(json.dumps(realm))
    with started:
        yield started


def test_the_page_has_a_button_for_each(realm):
    page = realm.authorize(realm.browser(), APP)
    ids = {name for name in page.page.ids if name.startswith("social-")}
    assert ids == {"social-up", "social-trusted", "social-ours"}
    assert "Trusted &amp; &lt;b&gt;Sons&lt;/b&gt;" in page.text
    assert page.page.text_by_id["kc-social-label"] == "Or sign in with"


def test_a_new_user_by_another_realm_of_ours(server, realm, admin):
    browser = realm.browser()
    there = browser.get(leave(realm, browser, "ours"))
    answer = browser.submit(there.page.form("kc-form-login"), username="dora", password="dora-password")
    assert answer.location.startswith(f"{realm.issuer}/broker/ours/endpoint?")
    claims = claims_of(realm, browser.get(answer.location))
    assert (claims["preferred_username"], claims["email"], claims["given_name"]) == ("dora", "dora@example.com", "Dora")
    assert find(admin, "dora")["emailVerified"] is False
    again = realm.browser()
    there = again.get(leave(realm, again, "ours"))
    answer = again.submit(there.page.form("kc-form-login"), username="dora", password="dora-password")
    assert claims_of(realm, again.get(answer.location))["sub"] == claims["sub"]


def test_what_the_provider_is_asked(realm, upstream):
    there = query_of(leave(realm, realm.browser()))
    assert set(there) == {
        *("scope", "state", "response_type", "client_id", "redirect_uri", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert there["redirect_uri"] == f"{realm.issuer}/broker/up/endpoint"
    assert (there["scope"], there["code_challenge_method"]) == ("openid", "S256")
    # Whoever reads the state learns nothing of the login.
    assert len(there["state"].split(".")) == 5


def test_a_new_user_says_what_is_missing(realm, upstream, admin):
    upstream.reset(sub="up-new", preferred_username="newcomer", email="new@example.com", email_verified=True)
    browser = realm.browser()
    page = browser.get(come_back(realm, browser, upstream).location)
    form = page.page.form()
    assert form.values()["email"] == "new@example.com"
    answer = browser.submit(form, firstName="New", lastName="Comer")
    assert claims_of(realm, answer)["preferred_username"] == "newcomer"
    assert links(admin, "newcomer") == [{"identityProvider": "up", "userId": "up-new", "userName": "newcomer"}]
    # An address counts as verified only where the realm trusts the provider.
    assert find(admin, "newcomer")["emailVerified"] is False
    sent = upstream.asked("/token")[-1][0]
    assert (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)


FULL = {"given_name": "Carl", "family_name": "Cook"}


@pytest.mark.parametrize("said,verified", [(True, True), (False, False), (None, False), ("true", False)])
def test_a_trusted_address_is_verified_if_it_is_there(realm, upstream, admin, said, verified):
    name = f"trust-{type(said).__name__}-{said}".lower()
    upstream.reset(sub=name, preferred_username=name, email=f"{name}@example.com", email_verified=said, **FULL)
    browser = realm.browser()
    claims_of(realm, come_back(realm, browser, upstream, "trusted"))
    assert find(admin, name)["emailVerified"] is verified


def test_who_has_the_address_shows_that_they_are_both(realm, upstream, admin):
    upstream.reset(sub="up-alice", preferred_username="al", email="alice@example.com", email_verified=True, **FULL)
    browser = realm.browser()
    page = come_back(realm, browser, upstream, "trusted")
    assert page.status == 200 and "Authenticate to link your account with Trusted" in page.page.text
    assert not [name for name in page.page.ids if name.startswith("social-")]
    assert find(admin, "al") is None and links(admin, "alice") == []
    wrong = browser.submit(page.page.form("kc-form-login"), password="wrong")
    assert "Invalid password." in wrong.page.text and links(admin, "alice") == []
    answer = browser.submit(wrong.page.form("kc-form-login"), password="alice-password")
    assert claims_of(realm, answer)["preferred_username"] == "alice"
    assert links(admin, "alice") == [{"identityProvider": "trusted", "userId": "up-alice", "userName": "al"}]
    again = realm.browser()
    assert claims_of(realm, come_back(realm, again, upstream, "trusted"))["preferred_username"] == "alice"


def test_who_signs_in_as_somebody_else_links_nothing(realm, upstream, admin):
    upstream.reset(sub="up-other", preferred_username="other", email="boss@example.com", **FULL)
    browser = realm.browser()
    page = come_back(realm, browser, upstream)
    restart = browser.get(next(link for link in page.page.links if "login-actions/authenticate" in link))
    answer = browser.submit(restart.page.form("kc-form-login"), username="alice", password="alice-password")
    assert claims_of(realm, answer)["preferred_username"] == "alice"
    assert all(link["userId"] != "up-other" for name in ("alice", "boss") for link in links(admin, name))


def test_a_hint_leads_there(realm, upstream):
    for alias in ("up", "hidden"):
        answer = realm.authorize(realm.browser(), APP, kc_idp_hint=alias)
        assert answer.status == 303 and f"/broker/{alias}/login?" in answer.location
    for alias in ("only", "off", "unsigned", "nobody", ""):
        assert realm.authorize(realm.browser(), APP, kc_idp_hint=alias).status == 200
    silent = realm.authorize(realm.browser(), APP, kc_idp_hint="up", prompt="none")
    assert callback_of(silent)["error"] == "login_required"


def test_who_denies_comes_back_to_the_form(realm, upstream):
    browser = realm.browser()
    page = come_back(realm, browser, upstream, code=None, error="access_denied")
    assert "Access was denied at the identity provider." in page.page.text
    answer = browser.submit(page.page.form("kc-form-login"), username="alice", password="alice-password")
    assert claims_of(realm, answer)["preferred_username"] == "alice"


def sign_in_there(realm, browser, name):
    there = browser.get(leave(realm, browser, "ours"))
    answer = browser.submit(there.page.form("kc-form-login"), username=name, password=f"{name}-password")
    return callback_of(browser.get(answer.location))


def test_who_signs_out_here_does_so_there(server, realm):
    browser = realm.browser()
    tokens = realm.code(APP, sign_in_there(realm, browser, "dora")["code"]).json()
    after = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": APP.redirect_uri, "state": "s1"}
    away = browser.get(realm.endpoint("logout"), after)
    outer = server.realm("outer")
    assert away.location.startswith(f"{outer.endpoint('logout')}?")
    sent = query_of(away.location)
    assert set(sent) == {"state", "id_token_hint", "post_logout_redirect_uri"}
    assert sent["post_logout_redirect_uri"] == f"{realm.issuer}/broker/ours/endpoint/logout_response"
    back = browser.get(away.location)
    assert back.location.startswith(sent["post_logout_redirect_uri"] + "?")
    assert browser.get(back.location).location == f"{APP.redirect_uri}?state=s1"
    # Nothing is left of either session.
    assert realm.refresh(APP, tokens["refresh_token"]).status == 400
    there = browser.get(leave(realm, browser, "ours"))
    assert there.page.form("kc-form-login")


def test_an_id_token_of_somebody_else_tells_nothing_of_them(realm):
    """Whoever has got hold of it would have that of the identity provider too."""
    tokens = realm.code(APP, sign_in_there(realm, realm.browser(), "dora")["code"]).json()
    after = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": APP.redirect_uri}
    assert realm.browser().get(realm.endpoint("logout"), after).location == APP.redirect_uri


@pytest.mark.parametrize("state", ["", "x", "a.b.c.d.e"])
def test_the_way_back_from_there_leads_nowhere_else(realm, state):
    answer = realm.browser().get(f"{realm.issuer}/broker/ours/endpoint/logout_response?state={state}")
    assert answer.status == 400 and answer.location is None


MAPPERS = [
    ("oidc-user-attribute-idp-mapper", {"claim": "address.town", "user.attribute": "town"}),
    ("hardcoded-attribute-idp-mapper", {"attribute": "from", "attribute.value": "mapped"}),
    ("oidc-hardcoded-role-idp-mapper", {"role": "guest"}),
    ("oidc-role-idp-mapper", {"claim": "groups", "claim.value": "staff", "role": "staff"}),
    ("oidc-username-idp-mapper", {"template": "${ALIAS}.${CLAIM.email | localpart}"}),
]


def test_mappers(realm, upstream, admin):
    for role in ("guest", "staff"):
        assert admin("POST", "/realms/inner/roles", {"name": role}).status == 201
    assert admin("POST", "/realms/inner/identity-provider/instances", upstream.config("mapped", config={"syncMode": "FORCE"})).status == 201
    for number, (kind, config) in enumerate(MAPPERS):
        mapper = {"name": f"m{number}", "identityProviderAlias": "mapped", "identityProviderMapper": kind, "config": config}
        assert admin("POST", "/realms/inner/identity-provider/instances/mapped/mappers", mapper).status == 201
    claims = {"sub": "m-1", "preferred_username": "other", "email": "mia@example.com", "given_name": "Mia", "family_name": "Cook"}
    upstream.reset(**claims, groups=["staff", 5], address={"town": "Bath"})
    assert claims_of(realm, come_back(realm, realm.browser(), upstream, "mapped"))["preferred_username"] == "mapped.mia"

    def seen():
        found = find(admin, "mapped.mia")
        roles = admin("GET", f"/realms/inner/users/{found['id']}/role-mappings/realm").json()
        return found["attributes"], {role["name"] for role in roles} - {"default-roles-inner"}, found["firstName"]

    assert seen() == ({"town": ["Bath"], "from": ["mapped"]}, {"guest", "staff"}, "Mia")
    upstream.reset(**{**claims, "given_name": "Mina"}, groups="guests", address={"town": "York"})
    claims_of(realm, come_back(realm, realm.browser(), upstream, "mapped"))
    assert seen() == ({"town": ["York"], "from": ["mapped"]}, {"guest"}, "Mina")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_jwt", "private_key_jwt"])
def test_how_we_prove_there_who_we_are(realm, upstream, admin, method):
    made = upstream.config(method, config={"clientAuthMethod": method})
    assert admin("POST", "/realms/inner/identity-provider/instances", made).status == 201
    upstream.reset(sub=method, preferred_username=method, email=f"{method}@example.com", **FULL)
    claims_of(realm, come_back(realm, realm.browser(), upstream, method))
    form, headers = upstream.asked("/token")[-1]
    assert "client_secret" not in form
    if method == "client_secret_basic":
        assert headers["Authorization"].startswith("Basic ") and "client_id" not in form
        return
    header, claims = unverified_token(form["client_assertion"])
    assert header["alg"] == ("HS256" if method == "client_secret_jwt" else "RS256")
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, f"{upstream.issuer}/token")


def advanced(kind, target, pattern="false", **claims):
    wanted = json.dumps([{"key": key, "value": value} for key, value in claims.items()])
    return f"oidc-advanced-{kind}-idp-mapper", {"claims": wanted, "are.claim.values.regex": pattern, kind: target}


GRANTS = [
    ("oidc-hardcoded-group-idp-mapper", {"group": "/all"}),
    advanced("group", "/all/staff", teams="staff", town="Bath"),
    advanced("group", "/all/north", "true", teams="n.*h"),
    advanced("role", "guest", teams="guests"),
    # Two that give the same: none takes back what the other one gives.
    advanced("role", "both", teams="one"),
    ("oidc-role-idp-mapper", {"claim": "teams", "claim.value": "two", "role": "both"}),
    # What asks for nothing, or nobody can read, gives nothing.
    advanced("role", "never"),
    ("oidc-advanced-role-idp-mapper", {"claims": "{", "role": "never"}),
    ("oidc-advanced-role-idp-mapper", {"role": "never"}),
    advanced("role", "never", "true", teams="("),
    advanced("role", "never", "true", teams="(?:s|t)"),
    ("oidc-hardcoded-group-idp-mapper", {"group": "/nowhere"}),
]


def test_mappers_to_roles_and_groups(realm, upstream, admin):
    for role in ("guest", "both", "never", "late"):
        assert admin("POST", "/realms/inner/roles", {"name": role}).status in (201, 409)
    made = admin("POST", "/realms/inner/groups", {"name": "all"}).header("Location").rsplit("/", 1)[1]
    for name in ("staff", "north"):
        assert admin("POST", f"/realms/inner/groups/{made}/children", {"name": name}).status == 201
    for alias, sync in (("granted", "FORCE"), ("old", "LEGACY"), ("once", "IMPORT")):
        assert admin("POST", "/realms/inner/identity-provider/instances", upstream.config(alias, config={"syncMode": sync})).status == 201
        for number, (kind, config) in enumerate(GRANTS):
            mapper = {"name": f"m{number}", "identityProviderAlias": alias, "identityProviderMapper": kind, "config": config}
            assert admin("POST", f"/realms/inner/identity-provider/instances/{alias}/mappers", mapper).status == 201

    def seen(alias, *teams, **more):
        claims = {"sub": f"g-{alias}", "preferred_username": f"g-{alias}", "email": f"g-{alias}@example.com"}
        upstream.reset(**claims, given_name="Gus", family_name="Cook", teams=list(teams), **more)
        claims_of(realm, come_back(realm, realm.browser(), upstream, alias))
        user_id = find(admin, f"g-{alias}")["id"]
        groups = admin("GET", f"/realms/inner/users/{user_id}/groups").json()
        roles = admin("GET", f"/realms/inner/users/{user_id}/role-mappings/realm").json()
        return {group["path"] for group in groups}, {role["name"] for role in roles} - {"default-roles-inner"}

    assert seen("granted", "staff", "north", "one", town="Bath") == ({"/all", "/all/staff", "/all/north"}, {"both"})
    assert seen("granted", "staff", "northern", "two", "guests") == ({"/all"}, {"both", "guest"})
    assert seen("granted", "two", "one") == ({"/all"}, {"both"})
    assert seen("granted") == ({"/all"}, set())
    assert seen("once", "north", "guests") == ({"/all", "/all/north"}, {"guest"})
    assert seen("once", "staff", "one", town="Bath") == ({"/all", "/all/north"}, {"guest"})
    assert seen("old", "guests") == ({"/all"}, {"guest"})
    assert seen("old", "guests", "one", "north") == ({"/all", "/all/north"}, {"guest"})
    assert seen("old") == ({"/all"}, set())
    # Whoever was here before gets nothing of a role for everybody, as Keycloak once did it.
    late = {"name": "late", "identityProviderMapper": "oidc-hardcoded-role-idp-mapper", "config": {"role": "late"}}
    for alias in ("granted", "old"):
        made = admin("POST", f"/realms/inner/identity-provider/instances/{alias}/mappers", {**late, "identityProviderAlias": alias})
        assert made.status == 201
    assert seen("granted") == ({"/all"}, {"late"}) and seen("old") == ({"/all"}, set())
