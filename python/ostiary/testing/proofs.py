# SPDX-License-Identifier: Apache-2.0
"""What a client shows to prove that a token is its own."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time

from .. import jwt
from .. import _core

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from .._core import Key


def base64url(raw: bytes) -> str:
    """Without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def certificate_thumbprint(certificate: bytes) -> str:
    """``x5t#S256`` of a certificate (DER), which binds a token to it (RFC 8705 §3.1)."""
    if not isinstance(certificate, bytes):
        raise TypeError(f"certificate: must be bytes (DER), not {type(certificate).__name__}")
    return base64url(hashlib.sha256(certificate).digest())


def dpop_proof(
    key: Key,
    method: str,
    url: str,
    token: str | None = None,
    *,
    algorithm: str | None = None,
    nonce: str | None = None,
    **claims: Any,
) -> str:
    """The value of the field DPoP (RFC 9449 §4.2): a proof for one request, good for a minute.

    ``url`` is absolute, as the API knows itself; its query and fragment are left out. ``token`` is the
    access token that it goes with. ``algorithm``: None takes the key's first. ``nonce`` is what the
    API gave in DPoP-Nonce. Claims given by name stand over those made here, and None leaves one out,
    for tests of what is refused. Raises KeyUseError for a key without a private part.
    """
    made: dict[str, Any] = {"jti": secrets.token_urlsafe(16), "htm": method, "iat": int(time.time())}
    made["htu"] = url.partition("#")[0].partition("?")[0]
    if token is not None:
        made["ath"] = base64url(hashlib.sha256(token.encode()).digest())
    if nonce is not None:
        made["nonce"] = nonce
    made = {name: value for name, value in {**made, **claims}.items() if value is not None}
    signing = algorithm or _signature_of(key)
    return _core.jws_sign(_core.write_json(made, "claims"), key, signing, "dpop+jwt", None, False, False, True)


def _signature_of(key: Key) -> str:
    return next((name for name in key.algorithms if name[:2] in ("ES", "PS", "RS", "Ed")), "ES256")


def bound_to(dpop_key: Key | None, certificate: bytes | None) -> dict[str, str]:
    """The claim ``cnf`` (RFC 7800 §3.1) of a token bound to a key, a certificate, or both."""
    bound = {}
    if dpop_key is not None:
        bound["jkt"] = dpop_key.thumbprint()
    if certificate is not None:
        bound["x5t#S256"] = certificate_thumbprint(certificate)
    return bound


def signed(claims: dict[str, Any], key: Key, algorithm: str, typ: str | None) -> str:
    """A token of the claims as they are, also of those that nobody should accept."""
    if "exp" in claims:
        return jwt.sign(claims, key, algorithm, typ=typ)
    return _core.jws_sign(_core.write_json(claims, "claims"), key, algorithm, typ, None, False, False, False)
