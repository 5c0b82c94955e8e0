# SPDX-License-Identifier: Apache-2.0
"""A realm under client policies, at ours and at Keycloak, and how it is asked."""

import base64
import json
import secrets
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from dpop import DpopClient, b64
from oidc import Client, Pkce, callback_of
from signer import EcSigner, RsaSigner
from web import Browser

REALM = "policed"
HTTPS, HTTP, LOOPBACK = "https://app.example/cb", "http://app.example/cb", "http://127.0.0.1:7777/cb"
NAMED, OWN_SCHEME, UNDOTTED = "http://localhost/cb", "com.example.app:/cb", "nodot:/cb"
EC, RSA, PROVER = EcSigner("ec"), RsaSigner("rsa"), DpopClient()
JWKS = json.dumps({"keys": [EC.jwk(use="sig", alg="ES256"), RSA.jwk(use="sig", alg="RS256")]})
BY_KEYS = {"use.jwks.string": "true", "jwks.string": JWKS, "oidc.ciba.grant.enabled": "true", "ciba.backchannel.auth.request.signing.alg": "ES256"}
BY_JWT = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
ASKING = {f"{what}.enabled": "true" for what in ("oidc.ciba.grant", "standard.token.exchange")}
ASKING["allow.token.introspection.without.audience.check"] = "true"
PROVED = Pkce()
ANYBODY = {"any-client": {}}
STRICT_URIS = {f"allow-{what}": "true" for what in ("ipv4-loopback-address", "ipv6-loopback-address", "private-use-uri-scheme")}
STRICT_URIS["oauth-2-1-compliant"] = "true"
NOT_SHOWN = {"client.secret.creation.time", "jwks.string", "realm_client", "post.logout.redirect.uris"}


def client(name, attributes=None, **members):
    return {
        "clientId": name,
        "redirectUris": [HTTPS, HTTP, LOOPBACK, NAMED, OWN_SCHEME, UNDOTTED],
        "directAccessGrantsEnabled": True,
        "implicitFlowEnabled": True,
        "attributes": attributes or {},
        **members,
    }



def flow(alias, *steps, top=True):
    executions = [{"requirement": "REQUIRED", "priority": 10 * n, **step} for n, step in enumerate(steps)]
    return {"alias": alias, "providerId": "basic-flow", "topLevel": top, "builtIn": False, "authenticationExecutions": executions}


BY_PASSWORD = {"authenticator": "auth-username-password-form"}
FLOWS = [
    flow("denies", BY_PASSWORD, {"authenticator": "deny-access-authenticator"}),
    flow("bare", BY_PASSWORD),
    flow("part", BY_PASSWORD, top=False),
    flow(
        "cookied",
        {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"},
        {"flowAlias": "part", "requirement": "ALTERNATIVE", "authenticatorFlow": True},
    ),
]

REALM_FILE = {
    "realm": REALM,
    "enabled": True,
    "sslRequired": "none",
    "clients": [
        client("open", publicClient=True),
        client("changed", publicClient=True),
        client("watched", publicClient=True),
        client("secret", ASKING, secret="secret", serviceAccountsEnabled=True),
        client("kept", secret="secret"),
        client("jwt", BY_KEYS, clientAuthenticatorType="client-jwt", serviceAccountsEnabled=True),
        client("bound", {"dpop.bound.access.tokens": "true"}, publicClient=True),
    ],
    "authenticationFlows": FLOWS,
    "roles": {"client": {"watched": [{"name": "watched"}]}},
    "users": [
        {
            **{"username": "carol", "enabled": True, "email": "carol@example.org", "firstName": "C", "lastName": "C"},
            "credentials": [{"type": "password", "value": "carol-password"}],
        }
    ],
}


class Site:
    """The realm at one provider, and its administrator: admin(method, path, body)."""

    def __init__(self, server, admin):
        self.realm, self.admin = server.realm(REALM), admin
        self.base, self.prover = server.base, PROVER

    def begin(self):
        assert self.admin("DELETE", f"/realms/{REALM}").status in (204, 404)
        assert self.admin("POST", "/realms", json.dumps(REALM_FILE).encode()).status == 201
        self.tokens = self.realm.password(Client("open"), "carol", "carol-password").json()

    def put(self, what, parts):
        return self.admin("PUT", f"/realms/{REALM}/client-policies/{what}", json.dumps({what: parts}).encode())

    def enforce(self, conditions, *profiles, **more):
        policy = {"name": "p", "enabled": True, "conditions": parts("condition", conditions), "profiles": list(profiles)}
        return self.put("policies", [{**policy, **more}] if profiles else [])

    def own(self, executors):
        """The profile of that name; it has to be free."""
        assert self.enforce({}).status == 204
        return self.put("profiles", [{"name": "own", "executors": parts("executor", executors)}])

    def free(self, ask):
        """What `ask` comes to without policies."""
        kept = self.admin("GET", f"/realms/{REALM}/client-policies/policies").body
        assert self.enforce({}).status == 204
        try:
            return ask()
        finally:
            assert self.admin("PUT", f"/realms/{REALM}/client-policies/policies", kept).status == 204

    def code(self, pkce=None):
        named = Client("open", None, HTTPS)
        answer = self.free(lambda: self.realm.log_in(Browser(), named, "carol", "carol-password", pkce))
        return callback_of(answer)["code"]

    def post(self, path, form, headers=None):
        return Browser().post(self.realm.endpoint(path), form, dict(headers or {}))

    def proof(self, path):
        return {"DPoP": self.prover.proof(self.realm.endpoint(path), "", method="POST", ath=None)}

    def assertion(self, signer=EC, audience=None):
        now, header = int(time.time()), {"alg": "ES256" if signer is EC else "RS256", "kid": signer.kid, "typ": "JWT"}
        audience = {None: self.realm.issuer, "endpoint": self.realm.endpoint("token"), "list": [self.realm.issuer]}[audience]
        claims = {"iss": "jwt", "sub": "jwt", "aud": audience, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 60}
        return {**BY_JWT, "client_assertion": signer.token(header, claims)}

    def request_object(self, **changes):
        """Of the client "jwt"; times are counted from now, and what is None is left out."""
        now = int(time.time())
        claims = {"iss": "jwt", "aud": self.realm.issuer, "jti": str(uuid.uuid4()), "client_id": "jwt", "scope": "openid"}
        claims |= {"iat": 0, "nbf": 0, "exp": 300, **changes}
        claims = {name: now + claim if name in ("iat", "nbf", "exp") and claim is not None else claim for name, claim in claims.items()}
        return EC.token({"alg": "ES256", "kid": EC.kid, "typ": "JWT"}, {name: claim for name, claim in claims.items() if claim is not None})


    def sealed(self, token):
        """Encrypted for the realm."""
        keys = Browser().get(self.realm.endpoint("certs")).json()["keys"]
        return sealed(token, next(key for key in keys if key["use"] == "enc"))


def sealed(token, jwk, **header):
    """A nested token (RFC 7519 section 11.1): encrypted by RSA-OAEP and A256GCM for a public key."""
    e, n = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("e", "n"))
    whole = {"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT", "kid": jwk["kid"], **header}
    protected, key, nonce = b64(json.dumps(whole).encode()), secrets.token_bytes(32), secrets.token_bytes(12)
    by_sha1 = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    encrypted = rsa.RSAPublicNumbers(e, n).public_key().encrypt(key, by_sha1)
    content = AESGCM(key).encrypt(nonce, token.encode(), protected.encode())
    return ".".join([protected, b64(encrypted), b64(nonce), b64(content[:-16]), b64(content[-16:])])


def parts(kind, of):
    """{"pkce-enforcer": {…}} as Keycloak's lists have it."""
    return [{kind: name, "configuration": configuration} for name, configuration in of.items()]
