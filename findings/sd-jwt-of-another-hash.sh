#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An SD-JWT says by which hash its disclosures are named: "_sd_alg", a name of IANA's registry, without it "sha-256", which alone
# everybody has to know (RFC 9901 §4.1.1); "sd_hash" of the holder's key binding uses the same (§4.3.1). An issuer that signs with
# ES384 or ES512 may well take "sha-384" or "sha-512". Who verifies such a credential, and what does one say who cannot?
#
# Expected: all; "sha3-256" perhaps not. Who knows one hash alone says which one is wanted.
# Seen: the reference implementation, sd-jwt 0.10.4 of PyPI, knows sha-256 alone. Without a key binding it says "Invalid hash algorithm".
# With one, its holder's proof is looked at first, and by sha-256: the right one is refused as "Invalid digest in KB-JWT", which sends the
# reader to the wallet, while the issuer is who has to change. @sd-jwt/core 0.19.0 and openvc-core 1.37.0 take all three of SHA-2.
# For us: nothing here issues SD-JWTs; a realm that is to would name sha-256, whatever its key signs with.
#
# sd-jwt 0.10.4, openvc-core 1.37.0, @sd-jwt/core 0.19.0, @sd-jwt/crypto-nodejs 0.19.0, jose 6.2.18.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @sd-jwt/core@0.19.0 @sd-jwt/crypto-nodejs@0.19.0 jose@6.2.18
python3 -m venv v
v/bin/pip -q install sd-jwt==0.10.4 openvc-core==1.37.0

# Each credential once as the issuer made it, and once with the holder's key binding.
cat >issue.mjs <<'JS'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { SignJWT, exportJWK } from 'jose'

const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const disclosure = Buffer.from('["b2ZzYWx0b2ZzYWx0b2Zz","given_name","Ann"]').toString('base64url')
const cases = []
for (const name of ['sha-256', 'sha-384', 'sha-512', 'sha3-256']) {
  const hash = (text) => createHash(name.replace('sha-', 'sha')).update(text).digest('base64url')
  const claims = { vct: 'urn:example:person', _sd: [hash(disclosure)], _sd_alg: name, cnf: { jwk: await exportJWK(holder.publicKey) } }
  const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'dc+sd-jwt' })
    .setIssuer('https://issuer.example').setIssuedAt().setExpirationTime('1h').sign(issuer.privateKey)
  const text = `${jwt}~${disclosure}~`
  const binding = await new SignJWT({ nonce: 'n', sd_hash: hash(text) }).setProtectedHeader({ alg: 'ES256', typ: 'kb+jwt' })
    .setAudience('https://verifier.example').setIssuedAt().sign(holder.privateKey)
  cases.push({ name, text, bound: false }, { name: `${name}, bound`, text: text + binding, bound: true })
}
writeFileSync('cases.json', JSON.stringify({ issuer: await exportJWK(issuer.publicKey), cases }))
JS
node issue.mjs

cat >ask.mjs <<'JS'
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SDJwtInstance } from '@sd-jwt/core'
import { digest } from '@sd-jwt/crypto-nodejs'

const { issuer, cases } = JSON.parse(readFileSync('cases.json'))
const check = (jwk, data, signature) => verify('sha256', Buffer.from(data),
  { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
const library = new SDJwtInstance({
  hasher: digest, verifier: (data, signature) => check(issuer, data, signature),
  kbVerifier: (data, signature, claims) => check(claims.cnf.jwk, data, signature),
})
for (const { name, text, bound } of cases) {
  const asked = bound ? { keyBindingNonce: 'n' } : {}
  const word = await library.verify(text, asked).then(({ payload }) => payload.given_name, (error) => error.message)
  console.log(`@sd-jwt/core, ${name}: ${word}`)
}
JS
node ask.mjs >seen

cat >ask.py <<'PY'
import json

from jwcrypto.jwk import JWK
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.verifier import SDJWTVerifier

site = json.load(open("cases.json"))
key = JWK(**site["issuer"])


def reference(text, audience, nonce):
    return SDJWTVerifier(text, lambda issuer, header=None: key, audience, nonce).get_verified_payload()


def openvc(text, audience, nonce):
    return SdJwtVcProofSuite().verify(text, public_key_jwk=site["issuer"], audience=audience, nonce=nonce).claims


for library, verify in (("openvc", openvc), ("sd-jwt", reference)):
    for case in site["cases"]:
        asked = ("https://verifier.example", "n") if case["bound"] else (None, None)
        try:
            word = verify(case["text"], *asked)["given_name"]
        except Exception as error:
            word = error
        print(f"{library}, {case['name']}: {word}")
PY
v/bin/python ask.py >>seen

cat seen
cat >expected <<'TEXT'
@sd-jwt/core, sha-256: Ann
@sd-jwt/core, sha-256, bound: Ann
@sd-jwt/core, sha-384: Ann
@sd-jwt/core, sha-384, bound: Ann
@sd-jwt/core, sha-512: Ann
@sd-jwt/core, sha-512, bound: Ann
@sd-jwt/core, sha3-256: Digest method not supported
@sd-jwt/core, sha3-256, bound: Digest method not supported
openvc, sha-256: Ann
openvc, sha-256, bound: Ann
openvc, sha-384: Ann
openvc, sha-384, bound: Ann
openvc, sha-512: Ann
openvc, sha-512, bound: Ann
openvc, sha3-256: unsupported _sd_alg 'sha3-256'
openvc, sha3-256, bound: unsupported _sd_alg 'sha3-256'
sd-jwt, sha-256: Ann
sd-jwt, sha-256, bound: Ann
sd-jwt, sha-384: Invalid hash algorithm
sd-jwt, sha-384, bound: Invalid digest in KB-JWT
sd-jwt, sha-512: Invalid hash algorithm
sd-jwt, sha-512, bound: Invalid digest in KB-JWT
sd-jwt, sha3-256: Invalid hash algorithm
sd-jwt, sha3-256, bound: Invalid digest in KB-JWT
TEXT
diff expected seen
