#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Microsoft's MSAL logs users in at any OpenID provider (oidc_authority in Python, protocolMode OIDC in Node). An application wants the
# scope email. Which scopes does the provider see, and where does a user's password go?
#
# Expected: "openid email"; the password to the token endpoint of the discovery document, with the secret.
# Seen: both ask for "email offline_access openid profile" at each login and each refresh. At a realm of Keycloak offline_access makes an
# offline session per login, which a logout does not end; it is refused (invalid_scope) where the client has no such scope, and a
# user without the role of that name gets no tokens. Python has exclude_scopes=["offline_access"] against it; Node has
# OIDCOptions.defaultScopes, which its types describe for this mode, and which changes nothing. "profile" by name is a ValueError in
# Python: it is reserved. A user's password comes to the token endpoint, but in Python the name goes before it to
# https://HOST/common/userrealm/NAME, without the provider's port; the login goes on where something answers 404 there, and where
# nothing listens on 443 it ends in a ConnectionError.
# For us: nothing to do, all of that works at a client with what each new one has; docs/usage/provider-programs.md says what to switch off.
#
# MSAL for Python 1.39.0, @azure/msal-node 7.2.3.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
# A realm; the scopes that its token endpoint is asked for go to the file "asked".
cat >provider.py <<'PY'
import http.server
import json
import ssl
import urllib.parse


class Provider(http.server.BaseHTTPRequestHandler):
    def answer(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        issuer = f"https://localhost:{self.server.server_port}/realms/shop"
        if self.path.endswith("openid-configuration"):
            body = {"issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/certs", "end_session_endpoint": f"{issuer}/logout"}
        else:
            form = dict(urllib.parse.parse_qsl(text))
            with open("asked", "a") as file:
                print(form["grant_type"], *sorted(form["scope"].split()), file=file)
            body = {"access_token": "t", "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600, "scope": form["scope"]}
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
realm=https://localhost:$(cat port)/realms/shop

python3 -m venv v
v/bin/pip -q install msal==1.39.0 requests==2.34.2
cat >ask.py <<'PY'
import sys
import urllib.parse

import msal
import requests

realm = sys.argv[1]


class Session(requests.Session):
    """What is not at the realm's port is told, and answers 404, as a web server beside the provider would."""

    def request(self, method, url, **options):
        if url.startswith(realm):
            return super().request(method, url, **{**options, "verify": "cert.pem"})
        print(f"asked on the way: {method} {url}")
        answer = requests.Response()
        answer.status_code = 404
        return answer


def scopes(url):
    return " ".join(sorted(urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["scope"][0].split()))


for excluded in None, ["offline_access"]:
    app = msal.ClientApplication("app", client_credential="s", oidc_authority=realm, exclude_scopes=excluded, http_client=Session())
    print("login page:", scopes(app.get_authorization_request_url(["email"], redirect_uri="https://shop.example/callback")))
    app.acquire_token_by_authorization_code("c", ["email"], redirect_uri="https://shop.example/callback")
    app.acquire_token_by_refresh_token("r", ["email"])
    app.acquire_token_by_username_password("ann", "secret", ["email"])
try:
    app.get_authorization_request_url(["email", "profile"], redirect_uri="https://shop.example/callback")
except ValueError as error:
    print("profile by name:", str(error).splitlines()[0])
PY

npm init -y >/dev/null && npm install --silent --no-audit --no-fund @azure/msal-node@7.2.3
cat >ask.mjs <<'JS'
import { ConfidentialClientApplication } from '@azure/msal-node'

const realm = process.argv[2]
const redirectUri = 'https://shop.example/callback'
for (const OIDCOptions of [undefined, { defaultScopes: ['openid'] }]) {
  const auth = { clientId: 'app', clientSecret: 's', authority: realm, knownAuthorities: [new URL(realm).host], OIDCOptions }
  const app = new ConfidentialClientApplication({ auth, system: { protocolMode: 'OIDC' } })
  const page = new URL(await app.getAuthCodeUrl({ scopes: ['email'], redirectUri }))
  console.log('login page:', page.searchParams.get('scope').split(' ').sort().join(' '))
  await app.acquireTokenByCode({ code: 'c', scopes: ['email'], redirectUri })
  await app.acquireTokenByRefreshToken({ refreshToken: 'r', scopes: ['email'] })
}
JS
{
    { v/bin/python -W ignore ask.py "$realm" && cat asked; } | sed 's/^/Python: /'
    rm asked
    { NODE_EXTRA_CA_CERTS=$work/cert.pem node ask.mjs "$realm" && cat asked; } | sed 's/^/Node: /'
} >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
Python: login page: email offline_access openid profile
Python: asked on the way: GET https://localhost/common/userrealm/ann?api-version=1.0
Python: login page: email openid profile
Python: profile by name: You cannot use any scope value that is reserved.
Python: authorization_code email offline_access openid profile
Python: refresh_token email offline_access openid profile
Python: password email offline_access openid profile
Python: authorization_code email openid profile
Python: refresh_token email openid profile
Python: password email openid profile
Node: login page: email offline_access openid profile
Node: login page: email offline_access openid profile
Node: authorization_code email offline_access openid profile
Node: refresh_token email offline_access openid profile
Node: authorization_code email offline_access openid profile
Node: refresh_token email offline_access openid profile
TEXT
diff expected seen
