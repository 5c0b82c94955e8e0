#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 7519 §4: claims that are not understood MUST be ignored. scitokens is what storage and batch systems of laboratories check
# tokens with; its Enforcer answers whether a token may "read:/data". Which claims may a provider put beside that scope?
#
# Expected: any; at least "client_id", which RFC 9068 §2.2 wants in each access token, and "wlcg.ver", which the profile of the
# same laboratories (WLCG) wants.
# Seen: SciToken.deserialize takes the token, and Enforcer.test answers False to every claim that it has not met, by whomever it
# was defined: "No validator was registered to handle encountered claim 'client_id'". The reason is in last_failure alone. No RFC
# 9068 token passes, and none of a provider like Keycloak, which has "typ", "azp" and "acr" in all. What decides is one more claim:
# with "ver": "scitoken:2.0" the others are ignored. Else each name needs an add_validator of its own.
# For us: docs/usage/provider-programs.md names the mapper that says so; the guard ignores what it does not know.
#
# scitokens 1.9.7, PyJWT 2.15.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install scitokens==1.9.7 PyJWT==2.15.1
cat >ask.py <<'PY'
import time

import jwt
import scitokens
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER, API = "https://issuer.example", "https://storage.example"
secret = ec.generate_private_key(ec.SECP256R1())
key = secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
now = int(time.time())
usual = {"iss": ISSUER, "sub": "ann", "aud": API, "iat": now, "exp": now + 300, "scope": "read:/data"}


def ask(more, known=()):
    token = jwt.encode({**usual, **more}, secret, "ES256", headers={"kid": "k"})
    read = scitokens.SciToken.deserialize(token, audience=API, public_key=key)
    enforcer = scitokens.Enforcer(ISSUER, audience=API)
    for name in known:
        enforcer.add_validator(name, lambda value: True)
    answer = enforcer.test(read, "read", "/data/run-7")
    return f"{answer}{': ' + enforcer.last_failure if enforcer.last_failure else ''}"


claims = {
    "jti": "1", "client_id": "app", "auth_time": now, "acr": "1", "azp": "app", "sid": "s", "typ": "Bearer",
    "groups": ["staff"], "wlcg.ver": "1.0", "wlcg.groups": ["/staff"],
}
print("nothing more", ask({}))
for name, value in claims.items():
    print(name, ask({name: value}))
print("all of them", ask(claims).split(":")[0])
print("all of them, named", ask(claims, known=[name for name in claims if name != "jti"]))
print("all of them, ver", ask({**claims, "ver": "scitoken:2.0"}))
PY
v/bin/python ask.py >seen
cat seen
{
    printf '%s True\n' 'nothing more' jti
    for name in client_id auth_time acr azp sid typ groups wlcg.ver wlcg.groups; do
        echo "$name False: No validator was registered to handle encountered claim '$name'"
    done
    printf 'all of them%s\n' ' False' ', named True' ', ver True'
} >expected
diff expected seen
