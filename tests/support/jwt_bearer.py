# SPDX-License-Identifier: Apache-2.0
"""Assertions as grants (RFC 7523): a realm with issuers that it trusts, and what ours and Keycloak answer alike."""

import hmac
import json
import time
import uuid

from cryptography.hazmat.primitives import serialization
from oidc import Client
from signer import EcSigner, RsaSigner, b64, signing_input

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ENABLED = "oauth2.jwt.authorization.grant.enabled"
ISSUERS = "oauth2.jwt.authorization.grant.idp"
AUDIENCE = "oauth2.jwt.authorization.grant.audience"
PREFIX = "jwtAuthorizationGrant"
RSA, EC, STRANGER = RsaSigner("rsa"), EcSigner("ec"), RsaSigner("rsa")
PEM = RSA.private.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()
JWKS = json.dumps({"keys": [RSA.jwk(use="sig", alg="RS256"), EC.jwk(use="sig", alg="ES256")]})
# Those whom clients may bring; "stranger" is trusted, and not for them.
ALIASES = ("partner", "off", "oidc", "long", "reuse", "ec", "limit", "pem", "skew")

APP, CONSENT, OWN, PLAIN, FOREIGN = (
    Client(name, f"{name}-secret", "http://localhost:8000/auth") for name in ("app", "consent", "own", "plain", "foreign")
)
PUBLIC = Client("public", None, "http://localhost:8000/auth")


def provider(alias, provider_id="jwt-authorization-grant", enabled=True, key=JWKS, **config):
    config = {"issuer": f"https://{alias}.example", "publicKeySignatureVerifier": key, **config}
    config = {"useJwksUrl": "false", f"{PREFIX}Enabled": "true", **config}
    return {"alias": alias, "providerId": provider_id, "enabled": enabled, "config": config}


def client(of, **attributes):
    attributes = {ENABLED: "true", ISSUERS: "##".join(ALIASES), **attributes}
    return {
        "clientId": of.client_id,
        "secret": of.secret,
        "publicClient": of.secret is None,
        "redirectUris": [of.redirect_uri],
        "attributes": attributes,
    }


def user(name, aliases=("partner",), **more):
    links = [{"identityProvider": alias, "userId": f"its-{name}", "userName": name} for alias in aliases]
    return {
        **{"username": name, "enabled": True, "email": f"{name}@example.com", "emailVerified": True},
        **{"firstName": name, "lastName": "Cook", "federatedIdentities": links, **more},
    }


def realm_named(name="shop"):
    oidc = {"clientId": "x", "clientSecret": "y", "validateSignature": "true"}
    oidc |= {"authorizationUrl": "https://oidc.example/auth", "tokenUrl": "https://oidc.example/token"}
    return {
        "realm": name,
        "enabled": True,
        "clients": [
            client(APP),
            {**client(CONSENT), "consentRequired": True},
            client(OWN, **{AUDIENCE: json.dumps([{"key": "partner", "value": "urn:own"}])}),
            client(PLAIN, **{ENABLED: "false"}),
            client(FOREIGN, **{ISSUERS: "partner2##2partner#stranger"}),
            client(PUBLIC),
        ],
        "users": [
            {**user("carol", ALIASES), "credentials": [{"type": "password", "value": "carol-password"}]},
            user("gone", enabled=False),
            user("busy", requiredActions=["UPDATE_PASSWORD"]),
        ],
        "identityProviders": [
            *(provider("partner"), provider("off", enabled=False), provider("stranger"), provider("pem", key=PEM)),
            provider("oidc", "oidc", **oidc),
            provider("long", **{f"{PREFIX}MaxAllowedAssertionExpiration": "3600"}),
            provider("reuse", **{f"{PREFIX}AssertionReuseAllowed": "true"}),
            provider("ec", **{f"{PREFIX}AssertionSignatureAlg": "ES256"}),
            provider("limit", **{f"{PREFIX}LimitAccessTokenExp": "true"}),
            provider("skew", **{f"{PREFIX}AllowedClockSkew": "60"}),
        ],
    }


def claims_of(realm, alias="partner", **changes):
    now = int(time.time())
    claims = {"iss": f"https://{alias}.example", "sub": "its-carol", "aud": realm.issuer, "iat": now, "exp": now + 60}
    claims = {**claims, "jti": str(uuid.uuid4()), **changes}
    return {name: value for name, value in claims.items() if value is not None}


def assertion(realm, alias="partner", signer=RSA, header=None, **changes):
    header = {**signer.header, **(header or {})}
    header = {name: value for name, value in header.items() if value is not None}
    return signer.token(header, claims_of(realm, alias, **changes))


def ask(realm, token, client=APP, **form):
    form = {"grant_type": GRANT, **({} if token is None else {"assertion": token}), **form}
    return realm.token(form, client)


def by_public_key(realm):
    """HS256 with what everybody may know of the issuer."""
    text = signing_input({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, claims_of(realm, "pem"))
    return f"{text}.{b64(hmac.digest(PEM.encode(), text.encode(), 'sha256'))}"


IDENTITY = {"typ": "oauth-id-jag+jwt"}


def identity(realm, alias="partner", **changes):
    """One that is for a client, and may say for which APIs and scopes."""
    return assertion(realm, alias, header=IDENTITY, **{"client_id": "app", **changes})


def good(realm):
    """What is answered with an access token: name, assertion, client."""
    now = int(time.time())
    yield "plain", assertion(realm), APP
    yield "the endpoint as audience", assertion(realm, aud=realm.endpoint("token")), APP
    yield "an array of one audience", assertion(realm, aud=[realm.issuer]), APP
    yield "another algorithm of the set", assertion(realm, signer=EC), APP
    yield "its one algorithm", assertion(realm, "ec", EC), APP
    yield "no kid", assertion(realm, header={"kid": None}), APP
    yield "no typ", assertion(realm, header={"typ": None}), APP
    yield "one key as PEM", assertion(realm, "pem"), APP
    yield "a kind that logs in too", assertion(realm, "oidc"), APP
    yield "an hour old", assertion(realm, "long", iat=now - 3000, exp=now + 600), APP
    yield "ends late, is young", assertion(realm, exp=now + 3600), APP
    yield "a clock that is ahead", assertion(realm, "skew", iat=now + 30), APP
    yield "parts of a second", assertion(realm, iat=now - 0.25, nbf=now - 0.25, exp=now + 60.5), APP
    yield "an audience of the client's own", assertion(realm, aud="urn:own"), OWN
    yield "an identity assertion", identity(realm), APP
    yield "an identity assertion, parts of a second", identity(realm, iat=now - 0.25), APP
    yield "reusable, without jti", assertion(realm, "reuse", jti=None), APP


def bad(realm):
    """name, assertion, client, error, description."""
    now, grant = int(time.time()), "invalid_grant"
    none = signing_input({"alg": "none", "typ": "JWT"}, claims_of(realm)) + "."
    yield "none given", None, APP, grant, "Missing parameter:assertion"
    yield "empty", "", APP, grant, "The provided assertion is not a valid JWT"
    yield "garbage", "a.b.c", APP, grant, "The provided assertion is not a valid JWT"
    for name, sentence in {
        "iss": "Missing claim: iss",
        "sub": "Missing claim: sub",
        "aud": "Invalid token audience",
        "exp": "Token exp claim is required",
        "jti": "Token jti claim is required",
    }.items():
        yield f"no {name}", assertion(realm, **{name: None}), APP, grant, sentence
    for name, changes, sentence in (
        ("expired", {"exp": now - 5}, "Token is not active"),
        ("expired, by a clock that may be ahead", {"alias": "skew", "exp": now - 30}, "Token is not active"),
        ("not yet", {"nbf": now + 60}, "Token is not active"),
        ("of the future", {"iat": now + 60}, "Token was issued in the future"),
        ("too old", {"iat": now - 400}, "Token was issued too far in the past to be used now"),
        ("no iat, ends late", {"iat": None, "exp": now + 86400}, "Token expiration is too far in the future"),
        ("another realm", {"aud": f"{realm.base}/realms/master"}, "Invalid token audience"),
        ("another server", {"aud": "https://elsewhere.example"}, "Invalid token audience"),
        ("the client", {"aud": "app"}, "Invalid token audience"),
        ("two audiences", {"aud": [realm.issuer, "x"]}, "Multiple audiences not allowed"),
        ("both of ours", {"aud": [realm.issuer, realm.endpoint("token")]}, "Multiple audiences not allowed"),
        ("nobody's issuer", {"iss": "https://nobody.example"}, "No Identity Provider for provided issuer"),
        ("nearly its issuer", {"iss": "https://partner.example/"}, "No Identity Provider for provided issuer"),
        ("a provider that is off", {"alias": "off"}, "No Identity Provider for provided issuer"),
        ("a provider for others", {"alias": "stranger"}, "Identity Provider is not allowed for the client"),
        ("nobody", {"sub": "its-nobody"}, "User not found"),
        ("our name of the user", {"sub": "carol"}, "User not found"),
        ("somebody disabled", {"sub": "its-gone"}, "User is not enabled"),
        ("somebody with things to do", {"sub": "its-busy"}, "Account is not fully set up"),
        ("not its algorithm", {"alias": "ec"}, "Invalid signature algorithm"),
        ("a stranger's key", {"signer": STRANGER}, "Invalid signature"),
        ("an unknown kid", {"header": {"kid": "other"}}, "Invalid signature"),
    ):
        yield name, assertion(realm, **changes), APP, grant, sentence
    yield "an identity assertion of nobody", identity(realm, client_id=None), APP, grant, ""
    yield "an identity assertion for another", identity(realm, client_id="own"), APP, grant, ""
    yield "an identity assertion without iat", identity(realm, iat=None), APP, grant, "Token iat claim is required"
    yield "an identity assertion for another server", identity(realm, aud="https://elsewhere.example"), APP, grant, "Invalid token audience"
    yield "alg none", none, APP, grant, ""  # what cannot be a signed JWT is none, or has no algorithm
    yield "HS256 by the public key", by_public_key(realm), APP, grant, "Invalid signature algorithm"
    yield "a public client", assertion(realm), PUBLIC, grant, "Public client not allowed to use authorization grant"
    yield "a client without it", assertion(realm), PLAIN, grant, "not supported for the requested client"
    yield "a client of others", assertion(realm), FOREIGN, grant, "Identity Provider is not allowed for the client"
    yield "no consent", assertion(realm), CONSENT, "invalid_scope", "Missing consents for the client consent"
    yield "not its own audience", assertion(realm), OWN, grant, "Invalid token audience"


def same_everywhere(realm):
    """Asks all of it; returns the names of what was answered otherwise."""
    other = []
    for name, token, client in good(realm):
        answer = ask(realm, token, client)
        if answer.status != 200 or "access_token" not in answer.json() or "refresh_token" in answer.json():
            other.append((name, answer.status, answer.text))
    for name, token, client, error, sentence in bad(realm):
        answer = ask(realm, token, client)
        told = answer.json()
        if answer.status != 400 or told["error"] != error or sentence not in told.get("error_description", ""):
            other.append((name, answer.status, answer.text))
    return other
