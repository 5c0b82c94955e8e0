#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# OpenID Connect Core §3.1.3.7 says of ID tokens: with several audiences the client should find "azp" there, and where there is
# an "azp", it should be the client. Both the client and an API are audiences of many a token (Keycloak's audience mapper). What
# do the libraries of relying parties make of such ID tokens, signed, in time, and for the client "app"?
#
# Expected: one rule, the one that is written.
# Seen: three. Authlib 1.9.10, idpyoidc 5.0.0, pyoidc 1.7.0 and zitadel/oidc 3.52.0 (Go) ask for both. oauth4webapi 3.8.8, and
# openid-client on it, asks for "azp" with several audiences alone, and does not look at one beside a single audience.
# go-oidc 3.20.0 looks at neither, so that a login that works there fails with others on the same issuer.
# For us: the provider names the client as "azp" in every ID token, which all of them take; our logins ask for both.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 Authlib==1.9.10 idpyoidc==5.0.0 oic==1.7.0
cat >relying.py <<'PY'
import json
import time
import warnings

warnings.simplefilter("ignore")
from authlib.jose import JsonWebKey
from authlib.jose import jwt as authlib_jwt
from authlib.oidc.core import CodeIDToken
from cryptojwt import KeyJar
from idpyoidc.message.oidc import AuthorizationResponse, verify_id_token
from joserfc import jwt
from joserfc.jwk import RSAKey
from oic.oic.message import AccessTokenResponse
from oic.utils.keyio import KeyJar as OldKeyJar

ISSUER = "https://issuer.example"
key = RSAKey.generate_key(2048, {"kid": "k", "alg": "RS256", "use": "sig"})
keys = {"keys": [key.as_dict(private=False)]}
now = int(time.time())
common = {"iss": ISSUER, "sub": "a", "iat": now, "exp": now + 600, "nonce": "n"}
cases = {
    "one audience": {"aud": ["app"]},
    "two, azp": {"aud": ["app", "api"], "azp": "app"},
    "two, no azp": {"aud": ["app", "api"]},
    "one, azp of another": {"aud": "app", "azp": "api"},
}
tokens = {name: jwt.encode({"alg": "RS256", "kid": "k"}, {**common, **claims}, key) for name, claims in cases.items()}
json.dump({"keys": keys, "tokens": tokens}, open("case.json", "w"))

new_jar, old_jar = KeyJar(), OldKeyJar()
for jar in (new_jar, old_jar):
    jar.import_jwks(keys, ISSUER)


def authlib(token):
    options = {"iss": {"values": [ISSUER]}, "aud": {"values": ["app"]}}
    params = {"nonce": "n", "client_id": "app"}
    authlib_jwt.decode(token, JsonWebKey.import_key_set(keys), CodeIDToken, options, params).validate()


def idpyoidc(token):
    answer = AuthorizationResponse(id_token=token)
    verify_id_token(answer, keyjar=new_jar, iss=ISSUER, client_id="app", allowed_sign_alg="RS256", nonce="n")


def pyoidc(token):
    answer = AccessTokenResponse(id_token=token, access_token="x", token_type="Bearer")
    answer.verify(keyjar=old_jar, iss=ISSUER, client_id="app", algs={"sign": "RS256"})


for library in (authlib, idpyoidc, pyoidc):
    for name, token in tokens.items():
        try:
            library(token)
            print(f"{library.__name__}: {name}: taken")
        except Exception:
            print(f"{library.__name__}: {name}: refused")
PY
v/bin/python -W ignore relying.py >seen 2>/dev/null

npm init -y >/dev/null && npm install --silent oauth4webapi@3.8.8
cat >relying.mjs <<'JS'
import fs from 'fs'
import * as oauth from 'oauth4webapi'

const { tokens } = JSON.parse(fs.readFileSync('case.json'))
const server = { issuer: 'https://issuer.example' }
for (const [name, id_token] of Object.entries(tokens)) {
  const body = JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token })
  const answer = new Response(body, { headers: { 'content-type': 'application/json' } })
  try {
    await oauth.processAuthorizationCodeResponse(server, { client_id: 'app' }, answer, { expectedNonce: 'n' })
    console.log(`oauth4webapi: ${name}: taken`)
  } catch {
    console.log(`oauth4webapi: ${name}: refused`)
  }
}
JS
node --experimental-global-webcrypto relying.mjs >>seen

mkdir go && cd go
export GOPATH=$work/gopath GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module relying

go 1.24

require (
	github.com/coreos/go-oidc/v3 v3.20.0
	github.com/go-jose/go-jose/v4 v4.1.9
	github.com/zitadel/oidc/v3 v3.52.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"
)

const issuer = "https://issuer.example"

type published struct{ jose.JSONWebKeySet }

func (p published) VerifySignature(_ context.Context, jws *jose.JSONWebSignature) ([]byte, error) {
	return jws.Verify(&p.Keys[0])
}

func main() {
	var given struct {
		Keys   jose.JSONWebKeySet
		Tokens map[string]string
	}
	data, err := os.ReadFile("../case.json")
	if err == nil {
		err = json.Unmarshal(data, &given)
	}
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{given.Keys.Keys[0].Key}}
	goOIDC := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: "app"})
	nonce := rp.WithNonce(func(context.Context) string { return "n" })
	other := rp.NewIDTokenVerifier(issuer, "app", published{given.Keys}, nonce)
	for _, name := range []string{"one audience", "two, azp", "two, no azp", "one, azp of another"} {
		_, first := goOIDC.Verify(ctx, given.Tokens[name])
		_, second := rp.VerifyIDToken[*zitadel.IDTokenClaims](ctx, given.Tokens[name], other)
		for library, refusal := range map[string]error{"go-oidc": first, "zitadel/oidc": second} {
			what := "taken"
			if refusal != nil {
				what = "refused"
			}
			fmt.Printf("%s: %s: %s\n", library, name, what)
		}
	}
}
GO
go mod tidy >/dev/null 2>&1
go run . | LC_ALL=C sort >>../seen
cd ..

cat >expected <<'TEXT'
authlib: one audience: taken
authlib: two, azp: taken
authlib: two, no azp: refused
authlib: one, azp of another: refused
idpyoidc: one audience: taken
idpyoidc: two, azp: taken
idpyoidc: two, no azp: refused
idpyoidc: one, azp of another: refused
pyoidc: one audience: taken
pyoidc: two, azp: taken
pyoidc: two, no azp: refused
pyoidc: one, azp of another: refused
oauth4webapi: one audience: taken
oauth4webapi: two, azp: taken
oauth4webapi: two, no azp: refused
oauth4webapi: one, azp of another: taken
go-oidc: one audience: taken
go-oidc: one, azp of another: taken
go-oidc: two, azp: taken
go-oidc: two, no azp: taken
zitadel/oidc: one audience: taken
zitadel/oidc: one, azp of another: refused
zitadel/oidc: two, azp: taken
zitadel/oidc: two, no azp: refused
TEXT
cat seen
diff expected seen
