#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An application says which algorithms a new passkey may have (pubKeyCredParams, COSE numbers); the server checks that the key has
# one of them (WebAuthn §7.1) and keeps it. Without an attestation nothing is verified by that key before the first sign-in. What if a
# library is told to ask for an algorithm that it cannot verify: RS384 (-258), ES256K (-47), or RFC 9864's fully specified ESP256 (-9),
# Ed25519 (-19) and Ed448 (-53), the first two of which are ES256 and EdDSA by another number?
#
# Expected: the library refuses to ask, or to keep the key; what it keeps, signs in.
# Seen: three of four ask, keep the key as registered, and then refuse every sign-in by it:
# - @simplewebauthn/server: -9, -19, -53 and ES256K ("Could not map COSE alg", "invalid alg", "Unexpected COSE crv")
# - Yubico's fido2: RS384 ("Signature verification not supported"); the fully specified ones it verifies
# - go-webauthn: Ed448 alone
# py_webauthn keeps none of what it cannot verify; for ES384 (-35), too, it has no number, while ES512 is there.
# So a list of algorithms is to be tried by a sign-in, not by a registration: the user has lost nothing yet, it seems, and the fault
# shows when the passkey is the only way in.
# For us: a realm's list is of Keycloak's names, each of which is verified; other names are passed over, never asked for.
#
# @simplewebauthn/server 14.0.3, fido2 2.2.1, webauthn (py_webauthn) 3.0.1, go-webauthn 0.18.2.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @simplewebauthn/server@14.0.3
python3 -m venv v
v/bin/pip -q install fido2==2.2.1 webauthn==3.0.1

# Keys, and what an authenticator and a browser answer by them to "create" and to "get".
cat >make.mjs <<'JS'
import crypto from 'node:crypto'
import fs from 'node:fs'

const head = (type, len) =>
  Buffer.from(len < 24 ? [type << 5 | len] : len < 256 ? [type << 5 | 24, len] : [type << 5 | 25, len >> 8, len & 255])
const cbor = (value) => {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)])
}
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest()
const text = (bytes) => Buffer.from(bytes).toString('base64url')
const challenge = text(Buffer.alloc(32, 7))

function make(type, options, alg, curve, hash) {
  const pair = crypto.generateKeyPairSync(type, options)
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const bytes = (name) => Buffer.from(jwk[name], 'base64url')
  const members = { RSA: ['n', 'e'], EC: ['x', 'y'], OKP: ['x'] }[jwk.kty].map(bytes)
  const values = jwk.kty === 'RSA' ? members : [curve, ...members]
  const cose = new Map([[1, { OKP: 1, EC: 2, RSA: 3 }[jwk.kty]], [3, alg], ...values.map((value, at) => [-1 - at, value])])
  const id = crypto.randomBytes(32)
  const client = (ceremony) =>
    Buffer.from(JSON.stringify({ type: ceremony, challenge, origin: 'https://example.org', crossOrigin: false }))
  const data = (flags) => Buffer.concat([sha256('example.org'), Buffer.from([flags, 0, 0, 0, 0])])
  const made = Buffer.concat([data(0x45), Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(cose)])
  const answer = (response) => ({ id: text(id), rawId: text(id), type: 'public-key', clientExtensionResults: {}, response })
  const signature = crypto.sign(hash, Buffer.concat([data(5), sha256(client('webauthn.get'))]), pair.privateKey)
  return {
    alg, challenge, key: text(cbor(cose)),
    created: answer({
      clientDataJSON: text(client('webauthn.create')),
      attestationObject: text(cbor(new Map([['fmt', 'none'], ['attStmt', new Map()], ['authData', made]]))),
    }),
    got: answer({
      clientDataJSON: text(client('webauthn.get')), authenticatorData: text(data(5)), signature: text(signature),
      userHandle: text('ann'),
    }),
  }
}
fs.writeFileSync('cases.json', JSON.stringify([
  make('ec', { namedCurve: 'P-256' }, -7, 1, 'sha256'), make('ed25519', {}, -8, 6, null),
  make('ec', { namedCurve: 'P-256' }, -9, 1, 'sha256'), make('ed25519', {}, -19, 6, null), make('ed448', {}, -53, 7, null),
  make('ec', { namedCurve: 'P-384' }, -35, 2, 'sha384'), make('ec', { namedCurve: 'P-521' }, -36, 3, 'sha512'),
  make('ec', { namedCurve: 'secp256k1' }, -47, 8, 'sha256'), make('rsa', { modulusLength: 2048 }, -257, 0, 'sha256'),
  make('rsa', { modulusLength: 2048 }, -258, 0, 'sha384'),
]))
JS
node make.mjs

cat >ask.mjs <<'JS'
import fs from 'node:fs'
import * as server from '@simplewebauthn/server'

const site = { expectedOrigin: 'https://example.org', expectedRPID: 'example.org' }
for (const { alg, challenge, created, got } of JSON.parse(fs.readFileSync('cases.json'))) {
  const asked = await server.generateRegistrationOptions({
    rpName: 'x', rpID: 'example.org', userName: 'ann', challenge: Buffer.from(challenge, 'base64url'), supportedAlgorithmIDs: [alg],
  })
  const supportedAlgorithmIDs = asked.pubKeyCredParams.map((param) => param.alg)
  let what = 'is not kept'
  try {
    const about = { expectedChallenge: challenge, ...site }
    const { registrationInfo } = await server.verifyRegistrationResponse({ response: created, ...about, supportedAlgorithmIDs })
    what = 'is kept, never signs in'
    const { credential } = registrationInfo
    if ((await server.verifyAuthenticationResponse({ response: got, ...about, credential })).verified) what = 'signs in'
  } catch (error) {
    console.error('simplewebauthn', alg, error.message)
  }
  console.log(`simplewebauthn ${alg} ${what}`)
}
JS

cat >ask.py <<'PY'
import json
import sys

import webauthn
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialParameters, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.cose import COSEAlgorithmIdentifier


def by_fido2(case, challenge):
    server = Fido2Server(PublicKeyCredentialRpEntity(id="example.org", name="x"))
    server.allowed_algorithms = [PublicKeyCredentialParameters(type="public-key", alg=case["alg"])]
    user = PublicKeyCredentialUserEntity(id=b"ann", name="ann", display_name="Ann")
    _, state = server.register_begin(user, challenge=challenge)
    credential = server.register_complete(state, case["created"]).credential_data
    yield
    _, state = server.authenticate_begin([credential], challenge=challenge)
    server.authenticate_complete(state, [credential], case["got"])


def by_py_webauthn(case, challenge):
    site = {"expected_challenge": challenge, "expected_rp_id": "example.org", "expected_origin": "https://example.org"}
    kept = webauthn.verify_registration_response(
        credential=case["created"], supported_pub_key_algs=[COSEAlgorithmIdentifier(case["alg"])], **site
    )
    yield
    webauthn.verify_authentication_response(
        credential=case["got"], credential_public_key=kept.credential_public_key, credential_current_sign_count=0, **site
    )


with open("cases.json") as file:
    cases = json.load(file)
for name, way in {"fido2": by_fido2, "py_webauthn": by_py_webauthn}.items():
    for case in cases:
        what = "is not kept"
        try:
            for _ in way(case, base64url_to_bytes(case["challenge"])):
                what = "is kept, never signs in"
            what = "signs in"
        except Exception as error:
            print(name, case["alg"], repr(error), file=sys.stderr)
        print(name, case["alg"], what)
PY

cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
)

type user []webauthn.Credential

func (u user) WebAuthnID() []byte                         { return []byte("ann") }
func (u user) WebAuthnName() string                       { return "ann" }
func (u user) WebAuthnDisplayName() string                { return "Ann" }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u }

type answers struct {
	Alg          int
	Challenge    string
	Created, Got json.RawMessage
}

func try(site *webauthn.WebAuthn, c answers) (string, error) {
	asked := []protocol.CredentialParameter{{Type: "public-key", Algorithm: webauthncose.COSEAlgorithmIdentifier(c.Alg)}}
	_, session, err := site.BeginRegistration(user{}, webauthn.WithCredentialParameters(asked))
	if err != nil {
		return "is not asked for", err
	}
	session.Challenge = c.Challenge
	created, err := protocol.ParseCredentialCreationResponseBytes(c.Created)
	if err != nil {
		return "is not kept", err
	}
	kept, err := site.CreateCredential(user{}, *session, created)
	if err != nil {
		return "is not kept", err
	}
	_, session, err = site.BeginLogin(user{*kept})
	if err != nil {
		return "is kept, never signs in", err
	}
	session.Challenge = c.Challenge
	got, err := protocol.ParseCredentialRequestResponseBytes(c.Got)
	if err == nil {
		_, err = site.ValidateLogin(user{*kept}, *session, got)
	}
	if err != nil {
		return "is kept, never signs in", err
	}
	return "signs in", nil
}

func main() {
	text, _ := os.ReadFile("cases.json")
	var cases []answers
	if err := json.Unmarshal(text, &cases); err != nil {
		panic(err)
	}
	site, err := webauthn.New(&webauthn.Config{RPID: "example.org", RPDisplayName: "x", RPOrigins: []string{"https://example.org"}})
	if err != nil {
		panic(err)
	}
	for _, c := range cases {
		what, err := try(site, c)
		if err != nil {
			fmt.Fprintln(os.Stderr, "go-webauthn", c.Alg, err)
		}
		fmt.Println("go-webauthn", c.Alg, what)
	}
}
GO
printf 'module findings\n\ngo 1.26\n' >go.mod
go get -v github.com/go-webauthn/webauthn@v0.18.2 2>/dev/null
go mod tidy 2>/dev/null

{
    node ask.mjs
    v/bin/python ask.py
    go run .
} >seen
cat seen
: >expected
# expect NAME KEPT NONE: which are kept for nothing, and which are not kept; all others sign in.
expect() {
    local alg what
    for alg in -7 -8 -9 -19 -53 -35 -36 -47 -257 -258; do
        what='signs in'
        case " $2 " in *" $alg "*) what='is kept, never signs in' ;; esac
        case " $3 " in *" $alg "*) what='is not kept' ;; esac
        echo "$1 $alg $what" >>expected
    done
}
expect simplewebauthn '-9 -19 -53 -47' ''
expect fido2 -258 ''
expect py_webauthn '' '-9 -19 -53 -35 -47'
expect go-webauthn -53 ''
diff expected seen
