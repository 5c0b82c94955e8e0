#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Dovecot lets mail users in by a realm's access tokens, and verifies them by itself (passdb oauth2, introspection_mode = local). The
# realm's keys are files, "CLIENT/ALG/KID" below a folder (local_validation_key_dict). Which tokens of the realm come in, and what does
# the log say of those that do not?
#
# Expected: by RS, PS and ES algorithms all that are in time; EdDSA perhaps not. One file for one key of the realm. NumericDate may have
# a fraction (RFC 7519 §2); "at+jwt" is the type that RFC 9068 §2.1 gives to access tokens.
# Seen: tokens by ES384 and ES512 are refused as "Bad signature", with the right key in its file; ES256 is fine. CLIENT is the token's azp,
# so that each client of the realm, a second mail program say, needs all keys once more, and each next key goes into every folder; until
# then "key '…' not found" is said of a key that is there. A token of the type "at+jwt" is refused as "Cannot find 'typ' field", which it
# has. An exp or iat with a fraction is "Malformed", and sub has to be there, whatever username_attribute says. EdDSA is unknown.
# Without auth_verbose the log has none of these words: the user's password is wrong, and that is all.
# For us: exp and iat are whole, and sub is there; docs/usage/provider-programs.md says which key a client of such a server takes.
#
# Debian 12: dovecot-core 2.3.19.1 (run as root). PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

mkdir debs
(cd debs && apt-get -qq download dovecot-core=1:2.3.19.1+dfsg1-2.1+deb12u7 libapparmor1 libcap2 libexttextcat-2.0-0 libicu72 liblua5.4-0 \
    liblzma5 libpam0g libsodium23 libstemmer0d libsystemd0 libtirpc3 libunwind8 libwrap0 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done

python3 -m venv v
v/bin/pip -q install pyjwt==2.15.1 cryptography==50.0.2
cat >tokens.py <<'PY'
import os
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

rsa_key = rsa.generate_private_key(65537, 2048)
keys = {"RS256": rsa_key, "RS512": rsa_key, "PS256": rsa_key, "PS512": rsa_key, "ES256": ec.generate_private_key(ec.SECP256R1()),
        "ES384": ec.generate_private_key(ec.SECP384R1()), "ES512": ec.generate_private_key(ec.SECP521R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate()}
for algorithm, key in keys.items():
    os.makedirs("keys/mail/" + algorithm)
    with open(f"keys/mail/{algorithm}/of-{algorithm}", "wb") as file:
        file.write(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

now = int(time.time()) - 10
usual = {"iss": "https://id.example.org/realms/r", "sub": "f4c8a1d2", "aud": "imap", "azp": "mail", "typ": "Bearer", "iat": now,
         "exp": now + 3000, "scope": "openid email"}


def line(name, claims=None, kind="JWT", algorithm="RS256", without=None):
    named = usual | {"preferred_username": name} | (claims or {})
    said = {claim: value for claim, value in named.items() if claim != without}
    token = jwt.encode(said, keys[algorithm], algorithm=algorithm, headers={"typ": kind, "kid": "of-" + algorithm})
    print(name, token, sep="|")


for algorithm in keys:
    line(algorithm.lower(), algorithm=algorithm)
line("at-jwt", kind="at+jwt")
line("other-client", {"azp": "other"})
line("no-sub", without="sub")
line("exp-fraction", {"exp": now + 3000.5})
line("iat-fraction", {"iat": now + 0.5})
PY
v/bin/python tokens.py >tokens

printf '%s\n' 'introspection_mode = local' "local_validation_key_dict = fs:posix:prefix=$work/keys/" \
    'username_attribute = preferred_username' >oauth2
cat >dovecot.conf <<CONF
base_dir = $work/run
state_dir = $work/run
log_path = $work/dovecot.log
protocols =
ssl = no
auth_verbose = yes
default_internal_user = root
default_internal_group = root
default_login_user = nobody
passdb {
  driver = oauth2
  args = $work/oauth2
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
CONF
# Each token is of a user of its own, by whose name the log is read.
cat >ask.sh <<'SH'
dovecot -c dovecot.conf
asked=()
while IFS='|' read -r name token; do
    doveadm -c dovecot.conf auth test "$name" "$token" >"answer-$name" 2>&1 </dev/null &
    asked+=($!)
done <tokens
wait "${asked[@]}" || true
doveadm -c dovecot.conf stop
SH
# Dovecot knows where it lies: for it alone, /usr has the package's files, too.
unshare --mount bash -c "mount -t overlay overlay -o lowerdir=$work/root/usr:/usr /usr; . ./ask.sh"
while IFS='|' read -r name _; do
    grep -q 'auth succeeded' "answer-$name" && echo "$name: in"
    sed -n "s/.*oauth2($name): oauth2 failed: Local validation failed/$name/p" dovecot.log
done <tokens >seen
cat seen
cat >expected <<'TEXT'
rs256: in
rs512: in
ps256: in
ps512: in
es256: in
es384: Bad signature
es512: Bad signature
eddsa: Unsupported algorithm 'EDDSA'
at-jwt: Cannot find 'typ' field
other-client: RS256 key 'of-RS256' not found
no-sub: Missing 'sub' field
exp-fraction: Malformed 'exp' field
iat-fraction: Malformed 'iat' field
TEXT
diff expected seen
