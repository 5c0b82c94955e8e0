#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# iddawc is Debian's library in C for clients of OpenID providers, and for the APIs behind them. A client reads the discovery document,
# sends the user's name and password or its own, and has tokens; an API has a token and the audience that it is. The access token is
# a JWT as a realm of Keycloak makes it: type "JWT" (RFC 9068 came later), and often a list of audiences.
#
# Expected: the client has its tokens, as to it an access token is a text that it hands on (RFC 6749 §1.4); an API may want "at+jwt" as it
# comes, with a way to take "JWT". A list with its audience in it is for it (RFC 7519 §4.1.3).
# Seen: i_run_token_request judges the access token by RFC 9068 as soon as it is a JWT, and answers 2, I_ERROR_PARAM, as for a wrong
# argument, with neither error nor description, though the server said 200 and the tokens are there. A token that is no JWT is fine.
# I_OPT_OPENID_CONFIG_STRICT without I_STRICT_JWT_AT_HEADER_TYP leads out, for APIs as well. i_verify_jwt_access_token with an
# audience refuses every list, also one of that audience alone, so that a user who gets the role of a second client is shut out.
# For us: docs/usage/provider-programs.md has both.
#
# Debian 12: libiddawc1.1 1.1.8, librhonabwy1.1 1.1.11. PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
server=
cd "$work"
mkdir packages && (cd packages && apt-get -qq -o APT::Sandbox::User=root download libiddawc-dev=1.1.8-1 libiddawc1.1=1.1.8-1 \
    librhonabwy-dev=1.1.11-1 librhonabwy1.1=1.1.11-1 libulfius-dev=2.7.13-1 libulfius2.7=2.7.13-1 liborcania-dev=2.3.2-1 \
    liborcania2.3=2.3.2-1 libyder-dev=1.4.19-1 libyder2.0=1.4.19-1 libmicrohttpd-dev libmicrohttpd12 libjansson-dev libjansson4)
for package in packages/*.deb; do dpkg -x "$package" root; done
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check 'PyJWT[crypto]==2.15.1'

# A provider whose token endpoint gives what its client is called: a type and, with commas between, audiences.
cat >provider.py <<'PY'
import http.server, json, time, urllib.parse
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
jwk = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": "1", "alg": "RS256", "use": "sig"}


class Provider(http.server.BaseHTTPRequestHandler):
    def tell(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.tell({"keys": [jwk]} if self.path == "/certs" else {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/certs",
            "response_types_supported": ["code"], "grant_types_supported": ["client_credentials"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "token_endpoint_auth_methods_supported": ["client_secret_post"]})

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        typ, *audiences = form["client_id"][0].split(",")
        now = int(time.time())
        claims = {"iss": f"http://127.0.0.1:{self.server.server_port}", "sub": "ann", "client_id": "app", "jti": "1", "iat": now,
                  "exp": now + 300, "scope": "read", "aud": audiences[0] if typ[-1] == "1" else audiences}
        token = jwt.encode(claims, key, "RS256", {"kid": "1", "typ": typ.rstrip("1")}) if audiences else "opaque"
        self.tell({"access_token": token, "token_type": "Bearer", "expires_in": 300})

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
print(server.server_port, flush=True)
server.serve_forever()
PY
mkfifo port
v/bin/python provider.py >port &
server=$!
read -r port <port

cat >ask.c <<'C'
#include <iddawc.h>
#include <stdio.h>

static void ask(const char *base, const char *client, int strict)
{
    struct _i_session s;
    char at[100];
    i_init_session(&s);
    snprintf(at, sizeof at, "%s/.well-known/openid-configuration", base);
    i_set_parameter_list(&s, I_OPT_RESPONSE_TYPE, I_RESPONSE_TYPE_CLIENT_CREDENTIALS, I_OPT_OPENID_CONFIG_ENDPOINT, at, I_OPT_CLIENT_ID,
                         client, I_OPT_CLIENT_SECRET, "s", I_OPT_TOKEN_METHOD, I_TOKEN_AUTH_METHOD_SECRET_POST, I_OPT_NONE);
    if (i_get_openid_config(&s) != I_OK)
        puts("no document");
    if (strict)
        i_set_int_parameter(&s, I_OPT_OPENID_CONFIG_STRICT, strict);
    int got = i_run_token_request(&s);
    const char *error = i_get_str_parameter(&s, I_OPT_ERROR), *token = i_get_str_parameter(&s, I_OPT_ACCESS_TOKEN);
    printf("%s%s: %d, error %s, token %s; to an API %d, to \"api\" %d\n", client, strict ? ", any type" : "", got, error ? error : "none",
           token ? "there" : "none", i_verify_jwt_access_token(&s, NULL), i_verify_jwt_access_token(&s, "api"));
    i_clean_session(&s);
}

int main(int count, char **words)
{
    const int any = I_STRICT_YES | I_STRICT_JWT_AT_SIGNATURE | I_STRICT_JWT_AT_CLAIM;
    static const char *const clients[] = {"JWT1,api", "at+jwt1,api", "at+jwt1,other", "at+jwt,api", "at+jwt,api,account"};
    i_global_init();
    for (int i = 0; i < 5; i++)
        ask(words[1], clients[i], 0);
    ask(words[1], "JWT1,api", any);
    ask(words[1], "JWT1,other", any);
    ask(words[1], "JWT,api,account", any);
    ask(words[1], "opaque", 0);
    i_global_close();
    return 0;
}
C
libraries=$PWD/root/usr/lib/x86_64-linux-gnu
cc -w -Iroot/usr/include ask.c -o ask -L"$libraries" -liddawc -Wl,-rpath-link,"$libraries"
LD_LIBRARY_PATH=$libraries ./ask "http://127.0.0.1:$port" >seen
cat seen
cat >expected <<'TEXT'
JWT1,api: 2, error none, token there; to an API 2, to "api" 2
at+jwt1,api: 0, error none, token there; to an API 0, to "api" 0
at+jwt1,other: 0, error none, token there; to an API 0, to "api" 2
at+jwt,api: 0, error none, token there; to an API 0, to "api" 2
at+jwt,api,account: 0, error none, token there; to an API 0, to "api" 2
JWT1,api, any type: 0, error none, token there; to an API 0, to "api" 0
JWT1,other, any type: 0, error none, token there; to an API 0, to "api" 2
JWT,api,account, any type: 0, error none, token there; to an API 0, to "api" 2
opaque: 0, error none, token there; to an API 2, to "api" 2
TEXT
diff expected seen
