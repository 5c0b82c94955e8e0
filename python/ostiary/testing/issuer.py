# SPDX-License-Identifier: Apache-2.0
"""The issuer of a test."""

from __future__ import annotations

import secrets
import threading
import time
import zlib

from .._core import Key
from ..config import Introspection, StatusLists
from ..config import Issuer as Trusted
from ..verifier import Verifier
from .proofs import base64url, bound_to, signed
from .server import Server

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Any

_STATUSES = 4096


class Issuer:
    """An OpenID Connect issuer in this process: discovery, keys, introspection, a status list.

    It serves from the moment it is made, on a free port of 127.0.0.1, until :meth:`close` or the end of
    its ``with``. ``audience`` is what its tokens are meant for, when nothing else is said; ``algorithm``
    signs them; ``path`` is that of its name, as of a realm.

    What is set on it holds for the requests that follow: ``down`` (answers 503), ``delay`` (seconds
    before each answer), ``keys`` (those that it publishes), ``key_lifetime`` (seconds, 300: how long it
    says that they may be kept). ``requests`` are the paths that it was asked for, in order.
    """

    def __init__(self, audience: str = "api", *, algorithm: str = "ES256", path: str = "/realms/test") -> None:
        if not path.startswith("/") or path.endswith("/"):
            raise ValueError("path: must begin with a slash, and not end with one")
        self.audience = audience
        self.algorithm = algorithm
        self.down = False
        self.delay = 0.0
        self.key_lifetime = 300
        self.requests: list[str] = []
        self.introspection_client = audience
        self.introspection_secret = secrets.token_urlsafe(24)
        self._path = path
        self._rfc8414_path = "/.well-known/oauth-authorization-server" + path
        self._opaque: dict[str, dict[str, Any]] = {}
        self._statuses = bytearray(_STATUSES // 8)
        self._next_status = 0
        self._status_of: dict[str, int] = {}
        self._lock = threading.Lock()
        self._key = Key.generate(algorithm, kid=secrets.token_urlsafe(8))
        self.keys = [self._key]
        self._server = Server(self)
        self._origin = f"http://127.0.0.1:{self._server.server_port}"
        self._closed = False
        self._server.start()

    # ---- who it is ----

    @property
    def url(self) -> str:
        """Its name: what stands in ``iss``, and what a verifier is told."""
        return self._origin + self._path

    @property
    def key(self) -> Key:
        """The key that it signs with now."""
        return self._key

    def verifier(self, audience: str | Iterable[str] | None = None, **settings: Any) -> Verifier:
        """A verifier that trusts it; ``settings`` as :class:`ostiary.Verifier` takes them."""
        return Verifier(self.url, audience or self.audience, **settings)

    def trusted(self, audience: str | Iterable[str] | None = None, **settings: Any) -> Trusted:
        """The same for a verifier of several issuers; ``settings`` as :class:`ostiary.Issuer` takes them."""
        return Trusted(self.url, audience or self.audience, **settings)

    def introspection(self, **settings: Any) -> Introspection:
        """How a verifier may ask it about tokens (RFC 7662)."""
        return Introspection(self.introspection_client, self.introspection_secret, **settings)

    def status_lists(self, **settings: Any) -> StatusLists:
        """Where a verifier may fetch its status list."""
        return StatusLists(self._origin, **settings)

    # ---- tokens ----

    def claims(
        self,
        subject: str | None = "alice",
        *,
        audience: str | list[str] | None = None,
        scopes: Iterable[str] = (),
        roles: Iterable[str] = (),
        client_roles: Mapping[str, Iterable[str]] | None = None,
        client: str = "test-client",
        lifetime: int = 300,
        dpop_key: Key | None = None,
        certificate: bytes | None = None,
        status: bool = False,
        **claims: Any,
    ) -> dict[str, Any]:
        """What a token of these parameters says; see :meth:`token`."""
        now = int(time.time())
        made: dict[str, Any] = {
            "iss": self.url,
            "aud": self.audience if audience is None else audience,
            "sub": subject,
            "azp": client,
            "client_id": client,
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + lifetime,
            "scope": " ".join(scopes) or None,
            "realm_access": {"roles": list(roles)} if roles else None,
            "cnf": bound_to(dpop_key, certificate) or None,
        }
        if client_roles:
            made["resource_access"] = {name: {"roles": list(of)} for name, of in client_roles.items()}
        if status:
            index = self._take_status(made["jti"])
            made["status"] = {"status_list": {"idx": index, "uri": self.url + "/status"}}
        return {name: value for name, value in {**made, **claims}.items() if value is not None}

    def token(
        self,
        subject: str | None = "alice",
        *,
        key: Key | None = None,
        algorithm: str | None = None,
        typ: str | None = "at+jwt",
        **parameters: Any,
    ) -> str:
        """A signed access token, as RFC 9068 wants it and with Keycloak's roles.

        ``audience``: None is the issuer's own. ``scopes``; ``roles`` of the realm; ``client_roles`` by
        client; ``client`` is ``azp`` and ``client_id``; ``lifetime`` in seconds from now, negative for
        one that has expired. ``dpop_key`` binds it to a key (RFC 9449 §6), ``certificate`` (DER) to one
        of TLS (RFC 8705 §3). ``status`` refers it to the status list, for :meth:`revoke`. Every other
        name is a claim, over those made here; None leaves it out. ``key`` and ``algorithm`` sign in
        place of the issuer's own, for tests of what is refused.
        """
        return signed(self.claims(subject, **parameters), key or self._key, algorithm or self.algorithm, typ)

    def opaque(self, subject: str | None = "alice", *, prefix: str = "", **parameters: Any) -> str:
        """A token that says nothing itself: the verifier asks about it. Parameters as :meth:`token`.

        ``prefix`` begins it, for a verifier of several issuers (``token_prefix``).
        """
        token = prefix + secrets.token_urlsafe(24)
        with self._lock:
            self._opaque[token] = self.claims(subject, **parameters)
        return token

    def revoke(self, token: str) -> None:
        """Takes back a token, opaque or made with ``status``; who has asked already may remember."""
        from .. import jwt

        with self._lock:
            if self._opaque.pop(token, None) is not None:
                return
            index = self._status_of.get(str(jwt.read_unverified(token)[1].get("jti")))
            if index is None:
                raise ValueError("token: neither opaque nor made with status=True by this issuer")
            self._statuses[index // 8] |= 1 << (index % 8)

    def _take_status(self, token_id: str) -> int:
        with self._lock:
            if self._next_status == _STATUSES:
                raise ValueError(f"status: this issuer has made {_STATUSES} such tokens already")
            index: int = self._next_status
            self._status_of[token_id] = index
            self._next_status += 1
            return index

    # ---- what happens to issuers ----

    def rotate(self, *, keep: bool = True) -> Key:
        """Signs with another key from now on; without ``keep`` the old ones are published no more."""
        fresh = Key.generate(self.algorithm, kid=secrets.token_urlsafe(8))
        self._key, self.keys = fresh, [*(self.keys if keep else ()), fresh]
        return fresh

    def count(self, end: str) -> int:
        """How often it was asked for a path that ends so: "/certs", "/introspect", "/status"."""
        return sum(1 for path in list(self.requests) if path.endswith(end))

    # ---- what it answers ----

    def metadata(self) -> dict[str, Any]:
        """Its discovery document (OpenID Connect Discovery §3, RFC 8414 §2)."""
        return {
            "issuer": self.url,
            "jwks_uri": self.url + "/certs",
            "introspection_endpoint": self.url + "/introspect",
            "authorization_endpoint": self.url + "/auth",
            "token_endpoint": self.url + "/token",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.algorithm],
            "code_challenge_methods_supported": ["S256"],
        }

    def jwks(self) -> dict[str, Any]:
        """The keys that it publishes (RFC 7517 §5)."""
        return {"keys": [key.to_jwk() for key in self.keys]}

    def introspect(self, token: str) -> dict[str, Any]:
        """What it says about a token (RFC 7662 §2.2)."""
        with self._lock:
            claims = self._opaque.get(token)
        if claims is None or claims.get("exp", 0) <= time.time():
            return {"active": False}
        return {**claims, "active": True}

    def status_list(self) -> str:
        """Its status list, signed, good for a second (draft-ietf-oauth-status-list §5.1)."""
        with self._lock:
            bits = base64url(zlib.compress(bytes(self._statuses), 9))
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.url, "sub": self.url + "/status", "iat": now, "exp": now + 60, "ttl": 1}
        claims["status_list"] = {"bits": 1, "lst": bits}
        return signed(claims, self._key, self.algorithm, "statuslist+jwt")

    def _asked(self, path: str) -> None:
        self.requests.append(path)

    # ---- its end ----

    def close(self) -> None:
        """Stops serving; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._server.stop()

    def __enter__(self) -> Issuer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<testing.Issuer {self.url}{' (closed)' if self._closed else ''}>"
