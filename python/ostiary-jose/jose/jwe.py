# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.jwe, which stands in for this module; type checkers read this one."""

from ostiary.jose.jwe import *  # noqa: F403
