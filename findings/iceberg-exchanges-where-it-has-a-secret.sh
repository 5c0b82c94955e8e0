#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Iceberg's REST client has a "credential", an ID and a secret, and gets its tokens by them (client credentials). The token ends after a
# while. How does the next one come?
#
# Expected: as the first one did; there is no refresh token, and the secret is at hand.
# Seen: by token exchange (RFC 8693), of which nobody has told it whether the server knows it: the token that it has, for a fresh one.
# While that token is good, the exchange has no secret beside it but the token itself, as "Authorization: Bearer", which is no way in
# which clients prove who they are (RFC 6749 §2.3): 401 invalid_client. The secret is there, as Basic, from the moment
# on in which the token is over, and then the token is what is exchanged. A server that exchanges no token that is over, as RFC 8693
# §2.2.2 has it, answers 400, the client never asks by its secret alone again, and every request to the catalog has the old token:
# it fails for good after the first token, a few minutes at Keycloak. "token-exchange-enabled" = "false" does what was expected.
# And without "scope" it asks for the scope "catalog", which a realm does not have: invalid_scope.
# For us: the same refusals; docs/usage/provider-protocol.md names the two settings.
#
# iceberg-core 1.12.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>iceberg</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.iceberg</groupId><artifactId>iceberg-core</artifactId><version>1.12.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null

# A catalog with no namespaces, and a token endpoint whose tokens are good for half a minute, for each of the two. Lines that repeat are written once.
cat >Ask.java <<'JAVA'
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.apache.iceberg.rest.RESTCatalog;

public class Ask {
    static final Set<String> seen = Collections.synchronizedSet(new TreeSet<>());
    static final int LIFETIME = 30;

    static long now() {
        return System.currentTimeMillis() / 1000;
    }

    static String token() {
        var base64 = Base64.getUrlEncoder().withoutPadding();
        String claims = "{\"sub\":\"app\",\"jti\":\"" + UUID.randomUUID() + "\",\"exp\":" + (now() + LIFETIME) + "}";
        return base64.encodeToString("{\"alg\":\"RS256\"}".getBytes()) + "." + base64.encodeToString(claims.getBytes()) + ".AAAA";
    }

    static boolean over(String token, int since) {
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
        return Long.parseLong(claims.replaceAll(".*\"exp\":(\\d+).*", "$1")) + since <= now();
    }

    static String name(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().startsWith("/usual") ? "as it comes: " : "token-exchange-enabled=false: ";
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length());
        exchange.getResponseBody().write(body.getBytes());
        exchange.close();
    }

    static void grant(HttpExchange exchange) throws IOException {
        Map<String, String> form = new HashMap<>();
        for (String pair : new String(exchange.getRequestBody().readAllBytes()).split("&"))
            form.put(pair.split("=", 2)[0], URLDecoder.decode(pair.split("=", 2)[1], StandardCharsets.UTF_8));
        String scheme = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "none").split(" ")[0];
        String what = name(exchange) + form.get("grant_type").replaceAll(".*:", "") + ", scope " + form.get("scope") + ", Authorization " + scheme;
        boolean exchanges = form.containsKey("subject_token");
        boolean old = exchanges && over(form.get("subject_token"), 0);
        if (scheme.equals("Basic"))
            what += old ? ", of a token that is over" : ", of a good token";
        boolean known = scheme.equals("Basic") || form.containsKey("client_secret");
        seen.add(what + ": " + (!known ? 401 : old ? 400 : 200));
        if (!known)
            answer(exchange, 401, "{\"error\":\"invalid_client\"}");
        else if (old)
            answer(exchange, 400, "{\"error\":\"invalid_request\"}");
        else
            answer(exchange, 200, "{\"access_token\":\"" + token() + "\",\"token_type\":\"Bearer\",\"expires_in\":" + LIFETIME
                + ",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\"}");
    }

    public static void main(String[] none) throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        var client = Executors.newCachedThreadPool();
        for (String name : List.of("usual", "false")) {
            server.createContext("/" + name + "/token", Ask::grant);
            server.createContext("/" + name + "/v1/config", exchange -> answer(exchange, 200, "{\"defaults\":{},\"overrides\":{}}"));
            server.createContext("/" + name + "/v1/namespaces", exchange -> {
                if (over(exchange.getRequestHeaders().getFirst("Authorization").split(" ")[1], 6))
                    seen.add(name(exchange) + "the catalog is asked with a token that has long been over");
                answer(exchange, 200, "{\"namespaces\":[]}");
            });
        }
        server.start();
        var both = new ArrayList<Callable<Void>>();
        for (String name : List.of("usual", "false")) {
            String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
            var settings = new HashMap<>(Map.of("uri", base, "credential", "app:secret", "oauth2-server-uri", base + "/token"));
            if (name.equals("false"))
                settings.put("token-exchange-enabled", "false");
            both.add(() -> {
                try (var catalog = new RESTCatalog()) {
                    catalog.initialize("catalog", settings);
                    for (int i = 0; i < LIFETIME + 12; i++) {
                        catalog.listNamespaces();
                        Thread.sleep(1000);
                    }
                }
                return null;
            });
        }
        for (var done : client.invokeAll(both))
            done.get();
        seen.forEach(System.out::println);
        System.exit(0);
    }
}
JAVA
java -cp 'jars/*' Ask.java >seen 2>/dev/null

cat seen
cat >expected <<'TEXT'
as it comes: client_credentials, scope catalog, Authorization none: 200
as it comes: the catalog is asked with a token that has long been over
as it comes: token-exchange, scope catalog, Authorization Basic, of a token that is over: 400
as it comes: token-exchange, scope catalog, Authorization Bearer: 401
token-exchange-enabled=false: client_credentials, scope catalog, Authorization none: 200
TEXT
diff expected seen
