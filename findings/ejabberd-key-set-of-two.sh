#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ejabberd logs users in by access tokens (auth_method: jwt). Its option jwt_key is a file with "an asymmetric key or a JWK set".
# The key set of a realm has two keys since Keycloak 12: the one that signs, and one of "use": "enc". Put into that file, what then?
#
# Expected: the key is chosen by "kid", or at least by "use"; a set is for having more than one.
# Seen: a set may have one key. With the realm's two the server does not start at all: "JWK set contains multiple JWT keys". The
# signing key alone, as a JWK or in a set of its own, does; then the name of the user comes from the claim that jwt_jid_field
# names, which has to be a whole JID: "email" is one, "preferred_username" is not. A new signing key cannot be there beside the old one,
# so that tokens of the new key are refused until the file is changed and read again, and those of the old one from then on.
# For us: docs/usage/provider-programs.md says to give ejabberd one key, and when to change it.
#
# Debian 12: ejabberd 23.01 with erlang-jose 1.11.5. jose 6.2.18 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir debs
(cd debs && apt-get -qq download ejabberd=23.01-1 erlang-jose=1.11.5-1 libyaml-0-2 erlang-base64url erlang-goldrush erlang-idna \
    erlang-jiffy erlang-lager erlang-unicode-util-compat \
    $(printf 'erlang-%s ' base asn1 crypto inets mnesia odbc os-mon public-key runtime-tools ssl syntax-tools xmerl) \
    $(printf 'erlang-p1-%s ' acme cache-tab eimp mqtree pkix stringprep stun tls utils xml xmpp yaml yconf zlib) 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
export ERL_LIBS=$work/root/usr/lib/x86_64-linux-gnu LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
export ROOTDIR=$work/root/usr/lib/erlang BINDIR=$work/root/usr/lib/erlang/erts-13.1.5/bin EMU=beam PROGNAME=erl

npm init -y >/dev/null && npm install --silent --no-audit --no-fund jose@6.2.18
cat >make.mjs <<'JS'
import fs from 'node:fs'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'

const keys = {}
const jwks = {}
for (const kid of ['old', 'new', 'enc']) {
  const kind = kid === 'enc' ? { alg: 'RSA-OAEP', use: 'enc' } : { alg: 'RS256', use: 'sig' }
  const pair = await generateKeyPair(kind.alg)
  keys[kid] = pair.privateKey
  jwks[kid] = { kid, ...kind, ...await exportJWK(pair.publicKey) }
}
const write = (name, value) => fs.writeFileSync(name, typeof value === 'string' ? value : JSON.stringify(value))
write('key', jwks.old)
write('set-of-one', { keys: [jwks.old] })
write('set-of-a-realm', { keys: [jwks.old, jwks.enc] })
write('set-after-a-new-key', { keys: [jwks.new, jwks.old] })
for (const kid of ['old', 'new']) {
  write(`token-${kid}`, await new SignJWT({ azp: 'chat', preferred_username: 'ann', email: 'ann@example.com', scope: 'email' })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).setIssuer('https://issuer.example/realms/r').setSubject('1')
    .setAudience('chat').setIssuedAt().setExpirationTime('5m').sign(keys[kid]))
}
JS
node make.mjs

ask() { # the file of the key, the claim with the JID
    cat >ejabberd.yml <<YAML
hosts: [example.com]
auth_method: [jwt]
jwt_key: $work/$1
jwt_jid_field: $2
listen: []
modules: {}
YAML
    rm -rf state && mkdir state
    timeout 60 "$BINDIR/erlexec" -boot "$ROOTDIR/bin/start_clean" -noshell -mnesia dir "\"$work/state\"" \
        -ejabberd config "\"$work/ejabberd.yml\"" log_path "\"$work/state/log\"" -eval '
            {ok, _} = application:ensure_all_started(ejabberd),
            [begin
                {ok, Token} = file:read_file(File),
                Answer = ejabberd_auth:check_password(<<"ann">>, <<>>, <<"example.com">>, Token),
                file:write_file("answers", io_lib:format("~s ~p~n", [File, Answer]), [append])
            end || File <- ["token-old", "token-new"]],
            halt().' >output 2>&1 || true
    if [ -f answers ]; then
        sed "s/^/$1, $2: /" answers && rm answers
    else
        echo "$1, $2: $(grep -o 'Failed to start.*jwt_key: [^:]*' output | head -1)"
    fi
}
{
    ask key email
    ask key preferred_username
    ask set-of-one email
    ask set-of-a-realm email
    ask set-after-a-new-key email
} >seen
cat seen
cat >expected <<'TEXT'
key, email: token-old true
key, email: token-new false
key, preferred_username: token-old false
key, preferred_username: token-new false
set-of-one, email: token-old true
set-of-one, email: token-new false
set-of-a-realm, email: Failed to start ejabberd application: Invalid value of option jwt_key: JWK set contains multiple JWT keys in file
set-after-a-new-key, email: Failed to start ejabberd application: Invalid value of option jwt_key: JWK set contains multiple JWT keys in file
TEXT
diff expected seen
