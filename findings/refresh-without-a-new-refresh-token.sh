#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 6749 §6: the answer to a refresh may have a new refresh token; where it has none, the client goes on with the old one.
# A server that does not rotate answers so each time. Which libraries can refresh twice?
#
# Expected: all; those that keep the answer as it came leave it to the application, and say so.
# Seen: Authlib 1.9.10, requests-oauthlib 2.0.0, oidc-client-ts 3.5.0 and @badgateway/oauth2-client 3.3.1 keep the old one.
# simple-oauth2 5.1.0 means to, but looks for it where it never is: after the first refresh it has none, and the second
# request has an empty `refresh_token`, whose refusal looks like the end of the session.
# For us: each answer to a refresh has a refresh token, also in realms that do not rotate them, as at Keycloak.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund simple-oauth2@5.1.0 @badgateway/oauth2-client@3.3.1 oidc-client-ts@3.5.0
python3 -m venv v
v/bin/pip -q install Authlib==1.9.10 httpx==0.28.1 requests-oauthlib==2.0.0

cat >server.py <<'PY'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    last = ""

    def do_GET(self):
        self.answer(json.dumps(Handler.last).encode())

    def do_POST(self):
        Handler.last = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.answer(json.dumps({"access_token": "t", "token_type": "Bearer", "expires_in": 60}).encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
python3 server.py >address &
pid=$!
until [ -s address ]; do sleep 0.1; done
base=$(cat address)

cat >ask.mjs <<'JS'
import { webcrypto } from 'node:crypto'
globalThis.crypto ??= webcrypto
const [base] = process.argv.slice(2)
const [id, secret] = ['web', 'web-secret']
const old = { access_token: 't', token_type: 'Bearer', expires_in: 60, refresh_token: 'r' }
const say = (name, kept) => console.log(`${name}: ${kept === 'r' ? 'kept' : kept}`)

const { AuthorizationCode } = (await import('simple-oauth2')).default
const simple = new AuthorizationCode({ client: { id, secret }, auth: { tokenHost: base, tokenPath: '/token' } })
const second = await simple.createToken(old).refresh()
say('simple-oauth2', second.token.refresh_token)
await second.refresh()
console.log('simple-oauth2, the second request:', await (await fetch(base)).json())

const { OAuth2Client } = await import('@badgateway/oauth2-client')
const bad = new OAuth2Client({ server: base, clientId: id, clientSecret: secret, tokenEndpoint: '/token' })
say('badgateway', (await bad.refreshToken({ accessToken: 't', refreshToken: 'r', expiresAt: 1 })).refreshToken)

const { InMemoryWebStorage, OidcClient, User, UserManager, WebStorageStateStore } = await import('oidc-client-ts')
const store = new WebStorageStateStore({ store: new InMemoryWebStorage() })
const manager = new UserManager({
  authority: base, client_id: id, redirect_uri: `${base}/cb`, stateStore: store, userStore: store,
  metadata: { issuer: base, token_endpoint: `${base}/token`, authorization_endpoint: `${base}/auth` },
})
await manager.storeUser(new User({ ...old, profile: { sub: 's' }, scope: 'openid' }))
say('oidc-client-ts', (await manager.signinSilent()).refresh_token)
process.exit() // its timers would go on
JS
node ask.mjs "$base" >seen

cat >ask.py <<'PY'
import os
import sys

from authlib.integrations.httpx_client import OAuth2Client
from requests_oauthlib import OAuth2Session

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
base, name, secret = sys.argv[1], "web", "web-secret"
old = {"access_token": "t", "token_type": "Bearer", "expires_in": 60, "refresh_token": "r"}


def say(library, kept):
    print(f"{library}: {'kept' if kept == 'r' else kept}")


client = OAuth2Client(name, secret, token=dict(old))
client.refresh_token(f"{base}/token")
say("authlib", client.token.get("refresh_token"))

session = OAuth2Session(name, token=dict(old))
session.refresh_token(f"{base}/token", client_id=name, client_secret=secret)
say("requests-oauthlib", session.token.get("refresh_token"))
PY
v/bin/python -W ignore ask.py "$base" >>seen 2>/dev/null

LC_ALL=C sort -o seen seen
cat seen
cat >expected <<'TEXT'
authlib: kept
badgateway: kept
oidc-client-ts: kept
requests-oauthlib: kept
simple-oauth2, the second request: grant_type=refresh_token&refresh_token=
simple-oauth2: undefined
TEXT
diff expected seen
