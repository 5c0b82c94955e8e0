# SPDX-License-Identifier: Apache-2.0
"""A browser's way through the items API: navigate, log in at the provider, come back."""

from web import Browser

# What Chromium sends with a navigation, as far as a server looks at it.
NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
}


def navigate(browser, url, follow=True):
    return browser.get(url, headers=NAVIGATION, follow=follow)


def is_login_page(answer):
    return answer.status == 200 and 'id="kc-form-login"' in answer.text


def log_in(api_base, username="alice", password="alice-password", wanted="/items/", browser=None):
    """Goes to a guarded page, fills in the login form, returns (browser, the page that was wanted)."""
    browser = browser or Browser()
    page = navigate(browser, api_base + wanted)
    assert is_login_page(page), f"no login page at {page.url}: {page.status} {page.text[:400]}"
    form = page.page.form("kc-form-login")
    return browser, browser.submit(form, follow=True, headers=NAVIGATION, username=username, password=password)


def api_cookies(browser, api_base):
    """Names of the cookies that go to the API: the provider's share the host, not the path."""
    return [pair.split("=")[0] for pair in browser.cookie_header("localhost", "/items/").split("; ") if pair]
