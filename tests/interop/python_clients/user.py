# SPDX-License-Identifier: Apache-2.0
"""The user of the clients in this folder, and what they are told of the provider."""

import os

from web import Browser

ISSUER = os.environ["ISSUER"]
PROTOCOL = f"{ISSUER}/protocol/openid-connect"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
CLIENT_ID, CLIENT_SECRET = "web", os.environ["CLIENT_SECRET"]
ORIGIN = os.environ["ORIGIN"]
CALLBACK = f"{ORIGIN}/callback"


def new_browser():
    return Browser()


def logged_in(browser, url):
    """The address to which the provider sends this browser back after its login."""
    answer = browser.get(url.replace(" ", "%20"))
    if answer.status == 200:
        form = answer.page.form("kc-form-login")
        answer = browser.submit(form, username="alice", password="alice-password")
    assert answer.status == 302, f"{answer.status} {answer.text[:600]}"
    return answer.location


def asks_again(browser, url):
    """Whether the provider wants a password of this browser."""
    return browser.get(url).status == 200
