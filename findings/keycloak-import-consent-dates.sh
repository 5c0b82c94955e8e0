#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm file that Keycloak itself exports says when each user consented (createdDate and lastUpdatedDate of
# clientConsents). Does an import keep these dates, as it keeps createdTimestamp of the user beside them?
#
# Expected: both dates are those of the file: when somebody consented is what a consent has to tell.
# Seen: both are the moment of the import, whatever the file says; the user's createdTimestamp is kept.
# For us: consents keep the dates of the file, and a file that we export has them to the millisecond.
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
import urllib.parse
import urllib.request

BASE = sys.argv[1]


def send(path, body=None, token=None, form=False):
    data = None if body is None else (urllib.parse.urlencode(body) if form else json.dumps(body)).encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


login = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin-password"}
admin = send("/realms/master/protocol/openid-connect/token", login, form=True)["access_token"]
CREATED, UPDATED = 1700000000123, 1700000000456
realm = {
    "realm": "shop",
    "enabled": True,
    "clients": [{"clientId": "app", "publicClient": True, "consentRequired": True, "redirectUris": ["https://app.example/cb"]}],
    "users": [
        {
            "username": "ann",
            "enabled": True,
            "createdTimestamp": CREATED,
            "clientConsents": [
                {"clientId": "app", "grantedClientScopes": ["email"], "createdDate": CREATED, "lastUpdatedDate": UPDATED}
            ],
        }
    ],
}
send("/admin/realms", realm, admin)
user = send("/admin/realms/shop/users?username=ann", token=admin)[0]
consent = send(f"/admin/realms/shop/users/{user['id']}/consents", token=admin)[0]
print("createdTimestamp of the user kept:", user["createdTimestamp"] == CREATED)
print("granted:", *consent["grantedClientScopes"])
print("createdDate kept:", consent["createdDate"] == CREATED)
print("lastUpdatedDate kept:", consent["lastUpdatedDate"] == UPDATED)
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
createdTimestamp of the user kept: True
granted: email
createdDate kept: False
lastUpdatedDate kept: False
TEXT
cat seen
diff expected seen
