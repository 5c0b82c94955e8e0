# SPDX-License-Identifier: Apache-2.0
"""`ostiary … --server` administers a Keycloak as it administers ours."""

import pytest
from shell import Shell, story

from both_providers import only_keycloak
from keycloak import ADMIN


@pytest.fixture
def token(provider, tmp_path):
    """The file of a token that lasts for the whole story: a login for each command takes as long again."""
    provider.update_realm("master", accessTokenLifespan=600)
    file = tmp_path / "token"
    file.write_text(provider.admin_token())
    yield file
    provider.update_realm("master", accessTokenLifespan=60)


@only_keycloak
def test_a_keycloak_is_administered(provider, token, tmp_path):
    story(Shell("--server", provider.base, "--token-file", token), provider, tmp_path)


@only_keycloak
def test_a_new_key_signs_at_once_and_that_is_asked_for(provider):
    shell = Shell("--server", provider.base, "--login-user", ADMIN[0], login=f"{ADMIN[1]}\n")
    shell("realm", "create", "plain")
    assert "--delay 0" in shell("key", "rotate", "--realm", "plain", fails=True)
    assert len(shell("key", "list", "--realm", "plain").splitlines()) == 4
    shell("realm", "delete", "plain")
