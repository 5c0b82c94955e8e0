# SPDX-License-Identifier: Apache-2.0
"""Servers of the Model Context Protocol, with the ``mcp`` SDK of PyPI (2.3 and later).

    resource = "https://mcp.example.org/mcp"
    guard = ostiary.mcp.Guard("https://id.example.org/realms/shop", resource, scopes=["tools:use"])
    server = MCPServer("shop", auth=guard.settings(), token_verifier=guard)

The SDK then publishes the metadata of the protected resource (RFC 9728), and tokens must be meant for
``resource`` (RFC 8707).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

from ._core import Policy
from .errors import TokenError, UnavailableError
from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["Guard"]

_log = logging.getLogger("ostiary.mcp")


class Guard:
    """The SDK's ``TokenVerifier`` for one MCP server.

    ``issuer`` logs the users in; ``resource`` is the server's URL as clients know it, with the path of
    the protocol, and must stand in the ``aud`` of tokens. ``scopes`` are asked of every token and
    named to clients; ``policy`` asks for more. ``settings`` as :class:`ostiary.Verifier` takes them.

    The SDK's interface knows one refusal, 401 with ``invalid_token``: what a policy refuses beyond
    ``scopes`` is answered so too. Tokens bound to a key or a certificate are refused, for the SDK does
    not hand over the request. Raises ConfigurationError, TypeError or ValueError.
    """

    def __init__(
        self,
        issuer: str,
        resource: str,
        *,
        scopes: Iterable[str] = (),
        policy: Policy | None = None,
        **settings: Any,
    ) -> None:
        if isinstance(scopes, str):
            raise TypeError("scopes: must be several str, not one")
        self.issuer = issuer
        self.resource = resource
        self.scopes = tuple(scopes)
        # By these names fastmcp's RemoteAuthProvider asks its token_verifier.
        self.required_scopes = list(self.scopes)
        self.scopes_supported = list(self.scopes)
        self._policy = policy
        self.verifier = Verifier(issuer, resource, **settings)

    def settings(self) -> AuthSettings:
        """What the server is told: issuer, resource, scopes; tokens for other resources are refused."""
        return AuthSettings(
            issuer_url=AnyHttpUrl(self.issuer),
            resource_server_url=AnyHttpUrl(self.resource),
            required_scopes=list(self.scopes) or None,
            validate_token_resource=True,
        )

    async def verify_token(self, token: str) -> AccessToken | None:
        """The token as the SDK wants it; None when it is refused, with the reason in the log ``ostiary.mcp``.

        Raises UnavailableError when nobody can tell now, so that a client does not take it for a
        refusal and throw its login away.
        """
        try:
            claims = await self.verifier.averify(token, self._policy)
        except UnavailableError:
            raise
        except TokenError as refusal:
            _log.info("%s; expected %s, seen %s", refusal.code, refusal.expected, refusal.seen)
            return None
        said = claims.to_dict()
        scope = said.get("scope")
        return AccessToken(
            token=token,
            client_id=claims.client_id or "",
            scopes=scope.split() if isinstance(scope, str) else [],
            expires_at=claims.expires,
            resource=self.resource,
            subject=claims.subject,
            claims=said,
        )

    def close(self) -> None:
        """Closes the verifier; a second call does nothing."""
        self.verifier.close()
