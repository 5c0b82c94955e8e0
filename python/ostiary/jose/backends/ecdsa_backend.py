# SPDX-License-Identifier: Apache-2.0
"""The name that python-jose has here; no other package is needed."""

from ._keys import ECKey as ECDSAECKey

__all__ = ["ECDSAECKey"]
