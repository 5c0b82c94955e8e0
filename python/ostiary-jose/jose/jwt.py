# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.jwt, which stands in for this module; type checkers read this one."""

from ostiary.jose.jwt import *  # noqa: F403
