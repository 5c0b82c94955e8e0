# SPDX-License-Identifier: Apache-2.0
"""Signatures (RFC 7515): compact and JSON, detached payloads, and b64 (RFC 7797)."""

from __future__ import annotations

TYPE_CHECKING = False

from . import _core

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ._core import Key, KeySet, Text

__all__ = ["Verified", "sign", "sign_json", "verify", "verify_json"]


class Verified:
    """What was verified: ``payload`` (bytes), the protected ``header``, the ``algorithm``, the ``key``.

    ``unprotected`` is the header that nobody signed, None without one.
    """

    __slots__ = ("algorithm", "header", "key", "payload", "unprotected")

    def __init__(
        self,
        payload: bytes,
        header: dict[str, Any] | None,
        unprotected: dict[str, Any] | None,
        algorithm: str,
        key: Key,
    ) -> None:
        self.payload = payload
        self.header = header or {}
        self.unprotected = unprotected
        self.algorithm = algorithm
        self.key = key

    def __repr__(self) -> str:
        return f"<Verified {self.algorithm}, {len(self.payload)} bytes>"


def sign(
    payload: Text,
    key: Key,
    algorithm: str,
    *,
    typ: str | None = None,
    cty: str | None = None,
    detached: bool = False,
    unencoded: bool = False,
    embed_key: bool = False,
) -> str:
    """A compact JWS of the payload, with the key's kid in the header.

    ``detached`` leaves the payload out (appendix F); ``unencoded`` is b64 false (RFC 7797);
    ``embed_key`` writes the public key into the header as ``jwk`` (§4.1.3). Raises KeyUseError when the
    key cannot sign, or not with the algorithm.
    """
    return _core.jws_sign(payload, key, algorithm, typ, cty, detached, unencoded, embed_key)


def verify(
    token: Text,
    keys: Key | KeySet,
    *,
    algorithms: Iterable[str] | None = None,
    payload: Text | None = None,
    unencoded: bool = False,
) -> Verified:
    """Verifies a compact JWS of at most 64 KiB with the one key that its header names.

    ``algorithms``: None accepts every asymmetric signature of general use; HS256 and its like must be
    named. ``payload`` is what was signed when the JWS does not hold it. Raises SignatureError,
    MalformedTokenError, UnknownKeyError. Nothing but a good signature is asked for: access tokens are
    for :class:`ostiary.Verifier` or :mod:`ostiary.jwt`.
    """
    return Verified(*_core.jws_verify(token, keys, algorithms, False, payload, unencoded, False))


def sign_json(
    payload: Text,
    signers: Key | Iterable[tuple[Key, str] | tuple[Key, str, Mapping[str, Any] | None]],
    algorithm: str | None = None,
    *,
    typ: str | None = None,
    cty: str | None = None,
    detached: bool = False,
    unencoded: bool = False,
    general: bool = False,
) -> str:
    """A JWS in the JSON serialization (RFC 7515 §7.2): a key with its ``algorithm``, or 1 to 16 signers.

    Each of these is (key, algorithm) or (key, algorithm, unprotected header). One signature is written
    flattened, unless ``general``.
    """
    if isinstance(signers, _core.Key):
        if algorithm is None:
            raise TypeError("algorithm: is missing")
        several: Any = ((signers, algorithm, None),)
    else:
        several = tuple((*each, None)[:3] for each in signers)
    return _core.jws_sign_json(payload, several, typ, cty, detached, unencoded, general)


def verify_json(
    token: Text,
    keys: Key | KeySet,
    *,
    algorithms: Iterable[str] | None = None,
    payload: Text | None = None,
    unencoded: bool = False,
    insecure_unprotected_alg: bool = False,
) -> Verified:
    """The same of the JSON serialization, of at most 1 MiB: the first signature whose key is known.

    The others may be anybody's. ``insecure_unprotected_alg``: ``alg`` may stand outside of what is
    signed (§10.7).
    """
    return Verified(*_core.jws_verify(token, keys, algorithms, True, payload, unencoded, insecure_unprotected_alg))
