#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Keycloak's admin API changes of a user what the body of a PUT names: {"lastName": …} alone leaves the address and the
# first name as they are, {"enabled": false} leaves everything. What does a body with "attributes" alone do?
#
# Expected: it replaces the attributes, and leaves names and address, which are members of their own.
# Seen: it answers 204 and takes email, firstName and lastName out; of the three, only what the same body names stays.
# For us: such a change leaves them, and docs/usage/admin-api.md says so; whoever changes attributes sends the whole
# user, as they read it, to both.
#
# Keycloak 24.0.5.
set -euo pipefail
version=24.0.5
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export KEYCLOAK_ADMIN=admin KEYCLOAK_ADMIN_PASSWORD=admin-password
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
import urllib.parse
import urllib.request

BASE = sys.argv[1]
LOGIN = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin-password"}
ANN = {"email": "ann@example.org", "firstName": "Ann", "lastName": "North"}


def send(method, path, body, token=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} if token else {}
    data = None if body is None else json.dumps(body).encode() if token else urllib.parse.urlencode(body).encode()
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers, method=method)) as answer:
        text = answer.read()
        return answer.status, answer.headers.get("Location"), json.loads(text) if text else None


admin = send("POST", "/realms/master/protocol/openid-connect/token", LOGIN)[2]["access_token"]
send("POST", "/admin/realms", {"realm": "shop", "enabled": True}, admin)
profile = send("GET", "/admin/realms/shop/users/profile", None, admin)[2]
send("PUT", "/admin/realms/shop/users/profile", {**profile, "unmanagedAttributePolicy": "ENABLED"}, admin)
for number, change in enumerate(
    (
        {"lastName": "South"},
        {"enabled": False},
        {"attributes": {"team": ["red"]}},
        {"attributes": {"team": ["red"]}, "lastName": "South"},
        {"attributes": {}},
    )
):
    user = {**ANN, "username": f"ann{number}", "email": f"ann{number}@example.org", "enabled": True}
    path = send("POST", "/admin/realms/shop/users", user, admin)[1].removeprefix(BASE)
    status = send("PUT", path, change, admin)[0]
    left = send("GET", path, None, admin)[2]
    print(status, json.dumps(change), "leaves", *(name for name in ANN if name in left), *left.get("attributes", {}))
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
204 {"lastName": "South"} leaves email firstName lastName
204 {"enabled": false} leaves email firstName lastName
204 {"attributes": {"team": ["red"]}} leaves team
204 {"attributes": {"team": ["red"]}, "lastName": "South"} leaves lastName team
204 {"attributes": {}} leaves
TEXT
cat seen
diff expected seen
