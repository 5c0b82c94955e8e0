# SPDX-License-Identifier: Apache-2.0
"""The forms of keys and signatures that the library does not write: PKCS #1, SEC 1, ECDSA in DER."""

from __future__ import annotations

import base64

INTEGER, BIT_STRING, OCTET_STRING, OID, SEQUENCE, PARAMETERS = 0x02, 0x03, 0x04, 0x06, 0x30, 0xA0


def read(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the element of this tag at the front, and what stands behind. Raises ValueError."""
    if len(data) < 2 or data[0] != tag:
        raise ValueError("another element was expected")
    size, at = data[1], 2
    if size >= 0x80:
        at += size & 0x7F
        size = int.from_bytes(data[2:at], "big")
    if len(data) < at + size:
        raise ValueError("an element is cut off")
    return data[at : at + size], data[at + size :]


def write(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n".join([f"-----BEGIN {label}-----".encode(), *lines, f"-----END {label}-----".encode(), b""])


def _private_parts(pkcs8: bytes) -> tuple[bytes, bytes]:
    """The parameters of the algorithm, and the private key."""
    content, _ = read(pkcs8, SEQUENCE)
    _, content = read(content, INTEGER)
    algorithm, content = read(content, SEQUENCE)
    _, parameters = read(algorithm, OID)
    return parameters, read(content, OCTET_STRING)[0]


def rsa_private(pkcs8: bytes) -> bytes:
    """RSAPrivateKey (RFC 8017 §A.1.2)."""
    return _private_parts(pkcs8)[1]


def rsa_public(spki: bytes) -> bytes:
    """RSAPublicKey (RFC 8017 §A.1.1)."""
    _, content = read(read(spki, SEQUENCE)[0], SEQUENCE)
    return read(content, BIT_STRING)[0][1:]


def ec_private(pkcs8: bytes) -> bytes:
    """ECPrivateKey with the name of its curve (RFC 5915 §3)."""
    curve, key = _private_parts(pkcs8)
    content, _ = read(key, SEQUENCE)
    version, content = read(content, INTEGER)
    secret, content = read(content, OCTET_STRING)
    if content[:1] == bytes([PARAMETERS]):
        _, content = read(content, PARAMETERS)
    parts = [write(INTEGER, version), write(OCTET_STRING, secret), write(PARAMETERS, curve), content]
    return write(SEQUENCE, b"".join(parts))


def signature_to_raw(der: bytes, size: int) -> bytes:
    """r and s, of ``size`` bytes each, of an ECDSA-Sig-Value (RFC 3279 §2.2.3)."""
    content, _ = read(der, SEQUENCE)
    r, content = read(content, INTEGER)
    s, _ = read(content, INTEGER)
    return b"".join(int.from_bytes(each, "big").to_bytes(size, "big") for each in (r, s))


def signature_to_der(raw: bytes, size: int) -> bytes:
    if len(raw) != 2 * size:
        raise ValueError("Invalid signature")
    numbers = [int.from_bytes(each, "big") for each in (raw[:size], raw[size:])]
    return write(SEQUENCE, b"".join(write(INTEGER, n.to_bytes(n.bit_length() // 8 + 1, "big")) for n in numbers))
