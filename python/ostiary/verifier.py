# SPDX-License-Identifier: Apache-2.0
"""The verifier: access tokens of trusted issuers."""

from __future__ import annotations

import os
import time
import weakref
from _thread import allocate_lock

TYPE_CHECKING = False

from . import _core, _waiting
from .config import DPoP, Introspection, Issuer, StatusLists, _inner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Any

    from ._core import Claims, Key, KeySet, Policy, Text

# For keys, for the issuer's word, for a status list.
_WAITS = 3
_KINDS = {"token_id": 1, "session": 2, "subject": 3}
_DAY = 86400  # seconds


class Verifier(_core.Guard):
    """Verifies access tokens of one issuer, or of several.

    ``issuer`` is its name, with ``audience``, or one or more :class:`Issuer`. A thread of its own
    fetches and refreshes the issuer's keys; it never enters the interpreter, and the constructor does
    not wait for it: the issuer may be down. One verifier serves all threads, all tasks, and, after
    ``fork``, every process, which then fetches keys of its own. What was revoked before a fork is
    revoked in the child too; what is revoked later, in the one process alone.

    What is not described here is of the issuer, see :class:`Issuer`. ``realm`` stands in challenges,
    ``resource_metadata`` too (RFC 9728). ``max_token`` (16 KiB) is the longest token. ``cache_entries``
    (10,000) and ``cache_bytes`` (64 MiB) bound what is remembered of verified signatures, which
    ``no_cache`` turns off; claims, times and revocations are checked each time all the same.
    ``revocation_entries`` (100,000) bounds :meth:`revoke`; ``revocation_file`` keeps what was revoked for a
    restart, and for other processes of this machine that are given the same file. ``decryption_keys`` are for access tokens
    that are encrypted (RFC 7519 §5.2); the other ``decryption_…`` are as :func:`ostiary.jwe.decrypt` has them. ``insecure_explain`` tells clients what was expected and seen:
    for development.

    Raises ConfigurationError, TypeError or ValueError, which name the parameter.
    """

    def __init__(
        self,
        issuer: str | Issuer | Iterable[Issuer],
        audience: str | Iterable[str] | None = None,
        *,
        algorithms: Iterable[str] | None = None,
        leeway: int | None = None,
        clients: str | Iterable[str] | None = None,
        discovery_url: str | None = None,
        jwks_url: str | None = None,
        ca_file: str | None = None,
        proxy: str | None = None,
        no_proxy: str | None = None,
        seed_file: str | None = None,
        hmac_secret: str | bytes | None = None,
        access_token_profile: bool = False,
        client_is_audience: bool = False,
        tenants: str | Iterable[str] | None = None,
        any_tenant: bool = False,
        key_lifetime: int | None = None,
        stale_limit: int | None = None,
        fetch_timeout: int | None = None,
        introspection: Introspection | None = None,
        status_lists: StatusLists | None = None,
        insecure_http: bool = False,
        insecure_any_audience: bool = False,
        realm: str | None = None,
        resource_metadata: str | None = None,
        insecure_explain: bool = False,
        cache_entries: int | None = None,
        cache_bytes: int | None = None,
        no_cache: bool = False,
        max_token: int | None = None,
        revocation_entries: int | None = None,
        revocation_file: str | None = None,
        decryption_keys: KeySet | Key | None = None,
        decryption_algorithms: Iterable[str] | None = None,
        decryption_encryptions: Iterable[str] | None = None,
        decryption_inflate_max: int | None = None,
        decryption_pbes2_count_max: int | None = None,
        dpop: DPoP | None = None,
    ) -> None:
        given: dict[str, Any] = dict(locals())
        given.pop("self")
        given.pop("__class__", None)
        of_issuer = {name: given.pop(name) for name in _ISSUER_PARAMETERS}
        proofs = {f"dpop_{name}": value for name, value in _inner(given, "dpop", DPoP).items()}
        issuers = _issuers(issuer, of_issuer)
        self._issuers = tuple(each._given["issuer"] for each in issuers)
        self._settings = {each._given["issuer"]: each._given for each in issuers}
        self._shared: _waiting.Shared = {}
        self._revoked: dict[tuple[int, str | None, str | None, int], int] = {}
        self._prune_at = 1024
        self._remembering = allocate_lock()
        super().__init__([each._triple() for each in issuers], {**given, **proofs})
        _all.add(self)

    @property
    def issuers(self) -> tuple[str, ...]:
        """The names of the trusted issuers."""
        return self._issuers

    def _setting(self, issuer: object, name: str) -> str | None:
        """What an issuer is configured with, for exceptions; of the only one, whatever a token names."""
        of = self._issuers[0] if len(self._issuers) == 1 else issuer
        value = self._settings.get(of, {}).get(name) if isinstance(of, str) else None
        if value is None or isinstance(value, str):
            return value
        return " or ".join(map(str, value))

    async def averify(
        self,
        token: Text,
        policy: Policy | None = None,
        *,
        method: Text | None = None,
        url: Text | None = None,
        dpop: Text | Sequence[Text] | None = None,
        certificate: bytes | None = None,
    ) -> Claims:
        """The same as :meth:`verify`, under asyncio, uvloop or trio (and so anyio).

        Where something must be fetched first the task waits, and the loop goes on; however many tasks
        wait for the same, it is fetched once.
        """
        answer = self._try_token(token, policy, method=method, url=url, dpop=dpop, certificate=certificate)
        waits = 0
        while isinstance(answer, _core.Wait):
            waits = await self._wait(answer, waits)
            answer = self._try_token(
                token, policy, method=method, url=url, dpop=dpop, certificate=certificate, last=waits >= _WAITS
            )
        return answer

    async def acheck(
        self,
        authorization: Text | Sequence[Text] | None,
        policy: Policy | None = None,
        *,
        method: Text | None = None,
        url: Text | None = None,
        dpop: Text | Sequence[Text] | None = None,
        certificate: bytes | None = None,
    ) -> Claims | None:
        """The same as :meth:`check`, under asyncio, uvloop or trio."""
        answer = self._try_fields(authorization, policy, method=method, url=url, dpop=dpop, certificate=certificate)
        waits = 0
        while isinstance(answer, _core.Wait):
            waits = await self._wait(answer, waits)
            answer = self._try_fields(
                authorization, policy, method=method, url=url, dpop=dpop, certificate=certificate, last=waits >= _WAITS
            )
        return answer

    def receive_logout(self, token: Text, clients: Iterable[str]) -> None:
        """Takes a logout token (OpenID Connect Back-Channel Logout 1.0) that an issuer has sent.

        From now on the tokens of the session that it names are refused in this process, or those of
        the user that were issued up to it. ``clients``: one of them must be in its ``aud``. A token
        is taken once. Where keys must be fetched first, waits in this thread. Raises TokenError, whose
        ``status`` (400 or 503) and ``message`` are the answer's. Any thread.
        """
        given = _clients(clients)
        bell = self._try_logout(token, given, False)
        if isinstance(bell, _core.Wait):
            if bell.begin():
                bell.block()
            self._try_logout(token, given, True)

    async def areceive_logout(self, token: Text, clients: Iterable[str]) -> None:
        """The same as :meth:`receive_logout`, under asyncio, uvloop or trio."""
        given = _clients(clients)
        bell = self._try_logout(token, given, False)
        if isinstance(bell, _core.Wait):
            await self._wait(bell, 0)
            self._try_logout(token, given, True)

    async def _wait(self, bell: _core.Wait, waits: int) -> int:
        await _waiting.wait(self._shared, bell)
        return waits + 1

    def revoke(
        self,
        *,
        token_id: str | None = None,
        session: str | None = None,
        subject: str | None = None,
        issuer: str | None = None,
        not_before: int = 0,
        until: int = 0,
    ) -> None:
        """Takes tokens back before they expire, in this process: from now on they are refused.

        Exactly one of ``token_id`` (``jti``), ``session`` (``sid``) and ``subject`` (``sub``).
        ``issuer`` may be left out when there is one. Tokens issued before the second ``not_before``
        are meant; 0: for a subject those issued until now, for the others all. ``until`` is the second
        from which on it may be forgotten; 0: a day from now. Both are times since 1970-01-01 UTC, no
        durations, which would take nothing back: ValueError.
        """
        given = {"token_id": token_id, "session": session, "subject": subject}
        named = [name for name, value in given.items() if value is not None]
        if len(named) != 1:
            raise TypeError("revoke: takes exactly one of token_id, session and subject")
        if not isinstance(given[named[0]], str):
            raise TypeError(f"{named[0]}: must be str, not {type(given[named[0]]).__name__}")
        _time("not_before", not_before)
        _time("until", until)
        # As seconds that hold in a child too, whenever that is forked.
        now = int(time.time())
        if not_before == 0 and subject is not None:
            not_before = now + 1
        what = (_KINDS[named[0]], given[named[0]], issuer, not_before)
        until = until or now + _DAY
        self._revoke(*what, until)
        self._remember(what, until, now)

    def _remember(self, what: tuple[int, str | None, str | None, int], until: int, now: int) -> None:
        with self._remembering:
            self._revoked[what] = max(until, self._revoked.get(what, 0))
            if len(self._revoked) >= self._prune_at:
                self._revoked = {of: last for of, last in self._revoked.items() if last > now}
                self._prune_at = 2 * len(self._revoked) + 1024

    def _forked(self) -> None:
        """Tells the child's guard what the parent's was told. One that cannot be told lets nobody in."""
        self._remembering = allocate_lock()  # of a thread that is not there any more, it may be
        if self.closed:
            return
        try:
            for what, until in self._revoked.items():
                self._revoke(*what, until)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Verifier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Verifier:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Verifier of {', '.join(getattr(self, '_issuers', ('nobody yet',)))}{' (closed)' if self.closed else ''}>"


_all: weakref.WeakSet[Verifier] = weakref.WeakSet()


# Less than half of what clocks have shown for years: somebody's number of seconds.
_NO_TIME = 800_000_000


def _time(name: str, value: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: must be int, not {type(value).__name__}")
    if value != 0 and not _NO_TIME < value < 2**48:
        raise ValueError(f"{name}: must be a time in seconds since 1970-01-01 UTC, or 0")


def _clients(clients: Iterable[str]) -> tuple[bytes, ...]:
    given = (clients,) if isinstance(clients, str) else tuple(clients)
    if not given or not all(isinstance(client, str) and client for client in given):
        raise ValueError("clients: must be names of clients, one at least")
    return tuple(client.encode() for client in given)


def _after_fork() -> None:
    for verifier in list(_all):
        verifier._forked()


os.register_at_fork(after_in_child=_after_fork)

_ISSUER_PARAMETERS = (
    "issuer",
    "audience",
    "algorithms",
    "leeway",
    "clients",
    "discovery_url",
    "jwks_url",
    "ca_file",
    "proxy",
    "no_proxy",
    "seed_file",
    "hmac_secret",
    "access_token_profile",
    "client_is_audience",
    "tenants",
    "any_tenant",
    "key_lifetime",
    "stale_limit",
    "fetch_timeout",
    "introspection",
    "status_lists",
    "insecure_http",
    "insecure_any_audience",
)


def _issuers(issuer: str | Issuer | Iterable[Issuer], given: dict[str, Any]) -> list[Issuer]:
    if isinstance(issuer, str):
        return [Issuer(**given)]
    try:
        several = [issuer] if isinstance(issuer, Issuer) else list(issuer)
    except TypeError:
        raise TypeError(f"issuer: must be str or Issuer, or several Issuer, not {type(issuer).__name__}") from None
    if not several:
        raise ValueError("issuer: must be one at least")
    for each in several:
        if not isinstance(each, Issuer):
            raise TypeError(f"issuer: must be Issuer, not {type(each).__name__}")
    beside = [name for name, value in given.items() if name != "issuer" and value not in (None, False)]
    if beside:
        raise TypeError(f"{beside[0]}: belongs to the Issuer, when one is given")
    return several
