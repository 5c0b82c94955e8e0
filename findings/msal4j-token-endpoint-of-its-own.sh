#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# msal4j, Microsoft's library for Java, talks to any OpenID provider by oidcAuthority(ISSUER): it reads the discovery document, and
# compares the issuer. A realm of Keycloak has its token endpoint at …/realms/shop/protocol/openid-connect/token. Where does msal4j
# ask for tokens?
#
# Expected: at the token_endpoint of the document; that is what it has been read for.
# Seen: 1.22.0 does. 1.23.1 and 1.26.1 (and 1.25.1, 1.26.0) read the document, take the address of the login page from there, and ask for every token (by
# secret, by code, by refresh token) at /realms/oauth2/v2.0/token: the first part of the path for the tenant, and the rest as it is
# at Microsoft's. Keycloak answers 404, "Realm does not exist". No setting leads it back.
# For us: nothing to do, there is no realm called oauth2; who is at a realm by msal4j stays with 1.22.0.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
keytool -importcert -noprompt -alias provider -file cert.pem -keystore trust.p12 -storepass changeit 2>/dev/null
# A realm; what it is asked for goes to the file "asked".
cat >provider.py <<'PY'
import http.server
import json
import ssl


class Provider(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        issuer = f"https://localhost:{self.server.server_port}/realms/shop"
        endpoint = f"{issuer}/protocol/openid-connect"
        status = 200
        if self.path == "/realms/shop/.well-known/openid-configuration":
            body = {"issuer": issuer, "authorization_endpoint": f"{endpoint}/auth", "token_endpoint": f"{endpoint}/token",
                    "jwks_uri": f"{endpoint}/certs"}
        elif self.path == "/realms/shop/protocol/openid-connect/token":
            body = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
        else:
            status, body = 404, {"error": "Realm does not exist"}
        with open("asked", "a") as file:
            print(f"{self.command} {self.path}: {status}", file=file)
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 provider.py >port &
pid=$!
until [ -s port ]; do sleep 0.1; done

cat >Ask.java <<'JAVA'
import com.microsoft.aad.msal4j.*;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

public class Ask {
    static void say(String way, CompletableFuture<IAuthenticationResult> asked) {
        String seen;
        try {
            seen = asked.get().accessToken().equals("t") ? "a token" : "another token";
        } catch (Exception refusal) {
            seen = "no token";
        }
        System.out.println(way + ": " + seen);
    }

    public static void main(String[] args) throws Exception {
        var app = ConfidentialClientApplication.builder("app", ClientCredentialFactory.createFromSecret("s")).oidcAuthority(args[0]).build();
        var back = URI.create("https://shop.example/callback");
        var scopes = Set.of("email");
        String page = app.getAuthorizationRequestUrl(AuthorizationRequestUrlParameters.builder(back.toString(), scopes).build()).getPath();
        System.out.println("login page: " + page);
        say("by secret", app.acquireToken(ClientCredentialParameters.builder(scopes).build()));
        say("by code", app.acquireToken(AuthorizationCodeParameters.builder("c", back).scopes(scopes).build()));
        say("by refresh token", app.acquireToken(RefreshTokenParameters.builder(scopes, "r").build()));
        System.exit(0);
    }
}
JAVA
for version in 1.22.0 1.23.1 1.26.1; do
    cat >pom.xml <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>endpoint</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.microsoft.azure</groupId><artifactId>msal4j</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
XML
    rm -rf jars
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
    : >asked
    { java -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit -cp 'jars/*' Ask.java \
        "https://localhost:$(cat port)/realms/shop" 2>>log && uniq asked; } | sed "s/^/$version: /"
done >seen || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
1.22.0: login page: /realms/shop/protocol/openid-connect/auth
1.22.0: by secret: a token
1.22.0: by code: a token
1.22.0: by refresh token: a token
1.22.0: GET /realms/shop/.well-known/openid-configuration: 200
1.22.0: POST /realms/shop/protocol/openid-connect/token: 200
TEXT
for version in 1.23.1 1.26.1; do
    sed "s/^/$version: /" >>expected <<'TEXT'
login page: /realms/shop/protocol/openid-connect/auth
by secret: no token
by code: no token
by refresh token: no token
GET /realms/shop/.well-known/openid-configuration: 200
POST /realms/oauth2/v2.0/token: 404
TEXT
done
diff expected seen
