#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An API in Django asks a provider about its tokens (django-oauth-toolkit, RESOURCE_SERVER_INTROSPECTION_URL). The answer has an "aud",
# RFC 7662 §2.2: who the token is for, a string or a list. At Keycloak these are clients: "account" is in nearly every user's
# token, and "api" where a mapper says so. Which tokens reach the API?
#
# Expected: all of them, as "aud" is optional and the API has not said who it is; or those that name it, if it can say so.
# Seen: with 3.0.1 all. With 3.4.1 those without "aud", and those that have an address above the request's ("https://testserver/",
# RFC 8707's resource); every other one is told 401 invalid_token, "The access token is not valid for this resource". So an
# upgrade shuts out all tokens of a new realm of Keycloak, whose users and service accounts have the default role, and with it the
# audience "account". RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR takes a function of one's own, which can look for a client's name; a
# token without an audience passes it by.
# For us: docs/usage/provider-programs.md has the function. resource= brings an address instead (RFC 8707), which 3.4.1 takes as it comes.
#
# django-oauth-toolkit 3.0.1 and 3.4.1, Django 5.2.8, djangorestframework 3.16.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The provider runs in a thread beside the API: the token says which audience the answer is to have.
cat >ask.py <<'PY'
import http.server
import json
import sys
import threading
import time
import urllib.parse

import django
from django.conf import settings

audiences = {
    "none": None, "string": "api", "account": ["account"], "both": ["account", "api"], "address": "https://testserver/",
    "address-and-account": ["account", "https://testserver/items"],
}


class Provider(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        answer = {"active": True, "username": "ann", "sub": "1", "scope": "email", "exp": int(time.time()) + 300}
        if audiences[form["token"]] is not None:
            answer["aud"] = audiences[form["token"]]
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def names_api(request_uri, audience):
    return "api" in audience


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
toolkit = {
    "RESOURCE_SERVER_INTROSPECTION_URL": f"http://127.0.0.1:{server.server_port}/introspect",
    "RESOURCE_SERVER_INTROSPECTION_CREDENTIALS": ("api", "s"),
}
if sys.argv[1] == "function":
    toolkit["RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR"] = names_api
settings.configure(
    SECRET_KEY="x" * 50, ROOT_URLCONF=__name__, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ALLOWED_HOSTS=["testserver"], DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider", "rest_framework"],
    OAUTH2_PROVIDER=toolkit, REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
)
django.setup()

import django.contrib.auth
import django.core.management
import django.urls
import oauth2_provider.contrib.rest_framework as guard
import rest_framework.response
import rest_framework.test
import rest_framework.views

django.core.management.call_command("migrate", verbosity=0)


class Items(rest_framework.views.APIView):
    authentication_classes = [guard.OAuth2Authentication]
    permission_classes = [guard.TokenHasScope]
    required_scopes = ["email"]

    def get(self, request):
        return rest_framework.response.Response(str(request.user))


urlpatterns = [django.urls.path("items", Items.as_view())]
client = rest_framework.test.APIClient()
for token in audiences:
    answer = client.get("/items", secure=True, headers={"Authorization": f"Bearer {token}"})
    print(f"{token}: {answer.status_code} {answer.json() if answer.status_code == 200 else ''}".strip())
print("users:", *django.contrib.auth.get_user_model().objects.values_list("username", flat=True))
PY
for version in 3.0.1 3.4.1; do
    python3 -m venv v
    v/bin/pip -q install django-oauth-toolkit==$version Django==5.2.8 djangorestframework==3.16.1 requests==2.34.2
    v/bin/python -W ignore ask.py plain 2>>log | sed "s/^/$version: /"
done >seen || { cat log; exit 1; }
v/bin/python -W ignore ask.py function 2>>log | sed "s/^/3.4.1, function: /" >>seen || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
3.0.1: none: 200 ann
3.0.1: string: 200 ann
3.0.1: account: 200 ann
3.0.1: both: 200 ann
3.0.1: address: 200 ann
3.0.1: address-and-account: 200 ann
3.0.1: users: ann
3.4.1: none: 200 ann
3.4.1: string: 401
3.4.1: account: 401
3.4.1: both: 401
3.4.1: address: 200 ann
3.4.1: address-and-account: 200 ann
3.4.1: users: ann
3.4.1, function: none: 200 ann
3.4.1, function: string: 200 ann
3.4.1, function: account: 401
3.4.1, function: both: 200 ann
3.4.1, function: address: 401
3.4.1, function: address-and-account: 401
3.4.1, function: users: ann
TEXT
diff expected seen
