# SPDX-License-Identifier: Apache-2.0
"""Random sequences of requests (random_runs.py) go at our provider as at Keycloak, but where random_deviations.json says
otherwise, and why. OSTIARY_SEEDS=1-500 runs other seeds than the few of every run."""

import os

import pytest
from needs import kept_running
from programs import Provider
from random_runs import run_seed, seeds_of, told
from test_admin_same_as_keycloak import Admin

from both_providers import only_keycloak
from keycloak import ADMIN

SEEDS = seeds_of(os.environ.get("OSTIARY_SEEDS", "1-8"))

pytestmark = only_keycloak


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "random", administrator=ADMIN), results)


@pytest.fixture(scope="module")
def admins(provider, ours):
    return [Admin(server) for server in (provider, ours)]


@pytest.mark.parametrize("seed", SEEDS)
def test_same_as_keycloak(seed, admins):
    run = run_seed(seed, admins)
    assert not run.found, told(run, None, seed)
