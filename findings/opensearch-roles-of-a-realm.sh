#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# OpenSearch lets people in by a realm's access tokens (its security plugin, type "openid"). roles_key says which claim has the roles
# that its own are mapped from, and ${attr.jwt.NAME} puts a claim into a document-level query. What becomes of a scope, of the roles
# of a realm, {"realm_access": {"roles": […]}}, and of claims that are no words?
#
# Expected: a scope is its words (RFC 9068 §2.2.3); realm_access.roles is found, or refused as a name that no token has; an attribute is
# a value that a query can have: a list its elements, a time its number.
# Seen: a text is split at commas and nowhere else, so that "openid read" is one role of that name, while one scope alone works. The
# dotted name is nothing, and the user is let in without roles. The object's own name is worse than nothing: its text is split,
# and the roles are called "{roles=[user" and " admin]}", with the brackets on whichever comes first and last. Attributes are texts too:
# "[shop, search]" for two audiences, and exp is a date in words, in English and in the server's time zone.
# 3.4.0 does the same, and finds realm_access/roles if roles_key is a list of the two names.
# For us: docs/usage/provider-programs.md has the mapper.
#
# OpenSearch 2.19.4 with opensearch-security 2.19.4.0, its authenticator without a node around it (3.4.0 needs Java 21).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>roles</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.opensearch</groupId><artifactId>opensearch</artifactId><version>2.19.4</version></dependency>
    <dependency><groupId>org.opensearch.plugin</groupId><artifactId>opensearch-security</artifactId><version>2.19.4.0</version>
      <type>zip</type></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
unzip -q jars/opensearch-security-2.19.4.0.zip -d plugin

cat >Ask.java <<'JAVA'
import com.amazon.dlic.auth.http.jwt.keybyoidc.HTTPJwtKeyByOpenIdConnectAuthenticator;
import com.nimbusds.jose.*;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.*;
import com.sun.net.httpserver.HttpServer;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.*;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.security.filter.SecurityRequest;
import org.opensearch.security.user.AuthCredentials;

public class Ask {
    static RSAKey key;
    static String base;

    static void serve() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("one").algorithm(JWSAlgorithm.RS256).generate();
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/", exchange -> {
            String answer = exchange.getRequestURI().getPath().equals("/certs") ? "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}"
                : "{\"issuer\":\"" + base + "\",\"jwks_uri\":\"" + base + "/certs\"}";
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length());
            exchange.getResponseBody().write(answer.getBytes());
            exchange.close();
        });
        server.start();
    }

    static String token() throws Exception {
        var claims = new JWTClaimsSet.Builder().issuer(base).subject("4fbc2731").claim("preferred_username", "ann").claim("typ", "Bearer")
            .claim("scope", "openid read").claim("one_scope", "read").claim("aud", List.of("shop", "search"))
            .claim("realm_access", Map.of("roles", List.of("user", "buyer", "admin"))).claim("roles", List.of("user", "admin"))
            .expirationTime(new Date(4102444800000L)).build();
        var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").type(JOSEObjectType.JWT).build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    static AuthCredentials ask(String rolesKey) throws Exception {
        var settings = Settings.builder().put("openid_connect_url", base).put("subject_key", "preferred_username").put("roles_key", rolesKey)
            .put("idp_request_timeout_ms", 60000).put("idp_queued_thread_timeout_ms", 60000);
        String field = "Bearer " + token();
        var request = (SecurityRequest) Proxy.newProxyInstance(Ask.class.getClassLoader(), new Class<?>[] {SecurityRequest.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getHeaders" -> Map.of("Authorization", List.of(field));
                case "header" -> field;
                case "params" -> Map.of();
                default -> null;
            });
        return new HTTPJwtKeyByOpenIdConnectAuthenticator(settings.build(), null)
            .extractCredentials(request, new ThreadContext(Settings.EMPTY));
    }

    static void run() throws Exception {
        serve();
        for (String name : List.of("roles", "one_scope", "scope", "realm_access.roles", "realm_access")) {
            var roles = new TreeSet<String>();
            ask(name).getBackendRoles().forEach(role -> roles.add("\"" + role + "\""));
            System.out.println((name + ": " + roles.size() + " roles " + String.join(" ", roles)).strip());
        }
        for (String name : List.of("aud", "exp", "realm_access"))
            System.out.println("attribute " + name + ": " + ask("roles").getAttributes().get("attr.jwt." + name));
    }

    public static void main(String[] none) {
        try {
            run();
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
JAVA
java -Xmx512m -Duser.timezone=UTC -cp 'plugin/*:jars/*' Ask.java >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
roles: 2 roles "admin" "user"
one_scope: 1 roles "read"
scope: 1 roles "openid read"
realm_access.roles: 0 roles
realm_access: 3 roles " admin]}" " buyer" "{roles=[user"
attribute aud: [shop, search]
attribute exp: Fri Jan 01 00:00:00 UTC 2100
attribute realm_access: {roles=[user, buyer, admin]}
TEXT
diff expected seen
