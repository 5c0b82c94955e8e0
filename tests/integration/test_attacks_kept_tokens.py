# SPDX-License-Identifier: Apache-2.0
"""Tokens of identity providers that are kept (storeToken): who reads them, until when, and how they lie in the store."""

import concurrent.futures
import json

import pytest
import stores
from brokering import APP, FULL, admin, administrator, client, come_back, linked, realm, upstream, user  # noqa: F401
from oidc import Client, callback_of
from programs import Provider
from web import Browser, bearer

NARROW = Client("narrow", "narrow-secret", "http://localhost:8000/auth")
READER = {"clientRoles": {"broker": ["read-token"]}}


def realm_of(upstream, name="inner"):
    keeps = {"storeToken": True}
    return {
        **{"realm": name, "enabled": True, "eventsEnabled": True},
        **{"enabledEventTypes": ["IDENTITY_PROVIDER_RETRIEVE_TOKEN", "IDENTITY_PROVIDER_RETRIEVE_TOKEN_ERROR"]},
        "clients": [client(APP, directAccessGrantsEnabled=True), client(NARROW, fullScopeAllowed=False, directAccessGrantsEnabled=True)],
        "users": [
            user("vic", **READER),
            user("eve", **READER),
            user("own", **READER, federatedIdentities=linked("up-own", "second")),
            user("not"),
            administrator(),
        ],
        "identityProviders": [
            upstream.config(),
            upstream.config("keeps", **keeps),
            upstream.config("gives", addReadTokenRoleOnCreate=True, **keeps),
            upstream.config("second", addReadTokenRoleOnCreate=True, **keeps),
            upstream.config("unsigned", config={"validateSignature": "false"}, **keeps),
        ],
    }


@pytest.fixture(scope="module")
def server(work, upstream):
    key = work / "master-key"
    key.write_text(bytes(range(32)).hex())
    started = Provider([], work / "kept", arguments=("--master-key-file", key))
    for name in ("inner", "outer"):
        (started.folder / "import" / f"{name}-realm.json").write_text(json.dumps(realm_of(upstream, name)))
    with started:
        yield started


@pytest.fixture(autouse=True)
def as_usual(upstream):
    upstream.reset()
    upstream.more = {"refresh_token": "up-refresh", "expires_in": 600}


def read(realm, alias, token, **headers):
    return Browser().get(f"{realm.issuer}/broker/{alias}/token", headers={**bearer(token), **headers})


def came(realm, upstream, alias, name, **more):
    """A token of ours for somebody new who has come by it."""
    upstream.reset(sub=f"up-{name}", preferred_username=name, email=f"{name}@example.com", **FULL)
    upstream.more = {**upstream.more, **more}
    answer = come_back(realm, realm.browser(), upstream, alias)
    return realm.code(APP, callback_of(answer)["code"]).json()["access_token"]


def by_password(realm, name, of=APP):
    return realm.password(of, name, f"{name}-password").json()["access_token"]


def where(admin, name):
    found = admin("GET", f"/realms/inner/users?exact=true&username={name}").json()[0]
    return f"/realms/inner/users/{found['id']}"


def test_a_client_of_the_user_reads_what_is_kept(realm, upstream, admin):
    token = came(realm, upstream, "gives", "ann")
    answer = read(realm, "gives", token, Origin="http://localhost:8000")
    assert answer.status == 200, answer.text
    told = answer.json()
    assert told["access_token"] == upstream.given[-3] and told["refresh_token"] == "up-refresh"
    assert answer.header("Cache-Control") == "no-store"
    assert "token" not in json.dumps(admin("GET", f"{where(admin, 'ann')}/federated-identity").json())
    events = admin("GET", "/realms/inner/events?type=IDENTITY_PROVIDER_RETRIEVE_TOKEN").json()
    assert [event["details"]["identity_provider"] for event in events] == ["gives"]
    assert told["access_token"] not in json.dumps(events)


def test_nobody_reads_it_without_the_role(realm, upstream, admin):
    assert read(realm, "keeps", came(realm, upstream, "keeps", "ben")).status == 403
    # The client may not have the role of its user's, and one that is taken back is so at once.
    came(realm, upstream, "gives", "cid")
    token = came(realm, upstream, "gives", "cid")
    assert read(realm, "gives", token).status == 200
    role = admin("GET", f"{where(admin, 'cid')}/role-mappings").json()["clientMappings"]["broker"]
    admin("DELETE", f"{where(admin, 'cid')}/role-mappings/clients/{role['id']}", role["mappings"])
    assert read(realm, "gives", token).status == 403
    assert read(realm, "keeps", by_password(realm, "vic", NARROW)).status == 403


def test_nobody_reads_what_is_another_users_or_realms(server, realm, upstream):
    token = came(realm, upstream, "gives", "dan")
    assert read(realm, "gives", token).status == 200
    other = server.realm("outer")
    assert read(other, "gives", token).status == 400
    refused = read(realm, "gives", by_password(realm, "eve"))
    assert refused.status == 400 and "is not associated with identity provider [gives]" in refused.json()["errorMessage"]
    assert read(realm, "keeps", token).status == 400
    assert read(realm, "second", token).status == 400  # the same one, there: another provider's all the same
    assert read(realm, "up", token).json()["errorMessage"] == "Identity Provider [up] does not support this operation."
    for bad in ("x", token + "x", token.rsplit(".", 1)[0] + "."):
        assert read(realm, "gives", bad).status == 400


@pytest.mark.parametrize("alias", ["unsigned", "nobody", "..", "%00", "gives%2f..", "gives'--"])
def test_other_providers_have_nothing(realm, upstream, alias):
    assert read(realm, alias, came(realm, upstream, "gives", "fay")).status in (400, 404)


def test_it_goes_with_the_link(realm, upstream, admin):
    token = came(realm, upstream, "gives", "gil")
    link = {"identityProvider": "gives", "userId": "up-gil", "userName": "gil"}
    assert read(realm, "gives", token).status == 200
    assert admin("DELETE", f"{where(admin, 'gil')}/federated-identity/gives").status == 204
    assert read(realm, "gives", token).status == 400
    # Not even the same link brings it back, and none to another one there.
    assert admin("POST", f"{where(admin, 'gil')}/federated-identity/gives", link).status == 204
    assert read(realm, "gives", token).status == 404
    upstream.reset(sub="up-gil", preferred_username="gil")
    assert come_back(realm, realm.browser(), upstream, "gives").status in (302, 303)
    assert read(realm, "gives", token).status == 200
    # A change of the user alone leaves it.
    found = admin("GET", where(admin, "gil")).json()
    assert admin("PUT", where(admin, "gil"), {**found, "lastName": "Other"}).status == 204
    assert read(realm, "gives", token).status == 200


def test_it_goes_with_the_user(server, realm, upstream, admin):
    came(realm, upstream, "gives", "hal")
    count = f"SELECT count(*) FROM kept_token WHERE realm = 'inner' AND user_there = 'up-hal'"
    assert stores.rows(server.data, count) == [(1,)]
    assert admin("DELETE", where(admin, "hal")).status == 204
    assert stores.rows(server.data, count) == [(0,)]


def test_it_is_never_in_clear(server, realm, upstream, admin):
    came(realm, upstream, "gives", "ida", refresh_token="a-refresh-token-to-look-for")
    assert b"a-refresh-token-to-look-for" not in stores.content(server.data)
    exported = admin("POST", "/realms/inner/partial-export?exportClients=true").text + admin("GET", where(admin, "ida")).text
    assert "a-refresh-token-to-look-for" not in exported


def test_one_is_kept_for_whoever_proves_that_both_are_theirs(realm, upstream):
    """What somebody else left behind who only says that they are vic is read by nobody."""
    upstream.reset(sub="up-stranger", preferred_username="x", email="vic@example.com", **FULL)
    assert come_back(realm, realm.browser(), upstream, "gives").status == 200
    token = by_password(realm, "vic")
    assert read(realm, "gives", token).status == 400
    upstream.reset(sub="up-vic", preferred_username="vic-there", email="vic@example.com", **FULL)
    browser = realm.browser()
    page = come_back(realm, browser, upstream, "gives")
    answer = browser.submit(page.page.form("kc-form-login"), password="vic-password")
    assert "code" in callback_of(answer)
    told = read(realm, "gives", token)
    assert told.status == 200 and told.json()["access_token"] == upstream.given[-3]


def test_what_is_over_is_refreshed_once(realm, upstream):
    token = came(realm, upstream, "gives", "jon", expires_in=1, refresh_token="once-1")
    upstream.more = {"refresh_token": "once-2", "expires_in": 600}
    asked = len(upstream.asked("/token"))
    used = set()

    def refresh(form):
        """A refresh token is good once."""
        if form["refresh_token"] in used:
            return upstream.json({"error": "invalid_grant"}, 400)
        used.add(form["refresh_token"])
        return upstream.json(upstream.kept(upstream.tokens({})))

    upstream.answers = {"/token": refresh}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        told = [answer.json() for answer in pool.map(lambda _: read(realm, "gives", token), range(4))]
    assert {one.get("refresh_token") for one in told} <= {"once-2", None}
    assert read(realm, "gives", token).json()["refresh_token"] == "once-2"
    forms = [form for form, _ in upstream.asked("/token")][asked:]
    assert {form["refresh_token"] for form in forms} == {"once-1"} and used == {"once-1"}
    assert all("client_secret" in form for form in forms)


@pytest.mark.parametrize("there", [(400, b'{"error":"invalid_grant"}'), (500, b"<p>"), (200, b"[]"), (200, b'{"access_token":"x"}')])
def test_one_that_cannot_be_refreshed_is_not_told(realm, upstream, there):
    token = came(realm, upstream, "gives", "kay", expires_in=1, refresh_token="gone")
    upstream.answers = {"/token": (there[0], "application/json", there[1])}
    refused = read(realm, "gives", token)
    assert (refused.status, refused.json()) == (502, {"errorMessage": "Unable to refresh token"})


def test_a_refresh_token_goes_to_no_other_issuer(realm, upstream, admin):
    token = came(realm, upstream, "second", "lea", expires_in=1, refresh_token="of-the-first")
    provider = admin("GET", "/realms/inner/identity-provider/instances/second").json()
    there = {**provider["config"], "issuer": f"{upstream.issuer}/other", "tokenUrl": f"{upstream.issuer}/elsewhere"}
    assert admin("PUT", "/realms/inner/identity-provider/instances/second", {**provider, "config": there}).status == 204
    assert read(realm, "second", token).status == 404
    assert upstream.asked("/elsewhere") == []


def test_a_provider_that_is_deleted_leaves_none(server, realm, upstream, admin):
    came(realm, upstream, "keeps", "mel")
    assert admin("DELETE", "/realms/inner/identity-provider/instances/keeps").status == 204
    assert stores.rows(server.data, "SELECT count(*) FROM kept_token WHERE realm = 'inner' AND provider = 'keeps'") == [(0,)]
