#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Python application signs its users in with requests_oauth2client, which checks the ID token by itself, and has DPoP (RFC 9449),
# pushed requests and device codes. The client is made once, from the discovery document, and serves for as long as the program runs.
#
# Expected: a login with dpop=True is one as any other, with a DPoPToken at its end; an ID token of a key that is new makes it read the key
# set again (OpenID Connect Core §10.1.1); every endpoint of the document is known.
# Seen: with DPoP and an ID token no login succeeds as it comes. The code is traded, the nonce that the server wants is sent, the tokens
# are bound and there, and then the check of the ID token, which makes a copy of what it has checked, forgets the key:
# "TypeError: DPoPToken.__init__() missing 1 required keyword-only argument: '_dpop_key'". Without "openid", or without a user
# (client credentials), DPoP works, so that a first try does. validate=False leads out, and the ID token is unchecked then.
# The key set is read when the client is made, and never again: each login after a rotation is refused, with the code spent, until
# the program starts anew. The endpoints of device codes and CIBA are not taken from the document: "MissingEndpointUri".
# For us: docs/usage/provider-protocol.md has the one, provider-keys.md the other; such programs are started anew while the new key is published and does not sign yet.
#
# requests_oauth2client 1.8.0, jwskate 0.12.2.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check requests_oauth2client==1.8.0 jwskate==0.12.2

cat >ask.py <<'PY'
import http.server
import json
import threading
import time
import urllib.parse

from jwskate import Jwk, Jwt
from requests_oauth2client import OAuth2Client

keys = [Jwk.generate(alg="RS256", kid=kid, use="sig") for kid in ("old", "new")]
signs = keys[0]
nonce = None
spent = 0
BACK = "http://127.0.0.1:1/back"


class Provider(http.server.BaseHTTPRequestHandler):
    def tell(self, document, status=200, **fields):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/certs":
            return self.tell({"keys": [json.loads(key.public_jwk().to_json()) for key in keys if key is keys[0] or key is signs]})
        return self.tell({
            "issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/certs",
            "device_authorization_endpoint": f"{issuer}/device", "backchannel_authentication_endpoint": f"{issuer}/ciba"})

    def do_POST(self):
        global spent
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        proof = self.headers.get("DPoP")
        if proof and Jwt(proof).claims.get("nonce") != "n":
            return self.tell({"error": "use_dpop_nonce"}, 400, **{"DPoP-Nonce": "n"})
        answer = {"access_token": "t", "token_type": "DPoP" if proof else "Bearer", "expires_in": 300, "refresh_token": "r"}
        if form["grant_type"] == "authorization_code":
            spent += 1
        if form.get("code") == "openid":
            now = int(time.time())
            claims = {"iss": issuer, "aud": "app", "sub": "ann", "iat": now, "exp": now + 300, "nonce": nonce}
            answer["id_token"] = str(Jwt.sign(claims, signs, alg="RS256"))
        return self.tell(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
issuer = f"http://127.0.0.1:{server.server_port}"


def make():
    return OAuth2Client.from_discovery_endpoint(f"{issuer}/.well-known/openid-configuration", issuer=issuer, client_id="app",
                                                client_secret="s", redirect_uri=BACK, testing=True)


def login(client, scope="openid", dpop=False, **more):
    global nonce
    request = client.authorization_request(scope=scope, dpop=dpop)
    nonce = request.nonce
    answer = {"code": scope, "state": request.state, "iss": issuer}
    return client.authorization_code(request.validate_callback(f"{BACK}?{urllib.parse.urlencode(answer)}"), **more)


def tell(what, doing):
    before = spent
    try:
        outcome = type(doing()).__name__
    except Exception as error:
        words = " ".join(str(error).split())
        outcome = f"{type(error).__name__}, {words[words.index('token is asym'):][:76] if 'token is asym' in words else words[:90]}"
    print(f"{what}: {outcome}{', a code is spent' if spent > before else ''}")


client = make()
tell("login", lambda: login(client))
tell("login, DPoP", lambda: login(client, dpop=True))
tell("login, DPoP, without openid", lambda: login(client, scope="read", dpop=True))
tell("login, DPoP, validate=False", lambda: login(client, dpop=True, validate=False))
tell("client credentials, DPoP", lambda: client.client_credentials(dpop=True))
signs = keys[1]
tell("login, a new key", lambda: login(client))
tell("login, a new key, once more", lambda: login(client))
tell("login, a new key, a new client", lambda: login(make()))
tell("device", lambda: client.authorize_device())
tell("CIBA", lambda: client.backchannel_authentication_request(scope="openid", login_hint="ann"))
PY
v/bin/python ask.py >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
login: BearerToken, a code is spent
login, DPoP: TypeError, DPoPToken.__init__() missing 1 required keyword-only argument: '_dpop_key', a code is spent
login, DPoP, without openid: DPoPToken, a code is spent
login, DPoP, validate=False: DPoPToken, a code is spent
client credentials, DPoP: DPoPToken
login, a new key: InvalidIdToken, token is asymmetrically signed but there is no key with kid='new' in the Aut, a code is spent
login, a new key, once more: InvalidIdToken, token is asymmetrically signed but there is no key with kid='new' in the Aut, a code is spent
login, a new key, a new client: BearerToken, a code is spent
device: MissingEndpointUri, No 'Endpoints.DEVICE_AUTHORIZATION' defined for this client.
CIBA: MissingEndpointUri, No 'Endpoints.BACKCHANNEL_AUTHENTICATION' defined for this client.
TEXT
diff expected seen
