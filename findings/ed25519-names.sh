#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 9864 gives EdDSA over curve 25519 the name "Ed25519" beside "EdDSA". Which name in a published key, and in a
# token's header, do verifiers take together?
#
# Expected: a key that says "Ed25519" verifies an EdDSA token, since it is the same signature.
# Seen: no way of publishing the key serves everybody but alg "EdDSA" with tokens that say "EdDSA".
# - key "Ed25519" (what WebCrypto exports), token "EdDSA": jose and joserfc find no key, PyJWT cannot read the key
# - key without alg: jwx finds no key for either name
# - token "Ed25519": PyJWT, Authlib, go-jose, golang-jwt and fast-jwt know no such algorithm
# - jwcrypto takes all six
# For us: the provider publishes and signs by "EdDSA"; the guard takes both names for one another.
#
# PyJWT 2.15.1, joserfc 1.8.0, Authlib 1.9.10, jwcrypto 1.6.1; go-jose 4.1.9, jwx 3.4.0, golang-jwt 5.3.1;
# jose 6.2.18, fast-jwt 6.3.6.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1' joserfc==1.8.0 Authlib==1.9.10 jwcrypto==1.6.1
cat >names.py <<'PY'
import base64, json, warnings
warnings.simplefilter("ignore")
from cryptography.hazmat.primitives.asymmetric import ed25519
import jwt
from authlib.jose import JsonWebKey, JsonWebToken
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet
from jwcrypto import jwk, jwt as jwcrypto_jwt

b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
cases = []
for in_key in ("EdDSA", "Ed25519", None):
    for in_token in ("EdDSA", "Ed25519"):
        signed = b64(json.dumps({"alg": in_token, "kid": "k"}).encode()) + "." + b64(b'{"exp":4102444800}')
        published = {"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": b64(key.public_key().public_bytes_raw())}
        if in_key:
            published["alg"] = in_key
        cases.append({"name": f"{in_key or '-'}/{in_token}", "alg": in_token, "key": published,
                      "token": signed + "." + b64(key.sign(signed.encode()))})
json.dump(cases, open("cases.json", "w"))

for name, verify in (
    ("PyJWT", lambda c: jwt.decode(c["token"], jwt.PyJWK(c["key"]), algorithms=[c["alg"]])),
    ("joserfc", lambda c: joserfc_jwt.decode(c["token"], KeySet.import_key_set({"keys": [c["key"]]}),
                                             algorithms=[c["alg"]])),
    ("authlib", lambda c: JsonWebToken([c["alg"]]).decode(c["token"], JsonWebKey.import_key_set({"keys": [c["key"]]}))),
    ("jwcrypto", lambda c: jwcrypto_jwt.JWT(jwt=c["token"], key=jwk.JWK(**c["key"]), algs=[c["alg"]])),
):
    taken = []
    for case in cases:
        try:
            verify(case)
            taken.append(case["name"])
        except Exception:
            pass
    print(f"{name}:", *taken)
PY
v/bin/python -W ignore names.py >seen 2>/dev/null

mkdir g && cd g
cat >main.go <<'GO'
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	golang "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

type example struct {
	Name, Alg, Token string
	Key              json.RawMessage
}

func set(c example) []byte { return []byte(`{"keys":[` + string(c.Key) + `]}`) }

func main() {
	text, _ := os.ReadFile("../cases.json")
	var cases []example
	json.Unmarshal(text, &cases)
	libraries := []struct {
		name   string
		verify func(example) error
	}{
		{"go-jose", func(c example) error {
			var keys jose.JSONWebKeySet
			if err := json.Unmarshal(set(c), &keys); err != nil {
				return err
			}
			token, err := josejwt.ParseSigned(c.Token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(c.Alg)})
			if err != nil {
				return err
			}
			return token.Claims(&keys, &josejwt.Claims{})
		}},
		{"jwx", func(c example) error {
			keys, err := jwk.Parse(set(c))
			if err == nil {
				_, err = jwxjwt.Parse([]byte(c.Token), jwxjwt.WithKeySet(keys))
			}
			return err
		}},
		{"golang-jwt", func(c example) error {
			var key struct{ X string }
			json.Unmarshal(c.Key, &key)
			point, _ := base64.RawURLEncoding.DecodeString(key.X)
			_, err := golang.Parse(c.Token, func(*golang.Token) (any, error) { return ed25519.PublicKey(point), nil })
			return err
		}},
	}
	for _, library := range libraries {
		fmt.Print(library.name, ":")
		for _, c := range cases {
			if library.verify(c) == nil {
				fmt.Print(" ", c.Name)
			}
		}
		fmt.Println()
	}
}
GO
cat >go.mod <<'GO'
module finding

go 1.24

require (
	github.com/go-jose/go-jose/v4 v4.1.9
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/lestrrat-go/jwx/v3 v3.4.0
)
GO
go mod tidy >/dev/null 2>&1
go run . >>../seen
cd ..

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18 fast-jwt@6.3.6
cat >names.mjs <<'JS'
import crypto from 'crypto'
import fs from 'fs'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, jwtVerify } from 'jose'

const cases = JSON.parse(fs.readFileSync('../cases.json'))
const pem = (key) => crypto.createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
for (const [name, verify] of [
  ['jose', (c) => jwtVerify(c.token, createLocalJWKSet({ keys: [c.key] }))],
  ['fast-jwt', async (c) => createVerifier({ key: pem(c.key) })(c.token)]]) {
  const taken = []
  for (const c of cases) await verify(c).then(() => taken.push(c.name), () => {})
  console.log(`${name}:`, ...taken)
}
JS
node names.mjs >>../seen
cd ..

cat >expected <<'TEXT'
PyJWT: EdDSA/EdDSA -/EdDSA
joserfc: EdDSA/EdDSA Ed25519/Ed25519 -/EdDSA -/Ed25519
authlib: EdDSA/EdDSA Ed25519/EdDSA -/EdDSA
jwcrypto: EdDSA/EdDSA EdDSA/Ed25519 Ed25519/EdDSA Ed25519/Ed25519 -/EdDSA -/Ed25519
go-jose: EdDSA/EdDSA Ed25519/EdDSA -/EdDSA
jwx: EdDSA/EdDSA EdDSA/Ed25519 Ed25519/EdDSA Ed25519/Ed25519
golang-jwt: EdDSA/EdDSA Ed25519/EdDSA -/EdDSA
jose: EdDSA/EdDSA Ed25519/Ed25519 -/EdDSA -/Ed25519
fast-jwt: EdDSA/EdDSA Ed25519/EdDSA -/EdDSA
TEXT
echo 'library: name in the key / name in the token'
cat seen
diff expected seen
