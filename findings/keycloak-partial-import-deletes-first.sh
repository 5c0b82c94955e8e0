#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A partial import with "ifResourceExists": "OVERWRITE" brings a realm up to date from files: first a client and its role, then a role with
# a new description, then a group, then a user with a new last name; each is there already and as the file says, but for that.
#
# Expected: what the file says is changed, and what it says nothing of (who has a role, who is in a group, a password) stays.
# Seen: "OVERWRITE" deletes what is there and makes it anew, with another id, and the answer counts that as "overwritten". With the
# client go its role in every user, group and composite role, and its service account's roles, though the same file has that role; with
# the realm role go all who had it and its composites; with the group its members, its roles and that it was a default group; with the
# user the password, all roles, groups and `sub`. Nothing in the answer says so, and the tokens that come next are just emptier.
# And a group without "path", as POST /groups takes it, is 500 "unknown_error".
# For us: what is overwritten keeps its id, and what the body does not name stays; a group needs no path.
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

CLIENT = {"clientId": "app", "secret": "app-secret", "serviceAccountsEnabled": True, "redirectUris": ["https://app.example/cb"]}
ANN = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee"}


def call(method, path, body=None, form=None, **fields):
    data = urllib.parse.urlencode(form).encode() if form else json.dumps(body).encode() if body is not None else None
    fields |= {"Content-Type": "application/json"} if body is not None else {}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, data, fields, method=method))
    except urllib.error.HTTPError as refusal:
        answer = refusal
    text = answer.read()
    return answer.status, json.loads(text) if text else {}


def admin(method, path, body=None):
    form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin-password"}
    token = call("POST", "/realms/master/protocol/openid-connect/token", form=form)[1]["access_token"]
    return call(method, f"/admin/realms{path}", body, Authorization=f"Bearer {token}")


def read(path):
    return admin("GET", "/shop" + path)[1]


def of_ann(path=""):
    return f"/users/{read('/users?username=ann&exact=true')[0]['id']}{path}"


def names(list_of, name="name"):
    return ", ".join(sorted(one[name] for one in list_of)) or "-"


def told(what, status):
    mappings = read(of_ann("/role-mappings"))
    of_app = mappings.get("clientMappings", {}).get("app", {"mappings": []})["mappings"]
    staff = next(group for group in read("/groups") if group["name"] == "staff")
    ids = read("/clients?clientId=app")[0]["id"], read("/roles/boss")["id"], staff["id"], of_ann()
    kept = [name for name, id, first in zip(("client", "role", "group", "user"), ids, told.__dict__.setdefault("ids", ids)) if id == first]
    print(f"{what}: {status}".rstrip())
    print("  ids kept:", ", ".join(kept) or "-")
    print("  ann has:", names(mappings.get("realmMappings", [])), "| of app:", names(of_app), "| in:", names(read(of_ann("/groups"))))
    print("  ann's passwords:", len(read(of_ann("/credentials"))), "| boss is:", names(read("/roles/boss/composites")))
    group = names(read(f"/groups/{staff['id']}/role-mappings").get("realmMappings", []))
    print("  staff has:", group, "| by default:", names(read("/default-groups")))


def make():
    password = {"type": "password", "value": "ann-password"}
    admin("POST", "", {"realm": "shop", "enabled": True, "clients": [CLIENT], "users": [{**ANN, "credentials": [password]}]})
    client = read("/clients?clientId=app")[0]["id"]
    admin("POST", f"/shop/clients/{client}/roles", {"name": "editor"})
    admin("POST", "/shop/roles", {"name": "boss"})
    admin("POST", "/shop/roles", {"name": "clerk"})
    admin("POST", "/shop/groups", {"name": "staff"})
    editor, boss, clerk = read(f"/clients/{client}/roles/editor"), read("/roles/boss"), read("/roles/clerk")
    group = read("/groups")[0]["id"]
    admin("POST", "/shop/roles/boss/composites", [editor, clerk])
    admin("POST", "/shop" + of_ann(f"/role-mappings/clients/{client}"), [editor])
    admin("POST", "/shop" + of_ann("/role-mappings/realm"), [boss])
    admin("PUT", "/shop" + of_ann(f"/groups/{group}"), {})
    admin("POST", f"/shop/groups/{group}/role-mappings/realm", [clerk])
    admin("PUT", f"/shop/default-groups/{group}")


def bring(body):
    status, answer = admin("POST", "/shop/partialImport", {"ifResourceExists": "OVERWRITE", **body})
    return status if status == 200 else f"{status} {answer['error']}"


make()
told("before", "")
told("a client", bring({"clients": [CLIENT], "roles": {"client": {"app": [{"name": "editor"}]}}}))
told("a role", bring({"roles": {"realm": [{"name": "boss", "description": "has the keys"}]}}))
told("a group", bring({"groups": [{"name": "staff", "path": "/staff"}]}))
told("a user", bring({"users": [{**ANN, "lastName": "Miller"}]}))
print("a group without a path:", bring({"groups": [{"name": "guests"}]}))
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
before:
  ids kept: client, role, group, user
  ann has: boss | of app: editor | in: staff
  ann's passwords: 1 | boss is: clerk, editor
  staff has: clerk | by default: staff
a client: 200
  ids kept: role, group, user
  ann has: boss | of app: - | in: staff
  ann's passwords: 1 | boss is: clerk
  staff has: clerk | by default: staff
a role: 200
  ids kept: group, user
  ann has: - | of app: - | in: staff
  ann's passwords: 1 | boss is: -
  staff has: clerk | by default: staff
a group: 200
  ids kept: user
  ann has: - | of app: - | in: -
  ann's passwords: 1 | boss is: -
  staff has: - | by default: -
a user: 200
  ids kept: -
  ann has: - | of app: - | in: -
  ann's passwords: 0 | boss is: -
  staff has: - | by default: -
a group without a path: 500 unknown_error
TEXT
