#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# OpenStack's services take tokens of an OpenID provider by keystonemiddleware's external_oauth2_token, which asks the introspection
# endpoint and has a setting for the claim of each thing that it wants to know. Its documentation has Keycloak at the other end. The
# user's roles are those of a realm, a list. It proves who it is by its secret, by a JWT of the secret, or by one of a key.
#
# Expected: mapping_roles = realm_access.roles does; or a list at the top, from a mapper of roles. JWTs as RFC 7523 has them, whose times
# are numbers (NumericDate, RFC 7519 §2).
# Seen: a list is "of an incorrect type", and each request of such a user answered with 403. A text is wanted, with commas between the
# roles: "scope" is one role of that name, blanks and all. The same goes for every other setting: a project's number has to be text, and
# mapping_system_scope wants true and not "all". A client's roles are out of reach where its name has a dot. So the roles
# have to be written into an attribute of the user, "member,reader", beside those that the realm knows.
# The JWT has "iat" and "exp" in quotation marks. Keycloak 26.7.3 takes digits as text; a server that keeps to the letter
# refuses it, whereupon each request is answered 500, as if the provider were down.
# For us: docs/usage/provider-programs.md has the mapper. Our provider takes such times in client assertions since it has met these.
#
# keystonemiddleware 13.0.1, PyJWT 2.15.1, WebOb 1.8.11.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check keystonemiddleware==13.0.1 PyJWT==2.15.1 WebOb==1.8.11

cat >ask.py <<'PY'
import http.server
import json
import logging
import threading
import urllib.parse

import jwt
import webob
import webob.dec
from keystonemiddleware import external_oauth2_token

logging.disable(logging.CRITICAL)
USER = {"sub": "ann", "username": "ann", "iss": "shop", "active": True, "exp": 4000000000, "scope": "openid member"}
LISTS = {"realm_access": {"roles": ["member", "reader"]}, "roles": ["member", "reader"]}
MORE = {"resource_access": {"nova.api": {"roles": ["member"]}}, "os_roles": "member,reader", "project": 7, "level": "all", "all": True}
SECRET = "s" * 32
seen = []


class Provider(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if "client_assertion" in form:
            claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
            seen.append({name: type(claims[name]).__name__ for name in ("iat", "exp")})
        body = json.dumps({**USER, **LISTS, **MORE}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()


@webob.dec.wsgify
def service(request):
    return webob.Response(text=request.headers["X-Roles"])


def ask(**changes):
    conf = {
        "introspect_endpoint": f"http://127.0.0.1:{server.server_port}/introspect", "audience": "https://id.example/realms/shop",
        "auth_method": "client_secret_basic", "client_id": "nova", "client_secret": SECRET, "mapping_user_id": "sub",
        "mapping_user_name": "username", "mapping_user_domain_id": "iss", "mapping_user_domain_name": "iss",
        "mapping_project_domain_id": "iss", "mapping_project_domain_name": "iss", "mapping_roles": "os_roles",
        "mapping_expires_at": "exp", "jwt_algorithm": "HS256", **changes,
    }
    guarded = external_oauth2_token.filter_factory({}, **conf)(service)
    answer = webob.Request.blank("/", headers={"Authorization": "Bearer t"}).get_response(guarded)
    return f"{answer.status_int} {answer.text if answer.status_int == 200 else answer.json['error']['title']}"


for claim in ("realm_access.roles", "roles", "resource_access.nova.api.roles", "scope", "os_roles"):
    print(f"roles from {claim}: {ask(mapping_roles=claim)}")
print("a project that is a number:", ask(mapping_project_id="project", mapping_project_name="iss"))
for claim in ("level", "all"):
    print(f"system scope {MORE[claim]!r}:", ask(mapping_system_scope=claim))
print("client_secret_jwt:", ask(auth_method="client_secret_jwt"), seen)
PY
v/bin/python ask.py >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
roles from realm_access.roles: 403 Forbidden
roles from roles: 403 Forbidden
roles from resource_access.nova.api.roles: 403 Forbidden
roles from scope: 200 openid member
roles from os_roles: 200 member,reader
a project that is a number: 403 Forbidden
system scope 'all': 403 Forbidden
system scope True: 200 member,reader
client_secret_jwt: 200 member,reader [{'iat': 'str', 'exp': 'str'}]
TEXT
diff expected seen
