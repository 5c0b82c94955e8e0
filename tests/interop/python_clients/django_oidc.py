# SPDX-License-Identifier: Apache-2.0
"""mozilla-django-oidc in a Django project of one file: login, silent renewal by prompt=none, logout at the provider."""

import urllib.parse

import django
from django.conf import settings
from user import CLIENT_ID, CLIENT_SECRET, ORIGIN, PROTOCOL, asks_again, logged_in, new_browser

HOST = urllib.parse.urlsplit(ORIGIN).netloc


def leave(request):
    query = {"id_token_hint": request.session["oidc_id_token"], "post_logout_redirect_uri": f"{ORIGIN}/bye"}
    return f"{PROTOCOL}/logout?{urllib.parse.urlencode(query)}"


settings.configure(
    SECRET_KEY="a secret of the application",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "mozilla_django_oidc.middleware.SessionRefresh",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    OIDC_RP_CLIENT_ID=CLIENT_ID,
    OIDC_RP_CLIENT_SECRET=CLIENT_SECRET,
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{PROTOCOL}/auth",
    OIDC_OP_TOKEN_ENDPOINT=f"{PROTOCOL}/token",
    OIDC_OP_USER_ENDPOINT=f"{PROTOCOL}/userinfo",
    OIDC_OP_JWKS_ENDPOINT=f"{PROTOCOL}/certs",
    OIDC_OP_LOGOUT_URL_METHOD=f"{__name__}.leave",
    OIDC_STORE_ID_TOKEN=True,
    OIDC_USE_PKCE=True,
    OIDC_RENEW_ID_TOKEN_EXPIRY_SECONDS=-1,  # at each request
    LOGIN_REDIRECT_URL="/me",
    LOGOUT_REDIRECT_URL="/",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402


def me(request):
    known = request.user.is_authenticated
    return JsonResponse({"email": request.user.email} if known else {}, status=200 if known else 401)


urlpatterns = [path("oidc/", include("mozilla_django_oidc.urls")), path("me", me)]
call_command("migrate", verbosity=0)

application, browser = Client(headers={"host": HOST}), new_browser()
assert application.get("/me").status_code == 401
to_provider = application.get("/oidc/authenticate/").headers["Location"]
back = logged_in(browser, to_provider)
landed = application.get(back.removeprefix(ORIGIN))
assert landed.headers["Location"] == "/me", landed.headers

renewal = application.get("/me")  # the middleware finds the session old, and has the provider confirm it
assert "prompt=none" in renewal.headers["Location"], renewal.headers
settings.OIDC_RENEW_ID_TOKEN_EXPIRY_SECONDS = 900
confirmed = application.get(logged_in(browser, renewal.headers["Location"]).removeprefix(ORIGIN))
assert confirmed.status_code == 302, confirmed
assert application.get("/me").json() == {"email": "alice@example.com"}

gone = browser.get(application.post("/oidc/logout/").headers["Location"])
assert gone.location == f"{ORIGIN}/bye", f"{gone.status} {gone.location}"
assert application.get("/me").status_code == 401
assert asks_again(browser, to_provider)
