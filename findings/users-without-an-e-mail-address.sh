#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A user of Keycloak need not have an e-mail address; without one there is no claim "email", and email_verified is false. A service
# account never has one. What do programs that are written for Keycloak, or have a provider of that name, make of such users?
#
# Expected: "sub" says who somebody is (OpenID Connect Core §5.7); without an address the user is logged in all the same.
# Seen: of four none takes the user, and each has its own way of not doing so. axum-keycloak-auth, which guards APIs, answers 500 to
# every token without the claim, those of service accounts among them, though signature and roles are right: a type that one has
# to replace wants the claim to be there. chainlit has a KeyError in the callback. mozilla-django-oidc's verify_claims says no,
# as long as the scope email is asked for, which is its default. better-auth goes back to the page with email_not_found. None of
# the first three says what is missing.
# For us: what tokens say is what Keycloak's say; docs/usage/provider-programs.md names those who want an address, and a mapper for
# service accounts.
#
# axum-keycloak-auth 0.8.3, better-auth 1.7.25, chainlit 2.12.0, mozilla-django-oidc 5.0.2.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund better-auth@1.7.25 jose@6.2.18
python3 -m venv v
v/bin/pip -q install mozilla-django-oidc==5.0.2 chainlit==2.12.0 httpx==0.28.1

# Three realms in a few lines, whose only user has an address, has none, and is a service account. The code is the nonce.
cat >provider.mjs <<'JS'
import http from 'node:http'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'

const { publicKey, privateKey } = await generateKeyPair('RS256')
const users = {
  address: { preferred_username: 'ann', name: 'Ann Archer', email: 'ann@example.com', email_verified: true },
  none: { preferred_username: 'ann', name: 'Ann Archer', email_verified: false },
  service: { preferred_username: 'service-account-app', client_id: 'app', email_verified: false },
}
const server = http.createServer(async (request, response) => {
  const [, realm, path] = request.url.match(/^\/realms\/([a-z]+)(.*)$/) ?? []
  const issuer = `http://${request.headers.host}/realms/${realm}`
  const oidc = `${issuer}/protocol/openid-connect`
  const claims = { sub: 'f3b0', ...users[realm] }
  const sign = (more) => new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'k' })
    .setIssuer(issuer).setJti('1').setIssuedAt().setExpirationTime('1h').sign(privateKey)
  let form = ''
  for await (const part of request) form += part
  const nonce = new URLSearchParams(form).get('code') ?? undefined
  const body = await {
    '/.well-known/openid-configuration': () => ({
      issuer, authorization_endpoint: `${oidc}/auth`, token_endpoint: `${oidc}/token`, userinfo_endpoint: `${oidc}/userinfo`,
      jwks_uri: `${oidc}/certs`, response_types_supported: ['code'], subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/protocol/openid-connect/certs': async () => ({ keys: [{ kid: 'k', alg: 'RS256', use: 'sig', ...await exportJWK(publicKey) }] }),
    '/protocol/openid-connect/userinfo': () => claims,
    '/protocol/openid-connect/token': async () => ({
      token_type: 'Bearer', expires_in: 300, scope: 'openid email profile',
      access_token: await sign({ typ: 'Bearer', azp: 'app', aud: 'account', scope: 'openid email profile' }),
      id_token: await sign({ typ: 'ID', azp: 'app', aud: 'app', nonce }),
    }),
  }[path]?.()
  response.writeHead(body ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? null))
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
JS
node provider.mjs >address &
pid=$!
until [ -s address ]; do sleep 0.1; done
base=$(cat address)

cat >ask.mjs <<'JS'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { genericOAuth, keycloak } from 'better-auth/plugins/generic-oauth'

const [base] = process.argv.slice(2)
for (const realm of ['address', 'none']) {
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1:1', secret: 'a secret of more than thirty-two letters', telemetry: { enabled: false }, logger: { disabled: true },
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    plugins: [genericOAuth({ config: [keycloak({ clientId: 'app', clientSecret: 's', issuer: `${base}/realms/${realm}` })] })],
  })
  const asked = await auth.api.signInSocial({ body: { provider: 'keycloak', callbackURL: 'http://127.0.0.1:1/in' }, asResponse: true })
  const query = new URL((await asked.json()).url).searchParams
  const cookie = asked.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ')
  const back = `${query.get('redirect_uri')}?code=${query.get('nonce')}&state=${query.get('state')}`
  const answer = await auth.handler(new Request(back, { headers: { cookie } }))
  const to = new URL(answer.headers.get('location'))
  console.log(`better-auth, ${realm}: ${to.pathname === '/in' ? 'logged in' : to.searchParams.get('error')}`)
}
process.exit()
JS
node ask.mjs "$base" >seen

cat >ask.py <<'PY'
import asyncio
import os
import sys

import django
import httpx
from django.conf import settings

base = sys.argv[1]
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    **{f"OIDC_OP_{name}_ENDPOINT": base for name in ("TOKEN", "USER", "JWKS")},
    OIDC_RP_CLIENT_ID="app",
    OIDC_RP_CLIENT_SECRET="s",
    OIDC_RP_SIGN_ALGO="RS256",
)
django.setup()
from chainlit.oauth_providers import KeycloakOAuthProvider
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

for realm in ("address", "none"):
    claims = httpx.get(f"{base}/realms/{realm}/protocol/openid-connect/userinfo").json()
    print(f"mozilla-django-oidc, {realm}: {OIDCAuthenticationBackend().verify_claims(claims)}")
    values = {"CLIENT_ID": "app", "CLIENT_SECRET": "s", "REALM": realm, "BASE_URL": base}
    os.environ.update({f"OAUTH_KEYCLOAK_{name}": value for name, value in values.items()})
    try:
        _, user = asyncio.run(KeycloakOAuthProvider().get_user_info("t"))
        print(f"chainlit, {realm}: {user.identifier}")
    except KeyError as error:
        print(f"chainlit, {realm}: KeyError {error}")
PY
v/bin/python -W ignore ask.py "$base" >>seen 2>/dev/null

mkdir -p rust/src && cd rust
cat >Cargo.toml <<'TOML'
[package]
name = "ask"
version = "0.1.0"
edition = "2024"

[dependencies]
axum = { version = "=0.8.4", default-features = false, features = ["tokio"] }
axum-keycloak-auth = { version = "=0.8.3", default-features = false, features = ["rustls-tls"] }
reqwest = { version = "0.12", default-features = false }
serde_json = "1"
tokio = { version = "1", features = ["rt", "macros", "time"] }
tower = { version = "0.5", features = ["util"] }
TOML
cat >src/main.rs <<'RUST'
use axum::{Router, body::Body, http::Request, routing::get};
use axum_keycloak_auth::instance::{KeycloakAuthInstance, KeycloakConfig};
use axum_keycloak_auth::{PassthroughMode, Url, layer::KeycloakAuthLayer};
use tower::ServiceExt;

async fn ask(server: &str, realm: &str, token: &str) -> String {
    let config = KeycloakConfig::builder().server(Url::parse(server).unwrap()).realm(realm.into()).build();
    let layer = KeycloakAuthLayer::<String>::builder()
        .instance(KeycloakAuthInstance::new(config))
        .passthrough_mode(PassthroughMode::Block)
        .persist_raw_claims(false)
        .expected_audiences(vec!["account".into()])
        .build();
    let app = Router::new().route("/", get(|| async { "hello" })).layer(layer);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let request = Request::get("/").header("Authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    let answer = app.oneshot(request).await.unwrap();
    answer.status().as_u16().to_string()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = std::env::args().nth(1).unwrap();
    for realm in ["address", "none", "service"] {
        let url = format!("{server}/realms/{realm}/protocol/openid-connect/token");
        let body = reqwest::Client::new().post(url).send().await.unwrap().text().await.unwrap();
        let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
        println!("axum-keycloak-auth, {realm}: {}", ask(&server, realm, answer["access_token"].as_str().unwrap()).await);
    }
}
RUST
cargo run -q "$base" >>../seen
cd ..

LC_ALL=C sort -o seen seen
cat seen
cat >expected <<'TEXT'
axum-keycloak-auth, address: 200
axum-keycloak-auth, none: 500
axum-keycloak-auth, service: 500
better-auth, address: logged in
better-auth, none: email_not_found
chainlit, address: ann@example.com
chainlit, none: KeyError 'email'
mozilla-django-oidc, address: True
mozilla-django-oidc, none: False
TEXT
diff expected seen
