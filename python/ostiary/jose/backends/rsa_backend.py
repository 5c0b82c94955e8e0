# SPDX-License-Identifier: Apache-2.0
"""The name that python-jose has here; no other package is needed."""

from ._keys import RSAKey as _RSAKey

__all__ = ["RSAKey"]


class RSAKey(_RSAKey):
    """A class of its own, for programs that ask which backend they have."""
