# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.backends.native, which stands in for this module; type checkers read this one."""

from ostiary.jose.backends.native import *  # noqa: F403
