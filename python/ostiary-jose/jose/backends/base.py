# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.backends.base, which stands in for this module; type checkers read this one."""

from ostiary.jose.backends.base import *  # noqa: F403
