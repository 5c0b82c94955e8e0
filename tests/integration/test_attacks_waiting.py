# SPDX-License-Identifier: Apache-2.0
"""Anybody may push requests and ask for device codes of a public client: no network takes the room of the others."""

import http.client
import json
from urllib.parse import urlencode, urlsplit

import pytest
from programs import Provider

CALLBACK = "http://localhost:8000/auth"
SECRET = "of thirty-two characters, as wanted"
DEVICES = {"attributes": {"oauth2.device.authorization.grant.enabled": "true"}, "redirectUris": [CALLBACK]}
REALM = {
    "realm": "shop",
    "enabled": True,
    "clients": [
        {"clientId": "spa", "publicClient": True, **DEVICES},
        {"clientId": "web", "secret": SECRET, **DEVICES},
    ],
}
SHARE = 1000  # a quarter of what is then left of 5,000


@pytest.fixture(scope="module")
def realm(work):
    file = work / "waiting-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "waiting") as provider:
        yield provider.realm("shop")


class Peer:
    """Somebody at an address of this machine, who keeps a connection."""

    def __init__(self, realm, address, path, **form):
        url = urlsplit(realm.endpoint(path))
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60, source_address=(address, 0))
        self.path, self.form = url.path, urlencode({"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid", **form})

    def ask(self):
        self.connection.request("POST", self.path, self.form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = self.connection.getresponse()
        answer.read()
        return answer

    def take(self, most):
        """How many are taken until one is refused."""
        for taken in range(most):
            answer = self.ask()
            if answer.status not in (200, 201):
                assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
                return taken
        return most


@pytest.mark.parametrize("path", ["ext/par/request", "auth/device"])
def test_one_network_leaves_room_to_others(realm, path):
    greedy, other = (Peer(realm, address, path, client_id="spa") for address in ("127.0.0.1", "127.0.0.2"))
    assert greedy.take(SHARE + 1) == SHARE
    assert other.take(10) == 10
    assert greedy.ask().status == 503


def test_who_proves_to_be_the_client_has_all_the_room(realm):
    client = Peer(realm, "127.0.0.1", "ext/par/request", client_id="web", client_secret=SECRET)
    assert client.take(SHARE + 1) == SHARE + 1
