#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program switches a required action by PUT …/authentication/required-actions/UPDATE_PROFILE, whose path names it, and
# leaves the alias out of the body.
#
# Expected: the action of the path is changed and keeps its name, or the request is refused.
# Seen: 204, and the action has no alias any more: the list shows it without one, the path that has just been written
# answers 404, and nothing but the list can be asked for it from then on.
# For us: the path's alias stays.
#
# Keycloak 26.7.3; 24.0.5 does the same.
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

cat >try.py <<'PY'
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1]


def send(method, path, body=None, token=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} if token else {}
    data = None if body is None else json.dumps(body).encode() if token else urllib.parse.urlencode(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers, method=method)) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else None


def log_in(realm, username, password):
    form = {"grant_type": "password", "client_id": "admin-cli", "username": username, "password": password}
    return send("POST", f"/realms/{realm}/protocol/openid-connect/token", form)


admin = log_in("master", "admin", "admin-password")[1]["access_token"]
ACTIONS = "/admin/realms/shop/authentication/required-actions"
send("POST", "/admin/realms", {"realm": "shop", "enabled": True}, admin)
action = send("GET", f"{ACTIONS}/UPDATE_PROFILE", token=admin)[1]
print("before", action["alias"], action["enabled"])
change = {name: value for name, value in action.items() if name != "alias"} | {"enabled": False}
print("changed", send("PUT", f"{ACTIONS}/UPDATE_PROFILE", change, admin)[0])
print("read again", send("GET", f"{ACTIONS}/UPDATE_PROFILE", token=admin)[0])
for each in send("GET", ACTIONS, token=admin)[1]:
    if each["name"] == action["name"]:
        print("in the list", each.get("alias"), each["enabled"])
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
before UPDATE_PROFILE True
changed 204
read again 404
in the list None False
TEXT
cat seen
diff expected seen
