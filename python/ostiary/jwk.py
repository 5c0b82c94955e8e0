# SPDX-License-Identifier: Apache-2.0
"""Keys (RFC 7517): one, and sets of them."""

from ._core import Key, KeySet

__all__ = ["Key", "KeySet"]
