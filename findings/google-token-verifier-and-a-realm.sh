#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Google's auth library is in many a Java program already, and has a verifier for any issuer's tokens: TokenVerifier, by an address of a
# key set, an issuer and an audience. Here it checks a realm's tokens (RS256). Every realm of Keycloak publishes a second key, RSA-OAEP
# for encryption ("use":"enc"), from its first day; its tokens have a list in "aud" as soon as they are for two services.
#
# Expected: keys that are not for signing are passed by (RFC 7517 §4.2, §5), a list with the audience in it is good (RFC 7519 §4.1.3),
# and an unknown kid is looked up.
# Seen: of three, none. A second key of any algorithm but RS256 and ES256, RSA-OAEP, PS256, ES512 or EdDSA, ends each verification with
# "Error fetching PublicKey from certificate location", which it had fetched; the cause is a NullPointerException "null value in
# entry: RSA-OAEP=null". A key without "alg", which is optional, does the same. A list of audiences is refused, be it of this one alone.
# What a verifier has read it keeps for an hour: tokens of the realm's next key are refused till then, or till a new verifier is made.
# Google's library for Python passes the other keys by and takes the list.
# For us: a realm's keys are those that Keycloak has; docs/usage/provider-programs.md says that this verifier is not for them.
#
# google-auth-library-oauth2-http 1.57.0 (Java 17), google-auth 2.63.0 with PyJWT 2.15.1 (Python).
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

# /SECOND/certs has the realm's key and one that is called SECOND; /SECOND/turn turns the realm to its next key, published then.
# /SECOND/token?aud=JSON is signed by whichever it is.
python3 -m venv v
v/bin/pip -q install joserfc==1.8.0 'PyJWT[crypto]==2.15.1' google-auth==2.63.0 requests==2.32.5
cat >realm.py <<'PY'
import http.server
import json
import time
import urllib.parse

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey


def key(made, size, kid, **more):
    return made.import_key({**made.generate_key(size).as_dict(private=True), "kid": kid, **more})


KEYS = {
    "RS256": key(RSAKey, 2048, "RS256", alg="RS256", use="sig"),
    "next": key(RSAKey, 2048, "next", alg="RS256", use="sig"),
    "RSA-OAEP": key(RSAKey, 2048, "RSA-OAEP", alg="RSA-OAEP", use="enc"),
    "PS256": key(RSAKey, 2048, "PS256", alg="PS256", use="sig"),
    "ES256": key(ECKey, "P-256", "ES256", alg="ES256", use="sig"),
    "ES512": key(ECKey, "P-521", "ES512", alg="ES512", use="sig"),
    "EdDSA": key(OKPKey, "Ed25519", "EdDSA", alg="EdDSA", use="sig"),
    "no-alg": key(RSAKey, 2048, "no-alg", use="sig"),
}
turned = set()


class Realm(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        _, second, what = path.split("/")
        issuer = f"http://{self.headers['Host']}/{second}"
        if what == "turn":
            turned.add(second)
        kid = "next" if second in turned else "RS256"
        if what == "certs":
            text = json.dumps({"keys": [KEYS[k].as_dict(private=False) for k in dict.fromkeys([kid, "RS256", second])]})
        else:
            claims = {"iss": issuer, "sub": "ann", "azp": "app", "typ": "Bearer", "iat": int(time.time()), "exp": int(time.time()) + 300}
            claims["aud"] = json.loads(urllib.parse.parse_qs(query).get("aud", ['"api"'])[0])
            text = jwt.encode({"alg": "RS256", "typ": "JWT", "kid": kid}, claims, KEYS[kid])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Realm)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
v/bin/python realm.py >address &
pid=$!
until [ -s address ]; do sleep 0.1; done

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>verifier</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.google.auth</groupId><artifactId>google-auth-library-oauth2-http</artifactId><version>1.57.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Ask.java <<'JAVA'
import com.google.auth.oauth2.TokenVerifier;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

public class Ask {
    static String get(String address) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    static TokenVerifier verifier(String issuer) {
        return TokenVerifier.newBuilder().setCertificatesLocation(issuer + "/certs").setIssuer(issuer).setAudience("api").build();
    }

    static String verified(TokenVerifier verifier, String issuer, String audience) throws Exception {
        String token = get(issuer + "/token?aud=" + URLEncoder.encode(audience, StandardCharsets.UTF_8));
        try {
            return verifier.verify(token).getPayload().getSubject();
        } catch (TokenVerifier.VerificationException refusal) {
            Throwable root = refusal;
            while (root.getCause() != null) root = root.getCause();
            return root == refusal ? refusal.getMessage() : refusal.getMessage() + " (" + root.getMessage() + ")";
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (String second : new String[] {"RS256", "ES256", "RSA-OAEP", "PS256", "ES512", "EdDSA", "no-alg"}) {
            String issuer = arguments[0] + "/" + second;
            System.out.println("Java, beside " + second + ": " + verified(verifier(issuer), issuer, "\"api\""));
        }
        String issuer = arguments[0] + "/RS256";
        var kept = verifier(issuer);
        for (String audience : new String[] {"\"api\"", "[\"api\"]", "[\"api\",\"account\"]"})
            System.out.println("Java, aud " + audience + ": " + verified(kept, issuer, audience));
        get(issuer + "/turn");
        System.out.println("Java, next key: " + verified(kept, issuer, "\"api\""));
        System.out.println("Java, next key, a new verifier: " + verified(verifier(issuer), issuer, "\"api\""));
        System.exit(0);
    }
}
JAVA
java -cp 'jars/*' Ask.java "$(cat address)" >seen 2>/dev/null

cat >ask.py <<'PY'
import sys
import urllib.parse

import requests
from google.auth.transport.requests import Request
from google.oauth2 import id_token


def verified(issuer, audience):
    token = requests.get(f"{issuer}/token?aud={urllib.parse.quote(audience)}", timeout=10).text
    try:
        return id_token.verify_token(token, Request(), "api", f"{issuer}/certs")["sub"]
    except Exception as refusal:
        return f"{type(refusal).__name__}: {refusal}"


for second in "RSA-OAEP", "no-alg":
    print(f"Python, beside {second}:", verified(f"{sys.argv[1]}/{second}", '"api"'))
print('Python, aud ["api","account"]:', verified(f"{sys.argv[1]}/EdDSA", '["api","account"]'))
PY
v/bin/python -W ignore ask.py "$(cat address)" >>seen
cat seen
diff seen - <<'TEXT'
Java, beside RS256: ann
Java, beside ES256: ann
Java, beside RSA-OAEP: Error fetching PublicKey from certificate location (null value in entry: RSA-OAEP=null)
Java, beside PS256: Error fetching PublicKey from certificate location (null value in entry: PS256=null)
Java, beside ES512: Error fetching PublicKey from certificate location (null value in entry: ES512=null)
Java, beside EdDSA: Error fetching PublicKey from certificate location (null value in entry: EdDSA=null)
Java, beside no-alg: Error fetching PublicKey from certificate location (null value in entry: no-alg=null)
Java, aud "api": ann
Java, aud ["api"]: Expected audience does not match
Java, aud ["api","account"]: Expected audience does not match
Java, next key: Could not find PublicKey for provided keyId: next
Java, next key, a new verifier: ann
Python, beside RSA-OAEP: ann
Python, beside no-alg: ann
Python, aud ["api","account"]: ann
TEXT
