# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.backends, which stands in for this module; type checkers read this one."""

from ostiary.jose.backends import *  # noqa: F403
