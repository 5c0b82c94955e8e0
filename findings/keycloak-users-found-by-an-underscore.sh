#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A script looks a user up by the admin API before it changes them: GET users?username=ann_lee, or by email=, and takes what
# comes first. Names with an underscore are common, and so are those that have a dot or a hyphen in its place.
#
# Expected: those whose name has "ann_lee" in it, as the parameter is told of ("a String contained in username").
# Seen: "_" stands for any character, and "%" for any number of them, in username and email: ann_lee finds ann-lee and annxlee
# too, and ann-lee first. So it is with "%", while "*" finds none. In search= it is the other way round: "_" and "%"
# are themselves, and "*" is any text. With exact=true all is as it is told.
# For us: "_" and "%" are themselves in each of these parameters.
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


people = [{"username": name, "email": f"{name}@shop.example", "enabled": True} for name in ("ann-lee", "ann_lee", "annxlee", "ben")]
admin("POST", "", {"realm": "shop", "enabled": True, "users": people})
for name, text in (
    ("username", "ann_lee"),
    ("email", "ann_lee@shop.example"),
    ("username", "ann%lee"),
    ("username", "ann*lee"),
    ("search", "ann_lee"),
    ("search", "ann%lee"),
    ("search", "ann*lee"),
    ("exact=true&username", "ann_lee"),
):
    found = admin("GET", f"/shop/users?{name}={urllib.parse.quote(text)}")
    print(f"{name}={text}:", ", ".join(user["username"] for user in found) or "nobody")
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
username=ann_lee: ann-lee, ann_lee, annxlee
email=ann_lee@shop.example: ann-lee, ann_lee, annxlee
username=ann%lee: ann-lee, ann_lee, annxlee
username=ann*lee: nobody
search=ann_lee: ann_lee
search=ann%lee: nobody
search=ann*lee: ann-lee, ann_lee, annxlee
exact=true&username=ann_lee: ann_lee
TEXT
