#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An HTTP message signature (RFC 9421) may cover one parameter of the query, "@query-param";name="q". Its value is decoded and encoded
# anew, so that both sides have one form of it: by the percent-encode set of HTML forms, which leaves letters, digits and * - . _ as they
# are (§2.2.8). One library of npm and one of PyPI sign and verify a search, each the other's.
#
# Expected: they agree; it is what the encoding anew is for.
# Seen: on most values. The one of npm encodes as encodeURIComponent does, which leaves ! ~ ' ( ) as well, so each refuses the other's
# signature where a value has one of these five. A search for "O'Brien" fails, one for "Miller" does not, and neither
# says more than that the signature is not good. How the sender has written the value in the address makes no difference, and
# "@query", which is signed as it stands, has none of this.
# For us: nothing of ours is signed so; of an address, DPoP's proofs have what stands before the query (RFC 9449 §4.2).
#
# http-message-signatures 1.0.6 (npm; @interledger/http-signature-utils stands on it), http-message-signatures 3.0.0 (PyPI).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund http-message-signatures@1.0.6
python3 -m venv v
v/bin/pip -q install http-message-signatures==3.0.0

cat >searches <<'TEXT'
Miller
caf%C3%A9%20%26%20bar
a-b.c_d*
O'Brien
O%27Brien
f(x)
f%28x%29
~user
stop!
TEXT

cat >npm.mjs <<'JS'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'

const searches = fs.readFileSync('searches', 'utf8').trim().split('\n')
const message = search => ({ method: 'GET', url: `https://example.com/find?q=${search}&page=1`, headers: { Host: 'example.com' } })
if (process.argv[2] === 'sign') {
  const { privateKey } = generateKeyPairSync('ed25519')
  fs.writeFileSync('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const signed = []
  for (const search of searches) {
    const key = createSigner(privateKey, 'ed25519', 'one')
    const config = { key, fields: ['"@query-param";name="q"'], params: ['created', 'keyid'] }
    const { headers } = await httpbis.signMessage(config, message(search))
    signed.push([search, headers['Signature-Input'], headers.Signature])
  }
  fs.writeFileSync('by-npm', JSON.stringify(signed))
} else {
  const key = createPublicKey(createPrivateKey(fs.readFileSync('key.pem')))
  const keyLookup = async () => ({ id: 'one', algs: ['ed25519'], verify: createVerifier(key, 'ed25519') })
  for (const [search, input, signature] of JSON.parse(fs.readFileSync('by-pypi'))) {
    const { headers, ...rest } = message(search)
    const fields = { ...headers, 'Signature-Input': input, Signature: signature }
    const good = await httpbis.verifyMessage({ keyLookup }, { ...rest, headers: fields })
    console.log(`${search}: of PyPI, at npm: ${good ? 'good' : 'refused'}`)
  }
}
JS
cat >pypi.py <<'PY'
import json
from types import SimpleNamespace

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature
from http_message_signatures.algorithms import ED25519

with open("key.pem", "rb") as file:
    key = load_pem_private_key(file.read(), None)


class Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        return key.public_key()

    def resolve_private_key(self, key_id):
        return key


def message(search, **fields):
    return SimpleNamespace(method="GET", url=f"https://example.com/find?q={search}&page=1", headers={"Host": "example.com", **fields})


with open("by-npm") as file:
    signed = json.load(file)
by_pypi = []
for search, signature_input, signature in signed:
    try:
        verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=Keys())
        verifier.verify(message(search, **{"Signature-Input": signature_input, "Signature": signature}))
        verdict = "good"
    except InvalidSignature:
        verdict = "refused"
    print(f"{search}: of npm, at PyPI: {verdict}")
    ours = message(search)
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Keys())
    signer.sign(ours, key_id="one", covered_component_ids=['"@query-param";name="q"'])
    by_pypi.append([search, ours.headers["Signature-Input"], ours.headers["Signature"]])
with open("by-pypi", "w") as file:
    json.dump(by_pypi, file)
PY
node npm.mjs sign
{
    v/bin/python pypi.py
    node npm.mjs verify
} >seen
cat seen
while read -r search; do
    case $search in
    Miller | caf* | a-b*) echo "$search: WAY: good" ;;
    *) echo "$search: WAY: refused" ;;
    esac
done <searches >verdicts
for way in 'of npm, at PyPI' 'of PyPI, at npm'; do sed "s/WAY/$way/" verdicts; done >expected
diff expected seen
