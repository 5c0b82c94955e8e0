#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An API's clock is behind its provider's, by a few seconds or by a hundredth of one: NTP promises no more. A token that comes at once
# has then an "iat" that is still to come. It has no "nbf", as Keycloak's and most others' have none; "iat" is when it was issued, and
# RFC 7519 §4.1.6 says nothing of refusing by it. Here it is 50 s ahead, and each library is asked until it takes the token.
#
# Expected: nobody looks, as only "nbf" says when a token begins, or there is room for clocks.
# Seen: half of them refuse, to the second: PyJWT 2.15.1, Authlib 1.9.10, joserfc 1.8.0 and google-auth 2.63.0 in Python, golang-jwt 4.5.2
# and jwx 3.4.0 in Go, java-jwt 4.5.1 (which Ktor stands on) and Vert.x 5.0.7, hono 4.13.19. None of them has room for clocks as it
# comes, and none checks so for "iat" because somebody asked. So an API that is 10 ms behind answers 401 to about one in a
# hundred tokens that come at once, and the same token is good when it is sent again.
# jose 6.2.18, jsonwebtoken 9.0.3, fast-jwt 6.3.6, express-oauth2-jwt-bearer 1.10.0, python-jose 3.5.0, jwcrypto 1.6.1, jjwt 0.13.0,
# jose4j 0.9.6, Spring Security 7.1.2, golang-jwt 5.3.1, ruby-jwt 2.5.0 and Crypt::JWT 0.034 take it, and go-jose 4.1.9 up to a minute.
# For us: the guard forgives 30 s. docs/usage/provider-programs.md says whose APIs need a leeway of their own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir debs
(cd debs && apt-get -qq download ruby-jwt=2.5.0-1+deb12u1 libcrypt-jwt-perl=0.034-1 libcryptx-perl libjson-perl 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
PERL5LIB=$(find "$work/root" -type d \( -path '*/share/perl5' -o -path '*/perl5/[0-9]*' \) -prune | paste -sd:)
export PERL5LIB
cat >ask.rb <<'RUBY'
require 'jwt'
token = File.read('token')
at, waited = Time.at(Integer(File.read('iat'))), false
begin
  JWT.decode(token, File.read('secret'), true, algorithm: 'HS256')
rescue JWT::DecodeError
  waited = true
  abort 'ruby-jwt: never' if Time.now > at + 5
  sleep 0.2
  retry
end
puts "ruby-jwt: #{waited ? 'in time' : 'at once'}"
RUBY
cat >ask.pl <<'PERL'
use Crypt::JWT qw(decode_jwt);
sub text { local (@ARGV, $/) = @_; <> }
my ($token, $at, $waited) = (text('token'), text('iat'), 0);
until (eval { decode_jwt(token => $token, key => text('secret'), accepted_alg => 'HS256') }) {
    $waited = 1;
    die "Crypt::JWT: never\n" if time > $at + 5;
    select undef, undef, undef, 0.2;
}
print 'Crypt::JWT: ', $waited ? "in time\n" : "at once\n";
PERL

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1' Authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 python-jose==3.5.0 google-auth==2.63.0
cat >ask.py <<'PY'
import time

import authlib.jose
import google.auth.crypt
import google.auth.jwt
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

token, at, secret = open("token").read(), int(open("iat").read()), open("secret").read()


def of_authlib():
    authlib.jose.jwt.decode(token, secret).validate()


def of_joserfc():
    claims = joserfc.jwt.decode(token, joserfc.jwk.OctKey.import_key(secret)).claims
    joserfc.jwt.JWTClaimsRegistry().validate(claims)


# Google's knows RS256 and ES256 alone, so that it gets the same claims under a key of its own.
private = ec.generate_private_key(ec.SECP256R1())
claims = jwt.decode(token, options={"verify_signature": False})
of_its_own = google.auth.jwt.encode(google.auth.crypt.EsSigner(private), claims)
public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


libraries = {
    "PyJWT": lambda: jwt.decode(token, secret, ["HS256"], audience="api"),
    "Authlib": of_authlib,
    "joserfc": of_joserfc,
    "jwcrypto": lambda: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWK.from_password(secret), expected_type="JWS"),
    "python-jose": lambda: jose.jwt.decode(token, secret, "HS256", audience="api"),
    "google-auth": lambda: google.auth.jwt.decode(of_its_own, certs=public, audience="api"),
}
waited = set()
while libraries and time.time() < at + 5:
    for name, check in list(libraries.items()):
        try:
            check()
        except Exception:
            waited.add(name)
            continue
        print(f"{name}: {'in time' if name in waited else 'at once'}", flush=True)
        del libraries[name]
    time.sleep(0.2)
print("".join(f"{name}: never\n" for name in libraries), end="")
PY

npm init -y >/dev/null
npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 fast-jwt@6.3.6 hono@4.13.19 express-oauth2-jwt-bearer@1.10.0
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { webcrypto } from 'node:crypto'
globalThis.crypto ??= webcrypto
const { jwtVerify } = await import('jose')
const jsonwebtoken = (await import('jsonwebtoken')).default
const { createVerifier } = await import('fast-jwt')
const hono = await import('hono/jwt')
const { auth } = await import('express-oauth2-jwt-bearer')
const [token, at, secret] = ['token', 'iat', 'secret'].map((name) => readFileSync(name, 'utf8'))
const bearer = auth({ issuer: 'https://id.example.com', audience: 'api', secret, tokenSigningAlg: 'HS256' })
const libraries = {
  jose: () => jwtVerify(token, new TextEncoder().encode(secret)),
  jsonwebtoken: () => jsonwebtoken.verify(token, secret),
  'fast-jwt': () => createVerifier({ key: secret })(token),
  hono: () => hono.verify(token, secret, 'HS256'),
  'express-oauth2-jwt-bearer': () => new Promise((good, bad) => {
    const headers = { authorization: `Bearer ${token}`, host: 'api.example.com' }
    const request = { method: 'GET', protocol: 'https', url: '/items', originalUrl: '/items', headers, query: {}, body: {} }
    Object.assign(request, { is: () => false, get: (name) => headers[name.toLowerCase()] })
    bearer(request, {}, (error) => error ? bad(error) : good())
  }),
}
const waited = new Set()
while (Object.keys(libraries).length > 0 && Date.now() / 1000 < Number(at) + 5) {
  for (const [name, check] of Object.entries(libraries)) {
    try {
      await check()
    } catch {
      waited.add(name)
      continue
    }
    console.log(`${name}: ${waited.has(name) ? 'in time' : 'at once'}`)
    delete libraries[name]
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
}
for (const name of Object.keys(libraries)) console.log(`${name}: never`)
JS

mkdir go && cd go
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	jwt4 "github.com/golang-jwt/jwt/v4"
	jwt5 "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

func text(name string) string {
	bytes, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(bytes)
}

func main() {
	token, secret := text("token"), []byte(text("secret"))
	at, _ := strconv.ParseInt(text("iat"), 10, 64)
	libraries := map[string]func() error{
		"golang-jwt v4": func() error {
			_, err := jwt4.Parse(token, func(*jwt4.Token) (any, error) { return secret, nil })
			return err
		},
		"golang-jwt v5": func() error {
			_, err := jwt5.Parse(token, func(*jwt5.Token) (any, error) { return secret, nil })
			return err
		},
		"go-jose": func() error {
			parsed, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})
			if err != nil {
				return err
			}
			var claims josejwt.Claims
			if err := parsed.Claims(secret, &claims); err != nil {
				return err
			}
			return claims.Validate(josejwt.Expected{Time: time.Now()})
		},
		"jwx": func() error {
			_, err := jwxjwt.Parse([]byte(token), jwxjwt.WithKey(jwa.HS256(), secret))
			return err
		},
	}
	waited := map[string]bool{}
	for len(libraries) > 0 && time.Now().Unix() < at+5 {
		for name, check := range libraries {
			if check() != nil {
				waited[name] = true
			} else {
				fmt.Printf("%s: %s\n", name, map[bool]string{true: "in time", false: "at once"}[waited[name]])
				delete(libraries, name)
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	for name := range libraries {
		fmt.Printf("%s: never\n", name)
	}
}
GO
go mod init findings >/dev/null 2>&1
export GOFLAGS=-mod=mod
go get github.com/golang-jwt/jwt/v4@v4.5.2 github.com/golang-jwt/jwt/v5@v5.3.1 github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go build -o ../ask .
cd ..

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>moment</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.auth0</groupId><artifactId>java-jwt</artifactId><version>4.5.1</version></dependency>
    <dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-impl</artifactId><version>0.13.0</version></dependency>
    <dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-jackson</artifactId><version>0.13.0</version></dependency>
    <dependency><groupId>org.bitbucket.b_c</groupId><artifactId>jose4j</artifactId><version>0.9.6</version></dependency>
    <dependency><groupId>io.vertx</groupId><artifactId>vertx-auth-jwt</artifactId><version>5.0.7</version></dependency>
    <dependency><groupId>org.springframework.security</groupId><artifactId>spring-security-oauth2-jose</artifactId><version>7.1.2</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Ask.java <<'JAVA'
import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.vertx.core.Vertx;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

public class Ask {
    public static void main(String[] arguments) throws Exception {
        String token = Files.readString(Path.of("token")), secret = Files.readString(Path.of("secret"));
        long at = Long.parseLong(Files.readString(Path.of("iat")));
        var key = Keys.hmacShaKeyFor(secret.getBytes());
        var vertx = JWTAuth.create(Vertx.vertx(), new JWTAuthOptions()
            .addPubSecKey(new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(secret)));
        var spring = NimbusJwtDecoder.withSecretKey(key).build();
        var consumer = new JwtConsumerBuilder().setVerificationKey(key).setExpectedAudience("api").build();
        Map<String, Callable<?>> libraries = new LinkedHashMap<>();
        libraries.put("java-jwt", () -> JWT.require(Algorithm.HMAC256(secret)).build().verify(token));
        libraries.put("jjwt", () -> Jwts.parser().verifyWith(key).build().parseSignedClaims(token));
        libraries.put("jose4j", () -> consumer.processToClaims(token));
        libraries.put("Spring Security", () -> spring.decode(token));
        libraries.put("Vert.x", () -> vertx.authenticate(new TokenCredentials(token)).toCompletionStage().toCompletableFuture().get(9, TimeUnit.SECONDS));
        Set<String> waited = new HashSet<>();
        while (!libraries.isEmpty() && System.currentTimeMillis() / 1000 < at + 5) {
            for (var library : List.copyOf(libraries.entrySet())) {
                try {
                    library.getValue().call();
                } catch (Exception refusal) {
                    waited.add(library.getKey());
                    continue;
                }
                System.out.println(library.getKey() + ": " + (waited.contains(library.getKey()) ? "in time" : "at once"));
                libraries.remove(library.getKey());
            }
            Thread.sleep(200);
        }
        libraries.keySet().forEach(name -> System.out.println(name + ": never"));
        System.exit(0);
    }
}
JAVA
mkdir classes
javac -cp 'jars/*' -d classes Ask.java

# One token for all, and all at once: "at once" is before its "iat" comes, "in time" when it does.
printf '%s' 0123456789abcdef0123456789abcdef >secret
v/bin/python - <<'PY'
import time

import jwt

now = int(time.time())
claims = {"iss": "https://id.example.com", "sub": "ann", "aud": "api", "iat": now + 50, "exp": now + 350}
open("iat", "w").write(str(claims["iat"]))
open("token", "w").write(jwt.encode(claims, open("secret").read(), "HS256"))
PY
v/bin/python -W ignore ask.py >of-python &
node --no-deprecation ask.mjs >of-node &
./ask >of-go &
java -cp 'classes:jars/*' Ask >of-java 2>/dev/null &
ruby -I root/usr/share/rubygems-integration/all/gems/jwt-2.5.0/lib ask.rb >of-ruby &
perl ask.pl >of-perl &
wait
LC_ALL=C sort of-* | tee seen
diff seen - <<'TEXT'
Authlib: in time
Crypt::JWT: at once
PyJWT: in time
Spring Security: at once
Vert.x: in time
express-oauth2-jwt-bearer: at once
fast-jwt: at once
go-jose: at once
golang-jwt v4: in time
golang-jwt v5: at once
google-auth: in time
hono: in time
java-jwt: in time
jjwt: at once
jose4j: at once
jose: at once
joserfc: in time
jsonwebtoken: at once
jwcrypto: at once
jwx: in time
python-jose: at once
ruby-jwt: at once
TEXT
