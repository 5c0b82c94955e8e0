#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm file has a client scope "my scope", and a client that names it among its defaultClientScopes. Has the client
# the scope after the import?
#
# Expected: it has, under whatever name; or the import refuses the name and says so, as it refuses a scope mapping of it.
# Seen: the scope is made as "my_scope", the client is left without any, and the import succeeds. The same file with a
# scope mapping of "my scope" is refused, for a client scope of that name is not there. A client that names "my_scope",
# which stands nowhere in the file, has it.
# For us: client scopes keep their names, and clients their scopes; a scope that is not there is warned of.
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
import urllib.error
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
realm = {
    "realm": "shop",
    "clientScopes": [{"name": "my scope", "protocol": "openid-connect"}],
    "clients": [
        {"clientId": "as-in-the-file", "defaultClientScopes": ["my scope"]},
        {"clientId": "with-underscore", "defaultClientScopes": ["my_scope"]},
    ],
}
send("/admin/realms", realm, admin)
scopes = [scope["name"] for scope in send("/admin/realms/shop/client-scopes", token=admin)]
print("client scopes like it:", *(name for name in scopes if name.startswith("my")))
for client in realm["clients"]:
    found = send(f"/admin/realms/shop/clients?clientId={client['clientId']}", token=admin)[0]
    print(client["clientId"] + ":", *found["defaultClientScopes"] or ["none"])
realm.update(realm="shop2", scopeMappings=[{"clientScope": "my scope", "roles": ["offline_access"]}])
try:
    send("/admin/realms", realm, admin)
    print("with a scope mapping: imported")
except urllib.error.HTTPError as answer:
    print("with a scope mapping:", answer.code)
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
client scopes like it: my_scope
as-in-the-file: none
with-underscore: my_scope
with a scope mapping: 500
TEXT
cat seen
diff expected seen
