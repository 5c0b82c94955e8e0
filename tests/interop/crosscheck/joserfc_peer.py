# SPDX-License-Identifier: Apache-2.0
"""joserfc's side of the cross-checks; see ours.c for requests and answers.
"""

import functools
import json
import sys

from joserfc import jwe, jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

TYPES = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey, "oct": OctKey}
JWS = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms))
JWE = jwe.JWERegistry(algorithms=[name for kind in jwe.JWERegistry.algorithms.values() for name in kind])


def content_of(request):
    return urlsafe_b64decode(request["content"].encode())


def encoded(content):
    return {"content": urlsafe_b64encode(content).decode()}


def sign(request, key):
    return {"token": jws.serialize_compact({"alg": request["alg"]}, content_of(request), key, registry=JWS)}


def verify(request, key):
    return encoded(jws.deserialize_compact(request["token"].encode(), key, registry=JWS).payload)


def encrypt(request, key):
    header = {"alg": request["alg"], "enc": request["enc"]}
    if request.get("zip"):
        header["zip"] = "DEF"
    if request["alg"].startswith("PBES2"):
        header["p2c"] = 1000
    return {"token": jwe.encrypt_compact(header, content_of(request), key, registry=JWE)}


def decrypt(request, key):
    return encoded(jwe.decrypt_compact(request["token"].encode(), key, registry=JWE).plaintext)


OPERATIONS = {"sign": sign, "verify": verify, "encrypt": encrypt, "decrypt": decrypt}


@functools.cache
def key_of(jwk):
    members = json.loads(jwk)
    return TYPES[members["kty"]].import_key(members)


def answer(request):
    try:
        return OPERATIONS[request["op"]](request, key_of(json.dumps(request["key"])))
    except Exception as error:  # whatever it refuses with
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
