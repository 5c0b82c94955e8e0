#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm lets people in by an identity provider of OpenID's, which ends their sessions there by logout tokens (back-channel
# logout). The provider puts "sid" into its ID tokens, as the specification asks, and names the same session in the logout token.
# Keycloak's own token answers have "session_state" beside it, a member of no specification that other providers do not send.
#
# Expected: the session is known by the "sid" of the ID token; a logout token with that "sid" ends it.
# Seen: 26.7.3 does so. 24.0.5 knows the session by "session_state" of the token answer alone: without that member a logout token
# with "sid" and "sub" is answered 200 and ends nothing; with it the session ends. A token with "sub" alone ends it in each case.
# For us: our token answers have "session_state", so that a Keycloak 24 that lets people in by us ends their sessions; and a
# session here is known by the "sid" of the ID token, and ended by it.
#
# Keycloak 24.0.5 and 26.7.3, PyJWT 2.10.1.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv v && v/bin/pip install -q --disable-pip-version-check "pyjwt[crypto]==2.10.1" requests==2.32.3

cat >try.py <<'PY'
import json, sys, threading, time, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

version, base, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
issuer = f"http://127.0.0.1:{port}"
key = rsa.generate_private_key(65537, 2048)
public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
given = {}  # what the next login gives: sub, sid, and whether session_state is told


def sign(**claims):
    now = int(time.time())
    claims = {"iss": issuer, "aud": "down", "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), **claims}
    return jwt.encode(claims, key, "RS256", headers={"kid": "k"})


class Upstream(BaseHTTPRequestHandler):
    def say(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/keys":
            keys = {"keys": [{**public, "kid": "k", "use": "sig", "alg": "RS256"}]}
            return self.say(200, json.dumps(keys).encode(), **{"Content-Type": "application/json"})
        query = dict(parse_qsl(asked.query))
        given["nonce"] = query.get("nonce")
        self.say(302, Location=query["redirect_uri"] + "?" + urlencode({"code": "c", "state": query["state"]}))

    def do_POST(self):
        parse_qs(self.rfile.read(int(self.headers["Content-Length"])))
        who = {"sub": given["sub"], "preferred_username": given["sub"], "email": given["sub"] + "@example.org"}
        who |= {"given_name": "A", "family_name": "B", "sid": given["sid"], "nonce": given["nonce"]}
        answer = {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": sign(**who)}
        if given["told"]:
            answer["session_state"] = given["sid"]
        self.say(200, json.dumps(answer).encode(), **{"Content-Type": "application/json"})

    def log_message(self, *_):
        pass


threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", port), Upstream).serve_forever, daemon=True).start()
here = f"{base}/realms/down/protocol/openid-connect"


def refresh_token(sub, told):
    given.update(sub=sub, sid=f"sid-of-{sub}", told=told)
    browser = requests.Session()
    asked = {"client_id": "app", "response_type": "code", "scope": "openid", "redirect_uri": "http://app.invalid/", "kc_idp_hint": "up"}
    url = f"{here}/auth?{urlencode(asked)}"
    while not url.startswith("http://app.invalid/"):
        answer = browser.get(url, allow_redirects=False)
        for cookie in browser.cookies:
            cookie.secure = False  # browsers send these to 127.0.0.1 all the same
        assert answer.is_redirect, answer.text[:2000]
        url = answer.headers["Location"]
    form = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": "http://app.invalid/"}
    form["code"] = parse_qs(urlsplit(url).query)["code"][0]
    return requests.post(f"{here}/token", form).json()["refresh_token"]


EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}
for told in (True, False):
    for name, members in (("sid and sub", ("sid", "sub")), ("sid", ("sid",)), ("sub", ("sub",))):
        sub = f"{'with' if told else 'without'}-{'-'.join(members)}"
        token = refresh_token(sub, told)
        logout = sign(events=EVENTS, **{member: given[member] for member in members})
        status = requests.post(f"{here}/logout/backchannel-logout", {"logout_token": logout}).status_code
        form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": token}
        alive = requests.post(f"{here}/token", form).status_code == 200
        print(version, f"session_state {'told' if told else 'absent'}, {name}: {status},", "goes on" if alive else "ended")
PY

free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
up=$(free)
cat >down-realm.json <<JSON
{
  "realm": "down", "enabled": true, "sslRequired": "none",
  "clients": [{"clientId": "app", "publicClient": true, "redirectUris": ["http://app.invalid/"]}],
  "identityProviders": [{"alias": "up", "providerId": "oidc", "enabled": true, "trustEmail": true, "config": {
    "issuer": "http://127.0.0.1:$up", "authorizationUrl": "http://127.0.0.1:$up/auth", "tokenUrl": "http://127.0.0.1:$up/token",
    "jwksUrl": "http://127.0.0.1:$up/keys", "useJwksUrl": "true", "validateSignature": "true", "clientId": "down", "clientSecret": "s",
    "clientAuthMethod": "client_secret_post", "backchannelSupported": "true", "disableUserInfo": "true", "syncMode": "FORCE"}}]
}
JSON

for version in 24.0.5 26.7.3; do
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
    tar -xzf keycloak-quarkus-dist-$version.tar.gz
    mkdir -p keycloak-$version/data/import
    cp down-realm.json keycloak-$version/data/import/
    port=$(free)
    keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
    pid=$!
    base=http://127.0.0.1:$port
    for _ in $(seq 480); do
        curl -fs -o /dev/null "$base/realms/down" && break
        sleep 0.5
    done
    v/bin/python try.py $version "$base" "$up"
    kill "$pid"
    wait "$pid" || true
done | tee seen

cat >expected <<'TEXT'
24.0.5 session_state told, sid and sub: 200, ended
24.0.5 session_state told, sid: 200, ended
24.0.5 session_state told, sub: 200, ended
24.0.5 session_state absent, sid and sub: 200, goes on
24.0.5 session_state absent, sid: 200, goes on
24.0.5 session_state absent, sub: 200, ended
26.7.3 session_state told, sid and sub: 200, ended
26.7.3 session_state told, sid: 200, ended
26.7.3 session_state told, sub: 200, ended
26.7.3 session_state absent, sid and sub: 200, ended
26.7.3 session_state absent, sid: 200, ended
26.7.3 session_state absent, sub: 200, ended
TEXT
diff expected seen
