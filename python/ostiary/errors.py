# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as exceptions.

Every one has ``code`` (the stable name, as in the table of errors: "OST_E_EXPIRED"), ``expected`` and
``seen`` (for the operator's log, None where there is nothing to say) and ``advice`` (what to do about
it, or None). None of them, nor its text, holds a token or a secret. All can be pickled.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class OstiaryError(Exception):
    """Whatever Ostiary raises, but TypeError and ValueError for arguments of the wrong kind."""

    code: str = "OST_E_ARGUMENT"
    expected: str | None = None
    seen: str | None = None
    advice: str | None = None

    def __reduce__(self) -> tuple[Callable[..., OstiaryError], tuple[Any, ...]]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[OstiaryError], args: tuple[Any, ...], members: dict[str, Any]) -> OstiaryError:
    made = kind.__new__(kind, *args)
    made.args = args
    made.__dict__.update(members)
    return made


class ConfigurationError(OstiaryError, ValueError):
    """The program's mistake: a setting is missing, or contradicts another."""


class ClosedError(OstiaryError, RuntimeError):
    """The verifier has been closed."""


class ResourceError(OstiaryError):
    """A ceiling was reached, or the system refused."""


class FormatError(OstiaryError, ValueError):
    """Input that cannot be read: no JSON, no base64url, no UTF-8."""


class KeyFormatError(OstiaryError, ValueError):
    """A key that cannot be read (RFC 7517, RFC 7468)."""


class WeakKeyError(KeyFormatError):
    """A key that is too weak to be used."""


class UnknownKeyError(OstiaryError, LookupError):
    """No key fits, or more than one."""


class KeyUseError(OstiaryError, ValueError):
    """The key may not be used for this (RFC 7517 §4.2, §4.3)."""


class TokenError(OstiaryError):
    """The token is refused; what to answer a client is in it (RFC 6750 §3).

    ``status`` is 401, 403, 400 or 503; ``challenge`` the value of WWW-Authenticate, empty for 503;
    ``message`` a fixed sentence for the client's body; ``retry_after`` seconds, 0 without;
    ``dpop_nonce`` the value of DPoP-Nonce, or None.
    """

    status: int = 401
    challenge: str = ""
    message: str = ""
    retry_after: int = 0
    dpop_nonce: str | None = None


class MissingTokenError(TokenError):
    """The request brought no token at all."""


class MalformedTokenError(TokenError, ValueError):
    """It is not a token, or its header asks for what is never accepted."""


class SignatureError(TokenError):
    """The signature does not match, or no key of the issuer made it."""


class DecryptionError(TokenError):
    """What is encrypted cannot be decrypted; it does not tell why (RFC 7516 §11.5)."""


class ClaimsError(TokenError):
    """The signature is good, and what the token says is not enough here."""


class ExpiredError(ClaimsError):
    """The time of its claim exp has passed (RFC 7519 §4.1.4)."""


class NotYetValidError(ClaimsError):
    """nbf or iat lie ahead."""


class IssuerError(ClaimsError):
    """iss is not accepted."""


class AudienceError(ClaimsError):
    """aud does not name this API, or there is none."""


class RevokedError(ClaimsError):
    """The issuer, or this program, has taken the token back."""


class InsufficientScopeError(ClaimsError):
    """A scope, a role or a claim that the policy asks for is not there: 403."""


class StepUpError(ClaimsError):
    """A stronger or fresher login is needed (RFC 9470)."""


class SenderError(ClaimsError):
    """The token is bound to another sender, or its proof is not good (RFC 9449, RFC 8705)."""


class UnavailableError(TokenError):
    """Nobody can tell now whether the token is good: the issuer cannot be reached. Answer 503."""

    status = 503


class StoreError(OstiaryError):
    """A file could not be read or written."""


_CLASSES: dict[str, type[OstiaryError]] = {
    "OST_E_STATE": ClosedError,
    "OST_E_KEY_WEAK": WeakKeyError,
    "OST_E_KEY_UNKNOWN": UnknownKeyError,
    "OST_E_KEY_AMBIGUOUS": UnknownKeyError,
    "OST_E_KEY_USE": KeyUseError,
    "OST_E_SIGNATURE": SignatureError,
    "OST_E_DECRYPTION": DecryptionError,
    "OST_E_TOKEN_FORMAT": MalformedTokenError,
    "OST_E_ALGORITHM": MalformedTokenError,
    "OST_E_CRITICAL": MalformedTokenError,
    "OST_E_TOKEN_MISSING": MissingTokenError,
    "OST_E_EXPIRED": ExpiredError,
    "OST_E_NOT_YET": NotYetValidError,
    "OST_E_ISSUER": IssuerError,
    "OST_E_AUDIENCE": AudienceError,
    "OST_E_INACTIVE": RevokedError,
    "OST_E_REVOKED": RevokedError,
    "OST_E_STATUS": RevokedError,
    "OST_E_SCOPE": InsufficientScopeError,
    "OST_E_ROLE": InsufficientScopeError,
    "OST_E_CLAIM": InsufficientScopeError,
    "OST_E_STEP_UP": StepUpError,
    "OST_E_SENDER": SenderError,
    "OST_E_PROOF": SenderError,
    "OST_E_PROOF_NONCE": SenderError,
}
_CATEGORIES: dict[str, type[OstiaryError]] = {
    "usage": ConfigurationError,
    "resource": ResourceError,
    "input": FormatError,
    "key": KeyFormatError,
    "token": ClaimsError,
    "remote": UnavailableError,
    "store": StoreError,
}
# Of a request's token: it is the token that is refused, whatever of it could not be read.
_OF_TOKENS: dict[str, type[TokenError]] = {
    "OST_E_KEY_UNKNOWN": SignatureError,
    "OST_E_KEY_AMBIGUOUS": SignatureError,
    "OST_E_KEY_USE": SignatureError,
}

_ADVICE = {
    "OST_E_ISSUER": "Tokens name their issuer exactly, to the last slash. If it is the same provider under another "
    "host name, configure the issuer that tokens name, and the other address as discovery_url.",
    "OST_E_AUDIENCE": "The token is not meant for this API. In Keycloak add a mapper of type Audience to the client "
    "that asks for it; elsewhere the client names the API (audience=… or resource=…).",
    "OST_E_EXPIRED": "The client must refresh it. If it is fresh, compare the clocks of the machines.",
    "OST_E_NOT_YET": "The issuer's clock is ahead of this machine's. Synchronise the clocks.",
    "OST_E_TOKEN_TYPE": "The client must send the access token, not the ID token or the refresh token.",
    "OST_E_SIGNATURE": "The token was changed on its way, or signed by another installation or a forger.",
    "OST_E_KEY_UNKNOWN": "The key is not published, or no longer: the token is of before a rotation, or of another "
    "realm. When there are no keys at all, see whether the issuer can be reached from here.",
    "OST_E_ALGORITHM": "Accept the algorithm by its name, or choose another for the client at the issuer.",
    "OST_E_CLIENT": "Add the client to those that are accepted, or find out who sends its tokens.",
    "OST_E_SCOPE": "The client must ask for the scope, and the issuer must grant it.",
    "OST_E_ROLE": "Give the user the role, and have the issuer write it into access tokens.",
    "OST_E_CLAIM": "The issuer must write the claim into access tokens as the policy asks for it.",
    "OST_E_STEP_UP": "Send the user to sign in again, with the acr_values and max_age of the challenge.",
    "OST_E_PROOF_NONCE": "The client must make its proof again, with the nonce of the DPoP-Nonce field.",
    "OST_E_SENDER": "Tell verify the method, the URL and the proof, or the certificate, of the request.",
    "OST_E_PROOF": "A proof is good for one method, one URL and one token, once. Behind a proxy the API must know "
    "its public URL.",
    "OST_E_KEY_WEAK": "Make a new key: RSA of 2048 bits or more, a secret as long as its hash.",
    "OST_E_STATE": "Open another verifier; one that was closed stays closed.",
}


def _class_of(code: str) -> type[OstiaryError]:
    from . import _core

    known = _CLASSES.get(code)
    return known or _CATEGORIES[_core.results()[code][1]]


def fail(code: str, detail: str) -> OstiaryError:
    """The exception of an error that is no verdict."""
    made = _class_of(code)(f"{code}: {detail}" if detail else code)
    made.code = code
    made.seen = detail or None
    made.advice = _ADVICE.get(code)
    return made


def _short(value: object) -> str:
    """A value as the token says it, cut: for a log, whoever wrote it."""
    text = ascii(value) if not isinstance(value, str) else ascii(value)[1:-1]
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _of_policy(policy: Any, *names: str) -> str | None:
    if policy is None:
        return None
    from json import loads

    members = loads(policy.json)
    said = [f"{name} {', '.join(map(str, members[name]))}" for name in names if name in members]
    return "; ".join(said) or None


def _unverified(authorization: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the token says of itself, of which nothing is believed; empty when it cannot be read."""
    from . import _core

    try:
        return _core.jwt_read_unverified(authorization.rpartition(b" ")[2])
    except OstiaryError:
        return {}, {}


def _compare(code: str, verifier: Any, policy: Any, authorization: bytes) -> tuple[str | None, str | None]:
    """What was expected and what was seen, where the code says what is to be compared."""
    if code == "OST_E_TOKEN_MISSING":
        return "an access token", "none"
    if code not in _COMPARED:
        return None, None
    header, claims = _unverified(authorization)
    where, name = _COMPARED[code]
    said = (header if where == "header" else claims).get(name)
    if code == "OST_E_ROLE":
        said = {of: claims[of] for of in ("realm_access", "resource_access") if of in claims}
    elif code == "OST_E_CLIENT":
        said = claims.get("azp", claims.get("client_id"))
    wanted: dict[str, Callable[[], str | None]] = {
        "OST_E_ISSUER": lambda: " or ".join(verifier.issuers),
        "OST_E_AUDIENCE": lambda: _of_policy(policy, "audiences") or verifier._setting(claims.get("iss"), "audience"),
        "OST_E_CLIENT": lambda: _of_policy(policy, "clients") or verifier._setting(claims.get("iss"), "clients"),
        "OST_E_ALGORITHM": lambda: _of_policy(policy, "algorithms") or verifier._setting(claims.get("iss"), "algorithms"),
        "OST_E_SCOPE": lambda: _of_policy(policy, "scopes", "any_scopes"),
        "OST_E_ROLE": lambda: _of_policy(
            policy, "realm_roles", "any_realm_roles", "client_roles", "any_client_roles"
        ),
        "OST_E_EXPIRED": lambda: "a time that has not passed",
        "OST_E_NOT_YET": lambda: "a time that has come",
        "OST_E_TOKEN_TYPE": lambda: "an access token",
        "OST_E_SIGNATURE": lambda: "a signature by the key that the header names",
        "OST_E_KEY_UNKNOWN": lambda: "a key that the issuer publishes",
    }
    return wanted[code](), f"{name} {_short(said)}" if said is not None else f"no {name}"


_SHORT = 200
# Where the token says what the code is about.
_COMPARED = {
    "OST_E_ISSUER": ("claims", "iss"),
    "OST_E_AUDIENCE": ("claims", "aud"),
    "OST_E_CLIENT": ("claims", "azp"),
    "OST_E_ALGORITHM": ("header", "alg"),
    "OST_E_SCOPE": ("claims", "scope"),
    "OST_E_ROLE": ("claims", "roles"),
    "OST_E_EXPIRED": ("claims", "exp"),
    "OST_E_NOT_YET": ("claims", "nbf"),
    "OST_E_TOKEN_TYPE": ("claims", "typ"),
    "OST_E_SIGNATURE": ("header", "kid"),
    "OST_E_KEY_UNKNOWN": ("header", "kid"),
}


def refuse(
    verifier: Any,
    authorization: bytes,
    policy: Any,
    code: str,
    status: int,
    challenge: str,
    message: str,
    explanation: str,
    retry_after: int,
    dpop_nonce: str | None,
) -> TokenError:
    """The exception of a verdict that refuses."""
    kind: type[OstiaryError] = _OF_TOKENS.get(code) or _class_of(code)
    if status == 503:
        kind = UnavailableError
    elif not issubclass(kind, TokenError):
        kind = MalformedTokenError
    made = kind(f"{code}: {explanation}" if explanation else code)
    assert isinstance(made, TokenError)
    made.code = code
    made.status = status
    made.challenge = challenge or ""
    made.message = message or ""
    made.retry_after = retry_after
    made.dpop_nonce = dpop_nonce or None
    made.expected, seen = _compare(code, verifier, policy, authorization)
    made.seen = seen or explanation or None
    made.advice = _ADVICE.get(code)
    return made
