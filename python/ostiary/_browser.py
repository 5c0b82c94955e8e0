# SPDX-License-Identifier: Apache-2.0
"""What is particular to browsers, over the scope of ASGI: the origin they see, and whether a request is a
person's wish to see a page. The same rules as the API framework of C (src/app/browser.c).
"""

from __future__ import annotations

import html
import ipaddress
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto 0;padding:0 1rem;color:#222}"
    "h1{font-size:1.4rem}button{font:inherit;padding:.4rem 1rem}"
)
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class Page:
    """An answer of ours in place of the application's."""

    __slots__ = ("status", "fields", "body")

    def __init__(self, status: int, fields: list[tuple[str, str]], body: bytes = b"") -> None:
        self.status = status
        self.fields = fields
        self.body = body


def redirect(status: int, location: str) -> Page:
    return Page(status, [("Location", location), ("Cache-Control", "no-store")])


def notice(status: int, title: str, text: str, *, link: str = "/", label: str = "Back to the start", post: bool = False) -> Page:
    """A page for a person; no script, and nothing in it but what is given."""
    if post:
        action = f'<form method="post" action="{html.escape(link)}"><button>{html.escape(label)}</button></form>'
    else:
        action = f'<p><a href="{html.escape(link)}">{html.escape(label)}</a></p>'
    body = (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>{action}</html>"
    )
    fields = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", _POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        # With "no-referrer" browsers send "Origin: null" when the form is sent.
        ("Referrer-Policy", "same-origin"),
    ]
    return Page(status, fields, body.encode())


def fields_of(scope: Mapping[str, Any], name: bytes) -> list[bytes]:
    return [value for each, value in scope["headers"] if each.lower() == name]


def _field(scope: Mapping[str, Any], name: bytes) -> str | None:
    values = fields_of(scope, name)
    return values[0].decode("latin-1") if values else None


def is_local(host: str) -> bool:
    """True of localhost and its subdomains, 127.0.0.0/8 and ::1, with or without a port."""
    name, colon, port = host.rpartition(":")
    if not colon or "]" in port:
        name, port = host, ""
    if port and not (port.isascii() and port.isdigit()):
        return False
    name = name.lower()
    if name.startswith("[") and name.endswith("]"):
        return name[1:-1] == "::1"
    if name == "localhost" or name.endswith(".localhost"):
        return all(part and part.replace("-", "").isalnum() and part.isascii() for part in name.split("."))
    try:
        return ipaddress.IPv4Address(name).is_loopback
    except ValueError:
        return False


def base_of(scope: Mapping[str, Any], configured: str | None) -> str:
    """The origin that the browser sees; Host is the client's word, and believed when it names this machine."""
    if configured is not None:
        return configured
    host = _field(scope, b"host") or ""
    if not is_local(host) or len(fields_of(scope, b"host")) != 1:
        return ""
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "http"), scope.get("scheme", "http"))
    return f"{scheme}://{host.lower()}"


def navigates(scope: Mapping[str, Any]) -> bool:
    """A top-level navigation, by Fetch Metadata, or from browsers that do not say, one that accepts HTML."""
    if scope["type"] != "http" or scope["method"] != "GET" or fields_of(scope, b"authorization"):
        return False
    mode, destination = _field(scope, b"sec-fetch-mode"), _field(scope, b"sec-fetch-dest")
    if mode is not None:
        return mode == "navigate" and destination in (None, "document")
    kinds = [kind.partition(";")[0].strip().lower() for kind in (_field(scope, b"accept") or "").split(",")]
    return "text/html" in kinds and _field(scope, b"x-requested-with") is None


def is_same_origin(scope: Mapping[str, Any], base: str) -> bool:
    """By Sec-Fetch-Site, or else by Origin; a request that says neither is not believed."""
    site, origin = _field(scope, b"sec-fetch-site"), _field(scope, b"origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return bool(base) and origin == base
    return site is not None


def target_of(scope: Mapping[str, Any]) -> str:
    """Path and query, as a URL has them."""
    raw = scope.get("raw_path")
    path = bytes(raw).partition(b"?")[0].decode("latin-1") if raw is not None else scope["path"]
    query = scope.get("query_string", b"").decode("latin-1")
    return quote(path, safe="/~!$&'()*+,;=:@%") + (f"?{query}" if query else "")
