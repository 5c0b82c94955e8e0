# SPDX-License-Identifier: Apache-2.0
"""Every page of the account console, in both colour schemes, on a phone and on a desk: axe finds nothing serious, nothing
scrolls sideways, and each is pictured among the results."""

import pytest
from account_page import AccountPage
from test_account import PAGES, grant, provider, upstream  # noqa: F401  (fixtures)
from test_console_pages import LOOKS, SERIOUS

from both_providers import only_ours

pytestmark = only_ours


@pytest.mark.parametrize("look", LOOKS)
def test_pages(new_context, provider, grant, axe, screenshot, look):  # noqa: F811
    grant("ann", scope="openid offline_access")
    page = new_context(**LOOKS[look]).new_page()
    account = AccountPage(page, provider.base).log_in("ann")
    page.evaluate(axe)
    for name in PAGES:
        account.at(name)
        screenshot(page, f"account-{name}-{look}")
        assert page.get_by_role("alert").filter(visible=True).count() == 0, name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"
        for problem in page.evaluate("axe.run()")["violations"]:
            nodes = [node["html"] for node in problem["nodes"]]
            assert problem["impact"] not in SERIOUS, f"{name}: {problem['id']}: {problem['help']}: {nodes}"
    assert account.problems == []
