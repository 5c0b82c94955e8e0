#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Users of a realm file have their name, address and first name as members, and beside them "attributes", which an older system may have
# filled with anything: an employee number, and also "email", the address at home, or "username", the name of the account there. How does
# Keycloak read a user who has both?
#
# Expected: they are two things. The members are the account, the attributes are what they are; or such a file is refused.
# Seen: the attribute wins, and is no attribute any more. cat with the attribute username "dog" is the user dog; the address by which
# mails and lost passwords go, and which sites take for the user, is the one from the attributes. By the admin API it is otherwise: there
# the attributes username and email are dropped without a word, and firstName counts where the body has no member of that name.
# For us: the members stay, whatever the attributes say; a mapper that reads the attribute "email" reads the member; and the admin API is as
# here. Whoever makes a file out of another system calls its attributes otherwise.
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


def shown(name):
    found = admin("GET", f"/moved/users?search={name}")[1]
    return [(one["username"], one["email"], one.get("firstName"), one.get("attributes", {})) for one in found]


extra = {"username": ["dog"], "email": ["home@example.org"], "firstName": ["Felix"], "number": ["7"]}
people = [user("ann"), user("cat", attributes=extra)]
clients = [{"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True}]
print("import:", admin("POST", "", {"realm": "moved", "enabled": True, "clients": clients, "users": people})[0])
rules = {**admin("GET", "/moved/users/profile")[1], "unmanagedAttributePolicy": "ENABLED"}
admin("PUT", "/moved/users/profile", rules)
print("cat:", shown("cat"), "dog:", shown("dog"))
print("cat logs in:", log_in("moved", "app", "cat", "secret")[0], "dog:", log_in("moved", "app", "dog", "secret")[0])
person = {"username": "eve", "email": "eve@example.org", "enabled": True, "attributes": {**extra, "username": ["fox"]}}
print("by the admin API:", admin("POST", "/moved/users", person)[0], shown("eve"))
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
import: 201
cat: [] dog: [('dog', 'home@example.org', 'Felix', {'number': ['7']})]
cat logs in: 400 dog: 200
by the admin API: 201 [('eve', 'eve@example.org', 'Felix', {'number': ['7']})]
TEXT
