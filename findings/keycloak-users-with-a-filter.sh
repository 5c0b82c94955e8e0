#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The realm has four users and a client with a service account. Jobs read the users by the admin API: all of them; those that are enabled;
# those whose name begins with "an"; those of a department (q=), and of these the ones who are called Lee.
#
# Expected: what is added to a query narrows the list.
# Seen: the accounts of clients, which a list of all users leaves out, are there as soon as anything but search narrows the list:
# emailVerified=false, which is true of all, finds more than no condition at all. A job that goes through the enabled users, to end those
# whom the directory does not know, comes to accounts that the console never showed. "exact=true" alone does it, too, and count agrees.
# With search, q= and the names are passed over: whoever asks for the Lees of one department gets those of all. q= takes no notice of
# letter case, and a condition in it without a colon, "department=sales" say, means everybody.
# For us: the accounts of clients are found by a user name that begins as theirs do; q= keeps the case. The rest is as here.
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


def grant(realm, **form):
    return call("POST", f"/realms/{realm}/protocol/openid-connect/token", form={"grant_type": "password", **form})


def admin(method, path, body=None):
    status, answer = call(method, f"/admin/realms{path}", body, Authorization=f"Bearer {admin.token}")
    if status == 401:
        admin.token = grant("master", client_id="admin-cli", username="admin", password="admin-password")[1]["access_token"]
        return admin(method, path, body)
    return answer


admin.token = ""


def person(name, last, department, enabled=True):
    return {"username": name, "lastName": last, "enabled": enabled, "attributes": {"department": [department]}}


people = [person("ann", "Lee", "sales"), person("anna", "Miller", "Sales"), person("ben", "Lee", "store"), person("carl", "Hara", "store", False)]
profile = {"attributes": [{"name": name} for name in ("username", "email", "firstName", "lastName", "department")]}
config = {"kc.user.profile.config": [json.dumps(profile)]}
components = {"org.keycloak.userprofile.UserProfileProvider": [{"providerId": "declarative-user-profile", "config": config}]}
robot = {"clientId": "robot", "serviceAccountsEnabled": True}
admin("POST", "", {"realm": "shop", "enabled": True, "components": components, "users": people, "clients": [robot]})
for query in (
    "",
    "enabled=true",
    "exact=true",
    "emailVerified=false",
    "username=robot",
    "search=robot",
    "search=robot&enabled=true",
    "search=an",
    "q=department:sales",
    "q=department:sales&lastName=lee",
    "q=department:sales&search=lee",
    "q=department:sales&search=lee&enabled=true",
    "q=department",
    "q=department=sales",
):
    users, count = admin("GET", f"/shop/users?{query}"), admin("GET", f"/shop/users/count?{query}")
    print(f"{query or 'no condition'}:", ", ".join(user["username"] for user in users) or "nobody", "" if len(users) == count else f"({count})")
PY
python3 ask.py "http://127.0.0.1:$port" | sed 's/ *$//' >seen
cat seen
diff seen - <<'TEXT'
no condition: ann, anna, ben, carl
enabled=true: ann, anna, ben, service-account-robot
exact=true: ann, anna, ben, carl, service-account-robot
emailVerified=false: ann, anna, ben, carl, service-account-robot
username=robot: service-account-robot
search=robot: nobody
search=robot&enabled=true: nobody
search=an: ann, anna
q=department:sales: ann, anna
q=department:sales&lastName=lee: ann
q=department:sales&search=lee: ann, ben
q=department:sales&search=lee&enabled=true: ann, ben
q=department: ann, anna, ben, carl
q=department=sales: ann, anna, ben, carl
TEXT
