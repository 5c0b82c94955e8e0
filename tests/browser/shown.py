# SPDX-License-Identifier: Apache-2.0
"""What a page shows, once it does: pages draw anew after what they were told, and nobody knows when."""

WAIT_MILLISECONDS = 30000


def shows(*locators):
    """Waits until each of them is seen."""
    for locator in locators:
        locator.wait_for(timeout=WAIT_MILLISECONDS)


def counts(locator, number):
    """Waits until there are so many."""
    from playwright.sync_api import expect  # where there is none, tests are skipped with the reason

    expect(locator).to_have_count(number, timeout=WAIT_MILLISECONDS)
