#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# People sign in at a Linux machine by SSSD with a code that they type on their phone (sssd-idp; RFC 8628). Its program oidc_child talks to
# the provider: it is told the issuer and reads the discovery document, or the endpoints one by one. Which scopes does the
# provider see, how does the secret come, and when is it asked whether the user has answered?
#
# Expected: the scopes of --scope, and "openid" where none is named; a form, encoded; the first question after "interval" seconds, or
# after five where the answer has none, as it is OPTIONAL (§3.2, §3.5).
# Seen: with --issuer-url, --scope is passed over, and what is asked for is everything that the document lists: at a realm of Keycloak also
# offline_access, an offline session for each login that a logout does not end, or invalid_scope where the client has not got
# one of them ("service_account" no new client has). With the endpoints --scope counts; without it the scope is "user", which realms
# do not know. The secret is put into the form as it is: "+" arrives as a blank and "&" ends it, so that the provider takes the client for
# somebody else. The first two questions come at once. An answer without "interval" is taken for one of -1 seconds: the
# request for the tokens fails before the user can have answered, though the provider said "authorization_pending".
# For us: docs/usage/provider-programs.md has the settings; our answers have "interval", and secrets made here are base64url.
#
# Debian 12: sssd-idp 2.8.2.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir debs
packages=(sssd-idp=2.8.2-4+deb12u1 sssd-common=2.8.2-4+deb12u1 libtalloc2=2.4.0-f2 libpopt0=1.19+dfsg-1 libjose0=11-2+deb12u1
    libkrad0=1.20.1-2+deb12u5)
(cd debs && apt-get -qq download "${packages[@]}" 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$libraries:$libraries/sssd

# A provider whose user answers after the second question. The first part of a path is the case; "silent" does not name its interval.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
cat >provider.py <<'PY'
import http.server, json, ssl, sys, time, urllib.parse

began = {}
questions = {}

class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body, status=200):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        case, _, path = self.path[1:].partition("/")
        issuer = f"https://{self.headers['Host']}/{case}"
        if path == "userinfo":
            return self.answer({"sub": "ann"})
        if path == "certs":
            return self.answer({"keys": []})
        self.answer({"issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
                     "device_authorization_endpoint": f"{issuer}/device", "userinfo_endpoint": f"{issuer}/userinfo",
                     "jwks_uri": f"{issuer}/certs", "scopes_supported": ["openid", "profile", "offline_access", "service_account"]})

    def do_POST(self):
        case, _, path = self.path[1:].partition("/")
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if path == "device":
            began[case], questions[case] = time.monotonic(), 0
            print(f"  asked for {form.get('scope')!r} with the secret {form.get('client_secret')!r}", file=sys.stderr, flush=True)
            body = {"device_code": "d", "user_code": "U", "verification_uri": "https://localhost/", "expires_in": 600, "interval": 4}
            return self.answer({name: body[name] for name in body if name != "interval" or case != "silent"})
        questions[case] += 1
        early = "within" if time.monotonic() - began[case] < 4 else "after"
        print(f"  question {questions[case]}: {early} the interval", file=sys.stderr, flush=True)
        if questions[case] < 3:
            return self.answer({"error": "authorization_pending"}, 400)
        self.answer({"access_token": "t", "token_type": "Bearer", "expires_in": 300})

    def log_message(self, *_):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(f"https://localhost:{server.server_port}", flush=True)
server.serve_forever()
PY
python3 provider.py >address 2>>seen &
pid=$!
until [ -s address ]; do sleep 0.1; done
base=$(cat address)

# As SSSD calls it: once for the code that is shown to the user, once more when the user says that it is done.
login() {
    local name=$1 code=0
    shift
    echo "$name" >>seen
    for step in --get-device-code --get-access-token; do
        root/usr/libexec/sssd/oidc_child $step --client-id=app --client-secret='s+t&u%41' --ca-db=cert.pem --logger=stderr "$@" \
            <code >out 2>>log || code=$?
        head -n 1 out >code
    done
    echo "  in the end: $code$(sed 's/^/, /' out)" >>seen
}
touch code
login 'the issuer and a scope' --issuer-url="$base/usual" --scope='openid profile'
endpoints=(--device-auth-endpoint="$base/ends/device" --token-endpoint="$base/ends/token" --userinfo-endpoint="$base/ends/userinfo")
login 'the endpoints and a scope' "${endpoints[@]}" --scope='openid profile'
login 'the endpoints alone' "${endpoints[@]}"
login 'no interval' --issuer-url="$base/silent"

cat seen
diff seen - <<'SEEN'
the issuer and a scope
  asked for 'openid profile offline_access service_account' with the secret 's t'
  question 1: within the interval
  question 2: within the interval
  question 3: after the interval
  in the end: 0, ann
the endpoints and a scope
  asked for 'openid profile' with the secret 's t'
  question 1: within the interval
  question 2: within the interval
  question 3: after the interval
  in the end: 0, ann
the endpoints alone
  asked for 'user' with the secret 's t'
  question 1: within the interval
  question 2: within the interval
  question 3: after the interval
  in the end: 0, ann
no interval
  asked for 'openid profile offline_access service_account' with the secret 's t'
  question 1: within the interval
  question 2: within the interval
  in the end: 1
SEEN
