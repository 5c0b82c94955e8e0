#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jwcrypto takes the protected header of a JWE as JSON text and puts it into the message as it is: json.dumps(...), with its
# blanks, is what a program hands over. What is authenticated are the bytes of the message (RFC 7516 §5.2, step 14). Can
# joserfc decrypt it?
#
# Expected: yes, the text of a header is the sender's affair.
# Seen: joserfc 1.8.0 decrypts the compact form and refuses the JSON form with DecodeError: there it writes the parsed header
# again, without blanks, and authenticates that. A "/" that the sender wrote as "\/", as PHP does, is enough, too. Without
# either it works. Authlib 1.9.10 and jose 6.2.18 read all of them.
# For us: `jwe encrypt` and ost_jwe_json_encrypt write a header without blanks and without escapes that could be left out.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 jwcrypto==1.6.1 Authlib==1.9.10
cat >read.py <<'PY'
import json, warnings
warnings.simplefilter("ignore")
from authlib.jose import JsonWebEncryption, OctKey as AuthlibKey
from joserfc import jwe as joserfc
from joserfc.jwk import OctKey
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

secret = {"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODw"}
header = {"alg": "A128KW", "enc": "A128GCM", "cty": "text/plain"}
texts = {
    "close": json.dumps(header, separators=(",", ":")),
    "blanks": json.dumps(header),
    "escaped": json.dumps(header, separators=(",", ":")).replace("/", "\\/"),
}
accepted = ["A128KW", "A128GCM"]
messages = {}
for name, text in texts.items():
    jwe = JWE(b"hello", protected=text, recipient=JWK(**secret))
    compact, message = jwe.serialize(compact=True), json.loads(jwe.serialize())
    messages[name] = message
    general = {"recipients": [{"encrypted_key": message["encrypted_key"]}],
               **{k: v for k, v in message.items() if k != "encrypted_key"}}
    for library, form, decrypt in (
        ("joserfc", "compact", lambda: joserfc.decrypt_compact(compact, OctKey.import_key(secret), algorithms=accepted)),
        ("joserfc", "json", lambda: joserfc.decrypt_json(message, OctKey.import_key(secret), algorithms=accepted)),
        ("authlib", "json", lambda: JsonWebEncryption().deserialize_json(general, AuthlibKey.import_key(secret))),
    ):
        try:
            decrypt()
            print(library, form, name, "decrypted")
        except Exception as error:
            print(library, form, name, "refused:", type(error).__name__)
json.dump({"secret": secret, "messages": messages}, open("messages.json", "w"))
PY
v/bin/python -W ignore read.py >seen 2>/dev/null

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18
cat >read.mjs <<'JS'
import fs from 'fs'
import { flattenedDecrypt, importJWK } from 'jose'

const { secret, messages } = JSON.parse(fs.readFileSync('../messages.json'))
for (const [name, message] of Object.entries(messages)) {
  await flattenedDecrypt(message, await importJWK(secret, 'A128KW'))
  console.log('jose json', name, 'decrypted')
}
JS
node read.mjs >>../seen
cd ..

cat >expected <<'TEXT'
joserfc compact close decrypted
joserfc json close decrypted
authlib json close decrypted
joserfc compact blanks decrypted
joserfc json blanks refused: DecodeError
authlib json blanks decrypted
joserfc compact escaped decrypted
joserfc json escaped refused: DecodeError
authlib json escaped decrypted
jose json close decrypted
jose json blanks decrypted
jose json escaped decrypted
TEXT
cat seen
diff expected seen
