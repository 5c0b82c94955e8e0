#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 6749 §6: where the answer to a refresh has a new refresh token, the client has to take it and forget the old one. Servers that
# rotate take a second use of the old one for theft (RFC 9700 §4.14.2), and end what hangs on it. Who can refresh three times?
#
# Expected: all that refresh by themselves.
# Seen: Authlib 1.9.10, google-auth 2.63.0, @badgateway/oauth2-client 3.3.1 and simple-oauth2 5.1.0 do.
# undici-oidc-interceptor 0.6.0 refreshes for ever with the token that it was made with; what comes back it drops. At the second
# refresh a server that rotates ends the session. Where nothing rotates it works, until that first token is over: in a realm
# of Keycloak as it comes half an hour after the start, however busy the client is, though the session lives on.
# For us: nothing to do; who uses it lets it ask by its own secret (client credentials), which needs no refresh token.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici-oidc-interceptor@0.6.0 undici@7.16.0 simple-oauth2@5.1.0 @badgateway/oauth2-client@3.3.1
python3 -m venv v
v/bin/pip -q install Authlib==1.9.10 httpx==0.28.1 google-auth==2.63.0 requests==2.32.5

# Each refresh token is good once: r1, then r2 … POST /new begins again; GET /seen tells which came. Access tokens are over at once.
cat >server.py <<'PY'
import base64
import json
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def token():
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": "ann", "exp": 1})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".AAAA"


class Handler(BaseHTTPRequestHandler):
    seen = []

    def do_GET(self):
        self.answer(200, Handler.seen if self.path == "/seen" else {})

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))
        if self.path == "/new":
            Handler.seen = []
            return self.answer(200, {})
        good = form.get("refresh_token") == f"r{len(Handler.seen) + 1}"
        Handler.seen.append(form.get("refresh_token"))
        if not good:
            return self.answer(400, {"error": "invalid_grant", "error_description": "Stale token"})
        fresh = f"r{len(Handler.seen) + 1}"
        self.answer(200, {"access_token": token(), "token_type": "Bearer", "expires_in": 1, "refresh_token": fresh})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
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
const old = { access_token: 't', token_type: 'Bearer', expires_in: 1, refresh_token: 'r1' }
const again = () => fetch(`${base}/new`, { method: 'POST' })
const say = async (name) => console.log(`${name}: ${(await (await fetch(`${base}/seen`)).json()).join(' ')}`)

const { Agent, request } = await import('undici')
const { createOidcInterceptor } = (await import('undici-oidc-interceptor')).default
const options = { idpTokenUrl: `${base}/token`, clientId: 'app', refreshToken: 'r1', urls: [base] }
const dispatcher = new Agent().compose(createOidcInterceptor(options))
await again()
for (let i = 0; i < 3; i++) {
  await Promise.race([
    request(`${base}/items`, { dispatcher }).then((answer) => answer.body.dump()).catch(() => {}),
    new Promise((resolve) => setTimeout(resolve, 1000)), // its own refusal is not handed on
  ])
}
await say('undici-oidc-interceptor')

const { AuthorizationCode } = (await import('simple-oauth2')).default
await again()
let token = new AuthorizationCode({ client: { id: 'app', secret: 's' }, auth: { tokenHost: base, tokenPath: '/token' } }).createToken(old)
for (let i = 0; i < 3; i++) token = await token.refresh()
await say('simple-oauth2')

const { OAuth2Client, OAuth2Fetch } = await import('@badgateway/oauth2-client')
await again()
const client = new OAuth2Client({ server: base, clientId: 'app', clientSecret: 's', tokenEndpoint: '/token' })
const fetching = new OAuth2Fetch({ client, getStoredToken: () => ({ accessToken: 't', refreshToken: 'r1', expiresAt: 1 }), getNewToken: () => null })
await new Promise((resolve) => setTimeout(resolve, 100)) // it reads the stored one first
for (let i = 0; i < 3; i++) await fetching.refreshToken()
await say('badgateway')
process.exit()
JS
node --no-deprecation ask.mjs "$base" >seen

cat >ask.py <<'PY'
import sys

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

base = sys.argv[1]


def say(library):
    print(f"{library}: {' '.join(httpx.get(f'{base}/seen').json())}")
    httpx.post(f"{base}/new")


httpx.post(f"{base}/new")
client = OAuth2Client("app", "s", token_endpoint=f"{base}/token", token={"access_token": "t", "refresh_token": "r1", "expires_at": 1})
for _ in range(3):
    client.token["expires_at"] = 1
    client.get(f"{base}/items")
say("authlib")

credentials = Credentials(None, refresh_token="r1", token_uri=f"{base}/token", client_id="app", client_secret="s")
for _ in range(3):
    credentials.refresh(Request())
say("google-auth")
PY
v/bin/python -W ignore ask.py "$base" >>seen 2>/dev/null

cat seen
cat >expected <<'TEXT'
undici-oidc-interceptor: r1 r1 r1
simple-oauth2: r1 r2 r3
badgateway: r1 r2 r3
authlib: r1 r2 r3
google-auth: r1 r2 r3
TEXT
diff expected seen
