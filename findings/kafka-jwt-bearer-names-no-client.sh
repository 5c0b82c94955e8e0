#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kafka's client gets tokens by the JWT bearer grant since 4.1 (JwtBearerJwtRetriever), and its broker takes them with
# BrokerJwtValidator. Both are asked what they make of a realm: which client asks, and which scopes has a token of two?
#
# Expected: the request names the client that is configured beside the assertion, by sasl.oauthbearer.client.credentials.client.id and
# its secret, as ClientCredentialsJwtRetriever does; "scope": "read write" is two scopes (RFC 6749 §3.3, RFC 9068 §2.2.3).
# Seen: the request has grant_type, assertion and scope and no client, whatever is configured, so that a provider that lets none but its
# own clients use the grant cannot know who asks. With the client credentials grant the assertion, made by the same settings, is the
# client's authentication, and client_id is there. The broker takes "read write" for one scope of that name (an array is two), and
# whoever decides by OAuthBearerToken.scope() finds neither. A broker that is not told expected.issuer and expected.audience is not
# configured at all, and a token without "aud" is refused.
# For us: docs/usage/provider-programs.md says which of the two to take; a client gets "aud" by an audience mapper.
#
# kafka-clients 4.4.0, jose4j 0.9.6.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>4.4.0</version></dependency>
    <dependency><groupId>org.bitbucket.b_c</groupId><artifactId>jose4j</artifactId><version>0.9.6</version></dependency>
    <dependency><groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>2.17.2</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem 2>/dev/null
cat >Ask.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.util.*;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.*;
import org.apache.kafka.common.security.oauthbearer.*;
import org.jose4j.jwk.*;
import org.jose4j.jws.*;
import org.jose4j.jwt.*;

public class Ask {
    static String base, asked;
    static RsaJsonWebKey key;

    static String token(Object scope, String audience) throws Exception {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(base);
        claims.setSubject("ann");
        if (audience != null) claims.setAudience(audience);
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(5);
        claims.setClaim("scope", scope);
        JsonWebSignature jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setKey(key.getPrivateKey());
        jws.setKeyIdHeaderValue(key.getKeyId());
        jws.setAlgorithmHeaderValue("RS256");
        return jws.getCompactSerialization();
    }

    static Map<String, Object> settings(Object... pairs) {
        ConfigDef all = new ConfigDef();
        SaslConfigs.addClientSaslSupport(all);
        SslConfigs.addClientSslSupport(all);
        Map<String, Object> given = new HashMap<>();
        given.put("sasl.oauthbearer.token.endpoint.url", base + "/token");
        given.put("sasl.oauthbearer.jwks.endpoint.url", base + "/keys");
        for (int i = 0; i < pairs.length; i += 2) given.put("sasl.oauthbearer." + pairs[i], pairs[i + 1]);
        return new HashMap<>(new AbstractConfig(all, given, false).values());
    }

    static List<AppConfigurationEntry> jaas() {
        return List.of(new AppConfigurationEntry(OAuthBearerLoginModule.class.getName(), AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, Map.of()));
    }

    static void retrieve(String what, JwtRetriever retriever, Object... pairs) throws Exception {
        asked = "";
        retriever.configure(settings(pairs), "OAUTHBEARER", jaas());
        retriever.retrieve();
        System.out.println(what + ": " + asked);
    }

    static void check(String what, String token, Object... pairs) {
        String seen;
        try (BrokerJwtValidator broker = new BrokerJwtValidator()) {
            broker.configure(settings(pairs), "OAUTHBEARER", jaas());
            try {
                Set<String> scopes = new TreeSet<>(broker.validate(token).scope());
                seen = scopes.size() + " scope(s): " + scopes;
            } catch (JwtValidatorException e) {
                seen = "refused";
            }
        } catch (Exception e) {
            seen = e.getClass().getSimpleName();
        }
        System.out.println(what + ": " + seen);
    }

    public static void main(String[] arguments) throws Exception {
        key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("k");
        key.setAlgorithm("RS256");
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", base + "/token," + base + "/keys");
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.files", arguments[0]);
        server.createContext("/", exchange -> {
            String form = new String(exchange.getRequestBody().readAllBytes());
            if (exchange.getRequestURI().getPath().equals("/token")) {
                TreeSet<String> names = new TreeSet<>();
                for (String pair : form.split("&")) names.add(pair.replaceAll("=.*", ""));
                asked = names + (exchange.getRequestHeaders().containsKey("Authorization") ? " and Basic" : " and no Authorization field");
            }
            byte[] body;
            try {
                body = (exchange.getRequestURI().getPath().equals("/keys") ? new JsonWebKeySet(key).toJson()
                    : "{\"token_type\":\"Bearer\",\"expires_in\":300,\"access_token\":\"" + token("read", "kafka") + "\"}").getBytes();
            } catch (Exception e) {
                throw new RuntimeException(e);
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Object[] secret = {"client.credentials.client.id", "app", "client.credentials.client.secret", "secret", "scope", "read"};
        Object[] assertion = {"client.credentials.client.id", "app", "scope", "read", "assertion.algorithm", "RS256", "assertion.private.key.file", arguments[0],
            "assertion.claim.iss", "app", "assertion.claim.sub", "app", "assertion.claim.aud", base};
        Object[] both = Arrays.copyOf(assertion, assertion.length + 2);
        both[assertion.length] = "client.credentials.client.secret";
        both[assertion.length + 1] = "secret";
        retrieve("client credentials, a secret", new ClientCredentialsJwtRetriever(), secret);
        retrieve("client credentials, an assertion", new ClientCredentialsJwtRetriever(), assertion);
        retrieve("JWT bearer, client and secret", new JwtBearerJwtRetriever(), both);
        Object[] rules = {"expected.issuer", base, "expected.audience", List.of("kafka")};
        check("scope \"read write\"", token("read write", "kafka"), rules);
        check("scope [\"read\", \"write\"]", token(List.of("read", "write"), "kafka"), rules);
        check("no aud", token("read", null), rules);
        check("nothing expected", token("read", "kafka"));
        System.exit(0);
    }
}
JAVA
java -cp 'jars/*' Ask.java "$work/key.pem" 2>/dev/null >seen
cat seen
cat >expected <<'TEXT'
client credentials, a secret: [grant_type, scope] and Basic
client credentials, an assertion: [client_assertion, client_assertion_type, client_id, grant_type, scope] and no Authorization field
JWT bearer, client and secret: [assertion, grant_type, scope] and no Authorization field
scope "read write": 1 scope(s): [read write]
scope ["read", "write"]: 2 scope(s): [read, write]
no aud: refused
nothing expected: ConfigException
TEXT
diff expected seen
