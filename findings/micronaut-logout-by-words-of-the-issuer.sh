#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Micronaut application logs its users in at an OpenID provider and has a path to log them out, /oauth/logout. Where the session
# ends at the provider says its discovery document (end_session_endpoint), and RP-Initiated Logout says how to ask. Does the logout
# lead there?
#
# Expected: always, with the ID token and the address to come back to.
# Seen: the way to ask is chosen by words anywhere in the issuer, six providers being known; what is not one of them has no logout.
# Keycloak is known by "/auth/realms/", which it has not had since version 17: at a new one the path /oauth/logout is not there,
# as the log says at "debug" alone, the browser is sent to "/", and the user stays signed in at both. At an old one, or with
# "authorization-server: KEYCLOAK", it is asked with "redirect_uri" alone, which Keycloak 18 and later refuse; nobody is logged out
# either. A realm whose name has "auth0" or "cognito" in it is taken for theirs, and sent to an address that Keycloak does not
# have. "authorization-server: OKTA" asks as the standard has it, and is what helps.
# For us: docs/usage/provider-programs.md has that line.
#
# micronaut-security-oauth2 4.15.1, of the platform 4.10.8.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>logout</artifactId><version>1</version>
  <dependencyManagement><dependencies>
    <dependency><groupId>io.micronaut.platform</groupId>
      <artifactId>micronaut-platform</artifactId><version>4.10.8</version><type>pom</type><scope>import</scope></dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>io.micronaut</groupId><artifactId>micronaut-http-server-netty</artifactId></dependency>
    <dependency><groupId>io.micronaut</groupId><artifactId>micronaut-http-client</artifactId></dependency>
    <dependency><groupId>io.micronaut</groupId><artifactId>micronaut-inject-java</artifactId></dependency>
    <dependency><groupId>io.micronaut</groupId><artifactId>micronaut-jackson-databind</artifactId></dependency>
    <dependency><groupId>io.micronaut.security</groupId><artifactId>micronaut-security-oauth2</artifactId></dependency>
    <dependency><groupId>io.micronaut.security</groupId><artifactId>micronaut-security-jwt</artifactId></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null

# The application, a provider that signs everybody in as "ann" at any realm, and a browser.
mkdir shop
cat >shop/Shop.java <<'JAVA'
package shop;

import com.nimbusds.jose.*;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.*;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.*;
import com.sun.net.httpserver.HttpServer;
import io.micronaut.http.annotation.*;
import io.micronaut.runtime.Micronaut;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.security.annotation.Secured;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.*;

@Controller
public class Shop {
    @Get(value = "/me", produces = "text/plain")
    @Secured("isAuthenticated()")
    String me(Principal user) {
        return user.getName();
    }

    static RSAKey key;
    static String nonce;

    static Map<String, String> query(URI uri) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : uri.getRawQuery().split("&"))
            fields.put(pair.split("=")[0], URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.UTF_8));
        return fields;
    }

    static String idToken(String issuer) throws Exception {
        var claims = new JWTClaimsSet.Builder().issuer(issuer).subject("ann").audience("app").issueTime(new Date())
            .expirationTime(new Date(System.currentTimeMillis() + 300_000)).claim("nonce", nonce).claim("azp", "app").build();
        var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").type(JOSEObjectType.JWT).build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    static String serve() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("one").keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.RS256).generate();
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String issuer = base + path.replaceAll("/(\\.well-known|protocol)/.*", "");
            String at = issuer + "/protocol/openid-connect";
            String answer = "{}";
            int status = 200;
            try {
                if (path.endsWith("/openid-configuration"))
                    answer = "{\"issuer\":\"" + issuer + "\",\"authorization_endpoint\":\"" + at + "/auth\",\"token_endpoint\":\"" + at
                        + "/token\",\"jwks_uri\":\"" + at + "/certs\",\"end_session_endpoint\":\"" + at + "/logout\","
                        + "\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\"],\"response_types_supported\":[\"code\"],"
                        + "\"id_token_signing_alg_values_supported\":[\"RS256\"],\"subject_types_supported\":[\"public\"]}";
                else if (path.endsWith("/certs"))
                    answer = "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}";
                else if (path.endsWith("/token"))
                    answer = "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":300,\"id_token\":\"" + idToken(issuer) + "\"}";
                else {
                    var asked = query(exchange.getRequestURI());
                    nonce = asked.get("nonce");
                    status = 302;
                    exchange.getResponseHeaders().set("Location", asked.get("redirect_uri") + "?code=c&state=" + asked.get("state"));
                }
            } catch (Exception e) {
                e.printStackTrace();
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length());
            exchange.getResponseBody().write(answer.getBytes());
            exchange.close();
        });
        server.start();
        return base;
    }

    static void ask(String name, String issuer, String... more) throws Exception {
        String client = "micronaut.security.oauth2.clients.keycloak.";
        Map<String, Object> settings = new HashMap<>(Map.of("micronaut.server.port", "-1", "micronaut.security.authentication", "idtoken",
            client + "client-id", "app", client + "client-secret", "s", client + "openid.issuer", issuer));
        if (more.length > 0)
            settings.put(client + "authorization-server", more[0]);
        try (var context = Micronaut.build(new String[0]).classes(Shop.class).banner(false).properties(settings).start()) {
            URI shop = context.getBean(EmbeddedServer.class).getURI();
            var browser = HttpClient.newBuilder().cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL)).build();
            URI next = shop.resolve("/oauth/login/keycloak");
            for (int i = 0; i < 3; i++)
                next = next.resolve(get(browser, next).headers().firstValue("location").get());
            String me = get(browser, shop.resolve("/me")).body();
            var left = get(browser, shop.resolve("/oauth/logout")).headers().firstValue("location").map(shop::resolve).get();
            String to = left.getHost().equals("127.0.0.1") ? left.getPath() : "the shop's " + left.getPath();
            System.out.println(name + ": " + me + " is sent to " + to + (left.getRawQuery() == null ? ""
                : " with " + String.join(", ", new TreeSet<>(query(left).keySet())))
                + (to.startsWith("the shop") ? ", and is still " + get(browser, shop.resolve("/me")).body() : ""));
        }
    }

    static HttpResponse<String> get(HttpClient browser, URI uri) throws Exception {
        return browser.send(HttpRequest.newBuilder(uri).header("Accept", "text/html, */*").build(), HttpResponse.BodyHandlers.ofString());
    }

    static void run() throws Exception {
        String base = serve();
        for (String realm : List.of("/realms/shop", "/auth/realms/shop", "/realms/auth0-moved", "/realms/incognito"))
            ask(realm, base + realm);
        for (String named : List.of("KEYCLOAK", "OKTA"))
            ask("/realms/shop, " + named, base + "/realms/shop", named);
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
javac -nowarn -cp 'jars/*' -d . shop/Shop.java
java -Xmx512m -cp '.:jars/*' shop.Shop >seen 2>log || { cat log; exit 1; }
cat seen
cat >expected <<'TEXT'
/realms/shop: ann is sent to the shop's /, and is still ann
/auth/realms/shop: ann is sent to /auth/realms/shop/protocol/openid-connect/logout with redirect_uri
/realms/auth0-moved: ann is sent to /realms/auth0-moved/v2/logout with client_id, returnTo
/realms/incognito: ann is sent to /realms/incognito/logout with client_id, logout_uri
/realms/shop, KEYCLOAK: ann is sent to /realms/shop/protocol/openid-connect/logout with redirect_uri
/realms/shop, OKTA: ann is sent to /realms/shop/protocol/openid-connect/logout with id_token_hint, post_logout_redirect_uri
TEXT
diff expected seen
