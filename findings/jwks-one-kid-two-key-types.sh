#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 7517 §4.5: keys of different types may have one and the same "kid", where the application takes them for
# alternatives of each other. An issuer names an RSA key and an EC key "2026" so, and signs with either. Which libraries
# find the key of each token?
#
# Expected: all: the token's "alg" and the key's "kty" say which of the two it is.
# Seen: jose 6.2.18, node-jose 2.2.0, joserfc 1.8.0, jwcrypto 1.6.1 and pyjwkest 1.4.4 do. PyJWT 2.15.1, Authlib 1.9.10
# and jwks-rsa 4.1.0 (which express-jwt and many others stand on) take the first key of the name: the tokens of the second
# key are refused, by Authlib with a bare KeyError, though its key is published.
# For us: `jose` and the guard find both, as a key is chosen by name and algorithm; the provider names its keys by their
# thumbprints, so that no two share a name.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1' joserfc==1.8.0 Authlib==1.9.10 jwcrypto==1.6.1 pyjwkest==1.4.4
cat >keys.py <<'PY'
import json
import warnings

warnings.simplefilter("ignore")
import jwt
from authlib.jose import JsonWebKey
from authlib.jose import jwt as authlib_jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet
from jwcrypto import jwk, jwt as jwcrypto_jwt
from jwkest.jwk import KEYS
from jwkest.jws import JWS

first = rsa.generate_private_key(public_exponent=65537, key_size=2048)
second = ec.generate_private_key(ec.SECP256R1())
algs = ["RS256", "ES256"]
members = [jwt.algorithms.RSAAlgorithm.to_jwk(first.public_key()), jwt.algorithms.ECAlgorithm.to_jwk(second.public_key())]
keys = {"keys": [{**json.loads(one), "kid": "2026", "use": "sig", "alg": alg} for one, alg in zip(members, algs)]}
tokens = {alg: jwt.encode({"sub": "a"}, key, alg, headers={"kid": "2026"}) for alg, key in zip(algs, (first, second))}
json.dump({"keys": keys, "tokens": tokens}, open("keys.json", "w"))


def by_pyjwkest(token):
    known = KEYS()
    known.load_jwks(json.dumps(keys))
    JWS().verify_compact(token, known)


for name, verify in (
    ("PyJWT", lambda token: jwt.decode(token, jwt.PyJWKSet.from_dict(keys)["2026"], algorithms=algs)),
    ("Authlib", lambda token: authlib_jwt.decode(token, JsonWebKey.import_key_set(keys))),
    ("joserfc", lambda token: joserfc_jwt.decode(token, KeySet.import_key_set(keys), algorithms=algs)),
    ("jwcrypto", lambda token: jwcrypto_jwt.JWT(jwt=token, key=jwk.JWKSet.from_json(json.dumps(keys)), algs=algs)),
    ("pyjwkest", by_pyjwkest),
):
    for alg, token in tokens.items():
        try:
            verify(token)
            print(name, alg, "verified")
        except Exception as error:
            print(name, alg, "refused:", type(error).__name__)
PY
v/bin/python -W ignore keys.py >seen 2>/dev/null

npm init -y >/dev/null && npm install --silent jose@6.2.18 node-jose@2.2.0 jwks-rsa@4.1.0 jsonwebtoken@9.0.3
cat >keys.mjs <<'JS'
import fs from 'fs'
import http from 'http'
import * as jose from 'jose'
import nodeJose from 'node-jose'
import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

const { keys, tokens } = JSON.parse(fs.readFileSync('keys.json'))
const server = http.createServer((request, answer) => answer.end(JSON.stringify(keys)))
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const client = jwksRsa({ jwksUri: `http://127.0.0.1:${server.address().port}/` })
const known = await nodeJose.JWK.asKeyStore(keys)
const libraries = {
  'jose': token => jose.jwtVerify(token, jose.createLocalJWKSet(keys)),
  'node-jose': token => nodeJose.JWS.createVerify(known).verify(token),
  'jwks-rsa': async token => {
    const key = await client.getSigningKey('2026')
    jsonwebtoken.verify(token, key.getPublicKey(), { algorithms: ['RS256', 'ES256'] })
  },
}
for (const [name, verify] of Object.entries(libraries)) {
  for (const [alg, token] of Object.entries(tokens)) {
    try {
      await verify(token)
      console.log(name, alg, 'verified')
    } catch (error) {
      console.log(name, alg, 'refused:', error.name)
    }
  }
}
server.close()
JS
node --experimental-global-webcrypto keys.mjs >>seen

cat >expected <<'TEXT'
PyJWT RS256 verified
PyJWT ES256 refused: InvalidAlgorithmError
Authlib RS256 verified
Authlib ES256 refused: KeyError
joserfc RS256 verified
joserfc ES256 verified
jwcrypto RS256 verified
jwcrypto ES256 verified
pyjwkest RS256 verified
pyjwkest ES256 verified
jose RS256 verified
jose ES256 verified
node-jose RS256 verified
node-jose ES256 verified
jwks-rsa RS256 verified
jwks-rsa ES256 refused: Error
TEXT
cat seen
diff expected seen
