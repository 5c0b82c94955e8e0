#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Scripts change one thing by the admin API: PUT with what names the object, and the member that is to be another. Of users and of
# clients what the body does not name stays. Is it so of the rest?
#
# Expected: yes; or the body replaces the object, and what is not named is gone; in any case one rule, and an error changes nothing.
# Seen: each kind has a rule of its own, and some have two. A client's attributes are merged; a realm's, a role's, a group's are replaced,
# and stay when the body has none; but a description that is not named is gone from roles, groups and organizations. An organization loses
# its domains, too. An identity provider that gets a display name loses its whole configuration, addresses and secret, with 204. A client
# that is public for a moment has another secret afterwards. A component is changed, and the answer is 500 "unknown_error" all the same; a
# client scope is 500 as well where the body has no name, and is not changed. Settings of events forget how long they are kept, and a
# required action its place in the order; a step of a flow moves to the front, before what was to come first.
# For us: roles, realms, clients' attributes and identity providers are as here; groups keep their description, events their settings,
# steps their place, and clients that were public their secret; a component answers 204. Whoever changes something at both reads it and
# sends the whole.
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
    return call(method, f"/admin/realms{path}", body, Authorization=f"Bearer {token}")


def put(what, path, body):
    before = admin("GET", path)[1]
    status = admin("PUT", path, body)[0]
    after = admin("GET", path)[1]
    gone = sorted(name for name, value in before.items() if value and not after.get(name))
    other = sorted(name for name, value in before.items() if after.get(name) and after[name] != value)
    print(f"{what}, {json.dumps(body)}: {status}; gone: {' '.join(gone) or '-'}; changed: {' '.join(other) or '-'}")


def made(path, **body):
    assert admin("POST", path, body)[0] == 201
    name = body.get("alias") or body.get("clientId") or body["name"]
    return next(one for one in admin("GET", path)[1] if name in (one.get("alias"), one.get("clientId"), one.get("name")))


TEXTS = {"description": "told", "attributes": {"k": ["v"]}}
events = {"eventsEnabled": True, "eventsExpiration": 600, "enabledEventTypes": ["LOGIN"]}
shop = {"realm": "shop", "enabled": True, "organizationsEnabled": True, "attributes": {"a": "1", "b": "2"}, **events}
assert admin("POST", "", shop)[0] == 201
put("realm", "/shop", {"displayName": "The shop"})
admin("PUT", "/shop", {"attributes": {"a": "3"}})
kept = admin("GET", "/shop")[1]["attributes"]
print("realm, the attribute a alone:", {name: kept.get(name) for name in ("a", "b")})
put("events", "/shop/events/config", {"eventsEnabled": True})
made("/shop/roles", name="reader", **TEXTS)
put("role", "/shop/roles/reader", {"name": "reader"})
put("role", "/shop/roles/reader", {"name": "reader", "attributes": {"m": ["v"]}})
group = made("/shop/groups", name="team", **TEXTS)["id"]
put("group", f"/shop/groups/{group}", {"name": "team"})
client = made("/shop/clients", clientId="web", name="Web", description="told", secret="secret", attributes={"a": "1", "b": "2"})["id"]
put("client", f"/shop/clients/{client}", {"description": "more"})
admin("PUT", f"/shop/clients/{client}", {"attributes": {"a": "3"}})
kept = admin("GET", f"/shop/clients/{client}")[1]["attributes"]
print("client, the attribute a alone:", {name: kept.get(name) for name in ("a", "b")})
put("client", f"/shop/clients/{client}", {"publicClient": True})
admin("PUT", f"/shop/clients/{client}", {"publicClient": False})
print("client, no longer public: its old secret", admin("GET", f"/shop/clients/{client}")[1]["secret"] == "secret")
text = {"consent.screen.text": "t"}
scope = made("/shop/client-scopes", name="read", description="told", protocol="openid-connect", attributes=text)["id"]
put("client scope", f"/shop/client-scopes/{scope}", {"name": "read"})
put("client scope", f"/shop/client-scopes/{scope}", {"attributes": {"consent.screen.text": "u"}})
config = {"clientId": "a", "clientSecret": "b", "authorizationUrl": "https://a.example/a", "tokenUrl": "https://a.example/t"}
made("/shop/identity-provider/instances", alias="up", providerId="oidc", trustEmail=True, config=config)
put("identity provider", "/shop/identity-provider/instances/up", {"alias": "up", "providerId": "oidc", "displayName": "Up"})
domains = [{"name": "acme.example"}]
organization = made("/shop/organizations", name="acme", alias="acme", domains=domains, **TEXTS)["id"]
put("organization", f"/shop/organizations/{organization}", {"name": "acme"})
keys = admin("GET", "/shop/components?type=org.keycloak.keys.KeyProvider")[1]
component = next(one["id"] for one in keys if one["name"] == "rsa-generated")
put("component", f"/shop/components/{component}", {"config": {"priority": ["50"]}})
put("required action", "/shop/authentication/required-actions/UPDATE_PASSWORD", {"alias": "UPDATE_PASSWORD", "enabled": True})
flows = "/shop/authentication/flows"
made(flows, alias="mine", providerId="basic-flow", topLevel=True, builtIn=False)
for provider in ("auth-cookie", "identity-provider-redirector", "deny-access-authenticator"):
    admin("POST", f"{flows}/mine/executions/execution", {"provider": provider})
last = admin("GET", f"{flows}/mine/executions")[1][-1]
status = admin("PUT", f"{flows}/mine/executions", {"id": last["id"], "requirement": "REQUIRED"})[0]
print("last of three steps, its requirement:", status, [one["displayName"] for one in admin("GET", f"{flows}/mine/executions")[1]])
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
realm, {"displayName": "The shop"}: 204; gone: -; changed: -
realm, the attribute a alone: {'a': '3', 'b': None}
events, {"eventsEnabled": true}: 204; gone: eventsExpiration; changed: -
role, {"name": "reader"}: 204; gone: description; changed: -
role, {"name": "reader", "attributes": {"m": ["v"]}}: 204; gone: -; changed: attributes
group, {"name": "team"}: 204; gone: description; changed: -
client, {"description": "more"}: 204; gone: -; changed: description
client, the attribute a alone: {'a': '3', 'b': '2'}
client, {"publicClient": true}: 204; gone: secret; changed: publicClient
client, no longer public: its old secret False
client scope, {"name": "read"}: 204; gone: -; changed: -
client scope, {"attributes": {"consent.screen.text": "u"}}: 500; gone: -; changed: -
identity provider, {"alias": "up", "providerId": "oidc", "displayName": "Up"}: 204; gone: config trustEmail; changed: -
organization, {"name": "acme"}: 204; gone: description domains; changed: -
component, {"config": {"priority": ["50"]}}: 500; gone: -; changed: config
required action, {"alias": "UPDATE_PASSWORD", "enabled": true}: 204; gone: name priority; changed: -
last of three steps, its requirement: 204 ['Cookie', 'Deny access', 'Identity Provider Redirector']
TEXT
