#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An authentication channel (CIBA) tells Keycloak that its user has approved, and, as it is not sure that the answer has
# arrived, tells it once more. Does the second answer change anything?
#
# Expected: the first one counts; the second is refused, or is the same once more, and the client gets its tokens.
# Seen: the second is refused (403 invalid_token) and takes the approved request away: the client that polls is told
# invalid_grant, as if nobody had ever asked. Without it the same client gets tokens.
# For us: the first answer counts, and a second one changes nothing.
#
# Keycloak 26.7.3; 24.0.5 does the same.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port) channel=$(free_port)
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin-password
keycloak-$version/bin/kc.sh start-dev --http-host=127.0.0.1 --http-port="$port" \
    --spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri="http://127.0.0.1:$channel/ask" \
    >log 2>&1 &
pid=$!
base=http://127.0.0.1:$port
for _ in $(seq 240); do
    curl -fs -o /dev/null "$base/realms/master" && break
    sleep 0.5
done

cat >try.py <<'PY'
import http.server
import json
import queue
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

BASE, PORT = sys.argv[1], int(sys.argv[2])
OIDC = "/realms/bank/protocol/openid-connect"
tokens = queue.Queue()


class Channel(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        tokens.put(self.headers["Authorization"])
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Channel)
threading.Thread(target=server.serve_forever, daemon=True).start()


def send(path, body, authorization=None, form=True):
    data = (urllib.parse.urlencode(body) if form else json.dumps(body)).encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Type": kind, **({"Authorization": authorization} if authorization else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers)) as answer:
            text, status = answer.read(), answer.status
    except urllib.error.HTTPError as error:
        text, status = error.read(), error.code
    return status, json.loads(text) if text else {}


login = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin-password"}
admin = send("/realms/master/protocol/openid-connect/token", login)[1]["access_token"]
user = {"username": "ann", "enabled": True, "email": "ann@example.org", "firstName": "A", "lastName": "B"}
client = {"clientId": "till", "secret": "till-secret", "attributes": {"oidc.ciba.grant.enabled": "true"}}
realm = {"realm": "bank", "enabled": True, "users": [user], "clients": [client], "attributes": {"cibaInterval": "1"}}
assert send("/admin/realms", realm, f"Bearer {admin}", form=False)[0] == 201
WHO = {"client_id": "till", "client_secret": "till-secret"}


def try_once(answers):
    status, begun = send(f"{OIDC}/ext/ciba/auth", {**WHO, "scope": "openid", "login_hint": "ann"})
    assert status == 200, begun
    token = tokens.get(timeout=10)
    said = [send(f"{OIDC}/ext/ciba/auth/callback", {"status": "SUCCEED"}, token, form=False)[0] for _ in range(answers)]
    time.sleep(1.1)
    form = {**WHO, "grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": begun["auth_req_id"]}
    status, got = send(f"{OIDC}/token", form)
    return said, status, got.get("error")


for answers, seen in ((1, ([200], 200, None)), (2, ([200, 403], 400, "invalid_grant"))):
    told = try_once(answers)
    print(f"answered {answers} time(s): the channel is told {told[0]}, the client {told[1]} {told[2] or 'with tokens'}")
    assert told == seen, told
PY
python3 try.py "$base" "$channel"
