# SPDX-License-Identifier: Apache-2.0
"""Token exchange (RFC 8693): who may, for whom, and what comes of it. Asked of Keycloak 26.7.3: 24 has another one."""

from oidc import Client

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPE = "urn:ietf:params:oauth:token-type:"
CAROL = ("carol", "carol-password")
APP = Client("app")
API, BACKEND, OFF, OUTSIDE, KEEPER, ASKING = (
    Client(name, f"{name}-secret") for name in ("api", "backend", "off", "outside", "keeper", "asking")
)


def exchange(realm, token, client=API, **changes):
    form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": f"{TYPE}access_token", **changes}
    return realm.token({name: value for name, value in form.items() if value is not None}, client)


def begun(r, scope="openid"):
    realm = r.realm("exchange")
    return realm, realm.password(APP, *CAROL, scope).json()


def probe_exchanged(r):
    realm, tokens = begun(r)
    token = tokens["access_token"]
    first = r.take("plain", exchange(realm, token)).json()
    r.take("with a scope", exchange(realm, token, scope="openid address"))
    r.take("for one audience", exchange(realm, token, audience="backend"))
    r.take("for two audiences", exchange(realm, token, audience=["backend", "stock"]))
    r.take("by a type", exchange(realm, token, requested_token_type=f"{TYPE}access_token"))
    r.take("an ID token", exchange(realm, token, requested_token_type=f"{TYPE}id_token"))
    r.take("an ID token, with openid", exchange(realm, token, requested_token_type=f"{TYPE}id_token", scope="openid"))
    r.take("exchanged once more", exchange(realm, exchange(realm, token, audience="backend").json()["access_token"], BACKEND))
    r.take("userinfo without openid", realm.userinfo(first["access_token"]))
    r.take("its own token", exchange(realm, realm.password(API, *CAROL).json()["access_token"]))


def probe_refresh(r):
    realm, tokens = begun(r)
    token, wanted = tokens["access_token"], f"{TYPE}refresh_token"
    r.take("not allowed", exchange(realm, token, requested_token_type=wanted))
    answer = r.take("allowed", exchange(realm, token, KEEPER, requested_token_type=wanted))
    if "refresh_token" in answer.json():
        r.take("refreshed", realm.refresh(KEEPER, answer.json()["refresh_token"]))
    r.take("allowed and not asked for", exchange(realm, token, KEEPER))
    _, offline = begun(r, "openid offline_access")
    r.take("of an offline session", exchange(realm, offline["access_token"], KEEPER))
    r.take("a refresh token of an offline session", exchange(realm, offline["access_token"], KEEPER, requested_token_type=wanted))
    r.take("offline access asked for", exchange(realm, token, KEEPER, scope="openid offline_access", requested_token_type=wanted))


def probe_service_account(r):
    realm = r.realm("exchange")
    token = realm.client_credentials(KEEPER).json()["access_token"]
    r.take("access token", exchange(realm, token, KEEPER))
    r.take("refresh token", exchange(realm, token, KEEPER, requested_token_type=f"{TYPE}refresh_token"))


def probe_who_may_not(r):
    realm, tokens = begun(r)
    token = tokens["access_token"]
    for label, client in (
        ("outside of the audience", OUTSIDE), ("not enabled", OFF), ("public", APP), ("needs consent", ASKING),
        ("wrong secret", Client("api", "wrong")), ("bearer only", Client("stock", "x")),
    ):
        r.take(label, exchange(realm, token, client))


def probe_audiences(r):
    realm, tokens = begun(r)
    for label, audience in (
        ("unknown", "nobody"), ("disabled", "gone"), ("not available", "outside"), ("the subject's", "app"),
        ("itself", "api"), ("one of two", ["backend", "outside"]), ("empty", ""),
    ):
        r.take(label, exchange(realm, tokens["access_token"], audience=audience))


def probe_refused(r):
    realm, tokens = begun(r)
    token = tokens["access_token"]
    for label, changes in (
        ("no subject token", {"subject_token": None}),
        ("empty subject token", {"subject_token": ""}),
        ("no type", {"subject_token_type": None}),
        ("type of ID tokens", {"subject_token_type": f"{TYPE}id_token"}),
        ("type of refresh tokens", {"subject_token_type": f"{TYPE}refresh_token"}),
        ("type jwt", {"subject_token_type": f"{TYPE}jwt"}),
        ("SAML asked for", {"requested_token_type": f"{TYPE}saml2"}),
        ("unknown type asked for", {"requested_token_type": "x"}),
        ("empty type asked for", {"requested_token_type": ""}),
        ("an actor", {"actor_token": token, "actor_token_type": f"{TYPE}access_token"}),
        ("a resource", {"resource": "https://api.example"}),
        ("a requested subject", {"requested_subject": "carol"}),
        ("a requested issuer", {"requested_issuer": "google"}),
        ("a subject issuer", {"subject_issuer": "google"}),
        ("garbage", {"subject_token": "x"}),
        ("tampered", {"subject_token": token[:-8] + "AAAAAAAA"}),
        ("refresh token", {"subject_token": tokens["refresh_token"]}),
        ("ID token", {"subject_token": tokens["id_token"]}),
        ("unknown scope", {"scope": "unknown"}),
        ("of another realm", {"subject_token": r.realm().password(Client("myapi", "myapi-secret"), "alice", "alice-password").json()["access_token"]}),
    ):
        r.take(label, exchange(realm, token, **{"client": API, **changes}))


def probe_ended(r):
    realm, tokens = begun(r)
    exchanged = exchange(realm, tokens["access_token"], scope="openid").json()["access_token"]
    realm.browser().post(realm.endpoint("revoke"), {"token": tokens["refresh_token"], "client_id": "app"})
    r.take("the subject token", exchange(realm, tokens["access_token"]))
    r.take("userinfo with what was exchanged", realm.userinfo(exchanged))


def probe_revoked(r):
    realm, tokens = begun(r)
    exchanged = exchange(realm, tokens["access_token"], scope="openid").json()["access_token"]
    r.take("revocation of what was exchanged", realm.browser().post(
        realm.endpoint("revoke"), {"token": exchanged, **API.form}))
    r.take("the subject token's userinfo", realm.userinfo(tokens["access_token"]))
    r.take("userinfo with what was exchanged", realm.userinfo(exchanged))
