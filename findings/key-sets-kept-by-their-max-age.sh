#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Keycloak sends its key set with "Cache-Control: no-cache": whoever keeps it has to ask before each use (RFC 9111 §5.2.2.4). Three
# verifiers read the field. A realm gets a new key, which is published and signs: when do they know it?
#
# Expected: at once with "no-cache", "no-store" and "max-age=0", as the field says, and else by a look at each unknown kid.
# Seen: none looks because of an unknown kid, and of the field two know one word, "max-age". To step-ca's OIDC provisioner "no-cache"
# and "no-store" are as good as nothing, and nothing means eleven to twelve hours, in which nobody gets a certificate by a token of
# the new key; "max-age=0" helps at once. Vert.x' KeycloakAuth reads the set once, unless a max-age of at least a second says when
# to read it again: each token of the new key goes to the introspection endpoint, which a public client has no access to. (Its
# missingKeyHandler leaves the look to the application.) jwx' jwk.Cache looks every fifteen minutes at the earliest, whatever
# the field says.
# For us: the key set is sent with "no-cache, max-age=300", so that the first two have a new key before it signs (600 s after it is
# published); docs/usage/provider-keys.md names a longer delay for the third.
#
# step-ca (smallstep/certificates) 0.30.2, jwx 3.4.0 with httprc 3.0.6, Vert.x 5.0.7.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

mkdir go && cd go
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/smallstep/certificates/authority/provisioner"
)

func main() {
	for _, header := range []string{"no-cache", "no-store", "max-age=0", "no-cache, max-age=3"} {
		keys := map[string]*ecdsa.PrivateKey{}
		for _, kid := range []string{"old", "new"} {
			keys[kid], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		published := []string{"old"}
		var base string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Path == "/keys" {
				if header != "" {
					w.Header().Set("Cache-Control", header)
				}
				set := jose.JSONWebKeySet{}
				for _, kid := range published {
					set.Keys = append(set.Keys, jose.JSONWebKey{Key: keys[kid].Public(), KeyID: kid, Algorithm: "ES256", Use: "sig"})
				}
				json.NewEncoder(w).Encode(set)
				return
			}
			json.NewEncoder(w).Encode(map[string]string{"issuer": base, "jwks_uri": base + "/keys"})
		}))
		base = server.URL
		token := func(kid string) string {
			signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: keys[kid], KeyID: kid}}, nil)
			claims, _ := json.Marshal(map[string]any{"iss": base, "aud": "ca", "sub": "ann", "email": "ann@example.com", "iat": time.Now().Unix(), "exp": time.Now().Unix() + 300})
			jws, _ := signer.Sign(claims)
			text, _ := jws.CompactSerialize()
			return text
		}
		run := func(name string, check func(string) error) {
			say := func(kid string) string {
				if err := check(token(kid)); err != nil {
					return "refused"
				}
				return "taken"
			}
			one := say("old")
			published = []string{"new", "old"}
			two := say("new")
			time.Sleep(4 * time.Second)
			fmt.Printf("%s, %q: %s, then %s, after 4 s %s\n", name, header, one, two, say("new"))
			published = []string{"old"}
		}
		on, off, minutes := true, false, func(n int) *provisioner.Duration {
			return &provisioner.Duration{Duration: time.Duration(n) * time.Minute}
		}
		all := provisioner.Claims{
			MinTLSDur: minutes(5), MaxTLSDur: minutes(60), DefaultTLSDur: minutes(60),
			MinUserSSHDur: minutes(5), MaxUserSSHDur: minutes(60), DefaultUserSSHDur: minutes(60),
			MinHostSSHDur: minutes(5), MaxHostSSHDur: minutes(60), DefaultHostSSHDur: minutes(60),
			EnableSSHCA: &on, DisableRenewal: &off, AllowRenewalAfterExpiry: &off, DisableSmallstepExtensions: &off,
		}
		p := &provisioner.OIDC{Type: "OIDC", Name: "kc", ClientID: "ca", ConfigurationEndpoint: base + "/.well-known/openid-configuration"}
		if err := p.Init(provisioner.Config{Claims: all}); err != nil {
			panic(err)
		}
		run("step-ca", func(t string) error { _, err := p.AuthorizeSign(context.Background(), t); return err })
		cache, err := jwk.NewCache(context.Background(), httprc.NewClient())
		if err != nil {
			panic(err)
		}
		if err := cache.Register(context.Background(), base+"/keys"); err != nil {
			panic(err)
		}
		set, err := cache.CachedSet(base + "/keys")
		if err != nil {
			panic(err)
		}
		run("jwx", func(t string) error { _, err := jwt.Parse([]byte(t), jwt.WithKeySet(set)); return err })
		server.Close()
	}
}
GO
go mod init findings >/dev/null 2>&1
export GOFLAGS=-mod=mod
go get github.com/smallstep/certificates@v0.30.2 github.com/lestrrat-go/jwx/v3@v3.4.0 github.com/lestrrat-go/httprc/v3@v3.0.6 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . >../seen
cd ..

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>ages</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.vertx</groupId><artifactId>vertx-auth-oauth2</artifactId><version>5.0.7</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Ask.java <<'JAVA'
import io.vertx.core.*;
import io.vertx.core.http.*;
import io.vertx.core.json.*;
import io.vertx.ext.auth.*;
import io.vertx.ext.auth.authentication.*;
import io.vertx.ext.auth.oauth2.*;
import io.vertx.ext.auth.oauth2.providers.*;
import java.security.*;
import java.security.interfaces.*;
import java.security.spec.*;
import java.math.BigInteger;
import java.util.*;
import java.util.concurrent.*;

public class Ask {
    static final Base64.Encoder B = Base64.getUrlEncoder().withoutPadding();
    static Map<String, KeyPair> keys = new HashMap<>();
    static List<String> published = new ArrayList<>(List.of("old"));
        static String base, header;

    static String u(BigInteger n) {
        byte[] b = n.toByteArray();
        if (b[0] == 0) b = Arrays.copyOfRange(b, 1, b.length);
        return B.encodeToString(b);
    }
    static JsonObject jwk(String kid) {
        RSAPublicKey k = (RSAPublicKey) keys.get(kid).getPublic();
        return new JsonObject().put("kty", "RSA").put("kid", kid).put("use", "sig").put("alg", "RS256").put("n", u(k.getModulus())).put("e", u(k.getPublicExponent()));
    }
    static String token(String kid) throws Exception {
        long now = System.currentTimeMillis() / 1000;
        String h = B.encodeToString(("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" + kid + "\"}").getBytes());
        String p = B.encodeToString(new JsonObject().put("iss", base + "/realms/r").put("aud", "app").put("azp", "app").put("sub", "1").put("iat", now).put("exp", now + 300).encode().getBytes());
        Signature s = Signature.getInstance("SHA256withRSA");
        s.initSign(keys.get(kid).getPrivate());
        s.update((h + "." + p).getBytes());
        return h + "." + p + "." + B.encodeToString(s.sign());
    }
    static <T> T await(io.vertx.core.Future<T> f) throws Exception { return f.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS); }

    public static void main(String[] a) throws Exception {
        Vertx vertx = Vertx.vertx();
        KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");
        g.initialize(2048);
        keys.put("old", g.generateKeyPair());
        keys.put("new", g.generateKeyPair());
        HttpServer s = await(vertx.createHttpServer().requestHandler(r -> {
            r.response().putHeader("Content-Type", "application/json");
            if (r.path().endsWith("/certs")) {
                r.response().putHeader("Cache-Control", header);
                JsonArray ks = new JsonArray();
                published.forEach(k -> ks.add(jwk(k)));
                r.response().end(new JsonObject().put("keys", ks).encode());
            } else if (r.path().endsWith("/introspect")) {
                r.response().end("{\"active\":false}");
            } else {
                String i = base + "/realms/r", o = i + "/protocol/openid-connect";
                r.response().end(new JsonObject().put("issuer", i).put("authorization_endpoint", o + "/auth").put("token_endpoint", o + "/token").put("jwks_uri", o + "/certs").put("introspection_endpoint", o + "/token/introspect").put("userinfo_endpoint", o + "/userinfo").put("end_session_endpoint", o + "/logout").encode());
            }
        }).listen(0, "127.0.0.1"));
        base = "http://127.0.0.1:" + s.actualPort();
        for (String h : new String[] {"no-cache", "no-store", "max-age=0", "no-cache, max-age=3"}) {
            header = h; published = new ArrayList<>(List.of("old"));
            OAuth2Auth auth = await(KeycloakAuth.discover(vertx, new OAuth2Options().setClientId("app").setClientSecret("s").setSite(base + "/realms/{realm}").setTenant("r")));
            java.util.function.Function<String, String> ask = k -> {
                try { await(auth.authenticate(new TokenCredentials(token(k)))); return "taken"; } catch (Exception e) { return "left to introspection"; }
            };
            String one = ask.apply("old");
            published = List.of("new", "old");
            String two = ask.apply("new");
            Thread.sleep(4000);
            System.out.println("Vert.x, \"" + h + "\": " + one + ", then " + two + ", after 4 s " + ask.apply("new"));
        }
        System.exit(0);
    }
}
JAVA
java -cp 'jars/*' Ask.java >>seen 2>/dev/null

LC_ALL=C sort -o seen seen
cat seen
cat >expected <<'TEXT'
Vert.x, "max-age=0": taken, then left to introspection, after 4 s left to introspection
Vert.x, "no-cache": taken, then left to introspection, after 4 s left to introspection
Vert.x, "no-cache, max-age=3": taken, then left to introspection, after 4 s taken
Vert.x, "no-store": taken, then left to introspection, after 4 s left to introspection
jwx, "max-age=0": taken, then refused, after 4 s refused
jwx, "no-cache": taken, then refused, after 4 s refused
jwx, "no-cache, max-age=3": taken, then refused, after 4 s refused
jwx, "no-store": taken, then refused, after 4 s refused
step-ca, "max-age=0": taken, then taken, after 4 s taken
step-ca, "no-cache": taken, then refused, after 4 s refused
step-ca, "no-cache, max-age=3": taken, then refused, after 4 s taken
step-ca, "no-store": taken, then refused, after 4 s refused
TEXT
diff expected seen
