#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Keycloak's discovery document says "claims_parameter_supported": true. A client asks for the e-mail address in the ID token and
# the given name from userinfo by the parameter claims (OpenID Connect Core §5.5), with scope openid alone. What does it get?
#
# Expected: the two claims: that is what the parameter is for, and discovery promises it.
# Seen: nothing, without a word. Only a client with a mapper of type oidc-claims-param-token-mapper, which no default client
# scope has, is answered; then the claims come although neither the scope email nor profile is granted to the client. The other
# mapper with the parameter in its name, oidc-claims-param-value-idtoken-mapper, brings what a request gives a "value", and so
# nothing here.
# For us: `claims` is read for acr and for a value of sub; discovery says that the parameter is not supported, which is true of
# the rest.
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

MAPPERS = {"none": None, "token": "oidc-claims-param-token-mapper", "value": "oidc-claims-param-value-idtoken-mapper"}
config = {"id.token.claim": "true", "userinfo.token.claim": "true"}


def client(name, kind):
    mappers = [{"name": "claims", "protocol": "openid-connect", "protocolMapper": kind, "config": config}] if kind else []
    more = {"redirectUris": ["http://127.0.0.1:1/cb"], "defaultClientScopes": ["basic"], "optionalClientScopes": []}
    return {"clientId": name, "publicClient": True, "protocolMappers": mappers, **more}


ann = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee"}
ann["credentials"] = [{"type": "password", "value": "ann-password"}]
clients = [client(name, kind) for name, kind in MAPPERS.items()]
print(json.dumps({"realm": "shop", "enabled": True, "users": [ann], "clients": clients}))
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

ISSUER, REDIRECT = sys.argv[1], "http://127.0.0.1:1/cb"
OIDC = ISSUER + "/protocol/openid-connect/"
WANTED = {"id_token": {"email": {"essential": True}}, "userinfo": {"given_name": {"essential": True}}}


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(browser, url, form=None, **headers):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        return browser.open(urllib.request.Request(url, data, headers))
    except urllib.error.HTTPError as answer:
        return answer


def log_in(client):
    policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
    browser = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(policy)))
    query = {"client_id": client, "response_type": "code", "scope": "openid", "redirect_uri": REDIRECT, "claims": json.dumps(WANTED)}
    page = ask(browser, OIDC + "auth?" + urllib.parse.urlencode(query)).read().decode()
    action = html.unescape(re.search(r'action="([^"]+)"', page)[1])
    back = ask(browser, action, {"username": "ann", "password": "ann-password"}).headers["Location"]
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": client}
    tokens = json.load(ask(browser, OIDC + "token", form))
    claims = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
    userinfo = json.load(ask(browser, OIDC + "userinfo", Authorization="Bearer " + tokens["access_token"]))
    return claims.get("email"), userinfo.get("given_name"), tokens["scope"]


with urllib.request.urlopen(ISSUER + "/.well-known/openid-configuration") as answer:
    print("claims_parameter_supported:", json.load(answer)["claims_parameter_supported"])
for client in ("none", "value", "token"):
    print("mapper %s: ID token %s, userinfo %s, scope %s" % (client, *log_in(client)))
PY
python3 ask.py "$base" >seen
cat >expected <<'TEXT'
claims_parameter_supported: True
mapper none: ID token None, userinfo None, scope openid
mapper value: ID token None, userinfo None, scope openid
mapper token: ID token ann@shop.example, userinfo Ann, scope openid
TEXT
cat seen
diff expected seen
