# SPDX-License-Identifier: Apache-2.0
"""What the ASGI and WSGI middleware have in common: which policy a path has, and what a refusal says."""

from __future__ import annotations

import json

TYPE_CHECKING = False

from ._core import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import TokenError


class Rules:
    """Policies by path: one for all, and others for what lies below a path.

    A path that ends with a slash stands for all below it, another for itself alone; the longest wins.
    """

    def __init__(self, policy: Policy | None, paths: Mapping[str, Policy] | None) -> None:
        if policy is not None and not isinstance(policy, Policy):
            raise TypeError(f"policy: must be Policy, not {type(policy).__name__}")
        self._policy = policy
        self._paths = dict(paths or {})
        for path, own in self._paths.items():
            if not isinstance(path, str) or not path.startswith("/"):
                raise ValueError("paths: must begin with a slash")
            if not isinstance(own, Policy):
                raise TypeError(f"paths: must be Policy, not {type(own).__name__}")
        self._longest_first = sorted(self._paths, key=len, reverse=True)

    def is_ambiguous(self, path: str) -> bool:
        """True of a path that an application may take for another one than the rules do."""
        segments = path.split("/")
        return bool(self._paths) and ("\\" in path or "" in segments[1:-1] or "." in segments or ".." in segments)

    def of(self, path: str) -> Policy | None:
        """The policy of a path; None asks for a valid token and no more."""
        for begin in self._longest_first:
            if path == begin or (begin.endswith("/") and path.startswith(begin)):
                return self._paths[begin]
        return self._policy


def refusal_fields(refusal: TokenError) -> list[tuple[str, str]]:
    """The fields of the answer (RFC 6750 §3, RFC 9449 §8, RFC 9110 §10.2.3), as the C framework sends them."""
    fields = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    if refusal.challenge:
        fields.append(("WWW-Authenticate", refusal.challenge))
    if refusal.retry_after > 0:
        fields.append(("Retry-After", str(refusal.retry_after)))
    if refusal.dpop_nonce:
        fields.append(("DPoP-Nonce", refusal.dpop_nonce))
    return fields


def body_of(message: str) -> bytes:
    """The body of a refusal: a fixed sentence, and nothing of the token."""
    return json.dumps({"detail": message}, separators=(",", ":")).encode()


def public_origin(url: str | None) -> str | None:
    """Checks what the program is told of its own address."""
    if url is None:
        return None
    scheme, between, host = url.rstrip("/").partition("://")
    if scheme not in ("https", "http") or not between or not host or "/" in host:
        raise ValueError("public_url: must be https:// and a host, without a path")
    return f"{scheme}://{host}"
