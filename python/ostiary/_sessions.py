# SPDX-License-Identifier: Apache-2.0
"""Browsers' login sessions in front of an ASGI application: when a session is opened, refreshed, begun and
ended. What a session is, and how it is sealed, is <ostiary/login.h>'s; the rules are the API framework's
(docs/development/verification.md).
"""

from __future__ import annotations

import atexit
import logging
import weakref

from . import _core, _waiting
from ._browser import Page, base_of, fields_of, is_same_origin, navigates, notice, redirect, target_of
from .errors import ConfigurationError, OstiaryError, TokenError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from ._core import Claims, LoginCall, LoginSession, Policy
    from .config import Login
    from .verifier import Verifier

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger("ostiary")
_SIDE = "ostiary.browser"
_SAFE = ("GET", "HEAD", "OPTIONS")


class Forged(Exception):
    """A session's cookie came along with another site's request."""


class Side:
    """The browser's side of one request, and what its answer carries."""

    def __init__(self, base: str, cookies: bytes) -> None:
        self.base = base
        self.cookies = cookies
        self.session: LoginSession | None = None
        self.opened = False
        self.refreshed = False
        self.renewal: str | None = None  # the code with which a refresh failed
        self.set_cookies: list[str] = []
        self.page: Page | None = None  # instead of the application's answer


class Sessions:
    """The sessions of one application. ``verifier`` judges their tokens and gives them their issuer."""

    def __init__(self, verifier: Verifier, login: Login, base_url: str | None) -> None:
        given = dict(login._given)
        self.logout_path: str = given.pop("logout_path") or "/logout"
        self.callback_path: str = given["redirect_path"] or "/auth"
        given["redirect_path"] = self.callback_path
        if not self.logout_path.startswith("/") or self.logout_path == self.callback_path:
            raise ConfigurationError(f"logout_path: {self.logout_path!r} is no path of its own")
        given["cookie_secret"], given["older_secret"] = _secrets(given["cookie_secret"])
        trusted = verifier._settings[verifier.issuers[0]]
        for name in ("discovery_url", "ca_file", "proxy", "no_proxy", "insecure_http"):
            given[name] = trusted[name]
        self._base_url = base_url
        self._verifier = verifier
        self._login = _core.Login(verifier, {**given, "issuer": verifier.issuers[0]})
        self._shared: _waiting.Shared = {}
        _all.add(self)

    @property
    def ready(self) -> bool:
        """Whether the provider's endpoints are known."""
        return self._login.ready

    @property
    def trouble(self) -> str:
        """Why they could not be had at the last attempt; empty when they could."""
        return self._login.trouble

    def close(self) -> None:
        """Ends the background thread."""
        self._login.close()

    # ---- around the application ----

    async def __call__(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        side = Side(base_of(scope, self._base_url), b"; ".join(fields_of(scope, b"cookie")))
        scope = {**scope, _SIDE: side}
        if scope["type"] == "http" and scope["path"] == self.callback_path and scope["method"] == "GET":
            return await _answer(send, side, await self._finish(scope, side))
        if scope["type"] == "http" and scope["path"] == self.logout_path and scope["method"] in ("GET", "POST"):
            return await _answer(send, side, self._end(scope, side))
        await app(scope, receive, _sending(send, side))

    # ---- a request's credentials ----

    async def check(self, scope: Scope, policy: Policy | None, method: str, optional: bool) -> Claims | None:
        """The claims of the browser's session. Raises TokenError, or Forged.

        A person who navigates is sent to sign in, or shown a page: then the middleware answers, whatever
        becomes of the exception.
        """
        side: Side | None = scope.get(_SIDE)
        if side is None:
            raise ConfigurationError("login: FastAPI(middleware=oidc.middleware) is missing")
        await self._take(side)
        while True:
            field = [b"Bearer " + side.session.access_token] if side.session is not None else []
            if optional and not field:
                return None
            try:
                claims = await self._verifier.acheck(
                    field,
                    policy,
                    method=method,
                    url=side.base.encode() + target_of(scope).encode() if side.base else None,
                )
                break
            except TokenError as refusal:
                if refusal.code == "OST_E_EXPIRED" and await self._refresh(side):
                    continue
                if optional and refusal.status == 401:
                    return None
                if navigates(scope):
                    side.page = self._page_for(scope, side, policy, refusal)
                raise
        if side.session is not None and method not in _SAFE and not is_same_origin(scope, side.base):
            raise Forged
        return claims

    async def _take(self, side: Side) -> None:
        """Opens the session and refreshes it when it is due, once for a request."""
        if side.opened or not side.base:
            return
        side.opened = True
        side.session = self._login.open(side.base.encode(), side.cookies)
        if side.session is not None and side.session.due:
            await self._refresh(side)

    async def _refresh(self, side: Side) -> bool:
        """False: there was nothing to try."""
        if side.refreshed or side.session is None or not side.session.refreshable:
            return False
        side.refreshed = True
        try:
            call = self._login.refresh(side.base.encode(), side.session, side.cookies)
        except OstiaryError as failure:
            side.renewal = failure.code
            _log.info("the session could not be refreshed: %s", failure)
            return True
        _, cookies, session, side.renewal, detail = await self._outcome(call)
        side.set_cookies += cookies
        if session is not None:
            side.session = session
        else:
            _log.info("the session was not refreshed: %s: %s", side.renewal, detail)
        # In all other cases the token serves as long as it is good.
        if side.renewal == "OST_E_EXPIRED":
            side.session = None
        return True

    async def _outcome(self, call: LoginCall) -> tuple[str, list[str], LoginSession | None, str | None, str]:
        await _waiting.wait(self._shared, call)
        return call.end()

    # ---- people ----

    def _page_for(self, scope: Scope, side: Side, policy: Policy | None, refusal: TokenError) -> Page:
        away = side.session is not None and side.renewal is not None
        if refusal.status == 401 and away:
            return self._no_login(scope, side.renewal or "")
        if refusal.status == 401 and not side.base:
            text = "This API does not know its own address. Open it as localhost, or have its operator set base_url."
            return self._refused(side, refusal, "Login is not possible under this address", text)
        if refusal.status == 401 and not _would_change_nothing(side, refusal):
            return self._begin(scope, side, policy, refusal)
        if refusal.status == 401:
            text = "You are signed in, but this API does not accept your login. If that is unexpected, tell the people who run it."
            return self._refused(side, refusal, "Your login is not accepted", text)
        if refusal.status == 403:
            text = "You are signed in, but your account lacks a right that this page asks for."
            return self._refused(side, refusal, "You may not see this", text)
        return self._refused(side, refusal, "This is not possible right now", "Please try again in a moment.")

    def _refused(self, side: Side, refusal: TokenError, title: str, text: str) -> Page:
        from ._web import refusal_fields

        if side.session is not None:
            page = notice(refusal.status, title, text, link=self.logout_path, label="Sign out", post=True)
        else:
            page = notice(refusal.status, title, text)
        known = {name for name, _ in page.fields}
        page.fields += [field for field in refusal_fields(refusal) if field[0] not in known]
        return page

    def _no_login(self, scope: Scope, code: str) -> Page:
        again = target_of(scope)
        if code == "OST_E_CONFLICT":
            text = (
                "You have just signed in, but your browser came back without its cookies. Allow cookies for this "
                "site, then try again."
            )
            return notice(400, "Your browser does not keep you signed in", text, link=again, label="Try again")
        text = "The login service cannot be reached. Please try again in a moment."
        page = notice(503, "Login is not possible right now", text, link=again, label="Try again")
        page.fields.append(("Retry-After", "5"))
        return page

    def _begin(self, scope: Scope, side: Side, policy: Policy | None, refusal: TokenError) -> Page:
        demand: dict[str, Any] = {}
        if refusal.code == "OST_E_STEP_UP" and policy is not None:
            from json import loads

            asked = loads(policy.json)
            demand = {"acr_values": asked.get("acr_values"), "max_age": asked.get("max_age", 0)}
        try:
            location, cookies = self._login.begin(
                side.base.encode(), target_of(scope).encode(), side.cookies, **demand
            )
        except OstiaryError as failure:
            why = "the browser keeps no cookies" if failure.code == "OST_E_CONFLICT" else failure.seen
            _log.warning("no login was begun: %s", why)
            return self._no_login(scope, failure.code)
        side.set_cookies += cookies
        return redirect(302, location)

    # ---- the two addresses of a login ----

    async def _finish(self, scope: Scope, side: Side) -> Page:
        await self._open_only(side)
        query, refusal = scope.get("query_string", b""), None
        try:
            call = self._login.finish(side.base.encode(), query, side.cookies)
        except OstiaryError as failure:
            code, detail = failure.code, failure.seen or ""
            # The back button, after a login that has ended. Nothing of the callback is used.
            if code == "OST_E_STATE" and side.session is not None:
                return redirect(302, "/")
            refusal = detail if code == "OST_E_REMOTE" else None
        else:
            location, cookies, session, failed, detail = await self._outcome(call)
            side.set_cookies += cookies
            if session is not None:
                return redirect(302, location)
            code = failed or ""
        _log.warning("login failed: %s: %s", code, detail)
        return notice(*_core.login_explain(_core.results()[code][0], refusal))

    async def _open_only(self, side: Side) -> None:
        if side.base:
            side.session = self._login.open(side.base.encode(), side.cookies)

    def _end(self, scope: Scope, side: Side) -> Page:
        if not side.base:
            return notice(*_core.login_explain(_core.results()["OST_E_STATE"][0], None))
        side.session = self._login.open(side.base.encode(), side.cookies)
        by_hand = scope["method"] == "GET" and fields_of(scope, b"sec-fetch-site") == [b"none"]
        if by_hand or is_same_origin(scope, side.base):
            location, cookies = self._login.end(side.base.encode(), side.session, side.cookies)
            side.set_cookies += cookies
            return redirect(303, location)
        if scope["method"] == "POST":
            return Page(403, [("Content-Type", "application/json")], b'{"detail":"Cross-site request refused"}')
        if side.session is None:
            return redirect(302, "/")
        text = "Another page has asked to sign you out of this API."
        return notice(200, "Sign out?", text, link=self.logout_path, label="Sign out", post=True)


_all: weakref.WeakSet[Sessions] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """No thread runs while the process ends."""
    for sessions in list(_all):
        sessions.close()


def _would_change_nothing(side: Side, refusal: TokenError) -> bool:
    """A login that has only just ended brought the token that is refused: another would bring the same."""
    if side.session is None or not side.session.fresh:
        return False
    return refusal.code != "OST_E_STEP_UP" or side.session.demanded


def _secrets(given: Any) -> tuple[bytes, bytes | None]:
    """The current secret, and behind it the one before, as a cookie secret's file has them."""
    if not isinstance(given, (str, bytes)):
        raise TypeError(f"cookie_secret: must be str or bytes, not {type(given).__name__}")
    words = (given.encode() if isinstance(given, str) else given).split()[:2]
    if not words or any(len(word) < 32 for word in words):
        raise ConfigurationError("cookie_secret: must have at least 32 characters")
    return words[0], words[1] if len(words) > 1 else None


def _sending(send: Send, side: Side) -> Send:
    """Adds the browser's cookies to whatever is answered, and puts our page in its place."""
    begun = replaced = False

    async def sending(message: Message) -> None:
        nonlocal begun, replaced
        if message["type"] == "http.response.start" and not begun:
            begun = True
            if side.page is not None:
                replaced = True
                return await _answer(send, side, side.page)
        if replaced and message["type"].startswith("http.response"):
            return
        if message["type"] in ("http.response.start", "websocket.accept", "websocket.http.response.start"):
            cookies = [(b"set-cookie", line.encode("latin-1")) for line in side.set_cookies]
            if cookies:
                message = {**message, "headers": [*message.get("headers", ()), *cookies]}
        await send(message)

    return sending


async def _answer(send: Send, side: Side, page: Page) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in page.fields]
    headers += [(b"set-cookie", line.encode("latin-1")) for line in side.set_cookies]
    headers.append((b"content-length", str(len(page.body)).encode()))
    await send({"type": "http.response.start", "status": page.status, "headers": headers})
    await send({"type": "http.response.body", "body": page.body})
