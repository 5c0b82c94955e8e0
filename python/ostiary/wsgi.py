# SPDX-License-Identifier: Apache-2.0
"""Middleware for WSGI (PEP 3333): Flask, Django and whatever else speaks it.

    app.wsgi_app = ostiary.wsgi.Middleware(app.wsgi_app, verifier)

The claims of whoever asks are ``environ["ostiary.claims"]``, None where the policy is open.
"""

from __future__ import annotations

from http.client import responses
from urllib.parse import quote

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
    from collections.abc import Callable, Iterable
    from typing import Any

    Environ = dict[str, Any]
    StartResponse = Callable[..., Any]
    App = Callable[[Environ, StartResponse], Iterable[bytes]]

__all__ = ["Middleware"]

CLAIMS = "ostiary.claims"


class Middleware(Guarded["App", "Environ"]):
    """Lets requests through to ``app`` that bring a good token, and answers the others.

    Parameters and answers as :class:`ostiary.asgi.Middleware`; ``certificate`` gives the client's
    certificate (DER, or None) for an environ. A thread that needs a new key waits for it. Raises
    TypeError and ValueError, which name the parameter.
    """

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request, as PEP 3333 has it."""
        # Bytes in the disguise of Latin-1, as PEP 3333 hands them over.
        raw = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
        path = raw.decode("utf-8", "replace")
        own = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace") or "/"
        if self._rules.is_ambiguous(path):
            return _answer(environ, start_response, 400, [("Content-Type", "application/json")], "Bad request")
        if self._logout_clients and LOGOUT_PATH in (path, own) and environ["REQUEST_METHOD"] == "POST":
            return self._receive_logout(environ, start_response)
        try:
            claims = self._verifier.check(
                _field(environ, "HTTP_AUTHORIZATION"),
                self._rules.of(path, own),
                method=environ["REQUEST_METHOD"],
                url=self._origin + quote(raw, safe="/~!$&'()*+,;=:@") if self._origin is not None else None,
                dpop=_field(environ, "HTTP_DPOP"),
                certificate=self._certificate_of(environ),
            )
        except TokenError as refusal:
            tell_refusal(refusal)
            return _answer(environ, start_response, refusal.status, refusal_fields(refusal), refusal.message)
        environ[CLAIMS] = claims
        nonce = claims.dpop_nonce if claims is not None else None
        return self.app(environ, _with_nonce(start_response, nonce) if nonce else start_response)

    def _receive_logout(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        token = logout_token_of(environ.get("CONTENT_TYPE", ""), _body(environ))
        try:
            if token is None:
                status, fields, answer = logout_refusal(None)
            else:
                self._verifier.receive_logout(token, self._logout_clients)
                status, fields, answer = 200, NOT_CACHED[1:], b""
        except TokenError as refusal:
            status, fields, answer = logout_refusal(refusal)
        start_response(f"{status} {responses.get(status, '')}", [*fields, ("Content-Length", str(len(answer)))])
        return [answer]


def _body(environ: Environ) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return b""
    return bytes(environ["wsgi.input"].read(length)) if 0 < length <= LOGOUT_MAX else b""


def _field(environ: Environ, name: str) -> bytes | None:
    value = environ.get(name)
    return value.encode("latin-1") if isinstance(value, str) else None


def _with_nonce(start_response: StartResponse, nonce: str) -> StartResponse:
    def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("DPoP-Nonce", nonce)], *rest)

    return starting


def _answer(
    environ: Environ, start_response: StartResponse, status: int, fields: list[tuple[str, str]], message: str
) -> Iterable[bytes]:
    body = body_of(message)
    start_response(f"{status} {responses.get(status, '')}", [*fields, ("Content-Length", str(len(body)))])
    return [body if environ["REQUEST_METHOD"] != "HEAD" else b""]
