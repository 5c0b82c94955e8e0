# SPDX-License-Identifier: Apache-2.0
"""Keys (RFC 7517), each for one algorithm."""

from __future__ import annotations

TYPE_CHECKING = False

from .backends import AESKey, DIRKey, ECKey, HMACKey, RSAKey
from .backends.base import Key
from .constants import ALGORITHMS
from .exceptions import JWKError

if TYPE_CHECKING:
    from typing import Any

__all__ = ["AESKey", "DIRKey", "ECKey", "HMACKey", "Key", "RSAKey", "construct", "get_key", "register_key"]


def get_key(algorithm: str) -> type[Key] | None:
    """The class of keys for the algorithm; None: there is none."""
    if algorithm in ALGORITHMS.KEYS:
        return ALGORITHMS.KEYS[algorithm]
    for names, kind in (
        (ALGORITHMS.HMAC, HMACKey),
        (ALGORITHMS.RSA, RSAKey),
        (ALGORITHMS.EC, ECKey),
        (ALGORITHMS.AES, AESKey),
        ({ALGORITHMS.DIR}, DIRKey),
    ):
        if algorithm in names:
            return kind
    return None


def register_key(algorithm: str, key_class: type[Key]) -> bool:
    """Lets a class of one's own serve the algorithm. Raises TypeError."""
    if not issubclass(key_class, Key):
        raise TypeError("Key class is not a subclass of jwk.Key")
    if algorithm == ALGORITHMS.NONE:
        raise JWKError("none is no algorithm")
    ALGORITHMS.KEYS[algorithm] = key_class
    ALGORITHMS.SUPPORTED.add(algorithm)
    return True


def construct(key_data: Any, algorithm: str | None = None, *, insecure_short_secret: bool = False) -> Key:
    """The key of a JWK, PEM or secret, for the algorithm, or for that which the JWK names.

    ``insecure_short_secret``: see :class:`HMACKey`. Raises JWKError.
    """
    if not algorithm and isinstance(key_data, dict):
        algorithm = key_data.get("alg")
    kind = get_key(algorithm) if isinstance(algorithm, str) else None
    if kind is None or not isinstance(algorithm, str):
        raise JWKError("Unable to find an algorithm for key")
    if insecure_short_secret and issubclass(kind, HMACKey):
        return kind(key_data, algorithm, insecure_short_secret=True)
    return kind(key_data, algorithm)
