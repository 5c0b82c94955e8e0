#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A token of a new realm of Keycloak is good for five minutes (accessTokenLifespan 300). Clients keep tokens, and take them for over
# a little before they are. Four libraries talk to any provider today, though they were made for one whose tokens live an hour: MSAL
# by its OIDC authorities, Google's by workload identity. Each is asked for a token by its client's credentials (Google's: by an
# exchange) three times, a second apart. How often do they ask the provider?
#
# Expected: once, whatever the lifetime.
# Seen: once where the token lives six minutes or an hour. Where it lives five, MSAL for Python 1.39.0, @azure/msal-node 7.2.3 and
# google-auth-library 10.9.1 (Node) ask each time: their margin is five minutes too, so that no token of such a realm is ever taken
# from the cache, and each request of the application costs one for a token, and a login event. Google's for Python, 2.63.0, has a
# margin of 3 min 45 s. Nothing fails, and nothing is logged.
# For us: the lifespan is 300, as Keycloak's. docs/usage/provider-programs.md says who wants more; "access.token.lifespan" of the client does.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
# Realms whose name is the lifetime of their tokens; GET /asked says how many have been asked for since the last time.
cat >provider.py <<'PY'
import http.server
import json
import ssl


class Provider(http.server.BaseHTTPRequestHandler):
    asked = 0

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        realm = "/".join(self.path.split("/")[:3])
        issuer = f"https://localhost:{self.server.server_port}{realm}"
        if self.path == "/asked":
            body, Provider.asked = Provider.asked, 0
        elif self.path.endswith("openid-configuration"):
            body = {"issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/certs", "end_session_endpoint": f"{issuer}/logout"}
        else:
            Provider.asked += 1
            body = {"access_token": "t", "token_type": "Bearer", "expires_in": int(realm.split("/")[2]), "scope": "email",
                    "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 provider.py >port &
pid=$!
until [ -s port ]; do sleep 0.1; done
base=https://localhost:$(cat port)

echo a-token >subject
cat >google.json <<JSON
{"type": "external_account", "audience": "api", "client_id": "app", "client_secret": "s",
 "subject_token_type": "urn:ietf:params:oauth:token-type:access_token", "credential_source": {"file": "subject"}}
JSON

python3 -m venv v
v/bin/pip -q install msal==1.39.0 google-auth==2.63.0 requests==2.34.2
cat >ask.py <<'PY'
import json
import sys
import time

import google.auth.identity_pool
import google.auth.transport.requests
import msal

library, realm = sys.argv[1:]
if library == "msal":
    app = msal.ConfidentialClientApplication("app", client_credential="s", oidc_authority=realm)
    for _ in range(3):
        assert app.acquire_token_for_client(["email"])["access_token"] == "t"
        time.sleep(1.1)
else:
    with open("google.json") as file:
        pool = google.auth.identity_pool.Credentials.from_info({**json.load(file), "token_url": f"{realm}/token"})
    for _ in range(3):
        headers = {}
        pool.before_request(google.auth.transport.requests.Request(), "GET", "https://api.example/", headers)
        assert headers["authorization"] == "Bearer t"
        time.sleep(1.1)
PY

npm init -y >/dev/null && npm install --silent --no-audit --no-fund @azure/msal-node@7.2.3 google-auth-library@10.9.1
cat >ask.mjs <<'JS'
import { ConfidentialClientApplication } from '@azure/msal-node'
import { IdentityPoolClient } from 'google-auth-library'
import { readFileSync } from 'node:fs'

const [library, realm] = process.argv.slice(2)
const auth = { clientId: 'app', clientSecret: 's', authority: realm, knownAuthorities: [new URL(realm).host] }
const get = library === 'msal-node'
  ? (app => () => app.acquireTokenByClientCredential({ scopes: ['email'] }).then(answer => answer.accessToken))(
      new ConfidentialClientApplication({ auth, system: { protocolMode: 'OIDC' } }))
  : (pool => () => pool.getAccessToken().then(answer => answer.token))(
      new IdentityPoolClient({ ...JSON.parse(readFileSync('google.json')), token_url: `${realm}/token` }))
for (let i = 0; i < 3; i++) {
  if (await get() !== 't') throw new Error('no token')
  await new Promise(resolve => setTimeout(resolve, 1100))
}
JS

export REQUESTS_CA_BUNDLE=$work/cert.pem NODE_EXTRA_CA_CERTS=$work/cert.pem
for lifetime in 300 360 3600; do
    for library in msal google-auth msal-node google-auth-library; do
        case $library in
        msal | google-auth) v/bin/python -W ignore ask.py $library "$base/realms/$lifetime" ;;
        msal-node | google-auth-library) node ask.mjs $library "$base/realms/$lifetime" ;;
        esac >>log 2>&1 || { cat log; exit 1; }
        echo "$lifetime s, $library: asked $(curl -s --cacert cert.pem "$base/asked")"
    done
done >seen
cat seen
cat >expected <<'TEXT'
300 s, msal: asked 3
300 s, google-auth: asked 1
300 s, msal-node: asked 3
300 s, google-auth-library: asked 3
360 s, msal: asked 1
360 s, google-auth: asked 1
360 s, msal-node: asked 1
360 s, google-auth-library: asked 1
3600 s, msal: asked 1
3600 s, google-auth: asked 1
3600 s, msal-node: asked 1
3600 s, google-auth-library: asked 1
TEXT
diff expected seen
