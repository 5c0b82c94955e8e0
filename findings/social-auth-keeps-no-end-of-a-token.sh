#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A site in Django signs its users in at a realm by Python Social Auth, by its backend for any OpenID provider ("oidc") or by the one for
# Keycloak. It keeps the tokens with the account, and calls an API for its users with get_access_token(), which is said to return a valid
# one and refreshes by itself. One day a user takes the account apart again, and the token should be revoked
# (SOCIAL_AUTH_REVOKE_TOKENS_ON_DISCONNECT, RFC 7009).
#
# Expected: a token that is over is refreshed, as the realm's answer had expires_in and refresh_token. Revoking asks the revocation endpoint
# of the discovery document by POST, with the token (RFC 7009 §2.1).
# Seen: get_access_token() returns the token that is over, without a word and for good, five minutes after the login at a new realm: the
# backend for any provider keeps the refresh token but not the end, the one for Keycloak neither, and what has no known end is not
# refreshed. Both do with EXTRA_DATA told (refresh_token, expires_in). The former's account cannot be taken apart: the endpoint is asked by
# GET and without the token, answers 405, and that is an error. The one for Keycloak revokes nothing, and says it is done.
# For us: the revocation endpoint is for POST, as Keycloak's; docs/usage/provider-programs.md says what to set.
#
# social-auth-core 7.0.0, social-auth-app-django 8.0.0, Django 5.2.19.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install Django==5.2.19 social-auth-app-django==8.0.0 social-auth-core==7.0.0 'PyJWT[crypto]==2.15.1' requests==2.34.2

# A realm whose tokens live eight seconds. The code that a browser brings back is the user's name and the nonce.
cat >realm.py <<'PY'
import http.server
import json
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = rsa.generate_private_key(65537, 2048)
LIFE = 8
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
number = 0
seen = []


class Realm(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        issuer = "http://" + self.headers["Host"]
        if self.path.endswith("/openid-configuration"):
            ends = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "userinfo_endpoint": "/userinfo", "jwks_uri": "/certs",
                    "revocation_endpoint": "/revoke"}
            return self.answer(200, {"issuer": issuer, **{name: issuer + path for name, path in ends.items()}})
        if self.path == "/certs":
            key = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
            return self.answer(200, {"keys": [{**key, "kid": "k", "alg": "RS256"}]})
        if self.path == "/userinfo":
            return self.answer(200, jwt.decode(self.headers["Authorization"][7:], options={"verify_signature": False}))
        if self.path == "/public":
            return self.answer(200, "".join(PUBLIC.splitlines()[1:-1]))
        if self.path == "/seen":
            told, seen[:] = list(seen), []
            return self.answer(200, told)
        seen.append("GET " + self.path)
        self.answer(405, {"error": "HTTP 405 Method Not Allowed"})

    def do_POST(self):
        global number
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        seen.append("POST " + self.path + " " + form.get("grant_type", ""))
        if self.path != "/token":
            return self.answer(200, {})
        number += 1
        now = int(time.time())
        name, _, nonce = form.get("code", form.get("refresh_token")).partition(".")
        claims = {"iss": "http://" + self.headers["Host"], "sub": name, "aud": "web", "azp": "web", "iat": now, "exp": now + LIFE,
                  "jti": str(number), "preferred_username": name, "email": name + "@shop.example"}
        token = {"access_token": self.signed(claims), "expires_in": LIFE, "token_type": "Bearer", "scope": "openid profile email"}
        token |= {"id_token": self.signed({**claims, "nonce": nonce}), "refresh_token": name + "." + nonce, "refresh_expires_in": 1800}
        self.answer(200, token)

    def signed(self, claims):
        return jwt.encode(claims, KEY, "RS256", headers={"kid": "k"})

    def answer(self, status, document):
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Realm)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
v/bin/python realm.py >address &
pid=$!
until [ -s address ]; do sleep 0.1; done

cat >web.py <<'PY'
import sys
import time
import urllib.parse

import django
import requests
from django.conf import settings

REALM = sys.argv[1]
WEB = {"KEY": "web", "SECRET": "secret"}
ENDS = {"PUBLIC_KEY": requests.get(REALM + "/public").json(), "AUTHORIZATION_URL": REALM + "/auth", "ACCESS_TOKEN_URL": REALM + "/token"}
settings.configure(
    SECRET_KEY="s",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "social_django"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    AUTHENTICATION_BACKENDS=["social_core.backends.open_id_connect.OpenIdConnectAuth", "social_core.backends.keycloak.KeycloakOAuth2"],
    SOCIAL_AUTH_REVOKE_TOKENS_ON_DISCONNECT=True,
    SOCIAL_AUTH_LOGIN_REDIRECT_URL="/in",
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=REALM,
    **{"SOCIAL_AUTH_OIDC_" + name: value for name, value in WEB.items()},
    **{"SOCIAL_AUTH_KEYCLOAK_" + name: value for name, value in {**WEB, **ENDS}.items()},
)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import include, path
from social_django.utils import load_strategy

urlpatterns = [path("", include("social_django.urls", namespace="social"))]

call_command("migrate", verbosity=0)


def sign_in(backend, name):
    browser = Client()
    begun = browser.post(f"/login/{backend}/")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun["Location"]).query))
    done = browser.get(f"/complete/{backend}/", {"code": name + "." + asked.get("nonce", ""), "state": asked["state"]})
    assert done["Location"] == "/in", done
    user = User.objects.get(username=name)
    user.set_password("so that the account may be disconnected")
    user.save()
    browser.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return browser, user.social_auth.get()


TOLD = {"EXTRA_DATA": ["refresh_token", "expires_in"]}
people = []
for backend in ("oidc", "keycloak"):
    for how, more in (("as it comes", {}), ("told", TOLD)):
        name = (backend + how).replace(" ", "")
        with override_settings(**{f"SOCIAL_AUTH_{backend.upper()}_{key}": value for key, value in more.items()}):
            people.append((f"{backend}, {how}", backend, more, *sign_in(backend, name)))
        print(f"{backend}, {how}: keeps", *sorted(people[-1][-1].extra_data))
time.sleep(9)
for title, backend, more, browser, social in people:
    with override_settings(**{f"SOCIAL_AUTH_{backend.upper()}_{key}": value for key, value in more.items()}):
        requests.get(REALM + "/seen")
        before = social.access_token
        try:
            token = social.get_access_token(load_strategy())
            said = "the old token" if token == before else "a new token"
        except Exception as error:
            said = repr(error)
        print(f"{title}: after its end: {said}; the realm is asked", requests.get(REALM + "/seen").json())
        try:
            done = browser.post(f"/disconnect/{backend}/")
            said = f"{done.status_code} {done.get('Location')}"
        except Exception as error:
            said = repr(error)
        print(f"{title}: disconnect: {said}; the realm is asked", requests.get(REALM + "/seen").json())
PY
v/bin/python web.py "$(cat address)" >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
oidc, as it comes: keeps _oidc_id_token_context access_token auth_time id id_token refresh_token token_type
oidc, told: keeps _oidc_id_token_context access_token auth_time expires_in id id_token refresh_token token_type
keycloak, as it comes: keeps access_token auth_time sub token_type
keycloak, told: keeps access_token auth_time expires_in refresh_token sub token_type
oidc, as it comes: after its end: the old token; the realm is asked []
oidc, as it comes: disconnect: AuthProviderError('The authentication provider rejected the request.'); the realm is asked ['GET /revoke']
oidc, told: after its end: a new token; the realm is asked ['POST /token refresh_token']
oidc, told: disconnect: AuthProviderError('The authentication provider rejected the request.'); the realm is asked ['GET /revoke']
keycloak, as it comes: after its end: the old token; the realm is asked []
keycloak, as it comes: disconnect: 302 http://testserver/in; the realm is asked []
keycloak, told: after its end: a new token; the realm is asked ['POST /token refresh_token']
keycloak, told: disconnect: 302 http://testserver/in; the realm is asked []
TEXT
diff expected seen
