# SPDX-License-Identifier: Apache-2.0
"""FastAPI routes that are guarded by OpenID Connect access tokens (``pip install './python[fastapi]'``).

    oidc = OIDC("https://id.example.org/realms/shop", "items-api")
    app = FastAPI(lifespan=oidc.lifespan)

    @app.get("/items/")
    async def read_items(claims: Annotated[Claims, Depends(oidc)]):
        return {"message": f"Hello user {claims.subject}!"}

    @app.post("/items/", dependencies=[Security(oidc, scopes=["items:write"])])
    @app.delete("/items/{id}", dependencies=[Depends(oidc.require(realm_roles=["admin"]))])

What is refused, and with which status, challenge and sentence, is the C guard's own table
(docs/usage/refusals.md): RFC 6750, RFC 9449, RFC 9470.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.openapi.models import OAuth2, OAuthFlowAuthorizationCode, OAuthFlows, OpenIdConnect
from fastapi.responses import JSONResponse
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, ValidationError
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection

from ._core import Claims, Policy
from ._sessions import Forged, Sessions
from ._trouble import Watch
from ._web import (
    LOGOUT_MAX,
    LOGOUT_PATH,
    is_of_many_tenants,
    logout_refusal,
    logout_token_of,
    metadata_of,
    metadata_path,
    metadata_url,
    refusal_fields,
    tell_refusal,
)
from .config import Issuer, Login
from .errors import ClosedError, ConfigurationError, TokenError
from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

__all__ = ["OIDC"]

_log = logging.getLogger("ostiary")
_Model = TypeVar("_Model", bound=BaseModel)
_NO_STORE = "no-store"
_NOT_STORED = (b"cache-control", b"no-store")
_ACHECK = Verifier.acheck
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
# No token meets it: for the guard's own answer to one whose claims are not enough.
_NEVER = Policy({"claims": [{"claim": "/" + secrets.token_hex(16), "equals": secrets.token_hex(16)}]})


class _Dependency(SecurityBase):
    """A dependency on a good access token; what it asks for beyond that is its policy."""

    def __init__(self, owner: OIDC, members: Mapping[str, Any], optional: bool) -> None:
        self.model = owner.model
        self.scheme_name = owner.scheme_name
        self._owner = owner
        self._members = {name: list(each) if isinstance(each, (tuple, set)) else each for name, each in members.items()}
        self._optional = optional
        self._policies: dict[tuple[str, ...], Policy | None] = {}
        self._own_policy = self._policy_for(())  # what is wrong with it is told now

    def _policy_for(self, scopes: tuple[str, ...]) -> Policy | None:
        if scopes not in self._policies:
            members = dict(self._members)
            if scopes:
                members["scopes"] = [*members.get("scopes", ()), *scopes]
            policy = Policy(members) if members else None
            if policy is not None and policy.open:
                raise ConfigurationError("open: a route that anyone may use depends on no token")
            self._policies[scopes] = policy
        return self._policies[scopes]

    async def __call__(
        self, connection: HTTPConnection, scopes: SecurityScopes, response: Response = None  # type: ignore[assignment]
    ) -> Claims | None:
        wanted = scopes.scopes
        policy = self._policy_for(tuple(wanted)) if wanted else self._own_policy
        claims = self._owner._known(connection, policy)
        if claims is None:
            claims = await self._claims(connection, policy)
            if claims is None:
                return None
        if response is not None:
            # Not by response.headers, which makes an object of a size with the whole check.
            raw = response.raw_headers
            for name, _ in raw:
                if name == b"cache-control":
                    break
            else:
                raw.append(_NOT_STORED)
        return claims

    async def _claims(self, connection: HTTPConnection, policy: Policy | None) -> Claims | None:
        """Of the token, or of the browser's session; None for nobody, where that may be."""
        fields = _fields(connection, b"authorization")
        if not fields and self._owner._sessions is not None:
            return await self._owner._check_session(connection, policy, self._optional)
        if self._optional and not fields:
            return None
        return await self._owner._check(connection, fields, policy)


# As types, not as text: older versions of FastAPI do not find what the text of an object's __call__ means.
_Dependency.__call__.__annotations__.update(connection=HTTPConnection, scopes=SecurityScopes, response=Response)


class OIDC(_Dependency):
    """A guard for routes: ``Depends(oidc)`` gives the :class:`ostiary.Claims` of a good access token.

    ``issuer`` and ``audience`` and every other setting are those of :class:`ostiary.Verifier`; a
    ``verifier`` of one's own may be given in their place. Keys are fetched in the background from
    now on, without the loop, until :attr:`lifespan`, :meth:`close` or the program ends; the issuer
    may be down.

    ``base_url`` is the address by which clients know the API ("https://api.example.org"): proofs of
    possession (RFC 9449) name it. None: they are not taken, and tokens bound to a key are refused; what
    a request says in Host is no address to judge by, for a proof made for another API would be good.
    ``certificate`` returns the client's certificate (DER) of a connection, for tokens that are bound
    to one (RFC 8705). ``resource`` is the API's own identifier (RFC 9728), which :attr:`router`
    describes and challenges point to.

    ``logout_clients`` are clients whose logout tokens :attr:`router` takes at ``/backchannel-logout``
    (OpenID Connect Back-Channel Logout 1.0), beside the client of ``login`` and the audiences.

    ``authorization_url`` and ``token_url`` are for the Authorize button of ``/docs``; of an issuer
    with Keycloak's addresses they are known. ``scopes`` are what it offers, each with a sentence.

    ``login`` lets browsers sign in at the API itself, and keeps their session in a sealed cookie, the
    one of the C framework: ``FastAPI(middleware=oidc.middleware, lifespan=oidc.lifespan)``. A person
    who navigates to a guarded route is sent to sign in, anybody else gets the 401; what changes
    something by a session must come from a page of the API's own. Give ``base_url`` with it, unless
    the API is only reached as localhost.

    Raises ConfigurationError, TypeError or ValueError, which name the parameter.
    """

    def __init__(
        self,
        issuer: str | Issuer | Iterable[Issuer] | None = None,
        audience: str | Iterable[str] | None = None,
        *,
        verifier: Verifier | None = None,
        base_url: str | None = None,
        certificate: Callable[[HTTPConnection], bytes | None] | None = None,
        resource: str | None = None,
        login: Login | None = None,
        logout_clients: str | Iterable[str] = (),
        authorization_url: str | None = None,
        token_url: str | None = None,
        scopes: Mapping[str, str] | None = None,
        scheme_name: str = "OIDC",
        description: str | None = None,
        **settings: Any,
    ) -> None:
        if (verifier is None) == (issuer is None):
            raise ConfigurationError("issuer: give either an issuer or a verifier")
        if verifier is not None and (audience is not None or settings):
            raise ConfigurationError("verifier: its settings are its own")
        if resource is not None and verifier is None:
            settings.setdefault("resource_metadata", metadata_url(resource))
        self._make: Callable[[], Verifier] | None = None
        if verifier is None:
            assert issuer is not None
            trusted = issuer if isinstance(issuer, (str, Issuer)) else list(issuer)
            self._make = lambda: Verifier(trusted, audience, **settings)
            verifier = self._make()
        self._verifier = verifier
        self._entering = threading.Lock()
        self._living = 0  # applications within the lifespan
        self._watch: Watch
        self._base_url = base_url.rstrip("/") if base_url is not None else None
        self._certificate = certificate
        self._resource = resource
        if not isinstance(login, (Login, type(None))):
            raise TypeError(f"login: must be Login, not {type(login).__name__}")
        self._login = login
        self._sessions = Sessions(verifier, login, self._base_url) if login is not None else None
        self._logout_clients = self._clients_of_logouts(logout_clients)
        self._scopes = dict(scopes or {})
        self._dependencies: dict[tuple[str, bool], _Dependency] = {}
        self._models: dict[tuple[Any, _Dependency], Callable[..., Any]] = {}
        first = self._verifier.issuers[0]
        told = self._verifier._setting(first, "discovery_url") if is_of_many_tenants(first) else None
        self.model = _scheme(first, told, authorization_url, token_url, self._scopes, description)
        self.scheme_name = scheme_name
        super().__init__(self, {}, optional=False)

    def _clients_of_logouts(self, named: str | Iterable[str]) -> tuple[str, ...]:
        """Of logout tokens: the client of browsers' logins, the audiences, and those that are named."""
        clients = [named] if isinstance(named, str) else list(named)
        if self._login is not None:
            clients.append(self._login._given["client_id"])
        for issuer in self._verifier.issuers:
            audience = self._verifier._settings[issuer].get("audience")
            clients.extend([audience] if isinstance(audience, str) else audience or ())
        return tuple(dict.fromkeys(clients))

    # ---- what routes ask for ----

    def require(self, policy: Policy | Mapping[str, Any] | None = None, **members: Any) -> _Dependency:
        """A dependency with a policy: ``scopes``, ``any_scopes``, ``realm_roles``, ``client_roles``, ``max_age``…

        The members are those of docs/usage/policies.md. Raises ConfigurationError for an unknown one, and for
        ``open``. Who asks for the same again is given the same object, as ``app.dependency_overrides`` needs it.
        """
        return self._dependency({**_members(policy), **members}, optional=False)

    @property
    def optional(self) -> _Dependency:
        """A dependency that gives None to who brings no token; a token that is not good is refused."""
        return self._dependency({}, optional=True)

    def _dependency(self, members: dict[str, Any], optional: bool) -> _Dependency:
        """The same object for the same demands, so that app.dependency_overrides finds it."""
        made = _Dependency(self, members, optional)
        return self._dependencies.setdefault((json.dumps(made._members, sort_keys=True), optional), made)

    def claims_as(self, kind: type[_Model], source: _Dependency | None = None) -> Callable[..., _Model]:
        """A dependency that gives the claims as a pydantic model of the program's own.

        ``source`` is what they come from: this, or what :meth:`require` gave. A good token whose
        claims do not fit the model is answered 403.
        """

        of = source or self

        async def dependency(connection: HTTPConnection, claims: Any = Depends(of)) -> _Model | None:
            if claims is None:
                return None
            try:
                return kind.model_validate(dict(claims))
            except ValidationError as error:
                wrong = ", ".join(".".join(map(str, each["loc"])) or "the claims" for each in error.errors())
                _log.info("refused: OST_E_CLAIM: the token's claims are no %s: %s", kind.__name__, wrong)
            if await of._claims(connection, _NEVER) is None:
                return None  # nobody any more: the token has run out meanwhile
            raise AssertionError("a policy that no token meets was met")

        made: Callable[..., _Model] = self._models.setdefault((kind, of), dependency)
        return made

    # ---- the life of it ----

    @property
    def verifier(self) -> Verifier:
        """The verifier behind it, for :meth:`ostiary.Verifier.revoke` and the like."""
        return self._verifier

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncIterator[None]:
        """For ``FastAPI(lifespan=…)``: the verifier lives as long as the application, and the log of the name
        ``ostiary`` has a warning when an issuer begins to fail, and why, and one when it works again.

        A lifespan of one's own may enter it: ``async with oidc.lifespan(app): …``. Of several applications that
        live at once, or of one that is there twice, the last that ends takes the verifier along; an application
        that starts again has a verifier again.
        """
        # They wait for threads, which the loop does not.
        await anyio.to_thread.run_sync(self._enter)
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._leave)

    def _enter(self) -> None:
        with self._entering:
            if self._living == 0:
                if self._verifier.closed and self._make is not None:
                    self._verifier = self._make()
                    if self._login is not None:
                        self._sessions = Sessions(self._verifier, self._login, self._base_url)
                self._watch = Watch(self._verifier)
            self._living += 1

    def _leave(self) -> None:
        with self._entering:
            self._living -= 1
            if self._living > 0:
                return
            self._watch.end()
            if self._make is not None:
                self.close()

    def close(self) -> None:
        """Ends the background threads; requests that still come are answered 503."""
        self._verifier.close()
        if self._sessions is not None:
            self._sessions.close()

    @property
    def middleware(self) -> list[Middleware]:
        """For ``FastAPI(middleware=…)``: with ``login``, what sets the session's cookies and serves its paths."""
        return [Middleware(_Browsers, owner=self)] if self._login is not None else []

    # ---- what operators see ----

    @property
    def router(self) -> APIRouter:
        """Routes for whoever runs the API; none is in the OpenAPI document.

        ``/health``, ``/health/live``, ``/health/ready`` (503 until tokens can be verified),
        ``/metrics`` (Prometheus text), ``POST /backchannel-logout``, where issuers tell that a session
        is over, and with ``resource`` its metadata (RFC 9728), which pages of
        any origin may read.
        """
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/health/live", _live, methods=["GET"])
        router.add_api_route("/health", self._ready, methods=["GET"])
        router.add_api_route("/health/ready", self._ready, methods=["GET"])
        router.add_api_route("/metrics", self._metrics, methods=["GET"])
        if self._logout_clients:
            router.add_api_route(LOGOUT_PATH, self._logout, methods=["POST"])
        if self._resource is not None:
            router.add_api_route(metadata_path(self._resource), self._metadata, methods=["GET"])
            router.add_api_route(metadata_path(self._resource), self._metadata_for_pages, methods=["OPTIONS"])
        return router

    def docs(self, client_id: str) -> dict[str, Any]:
        """For ``FastAPI(swagger_ui_init_oauth=…)``: the page signs in as a public client, by PKCE."""
        return {
            "clientId": client_id,
            "usePkceWithAuthorizationCodeGrant": True,
            "scopes": " ".join(self._scopes) or "openid",
        }

    async def _ready(self) -> Response:
        ready = self._verifier.ready
        body = {"status": "UP" if ready else "DOWN", **self._verifier.describe()}
        if self._sessions is not None:
            body["login"] = self._sessions.ready
            if self._sessions.trouble:
                body["login_error"] = self._sessions.trouble
        return JSONResponse(body, 200 if ready else 503, {"Cache-Control": _NO_STORE})

    async def _logout(self, request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LOGOUT_MAX:
                break
        token = logout_token_of(request.headers.get("content-type", ""), body)
        try:
            if token is not None:
                await self._verifier.areceive_logout(token, self._logout_clients)
                return Response(headers={"Cache-Control": _NO_STORE})
            status, fields, answer = logout_refusal(None)
        except TokenError as refusal:
            status, fields, answer = logout_refusal(refusal)
        return Response(answer, status, dict(fields))

    async def _metrics(self) -> Response:
        return Response(self._verifier.metrics(), headers={"Cache-Control": _NO_STORE, "Content-Type": _PROMETHEUS})

    async def _metadata(self) -> Response:
        body = metadata_of(self._resource, self._verifier, self._scopes)
        return JSONResponse(body, headers={"Access-Control-Allow-Origin": "*"})

    async def _metadata_for_pages(self) -> Response:
        """Clients within pages send MCP-Protocol-Version with the question, for which a browser asks first."""
        return Response(
            status_code=204,
            headers={
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Allow-Methods": "GET",
                "Access-Control-Allow-Headers": "MCP-Protocol-Version",
                "Access-Control-Max-Age": "600",
            },
        )

    # ---- one request ----

    async def _check_session(
        self, connection: HTTPConnection, policy: Policy | None, optional: bool
    ) -> Claims | None:
        assert self._sessions is not None
        try:
            return await self._sessions.check(
                connection.scope, policy, connection.scope.get("method", "GET"), optional
            )
        except Forged:
            _log.info("refused: a session cookie from another site's page")
            raise HTTPException(403, "Cross-site request refused") from None
        except TokenError as refusal:
            raise _refused(refusal) from refusal
        except ClosedError as closed:
            raise _ended() from closed

    def _known(self, connection: HTTPConnection, policy: Policy | None) -> Claims | None:
        """What can be said of a request at once, without a coroutine; None: it is to be asked again by :meth:`_check`."""
        verifier, scope = self._verifier, connection.scope
        if type(verifier).acheck is not _ACHECK:
            return None  # a program's own way of checking is its last word
        try:
            known = verifier._try_headers(
                scope["headers"],
                policy,
                scope.get("method", "GET"),
                self._base_url + connection.url.path if self._base_url is not None else None,
                self._certificate(connection) if self._certificate is not None else None,
            )
        except TokenError as refusal:
            raise _refused(refusal) from refusal
        except ClosedError as closed:
            raise _ended() from closed
        return known if type(known) is Claims else None

    async def _check(self, connection: HTTPConnection, fields: list[bytes], policy: Policy | None) -> Claims | None:
        try:
            return await self._verifier.acheck(
                fields,
                policy,
                method=connection.scope.get("method", "GET"),
                url=self._base_url + connection.url.path if self._base_url is not None else None,
                dpop=_fields(connection, b"dpop"),
                certificate=self._certificate(connection) if self._certificate is not None else None,
            )
        except TokenError as refusal:
            raise _refused(refusal) from refusal
        except ClosedError as closed:
            raise _ended() from closed


class _Browsers:
    """The sessions that there are now: an application may start again."""

    def __init__(self, app: Any, owner: OIDC) -> None:
        self._app = app
        self._owner = owner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sessions = self._owner._sessions
        if scope["type"] not in ("http", "websocket") or sessions is None:
            await self._app(scope, receive, send)
            return
        await sessions(self._app, scope, receive, send)


def _refused(refusal: TokenError) -> HTTPException:
    tell_refusal(refusal)
    return HTTPException(refusal.status, refusal.message, dict(refusal_fields(refusal)))


def _ended() -> HTTPException:
    """The program is about to end; another of its processes may answer."""
    return HTTPException(503, "The service is ending", {"Cache-Control": _NO_STORE, "Retry-After": "1"})


def _fields(connection: HTTPConnection, name: bytes) -> list[bytes]:
    return [value for each, value in connection.scope["headers"] if each == name]


def _members(policy: Policy | Mapping[str, Any] | None) -> dict[str, Any]:
    if isinstance(policy, Policy):
        members: dict[str, Any] = json.loads(policy.json)
        return members
    return dict(policy or {})


def _scheme(
    issuer: str,
    discovery_url: str | None,
    authorization_url: str | None,
    token_url: str | None,
    scopes: dict[str, str],
    description: str | None,
) -> OAuth2 | OpenIdConnect:
    if "/realms/" in issuer:
        authorization_url = authorization_url or f"{issuer}/protocol/openid-connect/auth"
        token_url = token_url or f"{issuer}/protocol/openid-connect/token"
    if authorization_url is None or token_url is None:
        address = discovery_url or f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        return OpenIdConnect(openIdConnectUrl=address, description=description)
    code = OAuthFlowAuthorizationCode(
        authorizationUrl=authorization_url, tokenUrl=token_url, refreshUrl=token_url, scopes=scopes
    )
    return OAuth2(flows=OAuthFlows(authorizationCode=code), description=description)


async def _live() -> dict[str, str]:
    return {"status": "UP"}
