# SPDX-License-Identifier: Apache-2.0
"""What adapters have in common: which policy a path has, what a refusal says, what is told of a resource."""

from __future__ import annotations

import json
import logging
from typing import Generic, TypeVar

TYPE_CHECKING = False

from ._core import Policy
from .errors import ConfigurationError
from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from .errors import TokenError

_log = logging.getLogger("ostiary")


class Rules:
    """Policies by path: one for all, and others for what lies below a path.

    A path that ends with a slash stands for all below it, another for itself alone; the longest wins. As
    frameworks differ in whether a slash at the end makes another path, it makes none here, unless the policy is open.
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

    def _named(self, path: str) -> Policy | None:
        if path in self._paths:
            return self._paths[path]
        other = path[:-1] if path.endswith("/") else path + "/"
        for begin in self._longest_first:
            policy = self._paths[begin]
            if (begin.endswith("/") and path.startswith(begin)) or (begin == other and not policy.open):
                return policy
        return None

    def of(self, path: str, own: str) -> Policy | None:
        """The policy of a path; None asks for a valid token and no more.

        ``own`` is the path as the application routes it, without the prefix that it is mounted at. Rules may name
        either: what is open by its prefix alone is not when the application's own path asks for more.
        """
        found = self._named(path)
        if own != path and (found is None or found.open):
            found = self._named(own) or found
        return found or self._policy


_App = TypeVar("_App")
_Connection = TypeVar("_Connection")


class Guarded(Generic[_App, _Connection]):
    """An application behind a verifier; see :class:`ostiary.asgi.Middleware` for the parameters."""

    def __init__(
        self,
        app: _App,
        verifier: Verifier,
        *,
        policy: Policy | None = None,
        paths: Mapping[str, Policy] | None = None,
        public_url: str | None = None,
        certificate: Callable[[_Connection], bytes | None] | None = None,
        logout_clients: str | Iterable[str] = (),
    ) -> None:
        if not isinstance(verifier, Verifier):
            raise TypeError(f"verifier: must be Verifier, not {type(verifier).__name__}")
        self.app = app
        self._verifier = verifier
        self._rules = Rules(policy, paths)
        self._origin = public_origin(public_url)
        self._certificate = certificate
        self._logout_clients = (logout_clients,) if isinstance(logout_clients, str) else tuple(logout_clients)

    def _certificate_of(self, connection: _Connection) -> bytes | None:
        return self._certificate(connection) if self._certificate is not None else None


LOGOUT_PATH = "/backchannel-logout"
LOGOUT_MAX = 32 << 10  # bytes of the form
NOT_CACHED = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]


def logout_token_of(content_type: str, body: bytes) -> str | None:
    """The form's one logout token (OpenID Connect Back-Channel Logout 1.0 §2.5); None: it is no such form."""
    from urllib.parse import parse_qsl

    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded" or len(body) > LOGOUT_MAX:
        return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError:
        return None
    tokens = [value for name, value in pairs if name == "logout_token"]
    return tokens[0] if len(tokens) == 1 else None


def logout_refusal(refusal: TokenError | None) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, fields and body of a logout token that is not taken (§2.8); None: no such form came."""
    status = refusal.status if refusal is not None else 400
    fields = list(NOT_CACHED)
    if refusal is not None and refusal.retry_after > 0:
        fields.append(("Retry-After", str(refusal.retry_after)))
    told = {
        "error": "invalid_request" if status == 400 else "temporarily_unavailable",
        "error_description": refusal.message if refusal is not None else "one logout_token is needed, as a form",
    }
    return status, fields, json.dumps(told, separators=(",", ":")).encode()


def tell_refusal(refusal: TokenError) -> None:
    """In the log, without the token. That nobody can be let in (503) is for the operator, and a warning."""
    level = logging.WARNING if refusal.status == 503 else logging.INFO
    _log.log(level, "refused: %s; expected %s, seen %s", refusal, refusal.expected, refusal.seen)


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


# ---- protected resource metadata (RFC 9728) ----


def is_of_many_tenants(issuer: str) -> bool:
    """Such an issuer has no address that a client could ask."""
    return "{tenantid}" in issuer


def metadata_path(resource: str) -> str:
    """RFC 9728 §3.1: the well-known part stands between the host and the path."""
    from urllib.parse import urlsplit

    return "/.well-known/oauth-protected-resource" + urlsplit(resource).path.rstrip("/")


def metadata_url(resource: str) -> str:
    """Where it lies, for challenges."""
    from urllib.parse import urlsplit

    parts = urlsplit(resource)
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(f"resource: {resource!r} is not an https URL without query and fragment")
    return f"{parts.scheme}://{parts.netloc}{metadata_path(resource)}"


def metadata_of(resource: str | None, verifier: Verifier, scopes: Iterable[str]) -> dict[str, Any]:
    """What it says."""
    told: dict[str, Any] = {
        "resource": resource,
        "authorization_servers": [each for each in verifier.issuers if not is_of_many_tenants(each)],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": list(verifier.dpop_algorithms),
    }
    if several := list(scopes):
        told["scopes_supported"] = several
    return told
