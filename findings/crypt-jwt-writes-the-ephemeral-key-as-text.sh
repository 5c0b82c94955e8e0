#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program in Perl encrypts a message for somebody's EC key (ECDH-ES; a request object for a provider, say). It draws a key for the
# message, whose public half is in the header: "epk", which is a JWK and so a JSON object (RFC 7518 §4.6.1.1). Who decrypts it?
#
# Expected: everybody who knows ECDH-ES.
# Seen: node-jose, and Crypt::JWT itself. 0.034 (Debian 12's) writes "epk" as a string with the JSON of the JWK in it,
# "{\"kty\":\"EC\",…}", by ECDH-ES as by ECDH-ES+A128KW. It reads both forms, so that its own tests pass and messages from others do too;
# only those to others fail. jose calls the member missing or invalid; joserfc and jwcrypto say that the header is. The string cannot be
# unpacked on the way, because the header is authenticated. RSA-OAEP is what remains to Perl. (That it leaves apu and apv out of the
# derivation is another matter, see ecdh-agreement-info-of-crypt-jwt.sh: these messages have neither.)
# For us: `ostiary jwe decrypt` refuses it as three of the others do; docs/usage/provider-programs.md names RSA-OAEP.
#
# Debian 12: libcrypt-jwt-perl 0.034-1. jose 6.2.18, node-jose 2.2.0, joserfc 1.8.0, jwcrypto 1.6.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -qq download libcrypt-jwt-perl=0.034-1 libcryptx-perl libjson-perl 2>/dev/null
for package in *.deb; do dpkg -x "$package" perl; done
PERL5LIB=$(find "$work/perl" -type d \( -path '*/share/perl5' -o -path '*/perl5/[0-9]*' \) -prune | paste -sd:)
export PERL5LIB
cat >messages.pl <<'PERL'
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt encode_jwt);
use Crypt::PK::ECC;
use Crypt::PK::RSA;
use JSON;
use MIME::Base64 qw(decode_base64url);

my %keys = ('EC' => Crypt::PK::ECC->new, 'RSA' => Crypt::PK::RSA->new);
$keys{EC}->generate_key('secp256r1');
$keys{RSA}->generate_key(256, 65537);
my @messages;
for my $alg ('ECDH-ES', 'ECDH-ES+A128KW', 'RSA-OAEP') {
    my $key = $keys{$alg =~ /^RSA/ ? 'RSA' : 'EC'};
    my $text = encode_jwt(payload => 'hello', key => $key, alg => $alg, enc => 'A128GCM');
    my $header = decode_json(decode_base64url((split /\./, $text)[0]));
    print "$alg: epk is ", !exists $header->{epk} ? 'absent' : ref $header->{epk} ? 'an object' : 'a string', "\n";
    my $plain = eval { decode_jwt(token => $text, key => $key, decode_payload => 0) } // '';
    print "$alg: Crypt::JWT ", $plain eq 'hello' ? 'decrypts' : 'refuses', "\n";
    push @messages, {alg => $alg, text => $text, key => decode_json($key->export_key_jwk('private'))};
}
open(my $file, '>', 'messages.json') or die;
print $file encode_json(\@messages);
PERL
perl messages.pl >seen

python3 -m venv v
v/bin/pip -q install jwcrypto==1.6.1 joserfc==1.8.0
cat >decrypt.py <<'PY'
import json

from joserfc import jwe as joserfc_jwe
from joserfc.jwk import ECKey, RSAKey
from jwcrypto import jwe, jwk


def by_joserfc(message):
    kind = RSAKey if message["alg"].startswith("RSA") else ECKey
    allowed = [message["alg"], "A128GCM"]
    return joserfc_jwe.decrypt_compact(message["text"], kind.import_key(message["key"]), algorithms=allowed).plaintext


def by_jwcrypto(message):
    text = jwe.JWE()
    text.deserialize(message["text"], key=jwk.JWK(**message["key"]))
    return text.payload


for message in json.load(open("messages.json")):
    for name, decrypt in (("joserfc", by_joserfc), ("jwcrypto", by_jwcrypto)):
        try:
            print(message["alg"] + ":", name, "decrypts" if decrypt(message) == b"hello" else "has other text")
        except Exception as error:
            print(message["alg"] + ":", name, "refuses,", type(error).__name__)
PY
v/bin/python decrypt.py >>seen

npm init -y >/dev/null && npm install --silent jose@6.2.18 node-jose@2.2.0
cat >decrypt.mjs <<'JS'
import fs from 'fs'
import * as jose from 'jose'
import nodeJose from 'node-jose'

const libraries = {
  'jose': async ({ alg, key, text }) => (await jose.compactDecrypt(text, await jose.importJWK(key, alg))).plaintext,
  'node-jose': async ({ key, text }) =>
    (await nodeJose.JWE.createDecrypt(await nodeJose.JWK.asKey(key)).decrypt(text)).plaintext,
}
for (const message of JSON.parse(fs.readFileSync('messages.json'))) {
  for (const [name, decrypt] of Object.entries(libraries)) {
    const said = await decrypt(message).then(bytes => Buffer.from(bytes).toString() === 'hello' ? 'decrypts' : 'has other text',
      error => `refuses, ${error.message}`)
    console.log(`${message.alg}: ${name} ${said}`)
  }
}
JS
node --experimental-global-webcrypto decrypt.mjs >>seen

cat seen
cat >expected <<'TEXT'
ECDH-ES: epk is a string
ECDH-ES: Crypt::JWT decrypts
ECDH-ES+A128KW: epk is a string
ECDH-ES+A128KW: Crypt::JWT decrypts
RSA-OAEP: epk is absent
RSA-OAEP: Crypt::JWT decrypts
ECDH-ES: joserfc refuses, InvalidHeaderValueError
ECDH-ES: jwcrypto refuses, InvalidJWEData
ECDH-ES+A128KW: joserfc refuses, InvalidHeaderValueError
ECDH-ES+A128KW: jwcrypto refuses, InvalidJWEData
RSA-OAEP: joserfc decrypts
RSA-OAEP: jwcrypto decrypts
ECDH-ES: jose refuses, JOSE Header "epk" (Ephemeral Public Key) missing or invalid
ECDH-ES: node-jose decrypts
ECDH-ES+A128KW: jose refuses, JOSE Header "epk" (Ephemeral Public Key) missing or invalid
ECDH-ES+A128KW: node-jose decrypts
RSA-OAEP: jose decrypts
RSA-OAEP: node-jose decrypts
TEXT
diff expected seen
