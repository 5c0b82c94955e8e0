#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Clients of a realm have two mappers onto one claim: one of a client scope that says what holds for all, and one of the client's own; or two
# of the client; or one for "plan" and one for "plan.name". All clients are alike to the letter but for their IDs. Which one counts?
#
# Expected: the same in each client: the last one in the list, or by name, or the client's own; or all of them are refused.
# Seen: in about half of the clients the one, in the other half the other, whatever their order, their names and where they are. A list is
# joined with a text in half of the clients, and is lost in the other half. "plan" and "plan.name" are a token in one half, and in the
# other "unknown_error" with status 500 to everybody who signs in.
# Mappers of one kind have one priority, and those of one priority go in the order of a set of random ids. So a client that was good in the
# test realm says something else, or nothing at all, in the one that is made from the same file, if the file has no ids.
# Two lists are always joined: roles of the realm and values of an attribute, in one claim, are all there.
# For us: mappers go in the order of the file, the scopes' before the client's, and the last one counts; lists are joined.
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

ALIKE = 24  # clients: that all of them agree by chance, is one in eight millions


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


def mapper(name, kind, claim, **config):
    config = {key.replace("_", "."): value for key, value in config.items()}
    usual = {"claim.name": claim, "access.token.claim": "true", "jsonType.label": "String"}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": {**usual, **config}}


def fixed(name, claim, value):
    return mapper(name, "oidc-hardcoded-claim-mapper", claim, claim_value=value)


WORDS = mapper("words", "oidc-usermodel-attribute-mapper", "plan", user_attribute="nickname", multivalued="true")
ROLES = mapper("roles", "oidc-usermodel-realm-role-mapper", "plan", multivalued="true")
SCOPE = {"name": "plans", "protocol": "openid-connect", "protocolMappers": [fixed("for all", "plan", "free")]}
CASES = {
    "of the scope, and of the client": (["plans"], [fixed("own", "plan", "paid")]),
    "two of the client": ([], [fixed("1", "plan", "free"), fixed("2", "plan", "paid")]),
    "the same, in the other order": ([], [fixed("2", "plan", "paid"), fixed("1", "plan", "free")]),
    "a text and a list": ([], [fixed("1", "plan", "free"), WORDS]),
    "plan and plan.name": ([], [fixed("1", "plan", "free"), fixed("2", "plan.name", "paid")]),
    "two lists": ([], [WORDS, ROLES]),
}


def plan_of(client):
    status, answer = grant("shop", client_id=client, username="ann", password="ann-password")
    if status != 200:
        return f"{status} {answer['error']}"
    payload = answer["access_token"].split(".")[1]
    plan = json.loads(base64.urlsafe_b64decode(payload + "=="))["plan"]
    return json.dumps(sorted(plan) if isinstance(plan, list) else plan)


ann = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee", "attributes": {"nickname": ["x", "y"]}}
ann |= {"credentials": [{"type": "password", "value": "ann-password"}], "realmRoles": ["clerk"]}
clients = [
    {
        "clientId": f"{number}-{n}",
        "publicClient": True,
        "directAccessGrantsEnabled": True,
        "defaultClientScopes": ["basic", *scopes],
        "protocolMappers": mappers,
    }
    for number, (scopes, mappers) in enumerate(CASES.values())
    for n in range(ALIKE)
]
scopes = [SCOPE, {"name": "basic", "protocol": "openid-connect"}]
profile = {"attributes": [{"name": name, "multivalued": name == "nickname"} for name in ("username", "email", "firstName", "lastName", "nickname")]}
components = {"org.keycloak.userprofile.UserProfileProvider": [{"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [json.dumps(profile)]}}]}
realm = {"realm": "shop", "enabled": True, "clients": clients, "clientScopes": scopes, "components": components, "users": [ann]}
admin("POST", "", {**realm, "roles": {"realm": [{"name": "clerk"}]}})
for number, name in enumerate(CASES):
    print(f"{name}:", " | ".join(sorted({plan_of(f"{number}-{n}") for n in range(ALIKE)})))
PY
python3 ask.py "http://127.0.0.1:$port" >seen
cat seen
diff seen - <<'TEXT'
of the scope, and of the client: "free" | "paid"
two of the client: "free" | "paid"
the same, in the other order: "free" | "paid"
a text and a list: "free" | ["free", "x", "y"]
plan and plan.name: "free" | 500 unknown_error
two lists: ["clerk", "x", "y"]
TEXT
