# SPDX-License-Identifier: Apache-2.0
"""OpenID Connect access tokens, verified.

    verifier = ostiary.Verifier("https://id.example.org/realms/shop", "items-api")
    claims = verifier.verify(token)         # or: await verifier.averify(token)

Keys are fetched and refreshed in the background. ``ostiary.jwt``, ``jws``, ``jwe`` and ``jwk`` are for
tokens with keys of one's own; ``ostiary.errors`` has all exceptions.
"""

from _collections_abc import Mapping, Sequence

from . import errors
from ._core import Claims, Key, KeySet, Policy, version
from .config import DPoP, Introspection, Issuer, Login, StatusLists
from .errors import OstiaryError, TokenError, UnavailableError
from .verifier import Verifier

Mapping.register(Claims)  # pyright: ignore[reportAttributeAccessIssue]
Sequence.register(KeySet)  # pyright: ignore[reportAttributeAccessIssue]

__version__ = version()
__all__ = [
    "Claims",
    "DPoP",
    "Introspection",
    "Issuer",
    "Key",
    "KeySet",
    "Login",
    "OstiaryError",
    "Policy",
    "StatusLists",
    "TokenError",
    "UnavailableError",
    "Verifier",
    "__version__",
    "errors",
]
