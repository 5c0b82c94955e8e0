# SPDX-License-Identifier: Apache-2.0
"""Tokens (RFC 7519, RFC 8725) with keys of one's own. For an issuer's tokens: ostiary.Verifier."""

from __future__ import annotations

import time
TYPE_CHECKING = False

from . import _core

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ._core import Claims, Key, KeySet, Text

__all__ = ["left_half_hash", "read_unverified", "sign", "verify"]


def sign(
    claims: Mapping[str, Any],
    key: Key,
    algorithm: str,
    *,
    lifetime: int | None = None,
    typ: str | None = "JWT",
) -> str:
    """A token of the claims: dict, list, str, int, float, bool and None.

    ``lifetime`` in seconds writes ``iat`` and ``exp`` over what the claims say; without it they must say
    ``exp`` themselves, for a token that never expires is refused everywhere here. Raises ValueError,
    KeyUseError.
    """
    if not hasattr(claims, "keys"):
        raise TypeError(f"claims: must be a mapping, not {type(claims).__name__}")
    if lifetime is not None:
        if not isinstance(lifetime, int):
            raise TypeError(f"lifetime: must be int, not {type(lifetime).__name__}")
        if lifetime <= 0:
            raise ValueError("lifetime: must be 1 second or more")
        now = int(time.time())
        claims = {**claims, "iat": now, "exp": now + lifetime}
    elif "exp" not in claims:
        raise ValueError("lifetime: is missing, and so is exp among the claims")
    return _core.jws_sign(_core.write_json(claims, "claims"), key, algorithm, typ, None, False, False, False)


def verify(
    token: Text,
    keys: Key | KeySet,
    *,
    issuer: str,
    audience: str | Iterable[str] | None = None,
    algorithms: Iterable[str] | None = None,
    leeway: int | None = None,
    max_age: int | None = None,
    typ: str | None = None,
    access_token_profile: bool = False,
    decryption_keys: Key | KeySet | None = None,
    insecure_any_audience: bool = False,
    now: int | None = None,
) -> Claims:
    """The claims of a token of this issuer, meant for this audience, or for one of several.

    ``algorithms``: None accepts every asymmetric signature of general use; HS256 and its like must be
    named. ``leeway``: seconds that clocks may differ, None 30; 0 none. ``max_age``: seconds since
    ``iat``. ``typ``: the header's, as RFC 8725 §3.11 recommends. ``access_token_profile``: RFC 9068.
    ``decryption_keys``: the token is nested (RFC 7519 §5.2), signed and then encrypted. ``now``:
    seconds since 1970-01-01 UTC, None the clock's. Raises SignatureError, MalformedTokenError,
    ExpiredError, NotYetValidError, IssuerError, AudienceError, ClaimsError, UnknownKeyError.
    """
    return _core.jwt_verify(
        token,
        keys,
        decryption_keys,
        issuer,
        audience,
        insecure_any_audience,
        algorithms,
        -1 if leeway is None else _whole("leeway", leeway),
        0 if max_age is None else _whole("max_age", max_age),
        typ,
        access_token_profile,
        -1 if now is None else _whole("now", now, 2**48),
    )


def _whole(name: str, value: int, most: int = 2**31 - 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: must be int, not {type(value).__name__}")
    if not 0 <= value <= most:
        raise ValueError(f"{name}: must be 0 to {most}")
    return value


def read_unverified(token: Text) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, of which nothing may be believed: for showing a token to a human."""
    return _core.jwt_read_unverified(token)


def left_half_hash(value: Text, algorithm: str) -> str:
    """``at_hash`` or ``c_hash`` of a token or code (OpenID Connect Core §3.1.3.6)."""
    return _core.left_half_hash(value, algorithm)
