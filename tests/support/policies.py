# SPDX-License-Identifier: Apache-2.0
"""Client policies at work: requests that ours and Keycloak are asked under one executor or one condition at a time.

A group is what a realm's profile "own" has, for whom it counts, and steps; each step is a function of a Site, with a name
that says what is asked. What Keycloak 26.7.3 answers is in policy_answers.json; where ours does otherwise, DEVIATIONS says
so, and why.
"""

import pathlib

from policy_site import (
    ANYBODY,
    EC,
    HTTP,
    HTTPS,
    LOOPBACK,
    NAMED,
    OWN_SCHEME,
    PROVED,
    PROVER,
    RSA,
    STRICT_URIS,
    UNDOTTED,
)
from policy_steps import (
    again,
    authorized,
    beside,
    bound,
    by_jwt,
    by_link,
    by_secret,
    changed,
    credentials,
    entered,
    exchanged,
    in_backchannel,
    lightened,
    made,
    managed,
    of_free,
    password,
    posted,
    pushed,
    redeemed,
    refreshed,
    registered,
    renewed,
    said,
    signed,
    signed_in_backchannel,
    userinfo,
)
from web import fragment_of, query_of

ANSWERS = pathlib.Path(__file__).with_name("policy_answers.json")


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


def of_no_key(site):
    return site.free(lambda: password()(site))


def by_certificate(authority=None):
    named = {} if authority is None else {"x509.casubjectdn": authority}
    return made(clientAuthenticatorType="client-x509", attributes={"x509.subjectdn": "CN=batch", **named})


AUTHORITY = "CN=Shop CA, O=Shop"
ASKED_FOR_ALL = {
    "asks": authorized(), "pushes": pushed(), "client credentials": credentials(), "password": password(), "code": redeemed(),
    "introspects": posted("token/introspect", token="x"), "refreshes": of_free("token", name="refresh_token", grant_type="refresh_token"),
    "revokes": posted("revoke", token="x"), "userinfo": userinfo, "makes": made(protocol="openid-connect"), "changes": changed(),
    "logs out": posted("logout", refresh_token="x"), "in the backchannel": in_backchannel()}  # fmt: skip


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
    "keys of refresh tokens": ({"dpop-bind-enforcer": {**OFF, "allow-only-refresh-token-binding": "true"}}, ANYBODY, {
        "makes": made(), "code": bound(redeemed()), "code with a proof": bound(redeemed(proved=True)), "password": bound(password()),
        "password with a proof": bound(password(proved=True)), "password, bound, with a proof": bound(password("bound", True)),
        "password, confidential": bound(password("secret", True)), "refreshes": bound(renewed(redeemed(proved=True))),
        "refreshes with the proof": bound(renewed(redeemed(proved=True), True)), "refreshes what is of no key": renewed(of_no_key, False),
        "binds what is of no key": bound(renewed(of_no_key, True))}),
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
    "objects, encrypted": ({"secure-request-object": {"encryption-required": True}}, ANYBODY, {
        "signed": signed(), "encrypted": signed(sealed=True), "pushes": signed(push=True), "pushes encrypted": signed(push=True, sealed=True),
        "encrypted, longer": signed(sealed=True, exp=3700)}),
    "objects, encrypted or not": ({"secure-request-object": {"encryption-required": False}}, ANYBODY, {"signed": signed(), "encrypted": signed(sealed=True)}),
    "authorities": ({"tls-client-auth-ca-subject-dn": {"ca-subject-dn": AUTHORITY, "enforced": True}}, ANYBODY, {
        "makes": made(), "makes with a certificate": by_certificate(), "that names it": by_certificate(AUTHORITY),
        "that spells it otherwise": by_certificate("cn=shop ca,O=Shop"), "that names another": by_certificate("CN=Other CA, O=Shop"),
        "that names nobody": by_certificate("Shop CA"), "changes": changed(clientAuthenticatorType="client-x509")}),
    "authorities, by themselves": ({"tls-client-auth-ca-subject-dn": {"ca-subject-dn": AUTHORITY, "enforced": "false"}}, ANYBODY, {
        "makes with a certificate": by_certificate(), "that names another": by_certificate("CN=Other CA, O=Shop")}),
    "a protocol": ({"reject-request": {}}, {"client-type": {"protocol": "openid-connect"}}, ASKED_FOR_ALL),
    "another protocol": ({"reject-request": {}}, {"client-type": {"protocol": "saml"}}, {
        name: step for name, step in ASKED_FOR_ALL.items() if name not in ("makes", "revokes")}),
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
    **{f"a flow: {name}": ({"auth-flow-enforcer": configuration}, ANYBODY, steps) for name, configuration, steps in (
        ("denies", {"auth-flow-alias": "denies"}, {"signs in": entered(), "asks silently": authorized(prompt="none"), "password": password(), "pushes": pushed()}),
        ("bare", {"auth-flow-alias": "bare"}, {"signs in": entered()}),
        ("with sessions", {"auth-flow-alias": "cookied"}, {"signs in": entered()}),
        ("with a level", {"auth-flow-alias": "cookied", "auth-flow-loa": "2"}, {"signs in": entered(), "wants less": entered(acr_values="1"), "wants it": entered(acr_values="2")}),
        ("of nothing", {}, {"signs in": entered()}),
        ("the usual one", {"auth-flow-alias": "browser"}, {"signs in": entered()}))},
    "intents": ({"intent-client-bind-checker": {"intent-client-bind-check-endpoint": "http://127.0.0.1:1/", "intent-name": "lodged"}}, ANYBODY, {
        "asks without": authorized(), "pushes without": pushed(), "password": password(),
        **{f"asks with {name}": authorized(claims=claims) for name, claims in (
            ("what is no JSON", "{"), ("no claim", '{"id_token":{"lodged":null}}'), ("another token's", '{"userinfo":{"lodged":{"value":"i","essential":true}}}'),
            ("a voluntary one", '{"id_token":{"lodged":{"value":"i"}}}'), ("several", '{"id_token":{"lodged":{"values":["i"],"essential":true}}}'),
            ("no value", '{"id_token":{"lodged":{"essential":true}}}'), ("one that nobody answers for", '{"id_token":{"lodged":{"value":"i","essential":true}}}'))}}),
    "a flow for a level": ({"auth-flow-enforcer": {"auth-flow-alias": "bare", "auth-flow-loa": 2}}, {"acr-condition": {"acr-property": "2"}}, {
        "signs in": entered(), "wants it": entered(acr_values="2"), "wants another": entered(acr_values="3")}),
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
    "objects, encrypted | pushes": (refused("invalid_request_object", "Request object not encrypted"), STRICTER),
    "a protocol | asks": ({"status": 400}, "the condition counts from the first look at a request; Keycloak's has nothing to say of that"),
    "a protocol | userinfo": ({"status": 401}, "a challenge, as under any other condition"),
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
