#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Client policies at Keycloak: what does somebody learn whom a policy refuses, and what becomes of a policy with a member of its
# configuration left out?
#
# Expected: the executor's own error everywhere (invalid_client_metadata at registration, RFC 7591 §3.2.2, as the admin API says
# it), and 400 when a policy that can say nothing is stored.
# Seen: the executor's error is right at the admin API. At dynamic registration the same refusal is 403 insufficient_scope, with
# the error's name where its description belongs; the reason is gone, and a client that follows RFC 7591 takes it for its token.
# A client that is made without "implicitFlowEnabled" (which is false by default) under reject-implicit-grant that does not
# configure by itself is answered 500. A condition client-scopes without "type", and client-attributes whose text is no JSON, are
# stored with 204; from then on every request that the policy is asked about is answered 500, logins by password among them.
# For us: registration says what the admin API says, absent members are their defaults, and such conditions are not enabled.
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
REALM = f"{BASE}/realms/policed"
ANYBODY = [{"condition": "any-client", "configuration": {}}]


def send(method, url, body=None, token=None, form=False):
    data = urllib.parse.urlencode(body) if form else json.dumps(body)
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data.encode(), headers, method=method)) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def admin(method, path, body=None):
    login = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin-password"}
    token = send("POST", f"{BASE}/realms/master/protocol/openid-connect/token", login, form=True)[1]["access_token"]
    return send(method, f"{BASE}/admin/realms{path}", body, token)


def enforce(executor, configuration, conditions=ANYBODY):
    profile = {"name": "own", "executors": [{"executor": executor, "configuration": configuration}]}
    policy = {"name": "p", "enabled": True, "conditions": conditions, "profiles": ["own"]}
    assert admin("PUT", "/policed/client-policies/policies", {"policies": []})[0] == 204
    assert admin("PUT", "/policed/client-policies/profiles", {"profiles": [profile]})[0] == 204
    return admin("PUT", "/policed/client-policies/policies", {"policies": [policy]})[0]


def told(name, answer):
    status, body = answer
    print(f"{name}: {status}", *(f"{key}={body[key]}" for key in ("error", "error_description") if key in body and status < 500))


user = {"username": "ann", "enabled": True, "email": "ann@example.org", "firstName": "A", "lastName": "N"}
user["credentials"] = [{"type": "password", "value": "pw"}]
app = {"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}
assert admin("POST", "", {"realm": "policed", "enabled": True, "users": [user], "clients": [app]})[0] == 201

enforce("reject-implicit-grant", {"auto-configure": False})
told("made with implicit flow", admin("POST", "/policed/clients", {"clientId": "a", "implicitFlowEnabled": True}))
told("made without a word of it", admin("POST", "/policed/clients", {"clientId": "b"}))
first = admin("POST", "/policed/clients-initial-access", {"count": 1, "expiration": 0})[1]["token"]
body = {"redirect_uris": ["https://app.example/"], "grant_types": ["implicit"], "response_types": ["id_token"]}
told("registered with implicit flow", send("POST", f"{REALM}/clients-registrations/openid-connect", body, first))

password = {"grant_type": "password", "client_id": "app", "username": "ann", "password": "pw"}
for condition, configuration in (
    ("client-scopes", {"type": "Default", "scopes": ["phone"]}),
    ("client-scopes", {"scopes": ["email"]}),
    ("client-attributes", {"attributes": "name=value"}),
):
    stored = enforce("consent-required", {"auto-configure": False}, [{"condition": condition, "configuration": configuration}])
    told(f"{condition} {configuration} stored {stored}, a login", send("POST", f"{REALM}/protocol/openid-connect/token", password, form=True))
PY
python3 try.py "$base" >seen
cat >expected <<'TEXT'
made with implicit flow: 400 error=invalid_client_metadata error_description=Invalid client metadata: implicit flow enabled
made without a word of it: 500
registered with implicit flow: 403 error=insufficient_scope error_description=invalid_client_metadata
client-scopes {'type': 'Default', 'scopes': ['phone']} stored 204, a login: 200
client-scopes {'scopes': ['email']} stored 204, a login: 500
client-attributes {'attributes': 'name=value'} stored 204, a login: 500
TEXT
cat seen
diff expected seen
