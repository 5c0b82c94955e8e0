#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# In the morning a browser opens the three pages of an application that were open in the evening. The session is over, so that each of them is
# sent to the realm for a login, all three before the first comes back; the user signs in once, and the realm sends each tab back with a code.
# Four applications, one each of flask-oidc, mozilla-django-oidc and express-openid-connect, and one behind oauth2-proxy: what is in the tabs?
# Either the tabs ask one after another, or all at once, so that none has the cookie that another was given; they come back in the order in
# which they asked.
#
# Expected: each tab's page. "state" is there to tell which answer belongs to which question.
# Seen: in no case. With express-openid-connect and oauth2-proxy all three tabs end with an error, also the one that asked last: the one cookie is
# of the last question, and the first answer, which does not fit it, takes it away. With the other two, one after another, all three are signed
# in, at the wrong pages: mozilla-django-oidc shows the last one three times, flask-oidc the last one and twice the front page. At once, two
# of three tabs are errors with both. Loading the tabs again helps in all. oauth2-proxy has a switch for it, cookie-csrf-per-request.
# For us: our own login has a cookie for each question, as many as eight; docs/usage/provider-programs.md names the switch.
#
# flask-oidc 2.4.0, mozilla-django-oidc 5.0.2 (Django 5.2.9), express-openid-connect 3.4.0, oauth2-proxy 7.15.6.
set -euo pipefail
work=$(mktemp -d)
started=()
finish() {
    local one
    for one in "${started[@]}"; do
        kill "$one" 2>/dev/null || true
        wait "$one" 2>/dev/null || true
    done
    chmod -R u+w "$work"
    rm -rf "$work"
}
trap finish EXIT
cd "$work"
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 flask-oidc==2.4.0 mozilla-django-oidc==5.0.2 Django==5.2.9
# The realm signs everybody in at once.
cat >realm.py <<'PY'
import http.server
import json
import time
import urllib.parse

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
nonces = {}


class Realm(http.server.BaseHTTPRequestHandler):
    def answer(self, body, status=200, **fields):
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        issuer = f"http://{self.headers['Host']}"
        path, _, query = self.path.partition("?")
        if path == "/auth":
            asked = dict(urllib.parse.parse_qsl(query))
            code = f"c{len(nonces)}"
            nonces[code] = {"nonce": asked["nonce"]} if "nonce" in asked else {}
            self.answer({}, 302, Location=f"{asked['redirect_uri']}?{urllib.parse.urlencode({'state': asked['state'], 'code': code})}")
        elif path == "/certs":
            self.answer({"keys": [KEY.as_dict(private=False)]})
        elif path == "/userinfo":
            self.answer({"sub": "f3b0", "email": "ann@a.example", "email_verified": True})
        else:
            self.answer({
                "issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo", "jwks_uri": f"{issuer}/certs", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            })

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        now = int(time.time())
        claims = {"iss": f"http://{self.headers['Host']}", "sub": "f3b0", "aud": "app", "azp": "app", "iat": now, "exp": now + 300,
                  "email": "ann@a.example", "email_verified": True, **nonces[form["code"]]}
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
        self.answer({"access_token": token, "id_token": token, "token_type": "Bearer", "expires_in": 300})

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Realm)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
v/bin/python realm.py >told &
started+=($!)
until [ -s told ]; do sleep 0.1; done
issuer=$(cat told)
ports=("$(free)" "$(free)" "$(free)" "$(free)" "$(free)")

cat >flask_app.py <<'PY'
import sys

from flask import Flask
from flask_oidc import OpenIDConnect

app = Flask("app")
app.config.update(SECRET_KEY="k" * 32, OIDC_CLIENT_SECRETS={"web": {"client_id": "app", "client_secret": "secret", "issuer": sys.argv[1]}})
oidc = OpenIDConnect(app)


@app.get("/find")
@oidc.require_login
def find():
    return "found"


app.add_url_rule("/", "front", lambda: "front")
app.run("127.0.0.1", int(sys.argv[2]))
PY
v/bin/python flask_app.py "$issuer" "${ports[0]}" >log.flask 2>&1 &
started+=($!)

cat >django_app.py <<'PY'
import os

import django
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import include, path

issuer = os.environ["ISSUER"]
if not settings.configured:
    settings.configure(
        SECRET_KEY="k" * 40, ROOT_URLCONF="django_app", ALLOWED_HOSTS=["*"], LOGIN_URL="/oidc/authenticate/",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "users.db"}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mozilla_django_oidc"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
        AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"], OIDC_RP_CLIENT_ID="app", OIDC_RP_CLIENT_SECRET="secret",
        OIDC_RP_SIGN_ALGO="RS256", OIDC_OP_JWKS_ENDPOINT=f"{issuer}/certs", OIDC_OP_AUTHORIZATION_ENDPOINT=f"{issuer}/auth",
        OIDC_OP_TOKEN_ENDPOINT=f"{issuer}/token", OIDC_OP_USER_ENDPOINT=f"{issuer}/userinfo",
    )
    django.setup()
urlpatterns = [
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("find", login_required(lambda request: HttpResponse("found"))),
    path("", lambda request: HttpResponse("front")),
]
if __name__ == "__main__":
    execute_from_command_line(["app", "migrate", "--verbosity", "0"])
    execute_from_command_line(["app", "runserver", "--noreload", f"127.0.0.1:{os.environ['PORT']}"])
PY
ISSUER=$issuer PORT=${ports[1]} v/bin/python django_app.py >log.django 2>&1 &
started+=($!)

npm init -y >/dev/null
npm install --silent --no-audit --no-fund express@5.2.1 express-openid-connect@3.4.0
cat >app.mjs <<'JS'
import express from 'express';
import oidc from 'express-openid-connect';

const [issuerBaseURL, port] = process.argv.slice(2);
const app = express();
app.get('/', (request, response) => response.send('front'));
app.use(oidc.auth({
  issuerBaseURL, baseURL: `http://127.0.0.1:${port}`, clientID: 'app', clientSecret: 'secret', secret: 'k'.repeat(40),
  authorizationParams: { response_type: 'code' }, idTokenSigningAlg: 'RS256',
}));
app.get('/find', (request, response) => response.send('found'));
app.listen(Number(port), '127.0.0.1');
JS
node app.mjs "$issuer" "${ports[2]}" >log.express 2>&1 &
started+=($!)

GOBIN=$work GOFLAGS=-modcacherw go install github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6 2>/dev/null
proxy() {
    ./oauth2-proxy --provider=oidc --oidc-issuer-url="$issuer" --client-id=app --client-secret=secret --cookie-secret=0123456789abcdef0123456789abcdef \
        --cookie-secure=false --email-domain='*' --http-address="127.0.0.1:$1" --redirect-url="http://127.0.0.1:$1/oauth2/callback" \
        --upstream=static://200 --skip-provider-button --code-challenge-method=S256 "${@:2}" >"log.proxy.$1" 2>&1 &
    started+=($!)
}
proxy "${ports[3]}"
proxy "${ports[4]}" --cookie-csrf-per-request

cat >browser.py <<'PY'
import http.cookiejar
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def browser(jar):
    return urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(jar))


def follow(opener, address, wanted=lambda _: False):
    """To the first page that is none, or to the address that is wanted."""
    while not wanted(address):
        try:
            with opener.open(address, timeout=30) as answer:
                return answer.status, address
        except urllib.error.HTTPError as error:
            if error.code not in (302, 303, 307):
                return error.code, address
            address = urllib.parse.urljoin(address, error.headers["Location"])
    return 0, address


def comes_back(address):
    return {"code", "state"} <= urllib.parse.parse_qs(urllib.parse.urlsplit(address).query).keys()


def case(words, base, at_once):
    jar = http.cookiejar.CookieJar()
    coming = []
    for tab in range(1, 4):
        its = http.cookiejar.CookieJar() if at_once else jar
        coming.append(follow(browser(its), f"{base}/find?tab={tab}", comes_back)[1])
        if at_once:
            for cookie in its:
                jar.set_cookie(cookie)
    seen = [follow(browser(jar), address) for address in coming]
    print(f"{words}:", ", ".join(address.replace(base, "") if status == 200 else str(status) for status, address in seen))


for name, port in (server.split("=") for server in sys.argv[1:]):
    base = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            follow(browser(http.cookiejar.CookieJar()), f"{base}/")
            break
        except urllib.error.URLError:
            time.sleep(0.2)
    case(f"{name}, one after another", base, False)
    case(f"{name}, at once", base, True)
PY
v/bin/python browser.py "flask=${ports[0]}" "django=${ports[1]}" "express=${ports[2]}" "proxy=${ports[3]}" "switch=${ports[4]}" >seen

cat seen
diff seen - <<'SEEN'
flask, one after another: /find?tab=3, /, /
flask, at once: 401, 401, /find?tab=3
django, one after another: /find?tab=3, /find?tab=3, /find?tab=3
django, at once: 400, 400, /find?tab=3
express, one after another: 400, 400, 400
express, at once: 400, 400, 400
proxy, one after another: 403, 403, 403
proxy, at once: 403, 403, 403
switch, one after another: /find?tab=1, /find?tab=2, /find?tab=3
switch, at once: /find?tab=1, /find?tab=2, /find?tab=3
SEEN
