# SPDX-License-Identifier: Apache-2.0
"""What a verifier is told: issuers, and how they are asked about tokens.

Every value is copied. None takes the default. All durations are whole seconds, all sizes bytes; 0 is
refused, for what it would mean is not what it says.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ._core import Key


_SEVERAL = ("algorithms", "audience", "clients", "origins", "tenants")


class _Settings:
    """Keeps what was given, by name."""

    __slots__ = ("_given",)

    def __init__(self, given: dict[str, Any]) -> None:
        given.pop("self")
        given.pop("__class__", None)
        # A list may change, and an iterator is good once.
        for name in _SEVERAL:
            if not isinstance(given.get(name), (str, type(None))) and hasattr(given[name], "__iter__"):
                given[name] = tuple(given[name])
        self._given = given

    def __repr__(self) -> str:
        # Names alone: there are secrets among the values.
        names = ", ".join(name for name, value in self._given.items() if value is not None)
        return f"<{type(self).__name__} with {names}>"


class Introspection(_Settings):
    """Asking the issuer about tokens (RFC 7662), for opaque ones, or with ``every_token`` for all.

    ``client_id`` and ``client_secret`` say who this API is (``auth``: "client_secret_basic",
    "client_secret_post", or "private_key_jwt" with ``key``). ``endpoint``: None takes it from
    discovery. ``token_prefix`` tells apart whom to ask, when there are several issuers. ``no_keys``:
    the issuer publishes none. ``require_signed``: answers must be signed (RFC 9701). ``lifetime``
    (30 s) and ``inactive_lifetime`` (10 s) say how long an answer is remembered; ``inactive_rate``
    (20) how many questions a second may end in a no.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        endpoint: str | None = None,
        auth: str | None = None,
        key: Key | None = None,
        key_algorithm: str | None = None,
        token_prefix: str | None = None,
        every_token: bool = False,
        no_keys: bool = False,
        require_signed: bool = False,
        lifetime: int | None = None,
        inactive_lifetime: int | None = None,
        inactive_rate: int | None = None,
        cache_entries: int | None = None,
        cache_bytes: int | None = None,
    ) -> None:
        super().__init__(dict(locals()))


class StatusLists(_Settings):
    """Looking up whether a token was taken back (draft-ietf-oauth-status-list).

    ``origins``: where lists may come from, as "https://id.example.org", 8 at most. Without them a
    token that refers to a list is refused, unless ``insecure_ignore``. ``lifetime`` (300 s) is of a
    list that does not say; ``insecure_stale_limit``: how long an old one serves when no newer one can
    be had; ``max_list`` (1 MiB): bytes of one, inflated.
    """

    def __init__(
        self,
        origins: str | Iterable[str] | None = None,
        *,
        insecure_ignore: bool = False,
        insecure_stale_limit: int | None = None,
        lifetime: int | None = None,
        max_list: int | None = None,
    ) -> None:
        super().__init__(dict(locals()))


class Issuer(_Settings):
    """One trusted issuer.

    ``issuer`` is compared exactly with ``iss``; ``audience`` is one name, or several of which one must
    stand in ``aud``. ``algorithms``: None accepts every asymmetric signature of general use. ``leeway``
    (30 s, 300 at most) forgives clocks. ``clients``: accepted ``azp``; None any. ``tenants``, or
    ``any_tenant``: of an issuer with ``{tenantid}`` in its name (Microsoft Entra ID), ids of those that
    may come in; with ``discovery_url``. ``client_is_audience``: of tokens without ``aud`` the client
    stands in for it (Amazon Cognito). ``discovery_url`` and
    ``jwks_url`` say where to look instead; ``ca_file`` whom to trust there (PEM). ``proxy``
    ("http://host:port", or https, with "user:password@" before the host) makes tunnels to https beyond
    this machine, for everything that the issuer is asked, browsers' logins included; the environment is
    not looked at. ``no_proxy``: hosts that are reached without it, names, which stand for those below
    them too, and addresses, separated by commas. ``seed_file`` keeps
    keys on disk for a start without the issuer. ``hmac_secret`` is for HS256 and its like, together
    with ``algorithms``. ``access_token_profile`` asks for RFC 9068 and nothing less. ``key_lifetime``
    (300 s), ``stale_limit`` (3600 s) and ``fetch_timeout`` (5 s) are of its keys. ``insecure_http``
    allows plain http beyond loopback; ``insecure_any_audience`` does not look at ``aud``.
    """

    def __init__(
        self,
        issuer: str,
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
    ) -> None:
        super().__init__(dict(locals()))

    def _triple(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        own = dict(self._given)
        return own, _inner(own, "introspection", Introspection), _inner(own, "status_lists", StatusLists)


class DPoP(_Settings):
    """How proofs of possession are judged (RFC 9449); the defaults are sound.

    ``lifetime`` (60 s) is how long a proof is good, ``leeway`` (10 s) how far its time may lie ahead;
    both 300 at most. ``require_nonce``: proofs must carry a nonce of this API's (§9), made with
    ``nonce_secret`` (32 bytes, the same in all processes; None: of this one's own). ``proofs``
    (1,048,576): how many are remembered until they are too old.
    """

    def __init__(
        self,
        *,
        algorithms: Iterable[str] | None = None,
        lifetime: int | None = None,
        leeway: int | None = None,
        require_nonce: bool = False,
        nonce_secret: str | bytes | None = None,
        proofs: int | None = None,
    ) -> None:
        super().__init__(dict(locals()))


class Login(_Settings):
    """How browsers sign in at the API itself, by OpenID Connect's code flow with PKCE.

    ``client_id`` is the API's own client at the issuer, ``client_secret`` None for a public one; its
    redirect URI is the API's origin with ``redirect_path`` ("/auth"), and ``scope`` ("openid") is what
    it asks for. ``resource`` is named where a provider gives access tokens of this kind for a named
    resource alone (RFC 8707): an absolute URI. ``cookie_secret`` seals the session's cookies: 32 characters at least, the same on
    every node, and, behind white space, the one before, which still opens what it has sealed: what the
    file of ``--cookie-secret-file`` holds. A program of the C framework with the same secret, issuer and
    ``cookie_name`` ("ostiary") understands the same sessions. ``logout_path`` is "/logout".
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        cookie_secret: str | bytes,
        scope: str | None = None,
        resource: str | None = None,
        redirect_path: str | None = None,
        logout_path: str | None = None,
        cookie_name: str | None = None,
    ) -> None:
        super().__init__(dict(locals()))


def _inner(own: dict[str, Any], name: str, kind: type[_Settings]) -> dict[str, Any]:
    value = own.pop(name, None)
    if value is None:
        return {}
    if not isinstance(value, kind):
        raise TypeError(f"{name}: must be {kind.__name__}, not {type(value).__name__}")
    return dict(value._given)
