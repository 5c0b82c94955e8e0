#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Three frameworks for Node have a piece of their own that checks tokens by the address of a realm's key set: hono (hono/jwk), hapi
# (@hapi/jwt) and GraphQL Yoga (@graphql-yoga/plugin-jwt, which Hive Gateway and GraphQL Mesh have too). Each gets good tokens: of several
# algorithms, with the type "JWT" and RFC 9068's, with the scheme written "bearer" (RFC 9110 §11.1: it knows no case), of the realm's next
# key; and one with the kid of a key that the realm does not have, as of another realm or of a key long gone.
#
# Expected: the good tokens are taken, the set is kept and looked at again for an unknown kid, the last token gets 401.
# Seen: each has something else.
# hono asks for the set at every request, and answers 500 as long as it cannot be had; it refuses the type "at+jwt".
# hapi does not start with a set whose keys are for ES256 ("JWKS endpoint response contained no valid keys"), nor with one of RS256 whose
# keys have no "use", which is optional (RFC 7517 §4.2). A kid that it does not know it does not look for: tokens of a new key are refused
# till its set is an hour old.
# Yoga answers 500 "Unexpected error." to the last token, since it takes a key that is not there for a fault of the server: whoever counts
# these is woken up by any foreign token, and a client that waits for 401 to refresh does not. It answers 400 to "bearer".
# For us: docs/usage/provider-programs.md says what to set.
#
# hono 4.13.19, @hapi/jwt 3.2.4, @graphql-yoga/plugin-jwt 3.18.1 with graphql-yoga 5.24.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund hono@4.13.19 @hapi/hapi@21.4.10 @hapi/jwt@3.2.4 graphql@16.15.0 graphql-yoga@5.24.1 \
    @graphql-yoga/plugin-jwt@3.18.1 jose@6.2.18 2>/dev/null
cat >ask.mjs <<'JS'
import { createServer } from 'node:http';
import { useJWT, createRemoteJwksSigningKeyProvider } from '@graphql-yoga/plugin-jwt';
import Hapi from '@hapi/hapi';
import Jwt from '@hapi/jwt';
import { createSchema, createYoga } from 'graphql-yoga';
import { Hono } from 'hono';
import { jwk } from 'hono/jwk';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

// The realm: /NAME/certs has the key NAME, and the next one after the turn.
const keys = {};
const kinds = { RS256: 'RS256', 'no use': 'RS256', PS256: 'PS256', ES256: 'ES256', next: 'RS256', foreign: 'RS256' };
for (const [name, alg] of Object.entries(kinds)) {
  const pair = await generateKeyPair(alg, { extractable: true });
  const use = name === 'no use' ? undefined : 'sig';
  keys[name] = { alg, key: pair.privateKey, jwk: { ...await exportJWK(pair.publicKey), kid: name, alg, use } };
}
const realm = { asked: 0, turned: false, down: false };
const server = createServer((request, response) => {
  realm.asked += 1;
  const name = decodeURIComponent(request.url.split('/')[1]);
  response.writeHead(realm.down ? 503 : 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
  response.end(JSON.stringify({ keys: [name, ...realm.turned ? ['next'] : []].map((kid) => keys[kid].jwk) }));
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const now = Date.now;
const field = async (kid, typ = 'JWT', scheme = 'Bearer') => {
  const begun = Math.floor(now() / 1000);
  const token = new SignJWT({ iss: issuer, aud: 'api', sub: 'ann', azp: 'app', iat: begun, exp: begun + 10 * 3600 });
  return `${scheme} ${await token.setProtectedHeader({ alg: keys[kid].alg, typ, kid }).sign(keys[kid].key)}`;
};

const frameworks = {
  'hono/jwk': async (uri, alg) => {
    const app = new Hono();
    app.onError((error, c) => error.getResponse?.() ?? c.text('error', 500));
    app.use(jwk({ jwks_uri: uri, alg: [alg], verification: { iss: issuer, aud: 'api' } }));
    app.get('/', (c) => c.text('in'));
    return async (authorization) => (await app.request('/', { headers: { authorization } })).status;
  },
  '@hapi/jwt': async (uri, alg) => {
    const app = Hapi.server({ debug: false });
    await app.register(Jwt);
    const verify = { aud: 'api', iss: issuer, sub: false };
    app.auth.strategy('realm', 'jwt', { keys: { uri, algorithms: [alg] }, verify, validate: () => ({ isValid: true }) });
    app.auth.default('realm');
    app.route({ method: 'GET', path: '/', handler: () => 'in' });
    await app.initialize();
    return async (authorization) => (await app.inject({ url: '/', headers: { authorization } })).statusCode;
  },
  '@graphql-yoga/plugin-jwt': async (uri, alg) => {
    const resolvers = { Query: { me: (_, __, context) => context.jwt.payload.sub } };
    const yoga = createYoga({
      logging: false,
      schema: createSchema({ typeDefs: 'type Query { me: String }', resolvers }),
      plugins: [useJWT({
        signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: uri })],
        tokenVerification: { issuer, audience: 'api', algorithms: [alg] },
      })],
    });
    const accept = 'application/json';
    return async (authorization) => (await yoga.fetch('http://api/graphql?query={me}', { headers: { authorization, accept } })).status;
  },
};
for (const [name, make] of Object.entries(frameworks)) {
  const seen = [];
  for (const kid of ['RS256', 'no use', 'PS256', 'ES256']) {
    try {
      const ask = await make(`${issuer}/${encodeURIComponent(kid)}/certs`, keys[kid].alg);
      seen.push(`${kid} ${await ask(await field(kid))}`);
    } catch (error) {
      seen.push(`${kid} does not start`);
    }
  }
  console.log(`${name}: ${seen.join(', ')}`);

  const ask = await make(`${issuer}/RS256/certs`, 'RS256');
  const good = await field('RS256');
  realm.asked = 0;
  for (let count = 0; count < 10; count += 1) await ask(good);
  console.log(`${name}: key set asked ${realm.asked} times in 10 requests, bearer ${await ask(await field('RS256', 'JWT', 'bearer'))},`
    + ` at+jwt ${await ask(await field('RS256', 'at+jwt'))}, foreign ${await ask(await field('foreign'))}`);
  realm.down = true;
  const down = await ask(good);
  Object.assign(realm, { down: false, turned: true });
  seen.length = 0;
  for (const minutes of [0, 59, 61]) {
    Date.now = () => now() + minutes * 60_000;
    seen.push(`${minutes} min ${await ask(await field('next'))}`);
  }
  Date.now = now;
  Object.assign(realm, { turned: false });
  console.log(`${name}: without the realm ${down}, next key: ${seen.join(', ')}`);
}
process.exit();
JS
node ask.mjs >seen 2>log || { cat log; exit 1; }
cat seen
diff - seen <<'TEXT'
hono/jwk: RS256 200, no use 200, PS256 200, ES256 200
hono/jwk: key set asked 10 times in 10 requests, bearer 200, at+jwt 401, foreign 401
hono/jwk: without the realm 500, next key: 0 min 200, 59 min 200, 61 min 200
@hapi/jwt: RS256 200, no use does not start, PS256 200, ES256 does not start
@hapi/jwt: key set asked 0 times in 10 requests, bearer 200, at+jwt 200, foreign 401
@hapi/jwt: without the realm 200, next key: 0 min 401, 59 min 401, 61 min 200
@graphql-yoga/plugin-jwt: RS256 200, no use 200, PS256 200, ES256 200
@graphql-yoga/plugin-jwt: key set asked 1 times in 10 requests, bearer 400, at+jwt 200, foreign 500
@graphql-yoga/plugin-jwt: without the realm 200, next key: 0 min 200, 59 min 200, 61 min 200
TEXT
