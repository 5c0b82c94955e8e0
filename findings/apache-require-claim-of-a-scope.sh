#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Apache guards an API and asks each token for a scope, "Require claim scope:read" in mod_auth_openidc, "Require oauth2_claim
# scope:read" in mod_oauth2, which succeeds it for APIs. The claim "scope" is a string of words with blanks between them (RFC
# 9068 §2.2.3, RFC 8693 §4.2). Which tokens come in?
#
# Expected: those that have the word among others, too: authorization by scope is what both modules are for.
# Seen: the whole string is compared. A token of the scope "read" comes in, one of "read write" does not, and is told 401, as if
# it were not good at all; an array of the two words does. So a rule that was tried with one scope shuts its users out on the
# day that they are granted a second one, or "openid" beside it. mod_auth_openidc has patterns, which help; mod_oauth2 of Debian
# takes the pattern for the value and lets nobody in.
# For us: access tokens have their scopes in one string, as Keycloak's have. docs/usage/provider-programs.md has the pattern.
#
# Debian 12: mod_auth_openidc 2.4.12.3, mod_oauth2 3.3.1 with liboauth2 1.4.5.4. PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir debs site
(cd debs && apt-get -qq download apache2-bin libapache2-mod-auth-openidc=2.4.12.3-2+deb12u5 libapache2-mod-oauth2=3.3.1-1 \
    liboauth2-0=1.4.5.4-1 liboauth2-apache0=1.4.5.4-1 libcjose0 libhiredis0.14 libjansson4 libmemcached11 libhashkit2 \
    libjq1 libonig5 libapr1 libaprutil1 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH
modules=$work/root/usr/lib/apache2/modules
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 -m venv v
v/bin/pip -q install PyJWT==2.15.1
{
    printf 'ServerRoot %s\nServerName localhost\nListen 127.0.0.1:%s\nPidFile %s/pid\nErrorLog %s/log\n' "$work" "$port" "$work" "$work"
    printf 'DocumentRoot %s/site\n' "$work"
    for name in mpm_event authn_core authz_core authz_user auth_openidc oauth2; do
        printf 'LoadModule %s_module %s/mod_%s.so\n' "$name" "$modules" "$name"
    done
    cat <<'CONF'
OIDCCryptoPassphrase passphrase
OIDCOAuthVerifySharedKeys 0123456789abcdef0123456789abcdef
<Location /mod_auth_openidc>
  AuthType oauth20
</Location>
<Location /mod_oauth2>
  AuthType oauth2
  OAuth2TokenVerify plain 0123456789abcdef0123456789abcdef
</Location>
<Location /mod_auth_openidc/word>
  Require claim scope:read
</Location>
<Location /mod_oauth2/word>
  Require oauth2_claim scope:read
</Location>
<Location /mod_auth_openidc/pattern>
  Require claim "scope~^(.* )?read( .*)?$"
</Location>
<Location /mod_oauth2/pattern>
  Require oauth2_claim "scope~^(.* )?read( .*)?$"
</Location>
CONF
} >httpd.conf
for module in mod_auth_openidc mod_oauth2; do
    mkdir -p "site/$module"
    echo hello >"site/$module/word"
    echo hello >"site/$module/pattern"
done
"$work/root/usr/sbin/apache2" -X -f "$work/httpd.conf" &
pid=$!
cat >ask.py <<'PY'
import sys
import time
import urllib.error
import urllib.request

import jwt

now = int(time.time())
claims = {"iss": "https://issuer.example", "sub": "ann", "iat": now, "exp": now + 300}


def status(address, token):
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    for _ in range(100):
        try:
            return urllib.request.urlopen(request).status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            time.sleep(0.1)
    return "no answer"


for module in ("mod_auth_openidc", "mod_oauth2"):
    for asked in ("word", "pattern"):
        for scope in ("read", "read write", "write read", ["write", "read"], "thread"):
            token = jwt.encode({**claims, "scope": scope}, "0123456789abcdef0123456789abcdef", "HS256")
            print(module, asked, scope, status(f"http://127.0.0.1:{sys.argv[1]}/{module}/{asked}", token))
PY
v/bin/python ask.py "$port" >seen
cat seen
cat >expected <<'TEXT'
mod_auth_openidc word read 200
mod_auth_openidc word read write 401
mod_auth_openidc word write read 401
mod_auth_openidc word ['write', 'read'] 200
mod_auth_openidc word thread 401
mod_auth_openidc pattern read 200
mod_auth_openidc pattern read write 200
mod_auth_openidc pattern write read 200
mod_auth_openidc pattern ['write', 'read'] 200
mod_auth_openidc pattern thread 401
mod_oauth2 word read 200
mod_oauth2 word read write 401
mod_oauth2 word write read 401
mod_oauth2 word ['write', 'read'] 200
mod_oauth2 word thread 401
mod_oauth2 pattern read 401
mod_oauth2 pattern read write 401
mod_oauth2 pattern write read 401
mod_oauth2 pattern ['write', 'read'] 401
mod_oauth2 pattern thread 401
TEXT
diff expected seen
