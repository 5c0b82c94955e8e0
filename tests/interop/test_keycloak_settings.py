# SPDX-License-Identifier: Apache-2.0
"""P23: the list of Keycloak's options, by which tests/integration/test_keycloak_settings.py tries each, is whole."""

import os
import re
import subprocess

from keycloak import CHOSEN, distribution, java_home
from peers import PROJECT

LISTED = (PROJECT / "tests/support/keycloak_options.txt").read_text().splitlines()


def test_p23_every_option_of_keycloak_is_in_the_list():
    done = subprocess.run(
        [str(distribution(CHOSEN) / "bin/kc.sh"), "start", "--help-all"],
        capture_output=True, text=True, timeout=120, env={**os.environ, "JAVA_HOME": java_home()},
    )  # fmt: skip
    options = set(re.findall(r"^ *(?:-\w, )?--([a-z0-9<>.-]+)", done.stdout, re.M)) - {"help", "help-all"}
    assert len(options) > 20 and options - set(LISTED) == set()
