# SPDX-License-Identifier: Apache-2.0
"""Middleware for ASGI: Starlette, Litestar, Django and whatever else speaks it.

    app = ostiary.asgi.Middleware(app, verifier)

The claims of whoever asks are ``scope["ostiary.claims"]``, None where the policy is open.
"""

from __future__ import annotations

from ._web import (
    LOGOUT_MAX,
    LOGOUT_PATH,
    NOT_CACHED,
    Guarded,
    body_of,
    logout_refusal,
    logout_token_of,
    refusal_fields,
    tell_refusal,
)
from .errors import TokenError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from ._core import Policy

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["Middleware"]

CLAIMS = "ostiary.claims"


class Middleware(Guarded["App", "Scope"]):
    """Lets requests and WebSockets through to ``app`` that bring a good token, and answers the others.

    ``policy`` is asked of every path, ``paths`` of some: ``{"/health": Policy({"open": True}), "/admin/":
    Policy({"realm_roles": ["admin"]})}``. A path that ends with a slash stands for all below it; the
    longest wins. They are the paths that clients know, or the application's own where it is mounted or
    has a root path. With ``paths``, a request whose path an application could take for another (``..``, an
    empty segment) is answered 400.

    ``public_url`` is the scheme and host that clients know, "https://api.example.org". Without it tokens
    bound to a key (DPoP, RFC 9449) are refused, for what a request says of its host proves nothing.
    ``certificate`` gives the client's certificate (DER, or None) for a scope, for tokens bound to one
    (RFC 8705). ``verifier`` stays open: it belongs to whoever made it. ``logout_clients`` are those whose
    logout tokens are taken at ``POST /backchannel-logout``, which is not there without
    (:meth:`ostiary.Verifier.receive_logout`).

    A refusal is 401, 403, 400 or 503, with the challenge that the C guard writes and
    ``{"detail": …}``; a WebSocket gets the same where the server can do it, else its close before it
    was accepted (HTTP 403). Raises TypeError and ValueError, which name the parameter.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI 3 has it; what is neither HTTP nor a WebSocket passes."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        path: str = scope["path"]
        own = _own_path(path, scope.get("root_path", ""))
        if self._rules.is_ambiguous(path):
            return await _answer(scope, receive, send, 400, [("Content-Type", "application/json")], "Bad request")
        if self._logout_clients and LOGOUT_PATH in (path, own) and scope.get("method") == "POST":
            return await self._receive_logout(scope, receive, send)
        try:
            claims = await self._check(scope, self._rules.of(path, own))
        except TokenError as refusal:
            tell_refusal(refusal)
            return await _answer(scope, receive, send, refusal.status, refusal_fields(refusal), refusal.message)
        nonce = claims.dpop_nonce if claims is not None else None
        await self.app({**scope, CLAIMS: claims}, receive, _with_nonce(send, nonce) if nonce else send)

    async def _receive_logout(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more and len(body) <= LOGOUT_MAX:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        kind = next((value for name, value in scope["headers"] if name.lower() == b"content-type"), b"")
        token = logout_token_of(kind.decode("latin-1"), body)
        try:
            if token is None:
                status, fields, answer = logout_refusal(None)
            else:
                await self._verifier.areceive_logout(token, self._logout_clients)
                status, fields, answer = 200, NOT_CACHED[1:], b""
        except TokenError as refusal:
            status, fields, answer = logout_refusal(refusal)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields]
        headers.append((b"content-length", str(len(answer)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _check(self, scope: Scope, policy: Policy | None) -> Any:
        fields: dict[bytes, list[bytes]] = {b"authorization": [], b"dpop": []}
        for name, value in scope["headers"]:
            if name.lower() in fields:
                fields[name.lower()].append(value)
        return await self._verifier.acheck(
            fields[b"authorization"],
            policy,
            method=scope.get("method", "GET"),
            url=self._url(scope),
            dpop=fields[b"dpop"],
            certificate=self._certificate_of(scope),
        )

    def _url(self, scope: Scope) -> bytes | None:
        if self._origin is None:
            return None
        raw = scope.get("raw_path")
        if raw is None:
            from urllib.parse import quote

            raw = quote(scope["path"], safe="/~!$&'()*+,;=:@").encode()
        return self._origin.encode() + bytes(raw).partition(b"?")[0]


def _own_path(path: str, root: str) -> str:
    """Without the prefix of a mount or of a proxy, which servers leave in ``path``."""
    root = root.rstrip("/")
    if path == root:
        return "/"
    return path[len(root) :] if path.startswith(root + "/") else path


def _with_nonce(send: Send, nonce: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"dpop-nonce", nonce.encode())]}
        await send(message)

    return sending


async def _answer(
    scope: Scope, receive: Receive, send: Send, status: int, fields: list[tuple[str, str]], message: str
) -> None:
    body = body_of(message)
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    headers.append((b"content-length", str(len(body)).encode()))
    kind = "http.response"
    if scope["type"] == "websocket":
        await receive()  # its connect
        if "websocket.http.response" not in scope.get("extensions", {}):
            return await send({"type": "websocket.close", "code": 1008})
        kind = "websocket.http.response"
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body if scope.get("method") != "HEAD" else b""})
