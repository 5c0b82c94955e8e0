#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pushed authorization requests at Keycloak: do parameters count that a browser brings beside the request_uri?
#
# Expected: what was pushed is the request; RFC 9126 §4 has the browser bring client_id and request_uri alone, and RFC 9101 §6.3
# says that parameters beside an object are not used.
# Seen: what was pushed wins where both are there. What was not pushed counts where the browser brings it: here `state`,
# `response_mode` and `prompt`. Whoever makes the link so adds to a request that the client has proved to be its own. The executor
# secure-par-content, which no realm has by default, compares the names of parameters, and lets another value pass (which then does
# not count).
# For us: what is beside a pushed request is passed over, and refused under secure-par-content, also another value.
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
cat >keycloak-$version/data/import/shop-realm.json <<'JSON'
{"realm": "shop", "enabled": true, "sslRequired": "none",
 "clients": [{"clientId": "app", "publicClient": true, "redirectUris": ["https://app.example/cb"]}]}
JSON
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
base=http://127.0.0.1:$port/realms/shop/protocol/openid-connect
for _ in $(seq 1200); do
    curl -fs -o /dev/null "${base%/protocol*}" && break
    sleep 0.5
done

push() { # [parameter…]
    curl -fs "$base/ext/par/request" -d client_id=app -d response_type=code -d scope=openid \
        --data-urlencode redirect_uri=https://app.example/cb "$@" | python3 -c 'import json, sys; print(json.load(sys.stdin)["request_uri"])'
}

bring() { # request_uri [parameter…]
    curl -s -o /dev/null -w '%{redirect_url}\n' -G "$base/auth" -d client_id=app --data-urlencode "request_uri=$1" "${@:2}" |
        sed 's/[?&]iss=[^&]*//; s|http://127.0.0.1:[0-9]*||; s/login-actions.*/login/'
}

{
    echo "as pushed: $(bring "$(push -d prompt=none -d state=pushed)")"
    echo "state otherwise: $(bring "$(push -d prompt=none -d state=pushed)" -d state=beside)"
    echo "state beside: $(bring "$(push -d prompt=none)" -d state=beside)"
    echo "response_mode beside: $(bring "$(push -d prompt=none -d state=pushed)" -d response_mode=fragment)"
    echo "prompt beside: $(bring "$(push -d state=pushed)" -d prompt=none)"
} >seen
cat >expected <<'TEXT'
as pushed: https://app.example/cb?error=login_required&state=pushed
state otherwise: https://app.example/cb?error=login_required&state=pushed
state beside: https://app.example/cb?error=login_required&state=beside
response_mode beside: https://app.example/cb#error=login_required&state=pushed
prompt beside: https://app.example/cb?error=login_required&state=pushed
TEXT
cat seen
diff expected seen
