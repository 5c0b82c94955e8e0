#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Keycloak's token answers say how long the refresh token is good, in a member of its own, "refresh_expires_in". For offline
# tokens it is 0 unless the realm limits offline sessions: there is no end. What do the clients make of 0 that read the member?
#
# Expected: what Keycloak means; the two that are tried come from those who make Keycloak.
# Seen: both add 0 to the clock, and the refresh token is over as soon as it is there. keycloak-admin-client and quarkus-oidc-client,
# with a user's password and the scope offline_access, refresh as long as the number is 1800. With 0 they never do: each time
# that the access token ends they log in anew, and each login leaves one more offline session at the provider, which does not end.
# logout() of the admin client, which ends the session in the first case, sends nothing in the second.
# For us: the answer has 0 as Keycloak's has, since others take it for no end; with "offlineSessionMaxLifespanEnabled" in the
# realm it has a number, and both clients refresh. docs/usage/provider-protocol.md says so.
#
# keycloak-admin-client 26.0.7, quarkus-oidc-client 3.33.2.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>refresh</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.keycloak</groupId>
      <artifactId>keycloak-admin-client</artifactId><version>26.0.7</version></dependency>
    <dependency><groupId>io.quarkus</groupId>
      <artifactId>quarkus-oidc-client</artifactId><version>3.33.2</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null

# A token endpoint that says which grants it was asked for. Quarkus' client is made without Quarkus around it, whose only way there
# is not public; the helper is what its filters ask for a token before each request.
cat >Ask.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.runtime.OidcClientConfig;
import io.quarkus.oidc.client.runtime.TokensHelper;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.MultiMap;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.ext.web.client.WebClient;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.stream.Stream;
import org.keycloak.admin.client.KeycloakBuilder;

public class Ask {
    static final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    static int lifetime;

    static String asked() {
        String all = asked.isEmpty() ? "nothing" : String.join(", ", asked);
        asked.clear();
        return all;
    }

    static String serve() throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            Map<String, String> form = new HashMap<>();
            for (String pair : new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split("&"))
                form.put(pair.split("=")[0], URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.UTF_8));
            boolean logout = exchange.getRequestURI().getPath().endsWith("/logout");
            asked.add(logout ? "logout" : form.get("grant_type"));
            byte[] answer = ("{\"access_token\":\"t\",\"expires_in\":1,\"refresh_expires_in\":" + lifetime
                + ",\"refresh_token\":\"r\",\"token_type\":\"Bearer\",\"scope\":\"offline_access\"}").getBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(logout ? 204 : 200, logout ? -1 : answer.length);
            if (!logout)
                exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @SuppressWarnings("unchecked")
    static OidcClient quarkus(String base) throws Exception {
        Method of = Stream.of(Class.forName("io.quarkus.oidc.client.runtime.OidcClientImpl").getDeclaredMethods())
            .filter(method -> method.getName().equals("of")).findFirst().get();
        of.setAccessible(true);
        var password = MultiMap.caseInsensitiveMultiMap().add("grant_type", "password").add("username", "ann")
            .add("password", "secret").add("scope", "offline_access");
        var refresh = MultiMap.caseInsensitiveMultiMap().add("grant_type", "refresh_token");
        var config = OidcClientConfig.builder().id("app").clientId("app").build();
        var vertx = Vertx.vertx();
        return ((Uni<OidcClient>) of.invoke(null, WebClient.create(vertx), base + "/token", base + "/revoke", "password", password,
            refresh, config, Map.of(), Map.of(), vertx.getDelegate())).await().indefinitely();
    }

    public static void main(String[] none) throws Exception {
        String base = serve();
        for (int seconds : new int[] {1800, 0}) {
            lifetime = seconds;
            var keycloak = KeycloakBuilder.builder().serverUrl(base).realm("r").clientId("app").username("ann").password("secret")
                .scope("offline_access").build();
            for (int i = 0; i < 3; i++)
                keycloak.tokenManager().getAccessToken();
            System.out.println("keycloak-admin-client " + seconds + ": " + asked());
            keycloak.tokenManager().logout();
            System.out.println("keycloak-admin-client " + seconds + ", logout(): " + asked());

            var client = quarkus(base);
            var tokens = new TokensHelper();
            for (int i = 0; i < 3; i++) {
                tokens.getTokens(client).await().indefinitely();
                Thread.sleep(2100);
            }
            System.out.println("quarkus-oidc-client " + seconds + ": " + asked());
        }
        System.exit(0);
    }
}
JAVA
java -cp 'jars/*' Ask.java >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
keycloak-admin-client 1800: password, refresh_token, refresh_token
keycloak-admin-client 1800, logout(): logout
quarkus-oidc-client 1800: password, refresh_token, refresh_token
keycloak-admin-client 0: password, password, password
keycloak-admin-client 0, logout(): nothing
quarkus-oidc-client 0: password, password, password
TEXT
diff expected seen
