# SPDX-License-Identifier: Apache-2.0
"""Reads compact JWEs as their recipients do: RSA-OAEP with the content encryptions that clients ask for."""

import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from signer import unb64

OAEP = {"RSA-OAEP": hashes.SHA1, "RSA-OAEP-256": hashes.SHA256}


def decrypted(token, private):
    """(header, content); fails on whatever is not right."""
    head, key, vector, text, tag = token.split(".")
    header = json.loads(unb64(head))
    digest = OAEP[header["alg"]]()
    key = private.decrypt(unb64(key), padding.OAEP(padding.MGF1(digest), digest, None))
    vector, text, tag = map(unb64, (vector, text, tag))
    if header["enc"].endswith("GCM"):
        assert len(key) * 8 == int(header["enc"][1:4])
        return header, AESGCM(key).decrypt(vector, text + tag, head.encode())
    assert header["enc"] == "A128CBC-HS256" and len(key) == 32
    length = (len(head) * 8).to_bytes(8, "big")
    assert hmac.digest(key[:16], head.encode() + vector + text + length, "sha256")[:16] == tag
    decryptor = Cipher(algorithms.AES(key[16:]), modes.CBC(vector)).decryptor()
    padded = decryptor.update(text) + decryptor.finalize()
    return header, padded[: -padded[-1]]
