# SPDX-License-Identifier: Apache-2.0
"""What the newest Keycloak answers under client policies is what tests/support/policy_answers.json says, to which ours is held."""

import json

import pytest
from keycloak import CHOSEN, NEWEST
from policies import ANSWERS, GROUPS, answers
from policy_site import Site
from test_admin_same_as_keycloak import Admin

from both_providers import only_keycloak

pytestmark = pytest.mark.skipif(CHOSEN != NEWEST, reason="the answers are the newest Keycloak's")
EXPECTED = json.loads(ANSWERS.read_text())


@pytest.fixture(scope="module")
def site(provider):
    site = Site(provider, Admin(provider))
    site.begin()
    return site


@only_keycloak
@pytest.mark.parametrize("group", GROUPS)
def test_the_answers_are_keycloaks(site, group):
    assert answers(site, group) == EXPECTED[group]
