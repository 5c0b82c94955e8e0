# SPDX-License-Identifier: Apache-2.0
"""What only real Keycloak can show: its keys rotated, itself stopped and started again, under requests."""

import threading
import time

import pytest

from both_providers import only_keycloak
from navigation import is_login_page, log_in, navigate
from needs import kept_running
from oidc import Client
from peers import answers, free_port
from programs import ItemsApi, realm_for
from waiting import until
from web import Browser, bearer, unverified_token

WORKERS = 4
ANSWERS = 150  # of each phase of the load
BRIEF_SECONDS = 3
RECOVERY_SECONDS = 90


def items(api, token):
    return Browser().get(f"{api.base}/items/", headers=bearer(token))


def signing_key(token):
    return unverified_token(token)[0]["kid"]


class Load:
    """Threads that get fresh tokens and use them, new and not so new ones, until told to stop."""

    def __init__(self, api, realm, client):
        self.api, self.realm, self.client = api, realm, client
        self.keys_seen = set()
        self.failures = []
        self.answered = 0
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work) for _ in range(WORKERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, kid):
        """So many more answers, that key's among them; or something fails."""
        wanted = self.answered + ANSWERS
        until(lambda: self.failures or (self.answered >= wanted and kid in self.keys_seen), "answers", seconds=120)

    def _work(self):
        oldest = None
        while not self._enough.is_set():
            grant = self.realm.client_credentials(self.client)
            if grant.status != 200:
                self._note(f"no token: {grant.status} {grant.text}")
                continue
            token = grant.json()["access_token"]
            oldest = oldest or token
            for used in (token, oldest, token):
                answer = items(self.api, used)
                with self._lock:
                    self.answered += 1
                    self.keys_seen.add(signing_key(used))
                if answer.status != 200:
                    self._note(f"{answer.status} {answer.header('WWW-Authenticate')} for {signing_key(used)}")

    def _note(self, failure):
        with self._lock:
            self.failures.append(f"{time.strftime('%X')} {failure}")


@only_keycloak
def test_signing_key_rotated_while_requests_run(provider, items_api, realm, myapi):
    old = signing_key(realm.client_credentials(myapi).json()["access_token"])
    with Load(items_api, realm, myapi) as load:
        load.goes_on(old)
        new = provider.rotate_keys("myrealm")
        load.goes_on(new)
        newest = provider.rotate_keys("myrealm")
        load.goes_on(newest)
    assert load.failures == []
    assert load.keys_seen == {old, new, newest}
    assert load.answered >= 3 * ANSWERS


@pytest.fixture(scope="module")
def own_keycloak(keycloak_beside, work, results):
    """A server that nobody else uses meanwhile, to stop and start, and an API that trusts a realm of it."""
    server, port = keycloak_beside, free_port()
    server.create_realm(realm_for(f"http://localhost:{port}", work / "own-keycloak"))
    for api in kept_running(lambda: ItemsApi(f"{server.base}/realms/myrealm", work, port), results):
        yield server, api
    server.admin("DELETE", "myrealm")


@pytest.fixture
def brief_access_tokens(own_keycloak):
    server, _ = own_keycloak
    server.update_realm("myrealm", accessTokenLifespan=BRIEF_SECONDS)
    yield
    server.update_realm("myrealm", accessTokenLifespan=300)


def test_stopped_and_started_again(own_keycloak, new_items_api):
    server, api = own_keycloak
    realm, client = server.realm(), Client("myapi", "myapi-secret", f"{api.base}/auth")
    token = realm.client_credentials(client).json()["access_token"]
    assert items(api, token).status == 200
    # The server may have been away a moment ago: logins know by their own looks that it is back.
    until(lambda: is_login_page(navigate(Browser(), f"{api.base}/items/")), "no login page", seconds=RECOVERY_SECONDS, step=0.5)
    browser, page = log_in(api.base)
    assert page.status == 200

    server.stop()
    assert not answers(f"{server.base}/realms/myrealm")
    for _ in range(20):
        assert items(api, token).status == 200
        assert navigate(browser, f"{api.base}/items/").status == 200
    assert api.ready, "keys in hand: it is ready"

    # A second node comes up meanwhile: it starts, says that it is not ready, and refuses with 503.
    late = new_items_api(f"{server.base}/realms/myrealm")
    assert not late.ready
    refused = items(late, token)
    assert refused.status == 503
    assert int(refused.header("Retry-After")) > 0
    assert Browser().get(f"{late.base}/public/").status == 200

    server.start()
    fresh = realm.client_credentials(client).json()["access_token"]
    assert items(api, fresh).status == 200
    assert items(api, token).status == 200
    until(lambda: items(late, fresh).status == 200, f"no keys {RECOVERY_SECONDS} s after the issuer is back", seconds=RECOVERY_SECONDS, step=0.5)
    assert late.ready
    browser, page = log_in(api.base, "bob", "bob-password")
    assert page.status == 200


def test_key_taken_out_of_the_key_set(own_keycloak):
    """A key that was found out: Keycloak no longer shows it, the API forgets it with the next key set."""
    server, api = own_keycloak
    realm, client = server.realm(), Client("myapi", "myapi-secret", f"{api.base}/auth")
    token = realm.client_credentials(client).json()["access_token"]
    assert items(api, token).status == 200
    server.rotate_keys("myrealm")
    server.retire_key("myrealm", signing_key(token))
    fresh = realm.client_credentials(client).json()["access_token"]
    assert items(api, fresh).status == 200, "the new key is found at once"
    assert items(api, token).status == 401, "and with the key set that has it, the old one is gone"


def test_browser_session_is_refreshed(own_keycloak, brief_access_tokens):
    _, api = own_keycloak
    browser, page = log_in(api.base)
    assert page.status == 200
    for _ in range(2):
        time.sleep(BRIEF_SECONDS + 1)
        again = navigate(browser, f"{api.base}/items/", follow=False)
        assert again.status == 200, "refreshed without a word"
        assert again.json() == page.json()


def test_browser_session_ended_at_the_provider(own_keycloak, brief_access_tokens):
    server, api = own_keycloak
    browser, page = log_in(api.base)
    assert page.status == 200
    user = server.admin("GET", "myrealm/users?username=alice")[0]["id"]
    server.admin("POST", f"myrealm/users/{user}/logout")
    time.sleep(BRIEF_SECONDS + 1)
    answer = navigate(browser, f"{api.base}/items/", follow=False)
    assert answer.status in (302, 303), "the refresh fails, so the login begins again"
    assert "/protocol/openid-connect/auth" in answer.location
