# SPDX-License-Identifier: Apache-2.0
"""What tests of browser logins begin with."""

import re

from guarded_api import api, good_again, provider, wait_until_ready  # noqa: F401  (fixtures)
from navigation import NAVIGATION, navigate
from waiting import until
from web import Browser

SAME_ORIGIN = {**NAVIGATION, "Sec-Fetch-Site": "same-origin"}


def log_in(api, wanted="/items/", browser=None):
    browser = browser or Browser()
    return browser, navigate(browser, api.base + wanted)


def api_names(browser):
    return sorted(name for _, _, name in browser.cookies)


def logged(api, page):
    """The log's line of the request whose number the page shows."""
    number = page.page.text_by_id["request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    lines = until(lambda: [line for line in api.log.read_text().splitlines() if f'request="{number}"' in line], api.log_tail)
    return lines[0]
