# SPDX-License-Identifier: Apache-2.0
"""The exceptions of python-jose. No text of theirs holds a token or a secret."""

__all__ = [
    "ExpiredSignatureError",
    "JOSEError",
    "JWEAlgorithmUnsupportedError",
    "JWEError",
    "JWEInvalidAuth",
    "JWEParseError",
    "JWKError",
    "JWSAlgorithmError",
    "JWSError",
    "JWSSignatureError",
    "JWTClaimsError",
    "JWTError",
]


class JOSEError(Exception):
    """Whatever this package raises."""


class JWSError(JOSEError):
    """A signed token that cannot be read, is not signed by a given key, or cannot be made."""


class JWSSignatureError(JWSError):
    """No given key has made the signature."""


class JWSAlgorithmError(JWSError):
    """The algorithm is not accepted."""


class JWTError(JOSEError):
    """A token that is refused."""


class JWTClaimsError(JWTError):
    """What the token says is not what was asked for."""


class ExpiredSignatureError(JWTError):
    """The time of ``exp`` has passed."""


class JWKError(JOSEError):
    """A key that cannot be read, is too weak, or is not for the algorithm."""


class JWEError(JOSEError):
    """An encrypted token that cannot be made or decrypted."""


class JWEParseError(JWEError):
    """An encrypted token that cannot be read."""


class JWEInvalidAuth(JWEError):
    """What was encrypted has been changed."""


class JWEAlgorithmUnsupportedError(JWEError):
    """An algorithm that is not there, or that is refused."""
