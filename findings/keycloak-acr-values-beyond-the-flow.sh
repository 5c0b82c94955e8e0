#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm of Keycloak has levels of authentication: its browser flow reaches level 1 by a password. A client that may ask for more
# sends acr_values=2 with each request; that is a wish and not a demand (OpenID Connect Core §3.1.2.1, a "Voluntary Claim").
# Somebody signs in, and a minute later the client sends them again.
#
# Expected: a code each time, with acr 1; with prompt=none a code, or an error that comes to the redirect URI (§3.1.2.6).
# Seen: a code for the first login. From then on, as long as the session lasts, every such request ends on an error page with
# status 400 and the words "Invalid username or password.", although nobody was asked for either; also with prompt=none, where the
# client hears nothing at all. Without acr_values the same session gets its code.
# The flow has no step left for somebody who has all its levels and is to have one more.
# For us: what is not essential and above a flow's highest level asks for that one.
#
# Keycloak 26.7.3.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
mkdir -p keycloak-$version/data/import
python3 - >keycloak-$version/data/import/shop-realm.json <<'PY'
import json


def step(name, requirement, **more):
    return {"authenticator": name, "requirement": requirement, "authenticatorFlow": False, **more}


def part(name, requirement):
    return {"flowAlias": name, "requirement": requirement, "priority": 20, "authenticatorFlow": True}


def flow(name, *steps):
    return {"alias": name, "providerId": "basic-flow", "topLevel": name == "levels", "builtIn": False, "authenticationExecutions": steps}


condition = step("conditional-level-of-authentication", "REQUIRED", authenticatorConfig="first", priority=10)
flows = [
    flow("levels", step("auth-cookie", "ALTERNATIVE", priority=10), part("forms", "ALTERNATIVE")),
    flow("forms", part("level 1", "CONDITIONAL")),
    flow("level 1", condition, step("auth-username-password-form", "REQUIRED", priority=20)),
]
ann = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee"}
ann["credentials"] = [{"type": "password", "value": "ann-password"}]
client = {"clientId": "web", "publicClient": True, "redirectUris": ["http://127.0.0.1:1/cb"]}
config = {"alias": "first", "config": {"loa-condition-level": "1", "loa-max-age": "36000"}}
realm = {"realm": "shop", "enabled": True, "users": [ann], "clients": [client], "browserFlow": "levels"}
print(json.dumps({**realm, "authenticationFlows": flows, "authenticatorConfig": [config]}))
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
base=http://127.0.0.1:$port/realms/shop
for _ in $(seq 480); do
    curl -fs -o /dev/null "$base" && break
    sleep 0.5
done

cat >ask.py <<'PY'
import base64
import html
import http.cookiejar
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

REDIRECT, OIDC = "http://127.0.0.1:1/cb", sys.argv[1] + "/protocol/openid-connect/"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(browser, url, form=None, **headers):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        return browser.open(urllib.request.Request(url, data, headers))
    except urllib.error.HTTPError as answer:
        return answer


policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
browser = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(policy)))


def authorize(**more):
    query = {"client_id": "web", "response_type": "code", "scope": "openid", "redirect_uri": REDIRECT, **more}
    return ask(browser, OIDC + "auth?" + urllib.parse.urlencode(query))


def told(answer):
    if answer.status != 302:
        words = re.search(r'class="instruction">([^<]+)<', answer.read().decode())
        return f"{answer.status}, {' '.join(words[1].split()) if words else 'a page'}"
    [code] = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query).get("code", [None])
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": "web"}
    token = json.load(ask(browser, OIDC + "token", form))["id_token"]
    return "a code, acr " + json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["acr"]


action = html.unescape(re.search(r'action="([^"]+)"', authorize(acr_values="2").read().decode())[1])
print("signs in, acr_values=2:", told(ask(browser, action, {"username": "ann", "password": "ann-password"})))
print("again, acr_values=2:", told(authorize(acr_values="2")))
print("again, acr_values=2, prompt=none:", told(authorize(acr_values="2", prompt="none")))
print("again, no acr_values:", told(authorize()))
PY
python3 ask.py "$base" >seen
cat >expected <<'TEXT'
signs in, acr_values=2: a code, acr 1
again, acr_values=2: 400, Invalid username or password.
again, acr_values=2, prompt=none: 400, Invalid username or password.
again, no acr_values: a code, acr 1
TEXT
cat seen
diff expected seen
