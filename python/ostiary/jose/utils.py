# SPDX-License-Identifier: Apache-2.0
"""Numbers, base64url and the forms that keys come in."""

from __future__ import annotations

import base64
import binascii
import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta
    from typing import Any

__all__ = [
    "base64_to_long",
    "base64url_decode",
    "base64url_encode",
    "calculate_at_hash",
    "ensure_binary",
    "int_arr_to_long",
    "is_pem_format",
    "is_ssh_key",
    "long_to_base64",
    "long_to_bytes",
    "timedelta_total_seconds",
]

# Without padding; what a last character says beyond whole bytes is nothing.
_BASE64URL = re.compile(rb"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?\Z")
_PEM = re.compile(rb"----[- ] ?BEGIN [A-Z0-9 ]+[- ]----")
_SSH = re.compile(rb"ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|\A\S+-cert-v01@openssh\.com[ \t]")


def long_to_bytes(n: int, blocksize: int = 0) -> bytes:
    """Big-endian, of ``blocksize`` bytes or as few as there can be."""
    return n.to_bytes(blocksize or max(1, (n.bit_length() + 7) // 8), "big")


def long_to_base64(data: int, size: int = 0) -> bytes:
    return base64url_encode(long_to_bytes(data, size))


def int_arr_to_long(arr: Iterable[int]) -> int:
    return int.from_bytes(bytes(arr), "big")


def base64_to_long(data: str | bytes) -> int:
    return int.from_bytes(base64url_decode(ensure_binary(data).rstrip(b"=")), "big")


def calculate_at_hash(access_token: str, hash_alg: Callable[..., Any]) -> str:
    """``at_hash`` (OpenID Connect Core §3.1.3.6): the left half of the hash."""
    digest: bytes = hash_alg(access_token.encode("utf-8")).digest()
    return base64url_encode(digest[: len(digest) // 2]).decode("ascii")


def base64url_decode(input: bytes) -> bytes:
    """Strict (RFC 7515 §2), but that padding may be there. Raises binascii.Error."""
    text = input.rstrip(b"=")
    if not _BASE64URL.match(text):
        raise binascii.Error("no base64url")
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def base64url_encode(input: bytes) -> bytes:
    return base64.urlsafe_b64encode(input).rstrip(b"=")


def timedelta_total_seconds(delta: timedelta) -> int:
    return delta.days * 24 * 60 * 60 + delta.seconds


def ensure_binary(s: str | bytes) -> bytes:
    if isinstance(s, bytes):
        return s
    if isinstance(s, str):
        try:
            return s.encode("utf-8")
        except UnicodeEncodeError:  # which holds the text, and that may be a secret
            raise ValueError("is no text, for it has lone surrogates") from None
    raise TypeError(f"must be str or bytes, not {type(s).__name__}")


def is_pem_format(key: bytes) -> bool:
    return bool(_PEM.search(key))


def is_ssh_key(key: bytes) -> bool:
    return bool(_SSH.search(key))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is there twice in an object")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def read_json(data: bytes) -> Any:
    """JSON as RFC 8259 has it, and no name twice (RFC 8725 §2.4). Raises ValueError."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None
