# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.utils, which stands in for this module; type checkers read this one."""

from ostiary.jose.utils import *  # noqa: F403
