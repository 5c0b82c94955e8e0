# SPDX-License-Identifier: Apache-2.0
"""The names that python-jose has here."""

from os import urandom as get_random_bytes

from ._keys import HMACKey

__all__ = ["HMACKey", "get_random_bytes"]
