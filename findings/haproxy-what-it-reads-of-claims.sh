#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# HAProxy verifies tokens (jwt_verify) and reads their claims by JSON paths (jwt_payload_query), to let requests in or to tell the server
# behind it who is there. A realm's token has a string, numbers, lists of roles, and objects by the names of clients. Which
# signatures does it know, and what does it hand on?
#
# Expected: the signatures of RFC 7518; the text of each claim, a list or an object as JSON.
# Seen: PS256 and EdDSA tokens are refused (-2, -1). A list and an object are nothing at all: single elements alone can be asked for,
# "$.realm_access.roles[0]", so that "has the role" takes a rule for each place where it may stand. A number is written with six
# digits, 2001234 as "2.00123e+06", unless 'int' is said. Of the escapes of JSON that nobody needs, a string with "\/" is nothing, which
# is how PHP writes each issuer unless told otherwise; one with a letter beyond U+00FF as "\u0141" is nothing too, and "\u00eb" becomes
# a byte that is no UTF-8. The same letters unescaped pass. A client's name with a dot takes "\\." in double quotes.
# For us: tokens have the escapes that JSON needs and no others, as Keycloak's; docs/usage/provider-programs.md has what a rule on roles takes.
#
# Debian 12: haproxy 2.6.12. PyJWT 2.15.1 signs the tokens.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir debs
(cd debs && apt-get -qq download haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1'
cat >tokens.py <<'PY'
import json

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

rsa_key = rsa.generate_private_key(65537, 2048)
keys = {"RS256": rsa_key, "PS256": rsa_key, "ES256": ec.generate_private_key(ec.SECP256R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate()}
claims = {
    "iss": "https://issuer.example/realms/shop", "name": "Zo\u00eb", "city": "\u0141\u00f3d\u017a", "uid": 2001234, "exp": 4102444800,
    "realm_access": {"roles": ["buyer", "seller"]}, "resource_access": {"shop.api": {"roles": ["reader"]}}, "email_verified": True,
}
plain = json.dumps(claims, ensure_ascii=False)
escaped = json.dumps(claims).replace("/", "\\/")
for alg, key in keys.items():
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with open(f"{alg}.pem", "wb") as file:
        file.write(public)
    for name, text in {"plain": plain, "escaped": escaped}.items():
        with open(f"{alg}.{name}", "w") as file:
            file.write(jwt.api_jws.encode(text.encode(), key, alg))
PY
v/bin/python tokens.py

cat >head.cfg <<'CFG'
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend gate
    bind unix@gate.sock
    http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')
CFG
{
    cat head.cfg
    for alg in RS256 PS256 ES256 EdDSA; do
        echo "    http-request set-var(txn.ok) http_auth_bearer,jwt_verify(txn.alg,\"$alg.pem\") if { var(txn.alg) -m str $alg }"
    done
    answer="alg=%[var(txn.alg)]|verified=%[var(txn.ok)]"
    while read -r name path; do
        echo "    http-request set-var(txn.$name) http_auth_bearer,jwt_payload_query($path)"
        answer="$answer|$name=%[var(txn.$name)]"
    done
    echo "    http-request return status 200 content-type text/plain lf-string $answer"
} >gate.cfg <<'PATHS'
issuer '$.iss'
name '$.name'
city '$.city'
uid '$.uid'
uid_int '$.uid','int'
verified_email '$.email_verified'
roles '$.realm_access.roles'
role_0 '$.realm_access.roles[0]'
role_1 '$.realm_access.roles[1]'
access '$.realm_access'
client_role "\$.resource_access.shop\\.api.roles[0]"
PATHS
root/usr/sbin/haproxy -q -f gate.cfg &
pid=$!
until [ -S gate.sock ]; do sleep 0.1; done
ask() { curl -s --unix-socket gate.sock -H "Authorization: Bearer $(cat "$1")" http://gate/ | tr '|' '\n' | sed "s/^/$1: /"; echo; }
{
    ask RS256.plain
    ask RS256.escaped
    for alg in PS256 ES256 EdDSA; do ask $alg.plain | grep verified=; done
} | LC_ALL=C sed 's/\xeb$/<eb>/' >seen
cat seen
cat >expected <<'TEXT'
RS256.plain: alg=RS256
RS256.plain: verified=1
RS256.plain: issuer=https://issuer.example/realms/shop
RS256.plain: name=Zoë
RS256.plain: city=Łódź
RS256.plain: uid=2.00123e+06
RS256.plain: uid_int=2001234
RS256.plain: verified_email=1
RS256.plain: roles=
RS256.plain: role_0=buyer
RS256.plain: role_1=seller
RS256.plain: access=
RS256.plain: client_role=reader
RS256.escaped: alg=RS256
RS256.escaped: verified=1
RS256.escaped: issuer=
RS256.escaped: name=Zo<eb>
RS256.escaped: city=
RS256.escaped: uid=2.00123e+06
RS256.escaped: uid_int=2001234
RS256.escaped: verified_email=1
RS256.escaped: roles=
RS256.escaped: role_0=buyer
RS256.escaped: role_1=seller
RS256.escaped: access=
RS256.escaped: client_role=reader
PS256.plain: verified=-2
ES256.plain: verified=1
EdDSA.plain: verified=-1
TEXT
diff expected seen
