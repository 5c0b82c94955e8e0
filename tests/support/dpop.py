# SPDX-License-Identifier: Apache-2.0
"""A client that proves that a token is its own (DPoP, RFC 9449)."""

import base64
import hashlib
import json
import secrets
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class DpopClient:
    """A DPoP client with a key of its own."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.jwk = {
            "crv": "P-256",
            "kty": "EC",
            "x": b64(numbers.x.to_bytes(32, "big")),
            "y": b64(numbers.y.to_bytes(32, "big")),
        }

    @property
    def thumbprint(self):
        return b64(hashlib.sha256(json.dumps(self.jwk, separators=(",", ":"), sort_keys=True).encode()).digest())

    def proof(self, url, token, method="GET", **changes):
        claims = {
            **{"jti": secrets.token_hex(16), "htm": method, "htu": url, "iat": int(time.time())},
            **{"ath": b64(hashlib.sha256(token.encode()).digest()), **changes},
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        text = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return text + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
