# SPDX-License-Identifier: Apache-2.0
"""Encrypted tokens (RFC 7516, compact)."""

from __future__ import annotations

import json
from collections.abc import Mapping

TYPE_CHECKING = False

from .._core import Key as CoreKey
from .._core import jwe_decrypt, jwe_encrypt
from ..errors import DecryptionError, KeyFormatError, OstiaryError
from . import constants
from .backends._keys import AESKey, HMACKey, RSAKey, is_asymmetric, read_key
from .backends.base import DIRKey, Key
from .constants import ALGORITHMS, ZIPS
from .exceptions import JWEAlgorithmUnsupportedError, JWEError, JWEInvalidAuth, JWEParseError, JWKError
from .utils import base64url_decode, ensure_binary, read_json

if TYPE_CHECKING:
    from typing import Any

__all__ = ["decrypt", "encrypt", "get_unverified_header"]

_PARTS = ("protected", "encrypted_key", "iv", "ciphertext", "tag")


def encrypt(
    plaintext: bytes | str,
    key: Any,
    encryption: str = ALGORITHMS.A256GCM,
    algorithm: str = ALGORITHMS.DIR,
    zip: str | None = None,
    cty: str | None = None,
    kid: str | None = None,
) -> bytes:
    """A token of the bytes, for a secret (``dir``, A128KW and its like) or an RSA key (RSA-OAEP).

    RSA1_5 is never written: whoever can ask whether such a token decrypts can read it. Raises JWEError.
    """
    try:
        content = ensure_binary(plaintext)
    except (TypeError, ValueError) as error:
        raise JWEError(f"plaintext: {error}") from None
    if algorithm not in ALGORITHMS.SUPPORTED or algorithm in ALGORITHMS.AES_JWE_ENC:
        raise JWEError(f"Algorithm {algorithm} not supported.")
    if encryption not in ALGORITHMS.AES_JWE_ENC:
        raise JWEError(f"Algorithm {encryption} not supported.")
    if algorithm == ALGORITHMS.RSA1_5:
        raise JWEAlgorithmUnsupportedError("RSA1_5 is never written; RSA-OAEP takes the same key")
    if zip not in ZIPS.SUPPORTED:
        raise JWEError(f"zip {zip} is not supported!")
    options = (None, cty, None, None, 0, zip == ZIPS.DEF, None)
    try:
        made = json.loads(
            jwe_encrypt(content, ((_key_of(key, algorithm, kid), algorithm),), encryption, options, True)
        )
    except (OstiaryError, JWKError) as error:
        raise JWEError(str(error)) from None
    return ".".join(made.get(name, "") for name in _PARTS).encode("ascii")


def decrypt(jwe_str: bytes | str, key: Any, *, insecure_rsa1_5: bool = False) -> bytes | None:
    """What was encrypted for this key. ``insecure_rsa1_5``: RSA1_5 is read, too.

    At most constants.JWE_SIZE_LIMIT bytes, before and after decompression. Raises JWEParseError,
    JWEInvalidAuth, JWEError.
    """
    limit = constants.JWE_SIZE_LIMIT
    if not isinstance(jwe_str, (str, bytes)):
        raise JWEParseError(f"jwe_str: must be str or bytes, not {type(jwe_str).__name__}")
    if len(jwe_str) > limit:
        raise JWEError(f"JWE string {len(jwe_str)} bytes exceeds {limit} bytes")
    header, parts = _read(jwe_str)
    alg, enc = header.get("alg"), header.get("enc")
    if alg is None or enc is None:
        raise JWEParseError("alg and enc headers are required!")
    for name, known in ((alg, ALGORITHMS.SUPPORTED - ALGORITHMS.AES_JWE_ENC), (enc, ALGORITHMS.AES_JWE_ENC)):
        if not isinstance(name, str) or name not in known:
            raise JWEError("Algorithm not supported.")
    if alg == ALGORITHMS.RSA1_5 and not insecure_rsa1_5:
        raise JWEAlgorithmUnsupportedError("RSA1_5 is refused; insecure_rsa1_5=True reads it")
    message = {name: part for name, part in zip(_PARTS, parts) if part}
    message.setdefault("ciphertext", "")
    try:
        found = _key_of(key, alg, header.get("kid"))
        return jwe_decrypt(json.dumps(message), found, [alg], [enc], limit, 0, True)[0]
    except (DecryptionError, KeyFormatError) as error:
        also = f"; or: Decompressed JWE string exceeds {limit} bytes" if header.get("zip") else ""
        raise JWEInvalidAuth(f"{error}{also}") from None
    except (OstiaryError, JWKError) as error:
        raise JWEError(str(error)) from None


def get_unverified_header(jwe_str: bytes | str) -> dict[str, Any]:
    """The header, of which nothing may be believed. Raises JWEParseError."""
    return _read(jwe_str)[0]


def _read(token: bytes | str) -> tuple[dict[str, Any], list[str]]:
    try:
        parts = ensure_binary(token).decode("ascii").split(".")
        header = read_json(base64url_decode(parts[0].encode("ascii")))
    except (TypeError, ValueError):
        raise JWEParseError("Invalid header") from None
    if len(parts) != 5:
        raise JWEParseError("Not enough segments")
    if not isinstance(header, dict):
        raise JWEParseError("Invalid header string: must be a json object")
    return header, parts


def _key_of(key: Any, algorithm: str, kid: Any) -> CoreKey:
    """The library's key, with the kid of the token where it has none of its own."""
    if isinstance(key, RSAKey):
        key = key.prepared_key.to_jwk(private=not key.is_public())
    elif isinstance(key, (AESKey, DIRKey)):
        key = key._key
    elif isinstance(key, (Key, HMACKey)):
        raise JWKError("key: is not for encryption")
    kid = kid if isinstance(kid, str) else None
    if algorithm in ALGORITHMS.RSA_KW:
        pair = read_key(key, "RSA", algorithm)
        if pair.kid is None or isinstance(key, (str, bytes)):
            return CoreKey.from_jwk({**pair.to_jwk(private=pair.is_private), "alg": algorithm, **_named(kid)})
        return CoreKey.from_jwk({**pair.to_jwk(private=pair.is_private), "alg": algorithm})
    if isinstance(key, Mapping):
        if key.get("kty") != "oct":
            raise JWKError("Incorrect key type. Expected: 'oct'")
        return CoreKey.from_jwk({**_named(kid), **key, "alg": algorithm})
    try:
        secret = ensure_binary(key)
    except (TypeError, ValueError) as error:
        raise JWKError(f"key: {error}") from None
    if is_asymmetric(secret):
        raise JWKError("key: is an asymmetric key, and no secret")
    return CoreKey.from_secret(secret, algorithm, kid)


def _named(kid: str | None) -> dict[str, str]:
    return {} if kid is None else {"kid": kid}
