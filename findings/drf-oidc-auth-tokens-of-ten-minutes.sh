#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An API in Django REST framework takes a realm's access tokens by drf-oidc-auth (JSONWebTokenAuthentication). The client that calls it has
# tokens of an hour, as a nightly job may (access.token.lifespan), and one day the realm signs with its next key.
#
# Expected: a token is taken until its exp; a kid that the kept key set has not makes the API look for it (OpenID Connect Core §10.1.1).
# Seen: after ten minutes the token is refused as "JWT too old", with three quarters of its life before it, so that what goes well in each
# try fails in the job that takes longer: OIDC_LEEWAY, 600 seconds, is also the age at which any token counts as old, by its iat. Whoever
# makes it longer for this makes it longer for exp too, since it is one setting. The key set is kept for a day
# (OIDC_JWKS_EXPIRATION_TIME) and nothing makes it read anew: all tokens of the next key are refused until then, and where the cache is
# of each process, as Django's is by itself, by some processes and not by others.
# For us: docs/usage/provider-programs.md says what to set.
#
# drf-oidc-auth 4.0.0, Django 5.2.8, djangorestframework 3.16.1, joserfc 1.8.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check drf-oidc-auth==4.0.0 Django==5.2.8 djangorestframework==3.16.1 joserfc==1.8.0

cat >ask.py <<'PY'
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import django
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import RSAKey

keys = [RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256", "use": "sig"}) for kid in ("old", "new")]
published = [keys[0].as_dict(private=False)]
fetches = 0


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        global fetches
        fetches += self.path == "/certs"
        body = json.dumps({"keys": published} if self.path == "/certs" else {
            "issuer": issuer, "jwks_uri": f"{issuer}/certs", "userinfo_endpoint": f"{issuer}/userinfo"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
issuer = f"http://127.0.0.1:{server.server_port}"


class User:
    is_authenticated = True

    def __init__(self, name):
        self.name = name


def user_of(request, claims):
    return User(claims["sub"])


settings.configure(
    ALLOWED_HOSTS=["*"], SECRET_KEY="not used", USE_TZ=True, INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, LOGGING_CONFIG=None,
    OIDC_AUTH={"OIDC_ENDPOINT": issuer, "OIDC_RESOLVE_USER_FUNCTION": user_of, "JWT_AUTH_HEADER_PREFIX": "Bearer"})
django.setup()

from oidc_auth.authentication import JSONWebTokenAuthentication
from oidc_auth.settings import api_settings
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView


class Who(APIView):
    authentication_classes = [JSONWebTokenAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response(request.user.name)


def token(age=0, lifetime=3600, key=keys[0]):
    now = int(time.time())
    claims = {"iss": issuer, "aud": "api", "sub": "ann", "iat": now - age, "exp": now - age + lifetime}
    return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "JWT"}, claims, key)


def ask(what, bearer):
    before = fetches
    answer = Who.as_view()(APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {bearer}"))
    said = answer.data if answer.status_code == 200 else f"{answer.status_code} {answer.data['detail']}"
    print(f"{what}: {said}{'' if fetches == before else ', the key set was asked for'}")


minute = 60
ask("new, for an hour", token())
for age in (9, 11, 59):
    ask(f"{age} minutes old, for an hour", token(age * minute))
published.insert(0, keys[1].as_dict(private=False))
real = time.time
for hours in (0, 1, 23, 25):
    time.time = lambda: real() + hours * 60 * minute
    ask(f"of the next key, {hours} hours after it was published", token(key=keys[1]))
time.time = real
api_settings.OIDC_LEEWAY = 60 * minute
ask("OIDC_LEEWAY of an hour, 59 minutes old", token(59 * minute))
PY
v/bin/python ask.py >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
new, for an hour: ann, the key set was asked for
9 minutes old, for an hour: ann
11 minutes old, for an hour: 401 Invalid Authorization header. JWT too old.
59 minutes old, for an hour: 401 Invalid Authorization header. JWT too old.
of the next key, 0 hours after it was published: 401 Invalid Authorization header. JWT signature key not found.
of the next key, 1 hours after it was published: 401 Invalid Authorization header. JWT signature key not found.
of the next key, 23 hours after it was published: 401 Invalid Authorization header. JWT signature key not found.
of the next key, 25 hours after it was published: ann, the key set was asked for
OIDC_LEEWAY of an hour, 59 minutes old: ann
TEXT
diff expected seen
