# SPDX-License-Identifier: Apache-2.0
"""See ostiary.jose.jwk, which stands in for this module; type checkers read this one."""

from ostiary.jose.jwk import *  # noqa: F403
