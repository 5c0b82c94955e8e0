#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Jakarta Security 3.0 has logins at an OpenID provider as an annotation of the application, so that it runs on each server. It says which claim
# is the user's name (callerNameClaim) and which has the groups (callerGroupsClaim), and no algorithm: of those there is nothing to say. One
# application on Payara Micro and on Open Liberty, and a realm whose users have their claims here or there, as its mappers are set.
#
# Expected: the same on both. A user without the claim of the name cannot sign in, or is "sub".
# Seen: the same where groups are a list, in whichever of the two tokens or userinfo. A lone text, as a mapper without "multivalued" makes of
# them, is one group to Payara and no login at all at Liberty, which answers 401 with no body; its log has a MalformedClaimException. So
# are two more: a user without the name, who is "sub" to Payara, and a realm that signs with ES256, which says so in its discovery document
# and its key. Liberty takes RS256 there and nothing else.
# For us: realms sign with RS256 unless told otherwise; docs/usage/provider-programs.md says what clients of Liberty need.
#
# Payara Micro 6.2024.12, Open Liberty 25.0.0.6.
set -euo pipefail
work=$(mktemp -d)
started=()
finish() {
    local one
    for one in "${started[@]}"; do
        kill "$one" 2>/dev/null || true
        wait "$one" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT
cd "$work"
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
get() { mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dartifact="$1" -DoutputDirectory="$work" >/dev/null; }
ports=("$(free)" "$(free)" "$(free)")

# The realm signs everybody in as Ann. What her tokens and userinfo say is set before each login.
python3 -m venv v
v/bin/pip -q install joserfc==1.8.0
cat >realm.py <<'PY'
import http.cookiejar
import http.server
import json
import ssl
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS256", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256", "use": "sig"}),
}
PORT, PAYARA, LIBERTY = sys.argv[1:]
ISSUER = f"https://localhost:{PORT}"
nonces = {}
place, algorithm = {}, "RS256"


def signed(**claims):
    now = int(time.time())
    whole = {"iss": ISSUER, "sub": "f3b0", "aud": "app", "azp": "app", "iat": now, "exp": now + 300, **claims}
    return jwt.encode({"alg": algorithm, "kid": KEYS[algorithm].kid}, whole, KEYS[algorithm], algorithms=[algorithm])


class Realm(http.server.BaseHTTPRequestHandler):
    def answer(self, body, status=200, **fields):
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/auth":
            wanted = dict(urllib.parse.parse_qsl(query))
            nonces[wanted["state"]] = wanted["nonce"]
            back = urllib.parse.urlencode({"state": wanted["state"], "code": wanted["state"]})
            self.answer({}, 302, Location=f"{wanted['redirect_uri']}?{back}")
        elif path == "/certs":
            self.answer({"keys": [key.as_dict(private=False) for key in KEYS.values()]})
        elif path == "/userinfo":
            self.answer({"sub": "f3b0", "email": "ann@a.example", **place.get("userinfo", {})})
        else:
            self.answer({
                "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth", "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/userinfo", "jwks_uri": f"{ISSUER}/certs", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            })

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.answer({"access_token": signed(**place.get("access", {})), "token_type": "Bearer", "expires_in": 300,
                     "id_token": signed(nonce=nonces[form["code"]], **place.get("id", {}))})

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("localhost", int(PORT)), Realm)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("realm.pem", "realm.key")
server.socket = tls.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
input()


def sign_in(port):
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile="realm.pem"))
    browser = urllib.request.build_opener(secure, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    try:
        with browser.open(f"http://localhost:{port}/b/me", timeout=60) as answer:
            return answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return str(error.code)


ann, buyer = {"preferred_username": "ann"}, {"groups": ["buyer"]}
for words, place, algorithm in (
    ("groups in all", {"id": ann | buyer, "access": ann | buyer, "userinfo": ann | buyer}, "RS256"),
    ("groups in userinfo", {"id": ann, "access": ann, "userinfo": ann | buyer}, "RS256"),
    ("name and groups in userinfo", {"userinfo": ann | buyer}, "RS256"),
    ("groups a text", {"id": ann | {"groups": "buyer"}, "userinfo": ann | {"groups": "buyer"}}, "RS256"),
    ("no name", {"id": buyer, "userinfo": buyer}, "RS256"),
    ("ES256", {"id": ann | buyer, "userinfo": ann | buyer}, "ES256"),
):
    for name, port in (("payara", PAYARA), ("liberty", LIBERTY)):
        print(f"{words}: {name} {sign_in(port)}")
PY
openssl req -x509 -newkey rsa:2048 -nodes -keyout realm.key -out realm.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
keytool -importcert -noprompt -alias realm -file realm.pem -keystore trust.p12 -storetype PKCS12 -storepass a-password >/dev/null 2>&1
mkfifo go
v/bin/python realm.py "${ports[@]}" <go >told &
started+=($!)
exec 9>go
until [ -s told ]; do sleep 0.1; done

get jakarta.platform:jakarta.jakartaee-web-api:10.0.0
mkdir -p war/WEB-INF/classes
cat >Me.java <<JAVA
import jakarta.annotation.security.DeclareRoles;
import jakarta.inject.Inject;
import jakarta.security.enterprise.authentication.mechanism.http.OpenIdAuthenticationMechanismDefinition;
import jakarta.security.enterprise.authentication.mechanism.http.openid.ClaimsDefinition;
import jakarta.security.enterprise.identitystore.openid.OpenIdContext;
import jakarta.servlet.annotation.*;
import jakarta.servlet.http.*;
import java.io.IOException;

@OpenIdAuthenticationMechanismDefinition(
    providerURI = "https://localhost:${ports[0]}", clientId = "app", clientSecret = "secret", redirectURI = "\${baseURL}/back",
    claimsDefinition = @ClaimsDefinition(callerNameClaim = "preferred_username", callerGroupsClaim = "groups"))
@WebServlet({"/me", "/back"})
@DeclareRoles("buyer")
@ServletSecurity(@HttpConstraint(rolesAllowed = "buyer"))
public class Me extends HttpServlet {
    @Inject OpenIdContext context;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().println(request.getUserPrincipal().getName() + ", " + context.getClaims().getEmail().orElse("none"));
    }
}
JAVA
javac -cp jakarta.jakartaee-web-api-10.0.0.jar -d war/WEB-INF/classes Me.java
echo '<beans xmlns="https://jakarta.ee/xml/ns/jakartaee" bean-discovery-mode="all" version="4.0"/>' >war/WEB-INF/beans.xml
(cd war && jar cf ../b.war .)

get fish.payara.extras:payara-micro:6.2024.12
java -Xmx700m -Djavax.net.ssl.trustStore="$work/trust.p12" -Djavax.net.ssl.trustStorePassword=a-password -jar payara-micro-6.2024.12.jar --nocluster --port "${ports[1]}" --deploy b.war --contextroot /b >log.payara 2>&1 &
started+=($!)
get io.openliberty:openliberty-runtime:25.0.0.6:zip
unzip -q openliberty-runtime-25.0.0.6.zip
mkdir -p wlp/usr/servers/s/apps
cp b.war wlp/usr/servers/s/apps/
cat >wlp/usr/servers/s/server.xml <<XML
<server>
  <featureManager><feature>appSecurity-5.0</feature><feature>servlet-6.0</feature><feature>cdi-4.0</feature><feature>transportSecurity-1.0</feature></featureManager>
  <httpEndpoint id="defaultHttpEndpoint" host="localhost" httpPort="${ports[2]}" httpsPort="-1"/>
  <keyStore id="defaultKeyStore" password="a-password"/>
  <keyStore id="trust" location="$work/trust.p12" type="PKCS12" password="a-password"/>
  <ssl id="defaultSSLConfig" keyStoreRef="defaultKeyStore" trustStoreRef="trust"/>
  <webApplication location="b.war" contextRoot="/b"/>
</server>
XML
sh wlp/bin/server run s >log.liberty 2>&1 &
started+=($!)
for port in "${ports[@]:1}"; do
    for _ in {1..240}; do
        [ "$(curl -s -o answer -w '%{http_code}' "http://localhost:$port/b/me" || true)" = 302 ] && break
        sleep 0.5
    done
done
echo >&9
wait "${started[0]}"

sed 1d told | tee seen
diff seen - <<'SEEN'
groups in all: payara ann, ann@a.example
groups in all: liberty ann, ann@a.example
groups in userinfo: payara ann, ann@a.example
groups in userinfo: liberty ann, ann@a.example
name and groups in userinfo: payara ann, ann@a.example
name and groups in userinfo: liberty ann, ann@a.example
groups a text: payara ann, ann@a.example
groups a text: liberty 401
no name: payara f3b0, ann@a.example
no name: liberty 401
ES256: payara ann, ann@a.example
ES256: liberty 401
SEEN
