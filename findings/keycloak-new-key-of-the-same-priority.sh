#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm is to get a new signing key: somebody adds a provider rsa-generated with the priority that the old one has, 100, which is what
# the form of the console and every example say. Which of the two signs from now on?
#
# Expected: the newer one, or the older one until it goes; in a realm file, the first or the last of the list.
# Seen: the one whose component has the lower id, read as text. Ids are made at random, so that the first new key signs at once in half of
# the realms, and in the other half never, without a word; the tenth of such keys does in one realm of ten. Neither the order of a file
# nor that in which they were made counts. Whoever then takes the old provider away "because the new one has been signing for a day" may
# take the one that signs. A higher priority is the only way to say which.
# For us: keys of a realm file that have one priority sign by their ids as here, so that a realm signs with the same key after it has moved;
# of those that the admin API adds with one priority, the newest signs.
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
import base64
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


KEYS = "org.keycloak.keys.KeyProvider"
CLIENT = {"clientId": "api", "secret": "secret", "serviceAccountsEnabled": True}


def provider(digit, realm, priority=100):
    config = {"priority": [str(priority)], "keySize": ["2048"]}
    return {"id": f"{digit * 8}-aaaa-4aaa-8aaa-{realm:012}", "name": f"key-{digit}", "providerId": "rsa-generated", "config": config}


def signer(realm):
    form = {"grant_type": "client_credentials", "client_id": "api", "client_secret": "secret"}
    text = call("POST", f"/realms/{realm}/protocol/openid-connect/token", form=form)[1]["access_token"].split(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(text + "=="))["kid"]
    [owner] = [key["providerId"] for key in admin("GET", f"/{realm}/keys")["keys"] if key["kid"] == kid]
    return next(one["name"] for one in admin("GET", f"/{realm}/components?type={KEYS}") if one["id"] == owner)


for number, digits in enumerate(("5", "159", "951", "597")):
    keys = {KEYS: [provider(digit, number) for digit in digits]}
    admin("POST", "", {"realm": f"shop-{number}", "enabled": True, "clients": [CLIENT], "components": keys})
    print("a file with", " ".join(f"key-{digit}" for digit in digits), "signs with", signer(f"shop-{number}"))
for digit, priority in (("9", 100), ("7", 100), ("3", 100), ("4", 100), ("1", 100), ("8", 101)):
    admin("POST", "/shop-0/components", {**provider(digit, 0, priority), "providerType": KEYS})
    print(f"key-{digit} of priority {priority} is added: signs with", signer("shop-0"))
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
a file with key-5 signs with key-5
a file with key-1 key-5 key-9 signs with key-1
a file with key-9 key-5 key-1 signs with key-1
a file with key-5 key-9 key-7 signs with key-5
key-9 of priority 100 is added: signs with key-5
key-7 of priority 100 is added: signs with key-5
key-3 of priority 100 is added: signs with key-3
key-4 of priority 100 is added: signs with key-3
key-1 of priority 100 is added: signs with key-1
key-8 of priority 101 is added: signs with key-8
TEXT
