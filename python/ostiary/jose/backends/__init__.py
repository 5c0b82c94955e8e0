# SPDX-License-Identifier: Apache-2.0
"""The classes of keys. There is one backend, the library; its other names are for old imports."""

from os import urandom as get_random_bytes

from ._keys import AESKey, ECKey, HMACKey, RSAKey
from .base import DIRKey, Key

__all__ = ["AESKey", "DIRKey", "ECKey", "HMACKey", "Key", "RSAKey", "get_random_bytes"]
