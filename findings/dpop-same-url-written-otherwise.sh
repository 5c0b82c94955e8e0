#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A DPoP proof names the URL of its request (htu). RFC 9449 §4.3 compares it after the normalizations of RFC 3986 §6.2.2 and
# §6.2.3: case of scheme and host, the scheme's own port, dot segments, %7E for ~, no path for "/". Which verifiers take a
# proof whose client wrote the same URL in another of these ways?
#
# Expected: all of them all, apart from the percent-encoding.
# Seen: oauth4webapi 3.8.8 takes all but %7E. pydpop 0.2.1 takes the other case and nothing else. Nimbus' OAuth SDK 11.30 and
# Spring Security 7.1.2 compare text and take none.
# For us: the guard normalizes both sides by all of these rules; a client of ours that talks to other servers has to write
# the URL in its normal form.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# What takes long comes before the proofs, which are good for a minute.
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>dpop</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.springframework.security</groupId>
      <artifactId>spring-security-oauth2-jose</artifactId><version>7.1.2</version></dependency>
    <dependency><groupId>com.nimbusds</groupId>
      <artifactId>oauth2-oidc-sdk</artifactId><version>11.30</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
python3 -m venv v
v/bin/pip -q install pydpop==0.2.1

cat >urls.json <<'JSON'
{
  "same": ["https://api.example/~me", "https://api.example/~me"],
  "host-case": ["https://api.example/~me", "https://API.Example/~me"],
  "scheme-case": ["https://api.example/~me", "HTTPS://api.example/~me"],
  "own-port": ["https://api.example/~me", "https://api.example:443/~me"],
  "dot-segments": ["https://api.example/~me", "https://api.example/you/../~me"],
  "percent": ["https://api.example/~me", "https://api.example/%7Eme"],
  "no-path": ["https://api.example/", "https://api.example"]
}
JSON
npm init -y >/dev/null && npm install --silent jose@6.2.18 oauth4webapi@3.8.8
cat >proofs.mjs <<'JS'
import crypto from 'crypto'
import fs from 'fs'
import * as jose from 'jose'
import { customFetch, validateJwtAccessToken } from 'oauth4webapi'

const issuer = await jose.generateKeyPair('ES256')
const client = await jose.generateKeyPair('ES256', { extractable: true })
const jwk = await jose.exportJWK(client.publicKey)
const token = await new jose.SignJWT({ client_id: 'c', cnf: { jkt: await jose.calculateJwkThumbprint(jwk) } })
  .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' }).setIssuer('https://as.example').setAudience('api')
  .setSubject('s').setJti('j').setIssuedAt().setExpirationTime('5m').sign(issuer.privateKey)
const set = { keys: [{ ...await jose.exportJWK(issuer.publicKey), kid: 'k', alg: 'ES256', use: 'sig' }] }
const as = { issuer: 'https://as.example', jwks_uri: 'https://as.example/keys' }
const options = { [customFetch]: async () => Response.json(set) }
const cases = {}
for (const [name, [url, htu]] of Object.entries(JSON.parse(fs.readFileSync('urls.json')))) {
  const ath = crypto.createHash('sha256').update(token).digest('base64url')
  const proof = await new jose.SignJWT({ htm: 'GET', htu, ath, jti: name })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).setIssuedAt().sign(client.privateKey)
  cases[name] = { url, proof }
  const request = new Request(url, { headers: { Authorization: `DPoP ${token}`, DPoP: proof } })
  try {
    await validateJwtAccessToken(as, request, 'api', options)
    console.log('oauth4webapi', name, 'taken')
  } catch (error) {
    console.log('oauth4webapi', name, 'refused')
  }
}
fs.writeFileSync('cases.json', JSON.stringify({ token, cases }))
fs.writeFileSync('cases.txt', Object.entries(cases).map(([name, c]) => `${name} ${c.url} ${c.proof}\n`).join(''))
fs.writeFileSync('token.txt', token)
JS
node proofs.mjs >seen

cat >read.py <<'PY'
import json
from pydpop.verifier import DPoPError, verify_proof

given = json.load(open("cases.json"))
for name, case in given["cases"].items():
    try:
        verify_proof(proof=case["proof"], htm="GET", htu=case["url"], access_token=given["token"])
        print("pydpop", name, "taken")
    except DPoPError:
        print("pydpop", name, "refused")
PY
v/bin/python read.py >>seen

cat >Read.java <<'JAVA'
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.dpop.verifiers.*;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import java.net.URI;
import java.nio.file.*;
import java.util.*;
import org.springframework.security.oauth2.jwt.*;

public class Read {
    interface Check { void run() throws Exception; }

    static void say(String library, String name, Check check) {
        String result = "taken";
        try { check.run(); } catch (Exception e) { result = "refused"; }
        System.out.println(library + " " + name + " " + result);
    }

    public static void main(String[] none) throws Exception {
        String token = Files.readString(Path.of("token.txt"));
        var confirmation = JWKThumbprintConfirmation.parse(SignedJWT.parse(token).getJWTClaimsSet());
        var nimbus = new DPoPProtectedResourceRequestVerifier(Set.of(JWSAlgorithm.ES256), 60, null);
        var spring = new DPoPProofJwtDecoderFactory();
        for (String line : Files.readAllLines(Path.of("cases.txt"))) {
            String[] part = line.split(" ");
            say("nimbus", part[0], () -> nimbus.verify("GET", new URI(part[1]), new DPoPIssuer(new ClientID("c")),
                SignedJWT.parse(part[2]), new DPoPAccessToken(token), confirmation, null));
            say("spring", part[0], () -> spring.createDecoder(
                DPoPProofContext.withDPoPProof(part[2]).method("GET").targetUri(part[1]).build()).decode(part[2]));
        }
    }
}
JAVA
java -cp 'jars/*' Read.java >>seen 2>/dev/null

LC_ALL=C sort -o seen seen
cat >expected <<'TEXT'
nimbus dot-segments refused
nimbus host-case refused
nimbus no-path refused
nimbus own-port refused
nimbus percent refused
nimbus same taken
nimbus scheme-case refused
oauth4webapi dot-segments taken
oauth4webapi host-case taken
oauth4webapi no-path taken
oauth4webapi own-port taken
oauth4webapi percent refused
oauth4webapi same taken
oauth4webapi scheme-case taken
pydpop dot-segments refused
pydpop host-case taken
pydpop no-path refused
pydpop own-port refused
pydpop percent refused
pydpop same taken
pydpop scheme-case taken
spring dot-segments refused
spring host-case refused
spring no-path refused
spring own-port refused
spring percent refused
spring same taken
spring scheme-case refused
TEXT
cat seen
diff expected seen
