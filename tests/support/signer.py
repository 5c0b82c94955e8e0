# SPDX-License-Identifier: Apache-2.0
"""A private key in the forger's hands: signatures of every kind, also of those that no library makes."""

import base64
import functools
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from rsa_keys import rsa_key

SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def b64(data):
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text):
    return int.from_bytes(unb64(text), "big")


def signing_input(header, claims):
    """`header` and `claims` as they are when they are text or bytes, else as JSON."""
    parts = [part if isinstance(part, (str, bytes)) else json.dumps(part) for part in (header, claims)]
    return ".".join(map(b64, parts))


def token_of(header, claims, signature=b"\x01" * 256):
    return f"{signing_input(header, claims)}.{b64(signature)}"


class RsaSigner:
    def __init__(self, kid, private=None, bits=2048):
        self.kid, self.bits = kid, bits
        self.header = {"alg": "RS256", "typ": "JWT", "kid": kid}
        if private:
            self.private = private

    @functools.cached_property
    def private(self):
        """Made when it is needed: every process of a run collects every file's keys, and uses those of a few."""
        return rsa_key(self.bits)

    @classmethod
    def of_jwk(cls, jwk):
        public = rsa.RSAPublicNumbers(number(jwk["e"]), number(jwk["n"]))
        secret = [number(jwk[name]) for name in ("p", "q", "d", "dp", "dq", "qi")]
        return cls(jwk["kid"], rsa.RSAPrivateNumbers(*secret, public).private_key())

    def jwk(self, **more):
        numbers = self.private.public_key().public_numbers()
        n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        return {"kty": "RSA", "kid": self.kid, "n": b64(n), "e": b64(b"\1\0\1"), **more}

    def token(self, header, claims):
        """Signed as RS256, whatever the header says."""
        text = signing_input(header, claims)
        return f"{text}.{b64(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def pss(self, header, claims, salt=32, digest=hashes.SHA256(), mask=hashes.SHA256()):
        text = signing_input(header, claims)
        return f"{text}.{b64(self.private.sign(text.encode(), padding.PSS(padding.MGF1(mask), salt), digest))}"

    def raw(self, header, claims, block_of):
        """The private operation upon a block that `block_of` makes of the digest and the key's length."""
        text = signing_input(header, claims)
        numbers = self.private.private_numbers()
        n = numbers.public_numbers.n
        size = (n.bit_length() + 7) // 8
        block = block_of(hashlib.sha256(text.encode()).digest(), size)
        assert len(block) == size
        return f"{text}.{b64(pow(int.from_bytes(block, 'big'), numbers.d, n).to_bytes(size, 'big'))}"


def malleable_blocks():
    """name, block_of: EMSA-PKCS1-v1_5 as careless readers take it (RFC 8017 §8.2.2, §9.2)."""

    def padded(rest, first=b"\0\1", fill=b"\xff"):
        return lambda digest, size: first + fill * (size - 3 - len(rest(digest))) + b"\0" + rest(digest)

    def short(digest, size):  # Bleichenbacher's of 2006: what follows the hash is not looked at
        return (b"\0\1" + b"\xff" * 8 + b"\0" + SHA256_INFO + digest).ljust(size, b"\0")

    no_null = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20"
    parameters = bytes.fromhex("3033300f060960864801650304020105020000") + b"\x04\x20"
    sha512 = bytes.fromhex("3051300d060960864801650304020305000440")
    yield "what follows the hash", short
    yield "zeroes for padding", padded(lambda d: SHA256_INFO + d, fill=b"\0")
    yield "block type 2", padded(lambda d: SHA256_INFO + d, first=b"\0\2")
    yield "a first byte", padded(lambda d: SHA256_INFO + d, first=b"\1\1")
    yield "no parameters", padded(lambda d: no_null + d)
    yield "bytes in the parameters", padded(lambda d: parameters + d)
    yield "no DigestInfo", padded(lambda d: d)
    yield "another hash's name", padded(lambda d: sha512 + d + d)
    yield "the hash twice", padded(lambda d: SHA256_INFO + d + d)


class EcSigner:
    CURVES = {"P-256": (ec.SECP256R1(), "ES256", hashes.SHA256()), "P-384": (ec.SECP384R1(), "ES384", hashes.SHA384())}
    N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    def __init__(self, kid, curve="P-256"):
        self.kid, self.curve = kid, curve
        group, self.algorithm, self.digest = self.CURVES[curve]
        self.private = ec.generate_private_key(group)
        self.size = (group.key_size + 7) // 8
        self.header = {"alg": self.algorithm, "typ": "JWT", "kid": kid}

    def jwk(self, **more):
        numbers = self.private.public_key().public_numbers()
        x, y = (value.to_bytes(self.size, "big") for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": self.curve, "kid": self.kid, "x": b64(x), "y": b64(y), **more}

    def signature(self, text):
        """r and s side by side, and in DER."""
        der = self.private.sign(text.encode(), ec.ECDSA(self.digest))
        return b"".join(value.to_bytes(self.size, "big") for value in decode_dss_signature(der)), der

    def token(self, header, claims):
        text = signing_input(header, claims)
        return f"{text}.{b64(self.signature(text)[0])}"


class SecretSigner:
    """HS512, as the provider signs what only itself reads."""

    def __init__(self, jwk):
        self.kid, self.secret = jwk["kid"], unb64(jwk["k"])
        self.header = {"alg": "HS512", "typ": "JWT", "kid": self.kid}

    def token(self, header, claims):
        text = signing_input(header, claims)
        return f"{text}.{b64(hmac.digest(self.secret, text.encode(), 'sha512'))}"
