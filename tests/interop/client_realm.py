# SPDX-License-Identifier: Apache-2.0
"""A realm for client libraries, and what every one of them is asked to do: log in, refresh, log out."""

import json

from oidc import Client
from peers import free_port
from programs import Provider

# With a colon, which RFC 6749 §2.3.1 has clients encode; half of them do not, and cannot have a + or a % in theirs.
SECRET = "web:secret"
USER = {
    "username": "alice",
    "enabled": True,
    "email": "alice@example.com",
    "emailVerified": True,
    "firstName": "Alice",
    "lastName": "Archer",
    "credentials": [{"type": "password", "value": "alice-password"}],
}


def realm_of(origin, client=None, realm=None):
    """A realm whose client web is at home everywhere below the origin; client and realm change what stands here.
    What a client has of the origin's addresses is made by a function of the origin."""
    web = {
        "clientId": "web",
        "clientAuthenticatorType": "client-secret",
        "secret": SECRET,
        "redirectUris": [f"{origin}/*"],
        "webOrigins": [origin],
        "directAccessGrantsEnabled": True,
        "serviceAccountsEnabled": True,
        "attributes": {"post.logout.redirect.uris": "+"},
        **(client(origin) if callable(client) else client or {}),
    }
    return {"realm": "clients", "enabled": True, "clients": [web], "users": [USER], **(realm or {})}


class Site:
    """The provider with that realm, and a port for the application under test."""

    def __init__(self, folder, **changes):
        self.port = free_port()
        self.origin = f"http://localhost:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "clients-realm.json"
        file.write_text(json.dumps(realm_of(self.origin, **changes)))
        self.provider = Provider([file], folder / "provider")
        self.realm = self.provider.realm("clients")
        self.web = Client("web", SECRET, f"{self.origin}/callback")

    def __enter__(self):
        self.provider.start()
        return self

    def __exit__(self, *_):
        self.provider.stop()

    @property
    def environment(self):
        """What programs of other languages are told."""
        return {"ISSUER": self.realm.issuer, "CLIENT_SECRET": SECRET, "PORT": str(self.port), "ORIGIN": self.origin}

    def authorization_request(self, browser, url):
        """What the application's address leads to, through a page of its own if it has one."""
        answer = browser.get(url)
        while not (answer.location or "").startswith(self.provider.base):
            assert answer.location or answer.page.forms, f"{answer.status} {answer.url}: {answer.text[:600]}"
            answer = browser.get(answer.location) if answer.location else browser.submit(answer.page.forms[0])
        return answer.location

    def log_in(self, browser, url):
        """From the application's address through the login form and back."""
        page = browser.get(self.authorization_request(browser, url), follow=True).page
        form = page.form("kc-form-login")
        answer = browser.submit(form, follow=True, username="alice", password="alice-password")
        assert answer.url.startswith(self.origin), f"{answer.status} {answer.url}: {answer.text[:600]}"
        return answer

    def asks_again(self, browser):
        """Whether the provider wants a password of this browser."""
        return self.realm.authorize(browser, self.web).status == 200
