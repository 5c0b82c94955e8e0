#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm gets a new signing key, as Keycloak does it: the new one signs from now on, both are in the key set, tokens name theirs by
# "kid". Six libraries that are made for Keycloak, an API behind each: what becomes of the first tokens of the new key?
#
# Expected: an unknown kid makes them fetch the key set again, perhaps not more often than every ten seconds.
# Seen: two do: fastapi-keycloak-middleware, after 30 s unless it is told less, and keycloak-connect after 10 s. The others
# never look again and refuse every token until somebody starts the program anew: passport-keycloak-bearer keeps the key set
# of its first request, fastapi-keycloak and fastify-keycloak-adapter the one key that the realm's page had ("public_key").
# axum-keycloak-auth means to look, and asks the error for it: it waits for RsaFailedSigning, which is of those who sign; what a
# verifier gets from a token of another key is InvalidSignature.
# For us: a delay before a new key signs helps the first two alone; docs/usage/provider-keys.md says whose APIs have to be started
# anew within it. (The page shows the key that signs, as Keycloak's does, so that the two that read it start anew after it.)
#
# axum-keycloak-auth 0.8.3, fastapi-keycloak 1.1.1, fastapi-keycloak-middleware 2.0.0, fastify-keycloak-adapter 3.0.2,
# keycloak-connect 26.1.1, passport-keycloak-bearer 2.4.1.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund express@5.3.0 jose@6.2.18 keycloak-connect@26.1.1 passport@0.7.0 \
    passport-keycloak-bearer@2.4.1 fastify@5.6.2 fastify-keycloak-adapter@3.0.2
python3 -m venv v
v/bin/pip -q install fastapi-keycloak==1.1.1 fastapi-keycloak-middleware==2.0.0 httpx==0.28.1

# A realm in a few lines: POST /one and /two say which of its keys signs; the first stays published beside the second.
cat >realm.mjs <<'JS'
import http from 'node:http'
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose'

const made = {}
for (const kid of ['one', 'two', 'encryption']) {
  const alg = kid === 'encryption' ? 'RSA-OAEP' : 'RS256'
  const pair = await generateKeyPair(alg, { extractable: true })
  const jwk = { kid, alg, use: kid === 'encryption' ? 'enc' : 'sig', ...await exportJWK(pair.publicKey) }
  made[kid] = { ...pair, jwk, pem: (await exportSPKI(pair.publicKey)).replace(/-----[A-Z ]+-----|\n/g, '') }
}
let active = 'one'
let fetches = 0
const server = http.createServer(async (request, response) => {
  const base = `http://${request.headers.host}`
  const issuer = `${base}/realms/r`
  const oidc = `${issuer}/protocol/openid-connect`
  const sign = () => new SignJWT({
    typ: 'Bearer', azp: 'app', scope: 'email profile', preferred_username: 'ann', email: 'ann@example.com', email_verified: true,
    realm_access: { roles: ['user'] }, resource_access: { account: { roles: ['view-profile'] }, 'realm-management': { roles: ['view-users'] } },
  }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: active }).setIssuer(issuer).setSubject('ann').setAudience(['app', 'account'])
    .setJti('1').setIssuedAt().setExpirationTime('1h').sign(made[active].privateKey)
  const keys = (active === 'one' ? ['one'] : ['two', 'one']).concat('encryption')
  const answers = {
    '/one': () => { active = 'one' },
    '/two': () => { active = 'two'; fetches = 0 },
    '/fetches': () => fetches,
    '/token': sign,
    '/realms/r': () => { fetches += 1; return { realm: 'r', public_key: made[active].pem, 'token-service': oidc } },
    '/realms/r/.well-known/openid-configuration': () => ({
      issuer, jwks_uri: `${oidc}/certs`, authorization_endpoint: `${oidc}/auth`, token_endpoint: `${oidc}/token`,
      end_session_endpoint: `${oidc}/logout`, userinfo_endpoint: `${oidc}/userinfo`, introspection_endpoint: `${oidc}/token/introspect`,
      response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/realms/r/protocol/openid-connect/certs': () => { fetches += 1; return { keys: keys.map((kid) => made[kid].jwk) } },
    '/realms/r/protocol/openid-connect/token': async () => ({ access_token: await sign(), token_type: 'Bearer', expires_in: 3600 }),
  }
  const body = await answers[request.url]?.()
  response.writeHead(answers[request.url] ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? null))
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
JS
node realm.mjs >address &
pid=$!
until [ -s address ]; do sleep 0.1; done
base=$(cat address)

cat >ask.mjs <<'JS'
import { createRequire } from 'node:module'
import express from 'express'
import Fastify from 'fastify'

const require = createRequire(import.meta.url)
const [base] = process.argv.slice(2)
const get = async (path) => (await fetch(`${base}${path}`)).json()
const listen = (app) => new Promise((resolve) => {
  const server = app.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
})

async function keycloakConnect() {
  const Keycloak = require('keycloak-connect')
  const keycloak = new Keycloak({}, { realm: 'r', 'auth-server-url': base, resource: 'app', 'bearer-only': true })
  const app = express().use(keycloak.middleware())
  app.get('/', keycloak.protect(), (request, response) => response.end())
  return listen(app)
}
async function passportKeycloakBearer() {
  const passport = require('passport')
  const Strategy = require('passport-keycloak-bearer')
  passport.use(new Strategy({ realm: 'r', url: base, loggingLevel: 'fatal' }, (payload, done) => done(null, payload)))
  const app = express()
  app.get('/', passport.authenticate('keycloak', { session: false }), (request, response) => response.end())
  app.use((error, request, response, next) => response.sendStatus(401)) // its errors are errors, not refusals
  return listen(app)
}
async function fastifyKeycloakAdapter() {
  const app = Fastify()
  const realm = `${new URL(base).host}/realms/r`
  app.register(require('fastify-keycloak-adapter').default, {
    appOrigin: 'http://127.0.0.1:1', keycloakSubdomain: realm, clientId: 'app', clientSecret: 's',
  })
  app.get('/', async () => 'hello')
  return app.listen({ port: 0, host: '127.0.0.1' })
}

console.error = () => {}
for (const [name, start] of Object.entries({
  'keycloak-connect': keycloakConnect, 'passport-keycloak-bearer': passportKeycloakBearer, 'fastify-keycloak-adapter': fastifyKeycloakAdapter,
})) {
  await get('/one')
  const address = await start()
  const ask = async () => {
    const answer = await fetch(`${address}/`, { headers: { authorization: `Bearer ${await get('/token')}` } })
    return answer.status === 200 ? 'taken' : 'refused'
  }
  const old = await ask()
  await get('/two')
  const seen = [await ask(), await ask()]
  await new Promise((resolve) => setTimeout(resolve, 11000))
  console.log(`${name}: ${old}, then ${seen.join(' ')} and ${await ask()}, ${await get('/fetches')} looks`)
}
process.exit()
JS
node --no-deprecation ask.mjs "$base" >seen

cat >ask.py <<'PY'
import sys
import time

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from fastapi_keycloak import FastAPIKeycloak
from fastapi_keycloak_middleware import KeycloakConfiguration, setup_keycloak_middleware

base = sys.argv[1]


def get(path):
    return httpx.get(base + path).json()


def fastapi_keycloak():
    library = FastAPIKeycloak(base, "app", "s", "r", "s", "http://127.0.0.1:1/")
    return lambda token: library.token_is_valid(token, audience="account")


def fastapi_keycloak_middleware():
    app = FastAPI()
    setup_keycloak_middleware(app, KeycloakConfiguration(realm="r", url=base, client_id="app", client_secret="s", jwks_refresh_interval=10))
    app.get("/")(lambda: "hello")
    client = TestClient(app).__enter__()  # one event loop for all requests
    return lambda token: client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 200


for library in (fastapi_keycloak, fastapi_keycloak_middleware):
    get("/one")
    check = library()

    def ask():
        return "taken" if check(get("/token")) else "refused"

    old = ask()
    get("/two")
    seen = [ask(), ask()]
    time.sleep(11)
    print(f"{library.__name__.replace('_', '-')}: {old}, then {' '.join(seen)} and {ask()}, {get('/fetches')} looks")
PY
v/bin/python -W ignore ask.py "$base" >>seen

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

async fn fetch(base: &str, path: &str) -> String {
    let body = reqwest::get(format!("{base}{path}")).await.unwrap().text().await.unwrap();
    serde_json::from_str::<serde_json::Value>(&body).unwrap().as_str().map_or(body, str::to_owned)
}

async fn ask(app: &Router, base: &str) -> &'static str {
    let bearer = format!("Bearer {}", fetch(base, "/token").await);
    let request = Request::get("/").header("Authorization", bearer).body(Body::empty()).unwrap();
    let status = app.clone().oneshot(request).await.unwrap().status();
    if status.is_success() { "taken" } else { "refused" }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base = std::env::args().nth(1).unwrap();
    fetch(&base, "/one").await;
    let server = Url::parse(&base).unwrap();
    let instance = KeycloakAuthInstance::new(KeycloakConfig::builder().server(server).realm("r".into()).build());
    let layer = KeycloakAuthLayer::<String>::builder()
        .instance(instance)
        .passthrough_mode(PassthroughMode::Block)
        .persist_raw_claims(false)
        .expected_audiences(vec!["account".into()])
        .build();
    let app = Router::new().route("/", get(|| async { "hello" })).layer(layer);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let old = ask(&app, &base).await;
    fetch(&base, "/two").await;
    let (first, second) = (ask(&app, &base).await, ask(&app, &base).await);
    tokio::time::sleep(std::time::Duration::from_secs(11)).await;
    let last = ask(&app, &base).await;
    println!("axum-keycloak-auth: {old}, then {first} {second} and {last}, {} looks", fetch(&base, "/fetches").await);
}
RUST
cargo run -q "$base" >>../seen
cd ..

cat seen
cat >expected <<'TEXT'
keycloak-connect: taken, then refused refused and taken, 1 looks
passport-keycloak-bearer: taken, then refused refused and refused, 0 looks
fastify-keycloak-adapter: taken, then refused refused and refused, 0 looks
fastapi-keycloak: taken, then refused refused and refused, 0 looks
fastapi-keycloak-middleware: taken, then refused refused and taken, 1 looks
axum-keycloak-auth: taken, then refused refused and refused, 0 looks
TEXT
diff expected seen
