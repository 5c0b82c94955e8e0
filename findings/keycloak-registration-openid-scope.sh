#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Dynamic client registration (RFC 7591) at Keycloak, with an initial access token: may a client name the scopes that the
# discovery document lists, and is token_endpoint_auth_method what it asks for?
#
# Expected: every scope of scopes_supported, "openid" first of all; the methods that are listed.
# Seen: a client that names "openid" is refused with 403 insufficient_scope ("Not permitted to use specified
# clientScope"), for there is no client scope of that name; so is "service_account". And the method "none", which discovery
# does not list, is given.
# For us: registration lets "openid" pass, as MCP clients send it, and gives what the realm offers.
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
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin-password
keycloak-$version/bin/kc.sh start-dev --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
base=http://127.0.0.1:$port
for _ in $(seq 240); do
    curl -fs -o /dev/null "$base/realms/master" && break
    sleep 0.5
done

cat >try.py <<'PY'
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1]
REALM = f"{BASE}/realms/master"


def send(url, body, token=None, form=False):
    data = urllib.parse.urlencode(body) if form else json.dumps(body)
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data.encode(), headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


login = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin-password"}
admin = send(f"{REALM}/protocol/openid-connect/token", login, form=True)[1]["access_token"]
first = send(f"{BASE}/admin/realms/master/clients-initial-access", {"count": 40}, admin)[1]["token"]
with urllib.request.urlopen(f"{REALM}/.well-known/openid-configuration") as answer:
    discovery = json.load(answer)


def register(**metadata):
    body = {"redirect_uris": ["http://localhost:1/callback"], **metadata}
    return send(discovery["registration_endpoint"], body, first)


for method in ("client_secret_basic", "client_secret_post", "none"):
    listed = "listed" if method in discovery["token_endpoint_auth_methods_supported"] else "not listed"
    status, said = register(token_endpoint_auth_method=method)
    print(f"{method} ({listed}): {status} {said.get('token_endpoint_auth_method')}")
accepted, refused = [], []
for scope in sorted(discovery["scopes_supported"]):
    (accepted if register(scope=scope)[0] == 201 else refused).append(scope)
print("scopes that may be named:", *accepted)
print("scopes that are refused:", *refused)
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
client_secret_basic (listed): 201 client_secret_basic
client_secret_post (listed): 201 client_secret_post
none (not listed): 201 none
scopes that may be named: acr address basic email microprofile-jwt offline_access organization phone profile roles web-origins
scopes that are refused: openid service_account
TEXT
cat seen
diff expected seen
