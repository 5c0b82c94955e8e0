# SPDX-License-Identifier: Apache-2.0
"""The names that python-jose has here; the package cryptography is not needed."""

from os import urandom as get_random_bytes

from ._keys import AESKey as CryptographyAESKey
from ._keys import ECKey as CryptographyECKey
from ._keys import HMACKey as CryptographyHMACKey
from ._keys import RSAKey as CryptographyRSAKey

__all__ = [
    "CryptographyAESKey",
    "CryptographyECKey",
    "CryptographyHMACKey",
    "CryptographyRSAKey",
    "get_random_bytes",
]
