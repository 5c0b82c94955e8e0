#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A client of a realm has a mapper of groups with the claim name "realm_access.groups", for an API that looks for them beside the roles,
# which Keycloak puts into "realm_access". A dot in a claim's name makes an object within an object.
#
# Expected: "realm_access": {"roles": [...], "groups": [...]}.
# Seen: the access token has "realm_access" twice, once with the roles and once with the groups. From then on Keycloak refuses it itself:
# userinfo says "Token verification failed", introspection {"active": false}, and the log has "Failed to read access token from JWT".
# Of those that verify it themselves, nimbus-jose-jwt (and so Spring), jose4j (Quarkus) and jjwt refuse every token of the client; PyJWT
# and jose (npm) take the last of the two, so that the roles are gone; golang-jwt takes the last with a map, and with a struct it has
# both. RFC 7519 §4 lets a reader do either, and a token have neither. The ID token, which has no roles, is good, and so is a login.
# For us: the two are one object.
#
# Keycloak 26.7.3, PyJWT 2.15.1, jose 6.2.18, golang-jwt 5.3.1, nimbus-jose-jwt 10.9.1, jose4j 0.9.6, jjwt 0.13.0.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin-password
keycloak-$version/bin/kc.sh start-dev --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
for _ in $(seq 600); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/realms/master" && break
    sleep 0.5
done

cat >ask.py <<'PY'
import base64
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request


def call(method, path, body=None, form=None, **fields):
    data = urllib.parse.urlencode(form).encode() if form else json.dumps(body).encode() if body is not None else None
    fields |= {"Content-Type": "application/json"} if body is not None else {}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, data, fields, method=method))
    except urllib.error.HTTPError as refusal:
        answer = refusal
    text = answer.read()
    return answer.status, json.loads(text) if text else {}


def grant(realm, **form):
    return call("POST", f"/realms/{realm}/protocol/openid-connect/token", form={"grant_type": "password", **form})


def admin(method, path, body=None):
    status, answer = call(method, f"/admin/realms{path}", body, Authorization=f"Bearer {admin.token}")
    if status == 401:
        admin.token = grant("master", client_id="admin-cli", username="admin", password="admin-password")[1]["access_token"]
        return admin(method, path, body)
    return answer


admin.token = ""


on = {f"{kind}.token.claim": "true" for kind in ("access", "id", "userinfo", "introspection")}
mapper = {"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper"}
mapper |= {"config": {"claim.name": "realm_access.groups", "full.path": "false", **on}}
app = {"clientId": "app", "secret": "app-secret", "directAccessGrantsEnabled": True}
ann = {"username": "ann", "enabled": True, "email": "ann@shop.example", "firstName": "Ann", "lastName": "Lee", "realmRoles": ["clerk"]}
ann |= {"groups": ["/staff"], "credentials": [{"type": "password", "value": "ann-password"}]}
realm = {"realm": "shop", "enabled": True, "roles": {"realm": [{"name": "clerk"}]}, "groups": [{"name": "staff"}], "users": [ann]}
audience = {"name": "aud", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper"}
audience |= {"config": {"included.custom.audience": "app", "access.token.claim": "true", "introspection.token.claim": "true"}}
admin("POST", "", {**realm, "clients": [{**app, "protocolMappers": [audience]}]})
protocol = "/realms/shop/protocol/openid-connect"


def ask(what):
    answer = grant("shop", client_id="app", client_secret="app-secret", username="ann", password="ann-password", scope="openid")[1]
    token = answer["access_token"]
    payload = base64.urlsafe_b64decode(token.split(".")[1] + "==").decode()
    print(f"{what}:", *re.findall('"realm_access":{[^}]*}', payload))
    print("  userinfo:", call("GET", f"{protocol}/userinfo", Authorization=f"Bearer {token}")[0])
    form = {"token": token, "client_id": "app", "client_secret": "app-secret"}
    print("  introspection:", call("POST", f"{protocol}/token/introspect", form=form)[1]["active"])
    return token


ask("before")
client = admin("GET", "/shop/clients?clientId=app")[0]["id"]
admin("POST", f"/shop/clients/{client}/protocol-mappers/models", mapper)
open("token", "w").write(ask("with the mapper"))
json.dump(call("GET", f"{protocol}/certs")[1], open("keys", "w"))
PY
python3 ask.py "http://127.0.0.1:$port" >seen
kill "$pid"

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1'
cat >read.py <<'PY'
import json

import jwt

token, keys = open("token").read(), jwt.PyJWKSet.from_dict({"keys": [key for key in json.load(open("keys"))["keys"] if key["use"] == "sig"]})
claims = jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], ["RS256"], audience="app")
print("PyJWT:", ", ".join(sorted(claims["realm_access"])))
PY
v/bin/python read.py >>seen

npm init -y >/dev/null
npm install --silent --no-audit --no-fund jose@6.2.18
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { webcrypto } from 'node:crypto'
globalThis.crypto ??= webcrypto
const { jwtVerify, createLocalJWKSet } = await import('jose')
const keys = createLocalJWKSet(JSON.parse(readFileSync('keys', 'utf8')))
const { payload } = await jwtVerify(readFileSync('token', 'utf8'), keys)
console.log('jose:', Object.keys(payload.realm_access).sort().join(', '))
JS
node --no-deprecation ask.mjs >>seen

mkdir go && cd go
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

type claims struct {
	jwt.RegisteredClaims
	Access struct {
		Roles  []string `json:"roles"`
		Groups []string `json:"groups"`
	} `json:"realm_access"`
}

func main() {
	token, _ := os.ReadFile("token")
	set, _ := os.ReadFile("keys")
	keys, err := keyfunc.NewJWKSetJSON(json.RawMessage(set))
	if err != nil {
		panic(err)
	}
	parsed, err := jwt.Parse(string(token), keys.Keyfunc)
	if err != nil {
		panic(err)
	}
	var names []string
	for name := range parsed.Claims.(jwt.MapClaims)["realm_access"].(map[string]any) {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Println("golang-jwt, a map:", strings.Join(names, ", "))
	var own claims
	if _, err := jwt.ParseWithClaims(string(token), &own, keys.Keyfunc); err != nil {
		panic(err)
	}
	fmt.Println("golang-jwt, a struct:", own.Access.Roles, own.Access.Groups)
}
GO
go mod init findings >/dev/null 2>&1
export GOFLAGS=-mod=mod
go get github.com/golang-jwt/jwt/v5@v5.3.1 github.com/MicahParks/keyfunc/v3@v3.9.2 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go build -o ../ask .
cd ..
./ask >>seen

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>twice</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.nimbusds</groupId><artifactId>nimbus-jose-jwt</artifactId><version>10.9.1</version></dependency>
    <dependency><groupId>org.bitbucket.b_c</groupId><artifactId>jose4j</artifactId><version>0.9.6</version></dependency>
    <dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-impl</artifactId><version>0.13.0</version></dependency>
    <dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-jackson</artifactId><version>0.13.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null 2>&1
cat >Ask.java <<'JAVA'
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.*;
import com.nimbusds.jose.*;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.jsonwebtoken.Jwts;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.Callable;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;

public class Ask {
    static void told(String name, Callable<Object> access) {
        try {
            System.out.println(name + ": " + String.join(", ", new TreeSet<>(((Map<String, ?>) access.call()).keySet())));
        } catch (Exception refusal) {
            System.out.println(name + ": refused");
        }
    }

    public static void main(String[] arguments) throws Exception {
        String token = Files.readString(Path.of("token")), keys = Files.readString(Path.of("keys"));
        var set = JWKSet.parse(keys);
        var nimbus = new DefaultJWTProcessor<SecurityContext>();
        nimbus.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, new ImmutableJWKSet<>(set)));
        told("nimbus-jose-jwt", () -> nimbus.process(token, null).getJSONObjectClaim("realm_access"));
        var jose4j = new JwtConsumerBuilder().setSkipDefaultAudienceValidation()
            .setVerificationKeyResolver(new JwksVerificationKeyResolver(new JsonWebKeySet(keys).getJsonWebKeys())).build();
        told("jose4j", () -> jose4j.processToClaims(token).getClaimValue("realm_access"));
        var jjwt = Jwts.parser().keyLocator(header -> {
            try {
                return set.getKeyByKeyId((String) header.get("kid")).toRSAKey().toPublicKey();
            } catch (JOSEException error) {
                throw new IllegalStateException(error);
            }
        }).build();
        told("jjwt", () -> jjwt.parseSignedClaims(token).getPayload().get("realm_access"));
    }
}
JAVA
java -cp 'jars/*' Ask.java >>seen 2>/dev/null
cat seen
diff seen - <<'TEXT'
before: "realm_access":{"roles":["clerk"]}
  userinfo: 200
  introspection: True
with the mapper: "realm_access":{"roles":["clerk"]} "realm_access":{"groups":["staff"]}
  userinfo: 401
  introspection: False
PyJWT: groups
jose: groups
golang-jwt, a map: groups
golang-jwt, a struct: [clerk] [staff]
nimbus-jose-jwt: refused
jose4j: refused
jjwt: refused
TEXT
