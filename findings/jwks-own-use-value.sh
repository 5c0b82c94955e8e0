#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 7517 lets an issuer put values of its own into a key's "use" (§4.2) and "key_ops" (§4.3): "other values MAY be used".
# A set with a usual RSA key and a second key that says so: is the first one still found?
#
# Expected: yes, by everybody: an unknown purpose concerns the second key only.
# Seen: joserfc 1.8.0 refuses the whole set, for either member, with KeyParameterError. Nimbus 10.9.1, on which Spring Security
# stands, keeps the usual key beside an own "use" and loses it beside an own "key_ops": the set is refused with "Invalid JWK
# operation". PyJWT, Authlib, jwcrypto and jose keep the usual key.
# For us: the guard keeps such keys out of use and their neighbours in; an issuer that puts own values into its key set
# loses its joserfc clients, and by "key_ops" those that stand on Nimbus.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install 'PyJWT[crypto]==2.15.1' joserfc==1.8.0 Authlib==1.9.10 jwcrypto==1.6.1
cat >sets.py <<'PY'
import base64, json, warnings
warnings.simplefilter("ignore")
from cryptography.hazmat.primitives.asymmetric import rsa
import jwt
from authlib.jose import JsonWebKey
from joserfc.jwk import KeySet
from jwcrypto.jwk import JWKSet


def rsa_key(kid, **more):
    n = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers().n
    text = base64.urlsafe_b64encode(n.to_bytes(256, "big")).rstrip(b"=").decode()
    return {"kty": "RSA", "kid": kid, "e": "AQAB", "n": text, **more}


sets = {what: {"keys": [rsa_key("usual", use="sig", alg="RS256"), rsa_key("own", **own)]}
        for what, own in (("use", {"use": "tls"}), ("key_ops", {"key_ops": ["verify", "https://example.com/attest"]}))}
json.dump(sets, open("sets.json", "w"))
for name, kids in (
    ("PyJWT", lambda s: [k.key_id for k in jwt.PyJWKSet.from_dict(s).keys]),
    ("joserfc", lambda s: [k.kid for k in KeySet.import_key_set(s).keys]),
    ("authlib", lambda s: [k.as_dict()["kid"] for k in JsonWebKey.import_key_set(s).keys]),
    ("jwcrypto", lambda s: [k.get("kid") for k in JWKSet.from_json(json.dumps(s))["keys"]]),
):
    for what, keys in sets.items():
        try:
            print(name, what, "found" if "usual" in kids(keys) else "lost")
        except Exception as error:
            print(name, what, "set refused:", type(error).__name__)
PY
v/bin/python -W ignore sets.py >seen 2>/dev/null

mkdir n && cd n
npm init -y >/dev/null && npm install --silent jose@6.2.18
cat >sets.mjs <<'JS'
import fs from 'fs'
import { createLocalJWKSet } from 'jose'

for (const [what, set] of Object.entries(JSON.parse(fs.readFileSync('../sets.json')))) {
  await createLocalJWKSet(set)({ alg: 'RS256', kid: 'usual' }, {})
  console.log('jose', what, 'found')
}
JS
node sets.mjs >>../seen
cd ..

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>sets</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.nimbusds</groupId><artifactId>nimbus-jose-jwt</artifactId><version>10.9.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Sets.java <<'JAVA'
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.file.Files;
import java.nio.file.Path;

public class Sets {
    public static void main(String[] arguments) throws Exception {
        var sets = JSONObjectUtils.parse(Files.readString(Path.of("sets.json")));
        for (String what : new String[] {"use", "key_ops"}) {
            try {
                var set = JWKSet.parse(JSONObjectUtils.getJSONObject(sets, what));
                System.out.println("nimbus " + what + (set.getKeyByKeyId("usual") == null ? " lost" : " found"));
            } catch (java.text.ParseException refusal) {
                System.out.println("nimbus " + what + " set refused: " + refusal.getMessage());
            }
        }
    }
}
JAVA
java -cp 'jars/*' Sets.java >>seen

cat >expected <<'TEXT'
PyJWT use found
PyJWT key_ops found
joserfc use set refused: KeyParameterError
joserfc key_ops set refused: KeyParameterError
authlib use found
authlib key_ops found
jwcrypto use found
jwcrypto key_ops found
jose use found
jose key_ops found
nimbus use found
nimbus key_ops set refused: Invalid JWK at position 1: Invalid JWK operation: https://example.com/attest
TEXT
cat seen
diff expected seen
