#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One ML-DSA key (kty "AKP") published beside an RSA key: who can still use the RSA key?
#
# RFC 7517 §5 says that keys of unknown kinds SHOULD be ignored. Expected: everybody ignores the new one.
# Seen: the three usual Go libraries, authlib and node-jose lose the whole set; PyJWT, joserfc and jose pass the key
# by; jwcrypto 1.6.1 reads it. So an issuer that publishes its first post-quantum key stops the
# services that verify with the former, though no token was ever signed with it.
# For us: our own guard passes such a key by; an issuer's first post-quantum key belongs into a set of its own.
#
# PyJWT 2.15.1, joserfc 1.8.0, Authlib 1.9.10, jwcrypto 1.6.1; go-jose 4.1.9, jwx 3.4.0, keyfunc 3.9.1;
# jose 6.2.18, node-jose 2.2.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1' joserfc==1.8.0 Authlib==1.9.10 jwcrypto==1.6.1
cat >sets.py <<'PY'
import base64, json, warnings
warnings.simplefilter("ignore")
from cryptography.hazmat.primitives.asymmetric import rsa
import jwt
from authlib.jose import JsonWebKey
from joserfc.jwk import KeySet
from jwcrypto.jwk import JWKSet

b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
n = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers().n
keys = {"keys": [
    {"kty": "RSA", "kid": "rsa", "alg": "RS256", "use": "sig", "e": "AQAB", "n": b64(n.to_bytes(256, "big"))},
    {"kty": "AKP", "kid": "pq", "alg": "ML-DSA-44", "use": "sig", "pub": b64(bytes(range(256)) * 5 + bytes(32))},
]}
json.dump(keys, open("set.json", "w"))
for name, read in (
    ("PyJWT", lambda: len(jwt.PyJWKSet.from_dict(keys).keys)),
    ("joserfc", lambda: len(KeySet.import_key_set(keys).keys)),
    ("authlib", lambda: len(JsonWebKey.import_key_set(keys).keys)),
    ("jwcrypto", lambda: len(JWKSet.from_json(json.dumps(keys))["keys"])),
):
    try:
        print(name, read(), "of 2 keys")
    except Exception as error:
        print(name, "none:", type(error).__name__)
PY
v/bin/python -W ignore sets.py >seen 2>/dev/null

mkdir g && cd g
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

func say(name string, err error) {
	if err != nil {
		fmt.Println(name, "none: an error")
	} else {
		fmt.Println(name, "read")
	}
}

func main() {
	set, _ := os.ReadFile("../set.json")
	var keys jose.JSONWebKeySet
	say("go-jose", json.Unmarshal(set, &keys))
	_, err := jwk.Parse(set)
	say("jwx", err)
	_, err = keyfunc.NewJWKSetJSON(set)
	say("keyfunc", err)
}
GO
cat >go.mod <<'GO'
module finding

go 1.24

require (
	github.com/MicahParks/keyfunc/v3 v3.9.1
	github.com/go-jose/go-jose/v4 v4.1.9
	github.com/lestrrat-go/jwx/v3 v3.4.0
)
GO
go mod tidy >/dev/null 2>&1
go run . >>../seen
cd ..

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18 node-jose@2.2.0
cat >sets.mjs <<'JS'
import fs from 'fs'
import { createLocalJWKSet } from 'jose'
import nodeJose from 'node-jose'

const set = JSON.parse(fs.readFileSync('../set.json'))
await createLocalJWKSet(set)({ alg: 'RS256', kid: 'rsa' }, {})
console.log('jose finds the RSA key')
await nodeJose.JWK.asKeyStore(set).then(
  (store) => console.log('node-jose', store.all().length, 'of 2 keys'),
  (error) => console.log('node-jose none:', error.message))
JS
node sets.mjs >>../seen
cd ..

cat >expected <<'TEXT'
PyJWT 1 of 2 keys
joserfc 1 of 2 keys
authlib none: KeyError
jwcrypto 2 of 2 keys
go-jose none: an error
jwx none: an error
keyfunc none: an error
jose finds the RSA key
node-jose none: unsupported key type
TEXT
cat seen
diff expected seen
