# SPDX-License-Identifier: Apache-2.0
"""The classes of keys, on keys of the library."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping

TYPE_CHECKING = False

from ..._core import Key as CoreKey
from ..._core import bytes_sign, bytes_verify, secret_unwrap, secret_wrap
from ...errors import OstiaryError
from ..constants import ALGORITHMS
from ..exceptions import JWEAlgorithmUnsupportedError, JWEError, JWKError
from ..utils import base64url_decode, base64url_encode, ensure_binary, is_pem_format, is_ssh_key
from . import _der
from .base import Key

if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

__all__ = ["AESKey", "ECKey", "HMACKey", "RSAKey"]

_SIZES = {"ES256": 256, "ES384": 384, "ES512": 521}


def is_asymmetric(secret: bytes) -> bool:
    """Whether what is to be a secret is the text of a key that others may know (CVE-2024-33663)."""
    if is_pem_format(secret) or is_ssh_key(secret):
        return True
    if secret[:1] == b"\x30":
        try:
            CoreKey.from_der(secret)
            return True
        except OstiaryError:
            return False
    if secret.lstrip()[:1] == b"{":
        try:
            key = json.loads(secret)
        except (ValueError, RecursionError):
            return False
        return isinstance(key, dict) and "kty" in key
    return False


def _check_jwk(jwk: Mapping[str, Any], kty: str, algorithm: str) -> None:
    if jwk.get("kty") != kty:
        raise JWKError(f"Incorrect key type. Expected: {kty!r}, Received: {jwk.get('kty')!r}")
    if jwk.get("alg") not in (None, algorithm):
        raise JWKError(f"alg: the key is for another algorithm than {algorithm}")


def read_key(key: Any, kty: str, algorithm: str) -> CoreKey:
    """The library's key of a JWK, PEM, or an object that can write PEM. Raises JWKError."""
    try:
        if isinstance(key, Mapping):
            _check_jwk(key, kty, algorithm)
            return CoreKey.from_jwk({name: value for name, value in key.items() if name != "alg"})
        if hasattr(key, "private_bytes") or hasattr(key, "public_bytes"):
            key = _pem_of(key)
        elif hasattr(key, "to_pem"):
            key = key.to_pem()
        elif not isinstance(key, (str, bytes)):
            raise JWKError(f"key: must be a JWK, PEM as str or bytes, or a key, not {type(key).__name__}")
        made = CoreKey.from_pem(key)
    except (OstiaryError, TypeError, ValueError) as error:
        raise JWKError(str(error)) from None
    if made.type != kty:
        raise JWKError(f"Incorrect key type. Expected: {kty!r}, Received: {made.type!r}")
    return made


def _pem_of(key: Any) -> bytes:
    """Of a key of the package cryptography, which is there when somebody has one."""
    from cryptography.hazmat.primitives import serialization  # type: ignore[import-not-found,unused-ignore]

    pem: bytes
    if hasattr(key, "private_bytes"):
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    else:
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem


class _PairKey(Key):
    """A key with a public and, it may be, a private half."""

    _kty: str
    _algorithms: set[str]
    prepared_key: CoreKey

    def __init__(self, key: Any, algorithm: str, cryptography_backend: Any = None) -> None:
        if algorithm not in self._algorithms:
            raise JWKError(f"hash_alg: {algorithm} is not a valid hash algorithm")
        self._algorithm = algorithm
        self.prepared_key = key if isinstance(key, CoreKey) else read_key(key, self._kty, algorithm)

    def is_public(self) -> bool:
        return not self.prepared_key.is_private

    def public_key(self) -> Self:
        return self if self.is_public() else type(self)(self.prepared_key.public(), self._algorithm)

    def sign(self, msg: str | bytes) -> bytes:
        """Raises JWKError: a public key, or one that is not for the algorithm."""
        try:
            return bytes_sign(msg, self.prepared_key, self._algorithm)
        except OstiaryError as error:
            raise JWKError(str(error)) from None

    def verify(self, msg: str | bytes, sig: str | bytes) -> bool:
        """Raises JWKError: a key that is not for the algorithm."""
        if not self.is_public():
            warnings.warn("Attempting to verify a message with a private key. This is not recommended.", stacklevel=2)
        try:
            return bytes_verify(msg, sig, self.prepared_key, self._algorithm)
        except OstiaryError as error:
            raise JWKError(str(error)) from None

    def to_dict(self) -> dict[str, Any]:
        """A JWK, private when the key is."""
        jwk = self.prepared_key.to_jwk(private=not self.is_public())
        return {**jwk, "alg": self._algorithm}


class RSAKey(_PairKey):
    """RSA of 2048 bits or more, from PEM, a certificate or a JWK."""

    _kty = "RSA"
    _algorithms = ALGORITHMS.RSA

    def to_pem(self, pem_format: str = "PKCS8") -> bytes:
        """``pem_format``: "PKCS8" (a public key as SubjectPublicKeyInfo) or "PKCS1"."""
        key = self.prepared_key
        if pem_format == "PKCS8":
            return key.to_pem(private=not self.is_public()).encode("ascii")
        if pem_format != "PKCS1":
            raise ValueError(f"Invalid format specified: {pem_format!r}")
        if self.is_public():
            return _der.pem("RSA PUBLIC KEY", _der.rsa_public(key.to_der()))
        return _der.pem("RSA PRIVATE KEY", _der.rsa_private(key.to_der(private=True)))

    def wrap_key(self, key_data: str | bytes) -> bytes:
        """RSA-OAEP and RSA-OAEP-256. RSA1_5 is never written: JWEAlgorithmUnsupportedError."""
        return _wrapped(secret_wrap, key_data, self.prepared_key, self._algorithm)

    def unwrap_key(self, wrapped_key: str | bytes) -> bytes:
        return _wrapped(secret_unwrap, wrapped_key, self.prepared_key, self._algorithm)


def _wrapped(how: Any, data: str | bytes, key: CoreKey, algorithm: str) -> bytes:
    if algorithm == ALGORITHMS.RSA1_5:
        raise JWEAlgorithmUnsupportedError("RSA1_5: only jwe.decrypt has it, where insecure_rsa1_5 asks for it")
    try:
        made: bytes = how(data, key, algorithm)
    except OstiaryError as error:
        raise JWEError(str(error)) from None
    return made


class ECKey(_PairKey):
    """ECDSA on the curve that belongs to the algorithm (RFC 7518 §3.4), from PEM or a JWK."""

    _kty = "EC"
    _algorithms = ALGORITHMS.EC

    def sign(self, msg: str | bytes) -> bytes:
        """Raises TypeError: the key is on another curve than the algorithm's."""
        if self.prepared_key.bits != _SIZES.get(self._algorithm):
            raise TypeError(f"key: is on another curve than that of {self._algorithm}")
        return super().sign(msg)

    def to_pem(self) -> bytes:
        """SEC 1 of a private key, SubjectPublicKeyInfo of a public one."""
        if self.is_public():
            return self.prepared_key.to_pem().encode("ascii")
        return _der.pem("EC PRIVATE KEY", _der.ec_private(self.prepared_key.to_der(private=True)))

    def _sig_component_length(self) -> int:
        return (self.prepared_key.bits + 7) // 8

    def _der_to_raw(self, der_signature: bytes) -> bytes:
        return _der.signature_to_raw(der_signature, self._sig_component_length())

    def _raw_to_der(self, raw_signature: bytes) -> bytes:
        return _der.signature_to_der(raw_signature, self._sig_component_length())


class HMACKey(Key):
    """A secret as long as the hash at least (RFC 7518 §3.2).

    ``insecure_short_secret`` takes a shorter one: whoever sees one token of it may find it by trying.
    Raises JWKError, also for the text of a public key or certificate: whoever knows it could sign.
    """

    def __init__(self, key: Any, algorithm: str, *, insecure_short_secret: bool = False) -> None:
        if algorithm not in ALGORITHMS.HMAC:
            raise JWKError(f"hash_alg: {algorithm} is not a valid hash algorithm")
        self._algorithm = algorithm
        self.prepared_key = _secret_of(key, algorithm)
        try:
            self._key = CoreKey.from_secret(self._of_length(insecure_short_secret), algorithm)
        except OstiaryError as error:
            raise JWKError(
                f"{error}; insecure_short_secret=True takes a secret that is shorter than its hash"
                if error.code == "OST_E_KEY_WEAK"
                else str(error)
            ) from None

    def _of_length(self, short: bool) -> bytes:
        """HMAC fills a short secret with zeroes and hashes a long one (RFC 2104 §2): the same key."""
        secret, kind = self.prepared_key, ALGORITHMS.HASHES[self._algorithm]
        if len(secret) > kind().block_size:
            digest: bytes = kind(secret).digest()
            return digest
        return secret.ljust(kind().digest_size, b"\0") if short and secret else secret

    def sign(self, msg: str | bytes) -> bytes:
        return bytes_sign(msg, self._key, self._algorithm)

    def verify(self, msg: str | bytes, sig: str | bytes) -> bool:
        return bytes_verify(msg, sig, self._key, self._algorithm)

    def to_dict(self) -> dict[str, Any]:
        return {"alg": self._algorithm, "kty": "oct", "k": base64url_encode(self.prepared_key).decode("ascii")}


def _secret_of(key: Any, algorithm: str) -> bytes:
    if isinstance(key, Mapping):
        _check_jwk(key, "oct", algorithm)
        try:
            return base64url_decode(ensure_binary(key.get("k", "")))
        except (TypeError, ValueError):
            raise JWKError("k: is no base64url") from None
    if not isinstance(key, (str, bytes)):
        raise JWKError("Expecting a string- or bytes-formatted key.")
    try:
        secret = ensure_binary(key)
    except ValueError as error:
        raise JWKError(f"key: {error}") from None
    if is_asymmetric(secret):
        raise JWKError(
            "The specified key is an asymmetric key or x509 certificate and should not be used as an HMAC secret."
        )
    return secret


class AESKey(Key):
    """A secret of the length that its algorithm asks for, to wrap keys with.

    It encrypts no content: without the message around it nothing tells whether that was changed, so
    ``encrypt`` and ``decrypt`` raise JWEError, and :mod:`.jwe` is for that.
    """

    _BYTES = {
        **dict.fromkeys(("A128GCM", "A128KW", "A128CBC"), 16),
        **dict.fromkeys(("A192GCM", "A192KW", "A192CBC"), 24),
        **dict.fromkeys(("A256GCM", "A256KW", "A256CBC", "A128CBC-HS256"), 32),
        "A192CBC-HS384": 48,
        "A256CBC-HS512": 64,
    }

    def __init__(self, key: Any, algorithm: str) -> None:
        size = self._BYTES.get(algorithm)
        if size is None:
            raise JWKError(f"{algorithm} is not a valid AES algorithm")
        secret = _secret_of(key, algorithm)
        if len(secret) != size:
            raise JWKError(f"Key must be {size * 8} bit for alg {algorithm}")
        self._algorithm = algorithm
        self._key = secret

    def to_dict(self) -> dict[str, Any]:
        return {"alg": self._algorithm, "kty": "oct", "k": base64url_encode(self._key)}

    def encrypt(self, plain_text: str | bytes, aad: bytes | None = None) -> tuple[bytes, bytes, bytes | None]:
        raise JWEAlgorithmUnsupportedError("content is encrypted by jwe.encrypt alone")

    def decrypt(
        self, cipher_text: str | bytes, iv: bytes | None = None, aad: bytes | None = None, tag: bytes | None = None
    ) -> bytes:
        raise JWEAlgorithmUnsupportedError("content is decrypted by jwe.decrypt alone")

    def wrap_key(self, key_data: str | bytes) -> bytes:
        """RFC 3394."""
        return _wrapped(secret_wrap, key_data, self._wrapping(), self._algorithm)

    def unwrap_key(self, wrapped_key: str | bytes) -> bytes:
        return _wrapped(secret_unwrap, wrapped_key, self._wrapping(), self._algorithm)

    def _wrapping(self) -> CoreKey:
        if self._algorithm not in ALGORITHMS.AES_KW:
            raise NotImplementedError
        return CoreKey.from_secret(self._key, self._algorithm)
