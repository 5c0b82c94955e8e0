# SPDX-License-Identifier: Apache-2.0
"""Client policies at work: requests that ours and Keycloak are asked under one executor or one condition at a time.

A group is what a realm's profile "own" has, for whom it counts, and steps; each step is a function of a Site, with a name
that says what is asked. What Keycloak 26.7.3 answers is in policy_answers.json; where ours does otherwise, DEVIATIONS says
so, and why.
"""

import json
import pathlib
import time
import uuid

from dpop import DpopClient
from oidc import Client, Pkce, callback_of
from signer import EcSigner, RsaSigner
from web import Browser, bearer, fragment_of, query_of, unverified_token

ANSWERS = pathlib.Path(__file__).with_name("policy_answers.json")
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


def parts(kind, of):
    """{"pkce-enforcer": {…}} as Keycloak's lists have it."""
    return [{kind: name, "configuration": configuration} for name, configuration in of.items()]


# ---- steps ----


def made(**members):
    def step(site):
        body = json.dumps({"clientId": "made", "redirectUris": [HTTPS], **members}).encode()
        answer = site.admin("POST", f"/realms/{REALM}/clients", body)
        if answer.status != 201:
            return answer
        path = f"/realms/{REALM}/clients/{answer.header('Location').rsplit('/', 1)[1]}"
        shown = settings(site.admin("GET", path).json())
        site.admin("DELETE", path)
        return {"status": 201, **shown}

    return step


def changed(name="changed", **members):
    def step(site):
        client = site.admin("GET", f"/realms/{REALM}/clients?clientId={name}").json()[0]
        path = f"/realms/{REALM}/clients/{client['id']}"
        answer = site.admin("PUT", path, json.dumps({**client, "description": "x", **members}).encode())
        if answer.status != 204:
            return answer
        shown = settings(site.admin("GET", path).json())
        assert site.free(lambda: site.admin("PUT", path, json.dumps(without_new(client, shown)).encode())).status == 204
        return {"status": 204, **shown}

    return step


def without_new(client, shown):
    """As it was: an attribute goes by being empty."""
    gone = {name: "" for name in shown["attributes"] if name not in client["attributes"]}
    return {**client, "attributes": {**client["attributes"], **gone}}


def settings(client):
    names = ("clientAuthenticatorType", "consentRequired", "directAccessGrantsEnabled", "fullScopeAllowed", "implicitFlowEnabled")
    kept = {name: value for name, value in client["attributes"].items() if name not in NOT_SHOWN}
    return {**{name: client.get(name) for name in names}, "attributes": kept}


def authorized(client="open", **changes):
    def step(site):
        params = {"client_id": client, "redirect_uri": HTTPS, "response_type": "code", "scope": "openid", "state": "s", "nonce": "n"}
        params = {name: value for name, value in {**params, **changes}.items() if value is not None}
        return Browser().get(site.realm.endpoint("auth"), params)

    return step


def pushed(proof=None, **changes):
    def step(site):
        form = {"redirect_uri": HTTPS, "response_type": "code", "scope": "openid", **(proof(site) if proof else {"client_id": "open"})}
        return site.post("ext/par/request", {name: value for name, value in {**form, **changes}.items() if value is not None})

    return step


ASKED = {"redirect_uri": HTTPS, "response_type": "code", "state": "s", "nonce": "n"}


def signed(beside=(), push=False, **changes):
    """A request in an object, with parameters beside it."""

    def step(site):
        form = {"client_id": "jwt", "request": site.request_object(**{**ASKED, **changes}), **dict(beside)}
        if push:
            return site.post("ext/par/request", {**form, **site.assertion()})
        return Browser().get(site.realm.endpoint("auth"), form)

    return step


def beside(**more):
    """What was pushed, with parameters beside it."""

    def step(site):
        name = site.free(lambda: pushed(state="s", nonce="n")(site)).json()["request_uri"]
        return Browser().get(site.realm.endpoint("auth"), {"client_id": "open", "request_uri": name, **more})

    return step


def in_backchannel(**form):
    return posted("ext/ciba/auth", **{"scope": "openid", "login_hint": "carol", **form})


def signed_in_backchannel(**changes):
    def step(site):
        form = {"client_id": "jwt", "request": site.request_object(**{"login_hint": "carol", "client_id": None, **changes})}
        return site.post("ext/ciba/auth", {**form, **site.assertion()})

    return step


def exchanged(**form):
    """A token with the scope "address", for another one; what that has."""
    kind = "urn:ietf:params:oauth:token-type:access_token"

    def step(site):
        subject = site.free(lambda: password("secret", scope="openid address")(site)).json()["access_token"]
        form_ = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": subject, "subject_token_type": kind, **form}
        answer = posted("token", **form_)(site)
        return answer if answer.status != 200 else {"status": 200, "scope": sorted(answer.json()["scope"].split())}

    return step


def by_link(hinted=False, **params):
    """A browser that is led to the logout."""

    def step(site):
        hint = {"id_token_hint": site.tokens["id_token"]} if hinted else {}
        return Browser().get(site.realm.endpoint("logout"), {**hint, **params})

    return step


def by_jwt(*how):
    return lambda site: {"client_id": "jwt", **site.assertion(*how)}


def by_secret(_=None):
    return {"client_id": "secret", "client_secret": "secret"}


def posted(path, proof=by_secret, proved=False, **form):
    return lambda site: site.post(path, {**proof(site), **form}, site.proof(path) if proved else None)


def credentials(proof=by_secret):
    return posted("token", proof, grant_type="client_credentials")


def password(client="open", proved=False, **more):
    proof = by_secret if client == "secret" else lambda _: {"client_id": client}
    form = {"grant_type": "password", "username": "carol", "password": "carol-password", "scope": "openid"}
    return posted("token", proof, proved, **{**form, **more})


def redeemed(challenge=None, **form):
    def step(site):
        code = site.code(challenge)
        return site.post("token", {"grant_type": "authorization_code", "code": code, "client_id": "open", "redirect_uri": HTTPS, **form})

    return step


def of_free(path, proved=False, name="token", kind="refresh_token", **form):
    """With a token that was issued when there were no policies."""
    return lambda site: site.post(path, {"client_id": "open", name: site.tokens[kind], **form}, site.proof(path) if proved else None)


def userinfo(site):
    return Browser().get(site.realm.endpoint("userinfo"), headers=bearer(site.tokens["access_token"]))


def registered(**metadata):
    def step(site):
        first = site.admin("POST", f"/realms/{REALM}/clients-initial-access", b'{"count":1,"expiration":60}').json()["token"]
        url = f"{site.realm.issuer}/clients-registrations/openid-connect"
        body = json.dumps({"redirect_uris": [HTTPS], **metadata}).encode()
        return Browser().request("POST", url, body, {**bearer(first), "Content-Type": "application/json"})

    return step


def said(of, introspects=False):
    """The names of the claims of the access token that comes, or of what introspection tells of it."""

    def step(site):
        answer = of(site)
        if answer.status != 200:
            return answer
        token = answer.json()["access_token"]
        claims = unverified_token(token)[1]
        if introspects:
            told = site.free(lambda: posted("token/introspect", token=token)(site)).json()
            names = {name: sorted(told[name].split()) for name in ("scope",) if name in told}
            roles = sorted(told.get("realm_access", {}).get("roles", []))
            return {**{name: told.get(name) for name in ("active", "preferred_username", "username", "azp", "typ", "acr")}, **names, "roles": roles}
        return {"claims": sorted(claims), "typ": claims["typ"]}

    return step


def lightened(site):
    """A lightweight token at userinfo."""
    token = password()(site).json()["access_token"]
    return Browser().get(site.realm.endpoint("userinfo"), headers=bearer(token))


def again(site):
    first = site.free(lambda: password()(site)).json()["refresh_token"]
    return site.post("token", {"client_id": "open", "grant_type": "refresh_token", "refresh_token": first})


def refreshed(site):
    """Whether another refresh token comes, and whether the one that was brought goes on."""
    first = site.free(lambda: password()(site)).json()["refresh_token"]
    form = {"client_id": "open", "grant_type": "refresh_token", "refresh_token": first}
    one, two = site.post("token", form), site.post("token", form)
    return {"statuses": [one.status, two.status], "comes": "refresh_token" in one.json()}


def managed(site):
    """Whether a registration access token goes on after a change."""
    client = site.free(lambda: registered()(site)).json()
    url, token = client["registration_client_uri"], client["registration_access_token"]
    body = json.dumps({"client_id": client["client_id"], "redirect_uris": [HTTPS]}).encode()
    put = [Browser().request("PUT", url, body, {**bearer(token), "Content-Type": "application/json"}).status for _ in range(2)]
    return {"statuses": put}


def uris(*addresses, **more):
    return {f"registers {address or 'nothing'}": made(publicClient=True, redirectUris=[address], **more) for address in addresses}


FLAWED = {
    "rootUrl": {"rootUrl": "http://a.example"},
    "adminUrl": {"adminUrl": "http://a.example"},
    "baseUrl": {"baseUrl": "/x"},
    "redirectUris": {"redirectUris": [HTTP]},
    "wildcard": {"redirectUris": ["https://a.example/*"]},
    "any origin": {"webOrigins": ["*"]},
    "webOrigins": {"webOrigins": ["http://a.example"]},
    "jwks": {"attributes": {"jwks.url": "http://a.example/"}},
    "post logout": {"attributes": {"post.logout.redirect.uris": "http://a.example/"}},
    "back-channel": {"attributes": {"backchannel.logout.url": "http://a.example/"}},
    "logo": {"attributes": {"logoUri": "http://a.example/"}},
    "requests": {"attributes": {"request.uris": "https://a.example/##http://a.example/"}},
}
OFF, ON = {"auto-configure": False}, {"auto-configure": True}
ALLOWED = {"allowed-client-authenticators": ["client-jwt", "client-x509"], "default-client-authenticator": "client-jwt"}
PASSWORDS = {"password of a public client": password(), "of a confidential one": password("secret"), "of a watched one": password("watched")}


def condition(name, **configuration):
    return ({"reject-ropc-grant": OFF}, {name: configuration}, PASSWORDS)


# {group: (executors of the profile, or the names of global ones, conditions, {step: function})}
GROUPS = {
    "passwords": ({"reject-ropc-grant": OFF}, ANYBODY, {
        "asks": password(), "makes": made(publicClient=True, directAccessGrantsEnabled=False),
        "makes one for passwords": made(publicClient=True, directAccessGrantsEnabled=True),
        "changes": changed(), "changes it right": changed(directAccessGrantsEnabled=False)}),
    "passwords, by itself": ({"reject-ropc-grant": ON}, ANYBODY, {
        "makes": made(publicClient=True, directAccessGrantsEnabled=True), "changes": changed()}),
    "implicit": ({"reject-implicit-grant": OFF}, ANYBODY, {
        "makes": made(publicClient=True, implicitFlowEnabled=False), "makes one for it": made(implicitFlowEnabled=True),
        "asks for tokens": authorized(response_type="id_token token"), "asks for both": authorized(response_type="code id_token"),
        "asks for a code": authorized(), "asks for nothing": authorized(response_type="none"),
        "pushes for a token": pushed(response_type="id_token", nonce="n"), "pushes for nothing": pushed(response_type="none"),
        "pushes without a type": pushed(response_type=None), "registers": registered(),
        "registers for it": registered(grant_types=["implicit"], response_types=["id_token"])}),
    "implicit, by itself": ({"reject-implicit-grant": ON}, ANYBODY, {"makes": made(publicClient=True, implicitFlowEnabled=True)}),
    "confidential": ({"confidential-client": {}}, ANYBODY, {
        "asks, public": authorized(), "asks": authorized("secret"), "client credentials": credentials(),
        "password, public": password(), "password": password("secret"), "pushes, public": pushed(), "makes": made(publicClient=True),
        "code, public": redeemed()}),
    "challenges": ({"pkce-enforcer": OFF}, ANYBODY, {
        "none": authorized(), "plain": authorized(code_challenge=PROVED.challenge, code_challenge_method="plain"),
        "S256": authorized(**PROVED.params), "no method": authorized(code_challenge=PROVED.challenge),
        "no challenge": authorized(code_challenge_method="S256"), "short": authorized(code_challenge="abc", code_challenge_method="S256"),
        "implicit": authorized(response_type="id_token"), "makes": made(), "makes it right": made(attributes={"pkce.code.challenge.method": "S256"}),
        "makes plain": made(attributes={"pkce.code.challenge.method": "plain"}), "pushes none": pushed(), "pushes": pushed(**PROVED.params),
        "code without": redeemed(), "code without its verifier": redeemed(PROVED), "code": redeemed(PROVED, code_verifier=PROVED.verifier)}),
    "challenges, by itself": ({"pkce-enforcer": ON}, ANYBODY, {"makes": made(), "changes": changed()}),
    "consent": ({"consent-required": OFF}, ANYBODY, {"makes": made(), "makes it right": made(consentRequired=True), "changes": changed()}),
    "consent, by itself": ({"consent-required": ON}, ANYBODY, {"makes": made(), "changes": changed()}),
    "scope": ({"full-scope-disabled": OFF}, ANYBODY, {"makes": made(), "makes it right": made(fullScopeAllowed=False), "changes": changed()}),
    "scope, by itself": ({"full-scope-disabled": ON}, ANYBODY, {"makes": made(), "changes": changed()}),
    "authenticators": ({"secure-client-authenticator": ALLOWED}, ANYBODY, {
        "makes": made(), "makes with a secret": made(clientAuthenticatorType="client-secret"),
        "makes with a certificate": made(clientAuthenticatorType="client-x509"), "makes public": made(publicClient=True),
        "changes": changed("kept"), "client credentials": credentials(), "by a wrong secret": posted("token", client_id="secret", client_secret="x", grant_type="client_credentials"),
        "by a JWT": credentials(by_jwt()), "public": password(), "password": password("secret"), "introspects": posted("token/introspect", token="x"),
        "revokes": posted("revoke", token="x"), "pushes": pushed(by_secret), "logs out": posted("logout", refresh_token="x"),
        "refreshes": posted("token", grant_type="refresh_token", refresh_token="x")}),
    "authenticators, none by default": ({"secure-client-authenticator": {"allowed-client-authenticators": ["client-jwt"]}}, ANYBODY, {"makes": made()}),
    "algorithms": ({"secure-signature-algorithm": {"default-algorithm": "ES256"}}, ANYBODY, {
        "makes": made(), "makes RS256": made(attributes={"id.token.signed.response.alg": "RS256"}),
        "makes others": made(attributes={"access.token.signed.response.alg": "PS256", "token.endpoint.auth.signing.alg": "ES512"}),
        "makes any": made(attributes={"request.object.signature.alg": "any"}), "changes": changed()}),
    "algorithms, by default": ({"secure-signature-algorithm": {"default-algorithm": "RS256"}}, ANYBODY, {"makes": made()}),
    "assertions": ({"secure-signature-algorithm-signed-jwt": {"require-client-assertion": False}}, ANYBODY, {
        "ES256": credentials(by_jwt()), "RS256": credentials(by_jwt(RSA)), "secret": credentials(), "pushes RS256": pushed(by_jwt(RSA)),
        "introspects": posted("token/introspect", by_jwt(RSA), token="x"), "refreshes": posted("token", by_jwt(RSA), grant_type="refresh_token", refresh_token="x")}),
    "assertions required": ({"secure-signature-algorithm-signed-jwt": {"require-client-assertion": True}}, ANYBODY, {"secret": credentials(), "public": password()}),
    "audiences": ({"secure-client-authentication-assertion": {}}, ANYBODY, {
        f"{name}, {audience or 'issuer'}": step
        for audience in (None, "list", "endpoint")
        for name, step in {"pushes": pushed(by_jwt(EC, audience)), "client credentials": credentials(by_jwt(EC, audience)),
                           "introspects": posted("token/introspect", by_jwt(EC, audience), token="x")}.items()}),
    "pushed": ({"secure-par-content": {}}, ANYBODY, {
        "asks": authorized(), "pushes": pushed(), "pushes without an address": pushed(redirect_uri=None),
        "with a part of it again": beside(scope="openid"), "with it otherwise": beside(scope="openid profile"), "with more": beside(prompt="login"), "with a word of its own": beside(x="y"),
        "brings what was pushed": lambda site: authorized(redirect_uri=None, response_type=None, scope=None, state=None, nonce=None,
                                                          request_uri=pushed()(site).json()["request_uri"])(site)}),
    "addresses": ({"secure-client-uris": {}}, ANYBODY, {
        "makes": made(publicClient=True), "origins": made(webOrigins=["+"]), **{f"makes: {name}": made(**members) for name, members in FLAWED.items()},
        "asks": authorized(), "asks, http": authorized(redirect_uri=HTTP), "asks, loopback": authorized(redirect_uri=LOOPBACK), "changes": changed()}),
    "redirects": ({"secure-redirect-uris-enforcer": STRICT_URIS}, ANYBODY, {
        **uris("https://a.example/x", "https://a.example:8443/x", HTTP, "https://a.example/*", "https://a.example/x#f", "", "http://127.0.0.1/cb",
               "http://127.0.0.1:80/cb", NAMED, "https://localhost/cb", "http://[::1]/cb", "https://127.0.0.1/cb", "https://[::1]/cb", OWN_SCHEME, UNDOTTED),
        **{f"asks for {uri}": authorized(redirect_uri=uri) for uri in (HTTPS, HTTP, LOOPBACK, NAMED, OWN_SCHEME, UNDOTTED)},
        "below the root": made(rootUrl="https://a.example", redirectUris=["/x"]), "no flow": made(redirectUris=[], standardFlowEnabled=False),
        "after logout": made(attributes={"post.logout.redirect.uris": "http://a.example"}), "pushes": pushed(redirect_uri=HTTP)}),
    "redirects, loopback": ({"secure-redirect-uris-enforcer": {**STRICT_URIS, "allow-http-scheme": "true"}}, ANYBODY, {
        **uris("http://127.0.0.1/cb", "http://127.0.0.1:80/cb", NAMED), "asks with a port": authorized(redirect_uri=LOOPBACK), "asks for a name": authorized(redirect_uri=NAMED)}),
    "redirects, as they come": ({"secure-redirect-uris-enforcer": {}}, ANYBODY, uris("https://a.example/x", HTTP, "https://a.example/*", NAMED, UNDOTTED)),
    "keys": ({"dpop-bind-enforcer": {**OFF, "enforce-authorization-code-binding-to-dpop": True, "allow-only-refresh-token-binding": False}}, ANYBODY, {
        "makes": made(), "makes it right": made(attributes={"dpop.bound.access.tokens": "true"}), "asks": authorized(), "asks for a key": authorized(dpop_jkt=PROVER.thumbprint),
        "password": password(), "password with a proof": password(proved=True), "password, bound": password("bound"), "password, bound, with a proof": password("bound", True),
        "userinfo": userinfo, "revokes": of_free("revoke"), "revokes with a proof": of_free("revoke", True), "revokes nothing": of_free("revoke", True, token="x")}),
    "keys, by itself": ({"dpop-bind-enforcer": ON}, ANYBODY, {"makes": made()}),
    "certificates": ({"holder-of-key-enforcer": OFF}, ANYBODY, {
        "makes": made(), "makes it right": made(attributes={"tls.client.certificate.bound.access.tokens": "true"}), "client credentials": credentials(),
        "password": password(), "userinfo": userinfo, "refreshes": of_free("token", name="refresh_token", grant_type="refresh_token"),
        "revokes": of_free("revoke"), "logs out": of_free("logout", name="refresh_token"), "asks": authorized()}),
    "certificates, by itself": ({"holder-of-key-enforcer": ON}, ANYBODY, {"makes": made()}),
    "sessions": ({"secure-session": {}}, ANYBODY, {
        "asks": authorized(), "no nonce": authorized(nonce=None), "no state": authorized(state=None), "pushes": pushed(nonce="n"), "pushes none": pushed(),
        "no nonce, by OAuth": authorized(nonce=None, scope="profile"), "no state, by OAuth": authorized(state=None, scope="profile")}),
    "objects": ({"secure-request-object": {}}, ANYBODY, {
        "signed": signed(), "not signed": authorized(), "no exp": signed(exp=None), "no nbf": signed(nbf=None), "no iat": signed(iat=None),
        "no aud": signed(aud=None), "another aud": signed(aud="https://other.example"), "no scope": signed(scope=None), "past": signed(exp=-60),
        "to come": signed(nbf=120, exp=300), "made to come": signed(iat=120), "an hour": signed(exp=3600), "longer": signed(exp=3700),
        "the same beside it": signed({"nonce": "n"}), "another beside it": signed({"nonce": "x"}), "more beside it": signed({"prompt": "login"}),
        "pushes": signed(push=True), "pushes without": pushed(), "pushes longer": signed(push=True, exp=3700)}),
    "objects, without nbf": ({"secure-request-object": {"verify-nbf": False}}, ANYBODY, {"no nbf": signed(nbf=None), "longer": signed(exp=3700), "no exp": signed(exp=None)}),
    "objects, for a minute": ({"secure-request-object": {"available-period": "60"}}, ANYBODY, {"signed": signed(), "shorter": signed(exp=50)}),
    "answers": ({"secure-response-type": OFF}, ANYBODY, {
        "code": authorized(), "code, in a JWT": authorized(response_mode="jwt"), "code, in a form": authorized(response_mode="form_post.jwt"),
        "hybrid": authorized(response_type="code id_token"), "with a token": authorized(response_type="code id_token token"),
        "implicit": authorized(response_type="id_token"), "makes": made(), "makes it right": made(attributes={"id.token.as.detached.signature": "true"}),
        "changes": changed(), "pushes": pushed()}),
    "answers, with a token": ({"secure-response-type": {"allow-token-response-type": True}}, ANYBODY, {
        "hybrid": authorized(response_type="code id_token"), "with a token": authorized(response_type="code id_token token"), "two tokens": authorized(response_type="id_token token")}),
    "answers, by itself": ({"secure-response-type": ON}, ANYBODY, {"makes": made(), "changes": changed()}),
    "logouts": ({"secure-logout": {}}, ANYBODY, {
        "makes": made(), "makes in front": made(frontchannelLogout=True), "makes with an address": made(attributes={"frontchannel.logout.url": "https://a.example/"}),
        "changes": changed(), "logs out": of_free("logout", name="refresh_token"), "by a link": by_link(client_id="open"), "by a link with a token": by_link(hinted=True)}),
    "logouts, in front": ({"secure-logout": {"allow-front-channel-logout": True}}, ANYBODY, {"makes": made(frontchannelLogout=True), "by a link": by_link(client_id="open")}),
    "nothing": ({"reject-request": {}}, ANYBODY, {
        "asks": authorized(), "pushes": pushed(), "client credentials": credentials(), "password": password(), "code": redeemed(), "introspects": posted("token/introspect", token="x"),
        "refreshes": of_free("token", name="refresh_token", grant_type="refresh_token"), "revokes": posted("revoke", token="x"), "userinfo": userinfo, "makes": made(), "changes": changed(),
        "logs out": posted("logout", refresh_token="x"), "by a link": by_link(client_id="open"), "in the backchannel": in_backchannel()}),
    "backchannel": ({"secure-ciba-session": {}}, ANYBODY, {"asks": in_backchannel(), "with a message": in_backchannel(binding_message="x"), "signed": signed_in_backchannel(),
        "signed, with a message": signed_in_backchannel(binding_message="x")}),
    "signed backchannel": ({"secure-ciba-signed-authn-req": {}}, ANYBODY, {"asks": in_backchannel(), "signed": signed_in_backchannel(), "an hour": signed_in_backchannel(exp=3600),
        "longer": signed_in_backchannel(exp=3700), "no nbf": signed_in_backchannel(nbf=None)}),
    "signed backchannel, for a minute": ({"secure-ciba-signed-authn-req": {"available-period": "60"}}, ANYBODY, {"signed": signed_in_backchannel(), "shorter": signed_in_backchannel(exp=50)}),
    **{f"claim {name}": ({"jwt-claim-enforcer": configuration}, ANYBODY, {"exchanges": exchanged(scope="openid")}) for name, configuration in {
        "that matches": {"claim-name": "preferred_username", "allowed-value": "ca.*"}, "that does not": {"claim-name": "preferred_username", "allowed-value": "ca"},
        "that is there": {"claim-name": "preferred_username"}, "that is not": {"claim-name": "nickname"}, "of another type": {"claim-name": "email_verified", "allowed-value": ".*"},
        "of a number": {"claim-name": "exp", "allowed-value": "[0-9]+"}, "without a name": {"allowed-value": ".*"}}.items()},
    "claims where none are brought": ({"jwt-claim-enforcer": {"claim-name": "nickname"}}, ANYBODY, {"password": password("secret"), "client credentials": credentials()}),
    "downscoped": ({"downscope-assertion-grant-enforcer": {}}, ANYBODY, {
        "exchanges": exchanged(), "for the same": exchanged(scope="openid address"), "for less": exchanged(scope="profile"), "for more": exchanged(scope="phone")}),
    "not downscoped": ({"consent-required": ON}, ANYBODY, {"for more": exchanged(scope="phone")}),
    "patterns": ({"secure-client-uris-pattern": {"allowed-patterns": ["https://[a-z]+\\.example/.*"], "client-uri-fields": []}}, ANYBODY, {
        "makes": made(), "elsewhere": made(redirectUris=["https://app.example.org/cb"]), "a part": made(redirectUris=[f"x{HTTPS}"]), "origins": made(webOrigins=["+"]),
        "keys": made(attributes={"jwks.url": "http://a.example/"}), "after logout": made(attributes={"post.logout.redirect.uris": "https://a.example/##http://a.example/"}), "changes": changed()}),
    "patterns of one": ({"secure-client-uris-pattern": {"allowed-patterns": ["https://.*"], "client-uri-fields": ["rootUrl"]}}, ANYBODY, {
        "makes": made(redirectUris=[HTTP]), "its root": made(rootUrl="http://a.example")}),
    "no patterns": ({"secure-client-uris-pattern": {"client-uri-fields": ["redirectUris"]}}, ANYBODY, {"makes": made(), "without": made(redirectUris=[])}),
    "backchannel algorithms": ({"secure-ciba-req-sig-algorithm": {"default-algorithm": "ES256"}}, ANYBODY, {
        "makes": made(), "makes RS256": made(attributes={"ciba.backchannel.auth.request.signing.alg": "RS256"}),
        "makes PS384": made(attributes={"ciba.backchannel.auth.request.signing.alg": "PS384"}), "changes": changed()}),
    "lightweight": ({"use-lightweight-access-token": {}}, ANYBODY, {
        "password": said(password()), "client credentials": said(credentials()), "code": said(redeemed()), "introspected": said(password(), True),
        "account introspected": said(credentials(), True), "refreshed": said(again), "userinfo": lightened}),
    "refresh tokens": ({"suppress-refresh-token-rotation": {}}, ANYBODY, {"refreshed": refreshed}),
    "refresh tokens as usual": ({"consent-required": ON}, ANYBODY, {"refreshed": refreshed, "managed": managed}),
    "registration tokens": ({"registration-access-token-rotation-disabled": {}}, ANYBODY, {"managed": managed}),
    "asks for a level": ({"reject-request": {}}, {"acr-condition": {"acr-property": "gold"}}, {
        "asks": authorized(), "for it": authorized(acr_values="silver gold"), "for another": authorized(acr_values="silver"), "password": password(),
        "by claims": authorized(claims='{"id_token":{"acr":{"values":["gold"]}}}')}),
    "updated from here": ({"reject-request": {}}, {"client-updater-source-host": {"trusted-hosts": ["127.0.0.1"]}}, {"makes": made(), "changes": changed(), "asks": authorized()}),
    "updated from elsewhere": ({"reject-request": {}}, {"client-updater-source-host": {"trusted-hosts": ["192.0.2.7"]}}, {"makes": made(), "changes": changed()}),
    "updated by others": ({"reject-request": {}}, {"client-updater-source-roles": {"roles": ["admin"]}}, {"makes": made(), "registers": registered(), "asks": authorized()}),
    "updated by no others": ({"reject-request": {}}, {"client-updater-source-groups": {"groups": ["staff"], "is-negative-logic": True}}, {"makes": made(), "asks": authorized()}),
    "public": condition("client-access-type", type=["public"]),
    "not public": condition("client-access-type", type=["public"], **{"is-negative-logic": "true"}),
    "no type": condition("client-access-type"),
    "roles": condition("client-roles", roles=["watched"]),
    "other roles": condition("client-roles", roles=["none"]),
    "default scopes": condition("client-scopes", type="Default", scopes=["profile"]),
    "optional scopes": ({"reject-ropc-grant": OFF}, {"client-scopes": {"type": "Optional", "scopes": ["address"]}}, {
        "asks": password(), "asks for it": posted("token", lambda _: {"client_id": "open"}, grant_type="password", username="carol", password="carol-password", scope="openid address")}),
    "attributes": condition("client-attributes", attributes='[{"key":"dpop.bound.access.tokens","value":"true"}]', **{"is-negative-logic": True}),
    "nobody": condition("any-client", **{"is-negative-logic": True}),
    "grants": condition("grant-type", grant_types=["password"]),
    "other grants": condition("grant-type", grant_types=["client_credentials"]),
    "identity providers": condition("identity-provider-alias", identity_provider_aliases=["partner"]),
    "no condition": ({"reject-ropc-grant": OFF}, {}, PASSWORDS),
    "updaters": ({"reject-ropc-grant": OFF}, {"client-updater-context": {"update-client-source": ["ByAuthenticatedUser"]}}, {
        "asks": password(), "makes": made(directAccessGrantsEnabled=True)}),
    "other updaters": ({"reject-ropc-grant": OFF}, {"client-updater-context": {"update-client-source": ["ByAnonymous"]}}, {
        "asks": password(), "makes": made(directAccessGrantsEnabled=True)}),
    "one abstains": ({"reject-ropc-grant": OFF}, {**ANYBODY, "client-updater-context": {"update-client-source": ["ByAnonymous"]}}, PASSWORDS),
    "OAuth 2.1, public": ("oauth-2-1-for-public-client", {"client-access-type": {"type": ["public"]}}, {
        "makes": made(publicClient=True, directAccessGrantsEnabled=True, implicitFlowEnabled=True), "makes another": made(directAccessGrantsEnabled=True),
        "password": password(), "password of another": password("secret"), "asks": authorized(), "asks right": authorized(**PROVED.params)}),
    "FAPI 2": ("fapi-2-security-profile", ANYBODY, {
        "makes": made(directAccessGrantsEnabled=True, implicitFlowEnabled=True), "makes with a secret": made(clientAuthenticatorType="client-secret"),
        "asks": authorized("jwt"), "pushes": pushed(by_jwt(), **PROVED.params), "pushes none": pushed(by_jwt()), "client credentials": credentials(by_jwt()),
        "by a secret": credentials()}),
    "FAPI 2, signed": ("fapi-2-message-signing", ANYBODY, {
        "makes": made(), "pushes": signed(push=True, **PROVED.params), "pushes unsigned": pushed(by_jwt(), **PROVED.params), "asks": signed(**PROVED.params)}),
    "FAPI 1, baseline": ("fapi-1-baseline", ANYBODY, {
        "makes": made(), "makes with a secret": made(clientAuthenticatorType="client-secret"), "asks": authorized(**PROVED.params),
        "no nonce": authorized(nonce=None, **PROVED.params), "no challenge": authorized(), "by http": authorized(redirect_uri=HTTP, **PROVED.params)}),
    "FAPI 1, advanced": ("fapi-1-advanced", ANYBODY, {
        "makes": made(), "asks": signed(response_type="code id_token"), "for a code": signed(), "for a JWT": signed(response_mode="jwt"),
        "not signed": authorized("jwt", response_type="code id_token"), "public": authorized(), "no nonce": signed(response_type="code id_token", nonce=None)}),
    "FAPI-CIBA": ("fapi-ciba", ANYBODY, {
        "makes": made(), "signed": signed_in_backchannel(binding_message="x"), "no message": signed_in_backchannel(), "not signed": in_backchannel(binding_message="x")}),
}  # fmt: skip


PUBLIC = "invalid client access type: public"


def refused(error, description):
    return {"status": 400, "error": error, "error_description": description}


# ---- what comes of them ----


def outcome(site, answer):
    """What counts of an answer: an object of few members."""
    if isinstance(answer, dict):
        return answer
    if answer.status in (302, 303):
        told = {**query_of(answer.location), **fragment_of(answer.location)}
        if answer.location.startswith(site.base):
            return {"login": True}
        return {"redirect": answer.location.split("?")[0].split("#")[0], **{name: told[name] for name in ("error", "error_description") if name in told}}
    if answer.status == 200 and "kc-form-login" in answer.text:
        return {"login": True}
    try:
        body = answer.json()
    except ValueError:
        body = {}
    return {"status": answer.status, **{name: body[name] for name in ("error", "error_description", "errorMessage") if name in body}}


def answers(site, group):
    """{step: outcome} of a group."""
    executors, conditions, steps = GROUPS[group]
    named = isinstance(executors, str)
    assert site.own({} if named else executors).status == 204
    enforced = site.enforce(conditions, executors if named else "own")
    assert enforced.status == 204, enforced.text
    return {name: outcome(site, step(site)) for name, step in steps.items()}


STRICTER = "Keycloak looks at fewer of the requests by which a client gets tokens, and lets a pushed request wait until it is brought"
MADE = {"status": 201, "clientAuthenticatorType": "client-secret", "consentRequired": False, "directAccessGrantsEnabled": False}
MADE |= {"fullScopeAllowed": True, "implicitFlowEnabled": False, "attributes": {}}
UNBELIEVED = "such an object is refused by whatever client, and of where it leads nothing is believed"
READ_FIRST = "such a request is refused whether there are policies or not, in words of ours"
# {"group | step": (what ours answers, why)}
DEVIATIONS = {
    "confidential | password, public": (refused("invalid_client", PUBLIC), STRICTER),
    "confidential | pushes, public": (refused("invalid_client", PUBLIC), STRICTER),
    "confidential | code, public": (refused("invalid_client", PUBLIC), "a client that must not be public is told so, whatever it brings"),
    "challenges | pushes none": (refused("invalid_request", "Missing parameter: code_challenge_method"), STRICTER),
    "FAPI 2 | pushes none": (refused("invalid_request", "Missing parameter: code_challenge_method"), STRICTER),
    "authenticators | password": (refused("invalid_request", "Configured client authentication method not allowed for client"), STRICTER),
    "authenticators | pushes": (refused("invalid_request", "Configured client authentication method not allowed for client"), STRICTER),
    "assertions | pushes RS256": (refused("invalid_request", "not allowed signature algorithm."), STRICTER),
    "assertions required | public": (refused("invalid_request", "client assertion is required."), STRICTER),
    "audiences | client credentials, endpoint": (refused("invalid_request", "invalid audience in client assertion"), STRICTER),
    "redirects | pushes": (refused("invalid_request", "Invalid Redirect Uri: invalid uri"), STRICTER),
    "certificates | password": (refused("invalid_request", "Client Certification missing for MTLS HoK Token Binding"), STRICTER),
    "implicit | pushes without a type": (refused("invalid_request", "Missing parameter: response_type"), "said before policies are asked"),
    "pushed | with it otherwise": ({"status": 400}, "Keycloak compares names alone, and takes the pushed value"),
    "sessions | pushes none": (refused("invalid_request", "Missing parameter: nonce"), STRICTER),
    "objects | pushes without": (refused("invalid_request", "Missing parameter: 'request' or 'request_uri'"), STRICTER),
    "objects | pushes longer": (refused("invalid_request_object", "Request's available period is long"), STRICTER),
    **{f"objects | {step}": ({"status": 400}, UNBELIEVED) for step in ("another aud", "past", "to come", "made to come")},
    "answers | pushes": (refused("invalid_request", "invalid response_type"), STRICTER),
    "signed backchannel | no nbf": (refused("invalid_request", "The request object has no nbf"), READ_FIRST),
    "signed backchannel | longer": (refused("invalid_request", "The request object is good for more than an hour, or is older"), READ_FIRST),
    "downscoped | exchanges": ({"status": 200, "scope": ["email", "profile"]}, "an exchange asks for openid itself, as for any other scope"),
    "patterns | origins": (MADE, '"+" stands for the redirect URIs, which are held against the patterns themselves'),
    "downscoped | for more": (refused("invalid_scope", "Invalid scopes: phone"), "in the words of any other scope that is not to be had"),
    "FAPI 2, signed | pushes unsigned": (refused("invalid_request", "Missing parameter: 'request' or 'request_uri'"), STRICTER),
    "pushed | pushes without an address": (refused("invalid_request", "Invalid parameter: redirect_uri"), "said before policies are asked"),
    "implicit | registers for it": (
        refused("invalid_client_metadata", "Invalid client metadata: implicit flow enabled"),
        "RFC 7591 §3.2.2; Keycloak says insufficient_scope",
    ),
    "keys | userinfo": ({"status": 401}, "a challenge; Keycloak 26.7.3 answers 500"),
    "certificates | userinfo": ({"status": 401}, "a challenge; Keycloak 26.7.3 answers 500"),
    "keys | revokes nothing": ({"status": 200}, "RFC 7009 §2.2; Keycloak adds an error to its 200"),
}
