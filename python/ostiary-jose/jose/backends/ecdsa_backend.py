# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.backends.ecdsa_backend, which stands in for this module; type checkers read this one."""

from ostiary.jose.backends.ecdsa_backend import *  # noqa: F403
