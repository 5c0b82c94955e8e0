#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rhonabwy is Debian's library of JOSE in C that glewlwyd, a provider, and iddawc, a client, stand on. It encrypts for a key on P-256 by
# ECDH-ES, decrypts what others encrypted for its own, and publishes that key as a JWK. The numbers in all of this have a fixed size:
# 32 bytes of the shared secret go into the derivation (RFC 7518 §4.6.2), and a coordinate MUST be 32 bytes (§6.2.1.2), zeroes in front.
#
# Expected: every message is decrypted, and a key's thumbprint (RFC 7638) is the same wherever it is computed.
# Seen: zeroes in front are left out of both. Where the shared secret begins with one, one message in 256, others cannot decrypt what
# rhonabwy encrypts, nor it what others do, and nothing but the key that was drawn for the message tells these apart: the next try of
# the same text succeeds. Two of its programs understand each other, so that its own tests see nothing. Of its keys one in 128 has a
# short x or y: PyJWT refuses it, joserfc and jwcrypto take it, and its thumbprint is not the one that others compute of the same key,
# so that neither a "cnf" nor a DPoP key matches. ES256 signatures have their full size, always.
# For us: numbers have their full size in what we write, and a key whose coordinates are short is refused when it is read.
#
# Debian 12: librhonabwy1.1 1.1.11. jwcrypto 1.6.1, joserfc 1.8.0, PyJWT 2.15.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir packages && (cd packages && apt-get -qq -o APT::Sandbox::User=root download librhonabwy-dev=1.1.11-1 librhonabwy1.1=1.1.11-1 \
    libulfius2.7=2.7.13-1 liborcania-dev=2.3.2-1 liborcania2.3=2.3.2-1 libyder-dev=1.4.19-1 libyder2.0=1.4.19-1 libmicrohttpd12 \
    libjansson-dev libjansson4)
for package in packages/*.deb; do dpkg -x "$package" root; done
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check jwcrypto==1.6.1 joserfc==1.8.0 PyJWT==2.15.1

cat >peer.c <<'C'
#include <rhonabwy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keys(int count)
{
    for (int i = 0; i < count; i++) {
        jwk_t *private, *public;
        r_jwk_init(&private);
        r_jwk_init(&public);
        r_jwk_generate_key_pair(private, public, R_KEY_TYPE_EC, 256, NULL);
        puts(r_jwk_export_to_json_str(public, 0));
        puts(r_jwk_thumbprint(public, R_JWK_THUMB_SHA256, 0));
    }
}

static void sign(jwk_t *key, int count)
{
    for (int i = 0; i < count; i++) {
        jws_t *jws;
        r_jws_init(&jws);
        r_jws_set_alg(jws, R_JWA_ALG_ES256);
        r_jws_set_payload(jws, (const unsigned char *)"text", 4);
        puts(r_jws_serialize(jws, key, 0));
    }
}

static void encrypt(jwk_t *key, int count)
{
    for (int i = 0; i < count; i++) {
        jwe_t *jwe;
        r_jwe_init(&jwe);
        r_jwe_set_alg(jwe, R_JWA_ALG_ECDH_ES);
        r_jwe_set_enc(jwe, R_JWA_ENC_A128GCM);
        r_jwe_set_payload(jwe, (const unsigned char *)"text", 4);
        puts(r_jwe_serialize(jwe, key, 0));
    }
}

static void decrypt(jwk_t *key)
{
    static char line[10000];
    while (fgets(line, sizeof line, stdin)) {
        jwe_t *jwe;
        line[strcspn(line, "\n")] = 0;
        r_jwe_init(&jwe);
        puts(r_jwe_parse(jwe, line, 0) == RHN_OK && r_jwe_decrypt(jwe, key, 0) == RHN_OK ? "taken" : "refused");
        r_jwe_free(jwe);
    }
}

int main(int count, char **words)
{
    jwk_t *key;
    r_jwk_init(&key);
    if (count > 3)
        r_jwk_import_from_json_str(key, words[3]);
    if (!strcmp(words[1], "keys"))
        keys(atoi(words[2]));
    else if (!strcmp(words[1], "sign"))
        sign(key, atoi(words[2]));
    else if (!strcmp(words[1], "encrypt"))
        encrypt(key, atoi(words[2]));
    else
        decrypt(key);
    return 0;
}
C
libraries=$PWD/root/usr/lib/x86_64-linux-gnu
cc -w -Iroot/usr/include peer.c -o peer -L"$libraries" -lrhonabwy -Wl,-rpath-link,"$libraries"

cat >ask.py <<'PY'
import base64
import hashlib
import json
import subprocess

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from jwcrypto import jwe, jwk

COUNT = 2000


def peer(what, key="", lines=()):
    done = subprocess.run(["./peer", what, str(COUNT), key], input="".join(f"{line}\n" for line in lines), capture_output=True, text=True,
                          check=True)
    return done.stdout.split()


def from64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def begins_with_zero(message):
    """Whether the secret that the message's key and ours share does."""
    header = json.loads(from64(message.split(".")[0]))
    point = [int.from_bytes(from64(header["epk"][name]), "big") for name in "xy"]
    public = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
    return own.exchange(ec.ECDH(), public)[0] == 0


def encrypt():
    message = jwe.JWE(b"text", json.dumps({"alg": "ECDH-ES", "enc": "A128GCM"}))
    message.add_recipient(recipient)
    return message.serialize(compact=True)


def decrypts(message):
    try:
        read = jwe.JWE()
        read.deserialize(message, recipient)
        return read.payload == b"text"
    except Exception:
        return False


def takes(read, key):
    try:
        read(key)
        return "takes it"
    except Exception as error:
        return f"refuses it, {error}"


def thumbprint(key):
    """RFC 7638, of a key whose coordinates have their full size."""
    text = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def tell(what, outcomes):
    """Outcomes: for each message whether its secret begins with a zero, and whether it was decrypted."""
    for zero in (False, True):
        seen = {decrypted for begins, decrypted in outcomes if begins == zero}
        print(f"{what}, secret {'begins with a zero' if zero else 'as most are'}: {' and '.join('decrypted' if s else 'refused' for s in seen)}")


own = ec.generate_private_key(ec.SECP256R1())
recipient = jwk.JWK.from_pyca(own)
private, public = recipient.export_private(), recipient.export_public()

messages = peer("encrypt", public)
tell("rhonabwy to jwcrypto", [(begins_with_zero(message), decrypts(message)) for message in messages])
theirs = [encrypt() for _ in range(COUNT)]
tell("jwcrypto to rhonabwy", list(zip(map(begins_with_zero, theirs), [word == "taken" for word in peer("decrypt", private, theirs)])))
tell("rhonabwy to rhonabwy", list(zip(map(begins_with_zero, messages), [word == "taken" for word in peer("decrypt", private, messages)])))
print("sizes of ES256 signatures:", *sorted({len(from64(token.split(".")[2])) for token in peer("sign", private)}))

said = peer("keys")
keys = list(zip(map(json.loads, said[::2]), said[1::2]))
for short in (False, True):
    key, named = next((key, named) for key, named in keys if (min(len(from64(key[name])) for name in "xy") == 31) == short)
    whole = {**key, **{name: base64.urlsafe_b64encode(from64(key[name]).rjust(32, b"\0")).rstrip(b"=").decode() for name in "xy"}}
    print(f"a key {'one byte short' if short else 'as most are'}: joserfc {takes(ECKey.import_key, key)},",
          f"jwcrypto {takes(lambda key: jwk.JWK(**key), key)}, PyJWT {takes(jwt.PyJWK, key)};",
          f"its thumbprint is {'the usual one' if named.split(':')[-1] == thumbprint(whole) else 'another'}")
PY
LD_LIBRARY_PATH=$libraries v/bin/python ask.py >seen
cat seen
cat >expected <<'TEXT'
rhonabwy to jwcrypto, secret as most are: decrypted
rhonabwy to jwcrypto, secret begins with a zero: refused
jwcrypto to rhonabwy, secret as most are: decrypted
jwcrypto to rhonabwy, secret begins with a zero: refused
rhonabwy to rhonabwy, secret as most are: decrypted
rhonabwy to rhonabwy, secret begins with a zero: decrypted
sizes of ES256 signatures: 64
a key as most are: joserfc takes it, jwcrypto takes it, PyJWT takes it; its thumbprint is the usual one
a key one byte short: joserfc takes it, jwcrypto takes it, PyJWT refuses it, Coords should be 32 bytes for curve P-256; its thumbprint is another
TEXT
diff expected seen
