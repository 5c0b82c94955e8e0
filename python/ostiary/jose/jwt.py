# SPDX-License-Identifier: Apache-2.0
"""Tokens (RFC 7519): signed claims."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from time import time

TYPE_CHECKING = False

from . import jws
from .constants import ALGORITHMS
from .exceptions import ExpiredSignatureError, JWSError, JWTClaimsError, JWTError
from .utils import calculate_at_hash, read_json, timedelta_total_seconds

if TYPE_CHECKING:
    from typing import Any

__all__ = ["decode", "encode", "get_unverified_claims", "get_unverified_header", "get_unverified_headers"]

_CLAIMS = ("aud", "iat", "exp", "nbf", "iss", "sub", "jti", "at_hash")
_TIMES = ("exp", "iat", "nbf")
_OPTIONS: dict[str, Any] = {
    "verify_signature": True,
    "leeway": 0,
    **{f"verify_{name}": True for name in _CLAIMS},
    **{f"require_{name}": False for name in _CLAIMS},
}


def encode(
    claims: Mapping[str, Any],
    key: Any,
    algorithm: str = ALGORITHMS.HS256,
    headers: Mapping[str, Any] | None = None,
    access_token: str | None = None,
    *,
    insecure_short_secret: bool = False,
) -> str:
    """A token of the claims, of which ``exp``, ``iat`` and ``nbf`` may be datetimes.

    ``access_token`` adds its ``at_hash``. The caller's claims stay as they are. Raises JWSError.
    """
    written = dict(claims)
    for name in _TIMES:
        if isinstance(written.get(name), datetime):
            written[name] = timegm(written[name].utctimetuple())
    if access_token:
        if algorithm not in ALGORITHMS.HASHES:
            raise JWTError(f"access_token: no at_hash goes with {algorithm}")
        written["at_hash"] = calculate_at_hash(access_token, ALGORITHMS.HASHES[algorithm])
    more = {"insecure_short_secret": True} if insecure_short_secret else {}
    return jws.sign(written, key, headers=headers, algorithm=algorithm, **more)


def decode(
    token: str | bytes,
    key: Any,
    algorithms: str | Iterable[str] | None = None,
    options: Mapping[str, Any] | None = None,
    audience: str | None = None,
    issuer: str | Iterable[str] | None = None,
    subject: str | None = None,
    access_token: str | None = None,
    *,
    insecure_any_algorithm: bool = False,
    insecure_missing_audience: bool = False,
    insecure_short_secret: bool = False,
) -> dict[str, Any]:
    """The claims of a token that one of the keys has signed, with what it says checked.

    ``key`` and ``algorithms`` as in :func:`.jws.verify`. ``options``: ``verify_signature`` and
    ``verify_CLAIM`` (True), ``require_CLAIM`` (False) of aud, iat, exp, nbf, iss, sub, jti and at_hash,
    and ``leeway``, seconds or a timedelta (0). With ``audience``, ``issuer`` or ``subject`` the claim
    must be there; ``insecure_missing_audience`` lets ``aud`` be missing. Raises ExpiredSignatureError,
    JWTClaimsError, JWTError, JWKError.
    """
    asked = {**_OPTIONS, **(options or {})}
    more = {
        name: True
        for name, said in (
            ("insecure_any_algorithm", insecure_any_algorithm),
            ("insecure_short_secret", insecure_short_secret),
        )
        if said
    }
    try:
        payload = jws.verify(token, key, algorithms, verify=asked["verify_signature"], **more)
    except JWSError as error:
        raise JWTError(str(error)) from error
    claims = _claims_of(payload, "payload")
    _validate_claims(claims, audience, issuer, subject, asked, insecure_missing_audience)
    if asked["verify_at_hash"] and "at_hash" in claims:
        _validate_at_hash(claims, access_token, get_unverified_header(token).get("alg"))
    return claims


def get_unverified_header(token: str | bytes) -> dict[str, Any]:
    """The header, of which nothing may be believed. Raises JWTError."""
    try:
        return jws.get_unverified_headers(token)
    except JWSError:
        raise JWTError("Error decoding token headers.") from None


def get_unverified_headers(token: str | bytes) -> dict[str, Any]:
    """The same."""
    return get_unverified_header(token)


def get_unverified_claims(token: str | bytes) -> dict[str, Any]:
    """The claims, of which nothing may be believed. Raises JWTError."""
    try:
        payload = jws.get_unverified_claims(token)
    except JWSError:
        raise JWTError("Error decoding token claims.") from None
    return _claims_of(payload, "claims")


def _claims_of(payload: bytes, what: str) -> dict[str, Any]:
    try:
        claims = read_json(payload)
    except ValueError:
        raise JWTError(f"Invalid {what} string: is no JSON") from None
    if not isinstance(claims, dict):
        raise JWTError(f"Invalid {what} string: must be a json object")
    return claims


def _time_of(claims: dict[str, Any], name: str, title: str) -> int | None:
    """A number (RFC 7519 §2), and nothing that only looks like one."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value - value != 0:
        raise JWTClaimsError(f"{title} claim ({name}) must be an integer.")
    return int(value)


def _validate_times(claims: dict[str, Any], leeway: float, asked: Mapping[str, Any]) -> None:
    now = int(time())
    if asked["verify_iat"]:
        _time_of(claims, "iat", "Issued At")
    if asked["verify_nbf"]:
        not_before = _time_of(claims, "nbf", "Not Before")
        if not_before is not None and not_before > now + leeway:
            raise JWTClaimsError("The token is not yet valid (nbf)")
    if asked["verify_exp"]:
        expires = _time_of(claims, "exp", "Expiration Time")
        if expires is not None and expires <= now - leeway:
            raise ExpiredSignatureError("Signature has expired.")


def _validate_aud(claims: dict[str, Any], audience: str | None, may_be_missing: bool) -> None:
    if "aud" not in claims:
        if audience is not None and not may_be_missing:
            raise JWTClaimsError("Audience claim expected, but not in claims")
        return
    said = [claims["aud"]] if isinstance(claims["aud"], str) else claims["aud"]
    if not isinstance(said, list) or any(not isinstance(each, str) for each in said):
        raise JWTClaimsError("Invalid claim format in token")
    if audience not in said:
        raise JWTClaimsError("Invalid audience")


def _validate_iss(claims: dict[str, Any], issuer: str | Iterable[str] | None) -> None:
    if issuer is None:
        return
    accepted = (issuer,) if isinstance(issuer, str) else tuple(issuer)
    if not isinstance(claims.get("iss"), str) or claims["iss"] not in accepted:
        raise JWTClaimsError("Invalid issuer")


def _validate_sub(claims: dict[str, Any], subject: str | None) -> None:
    if "sub" in claims and not isinstance(claims["sub"], str):
        raise JWTClaimsError("Subject must be a string.")
    if subject is not None and claims.get("sub") != subject:
        raise JWTClaimsError("Invalid subject")


def _validate_at_hash(claims: dict[str, Any], access_token: str | None, algorithm: Any) -> None:
    if not access_token:
        raise JWTClaimsError("No access_token provided to compare against at_hash claim.")
    if algorithm not in ALGORITHMS.HASHES or not isinstance(claims["at_hash"], str):
        raise JWTClaimsError("Unable to calculate at_hash to verify against token claims.")
    expected = calculate_at_hash(access_token, ALGORITHMS.HASHES[algorithm])
    if not compare_digest(claims["at_hash"].encode("utf-8", "replace"), expected.encode("ascii")):
        raise JWTClaimsError("at_hash claim does not match access_token.")


def _leeway_of(asked: Mapping[str, Any]) -> float:
    leeway = asked["leeway"]
    if isinstance(leeway, timedelta):
        return timedelta_total_seconds(leeway)
    if isinstance(leeway, bool) or not isinstance(leeway, (int, float)) or not leeway >= 0:
        raise JWTError("leeway must be a number of seconds or a timedelta, 0 or more")
    return leeway


def _validate_claims(
    claims: dict[str, Any],
    audience: str | None,
    issuer: str | Iterable[str] | None,
    subject: str | None,
    options: dict[str, Any],
    may_miss_audience: bool,
) -> None:
    for name in [option[len("require_") :] for option in options if option.startswith("require_") and options[option]]:
        if name not in claims:
            raise JWTError(f'missing required key "{name}" among claims')
        options["verify_" + name] = True
    if audience is not None and not isinstance(audience, str):
        raise JWTError("audience must be a string or None")
    _validate_times(claims, _leeway_of(options), options)
    if options["verify_aud"]:
        _validate_aud(claims, audience, may_miss_audience)
    if options["verify_iss"]:
        _validate_iss(claims, issuer)
    if options["verify_sub"]:
        _validate_sub(claims, subject)
    if options["verify_jti"] and "jti" in claims and not isinstance(claims["jti"], str):
        raise JWTClaimsError("JWT ID must be a string.")
