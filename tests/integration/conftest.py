# SPDX-License-Identifier: Apache-2.0
"""With OSTIARY_TEST_STORE=postgresql the providers of these tests have databases (support/stores.py): what is about a
store's file is skipped there, and so is what is not about a provider."""

import key_layer
import pytest
import stores
from programs import build_folder

ABOUT_ONE_ENGINE = ["test_backup.py", "test_migrate_store.py", "test_postgresql*.py", "test_nodes.py", "test_random_kills.py",
                    "test_node_outages.py"]
ABOUT_OTHERS = ["test_http*", "test_tools*", "test_library.py", "test_vendors.py", "test_completion.py", "test_*explain*.py",
                "test_attacks_[ak]*.py", "test_app_[!l]*.py", "test_gate*.py", "test_nginx_*.py"]

key_layer.put_below(build_folder())

pytest.register_assert_rewrite("browser_login", "guarded_api", "realm_imports", "token_probe")

collect_ignore_glob = ABOUT_ONE_ENGINE + ABOUT_OTHERS if stores.ON_POSTGRESQL else []


def pytest_collection_modifyitems(items):
    for item in items:
        about = item.get_closest_marker("sqlite")
        if about and stores.ON_POSTGRESQL:
            item.add_marker(pytest.mark.skip(reason=f"about SQLite: {about.args[0]}"))


@pytest.fixture(scope="module", autouse=stores.ON_POSTGRESQL)
def databases_of_this_file():
    yield
    stores.drop_unused()


def pytest_sessionfinish():
    stores.close()
