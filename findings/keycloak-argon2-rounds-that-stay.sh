#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm's password policy is changed: hashIterations(N) becomes another number. Who signs in afterwards gives the password, and with it
# a chance to hash it anew.
#
# Expected: at the next login the hash is made anew by the policy, as Keycloak tells of hashIterations.
# Seen: so it is for PBKDF2, upwards and downwards, and when the algorithm changes. With argon2, by which Keycloak hashes if nobody says
# otherwise, a hash of five rounds, its default, stays at each login whatever the policy asks for; one of any other number is made
# anew. Its check (Argon2PasswordHashProvider.policyCheck) compares the hash with its own default and not with the policy. So whoever
# raises the rounds of a realm has them for new passwords alone, in silence, as a first policy always meets hashes of five.
# For us: a login under a policy of more rounds makes the hash anew, by argon2 too; one of fewer does not.
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


def password_grant(realm, name, password):
    form = {"grant_type": "password", "client_id": "admin-cli", "username": name, "password": password}
    return call("POST", f"/realms/{realm}/protocol/openid-connect/token", form=form)


def admin(method, path, body=None):
    token = password_grant("master", "admin", "admin-password")[1]["access_token"]
    return call(method, f"/admin/realms{path}", body, Authorization=f"Bearer {token}")[1]


def policy(algorithm, rounds):
    return {"passwordPolicy": f"hashAlgorithm({algorithm}) and hashIterations({rounds})"}


password = {"type": "password", "value": "ann-password"}
ann = {"username": "ann", "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee", "enabled": True, "credentials": [password]}
admin("POST", "", {"realm": "shop", "enabled": True, **policy("argon2", 5), "users": [ann]})
user = admin("GET", "/shop/users?username=ann")[0]["id"]
for algorithm, rounds in (
    ("argon2", 5),
    ("argon2", 9),
    ("argon2", 2),
    ("pbkdf2-sha512", 9),
    ("pbkdf2-sha512", 20),
    ("pbkdf2-sha512", 2),
    ("argon2", 9),
    ("argon2", 12),
    ("argon2", 5),
    ("argon2", 12),
):
    admin("PUT", "/shop", policy(algorithm, rounds))
    status, _ = password_grant("shop", "ann", "ann-password")
    data = json.loads(admin("GET", f"/shop/users/{user}/credentials")[0]["credentialData"])
    print(f"policy {algorithm} {rounds}, login {status}: hash {data['algorithm']} {data['hashIterations']}")
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
policy argon2 5, login 200: hash argon2 5
policy argon2 9, login 200: hash argon2 5
policy argon2 2, login 200: hash argon2 5
policy pbkdf2-sha512 9, login 200: hash pbkdf2-sha512 9
policy pbkdf2-sha512 20, login 200: hash pbkdf2-sha512 20
policy pbkdf2-sha512 2, login 200: hash pbkdf2-sha512 2
policy argon2 9, login 200: hash argon2 9
policy argon2 12, login 200: hash argon2 12
policy argon2 5, login 200: hash argon2 5
policy argon2 12, login 200: hash argon2 5
TEXT
