# SPDX-License-Identifier: Apache-2.0
"""Identity assertions for another server (ID-JAG): of users of its own, for whom and what an administrator said, and taken there."""

import json

import pytest
from administrator import Admin
from jwt_bearer import ask, client, provider
from oidc import Client
from programs import Provider
from web import Browser, unverified_token

CALLBACK = "http://localhost:8000/auth"
AGENT, PLAIN, OPEN = Client("agent", "agent-secret", CALLBACK), Client("plain", "plain-secret", CALLBACK), Client("open", None, CALLBACK)
THERE = Client("agent-there", "agent-there-secret", CALLBACK)
CHAT, KIND = "https://chat.example", "urn:ietf:params:oauth:token-type:id-jag"
ID = "urn:ietf:params:oauth:token-type:id_token"
MAY = {"identity.assertion.scopes": "openid email chat.read"}


def of(client_, **attributes):
    members = {"clientId": client_.client_id, "secret": client_.secret, "publicClient": client_.secret is None, "redirectUris": [CALLBACK]}
    return {**members, "directAccessGrantsEnabled": True, "attributes": attributes}


def user(name, password, **more):
    credentials = [{"type": "password", "value": password}]
    return {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": name, "lastName": "N", "credentials": credentials, **more}


@pytest.fixture(scope="module")
def server(work, tmp_path_factory):
    folder = tmp_path_factory.mktemp("issued")
    rights = {"clientRoles": {"realm-management": ["realm-admin"]}}
    work_realm = {"realm": "work", "enabled": True, "users": [user("ann", "ann-password", emailVerified=True), user("bob", "bob-password"), user("boss", "boss-password", **rights)]}
    work_realm["clients"] = [of(AGENT), of(PLAIN), of(OPEN, **{"identity.assertion.audiences": CHAT})]
    there = {"realm": "there", "enabled": True, "users": [user("ann", "x"), user("boss", "boss-password", **rights)]}
    there["clients"] = [client(THERE, **{"oauth2.jwt.authorization.grant.idp": "work"})]
    for realm in (work_realm, there):
        (folder / f"{realm['realm']}-realm.json").write_text(json.dumps(realm))
    with Provider(sorted(folder.glob("*-realm.json")), work / "issued") as program:
        allow(program)
        yield program


def allow(program):
    """The agent may be known at the other realm, by its name there, which trusts the first one's keys."""
    work, there = program.realm("work"), program.realm("there")
    boss = Admin(program, "work", "boss", "boss-password")
    agent = boss("GET", "/realms/work/clients?clientId=agent").json()[0]
    agent["attributes"] |= {"identity.assertion.audiences": f"{CHAT} ## {there.issuer} agent-there", **MAY}
    assert boss("PUT", f"/realms/work/clients/{agent['id']}", agent).status == 204
    other = Admin(program, "there", "boss", "boss-password")
    trusted = provider("work", key=json.dumps(work.certs().json()), issuer=work.issuer)
    assert other("POST", "/realms/there/identity-provider/instances", trusted).status == 201
    ann = other("GET", "/realms/there/users?username=ann").json()[0]["id"]
    subject = unverified_token(logged_in(work)["id_token"])[1]["sub"]
    link = {"identityProvider": "work", "userId": subject, "userName": "ann"}
    assert other("POST", f"/realms/there/users/{ann}/federated-identity/work", link).status == 204


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("work")


def logged_in(realm, name="ann", client=AGENT, **more):
    return realm.password(client, name, f"{name}-password", **more).json()


def asserted(realm, token=None, client=AGENT, **form):
    form = {"requested_token_type": KIND, "subject_token_type": ID, "audience": CHAT, **form}
    form["subject_token"] = token or logged_in(realm)["id_token"]
    return realm.token({"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", **form}, client)


def test_what_it_says(realm):
    first = logged_in(realm)
    answer = asserted(realm, first["id_token"], scope="chat.read", resource="https://chat.example/api").json()
    told = {name: answer[name] for name in ("issued_token_type", "token_type", "expires_in", "scope")}
    assert told == {"issued_token_type": KIND, "token_type": "N_A", "expires_in": 300, "scope": "chat.read"}
    assert "refresh_token" not in answer and "id_token" not in answer
    header, claims = unverified_token(answer["access_token"])
    identity = unverified_token(first["id_token"])[1]
    assert header["typ"] == "oauth-id-jag+jwt"
    assert {name: claims[name] for name in ("iss", "sub", "aud", "client_id", "scope", "resource", "email")} == {
        **{"iss": realm.issuer, "sub": identity["sub"], "aud": CHAT, "client_id": "agent"},
        **{"scope": "chat.read", "resource": "https://chat.example/api", "email": "ann@example.org"},
    }
    assert claims["exp"] - claims["iat"] == 300 and claims["jti"] and "typ" not in claims
    assert unverified_token(asserted(realm).json()["access_token"])[1]["scope"] == MAY["identity.assertion.scopes"]


def test_an_address_that_nobody_has_proved_is_left_out(realm):
    claims = unverified_token(asserted(realm, logged_in(realm, "bob")["id_token"]).json()["access_token"])[1]
    assert "email" not in claims and "email_verified" not in claims


def test_it_is_taken_by_the_server_that_it_is_for(server, realm):
    there = server.realm("there")
    answer = asserted(realm, audience=there.issuer, scope="openid email").json()
    assert unverified_token(answer["access_token"])[1]["client_id"] == "agent-there"
    tokens = ask(there, answer["access_token"], THERE)
    assert tokens.status == 200, tokens.text
    claims = unverified_token(tokens.json()["access_token"])[1]
    assert (claims["email"], claims["azp"]) == ("ann@example.org", "agent-there")
    assert ask(there, answer["access_token"], THERE).status == 400  # once
    assert ask(there, asserted(realm).json()["access_token"], THERE).status == 400  # for another server


def refused(answer, status, error):
    assert (answer.status, answer.json()["error"]) == (status, error), answer.text


def test_who_and_what_nobody_has_allowed(realm):
    refused(asserted(realm, logged_in(realm, client=PLAIN)["id_token"], PLAIN), 400, "invalid_target")
    refused(asserted(realm, logged_in(realm, client=OPEN)["id_token"], OPEN), 400, "invalid_client")
    for audience in ("https://other.example", f"{CHAT}/", "agent-there", f"{CHAT} ##"):
        refused(asserted(realm, audience=audience), 400, "invalid_target")
    for audience in ("", [CHAT, CHAT]):
        refused(asserted(realm, audience=audience), 400, "invalid_request")
    refused(asserted(realm, scope="chat.read chat.write"), 400, "invalid_scope")
    refused(asserted(realm, resource="not a uri"), 400, "invalid_target")
    refused(asserted(realm, authorization_details='[{"type":"x"}]'), 400, "invalid_authorization_details")
    refused(asserted(realm, actor_token="x"), 400, "invalid_request")


def test_what_is_no_identity_of_a_login(server, realm):
    tokens = logged_in(realm)
    for token in (tokens["access_token"], tokens["refresh_token"], "a.b.c", asserted(realm).json()["access_token"]):
        refused(asserted(realm, token), 400, "invalid_grant")
    refused(asserted(realm, tokens["access_token"], subject_token_type="urn:ietf:params:oauth:token-type:access_token"), 400, "invalid_request")
    refused(asserted(realm, logged_in(realm, client=PLAIN)["id_token"]), 400, "invalid_grant")  # another client's
    refused(asserted(realm, tokens["id_token"][:-6] + "AAAAAA"), 400, "invalid_grant")
    assert Browser().post(realm.endpoint("logout"), {**AGENT.form, "refresh_token": tokens["refresh_token"]}).status == 204
    refused(asserted(realm, tokens["id_token"]), 400, "invalid_grant")


def test_an_assertion_opens_nothing_here(realm):
    token = asserted(realm).json()["access_token"]
    assert realm.userinfo(token).status == 401
    assert Browser().post(realm.endpoint("token/introspect"), {**AGENT.form, "token": token}).json() == {"active": False}


def test_discovery_says_so_where_a_client_may(server):
    named = "identity_chaining_requested_token_types_supported"
    assert [server.realm(name).discovery().json().get(named) for name in ("work", "there")] == [[KIND], None]
