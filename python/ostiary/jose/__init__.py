# SPDX-License-Identifier: Apache-2.0
"""python-jose's interface, safe by default, on the C library.

    from ostiary.jose import jwt            # or, with the distribution ostiary-jose: from jose import jwt
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="items-api")

It answers as python-jose 3.5 does, but where that is unsafe: then it raises, and a keyword whose name
begins with ``insecure_`` brings the old behaviour back for one call. docs/usage/from-python-jose.md
lists every difference. New programs take :class:`ostiary.Verifier` or :mod:`ostiary.jwt`.
"""

from .._core import version
from .exceptions import ExpiredSignatureError, JOSEError, JWSError, JWTError

__version__ = version()
__all__ = ["ExpiredSignatureError", "JOSEError", "JWSError", "JWTError"]
