# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests that run programs: our provider and API, and the peers they are compared with.

What cannot be had on this machine is skipped with its reason; with CI=true it fails instead.
Results (logs, screenshots) go to OSTIARY_RESULTS, else to build/results.
"""

import os
import pathlib
import shutil

import pytest

from needs import kept_running, must_have
from peers import PROJECT, free_port
from programs import ItemsApi, Provider
from site_fixtures import api_base, items_api, items_docs, myapi, realm_file  # noqa: F401  (fixtures)


@pytest.fixture(scope="session")
def results():
    """The folder that keeps what a person may want to look at afterwards."""
    folder = pathlib.Path(os.environ.get("OSTIARY_RESULTS") or PROJECT / "build" / "results")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def work(tmp_path_factory):
    """A folder for this run's programs; it goes with the run."""
    folder = tmp_path_factory.mktemp("programs")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def api_port():
    """Chosen before anything starts, since the realm file names the API's redirect URIs."""
    return free_port()


@pytest.fixture(scope="session")
def provider(realm_file, api_port, work, results):  # noqa: F811
    """Our provider with the example realm."""
    yield from kept_running(lambda: Provider([realm_file], work / f"provider-{api_port}"), results)


@pytest.fixture
def new_provider(tmp_path):
    """Makes providers of one's own: new_provider(realm files, arguments); they end with the test."""
    made = []

    def make(realm_files, arguments=(), start=True):
        folder = tmp_path / f"provider-{len(made)}"
        program = must_have(lambda: Provider(realm_files, folder, arguments=arguments))
        made.append(program)
        return program.start() if start else program

    yield make
    for program in made:
        program.stop()


@pytest.fixture
def new_items_api(tmp_path):
    """Makes items APIs of one's own: new_items_api(issuer, arguments); they end with the test."""
    made = []

    def make(issuer, arguments=(), port=None, start=True):
        program = must_have(lambda: ItemsApi(issuer, tmp_path, port, arguments=arguments))
        made.append(program)
        return program.start() if start else program

    yield make
    for program in made:
        program.stop()
