# SPDX-License-Identifier: Apache-2.0
"""The token endpoint: client authentication, the password and client credentials grants, its errors."""

from observe import ITEMS_DOCS, MAPPED, MYAPI, OPEN, OTHER, SPA, WEB
from oidc import Client
from web import Browser, basic

CREDENTIALS = {"grant_type": "client_credentials"}


def probe_password(r):
    realm = r.realm()
    r.take("openid", realm.password(MYAPI, "alice", "alice-password"))
    r.take("no scope", realm.token(
        {"grant_type": "password", "username": "bob", "password": "bob-password"}, MYAPI))
    r.take("scope given", realm.password(MYAPI, "bob", "bob-password", "openid email"))
    r.take("by e-mail", realm.password(MYAPI, "alice@example.com", "alice-password"))
    r.take("user name in capitals", realm.password(MYAPI, "ALICE", "alice-password"))
    r.take("offline access", realm.password(MYAPI, "alice", "alice-password", "openid offline_access"))
    r.take("nonce and unknown parameter", realm.token(
        {"grant_type": "password", "username": "bob", "password": "bob-password", "scope": "openid",
         "nonce": "nonce-1", "unheard_of": "1"}, MYAPI))


def probe_password_of_other_users(r):
    realm = r.realm("probe")
    r.take("composite roles, client roles, groups", realm.password(WEB, "carol", "carol-password"))
    r.take("mapped claims", realm.password(MAPPED, "carol", "carol-password"))
    r.take("no roles at all", realm.password(WEB, "frank", "frank-password"))
    r.take("imported pbkdf2-sha256", realm.password(WEB, "gina", "gina-password"))
    r.take("imported pbkdf2-sha512", realm.password(WEB, "hugo", "hugo-password"))
    r.take("public client", realm.password(OPEN, "carol", "carol-password"))
    r.take("address and phone", realm.password(WEB, "carol", "carol-password", "openid address phone"))
    r.take("microprofile", realm.password(WEB, "carol", "carol-password", "openid microprofile-jwt"))


def probe_password_refused(r):
    realm, probe = r.realm(), r.realm("probe")
    form = {"grant_type": "password", "username": "alice", "password": "alice-password"}
    r.take("wrong password", realm.password(MYAPI, "alice", "wrong"))
    r.take("unknown user", realm.password(MYAPI, "nobody", "alice-password"))
    r.take("no user name", realm.token({k: v for k, v in form.items() if k != "username"}, MYAPI))
    r.take("no password", realm.token({k: v for k, v in form.items() if k != "password"}, MYAPI))
    r.take("empty password", realm.password(MYAPI, "alice", ""))
    r.take("client without direct access", realm.token(form, ITEMS_DOCS))
    r.take("confidential client without direct access", probe.password(OTHER, "carol", "carol-password"))
    r.take("disabled user", probe.password(WEB, "dan", "dan-password"))
    r.take("disabled user, wrong password", probe.password(WEB, "dan", "wrong"))
    r.take("required action", probe.password(WEB, "erin", "erin-password"))
    r.take("required action, wrong password", probe.password(WEB, "erin", "wrong"))
    r.take("no e-mail and no name", probe.password(WEB, "ines", "ines-password"))


def probe_client_credentials(r):
    realm = r.realm()
    r.take("basic", realm.client_credentials(MYAPI))
    r.take("post", realm.token({**CREDENTIALS, **MYAPI.form}))
    r.take("openid", realm.client_credentials(MYAPI, "openid"))
    r.take("scope given", realm.client_credentials(MYAPI, "email"))
    r.take("offline access", realm.client_credentials(MYAPI, "offline_access"))
    r.take("basic and the same client_id in the form", realm.token({**CREDENTIALS, "client_id": "myapi"}, MYAPI))


def probe_client_credentials_refused(r):
    realm, probe = r.realm(), r.realm("probe")
    r.take("public client", realm.client_credentials(ITEMS_DOCS))
    r.take("no service account", probe.client_credentials(OTHER))


def probe_client_authentication(r):
    realm, probe = r.realm(), r.realm("probe")
    r.take("no client", realm.token(CREDENTIALS))
    r.take("unknown client, basic", realm.token(CREDENTIALS, headers=basic("nobody", "secret")))
    r.take("unknown client, post", realm.token({**CREDENTIALS, "client_id": "nobody", "client_secret": "x"}))
    r.take("wrong secret, basic", realm.token(CREDENTIALS, headers=basic("myapi", "wrong")))
    r.take("wrong secret, post", realm.token({**CREDENTIALS, "client_id": "myapi", "client_secret": "wrong"}))
    r.take("no secret", realm.token({**CREDENTIALS, "client_id": "myapi"}))
    r.take("empty secret", realm.token({**CREDENTIALS, "client_id": "myapi", "client_secret": ""}))
    r.take("malformed basic", realm.token(CREDENTIALS, headers={"Authorization": "Basic !!!"}))
    r.take("basic without a colon", realm.token(CREDENTIALS, headers={"Authorization": "Basic bXlhcGk="}))
    r.take("bearer instead of basic", realm.token(CREDENTIALS, headers={"Authorization": "Bearer x"}))
    r.take("basic wrong, form right", realm.token({**CREDENTIALS, **MYAPI.form}, headers=basic("myapi", "wrong")))
    r.take("basic right, form wrong", realm.token(
        {**CREDENTIALS, "client_id": "myapi", "client_secret": "wrong"}, MYAPI))
    r.take("two different clients", realm.token({**CREDENTIALS, "client_id": "items-docs"}, MYAPI))
    r.take("secret for a public client", realm.token(
        {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "items-docs", "client_secret": "x"}))
    r.take("disabled client", probe.client_credentials(Client("retired", "retired-secret")))
    r.take("bearer-only client", probe.token({**CREDENTIALS, "client_id": "bearer", "client_secret": "x"}))
    r.take("client in the query", Browser().post(
        realm.endpoint("token") + "?client_id=myapi&client_secret=myapi-secret", CREDENTIALS))


def probe_request(r):
    realm = r.realm()
    url = realm.endpoint("token")
    r.take("empty", realm.token({}))
    r.take("no grant_type", realm.token({}, MYAPI))
    r.take("no grant_type, wrong secret", realm.token({}, headers=basic("myapi", "wrong")))
    r.take("empty grant_type", realm.token({"grant_type": ""}, MYAPI))
    r.take("unknown grant_type", realm.token({"grant_type": "telepathy"}, MYAPI))
    r.take("unknown grant_type, no client", realm.token({"grant_type": "telepathy"}))
    r.take("repeated grant_type", Browser().post(
        url, [("grant_type", "client_credentials"), ("grant_type", "client_credentials")], MYAPI.auth))
    r.take("repeated scope", Browser().post(
        url, [("grant_type", "client_credentials"), ("scope", "openid"), ("scope", "email")], MYAPI.auth))
    r.take("repeated unknown parameter", Browser().post(
        url, [("grant_type", "client_credentials"), ("x", "1"), ("x", "2")], MYAPI.auth))
    r.take("unknown scope", realm.client_credentials(MYAPI, "openid nonsense"))
    r.take("unknown scope, password", realm.password(MYAPI, "alice", "alice-password", "nonsense"))
    r.take("GET", Browser().get(url, {"grant_type": "client_credentials"}, MYAPI.auth))
    r.take("PUT", Browser().request("PUT", url, b"", MYAPI.auth))
    r.take("JSON", Browser().post(
        url, b'{"grant_type":"client_credentials"}', {**MYAPI.auth, "Content-Type": "application/json"}))
    r.take("no content type", Browser().post(url, b"grant_type=client_credentials", MYAPI.auth))
    r.take("charset", Browser().post(url, b"grant_type=client_credentials", {
        **MYAPI.auth, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}))
    r.take("unknown realm", r.realm("nowhere").client_credentials(MYAPI))
    r.take("disabled realm", r.realm("closed").client_credentials(WEB))
    r.take("disabled realm, password", r.realm("closed").password(WEB, "carol", "carol-password"))


def probe_other_grants(r):
    realm = r.realm()
    token = realm.password(MYAPI, "alice", "alice-password").json()["access_token"]
    r.take("token exchange", realm.token(
        {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token}, MYAPI))
    r.take("device code", realm.token(
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, MYAPI))
    r.take("ciba", realm.token({"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": "x"}, MYAPI))
    r.take("uma", realm.token({"grant_type": "urn:ietf:params:oauth:grant-type:uma-ticket"}, MYAPI))
    r.take("jwt bearer", realm.token({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, MYAPI))


def probe_cors(r):
    realm = r.realm()
    url = realm.endpoint("token")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    for label, origin in (("registered origin", "http://localhost:8000"), ("other origin", "http://elsewhere.example")):
        headers = {"Origin": origin}
        r.take(f"{label}: preflight", Browser().request("OPTIONS", url, None, {**headers, **asked}))
        r.take(f"{label}: grant", realm.token(CREDENTIALS, MYAPI, headers))
        r.take(f"{label}: refused", realm.token(CREDENTIALS, headers={**basic("myapi", "wrong"), **headers}))
        r.take(f"{label}: unknown client", realm.token(CREDENTIALS, headers={**basic("nobody", "x"), **headers}))
    r.take("OPTIONS without an origin", Browser().request("OPTIONS", url))
    r.take("web origins of +", r.realm("probe").token(CREDENTIALS, WEB, {"Origin": "http://localhost:8000"}))


def probe_public_client(r):
    r.take("pkce client asks with a password", r.realm("probe").password(SPA, "carol", "carol-password"))
