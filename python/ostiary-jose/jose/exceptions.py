# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.exceptions, which stands in for this module; type checkers read this one."""

from ostiary.jose.exceptions import *  # noqa: F403
