#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two programs on one machine, of one user, talk to Camunda 8, each by Camunda's client for Java and with a token that it gets by its
# client's credentials at a realm. Both are the client "orders" there: one asks for the scope "read", the other for "write" and another
# audience. Which token has each? And what of an answer without "expires_in", which is optional (RFC 6749 §5.1)?
#
# Expected: each the one that it has asked for; without "expires_in" a token that is good until it is refused.
# Seen: tokens are kept in a file, ~/.camunda/credentials, by the client's name and nothing else: neither the scope, nor the
# audience, nor the realm's address. The second program sends the first one's token and asks the realm for none. What it is told then is
# 403, for which it does not ask again; a 401 makes it ask, and from then on the first one, when it starts anew, has the
# second one's. So whoever starts first decides, for as long as a token lives. credentialsCachePath gives each a file of its own (its path
# must have a folder in it). Without "expires_in" every call fails, with an exception about "format" and a null "this.expiry".
# For us: each token answer has "expires_in"; docs/usage/provider-programs.md says to give each program a file.
#
# camunda-client-java 8.9.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>orders</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.camunda</groupId><artifactId>camunda-client-java</artifactId><version>8.9.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:build-classpath -Dmdep.outputFile=classpath >/dev/null

cat >Orders.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import io.camunda.client.CredentialsProvider;
import io.camunda.client.impl.oauth.OAuthCredentialsProviderBuilder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

public class Orders {
    static int asked = 0;

    /** A realm that names its tokens by what was asked for. */
    static String realm() throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            var form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var scope = form.replaceAll("(.*&)?scope=([a-z]*).*", "$2");
            var lifetime = scope.equals("none") ? "" : ",\"expires_in\":300";
            var answer = "{\"access_token\":\"" + scope + "-" + ++asked + "\",\"token_type\":\"Bearer\"" + lifetime + "}";
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length());
            exchange.getResponseBody().write(answer.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
    }

    static CredentialsProvider program(String realm, String client, String scope, String audience, String... file) {
        var builder = new OAuthCredentialsProviderBuilder().applyEnvironmentOverrides(false).authorizationServerUrl(realm)
            .clientId(client).clientSecret("s").scope(scope).audience(audience);
        for (var path : file)
            builder.credentialsCachePath(path);
        return builder.build();
    }

    static void say(String what, CredentialsProvider program) {
        try {
            program.applyCredentials((name, value) -> System.out.println(what + ": " + value));
        } catch (Exception refused) {
            System.out.println(what + ": " + refused.getMessage().replaceAll("\\(through.*", "").trim());
        }
    }

    static boolean again(CredentialsProvider program, int status) {
        return program.shouldRetryRequest(new CredentialsProvider.StatusCode() {
            @Override
            public int code() {
                return status;
            }

            @Override
            public boolean isUnauthorized() {
                return status == 401;
            }
        });
    }

    public static void main(String[] none) throws Exception {
        var realm = realm();
        var elsewhere = realm();
        say("the one that reads", program(realm, "orders", "read", "orders"));
        var writer = program(realm, "orders", "write", "stock");
        say("the one that writes", writer);
        say("one of another realm", program(elsewhere, "orders", "write", "stock"));
        System.out.println("after 403 the one that writes asks again: " + again(writer, 403));
        System.out.println("after 401: " + again(writer, 401));
        say("the one that reads, started anew", program(realm, "orders", "read", "orders"));
        say("with a file of its own", program(realm, "orders", "read", "orders", "home/own"));
        say("without expires_in", program(realm, "brief", "none", "orders"));
        System.exit(0);
    }
}
JAVA
mkdir home
java -Duser.home="$work/home" -cp "$(cat classpath)" Orders.java 2>/dev/null >seen
cat seen
diff seen - <<'SEEN'
the one that reads: Bearer read-1
the one that writes: Bearer read-1
one of another realm: Bearer read-1
after 403 the one that writes asks again: false
after 401: true
the one that reads, started anew: Bearer write-2
with a file of its own: Bearer read-3
without expires_in: Cannot invoke "java.time.ZonedDateTime.format(java.time.format.DateTimeFormatter)" because "this.expiry" is null
SEEN
