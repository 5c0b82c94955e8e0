#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A client proves itself by HTTP Basic. RFC 6749 §2.3.1 has its ID and its secret form-encoded first, so that an ID may be
# a URN and a secret may have "+" and "%". Which libraries are understood by a server that decodes them?
#
# Expected: all or nothing: a library encodes both, or neither.
# Seen: openid-client, simple-oauth2, better-auth and pyoidc encode both, Authlib and requests-oauthlib neither. And
# @badgateway/oauth2-client, as it comes, encodes the ID and leaves the secret as it is; client_secret_basic has to be asked
# for by name.
# For us: our provider decodes, as Keycloak does (24.0.5 was tried with the same secrets, raw and encoded: the same answers).
# Secrets that are made here are base64url, which means the same raw and encoded.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund openid-client@6.9.0 simple-oauth2@5.1.0 @badgateway/oauth2-client@3.3.1 \
    @better-auth/core@1.7.25
python3 -m venv v
v/bin/pip -q install Authlib==1.9.10 httpx==0.28.1 oic==1.7.0 requests-oauthlib==2.0.0
# The server reads the header as RFC 6749 has it, tells which library (the path) sent what, and grants.
cat >server.py <<'PY'
import base64
import json
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

ID, SECRET = "urn:shop:web", "a+b %41"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scheme, _, coded = self.headers.get("Authorization", "none").partition(" ")
        sent = base64.b64decode(coded).decode()
        name, _, secret = (urllib.parse.unquote_plus(part) for part in sent.partition(":"))
        with open("seen", "a") as seen:
            print(self.path[1:], "good" if (name, secret) == (ID, SECRET) else "refused", sent, file=seen)
        body = json.dumps({"access_token": "t", "token_type": "Bearer", "expires_in": 60}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
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
const [id, secret] = ['urn:shop:web', 'a+b %41']

const oidc = await import('openid-client')
const metadata = { issuer: base, token_endpoint: `${base}/openid-client` }
const config = new oidc.Configuration(metadata, id, secret, oidc.ClientSecretBasic(secret))
oidc.allowInsecureRequests(config)
await oidc.clientCredentialsGrant(config)

const { ClientCredentials } = (await import('simple-oauth2')).default
await new ClientCredentials({ client: { id, secret }, auth: { tokenHost: base, tokenPath: '/simple-oauth2' } }).getToken({})

const { OAuth2Client } = await import('@badgateway/oauth2-client')
await new OAuth2Client({ server: base, clientId: id, clientSecret: secret, tokenEndpoint: '/badgateway',
  authenticationMethod: 'client_secret_basic' }).clientCredentials()
await new OAuth2Client({ server: base, clientId: id, clientSecret: secret, tokenEndpoint: '/badgateway-as-it-comes' })
  .clientCredentials()

const { clientCredentialsToken } = await import('@better-auth/core/oauth2')
await clientCredentialsToken({ options: { clientId: id, clientSecret: secret }, tokenEndpoint: `${base}/better-auth`,
  authentication: 'basic' })
JS
node ask.mjs "$base"

cat >ask.py <<'PY'
import os
import sys

from authlib.integrations.httpx_client import OAuth2Client
from oauthlib.oauth2 import BackendApplicationClient
from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD
from requests_oauthlib import OAuth2Session

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
base, name, secret = sys.argv[1], "urn:shop:web", "a+b %41"
OAuth2Client(name, secret).fetch_token(f"{base}/authlib", grant_type="client_credentials")
OAuth2Session(client=BackendApplicationClient(name)).fetch_token(
    f"{base}/requests-oauthlib", client_id=name, client_secret=secret)
client = Client(client_authn_method=CLIENT_AUTHN_METHOD)
client.store_registration_info(RegistrationResponse(client_id=name, client_secret=secret, redirect_uris=["http://x/"]))
client.parse_response(AuthorizationResponse, info="code=c&state=s", sformat="urlencoded")
client.do_access_token_request(
    endpoint=f"{base}/pyoidc", state="s", request_args={"redirect_uri": "http://x/"}, authn_method="client_secret_basic")
PY
v/bin/python -W ignore ask.py "$base" 2>/dev/null

LC_ALL=C sort -o seen seen
cat seen
cat >expected <<'TEXT'
authlib refused urn:shop:web:a+b %41
badgateway good urn%3Ashop%3Aweb:a%2Bb+%2541
badgateway-as-it-comes refused urn%3Ashop%3Aweb:a+b %41
better-auth good urn%3Ashop%3Aweb:a%2Bb+%2541
openid-client good urn%3Ashop%3Aweb:a%2Bb+%2541
pyoidc good urn%3Ashop%3Aweb:a%2Bb+%2541
requests-oauthlib refused urn:shop:web:a+b %41
simple-oauth2 good urn%3Ashop%3Aweb:a%2Bb+%2541
TEXT
diff expected seen
