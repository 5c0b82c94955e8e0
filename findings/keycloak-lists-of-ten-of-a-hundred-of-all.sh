#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program reads what a realm has by the admin API, where there are 130 of each: users, groups, roles, clients, events and so on; first without
# first and max, then 120 at most, then those from the 121st on, then a page of 7 behind the first 5.
#
# Expected: one rule: what is cut off where nobody says how many, the same in each list, and max and first do what they say.
# Seen: where nobody says how many, some lists are whole, some have 100, and sub-groups, organizations and their members 10; nothing in the
# answer tells. Of roles max alone and first alone count for nothing, but with search they do; of all roles below one, max counts when it is
# named by id, and not by name. A program that was tested with nine sub-groups loses the eleventh, and one that asks for the
# next 120 roles below a role until there are none never ends. "max=-1" is all of each list, and max=0 none, but of roles.
# For us: users, members and sub-groups are cut where Keycloak's are, and roles take first and max as here.
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

EACH = 130


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


def named(letter):
    return [{"name": f"{letter}{n}"} for n in range(EACH)]


clients = [{"clientId": f"c{n}"} for n in range(EACH - 6)]  # six has every realm
users = [{"username": f"u{n}", "enabled": True, "groups": ["/all"], "realmRoles": ["boss"]} for n in range(EACH)]
roles = {"realm": [*named("r"), {"name": "boss", "composites": {"realm": [one["name"] for one in named("r")]}}], "client": {"c0": named("x")}}
groups = [*named("g")[1:], {"name": "all", "subGroups": named("s")}]
realm = {"realm": "shop", "enabled": True, "eventsEnabled": True, "organizationsEnabled": True}
admin("POST", "", {**realm, "roles": roles, "clients": clients, "users": users, "groups": groups})
for one in named("o"):
    admin("POST", "/shop/organizations", {**one, "domains": [{"name": f"{one['name']}.example"}]})
for _ in range(EACH):
    grant("shop", client_id="admin-cli", username="nobody", password="wrong")


def id_of(path):
    found = admin("GET", f"/shop/{path}")
    return (found[0] if isinstance(found, list) else found)["id"]


group, client = id_of("groups?search=all&exact=true"), id_of("clients?clientId=c0")
organization, boss = id_of("organizations?search=o0"), id_of("roles/boss")
for user in admin("GET", "/shop/users?max=-1"):
    admin("POST", f"/shop/organizations/{organization}/members", user["id"])
print(f"{'':30}{'':>8}{'max=120':>10}{'first=120':>11}{'5 and 7':>9}{'max=0':>7}{'max=-1':>8}")
for name, path in {
    "users": "users",
    "users of a role": "roles/boss/users",
    "members of a group": f"groups/{group}/members",
    "login events": "events",
    "groups": "groups",
    "groups below a group": f"groups/{group}/children",
    "organizations": "organizations",
    "members of an organization": f"organizations/{organization}/members",
    "clients": "clients",
    "roles of a client": f"clients/{client}/roles",
    "the same with search": f"clients/{client}/roles?search=x",
    "roles below a role": "roles/boss/composites",
    "the same by its id": f"roles-by-id/{boss}/composites",
}.items():
    asked = ("", "max=120", "first=120", "first=5&max=7", "max=0", "max=-1")
    sizes = [len(admin("GET", f"/shop/{path}{'&' if '?' in path else '?'}{query}")) for query in asked]
    print(f"{name:30}{sizes[0]:8}{sizes[1]:10}{sizes[2]:11}{sizes[3]:9}{sizes[4]:7}{sizes[5]:8}")
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
                                         max=120  first=120  5 and 7  max=0  max=-1
users                              100       120         10        7      0     130
users of a role                    100       120         10        7      0     130
members of a group                 100       120         10        7      0     130
login events                       100       120         10        7      0     130
groups                             130       120         10        7      0     130
groups below a group                10       120         10        7      0     130
organizations                       10       120         10        7      0     130
members of an organization          10       120         10        7      0     130
clients                            130       120         10        7      0     130
roles of a client                  130       130        130        7    130     130
the same with search               130       120         10        7      0     130
roles below a role                 130       130        130      130    130     130
the same by its id                 130       120         10        7      0     130
TEXT
