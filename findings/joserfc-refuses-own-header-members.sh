#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 7515 §4: header members that are not understood MUST be ignored, unless "crit" names them. Issuers use that: a load
# balancer's token has "signer" and "client" in its header, a directory's "nonce", another "tenant". Who verifies them?
#
# Expected: everybody.
# Seen: joserfc 1.8.0 refuses such a token with UnsupportedHeaderError until a registry of one's own is handed over. Authlib
# 1.9.10, which says that one should move to joserfc, takes it; so do PyJWT 2.15.1, jwcrypto 1.6.1, python-jose 3.5.0 and
# jose 6.2.18. The same goes for encrypted tokens.
# For us: the guard ignores them, and what we write has none, so that joserfc's users read it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1' joserfc==1.8.0 Authlib==1.9.10 jwcrypto==1.6.1 python-jose==3.5.0
cat >read.py <<'PY'
import base64, json, time, warnings
warnings.simplefilter("ignore")
import jwt as pyjwt
from authlib.jose import jwt as authlib
from joserfc import jwe, jws, jwt as joserfc
from joserfc.jwk import OctKey
from jose import jwt as python_jose
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

secret = bytes(range(32))
jwk = JWK(kty="oct", k=base64.urlsafe_b64encode(secret).rstrip(b"=").decode())
claims = {"sub": "s", "exp": int(time.time()) + 3600}
token = pyjwt.encode(claims, secret, algorithm="HS256", headers={"kid": "k", "signer": "balancer-1", "client": "c"})
open("token", "w").write(token)
encrypted = JWE(json.dumps(claims), json.dumps({"alg": "dir", "enc": "A256GCM", "tenant": "t"}), recipient=jwk).serialize(True)
key = OctKey.import_key(secret)
own = jws.JWSRegistry(strict_check_header=False)
for name, read in (
    ("PyJWT", lambda: pyjwt.decode(token, secret, algorithms=["HS256"])),
    ("authlib", lambda: authlib.decode(token, secret)),
    ("python-jose", lambda: python_jose.decode(token, secret, algorithms=["HS256"])),
    ("jwcrypto", lambda: JWT(jwt=token, key=jwk)),
    ("joserfc", lambda: joserfc.decode(token, key, algorithms=["HS256"])),
    ("joserfc with a registry", lambda: joserfc.decode(token, key, registry=own)),
    ("jwcrypto encrypted", lambda: JWT(jwt=encrypted, key=jwk, expected_type="JWE")),
    ("joserfc encrypted", lambda: jwe.decrypt_compact(encrypted, key, algorithms=["dir", "A256GCM"])),
):
    try:
        read()
        print(name, "verified")
    except Exception as error:
        print(name, "refused:", type(error).__name__)
PY
v/bin/python -W ignore read.py >seen 2>/dev/null

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18
cat >read.mjs <<'JS'
import fs from 'fs'
import { jwtVerify } from 'jose'

await jwtVerify(fs.readFileSync('../token', 'utf8'), Uint8Array.from(Array(32).keys()))
console.log('jose verified')
JS
node read.mjs >>../seen
cd ..

cat >expected <<'TEXT'
PyJWT verified
authlib verified
python-jose verified
jwcrypto verified
joserfc refused: UnsupportedHeaderError
joserfc with a registry verified
jwcrypto encrypted verified
joserfc encrypted refused: UnsupportedHeaderError
jose verified
TEXT
cat seen
diff expected seen
