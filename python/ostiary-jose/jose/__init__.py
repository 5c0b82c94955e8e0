# SPDX-License-Identifier: Apache-2.0
"""ostiary.jose under the name of python-jose: the same modules, not copies of them."""

import importlib
import sys

from ostiary.jose import ExpiredSignatureError, JOSEError, JWSError, JWTError, __version__

__all__ = ["ExpiredSignatureError", "JOSEError", "JWSError", "JWTError", "__version__"]

for _name in (
    "exceptions",
    "constants",
    "utils",
    "backends",
    "backends.base",
    "backends.cryptography_backend",
    "backends.ecdsa_backend",
    "backends.native",
    "backends.rsa_backend",
    "jwk",
    "jws",
    "jwt",
    "jwe",
):
    sys.modules[f"jose.{_name}"] = importlib.import_module(f"ostiary.jose.{_name}")
sys.modules["jose"] = importlib.import_module("ostiary.jose")
