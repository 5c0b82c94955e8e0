# SPDX-License-Identifier: Apache-2.0
"""What a key can do; the classes of this package and users' own stand on it."""

from __future__ import annotations

TYPE_CHECKING = False

from ..utils import base64url_encode, ensure_binary

if TYPE_CHECKING:
    from typing import Any

__all__ = ["DIRKey", "Key"]


class Key:
    """A key for one algorithm."""

    def __init__(self, key: Any, algorithm: str) -> None:
        pass

    def sign(self, msg: bytes) -> bytes:
        raise NotImplementedError

    def verify(self, msg: bytes, sig: bytes) -> bool:
        raise NotImplementedError

    def public_key(self) -> Key:
        raise NotImplementedError

    def to_pem(self) -> bytes:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def encrypt(self, plain_text: str | bytes, aad: bytes | None = None) -> tuple[bytes, bytes, bytes | None]:
        raise NotImplementedError

    def decrypt(
        self, cipher_text: str | bytes, iv: bytes | None = None, aad: bytes | None = None, tag: bytes | None = None
    ) -> bytes:
        raise NotImplementedError

    def wrap_key(self, key_data: bytes) -> bytes:
        raise NotImplementedError

    def unwrap_key(self, wrapped_key: bytes) -> bytes:
        raise NotImplementedError


class DIRKey(Key):
    """A secret that is the key of the content itself (RFC 7518 §4.5)."""

    def __init__(self, key_data: str | bytes, algorithm: str) -> None:
        self._key = ensure_binary(key_data)
        self._algorithm = algorithm

    def to_dict(self) -> dict[str, Any]:
        return {"alg": self._algorithm, "kty": "oct", "k": base64url_encode(self._key)}
