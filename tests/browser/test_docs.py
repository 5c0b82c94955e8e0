# SPDX-License-Identifier: Apache-2.0
"""The docs page: its Authorize button signs in at the provider, and "Try it out" then succeeds."""

import pytest
from login_page import LoginPage

from peers import free_port
from programs import ItemsApi, Provider, realm_for
from waiting import until
from web import Browser


@pytest.fixture
def docs(page, items_api):
    # Until discovery has told the endpoints, the description has no login.
    until(lambda: "OAuth2" in page.request.get(f"{items_api.base}/openapi.json").text(), "the login is described")
    page.goto(f"{items_api.base}/docs")
    page.get_by_role("button", name="Authorize").first.wait_for()
    return page


def try_items(docs):
    """Runs GET /items/ from the page; returns the status that it shows."""
    operation = docs.locator(".opblock", has_text="/items/").first
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response-col_status").nth(1)
    status.wait_for()
    return status.inner_text().split()[0]


CLIENT = 'input[data-name="clientId"], #client_id_authorizationCode'


def offers_login(docs):
    """Opens the dialog of the Authorize button, looks and closes it."""
    docs.get_by_role("button", name="Authorize").first.click()
    docs.locator(".dialog-ux").wait_for()
    found = docs.locator(".dialog-ux").locator(CLIENT).count() > 0
    docs.locator(".dialog-ux button", has_text="Close").first.click()
    return found


def authorize(docs, username="alice", password="alice-password"):
    docs.get_by_role("button", name="Authorize").first.click()
    dialog = docs.locator(".dialog-ux")
    dialog.wait_for()
    client = dialog.locator(CLIENT).first
    assert client.input_value() == "items-docs"
    with docs.expect_popup() as opened:
        dialog.get_by_role("button", name="Apply given OAuth2 credentials").click()
    popup = opened.value
    with popup.expect_event("close"):
        LoginPage(popup).wait().log_in(username, password)
    dialog.locator("button", has_text="Logout").first.wait_for()
    dialog.locator("button", has_text="Close").first.click()


def test_authorize_and_try_it_out(docs, screenshot):
    screenshot(docs, "docs")
    authorize(docs)
    assert try_items(docs) == "200"
    screenshot(docs, "docs-tried")


def test_without_authorization(docs):
    assert try_items(docs) == "401"


def test_page_holds_no_secret(docs, items_api):
    assert "myapi-secret" not in docs.content()
    answer = docs.request.get(f"{items_api.base}/openapi.json")
    assert answer.ok
    assert "myapi-secret" not in answer.text()
    assert answer.json()["openapi"].startswith("3.")


def test_page_served_before_discovery_lets_the_provider_be_called(new_items_api):
    """The description comes after the page and may know more: the page's policy must not lag behind."""
    base = f"http://localhost:{free_port()}"
    api = new_items_api(f"{base}/realms/myrealm")
    policy = Browser().get(f"{api.base}/docs").header("Content-Security-Policy")
    assert f"connect-src 'self' {base};" in policy


def test_page_opened_before_discovery_gets_the_login(page, docs_assets, tmp_path):
    """An API may be started before its provider; nobody needs to load its page again."""
    port, api_port = free_port(), free_port()
    realm = realm_for(f"http://localhost:{api_port}", tmp_path / "realm")
    provider = Provider([realm], tmp_path / "provider", port)
    with ItemsApi(provider.realm().issuer, tmp_path, api_port, arguments=docs_assets) as api:
        page.goto(f"{api.base}/docs")
        page.get_by_role("button", name="Authorize").first.wait_for()
        assert not offers_login(page)
        with provider:
            until(lambda: offers_login(page), "the page offers the login")
            authorize(page)
            assert try_items(page) == "200"
