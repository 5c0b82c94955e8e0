# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/development/attacks.md against the provider's own endpoints that take tokens.

The realm's keys are read from its store: what is well signed must be refused for what it says.
"""

import json
import time

import forgery
import pytest
import stores
from oidc import Client, Pkce
from programs import PROJECT
from signer import RsaSigner, SecretSigner
from trap import Trap
from web import Browser, bearer, unverified_token

REALMS = PROJECT / "tests" / "interop" / "realms"


@pytest.fixture(scope="module")
def realm(provider):
    return provider.realm()


def keys_of(provider, realm):
    """The private keys of a realm, by algorithm."""
    rows = stores.rows(provider.data, f"SELECT algorithm, jwk FROM key WHERE realm = '{realm}'")
    jwks = {algorithm: json.loads(jwk) for algorithm, jwk in rows}
    made = {name: RsaSigner.of_jwk(jwk) for name, jwk in jwks.items() if jwk["kty"] == "RSA"}
    return {**made, "HS512": SecretSigner(jwks["HS512"])}


@pytest.fixture(scope="module")
def keys(provider):
    return keys_of(provider, "myrealm")


@pytest.fixture(scope="module")
def tokens(realm, myapi):
    answer = realm.password(myapi, "alice", "alice-password")
    assert answer.status == 200
    return answer.json()


@pytest.fixture(scope="module")
def trap():
    with Trap() as listening:
        yield listening


def claims_of(tokens, kind="access_token", **more):
    return {**unverified_token(tokens[kind])[1], "preferred_username": "mallory", **more}


@pytest.fixture(scope="module")
def forged(realm, tokens, keys, trap):
    """Everything that can be made of what is public, of tokens that somebody was given, and of the keys."""
    jwk = next(key for key in realm.certs().json()["keys"] if key["alg"] == "RS256")
    claims, signer = claims_of(tokens), keys["RS256"]
    made = [
        *forgery.without_the_key(jwk, claims, trap.base),
        *forgery.by_the_issuer(signer, claims),
        *forgery.by_an_rsa_issuer(signer, claims),
        *forgery.by_the_issuer(keys["HS512"], claims_of(tokens, "refresh_token")),
    ]
    for kind in ("access_token", "refresh_token", "id_token"):
        made += [(number, f"{kind}: {name}", token) for number, name, token in forgery.of_a_good_token(tokens[kind])]
    return made


NUMBERS = pytest.mark.parametrize("number", forgery.NUMBERS, ids=[f"attack_{number:02}" for number in forgery.NUMBERS])


@pytest.fixture
def attacks(forged, number):
    found = [(name, token) for made, name, token in forged if made == number]
    assert found
    return found


# ---- each endpoint refuses, and says what it has to say ----


def refused_by_userinfo(realm, token):
    answer = realm.userinfo(token)
    assert answer.status == 401, answer.text
    description = 'error="invalid_token", error_description="Token verification failed"'
    assert answer.header("WWW-Authenticate") == f'Bearer realm="myrealm", {description}'
    assert answer.body == b"" and answer.header("Cache-Control") == "no-store"


def refused_by_introspection(realm, token, client):
    answer = Browser().post(realm.endpoint("token/introspect"), {"token": token}, client.auth)
    assert (answer.status, answer.json()) == (200, {"active": False})


def refused_by_refresh(realm, token, client):
    answer = realm.refresh(client, token)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant"), answer.text


def refused_everywhere(realm, token, client):
    refused_by_userinfo(realm, token)
    refused_by_introspection(realm, token, client)
    refused_by_refresh(realm, token, client)


def still_good(realm, tokens, client):
    assert realm.userinfo(tokens["access_token"]).status == 200
    answer = Browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, client.auth)
    assert answer.json()["active"] is True


def as_field(token):
    """What no field can carry goes no further than the client."""
    return token.isascii()


@NUMBERS
def test_at_userinfo(realm, tokens, attacks, myapi, trap):
    for name, token in attacks:
        if as_field(token):
            refused_by_userinfo(realm, token)
    still_good(realm, tokens, myapi)
    assert trap.untouched


@NUMBERS
def test_at_introspection(realm, tokens, attacks, myapi, trap):
    for name, token in attacks:
        refused_by_introspection(realm, token, myapi)
    still_good(realm, tokens, myapi)
    assert trap.untouched


@NUMBERS
def test_at_the_refresh_grant(realm, tokens, attacks, myapi, trap):
    for name, token in attacks:
        refused_by_refresh(realm, token, myapi)
    assert realm.refresh(myapi, tokens["refresh_token"]).status == 200
    assert trap.untouched


@NUMBERS
def test_at_revocation(realm, tokens, attacks, myapi, trap, number):
    """A forged token revokes nothing (RFC 7009 §2.2: the answer tells nothing either)."""
    for name, token in attacks:
        if number == 22 and unverified_token(token)[0]["alg"] == "HS512":
            continue  # a refresh token that has expired still tells which session is to end
        answer = Browser().post(realm.endpoint("revoke"), {"token": token}, myapi.auth)
        assert (answer.status, answer.body) == (200, b""), name
    still_good(realm, tokens, myapi)
    assert trap.untouched


@NUMBERS
def test_at_logout(realm, attacks, keys, tokens, myapi, trap, number):
    """A forged hint ends nobody's session and leads nowhere."""
    browser = Browser()
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    id_claims = claims_of(tokens, "id_token")
    signed = [*forgery.by_the_issuer(keys["RS256"], id_claims), *forgery.by_an_rsa_issuer(keys["RS256"], id_claims)]
    # An ID token that has expired still tells whose session it was.
    attacks = [*attacks, *((name, token) for made, name, token in signed if made == number != 22)]
    for name, token in attacks:
        hint = {"id_token_hint": token, "post_logout_redirect_uri": "https://evil.example/"}
        answer = browser.post(realm.endpoint("logout"), hint)
        assert (answer.status, answer.header("Location")) == (400, None), name
    assert realm.authorize(browser, myapi, Pkce()).status == 302  # still logged in
    assert trap.untouched


# ---- well signed, and still none of this endpoint's ----


def test_attack_06_and_10_own_keys_are_strong(realm, keys):
    """The provider makes its keys itself: nobody can configure weak ones."""
    assert len(keys["HS512"].secret) == 64
    for key in realm.certs().json()["keys"]:
        assert len(forgery.unb64(key["n"])) * 8 >= 2048 and key["e"] == "AQAB"
        assert "d" not in key and key["kty"] == "RSA"


def test_attack_18_key_for_encryption(realm, tokens, keys, myapi):
    """The realm's key for encryption is published beside the other one, and signs nothing."""
    encryption = keys["RSA-OAEP"]
    assert encryption.kid in [key["kid"] for key in realm.certs().json()["keys"]]
    for kid in (encryption.kid, keys["RS256"].kid):
        refused_everywhere(realm, encryption.token({"alg": "RS256", "typ": "JWT", "kid": kid}, claims_of(tokens)), myapi)


def test_attack_22_from_the_future(realm, tokens, keys, myapi):
    signer, now = keys["RS256"], int(time.time())
    assert realm.userinfo(signer.token(signer.header, claims_of(tokens))).status == 200
    for name in ("nbf", "iat"):
        for bad in (now + 60, str(now), 1e300, True):
            refused_everywhere(realm, signer.token(signer.header, claims_of(tokens, **{name: bad})), myapi)


def test_attack_23_and_29_issuers(realm, tokens, keys, myapi):
    signer, good = keys["RS256"], realm.issuer
    with Trap() as stranger:
        for bad in (good + "/", good.upper(), good[:-1], good + "2", "", None, [good], stranger.base, f"{stranger.base}/realms/myrealm"):
            refused_everywhere(realm, signer.token(signer.header, claims_of(tokens, iss=bad)), myapi)
        assert stranger.untouched


def test_attack_26_id_token(realm, tokens, myapi):
    refused_by_userinfo(realm, tokens["id_token"])
    refused_by_refresh(realm, tokens["id_token"], myapi)
    answer = Browser().post(realm.endpoint("revoke"), {"token": tokens["id_token"]}, myapi.auth)
    assert (answer.status, answer.json()["error"]) == (400, "unsupported_token_type")
    still_good(realm, tokens, myapi)


@pytest.mark.parametrize("kind", ["ID", "Refresh", "Offline", "Logout", "Serialized-ID", "Login", "bearer", "", 1, None])
def test_attack_27_other_kinds(realm, tokens, keys, myapi, kind):
    signer = keys["RS256"]
    refused_by_userinfo(realm, tokens["refresh_token"])
    refused_by_refresh(realm, tokens["access_token"], myapi)
    refused_by_userinfo(realm, signer.token(signer.header, claims_of(tokens, typ=kind)))
    # What only the provider reads is signed with its secret; its public key's owner is not enough.
    refused_by_refresh(realm, signer.token(signer.header, claims_of(tokens, "refresh_token", typ="Refresh")), myapi)
    secret = keys["HS512"]
    refused_by_refresh(realm, secret.token(secret.header, claims_of(tokens, "refresh_token", typ=kind if kind != "Refresh" else "x")), myapi)
    refused_by_userinfo(realm, secret.token(secret.header, claims_of(tokens)))


@pytest.mark.parametrize("kind", ["ID", "Refresh", "Serialized-ID", "Logout-Question", "Bearer"])
def test_attack_27_cookie_of_another_kind(realm, tokens, keys, myapi, kind):
    """The cookie of single sign-on is what it says, and no other token in its place."""
    browser, secret = Browser(), keys["HS512"]
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    good = browser.cookie("KEYCLOAK_IDENTITY")
    claims = {**unverified_token(good)[1], "typ": kind}
    forged = secret.token(secret.header, claims)
    for cookie, status in ((good, 302), (forged, 302 if kind == "Serialized-ID" else 200)):
        headers = {"Cookie": f"KEYCLOAK_IDENTITY={cookie}"}
        answer = Browser().get(realm.endpoint("auth"), realm.auth_params(myapi, Pkce()), headers)
        assert answer.status == status
    for token in (tokens["refresh_token"], tokens["access_token"], tokens["id_token"]):
        answer = Browser().get(realm.endpoint("auth"), realm.auth_params(myapi), {"Cookie": f"KEYCLOAK_IDENTITY={token}"})
        assert answer.status == 200 and "kc-form-login" in answer.text


def test_no_changed_cookie_logs_anybody_in(realm, keys, myapi):
    """The same attacks upon the cookie of single sign-on."""
    browser, secret = Browser(), keys["HS512"]
    realm.log_in(browser, myapi, "alice", "alice-password", Pkce())
    good = browser.cookie("KEYCLOAK_IDENTITY")
    claims = unverified_token(good)[1]
    forged = [*forgery.of_a_good_token(good), *forgery.by_the_issuer(secret, claims)]
    forged += forgery.without_the_key(keys["RS256"].jwk(), claims, "http://127.0.0.1:1")
    for changes in ({"sub": "x"}, {"sid": "x"}, {"iss": "x"}, {"exp": 1}):
        forged.append((0, str(changes), secret.token(secret.header, {**claims, **changes})))
    for number, name, cookie in forged:
        if not cookie.isascii() or len(cookie) > 16000:
            continue
        headers = {"Cookie": f"KEYCLOAK_IDENTITY={cookie}"}
        answer = Browser().get(realm.endpoint("auth"), realm.auth_params(myapi, Pkce()), headers)
        assert answer.status == 200 and "kc-form-login" in answer.text, (number, name)


def test_attack_28_token_of_another_client(realm, tokens, items_docs, myapi):
    """Each client refreshes and revokes its own; a public one learns nothing."""
    refused_by_refresh(realm, tokens["refresh_token"], items_docs)
    for kind in ("refresh_token", "access_token"):
        answer = Browser().post(realm.endpoint("revoke"), {"token": tokens[kind], **items_docs.form})
        assert (answer.status, answer.json()["error_description"]) == (400, "Unmatching clients")
    answer = Browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"], **items_docs.form})
    assert answer.status == 403 and "active" not in answer.text
    still_good(realm, tokens, myapi)


def test_attack_30_key_of_another_realm(new_provider, realm_file, myapi):
    """A realm's tokens are nothing to the next, whatever they say of themselves."""
    provider = new_provider([realm_file, REALMS / "probe-realm.json"])
    realm, other = provider.realm(), provider.realm("probe")
    tokens = realm.password(myapi, "alice", "alice-password").json()
    keys, web = keys_of(provider, "myrealm"), Client("web", "web-secret", "http://localhost:8000/auth")
    signer, secret = keys["RS256"], keys["HS512"]
    for claims in (claims_of(tokens), claims_of(tokens, iss=other.issuer, azp="web")):
        token = signer.token(signer.header, claims)
        assert other.userinfo(token).status == 401
        refused_by_introspection(other, token, web)
    refresh = claims_of(tokens, "refresh_token", iss=other.issuer, azp="web")
    refused_by_refresh(other, secret.token(secret.header, refresh), web)
    refused_by_refresh(other, tokens["refresh_token"], web)
    refused_everywhere(realm, signer.token(signer.header, claims_of(tokens, iss=other.issuer)), myapi)
    cookie = secret.token(secret.header, {"typ": "Serialized-ID", "iss": other.issuer, "exp": int(time.time()) + 60})
    headers = {"Cookie": f"KEYCLOAK_IDENTITY={cookie}"}
    assert Browser().get(other.endpoint("auth"), other.auth_params(web), headers).page.form("kc-form-login")
    still_good(realm, tokens, myapi)


def test_attack_34_a_large_token(realm, tokens, myapi):
    token = "eyJ." + "A" * 60000 + ".AA"
    refused_by_introspection(realm, token, myapi)
    refused_by_refresh(realm, token, myapi)
    too_much = "A" * 600_000  # less than what the engine reads and throws away
    assert realm.refresh(myapi, too_much).status == 413
    assert Browser().get(realm.endpoint("userinfo"), headers=bearer("A" * 200000)).status == 431
    still_good(realm, tokens, myapi)


def test_attack_39_two_tokens_in_one_request(realm, tokens):
    """In the field and in the body: RFC 6750 §2."""
    good = tokens["access_token"]
    for in_form in (good, "x", ""):
        answer = Browser().post(realm.endpoint("userinfo"), {"access_token": in_form}, headers=bearer(good))
        assert answer.status == 400
        assert 'error="invalid_request"' in answer.header("WWW-Authenticate")


def test_attack_40_token_in_the_address(realm, tokens):
    for method in ("GET", "POST"):
        answer = Browser().request(method, realm.endpoint("userinfo") + f"?access_token={tokens['access_token']}")
        assert (answer.status, answer.header("WWW-Authenticate")) == (401, 'Bearer realm="myrealm"')


@pytest.mark.parametrize("name", ["X-User", "Remote-User", "X-Forwarded-User", "X_User", "X-Client-Id", "SSL-Client-Cert"])
def test_attack_43_identity_in_a_field(realm, tokens, name):
    """At the provider nobody is a user or a client because a field says so."""
    assert Browser().get(realm.endpoint("userinfo"), headers={name: "alice"}).status == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": "myapi"}
    assert Browser().post(realm.endpoint("token"), form, {name: "myapi"}).status == 401


def test_internal_tokens_are_not_signed_with_public_keys(tokens):
    """A refresh token is the provider's own affair: HS512 by a secret that no set shows."""
    assert unverified_token(tokens["refresh_token"])[0]["alg"] == "HS512"
