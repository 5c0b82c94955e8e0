#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# WildFly signs people in at a realm (elytron-oidc-client, the successor of Keycloak's adapter, by the library that does it). Somebody who is
# not signed in follows a link to a page of the application. The link has a query, of which the application alone knows the meaning:
# /search?scope=books, /export?prompt=short&max_age=3. What does the realm get of it, and where does the browser come back to?
#
# Expected: the application's query is its own affair. The realm gets the scopes that are configured and one redirect URI, and the browser
# comes back to the page as it was asked for.
# Seen: the parameters login_hint, domain_hint, kc_idp_hint, prompt, max_age, ui_locales and scope are taken for the realm's whatever page
# they are of, and are sent on: a link to ?scope=books asks for the scope "openid books", which a realm refuses with invalid_scope, and
# the user of that one link gets a 400. The redirect URI is the page, so that each page needs one (…/*); without its query, for which
# there is a system property, wildfly.elytron.oidc.allow.query.params. With it the query is there, but for those seven.
# For us: a realm takes an unknown scope for a fault, as Keycloak does; docs/usage/provider-programs.md says how to call parameters.
#
# wildfly-elytron-http-oidc 2.7.1.Final.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>wildfly</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.wildfly.security</groupId><artifactId>wildfly-elytron-http-oidc</artifactId><version>2.7.1.Final</version></dependency>
    <dependency><groupId>jakarta.servlet</groupId><artifactId>jakarta.servlet-api</artifactId><version>6.0.0</version></dependency>
    <dependency><groupId>commons-logging</groupId><artifactId>commons-logging</artifactId><version>1.2</version></dependency>
    <dependency><groupId>commons-codec</groupId><artifactId>commons-codec</artifactId><version>1.16.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null

# The server around the library is a request that has an address and nothing else, and an answer of which the Location field is kept.
cat >Ask.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.io.*;
import java.lang.reflect.InvocationHandler;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.wildfly.security.http.*;
import org.wildfly.security.http.oidc.*;

public class Ask {
    static String location;

    @SuppressWarnings("unchecked")
    static <T> T like(Class<T> type, InvocationHandler handler) {
        return (T) java.lang.reflect.Proxy.newProxyInstance(Ask.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    static Map<String, String> query(URI address) {
        Map<String, String> found = new LinkedHashMap<>();
        if (address.getRawQuery() != null)
            for (String pair : address.getRawQuery().split("&"))
                found.put(pair.replaceAll("=.*", ""), URLDecoder.decode(pair.replaceAll("^[^=]*=", ""), StandardCharsets.UTF_8));
        return found;
    }

    static Object answer(Object self, java.lang.reflect.Method method, Object[] given) {
        if (method.getName().equals("addResponseHeader") && given[0].equals("Location")) location = (String) given[1];
        return null;
    }

    static void ask(OidcClientContext application, String page) throws Exception {
        URI address = URI.create("http://app.example" + page);
        Map<String, HttpScope> scopes = new HashMap<>();
        location = "none";
        HttpServerRequest request = like(HttpServerRequest.class, (self, method, given) -> switch (method.getName()) {
            case "getRequestURI" -> address;
            case "getRequestPath" -> address.getPath();
            case "getRequestMethod" -> "GET";
            case "getCookies" -> List.of();
            case "getFirstParameterValue" -> query(address).get(given[0]);
            case "getSourceAddress" -> new InetSocketAddress("127.0.0.1", 1);
            case "suspendRequest" -> true;
            case "getScope" -> scopes.computeIfAbsent(given[0].toString(), name -> new HttpScope() {
                final Map<String, Object> attached = new HashMap<>();
                public boolean exists() { return true; }
                public boolean create() { return true; }
                public boolean supportsAttachments() { return true; }
                public void setAttachment(String key, Object value) { attached.put(key, value); }
                public Object getAttachment(String key) { return attached.get(key); }
            });
            case "noAuthenticationInProgress" -> {
                ((HttpServerMechanismsResponder) given[0]).sendResponse(like(HttpServerResponse.class, Ask::answer));
                yield null;
            }
            default -> null;
        });
        new OidcMechanismFactory(application).createAuthenticationMechanism("OIDC", Map.of(), callbacks -> { }).evaluateRequest(request);
        Map<String, String> asked = query(URI.create(location));
        asked.keySet().removeAll(List.of("response_type", "client_id", "state", "nonce"));
        System.out.println(page + " -> " + asked);
    }

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        String issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/r";
        String document = """
            {"issuer": "%1$s", "authorization_endpoint": "%1$s/auth", "token_endpoint": "%1$s/token", "jwks_uri": "%1$s/certs",
             "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256"]}""".formatted(issuer);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, document.length());
            exchange.getResponseBody().write(document.getBytes());
            exchange.close();
        });
        server.start();
        String settings = """
            {"provider-url": "%s", "client-id": "app", "credentials": {"secret": "secret"}, "ssl-required": "none"}""".formatted(issuer);
        OidcClientContext application = new OidcClientContext(OidcClientConfigurationBuilder.build(new ByteArrayInputStream(settings.getBytes())));
        try {
            for (String page : List.of("/orders", "/orders?id=7", "/search?scope=books", "/export?prompt=short&max_age=3&id=7")) ask(application, page);
        } finally {
            server.stop(0);
            System.exit(0);
        }
    }
}
JAVA
{
    java -cp 'jars/*' Ask.java 2>/dev/null
    echo 'with the property:'
    java -Dwildfly.elytron.oidc.allow.query.params=true -cp 'jars/*' Ask.java 2>/dev/null
} >seen

cat seen
diff seen - <<'SEEN'
/orders -> {redirect_uri=http://app.example/orders, scope=openid}
/orders?id=7 -> {redirect_uri=http://app.example/orders, scope=openid}
/search?scope=books -> {redirect_uri=http://app.example/search, scope=openid books}
/export?prompt=short&max_age=3&id=7 -> {redirect_uri=http://app.example/export, prompt=short, max_age=3, scope=openid}
with the property:
/orders -> {redirect_uri=http://app.example/orders, scope=openid}
/orders?id=7 -> {redirect_uri=http://app.example/orders?id=7, scope=openid}
/search?scope=books -> {redirect_uri=http://app.example/search, scope=openid books}
/export?prompt=short&max_age=3&id=7 -> {redirect_uri=http://app.example/export?id=7, prompt=short, max_age=3, scope=openid}
SEEN
