# SPDX-License-Identifier: Apache-2.0
"""The documentation as a reader meets it: its search finds, nobody else is asked for anything, a phone shows all of it, and it
is light or dark as the system is."""

import documentation
import pytest
from conftest import PHONE
from needs import must_have


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = must_have(lambda: documentation.built(tmp_path_factory.mktemp("site") / "built"))
    with documentation.served(folder) as base:
        yield base


def test_the_search_finds_and_nobody_else_is_asked(page, site):
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(f"{site}/index.html")
    page.locator("input.md-search__input").click()
    page.keyboard.type("back-channel logout")
    page.locator("a.md-search-result__link[href*='provider.html']").first.wait_for()
    assert told == []
    assert [url for url in asked if not url.startswith(f"{site}/") and not url.startswith("data:")] == []


@pytest.mark.parametrize("name", ["index", "usage/provider", "usage/realm-files", "reference/types", "man/ostiary"])
def test_a_phone_scrolls_down_alone(new_context, site, name):
    page = new_context(**PHONE).new_page()
    page.goto(f"{site}/{name}.html")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_is_light_or_dark_as_the_system_is(new_context, site):
    shades = {}
    for scheme in ("light", "dark"):
        page = new_context(color_scheme=scheme).new_page()
        page.goto(f"{site}/usage/provider.html")
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades[scheme] = sum(int(part) for part in color.strip("rgb()").split(",")[:3])
    assert shades["light"] > 700 > 200 > shades["dark"]
