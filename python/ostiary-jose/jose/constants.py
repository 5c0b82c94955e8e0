# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.constants, which stands in for this module; type checkers read this one."""

from ostiary.jose.constants import *  # noqa: F403
