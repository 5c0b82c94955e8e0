# SPDX-License-Identifier: Apache-2.0
"""Signed tokens (RFC 7515, compact)."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

TYPE_CHECKING = False

from . import jwk
from .backends.base import Key
from .constants import ALGORITHMS, JWS_SIZE_LIMIT
from .exceptions import JWKError, JWSAlgorithmError, JWSError, JWSSignatureError
from .utils import base64url_decode, base64url_encode, ensure_binary, read_json

if TYPE_CHECKING:
    from typing import Any

__all__ = ["get_unverified_claims", "get_unverified_header", "get_unverified_headers", "sign", "verify"]


def sign(
    payload: bytes | str | Mapping[str, Any],
    key: Any,
    headers: Mapping[str, Any] | None = None,
    algorithm: str = ALGORITHMS.HS256,
    *,
    insecure_short_secret: bool = False,
) -> str:
    """A token of bytes, or of a mapping as JSON. ``headers`` go over ``typ`` and are beside ``alg``.

    ``insecure_short_secret``: a secret may be shorter than its hash. Raises JWSError.
    """
    if algorithm not in ALGORITHMS.SUPPORTED:
        raise JWSError(f"Algorithm {algorithm} not supported.")
    signing_input = _encode_header(algorithm, headers) + b"." + _encode_payload(payload)
    try:
        if not isinstance(key, Key):
            key = _made(_read(key), algorithm, insecure_short_secret)
        elif getattr(key, "_algorithm", algorithm) != algorithm:
            raise JWKError(f"algorithm: the key is for another one than {algorithm}")
        signature: bytes = key.sign(signing_input)
    except Exception as error:
        raise JWSError(str(error)) from error
    return (signing_input + b"." + base64url_encode(signature)).decode("ascii")


def verify(
    token: str | bytes,
    key: Any,
    algorithms: str | Iterable[str] | None,
    verify: bool = True,
    *,
    insecure_any_algorithm: bool = False,
    insecure_short_secret: bool = False,
) -> bytes:
    """The payload of a token that one of the keys has signed.

    ``key``: a JWK, PEM, secret or :class:`.jwk.Key`, several of them, a JWK Set, or a mapping of kid to
    any of these, also as JSON. A key that says another kid, algorithm or use than the token is passed
    over. ``algorithms``: those that are accepted, one name or several; without them every token is
    refused, unless ``insecure_any_algorithm``. Raises JWSError, JWKError.
    """
    header, payload, signing_input, signature = _load(token)
    if verify:
        accepted = _accepted(algorithms, insecure_any_algorithm)
        _verify_signature(signing_input, header, signature, key, accepted, insecure_short_secret)
    return payload


def get_unverified_header(token: str | bytes) -> dict[str, Any]:
    """The header, of which nothing may be believed. Raises JWSError."""
    return _load(token)[0]


def get_unverified_headers(token: str | bytes) -> dict[str, Any]:
    """The same."""
    return get_unverified_header(token)


def get_unverified_claims(token: str | bytes) -> bytes:
    """The payload, of which nothing may be believed. Raises JWSError."""
    return _load(token)[1]


def _accepted(algorithms: str | Iterable[str] | None, any_algorithm: bool) -> frozenset[Any]:
    """A str is one name: looked for within it, "HS256" would be found in "no-HS256"."""
    if algorithms is None:
        if not any_algorithm:
            raise JWSAlgorithmError(
                "algorithms: is missing; name those that are accepted, or say insecure_any_algorithm=True"
            )
        return frozenset(ALGORITHMS.HMAC | ALGORITHMS.RSA_DS | ALGORITHMS.EC_DS | set(ALGORITHMS.KEYS))
    return frozenset([algorithms] if isinstance(algorithms, str) else algorithms)


def _encode_header(algorithm: str, additional: Mapping[str, Any] | None) -> bytes:
    header = {"typ": "JWT", "alg": algorithm, **(additional or {})}
    if header["alg"] != algorithm:
        raise JWSError("headers: alg is another one than that which signs")
    if "crit" in header:
        raise JWSError("headers: crit names what nobody here understands")
    return base64url_encode(json.dumps(header, separators=(",", ":"), sort_keys=True).encode("utf-8"))


def _encode_payload(payload: bytes | str | Mapping[str, Any]) -> bytes:
    if isinstance(payload, Mapping):
        try:
            payload = json.dumps(payload, separators=(",", ":"), allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise JWSError(f"payload: cannot be written as JSON: {error}") from None
    try:
        return base64url_encode(ensure_binary(payload))
    except (TypeError, ValueError) as error:
        raise JWSError(f"payload: {error}") from None


def _part(text: bytes, error: str) -> bytes:
    try:
        if text.endswith(b"="):
            raise binascii.Error
        return base64url_decode(text)
    except binascii.Error:
        raise JWSError(error) from None


def _load(token: str | bytes) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """Header, payload, what is signed, and the signature: read strictly, and nothing of it believed."""
    if not isinstance(token, (str, bytes)):
        raise JWSError(f"token: must be str or bytes, not {type(token).__name__}")
    if len(token) > JWS_SIZE_LIMIT:
        raise JWSError(f"token: is longer than {JWS_SIZE_LIMIT} characters")
    try:
        segments = (token.encode("ascii") if isinstance(token, str) else token).split(b".")
    except UnicodeEncodeError:
        raise JWSError("token: is no ASCII") from None
    if len(segments) < 3:
        raise JWSError("Not enough segments")
    if len(segments) > 3:
        raise JWSError("Too many segments")
    try:
        header = read_json(_part(segments[0], "Invalid header padding"))
    except ValueError:
        raise JWSError("Invalid header string") from None
    if not isinstance(header, dict):
        raise JWSError("Invalid header string: must be a json object")
    payload = _part(segments[1], "Invalid payload padding")
    return header, payload, segments[0] + b"." + segments[1], _part(segments[2], "Invalid crypto padding")


def _get_keys(key: Any) -> Iterable[Any]:
    """The keys of what python-jose takes for one or several."""
    if isinstance(key, Key):
        return (key,)
    key = _read(key)
    if isinstance(key, Mapping):
        if "keys" in key:
            keys: Any = key["keys"]
            if not isinstance(keys, Iterable) or isinstance(keys, (str, bytes)):
                raise JWKError("keys: must be a list of keys")
            return keys
        return (key,) if "kty" in key or not key else key.values()
    if isinstance(key, Iterable) and not isinstance(key, (str, bytes)):
        return key
    return (key,)


def _read(key: Any) -> Any:
    """JSON as str or bytes, when it is an object or an array; all else is a key by itself."""
    if isinstance(key, (str, bytes)) and key.lstrip()[:1] in ("{", "[", b"{", b"["):
        try:
            return json.loads(key)
        except (ValueError, RecursionError):
            pass
    return key


@lru_cache(maxsize=256)
def _parsed(key: str | bytes, is_json: bool, algorithm: str, kind: int, short: bool) -> Key:
    """Reading PEM takes many times what verifying does. ``kind``: the class, as jwk.register_key may change it."""
    return jwk.construct(json.loads(key) if is_json else key, algorithm, **_short(short))


def _short(short: bool) -> dict[str, bool]:
    return {"insecure_short_secret": True} if short else {}


def _made(key: Any, algorithm: str, short: bool) -> Key:
    if isinstance(key, (str, bytes)):
        return _parsed(key, False, algorithm, id(jwk.get_key(algorithm)), short)
    if isinstance(key, Mapping):
        try:
            text = json.dumps(key, sort_keys=True)
        except (TypeError, ValueError):
            raise JWKError("key: is no JWK") from None
        return _parsed(text, True, algorithm, id(jwk.get_key(algorithm)), short)
    return jwk.construct(key, algorithm, **_short(short))


def _is_for(key: Any, algorithm: str) -> bool:
    """What a JWK says that it is for (RFC 7517 §4.2, §4.3)."""
    if not isinstance(key, Mapping):
        return True
    operations = key.get("key_ops")
    may = operations is None or (isinstance(operations, (list, tuple)) and "verify" in operations)
    return may and key.get("use") in (None, "sig") and key.get("alg") in (None, algorithm)


def _candidates(key: Any, kid: Any, algorithm: str) -> list[Any]:
    """The keys that say nothing against the token's kid and algorithm."""
    key = _read(key)
    if isinstance(key, Mapping) and "keys" not in key and "kty" not in key and kid in key:
        return [key[kid]]  # certificates by their kid
    return [
        each
        for each in _get_keys(key)
        if _is_for(each, algorithm)
        and (kid is None or not isinstance(each, Mapping) or each.get("kid") in (None, kid))
    ]


def _sig_matches_keys(keys: list[Any], signing_input: bytes, signature: bytes, alg: str, short: bool = False) -> bool:
    for key in keys:
        if not isinstance(key, Key):
            try:
                key = _made(key, alg, short)
            except JWKError:
                if len(keys) == 1:
                    raise
                continue  # a set holds keys of several kinds
        try:
            if getattr(key, "_algorithm", alg) == alg and key.verify(signing_input, signature):
                return True
        except Exception:  # a key of the user's own may raise anything
            continue
    return False


def _verify_signature(
    signing_input: bytes,
    header: dict[str, Any],
    signature: bytes,
    key: Any,
    accepted: frozenset[Any],
    short: bool,
) -> None:
    alg = header.get("alg")
    if not isinstance(alg, str) or not alg:
        raise JWSError("No algorithm was specified in the JWS header.")
    if alg not in accepted or alg == ALGORITHMS.NONE:
        raise JWSAlgorithmError("The specified alg value is not allowed")
    if not signature:
        raise JWSError("The token is not signed.")
    if any(name in header for name in ("crit", "b64", "zip", "enc")):
        raise JWSError("The header asks for what is not understood.")
    if jwk.get_key(alg) is None:
        raise JWSAlgorithmError("Invalid or unsupported algorithm")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise JWSError("The kid is no text.")
    keys = _candidates(key, kid, alg)
    try:
        if not _sig_matches_keys(keys, signing_input, signature, alg, short):
            raise JWSSignatureError
    except JWSSignatureError:
        raise JWSError("Signature verification failed.") from None
