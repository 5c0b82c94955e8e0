# SPDX-License-Identifier: Apache-2.0
"""Encryption (RFC 7516): compact and JSON, one recipient or several."""

from __future__ import annotations

TYPE_CHECKING = False

from . import _core

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ._core import Key, KeySet, Text

__all__ = ["Decrypted", "decrypt", "decrypt_json", "encrypt", "encrypt_json"]


class Decrypted:
    """``content`` (bytes), the protected ``header``, ``algorithm``, ``encryption``, ``aad``, ``key``.

    The content is what somebody encrypted who has the public key or shares the secret: with a public
    key that is anybody.
    """

    __slots__ = ("aad", "algorithm", "content", "encryption", "header", "key")

    def __init__(
        self, content: bytes, header: dict[str, Any] | None, algorithm: str, encryption: str, aad: bytes, key: Key
    ) -> None:
        self.content = content
        self.header = header or {}
        self.algorithm = algorithm
        self.encryption = encryption
        self.aad = aad
        self.key = key

    def __repr__(self) -> str:
        return f"<Decrypted {self.algorithm}, {self.encryption}, {len(self.content)} bytes>"


def encrypt(
    content: Text,
    key: Key,
    algorithm: str,
    encryption: str = "A256GCM",
    *,
    typ: str | None = None,
    cty: str | None = None,
    apu: bytes | None = None,
    apv: bytes | None = None,
    pbes2_count: int = 0,
    deflate: bool = False,
) -> str:
    """A compact JWE of the content for one key. ``cty="JWT"`` for a nested token.

    ``apu``, ``apv``: parties of ECDH-ES, raw, 512 bytes at most each. ``pbes2_count``: rounds of PBES2,
    0 takes 310,000. ``deflate``: compressed; its length then tells about the content. RSA1_5 is never
    written. Raises KeyUseError, ConfigurationError.
    """
    options = (typ, cty, apu, apv, pbes2_count, deflate, None)
    return _core.jwe_encrypt(content, ((key, algorithm),), encryption, options, False)


def encrypt_json(
    content: Text,
    recipients: Key | Iterable[tuple[Key, str]],
    algorithm: str | None = None,
    encryption: str = "A256GCM",
    *,
    typ: str | None = None,
    cty: str | None = None,
    apu: bytes | None = None,
    apv: bytes | None = None,
    pbes2_count: int = 0,
    deflate: bool = False,
    aad: bytes | None = None,
) -> str:
    """The JSON serialization (RFC 7516 §7.2): for a key with its ``algorithm``, or 1 to 16 (key, algorithm).

    ``aad``: additional data that is authenticated and not encrypted.
    """
    if isinstance(recipients, _core.Key):
        if algorithm is None:
            raise TypeError("algorithm: is missing")
        several: Any = ((recipients, algorithm),)
    else:
        several = tuple(recipients)
    options = (typ, cty, apu, apv, pbes2_count, deflate, aad)
    return _core.jwe_encrypt(content, several, encryption, options, True)


def decrypt(
    token: Text,
    keys: Key | KeySet,
    *,
    algorithms: Iterable[str] | None = None,
    encryptions: Iterable[str] | None = None,
    inflate_max: int = 0,
    pbes2_count_max: int = 0,
) -> Decrypted:
    """Decrypts a compact JWE of at most 64 KiB with the key that its header names.

    ``algorithms``: None accepts all but RSA1_5; ``encryptions``: None all. ``inflate_max``: bytes that
    compressed content may come to, 0: it is refused (RFC 8725 §3.6). ``pbes2_count_max``: 0 takes
    1,000,000 rounds. Raises DecryptionError for everything that is wrong with what is encrypted.
    """
    return Decrypted(*_core.jwe_decrypt(token, keys, algorithms, encryptions, inflate_max, pbes2_count_max, False))


def decrypt_json(
    token: Text,
    keys: Key | KeySet,
    *,
    algorithms: Iterable[str] | None = None,
    encryptions: Iterable[str] | None = None,
    inflate_max: int = 0,
    pbes2_count_max: int = 0,
) -> Decrypted:
    """The same of the JSON serialization, of at most 1 MiB and 16 recipients."""
    return Decrypted(*_core.jwe_decrypt(token, keys, algorithms, encryptions, inflate_max, pbes2_count_max, True))
