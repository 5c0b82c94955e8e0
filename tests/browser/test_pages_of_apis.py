# SPDX-License-Identifier: Apache-2.0
"""Pages of an API: its start, its docs, its logout, on a phone and on a desk."""

import re

import pytest
from page_ways import SIZES, looks_good, signed_in
from shown import shows

from both_providers import only_ours

pytestmark = only_ours


def login_failed(page, site):
    page.goto(f"{site.api}/auth?code=a&state=b")


def log_out_of_api(page, site):
    signed_in(page, site)
    page.goto(site.provider)
    page.evaluate("url => { location.href = url }", f"{site.api}/logout")
    page.get_by_role("button", name="Sign out").wait_for()


def start(page, site):
    page.goto(f"{site.api}/")
    page.get_by_role("heading", name="You are not signed in").wait_for()


def start_signed_in(page, site):
    signed_in(page, site)
    page.goto(f"{site.api}/")
    page.get_by_role("button", name="Sign out").wait_for()


def docs(page, site):
    page.goto(f"{site.api}/docs")
    page.get_by_role("button", name="Authorize").first.wait_for()
    page.locator("#operation-list").wait_for(state="hidden")


def docs_without_a_network(page, site):
    page.route(re.compile("https://"), lambda route: route.abort())
    page.goto(f"{site.plain().base}/docs")
    page.get_by_text("Swagger UI could not be loaded").wait_for()
    shows(page.get_by_role("listitem").filter(has_text="/items/").first)


def docs_answer(page, site):
    page.goto(f"{site.api}/docs/oauth2-redirect")
    page.get_by_text("is not open any more").wait_for()


WAYS = [
    *(login_failed, log_out_of_api, start, start_signed_in, docs),
    *(docs_without_a_network, docs_answer),
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_page(new_context, site, axe, screenshot, way, size):
    page = new_context(color_scheme="light", **SIZES[size]).new_page()
    way(page, site())
    looks_good(page, axe, screenshot, way.__name__, size)


def test_the_back_button_after_signing_in(page, site):
    """N3: the provider sends the browser to the callback once more; the session is good, and stays."""
    signed_in(page, site := site())
    page.go_back()
    page.wait_for_url(f"{site.api}/")
    page.get_by_role("heading", name="You are signed in").wait_for()
    page.goto(f"{site.api}/items/")
    assert page.url == f"{site.api}/items/"


def test_logging_out_ends_on_a_page_that_says_so(page, site):
    """N4."""
    signed_in(page, site := site())
    page.goto(f"{site.api}/logout")
    page.get_by_role("heading", name="You are not signed in").wait_for()
