#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# MicroProfile JWT is a standard for APIs, so that one application runs on each server that has it: where the keys are, who the issuer is
# and what the audience are said by properties of the standard (mp.jwt.verify.*), the user is the claim "upn", where there is none
# "preferred_username", and else "sub" (its chapter on claims), and roles are in "groups". One application and the tokens of a realm of Keycloak
# with a mapper for groups, on Payara Micro, Open Liberty and Quarkus: which token comes in where?
#
# Expected: the same everywhere.
# Seen: none is taken by all three as it comes from the realm. Open Liberty refuses it for want of "upn"; the two claims that should do in its
# place do not, unless one of them is named in a file of Liberty's own. With "upn" all take it. Payara refuses RFC 9068's type "at+jwt", a
# token without "jti", which is optional (RFC 7519 §4.1.7), and one without "sub"; the other two take the three. A token of the realm's ES256
# key, where nothing is said of an algorithm, which means RS256 in the standard, is taken by Payara alone, and the scheme written "bearer"
# (RFC 9110 §11.1) by Quarkus alone.
# For us: a realm has Keycloak's client scope microprofile-jwt, which has "upn"; docs/usage/provider-programs.md says to give it to clients.
#
# Payara Micro 6.2024.12, Open Liberty 25.0.0.6, Quarkus 3.33.2.
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

python3 -m venv v
v/bin/pip -q install joserfc==1.8.0
cat >realm.py <<'PY'
import http.server
import json
import threading
import time
import urllib.error
import urllib.request

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

RSA = RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS256", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256", "use": "sig"})
ENCRYPTION = RSAKey.generate_key(2048, {"kid": "enc", "alg": "RSA-OAEP", "use": "enc"})


class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = json.dumps({"keys": [key.as_dict(private=False) for key in (ENCRYPTION, RSA, EC)]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
threading.Thread(target=server.serve_forever, daemon=True).start()
issuer = f"http://127.0.0.1:{server.server_port}"
print(issuer, flush=True)


def token(without=(), typ="JWT", key=RSA, **claims):
    now = int(time.time())
    whole = {"iss": issuer, "sub": "f3b0", "aud": ["app", "account"], "azp": "web", "iat": now, "exp": now + 300, "jti": str(time.time()),
             "typ": "Bearer", "preferred_username": "ann", "scope": "openid email", "groups": ["buyer"], **claims}
    header = {"alg": key.get("alg"), "kid": key.kid, "typ": typ}
    return jwt.encode(header, {name: value for name, value in whole.items() if name not in without}, key, algorithms=[key.get("alg")])


def ask(address, text, scheme="Bearer"):
    request = urllib.request.Request(address, headers={"Authorization": f"{scheme} {text}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return str(error.code)


servers = input().split()
for words, text, scheme in (
    ("of the realm", token(), "Bearer"),
    ("with upn", token(upn="ann"), "Bearer"),
    ("with upn, at+jwt", token(upn="ann", typ="at+jwt"), "Bearer"),
    ("with upn, no jti", token(upn="ann", without=["jti"]), "Bearer"),
    ("with upn, no sub", token(upn="ann", without=["sub"]), "Bearer"),
    ("with upn, ES256", token(upn="ann", key=EC), "Bearer"),
    ("with upn, bearer", token(upn="ann"), "bearer"),
):
    print(f"{words}:", ", ".join(f"{name} {ask(f'http://127.0.0.1:{port}/a/r/me', text, scheme)}" for name, port in (s.split("=") for s in servers)))
PY
mkfifo servers
v/bin/python realm.py <servers >told &
started+=($!)
exec 9>servers
until [ -s told ]; do sleep 0.1; done

mkdir -p app/src/main/java/a app/src/main/resources
cat >app/src/main/java/a/Api.java <<'JAVA'
package a;

import jakarta.annotation.security.DeclareRoles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.*;
import jakarta.ws.rs.core.*;
import java.util.Set;
import org.eclipse.microprofile.auth.LoginConfig;

@ApplicationPath("/r")
@LoginConfig(authMethod = "MP-JWT")
@DeclareRoles("buyer")
public class Api extends Application {
    public Set<Class<?>> getClasses() {
        return Set.of(Me.class);
    }

    @Path("/me")
    @RequestScoped
    public static class Me {
        @GET
        @RolesAllowed("buyer")
        public String me(@Context SecurityContext context) {
            return context.getUserPrincipal().getName();
        }
    }
}
JAVA
cat >properties <<TEXT
mp.jwt.verify.publickey.location=$(cat told)/certs
mp.jwt.verify.issuer=$(cat told)
mp.jwt.verify.audiences=app
TEXT
ports=("$(free)" "$(free)" "$(free)")

# Quarkus makes a program of the application, the other two take it as a WAR.
cat properties - >app/src/main/resources/application.properties <<TEXT
quarkus.http.host=127.0.0.1
quarkus.http.port=${ports[2]}
quarkus.http.root-path=/a
TEXT
cat >app/pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>app</groupId><artifactId>app</artifactId><version>1</version>
  <properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>io.quarkus.platform</groupId><artifactId>quarkus-bom</artifactId><version>3.33.2</version><type>pom</type><scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-smallrye-jwt</artifactId></dependency>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
      <plugin>
        <groupId>io.quarkus.platform</groupId><artifactId>quarkus-maven-plugin</artifactId><version>3.33.2</version><extensions>true</extensions>
        <executions><execution><goals><goal>build</goal></goals></execution></executions>
      </plugin>
    </plugins>
  </build>
</project>
XML
(cd app && mvn -q -B package >/dev/null)
mkdir -p war/WEB-INF/classes/META-INF
cp -r app/target/classes/a war/WEB-INF/classes/
cp properties war/WEB-INF/classes/META-INF/microprofile-config.properties
echo '<beans xmlns="https://jakarta.ee/xml/ns/jakartaee" bean-discovery-mode="all" version="4.0"/>' >war/WEB-INF/beans.xml
(cd war && jar cf ../a.war .)

get fish.payara.extras:payara-micro:6.2024.12
java -Xmx700m -jar payara-micro-6.2024.12.jar --nocluster --port "${ports[0]}" --deploy a.war --contextroot /a >log.payara 2>&1 &
started+=($!)
get io.openliberty:openliberty-runtime:25.0.0.6:zip
unzip -q openliberty-runtime-25.0.0.6.zip
mkdir -p wlp/usr/servers/s/apps
cp a.war wlp/usr/servers/s/apps/
cat >wlp/usr/servers/s/server.xml <<XML
<server>
  <featureManager><feature>restfulWS-3.1</feature><feature>mpJwt-2.1</feature><feature>mpConfig-3.0</feature></featureManager>
  <httpEndpoint id="defaultHttpEndpoint" host="127.0.0.1" httpPort="${ports[1]}" httpsPort="-1"/>
  <keyStore id="defaultKeyStore" password="a-password"/>
  <webApplication location="a.war" contextRoot="/a"/>
</server>
XML
sh wlp/bin/server run s >log.liberty 2>&1 &
started+=($!)
java -jar app/target/quarkus-app/quarkus-run.jar >log.quarkus 2>&1 &
started+=($!)
for port in "${ports[@]}"; do
    for _ in {1..240}; do
        [ "$(curl -s -o answer -w '%{http_code}' "http://127.0.0.1:$port/a/r/me" || true)" = 401 ] && break
        sleep 0.5
    done
done
echo "payara=${ports[0]} liberty=${ports[1]} quarkus=${ports[2]}" >&9
wait "${started[0]}"

sed 1d told | tee seen
diff seen - <<'SEEN'
of the realm: payara ann, liberty 401, quarkus ann
with upn: payara ann, liberty ann, quarkus ann
with upn, at+jwt: payara 401, liberty ann, quarkus ann
with upn, no jti: payara 401, liberty ann, quarkus ann
with upn, no sub: payara 401, liberty ann, quarkus ann
with upn, ES256: payara ann, liberty 401, quarkus 401
with upn, bearer: payara 401, liberty 401, quarkus ann
SEEN
