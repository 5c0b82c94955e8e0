#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 6749 §5.1 lets a token answer leave `expires_in` out: the lifetime is then known otherwise. How long does each client
# take such a token for good?
#
# Expected: until it is refused, or for a time of the client's own.
# Seen: Authlib 1.9.10, pyoidc 1.7.0 and simple-oauth2 5.1.0 take it for good for ever. Spring Security 7.1.2 gives it one
# second. express-openid-connect 3.4.0 logs the user in and then has no access token at all: `req.oidc.accessToken` is
# undefined, and with it the way to refresh. Nimbus' SDK 11.30 says 0, as if it were over.
# For us: each token answer has `expires_in`, of every grant.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund express-openid-connect@3.4.0 express@5.3.0 jose@6.2.18 simple-oauth2@5.1.0
python3 -m venv v
v/bin/pip -q install Authlib==1.9.10 oic==1.7.0
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>lifetime</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.springframework.security</groupId>
      <artifactId>spring-security-oauth2-core</artifactId><version>7.1.2</version></dependency>
    <dependency><groupId>com.nimbusds</groupId>
      <artifactId>oauth2-oidc-sdk</artifactId><version>11.30</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null

# A provider in a few lines, whose token answer has what the path says; and the application that logs in there.
cat >ask.mjs <<'JS'
import http from 'node:http'
import express from 'express'
import connect from 'express-openid-connect'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import simple from 'simple-oauth2'

const { publicKey, privateKey } = await generateKeyPair('RS256')
const listen = (handler) => new Promise((resolve) => {
  const server = http.createServer(handler).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
  server.unref()
})
let issuer, nonce, lifetime
issuer = await listen(async (request, response) => {
  const body = {
    '/.well-known/openid-configuration': () => ({
      issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'], subject_types_supported: ['public'], response_modes_supported: ['query'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': async () => ({ keys: [{ ...await exportJWK(publicKey), kid: 'k', alg: 'RS256', use: 'sig' }] }),
    '/token': async () => ({
      access_token: 't', token_type: 'Bearer', ...lifetime,
      id_token: await new SignJWT({ nonce }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setIssuer(issuer)
        .setSubject('s').setAudience('web').setIssuedAt().setExpirationTime('5m').sign(privateKey),
    }),
  }[request.url]
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(await body()))
})

async function logIn() {
  const app = express()
  let tokens
  const base = await listen(app)
  app.use(connect.auth({
    issuerBaseURL: issuer, baseURL: base, clientID: 'web', clientSecret: 'web-secret', authRequired: false,
    secret: 'a secret of more than thirty-two letters', authorizationParams: { response_type: 'code', scope: 'openid' },
  }))
  app.get('/', (request, response) => {
    tokens = request.oidc
    response.end(JSON.stringify([request.oidc.isAuthenticated(), request.oidc.accessToken?.access_token ?? null]))
  })
  const jar = new Map()
  const get = async (url) => {
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') } })
    for (const line of answer.headers.getSetCookie()) jar.set(...line.split(';')[0].split(/=(.*)/s).slice(0, 2))
    return answer
  }
  const query = new URL((await get(`${base}/login`)).headers.get('location')).searchParams
  nonce = query.get('nonce')
  await get(`${base}/callback?code=c&state=${encodeURIComponent(query.get('state'))}`)
  return (await get(`${base}/`)).json()
}

for (lifetime of [{ expires_in: 60 }, {}]) {
  const name = 'expires_in' in lifetime ? '60' : 'none'
  const [authenticated, token] = await logIn()
  console.log(`express-openid-connect ${name}: ${authenticated ? 'logged in' : 'not logged in'}, access token ${token}`)
  const answer = { access_token: 't', token_type: 'Bearer', ...lifetime }
  const made = new simple.ClientCredentials({ client: { id: 'a', secret: 'b' }, auth: { tokenHost: issuer } })
  console.log(`simple-oauth2 ${name}: over after an hour: ${made.createToken({ ...answer }).expired(3600)}`)
}
JS
node ask.mjs >seen

cat >ask.py <<'PY'
import time

from authlib.oauth2.rfc6749 import OAuth2Token
from oic.oauth2.grant import Token
from oic.oauth2.message import AccessTokenResponse

for name, lifetime in {"60": {"expires_in": 60}, "none": {}}.items():
    answer = {"access_token": "t", "token_type": "Bearer", **lifetime}
    if lifetime:
        later = OAuth2Token({**answer, "expires_at": int(time.time()) - 3600})
    else:
        later = OAuth2Token(answer)
    print(f"authlib {name}: over after an hour: {later.is_expired()}")
    token = Token(AccessTokenResponse(**answer))
    token.token_expiration_time = token.token_expiration_time and token.token_expiration_time - 3600
    print(f"pyoidc {name}: over after an hour: {not token.is_valid()}")
PY
v/bin/python -W ignore ask.py >>seen 2>/dev/null

cat >Ask.java <<'JAVA'
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import java.time.Duration;
import java.util.*;
import org.springframework.security.oauth2.core.endpoint.DefaultMapOAuth2AccessTokenResponseConverter;

public class Ask {
    public static void main(String[] none) throws Exception {
        for (String lifetime : List.of("60", "none")) {
            Map<String, Object> answer = new HashMap<>(Map.of("access_token", "t", "token_type", "Bearer"));
            if (lifetime.equals("60"))
                answer.put("expires_in", 60);
            var token = new DefaultMapOAuth2AccessTokenResponseConverter().convert(answer).getAccessToken();
            System.out.println("spring " + lifetime + ": good for "
                + Duration.between(token.getIssuedAt(), token.getExpiresAt()).toSeconds() + " s");
            String more = lifetime.equals("60") ? ",\"expires_in\":60}" : "}";
            String json = "{\"access_token\":\"t\",\"token_type\":\"Bearer\"" + more;
            System.out.println("nimbus " + lifetime + ": lifetime "
                + AccessTokenResponse.parse(JSONObjectUtils.parse(json)).getTokens().getAccessToken().getLifetime());
        }
    }
}
JAVA
java -cp 'jars/*' Ask.java >>seen 2>/dev/null

LC_ALL=C sort -o seen seen
cat seen
cat >expected <<'TEXT'
authlib 60: over after an hour: True
authlib none: over after an hour: None
express-openid-connect 60: logged in, access token t
express-openid-connect none: logged in, access token null
nimbus 60: lifetime 60
nimbus none: lifetime 0
pyoidc 60: over after an hour: True
pyoidc none: over after an hour: False
simple-oauth2 60: over after an hour: true
simple-oauth2 none: over after an hour: false
spring 60: good for 60 s
spring none: good for 1 s
TEXT
diff expected seen
