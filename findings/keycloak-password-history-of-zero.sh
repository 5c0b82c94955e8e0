#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The password policy passwordHistory(n) refuses passwords that a user had before. What do n = 0, 1 and -1 mean?
#
# Expected: 0 is off, as with every other policy of a number; 1 refuses the current password and the one before it.
# Seen: 0 and 1 are one and the same: both refuse the current password and no other ("any of last 0 passwords"), and keep
# no credential of type password-history. Only a negative number is off, and the realm takes it.
# For us: n counts the current password, as here, so that a realm behaves the same after it has moved.
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
PASSWORDS = ("first-password", "other-password")
credential = {"type": "password", "value": PASSWORDS[0]}
ann = {"username": "ann", "enabled": True, "credentials": [credential]}
send("POST", "/admin/realms", {"realm": "shop", "enabled": True, "users": [ann]}, admin)
(found,) = send("GET", "/admin/realms/shop/users?username=ann&exact=true", token=admin)[1]
path = f"/admin/realms/shop/users/{found['id']}"
for policy in ("passwordHistory(0)", "passwordHistory(1)", "passwordHistory(-1)", "passwordHistory(2)"):
    taken = send("PUT", "/admin/realms/shop", {"passwordPolicy": policy}, admin)[0]
    told = []
    for password in (PASSWORDS[0], PASSWORDS[1], PASSWORDS[0]):
        status, answer = send("PUT", f"{path}/reset-password", {"type": "password", "value": password}, admin)
        told.append("taken" if status == 204 else answer["error_description"].removeprefix("Invalid password: "))
    kinds = [each["type"] for each in send("GET", f"{path}/credentials", token=admin)[1]]
    print(policy, taken, *told, kinds, sep=" | ")
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
passwordHistory(0) | 204 | must not be equal to any of last 0 passwords. | taken | taken | ['password']
passwordHistory(1) | 204 | must not be equal to any of last 1 passwords. | taken | taken | ['password']
passwordHistory(-1) | 204 | taken | taken | taken | ['password']
passwordHistory(2) | 204 | must not be equal to any of last 2 passwords. | taken | must not be equal to any of last 2 passwords. | ['password', 'password-history']
TEXT
cat seen
diff expected seen
