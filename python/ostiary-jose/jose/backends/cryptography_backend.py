# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.backends.cryptography_backend, which stands in for this module; type checkers read this one."""

from ostiary.jose.backends.cryptography_backend import *  # noqa: F403
