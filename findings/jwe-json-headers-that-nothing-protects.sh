#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 7516 §7.2.1: the header of a JWE in JSON is the union of three objects. "protected" MUST be absent when it is empty,
# and "alg" and "enc" may stand in any of the three. Which libraries decrypt which of these messages?
#
# Expected: all of them all, perhaps with a difference in a corner.
# Seen: jwcrypto 1.6.1 and jose 6.2.18 decrypt all. joserfc 1.8.0 and jwx 3.4.0 decrypt none without "protected" (a KeyError,
# an EOF). go-jose 4.1.9 does not see an "enc" of the recipient's header. node-jose 2.2.0 sees an "alg" of the recipient's
# header in the general form only, and loses "aad" where nothing is protected. Authlib 1.9.10 reads only the general form,
# and of that only messages whose "alg" is not in the recipient's header.
# For us: all forms are read (this list showed that an "enc" with each recipient was not).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 jwcrypto==1.6.1 Authlib==1.9.10 cryptography
cat >messages.py <<'PY'
import base64, json, os
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
kek = bytes(range(16))
ALG, ENC = {"alg": "A128KW"}, {"enc": "A128GCM"}


def message(protected=None, unprotected=None, header=None, aad=None, general=False):
    cek, iv = os.urandom(16), os.urandom(12)
    part = b64(json.dumps(protected, separators=(",", ":")).encode()) if protected else ""
    authenticated = part + ("." + b64(aad) if aad else "")
    sealed = AESGCM(cek).encrypt(iv, b"hello", authenticated.encode())
    recipient = {"encrypted_key": b64(aes_key_wrap(kek, cek))}
    if header:
        recipient["header"] = header
    jwe = {"iv": b64(iv), "ciphertext": b64(sealed[:-16]), "tag": b64(sealed[-16:])}
    if protected:
        jwe["protected"] = part
    if unprotected:
        jwe["unprotected"] = unprotected
    if aad:
        jwe["aad"] = b64(aad)
    return {**jwe, "recipients": [recipient]} if general else {**jwe, **recipient}


forms = {
    "protected": dict(protected={**ALG, **ENC}),
    "protected-enc": dict(protected=ENC, header=ALG),
    "shared": dict(unprotected={**ALG, **ENC}),
    "shared-enc": dict(unprotected=ENC, header=ALG),
    "recipient": dict(header={**ALG, **ENC}),
    "shared-with-aad": dict(unprotected={**ALG, **ENC}, aad=b"more"),
}
json.dump({"key": {"kty": "oct", "k": b64(kek)},
           "messages": {f"{syntax} {name}": message(**form, general=syntax == "general")
                        for name, form in forms.items() for syntax in ("flattened", "general")}},
          open("messages.json", "w"))
PY
v/bin/python messages.py
cat >read.py <<'PY'
import json, warnings
warnings.simplefilter("ignore")
from authlib.jose import JsonWebEncryption, OctKey as AuthlibKey
from joserfc import jwe as joserfc
from joserfc.jwk import OctKey
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

given = json.load(open("messages.json"))
key = given["key"]


def jwcrypto(message):
    jwe = JWE()
    jwe.deserialize(json.dumps(message), JWK(**key))


for name, message in given["messages"].items():
    for library, decrypt in (
        ("jwcrypto", jwcrypto),
        ("joserfc", lambda m: joserfc.decrypt_json(m, OctKey.import_key(key), algorithms=["A128KW", "A128GCM"])),
        ("authlib", lambda m: JsonWebEncryption().deserialize_json(m, AuthlibKey.import_key(key))),
    ):
        try:
            decrypt(message)
            print(library, name, "decrypted")
        except Exception as error:
            print(library, name, "refused:", type(error).__name__)
PY
v/bin/python -W ignore read.py >seen 2>/dev/null

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18 node-jose@2.2.0
cat >read.mjs <<'JS'
import fs from 'fs'
import { flattenedDecrypt, generalDecrypt, importJWK } from 'jose'
import nodeJose from 'node-jose'

const { key, messages } = JSON.parse(fs.readFileSync('../messages.json'))
const joseKey = await importJWK(key, 'A128KW')
const nodeKey = await nodeJose.JWK.asKey(key)
for (const [name, message] of Object.entries(messages)) {
  for (const [library, decrypt] of [
    ['jose', () => (message.recipients ? generalDecrypt : flattenedDecrypt)(message, joseKey)],
    ['node-jose', () => nodeJose.JWE.createDecrypt(nodeKey).decrypt(message)],
  ]) {
    try {
      await decrypt()
      console.log(library, name, 'decrypted')
    } catch (error) {
      console.log(library, name, 'refused')
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
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
)

func say(library, name string, err error) {
	if err == nil {
		fmt.Println(library, name, "decrypted")
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
	kek := make([]byte, 16)
	for i := range kek {
		kek[i] = byte(i)
	}
	for name, message := range given.Messages {
		parsed, err := jose.ParseEncryptedJSON(string(message),
			[]jose.KeyAlgorithm{jose.A128KW}, []jose.ContentEncryption{jose.A128GCM})
		if err == nil && strings.HasPrefix(name, "general") {
			_, _, _, err = parsed.DecryptMulti(kek)
		} else if err == nil {
			_, err = parsed.Decrypt(kek)
		}
		say("go-jose", name, err)
		_, err = jwe.Decrypt(message, jwe.WithKey(jwa.A128KW(), kek))
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
authlib flattened protected refused: KeyError
authlib flattened protected-enc refused: KeyError
authlib flattened recipient refused: KeyError
authlib flattened shared refused: KeyError
authlib flattened shared-enc refused: KeyError
authlib flattened shared-with-aad refused: KeyError
authlib general protected decrypted
authlib general protected-enc refused: MissingAlgorithmError
authlib general recipient refused: MissingAlgorithmError
authlib general shared decrypted
authlib general shared-enc refused: MissingAlgorithmError
authlib general shared-with-aad decrypted
go-jose flattened protected decrypted
go-jose flattened protected-enc decrypted
go-jose flattened recipient refused
go-jose flattened shared decrypted
go-jose flattened shared-enc decrypted
go-jose flattened shared-with-aad decrypted
go-jose general protected decrypted
go-jose general protected-enc decrypted
go-jose general recipient refused
go-jose general shared decrypted
go-jose general shared-enc decrypted
go-jose general shared-with-aad decrypted
jose flattened protected decrypted
jose flattened protected-enc decrypted
jose flattened recipient decrypted
jose flattened shared decrypted
jose flattened shared-enc decrypted
jose flattened shared-with-aad decrypted
jose general protected decrypted
jose general protected-enc decrypted
jose general recipient decrypted
jose general shared decrypted
jose general shared-enc decrypted
jose general shared-with-aad decrypted
joserfc flattened protected decrypted
joserfc flattened protected-enc decrypted
joserfc flattened recipient refused: KeyError
joserfc flattened shared refused: KeyError
joserfc flattened shared-enc refused: KeyError
joserfc flattened shared-with-aad refused: KeyError
joserfc general protected decrypted
joserfc general protected-enc decrypted
joserfc general recipient refused: KeyError
joserfc general shared refused: KeyError
joserfc general shared-enc refused: KeyError
joserfc general shared-with-aad refused: KeyError
jwcrypto flattened protected decrypted
jwcrypto flattened protected-enc decrypted
jwcrypto flattened recipient decrypted
jwcrypto flattened shared decrypted
jwcrypto flattened shared-enc decrypted
jwcrypto flattened shared-with-aad decrypted
jwcrypto general protected decrypted
jwcrypto general protected-enc decrypted
jwcrypto general recipient decrypted
jwcrypto general shared decrypted
jwcrypto general shared-enc decrypted
jwcrypto general shared-with-aad decrypted
jwx flattened protected decrypted
jwx flattened protected-enc decrypted
jwx flattened recipient refused
jwx flattened shared refused
jwx flattened shared-enc refused
jwx flattened shared-with-aad refused
jwx general protected decrypted
jwx general protected-enc decrypted
jwx general recipient refused
jwx general shared refused
jwx general shared-enc refused
jwx general shared-with-aad refused
node-jose flattened protected decrypted
node-jose flattened protected-enc refused
node-jose flattened recipient refused
node-jose flattened shared decrypted
node-jose flattened shared-enc refused
node-jose flattened shared-with-aad refused
node-jose general protected decrypted
node-jose general protected-enc decrypted
node-jose general recipient decrypted
node-jose general shared decrypted
node-jose general shared-enc decrypted
node-jose general shared-with-aad refused
TEXT
cat seen
diff expected seen
