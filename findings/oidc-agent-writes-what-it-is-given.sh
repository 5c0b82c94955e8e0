#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# oidc-agent gets people on a command line the tokens of a realm: oidc-gen once, with a code typed on the phone (device flow) or with name
# and password, and oidc-token from then on, by a refresh token. All three ask the token endpoint with a form (RFC 6749 appendix B), in
# which "+" is a blank, "&" ends a value, and both have to be escaped. What arrives?
#
# Expected: what was given; it is C, and libcurl has the function for it.
# Seen: nothing is escaped in any of its forms. A password arrives only if it has neither "+", "&" nor "%", and what is behind its "&" is a
# parameter of its own; the right one is refused as a wrong one then, and whoever types it cannot know why. So it is with the user's name
# (ann+mail@…) and with a refresh token that has a "+". Of --aud only what stands before its "&" arrives, and two audiences are one with a
# blank in it. offline_access is asked for in each of these, whatever --scope says.
# For us: secrets and refresh tokens that are made here have none of these; docs/usage/provider-programs.md says to take the device flow.
#
# Debian 12: oidc-agent-cli 4.2.6.
set -euo pipefail
work=$(mktemp -d)
agent=''
provider=''
finish() {
    local started
    for started in $agent $provider; do kill "$started" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
cd "$work"

mkdir debs
packages=(oidc-agent-cli=4.2.6-1 liboidc-agent4=4.2.6-1 libcjson1 libsecret-1-0 libmicrohttpd12 libqrencode4 libglib2.0-0 libsodium23 libseccomp2)
(cd debs && apt-get -qq download "${packages[@]}" 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done

# A realm in a few lines: it takes everything, and tells what it was asked.
cat >realm.py <<'PY'
import http.server
import json
import urllib.parse


class Realm(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        issuer = f"http://{self.headers['Host']}"
        self.answer({
            "issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
            "device_authorization_endpoint": f"{issuer}/device", "scopes_supported": ["openid", "offline_access"],
            "grant_types_supported": ["password", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "response_types_supported": ["code"],
        })

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(json.dumps(urllib.parse.parse_qsl(form, keep_blank_values=True)), flush=True)
        if self.path == "/device":
            self.answer({"device_code": "code", "user_code": "ABCD", "verification_uri": f"http://{self.headers['Host']}/device",
                         "expires_in": 600, "interval": 1})
        else:
            self.answer({"access_token": "token", "token_type": "Bearer", "expires_in": 1, "refresh_token": "one+two/three=="})

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Realm)
with open("address", "w") as file:
    file.write(f"http://127.0.0.1:{server.server_port}")
server.serve_forever()
PY
python3 realm.py >seen &
provider=$!
until [ -s address ]; do sleep 0.1; done

export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu PATH=$work/root/usr/bin:$PATH OIDC_CONFIG_DIR=$work/accounts TMPDIR=$work
mkdir accounts
echo word >password
oidc-agent --no-autoload >environment
until grep -q OIDCD_PID environment; do sleep 0.1; done
# shellcheck disable=SC1091
. ./environment >/dev/null
agent=$OIDCD_PID
new() {
    timeout 60 oidc-gen "$@" --issuer "$(cat address)" --client-id app --client-secret secret --scope openid --redirect-uri http://localhost:4242 \
        --pw-file password --prompt none --confirm-default </dev/null >/dev/null 2>&1
}
new phone --flow device
oidc-token phone --time 60 >/dev/null
oidc-token phone --time 60 --aud 'https://api/?a=1&b=2 https://other/' >/dev/null
new typed --flow password --op-username ann+mail@a.example --op-password 'a+b&c%41'

cat seen
diff seen - <<'SEEN'
[["client_id", "app"], ["scope", "openid offline_access"]]
[["grant_type", "urn:ietf:params:oauth:grant-type:device_code"], ["device_code", "code"]]
[["grant_type", "refresh_token"], ["refresh_token", "one two/three=="], ["scope", "openid offline_access"]]
[["grant_type", "refresh_token"], ["refresh_token", "one two/three=="], ["scope", "openid offline_access"], ["audience", "https://api/?a=1"], ["b", "2 https://other/"]]
[["grant_type", "password"], ["username", "ann mail@a.example"], ["password", "a b"], ["cA", ""], ["scope", "openid offline_access"]]
SEEN
