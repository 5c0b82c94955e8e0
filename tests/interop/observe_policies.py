#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/support/policy_answers.json anew: what the newest Keycloak answers under client policies."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from keycloak import NEWEST, Keycloak  # noqa: E402
from policies import ANSWERS, GROUPS, answers  # noqa: E402
from policy_site import Site  # noqa: E402
from test_admin_same_as_keycloak import Admin  # noqa: E402


def main():
    with Keycloak([], version=NEWEST) as keycloak:
        site = Site(keycloak, Admin(keycloak))
        site.begin()
        seen = {group: answers(site, group) for group in GROUPS}
    ANSWERS.write_text(json.dumps(seen, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
