#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A JWS in JSON may have several signatures (RFC 7515 §7.2.1), and it is for the application to say how many of them have
# to be good (§5.2). An issuer that moves to a new algorithm signs with both: the new one for those who know it, the old one for
# all others. Can those others still verify it with the old key?
#
# Expected: yes; that is what several signatures are for.
# Seen: jwcrypto 1.6.1, jose 6.2.18 and node-jose 2.2.0 do, in either order. go-jose 4.1.9, jwx 3.4.0, joserfc 1.8.0 and
# Authlib 1.9.10 refuse the message for the other signature's name alone. joserfc and Authlib also refuse it
# when both algorithms are known but one key is not theirs: they want all signatures to fit.
# For us: `jws verify` and ost_jws_json_verify pass by what they do not know. A message for users of those four libraries
# needs one signature only, and a second message for the new algorithm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 jwcrypto==1.6.1 Authlib==1.9.10
cat >messages.py <<'PY'
import base64, hashlib, hmac, json

b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
mine, other = bytes(range(32)), bytes(range(32, 64))
payload = b64(b"hello")


def signature(alg, kid, secret):
    protected = b64(json.dumps({"alg": alg, "kid": kid}).encode())
    value = hmac.new(secret, f"{protected}.{payload}".encode(), hashlib.sha256).digest()
    return {"protected": protected, "signature": b64(value)}


old = signature("HS256", "mine", mine)
of_another = signature("HS256", "other", other)
new = signature("ML-DSA-44", "new", other)  # what it says is of no matter to those who do not know it
json.dump({
    "secret": {"kty": "oct", "kid": "mine", "k": b64(mine)},
    "messages": {
        "alone": {"payload": payload, "signatures": [old]},
        "another-key-beside": {"payload": payload, "signatures": [of_another, old]},
        "new-alg-first": {"payload": payload, "signatures": [new, old]},
        "new-alg-last": {"payload": payload, "signatures": [old, new]},
    },
}, open("messages.json", "w"))
PY
v/bin/python messages.py
cat >read.py <<'PY'
import json, warnings
warnings.simplefilter("ignore")
from authlib.jose import JsonWebSignature, OctKey as AuthlibKey
from joserfc import jws as joserfc
from joserfc.jwk import OctKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

given = json.load(open("messages.json"))
secret = given["secret"]


def jwcrypto(message):
    jws = JWS()
    jws.deserialize(json.dumps(message))
    jws.verify(JWK(**secret))


for name, message in given["messages"].items():
    for library, verify in (
        ("jwcrypto", jwcrypto),
        ("joserfc", lambda m: joserfc.deserialize_json(m, OctKey.import_key(secret), algorithms=["HS256"])),
        ("authlib", lambda m: JsonWebSignature(["HS256"]).deserialize_json(m, AuthlibKey.import_key(secret))),
    ):
        try:
            verify(message)
            print(library, name, "verified")
        except Exception as error:
            print(library, name, "refused:", type(error).__name__)
PY
v/bin/python -W ignore read.py >seen 2>/dev/null

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18 node-jose@2.2.0
cat >read.mjs <<'JS'
import fs from 'fs'
import { generalVerify, importJWK } from 'jose'
import nodeJose from 'node-jose'

const { secret, messages } = JSON.parse(fs.readFileSync('../messages.json'))
const key = await importJWK(secret, 'HS256')
const nodeKey = await nodeJose.JWK.asKey(secret)
for (const [name, message] of Object.entries(messages)) {
  for (const [library, verify] of [
    ['jose', () => generalVerify(message, key)],
    ['node-jose', () => nodeJose.JWS.createVerify(nodeKey).verify(message)],
  ]) {
    try {
      await verify()
      console.log(library, name, 'verified')
    } catch (error) {
      console.log(library, name, 'refused:', error.code ?? error.message)
    }
  }
}
JS
node read.mjs >>../seen
cd ..

mkdir g && cd g
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
)

func say(library, name string, err error) {
	if err == nil {
		fmt.Println(library, name, "verified")
	} else {
		fmt.Println(library, name, "refused")
	}
}

func main() {
	text, _ := os.ReadFile("../messages.json")
	var given struct{ Messages map[string]json.RawMessage }
	if json.Unmarshal(text, &given) != nil {
		panic("messages.json")
	}
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = byte(i)
	}
	for name, message := range given.Messages {
		parsed, err := jose.ParseSignedJSON(string(message), []jose.SignatureAlgorithm{jose.HS256})
		if err == nil {
			_, _, _, err = parsed.VerifyMulti(secret)
		}
		say("go-jose", name, err)
		_, err = jws.Verify(message, jws.WithKey(jwa.HS256(), secret))
		say("jwx", name, err)
	}
}
GO
go mod init findings >/dev/null 2>&1
go get github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . >>../seen
cd ..

LC_ALL=C sort -o seen seen
cat >expected <<'TEXT'
authlib alone verified
authlib another-key-beside refused: BadSignatureError
authlib new-alg-first refused: UnsupportedAlgorithmError
authlib new-alg-last refused: UnsupportedAlgorithmError
go-jose alone verified
go-jose another-key-beside verified
go-jose new-alg-first refused
go-jose new-alg-last refused
jose alone verified
jose another-key-beside verified
jose new-alg-first verified
jose new-alg-last verified
joserfc alone verified
joserfc another-key-beside refused: BadSignatureError
joserfc new-alg-first refused: UnsupportedAlgorithmError
joserfc new-alg-last refused: UnsupportedAlgorithmError
jwcrypto alone verified
jwcrypto another-key-beside verified
jwcrypto new-alg-first verified
jwcrypto new-alg-last verified
jwx alone verified
jwx another-key-beside verified
jwx new-alg-first refused
jwx new-alg-last refused
node-jose alone verified
node-jose another-key-beside verified
node-jose new-alg-first verified
node-jose new-alg-last verified
TEXT
cat seen
diff expected seen
