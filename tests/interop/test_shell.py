# SPDX-License-Identifier: Apache-2.0
"""`ostiary … --server` administers a Keycloak as it administers ours."""

from shell import Shell, story

from both_providers import only_keycloak
from keycloak import ADMIN


@only_keycloak
def test_a_keycloak_is_administered(provider, tmp_path):
    shell = Shell("--server", provider.base, "--login-user", ADMIN[0], login=f"{ADMIN[1]}\n")
    story(shell, provider, tmp_path)
    shell("realm", "create", "plain")
    assert "--delay 0" in shell("key", "rotate", "--realm", "plain", fails=True)  # a new key signs at once
    shell("realm", "delete", "plain")
