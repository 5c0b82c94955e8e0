#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Apache guards an API with mod_oauth2, whose tokens are bound to keys by DPoP: "OAuth2TokenVerify … type=dpop". A client sends
# "Authorization: DPoP TOKEN" and a proof, as RFC 9449 §7.1 has it. Does it come in, and who else?
#
# Expected: the scheme follows from the type; a proof by any of the usual algorithms; a refusal says "WWW-Authenticate: DPoP".
# Seen: with type=dpop alone nobody comes in who follows the RFC: the token is looked for behind "Bearer", where it is taken with its
# proof. The scheme has to be said again, in OAuth2AcceptTokenIn, and then Bearer is refused. Each refusal, also of a proof,
# is a challenge for Bearer, so that a client does not learn that DPoP is wanted. Proofs by EdDSA, which the libraries of
# DPoP make and Keycloak takes, are refused: cjose does not know the key. A query in the address does no harm.
# For us: docs/usage/sender-constraint.md has the two lines, and which keys a client of such an API has to use.
#
# Debian 12: mod_oauth2 3.3.1 with liboauth2 1.4.5.4 and libcjose 0.6.2. PyJWT 2.15.1 makes tokens and proofs.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir debs site
(cd debs && apt-get -qq download apache2-bin libapache2-mod-oauth2=3.3.1-1 liboauth2-0=1.4.5.4-1 liboauth2-apache0=1.4.5.4-1 \
    libcjose0 libhiredis0.14 libjansson4 libmemcached11 libhashkit2 libjq1 libonig5 libapr1 libaprutil1 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH
modules=$work/root/usr/lib/apache2/modules
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1'
{
    printf 'ServerRoot %s\nServerName localhost\nListen 127.0.0.1:%s\nPidFile %s/pid\nErrorLog %s/log\n' "$work" "$port" "$work" "$work"
    printf 'DocumentRoot %s/site\n' "$work"
    for name in mpm_event authn_core authz_core authz_user oauth2; do
        printf 'LoadModule %s_module %s/mod_%s.so\n' "$name" "$modules" "$name"
    done
    cat <<'CONF'
<Location />
  AuthType oauth2
  Require valid-user
  OAuth2TokenVerify plain 0123456789abcdef0123456789abcdef type=dpop
</Location>
<Location /accepted>
  OAuth2AcceptTokenIn header name=Authorization&type=DPoP
</Location>
CONF
} >httpd.conf
echo hello >site/plain
echo hello >site/accepted
"$work/root/usr/sbin/apache2" -X -f "$work/httpd.conf" &
pid=$!
cat >ask.py <<'PY'
import base64
import hashlib
import json
import sys
import time
import urllib.error
import urllib.request
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

KEYS = {
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "PS256": (rsa.generate_private_key(65537, 2048), RSAAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
}


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def ask(path, scheme="DPoP", alg="ES256", proven=True):
    secret, kind = KEYS[alg]
    members = json.loads(kind.to_jwk(secret.public_key()))
    jwk = {name: members[name] for name in sorted(members) if name in ("crv", "e", "kty", "n", "x", "y")}
    now = int(time.time())
    bound = {"jkt": digest(json.dumps(jwk, separators=(",", ":")).encode())}
    claims = {"iss": "https://issuer.example", "sub": "ann", "iat": now, "exp": now + 300, "cnf": bound}
    token = jwt.encode(claims, "0123456789abcdef0123456789abcdef", "HS256")
    url = f"http://127.0.0.1:{sys.argv[1]}{path}"
    proof = {"jti": str(uuid.uuid4()), "htm": "GET", "htu": url.split("?")[0], "iat": now, "ath": digest(token.encode())}
    headers = {"Authorization": f"{scheme} {token}"}
    if proven:
        headers["DPoP"] = jwt.encode(proof, secret, alg, headers={"typ": "dpop+jwt", "jwk": jwk})
    for _ in range(100):
        try:
            return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
        except urllib.error.HTTPError as answer:
            return f"{answer.code} {answer.headers['WWW-Authenticate'].split()[0]}"
        except OSError:
            time.sleep(0.1)
    return "no answer"


for path in ("/plain", "/accepted"):
    for scheme in ("DPoP", "Bearer"):
        print(path, scheme, ask(path, scheme))
        print(path, scheme, "without a proof", ask(path, scheme, proven=False))
for alg in KEYS:
    print("/accepted", alg, ask("/accepted", alg=alg))
print("/accepted?a=b", ask("/accepted?a=b"))
PY
v/bin/python -W ignore ask.py "$port" >seen
cat seen
cat >expected <<'TEXT'
/plain DPoP 401 Bearer
/plain DPoP without a proof 401 Bearer
/plain Bearer 200
/plain Bearer without a proof 401 Bearer
/accepted DPoP 200
/accepted DPoP without a proof 401 Bearer
/accepted Bearer 401 Bearer
/accepted Bearer without a proof 401 Bearer
/accepted ES256 200
/accepted PS256 200
/accepted EdDSA 401 Bearer
/accepted?a=b 200
TEXT
diff expected seen
