#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The export of a realm whose users come from LDAP is tried elsewhere: the LDAP provider is taken out of the file, since it cannot be reached
# there, and the users stay, with their names, roles and, as somebody has set them, passwords. Each of them still says "federationLink", the
# id of that provider. The same member is in what a script has read of a user and puts back in another realm. What becomes of such users?
#
# Expected: the link to nothing is refused (400), or passed over; at worst the users are there and cannot log in.
# Seen: the import says 201, the change of a user 204, and both delete. At the first look at the users, whoever looks and whatever for, those
# whose provider is not there are gone for good, with their credentials and groups: the list, the count and the login know nothing of them,
# and their names are free for others. No answer says it.
# For us: the member is kept and has no effect, which the report of the import says; the users stay, and log in by what they have. Whoever
# tries an export at Keycloak without its directory takes "federationLink" out of it first.
#
# Keycloak 26.7.3 (seen at 24.0.5, too).
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
for _ in $(seq 600); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/realms/master" && break
    sleep 0.5
done

cat >ask.py <<'PY'
import json
import sys
import urllib.error
import urllib.parse
import urllib.request


def call(method, path, body=None, form=None, **fields):
    data = urllib.parse.urlencode(form).encode() if form else json.dumps(body).encode() if body is not None else None
    fields |= {"Content-Type": "application/json"} if body is not None else {}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, data, fields, method=method))
    except urllib.error.HTTPError as refusal:
        answer = refusal
    text = answer.read()
    return answer.status, json.loads(text) if text else {}


def log_in(realm, client, name, password):
    form = {"grant_type": "password", "client_id": client, "username": name, "password": password}
    return call("POST", f"/realms/{realm}/protocol/openid-connect/token", form=form)


def admin(method, path, body=None):
    token = log_in("master", "admin-cli", "admin", "admin-password")[1]["access_token"]
    return call(method, f"/admin/realms{path}", body, Authorization=f"Bearer {token}")


def user(name, **more):
    person = {"username": name, "email": f"{name}@example.org", "firstName": name.title(), "lastName": "Cook", "enabled": True}
    return {**person, "credentials": [{"type": "password", "value": "secret"}], **more}


away = "0f3b6d1e-0000-4000-8000-000000000000"
people = [user("ann"), user("bob", federationLink=away), user("cat", federationLink=away)]
clients = [{"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}]
print("import of ann, and of bob and cat with a link:", admin("POST", "", {"realm": "tried", "enabled": True, "clients": clients, "users": people})[0])
print("users:", [one["username"] for one in admin("GET", "/tried/users")[1]], "count:", admin("GET", "/tried/users/count")[1])
print("ann logs in:", log_in("tried", "app", "ann", "secret")[0], "bob:", log_in("tried", "app", "bob", "secret")[1].get("error_description"))
ann = admin("GET", "/tried/users?username=ann&exact=true")[1][0]
print("a PUT of ann as she was read, with a link:", admin("PUT", f"/tried/users/{ann['id']}", {**ann, "federationLink": away})[0])
print("ann is read again:", admin("GET", f"/tried/users/{ann['id']}"))
print("users:", [one["username"] for one in admin("GET", "/tried/users")[1]])
print("somebody else takes the name:", admin("POST", "/tried/users", {"username": "ann", "enabled": True})[0])
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
import of ann, and of bob and cat with a link: 201
users: ['ann'] count: 1
ann logs in: 200 bob: Invalid user credentials
a PUT of ann as she was read, with a link: 204
ann is read again: (404, {'error': 'User not found'})
users: []
somebody else takes the name: 201
TEXT
