#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Quarkus signs people in at a provider (quarkus-oidc, a web application), and takes its logout tokens (OpenID Connect Back-Channel
# Logout). Ann is signed in with two browsers; the provider ends a session of hers, or all: Keycloak sends a token for each session
# ("sub" and "sid"). Which of the browsers is signed in afterwards, when it asks for its next page?
#
# Expected: with "sid" the one whose session it is goes, whichever asks first; with a token for each both go; with "sub" alone, both.
# Seen: a token that has come is kept until a session of that user asks, whichever it is: it is taken away there, and if its "sid" is
# of the other session, both stay. So one browser that goes on working keeps the other signed in. Of tokens for each session the
# last is kept alone, and of one for the whole user the browser that asks first is signed out, and no other. Each is answered with 200.
# It is the default quarkus.oidc.logout.backchannel.logout-token-key=sub; with sid the tokens are kept by the session, and every
# case comes out as expected, but that a token without "sid" is answered with 400.
# For us: our provider has "sub" in each token, as Keycloak, and "sid" with backchannel.logout.session.required; docs/usage/provider-protocol.md
# says that both have to be set.
# Quarkus 3.33.2.
set -euo pipefail
work=$(mktemp -d)
provider=''
app=''
finish() {
    local started
    for started in $app $provider; do
        kill "$started" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>app</groupId>
  <artifactId>app</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>io.quarkus.platform</groupId>
        <artifactId>quarkus-bom</artifactId>
        <version>3.33.2</version>
        <type>pom</type>
        <scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-oidc</artifactId></dependency>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
      <plugin>
        <groupId>io.quarkus.platform</groupId>
        <artifactId>quarkus-maven-plugin</artifactId>
        <version>3.33.2</version>
        <extensions>true</extensions>
        <executions><execution><goals><goal>build</goal></goals></execution></executions>
      </plugin>
    </plugins>
  </build>
</project>
XML
mkdir -p src/main/java/app src/main/resources
cat >src/main/java/app/Me.java <<'JAVA'
package app;

import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/me")
@Authenticated
public class Me {
    @GET
    public String me() {
        return "ann";
    }
}
JAVA
cat >src/main/resources/application.properties <<'PROPERTIES'
quarkus.http.host=127.0.0.1
quarkus.http.port=0
quarkus.oidc.client-id=app
quarkus.oidc.credentials.secret=app-secret
quarkus.oidc.application-type=web-app
quarkus.oidc.logout.backchannel.path=/back
PROPERTIES
mvn -q -B package

# A provider in a few lines: each login is a session of its own ("sid"), and always of Ann. /logout/SID is the logout token of that
# session, /logout that of all of hers.
python3 -m venv v
v/bin/pip -q install joserfc==1.8.0
cat >provider.py <<'PY'
import http.server, itertools, json, time, urllib.parse
from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
SESSIONS = (f"s{n}" for n in itertools.count(1))
EVENT = "http://schemas.openid.net/event/backchannel-logout"

def signed(issuer, typ, **claims):
    now = int(time.time())
    claims = {"iss": issuer, "sub": "ann", "aud": "app", "iat": now, "exp": now + 600, "jti": str(time.time()), **claims}
    return jwt.encode({"alg": "RS256", "kid": "one", "typ": typ}, claims, KEY)

class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=None, **headers):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        issuer = f"http://{self.headers['Host']}"
        path, _, query = self.path.partition("?")
        if path == "/auth":
            asked = dict(urllib.parse.parse_qsl(query))
            code = urllib.parse.urlencode({"state": asked["state"], "code": next(SESSIONS)})
            self.answer(302, Location=f"{asked['redirect_uri']}?{code}")
        elif path == "/certs":
            self.answer(200, {"keys": [KEY.as_dict(private=False)]})
        elif path.startswith("/logout"):
            session = {"sid": path.rpartition("/")[2]} if path.count("/") == 2 else {}
            self.answer(200, signed(issuer, "logout+jwt", events={EVENT: {}}, **session))
        else:
            self.answer(200, {"issuer": issuer, "authorization_endpoint": f"{issuer}/auth", "token_endpoint": f"{issuer}/token",
                              "jwks_uri": f"{issuer}/certs", "response_types_supported": ["code"],
                              "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]})

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        issuer = f"http://{self.headers['Host']}"
        token = signed(issuer, "JWT", sid=form["code"])
        self.answer(200, {"access_token": token, "id_token": token, "token_type": "Bearer", "expires_in": 600})

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
v/bin/python provider.py >issuer &
provider=$!
until [ -s issuer ]; do sleep 0.1; done

# Two browsers of Ann sign in, the tokens come, and each browser asks again: who is still signed in?
cat >browsers.py <<'PY'
import http.cookiejar, json, sys, urllib.error, urllib.parse, urllib.request

issuer, app, key, count = *sys.argv[1:4], int(sys.argv[4])

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

def browser():
    jar = http.cookiejar.CookieJar()
    signing_in = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    assert signing_in.open(f"{app}/me").read() == b"ann"
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), Stay)

def state(opener):
    try:
        return "stays" if opener.open(f"{app}/me").status == 200 else "?"
    except urllib.error.HTTPError as error:
        return "out" if error.code == 302 else str(error.code)

def tell(path):
    token = json.load(urllib.request.urlopen(f"{issuer}{path}"))
    form = urllib.parse.urlencode({"logout_token": token}).encode()
    try:
        return urllib.request.urlopen(f"{app}/back", form).status
    except urllib.error.HTTPError as error:
        return error.code

def case(name, paths, last_first=False):
    global count
    both = [browser(), browser()]
    taken = [tell(path.format(first=f"s{count + 1}", second=f"s{count + 2}")) for path in paths]
    count += 2
    order = list(reversed(both)) if last_first else both
    seen = {id(one): state(one) for one in order}
    print(f"{key}: {name}: {taken}: first {seen[id(both[0])]}, second {seen[id(both[1])]}")

case("one token, of the second", ["/logout/{second}"], last_first=True)
case("one token, of the second, while the first asks before it", ["/logout/{second}"])
case("a token each", ["/logout/{first}", "/logout/{second}"])
case("one token, of the user", ["/logout"])
PY

count=0
for key in sub sid; do
    java -Dquarkus.oidc.auth-server-url="$(cat issuer)" -Dquarkus.oidc.logout.backchannel.logout-token-key=$key \
        -jar target/quarkus-app/quarkus-run.jar >log.$key 2>&1 &
    app=$!
    until grep -aqs 'Listening on' log.$key; do
        kill -0 "$app"
        sleep 0.5
    done
    v/bin/python browsers.py "$(cat issuer)" "$(grep -ao 'http://127.0.0.1:[0-9]*$' log.$key | tail -1)" $key $count >>seen
    count=$((count + 8))
    kill "$app"
    wait "$app" 2>/dev/null || true
    app=''
done
cat seen
diff seen - <<'SEEN'
sub: one token, of the second: [200]: first stays, second out
sub: one token, of the second, while the first asks before it: [200]: first stays, second stays
sub: a token each: [200, 200]: first stays, second stays
sub: one token, of the user: [200]: first out, second stays
sid: one token, of the second: [200]: first stays, second out
sid: one token, of the second, while the first asks before it: [200]: first stays, second out
sid: a token each: [200, 200]: first out, second out
sid: one token, of the user: [400]: first stays, second stays
SEEN
