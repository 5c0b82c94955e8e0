#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A message encrypted by ECDH-ES may name its two parties in the header, "apu" and "apv"; both go into the derivation of the
# key (RFC 7518 §4.6.2). Who decrypts a message that names them?
#
# Expected: all libraries that know ECDH-ES; the RFC's own example (appendix C) has both.
# Seen: jose 6.2.18, node-jose 2.2.0 and joserfc 1.8.0 do. Perl's Crypt::JWT 0.034 (Debian 12's) leaves both out of the
# derivation: it decrypts what names nobody, and nothing else, by ECDH-ES as by ECDH-ES+A128KW.
# For us: both are derived from wherever a header has them; whoever encrypts for a Perl program names no parties.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -qq download libcrypt-jwt-perl=0.034-1 libcryptx-perl libjson-perl 2>/dev/null
for package in *.deb; do dpkg -x "$package" perl; done
PERL5LIB=$(find "$work/perl" -type d \( -path '*/share/perl5' -o -path '*/perl5/[0-9]*' \) -prune | paste -sd:)
export PERL5LIB

python3 -m venv v
v/bin/pip -q install jwcrypto==1.6.1 joserfc==1.8.0
cat >messages.py <<'PY'
import json

from joserfc import jwe as joserfc_jwe
from joserfc.jwk import ECKey
from jwcrypto import jwe, jwk

key = jwk.JWK.generate(kty="EC", crv="P-256")
messages = []
for alg in ("ECDH-ES", "ECDH-ES+A128KW"):
    for parties in ({}, {"apv": "Qm9i"}, {"apu": "QWxpY2U", "apv": "Qm9i"}):
        header = json.dumps({"alg": alg, "enc": "A128GCM", **parties}, separators=(",", ":"))
        text = jwe.JWE(b"hello", header, recipient=key).serialize(compact=True)
        messages.append({"what": " ".join([alg, *parties]), "text": text})
        plain = joserfc_jwe.decrypt_compact(text, ECKey.import_key(json.loads(key.export())), algorithms=[alg, "A128GCM"])
        print("joserfc", " ".join([alg, *parties]), "decrypted" if plain.plaintext == b"hello" else "other text")
json.dump({"key": json.loads(key.export()), "messages": messages}, open("messages.json", "w"))
PY
v/bin/python messages.py >seen

npm init -y >/dev/null && npm install --silent jose@6.2.18 node-jose@2.2.0
cat >messages.mjs <<'JS'
import fs from 'fs'
import * as jose from 'jose'
import nodeJose from 'node-jose'

const { key, messages } = JSON.parse(fs.readFileSync('messages.json'))
const libraries = {
  'jose': async text => (await jose.compactDecrypt(text, await jose.importJWK(key, 'ECDH-ES'))).plaintext,
  'node-jose': async text => (await nodeJose.JWE.createDecrypt(await nodeJose.JWK.asKey(key)).decrypt(text)).plaintext,
}
for (const [name, decrypt] of Object.entries(libraries)) {
  for (const { what, text } of messages) {
    const plain = await decrypt(text).then(bytes => Buffer.from(bytes).toString(), () => '')
    console.log(name, what, plain === 'hello' ? 'decrypted' : 'refused')
  }
}
JS
node --experimental-global-webcrypto messages.mjs >>seen

cat >messages.pl <<'PERL'
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use JSON;

open(my $file, '<', 'messages.json') or die;
my $all = decode_json(do { local $/; <$file> });
print "Crypt::JWT $Crypt::JWT::VERSION\n";
for my $message (@{$all->{messages}}) {
    my $plain = eval { decode_jwt(token => $message->{text}, key => $all->{key}, decode_payload => 0) };
    print "Crypt::JWT $message->{what} ", defined $plain && $plain eq 'hello' ? 'decrypted' : 'refused', "\n";
}
PERL
perl messages.pl >>seen

: >expected
for library in joserfc jose node-jose; do
    for alg in ECDH-ES ECDH-ES+A128KW; do
        printf '%s\n' "$library $alg decrypted" "$library $alg apv decrypted" "$library $alg apu apv decrypted" >>expected
    done
done
cat >>expected <<'TEXT'
Crypt::JWT 0.034
Crypt::JWT ECDH-ES decrypted
Crypt::JWT ECDH-ES apv refused
Crypt::JWT ECDH-ES apu apv refused
Crypt::JWT ECDH-ES+A128KW decrypted
Crypt::JWT ECDH-ES+A128KW apv refused
Crypt::JWT ECDH-ES+A128KW apu apv refused
TEXT
cat seen
diff expected seen
