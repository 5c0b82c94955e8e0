# SPDX-License-Identifier: Apache-2.0
"""Real Keycloak sends its logout tokens to our API."""

from both_providers import only_keycloak
from navigation import is_login_page, log_in, navigate
from waiting import until
from web import Browser


def call(api, token):
    return Browser().get(f"{api.base}/items/", headers={"Authorization": f"Bearer {token}"}).status


def refused_soon(api, token):
    until(lambda: call(api, token) == 401, api.log_tail, step=0.01)


@only_keycloak
def test_a_session_that_ends_at_keycloak(provider, items_api, myapi):
    client = provider.admin("GET", "myrealm/clients?clientId=myapi")[0]
    told = {
        "backchannel.logout.url": f"{items_api.base}/backchannel-logout",
        "backchannel.logout.session.required": "true",
    }
    provider.admin("PUT", f"myrealm/clients/{client['id']}", {**client, "attributes": client["attributes"] | told})
    try:
        one, other = (provider.realm().password(myapi, "alice", "alice-password").json() for _ in range(2))
        browser, page = log_in(items_api.base)
        assert page.status == call(items_api, one["access_token"]) == 200
        provider.admin("DELETE", f"myrealm/sessions/{one['session_state']}")
        refused_soon(items_api, one["access_token"])
        assert call(items_api, other["access_token"]) == 200
        # Its logout of a user tells a client of one session, however many there are: each is ended by itself.
        user = provider.admin("GET", "myrealm/users?username=alice")[0]
        for session in provider.admin("GET", f"myrealm/users/{user['id']}/sessions"):
            provider.admin("DELETE", f"myrealm/sessions/{session['id']}")
        until(lambda: is_login_page(navigate(browser, f"{items_api.base}/items/")), items_api.log_tail, step=0.01)
        refused_soon(items_api, other["access_token"])
    finally:
        provider.admin("PUT", f"myrealm/clients/{client['id']}", client)
