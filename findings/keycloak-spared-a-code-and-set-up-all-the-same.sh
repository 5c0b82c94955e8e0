#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An application at Keycloak has a browser flow of its own, whose step auth-conditional-otp-form asks for a one-time code unless the
# user's attribute "otp" says "skip" (otpControlAttribute). Ann's says so, and she has no device.
#
# Expected: she signs in by her password, as long as the application's flow is what it is.
# Seen: so she does in the realm "one". In the realm "two", which is the same but for another application with a flow of its own and
# another step of that kind (defaultOtpOutcome: force), she has to set up a device (CONFIGURE_TOTP) when she signs in at the first
# application. Whoever has a device is let in there without being asked for a code.
# Whether a device has to be set up is asked of every configuration of the realm, whether a code is asked for of the step's own.
# For us: who is spared a code sets no device up; the step's own configuration decides both.
#
# Keycloak 26.7.3 (24.0.5 does the same).
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
python3 - keycloak-$version/data/import <<'PY'
import json
import pathlib
import sys

RULES = {"shop": {"otpControlAttribute": "otp"}, "bank": {"defaultOtpOutcome": "force"}}
DEVICE = {
    "type": "otp",
    "secretData": json.dumps({"value": "abcdefghij0123456789"}),
    "credentialData": json.dumps({"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1"}),
}


def flow(name, number):
    password = {"authenticator": "auth-username-password-form", "requirement": "REQUIRED", "priority": 10}
    code = {"authenticator": "auth-conditional-otp-form", "requirement": "REQUIRED", "priority": 20, "authenticatorConfig": name}
    told = {"alias": name, "providerId": "basic-flow", "topLevel": True, "builtIn": False}
    return {"id": f"c0de0000-0000-4000-a000-{number:012}", **told, "authenticationExecutions": [password, code]}


def user(name, *credentials):
    told = {"username": name, "enabled": True, "email": f"{name}@shop.example", "firstName": name, "lastName": "Lee"}
    return {**told, "attributes": {"otp": ["skip"]}, "credentials": [{"type": "password", "value": f"{name}-password"}, *credentials]}


for number, (realm, names) in enumerate({"one": ["shop"], "two": ["shop", "bank"]}.items()):
    flows = [flow(name, 10 * number + n) for n, name in enumerate(names)]
    clients = [
        {"clientId": f["alias"], "publicClient": True, "redirectUris": ["http://127.0.0.1:1/cb"], "authenticationFlowBindingOverrides": {"browser": f["id"]}}
        for f in flows
    ]
    document = {"realm": realm, "enabled": True, "clients": clients, "users": [user("ann"), user("ben", DEVICE)]}
    document |= {"authenticationFlows": flows, "authenticatorConfig": [{"alias": name, "config": RULES[name]} for name in names]}
    (pathlib.Path(sys.argv[1]) / f"{realm}-realm.json").write_text(json.dumps(document))
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
base=http://127.0.0.1:$port/realms
for _ in $(seq 480); do
    curl -fs -o /dev/null "$base/two" && break
    sleep 0.5
done

cat >ask.py <<'PY'
import html
import http.cookiejar
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

REDIRECT = "http://127.0.0.1:1/cb"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(browser, url, form=None):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        return browser.open(urllib.request.Request(url, data))
    except urllib.error.HTTPError as answer:
        return answer


def sign_in(realm, name):
    policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
    browser = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(policy)))
    query = {"client_id": "shop", "response_type": "code", "scope": "openid", "redirect_uri": REDIRECT}
    page = ask(browser, f"{sys.argv[1]}/{realm}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query)).read().decode()
    action = html.unescape(re.search(r'action="([^"]+)"', page)[1])
    answer = ask(browser, action, {"username": name, "password": f"{name}-password"})
    told = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"] or "").query)
    return "a code" if "code" in told else f"{answer.status} {told.get('execution', ['a page'])[0]}"


for realm in ("one", "two"):
    for name in ("ann", "ben"):
        print(f"realm {realm}, {name} at the shop:", sign_in(realm, name))
PY
python3 ask.py "$base" >seen
cat >expected <<'TEXT'
realm one, ann at the shop: a code
realm one, ben at the shop: a code
realm two, ann at the shop: 302 CONFIGURE_TOTP
realm two, ben at the shop: a code
TEXT
cat seen
diff expected seen
