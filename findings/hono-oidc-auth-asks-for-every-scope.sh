#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# @hono/oidc-auth without OIDC_SCOPES asks for every scope that the discovery document lists. What becomes of a login at a
# new realm of Keycloak, by a client that has what Keycloak gives to each new client?
#
# Expected: a login page, as scopes_supported is what the server supports.
# Seen: invalid_scope, before anybody could log in. Keycloak lists its client scope service_account, which it gives to no
# new client and then refuses. Without that one the page comes; offline_access, which nobody asked for, is in the request.
# For us: what a new realm lists, each of its new clients may ask for.
#
# Keycloak 26.7.3, @hono/oidc-auth 1.8.1.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @hono/oidc-auth@1.8.1 hono@4.13.19 @hono/node-server@2.1.9
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free) own=$(free)
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin-password
keycloak-$version/bin/kc.sh start-dev --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pids+=($!)
base=http://127.0.0.1:$port
for _ in $(seq 600); do
    curl -fs -o /dev/null "$base/realms/master" && break
    sleep 0.5
done

token=$(curl -fs "$base/realms/master/protocol/openid-connect/token" -d grant_type=password -d client_id=admin-cli \
    -d username=admin -d password=admin-password | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
admin() { curl -fs -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$base/admin/$1" -d "$2"; }
admin realms '{"realm": "shop", "enabled": true}'
admin realms/shop/clients '{"clientId": "web", "secret": "web-secret", "redirectUris": ["http://127.0.0.1:'"$own"'/callback"]}'

cat >app.mjs <<'JS'
import { serve } from '@hono/node-server'
import { initOidcAuthMiddleware, oidcAuthMiddleware } from '@hono/oidc-auth'
import { Hono } from 'hono'

const app = new Hono()
const [base, port] = process.argv.slice(2)
app.use(initOidcAuthMiddleware({
  OIDC_AUTH_SECRET: 'a secret of more than thirty-two letters',
  OIDC_ISSUER: `${base}/realms/shop`,
  OIDC_CLIENT_ID: 'web',
  OIDC_CLIENT_SECRET: 'web-secret',
}))
app.use(oidcAuthMiddleware())
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' }, () => console.log('listening'))
JS
node app.mjs "$base" "$own" >app.log 2>&1 &
pids+=($!)
for _ in $(seq 100); do
    grep -q listening app.log && break
    sleep 0.1
done

cat >try.py <<'PY'
import sys
import urllib.error
import urllib.parse
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def location(url):
    """Where that leads; None if it is a page."""
    try:
        urllib.request.build_opener(Stay).open(url)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]


def query(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


request = location(sys.argv[1])
asked = query(request)["scope"].split()
print("asked for:", *sorted(asked))
for name, scopes in {
    "all of them": asked,
    "without service_account": [scope for scope in asked if scope != "service_account"],
}.items():
    parts = urllib.parse.urlsplit(request)
    changed = urllib.parse.urlencode({**query(request), "scope": " ".join(scopes)})
    back = location(parts._replace(query=changed).geturl())
    print(f"{name}:", query(back)["error"] if back else "the login page")
PY
python3 try.py "http://127.0.0.1:$own/" >seen
cat seen
cat >expected <<'TEXT'
asked for: acr address basic email microprofile-jwt offline_access openid organization phone profile roles service_account web-origins
all of them: invalid_scope
without service_account: the login page
TEXT
diff expected seen
