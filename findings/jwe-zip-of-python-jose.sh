#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A compressed message ("zip": "DEF"): RFC 7516 §4.1.3 names the DEFLATE of RFC 1951, which has no header of its own.
#
# Expected: what python-jose compresses, another library of Python decompresses, and the other way round.
# Seen: python-jose writes and reads the frame of zlib (RFC 1950: it begins with 78 9c) inside the encryption, so it reads
# nobody else's message, and jwcrypto reads none of its. joserfc writes RFC 1951 and reads both. Without "zip" all read
# all, so a migration is found out by the first compressed message.
# For us: ostiary.jose writes and reads RFC 1951, and refuses messages that python-jose has compressed; the guide from
# python-jose says so.
#
# python-jose 3.5.0, joserfc 1.8.0, jwcrypto 1.6.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install "python-jose[cryptography]==3.5.0" joserfc==1.8.0 jwcrypto==1.6.1
cat >try.py <<'PY'
import base64
import warnings

warnings.simplefilter("ignore")
from jose import jwe as python_jose
from joserfc import jwe as joserfc
from joserfc.jwk import OctKey
from jwcrypto import jwe as jwcrypto, jwk

KEY, TEXT, ALGORITHMS = b"0123456789abcdef0123456789abcdef", b"hello " * 40, ["dir", "A256GCM", "DEF"]


def by_jwcrypto_key():
    return jwk.JWK(kty="oct", k=base64.urlsafe_b64encode(KEY).rstrip(b"=").decode())


def write_python_jose(zipped):
    more = {"zip": "DEF"} if zipped else {}
    return python_jose.encrypt(TEXT, KEY, encryption="A256GCM", algorithm="dir", **more).decode()


def write_joserfc(zipped):
    header = {"alg": "dir", "enc": "A256GCM", **({"zip": "DEF"} if zipped else {})}
    return joserfc.encrypt_compact(header, TEXT, OctKey.import_key(KEY), algorithms=ALGORITHMS)


def write_jwcrypto(zipped):
    header = {"alg": "dir", "enc": "A256GCM", **({"zip": "DEF"} if zipped else {})}
    message = jwcrypto.JWE(TEXT, recipient=None, protected=header)
    message.add_recipient(by_jwcrypto_key())
    return message.serialize(compact=True)


def read_jwcrypto(message):
    made = jwcrypto.JWE(algs=["dir", "A256GCM"])
    made.deserialize(message, key=by_jwcrypto_key())
    return made.payload


WRITERS = {"python-jose": write_python_jose, "joserfc": write_joserfc, "jwcrypto": write_jwcrypto}
READERS = {
    "python-jose": lambda message: python_jose.decrypt(message, KEY),
    "joserfc": lambda message: joserfc.decrypt_compact(message, OctKey.import_key(KEY), algorithms=ALGORITHMS).plaintext,
    "jwcrypto": read_jwcrypto,
}


def outcome(reader, message):
    try:
        return "reads" if reader(message) == TEXT else "misreads"
    except Exception:
        return "refuses"


for zipped in (False, True):
    for writer, write in WRITERS.items():
        for reader, read in READERS.items():
            if reader != writer:
                print("compressed:" if zipped else "plain:", reader, outcome(read, write(zipped)), "what", writer, "wrote")
PY
v/bin/python -W ignore try.py >seen

cat >expected <<'TEXT'
plain: joserfc reads what python-jose wrote
plain: jwcrypto reads what python-jose wrote
plain: python-jose reads what joserfc wrote
plain: jwcrypto reads what joserfc wrote
plain: python-jose reads what jwcrypto wrote
plain: joserfc reads what jwcrypto wrote
compressed: joserfc reads what python-jose wrote
compressed: jwcrypto refuses what python-jose wrote
compressed: python-jose refuses what joserfc wrote
compressed: jwcrypto reads what joserfc wrote
compressed: python-jose refuses what jwcrypto wrote
compressed: joserfc reads what jwcrypto wrote
TEXT
cat seen
diff expected seen
