# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.jws, which stands in for this module; type checkers read this one."""

from ostiary.jose.jws import *  # noqa: F403
