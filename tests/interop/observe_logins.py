#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes observed/logins.json and observed/newest/logins.json anew: what Keycloaks show at logins by an identity provider."""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import brokering_flow_rows  # noqa: E402
import brokering_link_rows  # noqa: E402, F401  (rows)
from brokering_rows import OBSERVED, begin, observe  # noqa: E402
from keycloak import ADMIN, Keycloak  # noqa: E402
from test_admin_same_as_keycloak import Admin  # noqa: E402
from upstream import Upstream  # noqa: E402


def main():
    os.environ.update(KC_BOOTSTRAP_ADMIN_USERNAME=ADMIN[0], KC_BOOTSTRAP_ADMIN_PASSWORD=ADMIN[1])
    upstream = Upstream()
    for version, file in OBSERVED.items():
        with Keycloak([], version=version) as keycloak:
            side = begin(keycloak, Admin(keycloak), upstream)
            brokering_flow_rows.begin(side)
            seen = observe(side)
        file.write_text(json.dumps(seen, indent=1, sort_keys=True) + "\n")
    upstream.close()


if __name__ == "__main__":
    main()
