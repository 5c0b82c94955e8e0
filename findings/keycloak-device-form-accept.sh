#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where a device's user types the code, Keycloak's page has a form that posts it to the page's own address. Does it matter
# what the Accept field of that POST says?
#
# Expected: no: the right code leads on to the login, as the same code in the query of a GET does whatever Accept says.
# Seen: only with text/html in Accept. With */*, which scripts and tests send, or with application/json, the same POST is
# taken for a device's own authorization request, which this address serves too, and refused with 401 invalid_client.
# For us: the page takes the form for what it is; devices ask at the device authorization endpoint alone.
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
for _ in $(seq 480); do
    curl -fs -o /dev/null "$base/realms/master" && break
    sleep 0.5
done

member() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
status() {
    curl -s -o /dev/null -w '%{http_code}' "$@"
}
token=$(curl -s "$base/realms/master/protocol/openid-connect/token" -d grant_type=password -d client_id=admin-cli \
    -d username=admin -d password=admin-password | member access_token)
curl -fs -o /dev/null "$base/admin/realms" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{
    "realm": "shop", "enabled": true, "clients": [{"clientId": "tv", "publicClient": true,
    "attributes": {"oauth2.device.authorization.grant.enabled": "true"}}]}'
page=$base/realms/shop/device
code=$(curl -s "$base/realms/shop/protocol/openid-connect/auth/device" -d client_id=tv | member user_code)
{
    curl -s "$page" | grep -o '<form[^>]*>' | grep -o 'action="/realms/shop/device" method="post"'
    for accept in text/html '*/*' application/json; do
        echo "GET with $accept: $(status "$page?user_code=$code" -H "Accept: $accept")"
        echo "POST with $accept: $(status "$page" -H "Accept: $accept" -d "device_user_code=$code")"
    done
    curl -s "$page" -H 'Accept: */*' -d "device_user_code=$code" | member error
} >seen
cat >expected <<'TEXT'
action="/realms/shop/device" method="post"
GET with text/html: 302
POST with text/html: 302
GET with */*: 302
POST with */*: 401
GET with application/json: 302
POST with application/json: 401
invalid_client
TEXT
cat seen
diff expected seen
