#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 9068 §2.1 gives access tokens the type "at+jwt"; §4 has an API refuse all but "at+jwt" and "application/at+jwt". At Keycloak
# it is a switch of each client (access.token.header.type.rfc9068); without it the type is "JWT". Which APIs take which token?
#
# Expected: what does not know RFC 9068 takes any type; what knows it takes "at+jwt", and "JWT" too unless it is told otherwise.
# Seen: jose4j 0.9.6, jjwt 0.13.0, SmallRye JWT 4.6.2 and express-oauth2-jwt-bearer 1.10.0 take every type. Nimbus 10.9.1 and
# Spring Security 7.1.2, as they come, refuse "at+jwt", the standard's own. In Spring validateType(false), which switches Nimbus'
# check off, does not help: the default validators look at the type once more. createAtJwtValidator takes "at+jwt" and refuses
# "JWT", and so does express-oauth2-jwt-bearer when it is strict. So the switch of a client cannot be turned while such APIs run,
# in either direction; a JwtTypeValidator that names both types is what takes both.
# For us: the switch is the same and is off; docs/usage/provider-programs.md says what APIs need first. The guard takes both types.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund express-oauth2-jwt-bearer@1.10.0 express@5.3.0 jose@6.2.18
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>types</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.springframework.security</groupId>
      <artifactId>spring-security-oauth2-resource-server</artifactId><version>7.1.2</version></dependency>
    <dependency><groupId>org.springframework.security</groupId>
      <artifactId>spring-security-oauth2-jose</artifactId><version>7.1.2</version></dependency>
    <dependency><groupId>com.nimbusds</groupId><artifactId>nimbus-jose-jwt</artifactId><version>10.9.1</version></dependency>
    <dependency><groupId>io.smallrye</groupId><artifactId>smallrye-jwt</artifactId><version>4.6.2</version></dependency>
    <dependency><groupId>org.bitbucket.b_c</groupId><artifactId>jose4j</artifactId><version>0.9.6</version></dependency>
    <dependency><groupId>org.glassfish</groupId><artifactId>jakarta.json</artifactId><version>2.0.1</version></dependency>
    <dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-jackson</artifactId><version>0.13.0</version></dependency>
    <dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-impl</artifactId><version>0.13.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null

cat >ask.mjs <<'JS'
import fs from 'node:fs'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'

const { publicKey, privateKey } = await generateKeyPair('RS256')
const keys = { keys: [{ ...await exportJWK(publicKey), kid: 'k', alg: 'RS256', use: 'sig' }] }
fs.writeFileSync('keys.json', JSON.stringify(keys))
const tokens = {}
for (const typ of ['none', 'JWT', 'at+jwt', 'application/at+jwt']) {
  const header = { alg: 'RS256', kid: 'k', ...(typ === 'none' ? {} : { typ }) }
  tokens[typ] = await new SignJWT({ client_id: 'app', scope: 'read' }).setProtectedHeader(header).setJti(typ).setSubject('ann')
    .setIssuer('https://issuer.example').setAudience('https://api.example').setIssuedAt().setExpirationTime('5m').sign(privateKey)
}
fs.writeFileSync('tokens', Object.entries(tokens).map((pair) => `${pair.join(' ')}\n`).join(''))

const listen = (handler) => new Promise((resolve) => {
  const server = handler.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
  server.unref()
})
const issuer = await listen(express().get('/keys', (request, response) => response.json(keys)))
for (const strict of [false, true]) {
  const checked = auth({
    issuer: 'https://issuer.example', jwksUri: `${issuer}/keys`, audience: 'https://api.example', strict,
    tokenSigningAlg: 'RS256',
  })
  const api = express().get('/', checked, (request, response) => response.end())
  const address = await listen(api.use((error, request, response, next) => response.status(error.status ?? 500).end()))
  for (const [typ, token] of Object.entries(tokens)) {
    const { status } = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
    console.log(`express-oauth2-jwt-bearer${strict ? ' strict' : ''}: ${typ}: ${status === 200 ? 'taken' : 'refused'}`)
  }
}
JS
node ask.mjs >seen

cat >Ask.java <<'JAVA'
import com.nimbusds.jose.*;
import com.nimbusds.jose.jwk.*;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.*;
import com.nimbusds.jwt.proc.*;
import io.jsonwebtoken.Jwts;
import io.smallrye.jwt.auth.principal.*;
import java.nio.file.*;
import java.security.interfaces.RSAPublicKey;
import java.util.*;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.springframework.security.oauth2.jwt.*;

public class Ask {
    static final String ISSUER = "https://issuer.example", API = "https://api.example";

    interface Way {
        Object read(String token) throws Exception;
    }

    static NimbusJwtDecoder spring(RSAPublicKey key, boolean typed) {
        return NimbusJwtDecoder.withPublicKey(key).validateType(typed).build();
    }

    @SuppressWarnings("unchecked")
    public static void main(String[] none) throws Exception {
        JWKSet keys = JWKSet.load(Path.of("keys.json").toFile());
        RSAPublicKey key = keys.getKeys().get(0).toRSAKey().toRSAPublicKey();
        Map<String, Way> ways = new LinkedHashMap<>();

        var nimbus = new DefaultJWTProcessor<SecurityContext>();
        nimbus.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, new ImmutableJWKSet<>(keys)));
        ways.put("nimbus", token -> nimbus.process(token, null));

        var plain = NimbusJwtDecoder.withPublicKey(key).build();
        ways.put("spring", plain::decode);
        var untyped = spring(key, false);
        untyped.setJwtValidator(JwtValidators.createDefaultWithIssuer(ISSUER));
        ways.put("spring validateType(false)", untyped::decode);
        var rfc9068 = spring(key, false);
        rfc9068.setJwtValidator(JwtValidators.createAtJwtValidator().issuer(ISSUER).clientId("app").audience(API).build());
        ways.put("spring createAtJwtValidator", rfc9068::decode);
        var both = spring(key, false);
        both.setJwtValidator(JwtValidators.createDefaultWithValidators(
            new JwtTypeValidator(List.of("JWT", "at+jwt")), new JwtIssuerValidator(ISSUER)));
        ways.put("spring JwtTypeValidator", both::decode);

        var jose4j = new JwtConsumerBuilder().setVerificationKey(key).setExpectedAudience(API).build();
        ways.put("jose4j", jose4j::processToClaims);
        ways.put("jjwt", token -> Jwts.parser().verifyWith(key).build().parseSignedClaims(token));
        ways.put("smallrye", token -> new DefaultJWTParser(new JWTAuthContextInfo(key, ISSUER)).parse(token));

        for (var way : ways.entrySet())
            for (String line : Files.readAllLines(Path.of("tokens"))) {
                String[] pair = line.split(" ");
                String what = "taken";
                try {
                    way.getValue().read(pair[1]);
                } catch (Exception refusal) {
                    what = "refused";
                }
                System.out.println(way.getKey() + ": " + pair[0] + ": " + what);
            }
    }
}
JAVA
java -cp 'jars/*' Ask.java >>seen 2>errors || { cat errors; exit 1; }
cat seen
: >expected
# expect NAME TYPE…: what it takes; of the four types it refuses the others.
expect() {
    local name=$1 type
    shift
    for type in none JWT at+jwt application/at+jwt; do
        case " $* " in
        *" $type "*) echo "$name: $type: taken" ;;
        *) echo "$name: $type: refused" ;;
        esac
    done >>expected
}
expect express-oauth2-jwt-bearer none JWT at+jwt application/at+jwt
expect 'express-oauth2-jwt-bearer strict' at+jwt application/at+jwt
expect nimbus none JWT
expect spring none JWT
expect 'spring validateType(false)' none JWT
expect 'spring createAtJwtValidator' at+jwt application/at+jwt
expect 'spring JwtTypeValidator' JWT at+jwt
expect jose4j none JWT at+jwt application/at+jwt
expect jjwt none JWT at+jwt application/at+jwt
expect smallrye none JWT at+jwt application/at+jwt
diff expected seen
