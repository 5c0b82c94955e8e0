# SPDX-License-Identifier: Apache-2.0
"""The items API and a provider that misbehaves when it is told to."""

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from programs import ItemsApi
from waiting import until


@pytest.fixture(scope="module")
def api(provider, tmp_path_factory):
    program = ItemsApi(provider.issuer, tmp_path_factory.mktemp("api"))
    with program:
        wait_until_ready(program)
        yield program


def wait_until_ready(program):
    program.wait_for_logins()
    until(lambda: program.ready, program.log_tail, step=0.02)
