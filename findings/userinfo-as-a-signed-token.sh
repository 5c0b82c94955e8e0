#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A client can have its userinfo answers signed (userinfo_signed_response_alg; OpenID Connect Core §5.3.2): they are a JWT then,
# with the content type application/jwt. Which clients' libraries read one, with no more said than where the provider and its keys are?
#
# Expected: those that verify ID tokens anyway, and so have all that it takes; that is all of these but httpx-oauth.
# Seen: openid-client 6.9.0, go-oidc 3.21.0, hashicorp/cap 0.16.0 on it, and mozilla-django-oidc 5.0.2 do. Authlib 1.9.10,
# httpx-oauth 0.17.0, requests_oauth2client 1.8.0 and zitadel/oidc 3.52.0 take it for JSON and fail at its first letter.
# python-keycloak 7.1.1 hands the token over as bytes where a dict comes otherwise. So the switch, which is one of the
# client at the provider, breaks logins of half of them.
# For us: it is off, as at Keycloak, and docs/usage/provider-protocol.md says whom it shuts out.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install Authlib==1.9.10 Flask==3.1.3 requests==2.34.2 httpx-oauth==0.17.0 python-keycloak==7.1.1 \
    mozilla-django-oidc==5.0.2 requests_oauth2client==1.8.0 PyJWT==2.15.1
cat >provider.py <<'PY'
import http.server
import json
import pathlib

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

secret = rsa.generate_private_key(65537, 2048)
key = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(secret.public_key())), "kid": "k", "alg": "RS256", "use": "sig"}
ann = {"sub": "ann", "email": "ann@shop.example"}


class Provider(http.server.BaseHTTPRequestHandler):
    """Two issuers, /realms/plain and /realms/signed, which differ in how userinfo is answered."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        base = f"http://127.0.0.1:{self.server.server_port}"
        issuer = base + "/".join(self.path.split("/")[:3])
        kind, body = "application/json", json.dumps(ann)
        if self.path.endswith("openid-configuration"):
            body = json.dumps({
                "issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys", "userinfo_endpoint": f"{issuer}/protocol/openid-connect/userinfo",
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"], "userinfo_signing_alg_values_supported": ["RS256"],
            })
        elif self.path.endswith("/keys"):
            body = json.dumps({"keys": [key]})
        elif issuer.endswith("signed"):
            body = jwt.encode({**ann, "iss": issuer, "aud": "shop"}, secret, "RS256", headers={"kid": "k"})
            kind = "application/jwt"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
pathlib.Path("port.new").write_text(str(server.server_port))
pathlib.Path("port.new").rename("port")
server.serve_forever()
PY
v/bin/python provider.py &
pid=$!
for _ in $(seq 100); do
    [ ! -e port ] || break
    sleep 0.1
done
base=http://127.0.0.1:$(cat port)

cat >ask.py <<'PY'
import asyncio
import sys

import django
from authlib.integrations.flask_client import OAuth
from django.conf import settings
from flask import Flask
from httpx_oauth.clients.openid import OpenID
from keycloak import KeycloakOpenID
from requests_oauth2client import OAuth2Client

base, realm = sys.argv[1:]
issuer = f"{base}/realms/{realm}"
well_known, endpoint = f"{issuer}/.well-known/openid-configuration", f"{issuer}/protocol/openid-connect/userinfo"
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"], OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_CLIENT_ID="shop", OIDC_RP_CLIENT_SECRET="s", OIDC_OP_TOKEN_ENDPOINT=f"{issuer}/token",
    OIDC_OP_USER_ENDPOINT=endpoint, OIDC_OP_JWKS_ENDPOINT=f"{issuer}/keys",
)
django.setup()
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


def authlib():
    app = Flask("shop")
    client = OAuth(app).register("p", client_id="shop", client_secret="s", server_metadata_url=well_known)
    with app.test_request_context():
        return client.userinfo(token={"access_token": "t", "token_type": "Bearer"})["email"]


def httpx_oauth():
    return asyncio.run(OpenID("shop", "s", well_known).get_id_email("t"))[1]


def python_keycloak():
    answer = KeycloakOpenID(f"{base}/", realm, "shop", "s").userinfo("t")
    return answer["email"] if isinstance(answer, dict) else f"of type {type(answer).__name__}"


def requests_oauth2client():
    client = OAuth2Client(f"{issuer}/token", client_id="shop", client_secret="s", userinfo_endpoint=endpoint, testing=True)
    return client.userinfo("t")["email"]


def mozilla_django_oidc():
    return OIDCAuthenticationBackend().get_userinfo("t", None, None)["email"]


for library in (authlib, httpx_oauth, python_keycloak, requests_oauth2client, mozilla_django_oidc):
    try:
        seen = library()
    except ValueError as error:
        seen = type(error).__name__
    print(f"{realm}: {library.__name__}: {seen}")
PY
for realm in plain signed; do v/bin/python -W ignore ask.py "$base" $realm 2>>errors; done >seen || { cat errors; exit 1; }

npm init -y >/dev/null && npm install --silent --no-audit --no-fund openid-client@6.9.0
cat >ask.mjs <<'JS'
import * as client from 'openid-client'

for (const realm of ['plain', 'signed']) {
  const issuer = new URL(`${process.argv[2]}/realms/${realm}`)
  const provider = await client.discovery(issuer, 'shop', 's', undefined, { execute: [client.allowInsecureRequests] })
  console.log(`${realm}: openid-client: ${(await client.fetchUserInfo(provider, 't', 'ann')).email}`)
}
JS
node --experimental-global-webcrypto ask.mjs "$base" >>seen

mkdir go && cd go
export GOPATH=$work/gopath GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module userinfo

go 1.25

require (
	github.com/coreos/go-oidc/v3 v3.21.0
	github.com/hashicorp/cap v0.16.0
	github.com/zitadel/oidc/v3 v3.52.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	cap "github.com/hashicorp/cap/oidc"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

const callback = "https://shop.example/callback"

func say(realm, library, email string, refusal error) {
	if refusal != nil {
		email = "refused"
	}
	fmt.Printf("%s: %s: %s\n", realm, library, email)
}

func main() {
	ctx := context.Background()
	token := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"})
	for _, realm := range []string{"plain", "signed"} {
		issuer := os.Args[1] + "/realms/" + realm

		provider, err := oidc.NewProvider(ctx, issuer)
		if err != nil {
			panic(err)
		}
		var email string
		user, err := provider.UserInfo(ctx, token)
		if err == nil {
			email = user.Email
		}
		say(realm, "go-oidc", email, err)

		config, err := cap.NewConfig(issuer, "shop", "s", []cap.Alg{cap.RS256}, []string{callback})
		if err != nil {
			panic(err)
		}
		vault, err := cap.NewProvider(config)
		if err != nil {
			panic(err)
		}
		var claims struct{ Email string }
		err = vault.UserInfo(ctx, token, "ann", &claims)
		say(realm, "cap", claims.Email, err)

		party, err := rp.NewRelyingPartyOIDC(ctx, issuer, "shop", "s", callback, []string{"openid"})
		if err != nil {
			panic(err)
		}
		info, err := rp.Userinfo[*zitadel.UserInfo](ctx, "t", "Bearer", "ann", party)
		email = ""
		if err == nil {
			email = info.Email
		}
		say(realm, "zitadel/oidc", email, err)
	}
}
GO
go mod tidy >/dev/null 2>&1
go run . "$base" >>../seen
cd ..
cat seen
cat >expected <<'TEXT'
plain: authlib: ann@shop.example
plain: httpx_oauth: ann@shop.example
plain: python_keycloak: ann@shop.example
plain: requests_oauth2client: ann@shop.example
plain: mozilla_django_oidc: ann@shop.example
signed: authlib: JSONDecodeError
signed: httpx_oauth: JSONDecodeError
signed: python_keycloak: of type bytes
signed: requests_oauth2client: JSONDecodeError
signed: mozilla_django_oidc: ann@shop.example
plain: openid-client: ann@shop.example
signed: openid-client: ann@shop.example
plain: go-oidc: ann@shop.example
plain: cap: ann@shop.example
plain: zitadel/oidc: ann@shop.example
signed: go-oidc: ann@shop.example
signed: cap: ann@shop.example
signed: zitadel/oidc: refused
TEXT
diff expected seen
