#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RabbitMQ lets programs in by access tokens (rabbitmq_auth_backend_oauth2), as its password. What one may do stands in scopes,
# "api.write:VHOST/QUEUE". Realms give scopes to clients and roles to users; a role of the client "api" is in a token at
# resource_access.api.roles. additional_scopes_key names a claim where the plugin looks beside "scope". Which tokens may use a queue?
#
# Expected: with additional_scopes_key = resource_access the roles that are called like scopes count, as those of "api".
# Seen: they do not: the plugin looks for a list of words right under the name, {"api": ["write:…"]}, and passes over
# {"api": {"roles": […]}} without a word, so that the user is told "access to vhost '/' refused". A path with dots is taken for a name.
# What works is a list of roles at the top of the token, under a name of its own, and the permissions of Keycloak's own authorization
# services, which the plugin knows without being told ({"authorization": {"permissions": …}}). Scopes are read like a web form's
# fields: "api.write:/a+b" is for the queue "a b", and the queue "a+b" is "a%2Bb".
# For us: docs/usage/provider-programs.md has the mapper.
#
# Debian 12: rabbitmq-server 3.10.8, Erlang 25.2.3. pika 1.3.2, PyJWT 2.15.1.
set -euo pipefail
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir debs
parts=(asn1 base crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl syntax-tools tftp tools xmerl)
mapfile -t packages < <(printf 'erlang-%s=1:25.2.3+dfsg-1+deb12u4\n' "${parts[@]}")
(cd debs && apt-get -qq download rabbitmq-server=3.10.8-1.1+deb12u1 "${packages[@]}" 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
erlang=$work/root/usr/lib/erlang
sed -i "s#=/usr/lib/erlang#=$erlang#" "$erlang/bin/erl"

python3 -m venv v
v/bin/pip -q install pika==1.3.2 'PyJWT[crypto]==2.15.1'
cat >keys.py <<'PY'
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(65537, 2048)
with open("secret.pem", "wb") as file:
    file.write(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
with open("public.pem", "wb") as file:
    file.write(key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo))
PY
v/bin/python keys.py
cat >ask.py <<'PY'
import sys
import time

import jwt
import pika

claim, port = sys.argv[1], int(sys.argv[2])
with open("secret.pem") as file:
    key = file.read()


def may_use(queue, claims):
    token = jwt.encode({"sub": "ann", "aud": ["account", "api"], "exp": int(time.time()) + 300, "scope": "openid", **claims}, key, "RS256",
                       headers={"kid": "k"})
    try:
        with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, "/", pika.PlainCredentials("", token))) as connection:
            connection.channel().queue_declare(queue, auto_delete=True)
        return "yes"
    except pika.exceptions.ProbableAccessDeniedError:
        return "not even the vhost"
    except pika.exceptions.ChannelClosedByBroker:
        return "no"


def rights(queue, prefix="api."):
    return [f"{prefix}{right}:*/{queue}" for right in ("configure", "read", "write")]


tokens = {
    "scope": ("q", {"scope": " ".join(rights("q"))}),
    "scope a+b, queue a+b": ("a+b", {"scope": " ".join(rights("a+b"))}),
    "scope a+b, queue a b": ("a b", {"scope": " ".join(rights("a+b"))}),
    "roles of a client": ("q", {"resource_access": {"api": {"roles": rights("q")}}}),
    "roles of a client, short": ("q", {"resource_access": {"api": {"roles": rights("q", "")}}}),
    "list under the name": ("q", {"resource_access": {"api": rights("q", "")}}),
    "list at the top": ("q", {"permissions": rights("q")}),
    "permissions": ("q", {"authorization": {"permissions": [{"rsid": "1", "rsname": "q", "scopes": rights("q")}]}}),
}
for name, (queue, claims) in tokens.items():
    print(f"{claim}: {name}: {may_use(queue, claims)}")
PY

export HOME=$work ERL_EPMD_PORT=24369 RABBITMQ_NODENAME=finding@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=25672
export RABBITMQ_DIST_PORT=25673 RABBITMQ_ENABLED_PLUGINS_FILE=$work/enabled RABBITMQ_CONFIG_FILE=$work/rabbitmq.conf
export PATH=$erlang/bin:$PATH
echo '[rabbitmq_auth_backend_oauth2].' >enabled
epmd -address 127.0.0.1 -port $ERL_EPMD_PORT &
pids+=($!)
for claim in resource_access resource_access.api.roles permissions; do
    export RABBITMQ_MNESIA_BASE=$work/$claim RABBITMQ_LOG_BASE=$work/$claim RABBITMQ_PID_FILE=$work/$claim.pid
    cat >rabbitmq.conf <<CONF
auth_backends.1 = rabbit_auth_backend_oauth2
auth_oauth2.resource_server_id = api
auth_oauth2.additional_scopes_key = $claim
auth_oauth2.default_key = k
auth_oauth2.signing_keys.k = $work/public.pem
CONF
    root/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin/rabbitmq-server >"$claim.log" 2>&1 &
    broker=$!
    until grep -q 'completed with 1 plugins' "$claim.log"; do kill -0 $broker || { cat "$claim.log"; exit 1; }; sleep 0.2; done
    v/bin/python ask.py $claim $RABBITMQ_NODE_PORT
    kill "$(cat "$claim.pid")"
    wait $broker || true
done >seen
cat seen
cat >expected <<'TEXT'
resource_access: scope: yes
resource_access: scope a+b, queue a+b: no
resource_access: scope a+b, queue a b: yes
resource_access: roles of a client: not even the vhost
resource_access: roles of a client, short: not even the vhost
resource_access: list under the name: yes
resource_access: list at the top: not even the vhost
resource_access: permissions: yes
resource_access.api.roles: scope: yes
resource_access.api.roles: scope a+b, queue a+b: no
resource_access.api.roles: scope a+b, queue a b: yes
resource_access.api.roles: roles of a client: not even the vhost
resource_access.api.roles: roles of a client, short: not even the vhost
resource_access.api.roles: list under the name: not even the vhost
resource_access.api.roles: list at the top: not even the vhost
resource_access.api.roles: permissions: yes
permissions: scope: yes
permissions: scope a+b, queue a+b: no
permissions: scope a+b, queue a b: yes
permissions: roles of a client: not even the vhost
permissions: roles of a client, short: not even the vhost
permissions: list under the name: not even the vhost
permissions: list at the top: yes
permissions: permissions: yes
TEXT
diff expected seen
