#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm file gives confidential clients attributes about their secret: when it ends (client.secret.expiration.time, seconds),
# which belongs to the client policy "secret rotation", and how it may come (client.secret.authentication.allowed.method).
# The realm has no client policy. What do the attributes do then?
#
# Expected: the end does nothing, since nobody has switched rotation on; of the ways, "any" (or nonsense) allows both.
# Seen: a secret past its end is refused by 24.0.5 and by 26.7.3, rotation or not: a realm that was exported and comes
# back after a while has clients that cannot log in. 24.0.5 knows no allowed way; 26.7.3 does, compares the word with the
# name of the way, and so refuses both for any other word.
# For us: both are acted upon as in 26.7.3, and the refusal of an ended secret is told in the log.
#
# Keycloak 24.0.5 and 26.7.3.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >shop-realm.json <<'JSON'
{
  "realm": "shop",
  "enabled": true,
  "clients": [
    {"clientId": "plain", "secret": "s", "serviceAccountsEnabled": true},
    {"clientId": "ended", "secret": "s", "serviceAccountsEnabled": true,
     "attributes": {"client.secret.expiration.time": "1600000000"}},
    {"clientId": "basic", "secret": "s", "serviceAccountsEnabled": true,
     "attributes": {"client.secret.authentication.allowed.method": "client_secret_basic"}},
    {"clientId": "any", "secret": "s", "serviceAccountsEnabled": true,
     "attributes": {"client.secret.authentication.allowed.method": "any"}}
  ]
}
JSON

ask() { # NAME: by the header, and in the form
    local url=$base/realms/shop/protocol/openid-connect/token form=grant_type=client_credentials
    printf '%s %s %s %s\n' "$version" "$1" \
        "$(curl -s -o /dev/null -w '%{http_code}' -u "$1:s" -d $form "$url")" \
        "$(curl -s -o /dev/null -w '%{http_code}' -d "$form&client_id=$1&client_secret=s" "$url")"
}

for version in 24.0.5 26.7.3; do
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
    tar -xzf keycloak-quarkus-dist-$version.tar.gz
    mkdir -p keycloak-$version/data/import
    cp shop-realm.json keycloak-$version/data/import/
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
    pid=$!
    base=http://127.0.0.1:$port
    for _ in $(seq 480); do
        curl -fs -o /dev/null "$base/realms/shop" && break
        sleep 0.5
    done
    for name in plain ended basic any; do ask $name; done
    kill "$pid"
    wait "$pid" || true
done >seen

cat >expected <<'TEXT'
24.0.5 plain 200 200
24.0.5 ended 401 401
24.0.5 basic 200 200
24.0.5 any 200 200
26.7.3 plain 200 200
26.7.3 ended 401 401
26.7.3 basic 200 401
26.7.3 any 401 401
TEXT
cat seen
diff expected seen
