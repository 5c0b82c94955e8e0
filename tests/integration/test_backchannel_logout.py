# SPDX-License-Identifier: Apache-2.0
"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0): what ends at the provider is over at the API."""

import json
import time

import pytest
from navigation import is_login_page, log_in, navigate
from programs import EXAMPLE_REALM, ItemsApi, Provider
from web import Browser

WITHIN = 1.0  # seconds, from the end of a session until its API refuses it


def realm_telling(url, folder, api_base, **attributes):
    """The example realm, whose client myapi is told of logouts at this address."""
    realm = json.loads(EXAMPLE_REALM.read_text().replace("http://localhost:8000", api_base))
    client = next(client for client in realm["clients"] if client["clientId"] == "myapi")
    client["attributes"] |= {"backchannel.logout.url": url, **attributes}
    file = folder / "myrealm-realm.json"
    file.write_text(json.dumps(realm))
    return file


@pytest.fixture(scope="module")
def site(api_port, tmp_path_factory):
    """(provider, items API), which know each other."""
    folder = tmp_path_factory.mktemp("logout")
    base = f"http://localhost:{api_port}"
    with Provider([realm_telling(f"{base}/backchannel-logout", folder, base)], folder) as provider:
        with ItemsApi(provider.realm().issuer, folder, api_port) as api:
            yield provider, api


def call(api, token):
    return Browser().get(f"{api.base}/items/", headers={"Authorization": f"Bearer {token}"}).status


def refused_within(api, token, seconds=WITHIN):
    """Seconds until the API refuses the token."""
    begin = time.monotonic()
    while call(api, token) != 401:
        assert time.monotonic() - begin < seconds, api.log_tail()
        time.sleep(0.01)
    return time.monotonic() - begin


def metric(program, name):
    text = Browser().get(f"{program.base}/metrics").text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def tokens_of(provider, myapi, **extra):
    answer = provider.realm().password(myapi, "alice", "alice-password", **extra)
    assert answer.status == 200, answer.text
    return answer.json()


def log_out(provider, myapi, tokens):
    form = {"refresh_token": tokens["refresh_token"], **myapi.form}
    return Browser().post(provider.realm().endpoint("logout"), form)


def test_a_logout_reaches_the_api(site, myapi):
    provider, api = site
    ended, other = tokens_of(provider, myapi), tokens_of(provider, myapi)
    assert call(api, ended["access_token"]) == call(api, other["access_token"]) == 200
    sent = metric(provider, 'ostiary_provider_logout_tokens_total{outcome="sent"}')
    assert log_out(provider, myapi, ended).status == 204
    refused_within(api, ended["access_token"])
    assert call(api, other["access_token"]) == 200  # another session of the same user
    deadline = time.monotonic() + 5
    while metric(provider, 'ostiary_provider_logout_tokens_total{outcome="sent"}') != sent + 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert metric(api, 'ostiary_guard_logout_tokens_total{outcome="taken"}') >= 1


def test_a_browsers_session_is_over(site):
    provider, api = site
    browser, page = log_in(api.base)
    assert page.status == 200, page.text
    elsewhere, page = log_in(api.base)
    # The user ends the session at the provider, from another window, and the API's cookie stays as it is.
    form = Browser().get(provider.realm().endpoint("logout"))
    assert form.status == 200
    question = browser.get(provider.realm().endpoint("logout"))
    done = browser.submit(question.page.forms[0])
    assert done.status == 200, done.text
    deadline = time.monotonic() + WITHIN
    while not is_login_page(navigate(browser, f"{api.base}/items/")):
        assert time.monotonic() < deadline, api.log_tail()
        time.sleep(0.01)
    assert navigate(elsewhere, f"{api.base}/items/").status == 200


def test_discovery_says_so(site):
    document = site[0].realm().discovery().json()
    assert document["backchannel_logout_supported"] is True
    assert document["backchannel_logout_session_supported"] is True
