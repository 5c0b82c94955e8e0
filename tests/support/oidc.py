# SPDX-License-Identifier: Apache-2.0
"""An OpenID Connect client for tests: the provider's endpoints as methods, nothing hidden."""

import base64
import hashlib
import os
import urllib.parse

from web import Browser, basic, fragment_of, query_of


class Client:
    """A registered client as the realm file names it."""

    def __init__(self, client_id, secret=None, redirect_uri=None):
        self.client_id = client_id
        self.secret = secret
        self.redirect_uri = redirect_uri

    @property
    def auth(self):
        """Headers of client_secret_basic; none for a public client."""
        return basic(self.client_id, self.secret) if self.secret else {}

    @property
    def form(self):
        """Parameters of client_secret_post, or of a public client."""
        return {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {})}


class Pkce:
    def __init__(self):
        self.verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @property
    def params(self):
        return {"code_challenge": self.challenge, "code_challenge_method": "S256"}


class Realm:
    """One realm of a provider in Keycloak's URL layout."""

    def __init__(self, base, name="myrealm"):
        self.base = base.rstrip("/")
        self.name = name
        self.issuer = f"{self.base}/realms/{name}"

    def endpoint(self, path):
        return f"{self.issuer}/protocol/openid-connect/{path}"

    def browser(self):
        return Browser()

    def discovery(self):
        return self.browser().get(f"{self.issuer}/.well-known/openid-configuration")

    def certs(self):
        return self.browser().get(self.endpoint("certs"))

    def token(self, form, client=None, headers=None):
        """client is authenticated by client_secret_basic, or named in the form when it is public."""
        headers = dict(headers or {})
        if client and client.secret:
            headers.update(client.auth)
        elif client:
            form = {**form, **client.form}
        return self.browser().post(self.endpoint("token"), form, headers)

    def password(self, client, username, password, scope="openid"):
        form = {"grant_type": "password", "username": username, "password": password, "scope": scope}
        return self.token(form, client)

    def client_credentials(self, client, scope=None):
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        return self.token(form, client)

    def refresh(self, client, refresh_token, **extra):
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **extra}, client)

    def code(self, client, code, pkce=None, redirect_uri=None):
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri or client.redirect_uri,
        }
        if pkce:
            form["code_verifier"] = pkce.verifier
        return self.token(form, client)

    def device_authorization(self, client, scope="openid", **extra):
        """client is authenticated as in token()."""
        form = {**({"scope": scope} if scope else {}), **extra, **({} if client.secret else client.form)}
        return self.browser().post(self.endpoint("auth/device"), form, dict(client.auth))

    def device_token(self, client, device_code, **extra):
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        return self.token({"grant_type": grant, "device_code": device_code, **extra}, client)

    def auth_params(self, client, pkce=None, **changes):
        """Parameters of the authorization request; a value of None leaves that parameter out."""
        params = {
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": "state-1",
            "nonce": "nonce-1",
            **(pkce.params if pkce else {}),
            **changes,
        }
        return {name: value for name, value in params.items() if value is not None}

    def authorize(self, browser, client, pkce=None, **changes):
        return browser.get(self.endpoint("auth"), self.auth_params(client, pkce, **changes))

    def log_in(self, browser, client, username, password, pkce=None, **changes):
        """Fills in the login form; returns the answer to its submission."""
        page = self.authorize(browser, client, pkce, **changes)
        assert page.status == 200, f"no login page: {page.status} {page.text[:400]}"
        return browser.submit(page.page.form("kc-form-login"), username=username, password=password)

    def code_login(self, client, username, password, pkce=None, browser=None, **changes):
        """The whole code flow; returns (callback parameters, token answer)."""
        browser = browser or self.browser()
        answer = self.log_in(browser, client, username, password, pkce, **changes)
        callback = callback_of(answer)
        assert "code" in callback, f"no code in the callback: {answer.status} {answer.location}"
        return callback, self.code(client, callback["code"], pkce)

    def userinfo(self, token):
        return self.browser().get(self.endpoint("userinfo"), headers={"Authorization": f"Bearer {token}"})


def callback_of(answer):
    """What the redirect to the client carries, in its query or in its fragment."""
    assert answer.status in (302, 303), f"not a redirect: {answer.status} {answer.text[:400]}"
    return {**query_of(answer.location), **fragment_of(answer.location)}


def same_path(url, other):
    a, b = urllib.parse.urlsplit(url), urllib.parse.urlsplit(other)
    return (a.scheme, a.netloc, a.path) == (b.scheme, b.netloc, b.path)
