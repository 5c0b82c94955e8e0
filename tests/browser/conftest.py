# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests in a real browser: Debian's Chromium, driven by Playwright."""

import re

import pytest
from administrator import Admin
from page_site import asking_file, asking_provider, page_documents, page_mails, page_upstream, realm_url, site  # noqa: F401  (fixtures)

from both_providers import api_port, provider, provider_kind, realm  # noqa: F401  (fixtures)
from needs import kept_running, must_have
from peers import PROJECT, Unavailable, npm_packages, require_program
from programs import ItemsApi, Provider
from site_fixtures import api_base, items_docs, myapi, realm_file  # noqa: F401  (fixtures)

WAIT_MILLISECONDS = 30000
# Nothing of the browser's own business: no updates, no reports, no other protocols.
FLAGS = (
    "--no-sandbox",  # root in a container has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}


def playwright_and_chromium():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as missing:
        raise Unavailable("Playwright is not installed (script/peers python)") from missing
    return sync_playwright, require_program("chromium", "chromium")


@pytest.fixture(scope="session")
def docs_assets():
    """The option that gives the docs page its assets: the tests must not depend on a public CDN."""
    home = must_have(lambda: npm_packages(PROJECT / "tests" / "interop" / "npm"))
    return ("--docs-assets", home / "node_modules" / "swagger-ui-dist")


@pytest.fixture(scope="session")
def items_api(provider, api_port, work, results, docs_assets):  # noqa: F811
    issuer = f"{provider.base}/realms/myrealm"
    yield from kept_running(lambda: ItemsApi(issuer, work, api_port, arguments=docs_assets), results, ItemsApi.wait_for_logins)


@pytest.fixture(scope="session")
def administered(tmp_path_factory):
    """A provider that began with an empty folder and the name of an administrator, root of the realm master."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
        patch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", "root-password")
        with must_have(lambda: Provider([], tmp_path_factory.mktemp("administered"))) as program:
            yield program


@pytest.fixture(scope="module")
def root(administered):
    """Their token lives five minutes, which is less than all modules take."""
    return Admin(administered, "master", "root", "root-password")


@pytest.fixture(scope="session")
def axe():
    home = must_have(lambda: npm_packages(PROJECT / "tests" / "interop" / "npm"))
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def chromium():
    start, program = must_have(playwright_and_chromium)
    with start() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@pytest.fixture
def new_context(chromium, request, results):
    """Makes browser profiles, empty ones; of a failed test each open page is pictured."""
    made = []

    def make(**options):
        context = chromium.new_context(locale="en-US", **options)
        context.set_default_timeout(WAIT_MILLISECONDS)
        made.append(context)
        return context

    yield make
    pages = [page for context in made for page in context.pages]
    for number, page in enumerate(pages):
        if getattr(request.node, "failed", False):
            name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())
            page.screenshot(path=results / "screenshots" / f"failed-{name}-{number}.png")
    for context in made:
        context.close()


@pytest.fixture
def context(new_context):
    return new_context()


@pytest.fixture
def page(context):
    return context.new_page()


@pytest.fixture
def screenshot(request, results, provider_kind):  # noqa: F811
    """screenshot(page, name): kept among the results as <provider>-<name>.png."""
    folder = results / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page, name):
        safe = re.sub(r"[^a-z0-9-]+", "-", f"{provider_kind}-{name}".lower())
        page.screenshot(path=folder / f"{safe}.png", full_page=True)

    return take
